"""The days on which a recurring exception of a Microsoft Project calendar falls.

The numbers are those of Microsoft's Project XML Data Interchange schema (mspdi_pj12.xsd).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

DAILY, YEARLY_DAY, YEARLY_POSITION, MONTHLY_DAY, MONTHLY_POSITION, WEEKLY, BY_DAYS, BY_WEEKDAYS, NONE = range(1, 10)
LAST = 4  # a position; 0 to 3 are the first to the fourth
LONGEST = timedelta(days=366 * 130)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A pattern between two days.

    type : 1 to 9 as in the schema; `period`: every how many days, weeks or months
    weekdays : bits, 1 Sunday to 64 Saturday; month: 0 January; month_day: 1 to 31
    item : 0 any day, 1 a weekday, 2 a weekend day, 3 Sunday to 9 Saturday; position: 0 first to 3 fourth, 4 last
    count : after how many times it ends, None: only at `last`
    """

    type: int
    first: date
    last: date
    period: int = 1
    weekdays: int = 0
    month: int = 0
    month_day: int = 1
    item: int = 0
    position: int = 0
    count: int | None = None

    def days(self) -> Iterator[date]:
        """Yield the days in order, none before `first` or after `last`."""
        last = min(self.last, self.first + LONGEST) if self.first < date.max - LONGEST else self.last
        step = max(1, self.period)
        if self.type in {DAILY, NONE}:
            # The plain range of days: its end says all, its count counts the days again.
            yield from _every(self.first, last, 1)
            return
        if self.type == BY_DAYS:
            found = _every(self.first, last, step)
        elif self.type == BY_WEEKDAYS:
            found = islice((day for day in _every(self.first, last, 1) if day.weekday() < 5), 0, None, step)
        elif self.type == WEEKLY:
            found = self._weekly(last, step)
        else:
            months = step if self.type in {MONTHLY_DAY, MONTHLY_POSITION} else 12
            found = (day for day in self._monthly(last, months) if self.first <= day <= last)
        yield from islice(found, self.count)

    def _weekly(self, last: date, step: int) -> Iterator[date]:
        # Weeks are counted from the Sunday before, whatever day the project's week starts on.
        sunday = self.first.toordinal() - (self.first.weekday() + 1) % 7
        for day in _every(self.first, last, 1):
            week, weekday = divmod(day.toordinal() - sunday, 7)
            if week % step == 0 and self.weekdays >> weekday & 1:
                yield day

    def _monthly(self, last: date, step: int) -> Iterator[date]:
        by_position = self.type in {MONTHLY_POSITION, YEARLY_POSITION}
        yearly = self.type in {YEARLY_DAY, YEARLY_POSITION}
        at = self.first.year * 12 + (self.month if yearly else self.first.month - 1)
        end = last.year * 12 + last.month - 1
        for months in range(at, end + 1, step):
            year, month = divmod(months, 12)
            found = self._placed(year, month + 1) if by_position else _day_of_month(year, month + 1, self.month_day)
            if found is not None:
                yield found

    def _placed(self, year: int, month: int) -> date | None:
        days = [date(year, month, n + 1) for n in range(calendar.monthrange(year, month)[1])]
        fitting = [day for day in days if self._fits(day)]
        place = -1 if self.position == LAST else self.position
        return fitting[place] if place < len(fitting) else None

    def _fits(self, day: date) -> bool:
        if self.item <= 2:
            return self.item == 0 or (day.weekday() < 5) == (self.item == 1)
        return (day.weekday() + 1) % 7 == self.item - 3


def _every(first: date, last: date, step: int) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1, step))


def _day_of_month(year: int, month: int, day: int) -> date:
    """Return the day; the 31st of a shorter month is its last day."""
    return date(year, month, max(1, min(day, calendar.monthrange(year, month)[1])))
