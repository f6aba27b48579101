"""The project's frame: what a later model adopts, to the millimetre, and what it does not."""

import numpy as np
import pytest

from tests.georeference.step import BOX, Step, conversion, put, vertices
from twin.errors import MissingGeoreference
from twin.values.georeference import Georeference, PlacementOptions

ARCH = Step(site="(41,52,27,840000),(-87,-38,-21,-839999),180.")
ELEC = Step(site="(41,52,27,843933),(-87,-38,-21,-828002),180.", true_north="(2.,6.E-17,1.)")


def farthest(one: Georeference, other: Georeference) -> float:
    points = np.column_stack([vertices(), np.ones(1000)])
    return float(np.abs(points @ (one.ecef_from_local - other.ecef_from_local).T).max())


def test_a_site_near_by_adopts_the_whole_frame() -> None:
    frame = put(ARCH)
    adopted = put(ELEC, frame=frame)
    assert adopted.source == "project_frame"
    assert farthest(adopted, frame) == 0
    assert (adopted.ecef_from_local == frame.ecef_from_local).all()
    assert any(n.startswith("The project's frame is adopted: IfcSite puts the model 0.30 m") for n in adopted.notices)
    assert any("TrueNorth (2, 6e-17, 1)" in c for c in adopted.conflicts)
    assert farthest(put(ELEC), frame) > 0.2


def test_rotation_and_crs_come_with_the_frame() -> None:
    frame = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, 4.0, axis=(0.6, 0.8))))
    near = PlacementOptions(longitude=frame.longitude, latitude=frame.latitude + 8 / 111_000, height=4.0, rotation=12.0)
    adopted = put(Step(), near, frame=frame)
    assert (adopted.source, adopted.crs) == ("project_frame", "EPSG:4547")
    assert adopted.true_north_deg == frame.true_north_deg
    assert adopted.grid_convergence_deg == frame.grid_convergence_deg
    assert farthest(adopted, frame) == 0


def test_own_frame_refuses() -> None:
    own = put(ELEC, PlacementOptions(own_frame=True), frame=put(ARCH))
    assert own.source == "IfcSite"
    assert farthest(own, put(ELEC)) == 0


@pytest.mark.parametrize(("metres", "source"), [(9.5, "project_frame"), (10.5, "option")])
def test_ten_metres_are_the_limit(metres: float, source: str) -> None:
    frame = put(ARCH)
    options = PlacementOptions(longitude=frame.longitude, latitude=frame.latitude + metres / 111_074, height=180.0)
    placed = put(Step(), options, frame=frame)
    assert placed.source == source
    assert any("frame of its own" in n for n in placed.notices) == (source == "option")


def test_another_height_is_told() -> None:
    frame = put(ARCH)
    adopted = put(Step(site=ELEC.site.replace("180.", "0.")), frame=frame)
    assert adopted.orthogonal_height == 180
    assert any("stands at 180.00 m, IfcSite of this model says 0.00 m" in c for c in adopted.conflicts)


def test_a_map_conversion_keeps_its_own() -> None:
    frame = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0)))
    own = put(Step(more=conversion("EPSG:4547", 545_003.0, 3_380_000.0)), frame=frame)
    assert own.source == "IfcMapConversion"
    assert any("a frame of its own, 3.0 m from the project's" in n for n in own.notices)


def test_two_far_geometries_with_one_site_stay_together() -> None:
    """Each alone would be centred on the site; in the project the second keeps its place beside the first."""
    far = BOX + np.array([545_000.0, 3_380_000.0, 0.0])
    frame = put(ARCH, box=far)
    other = put(ARCH, box=far + np.array([300.0, 0.0, 0.0]), frame=frame)
    assert other.source == "project_frame"
    assert (other.ecef_from_local == frame.ecef_from_local).all()


def test_far_geometry_does_not_adopt_the_frame_of_a_near_one() -> None:
    far = BOX + np.array([545_000.0, 3_380_000.0, 0.0])
    placed = put(ARCH, box=far, frame=put(ARCH))
    assert placed.source == "IfcSite"


def test_inside_city_holds_for_the_adopted_frame() -> None:
    bounds = (-87.65, 41.87, -87.63, 41.88)
    assert put(ELEC, frame=put(ARCH), bounds=bounds).inside_city is True


def test_a_file_without_a_place_takes_the_frame() -> None:
    frame = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, 4.0, axis=(0.6, 0.8))))
    with pytest.raises(MissingGeoreference):
        put(Step())
    taken = put(Step(), frame=frame)
    assert (taken.source, taken.crs) == ("project_frame", "EPSG:4547")
    assert farthest(taken, frame) == 0
    assert [str(notice) for notice in taken.notices] == [
        "Nothing in the file says where the model stands: it takes the project's frame."
    ]
    with pytest.raises(MissingGeoreference):
        put(Step(), PlacementOptions(own_frame=True), frame=frame)
    with pytest.raises(MissingGeoreference):
        put(Step(), frame=frame, box=BOX + np.array([5e5, 3e6, 0.0]))
