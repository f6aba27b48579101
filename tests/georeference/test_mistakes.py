"""The usual mistakes of exporters: recognised, put right, told."""

import numpy as np
import pytest

from tests.georeference.step import BOX, Step, conversion, on_ground, put
from twin.errors import InvalidInput, UnknownCRS
from twin.values.georeference import Georeference

EAST, NORTH = 545_000.0, 3_380_000.0
RIGHT = (114.468941663, 30.539370766)  # of EAST, NORTH in EPSG:4547, by PROJ's command line
SITE = "(30,32,21,734000),(114,28,8,190000),4."


def stands_right(georeference: Georeference, within: float = 1e-8) -> bool:
    return (georeference.longitude, georeference.latitude) == pytest.approx(RIGHT, abs=within)


def metre_in_map(georeference: Georeference) -> float:
    """Return ground metres per local metre along x, at the ellipsoid: the middle of the box is 15 m above it."""
    return float(np.linalg.norm(georeference.ecef_from_local[:3, 0])) / (1 + 15 / 6_371_000)


def test_no_mistake_nothing_to_tell() -> None:
    georeference = put(Step(more=conversion("EPSG:4547", EAST, NORTH, 4.0, vertical="'EPSG:5737'")))
    assert stands_right(georeference)
    assert list(georeference.conflicts) == []


@pytest.mark.parametrize("scale", [1000.0, 1.0, 0.5, 0.0])
def test_a_wrong_scale_in_a_file_in_millimetres(scale: float) -> None:
    georeference = put(Step(unit="mm", more=conversion("EPSG:4547", EAST, NORTH, scale=scale)))
    assert stands_right(georeference)
    assert metre_in_map(georeference) == pytest.approx(1 / georeference.point_scale, abs=1e-6)
    assert "Scale" in georeference.conflicts[0]
    assert "a metre of the model is taken as 1 m on the map" in georeference.conflicts[0]


@pytest.mark.parametrize("scale", [0.001, 0.0009996, None])
def test_a_right_scale_in_a_file_in_millimetres(scale: float | None) -> None:
    georeference = put(Step(unit="mm", more=conversion("EPSG:4547", EAST, NORTH, scale=scale)))
    expected = (scale or 0.001) * 1000
    assert metre_in_map(georeference) * georeference.point_scale == pytest.approx(expected, abs=1e-6)
    assert not [c for c in georeference.conflicts if "Scale" in c]


def test_metres_in_a_file_in_millimetres_without_map_unit() -> None:
    georeference = put(Step(unit="mm", more=conversion("EPSG:4547", EAST, NORTH, 12.0, scale=0.001, unit="$")))
    assert stands_right(georeference)
    assert georeference.orthogonal_height == 12.0
    assert "read in units of 1 m; in the 0.001 m that the file states" in georeference.conflicts[0]


def test_millimetres_in_a_file_in_millimetres_without_map_unit() -> None:
    georeference = put(Step(unit="mm", more=conversion("EPSG:4547", EAST * 1000, NORTH * 1000, 12_000.0, unit="$")))
    assert stands_right(georeference)
    assert georeference.orthogonal_height == 12.0
    assert not [c for c in georeference.conflicts if "units" in c or "Scale" in c]


def test_easting_and_northing_exchanged() -> None:
    georeference = put(Step(more=conversion("EPSG:4547", NORTH, EAST)))
    assert stands_right(georeference)
    assert "are read exchanged" in georeference.conflicts[0]


@pytest.mark.parametrize(
    ("crs", "east", "told"),
    [
        ("EPSG:4547", 38e6 + EAST, "carries the zone number 38"),
        ("EPSG:4526", EAST, "puts its zone number 38 before the easting"),
        ("EPSG:4550", 38e6 + EAST, "it is read in EPSG:4526"),
        ("EPSG:4528", 38e6 + EAST, "it is read in EPSG:4526"),
        ("国家大地坐标系2000", 38e6 + EAST, None),
        ("CGCS2000_3_Degree_GK_Zone_38", 38e6 + EAST, None),
    ],
)
def test_zone_numbers(crs: str, east: float, told: str | None) -> None:
    georeference = put(Step(more=conversion(crs, east, NORTH, 4.0, vertical="'EPSG:5737'")))
    assert stands_right(georeference)
    assert len(georeference.conflicts) == (told is not None)
    assert told is None or told in georeference.conflicts[0]


