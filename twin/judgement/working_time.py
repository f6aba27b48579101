"""Working time of a calendar: the minutes of work before a moment, and the moment by which so many are done."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.values.schedule import Calendar, Shift
from twin.values.sentence import Sentence, say

Minutes = NDArray[np.int64]
Moments = NDArray[np.datetime64]

DAY = 1440  # minutes
NEVER = np.iinfo(np.int64).min  # what NaT is as a number

ALL_THE_TIME: Sequence[Shift] = ((0, DAY),)


def tidy_shifts(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return shifts in order, clipped to the day, with those that touch or overlap made one.

    >>> tidy_shifts([(780, 1020), (480, 720), (700, 780), (60, 60)])
    ((480, 1020),)
    """
    found: list[Shift] = []
    for start, finish in sorted((max(int(a), 0), min(int(b), DAY)) for a, b in shifts):
        if start >= finish:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], finish))
        else:
            found.append((start, finish))
    return tuple(found)


class WorkingTime:
    """A calendar over a span of days, as sorted intervals of work with the minutes worked before each.

    idle : the calendar knows no work on any day of the span, so all days count in full; `notes` says so
    """

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        """Lay the calendar out over the days from `first` to `last`, both included."""
        self.first, self.last = first, max(first, last)
        self._origin = np.datetime64(first, "m").astype(np.int64)
        days = (self.last - first).days + 1
        starts, ends = _intervals(calendar, first, days)
        self.idle = not len(starts)
        self.notes: Sequence[Sentence] = ()
        if self.idle:
            starts, ends = _intervals(Calendar(calendar.id, calendar.name, (ALL_THE_TIME,) * 7), first, days)
            self.notes = (
                say("The calendar {name} has no working time; all its days count in full.", name=calendar.name),
            )
        self._starts, self._lengths = starts, ends - starts
        self._before = np.concatenate(([0], np.cumsum(self._lengths))).astype(np.int64)

    @property
    def total(self) -> int:
        """All minutes of work in the span."""
        return int(self._before[-1])

    def minutes(self, at: Any) -> Minutes:
        """Return working minutes from the span's first moment to `at`.

        at : datetime64 (any shape); before the span (and NaT) it is 0, after it the total.  int64, same shape
        """
        moment = np.asarray(at, dtype="datetime64[m]").astype(np.int64)
        since = np.where(moment == NEVER, -1, moment - self._origin)
        row = np.searchsorted(self._starts, since, side="right") - 1
        known = np.maximum(row, 0)
        worked = self._before[known] + np.minimum(since - self._starts[known], self._lengths[known])
        return np.asarray(np.where(row < 0, 0, worked), dtype=np.int64)

    def add(self, start: Any, minutes: Any) -> Moments:
        """Return the first moments by which so many working minutes after `start` are done.

        start : datetime64; minutes : int, both broadcast.  datetime64[m]; NaT where the span ends before that.
        Nothing to do is done at `start` itself, even where that is no working time.
        """
        begin = np.asarray(start, dtype="datetime64[m]")
        wanted = np.asarray(minutes, dtype=np.int64)
        goal = self.minutes(begin) + wanted
        row = np.clip(np.searchsorted(self._before, goal, side="left") - 1, 0, len(self._starts) - 1)
        moment = self._origin + self._starts[row] + goal - self._before[row]
        found = np.where((goal > self.total) | np.isnat(begin), NEVER, moment).astype("datetime64[m]")
        return np.asarray(np.where(wanted <= 0, begin, found))


def _intervals(calendar: Calendar, first: date, days: int) -> tuple[Minutes, Minutes]:
    """Return start and end (n,) of all intervals of work, in order, in minutes since the first day's midnight."""
    patterns: dict[tuple[Shift, ...], int] = {}

    def number(shifts: Iterable[Shift]) -> int:
        return patterns.setdefault(tidy_shifts(shifts), len(patterns))

    week = [number(shifts) for shifts in calendar.week] if len(calendar.week) == 7 else [number(())] * 7
    of_day = np.asarray(week, dtype=np.int64)[(first.weekday() + np.arange(days)) % 7]
    for exception in calendar.exceptions:
        start, stop = (exception.start - first).days, (exception.finish - first).days + 1
        if stop > 0 and start < days:
            of_day[max(start, 0) : stop] = number(exception.shifts)
    starts, ends = [], []
    order = np.argsort(of_day, kind="stable")  # the days of each pattern stand together: one pass over all days
    edges = np.searchsorted(of_day[order], np.arange(len(patterns) + 1))
    for pattern, row in patterns.items():
        midnights = order[edges[row] : edges[row + 1]] * DAY
        for start, finish in pattern:
            starts.append(midnights + start)
            ends.append(midnights + finish)
    if not starts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.sort(np.concatenate(starts)), np.sort(np.concatenate(ends))
