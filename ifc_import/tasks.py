"""The schedule that an IFC file holds: IfcTask, its times, order, calendars, resources, costs and elements.

BASELINE work schedules become baselines of the tasks they match (by a definition relation, else by identification, else
by name), the newest with number 0; ACTUAL ones add actual dates and completions (`ifc_import.task_tree` chooses).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from ifc_import.georeference_units import project_unit
from ifc_import.reader import open_model, parser_faults, text_file
from ifc_import.schema import Damage, by_type
from ifc_import.source import open_source
from ifc_import.task_calendars import read_calendar, working_day
from ifc_import.task_relations import Tied, read_links, read_tied, read_values
from ifc_import.task_times import TaskTime, Told, read_task_time, read_time, text_of
from ifc_import.task_tree import Group, TaskTree, related_pairs
from twin.errors import InvalidInput
from twin.values.schedule import Baseline, Calendar, Schedule, Task
from twin.values.sentence import Sentence, say


def read_schedule(path: Path) -> Schedule:
    """Return the schedule of a model file; raises InvalidInput in a sentence, also where it holds no task."""
    source = open_source(path)
    with text_file(source) as readable:
        ifc = open_model(source, readable)
        faults = parser_faults()
        records = by_type(ifc, "IfcTask")
        if not records:
            raise InvalidInput(
                "{file} holds no IfcTask, so there is no schedule in it: export it with its tasks, or load the "
                "schedule from its own file.",
                file=path.name,
            )
        unparsed = sum(int(fault.values["count"]) for fault in faults)
        return _Reader(ifc, records).read([*source.notices, *faults], unparsed)


class _Reader:
    """Reads one open file; tasks are known by record number here."""

    def __init__(self, ifc: Any, records: Sequence[Any]) -> None:
        self.ifc = ifc
        self.told = Told()
        self.damage = Damage()
        self.tree = TaskTree(ifc, records, self.damage)
        self.seconds = project_unit(ifc, "TIMEUNIT") or 1.0
        self.calendars = self._read_calendars()
        self.calendar = self._default_calendar()
        # a calendar that cannot be read is left out: its tasks have the schedule's own
        self.calendar_of = {n: c if c in self.calendars else None for n, c in self.tree.calendars_of().items()}
        self.times = {number: self._time(number) for number in self.tree.records}
        self.per_cent = any((time.completion or 0) > 1 for time in self.times.values())

    def read(self, notices: Iterable[Sentence], lost: int = 0) -> Schedule:
        """Return the schedule with `notices` before its own, and what was `lost` before."""
        groups = self.tree.groups()
        main, baselines, actual = self.tree.choose(groups)
        names = self._names(main)
        tied = read_tied(self.ifc, names, self.told, self.damage)
        tasks = {number: self._task(number, names, tied) for number in main}
        matches = _Matches(self.tree, main)
        for place, group in enumerate(baselines):
            self._add_baseline(tasks, matches, group, place)
        for group in actual:
            self._add_actual(tasks, matches, group)
        links = read_links(self.ifc, names, self.told, self.damage, self.seconds)
        control = next((g.control for g in groups if g.control is not None and not set(g.tasks).isdisjoint(main)), None)
        unread = [*self.tree.unread, *self._unread(tied)]
        return Schedule(
            name=self._schedule_name(control),
            format="ifc",
            tasks=tuple(tasks.values()),
            links=tuple(links),
            calendars=tuple(self.calendars.values()),
            calendar=self.calendar,
            resources=tuple(tied.resources.values()),
            assignments=tuple(tied.assignments.values()),
            data_date=max((time.status for time in self.times.values() if time.status), default=None),
            start=read_time(getattr(control, "StartTime", None), "StartTime", self.told),
            finish=read_time(getattr(control, "FinishTime", None), "FinishTime", self.told),
            currency=self._currency(),
            elements={task: tuple(elements) for task, elements in tied.elements.items()},
            unread=tuple(unread),
            notices=(*notices, *self.tree.notices, *self._notices()),
            lost=lost + self.told.lost + len(set(self.damage.records)),
        )

    # --- calendars -----------------------------------------------------------------------------------------------

    def _read_calendars(self) -> dict[str, Calendar]:
        """Return GlobalId → calendar, as they are in the days of the schedule."""
        records = by_type(self.ifc, "IfcWorkCalendar")
        if not records:
            return {}
        days = self._days()
        found = {}
        for record in records:
            calendar = self.damage.tried(record, partial(read_calendar, record, days, self.told, self.damage), None)
            if calendar is not None:
                found[calendar.id] = calendar
        return found

    def _days(self) -> tuple[date, date]:
        """Return the first and the last day that a time of the file names."""
        quiet = Told()
        texts = [
            getattr(time, name, None)
            for time in by_type(self.ifc, "IfcTaskTime")
            for name in ("ScheduleStart", "ScheduleFinish", "EarlyStart", "EarlyFinish", "ActualStart", "ActualFinish")
        ]
        found = [time for time in (read_time(text, "", quiet) for text in texts) if time]
        return (min(found).date(), max(found).date()) if found else (date(2000, 1, 1), date(2000, 12, 31))

    def _default_calendar(self) -> str | None:
        """Return the calendar of a work schedule or plan, else the only one of the file."""
        for control in by_type(self.ifc, "IfcWorkControl"):
            if self.tree.calendars.get(control.id()) in self.calendars:
                return self.tree.calendars[control.id()]
        return next(iter(self.calendars)) if len(self.calendars) == 1 else None

    # --- tasks ---------------------------------------------------------------------------------------------------

    def _time(self, number: int) -> TaskTime:
        record = self.tree.records[number]
        time = getattr(record, "TaskTime", None) or self.tree.times.get(number)
        day = working_day(self.calendars.get(self.calendar_of[number] or self.calendar or ""))
        if time is None:
            return TaskTime()
        return self.damage.tried(record, lambda: read_task_time(time, self.told, day, self.seconds), TaskTime())

    def _completion(self, number: int) -> float | None:
        completion = self.times[number].completion
        return completion / 100 if completion is not None and self.per_cent else completion

    def _task(self, number: int, names: Mapping[int, str], tied: Tied) -> Task:
        record, time = self.tree.records[number], self.times[number]
        parent = self.tree.parents.get(number)
        kind = "milestone" if self.damage.tried(record, lambda: bool(record.IsMilestone), False) else "task"
        if any(child in names for child in self.tree.children.get(number, ())):
            kind = "summary"
        calendar = self.calendar_of[number]
        return Task(
            id=names[number],
            name=text_of(record, "Name"),
            kind=kind,
            code=self.tree.code(number),
            parent=names.get(parent) if parent is not None else None,
            calendar=calendar if calendar != self.calendar else None,
            schedule_start=time.start,
            schedule_finish=time.finish,
            actual_start=time.actual_start,
            actual_finish=time.actual_finish,
            duration=time.duration,
            remaining_duration=time.remaining,
            completion=self._completion(number),
            cost=tied.costs.get(names[number]),
            values=read_values(record, self.damage),
        )

    def _names(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return record number → unique id: the GlobalId, with a suffix where it is missing or used before."""
        names: dict[int, str] = {}
        taken: set[str] = set()
        used: Counter[str] = Counter()
        for number in numbers:
            given = unique = text_of(self.tree.records[number], "GlobalId") or "missing"
            while unique in taken:
                used[given] += 1
                unique = f"{given}~{used[given] + 1}"
            taken.add(unique)
            names[number] = unique
        return names

    def _add_baseline(self, tasks: dict[int, Task], matches: "_Matches", group: Group, place: int) -> None:
        """Give the tasks that a BASELINE group matches a baseline with the number `place`."""
        for number in group.tasks:
            own = matches.of(number)
            time = self.times[number]
            if own is None:
                self.told.counts["baseline"] += 1
            elif time.start or time.finish:
                baseline = Baseline(place, time.start, time.finish, duration=time.duration)
                if all(other.number != place for other in tasks[own].baselines):
                    tasks[own] = replace(tasks[own], baselines=(*tasks[own].baselines, baseline))

    def _add_actual(self, tasks: dict[int, Task], matches: "_Matches", group: Group) -> None:
        """Give the tasks that an ACTUAL group matches what they do not state themselves."""
        for number in group.tasks:
            own = matches.of(number)
            time = self.times[number]
            if own is None:
                self.told.counts["actual"] += 1
                continue
            task, completion = tasks[own], self._completion(number)
            tasks[own] = replace(
                task,
                actual_start=task.actual_start or time.actual_start,
                actual_finish=task.actual_finish or time.actual_finish,
                completion=task.completion if task.completion is not None else completion,
            )

    # --- the schedule as a whole ---------------------------------------------------------------------------------

    def _schedule_name(self, control: Any) -> str:
        projects = by_type(self.ifc, "IfcProject")
        return text_of(control, "Name") or text_of(projects[0], "Name")

    def _currency(self) -> str | None:
        for unit in by_type(self.ifc, "IfcMonetaryUnit"):
            return text_of(unit, "Currency") or None
        return None

    def _unread(self, tied: Tied) -> list[Sentence]:
        counts = self.told.counts
        found = [
            say("{count} relations tie tasks to {ifc_class}: they were left aside.", count=count, ifc_class=ifc_class)
            for ifc_class, count in sorted(tied.unknown.items())
        ]
        if counts["foreign links"]:
            found.append(
                say("{count} links lead to what is no task of this schedule: they were left aside.",
                    count=counts["foreign links"])
            )  # fmt: skip
        if counts["recurring"]:
            found.append(say("{count} tasks recur: only their first time was read.", count=counts["recurring"]))
        if counts["elapsed"]:
            found.append(
                say("{count} durations are elapsed time: the tasks' dates count instead.", count=counts["elapsed"])
            )
        if counts["baseline"] + counts["actual"]:
            found.append(
                say("{count} tasks of baseline or actual schedules match no planned task: they were left aside.",
                    count=counts["baseline"] + counts["actual"])
            )  # fmt: skip
        return found

    def _notices(self) -> list[Sentence]:
        found = self.told.sentences()
        if self.per_cent:
            found.append(say("Completions go above 1, so all of them were read as per cent."))
        if self.told.counts["days"]:
            found.append(say("{count} durations in days were read as working days.", count=self.told.counts["days"]))
        if self.told.counts["self links"]:
            found.append(
                say("{count} tasks wait for themselves: those links were left out.",
                    count=self.told.counts["self links"])
            )  # fmt: skip
        if self.damage.records:
            records = sorted(set(self.damage.records))
            examples = ", ".join(f"#{number}" for number in records[:5]) + ("…" if len(records) > 5 else "")
            found.append(
                say("{count} records break the rules of IFC and were left out: {examples}.",
                    count=len(records), examples=examples)
            )  # fmt: skip
        return found


class _Matches:
    """Finds the task of the schedule that a task of another work schedule stands for."""

    def __init__(self, tree: TaskTree, main: Sequence[int]) -> None:
        self._tree = tree
        self._main = set(main)
        keys = Counter(tree.key(number) for number in main)
        self._keys = {tree.key(number): number for number in main if keys[tree.key(number)] == 1}
        self._defined: dict[int, int] = {}
        for relation in by_type(tree.ifc, "IfcRelDefinesByObject"):
            pairs = related_pairs(relation, tree.damage)
            for one, other in pairs:  # writers disagree on which side the baseline stands
                self._defined[one], self._defined[other] = other, one

    def of(self, number: int) -> int | None:
        """Return the task of the schedule, itself where it is one; None where no single task matches."""
        if number in self._main:
            return number
        defined = self._defined.get(number)
        return defined if defined in self._main else self._keys.get(self._tree.key(number))
