"""XER texts for tests, written by hand: tables as lists of rows, P6's way around them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from twin.exchange.xer import read_xer
from twin.values.schedule import Schedule, Task

HEADER = "ERMHDR\t20.12\t2026-07-15\tProject\tadmin\tPlanner\tdbxDatabaseNoName\tProject Management\tCNY"
WEEK = (
    "(0||CalendarData()((0||DaysOfWeek()((0||1()())"
    + "".join(f"(0||{day}()((0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())))" for day in (2, 3, 4, 5, 6))
    + "(0||7()())))(0||VIEW(ShowTotal|N)())(0||Exceptions()(%s))))"
)

Reader = Callable[[str | bytes], Schedule]
Rows = Sequence[Mapping[str, object]]


def table(name: str, rows: Rows, fields: Sequence[str] = ()) -> str:
    """Return one table with the union of the rows' fields."""
    names = list(fields) or list(dict.fromkeys(field for row in rows for field in row))
    lines = [f"%T\t{name}", "\t".join(("%F", *names))]
    return "\n".join([*lines, *("\t".join(("%R", *(str(row.get(n, "")) for n in names))) for row in rows)])


def xer(*tables: str, header: str = HEADER, end: str = "%E\n") -> str:
    """Return a whole file."""
    return "\n".join((header, *tables, end))


def task(number: int, **values: object) -> dict[str, object]:
    """Return a task row of project 1: started in May 2026, 80 of 160 hours remain."""
    row: dict[str, object] = {
        "task_id": number,
        "proj_id": 1,
        "wbs_id": 11,
        "clndr_id": 7,
        "phys_complete_pct": 30,
        "complete_pct_type": "CP_Drtn",
        "task_type": "TT_Task",
        "status_code": "TK_Active",
        "task_code": f"A{number}",
        "task_name": f"Task {number}",
        "remain_drtn_hr_cnt": 80,
        "target_drtn_hr_cnt": 160,
        "act_work_qty": 25,
        "remain_work_qty": 75,
        "target_work_qty": 90,
        "act_equip_qty": 0,
        "remain_equip_qty": 0,
        "target_equip_qty": 10,
        "act_start_date": "2026-05-04 08:00",
        "act_end_date": "",
        "early_start_date": "2026-06-29 08:00",
        "early_end_date": "2026-07-10 17:00",
        "restart_date": "2026-06-29 08:00",
        "reend_date": "2026-07-10 17:00",
        "target_start_date": "2026-05-01 08:00",
        "target_end_date": "2026-05-28 17:00",
    }
    return {**row, **values}


def project(number: int = 1, **values: object) -> dict[str, object]:
    """Return a project row."""
    row: dict[str, object] = {
        "proj_id": number,
        "proj_short_name": f"P{number}",
        "clndr_id": 7,
        "name_sep_char": ".",
        "last_recalc_date": "2026-06-29 08:00",
        "plan_start_date": "2026-05-01 00:00",
        "plan_end_date": "",
        "scd_end_date": "2026-12-30 17:00",
        "orig_proj_id": "",
        "sum_base_proj_id": "",
        "export_flag": "Y",
        "def_complete_pct_type": "CP_Drtn",
    }
    return {**row, **values}


PROJECT = table("PROJECT", [project()])
CALENDAR = table(
    "CALENDAR",
    [{"clndr_id": 7, "clndr_name": "五天", "base_clndr_id": "", "clndr_data": WEEK % "(0||0(d|46143)())"}],
)
WBS = table(
    "PROJWBS",
    [
        {"wbs_id": 10, "proj_id": 1, "proj_node_flag": "Y", "wbs_short_name": "P1", "wbs_name": "Line 4",
         "parent_wbs_id": 3},
        {"wbs_id": 11, "proj_id": 1, "proj_node_flag": "N", "wbs_short_name": "S", "wbs_name": "Structure",
         "parent_wbs_id": 10},
    ],
)  # fmt: skip


TASKS = (task(100), task(200))


def small(*more: str, tasks: Rows = TASKS) -> str:
    """Return a file with one project, its calendar and WBS, and two tasks."""
    return xer(PROJECT, CALENDAR, WBS, table("TASK", tasks), *more)


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


STAND_IN = "The file holds no baseline project: the planned dates stand in for one, as P6 itself takes them."


def reader_in(folder: Path) -> Reader:
    """Return a function that writes a file into the folder and reads it; `STAND_IN` is left out of its notices."""

    def read(content: str | bytes) -> Schedule:
        path = folder / "plan.xer"
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        schedule = read_xer(path)
        return replace(schedule, notices=[notice for notice in schedule.notices if notice != STAND_IN])

    return read


def by_id(schedule: Schedule) -> dict[str, Task]:
    """Return id → task of a schedule whose ids are unique."""
    found = {task.id: task for task in schedule.tasks}
    assert len(found) == len(schedule.tasks)
    return found
