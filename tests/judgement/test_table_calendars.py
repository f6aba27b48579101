"""Planned values of schedule tables over a holiday: with the holidays of a calendar row, and without any calendar."""

from datetime import date
from pathlib import Path

import pytest

from twin.exchange.schedule_table import read_schedule_table
from twin.judgement.baseline import Plan, compile_plan, planned_share

LAST_DAY = date(2026, 2, 23)  # of the Spring Festival's nine days off, from 2026-02-15
TASKS = "task,Dig,,2026-02-01,2026-02-28,{},600,\ntask,Pour,,2026-02-20,2026-03-01,{},400,\n"
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
ROUND_THE_CLOCK = "; ".join(f"{day} 00:00-24:00" for day in DAYS)
OFFICE = "; ".join(f"{day} 08:00-12:00 13:00-17:00" for day in DAYS[:5])


def plan_of(tmp_path: Path, week: str | None, *, named: str = "") -> Plan:
    """Return the plan of two tasks; `week`: of a calendar with the holiday, None for a table without calendars."""
    text = "kind,task,parent,start,finish,calendar,cost,definition\n" + TASKS.format(named, named)
    if week is not None:
        text += f"calendar,CN,,,,,,{week}\nexception,,CN,2026-02-15,2026-02-23,,,-\n"
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    plan = compile_plan(read_schedule_table(path))
    assert plan is not None
    return plan


def test_a_calendar_of_holidays_plans_no_work_on_them(tmp_path: Path) -> None:
    bare = plan_of(tmp_path, None)
    assert planned_share(bare, LAST_DAY) == pytest.approx(0.6 * 23 / 28 + 0.4 * 4 / 10)
    for named in ("", "CN"):  # the only calendar of a table is everybody's
        plan = plan_of(tmp_path, ROUND_THE_CLOCK, named=named)
        # 1 to 14 February are worked, then 24 to 28; of the other task's ten days six
        assert planned_share(plan, LAST_DAY) == pytest.approx(0.6 * 14 / 19)
        assert planned_share(plan, date(2026, 2, 14)) == planned_share(plan, LAST_DAY)
        assert planned_share(plan, date(2026, 2, 24)) == pytest.approx(0.6 * 15 / 19 + 0.4 / 6)
        assert planned_share(plan, date(2026, 3, 1)) == planned_share(bare, date(2026, 3, 1)) == 1.0


def test_weekends_of_a_calendar_are_free_as_well(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, OFFICE)
    # weekdays from 2 to 13 February, then 24 to 27
    assert planned_share(plan, LAST_DAY) == pytest.approx(0.6 * 10 / 14)
    assert planned_share(plan, date(2026, 2, 27)) == pytest.approx(1.0)


def test_an_index_on_the_last_day_of_the_holiday_differs_by_the_holiday_alone(tmp_path: Path) -> None:
    """The same earned value: behind its plan where the holiday is planned as work, on it where it is not."""
    earned = 0.6 * 14 / 19
    indices = [earned / planned_share(plan_of(tmp_path, week), LAST_DAY) for week in (None, ROUND_THE_CLOCK)]
    assert indices[0] < 0.7
    assert indices[1] == pytest.approx(1.0)
