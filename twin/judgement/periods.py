"""Reporting periods on the calendar: until when a report holds, and how many months lie between two days."""

from calendar import monthrange
from datetime import date, timedelta

PERIODS = ("week", "month", "quarter")
_MONTHS = {"month": 1, "quarter": 3}


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later; the last day of a month stays the last day of a month.

    >>> add_months(date(2026, 2, 28), 1), add_months(date(2026, 1, 30), 1)
    (datetime.date(2026, 3, 31), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    month_end = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if month_end else min(day.day, last))


def good_until(report: date, period: str, count: int = 1) -> date:
    """Return the last day on which a report of the day `report` still holds: `count` periods later.

    >>> good_until(date(2026, 5, 31), "month")
    datetime.date(2026, 6, 30)
    """
    if period == "week":
        return report + timedelta(days=7 * count)
    return add_months(report, _MONTHS[period] * count)


def period_of(day: date, period: str) -> int:
    """Return the number of the week, month or quarter that the day lies in: later periods have higher numbers."""
    if period == "week":
        return (day.toordinal() - 1) // 7  # day 1 of the proleptic calendar is a Monday
    return (day.year * 12 + day.month - 1) // _MONTHS[period]


def months_between(first: date, last: date) -> float:
    """Return the months from `first` to `last`, the last one as the share of its days; 0 where `last` is earlier.

    >>> months_between(date(2026, 3, 10), date(2026, 5, 10)), months_between(date(2026, 4, 10), date(2026, 4, 25))
    (2.0, 0.5)
    """
    if last <= first:
        return 0.0
    whole = (last.year - first.year) * 12 + last.month - first.month
    if add_months(first, whole) > last:
        whole -= 1
    since, until = add_months(first, whole), add_months(first, whole + 1)
    return whole + (last - since).days / (until - since).days


def month_ends_between(first: date, last: date) -> int:
    """Return how many months have ended from the one of `first` on, at the end of the day `last`.

    >>> [month_ends_between(date(2026, 3, 10), date(2026, *day)) for day in ((3, 30), (3, 31), (4, 29))]
    [0, 1, 1]
    """
    ended = last.year * 12 + last.month - (last.day < monthrange(last.year, last.month)[1])
    return max(0, ended - (first.year * 12 + first.month) + 1)
