"""Values that nothing can be computed with: taken out of whatever a reader gives, told and counted; all else stays."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.xer_building import TASKS, small
from tests.exchange.xer_building import task as xer_task
from tests.exchange.xml_files import activity, calendar, element, mspdi, p6_project, pmxml, task, window
from twin.exchange.bounds import within_bounds
from twin.exchange.schedule_document import from_document, to_document
from twin.exchange.schedules import read_schedule
from twin.judgement.baseline import compile_plan
from twin.values.schedule import ALL_DAYS, Assignment, Baseline, Calendar, CalendarException, Schedule, Task, TaskLink

DAY = datetime(2026, 1, 5, 8)
SOUND = Task("A", "Dig", schedule_start=DAY, schedule_finish=DAY + timedelta(4), cost=10.0, completion=0.5)


def schedule(*tasks: Task, **fields: Any) -> Schedule:
    return Schedule("P", "csv", tasks, **fields)


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
@pytest.mark.parametrize("name", ["schedule_start", "schedule_finish", "actual_start", "actual_finish"])
def test_a_date_out_of_bounds_goes_and_nothing_else(name: str, year: int) -> None:
    wrong: dict[str, Any] = {name: datetime(year, 12, 31)}
    none: dict[str, Any] = {name: None}
    others = [replace(SOUND, id=id_) for id_ in "BC"]
    found = within_bounds(schedule(SOUND, *(replace(task, **wrong) for task in others)))
    assert found.tasks == (SOUND, *(replace(task, **none) for task in others))
    assert found.lost == 2
    label = name.removeprefix("schedule_").replace("_", " ")
    assert found.notices == (f"2 dates before 1900 or after 2200 are left out; the first: {label} of task B.",)


@pytest.mark.parametrize("year", [1900, 2200])
def test_the_edges_are_within(year: int) -> None:
    edge = schedule(
        replace(SOUND, actual_start=datetime(year, 12, 31), cost=1e15, duration=timedelta(days=73_050), completion=1.0),
        data_date=datetime(year, 1, 1),
    )
    assert within_bounds(edge) is edge


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        *(({"cost": value}, "amounts") for value in (float("nan"), float("inf"), -1.1e15, 2e15)),
        ({"actual_cost": float("-inf")}, "amounts"),
        *(({name: timedelta(days=80_000)}, "durations") for name in ("duration", "remaining_duration", "work")),
        ({"actual_work": timedelta(days=-80_000)}, "durations"),
        *(({"completion": value}, "completions") for value in (float("nan"), 1.5, -0.1)),
        ({"baselines": (Baseline(0, datetime(9999, 12, 31), DAY),)}, "dates"),
        ({"baselines": (Baseline(1, DAY, DAY, cost=float("inf")),)}, "amounts"),
        ({"baselines": (Baseline(1, DAY, DAY, work=timedelta(days=80_000)),)}, "durations"),
    ],
)
def test_one_bad_value_of_a_task_is_one_loss(change: dict[str, Any], kind: str) -> None:
    found = within_bounds(schedule(replace(SOUND, **change), lost=3))
    assert found.lost == 4
    assert len(found.notices) == 1
    assert found.notices[0].startswith(f"1 {kind} ")
    assert from_document(to_document(found)) == found  # what the store keeps has no numbers that are none
    assert within_bounds(found) is found


def test_the_project_calendars_links_and_assignments_are_bounded_too() -> None:
    good = CalendarException(date(2026, 10, 1), date(2026, 10, 7))
    bad = CalendarException(date(2026, 1, 1), date(9999, 12, 31))
    site = Calendar("1", "Site", ALL_DAYS.week, (bad, good, replace(bad, start=date(1, 1, 1), finish=date(1, 1, 2))))
    found = within_bounds(
        schedule(
            SOUND,
            data_date=datetime(9999, 12, 1),
            start=datetime(1, 1, 1),
            finish=DAY,
            calendars=(site,),
            links=(TaskLink("A", "B", "SS", timedelta(days=99_999)), TaskLink("A", "B", "FF", timedelta(1))),
            assignments=(Assignment("A", "R", planned=float("nan"), cost=5.0),),
        )
    )
    assert (found.data_date, found.start, found.finish) == (None, None, DAY)
    assert found.calendars == (replace(site, exceptions=(good,)),)
    assert found.links == (TaskLink("A", "B", "SS"), TaskLink("A", "B", "FF", timedelta(1)))
    assert found.assignments == (Assignment("A", "R", cost=5.0),)
    assert found.lost == 6


def test_costs_that_add_up_to_less_than_nothing_are_told_and_kept() -> None:
    parent = Task("S", "All", "summary", cost=99.0)
    tasks = (parent, replace(SOUND, parent="S", cost=-30.0), replace(SOUND, id="B", parent="S", cost=10.0))
    found = within_bounds(schedule(*tasks))
    assert (found.tasks, found.lost) == (tasks, 0)
    assert found.notices == (
        "The planned costs of all tasks add up to -20.0, less than 0: check them in the schedule.",
    )


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59", "0001-01-01T00:00:00"])
@pytest.mark.parametrize("form", ["mspdi", "pmxml", "xer"])
def test_every_office_file_passes_through_and_can_be_judged(form: str, moment: str, tmp_path: Path) -> None:
    days = {"Start": "2026-01-05T08:00:00", "Finish": "2026-01-09T17:00:00"}
    agreed = element("Baseline", Number=0, Start=moment, Finish=moment)
    files = {
        "mspdi": mspdi(task(1, **days), task(2, Start=moment, Finish=moment, more=agreed),
                       fields=f"<StatusDate>{moment}</StatusDate>"),
        "pmxml": pmxml(p6_project(1, activity(10, "A1", StartDate=moment, FinishDate=moment, PlannedStartDate=moment),
                                  activity(11, "A2", PlannedStartDate=days["Start"], PlannedFinishDate=days["Finish"]),
                                  DataDate=moment)),
        "xer": small(tasks=[*TASKS, xer_task(300, target_start_date=moment.replace("T", " ")[:16],
                                             act_end_date=moment.replace("T", " ")[:16])]),
    }  # fmt: skip
    path = tmp_path / "plan"
    path.write_text(files[form], encoding="utf-8")
    found = read_schedule(path)
    assert found.format == form
    assert found.lost >= 2
    assert compile_plan(found) is not None


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("form", ["mspdi", "pmxml"])
def test_exceptions_that_a_reader_clips_are_told_too(form: str, day: str, tmp_path: Path) -> None:
    exception = element("Exception", Type=1, Name="Far", DayWorking=0, t_=window(day, day))
    holiday = element("HolidayOrException", Date=f"{day}T00:00:00")
    far = element("Calendar", ObjectId=1, Name="Far", h_=f"<HolidayOrExceptions>{holiday}</HolidayOrExceptions>")
    files = {
        "mspdi": mspdi(task(1), calendars=calendar(1, f"<Exceptions>{exception}</Exceptions>")),
        "pmxml": pmxml(p6_project(1, activity(10, "A1")), before=far),
    }
    path = tmp_path / "plan"
    path.write_text(files[form], encoding="utf-8")
    found = read_schedule(path)
    assert found.lost == 1
    assert not found.calendars[0].exceptions
    assert f"Calendar 1: an exception on {day} is before 1900 or after 2200; it is left out." in found.notices
