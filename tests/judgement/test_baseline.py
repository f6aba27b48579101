"""Planned value from tasks, calendars and baselines: laws that must hold, and days counted by hand."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judgement.test_working_time import FESTIVAL, FIVE_DAYS, works
from twin.judgement.baseline import Plan, add_up, compile_plan, planned_share, planned_shares
from twin.values.schedule import Baseline, Calendar, Schedule, Task

DAY = timedelta(days=1)
CALENDARS = (FIVE_DAYS, FESTIVAL, Calendar("24", "", (((0, 1440),),) * 7), Calendar("none", "", ((),) * 7))


def task(name: str, start: datetime | None, finish: datetime | None, cost: float | None = None, **more: Any) -> Task:
    return Task(name, name, baselines=(Baseline(0, start, finish, cost=cost),), **more)


def schedule(*tasks: Task, calendar: str | None = "24", **more: Any) -> Schedule:
    return Schedule("s", "csv", tasks, calendars=CALENDARS, calendar=calendar, **more)


def plan_of(*tasks: Task, budget: float | None = None, **more: Any) -> Plan:
    plan = compile_plan(schedule(*tasks, **more), budget)
    assert plan is not None
    return plan


moments = st.integers(0, 60 * 96).map(lambda quarter: datetime(2026, 1, 20) + timedelta(minutes=15 * quarter))
tasks = st.builds(
    lambda a, b, cost, calendar: task("", min(a, b), max(a, b), float(cost), calendar=calendar),
    moments,
    moments,
    st.integers(0, 1000),
    st.sampled_from(["5", "cn", "24", "none"]),
)
schedules = st.lists(tasks, min_size=1, max_size=8).map(
    lambda found: [replace(t, id=str(i)) for i, t in enumerate(found)]
)


def naive_share(t: Task, day: date) -> float:
    """Return what of a task is planned by the end of a day, minute by minute (quarters of an hour, as generated)."""
    calendar = next(c for c in CALENDARS if c.id == t.calendar)
    start, finish = t.baselines[0].start, t.baselines[0].finish
    assert start is not None
    assert finish is not None
    end = datetime.combine(day, datetime.min.time()) + DAY
    if start == finish and start.time() == datetime.min.time():
        finish = start + DAY
    quarters = [start + timedelta(minutes=15 * i) for i in range(int((finish - start).total_seconds() // 900))]
    worked = [q for q in quarters if works(calendar, q)] or quarters
    if not worked:
        return float(start < end)
    return sum(q < end for q in worked) / len(worked)


@settings(deadline=None, max_examples=60)
@given(schedules, st.integers(-2, 64))
def test_shares_are_what_a_clock_says(found: Sequence[Task], after: int) -> None:
    day = date(2026, 1, 20) + after * DAY
    plan = plan_of(*found)
    naive = np.asarray([naive_share(t, day) for t in found])
    assert planned_shares(plan, day) == pytest.approx(naive, abs=1e-12)
    cost = np.asarray([t.baselines[0].cost or 0.0 for t in found])
    if cost.sum() > 0:
        assert plan.weighted_by == "cost"
        assert plan.bac == pytest.approx(cost.sum())
        assert planned_share(plan, day) == pytest.approx(float((naive * cost).sum() / cost.sum()), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(schedules, st.randoms(use_true_random=False), st.floats(0.001, 1000))
def test_laws_of_planned_value(found: list[Task], random: Random, factor: float) -> None:
    plan = plan_of(*found)
    assert (np.diff(plan.curve) >= 0).all()
    assert plan.curve[-1] == 1.0
    assert planned_share(plan, plan.first_day - DAY) == 0.0
    assert planned_share(plan, plan.last_day) == planned_share(plan, date.max) == 1.0
    assert plan.bac > 0
    assert np.nansum(plan.weight) == pytest.approx(plan.bac)

    mixed = list(found)
    random.shuffle(mixed)
    assert plan_of(*mixed).curve == pytest.approx(plan.curve, abs=1e-12)

    dearer = [
        replace(t, baselines=(replace(t.baselines[0], cost=(t.baselines[0].cost or 0.0) * factor),)) for t in found
    ]
    if plan.weighted_by == "cost":
        assert plan_of(*dearer).bac == pytest.approx(plan.bac * factor)
        assert plan_of(*dearer).curve == pytest.approx(plan.curve, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(schedules, schedules)
def test_two_schedules_in_one_add_their_planned_values(one: list[Task], other: list[Task]) -> None:
    others = [replace(t, id="o" + t.id) for t in other]
    a, b, both = plan_of(*one), plan_of(*others), plan_of(*one, *others)
    if {a.weighted_by, b.weighted_by} != {"cost"}:
        return
    for day in (both.first_day + n * DAY for n in range(both.duration)):
        parts = a.bac * planned_share(a, day) + b.bac * planned_share(b, day)
        assert both.bac * planned_share(both, day) == pytest.approx(parts, abs=1e-6)


def test_planned_value_stands_still_in_the_spring_festival_and_grows_on_a_worked_saturday() -> None:
    plan = plan_of(task("t", datetime(2026, 2, 9, 8), datetime(2026, 3, 6, 17), 100.0, calendar="cn"))
    gained = {}
    for n in range(plan.duration):
        day = plan.first_day + n * DAY
        gained[day] = planned_share(plan, day) - planned_share(plan, day - DAY)
    working = 6 + 4 + 1 + 5  # 9 to 14 February; 24 to 27; the 28th, a Saturday; 2 to 6 March
    assert gained[date(2026, 2, 14)] == gained[date(2026, 2, 28)] == pytest.approx(1 / working)
    assert [gained[date(2026, 2, d)] for d in range(15, 24)] == [0.0] * 9
    assert gained[date(2026, 3, 1)] == 0.0
    assert sum(gained.values()) == pytest.approx(1.0)


def test_a_finish_at_midnight_ends_the_day_before() -> None:
    plan = plan_of(task("t", datetime(2026, 1, 1), datetime(2026, 1, 5), 4.0))
    assert plan.last_day == date(2026, 1, 4)
    assert plan.curve.tolist() == [0.25, 0.5, 0.75, 1.0]


def test_an_instant_is_done_on_the_day_that_holds_it() -> None:
    noon = datetime(2026, 1, 3, 12)
    plan = plan_of(
        task("a", datetime(2026, 1, 1), datetime(2026, 1, 2), 1.0), task("pay", noon, noon, 3.0, kind="milestone")
    )
    assert plan.curve.tolist() == [0.25, 0.25, 1.0]
    midnight = datetime(2026, 1, 3)
    plan = plan_of(
        task("a", datetime(2026, 1, 1), datetime(2026, 1, 2), 1.0), task("p", midnight, midnight, 3.0, kind="milestone")
    )
    assert plan.curve.tolist() == [0.25, 0.25, 1.0]
    assert planned_shares(plan, date(2026, 1, 2)).tolist() == [1.0, 0.0]
    # a Saturday, in a calendar of weekdays
    plan = plan_of(
        task("a", datetime(2026, 1, 1), datetime(2026, 1, 2), 1.0),
        task("pay", noon, noon, 3.0, kind="milestone", calendar="5"),
    )
    assert planned_shares(plan, date(2026, 1, 3)).tolist() == [1.0, 1.0]


def test_a_task_of_one_date_takes_the_day_or_its_stated_time() -> None:
    start = datetime(2026, 1, 5)
    day = plan_of(task("a", start, start, 1.0), task("b", start, datetime(2026, 1, 7), 0.0))
    assert planned_shares(day, date(2026, 1, 5))[0] == 1.0
    assert day.length[0] == 1440
    stated = Task("a", "", duration=timedelta(hours=24), schedule_start=start, schedule_finish=start)
    plan = plan_of(stated, calendar="5")
    assert plan.last_day == date(2026, 1, 7)  # three days of eight hours
    assert plan.length[0] == 24 * 60


def test_finish_before_start_counts_as_start_and_is_told() -> None:
    plan = plan_of(task("t", datetime(2026, 1, 9, 8), datetime(2026, 1, 5, 8), 1.0))
    assert plan.notes == ("1 tasks finish before they start; they count as done at once.",)
    assert (plan.first_day, plan.last_day) == (date(2026, 1, 9), date(2026, 1, 9))


def test_planned_dates_stand_in_for_a_missing_baseline() -> None:
    start, finish = datetime(2026, 1, 1), datetime(2026, 1, 3)
    bare = Task("b", "", schedule_start=start, schedule_finish=finish, cost=5.0)
    assert plan_of(bare).notes == ("The schedule has no baseline; its planned dates stand in for one.",)
    mixed = plan_of(bare, task("a", start, finish, 7.0))
    assert mixed.notes == ("1 tasks have no baseline; their planned dates stand in.",)
    assert mixed.bac == 12.0
    # later replanning does not move what was agreed
    moved = replace(task("a", start, finish, 7.0), schedule_start=datetime(2027, 1, 1), cost=9.0)
    assert plan_of(moved).bac == 7.0
    assert plan_of(moved).last_day == date(2026, 1, 2)
    # nor do baselines that were replaced
    other = plan_of(replace(bare, baselines=(Baseline(1, start - DAY, finish, cost=1.0),)))
    assert (other.bac, other.first_day) == (5.0, date(2026, 1, 1))


def test_without_dates_there_is_no_plan() -> None:
    assert compile_plan(schedule()) is None
    assert compile_plan(schedule(Task("a", "", cost=5.0))) is None
    summary = task("s", datetime(2026, 1, 1), datetime(2026, 1, 2), 5.0, kind="summary")
    assert compile_plan(schedule(summary)) is None


def test_undated_cost_is_told_and_left_out() -> None:
    plan = plan_of(task("a", datetime(2026, 1, 1), datetime(2026, 1, 2), 4.0), Task("b", "", cost=6.0, baselines=()))
    assert plan.bac == 4.0
    assert "Tasks without dates, worth 6.0, are not in the planned value." in plan.notes
    assert np.isnan(planned_shares(plan, date(2026, 1, 2))).tolist() == [False, True]


def test_weights_by_cost_work_and_duration() -> None:
    start = datetime(2026, 1, 5, 8)
    cost = task("a", start, start + DAY, 5.0)
    worked = Task("w", "", schedule_start=start, schedule_finish=start + DAY, work=timedelta(hours=12))
    long = Task("d", "", schedule_start=start, schedule_finish=start + 3 * DAY)
    hammock = replace(long, id="h", kind="level_of_effort", cost=50.0)
    stone = replace(long, id="m", kind="milestone", schedule_finish=start)
    assert plan_of(cost, worked, long).weight.tolist() == [5.0, 0.0, 0.0]
    by_work = plan_of(worked, long, stone)
    assert (by_work.weighted_by, by_work.bac, by_work.weight.tolist()) == ("work", 12.0, [12.0, 0.0, 0.0])
    by_time = plan_of(long, stone)
    assert (by_time.weighted_by, by_time.weight.tolist()) == ("duration", [72.0, 0.0])
    assert plan_of(long, stone, budget=1e6).bac == 1e6
    assert plan_of(long, stone, budget=1e6).weighted_by == "budget"
    assert plan_of(cost, hammock, budget=1e6).bac == 5.0
    assert "Level of effort worth 50.0 is not in the planned value." in plan_of(cost, hammock).notes
    assert plan_of(long, hammock).weight.tolist() == [0.0, 50.0]
    assert plan_of(stone).weight.tolist() == [1.0]


def test_costs_of_summaries_alone_are_spread_over_their_tasks() -> None:
    start = datetime(2026, 1, 5)
    rows = [
        Task("root", "", kind="summary", cost=100.0),
        Task("part", "", kind="summary", parent="root", cost=60.0),
        Task("a", "", parent="part", schedule_start=start, schedule_finish=start + DAY),
        Task("b", "", parent="part", schedule_start=start, schedule_finish=start + 2 * DAY),
        Task("c", "", parent="root", schedule_start=start, schedule_finish=start + DAY),
    ]
    plan = plan_of(*rows)
    assert plan.weight.tolist() == pytest.approx([0.0, 0.0, 20.0, 40.0, 40.0])
    assert "Only summaries have costs; they are spread over their tasks by working time." in plan.notes


def test_summaries_are_the_weighted_sum_of_what_is_below() -> None:
    start = datetime(2026, 1, 5)
    rows = [
        Task("root", "", kind="summary"),
        Task("part", "", kind="summary", parent="root"),
        replace(task("a", start, start + DAY, 10.0), parent="part"),
        replace(task("b", start, start + DAY, 30.0), parent="part"),
        replace(task("c", start, start + DAY, 60.0), parent="root"),
        Task("empty", "", kind="summary", parent="root"),
        Task("ring", "", parent="gnir"),
        Task("gnir", "", parent="ring"),
    ]
    plan = plan_of(*rows)
    found = add_up(plan, np.asarray([np.nan, np.nan, 1.0, 0.5, np.nan, np.nan, 0.0, 0.0]))
    assert found[:2].tolist() == pytest.approx([0.25, 25 / 40])
    assert np.isnan(found[4:6]).all()


def test_time_off_counts_where_a_task_has_nothing_else() -> None:
    plan = plan_of(task("t", datetime(2026, 1, 10), datetime(2026, 1, 12), 1.0), calendar="5")  # a weekend
    assert plan.curve.tolist() == [0.5, 1.0]
    assert plan.notes == ("1 tasks are planned wholly in time off; there all hours count.",)


@pytest.mark.parametrize("longest", [60, 400])
def test_five_thousand_tasks_are_quick(longest: int) -> None:
    random = Random(1)  # noqa: S311 - no secret
    rows = []
    for number in range(5000):
        start = datetime(2024, 7, 1, 8) + random.randrange(1400) * DAY
        finish = start + random.randrange(longest) * DAY + timedelta(hours=9)
        rows.append(task(str(number), start, finish, random.random(), calendar=("5", "cn", "24")[number % 3]))
    compiled, shared, plan = [], [], plan_of(*rows[:1])
    for _ in range(3):
        began = time.process_time()
        plan = plan_of(*rows)
        compiled.append(time.process_time() - began)
        began = time.process_time()
        shares = planned_shares(plan, date(2026, 6, 30))
        shared.append(time.process_time() - began)
    assert min(compiled) <= 0.300
    assert min(shared) <= 0.010
    assert planned_share(plan, date(2026, 6, 30)) == pytest.approx(float((shares * plan.weight).sum()) / plan.bac)
