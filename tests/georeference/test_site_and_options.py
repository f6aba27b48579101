"""Models placed by longitude and latitude: IfcSite, IfcRigidOperation, options; belief and refusal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ifcopenshell.util.geolocation import dms2dd

from ifc_import.georeference_units import degrees_of
from tests.georeference.step import BOX, WGS84, Step, conversion, on_ground, put
from twin.errors import MissingGeoreference, UnknownCRS
from twin.values.georeference import PlacementOptions

BEIJING = "(39,54,25,200000),(116,23,27,600000),44.5"
AT_HOME = PlacementOptions(longitude=121.5, latitude=31.25, height=4.0)


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999_999), st.sampled_from([1, -1]))
def test_angles_agree_with_ifcopenshell(degrees: int, minutes: int, seconds: int, millionths: int, sign: int) -> None:
    parts = [sign * part for part in (degrees, minutes, seconds, millionths)]
    found, told = degrees_of(parts)
    assert found == pytest.approx(dms2dd(*parts), abs=1e-12)
    assert told is None
    assert degrees_of(parts[:3])[0] == pytest.approx(dms2dd(*parts[:3]), abs=1e-12)


def test_an_angle_of_mixed_signs_is_negative_and_told() -> None:
    found, told = degrees_of((-87, 38, 21))
    assert found == pytest.approx(-87.639167, abs=1e-6)
    assert told == "The angle (-87, 38, 21) mixes signs: it is read as -87.639167°."


def test_a_site_places_its_own_origin() -> None:
    """IFC: latitude and longitude are those of the origin of the site's placement, not of the project."""
    georeference = put(Step(unit="mm", site=BEIJING.replace("44.5", "44500."), site_at=(100_000.0, 50_000.0, 0.0)))
    there = on_ground(georeference, np.array([[100.0, 50.0, 0.0], [0.0, 0.0, 0.0]]))
    assert there[0] == pytest.approx([116.391, 39.907, 44.5], abs=1e-8)
    assert (georeference.longitude, georeference.latitude) == pytest.approx(tuple(there[1, :2]), abs=1e-9)
    azimuth, _, metres = WGS84.inv(116.391, 39.907, georeference.longitude, georeference.latitude)
    assert metres == pytest.approx(np.hypot(100, 50), abs=1e-3)
    assert azimuth % 360 == pytest.approx(180 + np.degrees(np.arctan2(100, 50)), abs=1e-3)
    assert georeference.lo_geo_ref == 30


@pytest.mark.parametrize(
    ("north", "bearing"),
    [
        ("(0.766044443119,0.642787609687)", 310.0),
        ("(6.12303176911189E-17,1.)", 0.0),
        ("(-1.,0.)", 90.0),
        ("(0.,-2.,0.)", 180.0),
    ],
)
def test_true_north_turns_the_model(north: str, bearing: float) -> None:
    georeference = put(Step(site=BEIJING, true_north=north))
    assert georeference.true_north_deg == pytest.approx(bearing, abs=1e-9)
    ends = on_ground(georeference, np.array([[0.0, 0, 0], [0.0, 30, 0]]))
    azimuth, _, metres = WGS84.inv(*ends[0, :2], *ends[1, :2])
    assert azimuth % 360 == pytest.approx(bearing, abs=1e-3) or bearing == 0
    assert metres == pytest.approx(30.0, abs=1e-3)


@pytest.mark.parametrize("north", ["(2.,6.E-17,1.)", "(0.,0.,1.)", "(0.,0.)"])
def test_a_true_north_that_is_no_direction_is_left_out_and_told(north: str) -> None:
    georeference = put(Step(site=BEIJING, true_north=north))
    assert georeference.true_north_deg == 0
    assert "no direction in the ground plane" in georeference.conflicts[0]


def test_exchanged_latitude_and_longitude_are_told() -> None:
    georeference = put(Step(site="(116,23,27,600000),(39,54,25,200000),44.5"))
    assert (georeference.longitude, georeference.latitude) == pytest.approx((116.391, 39.907))
    assert "are read as latitude and longitude" in georeference.conflicts[0]


