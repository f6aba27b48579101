"""Models placed by a projected CRS, against a Helmert turn and pyproj alone."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ifcopenshell.util import geolocation

from tests.georeference.step import BOX, Step, apart, conversion, on_ground, put, through_map, vertices
from twin.values.georeference import PlacementOptions

# CRS, a point in it, its central meridian (None: not a transverse Mercator).
PLACES = [
    ("EPSG:4547", 545_000.0, 3_380_000.0),
    ("EPSG:4526", 38_420_000.0, 3_380_000.0),
    ("EPSG:25832", 250_000.0, 5_438_232.25),
    ("EPSG:31467", 3_458_715.92, 5_439_966.65),
    ("EPSG:2154", 652_000.0, 6_862_000.0),
    ("EPSG:3857", 13_500_000.0, 3_600_000.0),
]


@pytest.mark.parametrize("axis", [(1.0, 0.0), (0.6, 0.8), (-0.28, -0.96), (0.0, 2.0)])
@pytest.mark.parametrize(("crs", "east", "north"), PLACES)
def test_a_thousand_vertices_agree_with_pyproj(crs: str, east: float, north: float, axis: tuple[float, float]) -> None:
    georeference = put(Step(more=conversion(crs, east, north, 31.5, axis=axis)))
    points = vertices()
    across, up = apart(on_ground(georeference, points), through_map(crs, points, east, north, 31.5, axis))
    # Remainder over 45 m: less than a millimetre, but for Mercator at 30°N, whose scale changes within the model.
    assert across < (0.003 if crs == "EPSG:3857" else 0.001)
    assert up < 0.001


def test_the_remainder_in_height_is_the_curvature_of_the_earth() -> None:
    """At a distance d from the middle of the box the earth has fallen by d² / 2R: 7.8 cm at 1 km."""
    box = np.array([[-1000.0, -1000.0, 0.0], [1000.0, 1000.0, 0.0]])
    georeference = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0)), box=box)
    points = np.array([[1000.0, 0.0, 0.0], [0.0, 1000.0, 0.0], [500.0, 0.0, 0.0]])
    placed = on_ground(georeference, points)
    expected = through_map("EPSG:4547", points, 545_000.0, 3_380_000.0, 0.0, (1.0, 0.0))
    assert placed[:, 2] - expected[:, 2] == pytest.approx([0.078, 0.078, 0.0196], abs=0.001)
    assert apart(placed, expected)[0] < 0.001


@settings(max_examples=40, deadline=None)
@given(st.floats(-120_000, 120_000), st.floats(2_500_000, 5_000_000), st.floats(-180, 180), st.floats(0.9994, 1.0006))
def test_any_place_rotation_and_scale(east: float, north: float, theta: float, scale: float) -> None:
    axis = (float(np.cos(np.radians(theta))), float(np.sin(np.radians(theta))))
    step = Step(more=conversion("EPSG:4549", 500_000 + east, north, 5.0, axis=axis, scale=scale))
    points = vertices(count=20)
    expected = through_map("EPSG:4549", points * scale, 500_000 + east, north, 5.0, axis)
    across, up = apart(on_ground(put(step), points), expected)
    assert across < 0.001
    assert up < 0.001


@pytest.mark.parametrize(("crs", "east", "north"), PLACES[:4])
def test_convergence_and_scale_are_the_projections_own(crs: str, east: float, north: float) -> None:
    georeference = put(Step(more=conversion(crs, east, north, 200.0, axis=(0.6, 0.8))), box=None)
    base = pyproj.CRS(crs).geodetic_crs
    assert base is not None
    longitude, latitude = pyproj.Transformer.from_crs(crs, base, always_xy=True).transform(east, north)
    factors = pyproj.Proj(crs).get_factors(longitude, latitude)
    # A change of datum (DHDN) turns and scales a little too: some seconds of arc, some millionths.
    shifted = crs == "EPSG:31467"
    assert georeference.point_scale == pytest.approx(factors.meridional_scale, abs=2e-5 if shifted else 1e-8)
    assert georeference.grid_convergence_deg == pytest.approx(
        factors.meridian_convergence, abs=2e-3 if shifted else 1e-6
    )
    bearing_on_grid = -np.degrees(np.arctan2(0.8, 0.6))
    expected = (bearing_on_grid + georeference.grid_convergence_deg) % 360
    assert georeference.true_north_deg == pytest.approx(expected, abs=1e-5)


def test_true_north_is_the_azimuth_to_a_point_on_y() -> None:
    """Convergence has the right sign: walk along +Y on the map and look at the azimuth with Geod."""
    georeference = put(Step(more=conversion("EPSG:4547", 620_000.0, 3_380_000.0)))
    ends = through_map("EPSG:4547", np.array([[0.0, 0, 0], [0.0, 50, 0]]), 620_000.0, 3_380_000.0, 0.0, (1.0, 0.0))
    azimuth, _, metres = pyproj.Geod(ellps="GRS80").inv(*ends[0, :2], *ends[1, :2])
    assert georeference.true_north_deg == pytest.approx(azimuth % 360, abs=1e-4)
    assert georeference.grid_convergence_deg > 0.6
    assert 50 / metres == pytest.approx(georeference.point_scale, abs=2e-7)


@pytest.mark.parametrize(("unit", "length"), [("m", 1.0), ("mm", 0.001), ("ft", 0.3048)])
@pytest.mark.parametrize("schema", ["IFC4", "IFC4X3_ADD2"])
def test_units_agree_with_ifcopenshell(unit: str, length: float, schema: str) -> None:
    """Scale turns project units into map units; the oracle works in project units, the placement in metres."""
    step = Step(
        schema=schema,
        unit=unit,
        wcs=(12.0 / length, -7.0 / length, 3.0 / length),
        more=conversion("EPSG:25832", 458_657.3, 5_438_232.25, 113.7, axis=(0.6, 0.8), scale=length * 0.9997),
    )
    georeference = put(step)
    points = vertices(count=30)
    on_map = np.array([geolocation.auto_xyz2enh(step.open(), *(point / length)) for point in points])
    turn = pyproj.Transformer.from_crs("EPSG:25832", "EPSG:4979", always_xy=True)
    across, up = apart(on_ground(georeference, points), np.column_stack(turn.transform(*on_map.T)))
    assert across < 0.001
    assert up < 0.001


def test_a_scaled_conversion_has_a_factor_for_each_axis() -> None:
    lines = conversion("EPSG:25832", 458_657.3, 5_438_232.25, axis=(0.6, 0.8)).replace(
        "IFCMAPCONVERSION", "IFCMAPCONVERSIONSCALED"
    )
    step = Step(schema="IFC4X3_ADD2", more=lines.replace(",1.0);", ",1.0,0.9996,0.9998,1.0);"))
    points = vertices(count=30)
    on_map = np.array([geolocation.auto_xyz2enh(step.open(), *point) for point in points])
    turn = pyproj.Transformer.from_crs("EPSG:25832", "EPSG:4979", always_xy=True)
    assert apart(on_ground(put(step), points), np.column_stack(turn.transform(*on_map.T)))[0] < 0.001


def test_a_map_in_feet() -> None:
    foot = 1200 / 3937
    step = Step(unit="ft", more=conversion("EPSG:2225", 6_600_000.0, 2_000_000.0, 100.0, scale=1.0, unit="$"))
    georeference = put(step)
    expected = pyproj.Transformer.from_crs("EPSG:2225", "EPSG:4979", always_xy=True).transform(6_600_000.0, 2_000_000.0)
    assert (georeference.longitude, georeference.latitude) == pytest.approx(expected[:2], abs=1e-4)
    assert georeference.orthogonal_height == pytest.approx(100 * 0.3048)
    assert foot == pytest.approx(0.3048, rel=3e-6)


def test_a_geographic_target_crs() -> None:
    step = Step(more=conversion("EPSG:4490", 116.391, 39.907, 44.0, axis=(0.6, 0.8), unit="$"))
    georeference = put(step)
    assert (georeference.longitude, georeference.latitude) == pytest.approx((116.391, 39.907))
    assert georeference.crs == "EPSG:4490"
    assert georeference.true_north_deg == pytest.approx(360 - np.degrees(np.arctan2(0.8, 0.6)))


def test_options_in_a_crs_rotate_from_grid_north() -> None:
    options = PlacementOptions(crs="EPSG:4547", eastings=545_000.0, northings=3_380_000.0, height=12.0, rotation=30.0)
    georeference = put(Step(), options)
    axis = (float(np.cos(np.radians(30))), float(-np.sin(np.radians(30))))
    points = vertices()
    expected = through_map("EPSG:4547", points, 545_000.0, 3_380_000.0, 12.0, axis)
    assert apart(on_ground(georeference, points), expected)[0] < 0.001
    assert georeference.source == "option"
    assert georeference.height_reference == "orthometric"


def test_options_in_a_crs_take_true_north_from_the_file() -> None:
    options = PlacementOptions(crs="EPSG:4547", eastings=545_000.0, northings=3_380_000.0)
    georeference = put(Step(true_north="(0.766044443119,0.642787609687)"), options)
    assert georeference.true_north_deg == pytest.approx(
        310.0, abs=1e-4
    )  # at the middle of the box, 45 m from the origin
    assert georeference.grid_convergence_deg == pytest.approx(
        0.2382, abs=3e-4
    )  # 45 km east of 114°E at 30.5°N: Δλ sin φ


def test_two_models_with_one_conversion_share_one_frame_to_the_bit() -> None:
    step = Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, axis=(0.6, 0.8)))
    first = put(step)
    other = put(step, box=BOX + np.array([20.0, 30.0, 3.0]), frame=first)
    assert (other.ecef_from_local == first.ecef_from_local).all()
    assert other.source == "IfcMapConversion"
    assert not [n for n in other.notices if "frame" in n]
