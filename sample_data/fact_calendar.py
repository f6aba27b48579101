"""Working days of the sample projects: the public holidays and adjusted working weekends, and the sites' own calendar.

The holidays are those that the State Council announced for 2024 to 2026; those of 2027 are assumed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = date(2024, 6, 1), date(2028, 6, 30)
DAYS = (LAST - FIRST).days + 1
DAY_SHIFTS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))  # minutes of the day

Exception_ = tuple[str, date, date, bool]  # name, first day, last day, is worked


def _off(name: str, first: str, last: str) -> Exception_:
    return (name, date.fromisoformat(first), date.fromisoformat(last), False)


def _on(day: str) -> Exception_:
    return ("调休上班", date.fromisoformat(day), date.fromisoformat(day), True)


HOLIDAYS = (
    _off("中秋节", "2024-09-15", "2024-09-17"), _on("2024-09-14"),
    _off("国庆节", "2024-10-01", "2024-10-07"), _on("2024-09-29"), _on("2024-10-12"),
    _off("元旦", "2025-01-01", "2025-01-01"),
    _off("春节", "2025-01-28", "2025-02-04"), _on("2025-01-26"), _on("2025-02-08"),
    _off("清明节", "2025-04-04", "2025-04-06"),
    _off("劳动节", "2025-05-01", "2025-05-05"), _on("2025-04-27"),
    _off("端午节", "2025-05-31", "2025-06-02"),
    _off("国庆节、中秋节", "2025-10-01", "2025-10-08"), _on("2025-09-28"), _on("2025-10-11"),
    _off("元旦", "2026-01-01", "2026-01-03"), _on("2026-01-04"),
    _off("春节", "2026-02-15", "2026-02-23"), _on("2026-02-14"), _on("2026-02-28"),
    _off("清明节", "2026-04-04", "2026-04-06"),
    _off("劳动节", "2026-05-01", "2026-05-05"), _on("2026-05-09"),
    _off("端午节", "2026-06-19", "2026-06-21"),
    _off("中秋节", "2026-09-25", "2026-09-27"),
    _off("国庆节", "2026-10-01", "2026-10-07"), _on("2026-09-20"), _on("2026-10-10"),
    _off("元旦", "2027-01-01", "2027-01-03"),
    _off("春节", "2027-02-05", "2027-02-12"), _on("2027-01-31"), _on("2027-02-14"),
    _off("清明节", "2027-04-03", "2027-04-05"),
    _off("劳动节", "2027-05-01", "2027-05-05"), _on("2027-04-25"),
    _off("端午节", "2027-06-09", "2027-06-09"),
)  # fmt: skip
# A building site works every day, and goes home for the Spring Festival.
FESTIVALS = (
    _off("春节停工", "2025-01-22", "2025-02-10"),
    _off("春节停工", "2026-02-09", "2026-02-28"),
    _off("春节停工", "2027-01-30", "2027-02-18"),
)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked; every worked day has the same hours.

    week : seven truth values, Monday first
    shifts : minutes of the day, (from, to); one from 0 to 1440 where nothing is said of hours
    """

    id: str
    name: str
    week: tuple[bool, ...]
    exceptions: tuple[Exception_, ...] = ()
    shifts: tuple[tuple[int, int], ...] = DAY_SHIFTS

    @cached_property
    def worked(self) -> NDArray[np.int64]:
        """Return (n,) numbers of the worked days, counted from `FIRST`."""
        on = np.zeros(DAYS, bool)
        for number in range(DAYS):
            on[number] = self.week[(FIRST + timedelta(number)).weekday()]
        for _, first, last, is_worked in self.exceptions:
            on[(first - FIRST).days : (last - FIRST).days + 1] = is_worked
        return np.flatnonzero(on)

    def index(self, day: date) -> int:
        """Return the number of worked days before a day."""
        return int(np.searchsorted(self.worked, (day - FIRST).days))

    def day(self, index: int) -> date:
        """Return the worked day of that number."""
        return FIRST + timedelta(int(self.worked[index]))

    def elapsed(self, at: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Return how many worked days have passed at moments (days since `FIRST`, midnight), parts of days included."""
        whole = np.floor(at)
        before = np.searchsorted(self.worked, whole).astype(float)
        inside = np.searchsorted(self.worked, whole, side="right") > before
        return before + np.where(inside, at - whole, 0.0)

    @property
    def hours(self) -> float:
        """Hours of a worked day."""
        return sum(finish - start for start, finish in self.shifts) / 60


OFFICE = WorkCalendar("1", "五天工作制（含法定节假日和调休）", (True,) * 5 + (False,) * 2, HOLIDAYS)
SITE = WorkCalendar("2", "工地七天工作制（春节停工）", (True,) * 7, FESTIVALS)
EVERY_DAY = WorkCalendar("3", "日历天", (True,) * 7, (), ((0, 1440),))
