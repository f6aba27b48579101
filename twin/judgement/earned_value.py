"""The formulas of earned value and earned schedule; what cannot be divided is None.

Sources: PMI, *Practice Standard for Earned Value Management*, 2nd edition (2011): indices, estimates at completion and
to-complete index (chapter 4 and its tables of formulas), earned schedule (appendix D).  Walt Lipke, "Schedule is
Different", *The Measurable News*, March 2003, and *Earned Schedule* (2009): ES, SV(t), SPI(t), IEAC(t).

PV planned value, EV earned value, AC actual cost, BAC budget at completion: one unit, cumulative.  PD planned duration,
AT actual time, ES earned schedule: one unit of time, since the planned start.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

SAME = 1e-9  # of the whole plan: sums of many tasks differ by their rounding


def ratio(above: float | None, below: float | None) -> float | None:
    """Return above / below; None where either is unknown, below is 0, or the result is no number."""
    if above is None or below is None or not below:
        return None
    result = above / below
    return result if isfinite(result) else None


def spi(earned: float | None, planned: float | None) -> float | None:
    """Return SPI = EV / PV (PMI, schedule performance index)."""
    return ratio(earned, planned)


def cpi(earned: float | None, actual: float | None) -> float | None:
    """Return CPI = EV / AC (PMI, cost performance index)."""
    return ratio(earned, actual)


def schedule_variance(earned: float, planned: float) -> float:
    """Return SV = EV - PV (PMI)."""
    return earned - planned


def cost_variance(earned: float, actual: float) -> float:
    """Return CV = EV - AC (PMI)."""
    return earned - actual


def estimate_by_cpi(budget: float, earned: float, actual: float) -> float | None:
    """Return EAC = BAC / CPI: the rest costs what the work until now did (PMI, "typical")."""
    return ratio(budget, cpi(earned, actual))


def estimate_at_plan(budget: float, earned: float, actual: float) -> float:
    """Return EAC = AC + BAC - EV: the rest costs what was planned (PMI, "atypical")."""
    return actual + budget - earned


def estimate_by_cpi_spi(budget: float, earned: float, actual: float, planned: float) -> float | None:
    """Return EAC = AC + (BAC - EV) / (CPI · SPI): the rest pays for delay too (PMI, "combined")."""
    cost_index, schedule_index = cpi(earned, actual), spi(earned, planned)
    if cost_index is None or schedule_index is None:
        return None
    rest = ratio(budget - earned, cost_index * schedule_index)
    return None if rest is None else actual + rest


def estimate_to_complete(estimate: float, actual: float) -> float:
    """Return ETC = EAC - AC (PMI)."""
    return estimate - actual


def variance_at_completion(budget: float, estimate: float) -> float:
    """Return VAC = BAC - EAC (PMI)."""
    return budget - estimate


def tcpi(budget: float, earned: float, actual: float, target: float | None = None) -> float | None:
    """Return TCPI = (BAC - EV) / (target - AC): the cost index that the rest must reach (PMI).

    target : BAC unless an estimate at completion is to be kept.  None when nothing is left to spend.
    """
    left = (budget if target is None else target) - actual
    return ratio(budget - earned, left) if left > 0 else None


def earned_schedule(
    planned: Sequence[float] | NDArray[np.float64], earned: float, actual_time: float | None = None
) -> float:
    """Return ES, in periods since the start: when the plan had earned what is earned now (Lipke 2003).

    ES = C + (EV - PV_C) / (PV_{C+1} - PV_C), C the last period with PV_C <= EV.
    planned : (n + 1,) cumulative PV at the ends of the periods, not falling; index 0 is the start (usually 0)
    actual_time : AT in the same periods.  Where the plan stands still (holidays) at just what is earned, every moment
        of the standstill fits; with it the one nearest to AT is taken, so that work on plan has SPI(t) = 1 then too.
        Without it the last one, as the formula says.
    """
    curve = np.asarray(planned, dtype=np.float64)
    if not len(curve):
        return 0.0
    same = SAME * abs(float(curve[-1]))
    after = int(np.searchsorted(curve, earned - same, side="left"))  # first period end not below EV
    last = int(np.searchsorted(curve, earned + same, side="right")) - 1  # C
    if last >= after:
        return float(last) if actual_time is None else float(min(max(actual_time, after), last))
    if last < 0:  # less earned than the plan starts with
        return 0.0
    if last + 1 >= len(curve):  # more earned than planned in all
        return float(last)
    return last + float((earned - curve[last]) / (curve[last + 1] - curve[last]))


def schedule_variance_time(schedule: float, actual_time: float) -> float:
    """Return SV(t) = ES - AT (Lipke 2003)."""
    return schedule - actual_time


def spi_t(schedule: float | None, actual_time: float | None) -> float | None:
    """Return SPI(t) = ES / AT (Lipke 2003); None before the planned start."""
    return ratio(schedule, actual_time) if actual_time is not None and actual_time > 0 else None


def iea_t(duration: float, schedule: float, actual_time: float, factor: float | None = 1.0) -> float | None:
    """Return IEAC(t) = AT + (PD - ES) / PF: how long the project will take (Lipke; Henderson 2004).

    factor : performance of the rest. 1: as planned; SPI(t): as until now, which is PD / SPI(t)
    """
    rest = ratio(duration - schedule, factor)
    return None if rest is None else actual_time + rest


def tspi(duration: float, schedule: float, actual_time: float, target: float | None = None) -> float | None:
    """Return TSPI = (PD - ES) / (target - AT): the SPI(t) that the rest must reach (Lipke 2009).

    target : PD unless given.  None when no time is left.
    """
    left = (duration if target is None else target) - actual_time
    return ratio(duration - schedule, left) if left > 0 else None
