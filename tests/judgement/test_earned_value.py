"""The formulas against tables that others have printed.  Only figures are taken from them."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judgement import earned_value as ev
from twin.judgement.baseline import compile_plan, planned_share
from twin.judgement.progress import status_at
from twin.values.project import Known, ProgressFact, RegisterEntry
from twin.values.schedule import Baseline, Schedule, Task

# A project of nine planned and thirteen actual months, with printed ES, SPI(t) and forecasts for each month: workbook
# "Earned Value - Earned Schedule.xlsx" of github.com/castor00/EVapp (commit 4f158281), sheet 1, which works out
# the methods that Vandevoorde and Vanhoucke compare ("A comparison of different project duration forecasting methods
# using earned value metrics", International Journal of Project Management 24 (2006), 289-302): ES after Lipke (2003).
MONTHS_PV = [28.975, 81.681, 91.681, 138.586, 218.141, 302.478, 323.632, 345.876, 360.738]
MONTHS_EV = [
    *(25.645, 68.074, 89.135, 125.244, 198.754, 268.763, 292.469, 306.725, 312.864),
    *(327.694, 338.672, 349.861, 360.738),
]
MONTHS_AC = [
    *(25.567, 66.293, 78.293, 124.073, 191.367, 259.845, 285.612, 290.843, 303.489),
    *(316.431, 320.69, 336.756, 349.379),
]
PRINTED = {
    "spi": "0.8851 0.8334 0.9722 0.9037 0.9111 0.8885 0.9037 0.8868 0.8673 0.9084 0.9388 0.9698 1",
    "cpi": "1.0031 1.0269 1.1385 1.0094 1.0386 1.0343 1.024 1.0546 1.0309 1.0356 1.0561 1.0389 1.0325",
    "sv": "-3.33 -13.607 -2.546 -13.342 -19.387 -33.715 -31.163 -39.151 -47.874 -33.044 -22.066 -10.877 0",
    "cv": "0.078 1.781 10.842 1.171 7.387 8.918 6.857 15.882 9.375 11.263 17.982 13.105 11.359",
    "es": "0.8851 1.7418 2.7454 3.7156 4.7563 5.6002 5.8813 6.2008 6.491 7.1826 7.6761 8.2681 9",
    "spi_t": "0.8851 0.8709 0.9151 0.9289 0.9513 0.9334 0.8402 0.7751 0.7212 0.7183 0.6978 0.689 0.6923",
    "plan": "9.1149 9.2582 9.2546 9.2844 9.2437 9.3998 10.1187 10.7992 11.509 11.8174 12.3239 12.7319 13",
    "trend": "10.1686 10.3339 9.8346 9.689 9.4611 9.6425 10.7119 11.6115 12.4789 12.5303 12.8971 13.0622 13",
    "both": "10.1408 10.1159 9.0033 9.6358 9.2953 9.5216 10.6249 11.4245 12.3746 12.4433 12.7964 13.0224 13",
}


@pytest.mark.parametrize("month", range(1, 14))
def test_nine_months_that_took_thirteen(month: int) -> None:
    pv, earned, spent = MONTHS_PV[min(month, 9) - 1], MONTHS_EV[month - 1], MONTHS_AC[month - 1]
    schedule = ev.earned_schedule([0.0, *MONTHS_PV], earned)
    index, cost_index = ev.spi_t(schedule, month), ev.cpi(earned, spent)
    assert index is not None
    assert cost_index is not None
    found = {
        "spi": ev.spi(earned, pv),
        "cpi": cost_index,
        "sv": ev.schedule_variance(earned, pv),
        "cv": ev.cost_variance(earned, spent),
        "es": schedule,
        "spi_t": index,
        "plan": ev.iea_t(9, schedule, month),
        "trend": ev.iea_t(9, schedule, month, index),
        "both": ev.iea_t(9, schedule, month, index * cost_index),
    }
    for name, value in found.items():
        printed = PRINTED[name].split()[month - 1]
        assert value is not None
        assert round(value, 4) == float(printed), name
    assert ev.schedule_variance_time(schedule, month) == pytest.approx(schedule - month)


def test_toy_project_of_the_risk_analysis_package() -> None:
    """Figures printed in the reference of the R package PRA (Govan): paulgovan.github.io/PRA/reference, spi to tcpi."""
    budget, share, earned, spent = 100_000.0, 0.4, 35_000.0, 63_000.0
    planned = budget * share
    assert planned == 40_000
    assert ev.schedule_variance(earned, planned) == -5000
    assert ev.spi(earned, planned) == 0.875
    assert f"{ev.ratio(budget, 0.83):.1f}" == "120481.9"  # EAC of a CPI given as 0.83
    assert ev.estimate_at_plan(budget, earned, spent) == 128_000
    assert f"{ev.tcpi(budget, earned, spent):.2f}" == "1.76"
    assert f"{ev.tcpi(budget, earned, spent, target=120_482):.2f}" == "1.13"


def test_status_report_of_a_textbook_project() -> None:
    """Period 12 of a worked status report (course IE5411, budget 248): coursehero.com/file/pbt8e."""
    budget, earned, spent, planned = 248.0, 148.0, 210.0, 158.0
    estimate = ev.estimate_by_cpi(budget, earned, spent)
    assert estimate is not None
    assert f"{ev.spi(earned, planned):.2f}" == "0.94"
    assert int((ev.cpi(earned, spent) or 0) * 10_000) == 7047  # printed cut off, not rounded
    assert f"{earned / budget:.2f}" == "0.60"
    assert f"{estimate:.0f}" == "352"
    assert f"{ev.variance_at_completion(budget, estimate):.0f}" == "-104"
    assert f"{ev.estimate_to_complete(estimate, spent):.0f}" == "142"


def test_five_activities_seven_months_after_the_start() -> None:
    """A course's example, from its tasks on (PV is not given, it follows from the plan).

    github.com/HossamElwahsh/sprints-automotive, PM/S_PM_10_Monitoring_via_EVM (commit 667927ad).  Months of 30 days;
    all calendars work round the clock; the thirds of task 4 are printed as 33.3 % and 66.7 %.
    """
    start = datetime(2024, 1, 1)
    rows = [(1, 0, 2, 600), (2, 2, 3, 1200), (3, 5, 2, 400), (4, 5, 3, 1200), (5, 8, 3, 300)]

    def month(count: float) -> datetime:
        return start + timedelta(days=30 * count)

    plan = compile_plan(
        Schedule(
            "course",
            "csv",
            [Task(str(i), "", baselines=(Baseline(0, month(a), month(a + n), cost=c),)) for i, a, n, c in rows],
        )
    )
    assert plan is not None
    day = (month(7) - timedelta(days=1)).date()
    done = {1: (1.0, 600.0), 2: (1.0, 1400.0), 3: (0.5, 200.0), 4: (1 / 3, 500.0), 5: (0.0, 0.0)}
    facts = [ProgressFact("p", day, task=str(i), completion=p, actual_cost=c) for i, (p, c) in done.items()]
    status = status_at(Known(RegisterEntry("p"), progress=facts), plan, day)
    assert plan.duration == 11 * 30
    assert [round(v or 0) for v in (status.bac, status.pv, status.ev, status.ac)] == [3700, 3000, 2400, 2700]
    assert f"{status.spi:.1f} {status.cpi:.2f}" == "0.8 0.89"
    # the source divides by a CPI rounded to 0.89 and prints 4,160 and -460
    assert ev.estimate_at_plan(3700, 2400, 2700) == 4000
    assert status.forecast.cost["bac_by_cpi"] == pytest.approx(3700 / (2400 / 2700))
    assert round(2700 + (3700 - 2400) / round(status.cpi or 0, 2), -1) == 4160
    assert planned_share(plan, day) == pytest.approx(3000 / 3700)


def test_what_cannot_be_divided_is_none() -> None:
    assert ev.spi(1.0, 0.0) is None
    assert ev.cpi(1.0, None) is None
    assert ev.estimate_by_cpi(100.0, 0.0, 50.0) is None
    assert ev.estimate_by_cpi_spi(100.0, 10.0, 0.0, 5.0) is None
    assert ev.tcpi(100.0, 50.0, 100.0) is None
    assert ev.spi_t(3.0, 0.0) is None
    assert ev.iea_t(9.0, 3.0, 4.0, 0.0) is None
    assert ev.iea_t(9.0, 3.0, 4.0, None) is None
    assert ev.tspi(9.0, 3.0, 9.0) is None
    assert ev.tspi(9.0, 3.0, 5.0) == 1.5
    assert ev.ratio(1e308, 1e-308) is None


curves = st.lists(st.integers(0, 50), min_size=1, max_size=30).map(lambda steps: np.cumsum([0, *steps]).astype(float))


@given(curves, st.floats(0, 1))
def test_earned_schedule_undoes_planned_value(curve: np.ndarray, at: float) -> None:
    time = at * (len(curve) - 1)
    planned = float(np.interp(time, np.arange(len(curve)), curve))
    found = ev.earned_schedule(curve, planned, time)
    assert float(np.interp(found, np.arange(len(curve)), curve)) == pytest.approx(planned, abs=1e-6)
    assert found == pytest.approx(time, abs=1e-6)  # standstills included: the moment nearest to now


@given(curves, st.floats(0, 2000))
def test_without_actual_time_the_last_period_counts(curve: np.ndarray, earned: float) -> None:
    found = ev.earned_schedule(curve, earned)
    whole = max(i for i, value in enumerate(curve) if value <= earned or i == 0)
    assert found == pytest.approx(whole, abs=1.0)
    assert found >= whole - 1e-6
    assert 0 <= found <= len(curve) - 1


def test_more_than_planned_and_nothing_planned() -> None:
    assert ev.earned_schedule([0.0, 5.0, 10.0], 12.0) == 2.0
    assert ev.earned_schedule([3.0, 5.0], 1.0) == 0.0
    assert ev.earned_schedule([], 1.0) == 0.0
