"""What no schedule can mean: days centuries away, endless work, amounts that are no money.

One date in the year 9999 would stretch every curve of a project over three million days, and one of the year 1 cannot
be shifted by an hour.  Whatever reader a schedule comes from, such values are taken out of it here, told and counted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from twin.values.schedule import Assignment, Baseline, Calendar, Schedule, Task, TaskLink
from twin.values.sentence import Sentence, say

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = timedelta(days=200 * 365.25)
MOST_MONEY = 1e15
DATES = ("schedule_start", "schedule_finish", "actual_start", "actual_finish")
SPANS = ("duration", "remaining_duration", "work", "actual_work")
AMOUNTS = ("cost", "actual_cost")
_NAMES = {
    "schedule_start": say("start"),
    "schedule_finish": say("finish"),
    "start": say("start"),
    "finish": say("finish"),
    "actual_start": say("actual start"),
    "actual_finish": say("actual finish"),
    "data_date": say("data date"),
    "duration": say("duration"),
    "remaining_duration": say("remaining duration"),
    "work": say("work"),
    "actual_work": say("actual work"),
    "cost": say("cost"),
    "actual_cost": say("actual cost"),
    "completion": say("completion"),
    "planned": say("planned quantity"),
    "actual": say("actual quantity"),
}


@dataclass(slots=True)
class _Out:
    """What is taken out: kind of value → how many; the place of the first one."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, Sentence] = field(default_factory=dict)

    def note(self, kind: str, where: Sentence) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.first.setdefault(kind, where)

    def sentences(self) -> list[Sentence]:
        return [_sentence(kind, count, self.first[kind]) for kind, count in self.counts.items()]


def _sentence(kind: str, count: int, where: Sentence) -> Sentence:
    """Return what is told of one kind of value."""
    if kind == "date":
        return say(
            "{count} dates before 1900 or after 2200 are left out; the first: {where}.", count=count, where=where
        )
    if kind == "exception":
        return say(
            "{count} calendar exceptions before 1900 or after 2200 are left out; the first: {where}.",
            count=count,
            where=where,
        )
    if kind == "span":
        return say(
            "{count} durations of more than 200 years are left out; the first: {where}.", count=count, where=where
        )
    if kind == "amount":
        return say(
            "{count} amounts that no schedule can hold are left out; the first: {where}.", count=count, where=where
        )
    return say(
        "{count} completions that are not from 0 to 100 % are left out; the first: {where}.", count=count, where=where
    )


def within_bounds(schedule: Schedule) -> Schedule:
    """Return the schedule without values that nothing can be computed with; they are told and counted as lost.

    Dates and calendar exceptions must lie in 1900 to 2200, durations and work within 200 years, amounts must be finite
    and within 10¹⁵, completions from 0 to 1.  A sum of costs below 0 is told and kept.
    """
    out = _Out()
    tasks = tuple(_task(task, out) for task in schedule.tasks)
    project = {name: getattr(schedule, name) for name in ("data_date", "start", "finish")}
    for name, value in project.items():
        if not _is_date(value):
            out.note("date", say("{field} of the project", field=_NAMES[name]))
            project[name] = None
    calendars = tuple(_calendar(calendar, out) for calendar in schedule.calendars)
    links = tuple(_link(link, out) for link in schedule.links)
    assignments = tuple(_assignment(assignment, out) for assignment in schedule.assignments)
    told = [*out.sentences(), *_negative(tasks)]
    if not told:
        return schedule
    return replace(
        schedule,
        tasks=tasks,
        links=links,
        calendars=calendars,
        assignments=assignments,
        notices=(*schedule.notices, *told),
        lost=schedule.lost + sum(out.counts.values()),
        **project,
    )


def _is_date(value: date | datetime | None) -> bool:
    return value is None or FIRST_YEAR <= value.year <= LAST_YEAR


def _is_span(value: timedelta | None) -> bool:
    return value is None or abs(value) <= LONGEST


def _is_amount(value: float | None) -> bool:
    return value is None or abs(value) <= MOST_MONEY  # false for what is no number


def _changes(record: Any, fields: Mapping[str, Sequence[str]], where: Sentence, out: _Out) -> dict[str, None]:
    """Return the fields that must be None, noted; `fields`: kind of value → names."""
    found: dict[str, None] = {}
    for kind, names in fields.items():
        for name in names:
            if not _TESTS[kind](getattr(record, name)):
                out.note(kind, say("{field} of {where}", field=_NAMES[name], where=where))
                found[name] = None
    return found


def _is_completion(value: float | None) -> bool:
    return value is None or 0 <= value <= 1


_TESTS: Mapping[str, Any] = {"date": _is_date, "span": _is_span, "amount": _is_amount, "completion": _is_completion}
_TASK = {"date": DATES, "span": SPANS, "amount": AMOUNTS, "completion": ("completion",)}
_BASELINE = {"date": ("start", "finish"), "span": ("work", "duration"), "amount": ("cost",)}
_ASSIGNMENT = {"amount": ("planned", "actual", "cost", "actual_cost")}


def _task(task: Task, out: _Out) -> Task:
    where = say("task {id}", id=task.id[:60])
    changes: dict[str, Any] = dict(_changes(task, _TASK, where, out))
    baselines = tuple(_baseline(baseline, where, out) for baseline in task.baselines)
    if baselines != tuple(task.baselines):
        changes["baselines"] = baselines
    return replace(task, **changes) if changes else task


def _baseline(baseline: Baseline, task: Sentence, out: _Out) -> Baseline:
    where = say("baseline {number} of {where}", number=baseline.number, where=task)
    changes: dict[str, Any] = dict(_changes(baseline, _BASELINE, where, out))
    return replace(baseline, **changes) if changes else baseline


def _assignment(assignment: Assignment, out: _Out) -> Assignment:
    where = say("an assignment of task {id}", id=assignment.task[:60])
    changes: dict[str, Any] = dict(_changes(assignment, _ASSIGNMENT, where, out))
    return replace(assignment, **changes) if changes else assignment


def _link(link: TaskLink, out: _Out) -> TaskLink:
    """Return a link; a lag without bounds becomes none."""
    if _is_span(link.lag) and _is_amount(link.lag_percent):
        return link
    out.note("span", say("lag of {first} → {second}", first=link.predecessor[:60], second=link.successor[:60]))
    return TaskLink(link.predecessor, link.successor, link.type)


def _calendar(calendar: Calendar, out: _Out) -> Calendar:
    kept = tuple(
        exception for exception in calendar.exceptions if _is_date(exception.start) and _is_date(exception.finish)
    )
    if len(kept) == len(calendar.exceptions):
        return calendar
    for _ in range(len(calendar.exceptions) - len(kept)):
        out.note("exception", say("calendar {name}", name=(calendar.name or calendar.id)[:60]))
    return replace(calendar, exceptions=kept)


def _negative(tasks: Sequence[Task]) -> list[Sentence]:
    """Tell of costs that add up to less than 0, of the tasks that no other hangs on."""
    parents = {task.parent for task in tasks}
    leaves = [task for task in tasks if task.id not in parents]
    baselines = [next((b.cost for b in task.baselines if b.number == 0), None) for task in leaves]
    sums = (
        (say("planned costs"), [task.cost for task in leaves]),
        (say("actual costs"), [task.actual_cost for task in leaves]),
        (say("baseline costs"), baselines),
    )
    return [
        say(
            "The {what} of all tasks add up to {total}, less than 0: check them in the schedule.",
            what=what,
            total=total,
        )
        for what, costs in sums
        if (total := round(math.fsum(cost for cost in costs if cost is not None), 2)) < 0
    ]
