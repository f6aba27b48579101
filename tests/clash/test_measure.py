"""What two bodies do to each other, against analytic answers and half-space intersections."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from tests.clash.shapes import Array, Mesh, box, convex_overlap, joined, pose, solid, turned
from twin.judgement.clash.distance import depths, triangle_distances
from twin.judgement.clash.measure import measure
from twin.judgement.clash.verdict import classify
from twin.values.clash import ClashType, Measured, Method

NEAR = 0.2
TENTH = 1e-4  # of a millimetre
TURNS = [(0, 0, 0), (0, 0, np.pi / 2), (0, 0, 0.4), (0.3, -0.8, 1.9)]


def measured(a: Mesh, b: Mesh, reach: float = NEAR) -> Measured:
    found = measure(solid(a), solid(b), reach)
    assert isinstance(found, Measured), found
    return found


def verdict(a: Mesh, b: Mesh, tolerance: float = 0.002, clearance: float = 0.0) -> ClashType | None:
    found = measure(solid(a), solid(b), max(clearance, 2e-4))
    assert not isinstance(found, str)
    return None if found is None else classify(found, tolerance, TENTH, clearance)


def cylinder(radius: float, height: float, sides: int = 64) -> Mesh:
    angles = np.arange(sides) * 2 * np.pi / sides
    ring = np.c_[radius * np.cos(angles), radius * np.sin(angles)]
    vertices = np.concatenate([np.c_[ring, np.zeros(sides)], np.c_[ring, np.full(sides, height)]])
    return hull(vertices)


def hull(points: Array) -> Mesh:
    found = ConvexHull(points)
    faces = found.simplices.astype(np.int64)
    normals = np.cross(
        points[faces[:, 1]] - points[faces[:, 0]],
        points[faces[:, 2]] - points[faces[:, 0]],
    )
    wrong = (normals * found.equations[:, :3]).sum(axis=1) < 0
    faces[wrong] = faces[wrong][:, ::-1]
    return points, faces


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("thickness", [0.001, 0.0019, 0.0021, 0.003])
def test_thin_overlaps_are_as_thick_as_they_are(turn: tuple[float, ...], thickness: float) -> None:
    pairs = {
        "end to end, same section": (box((4, 0.2, 3)), box((4, 0.2, 3), (4 - thickness, 0, 0))),
        "flush corner": (box((4, 0.2, 3)), box((0.2, 4, 3), (3.8, 0.2 - thickness, 0))),
        "side by side": (box((4, 0.2, 3)), box((2, 0.2, 1), (1, 0.2 - thickness, 1))),
        "on a slab": (box((10, 8, 0.2)), box((0.4, 0.4, 3), (3, 3, 0.2 - thickness))),
    }
    for name, (a, b) in pairs.items():
        found = measured(turned(a, turn, (12, -7, 30)), turned(b, turn, (12, -7, 30)))
        assert found.depth == pytest.approx(thickness, abs=1e-7), name
        assert found.method is Method.EXACT_SOLID
        assert found.distance == 0
        wanted = ClashType.HARD if thickness > 0.002 else ClashType.TOUCH
        assert classify(found, 0.002, TENTH, 0) is wanted, name


@pytest.mark.parametrize("turn", TURNS)
def test_touching_faces_are_never_hard(turn: tuple[float, ...]) -> None:
    random = np.random.default_rng(3)
    for _ in range(40):
        angle = np.array(turn) + random.normal(0, 0.5, 3) * (np.array(turn) != 0)
        shift = random.uniform(-1, 1, 3) * 10 ** random.uniform(0, 3)
        a = turned(box((1, 2, 3)), angle, shift)
        b = turned(box((1, 1, 1), (1, *random.uniform(-0.5, 1.5, 2))), angle, shift)
        found = measured(a, b)
        assert found.depth <= 1e-6
        assert found.distance <= 1e-6
        assert classify(found, 0, TENTH, 0) in (ClashType.TOUCH, ClashType.HARD)
        assert classify(found, 1e-6, TENTH, 0) is ClashType.TOUCH


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_overlaps_of_turned_boxes_are_those_of_half_spaces(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = (
        turned(box(random.uniform(0.1, 3, 3)), random.normal(0, 1, 3), random.uniform(-0.8, 0.8, 3)) for _ in range(2)
    )
    volume, width = convex_overlap(a[0], b[0])
    found = measure(solid(a), solid(b), 0.5)
    if not volume > 1e-12:
        assert not isinstance(found, str)
        assert found is None or found.depth < 1e-6
        return
    assert isinstance(found, Measured)
    assert found.volume == pytest.approx(volume, rel=1e-6, abs=1e-10)
    assert found.depth == pytest.approx(width, rel=1e-5, abs=1e-7)
    assert found.shares[0] == pytest.approx(volume / ConvexHull(a[0]).volume, rel=1e-6, abs=1e-10)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_gaps_are_those_of_points_on_both(seed: int) -> None:
    """No point of one is nearer to the other than the gap, and both ends of the shortest way lie on the bodies."""
    random = np.random.default_rng(seed)
    a = turned(box(random.uniform(0.1, 2, 3)), random.normal(0, 1, 3))
    b = turned(box(random.uniform(0.1, 2, 3)), random.normal(0, 1, 3), random.normal(0, 1, 3) * 2)
    one, other = solid(a), solid(b)
    found = measure(one, other, 3.0)
    if not isinstance(found, Measured) or found.depth > 0:
        return
    corner = min(depths(a[0], other.triangles).min(), depths(b[0], one.triangles).min())
    assert found.distance <= corner + 1e-9
    pairs = np.stack(np.meshgrid(np.arange(12), np.arange(12)), axis=-1).reshape(-1, 2)
    least = triangle_distances(one.triangles[pairs[:, 0]], other.triangles[pairs[:, 1]])[0].min()
    assert found.distance == pytest.approx(least, abs=1e-9)
    assert depths(found.point[None], one.triangles)[0] == pytest.approx(found.distance / 2, abs=0.3)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(("gap", "type"), [(0.0499, ClashType.CLEARANCE), (0.0501, None), (0.00005, ClashType.TOUCH)])
def test_gaps_at_the_clearance(turn: tuple[float, ...], gap: float, type: ClashType | None) -> None:
    a, b = turned(box((4, 0.2, 3)), turn), turned(box((1, 1, 1), (1, 0.2 + gap, 1)), turn)
    assert verdict(a, b, clearance=0.05) is type


def test_the_point_between_two_faces_is_the_middle_of_where_they_face_each_other() -> None:
    found = measured(box((4, 4, 1)), box((1, 1, 1), (2, 1, 1.1)))
    assert np.allclose(found.point, [2.5, 1.5, 1.05])
    assert np.allclose(found.box, np.array([[2, 1, 1], [3, 2, 1.1]]))


@pytest.mark.parametrize("turn", TURNS)
def test_one_in_the_other_the_same_twice_and_crossing(turn: tuple[float, ...]) -> None:
    big, small = turned(box((2, 2, 2), (-1, -1, -1)), turn), turned(box((0.2, 0.2, 0.2)), turn)
    assert verdict(big, small) is ClashType.CONTAINED
    assert verdict(small, big) is ClashType.CONTAINED
    assert verdict(big, big) is ClashType.DUPLICATE
    plate = turned(box((2, 2, 0.001)), turn)
    assert verdict(plate, plate) is ClashType.DUPLICATE
    found = measured(turned(box((4, 0.2, 3)), turn), turned(box((0.3, 4, 0.4), (1, -2, 1)), turn))
    assert found.depth == pytest.approx(0.2)
    assert found.volume == pytest.approx(0.2 * 0.3 * 0.4)


def test_the_same_body_in_other_triangles_is_a_duplicate() -> None:
    other = box()
    assert verdict(cylinder(1, 2, 64), cylinder(1, 2, 192)) is ClashType.CONTAINED  # 0.14 % less volume
    assert verdict(cylinder(1, 2, 192), cylinder(1, 2, 256)) is ClashType.DUPLICATE
    assert verdict(box(), (other[0][::-1], 7 - other[1])) is ClashType.DUPLICATE


def test_several_overlaps_of_one_pair_count_one_by_one() -> None:
    """A beam through both flanges of a channel: each overlap is thin, together they would seem thick."""
    flanges = joined(box((1, 1, 0.005)), box((1, 1, 0.005), (0, 0, 0.5)))
    found = measured(flanges, box((0.2, 0.2, 2), (0.4, 0.4, -1)))
    assert found.depth == pytest.approx(0.005)
    assert found.volume == pytest.approx(2 * 0.005 * 0.04)


def test_a_pipe_through_a_hole_that_fits_is_none() -> None:
    random = np.random.default_rng(0)
    around = [box((2, 0.9, 0.3)), box((2, 0.9, 0.3), (0, 1.1, 0)), box((0.9, 0.2, 0.3), (0, 0.9, 0))]
    wall = joined(*around, box((0.9, 0.2, 0.3), (1.1, 0.9, 0)))
    pipe = (cylinder(0.09, 1)[0] + [1, 1, -0.3], cylinder(0.09, 1)[1])
    assert verdict(wall, pipe, clearance=0.005) is None
    assert verdict(wall, pipe, clearance=0.011) is ClashType.CLEARANCE
    turn = random.normal(0, 1, 3)
    assert verdict(turned(wall, turn), turned(pipe, turn), clearance=0.011) is ClashType.CLEARANCE


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_other_way_round_is_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    meshes = [
        turned(hull(random.normal(0, 1, (12, 3))), random.normal(0, 1, 3), random.normal(0, 1, 3)) for _ in range(2)
    ]
    if seed % 3 == 0:
        meshes[0] = (meshes[0][0], meshes[0][1][:-1])
    if seed % 5 == 0:
        meshes[1] = (meshes[1][0], meshes[1][1][1:])
    a, b = solid(meshes[0]), solid(meshes[1])
    forth, back = measure(a, b, 0.5), measure(b, a, 0.5)
    if not isinstance(forth, Measured):
        assert forth == back
        return
    assert isinstance(back, Measured)
    assert forth.method is back.method
    for name in ("volume", "depth", "distance", "point", "box"):
        one, other = np.asarray(getattr(forth, name)), np.asarray(getattr(back, name))
        assert np.allclose(one, other, rtol=1e-6, atol=1e-7), name
    assert np.allclose(np.array(forth.shares), np.array(back.shares)[::-1], atol=1e-6)


def opened(mesh: Mesh) -> Mesh:
    """Return a box with a gap around the corner of two sides: no flat face fills it."""
    return mesh[0], np.delete(mesh[1], [3, 10], axis=0)


@pytest.mark.parametrize("turn", TURNS)
def test_a_body_with_a_gap_against_a_solid(turn: tuple[float, ...]) -> None:
    wall = turned(box((4, 0.2, 3)), turn)
    for size, low, thickness in (
        ((0.5, 0.5, 0.5), (1, 0.15, 1), 0.05),
        ((4, 0.2, 3), (3.997, 0, 0), 0.003),
        ((0.5, 4, 0.5), (1, -2, 1), 0.2),
    ):
        found = measured(wall, turned(opened(box(size, low)), turn))
        assert found.method is Method.WINDING_PROBE
        assert found.depth == pytest.approx(thickness, rel=0.15)
    assert verdict(wall, turned(opened(box((0.1, 0.1, 0.1), (1, 0.05, 1))), turn)) is ClashType.CONTAINED
    assert verdict(wall, turned(opened(box((1, 1, 1), (1, 0.2, 1))), turn)) is ClashType.TOUCH
    far = measured(wall, turned(opened(box((1, 1, 1), (1, 0.25, 1))), turn))
    assert far.distance == pytest.approx(0.05)
    assert verdict(wall, turned(opened(box((1, 1, 1), (1, 0.25, 1))), turn)) is None


@pytest.mark.parametrize("turn", TURNS)
def test_two_bodies_with_gaps(turn: tuple[float, ...]) -> None:
    wall = turned(opened(box((4, 0.2, 3))), turn)
    found = measured(wall, turned(opened(box((0.5, 4, 0.5), (1, -2, 1))), turn))
    assert found.method is Method.SURFACE_ONLY
    assert classify(found, 0.01, TENTH, 0) is ClashType.HARD
    assert verdict(wall, wall) is ClashType.DUPLICATE
    assert verdict(wall, turned(opened(box((0.1, 0.1, 0.1), (1, 0.05, 1))), turn)) is ClashType.CONTAINED
    assert verdict(wall, turned(opened(box((1, 1, 1), (1, 0.2, 1))), turn)) is ClashType.TOUCH
    assert verdict(wall, turned(opened(box((1, 1, 1), (1, 0.25, 1))), turn)) is None


def test_a_sheet_through_a_wall_goes_as_deep_as_its_middle_and_one_on_it_touches() -> None:
    sheet = np.array([[0.2, -5, -5], [0.2, 5, -5], [0.2, 5, 5], [0.2, -5, 5]]), np.array([[0, 1, 2], [0, 2, 3]])
    wall = box((0.3, 1, 1), (0, -0.5, -0.5))
    found = measured(wall, sheet)
    assert found.depth == pytest.approx(0.1)
    assert found.method is Method.WINDING_PROBE
    assert verdict(wall, (sheet[0] + [0.1, 0, 0], sheet[1])) is ClashType.TOUCH


def test_a_body_in_an_open_box_is_not_called_clean() -> None:
    tub = box()[0] * 2, box()[1][4:]  # two sides are missing
    found = measure(solid(tub), solid(opened(box((0.1, 0.1, 0.1), (1.6, 1, 1)))), 0.01)
    assert isinstance(found, str) or (found is not None and found.shares[1] == 1)


def test_moved_bodies_measure_like_meshes_made_there() -> None:
    a, b = solid(box((1, 2, 3))), solid(box((1, 1, 1)))
    here = measure(a.placed(pose((0.1, 0, 0))), b.placed(pose((0, 0.2, 0), (0.5, 0.5, 0.5))), NEAR)
    there = measured(turned(box((1, 2, 3)), (0.1, 0, 0)), turned(box(), (0, 0.2, 0), (0.5, 0.5, 0.5)))
    assert isinstance(here, Measured)
    assert here.depth == pytest.approx(there.depth)
    assert here.volume == pytest.approx(there.volume)
