"""All real models: what is believed, and 1,000 vertices each against a Helmert turn and pyproj alone."""

import time
from functools import cache
from pathlib import Path

import ifcopenshell
import numpy as np
import pyproj
import pytest
from ifcopenshell.util import geolocation
from numpy.typing import NDArray

from ifc_import.georeference import may_be_far, read_claims
from tests.georeference.step import BOX, WGS84, apart, on_ground, through_map, transformer, vertices
from twin.errors import MissingGeoreference
from twin.judgement.placement import place
from twin.values.georeference import Georeference, PlacementOptions

pytestmark = pytest.mark.real_data

RAILWAY = np.array([[452_269.9, 4_539_403.5, 2.0], [453_202.8, 4_539_832.2, 8.6]])

# file: source, level, longitude, latitude, height, bearing of +Y
EXPECTED = {
    "bsi_georef_gk": ("IfcMapConversion", 50, 8.4336778, 49.0955387, 113.7, 285.2724),
    "bsi_georef_utm": ("IfcMapConversion", 50, 8.4336798, 49.0955510, 113.7, 285.2720),
    "bsi_georef_rigid-operation": ("IfcRigidOperation", 50, 14.0902217, 46.3623297, 475.0, 0.0),
    "bsi_linear_placement": ("IfcMapConversion", 50, 14.437964, 41.006384, 0.0, 359.6312),
    "duplex_arch": ("IfcSite", 20, -87.6394, 41.8744, 0.0, 0.0),
    "duplex_elec": ("IfcSite", 20, -87.6393967, 41.8744011, 0.0, 0.0),
    "duplex_georef": ("ePset_MapConversion", 50, 6.1220307, 49.6292121, 293.7, 288.9656),
    "fzk_haus": ("IfcSite", 20, 8.436539, 49.100435, 110.0, 310.0),
    "hard_1948--wall--wrong-geometry": ("IfcSite", 20, 11.027312, 49.335276, 348.35, 0.0),
    "hard_288--wall--segfault--augmented": ("IfcSite", 20, 10.75, 59.9160004, 0.0, 0.0),
    "large_building": ("IfcSite", 20, -71.0567398, 42.3586617, 0.0, 0.0),
    "office_a": ("IfcSite", 20, -71.0597763, 42.358429, 0.0, 0.0),
    "sample_house": ("IfcSite", 20, -0.1262362, 51.5001526, 0.0, 0.0),
    "tall_building": ("IfcSite", 20, -71.0567398, 42.3586617, 0.0, 0.0),
}
NOWHERE = {
    *("bsi_individual_colors", "bsi_reinforcing_assembly", "bsi_scheduling_task"),
    *("hard_1005--reinforcingBar--outOfMemory--augmented", "hard_444--beam--segfault--augmented"),
}
MAPS = {
    "bsi_georef_gk": ("EPSG:31467", 3_458_715.92, 5_439_966.65, 113.7, (0.270600445976, 0.962691746426)),
    "bsi_georef_utm": ("EPSG:25832", 458_657.30, 5_438_232.25, 113.7, (0.270600445976, 0.962691746426)),
    "duplex_georef": ("EPSG:9897", 76_670.0, 77_179.0, 293.700012207031, (0.325568154457152, 0.945518575599318)),
    "bsi_linear_placement": ("EPSG:3065", 0.0, 0.0, 0.0, (1.0, 0.0)),
}


@cache
def opened(path: Path) -> ifcopenshell.file:
    return ifcopenshell.open(str(path))


def box_of(stem: str) -> NDArray[np.float64]:
    return RAILWAY if stem == "bsi_linear_placement" else BOX


def put(real_data: Path, stem: str, frame: Georeference | None = None) -> Georeference:
    path = real_data / "ifc" / f"{stem}.ifc"
    return place(read_claims(opened(path), path), PlacementOptions(), box=box_of(stem), frame=frame)


def test_every_real_file_is_expected(real_data: Path) -> None:
    assert {path.stem for path in (real_data / "ifc").glob("*.ifc")} == EXPECTED.keys() | NOWHERE


@pytest.mark.parametrize("stem", EXPECTED)
def test_where_it_stands(real_data: Path, stem: str) -> None:
    georeference = put(real_data, stem)
    source, level, longitude, latitude, height, bearing = EXPECTED[stem]
    assert (georeference.source, georeference.lo_geo_ref) == (source, level)
    assert WGS84.inv(georeference.longitude, georeference.latitude, longitude, latitude)[2] < 0.02
    assert georeference.orthogonal_height == pytest.approx(height, abs=1e-3)
    assert georeference.true_north_deg == pytest.approx(bearing, abs=1e-3)


