"""The state of tasks and of a project on a day, from reports that may be late, corrected or odd."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.judgement.baseline import Plan, compile_plan, planned_share
from twin.judgement.progress import compile_facts, s_curve, schedule_in_force, status_at, task_completions
from twin.judgement.s_curve import month_ends
from twin.values.project import Known, KnownSchedule, ProgressFact, RegisterEntry, Report
from twin.values.schedule import Baseline, Calendar, Schedule, Task
from twin.values.status import ProjectStatus, ResourceUse

DAY = timedelta(days=1)
START = datetime(2026, 1, 1)
ROUND = Calendar("24", "", (((0, 1440),),) * 7)


def plan_of(*tasks: Task, data_date: datetime | None = None, budget: float | None = None) -> Plan:
    plan = compile_plan(Schedule("s", "csv", tasks, calendars=(ROUND,), calendar="24", data_date=data_date), budget)
    assert plan is not None
    return plan


def task(name: str, first: int, days: int, cost: float | None = None, **more: Any) -> Task:
    start = START + first * DAY
    return Task(name, name, baselines=(Baseline(0, start, start + days * DAY, cost=cost),), **more)


# 100 days from 1 January: a (10 days, 100), then b (90 days, 900)
TWO = (task("a", 0, 10, 100.0), task("b", 10, 90, 900.0))


def on(number: int) -> date:
    """Return the day that is the numberth of the project, 1 the first."""
    return START.date() + (number - 1) * DAY


def fact(number: int, completion: float | None = None, name: str | None = None, **more: Any) -> ProgressFact:
    return ProgressFact("p", on(number), task=name, completion=completion, **more)


def known(*facts: ProgressFact, schedules: Sequence[KnownSchedule] = (), **entry: Any) -> Known:
    return Known(RegisterEntry("p", **entry), schedules=schedules, progress=sorted(facts, key=lambda f: f.fact_date))


def status(number: int, *facts: ProgressFact, plan: Plan | None = None, **entry: Any) -> ProjectStatus:
    return status_at(known(*facts, **entry), plan_of(*TWO) if plan is None else plan, on(number))


def test_figures_belong_to_the_last_report() -> None:
    found = status(60, fact(20, 0.1), fact(50, 0.4, actual_cost=500.0), fact(70, 0.9))
    assert found.status_date == on(50)
    assert (found.bac, found.pv, found.ev, found.ac) == pytest.approx((1000, 500, 400, 500))
    assert (found.spi, found.cpi) == pytest.approx((0.8, 0.8))
    assert (found.earned_schedule, found.actual_time, found.spi_t) == pytest.approx((40, 50, 0.8))
    assert found.reports == (on(20), on(50))
    assert found.reported_by == "project"
    assert (found.planned_start, found.planned_finish, found.planned_duration) == (on(1), on(100), 100)
    assert found.forecast.cost == pytest.approx({"bac_by_cpi": 1250, "ac_plus_rest": 1100, "rest_by_cpi_spi": 1437.5})
    assert found.forecast.finish == {"plan_rate": on(110), "spi_t": on(125)}
    assert found.notes == ()


def test_before_the_first_report_only_the_plan_speaks() -> None:
    found = status(30, fact(40, 0.3))
    assert (found.status_date, found.ev, found.progress, found.spi, found.spi_t) == (None, None, None, None, None)
    assert found.planned_progress == pytest.approx(0.3)
    assert found.reports == ()


def test_the_newer_of_project_and_task_rows_wins_and_the_project_on_the_same_day() -> None:
    rows = [fact(30, 1.0, "a"), fact(30, 0.2, "b")]
    assert status(40, fact(20, 0.2), *rows).progress == pytest.approx(0.1 + 0.9 * 0.2)
    assert status(40, fact(20, 0.2), *rows).reported_by == "tasks"
    assert status(40, fact(30, 0.25), *rows).progress == 0.25
    assert status(40, fact(30, 0.25), *rows).reported_by == "project"


def test_a_task_has_its_newest_report_and_nothing_without_one() -> None:
    rows = [fact(10, 0.5, "a"), fact(20, 0.8, "a"), fact(30, 1.0, "a")]
    plan = plan_of(*TWO)
    state = task_completions(plan, rows, on(29))
    assert state.completion[0] == 0.8
    assert np.isnan(state.completion[1])
    assert state.fact.tolist() == [1, -1]
    assert state.status_day == np.datetime64(on(20))
    assert np.isnat(task_completions(plan, rows, on(9)).status_day)
    assert status(29, *rows).ev == pytest.approx(80)


def test_the_file_speaks_for_tasks_that_nobody_reported_once_its_data_date_has_come() -> None:
    told = [
        replace(TWO[0], completion=1.0, actual_cost=120.0, actual_start=START, actual_finish=START + 9 * DAY),
        replace(TWO[1], completion=0.1, actual_cost=30.0, actual_start=START + 11 * DAY),
    ]
    plan = plan_of(*told, data_date=START + 30 * DAY)
    before, after = status(30, plan=plan), status(31, plan=plan)
    assert before.status_date is None
    assert (after.status_date, after.reported_by) == (on(31), "schedule")
    assert (after.ev, after.ac) == pytest.approx((190, 150))
    assert after.actual_start == on(1)
    later = status(45, fact(40, 0.5, "b"), plan=plan)
    assert (later.status_date, later.reported_by) == (on(40), "tasks")
    assert later.ev == pytest.approx(550)
    # until then the file does not count, not even beside a report
    assert status(20, fact(15, 0.5, "b"), plan=plan).ev == pytest.approx(450)
    undated = status(31, plan=plan_of(*told))
    assert undated.status_date is None
    assert "The schedule states progress without a data date; it is left aside." in undated.notes
    # a file without a word on progress is no report, whatever its date
    assert status(31, plan=plan_of(*TWO, data_date=START + 30 * DAY)).status_date is None


def test_a_finished_project_stands_still() -> None:
    rows = [fact(80, 0.9), fact(110, 1.0), fact(140, 1.0), fact(170, 1.0)]
    times = {(s.actual_time, s.spi_t, s.actual_finish) for s in (status(n, *rows) for n in (115, 145, 400))}
    assert times == {(110.0, 100 / 110, on(110))}
    named = status(400, *rows[:3], fact(170, 1.0, actual_finish=on(105)))
    assert (named.actual_time, named.actual_finish) == (105.0, on(105))
    assert named.forecast.finish == {}
    assert status(85, *rows).actual_finish is None
    assert status(115, fact(110, 1.0, actual_finish=on(200))).actual_finish == on(110)
    # finished early: the whole plan is earned
    assert status(200, fact(50, 1.0)).spi_t == 2.0


def test_a_project_finishes_with_its_last_task() -> None:
    rows = [fact(30, 1.0, "a"), fact(90, 1.0, "b", actual_finish=on(85)), fact(120, 1.0, "b")]
    assert status(130, *rows).actual_finish == on(85)
    assert status(130, fact(30, 1.0, "a"), fact(90, 1.0, "b"), fact(120, 1.0, "b")).actual_finish == on(90)


def test_actual_cost_of_the_whole_then_of_tasks_then_funds() -> None:
    rows = [
        fact(20, 0.1, "a", actual_cost=40.0),
        fact(30, 0.2, "b", actual_cost=60.0),
        fact(30, 0.2, "a", actual_cost=50.0),
    ]
    assert status(40, *rows).ac == 110.0
    assert status(25, *rows).ac == 40.0
    assert status(40, *rows, fact(30, None, actual_cost=7.0)).ac == 7.0
    whole = status(40, rows[0], fact(25, None, actual_cost=7.0), replace(rows[1], actual_cost=None))
    assert whole.ac == 7.0
    assert whole.notes == (f"Actual cost is of {on(25)}, progress of {on(30)}.",)
    funds = {"funds": ResourceUse("funds", "万元", None, 0.03, None, None, on(30))}
    found = status_at(known(fact(30, 0.2)), plan_of(*TWO), on(40), funds)
    assert found.ac == pytest.approx(300)
    assert found.notes == ("Actual cost is not reported; the funds used stand in.",)
    assert found.resources == funds
    assert status_at(known(fact(30, 0.2, actual_cost=5.0)), plan_of(*TWO), on(40), funds).ac == 5.0


def test_a_schedule_without_prices_takes_the_budget_or_hours() -> None:
    plain = plan_of(task("a", 0, 10), task("b", 10, 90))
    hours = status(50, fact(50, 0.4, actual_cost=3.0), plan=plain)
    assert (hours.bac, hours.weighted_by, hours.cpi) == (2400.0, "duration", None)
    assert hours.spi == pytest.approx(0.8)
    assert "Nothing has a price: values are hours of planned duration." in hours.notes
    money = status(50, fact(50, 0.4, actual_cost=500.0), plan=plain, budget=1000.0)
    assert (money.bac, money.weighted_by, money.ev, money.cpi) == (1000.0, "budget", 400.0, 0.8)
    assert status(50, plan=plan_of(*TWO), budget=5.0).bac == 1000.0


def test_without_a_plan_the_register_and_the_report_speak() -> None:
    entry: dict[str, Any] = {"budget": 100.0, "planned_start": on(1), "planned_finish": on(50)}
    found = status_at(known(fact(10, 0.2, planned_completion=0.4), fact(9, 0.5, "x"), **entry), None, on(20))
    assert (found.has_baseline, found.progress, found.planned_progress, found.spi) == (False, 0.2, 0.4, 0.5)
    assert (found.ev, found.spi_t, found.planned_finish) == (20.0, None, on(50))
    assert found.notes == (
        "There is no schedule with dates, so no time-phased baseline.",
        "What was planned is what the report itself says.",
        "1 reports name tasks that the schedule does not have; they are left aside.",
    )
    bare = status_at(known(), None, on(20))
    assert (bare.bac, bare.pv, bare.planned_progress) == (None, None, None)


def test_odd_reports_are_told_from_the_day_they_come() -> None:
    rows = [
        fact(10, 0.5),
        fact(20, 0.3),
        fact(25, 0.9, "a"),
        fact(26, 0.1, "a"),
        fact(30, None, actual_start=on(30), actual_finish=on(12)),
        fact(31, 0.1, "nobody"),
    ]
    assert status(19, *rows).notes == ()
    assert status(20, *rows).progress == 0.3
    assert status(40, *rows).notes == (
        "2 reports say that less is done than an earlier one did; the newest counts.",
        "1 reports have an actual finish before the actual start.",
        "1 reports name tasks that the schedule does not have; they are left aside.",
    )


def test_a_report_of_a_summary_counts_for_the_tasks_below_it() -> None:
    rows = (
        Task("root", "", kind="summary"),
        Task("part", "", kind="summary", parent="root"),
        replace(TWO[0], parent="part"),
        replace(TWO[1], parent="part"),
        task("c", 0, 10, 1000.0, parent="root"),
    )
    plan = plan_of(*rows)
    facts = [fact(10, 0.9, "a"), fact(20, 0.5, "part"), fact(20, 0.1, "root"), fact(20, 0.6, "b")]
    state = task_completions(plan, facts, on(30))
    assert state.completion[2:].tolist() == [0.5, 0.6, 0.1]
    assert state.fact[2:].tolist() == [1, 3, 2]
    assert state.completion[:2].tolist() == pytest.approx([(50 + 540 + 100) / 2000, 0.59])


def test_dates_of_summaries_come_from_below() -> None:
    rows = (Task("s", "", kind="summary"), replace(TWO[0], parent="s"), replace(TWO[1], parent="s"))
    facts = [
        fact(10, 1.0, "a", actual_start=on(2), actual_finish=on(9)),
        fact(50, 0.5, "b", actual_start=on(12)),
        fact(95, None, "b", actual_finish=on(94)),
        fact(96, 1.0, "a", actual_finish=on(300)),
    ]
    half = task_completions(plan_of(*rows), facts, on(60))
    assert half.actual_start.tolist() == [on(2), on(2), on(12)]
    assert half.actual_finish.tolist() == [None, on(9), None]
    full = task_completions(plan_of(*rows), facts[:3], on(99))
    assert full.actual_finish.tolist() == [on(94), on(9), on(94)]
    assert full.completion.tolist() == [1.0, 1.0, 1.0]
    # what is said to happen later has not happened
    assert task_completions(plan_of(*rows), facts, on(99)).actual_finish.tolist() == [None, None, on(94)]


def test_the_schedule_in_force() -> None:
    report = Report("f", 0, datetime(2026, 1, 1, tzinfo=UTC))
    one, two, always = (
        KnownSchedule("1", on(10), report),
        KnownSchedule("2", on(50), report),
        KnownSchedule("3", None, report),
    )
    assert schedule_in_force(known(), on(1)) is None
    assert schedule_in_force(known(schedules=[one, two]), on(5)) is one
    assert schedule_in_force(known(schedules=[one, two]), on(49)) is one
    assert schedule_in_force(known(schedules=[one, two]), on(50)) is two
    assert schedule_in_force(known(schedules=[two, one]), on(60)) is one
    assert schedule_in_force(known(schedules=[two, always]), on(5)) is always


def test_the_s_curve_has_holes_where_nothing_was_reported() -> None:
    rows = [fact(31, 0.1, actual_cost=90.0), fact(85, 0.5), fact(95, 0.6, actual_cost=700.0)]
    curve = s_curve(known(*rows), plan_of(*TWO), on(95))
    assert curve["days"] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert curve["planned"] == pytest.approx([310, 590, 900, 1000])
    assert curve["earned"] == [100.0, None, 500.0, 600.0]
    assert curve["actual_cost"] == [90.0, None, None, 700.0]
    assert s_curve(known(*rows), plan_of(*TWO), on(60))["earned"] == [100.0, None, None, None]
    late = s_curve(known(*rows, fact(130, 0.9)), plan_of(*TWO), on(140))
    assert late["days"][-1] == "2026-05-31"
    assert late["planned"][-1] == 1000.0
    assert s_curve(known(), None, on(1)) == {"days": [], "planned": [], "earned": [], "actual_cost": []}
    assert s_curve(known(fact(3, 0.5)), None, on(9))["earned"] == [0.5]


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 100))
def test_on_plan_every_index_is_one(number: int) -> None:
    plan = plan_of(*TWO, task("c", 120, 10, 500.0))  # nothing is planned from day 101 to 120
    for reported in (number, 110, 125):
        found = status(reported, fact(reported, planned_share(plan, on(reported))), plan=plan)
        assert (found.spi, found.spi_t) == pytest.approx((1.0, 1.0))


shares = st.one_of(st.none(), st.floats(-0.5, 1.5))
odd_facts = st.builds(
    lambda n, name, p, c, a, f: fact(n, p, name, actual_cost=c, actual_start=a, actual_finish=f),
    st.integers(-50, 300),
    st.sampled_from([None, "a", "b", "s", "x"]),
    shares,
    st.one_of(st.none(), st.floats(-10, 1e9)),
    st.one_of(st.none(), st.integers(-50, 300).map(on)),
    st.one_of(st.none(), st.integers(-50, 300).map(on)),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(odd_facts, max_size=12), st.integers(-60, 310), st.booleans())
def test_whatever_is_reported_a_status_comes_out(facts: list[ProgressFact], number: int, planned: bool) -> None:
    rows = (Task("s", "", kind="summary"), *(replace(t, parent="s") for t in TWO))
    plan = plan_of(*rows) if planned else None
    project = known(*facts)
    found = status_at(project, plan, on(number))
    assert found.progress is None or 0.0 <= found.progress <= 1.0
    if found.ev is not None:
        assert found.bac is not None
        assert found.ev <= found.bac
    assert found.status_date is None or found.status_date <= on(number)
    assert found.actual_finish is None or found.actual_finish <= on(number)
    # what is reported later does not change it
    early = [f for f in facts if f.fact_date <= on(number)]
    assert status_at(known(*early), plan, on(number)) == found
    s_curve(project, plan, on(number))
    if plan is not None:
        state = task_completions(plan, project.progress, on(number))
        done = np.nan_to_num(state.completion)
        assert done[0] * plan.bac == pytest.approx(float((done[1:] * plan.weight[1:]).sum()))


@settings(deadline=None, max_examples=60)
@given(st.lists(odd_facts.filter(lambda f: f.task in ("a", "b", "x")), max_size=30), st.integers(-60, 310))
def test_compiled_reports_say_what_a_walk_through_all_says(facts: list[ProgressFact], number: int) -> None:
    plan = plan_of(*TWO)
    facts = sorted(facts, key=lambda f: f.fact_date)
    state = task_completions(plan, compile_facts(facts, plan), on(number))
    for row, name in enumerate(plan.ids):
        newest: float | None = None
        finish: date | None = None
        for f in facts:
            if f.task == name and f.fact_date <= on(number):
                if f.completion is not None:
                    newest = min(max(f.completion, 0.0), 1.0)
                elif f.actual_finish is not None and f.actual_finish <= f.fact_date:
                    newest = 1.0
                finish = f.actual_finish or finish
        if newest is None and finish is not None and finish <= on(number):
            newest = 1.0
        assert state.completion[row] == pytest.approx(np.nan if newest is None else newest, nan_ok=True)


def test_five_hundred_projects_are_quick() -> None:
    plan = plan_of(*(task(str(i), i * 10, 30, 10.0) for i in range(60)))
    ends = month_ends(on(1), on(720))[:24]
    rows = [ProgressFact("p", d, task=str(t), completion=i / 24) for i, d in enumerate(ends) for t in range(60)]
    project = known(*rows, *(ProgressFact("p", d, actual_cost=float(i)) for i, d in enumerate(ends)))
    facts = compile_facts(project.progress, plan)
    taken = []
    for _ in range(100):
        began = time.perf_counter()
        status_at(project, plan, on(700), {}, facts)
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[50] <= 0.0002


def test_a_hundred_thousand_reports_are_quick() -> None:
    plan = plan_of(*(task(str(i), i % 700, 30, 10.0) for i in range(5000)))
    rows = [
        ProgressFact("p", on(30 * month + 1), task=str(i), completion=month / 20)
        for month in range(20)
        for i in range(5000)
    ]
    facts = compile_facts(rows, plan)
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        state = task_completions(plan, facts, on(400))
        taken.append(time.perf_counter() - began)
    assert min(taken) <= 0.005
    assert set(state.completion.tolist()) == {13 / 20}


def test_costs_that_do_not_fit_together_are_told() -> None:
    """A schedule in another currency has no cost index; one in another unit has one with a warning."""
    task = Task("a", "", baselines=(Baseline(0, datetime(2026, 1, 1), datetime(2026, 2, 1), cost=100.0),))
    fact = ProgressFact("p", date(2026, 1, 31), completion=0.5, actual_cost=400_000.0)

    def judged(currency: str | None, budget: float) -> tuple[float | None, str]:
        plan = compile_plan(Schedule("s", "csv", [task], currency=currency))
        entry = RegisterEntry("p", budget=budget, currency="CNY")
        status = status_at(Known(entry, progress=[fact]), plan, date(2026, 1, 31))
        return status.cpi, " ".join(status.notes)

    assert judged("CNY", 110.0) == (50.0 / 400_000.0, "")
    cpi, told = judged("USD", 110.0)
    assert cpi is None
    assert "USD" in told
    cpi, told = judged(None, 1e6)
    assert cpi is not None
    assert "1,000,000" in told
