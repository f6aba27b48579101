"""IfcWorkCalendar → `Calendar`: working times become a week, everything else becomes exceptions day by day.

Recurrences are unrolled over the days of the schedule and a year around them, never over more than `MOST_DAYS`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from ifc_import.schema import Damage
from ifc_import.task_times import Told, read_minute, read_time, text_of
from twin.values.schedule import Calendar, CalendarException, Shift

MOST_DAYS = 366 * 60
MOST_STEPS = 1_000_000  # tries of a day with a rule: a hostile file may hold a hundred thousand rules
_DAY = timedelta(days=1)
_WEEKLY = ("WEEKLY", "BY_WEEKDAY_COUNT")


@dataclass(frozen=True, slots=True)
class _Rule:
    """An IfcWorkTime: on which days, which shifts (none: the whole day)."""

    name: str
    kind: str | None
    days: Sequence[int]
    weekdays: Sequence[int]
    months: Sequence[int]
    position: int | None
    interval: int
    occurrences: int | None
    shifts: Sequence[Shift]
    start: date | None
    finish: date | None

    @property
    def regular(self) -> bool:
        """Is it the same in every week."""
        return self.kind in ("DAILY", *_WEEKLY) and self.interval == 1 and self.occurrences is None

    def holds(self, day: date, first: date) -> bool:
        """Tell whether the rule holds for a day; `first` is the day from which intervals count."""
        if (self.start and day < self.start) or (self.finish and day > self.finish):
            return False
        if self.kind is None:
            return self.start is not None or self.finish is not None
        if self.kind in ("DAILY", "BY_DAY_COUNT"):
            return (day - first).days % self.interval == 0
        on_weekday = not self.weekdays or day.isoweekday() in self.weekdays
        if self.kind in _WEEKLY:
            weeks = ((day - first).days + first.weekday()) // 7
            return on_weekday and weeks % self.interval == 0
        yearly = self.kind.startswith("YEARLY")
        passed = day.year - first.year if yearly else (day.year - first.year) * 12 + day.month - first.month
        if passed % self.interval or (self.months and day.month not in self.months):
            return False
        if self.kind.endswith("BY_POSITION"):
            return on_weekday and self._at_position(day)
        return not self.days or day.day in self.days

    def _at_position(self, day: date) -> bool:
        if not self.position:
            return True
        if self.position > 0:
            return (day.day - 1) // 7 + 1 == self.position
        left = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - day).days - 1
        return -(left // 7) - 1 == self.position


def read_calendar(record: Any, days: tuple[date, date], told: Told, damage: Damage) -> Calendar:
    """Return a work calendar.

    days : first and last day of the schedule
    """
    working = _rules(record.WorkingTimes, told, damage)
    free = _rules(record.ExceptionTimes, told, damage)
    base = _base(working)
    week = tuple(
        _joined(shift for rule in base if _on_weekday(rule, number) for shift in _shifts(rule)) for number in range(7)
    )
    if not working:  # nothing is said of working times: only the exceptions are free
        week = (((0, 1440),),) * 7
    others = [rule for rule in working if rule not in base]
    usual = next((day for day in week if day), ((0, 1440),))
    exceptions = _exceptions(week, others, free, usual, days) if others or free else ()
    return Calendar(text_of(record, "GlobalId"), text_of(record, "Name"), week, tuple(exceptions))


def working_day(calendar: Calendar | None) -> int:
    """Return the minutes of work in a calendar's usual working day, 480 without one."""
    lengths = [sum(finish - start for start, finish in day) for day in calendar.week if day] if calendar else []
    return max(set(lengths), key=lengths.count) if lengths else 480


def _base(working: Sequence[_Rule]) -> list[_Rule]:
    """Return the rules that make the week: those without bounds, else those with the earliest."""
    regular = [rule for rule in working if rule.regular]
    unbounded = [rule for rule in regular if rule.start is None]
    if unbounded or not regular:
        return [rule for rule in unbounded if rule.finish is None] or unbounded
    first = min(regular, key=lambda rule: rule.start or date.min)
    return [rule for rule in regular if (rule.start, rule.finish) == (first.start, first.finish)]


def _on_weekday(rule: _Rule, number: int) -> bool:
    return rule.kind == "DAILY" or not rule.weekdays or number + 1 in rule.weekdays


def _shifts(rule: _Rule, otherwise: Sequence[Shift] = ((0, 1440),)) -> Sequence[Shift]:
    return rule.shifts or otherwise