def test_zone_number_and_exchange_together() -> None:
    georeference = put(Step(more=conversion("EPSG:4547", NORTH, 38e6 + EAST)))
    assert stands_right(georeference)
    assert "are read exchanged" in georeference.conflicts[0]
    assert "carries the zone number 38" in georeference.conflicts[1]


def test_a_chinese_name_without_meridian_takes_the_one_nearest_to_the_site() -> None:
    georeference = put(Step(site=SITE, more=conversion("国家大地坐标系2000", EAST, NORTH, 4.0)))
    assert georeference.crs == "EPSG:4547"
    assert georeference.source == "IfcMapConversion"
    assert "names no central meridian" in georeference.conflicts[0]
    by_city = put(Step(more=conversion("CGCS2000", EAST, NORTH)), bounds=(113.7, 29.9, 115.1, 31.4))
    assert by_city.crs == "EPSG:4547"
    with pytest.raises(UnknownCRS, match="could lie in any zone"):
        put(Step(more=conversion("CGCS2000", EAST, NORTH)))


def test_a_chinese_datum_with_degrees_is_geographic() -> None:
    georeference = put(Step(more=conversion("国家大地坐标系2000", RIGHT[0], RIGHT[1], 4.0, unit="$")))
    assert stands_right(georeference)
    assert georeference.crs == "EPSG:4490"


def test_the_site_decides_between_two_readings_that_both_fit() -> None:
    """EPSG:9897: easting and northing of Luxembourg are of one size; exchanged they lie in the country, too."""
    lines = conversion("EPSG:9897", 106_000.0, 76_000.0)
    site = put(Step(more=conversion("EPSG:9897", 76_000.0, 106_000.0)))
    minutes = [(int(v), int(v % 1 * 60), int(v * 60 % 1 * 60)) for v in (site.latitude, site.longitude)]
    step = Step(site=f"{minutes[0]},{minutes[1]},0.", more=lines)
    assert put(Step(more=lines)).latitude == pytest.approx(49.6, abs=0.05)
    # 36 km apart: less than the 50 km from which on a plain statement is doubted.
    assert put(step).latitude == pytest.approx(49.6, abs=0.05)
    assert any("IfcMapConversion and IfcSite put the model" in c for c in put(step).conflicts)


def test_georeferenced_twice() -> None:
    """Geometry in map coordinates and a conversion that would move it there again."""
    box = BOX + np.array([EAST, NORTH, 0.0])
    step = Step(more=conversion("EPSG:4547", EAST, NORTH, 12.0, axis=(0.6, 0.8)))
    georeference = put(step, box=box)
    there = on_ground(georeference, np.array([[EAST, NORTH, 0.0]]))
    assert there[0, :2] == pytest.approx(RIGHT, abs=1e-8)
    assert there[0, 2] == pytest.approx(12.0, abs=1e-3)
    assert "is not moved there again" in georeference.conflicts[0]
    lifted = put(step, box=box + np.array([0.0, 0.0, 11.0]))
    assert on_ground(lifted, np.array([[EAST, NORTH, 12.0]]))[0, 2] == pytest.approx(12.0, abs=1e-3)


def test_map_coordinates_and_a_conversion_of_nothing() -> None:
    """As in buildingSMART's linear placement sample: eastings and northings 0 are right where the geometry is far."""
    box = BOX + np.array([EAST, NORTH, 0.0])
    georeference = put(Step(more=conversion("EPSG:4547", 0.0, 0.0)), box=box)
    assert on_ground(georeference, np.array([[EAST, NORTH, 0.0]]))[0, :2] == pytest.approx(RIGHT, abs=1e-8)
    assert any("it is placed through IfcMapConversion" in c for c in georeference.conflicts)


def test_a_conversion_of_nothing_is_not_believed_near_the_origin() -> None:
    georeference = put(Step(site=SITE, more=conversion("EPSG:4547", 0.0, 0.0)))
    assert georeference.source == "IfcSite"
    assert georeference.lo_geo_ref == 20
    assert any("states the coordinates 0, 0" in c for c in georeference.conflicts)


def test_map_coordinates_in_the_world_coordinate_system() -> None:
    """Level 40: the context holds the map coordinates and the conversion nothing."""
    georeference = put(Step(wcs=(EAST, NORTH, 0.0), more=conversion("EPSG:4547", 0.0, 0.0)))
    assert stands_right(georeference)
    assert any("WorldCoordinateSystem" in c for c in georeference.conflicts)


