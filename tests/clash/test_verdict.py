"""The type of a clash, from measures and tolerances."""

import numpy as np
import pytest

from twin.judgement.clash.verdict import classify
from twin.values.clash import ClashType, Measured, Method


def measured(depth: float = 0.0, distance: float = 0.0, shares: tuple[float, float] = (0.1, 0.1)) -> Measured:
    volume = depth if depth else 0.0
    at = np.zeros(3)
    return Measured(volume, depth, distance, shares if depth else (0, 0), at, np.zeros((2, 3)), Method.EXACT_SOLID)


@pytest.mark.parametrize(
    ("found", "tolerance", "clearance", "type"),
    [
        (measured(0.003), 0.002, 0, ClashType.HARD),
        (measured(0.002), 0.002, 0, ClashType.TOUCH),  # what is allowed is allowed
        (measured(0.0019), 0.002, 0, ClashType.TOUCH),
        (measured(0.003, shares=(1, 0.2)), 0.002, 0, ClashType.CONTAINED),
        (measured(0.003, shares=(0.2, 0.9991)), 0.002, 0, ClashType.CONTAINED),
        (measured(0.003, shares=(0.2, 0.9989)), 0.002, 0, ClashType.HARD),
        (measured(0.001, shares=(1, 0.2)), 0.002, 0, ClashType.TOUCH),
        (measured(0.001, shares=(0.9996, 0.9996)), 0.002, 0, ClashType.DUPLICATE),  # however thin
        (measured(0.5, shares=(0.9996, 0.9996)), 0.002, 0, ClashType.DUPLICATE),
        (measured(0.5, shares=(0.9994, 0.9994)), 0.002, 0, ClashType.CONTAINED),
        (measured(distance=0.0001), 0.002, 0, ClashType.TOUCH),
        (measured(distance=0.0002), 0.002, 0, None),
        (measured(distance=0.0499), 0.002, 0.05, ClashType.CLEARANCE),
        (measured(distance=0.05), 0.002, 0.05, None),
    ],
)
def test_types(found: Measured, tolerance: float, clearance: float, type: ClashType | None) -> None:
    assert classify(found, tolerance, 1e-4, clearance) is type
