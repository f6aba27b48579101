"""Calendars of Microsoft Project XML: weeks, exceptions, patterns."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.exchange.xml_files import STANDARD, WEEK, Plain, calendar, element, mspdi, task, times, window
from twin.exchange.mspdi import read_mspdi
from twin.values.schedule import Calendar, Schedule

LATE = element("Exception", p_=window("2026-01-01", "2026-01-09"), Type=3, Month=12)
OFFICE = ((480, 720), (780, 1020))


def read(folder: Path, text: str) -> Schedule:
    path = folder / "made.xml"
    path.write_text(text, encoding="utf-8")
    return read_mspdi(path)


def shifts(calendar: Calendar, day: date) -> object:
    """Return what the calendar says of a day."""
    found = [e for e in calendar.exceptions if e.start <= day <= e.finish]
    return tuple(found[-1].shifts if found else calendar.week[day.weekday()])


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def test_a_calendar_inherits_week_and_exceptions(tmp_path: Path) -> None:
    festival = element("Exception", period_=window("2026-02-15", "2026-02-23"), Name="春节", Type=1, DayWorking=0)
    saturday = element("Exception", period_=window("2026-02-14", "2026-02-14"), Name="调休", Type=1, DayWorking=1,
                       times_=times(("08:00:00", "12:00:00"), ("13:00:00", "17:00:00")))  # fmt: skip
    own = element("Exception", period_=window("2026-02-20", "2026-02-20"), Name="guard", Type=1, DayWorking=1,
                  times_=times(("00:00:00", "00:00:00")))  # fmt: skip
    sunday = element("WeekDay", DayType=1, DayWorking=1, times_=times(("22:00:00", "00:00:00")))
    schedule = read(
        tmp_path,
        mspdi(
            task(1, CalendarUID=2), task(2, CalendarUID=-1),
            calendars=calendar(2, f"<Exceptions>{own}</Exceptions>", base=1, week=sunday)
            + calendar(1, f"<Exceptions>{festival}{saturday}</Exceptions>", week=WEEK),
        ),
    )  # fmt: skip
    by_id = {c.id: c for c in schedule.calendars}
    assert (schedule.calendar, [t.calendar for t in schedule.tasks]) == ("1", ["2", None])
    assert [(e.start.day, e.finish.day, e.name) for e in by_id["1"].exceptions] == [(14, 14, "调休"), (15, 23, "春节")]
    assert [e.name for e in by_id["2"].exceptions] == ["调休", "春节", "guard", "春节"]
    assert shifts(by_id["2"], date(2026, 2, 20)) == ((0, 1440),)
    assert shifts(by_id["2"], date(2026, 2, 19)) == ()
    assert shifts(by_id["2"], date(2026, 3, 1)) == ((1320, 1440),)
    assert shifts(by_id["2"], date(2026, 3, 2)) == OFFICE
    assert shifts(by_id["1"], date(2026, 2, 14)) == OFFICE
    starts = [e.start for e in by_id["2"].exceptions]
    assert starts == sorted(starts)


def test_work_weeks_are_exceptions_below_the_exceptions(tmp_path: Path) -> None:
    friday = element("WeekDay", DayType=6, DayWorking=0)
    tuesday = element("WeekDay", DayType=3, DayWorking=1, times_=times(("06:00:00", "14:00:00")))
    days = f"<WeekDays>{friday}{tuesday}</WeekDays>"
    weeks = f"<WorkWeeks><WorkWeek>{window('2026-06-01', '2026-06-14')}<Name>hot</Name>{days}</WorkWeek></WorkWeeks>"
    out = element("Exception", period_=window("2026-06-09", "2026-06-09"), Type=1, DayWorking=0)
    schedule = read(
        tmp_path, mspdi(task(1), calendars=calendar(1, f"{weeks}<Exceptions>{out}</Exceptions>", week=WEEK))
    )
    (only,) = schedule.calendars
    assert shifts(only, date(2026, 6, 5)) == ()
    assert shifts(only, date(2026, 6, 2)) == ((360, 840),)
    assert shifts(only, date(2026, 6, 9)) == ()
    assert shifts(only, date(2026, 6, 3)) == OFFICE
    assert shifts(only, date(2026, 6, 19)) == OFFICE


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        ({"Type": 7, "Period": 3}, ["01-01", "01-04", "01-07", "01-10"]),
        ({"Type": 8, "Period": 2}, ["01-01", "01-05", "01-07", "01-09"]),
        ({"Type": 6, "Period": 1, "DaysOfWeek": 2 + 64}, ["01-03", "01-05", "01-10", "01-12"]),
        ({"Type": 1}, [f"01-{n:02}" for n in range(1, 13)]),
    ],
)
def test_recurring_exceptions(tmp_path: Path, pattern: dict[str, int], days: list[str]) -> None:
    out = element("Exception", period_=window("2026-01-01", "2026-01-12"), DayWorking=0, **pattern)
    schedule = read(tmp_path, mspdi(task(1), calendars=calendar(1, f"<Exceptions>{out}</Exceptions>", week=WEEK)))
    free = [day for e in schedule.calendars[0].exceptions for day in _days(e.start, e.finish)]
    assert [f"{day:%m-%d}" for day in free] == days


def test_a_day_of_the_month_that_a_month_lacks_is_its_last_one(tmp_path: Path) -> None:
    out = element("Exception", EnteredByOccurrences=1, Occurrences=3, period_=window("2026-01-15", "2030-01-01"),
                  Type=4,
                  Period=1, MonthDay=31, DayWorking=0)  # fmt: skip
    schedule = read(tmp_path, mspdi(task(1), calendars=calendar(1, f"<Exceptions>{out}</Exceptions>", week=WEEK)))
    assert [e.start for e in schedule.calendars[0].exceptions] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


@pytest.mark.parametrize(
    ("calendars", "said"),
    [
        (calendar(1, base=2) + calendar(2, base=1), "based on itself"),
        (calendar(1, base=77), "which the file does not hold"),
        (calendar(5), "calendar C5 is taken"),
        (calendar(1, week=element("WeekDay", DayType=2, DayWorking=1)), "names no working time"),
        (calendar(1, week=element("WeekDay", DayType=2, DayWorking=1, t_=times(("17:00", "08:00")))), "17:00-08:00"),
        (calendar(1, week=element("WeekDay", DayType=9, DayWorking=1)), "DayType is “9”"),
        (calendar(1, f"<Exceptions>{element('Exception', Type=1)}</Exceptions>"), "an exception has no days"),
        (calendar(1, f"<Exceptions>{LATE}</Exceptions>"), "Month is “12”"),
        (calendar(1) + calendar(1), "not unique"),
    ],
)  # fmt: skip
def test_mended_calendars_are_told(tmp_path: Path, calendars: str, said: str) -> None:
    schedule = read(tmp_path, mspdi(task(1), calendars=calendars))
    assert any(said in notice for notice in schedule.notices), schedule.notices
    assert all(len(c.week) == 7 for c in schedule.calendars)


def test_exceptions_without_end_are_clipped_not_expanded_for_ever(tmp_path: Path) -> None:
    out = element("Exception", period_=window("0001-01-01", "9999-12-31"), Type=1, DayWorking=0)
    schedule = read(tmp_path, mspdi(task(1), calendars=calendar(1, f"<Exceptions>{out}</Exceptions>", week=WEEK)))
    (exception,) = schedule.calendars[0].exceptions
    assert (exception.start, exception.finish) == (date(1970, 1, 1), date(2099, 12, 31))


@pytest.mark.real_data
def test_project_itself_expands_the_recurring_exceptions_as_we_do(real_data: Path, tmp_path: Path) -> None:
    """Project 2016 writes every recurring exception twice: as a pattern, and as the days that it gives."""
    path = real_data / "schedules/mspdi/calendar-recurring-exceptions-project2016-mspdi.xml"
    text = path.read_text(encoding="utf-8")
    patterns = re.sub(r"<WeekDay>\s*<DayType>0</DayType>.*?</WeekDay>", "", text, flags=re.DOTALL)
    written_out = re.sub(r"<Exceptions>.*?</Exceptions>", "", text, flags=re.DOTALL)
    assert len(patterns) < len(text) > len(written_out)
    ours, theirs = (read(tmp_path, t).calendars[0] for t in (patterns, written_out))
    expected = {}
    for node in Plain(path).root.iter("WeekDay"):
        first, last = node.findtext("TimePeriod/FromDate"), node.findtext("TimePeriod/ToDate")
        if first and last:
            for day in _days(date.fromisoformat(first[:10]), date.fromisoformat(last[:10])):
                expected[day] = len(node.findall("WorkingTimes/WorkingTime"))
    for found in (ours, theirs, read_mspdi(path).calendars[0]):
        assert {day: len(e.shifts) for e in found.exceptions for day in _days(e.start, e.finish)} == expected
    assert len(expected) == 140


def test_the_standard_calendar_of_the_tests_is_what_it_says(tmp_path: Path) -> None:
    (only,) = read(tmp_path, mspdi(task(1), calendars=STANDARD)).calendars
    assert [list(day) for day in only.week] == [list(OFFICE)] * 5 + [[], []]
