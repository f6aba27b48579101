"""Calendars as files draft them (based on one another, exceptions over exceptions), written out whole."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain

from twin.exchange.bounds import FIRST_YEAR, LAST_YEAR
from twin.exchange.findings import Findings
from twin.values.schedule import Calendar, CalendarException, Shift
from twin.values.sentence import Sentence, say

DAY = 1440  # minutes
EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)  # exceptions outside of this are clipped
MOST_DAYS = 500_000  # exception days of all calendars of a file together
TIME = re.compile(r"(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
OFFICE: tuple[Shift, ...] = ((480, 720), (780, 1020))  # 8 to 12, 13 to 17: what Microsoft Project calls default
STANDARD_WEEK: tuple[tuple[Shift, ...], ...] = (OFFICE,) * 5 + ((),) * 2

Days = dict[date, tuple[tuple[Shift, ...], str]]  # day → its shifts and what the exception is called


@dataclass
class Draft:
    """A calendar as a file has it: `week` Monday first, None where the base's day holds; `days`: its own exceptions."""

    id: str
    name: str
    base: str | None
    week: list[tuple[Shift, ...] | None]
    days: Days = field(default_factory=dict)


def minute(text: str) -> int | None:
    """Return the minute of the day, 0 to 1440, of a time of the clock.

    >>> minute("08:30:00"), minute("24:00:00"), minute("8 o'clock")
    (510, 1440, None)
    """
    found = TIME.fullmatch(text)
    if found is None or int(found[2]) > 59:
        return None
    value = int(found[1]) * 60 + int(found[2])
    return value if value <= DAY else None


def tidy(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return shifts in order, those that touch or overlap made one.

    >>> tidy([(780, 1020), (480, 720), (700, 730)])
    ((480, 730), (780, 1020))
    """
    whole: list[Shift] = []
    for start, finish in sorted(shifts):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], finish))
        else:
            whole.append((start, finish))
    return tuple(whole)


def span(start: date, finish: date) -> Iterable[date]:
    """Return the days from `start` to `finish`, both included, within `EARLIEST` and `LATEST`."""
    first, last = max(start, EARLIEST), min(finish, LATEST)
    return (first + timedelta(n) for n in range((last - first).days + 1))


def exceptions(days: Days) -> tuple[CalendarException, ...]:
    """Return the days as exceptions that do not overlap, in order: neighbours that are alike are one."""
    runs: list[CalendarException] = []
    for day in sorted(days):
        shifts, name = days[day]
        last = runs[-1] if runs else None
        if last and (day - last.finish).days == 1 and (last.shifts, last.name) == (shifts, name):
            runs[-1] = CalendarException(last.start, day, shifts, name)
        else:
            runs.append(CalendarException(day, day, shifts, name))
    return tuple(runs)


class CalendarWriter:
    """Writes drafts out whole; a calendar without own exceptions shares those of its base."""

    def __init__(self, drafts: Mapping[str, Draft], week: Sequence[Sequence[Shift]], findings: Findings) -> None:
        self._drafts, self._week, self._findings = drafts, week, findings
        self._days: dict[str, Days] = {}
        self._done: dict[str, Calendar] = {}
        self._left = MOST_DAYS

    def calendars(self) -> tuple[Calendar, ...]:
        """Return all calendars in the order of the file."""
        for id_ in self._drafts:
            line = self._line(id_)
            for draft in reversed(line):
                if draft.id not in self._done:
                    self._done[draft.id] = self._whole(draft)
        return tuple(self._done[id_] for id_ in self._drafts)

    def _line(self, id_: str) -> list[Draft]:
        """Return the draft and those it is based on, up to one that is written; a circle is cut, with a notice."""
        line: list[Draft] = []
        seen: set[str] = set()
        at: str | None = id_
        while at is not None and at not in self._done:
            draft = self._drafts[at]
            line.append(draft)
            seen.add(at)
            if draft.base in seen:
                self._findings.notice(
                    say("Calendar {name} is based on itself: it is read as it stands alone.", name=draft.name)
                )
                draft.base = None
            at = draft.base
        return line

    def _whole(self, draft: Draft) -> Calendar:
        base = self._done.get(draft.base) if draft.base is not None else None
        fallback = base.week if base else self._week
        week = tuple(tuple(fallback[n]) if day is None else day for n, day in enumerate(draft.week))
        inherited = self._days[base.id] if base else {}
        self._left -= len(draft.days) + (len(inherited) if draft.days else 0)
        if draft.days and self._left < 0:
            self._findings.lose(
                say("The exceptions of calendar {name} are left out: the file has too many.", name=draft.name)
            )
        elif draft.days:
            self._days[draft.id] = {**inherited, **draft.days}
            return Calendar(draft.id, draft.name, week, exceptions(self._days[draft.id]))
        self._days[draft.id] = inherited
        return Calendar(draft.id, draft.name, week, base.exceptions if base else ())


def tell_out_of_bounds(findings: Findings, where: Sentence, day: date) -> bool:
    """Tell of an exception on a day that no schedule has, and return whether it is one; others are clipped only."""
    out = not FIRST_YEAR <= day.year <= LAST_YEAR
    if out:
        findings.lose(
            say(
                "{where}: an exception on {day} is before 1900 or after 2200; it is left out.",
                where=where,
                day=day.isoformat(),
            )
        )
    return out


def working_part(calendar: Calendar | None) -> float:
    """Return which part of a week is working time: what elapsed time shrinks to; 1 without a calendar."""
    if calendar is None:
        return 1.0
    return sum(finish - start for start, finish in chain.from_iterable(calendar.week)) / (7 * DAY)
