"""GCJ-02 against the formula written out once more, number by number, and against published points."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twin.values.gcj02 import gcj02_from_lnglat, lnglat_from_gcj02

GEOD = pyproj.Geod(ellps="WGS84")


def scalar_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """The formula as it is published, with plain floats: an oracle that shares no line with the product."""
    if lng < 72.004 or lng > 137.8347 or lat < 0.8293 or lat > 55.8271:
        return lng, lat
    x, y, pi = lng - 105.0, lat - 35.0, math.pi
    common = (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
    d_lat += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    d_lng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    d_lng += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    d_lng += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    a, ee = 6378245.0, 0.00669342162296594323
    rad = lat / 180.0 * pi
    magic = 1 - ee * math.sin(rad) ** 2
    d_lat = d_lat * 180.0 / (a * (1 - ee) / (magic * math.sqrt(magic)) * pi)
    d_lng = d_lng * 180.0 / (a / math.sqrt(magic) * math.cos(rad) * pi)
    return lng + d_lng, lat + d_lat


@given(st.floats(-180, 180), st.floats(-89, 89))
@example(105.0, 35.0)
@example(72.004, 0.8293)
@example(137.8347, 55.8271)
def test_the_formula(lng: float, lat: float) -> None:
    assert np.abs(gcj02_from_lnglat(np.array([[lng, lat]]))[0] - scalar_gcj02(lng, lat)).max() < 1e-11


# inside by more than the greatest shift: at the edge of the box the function is not one to one
@given(st.lists(st.tuples(st.floats(72.02, 137.82), st.floats(0.85, 55.81)), min_size=1, max_size=50))
@example([(105.0, 35.0)])
def test_there_and_back_within_a_millimetre(points: list[tuple[float, float]]) -> None:
    there = np.array(points)
    back = lnglat_from_gcj02(gcj02_from_lnglat(there))
    assert GEOD.inv(*there.T, *back.T)[2] == pytest.approx(0, abs=0.001)
    forth = gcj02_from_lnglat(lnglat_from_gcj02(there))
    assert GEOD.inv(*there.T, *forth.T)[2] == pytest.approx(0, abs=0.001)


@given(st.floats(-180, 71.9) | st.floats(138, 180), st.floats(-90, 90))
def test_outside_china_nothing_moves(lng: float, lat: float) -> None:
    points = np.array([[lng, lat]])
    assert np.array_equal(gcj02_from_lnglat(points), points)
    assert np.array_equal(lnglat_from_gcj02(points), points)


# Lengths of the shift in cities, as published for this formula (metres).
@pytest.mark.parametrize(
    ("lng", "lat", "metres"),
    [
        *((116.4074, 39.9042, 556), (121.4737, 31.2304, 482), (113.2644, 23.1291, 621), (114.0579, 22.5431, 606)),
        *((114.3055, 30.5928, 587), (108.9398, 34.3416, 462), (104.0665, 30.5723, 363), (91.1409, 29.6456, 336)),
    ],
)
def test_shifts_of_cities(lng: float, lat: float, metres: float) -> None:
    there = gcj02_from_lnglat(np.array([[lng, lat]]))[0]
    assert GEOD.inv(lng, lat, *there)[2] == pytest.approx(metres, abs=1.5)