@pytest.mark.parametrize("site", ["$,$,$", "(39,54,25),$,$", "(0,0,0,0),(0,0,0,0),0.", "(100,0,0),(200,0,0),0."])
def test_without_a_place_it_is_refused_with_what_to_type(site: str) -> None:
    with pytest.raises(MissingGeoreference, match=r"--lon 121\.4737 --lat 31\.2304, or --crs EPSG:4549 --eastings"):
        put(Step(site=site))


def test_the_example_to_type_lies_in_the_city() -> None:
    with pytest.raises(MissingGeoreference, match=r"--lon 114\.3000 --lat 30\.6000"):
        put(Step(), bounds=(114.0, 30.4, 114.6, 30.8))


def test_options_place_what_nothing_else_places() -> None:
    georeference = put(Step(), AT_HOME)
    assert (georeference.source, georeference.lo_geo_ref, georeference.crs) == ("option", 0, None)
    assert (georeference.longitude, georeference.latitude, georeference.orthogonal_height) == (121.5, 31.25, 4.0)


def test_a_height_that_is_not_given_is_zero_and_told() -> None:
    georeference = put(Step(), PlacementOptions(longitude=121.5, latitude=31.25))
    assert georeference.orthogonal_height == 0
    assert georeference.height_reference == "unknown"
    assert "No --height was given: the local origin is put at height 0." in georeference.notices


def test_options_outrank_the_site_only() -> None:
    over_site = put(Step(site=BEIJING), AT_HOME)
    assert over_site.source == "option"
    assert any("option and IfcSite put the model 1,0" in c for c in over_site.conflicts)
    mapped = Step(site="(31,15,0),(121,30,0),4.", more=conversion("EPSG:4549", 643_000.0, 3_460_000.0))
    under = put(mapped, AT_HOME)
    assert under.source == "IfcMapConversion"
    assert any("Add --override to believe the options." in c for c in under.conflicts)
    over = put(mapped, PlacementOptions(longitude=121.5, latitude=31.25, override=True))
    assert over.source == "option"
    assert over.lo_geo_ref == 50


def test_rotation_by_option_and_by_default() -> None:
    turned = PlacementOptions(longitude=121.5, latitude=31.25, rotation=-30.0)
    assert put(Step(true_north="(1.,0.)"), turned).true_north_deg == pytest.approx(330.0)
    assert put(Step(true_north="(1.,0.)"), AT_HOME).true_north_deg == pytest.approx(270.0)


def test_an_unknown_crs_in_the_options_is_refused_even_beside_a_site() -> None:
    with pytest.raises(UnknownCRS, match="Nowhere Grid"):
        put(Step(site=BEIJING), PlacementOptions(crs="Nowhere Grid", eastings=1.0, northings=1.0))


def test_an_unknown_crs_in_the_file_leaves_the_site_and_is_told() -> None:
    georeference = put(Step(site=BEIJING, more=conversion("Nowhere Grid", 500_000.0, 3_000_000.0)))
    assert georeference.source == "IfcSite"
    assert any("Nowhere Grid" in c for c in georeference.conflicts)
    with pytest.raises(UnknownCRS, match="Nowhere Grid"):
        put(Step(more=conversion("Nowhere Grid", 500_000.0, 3_000_000.0)))


def test_inside_the_city() -> None:
    step = Step(site=BEIJING)
    assert put(step).inside_city is None
    assert put(step, bounds=(116.0, 39.0, 117.0, 40.0)).inside_city is True
    outside = put(step, bounds=(114.0, 30.0, 115.0, 31.0))
    assert outside.inside_city is False
    assert outside.conflicts[-1].endswith("outside the city's bounds 114,30,115,31.")


RIGID = (
    "#40=IFCGEOGRAPHICCRS('EPSG:4490',$,$,$,{angle},#93);\n"
    "#41=IFCRIGIDOPERATION(#21,#40,IFCPLANEANGLEMEASURE({first}),IFCPLANEANGLEMEASURE({second}),44.5);\n"
    "#42=IFCSIUNIT(*,.PLANEANGLEUNIT.,$,.RADIAN.);\n"
    "#43=IFCMEASUREWITHUNIT(IFCPLANEANGLEMEASURE(0.0174532925199433),#42);\n"
    "#44=IFCCONVERSIONBASEDUNIT(#45,.PLANEANGLEUNIT.,'degree',#43);\n"
    "#45=IFCDIMENSIONALEXPONENTS(0,0,0,0,0,0,0);"
)


