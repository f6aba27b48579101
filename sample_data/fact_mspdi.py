"""A schedule as Microsoft Project saves it as XML: baseline, links with lags, calendar exceptions, costs, work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from pathlib import Path

import numpy as np

from sample_data.fact_calendar import WorkCalendar
from sample_data.fact_network import Network, Row
from sample_data.fact_story import Story

_TYPES = {"FF": 0, "FS": 1, "SS": 3}
_STEEL_FIXERS = "1"


@dataclass(frozen=True)
class Update:
    """A schedule that is updated: up to when, how far each leaf is, what it cost, and how many days all are late."""

    day: date
    story: Story
    delay: int

    @property
    def month(self) -> int:
        """Which month of the story it is."""
        return self.story.months.index(self.day)


def write_mspdi(path: Path, plan: Network, update: Update | None = None) -> None:
    """Write the schedule; with `update` as it stands on a day, its baseline kept."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        '<Project xmlns="http://schemas.microsoft.com/project">',
        *_fields(
            SaveVersion=14, Name=path.stem, Title=plan.name, Company="滨江市重点工程建设管理局", ScheduleFromStart=1,
            StartDate=_at(plan.start, 8), FinishDate=_at(plan.finish, 17), CurrencyCode="CNY", CurrencySymbol="¥",
            CurrencyDigits=2, CalendarUID=1, MinutesPerDay=480, MinutesPerWeek=2400, DaysPerMonth=20,
            BaselineForEarnedValue=0, **({"StatusDate": _at(update.day, 17)} if update else {}),
        ),
        "<Calendars>", *_calendar(plan.calendar), "</Calendars>",
        "<Tasks>",
    ]  # fmt: skip
    leaves = {leaf.id: number for number, leaf in enumerate(plan.leaves)}
    ids = {row.id: row.uid for row in plan.rows}
    numbers: list[int] = []
    for row in plan.rows:
        numbers = [*numbers[: row.level], (numbers[row.level] if len(numbers) > row.level else 0) + 1]
        state = _state(plan, row, update, leaves)
        lines += ["<Task>", *_task(row, plan.calendar, ".".join(map(str, numbers)), state)]
        for wait in row.waits:
            minutes = round(wait.lag * plan.calendar.hours * 60)
            lines += [
                "<PredecessorLink>",
                *_fields(PredecessorUID=ids[wait.task], Type=_TYPES[wait.type], CrossProject=0, LinkLag=minutes * 10,
                         LagFormat=7),
                "</PredecessorLink>",
            ]  # fmt: skip
        hours = row.length * plan.calendar.hours if row.kind != "milestone" else 0
        lines += ["<Baseline>", *_fields(Number=0, Interim=0, Start=_begins(row), Finish=_at(row.finish, 17),
                                         Duration=_hours(hours), Work=_hours(_work(row, plan.calendar)),
                                         Cost=round(row.cost * 100)), "</Baseline>", "</Task>"]  # fmt: skip
    lines += ["</Tasks>", "<Resources><Resource>", *_fields(UID=1, ID=1, Name="综合班组", Type=1, Initials="班组"),
              "</Resource></Resources>", "<Assignments>"]  # fmt: skip
    for number, leaf in enumerate(plan.leaves, 1):
        done = _state(plan, leaf, update, leaves)
        work = _work(leaf, plan.calendar)
        lines += [
            "<Assignment>",
            *_fields(UID=number, TaskUID=leaf.uid, ResourceUID=_STEEL_FIXERS, Work=_hours(work),
                     ActualWork=_hours(round(work * float(done.get("share", 0)))), Units=round(_crew(leaf), 2)),
            "</Assignment>",
        ]  # fmt: skip
    lines += ["</Assignments>", "</Project>"]
    path.write_bytes("\r\n".join(lines).encode())


State = dict[str, str | float]


