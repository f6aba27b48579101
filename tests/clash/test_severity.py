"""How bad clashes are, and why."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judgement.clash.severity import severity
from twin.values.clash import SEVERITIES, ClashType, Measured, Method
from twin.values.clash_rules import ClashRule, Selector

TYPES = (ClashType.HARD, ClashType.CONTAINED, ClashType.CLEARANCE, ClashType.DUPLICATE, ClashType.TOUCH)


def rule(grade: str = "medium") -> ClashRule:
    return ClashRule("r", Selector(), Selector(), TYPES, clearance=0.05, severity=grade)


def measured(depth: float = 0.05, volume: float = 0.01, distance: float = 0.0, exact: bool = True) -> Measured:
    method = Method.EXACT_SOLID if exact else Method.SURFACE_ONLY
    return Measured(volume, depth, distance, (0.1, 0.1), np.zeros(3), np.zeros((2, 3)), method)


@pytest.mark.parametrize(
    ("type", "found", "starts_in", "grade", "factor"),
    [
        (ClashType.HARD, measured(), None, "medium", None),
        (ClashType.HARD, measured(depth=0.1), None, "high", "the overlap is 100 mm deep"),
        (ClashType.HARD, measured(volume=0.2), None, "high", "the overlap is 0.20 m³ large"),
        (ClashType.HARD, measured(depth=0.02), None, "low", "the overlap is only 20 mm deep"),
        (ClashType.CONTAINED, measured(), None, "high", "one body lies wholly inside the other"),
        (ClashType.CLEARANCE, measured(distance=0.045), None, "low", "45 mm of 50 mm are free"),
        (ClashType.CLEARANCE, measured(distance=0.03), None, "medium", None),
        (ClashType.CLEARANCE, measured(distance=0.02), None, "high", "only 20 mm of 50 mm are free"),
        (ClashType.HARD, measured(depth=0.02), 10.0, "medium", "work on it begins within 10 days"),
        (ClashType.HARD, measured(), -3.0, "high", "one of the two is being built or stands already"),
        (ClashType.HARD, measured(), 29.0, "medium", None),
        (ClashType.HARD, measured(exact=False), None, "medium",
         "only surfaces were compared, so its depth is not known exactly"),
    ],
)  # fmt: skip
def test_factors(type: ClashType, found: Measured, starts_in: float | None, grade: str, factor: str | None) -> None:
    level, factors = severity(rule(), type, found, starts_in)
    assert level == grade
    assert factors[0] == "the rule r counts as medium"
    assert (factor in factors[1:]) if factor else factors[1:] == ()


@given(
    st.sampled_from(SEVERITIES),
    st.sampled_from(TYPES),
    st.floats(0, 2),
    st.floats(0, 5),
    st.floats(0, 1),
    st.none() | st.floats(-400, 400),
)
def test_factors_move_a_clash_by_one_step_at_most(
    grade: str, type: ClashType, depth: float, volume: float, distance: float, starts_in: float | None
) -> None:
    level, _ = severity(rule(grade), type, measured(depth, volume, distance), starts_in)
    assert abs(SEVERITIES.index(level) - SEVERITIES.index(grade)) <= 1
