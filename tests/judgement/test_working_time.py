"""Working minutes against a clock that looks at every minute."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.judgement.working_time import WorkingTime, tidy_shifts
from twin.values.schedule import ALL_DAYS, Calendar, CalendarException

OFFICE = ((480, 720), (780, 1020))
FIVE_DAYS = Calendar("5", "五天", (OFFICE,) * 5 + ((), ()))
# Spring Festival 2026 by the State Council's notice: free 15 to 23 February, worked 14 and 28 February (Saturdays).
FESTIVAL = Calendar(
    "cn",
    "施工",
    FIVE_DAYS.week,
    (
        CalendarException(date(2026, 2, 14), date(2026, 2, 14), OFFICE, "调休上班"),
        CalendarException(date(2026, 2, 15), date(2026, 2, 23), (), "春节"),
        CalendarException(date(2026, 2, 28), date(2026, 2, 28), OFFICE, "调休上班"),
    ),
)
FIRST = date(2026, 2, 10)
EPOCH = datetime(2026, 2, 10)

minutes_of_day = st.integers(0, 96).map(lambda quarter: quarter * 15)
shifts = st.lists(st.tuples(minutes_of_day, minutes_of_day), max_size=3)
days = st.integers(-3, 12).map(lambda n: FIRST + timedelta(days=n))
exceptions = st.lists(
    st.builds(lambda a, b, s: CalendarException(min(a, b), max(a, b), tuple(s)), days, days, shifts), max_size=3
)
calendars = st.builds(lambda week, x: Calendar("x", "x", week, x), st.lists(shifts, min_size=7, max_size=7), exceptions)


def works(calendar: Calendar, moment: datetime) -> bool:
    """Tell whether a minute is worked, by the words of the calendar alone."""
    minute = moment.hour * 60 + moment.minute
    shifts = calendar.week[moment.weekday()]
    for exception in calendar.exceptions:
        if exception.start <= moment.date() <= exception.finish:
            shifts = exception.shifts
    return any(start <= minute < finish for start, finish in shifts)


def clock(calendar: Calendar, days: int) -> list[int]:
    """Return the working minutes before each minute of so many days from FIRST."""
    counted = [0]
    for minute in range(days * 1440):
        counted.append(counted[-1] + works(calendar, EPOCH + timedelta(minutes=minute)))
    if counted[-1] == 0:
        counted = list(range(len(counted)))
    return counted


@settings(deadline=None, max_examples=40)
@given(calendars, st.integers(1, 9))
def test_every_minute_counts_as_a_clock_counts_it(calendar: Calendar, days: int) -> None:
    working = WorkingTime(calendar, FIRST, FIRST + timedelta(days=days - 1))
    at = np.datetime64(EPOCH, "m") + np.arange(0, days * 1440 + 1, 5)
    assert working.minutes(at).tolist() == clock(calendar, days)[::5]
    assert working.total == clock(calendar, days)[-1]


@settings(deadline=None, max_examples=40)
@given(calendars, st.lists(st.tuples(st.integers(0, 7 * 1440), st.integers(0, 3000)), min_size=1, max_size=20))
def test_adding_minutes_finds_the_first_moment_they_are_done(calendar: Calendar, wanted: list[tuple[int, int]]) -> None:
    working, counted = WorkingTime(calendar, FIRST, FIRST + timedelta(days=6)), clock(calendar, 7)
    for start, minutes in wanted:
        found = working.add(np.datetime64(EPOCH, "m") + start, minutes)
        goal = counted[start] + minutes
        if minutes == 0:
            assert found == np.datetime64(EPOCH, "m") + start
        elif goal > counted[-1]:
            assert np.isnat(found)
        else:
            assert found == np.datetime64(EPOCH, "m") + counted.index(goal)


def test_spring_festival_and_the_saturdays_around_it() -> None:
    working = WorkingTime(FESTIVAL, FIRST, date(2026, 3, 8))
    ends = np.arange("2026-02-11", "2026-03-10", dtype="datetime64[D]")
    worked = dict(zip((ends - 1).astype(str).tolist(), np.diff(working.minutes(ends), prepend=0).tolist(), strict=True))
    assert worked["2026-02-13"] == worked["2026-02-14"] == worked["2026-02-28"] == 480
    assert {worked[f"2026-02-{d}"] for d in range(15, 24)} == {0}
    assert worked["2026-02-24"] == 480
    assert worked["2026-03-01"] == 0
    # ten hours from Friday 16:00: an hour on Friday, eight on the worked Saturday, one after the festival
    assert working.add(np.datetime64("2026-02-13T16:00"), 600) == np.datetime64("2026-02-24T09:00")


def test_the_later_of_two_exceptions_counts() -> None:
    twice = Calendar(
        "x",
        "x",
        FIVE_DAYS.week,
        (
            CalendarException(date(2026, 2, 1), date(2026, 2, 28)),
            CalendarException(date(2026, 2, 11), date(2026, 2, 11), ((0, 1440),)),
        ),
    )
    assert WorkingTime(twice, FIRST, date(2026, 2, 12)).total == 1440


def test_shifts_round_the_clock_join() -> None:
    assert tidy_shifts([(0, 480), (480, 960), (960, 1440)]) == ((0, 1440),)
    assert WorkingTime(ALL_DAYS, FIRST, FIRST).minutes(np.datetime64("2026-02-10T13:05")) == 785


def test_a_calendar_without_work_counts_all_time_and_says_so() -> None:
    working = WorkingTime(Calendar("x", "空", ((),) * 7), FIRST, FIRST + timedelta(days=1))
    assert working.idle
    assert working.total == 2880
    assert working.notes == ("The calendar 空 has no working time; all its days count in full.",)
    assert WorkingTime(FIVE_DAYS, FIRST, FIRST).notes == ()


def test_decades_hold() -> None:
    working = WorkingTime(FIVE_DAYS, date(1990, 1, 1), date(2049, 12, 31))
    weekdays = int(np.busday_count("1990-01-01", "2050-01-01"))
    assert working.total == weekdays * 480


@pytest.mark.parametrize(
    ("at", "minutes"), [("NaT", 0), ("1970-01-01", 0), ("2026-02-10", 0), ("2026-02-12", 480), ("2100-01-01", 480)]
)
def test_outside_the_span_nothing_is_added(at: str, minutes: int) -> None:
    assert WorkingTime(FIVE_DAYS, FIRST, FIRST).minutes(np.datetime64(at, "m")) == minutes