def _state(plan: Network, row: Row, update: Update | None, leaves: dict[str, int]) -> State:
    """Return what is now said of a row: dates, share done, actual dates and cost."""
    begins, ends = _begins(row), _at(row.finish, 17)
    if update is None:
        return {"start": begins, "finish": ends, "share": 0.0}
    late = timedelta(update.delay)
    if row.kind == "milestone":
        return {"start": _at(row.finish + late, 17), "finish": _at(row.finish + late, 17), "share": 0.0}
    if row.kind == "summary":
        parts = [leaves[leaf.id] for leaf in plan.leaves if leaf.parent == row.id]
        costs = plan.costs()[parts]
        share = float((update.story.done[parts, update.month] * costs).sum() / costs.sum())
        spent = float(update.story.spent_on[parts, update.month].sum())
        return {"start": begins, "finish": _at(row.finish + late, 17), "share": share, "spent": spent}
    number = leaves[row.id]
    share = float(update.story.done[number, update.month])
    state: State = {"start": _at(row.start + late, 8), "finish": _at(row.finish + late, 17), "share": share}
    state["spent"] = float(update.story.spent_on[number, update.month])
    if share > 0:
        state["begun"] = state["start"] = _at(day_of(update.story.begun[number]), 8)
    if share >= 1:
        state["ended"] = state["finish"] = _at(day_of(update.story.ended[number]), 17)
    return state


def day_of(number: float) -> date:
    """Return the day of a number of days since the first one."""
    from sample_data.fact_calendar import FIRST

    return FIRST + timedelta(int(np.floor(number)))


def _task(row: Row, calendar: WorkCalendar, outline: str, state: State) -> list[str]:
    hours = row.length * calendar.hours if row.kind != "milestone" else 0
    share = float(state["share"])
    fields: dict[str, object] = {
        "UID": row.uid, "ID": row.uid, "Name": row.name, "Type": 1, "IsNull": 0, "WBS": row.id,
        "OutlineNumber": outline, "OutlineLevel": row.level + 1, "Priority": 500, "Start": state["start"],
        "Finish": state["finish"], "Duration": _hours(hours), "DurationFormat": 7,
        "Work": _hours(_work(row, calendar)), "Milestone": int(row.kind == "milestone"),
        "Summary": int(row.kind == "summary"), "CalendarUID": -1, "PercentComplete": round(share * 100),
    }  # fmt: skip
    if "begun" in state:
        fields["ActualStart"] = state["begun"]
    if "ended" in state:
        fields["ActualFinish"] = state["ended"]
    fields["RemainingDuration"] = _hours(round(hours * (1 - share)))
    fields["Cost"] = round(row.cost * 100)
    if "spent" in state:
        fields["ActualCost"] = round(float(state["spent"]) * 100)
    return list(_fields(**fields))


def _calendar(calendar: WorkCalendar) -> Iterator[str]:
    yield "<Calendar>"
    yield from _fields(UID=1, Name=calendar.name, IsBaseCalendar=1, BaseCalendarUID=-1)
    yield "<WeekDays>"
    for number in range(1, 8):  # Sunday is 1
        works = calendar.week[(number + 5) % 7]
        yield f"<WeekDay><DayType>{number}</DayType><DayWorking>{int(works)}</DayWorking>"
        yield f"{_times(calendar) if works else ''}</WeekDay>"
    yield "</WeekDays><Exceptions>"
    for name, first, last, works in calendar.exceptions:
        yield "<Exception><EnteredByOccurrences>0</EnteredByOccurrences><TimePeriod>"
        yield from _fields(FromDate=f"{first}T00:00:00", ToDate=f"{last}T23:59:00")
        yield "</TimePeriod>"
        yield from _fields(Occurrences=(last - first).days + 1, Name=name, Type=1, DayWorking=int(works))
        yield f"{_times(calendar) if works else ''}</Exception>"
    yield "</Exceptions></Calendar>"


def _times(calendar: WorkCalendar) -> str:
    shifts = "".join(
        f"<WorkingTime><FromTime>{a // 60:02d}:00:00</FromTime><ToTime>{b // 60:02d}:00:00</ToTime></WorkingTime>"
        for a, b in calendar.shifts
    )
    return f"<WorkingTimes>{shifts}</WorkingTimes>"


def _crew(row: Row) -> float:
    """Return how many people work on a task, by what it costs a day."""
    return float(np.clip(row.cost / max(row.length, 1) / 9000, 3, 90))


def _work(row: Row, calendar: WorkCalendar) -> float:
    """Return hours of work of a row; a summary has the sum."""
    if row.kind == "summary":
        return sum(_work(child, calendar) for child in row.children)
    return round(_crew(row) * row.length * calendar.hours) if row.kind == "task" else 0


def _fields(**values: object) -> Iterator[str]:
    for name, value in values.items():
        yield f"<{name}>{escape(str(value), quote=False)}</{name}>"


def _begins(row: Row) -> str:
    return _at(row.finish, 17) if row.kind == "milestone" else _at(row.start, 8)


def _at(day: date, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00"


def _hours(hours: float) -> str:
    return f"PT{round(hours)}H0M0S"