@pytest.mark.parametrize("stem", sorted(NOWHERE))
def test_what_says_nothing_is_refused(real_data: Path, stem: str) -> None:
    with pytest.raises(MissingGeoreference, match="--lon"):
        put(real_data, stem)


@pytest.mark.parametrize("stem", sorted(MAPS))
def test_a_thousand_vertices_agree_with_pyproj(real_data: Path, stem: str) -> None:
    points = vertices(box_of(stem))
    across, up = apart(on_ground(put(real_data, stem), points), through_map(MAPS[stem][0], points, *MAPS[stem][1:]))
    assert across < 0.01
    half = float(np.hypot(*(np.ptp(box_of(stem), axis=0)[:2] / 2)))
    assert up < 0.001 + half**2 / (2 * 6_371_000) * 1.01


@pytest.mark.parametrize("stem", sorted(set(EXPECTED) - set(MAPS)))
def test_a_thousand_vertices_agree_with_a_tangent_plane(real_data: Path, stem: str) -> None:
    """Models by longitude and latitude: PROJ's topocentric conversion, turned by ifcopenshell's TrueNorth."""
    georeference = put(real_data, stem)
    path = real_data / "ifc" / f"{stem}.ifc"
    bearing = 0.0 if stem == "duplex_elec" else geolocation.get_true_north(opened(path))  # (2, 0, 1) is no direction
    points = vertices()
    sine, cosine = np.sin(np.radians(bearing)), np.cos(np.radians(bearing))
    east, north = cosine * points[:, 0] + sine * points[:, 1], cosine * points[:, 1] - sine * points[:, 0]
    there = f"+lon_0={georeference.longitude!r} +lat_0={georeference.latitude!r} +h_0={EXPECTED[stem][4]}"
    plane = pyproj.Transformer.from_pipeline(f"+proj=pipeline +step +inv +proj=topocentric +ellps=WGS84 {there}")
    ecef = plane.transform(east, north, points[:, 2])
    expected = np.column_stack(transformer("EPSG:4978", "EPSG:4979").transform(*ecef))
    assert max(apart(on_ground(georeference, points), expected)) < 0.0001


def test_the_wrong_scale_of_two_samples_is_told(real_data: Path) -> None:
    for stem in ("bsi_georef_gk", "bsi_georef_utm"):
        conflicts = put(real_data, stem).conflicts
        assert "Scale 1000 would make the model 1,000,000 times as large" in conflicts[0]
        assert "RefElevation 113.7 was written in metres" in conflicts[1]
        assert not any("apart" in c for c in conflicts)  # the site confirms that eastings are metres


def test_the_axis_order_of_the_rigid_operation_is_told(real_data: Path) -> None:
    conflicts = put(real_data, "bsi_georef_rigid-operation").conflicts
    assert "in the axis order of EPSG:4258 the model would stand at longitude 46.362330, latitude 14.0" in conflicts[0]


def test_the_distance_to_chicago_is_told(real_data: Path) -> None:
    georeference = put(real_data, "duplex_georef")
    assert georeference.height_reference == "orthometric"
    assert georeference.conflicts == [
        "ePset_MapConversion and IfcSite put the model 6,534,774 m apart; ePset_MapConversion is believed."
    ]


def test_the_electrical_model_lands_on_the_architects(real_data: Path) -> None:
    frame = put(real_data, "duplex_arch")
    adopted = put(real_data, "duplex_elec", frame)
    assert adopted.source == "project_frame"
    assert (adopted.ecef_from_local == frame.ecef_from_local).all()
    assert any("TrueNorth (2, 6.12303e-17, 1) is no direction" in c for c in adopted.conflicts)


def test_only_the_far_model_asks_for_its_geometry(real_data: Path) -> None:
    far = [stem for stem in sorted(EXPECTED) if may_be_far(opened(real_data / "ifc" / f"{stem}.ifc"))]
    assert far == ["bsi_linear_placement"]


def test_reading_and_placing_take_less_than_fifty_milliseconds(real_data: Path) -> None:
    for stem in ("office_a", "duplex_georef", "fzk_haus"):
        opened(real_data / "ifc" / f"{stem}.ifc")
        put(real_data, stem)  # imports pyproj, fills PROJ's caches
        start = time.perf_counter()
        put(real_data, stem)
        assert time.perf_counter() - start < 0.05
