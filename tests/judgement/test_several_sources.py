"""Progress and cost of a project from several sources: the whole, its tasks, the schedule file, at different times."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from twin.judgement.baseline import Plan, compile_plan
from twin.judgement.progress import status_at
from twin.values.project import Known, ProgressFact, RegisterEntry
from twin.values.schedule import Baseline, Schedule, Task
from twin.values.status import ProjectStatus, ResourceUse


def two_tasks(data_date: date | None = None, completions: tuple[float | None, float | None] = (None, None)) -> Plan:
    """Return a plan of two tasks, a in January and b in February, of 100 each."""
    tasks = [
        Task(
            name, "", baselines=(Baseline(0, datetime(2026, m, 1), datetime(2026, m + 1, 1), cost=100.0),), completion=p
        )
        for name, m, p in zip("ab", (1, 2), completions, strict=True)
    ]
    at = None if data_date is None else datetime(data_date.year, data_date.month, data_date.day)
    plan = compile_plan(Schedule("s", "csv", tasks, data_date=at))
    assert plan is not None
    return plan


def judged(plan: Plan, day: date, *facts: ProgressFact, **uses: ResourceUse) -> ProjectStatus:
    return status_at(Known(RegisterEntry("p"), progress=facts), plan, day, uses)


def test_a_lone_report_of_a_task_does_not_discard_the_figure_of_the_whole() -> None:
    whole = ProgressFact("p", date(2026, 2, 28), completion=0.8)
    lone = ProgressFact("p", date(2026, 3, 5), task="b", completion=0.2)
    found = judged(two_tasks(), date(2026, 3, 10), whole, lone)
    assert (found.progress, found.status_date, found.reported_by) == (0.8, date(2026, 2, 28), "project")
    assert any("80.0%" in note for note in found.notes)
    rest = ProgressFact("p", date(2026, 3, 6), task="a", completion=1.0)
    more = replace(lone, fact_date=date(2026, 3, 6), completion=0.7)
    found = judged(two_tasks(), date(2026, 3, 10), whole, rest, more)
    assert (found.progress, found.reported_by) == (0.85, "tasks")
    begun = ProgressFact("p", date(2026, 3, 5), task="b", actual_start=date(2026, 3, 4))
    assert judged(two_tasks(), date(2026, 3, 10), whole, begun).progress == 0.8


def test_a_newer_schedule_file_outranks_older_reports_of_tasks() -> None:
    plan = two_tasks(date(2026, 2, 28), (1.0, 0.5))
    old = ProgressFact("p", date(2026, 1, 31), task="a", completion=0.4)
    assert judged(plan, date(2026, 2, 28), old).progress == 0.75
    same = ProgressFact("p", date(2026, 2, 28), task="a", completion=0.8)  # of the very day: the report counts
    assert judged(plan, date(2026, 2, 28), old, same).progress == pytest.approx(0.65)
    assert judged(plan, date(2026, 2, 27), old).progress == 0.2  # the file speaks of a later day


def test_cost_and_progress_are_compared_at_one_time() -> None:
    done = ProgressFact("p", date(2026, 1, 31), completion=0.5, actual_cost=100.0)
    later = ProgressFact("p", date(2026, 2, 20), actual_cost=160.0)
    found = judged(two_tasks(), date(2026, 2, 25), done, later)
    assert (found.ac, found.cost_date, found.cpi) == (100.0, date(2026, 1, 31), 1.0)
    # a cost of three months ago says nothing of today's progress
    now = ProgressFact("p", date(2026, 4, 30), completion=1.0)
    found = judged(two_tasks(), date(2026, 4, 30), done, now)
    assert (found.ac, found.cost_date, found.cpi) == (100.0, date(2026, 1, 31), None)
    # costs of tasks that came later count, once they are not less than what the whole had spent
    tasks = [
        ProgressFact("p", date(2026, 4, 30), task=t, completion=1.0, actual_cost=c)
        for t, c in (("a", 90.0), ("b", 70.0))
    ]
    assert judged(two_tasks(), date(2026, 4, 30), done, *tasks).cpi == pytest.approx(200 / 160)
    assert judged(two_tasks(), date(2026, 4, 30), done, tasks[0]).ac == 100.0
    funds = ResourceUse("funds", "元", None, 80.0, None, None, date(2026, 1, 31))
    bare = replace(done, actual_cost=None)
    assert judged(two_tasks(), date(2026, 2, 25), bare, funds=funds).cpi == pytest.approx(1.25)
    assert judged(two_tasks(), date(2026, 2, 25), bare, funds=replace(funds, fact_date=date(2026, 2, 20))).ac is None


@pytest.mark.parametrize("stated", [None, 0.0])
def test_a_file_in_which_nothing_has_begun_takes_nothing_back(stated: float | None) -> None:
    """A new plan, exported without progress, is no report that nothing is done or spent."""
    plan = two_tasks(date(2026, 2, 28), (stated, stated))
    done = ProgressFact("p", date(2026, 1, 31), task="a", completion=0.9, actual_cost=80.0)
    found = judged(plan, date(2026, 3, 5), done)
    assert found.progress == pytest.approx(0.45)
    assert found.ac == 80.0
    assert found.status_date == found.cost_date == date(2026, 1, 31)
    assert found.reported_by == "tasks"


def test_a_file_without_costs_does_not_make_an_old_cost_new() -> None:
    plan = two_tasks(date(2026, 6, 25), (1.0, 0.5))
    old = ProgressFact("p", date(2026, 1, 31), task="a", completion=0.9, actual_cost=80.0)
    found = judged(plan, date(2026, 6, 30), old)
    assert (found.progress, found.status_date) == (0.75, date(2026, 6, 25))
    assert (found.ac, found.cost_date, found.cpi) == (80.0, date(2026, 1, 31), None)
    agreed = (Baseline(0, datetime(2026, 1, 1), datetime(2026, 2, 1), cost=100.0),)
    costs = (("a", 0.0), ("b", 50.0))
    tasks = [Task(name, "", baselines=agreed, completion=1.0, actual_cost=cost) for name, cost in costs]
    spent = compile_plan(Schedule("s", "csv", tasks, data_date=datetime(2026, 6, 25)))
    assert spent is not None
    found = judged(spent, date(2026, 6, 30), old)
    assert (found.ac, found.cost_date) == (130.0, date(2026, 6, 25))  # b's from the file, a's from the report
