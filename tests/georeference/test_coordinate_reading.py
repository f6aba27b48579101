"""Zone numbers, swapped axes and degrees in coordinates, against pyproj used directly."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.georeference.test_crs import CODES
from twin.errors import InvalidInput
from twin.values.crs import accuracy, datum_of, is_wgs84, lnglat_from_map, resolve
from twin.values.crs_names import grid_code, grid_of
from twin.values.crs_reading import example_for, read_coordinates


def places(code: int, longitude: float, latitude: float, count: int = 20) -> NDArray[np.float64]:
    """Return places about a point in a CRS, by pyproj."""
    spread = np.linspace(-0.02, 0.02, count)
    forward = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    return np.column_stack(forward.transform(longitude + spread, latitude + spread[::-1]))


def other_numbering(code: int) -> int:
    grid = grid_of(code)
    assert grid is not None
    other = grid_code(grid.datum, grid.zone, prefixed=not grid.prefixed)
    assert other is not None
    return other


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("other", [False, True])
def test_every_slip_in_every_chinese_grid_is_put_right(code: int, swapped: bool, other: bool) -> None:
    grid = grid_of(code)
    assert grid is not None
    written_in = other_numbering(code) if other else code
    area = pyproj.CRS.from_epsg(code).area_of_use
    assert area is not None
    longitude, latitude = grid.meridian + 0.7, area.south + 2
    # the datum's own longitude and latitude, so that the oracle shifts no datum
    base = pyproj.CRS.from_epsg(code).geodetic_crs
    forward = pyproj.Transformer.from_crs(base, written_in, always_xy=True)
    spread = np.linspace(-0.02, 0.02, 30)
    points = np.column_stack(forward.transform(longitude + spread, latitude + spread))
    reading = read_coordinates(resolve(f"EPSG:{code}"), points[:, ::-1] if swapped else points)
    assert (reading.crs.text, reading.swapped) == (f"EPSG:{written_in}", swapped)
    assert (reading.notice is not None) == (swapped or other)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([c for c in CODES if 4491 <= c <= 4554]), st.floats(-1.5, 1.5), st.floats(0, 1))
def test_what_the_crs_says_is_never_corrected(code: int, off: float, up: float) -> None:
    grid, area = grid_of(code), pyproj.CRS.from_epsg(code).area_of_use
    assert grid is not None
    assert area is not None
    latitude = area.south + up * (area.north - area.south)
    reading = read_coordinates(resolve(f"EPSG:{code}"), places(code, grid.meridian + off, latitude))
    assert (reading.crs.text, reading.swapped, reading.notice) == (f"EPSG:{code}", False, None)


def test_strays_are_no_reason_to_doubt() -> None:
    points = places(4547, 114.1, 22.5, 100)
    points[::3] = 0.0
    points[1] = np.nan
    assert read_coordinates(resolve("EPSG:4547"), points).notice is None


@pytest.mark.parametrize(
    ("crs", "points", "words"),
    [
        ("EPSG:4547", [[114.05, 22.54]], "EPSG:4490"),
        ("EPSG:4547", [[22.54, 114.05]], "EPSG:4490"),
        ("EPSG:4326", [[38_512_345.0, 2_500_000.0]], "--crs EPSG:4526"),
        ("EPSG:4490", [[2_500_000.0, 40_512_345.0]], "--crs EPSG:4528"),
        ("EPSG:4326", [[512_345.0, 2_500_000.0]], "for instance --crs EPSG:4547"),
        ("EPSG:4547", [[39_512_345.0, 2_500_000.0]], "--crs EPSG:4527"),
        ("EPSG:4526", [[40_512_345.0, 2_500_000.0]], "--crs EPSG:4528"),
        ("EPSG:2362", [[39_512_345.0, 2_500_000.0]], "--crs EPSG:2363"),
        ("EPSG:25832", [[9e7, 9e7]], "cannot lie in EPSG:25832"),
    ],
)
def test_what_is_not_certain_is_refused_with_what_to_type(crs: str, points: list[list[float]], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_coordinates(resolve(crs), np.array(points))
    assert words in str(refused.value)


def test_latitude_before_longitude() -> None:
    reading = read_coordinates(resolve("EPSG:4490"), np.array([[22.54, 114.05], [22.55, 114.06]]))
    assert reading.swapped
    # where both orders are possible, the CRS is believed
    assert not read_coordinates(resolve("EPSG:4326"), np.array([[47.1, 9.5]])).swapped


def test_degrees_outside_the_area_of_use_are_kept_with_a_notice() -> None:
    reading = read_coordinates(resolve("EPSG:4490"), np.array([[9.5, 47.1], [9.6, 47.2]]))
    assert (reading.crs.text, reading.swapped) == ("EPSG:4490", False)
    assert reading.notice is not None


def test_a_layer_may_count_on_past_the_antimeridian() -> None:
    assert read_coordinates(resolve("EPSG:4326"), np.array([[179.0, -17.0], [181.5, -17.1]])).notice is None


@pytest.mark.parametrize("code", [c for c in CODES if 4491 <= c <= 4554])
def test_esri_projections_of_chinese_zones_resolve(code: int) -> None:
    crs = resolve(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))
    assert crs.text == f"EPSG:{code}"
    assert crs.area == resolve(f"EPSG:{code}").area
    assert datum_of(crs) == "cgcs2000"


def test_a_citys_own_grid_is_read_by_its_parameters_not_its_name() -> None:
    text = pyproj.CRS.from_epsg(4547).to_wkt("WKT1_ESRI").replace("114.0", "113.75").replace("500000.0", "41000.0")
    crs = resolve(text)
    assert "CM 114E" in crs.name.replace("_", " ")
    assert not crs.text.startswith("EPSG")
    oracle = pyproj.Transformer.from_crs(pyproj.CRS.from_wkt(text), 4490, always_xy=True)
    found = lnglat_from_map(crs, np.array([[52_000.0, 2_490_000.0, 3.0]]))[0]
    assert np.abs(found[:2] - np.array(oracle.transform(52_000.0, 2_490_000.0))).max() < 1e-9
    proj = "+proj=tmerc +lat_0=0 +lon_0=113.75 +k=1 +x_0=41000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    assert np.abs(lnglat_from_map(resolve(proj), np.array([[52_000.0, 2_490_000.0, 3.0]]))[0] - found).max() < 1e-9


def test_datums_and_accuracies() -> None:
    assert [datum_of(resolve(c)) for c in ("EPSG:4326", "OGC:CRS84", "EPSG:4528", "EPSG:2435")] == [
        *("wgs84", "wgs84", "cgcs2000", "Beijing 1954")
    ]
    assert accuracy(resolve("EPSG:4547"), 5e5, 2.5e6) == 0
    assert accuracy(resolve("EPSG:2362"), 38.5e6, 2.5e6) is None
    shift = pyproj.transformer.TransformerGroup(
        2435,
        4326,
        always_xy=True,
        area_of_interest=pyproj.aoi.AreaOfInterest(114, 22, 114.1, 22.1),  # type: ignore[arg-type]
    ).transformers[0]
    assert accuracy(resolve("EPSG:2435"), 5.05e5, 2.44e6) == shift.accuracy > 0
    assert is_wgs84(resolve("urn:ogc:def:crs:OGC:1.3:CRS84"))
    assert not is_wgs84(resolve("EPSG:4610"))


def test_examples_of_what_to_type() -> None:
    assert example_for(np.array([[114.0, 22.0]])) == "EPSG:4490"
    assert example_for(np.array([[4e6, 39_500_000.0]])) == "EPSG:4527"
    assert example_for(np.array([[4e6, 20_500_000.0]])) == "EPSG:4498"
    assert example_for(np.zeros((0, 2))) == "EPSG:4547"
