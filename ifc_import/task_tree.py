"""Which tasks of an IFC file make the schedule: the tree of tasks, and the work schedules that they belong to.

Every planned work schedule is read, and the tasks of none; a second plan of mostly the same tasks is an alternative and
is left aside.  BASELINE and ACTUAL schedules are kept apart; a file that has only one of those kinds is read by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ifc_import.schema import Damage, by_type
from ifc_import.task_times import Told, read_time, text_of
from twin.values.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Group:
    """A work schedule and its tasks by record number, in the order of the file's tree; `control` None: of none."""

    control: Any
    kind: str
    tasks: Sequence[int]


def related_pairs(relation: Any, damage: Damage) -> list[tuple[int, int]]:
    """Return (part, whole) of a relation, by record number; none where it is broken."""
    nothing: list[tuple[int, int]] = []

    def read() -> list[tuple[int, int]]:
        return [(part.id(), relation.RelatingObject.id()) for part in relation.RelatedObjects]

    return damage.tried(relation, read, nothing)


def _created(group: Group) -> datetime:
    return read_time(getattr(group.control, "CreationDate", None), "", Told()) or datetime.min


class TaskTree:
    """The tasks of one open file by record number.

    parents : task → the task it is part of
    controls : task → its work schedules; times : task → its time record (IFC2X3); calendars : record → GlobalId
    unread, notices : what `choose` has to tell
    """

    def __init__(self, ifc: Any, records: Sequence[Any], damage: Damage) -> None:
        self.ifc = ifc
        self.damage = damage
        self.records = {record.id(): record for record in records}
        self.parents = self._read_parents()
        self.children: dict[int, list[int]] = {}
        for child, parent in self.parents.items():
            self.children.setdefault(parent, []).append(child)
        self.controls, self.times, self.calendars = self._read_controls()
        self.unread: list[Sentence] = []
        self.notices: list[Sentence] = []

    def _read_parents(self) -> dict[int, int]:
        """Return task → the task it is part of, by record number, without circles, in the order of the relations."""
        parents: dict[int, int] = {}
        for ifc_class in ("IfcRelNests", "IfcRelAggregates"):
            for relation in by_type(self.ifc, ifc_class):
                pairs = related_pairs(relation, self.damage)
                for child, parent in pairs:
                    if child in self.records and parent in self.records and child not in parents:
                        parents[child] = parent
        good: set[int] = set()
        for number in list(parents):
            trail: dict[int, None] = {}
            above: int | None = number
            while above is not None and above not in good and above not in trail:
                trail[above] = None
                above = parents.get(above)
            if above is not None and above in trail:
                self.damage.records.append(above)
                del parents[above]
            good.update(trail)
        return parents

    def _read_controls(self) -> tuple[dict[int, list[Any]], dict[int, Any], dict[int, str]]:
        """Return task → work schedules, task → its IFC2X3 time record, record → GlobalId of its calendar."""
        schedules: dict[int, list[Any]] = {}
        times: dict[int, Any] = {}
        calendars: dict[int, str] = {}

        def read(relation: Any) -> None:
            control, time = relation.RelatingControl, getattr(relation, "TimeForTask", None)
            for related in relation.RelatedObjects:
                number = related.id()
                if control.is_a("IfcWorkCalendar"):
                    calendars.setdefault(number, text_of(control, "GlobalId"))
                elif control.is_a("IfcWorkControl") and number in self.records:
                    schedules.setdefault(number, []).append(control)
                if time is not None:
                    times.setdefault(number, time)

        for relation in by_type(self.ifc, "IfcRelAssignsToControl"):
            self.damage.tried(relation, partial(read, relation), None)
        return schedules, times, calendars

    def calendars_of(self) -> dict[int, str | None]:
        """Return task → GlobalId of its calendar or of the nearest task's above it."""
        found: dict[int, str | None] = {}
        stack: list[tuple[int, str | None]] = [(n, None) for n in self.records.keys() - self.parents.keys()]
        while stack:
            number, inherited = stack.pop()
            found[number] = self.calendars.get(number, inherited)
            stack += [(child, found[number]) for child in self.children.get(number, ())]
        return found

    def groups(self) -> list[Group]:
        """Return the work schedules with their tasks, parents before children."""
        kinds = {}
        tasks: dict[int | None, list[int]] = {}
        controls: dict[int, Any] = {}
        # the parts of one relation stand in their nested order, roots in the order of the file
        ahead = [(n, ()) for n in sorted(self.records.keys() - self.parents.keys(), reverse=True)]
        stack: list[tuple[int, Sequence[Any]]] = list(ahead)
        while stack:
            number, inherited = stack.pop()
            own = self.controls.get(number) or inherited
            for control in own:
                controls[control.id()] = control
                tasks.setdefault(control.id(), []).append(number)
            if not own:
                tasks.setdefault(None, []).append(number)
            stack += [(child, own) for child in reversed(self.children.get(number, []))]
        for number, control in controls.items():
            kinds[number] = text_of(control, "PredefinedType") or text_of(control, "WorkControlType")
        found = [Group(controls[n], kinds[n], tasks[n]) for n in sorted(controls)]
        return found + ([Group(None, "", tasks[None])] if None in tasks else [])

    def choose(self, groups: Sequence[Group]) -> tuple[list[int], list[Group], list[Group]]:
        """Return the tasks that make the schedule, the baseline groups (the one that counts first), the actual ones."""
        baselines = [group for group in groups if group.kind == "BASELINE"]
        baselines.sort(key=_created, reverse=True)
        actual = [group for group in groups if group.kind == "ACTUAL"]
        plans = [group for group in groups if group.kind not in ("BASELINE", "ACTUAL")]
        plans = plans or actual[:1] or baselines[:1]
        largest = max(plans, key=lambda group: len(group.tasks))
        keys = {self.key(number) for number in largest.tasks}
        chosen: list[Group] = []
        for group in plans:
            same = sum(self.key(number) in keys for number in group.tasks)
            known = {number for other in chosen for number in other.tasks}
            if group is largest or 2 * same <= len(group.tasks) or set(group.tasks) <= known | set(largest.tasks):
                chosen.append(group)
            else:
                self.unread.append(
                    say(
                        "The work schedule {name} plans mostly the same {count} tasks again: it was left aside.",
                        name=text_of(group.control, "Name"),
                        count=len(group.tasks),
                    )
                )
        if sum(group.control is not None for group in chosen) > 1:
            self.notices.append(
                say("The file holds {count} work schedules: their tasks are read as one schedule.", count=len(chosen))
            )
        return list(dict.fromkeys(number for group in chosen for number in group.tasks)), baselines, actual

    def key(self, number: int) -> tuple[str, str]:
        """Return what a task is recognised by in another work schedule: its identification, else its name."""
        code = self.code(number)
        return ("code", code) if code else ("name", text_of(self.records[number], "Name"))

    def code(self, number: int) -> str:
        """Return a task's Identification or TaskId, empty without one."""
        record = self.records[number]
        return text_of(record, "Identification") or text_of(record, "TaskId")
