"""Schedules as tables: one row a task, in CSV or XLSX, with headers in English or Chinese (`schedule_words.FIELDS`).

Read of any table: task, name, code, parent (or outline level, or dotted codes), start, finish, baseline, actual dates,
completion, durations, costs, work, predecessors ("A1FS+2d; A2SS-1d; A3+50%"), calendar, resources.  Every other column
becomes `Task.values`.  A day without a time begins at 00:00 where something starts and ends at 23:59 where it finishes;
durations in days are days of the task's calendar, all 24 hours without one.

Rows that are no tasks have another `kind`; with them a schedule goes to CSV and back whole, but for baselines
beyond number 10, empty values and what readers told:

    schedule    name, start, finish, calendar, data_date, currency
    calendar    task = its id, name, definition = "Mon 08:00-12:00 13:00-17:00; Tue …" (a day that is not named is free)
    exception   parent = the calendar's id, name, start, finish, definition = "08:00-12:00" or "-"
    resource    task = its id, name, unit, definition = labour | machinery | material | cost
    assignment  task, resource, quantity, actual_quantity, cost, actual_cost
    elements    task, elements = more GlobalIds than the cell of a task can hold

A table with a cell that cannot be used is refused whole, with all such cells (`RefusedRows.problems`).  A table with a
row `schedule` was written by us from what another reader took: there a finish before its start is only told.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from twin.errors import InvalidInput, refused_rows
from twin.exchange.cells import Bad, narrow
from twin.exchange.mapping import Mapping_
from twin.exchange.records import MAX_PROBLEMS, Records, read_records, require
from twin.exchange.schedule_cells import read_links, read_shifts
from twin.exchange.schedule_csv import write_schedule_csv
from twin.exchange.schedule_fields import GLOBAL_ID, SPANS, Fields
from twin.exchange.schedule_words import (
    ASSIGNMENT,
    BASELINE_PARTS,
    BASELINES,
    CALENDAR,
    ELEMENTS,
    EXCEPTION,
    FIELDS,
    KINDS,
    NO,
    OTHER_ROWS,
    RESOURCE,
    SCHEDULE,
    STANDARD,
    WEEKDAY_WORDS,
    YES,
    baseline_field,
)
from twin.values.schedule import (
    RESOURCE_KINDS,
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Resource,
    Schedule,
    Shift,
    Task,
    TaskLink,
)
from twin.values.sentence import say

__all__ = ["read_schedule_table", "write_schedule_csv"]
_OFFICE_DAY: tuple[Shift, ...] = ((480, 720), (780, 1020))


def read_schedule_table(path: Path, mapping: Mapping_ | None = None) -> Schedule:
    """Return the schedule in a table; raises InvalidInput, RefusedRows where cells cannot be used."""
    records = read_records(path, mapping, FIELDS, KINDS, claims=lambda header: True)
    if "task" not in records.values and "code" in records.values:
        records.values["task"], records.columns["task"] = records.values["code"], records.columns["code"]
    if "task" not in records.values:
        require(records, FIELDS, "task")
    with path.open("rb") as file:
        form = "xlsx" if file.read(2) == b"PK" else "csv"
    schedule = _Reader(records).read(form)
    if records.problems:
        problems = sorted(records.problems, key=lambda problem: problem.row)
        raise refused_rows(records.table.file, problems[:MAX_PROBLEMS])
    if not schedule.tasks:
        raise InvalidInput("{file} has no row with a task: check that it is the right file.", file=path.name)
    return schedule


class _Reader(Fields):
    """Reads the rows of a table; rows are known by their index here."""

    def __init__(self, records: Records) -> None:
        super().__init__(records)
        self.rows: dict[str, list[int]] = {}
        for index in range(len(records.table.rows)):
            self.rows.setdefault(self.kind(index), []).append(index)
        other = {index for kind in OTHER_ROWS for index in self.rows.get(kind, ())}
        self.tasks = [index for index in range(len(records.table.rows)) if index not in other]
        self.ids: dict[str, int] = {}
        for index in self.tasks:
            task = self.text("task", index)
            if not task:
                records.wrong(index, "task", say("the cell is empty, but every row needs it"))
            elif task in self.ids:
                first = records.table.rows[self.ids[task]][0]
                records.wrong(index, "task", say("the task is in row {row} already", row=first))
            else:
                self.ids[task] = index
        self.calendars = self._calendars()
        self.default = self._default_calendar()
        self.called = {calendar.name: calendar.id for calendar in self.calendars.values() if calendar.name}
        self.unknown: Counter[str] = Counter()
        self.written = SCHEDULE in self.rows  # from a schedule of ours, which was checked by its own reader
        self.backward = 0
        self.baselines = [
            number
            for number in range(BASELINES + 1)
            if any(baseline_field(number, part) in records.values for part in BASELINE_PARTS)
        ]
        self._own_elements()

    def read(self, form: str) -> Schedule:
        """Return the schedule; what is wrong is in the problems of the records."""
        resources = {r.id: r for r in self._resources()}
        assignments = list(self._assignments(resources))
        parents = self._parents()
        tasks = [self._task(index, name, parents.get(name)) for name, index in self.ids.items()]
        above = {task.parent for task in tasks}
        summaries = {name for name, index in self.ids.items() if name in above and not self.kind(index)}
        tasks = [replace(task, kind="summary") if task.id in summaries else task for task in tasks]
        links = [link for task in tasks for link in self._links(task)]
        for name in self.unknown:
            self.records.notices.append(
                say("The calendar {name} is not defined in the table: its tasks have the schedule's own.", name=name)
            )
        if self.backward:
            self.records.notices.append(
                say("{count} finishes are before their starts; they are kept as written.", count=self.backward)
            )
        row = next(iter(self.rows.get(SCHEDULE, ())), None)
        dates = [d for i in (*self.tasks, *self.rows.get(SCHEDULE, ())) if (d := self.time("data_date", i, ends=True))]
        return Schedule(
            name=(self.text("name", row) or "") if row is not None else "",
            format=form,
            tasks=tuple(tasks),
            links=tuple(links),
            calendars=tuple(self.calendars.values()),
            calendar=self.default,
            resources=tuple(resources.values()),
            assignments=tuple(assignments),
            data_date=max(dates, default=None),
            start=self.time("start", row) if row is not None else None,
            finish=self.time("finish", row, ends=True) if row is not None else None,
            currency=next((c for i in range(len(self.records.table.rows)) if (c := self.text("currency", i))), None),
            elements=self._elements(),
            notices=tuple(self.records.notices),
        )

    # --- calendars -----------------------------------------------------------------------------------------------

    def _calendars(self) -> dict[str, Calendar]:
        exceptions: dict[str, list[CalendarException]] = {}
        known = {self.text("task", index) for index in self.rows.get(CALENDAR, ())}
        for index in self.rows.get(EXCEPTION, ()):
            start, finish = (self.records.get(name, index) for name in ("start", "finish"))
            calendar, shifts = self.text("parent", index), read_shifts(self.text("definition", index) or "-")
            if calendar not in known or not isinstance(start, date):
                self.records.wrong(index, "parent", say("an exception needs the id of a calendar, and its days"))
            elif isinstance(shifts, Bad):
                self.records.wrong(index, "definition", shifts.problem)
            else:
                last = finish if isinstance(finish, date) else start
                found = CalendarException(start, last, shifts, self.text("name", index) or "")
                exceptions.setdefault(calendar or "", []).append(found)
        calendars = {}
        for index in self.rows.get(CALENDAR, ()):
            name = self.text("task", index) or ""
            week = self._week(index)
            calendars[name] = Calendar(name, self.text("name", index) or "", week, tuple(exceptions.get(name, ())))
        return calendars

    def _week(self, index: int) -> tuple[tuple[Shift, ...], ...]:
        week: list[tuple[Shift, ...]] = [()] * 7
        text = (self.text("definition", index) or "").replace("；", ";")
        for part in [part for part in text.split(";") if part.strip()] or [text]:
            word, _, hours = part.strip().partition(" ")
            number, shifts = WEEKDAY_WORDS.get(word.lower()), read_shifts(hours)
            if number is None or isinstance(shifts, Bad):
                self.records.wrong(
                    index, "definition", say("this is no week: write Mon 08:00-12:00 13:00-17:00; Tue 08:00-12:00")
                )
                break
            week[number] = shifts
        return tuple(week)

    def _default_calendar(self) -> str | None:
        for index in self.rows.get(SCHEDULE, ()):
            name = self.text("calendar", index)
            if name is not None and name not in self.calendars:
                self.records.wrong(index, "calendar", say("there is no calendar {name} in the table", name=name[:60]))
            return name if name in self.calendars else None
        return next(iter(self.calendars)) if len(self.calendars) == 1 else None

    def _calendar_of(self, index: int) -> str | None:
        name = self.text("calendar", index)
        if name is None or name in self.calendars:
            return name
        if name in self.called:
            return self.called[name]
        if narrow(name).lower() in STANDARD:
            self.calendars[name] = Calendar(name, name, (_OFFICE_DAY,) * 5 + ((),) * 2)
            return name
        self.unknown[name] += 1
        return None

    def _day(self, calendar: str | None) -> int:
        """Return the minutes of work in a usual working day of a calendar."""
        found = self.calendars.get(calendar or self.default or "")
        lengths = [sum(b - a for a, b in day) for day in found.week if day] if found else []
        return max(set(lengths), key=lengths.count) if lengths else 1440

    # --- tasks ---------------------------------------------------------------------------------------------------

    def _task(self, index: int, name: str, parent: str | None) -> Task:
        calendar = self._calendar_of(index)
        spans = {field: self.span(field, index, self._day(calendar)) for field in SPANS if field in self.records.values}
        start, finish = self.time("start", index), self.time("finish", index, ends=True)
        actual = self.time("actual_start", index), self.time("actual_finish", index, ends=True)
        baselines = self._baselines(index, spans)
        self._check_order("finish", index, start, finish)
        self._check_order("actual_finish", index, *actual)
        return Task(
            id=name,
            name=self.text("name", index) or "",
            kind=self._task_kind(index),
            code=self.text("code", index) or "",
            parent=parent,
            calendar=calendar,
            schedule_start=start,
            schedule_finish=finish,
            actual_start=actual[0],
            actual_finish=actual[1],
            duration=spans.get("duration"),
            remaining_duration=spans.get("remaining_duration"),
            completion=self.number("completion", index),
            cost=self.number("cost", index),
            actual_cost=self.number("actual_cost", index),
            work=spans.get("work"),
            actual_work=spans.get("actual_work"),
            baselines=baselines,
            values=self.rest(index),
        )

    def _baselines(self, index: int, spans: dict[str, timedelta | None]) -> tuple[Baseline, ...]:
        found = []
        for number in self.baselines:
            start, finish, cost, work, duration = (baseline_field(number, part) for part in BASELINE_PARTS)
            first, last = self.time(start, index), self.time(finish, index, ends=True)
            self._check_order(finish, index, first, last)
            made = Baseline(number, first, last, self.number(cost, index), spans.get(work), spans.get(duration))
            if made != Baseline(number, None, None):
                found.append(made)
        return tuple(found)

    def _check_order(self, name: str, index: int, start: datetime | None, finish: datetime | None) -> None:
        if start is None or finish is None or finish >= start:
            return
        if self.written:
            self.backward += 1
        else:
            self.records.wrong(index, name, say("the finish is before the start ({start})", start=str(start)))

    def _task_kind(self, index: int) -> str:
        kind = self.kind(index) or "task"
        word = narrow(self.text("milestone", index) or "no").lower()
        if word not in YES | NO:
            self.records.wrong(index, "milestone", say("this is neither yes nor no"))
        return "milestone" if word in YES else kind

    def _parents(self) -> dict[str, str | None]:
        """Return task → the task above it: by the column parent, else by outline level, else by dotted codes."""
        if "parent" in self.records.values:
            parents = {name: self.text("parent", index) for name, index in self.ids.items()}
            for name, above in parents.items():
                if above is not None and above not in self.ids:
                    self.records.wrong(
                        self.ids[name], "parent", say("there is no task {task} in the table", task=above[:60])
                    )
            self._refuse_circles(parents)
            return parents
        if "level" in self.records.values:
            return self._by_level()
        codes = {self.text("code", index): name for name, index in self.ids.items()}
        if len(codes) < len(self.ids):
            return {}
        return {name: codes.get(code.rpartition(".")[0] or None) for code, name in codes.items() if code}

    def _by_level(self) -> dict[str, str | None]:
        parents: dict[str, str | None] = {}
        open_tasks: list[tuple[float, str]] = []
        for name, index in self.ids.items():
            level = self.number("level", index) or 0.0
            while open_tasks and open_tasks[-1][0] >= level:
                open_tasks.pop()
            parents[name] = open_tasks[-1][1] if open_tasks else None
            open_tasks.append((level, name))
        return parents

    def _refuse_circles(self, parents: dict[str, str | None]) -> None:
        good: set[str] = set()
        for name in parents:
            trail: dict[str, None] = {}
            above: str | None = name
            while above is not None and above in parents and above not in good and above not in trail:
                trail[above] = None
                above = parents[above]
            if above is not None and above in trail:
                self.records.wrong(self.ids[above], "parent", say("the task stands, in the end, below itself"))
            good.update(trail)

    def _links(self, task: Task) -> Iterator[TaskLink]:
        index = self.ids[task.id]
        text = self.text("predecessors", index)
        if text is None:
            return
        found = read_links(text, self.ids, self._day(task.calendar))
        if isinstance(found, Bad):
            self.records.wrong(index, "predecessors", found.problem)
            return
        for entry in found:
            if entry.task == task.id:
                self.records.wrong(index, "predecessors", say("the task waits for itself"))
            yield TaskLink(entry.task, task.id, entry.type, entry.lag, entry.lag_percent)

    # --- resources and elements ----------------------------------------------------------------------------------

    def _resources(self) -> Iterator[Resource]:
        for index in self.rows.get(RESOURCE, ()):
            kind = self.text("definition", index) or "labour"
            if kind not in RESOURCE_KINDS:
                self.records.wrong(
                    index,
                    "definition",
                    say("this kind is not known: choose among {known}", known=", ".join(RESOURCE_KINDS)),
                )
            yield Resource(
                self.text("task", index) or "", self.text("name", index) or "", kind, self.text("unit", index) or ""
            )

    def _assignments(self, resources: dict[str, Resource]) -> Iterator[Assignment]:
        """Yield the rows of assignments, then the names in tasks' rows, each new one a resource of its own."""
        for index in self.rows.get(ASSIGNMENT, ()):
            task, resource = self.text("task", index), self.text("resource", index)
            if task not in self.ids or resource not in resources:
                self.records.wrong(index, "resource", say("an assignment needs a task and a resource of the table"))
                continue
            figures = (self.number(name, index) for name in ("quantity", "actual_quantity", "cost", "actual_cost"))
            yield Assignment(task or "", resource or "", *figures)
        called = {resource.name: resource.id for resource in resources.values()}
        for task, index in self.ids.items():
            for name in _names(self.text("resource", index)):
                if name not in resources and name not in called:
                    resources[name] = Resource(name, name)
                yield Assignment(task, name if name in resources else called[name])

    def _own_elements(self) -> None:
        """Leave a column without a single GlobalId to the rules of links: people name elements in other ways too."""
        column = self.records.columns.get("elements")
        if column is None or self.written:
            return
        words = [word for index in self.tasks for word in self.ids_in("elements", index)]
        if words and not any(GLOBAL_ID.fullmatch(word) for word in words):
            del self.records.columns["elements"], self.records.values["elements"]
            self.others.append(column)

    def _elements(self) -> dict[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for name, index in [*self.ids.items(), *((None, index) for index in self.rows.get(ELEMENTS, ()))]:
            words = self.ids_in("elements", index)
            bad = next((word for word in words if not GLOBAL_ID.fullmatch(word)), None)
            if bad is not None and not self.written:
                self.records.wrong(
                    index, "elements", say("this is no GlobalId: {word}; it has 22 letters and digits", word=bad[:40])
                )
            words += [] if name else self.ids_in("definition", index)
            if words:
                found.setdefault(name or self.text("task", index) or "", []).extend(words)
        return {task: tuple(dict.fromkeys(elements)) for task, elements in found.items()}


def _names(text: str | None) -> list[str]:
    """Return the names in a cell: between semicolons and commas, without the units in brackets ("Mason[50%]")."""
    parts = (part.partition("[")[0].strip() for part in (text or "").replace("；", ";").replace("，", ",").split(";"))
    return list(dict.fromkeys(name.strip() for part in parts for name in part.split(",") if name.strip()))
