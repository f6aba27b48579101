"""Days to come: a worked example by hand, laws for any plan and report, lights that say what they rest on."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.exchange.rule_packs import read_pack
from twin.judgement.baseline import Plan, compile_plan, planned_share, planned_shares
from twin.judgement.forecast import Pace, curve_on, outlook, pace_of, share_on, status_on, tasks_on
from twin.judgement.forecast_lights import judge_forecast, period_before
from twin.judgement.progress import compile_facts, s_curve, status_at, task_completions
from twin.values.project import Known, ProgressFact, RegisterEntry
from twin.values.schedule import Baseline, Calendar, Schedule, Task
from twin.values.sentence import Sentence
from twin.values.status import Light, ProjectStatus

DAY = timedelta(days=1)
START = datetime(2026, 1, 1)
ROUND = Calendar("24", "", (((0, 1440),),) * 7)
INDEX = read_pack("index")


def plan_of(*tasks: tuple[str, int, int, float]) -> Plan:
    """Return a plan of tasks: name, days from the start to its beginning, days that it takes, cost."""
    made = [
        Task(name, name, baselines=(Baseline(0, START + first * DAY, START + (first + days) * DAY, cost=cost),))
        for name, first, days, cost in tasks
    ]
    plan = compile_plan(Schedule("s", "csv", made, calendars=(ROUND,), calendar="24"))
    assert plan is not None
    return plan


# 100 days, one per cent of 1000 a day
EVEN = plan_of(("a", 0, 10, 100.0), ("b", 10, 90, 900.0))
# 20 days, half of it on the last two
STEEP = plan_of(("a", 0, 18, 500.0), ("b", 18, 2, 500.0))


def on(number: int) -> date:
    """Return the day that is the numberth of the project, 1 the first."""
    return START.date() + (number - 1) * DAY


def fact(number: int, completion: float, task: str | None = None, cost: float | None = None) -> ProgressFact:
    return ProgressFact("p", on(number), task=task, completion=completion, actual_cost=cost)


def stands(plan: Plan | None, number: int, *facts: ProgressFact) -> ProjectStatus:
    return status_at(Known(RegisterEntry("p"), progress=facts), plan, on(number))


def pace(plan: Plan, base: ProjectStatus) -> Pace:
    found = pace_of(plan, base)
    assert isinstance(found, Pace)
    return found


def test_the_worked_example() -> None:
    """40 of 100 days' work after 50 days: SPI(t) 0.8, so 125 days in all; after 75 days 60 days' work is done."""
    base = stands(EVEN, 55, fact(50, 0.4, cost=500.0))
    found = pace(EVEN, base)
    assert (found.schedule, found.time, found.spi_t) == pytest.approx((40, 50, 0.8))
    assert (found.since, found.finish) == (on(50), on(125))
    now = status_on(base, EVEN, on(75), found)
    assert (now.progress, now.planned_progress) == pytest.approx((0.6, 0.75))
    assert (now.pv, now.ev, now.ac) == pytest.approx((750, 600, 750))
    assert (now.spi, now.cpi, now.spi_t) == pytest.approx((0.8, 0.8, 0.8))
    assert (now.earned_schedule, now.actual_time) == pytest.approx((60, 75))
    assert now.status_date == on(75)
    assert str(now.notes[-1]) == (
        "Forecast: from the report of 2026-02-19 on at the project's own pace, SPI(t) 0.800; done on 2026-05-05."
    )
    late = status_on(base, EVEN, on(130), found)
    assert (late.progress, late.actual_finish, late.actual_time) == (1.0, on(125), 125)
    assert late.spi_t == pytest.approx(0.8)
    assert (late.ev, late.ac) == pytest.approx((1000, 1250))


def test_what_is_earned_is_the_plan_of_an_earlier_day_not_a_share_of_the_time() -> None:
    """Half done after the 18 days' work in 36 days: two days' work is left, and takes four days."""
    base = stands(STEEP, 36, fact(36, 0.5))
    found = pace(STEEP, base)
    assert found.spi_t == pytest.approx(0.5)
    assert found.finish == on(40)
    assert [share_on(base, STEEP, on(day), found) for day in (36, 37, 38, 39, 40)] == pytest.approx(
        [0.5, 0.625, 0.75, 0.875, 1.0]
    )


def test_tasks_go_on_to_what_was_planned_for_that_day_and_never_back() -> None:
    rows = (fact(50, 1.0, "a"), fact(50, 1 / 3, "b"))  # 100 and 300 of 1000
    base, facts = stands(EVEN, 50, *rows), compile_facts(rows, EVEN)
    found, tasks = pace(EVEN, base), task_completions(EVEN, facts, on(50))
    later = tasks_on(EVEN, tasks, on(75), found)
    assert later.completion == pytest.approx([1.0, 50 / 90])
    assert later.status_day == np.datetime64(on(75))
    ahead = task_completions(EVEN, compile_facts((fact(50, 0.7, "b"),), EVEN), on(50))
    assert tasks_on(EVEN, ahead, on(75), found).completion == pytest.approx([1.0, 0.7])  # b is reported further
    assert tasks_on(EVEN, tasks, on(125), found).completion == pytest.approx([1.0, 1.0])


plans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.integers(1, 9)), min_size=1, max_size=6).map(
    lambda rows: plan_of(*((str(n), first, days, float(cost)) for n, (first, days, cost) in enumerate(rows)))
)
shares = st.integers(0, 99).map(lambda n: n / 100)


@given(plans, st.integers(1, 200), shares)
def test_laws(plan: Plan, number: int, share: float) -> None:
    first = (plan.first_day - START.date()).days
    base = stands(plan, first + number, fact(first + number, share))
    found = pace(plan, base)
    assert share_on(base, plan, found.since, found) == pytest.approx(share)  # on the day of the report nothing is new
    assert found.earned_schedule(found.since) == base.earned_schedule
    if found.finish is None:
        assert base.earned_schedule == 0
        assert share_on(base, plan, date(2100, 1, 1), found) == share
        return
    assume(found.finish.year < 2100)
    days = [found.since + n * DAY for n in range(0, (found.finish - found.since).days + 9)]
    days = sorted({*days[:40], *days[-40:]})
    expected = [status_on(base, plan, day, found) for day in days]
    progress = [status.progress or 0.0 for status in expected]
    assert all(now <= then for now, then in pairwise(progress))
    assert all(status.progress == 1 for status in expected if status.day >= found.finish)
    assert found.earned_schedule(found.finish) == found.duration
    if found.finish - DAY > found.since:
        assert found.earned_schedule(found.finish - DAY) <= found.duration
        assert found.earned_schedule(found.finish - 2 * DAY) < found.duration
    tasks = task_completions(plan, (), base.day)
    done = [tasks_on(plan, tasks, day, found).completion for day in (*days[:3], *days[-3:])]
    assert all((now <= then).all() for now, then in pairwise(done))
    # one who keeps to the plan keeps to it
    if abs(found.spi_t - 1) < 1e-12:
        assert [s.progress for s in expected[:20]] == pytest.approx([planned_share(plan, d) for d in days[:20]])
        assert tasks_on(plan, tasks, days[-1], found).completion == pytest.approx(planned_shares(plan, days[-1]))


def test_without_a_pace_it_says_why() -> None:
    reported = stands(EVEN, 50, fact(50, 0.4))
    cases = [
        (None, stands(None, 50, fact(50, 0.4)), "no schedule with dates"),
        (EVEN, stands(EVEN, 50), "no report says"),
        (EVEN, stands(EVEN, 0, fact(0, 0.1)), "precedes the planned start"),
        (EVEN, stands(EVEN, 150, fact(50, 0.4)), "was too old on 2026-05-30"),
    ]
    for plan, base, words in cases:
        found = outlook(INDEX, plan, base)
        assert isinstance(found, Sentence)
        assert words in found
        later = status_on(base, plan, base.day + 40 * DAY, found)
        assert (later.progress, later.status_date) == (base.progress, base.status_date)
        light = judge_forecast(INDEX, base, later, None, found)
        assert (light.light, light.raw) == ("grey", "grey")
        assert light.evidence[0].clause.en == str(found)
        assert light.evidence[0].decisive
        assert all(item.light == "grey" for item in light.evidence if item.decisive)
    assert isinstance(outlook(INDEX, EVEN, reported), Pace)
    assert outlook(INDEX, EVEN, stands(EVEN, 50, fact(50, 1.0))) is None


def light_on(day: int, *facts: ProgressFact, today: int = 50) -> Light:
    base = stands(EVEN, today, *facts)
    found = outlook(INDEX, EVEN, base)
    return judge_forecast(INDEX, base, status_on(base, EVEN, on(day), found), None, found)


def test_the_evidence_says_that_it_is_a_forecast_and_rests_on_the_last_report() -> None:
    light = light_on(75, fact(50, 0.46, cost=460.0))
    assert light.light == "yellow"
    (told,) = [item for item in light.evidence if item.rule == "data"]
    assert "Forecast: from the report of 2026-02-19 on" in told.clause.en
    assert "SPI(t) 0.920" in told.clause.en
    assert told.measure == "spi_t"
    assert told.value == pytest.approx(0.92)
    assert {item.fact_date for item in light.evidence} == {on(50)}
    assert "recent" not in " ".join(item.clause.en for item in light.evidence)


def test_what_is_not_due_to_start_yet_needs_no_pace_and_finished_work_neither() -> None:
    assert light_on(0, today=-60).light == "green"
    assert light_on(40, today=-60).light == "grey"
    assert light_on(400, fact(50, 1.0, cost=1000.0)).light == "green"


def test_one_who_stands_still_stays_where_he_is() -> None:
    light = light_on(90, fact(50, 0.0, cost=10.0))
    assert light.light == "red"
    assert [item.clause.en for item in light.evidence if item.rule == "data"] == [
        "Forecast: from the report of 2026-02-19 on at the project's own pace, SPI(t) 0.000."
    ]


def test_the_curve_goes_on_from_what_is_earned_to_the_finish() -> None:
    known = Known(RegisterEntry("p"), progress=(fact(50, 0.4),))
    base = stands(EVEN, 60, fact(50, 0.4))
    curve = curve_on(s_curve(known, EVEN, base.day), EVEN, base, 1000.0)
    assert curve["days"] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert curve["forecast"] == [None, *(pytest.approx(value) for value in (400, 720, 960, 1000))]
    assert curve["planned"][-2:] == [1000, 1000]
    assert len({len(values) for values in curve.values()}) == 1
    done = stands(EVEN, 60, fact(50, 1.0))
    assert curve_on(s_curve(known, EVEN, done.day), EVEN, done, 1000.0)["forecast"] == [None] * 4


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        (date(2026, 8, 14), "month", date(2026, 7, 31)),
        (date(2026, 8, 14), "quarter", date(2026, 6, 30)),
        (date(2026, 1, 1), "quarter", date(2025, 12, 31)),
        (date(2026, 8, 14), "week", date(2026, 8, 9)),
    ],
)
def test_the_end_of_the_period_before(day: date, period: str, expected: date) -> None:
    assert period_before(day, period) == expected
