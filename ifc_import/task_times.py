"""Times and durations of IFC tasks: ISO 8601 text (IFC4), date records and seconds (IFC2X3) → wall-clock values.

A duration in whole days only ("P5D") is meant as working days; one with hours ("P1DT16H") as 24-hour days: both kinds
stand in real files, and the standard does not tell them apart.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from twin.values.sentence import Sentence, say

FIRST_YEAR, LAST_YEAR = 1900, 2200
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>\d{1,6}(?:\.\d{1,9})?)Y)?(?:(?P<months>\d{1,6}(?:\.\d{1,9})?)M)?"
    r"(?:(?P<weeks>\d{1,6}(?:\.\d{1,9})?)W)?(?:(?P<days>\d{1,6}(?:\.\d{1,9})?)D)?"
    r"(?:T(?:(?P<hours>\d{1,8}(?:\.\d{1,9})?)H)?(?:(?P<minutes>\d{1,8}(?:\.\d{1,9})?)M)?"
    r"(?:(?P<seconds>\d{1,10}(?:\.\d{1,9})?)S)?)?"
)


@dataclass
class Told:
    """Collects what a reader mended or left aside, so that a thousand equal cases are one sentence."""

    bad: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def unreadable(self, what: str, value: object) -> None:
        """Note a value that cannot be read, under the name of its attribute."""
        self.bad.setdefault(what, []).append(str(value)[:40])

    @property
    def lost(self) -> int:
        """Return how many values and links were broken and are left out."""
        return sum(map(len, self.bad.values())) + self.counts["self links"]

    def sentences(self) -> list[Sentence]:
        """Return one sentence for each attribute with values that cannot be read."""
        return [
            say(
                "{count} values of {attribute} cannot be read and were left out, such as {example}.",
                count=len(values),
                attribute=what,
                example=values[0],
            )
            for what, values in self.bad.items()
        ]


def text_of(record: Any, name: str) -> str:
    """Return a text attribute without spaces around it, empty where it is missing or no text."""
    value = getattr(record, name, None)
    value = value if isinstance(value, str) else getattr(value, "wrappedValue", None)
    return value.strip() if isinstance(value, str) else ""


def read_time(value: Any, what: str, told: Told) -> datetime | None:
    """Return a local wall-clock time of an IfcDateTime, an IfcDate or an IFC2X3 date record; a zone is dropped."""
    if value is None or value == "":
        return None
    try:
        found = _parse(value) if isinstance(value, str) else _from_record(value)
    except (ValueError, TypeError, AttributeError, OverflowError, RuntimeError):
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        told.unreadable(what, value)
        return None
    return found.replace(tzinfo=None, microsecond=0)


def _parse(text: str) -> datetime:
    return datetime.fromisoformat(text.strip())


def _from_record(record: Any) -> datetime | None:
    """Return the time of an IfcDateAndTime, IfcCalendarDate or IfcLocalTime of IFC2X3."""
    if record.is_a("IfcDateAndTime"):
        day, clock = record.DateComponent, record.TimeComponent
        return datetime.combine(_date(day), time() if clock is None else _clock(clock))
    if record.is_a("IfcCalendarDate"):
        return datetime.combine(_date(record), time())
    return None  # an IfcLocalTime has no day


def _date(record: Any) -> date:
    return date(record.YearComponent, record.MonthComponent, record.DayComponent)


def _clock(record: Any) -> time:
    return time(record.HourComponent, record.MinuteComponent or 0, int(record.SecondComponent or 0))


def read_span(
    value: Any, what: str, told: Told, working_day: int = 1440, seconds_per_unit: float = 1.0
) -> timedelta | None:
    """Return a duration of an IfcDuration or of a number of IFC2X3 time units.

    working_day : minutes of work in a day, for a duration that is stated in whole days only

    >>> read_span("P5D", "", Told(), 480), read_span("P0Y0M1DT16H0M0S", "", Told(), 480)
    (datetime.timedelta(days=1, seconds=57600), datetime.timedelta(days=1, seconds=57600))
    """
    value = getattr(value, "wrappedValue", value)
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value) * seconds_per_unit
    elif isinstance(value, str) and (found := _DURATION.fullmatch(value.strip().replace(",", "."))):
        seconds = _seconds(found, working_day, told)
    else:
        seconds = math.nan
    if not abs(seconds) < 86400 * 366 * 200:  # also refuses NaN
        told.unreadable(what, value)
        return None
    return timedelta(seconds=round(seconds))


def _seconds(found: re.Match[str], working_day: int, told: Told) -> float:
    parts = {name: float(text or 0) for name, text in found.groupdict().items() if name != "sign"}
    if not any(found.groupdict()[name] for name in parts):
        return math.nan  # "P" or "PT"
    clock = parts["hours"] * 3600 + parts["minutes"] * 60 + parts["seconds"]
    days = parts["years"] * 365 + parts["months"] * 30 + parts["weeks"] * 7 + parts["days"]
    day = 1440
    if days and not clock and not (parts["years"] or parts["months"] or parts["weeks"]):
        told.counts["days"] += working_day != 1440
        day = working_day
    return (-1 if found["sign"] == "-" else 1) * (days * day * 60 + clock)


def read_minute(value: Any, what: str, told: Told) -> int | None:
    """Return the minute of the day (0 to 1439) of an IfcTime."""
    try:
        clock = time.fromisoformat(str(value).strip())
    except ValueError:
        if str(value).strip().startswith("24:00"):
            return 1440
        told.unreadable(what, value)
        return None
    return clock.hour * 60 + clock.minute + (clock.second >= 30)


@dataclass(frozen=True, slots=True)
class TaskTime:
    """The attributes of an IfcTaskTime or IfcScheduleTimeControl that are read; completion as the file has it."""

    start: datetime | None = None
    finish: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    duration: timedelta | None = None
    remaining: timedelta | None = None
    status: datetime | None = None
    completion: float | None = None


def read_task_time(record: Any, told: Told, working_day: int, seconds_per_unit: float) -> TaskTime:
    """Return what a task's time record says; where nothing is scheduled, the early dates stand in."""
    if record is None:
        return TaskTime()

    def when(name: str) -> datetime | None:
        return read_time(getattr(record, name, None), name, told)

    def span(name: str) -> timedelta | None:
        return read_span(getattr(record, name, None), name, told, working_day, seconds_per_unit)

    elapsed = getattr(record, "DurationType", None) == "ELAPSEDTIME"
    told.counts["elapsed"] += elapsed and record.ScheduleDuration is not None
    told.counts["recurring"] += record.is_a("IfcTaskTimeRecurring")
    start, finish = when("ScheduleStart") or when("EarlyStart"), when("ScheduleFinish") or when("EarlyFinish")
    if start and finish and finish < start:
        told.unreadable("ScheduleFinish", finish)
        finish = None
    return TaskTime(
        start,
        finish,
        when("ActualStart"),
        when("ActualFinish"),
        None if elapsed else span("ScheduleDuration"),
        None if elapsed else span("RemainingTime"),
        when("StatusTime"),
        _completion(record, told),
    )


def _completion(record: Any, told: Told) -> float | None:
    value = getattr(record, "Completion", None)
    value = getattr(value, "wrappedValue", value)
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 <= value <= 100:
        told.unreadable("Completion", value)
        return None
    return float(value)