def _rules(records: Iterable[Any] | None, told: Told, damage: Damage) -> list[_Rule]:
    found = [damage.tried(record, partial(_rule, record, told), None) for record in records or ()]
    return sorted((rule for rule in found if rule is not None), key=lambda rule: (rule.start or date.min, rule.name))


def _rule(record: Any, told: Told) -> _Rule:
    pattern = record.RecurrencePattern
    shifts = []
    for period in (pattern.TimePeriods if pattern is not None else None) or ():
        start, finish = (read_minute(period[i], "IfcTimePeriod", told) for i in (0, 1))
        if start is None or finish is None:
            continue
        finish = finish or 1440
        # a night shift ends on the next morning: its two parts are kept on the day where it starts
        shifts += [(start, finish)] if start < finish else [(start, 1440), (0, finish)]
    bounds = [read_time(record[4 + i], "IfcWorkTime", told) for i in (0, 1)]
    return _Rule(
        text_of(record, "Name"),
        pattern.RecurrenceType if pattern is not None else None,
        tuple((pattern.DayComponent if pattern is not None else None) or ()),
        tuple((pattern.WeekdayComponent if pattern is not None else None) or ()),
        tuple((pattern.MonthComponent if pattern is not None else None) or ()),
        pattern.Position if pattern is not None else None,
        max((pattern.Interval if pattern is not None else None) or 1, 1),
        pattern.Occurrences if pattern is not None else None,
        _joined(shift for shift in shifts if shift[0] < shift[1]),
        bounds[0].date() if bounds[0] else None,
        bounds[1].date() if bounds[1] else None,
    )


def _joined(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return shifts in order, overlapping and touching ones as one.

    >>> _joined([(780, 1020), (480, 720), (700, 780)])
    ((480, 1020),)
    """
    joined: list[Shift] = []
    for start, finish in sorted(shifts):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(finish, joined[-1][1]))
        else:
            joined.append((start, finish))
    return tuple(joined)


def _without(shifts: Sequence[Shift], holes: Sequence[Shift]) -> tuple[Shift, ...]:
    """Return the parts of shifts outside of the holes.

    >>> _without(((480, 720), (780, 1020)), ((600, 900),))
    ((480, 600), (900, 1020))
    """
    left = list(shifts)
    for low, high in holes:
        left = [part for a, b in left for part in ((a, min(b, low)), (max(a, high), b)) if part[0] < part[1]]
    return tuple(left)


def _exceptions(
    week: Sequence[Sequence[Shift]],
    working: Sequence[_Rule],
    free: Sequence[_Rule],
    usual: Sequence[Shift],
    days: tuple[date, date],
) -> list[CalendarException]:
    """Return what differs from the week, days in a row with the same shifts as one exception."""
    first = days[0] - 366 * _DAY
    last = min(days[1] + 366 * _DAY, first + MOST_DAYS * _DAY)
    more, less = _days(working, first, last), _days(free, first, last)
    found: list[CalendarException] = []
    for day in sorted(more.keys() | less.keys()):
        before = tuple(week[day.weekday()])
        shifts, name = before, ""
        if day in more:
            name = more[day][0].name
            shifts = _joined(shift for rule in more[day] for shift in _shifts(rule, before or usual))
        if day in less:
            name = less[day][0].name
            shifts = _without(shifts, [shift for rule in less[day] for shift in _shifts(rule)])
        if shifts == before:
            continue
        if found and found[-1].finish == day - _DAY and found[-1].shifts == shifts and found[-1].name == name:
            found[-1] = CalendarException(found[-1].start, day, shifts, name)
        else:
            found.append(CalendarException(day, day, shifts, name))
    return found


def _days(rules: Sequence[_Rule], first: date, last: date) -> dict[date, list[_Rule]]:
    """Return day → the rules that hold on it; intervals and occurrences count from a rule's own start."""
    found: dict[date, list[_Rule]] = {}
    left = MOST_STEPS
    for rule in rules:
        anchor = rule.start or first
        day = max(anchor, first) if rule.occurrences is None else anchor
        end, count = min(rule.finish or last, last), 0
        while day <= end and left and (rule.occurrences is None or count < rule.occurrences):
            left -= 1
            if rule.holds(day, anchor):
                found.setdefault(day, []).append(rule)
                count += 1
            day += _DAY
    return found
