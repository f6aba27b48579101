"""How thick overlaps are whose hull says nothing: sleeves, rings, angles."""

from itertools import pairwise

import numpy as np
import pytest
from manifold3d import Manifold, OpType

from tests.clash.shapes import Mesh, box, joined, solid, turned
from twin.judgement.clash.distance import depths
from twin.judgement.clash.measure import measure
from twin.judgement.clash.thickness import thickness
from twin.judgement.clash.verdict import classify
from twin.judgement.clash.winding import winding_numbers
from twin.values.clash import ClashType, Measured

TURNS = [(0, 0, 0), (0.3, -0.8, 1.9)]
TENTH = 1e-4  # metres


def wall(width: float, height: float, thick: float = 0.3) -> Mesh:
    """A wall of 4 × 3 m with an opening about its middle, as one outline that is extruded."""
    outer = np.array([(-2, -1.5), (2, -1.5), (2, 1.5), (-2, 1.5)])
    inner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * [width / 2, height / 2]
    flat = np.concatenate([outer, inner])
    vertices = np.concatenate([np.c_[flat, np.zeros(8)], np.c_[flat, np.full(8, thick)]])
    faces = []
    for k, n in pairwise((0, 1, 2, 3, 0)):
        faces += [(k, k + 4, n + 4), (k, n + 4, n)]  # below
        faces += [(k + 8, n + 12, k + 12), (k + 8, n + 8, n + 12)]  # above
        faces += [(k, n, n + 8), (k, n + 8, k + 8)]  # around
        faces += [(k + 4, n + 12, n + 4), (k + 4, k + 12, n + 12)]  # in the opening
    return vertices, np.array(faces)


def sleeve(lap: float) -> Mesh:
    """A duct of 400 × 300 mm that is larger than its opening by `lap` on each side."""
    return box((0.4 + 2 * lap, 0.3 + 2 * lap, 2), (-0.2 - lap, -0.15 - lap, -1))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(
    ("lap", "type"),
    [(8e-6, ClashType.TOUCH), (0.004, ClashType.TOUCH), (0.0099, ClashType.TOUCH), (0.012, ClashType.HARD)],
)
def test_a_duct_laps_as_deep_as_its_sleeve_is_thick(turn: tuple[float, ...], lap: float, type: ClashType) -> None:
    found = measure(solid(turned(wall(0.4, 0.3), turn)), solid(turned(sleeve(lap), turn)), 0)
    assert isinstance(found, Measured)
    assert found.depth == pytest.approx(lap, abs=1e-7)
    assert found.volume == pytest.approx(0.3 * ((0.4 + 2 * lap) * (0.3 + 2 * lap) - 0.12), rel=1e-3)
    assert classify(found, 0.01, TENTH, 0) is type


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("sides", [16, 64, 256])
@pytest.mark.parametrize("wall", [8e-6, 0.004, 0.012])
@pytest.mark.parametrize("length", [0.014, 0.3, 5.0])
def test_tubes(turn: tuple[float, ...], sides: int, wall: float, length: float) -> None:
    tube = Manifold.cylinder(length, 0.2, 0.2, sides) - Manifold.cylinder(20, 0.2 - wall, 0.2 - wall, sides, True)
    for part in (tube, tube - Manifold.cube((1, 1, 10), False).translate((0, 0, -5))):
        assert thickness(part.rotate(np.degrees(turn))) == pytest.approx(wall * np.cos(np.pi / sides), abs=TENTH)


@pytest.mark.parametrize("turn", TURNS)
def test_angles_channels_and_crosses(turn: tuple[float, ...]) -> None:
    angle = Manifold.cube((1, 0.2, 0.5)) + Manifold.cube((0.2, 1, 0.5))
    cross = Manifold.cube((2, 0.2, 0.5), True) + Manifold.cube((0.3, 2, 0.5), True)
    channel = Manifold.cube((1, 1, 1)) - Manifold.cube((0.6, 2, 1)).translate((0.2, -0.5, 0.3))
    for part, wanted in ((angle, 0.2), (cross, 0.3), (channel, 0.3)):
        assert thickness(part.rotate(np.degrees(turn))) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("turn", TURNS)
def test_the_thickest_place_counts_however_small_beside_the_rest(turn: tuple[float, ...]) -> None:
    sheet = Manifold.cube((10, 10, 0.001))
    cube = sheet + Manifold.cube((0.2, 0.2, 0.2)).translate((3, 3, 0))
    assert thickness(cube.rotate(np.degrees(turn))) == pytest.approx(0.2)
    ball = sheet + Manifold.sphere(0.2, 32).translate((3, 3, 0))
    assert thickness(ball.rotate(np.degrees(turn))) == pytest.approx(0.4, rel=0.02)


def test_bodies_of_blocks_are_about_as_thick_as_the_largest_ball_in_them() -> None:
    """The ball by a lattice of points and their distances from the surface; a block is as thick as its ball."""
    random = np.random.default_rng(4)
    for _ in range(30):
        blocks = [Manifold.cube((0.1, 0.1, 0.1))]
        for _ in range(3):
            low = random.uniform(-1, 0, 3)
            blocks.append(Manifold.cube(random.uniform(0.1, 1, 3) - low).translate(low))
        body = Manifold.batch_boolean(blocks, OpType.Add)
        mesh = body.to_mesh64()
        triangles = np.asarray(mesh.vert_properties)[:, :3][np.asarray(mesh.tri_verts).astype(int)]
        points = random.uniform(triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1)), (3000, 3))
        inside = np.abs(winding_numbers(points, triangles)) > 0.5
        ball = 2 * depths(points[inside], triangles).max()
        least = max(float(np.ptp(np.array(block.bounding_box()).reshape(2, 3), axis=0).min()) for block in blocks)
        assert min(ball / 1.5, least / 1.27) <= thickness(body) <= max(1.3 * ball, 1e-9)


def test_two_rings_count_one_by_one() -> None:
    walls = joined(wall(0.4, 0.3), (wall(0.4, 0.3)[0] + [0, 0, 0.5], wall(0.4, 0.3)[1]))
    found = measure(solid(walls), solid(sleeve(0.005)), 0)
    assert isinstance(found, Measured)
    assert found.depth == pytest.approx(0.005, abs=1e-7)
