"""The real XER files, against a count from the table text that shares nothing with the reader."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import real_data_folder
from twin.errors import InvalidInput
from twin.exchange.xer import read_xer
from twin.values.schedule import Schedule

pytestmark = pytest.mark.real_data

FOLDERS = ("xer", "xer_synthetic")
FILES = sorted(path for name in FOLDERS for path in (real_data_folder() / "schedules" / name).glob("*.xer"))
REFUSED = {"p6xer_encodings", "p6xer_mixed_endings"}  # no table of the name TASK

Tables = dict[str, list[dict[str, str]]]


def tables_of(path: Path) -> Tables:
    found: Tables = defaultdict(list)
    name, fields = "", [""]
    for line in path.read_bytes().decode("latin-1").replace("\r", "").split("\n"):
        mark, *cells = line.split("\t")
        if mark == "%T":
            name, fields = cells[0], []
        elif mark == "%F":
            fields = [cell.lower() for cell in cells]
        elif mark == "%R":
            found[name].append({field: cell for field, cell in zip(fields, cells, strict=False) if cell})
    return found


def read(path: Path) -> Schedule:
    return read_xer(path)


@pytest.fixture(params=[path for path in FILES if path.stem not in REFUSED], ids=lambda path: path.stem)
def both(request: pytest.FixtureRequest, real_data: Path) -> tuple[Schedule, Tables]:
    return read(request.param), tables_of(request.param)


def test_every_file_is_there(real_data: Path) -> None:
    assert len(FILES) == 13


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_loads_or_is_refused_in_a_sentence(path: Path, real_data: Path) -> None:
    assert bool(tables_of(path)["TASK"]) == (path.stem not in REFUSED)
    if path.stem in REFUSED:
        with pytest.raises(InvalidInput, match=f"{path.name} holds no tasks"):
            read(path)
    else:
        assert read(path).tasks


def test_tasks_summaries_calendars_and_links_are_all_there(both: tuple[Schedule, Tables]) -> None:
    schedule, tables = both
    tasks = tables["TASK"]
    assert [t.name for t in schedule.tasks if t.kind != "summary"] == [row.get("task_name", "") for row in tasks]
    assert [t.name for t in schedule.tasks if t.kind == "summary"] == [row["wbs_name"] for row in tables["PROJWBS"]]
    assert len(schedule.calendars) == len(tables["CALENDAR"])
    codes = {row["task_id"]: row.get("task_code", row["task_id"]) for row in tasks}
    assert [t.id for t in schedule.tasks if t.kind != "summary"] == list(codes.values())
    expected = [
        (codes[row["pred_task_id"]], codes[row["task_id"]], row["pred_type"][-2:], float(row["lag_hr_cnt"]))
        for row in tables["TASKPRED"]
        if row.get("pred_task_id") in codes and row.get("task_id") in codes
    ]
    found = [(li.predecessor, li.successor, li.type, li.lag.total_seconds() / 3600) for li in schedule.links]
    assert found == expected
    parents = {t.id: t.parent for t in schedule.tasks}
    names = {t.id: t.name for t in schedule.tasks}
    wbs = {row.get("wbs_id"): row["wbs_name"] for row in tables["PROJWBS"]}
    for row in tasks:
        assert names.get(parents[codes[row["task_id"]]] or "") == wbs.get(row.get("wbs_id", "none"))


def test_dates_are_those_of_the_text(both: tuple[Schedule, Tables]) -> None:
    schedule, tables = both
    found = [t for t in schedule.tasks if t.kind != "summary"]
    for task, row in zip(found, tables["TASK"], strict=True):
        start = row.get("act_start_date") or row.get("restart_date") or row.get("early_start_date")
        finish = row.get("act_end_date") or row.get("reend_date") or row.get("early_end_date")
        shown = [task.schedule_start, task.schedule_finish, task.actual_start, task.actual_finish]
        expected = [start or row.get("target_start_date"), finish or row.get("target_end_date")]
        expected += [row.get("act_start_date"), row.get("act_end_date")]
        assert [moment and f"{moment:%Y-%m-%d %H:%M}" for moment in shown] == expected
    projects = tables["PROJECT"]
    data_date = projects[0]["last_recalc_date"] if projects else None
    assert (schedule.data_date and f"{schedule.data_date:%Y-%m-%d %H:%M}"[: len(data_date or "")]) == data_date


def test_per_cent_complete_and_costs(both: tuple[Schedule, Tables]) -> None:
    schedule, tables = both
    found = [t for t in schedule.tasks if t.kind != "summary"]
    cost, spent = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for row in tables["TASKRSRC"]:
        cost[row["task_id"]] += Decimal(row["target_cost"])
        spent[row["task_id"]] += Decimal(row["act_reg_cost"]) + Decimal(row.get("act_ot_cost", "0"))
    for task, row in zip(found, tables["TASK"], strict=True):
        assert task.cost == (float(cost[row["task_id"]]) if row["task_id"] in cost else None)
        assert task.actual_cost == (float(spent[row["task_id"]]) if row["task_id"] in spent else None)
        hours, left = row.get("target_drtn_hr_cnt"), row.get("remain_drtn_hr_cnt")
        done, to_do = Decimal(row.get("act_work_qty", "0")), Decimal(row.get("remain_work_qty", "0"))
        if row.get("status_code") == "TK_Complete":
            expected: float | None = 1.0
        elif row.get("complete_pct_type") == "CP_Drtn":
            expected = float(1 - Decimal(left or 0) / Decimal(hours)) if hours and float(hours) else 0.0
        elif row.get("complete_pct_type") == "CP_Units":
            expected = float(done / (done + to_do))
        else:
            expected = float(row["phys_complete_pct"]) / 100 if "phys_complete_pct" in row else None
        assert task.completion == (None if expected is None else pytest.approx(expected, abs=1e-12))
    assert len(schedule.assignments) == len(tables["TASKRSRC"])
    assert sum(a.cost or 0 for a in schedule.assignments) == float(sum(cost.values()))


def test_every_row_is_read_or_counted(both: tuple[Schedule, Tables]) -> None:
    schedule, tables = both
    own = {"TASK", "PROJWBS", "TASKPRED", "CALENDAR", "CURRTYPE", "PROJECT", "RSRC", "ROLES", "TASKRSRC", "ACTVTYPE"}
    own |= {"ACTVCODE", "TASKACTV", "UDFVALUE", "SCHEDOPTIONS"}
    told = {text.split(" ")[1].rstrip(":"): text.split(" ")[2] for text in schedule.unread if text.startswith("Table")}
    assert {name: str(len(rows)) for name, rows in tables.items() if name not in own} == {
        name: count for name, count in told.items() if name not in own
    }


def test_a_file_of_p6_names_its_tasks_after_their_per_cent_complete(real_data: Path) -> None:
    schedule = read(real_data / "schedules" / "xer" / "invalid-8.4.xer")
    tasks = [t for t in schedule.tasks if t.kind == "task"]
    assert len(tasks) == 12
    for task in tasks:
        assert f"{task.completion:.0%}" == task.name.split(" ")[1]


def test_a_calendar_of_p6_knows_the_public_holidays(real_data: Path) -> None:
    schedule = read(real_data / "schedules" / "xer" / "PredecessorCalendar.xer")
    (calendar,) = schedule.calendars
    free = {exception.start for exception in calendar.exceptions}
    assert {date(2019, 7, 4), date(2019, 11, 28), date(2019, 12, 25), date(2020, 1, 1)} <= free
    assert [sum(b - a for a, b in shifts) for shifts in calendar.week] == [480] * 5 + [0, 0]


def test_updates_keep_the_ids_of_their_baseline(real_data: Path) -> None:
    folder = real_data / "schedules" / "xer_synthetic"
    first, *updates = [read(folder / f"meridianiq_sample{name}.xer") for name in ("", "_update", "_update2")]
    same = []
    for update in updates:
        names = {t.id: t.name for t in update.tasks}
        same.append(sum(names.get(t.id) == t.name for t in first.tasks))
    assert (len(first.tasks), same) == (40, [39, 38])  # one was taken out of the plan, then another
    dates = [schedule.data_date for schedule in (first, *updates) if schedule.data_date]
    assert [f"{day:%m-%d}" for day in dates] == ["06-01", "07-15", "08-15"]
