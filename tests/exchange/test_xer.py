"""XER files as they come: what is read, what is told, what is refused."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.exchange.xer_building import CALENDAR, PROJECT, WBS, WEEK, project, small, table, task, xer
from twin.errors import InvalidInput
from twin.exchange.xer import read_xer
from twin.values.schedule import Baseline, CalendarException, Schedule, Task, TaskLink

Reader = Callable[[str | bytes], Schedule]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reader(content: str | bytes) -> Schedule:
        path = tmp_path / "plan.xer"
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return read_xer(path)

    return reader


def by_id(schedule: Schedule) -> dict[str, Task]:
    found = {task.id: task for task in schedule.tasks}
    assert len(found) == len(schedule.tasks)
    return found


def refusal(read: Reader, content: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(content)
    assert caught.value.sentence.template != str(caught.value)  # it names what it speaks of
    return str(caught.value)


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
    assert found.baselines == ()
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


COSTS = (
    table("RSRC", [
        {"rsrc_id": 1, "rsrc_short_name": "CRANE", "rsrc_name": "Tower crane", "rsrc_type": "RT_Equip"},
        {"rsrc_id": 2, "rsrc_short_name": "C30", "rsrc_name": "Concrete", "rsrc_type": "RT_Mat", "unit_id": 5},
    ]),
    table("UMEASURE", [{"unit_id": 5, "unit_abbrev": "m3"}]),
    table("ROLES", [{"role_id": 9, "role_short_name": "WELD", "role_name": "Welder"}]),
    table("TASKRSRC", [
        {"task_id": 100, "rsrc_id": 1, "target_qty": 80, "act_reg_qty": 20, "act_ot_qty": 5, "remain_qty": 60,
         "target_cost": "1000.0000", "act_reg_cost": 200, "act_ot_cost": 50, "remain_cost": 800},
        {"task_id": 100, "rsrc_id": 2, "target_qty": 30, "target_cost": 500},
        {"task_id": 100, "role_id": 9, "rsrc_type": "RT_Labor", "target_cost": 70},
        {"task_id": 200, "rsrc_id": 77, "rsrc_type": "RT_Labor", "target_cost": ""},
        {"task_id": 999, "rsrc_id": 1, "target_cost": 1},
    ]),
    table("COSTTYPE", [{"cost_type_id": 3, "cost_type": "Permits"}]),
    table("PROJCOST", [{"task_id": 100, "cost_type_id": 3, "target_cost": 30, "act_cost": 10},
                       {"task_id": 200, "cost_type_id": "", "target_cost": 5, "act_cost": ""}]),
)  # fmt: skip


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


def test_decimal_comma_and_both(read: Reader) -> None:
    comma = [task(100, target_drtn_hr_cnt="1.234,50", remain_drtn_hr_cnt="617,25", phys_complete_pct="12,5")]
    schedule = read(small(tasks=comma))
    assert by_id(schedule)["A100"].duration == timedelta(hours=1234.5)
    assert by_id(schedule)["A100"].completion == 0.5
    mixed = [task(100, target_drtn_hr_cnt="40,5", remain_drtn_hr_cnt="20.2500", act_work_qty="1.5")]
    schedule = read(small(tasks=mixed))
    assert by_id(schedule)["A100"].completion == 0.5
    assert ["“.” and with “,”" in notice for notice in schedule.notices] == [True]


def test_values_that_are_none_are_told_with_table_field_and_line(read: Reader) -> None:
    bad = [
        task(100, act_start_date="soon", target_work_qty="much", phys_complete_pct=150, complete_pct_type="CP_Phys"),
        task(200, act_start_date="2026-02-30 08:00", reend_date="9999-01-01 00:00", clndr_id=8, wbs_id=99),
    ]
    text = small(tasks=bad)
    schedule = read(text)
    line = next(n for n, content in enumerate(text.split("\n"), 1) if "\tA100\t" in content)
    told = {notice.split("field ")[1].split(":")[0]: notice for notice in schedule.notices}
    assert set(told) == {
        *("act_start_date", "target_work_qty", "phys_complete_pct", "reend_date", "clndr_id", "wbs_id"),
    }
    assert f"line {line}, {line + 1}; the first is “soon”" in told["act_start_date"]
    assert "2 values" in told["act_start_date"]
    assert "1 values" in told["phys_complete_pct"]
    found = by_id(schedule)["A100"]
    assert (found.completion, found.actual_start, found.calendar) == (None, None, "7")
    assert (by_id(schedule)["A200"].calendar, by_id(schedule)["A200"].parent) == (None, None)


def test_short_rows_long_rows_tabs_quotes_and_breaks(read: Reader) -> None:
    text = small(tasks=[task(100), task(200), task(300)])
    lines = text.split("\n")
    place = next(n for n, content in enumerate(lines) if "\tA100\t" in content)
    lines[place] = lines[place].replace("Task 100", 'Pour\tslab ""B2""')  # a tab shifts every date to the right
    lines[place + 1] = lines[place + 1].split("\tTask 200")[0] + "\tTask 200"  # the rest of the row is left out
    lines[place + 2] = lines[place + 2].replace("Task 300", "one\x7f\x7ftwo\nthree") + "\t\t\t"
    schedule = read("\n".join(lines))
    tasks = by_id(schedule)
    assert tasks["A100"].name == 'Pour\tslab "B2"'
    assert tasks["A100"].schedule_start == datetime(2026, 5, 4, 8)
    assert (tasks["A200"].name, tasks["A200"].schedule_start) == ("Task 200", None)
    assert tasks["A300"].name == "one\ntwo\nthree"
    assert schedule.notices == ["Table TASK: 1 rows had tabs inside a text, which were put back."]
    longer = "\n".join(line + "\textra" if "\tA100\t" in line else line for line in text.split("\n"))
    assert ["longer than the field line" in notice for notice in read(longer).notices] == [True]


def test_line_ends_of_all_kinds_read_the_same(read: Reader) -> None:
    text = small(*COSTS)
    expected = read(text)
    for ends in (("\r\n",), ("\r",), ("\n", "\r\n", "\r"), ("\r\n\r\n",)):
        mixed = "".join(line + ends[n % len(ends)] for n, line in enumerate(text.split("\n")))
        assert read(mixed) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_in_each_encoding(read: Reader, encoding: str) -> None:
    text = small(tasks=[task(100, task_name="A区主体结构：桩基础C30混凝土浇筑"), task(200, task_name="钻孔灌注桩")])
    schedule = read(text.encode(encoding))
    assert by_id(schedule)["A100"].name == "A区主体结构：桩基础C30混凝土浇筑"
    assert schedule.calendars[0].name == "五天"
    assert ["gb18030" in notice for notice in schedule.notices] == ([True] if encoding.startswith("gb") else [])


@pytest.mark.parametrize("name", ["Fundação", "Gründung Süd", "Béton coulé à l’été", "Öl- und Gasanschluss"])
def test_western_letters(read: Reader, name: str) -> None:
    text = small(tasks=[task(100, task_name=name)]).replace("五天", "5 day")
    schedule = read(text.encode("cp1252"))
    assert by_id(schedule)["A100"].name == name
    assert ["cp1252" in notice for notice in schedule.notices] == [True]


def test_a_letter_that_was_cut_in_two_does_not_change_the_encoding(read: Reader) -> None:
    text = small(tasks=[task(100, task_name="钻孔灌注桩及承台施工"), task(200, task_name="CUT")])
    schedule = read(text.encode("utf-8").replace(b"CUT", "桩".encode()[:2]))
    assert by_id(schedule)["A100"].name == "钻孔灌注桩及承台施工"
    assert ["1 characters" in notice for notice in schedule.notices] == [True]


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
    return xer(table("PROJECT", projects), CALENDAR, WBS, table("TASK", tasks), costs, links)


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
        "Table TASKPRED: 1 links come from or go to tasks that are not in the schedule.",
        "Table TASKRSRC: 1 rows belong to baselines or other projects.",
    ])  # fmt: skip


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
    ("content", "words"),
    [
        ("", "no Primavera XER"),
        ("<?xml version='1.0'?><Project/>", "no Primavera XER"),
        (small().removesuffix("%E\n"), "cut off"),
        (small()[: len(small()) // 2], "cut off"),
        (small() + "%R\t1\t2\n", "cut off"),
        (xer(PROJECT, CALENDAR, WBS), "no tasks"),
        (xer(PROJECT, table("TASK", [], ["task_id", "task_code"])), "no tasks"),
        (xer(PROJECT, table("TASK", [{"task_id": "", "task_name": "x"}])), "no tasks"),
    ],
)
def test_refusals_say_what_to_do(read: Reader, content: str, words: str) -> None:
    sentence = refusal(read, content)
    assert words in sentence
    assert "xport" in sentence.split(". ")[-1] or "xport" in sentence


def test_missing_files_folders_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "none.xer", tmp_path / "a\0b"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_xer(path)
    path = tmp_path / "plan.xer"
    path.write_text(small(), "utf-8")
    monkeypatch.setattr("twin.exchange.xer_file.MAX_ROWS", 3)
    with pytest.raises(InvalidInput, match="more than 3 rows"):
        read_xer(path)
    monkeypatch.setattr("twin.exchange.xer_file.MAX_BYTES", 100)
    with pytest.raises(InvalidInput, match="larger than"):
        read_xer(path)


SEED = small(*COSTS, table("TASKPRED", [{"task_id": 200, "pred_task_id": 100, "pred_type": "PR_FS", "lag_hr_cnt": 8}]))
HOSTILE = (
    *(
        b"\t",
        b"\n%R\t",
        b"%T\tTASK\n",
        b"%F\t",
        b"%E\n",
        b"\r",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b'"',
        b"\xb0\xa1",
    ),
    *(b"1e99", b"-1", b"nan", b"inf", b"9" * 30, b"0001-01-01 00:00", b"2200-12-31 24:00", b"(0||", b")", b"()" * 50),
    *("٣".encode(), "²".encode(), b"{0}", b"{file}", b"s|25:00|f|00:00", b"d|999999"),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 60), st.sampled_from(HOSTILE) | st.binary(max_size=12)),
        max_size=12,
    ),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
@example(edits=[], encoding="utf-8")
def test_no_bytes_end_in_anything_but_a_sentence(
    read: Reader, edits: list[tuple[int, int, bytes]], encoding: str
) -> None:
    data = SEED.encode(encoding)
    for place, length, new in edits:
        data = data[:place] + new + data[place + length :]
    try:
        schedule = read(data)
    except InvalidInput:
        return
    ids = {task.id for task in schedule.tasks}
    assert len(ids) == len(schedule.tasks)
    assert {task.parent for task in schedule.tasks} <= ids | {None}
    assert {end for link in schedule.links for end in (link.predecessor, link.successor)} <= ids
    assert {a.task for a in schedule.assignments} <= ids
    assert {a.resource for a in schedule.assignments} <= {r.id for r in schedule.resources}
    assert {t.calendar for t in schedule.tasks} <= {c.id for c in schedule.calendars} | {None}
    assert all(task.completion is None or 0 <= task.completion <= 1 for task in schedule.tasks)
    for calendar in schedule.calendars:
        assert len(calendar.week) == 7
        days = [*calendar.week, *(e.shifts for e in calendar.exceptions)]
        assert all(0 <= start < finish <= 1440 for shifts in days for start, finish in shifts)
        assert [e.start for e in calendar.exceptions] == sorted(e.start for e in calendar.exceptions)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_after_a_true_start(read: Reader, data: bytes) -> None:
    for content in (data, b"ERMHDR\t" + data, b"ERMHDR\n%T\tTASK\n%F\ttask_id\n%R\t1\n" + data + b"\n%E"):
        try:
            read(content)
        except InvalidInput:
            continue


def test_reading_time_is_in_proportion_to_the_tasks(read: Reader) -> None:
    def seconds(count: int) -> float:
        tasks = [task(n, wbs_id=n // 10) for n in range(count)]
        wbs = [{"wbs_id": n, "proj_id": 1, "wbs_short_name": n, "parent_wbs_id": n - 1} for n in range(count // 10)]
        links = [{"task_id": n, "pred_task_id": n - 1, "pred_type": "PR_FS"} for n in range(1, count)]
        costs = [{"task_id": n, "rsrc_id": n % 50, "target_cost": "5.50"} for n in range(count)]
        tables = (table("PROJWBS", wbs), table("TASK", tasks), table("TASKPRED", links), table("TASKRSRC", costs))
        text = xer(PROJECT, CALENDAR, *tables)
        start = time.process_time()
        schedule = read(text)
        spent = time.process_time() - start
        assert len(schedule.links) == count - 1
        return spent

    small_time = min(seconds(5_000) for _ in range(2))
    assert seconds(50_000) < 20 * small_time + 0.5
