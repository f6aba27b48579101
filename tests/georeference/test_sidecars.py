"""Sidecar files beside a model."""

import json
from pathlib import Path

import numpy as np
import pyproj
import pytest

from tests.georeference.step import BOX, Step, apart, conversion, on_ground, put, through_map, vertices
from twin.errors import InvalidInput
from twin.values.georeference import PlacementOptions

EAST, NORTH = 545_000.0, 3_380_000.0
PRJ = pyproj.CRS("EPSG:4547").to_wkt("WKT1_ESRI")


def beside(folder: Path, **files: str) -> Path:
    for suffix, text in files.items():
        (folder / f"house.{suffix.replace('_', '.')}").write_text(text, "utf-8")
    return folder / "house.ifc"


def test_json_in_a_crs(tmp_path: Path) -> None:
    stated = {"crs": "EPSG:4547", "eastings": EAST, "northings": NORTH, "orthogonal_height": 12, "rotation": 30}
    path = beside(tmp_path, georef_json=json.dumps({**stated, "vertical_datum": "EPSG:5737"}))
    georeference = put(Step(unit="mm").claims(path))
    options = PlacementOptions(crs="EPSG:4547", eastings=EAST, northings=NORTH, height=12.0, rotation=30.0)
    assert georeference.ecef_from_local == pytest.approx(put(Step(), options).ecef_from_local, abs=1e-9)
    assert (georeference.source, georeference.lo_geo_ref, georeference.height_reference) == (
        "sidecar",
        0,
        "orthometric",
    )
    assert list(georeference.conflicts) == []


def test_json_with_axis_and_scale(tmp_path: Path) -> None:
    stated = {"crs": "EPSG:4547", "eastings": EAST, "northings": NORTH, "x_axis_abscissa": 0.6, "x_axis_ordinate": 0.8}
    path = beside(tmp_path, georef_json=json.dumps({**stated, "scale": 0.9998}))
    expected = through_map("EPSG:4547", vertices() * 0.9998, EAST, NORTH, 0.0, (0.6, 0.8))
    assert apart(on_ground(put(Step(unit="mm").claims(path)), vertices()), expected)[0] < 0.001


def test_json_with_longitude_and_latitude(tmp_path: Path) -> None:
    path = beside(tmp_path, georef_json='{"longitude": 116.391, "latitude": 39.907, "orthogonal_height": 44.5}')
    georeference = put(Step(true_north="(1.,0.)").claims(path))
    assert (georeference.longitude, georeference.latitude) == (116.391, 39.907)
    assert georeference.true_north_deg == pytest.approx(270.0)


@pytest.mark.parametrize(("unit", "length"), [("m", 1.0), ("mm", 0.001)])
def test_a_world_file_in_three_dimensions(tmp_path: Path, unit: str, length: float) -> None:
    """Two points, as ArcGIS writes them: model units on the left, map units on the right."""
    points = np.array([[3.0, 4.0, 1.0], [33.0, 44.0, 1.0]])
    turned = np.array([[0.6, -0.8], [0.8, 0.6]])
    on_map = points[:, :2] @ turned.T + [EAST, NORTH]
    lines = "\n".join(
        f"{x:.3f},{y:.3f},{z:.3f} {e:.6f},{n:.6f},{h:.3f}"
        for (x, y, z), (e, n), h in zip(points / length, on_map, points[:, 2] + 11, strict=True)
    )
    georeference = put(Step(unit=unit).claims(beside(tmp_path, prj=PRJ, wld3=lines)))
    expected = through_map("EPSG:4547", vertices(), EAST, NORTH, 11.0, (0.6, 0.8))
    assert max(apart(on_ground(georeference, vertices()), expected)) < 0.001
    assert georeference.crs == "EPSG:4547"
    assert not [c for c in georeference.conflicts if "Scale" in c]


def test_a_flat_world_file_of_one_point(tmp_path: Path) -> None:
    path = beside(tmp_path, prj=PRJ, wld=f"10 20 {EAST + 10} {NORTH + 20}\n")
    expected = through_map("EPSG:4547", vertices(), EAST, NORTH, 0.0, (1.0, 0.0))
    assert apart(on_ground(put(Step().claims(path)), vertices()), expected)[0] < 0.001


def test_a_projection_alone_says_that_local_is_map(tmp_path: Path) -> None:
    path = beside(tmp_path, prj=PRJ)
    box = BOX + np.array([EAST, NORTH, 0.0])
    georeference = put(Step().claims(path), box=box)
    points = vertices(box)
    expected = through_map("EPSG:4547", points, 0.0, 0.0, 0.0, (1.0, 0.0))
    assert apart(on_ground(georeference, points), expected)[0] < 0.001


def test_a_projection_alone_places_nothing_near_the_origin(tmp_path: Path) -> None:
    path = beside(tmp_path, prj=PRJ)
    georeference = put(Step(site="(30,32,21),(114,28,8),4.").claims(path))
    assert georeference.source == "IfcSite"


def test_order_of_belief(tmp_path: Path) -> None:
    path = beside(tmp_path, georef_json='{"longitude": 116.391, "latitude": 39.907}')
    site = Step(site="(30,32,21),(114,28,8),4.")
    mapped = Step(more=conversion("EPSG:4547", EAST, NORTH))
    by_hand = PlacementOptions(longitude=120.0, latitude=30.0)
    assert put(site.claims(path), by_hand).source == "sidecar"
    assert put(mapped.claims(path)).source == "IfcMapConversion"
    assert any("IfcMapConversion and sidecar put the model 1,0" in c for c in put(mapped.claims(path)).conflicts)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"georef_json": "{"}, "house.georef.json is no JSON"),
        ({"georef_json": "[]"}, 'must hold "longitude" and "latitude"'),
        ({"georef_json": '{"longitude": "116", "latitude": 39}'}, "longitude must be a number"),
        ({"georef_json": '{"crs": "EPSG:4547", "eastings": 1}'}, 'must hold "longitude"'),
        ({"prj": PRJ, "wld3": "1 2 3"}, "must hold one or two lines"),
        ({"prj": PRJ, "wld3": ""}, "is empty"),
        ({"prj": PRJ, "wld3": "0,0,0 1,1,0\n0,0,0 1,1,0"}, "are one"),
    ],
)
def test_a_sidecar_that_makes_no_sense_is_refused_by_name(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidInput, match=r"house\.") as refused:
        Step().claims(beside(tmp_path, **files))
    assert told in str(refused.value)
