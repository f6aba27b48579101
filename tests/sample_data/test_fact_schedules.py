"""The schedules of the sample facts: believable networks, the same in every form of file."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from sample_data.fact_calendar import FIRST, OFFICE, SITE
from sample_data.fact_network import worked_out
from sample_data.fact_projects import BY_CODE, PROJECTS
from sample_data.fact_story import network
from sample_data.facts import FOLDER
from tests.sample_data.told import of_kind, schedule

# -- schedules ---------------------------------------------------------------------------------------------------------


def test_costs_add_up_to_the_budget(facts_folder: Path) -> None:
    for fact in of_kind("schedule"):
        assert fact.project is not None
        tasks = schedule(facts_folder, fact.file).tasks
        costs = [task.cost or 0.0 for task in tasks if task.kind == "task"]
        assert sum(costs) == pytest.approx(BY_CODE[fact.project].budget * 10_000, abs=1), fact.file
        assert 10 <= len(costs) <= 120


def test_dates_are_those_that_were_planned(facts_folder: Path) -> None:
    for fact in of_kind("schedule"):
        assert fact.project is not None
        read, plan = schedule(facts_folder, fact.file), network(fact.project)
        found = {task.code or task.id: task for task in read.tasks}
        for row in plan.leaves:
            baseline = next(iter(found[row.id].baselines), None)
            start = baseline.start if baseline else found[row.id].schedule_start
            finish = baseline.finish if baseline else found[row.id].schedule_finish
            assert start is not None
            assert finish is not None
            # a table's day may end at midnight
            assert (start.date(), (finish - timedelta(minutes=1)).date()) == (row.start, row.finish), (
                fact.file,
                row.id,
            )
        kinds = Counter(row.kind for row in plan.rows)
        assert Counter(task.kind for task in read.tasks)["milestone"] == kinds["milestone"]


def test_links_and_lags_are_those_of_the_network(facts_folder: Path) -> None:
    for fact in of_kind("schedule"):
        assert fact.project is not None
        read, plan = schedule(facts_folder, fact.file), network(fact.project)
        codes = {task.id: task.code or task.id for task in read.tasks}
        found = {(codes[k.predecessor], codes[k.successor], k.type): k.lag for k in read.links}
        # a day of a table and of a model's file that say nothing of hours is as long as their readers take it to be
        hours = {8} if read.format in {"mspdi", "xer", "pmxml"} else {8, 24}
        wanted = {(wait.task, row.id, wait.type): wait.lag for row in plan.rows for wait in row.waits}
        assert found.keys() == wanted.keys(), fact.file
        assert any(all(lag == timedelta(hours=wanted[key] * day) for key, lag in found.items()) for day in hours), (
            fact.file
        )


def test_baselines_hold_the_costs(facts_folder: Path) -> None:
    for fact in of_kind("schedule"):
        read = schedule(facts_folder, fact.file)
        if read.format == "mspdi":
            assert {len(task.baselines) for task in read.tasks} == {1}
            for task in read.tasks:
                assert task.baselines[0].cost == task.cost


@pytest.mark.parametrize("code", [project.code for project in PROJECTS if project.sketch])
def test_nobody_starts_before_what_he_waits_for(code: str) -> None:
    plan = network(code)
    rows, calendar = {row.id: row for row in plan.rows}, OFFICE if BY_CODE[code].form == "mspdi" else SITE
    assert max(row.finish for row in plan.rows) <= BY_CODE[code].span[1]
    for row in plan.rows:
        for wait in row.waits:
            before = rows[wait.task]
            if wait.type == "SS":
                assert calendar.index(row.start) >= calendar.index(before.start) + wait.lag
            elif row.kind == "task":
                assert calendar.index(row.start) > calendar.index(before.finish) + wait.lag - 1
                assert row.start > before.finish
            else:
                assert row.finish >= before.finish


def test_the_hospital_keeps_the_holidays(facts_folder: Path) -> None:
    read = schedule(facts_folder, f"{FOLDER}/市第三人民医院_进度计划.xml")
    assert len(read.tasks) == 112
    assert any(link.type == "SS" and link.lag for link in read.links)
    (calendar,) = read.calendars
    off = [exception for exception in calendar.exceptions if not exception.shifts]
    festivals = [exception for exception in off if exception.name == "春节"]
    assert [exception.start.year for exception in festivals] == [2025, 2026, 2027]
    extra = [exception for exception in calendar.exceptions if exception.shifts]
    assert len(extra) >= 10
    assert all(exception.start.weekday() >= 5 for exception in extra)
    free = {
        exception.start + timedelta(n)
        for exception in off
        for n in range((exception.finish - exception.start).days + 1)
    }
    assert not free & {
        moment.date() for task in read.tasks for moment in (task.schedule_start, task.schedule_finish) if moment
    }


def test_an_update_keeps_the_baseline(facts_folder: Path) -> None:
    first, second = (schedule(facts_folder, fact.file) for fact in of_kind("schedule") if fact.project == "BJ-003")
    assert second.data_date == datetime(2026, 3, 31, 17)
    assert [task.baselines for task in first.tasks] == [task.baselines for task in second.tasks]
    assert {task.completion for task in first.tasks} == {0.0}
    done = [task.completion or 0 for task in second.tasks if task.kind == "task"]
    assert done.count(1.0) > 30
    assert any(0 < share < 1 for share in done)
    for task in second.tasks:
        assert (task.actual_finish or datetime.min) <= second.data_date
        assert (task.actual_finish is not None) == (task.completion == 1.0 and task.kind == "task")


def test_the_network_stretches_to_its_span() -> None:
    span = (date(2025, 1, 6), date(2025, 12, 31))
    plan = worked_out("x", "A|Sum\n  A1|one|10|1|\n  A2|two|20|3|A1+5\n  A3|end|0||A2", 400.0 * 100, span, OFFICE)
    one, two, end = plan.rows[1:]
    assert (plan.start, end.finish) == (span[0], plan.finish)
    assert plan.finish > date(2025, 12, 20)
    assert OFFICE.index(two.start) == OFFICE.index(one.finish) + 1 + 5
    assert (one.cost, two.cost, plan.rows[0].cost) == (10_000, 30_000, 40_000)
    moments = [np.array([(day - FIRST).days], float) for day in (span[0], two.start, plan.finish + timedelta(1))]
    shares = [plan.shares(moment).ravel().tolist() for moment in moments]
    assert shares == [[0, 0], [1, 0], [1, 1]]
