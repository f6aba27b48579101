"""Primavera P6 XML: each trap in a small file, and every real file against an independent look at it."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange.xer_building import STAND_IN
from tests.exchange.xml_files import P6_CALENDAR, activity, element, mspdi, p6_project, pmxml, refused, task
from twin.exchange.pmxml import read_pmxml
from twin.values.schedule import Baseline, Schedule


def read(folder: Path, text: str) -> Schedule:
    path = folder / "made.xml"
    path.write_text(text, encoding="utf-8")
    return read_pmxml(path)


def wbs(object_id: int, code: str, parent: object = "", more: str = "") -> str:
    return element("WBS", ObjectId=object_id, Code=code, Name=f"Part {code}", ParentObjectId=parent, more_=more)


def relationship(before: int, after: int, type_: str, lag: object = 0) -> str:
    return element(
        "Relationship", PredecessorActivityObjectId=before, SuccessorActivityObjectId=after, Type=type_, Lag=lag
    )


@pytest.mark.parametrize("version", ["V8.2", "V18.1", "V21.12"])
def test_wbs_elements_are_summaries_and_activities_hang_on_them(tmp_path: Path, version: str) -> None:
    schedule = read(
        tmp_path,
        pmxml(
            p6_project(
                1,
                activity(10, "A1", WBSObjectId=3, Type="Task Dependent"),
                activity(11, "A2", WBSObjectId=2, Type="Finish Milestone", FinishDate="2026-05-01T17:00:00"),
                activity(12, "A3", Type="Level of Effort"),
                activity(13, "A4", Type="WBS Summary"),
                wbs(3, "B", 2),
                wbs(2, "A", 4711),
                Name="Bridge",
                DataDate="2026-06-30T17:00:00",
            ),
            version=version,
        ),
    )
    assert [(t.id, t.kind, t.parent) for t in schedule.tasks] == [
        ("A.B", "summary", "A"),
        ("A", "summary", None),
        ("A1", "task", "A.B"),
        ("A2", "milestone", "A"),
        ("A3", "level_of_effort", None),
        ("A4", "level_of_effort", None),
    ]
    milestone = schedule.tasks[3]
    assert milestone.schedule_start == milestone.schedule_finish == datetime(2026, 5, 1, 17)
    assert (schedule.name, schedule.format, schedule.data_date) == ("Bridge", "pmxml", datetime(2026, 6, 30, 17))
    assert not schedule.notices


@pytest.mark.parametrize(
    ("fields", "completion"),
    [
        ({"PercentCompleteType": "Physical"}, 0.1),
        ({"PercentCompleteType": "Duration"}, 0.2),
        ({"PercentCompleteType": "Units"}, 0.3),
        ({"PercentCompleteType": "Scope"}, 0.4),
        ({}, 0.5),
        ({"PercentCompleteType": "Physical", "Status": "Completed"}, 1.0),
        ({"PercentCompleteType": "Duration", "ActualFinishDate": "2026-01-05T08:00:00"}, 1.0),
        ({"PercentCompleteType": "Physical", "PhysicalPercentComplete": "25"}, None),
    ],
)
def test_each_activity_says_which_per_cent_complete_counts(
    tmp_path: Path, fields: dict[str, str], completion: float | None
) -> None:
    kinds = ("Physical", "Duration", "Units", "Scope", "")
    percents = {f"{kind}PercentComplete": (n + 1) / 10 for n, kind in enumerate(kinds)}
    schedule = read(tmp_path, pmxml(p6_project(1, activity(10, "A1", "", **{**percents, **fields}))))
    assert schedule.tasks[0].completion == completion
    assert bool(schedule.notices) == (completion is None or "Status" in fields)


def test_dates_are_those_of_the_schedule_and_planned_ones_are_kept(tmp_path: Path) -> None:
    schedule = read(
        tmp_path,
        pmxml(
            p6_project(
                1,
                activity(10, "A1", StartDate="2026-01-07T08:00:00", FinishDate="2026-01-30T16:00:00",
                         ActualStartDate="2026-01-07T08:00:00", PlannedStartDate="2026-01-05T08:00:00",
                         PlannedFinishDate="2026-01-30T16:00:00", PlannedDuration="152.5", RemainingDuration=80),
                activity(11, "A2", PlannedStartDate="2026-02-01T08:00:00", PlannedFinishDate="2026-02-02T16:00:00"),
            )
        ),
    )  # fmt: skip
    first, second = schedule.tasks
    assert (first.schedule_start, first.actual_start, first.actual_finish) == (datetime(2026, 1, 7, 8),) * 2 + (None,)
    assert first.values == {"PlannedStartDate": "2026-01-05T08:00:00"}
    assert (first.duration, first.remaining_duration) == (timedelta(hours=152.5), timedelta(hours=80))
    assert (second.schedule_start, second.schedule_finish) == (datetime(2026, 2, 1, 8), datetime(2026, 2, 2, 16))


def test_relationships_with_all_types(tmp_path: Path) -> None:
    rows = (
        *(activity(n, f"A{n}") for n in range(1, 6)),
        relationship(1, 2, "Finish to Start", 8),
        relationship(2, 3, "Start to Start", "-4.5"),
        relationship(3, 4, "Finish to Finish"),
        relationship(4, 5, "Start to Finish"),
        relationship(4, 99, "Finish to Start"),
        relationship(1, 5, "Sideways"),
    )
    schedule = read(tmp_path, pmxml(p6_project(1, *rows, RelationshipLagCalendar="24 Hour Calendar")))
    assert [(x.predecessor, x.successor, x.type, x.lag) for x in schedule.links] == [
        ("A1", "A2", "FS", timedelta(hours=8)),
        ("A2", "A3", "SS", timedelta(hours=-4.5)),
        ("A3", "A4", "FF", timedelta(0)),
        ("A4", "A5", "SF", timedelta(0)),
        ("A1", "A5", "FS", timedelta(0)),
    ]
    assert "Relationships with activities that are not in the schedule: 1." in schedule.unread
    assert any("24 Hour Calendar" in notice for notice in schedule.notices)
    assert any("Sideways" in notice for notice in schedule.notices)


def test_costs_are_added_up_from_assignments_and_expenses(tmp_path: Path) -> None:
    before = (
        element("Resource", ObjectId=1, Id="CREW", Name="Crew", ResourceType="Labor", UnitOfMeasureObjectId=5)
        + element("Resource", ObjectId=2, Id="C30", Name="Concrete", ResourceType="Material", UnitOfMeasureObjectId=5)
        + element("Resource", ObjectId=3, Id="CRANE", ResourceType="Nonlabor")
        + element("Role", ObjectId=8, Id="WELD", Name="Welder")
        + element("Role", ObjectId=9, Id="IDLE", Name="Nobody")
        + element("UnitOfMeasure", ObjectId=5, Abbreviation="m3", Name="Cubic metre")
        + element("ExpenseCategory", ObjectId=6, Name="Permits")
        + element("Currency", ObjectId=1, Id="USD", IsBaseCurrency=0)
        + element("Currency", ObjectId=2, Id="CNY", IsBaseCurrency=1)
        + P6_CALENDAR
    )

    def used(activity_id: int, resource: int | None, cost: float, **fields: object) -> str:
        own = {} if resource is None else {"ResourceObjectId": resource}
        return element("ResourceAssignment", ActivityObjectId=activity_id, **own, PlannedCost=cost, **fields)

    project = p6_project(
        1,
        activity(10, "A1", PlannedLaborCost=1, PlannedNonLaborCost=1, PlannedExpenseCost=1, ActualLaborCost=7,
                 PlannedLaborUnits=40, PlannedNonLaborUnits="2.5", ActualLaborUnits=8),
        activity(11, "A2", PlannedLaborCost=30, PlannedNonLaborCost=12, PlannedExpenseCost=5),
        activity(12, "A3"),
        used(10, 1, 4000, PlannedUnits=40, ActualUnits=8, ActualCost=800),
        used(10, 2, 500, PlannedUnits="12.5"),
        used(12, None, 70, RoleObjectId=8),
        used(12, 77, 1),
        used(99, 1, 1),
        element("ActivityExpense", ActivityObjectId=10, ExpenseCategoryObjectId=6, PlannedCost=100, ActualCost=60),
    )  # fmt: skip
    schedule = read(tmp_path, pmxml(project, before=before))
    assert [(t.id, t.cost, t.actual_cost) for t in schedule.tasks] == [
        ("A1", 4600, 860),
        ("A2", 47, None),
        ("A3", 71, None),
    ]
    assert (schedule.tasks[0].work, schedule.tasks[0].actual_work) == (timedelta(hours=42.5), timedelta(hours=8))
    assert [(r.id, r.kind, r.unit) for r in schedule.resources] == [
        ("CREW", "labour", ""),
        ("C30", "material", "m3"),
        ("CRANE", "machinery", ""),
        ("WELD", "labour", ""),
        ("77", "labour", ""),
        ("Permits", "cost", ""),
    ]
    assert [(a.task, a.resource, a.planned, a.actual, a.cost, a.actual_cost) for a in schedule.assignments] == [
        ("A1", "CREW", 40, 8, 4000, 800),
        ("A1", "C30", 12.5, None, 500, None),
        ("A3", "WELD", None, None, 70, None),
        ("A3", "77", None, None, 1, None),
        ("A1", "Permits", None, None, 100, 60),
    ]
    assert schedule.currency == "CNY"
    assert any("1 assignments and expenses name an activity" in notice for notice in schedule.notices)
    assert any("1 resources are used" in notice for notice in schedule.notices)


def test_baselines_are_matched_by_activity_id_and_the_named_one_counts(tmp_path: Path) -> None:
    def base(object_id: int, day: int, cost: int, **fields: object) -> str:
        return p6_project(
            object_id,
            activity(object_id * 100, "A1", StartDate=f"2026-01-{day:02}T08:00:00", PlannedDuration=8),
            activity(object_id * 100 + 1, "GONE"),
            element("ResourceAssignment", ActivityObjectId=object_id * 100, ResourceObjectId=1, PlannedCost=cost),
            tag="BaselineProject",
            **fields,
        )

    schedule = read(
        tmp_path,
        pmxml(
            p6_project(1, activity(10, "A1"), activity(11, "NEW"), CurrentBaselineProjectObjectId=6),
            base(5, 5, 500, OriginalProjectObjectId=1),
            base(6, 6, 600, OriginalProjectObjectId=1),
            base(7, 7, 700, OriginalProjectObjectId=4711),
        ),
    )
    first, new = schedule.tasks
    found = [(b.number, b.start, b.cost, b.duration) for b in first.baselines]
    assert found == [
        (0, datetime(2026, 1, 6, 8), 600, timedelta(hours=8)),
        (1, datetime(2026, 1, 5, 8), 500, timedelta(hours=8)),
    ]
    assert not new.baselines
    assert "Activities in baselines of other projects: 2." in schedule.unread
    assert not schedule.notices


def test_a_project_can_be_the_baseline_of_another_and_several_are_told(tmp_path: Path) -> None:
    old = p6_project(2, activity(20, "A1", StartDate="2026-01-05T08:00:00"))
    schedule = read(tmp_path, pmxml(old, p6_project(1, activity(10, "A1"), CurrentBaselineProjectObjectId=2)))
    assert [(t.id, len(t.baselines)) for t in schedule.tasks] == [("A1", 1)]
    schedule = read(tmp_path, pmxml(old, p6_project(1, activity(10, "A1"), activity(11, "B"))))
    assert [t.id for t in schedule.tasks] == ["P2:A1", "P1:A1", "B"]
    assert any("The file holds 2 projects (P2, P1)" in notice for notice in schedule.notices)
    itself = p6_project(1, activity(10, "A1"), CurrentBaselineProjectObjectId=1)
    assert len(read(tmp_path, pmxml(itself)).tasks) == 1
    circle = [p6_project(n, activity(n * 10, f"A{n}"), CurrentBaselineProjectObjectId=3 - n) for n in (1, 2)]
    assert len(read(tmp_path, pmxml(*circle)).tasks) == 2


def test_a_lone_baseline_needs_no_origin_and_several_without_a_name_are_told(tmp_path: Path) -> None:
    bases = [p6_project(n, activity(n, "A1", PlannedStartDate="2026-01-05"), tag="BaselineProject") for n in (5, 6)]
    main = p6_project(1, activity(10, "A1"))
    one = read(tmp_path, pmxml(main, bases[0]))
    assert [b.start for b in one.tasks[0].baselines] == [datetime(2026, 1, 5)]
    assert not one.notices
    two = read(tmp_path, pmxml(main, *bases))
    assert len(two.tasks[0].baselines) == 2
    assert any("has 2 baselines in the file and names none" in notice for notice in two.notices)


def test_planned_dates_stand_in_where_the_file_holds_no_baseline_project(tmp_path: Path) -> None:
    dates = {"StartDate": "2026-01-05T08:00:00", "FinishDate": "2026-03-31T16:00:00"}
    dates |= {"PlannedStartDate": "2026-01-01T08:00:00", "PlannedFinishDate": "2026-01-31T16:00:00"}
    late = activity(10, "A1", "", PlannedDuration=8, PlannedLaborUnits=2, PlannedLaborCost=40, **dates)
    done = activity(11, "A2", Type="Finish Milestone", PlannedFinishDate="2026-01-31T16:00:00")
    schedule = read(tmp_path, pmxml(p6_project(1, late, done, activity(12, "A3"))))
    start, end = datetime(2026, 1, 1, 8), datetime(2026, 1, 31, 16)
    first, second, third = schedule.tasks
    assert first.schedule_finish == datetime(2026, 3, 31, 16)
    assert first.baselines == (Baseline(0, start, end, 40, timedelta(hours=2), timedelta(hours=8)),)
    assert [(b.start, b.finish) for b in second.baselines] == [(end, end)]
    assert third.baselines == ()
    assert schedule.notices == (STAND_IN,)
    base = p6_project(2, activity(20, "A1"), tag="BaselineProject", OriginalProjectObjectId=1)
    mixed = read(tmp_path, pmxml(p6_project(1, late, done), base, p6_project(3, late.replace("A1", "B1"))))
    assert [len(t.baselines) for t in mixed.tasks] == [1, 0, 1]
    assert any("no baseline of the projects P3" in notice for notice in mixed.notices)


def test_codes_and_user_fields_have_their_names(tmp_path: Path) -> None:
    before = (
        element("ActivityCodeType", ObjectId=1, Name="Zone")
        + element("ActivityCode", ObjectId=2, CodeTypeObjectId=1, CodeValue="B2", Description="Basement 2")
        + element("UDFType", ObjectId=3, Title="区段", SubjectArea="Activity")
        + P6_CALENDAR
    )
    more = (
        element("Code", TypeObjectId=1, ValueObjectId=2)
        + element("Code", TypeObjectId=1, ValueObjectId=99)
        + element("UDF", TypeObjectId=3, Text="东段")
    )
    schedule = read(
        tmp_path,
        pmxml(
            p6_project(1, wbs(5, "W", more=element("UDF", TypeObjectId=3, Integer=4)), activity(10, "A1", more)),
            before=before,
        ),
    )
    assert schedule.tasks[0].values == {"区段": "4"}
    assert schedule.tasks[1].values == {"Zone": "B2", "Zone name": "Basement 2", "区段": "东段"}
    assert any("“99”" in notice for notice in schedule.notices)


def test_working_times_end_with_their_last_minute(tmp_path: Path) -> None:
    def day(*pairs: tuple[str, str]) -> str:
        return "".join(element("WorkTime", Start=a, Finish=b) for a, b in pairs)

    holiday = element("HolidayOrException", Date="2026-02-17T00:00:00", x_="<WorkTime/>")
    saturday = element("HolidayOrException", Date="2026-02-14T00:00:00", x_=day(("08:00:00", "15:59:00")))
    own = element("HolidayOrException", Date="2026-02-18T00:00:00", x_=day(("00:00:00", "00:00:00")))
    base = element(
        "Calendar", ObjectId=1, Name="Base", w_="<StandardWorkWeek>"
        + element("StandardWorkHours", DayOfWeek="Monday", x_=day(("07:00:00", "11:59:00"), ("12:30:00", "15:29:00")))
        + element("StandardWorkHours", DayOfWeek="Tuesday", x_=day(("00:00:00", "23:59:00")))
        + element("StandardWorkHours", DayOfWeek="Wednesday", x_=day(("08:00", "12:00"), ("13:00", "17:00")))
        + element("StandardWorkHours", DayOfWeek="Thursday") + "</StandardWorkWeek>",
        h_=f"<HolidayOrExceptions>{holiday}{saturday}</HolidayOrExceptions>",
    )  # fmt: skip
    child = element("Calendar", ObjectId=2, Name="Child", BaseCalendarObjectId=1,
                    h_=f"<HolidayOrExceptions>{own}</HolidayOrExceptions>")  # fmt: skip
    project = p6_project(1, activity(10, "A1", CalendarObjectId=2), ActivityDefaultCalendarObjectId=1)
    schedule = read(tmp_path, pmxml(project, before=child + base))
    by_id = {c.id: c for c in schedule.calendars}
    assert [tuple(d) for d in by_id["1"].week[:4]] == [
        ((420, 720), (750, 930)), ((0, 1440),), ((480, 720), (780, 1020)), (),
    ]  # fmt: skip
    assert by_id["2"].week == by_id["1"].week
    assert [(e.start, tuple(e.shifts)) for e in by_id["2"].exceptions] == [
        (date(2026, 2, 14), ((480, 960),)),
        (date(2026, 2, 17), ()),
        (date(2026, 2, 18), ((0, 1440),)),
    ]
    assert (schedule.calendar, schedule.tasks[0].calendar) == ("1", "2")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((activity(10, "A1"), activity(11, "A1")), "it is called A1#2"),
        ((activity(10, "A1"), activity(10, "A2")), "not unique"),
        ((activity(10, ""),), "it is called 10"),
        ((activity(10, "A1", CalendarObjectId=99),), "CalendarObjectId is “99”"),
        ((activity(10, "A1", WBSObjectId=99),), "WBSObjectId is “99”"),
        ((activity(10, "A1", StartDate="tomorrow"),), "Activity A1: StartDate is “tomorrow”"),
        ((activity(10, "A1", PlannedDuration="1e300"),), "PlannedDuration"),
        ((activity(10, "A1", Type="Guess"),), "Type is “Guess”"),
        ((activity(10, "A1", Type="Resource Dependent"),), "calendars of their resources"),
        ((activity(10, "A1"), wbs(1, "A", 2), wbs(2, "B", 1)), "ParentObjectId"),
    ],
)
def test_what_is_mended_is_told(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    schedule = read(tmp_path, pmxml(p6_project(1, *rows)))
    (notice,) = schedule.notices
    assert said in notice


def test_what_is_left_aside_is_counted(tmp_path: Path) -> None:
    rows = activity(10, "A1", FreeFloat=8), element("ActivityNote", Note="x"), element("ActivityStep", Name="y") * 2
    schedule = read(
        tmp_path, pmxml(p6_project(1, *rows, RiskLevel="High"), before=P6_CALENDAR + element("OBS", Name="x"))
    )
    assert (
        set(schedule.unread)
        == {
            "Elements <ActivityNote>: 1.",
            "Elements <ActivityStep>: 2.",
            "Elements <OBS>: 1.",
            "Activities: 1 values are left aside (FreeFloat 1).",
            "The project: 1 values are left aside (RiskLevel 1).",
        }
        or "Elements <ActivityNote>: 1." in schedule.unread
    )


def test_rows_beside_their_project_find_it(tmp_path: Path) -> None:
    text = pmxml(
        p6_project(1, DataDate="2026-01-01T08:00:00"),
        activity(10, "A1", ProjectObjectId=1),
        activity(11, "A2", ProjectObjectId=1),
        relationship(10, 11, "Finish to Start", 8),
        element("ResourceAssignment", ActivityObjectId=11, ResourceObjectId=1, PlannedCost=5),
    )
    schedule = read(tmp_path, text)
    assert [(t.id, t.cost) for t in schedule.tasks] == [("A1", None), ("A2", 5)]
    assert len(schedule.links) == 1
    assert schedule.data_date == datetime(2026, 1, 1, 8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (mspdi(task(1)), "outermost element is Project"),
        (pmxml(p6_project(1)), "holds no activity"),
        (pmxml(), "holds no activity"),
        (pmxml(p6_project(1, activity(10, "A1")))[:-40], "ends in the middle"),
        ("<APIBusinessObjects><", "ends in the middle"),
        ("nothing", "is not XML"),
        (pmxml().replace("<APIB", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><APIB', 1), "document type or entities"),
    ],
)
def test_what_is_no_schedule_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "made.xml"
    path.write_text(text)
    assert said in refused(read_pmxml, path)


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        ((activity(10, "A1"), activity(11, "A1", Colour="red")), 0),
        ((activity(10, "A1", CalendarObjectId=99),), 0),  # the project's calendar stands in
        ((activity(10, "A1"), activity(10, "A2")), 1),
        ((activity(10, "A1", ActualStartDate="tomorrow", PlannedDuration="1e300"),), 2),
        ((activity(10, "A1", PercentCompleteType="Duration", DurationPercentComplete="1.5"),), 1),
        ((activity(10, "A1"), element("ResourceAssignment", ActivityObjectId=99, ResourceObjectId=1)), 1),
    ],
)
def test_what_is_broken_is_counted_as_lost(rows: tuple[str, ...], lost: int, tmp_path: Path) -> None:
    assert read(tmp_path, pmxml(p6_project(1, *rows))).lost == lost