def test_outside_the_area_of_use_is_told() -> None:
    georeference = put(Step(more=conversion("EPSG:4547", 700_000.0, NORTH)))
    assert any("outside the area of use of EPSG:4547" in c for c in georeference.conflicts)


def test_two_sources_apart_are_told_with_their_distance() -> None:
    step = Step(site="(30,32,21,734000),(114,30,0),30.", more=conversion("EPSG:4547", EAST, NORTH, 4.0))
    conflicts = put(step).conflicts
    assert any("IfcMapConversion and IfcSite put the model 2,98" in c for c in conflicts)
    assert any("IfcMapConversion gives the height 4.00 m, IfcSite 30.00 m" in c for c in conflicts)
    assert any("height 4.00 m from an unknown datum" in c for c in conflicts)


def test_sources_within_ten_metres_agree() -> None:
    step = Step(site=SITE, more=conversion("EPSG:4547", EAST, NORTH, 4.0, vertical="'1985国家高程基准'"))
    assert list(put(step).conflicts) == []


@pytest.mark.parametrize(
    ("vertical", "reference"),
    [("'EPSG:5737'", "orthometric"), ("'WGS84 ellipsoid'", "ellipsoidal"), ("'unknown'", "unknown"), ("$", "unknown")],
)
def test_vertical_datums(vertical: str, reference: str) -> None:
    georeference = put(Step(more=conversion("EPSG:4547", EAST, NORTH, 4.0, vertical=vertical)))
    assert georeference.height_reference == reference
    assert any("unknown datum" in c for c in georeference.conflicts) == (reference == "unknown")


def test_true_north_against_the_conversion_is_told() -> None:
    lines = conversion("EPSG:4547", EAST, NORTH, axis=(0.6, 0.8))
    assert any("By TrueNorth" in c for c in put(Step(true_north="(0.,1.)", more=lines)).conflicts)
    assert not any("By TrueNorth" in c for c in put(Step(true_north="(0.8,0.6)", more=lines)).conflicts)


def test_elements_astray_are_told() -> None:
    box = np.array([[0.0, 0.0, 0.0], [15_000.0, 50.0, 10.0]])
    georeference = put(Step(more=conversion("EPSG:4547", EAST, NORTH)), box=box)
    assert any("spread over 15 km" in c for c in georeference.conflicts)


def test_small_coordinates_in_a_file_in_millimetres() -> None:
    """Luxembourg's coordinates are small: taken as millimetres they still lie near the country, but not in it."""
    step = Step(unit="mm", more=conversion("EPSG:2169", 76_670.0, 77_179.0, scale=0.001, unit="$"))
    assert put(step).latitude == pytest.approx(49.6292, abs=1e-3)
    assert any("read in units of 1 m" in c for c in put(step).conflicts)


@pytest.mark.parametrize("crs", ["EPSG:2169", "EPSG:3857"])
def test_a_conversion_of_nothing_is_not_believed_where_zero_is_a_place(crs: str) -> None:
    georeference = put(Step(site=SITE, more=conversion(crs, 0.0, 0.0)))
    assert georeference.source == "IfcSite"


HOSTILE = [
    Step(site="(1000000000,60,60,1000000),(1000000000,0,0),1.E300"),
    Step(site=SITE, more="#31=IFCLOCALPLACEMENT(#31,#32);"),
    Step(site=SITE, true_north="(1.E30,0.)"),
    Step(site=SITE, more=conversion("EPSG:4547", 1e300, -1e300)),
    Step(site=SITE, more=conversion("", EAST, NORTH)),
    Step(site=SITE, more=conversion("EPSG:4978", EAST, NORTH)),
    Step(site=SITE, more=conversion("+proj=pipeline +step", EAST, NORTH)),
    Step(site=SITE, more=conversion("EPSG:4547", 1e14, 1e14, 1e14, axis=(0.0, 0.0), scale=1e14)),
]


@pytest.mark.parametrize("step", HOSTILE)
def test_hostile_numbers_end_in_a_place_or_in_a_sentence(step: Step) -> None:
    """Each beside a good IfcSite, but for the first, whose site is the nonsense."""
    if step.site != SITE:
        with pytest.raises(InvalidInput, match="is no place"):
            put(step)
        return
    georeference = put(step)
    assert np.isfinite(georeference.ecef_from_local).all()
    assert georeference.source == "IfcSite"
