"""XER files as they come: what is read, what is told, what is refused."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange.xer_building import (
    CALENDAR,
    COSTS,
    PROJECT,
    STAND_IN,
    WBS,
    WEEK,
    Reader,
    by_id,
    project,
    reader_in,
    small,
    table,
    task,
    xer,
)
from twin.exchange.xer import read_xer
from twin.judgement.baseline import compile_plan, planned_share
from twin.values.schedule import Baseline, CalendarException, TaskLink


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return reader_in(tmp_path)


def test_a_whole_small_file(read: Reader) -> None:
    schedule = read(small())
    assert (schedule.name, schedule.format, schedule.currency) == ("Line 4", "xer", "CNY")
    assert schedule.data_date == datetime(2026, 6, 29, 8)  # not the day of the export, 2026-07-15
    assert (schedule.start, schedule.finish) == (datetime(2026, 5, 1), datetime(2026, 12, 30, 17))
    assert (schedule.notices, schedule.unread, schedule.calendar) == ([], [], "7")
    assert [(t.id, t.kind, t.parent, t.code) for t in schedule.tasks] == [
        ("P1", "summary", None, "P1"),
        ("P1.S", "summary", "P1", "P1.S"),
        ("A100", "task", "P1.S", "A100"),
        ("A200", "task", "P1.S", "A200"),
    ]
    found = by_id(schedule)["A100"]
    assert (found.name, found.calendar, found.completion, found.cost) == ("Task 100", "7", 0.5, None)
    assert (found.duration, found.remaining_duration) == (timedelta(hours=160), timedelta(hours=80))
    assert (found.work, found.actual_work) == (timedelta(hours=100), timedelta(hours=25))
    planned = datetime(2026, 5, 1, 8), datetime(2026, 5, 28, 17)
    assert found.baselines == (Baseline(0, *planned, None, timedelta(hours=100), timedelta(hours=160)),)
    assert found.values == {"target_start_date": "2026-05-01 08:00", "target_end_date": "2026-05-28 17:00"}


@pytest.mark.parametrize(
    ("given_dates", "start", "finish"),
    [
        ({}, "2026-05-04 08:00", "2026-07-10 17:00"),  # in progress: actual start, remaining finish
        ({"act_end_date": "2026-06-01 17:00"}, "2026-05-04 08:00", "2026-06-01 17:00"),
        ({"act_start_date": ""}, "2026-06-29 08:00", "2026-07-10 17:00"),
        ({"act_start_date": "", "restart_date": "", "reend_date": "", "early_start_date": "2026-06-30 08:00"},
         "2026-06-30 08:00", "2026-07-10 17:00"),
        (dict.fromkeys(("act_start_date", "restart_date", "reend_date", "early_start_date", "early_end_date"), ""),
         "2026-05-01 08:00", "2026-05-28 17:00"),
    ],
)  # fmt: skip
def test_start_and_finish_are_what_p6_shows(read: Reader, given_dates: dict[str, str], start: str, finish: str) -> None:
    found = by_id(read(small(tasks=[task(100, **given_dates)])))["A100"]
    assert found.schedule_start == datetime.fromisoformat(start)
    assert found.schedule_finish == datetime.fromisoformat(finish)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"complete_pct_type": "CP_Phys"}, 0.3),
        ({"complete_pct_type": "CP_Drtn"}, 0.5),
        ({"complete_pct_type": "CP_Units"}, 0.25),
        ({"complete_pct_type": "CP_Units", "act_equip_qty": 100}, 0.625),
        ({"complete_pct_type": "CP_Units", "act_work_qty": 0, "remain_work_qty": 0}, 0.0),
        ({"complete_pct_type": "CP_Drtn", "remain_drtn_hr_cnt": 200}, 0.0),
        ({"complete_pct_type": "CP_Drtn", "remain_drtn_hr_cnt": ""}, None),
        ({"complete_pct_type": "CP_Drtn", "target_drtn_hr_cnt": 0, "remain_drtn_hr_cnt": 0}, 0.0),
        ({"complete_pct_type": "CP_Phys", "phys_complete_pct": ""}, None),
        ({"complete_pct_type": ""}, 0.5),  # the project's own type
        ({"complete_pct_type": "CP_Units", "status_code": "TK_Complete"}, 1.0),
        ({"task_type": "TT_Mile", "target_drtn_hr_cnt": 0, "status_code": "TK_Complete"}, 1.0),
    ],
)
def test_completion_is_what_its_own_type_means(read: Reader, values: dict[str, object], expected: float) -> None:
    schedule = read(small(tasks=[task(100, **values)]))
    assert by_id(schedule)["A100"].completion == expected
    assert schedule.notices == []


def test_a_completed_task_with_a_stale_physical_percentage_is_complete_and_told(read: Reader) -> None:
    schedule = read(small(tasks=[task(100, complete_pct_type="CP_Phys", act_end_date="2026-06-01 17:00")]))
    assert by_id(schedule)["A100"].completion == 1.0
    assert [n.split(" ")[0] for n in schedule.notices] == ["1"]
    assert "physical" in schedule.notices[0]


def test_kinds_in_any_case_and_milestones_have_both_ends(read: Reader) -> None:
    one_end = {"act_start_date": "", "act_end_date": "2026-06-03 17:00", "restart_date": "", "early_start_date": ""}
    rows = [
        task(1, task_type="TT_mile"),
        task(2, task_type="TT_finmile", status_code="TK_Complete", target_start_date="", **one_end),
        task(3, task_type="TT_LOE"),
        task(4, task_type="TT_WBS"),
        task(5, task_type="TT_Rsrc"),
        task(6, task_type="TT_Strange"),
    ]
    schedule = read(small(tasks=rows))
    tasks = by_id(schedule)
    kinds = [tasks[f"A{n}"].kind for n in range(1, 7)]
    assert kinds == ["milestone", "milestone", "level_of_effort", "level_of_effort", "task", "task"]
    assert tasks["A2"].schedule_start == tasks["A2"].actual_start == datetime(2026, 6, 3, 17)
    assert any("calendars of their resources" in notice for notice in schedule.notices)
    assert any("task_type" in notice and "TT_Strange" in notice for notice in schedule.notices)


def test_links_with_types_and_lags(read: Reader) -> None:
    rows: list[dict[str, object]] = [
        {"task_id": 200, "pred_task_id": 100, "proj_id": 1, "pred_proj_id": 1, "pred_type": kind, "lag_hr_cnt": lag}
        for kind, lag in (("PR_FS", 0), ("PR_SS", "16"), ("PR_FF", "-4.5"), ("PR_SF", ""), ("FS", 0))
    ]
    strange = [
        {"task_id": 200, "pred_task_id": 999, "pred_proj_id": 5, "pred_type": "PR_FS"},
        {"task_id": 200, "pred_task_id": 200, "pred_type": "PR_FS"},
        {"task_id": 200, "pred_task_id": "", "pred_type": "PR_FS"},
        {"task_id": 888, "pred_task_id": 999, "pred_type": "PR_FS"},
    ]
    options = table("SCHEDOPTIONS", [{"proj_id": 1, "sched_calendar_on_relationship_lag": "rcal_Predecessor"}])
    schedule = read(small(table("TASKPRED", [*rows, *strange]), options))
    lags = (("FS", 0.0), ("SS", 16.0), ("FF", -4.5), ("SF", 0.0), ("FS", 0.0))
    assert list(schedule.links) == [TaskLink("A100", "A200", kind, timedelta(hours=lag)) for kind, lag in lags]
    assert [text.split(": ")[1].split(" ")[0] for text in schedule.unread] == ["1", "1", "2"]
    assert ["rcal_Predecessor" in notice for notice in schedule.notices] == [True]


def test_costs_are_assignments_and_expenses(read: Reader) -> None:
    schedule = read(small(*COSTS))
    tasks = by_id(schedule)
    assert (tasks["A100"].cost, tasks["A100"].actual_cost) == (1600, 260)
    assert (tasks["A200"].cost, tasks["A200"].actual_cost) == (5, None)
    resources = {r.id: (r.name, r.kind, r.unit) for r in schedule.resources}
    assert resources == {
        "CRANE": ("Tower crane", "machinery", ""),
        "C30": ("Concrete", "material", "m3"),
        "WELD": ("Welder", "labour", ""),
        "77": ("", "labour", ""),
        "Permits": ("Permits", "cost", ""),
        "expenses": ("expenses", "cost", ""),
    }
    lines = [(a.task, a.resource, a.planned, a.actual, a.cost, a.actual_cost) for a in schedule.assignments]
    assert lines[:3] == [
        ("A100", "CRANE", 80, 25, 1000, 250),
        ("A100", "C30", 30, None, 500, None),
        ("A100", "WELD", None, None, 70, None),
    ]
    assert len(lines) == 6
    assert schedule.unread == ["Table TASKRSRC: 1 rows name a task that is not in the file."]
    assert ["RSRC lacks them" in notice for notice in schedule.notices] == [True]


def test_calendar_week_exceptions_and_inheritance(read: Reader) -> None:
    spring = "(0||0(d|46140)())(0||1(d|46143)((0||0(s|09:00|f|00:00)())))"
    full_day = "(0||CalendarData()((0||DaysOfWeek()((0||1()((0||0(f|00:00|s|00:00)())))))))"
    rows = [
        {"clndr_id": 7, "clndr_name": "global", "clndr_data": WEEK % "(0||0(d|46141)())(0||1(d|46143)())"},
        {
            "clndr_id": 8,
            "clndr_name": "project",
            "base_clndr_id": 7,
            "clndr_data": f"(0||CalendarData()((0||Exceptions()({spring}))))",
        },
        {"clndr_id": 9, "clndr_name": "sundays", "clndr_data": full_day.replace("(", "( ").replace("||", " || ", 0)},
        {"clndr_id": 10, "clndr_name": "cut", "clndr_data": "(0||CalendarData()("},
        {"clndr_id": 11, "clndr_name": "circle", "base_clndr_id": 11, "day_hr_cnt": 10, "week_hr_cnt": 60},
    ]
    schedule = read(xer(PROJECT, WBS, table("CALENDAR", rows), table("TASK", [task(100)])))
    found = {c.name: c for c in schedule.calendars}
    office = ((480, 720), (780, 1020))
    assert found["global"].week == (office,) * 5 + ((), ())
    assert found["global"].exceptions == (
        CalendarException(date(2026, 4, 29), date(2026, 4, 29)),
        CalendarException(date(2026, 5, 1), date(2026, 5, 1)),
    )
    assert found["project"].week == found["global"].week
    assert found["project"].exceptions == (
        CalendarException(date(2026, 4, 28), date(2026, 4, 28)),
        CalendarException(date(2026, 4, 29), date(2026, 4, 29)),
        CalendarException(date(2026, 5, 1), date(2026, 5, 1), ((540, 1440),)),
    )
    assert found["sundays"].week == ((),) * 6 + (((0, 1440),),)
    assert found["cut"].week == (office,) * 5 + ((), ())
    assert found["circle"].week == (((480, 1080),),) * 6 + ((),)
    told = " ".join(schedule.notices)
    assert all(part in told for part in ("field clndr_data", "field base_clndr_id", "Calendar cut", "Calendar circle"))


def baseline_file(*, sum_base_proj_id: object = "") -> str:
    projects = [
        project(sum_base_proj_id=sum_base_proj_id),
        project(2, orig_proj_id=1),
        project(3, orig_proj_id=1),
        project(5, export_flag="N"),
    ]
    tasks = [
        task(100),
        task(200),
        task(301, proj_id=2, task_code="A100", act_start_date="", restart_date="2026-04-01 08:00"),
        task(302, proj_id=2, task_code="GONE"),
        task(401, proj_id=3, task_code="A100", target_drtn_hr_cnt=8),
        task(501, proj_id=5, task_code="LENT"),
    ]
    costs = table("TASKRSRC", [{"task_id": 301, "rsrc_id": 1, "target_cost": 900}])
    links = table("TASKPRED", [{"task_id": 100, "pred_task_id": 501, "pred_proj_id": 5, "pred_type": "PR_FS"}])
    codes = [
        table("ACTVTYPE", [{"actv_code_type_id": 1, "actv_code_type": "Storey"}]),
        table("ACTVCODE", [{"actv_code_id": 5, "actv_code_type_id": 1, "short_name": "F3"}]),
        table("TASKACTV", [{"task_id": 301, "actv_code_id": 5}]),
        table("UDFTYPE", [{"udf_type_id": 1, "table_name": "TASK", "udf_type_label": "Zone"}]),
        table("UDFVALUE", [{"udf_type_id": 1, "fk_id": 301, "udf_text": "North"}]),
    ]
    return xer(table("PROJECT", projects), CALENDAR, WBS, table("TASK", tasks), costs, links, *codes)


def test_baselines_come_from_baseline_projects_of_the_file(read: Reader) -> None:
    schedule = read(baseline_file(sum_base_proj_id=2))
    assert [t.id for t in schedule.tasks] == ["P1", "P1.S", "A100", "A200"]
    finish = datetime(2026, 7, 10, 17)
    agreed = Baseline(0, datetime(2026, 4, 1, 8), finish, 900, timedelta(hours=100), timedelta(hours=160))
    other = Baseline(1, datetime(2026, 5, 4, 8), finish, None, timedelta(hours=100), timedelta(hours=8))
    assert by_id(schedule)["A100"].baselines == (agreed, other)
    assert by_id(schedule)["A200"].baselines == ()
    assert (schedule.assignments, schedule.links) == ([], [])
    assert sorted(schedule.unread) == sorted([
        "1 tasks of the other project P5 are not read.",
        "Baseline 0: 1 of its tasks are not in the schedule.",
        "Table TASKACTV: 1 rows belong to other things than this schedule's tasks.",
        "Table UDFVALUE: 1 rows belong to other things than this schedule's tasks.",
        "Table TASKPRED: 1 links come from or go to tasks that are not in the schedule.",
        "Table TASKRSRC: 1 rows belong to baselines or other projects.",
    ])  # fmt: skip


def test_planned_dates_stand_in_where_the_file_holds_no_baseline_project(read: Reader, tmp_path: Path) -> None:
    late = task(100, target_start_date="2026-05-01 08:00", target_end_date="2026-05-08 17:00")
    costs = table("TASKRSRC", [{"task_id": 100, "rsrc_id": 1, "target_cost": 900}])
    done = task(200, task_type="TT_FinMile", target_start_date="", target_end_date="2026-05-08 17:00")
    bare = task(300, target_start_date="", target_end_date="")
    read(small(costs, tasks=(late, done, bare)))
    schedule = read_xer(tmp_path / "plan.xer")
    assert schedule.notices[0] == STAND_IN
    first, second, third = (by_id(schedule)[name] for name in ("A100", "A200", "A300"))
    end = datetime(2026, 5, 8, 17)
    assert first.schedule_finish == datetime(2026, 7, 10, 17)
    assert [(b.number, b.start, b.finish, b.cost) for b in first.baselines] == [(0, datetime(2026, 5, 1, 8), end, 900)]
    assert [(b.start, b.finish) for b in second.baselines] == [(end, end)]
    assert third.baselines == ()
    plan = compile_plan(schedule)
    assert plan is not None
    shares = [planned_share(plan, date(2026, 5, day)) for day in (7, 8)]
    assert shares[0] < shares[1] == 1.0  # as planned, not as late as it now is


def test_only_projects_without_a_baseline_count_their_planned_dates(read: Reader) -> None:
    projects = [project(), project(2, orig_proj_id=1), project(3)]
    tasks = [task(100), task(200), task(301, proj_id=2, task_code="A100"), task(400, proj_id=3)]
    schedule = read(xer(table("PROJECT", projects), CALENDAR, table("TASK", tasks)))
    assert {t.id: len(t.baselines) for t in schedule.tasks} == {"A100": 1, "A200": 0, "A400": 1}
    assert [n for n in schedule.notices if "stand in" in n] == [
        "The file holds no baseline of the projects P3: their planned dates stand in, as P6 itself takes them."
    ]


def test_the_projects_own_baseline_counts_and_an_unnamed_one_is_told(read: Reader) -> None:
    assert [b.duration for b in by_id(read(baseline_file(sum_base_proj_id=3)))["A100"].baselines] == [
        timedelta(hours=8),
        timedelta(hours=160),
    ]
    assert ["names none" in notice for notice in read(baseline_file()).notices] == [True]


def test_several_exported_projects_are_one_schedule_told(read: Reader) -> None:
    projects = table("PROJECT", [project(), project(2, last_recalc_date="2026-06-30 08:00"), project(3)])
    wbs = table("PROJWBS", [{"wbs_id": 11, "proj_id": 1, "wbs_short_name": "P1"},
                            {"wbs_id": 22, "proj_id": 2, "wbs_short_name": "P2"}])  # fmt: skip
    tasks = [task(100), task(200, task_code="A1"), task(300, proj_id=2, task_code="A1", wbs_id=22)]
    schedule = read(xer(projects, CALENDAR, wbs, table("TASK", tasks)))
    assert [(t.id, t.parent) for t in schedule.tasks[2:]] == [("A100", "P1"), ("P1:A1", "P1"), ("P2:A1", "P2")]
    assert (schedule.name, schedule.data_date) == ("P1, P2", datetime(2026, 6, 30, 8))
    assert ["2 projects (P1, P2)" in schedule.notices[0], "different data dates" in " ".join(schedule.notices)] == [
        True,
        True,
    ]


def test_ids_stay_unique(read: Reader) -> None:
    tasks = [task(1, task_code="A"), task(2, task_code="A"), task(3, task_code="A#2"), task(4, task_code="P1"), task(1)]
    schedule = read(small(tasks=[*tasks, task(6, task_id="", task_code="")]))
    assert [t.id for t in schedule.tasks] == ["P1#2", "P1.S", "A", "A#2", "A#2#2", "P1"]
    assert schedule.tasks[1].parent == "P1#2"
    assert ["repeat a task_code" in notice for notice in schedule.notices] == [True]
    assert len(schedule.unread) == 2


def test_a_number_put_behind_meets_a_code_that_is_there_already(read: Reader) -> None:
    schedule = read(small(tasks=[task(1, task_code="A#2"), task(2, task_code="A"), task(3, task_code="A")]))
    assert [t.id for t in schedule.tasks[2:]] == ["A#2", "A", "A#3"]


def test_wbs_circles_are_cut(read: Reader) -> None:
    wbs = [{"wbs_id": n, "proj_id": 1, "wbs_short_name": n, "parent_wbs_id": 10 + (n + 1) % 3} for n in (10, 11, 12)]
    schedule = read(xer(PROJECT, CALENDAR, table("PROJWBS", wbs), table("TASK", [task(100)])))
    parents = {t.id: t.parent for t in schedule.tasks}
    for name in parents:
        here: str | None = name
        for _ in range(5):
            here = parents[here] if here else None
        assert here is None
    assert any("parent_wbs_id" in notice for notice in schedule.notices)


def test_activity_codes_and_user_fields(read: Reader) -> None:
    schedule = read(small(
        table("ACTVTYPE", [{"actv_code_type_id": 1, "actv_code_type": "Storey"}]),
        table("ACTVCODE", [{"actv_code_id": 5, "actv_code_type_id": 1, "short_name": "F3",
                            "actv_code_name": "Floor 3"}]),
        table("TASKACTV", [{"task_id": 100, "actv_code_id": 5}, {"task_id": 100, "actv_code_id": 6}]),
        table("UDFTYPE", [{"udf_type_id": 1, "table_name": "TASK", "udf_type_label": "Zone"},
                          {"udf_type_id": 2, "table_name": "RSRC", "udf_type_label": "Badge"},
                          {"udf_type_id": 3, "table_name": "TASK", "udf_type_label": "Storey"}]),
        table("UDFVALUE", [{"udf_type_id": 1, "fk_id": 100, "udf_text": "North"},
                           {"udf_type_id": 3, "fk_id": 100, "udf_number": "3"},
                           {"udf_type_id": 2, "fk_id": 100, "udf_text": "x"},
                           {"udf_type_id": 1, "fk_id": 12345, "udf_text": "x"}]),
        tasks=[task(100, target_start_date="", target_end_date="")],
    ))  # fmt: skip
    assert by_id(schedule)["A100"].values == {
        "Storey": "F3",
        "Storey name": "Floor 3",
        "Zone": "North",
        "Storey 2": "3",
    }
    assert len(schedule.unread) == 3


def test_what_is_not_read_is_counted(read: Reader) -> None:
    memo = table("TASKMEMO", [{"memo_id": n, "task_memo": "<html>"} for n in range(3)])
    schedule = read(small(memo, "%T\tTASKRSRC\n%R\t1\t2", "%X\tstrange"))
    assert schedule.unread == [
        "Table TASKMEMO: 3 rows are not read.",
        "Table TASKRSRC: 1 rows stand without a field line and are not read.",
        "1 lines of no known kind (“%X”) are not read.",
    ]


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        ([task(100), task(200, clndr_id=99)], 0),  # the project's calendar stands in
        ([task(100), task(200), task(200)], 1),
        ([task(100), task(200, task_type="TT_Guess")], 1),
        ([task(100), task(200, target_start_date="soon", act_start_date="9999-01-01 00:00")], 2),
        ([task(100), task(200, complete_pct_type="CP_Phys", phys_complete_pct=150)], 1),
    ],
)
def test_what_is_broken_is_counted_as_lost(rows: list[dict[str, object]], lost: int, read: Reader) -> None:
    assert read(small(tasks=rows)).lost == lost