@pytest.mark.parametrize(
    ("angle", "first", "second", "told"),
    [
        ("#44", "116.391", "39.907", "the first coordinate is read as the longitude"),
        ("#44", "39.907", "116.391", "are read as latitude and longitude"),
        ("#42", "2.03140616956", "0.69650854459", "the first coordinate is read as the longitude"),
        ("$", "116.391", "39.907", "are read as degrees: they are too large"),
    ],
)
def test_a_rigid_operation_in_degrees(angle: str, first: str, second: str, told: str) -> None:
    step = Step(schema="IFC4X3_ADD2", more=RIGID.format(angle=angle, first=first, second=second))
    georeference = put(step)
    assert (georeference.longitude, georeference.latitude) == pytest.approx((116.391, 39.907), abs=1e-8)
    assert georeference.source == "IfcRigidOperation"
    assert georeference.height_reference == "ellipsoidal"
    assert any(told in c for c in georeference.conflicts)


def test_a_rigid_operation_on_a_map() -> None:
    lines = (
        "#40=IFCPROJECTEDCRS('EPSG:4547',$,$,'EPSG:5737',$,$,#93);\n"
        "#41=IFCRIGIDOPERATION(#21,#40,IFCLENGTHMEASURE(545000.),IFCLENGTHMEASURE(3380000.),12.);"
    )
    georeference = put(Step(schema="IFC4X3_ADD2", more=lines))
    same = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, 12.0)))
    assert georeference.ecef_from_local == pytest.approx(same.ecef_from_local, abs=1e-6)
    assert georeference.height_reference == "orthometric"


def test_far_geometry_puts_the_middle_of_its_box() -> None:
    """Map coordinates written as local ones beside an IfcSite: float64 keeps millimetres 4,000 km from the origin."""
    box = BOX + np.array([545_000.0, 3_380_000.0, 0.0])
    georeference = put(Step(site=BEIJING), box=box)
    middle = box.mean(axis=0)
    there = on_ground(georeference, np.array([[middle[0], middle[1], 0.0], [middle[0] + 0.001, middle[1], 7.0]]))
    assert there[0] == pytest.approx([116.391, 39.907, 44.5], abs=1e-8)
    assert WGS84.inv(*there[0, :2], *there[1, :2])[2] == pytest.approx(0.001, abs=1e-6)
    assert there[1, 2] == pytest.approx(51.5, abs=1e-6)
    assert (georeference.longitude, georeference.latitude) == pytest.approx((116.391, 39.907))
    assert any("3,424 km from the model's own origin" in c for c in georeference.conflicts)


def test_far_geometry_with_absolute_heights_is_not_lifted_twice() -> None:
    box = BOX + np.array([545_000.0, 3_380_000.0, 43.0])
    georeference = put(Step(site=BEIJING), box=box)
    middle = box.mean(axis=0)
    assert on_ground(georeference, np.array([[middle[0], middle[1], 43.0]]))[0, 2] == pytest.approx(43.0, abs=1e-6)


def test_far_geometry_and_a_point_by_option() -> None:
    box = BOX + np.array([545_000.0, 3_380_000.0, 0.0])
    here = PlacementOptions(crs="EPSG:4547", eastings=560_000.0, northings=3_390_000.0, rotation=0.0)
    middle = np.array([[*box.mean(axis=0)[:2], 0.0]])
    placed = put(Step(), here, box=box)
    exact = put(Step(more=conversion("EPSG:4547", 560_000.0, 3_390_000.0)))
    assert on_ground(placed, middle)[0, :2] == pytest.approx([exact.longitude, exact.latitude], abs=1e-9)
    # --eastings 0 --northings 0 says that the local coordinates are the map's.
    as_map = put(Step(), PlacementOptions(crs="EPSG:4547", eastings=0.0, northings=0.0, rotation=0.0), box=box)
    expected = put(Step(more=conversion("EPSG:4547", 545_015.0, 3_380_020.0)))
    assert on_ground(as_map, middle)[0, :2] == pytest.approx([expected.longitude, expected.latitude], abs=1e-8)
