"""Pictures of clashes: what is nearest is in each pixel, by a ray cast for it; two colours and ghosts."""

import io
import math
import time

import numpy as np
import pytest
from PIL import Image

from tiles.raster import draw, view_of
from tiles.snapshot import Drawn, picture
from twin.judgement.clash.framing import framing
from twin.values.topic import Camera

RED, BLUE = (214, 69, 65), (38, 120, 201)
BOX_FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4],
     [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]]
)  # fmt: skip


def box(low: tuple[float, ...], high: tuple[float, ...]) -> np.ndarray:
    (a, b, c), (d, e, f) = low, high
    return np.array(
        [[a, b, c], [d, b, c], [d, e, c], [a, e, c], [a, b, f], [d, b, f], [d, e, f], [a, e, f]], np.float64
    )


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as opened:
        assert opened.format == "PNG"
        return np.asarray(opened.convert("RGB")).astype(int)


def ray_hits(camera: Camera, column: int, row: int, size: tuple[int, int], triangles: np.ndarray) -> float:
    """Return the depth of the first triangle that the ray through a pixel meets, by Möller and Trumbore."""
    forward = np.array(camera.direction) / np.linalg.norm(camera.direction)
    right = np.cross(forward, camera.up)
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    width, height = size
    x, y = (column + 0.5 - width / 2) / (height / 2), (height / 2 - row - 0.5) / (height / 2)
    if camera.field_of_view is not None:
        half = math.tan(math.radians(camera.field_of_view) / 2)
        start, ray = np.array(camera.position), forward + half * (x * right + y * up)
    else:
        half = (camera.view_height or 0) / 2
        start, ray = np.array(camera.position) + half * (x * right + y * up), forward
    nearest = math.inf
    for a, b, c in triangles:
        p = np.cross(ray, c - a)
        determinant = (b - a) @ p
        if abs(determinant) < 1e-12:
            continue
        u = (start - a) @ p / determinant
        q = np.cross(start - a, b - a)
        v, depth = ray @ q / determinant, (c - a) @ q / determinant
        if u >= 0 and v >= 0 and u + v <= 1 and 0.02 < depth < nearest:
            nearest = float(depth)
    return nearest


@pytest.mark.parametrize("seed", range(6))
def test_the_nearest_triangle_is_in_each_pixel(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = (48, 36)
    triangles = chance.uniform(-3, 3, (30, 3, 3)) + chance.uniform(-2, 2, (30, 1, 3))
    position, direction = chance.uniform(-4, 4, 3), chance.uniform(-1, 1, 3)
    camera = Camera(
        tuple(position),
        tuple(direction),
        (0.1, 0.2, 1.0),
        field_of_view=70.0 if seed % 2 else None,
        view_height=None if seed % 2 else 8.0,
    )
    view = view_of(camera, *size)
    layer = draw(view, triangles.reshape(-1, 3), np.arange(90).reshape(30, 3))
    wrong = 0
    for row in range(0, size[1], 3):
        for column in range(0, size[0], 3):
            depth = ray_hits(camera, column, row, size, triangles)
            near = float(layer.near[row, column])
            drawn = math.inf if layer.which[row, column] < 0 else (1 / near if seed % 2 else -near)
            agrees = math.isclose(depth, drawn, rel_tol=1e-3) or depth == drawn
            wrong += not agrees
    assert wrong <= 2  # rays that graze an edge


def test_both_elements_show_in_their_colours_far_from_the_origin() -> None:
    shift = np.array([38_500_000.0, 2_500_000.0, 30.0])
    wall, pipe = box((0, 0, 0), (4, 0.3, 3)) + shift, box((1.8, -2, 1), (2.2, 2, 1.4)) + shift
    clash = np.array([[1.8, 0, 1], [2.2, 0.3, 1.4]]) + shift
    camera = framing(clash, [[wall.min(0), wall.max(0)], [pipe.min(0), pipe.max(0)]])
    drawn = [Drawn(wall, BOX_FACES, RED), Drawn(pipe, BOX_FACES, BLUE)]
    png = picture(drawn, camera)
    image = pixels(png)
    assert image.shape == (600, 800, 3)
    reddish = (image[:, :, 0] > image[:, :, 2] + 60).mean()
    bluish = (image[:, :, 2] > image[:, :, 0] + 60).mean()
    assert reddish > 0.03
    assert bluish > 0.01
    assert png == picture(drawn, camera)


def test_what_lies_between_is_a_ghost() -> None:
    element, screen = box((-1, 4, -1), (1, 6, 1)), box((-5, 4.5, -5), (-0.5, 4.6, 5))
    camera = Camera((0, 0, 0), (0, 1, 0), (0, 0, 1), field_of_view=60)
    alone = pixels(picture([Drawn(element, BOX_FACES, RED)], camera, (80, 60)))
    veiled = pixels(picture([Drawn(element, BOX_FACES, RED), Drawn(screen, BOX_FACES)], camera, (80, 60)))
    left, middle = alone[30, 36], alone[30, 44]
    assert (left == middle).all()
    assert (alone[2, 2] > 245).all()
    assert (veiled[2, 2] < alone[2, 2]).all()
    hidden = box((-5, 1, -5), (5, 2, 5))  # between camera and element: in the way, so it is not drawn
    free = pixels(picture([Drawn(element, BOX_FACES, RED), Drawn(hidden, BOX_FACES)], camera, (80, 60)))
    assert (free[30, 44] == middle).all()


def test_an_element_inside_another_shines_through() -> None:
    wall, pipe = box((-3, 4, -3), (3, 6, 3)), box((-0.5, 4.5, -0.5), (0.5, 5.5, 0.5))
    camera = Camera((0, 0, 0), (0, 1, 0), (0, 0, 1), field_of_view=60)
    image = pixels(picture([Drawn(wall, BOX_FACES, RED), Drawn(pipe, BOX_FACES, BLUE)], camera, (80, 60)))
    assert image[30, 40, 2] > image[30, 58, 2] + 15


def test_what_is_behind_or_around_the_camera_does_no_harm() -> None:
    room, behind = box((-9, -9, -9), (9, 9, 9)), box((-1, -5, -1), (1, -3, 1))
    camera = Camera((0, 0, 0), (0, 1, 0), (0, 0, 1), view_height=10.0)
    image = pixels(picture([Drawn(room, BOX_FACES), Drawn(behind, BOX_FACES, RED)], camera, (40, 30)))
    assert (image[:, :, 0] - image[:, :, 2] < 30).all()
    assert pixels(picture([], camera, (40, 30))).min() > 245
    with pytest.raises(ValueError, match="1501"):
        picture([], camera, (1501, 10))


def test_twenty_thousand_triangles_are_drawn_quickly() -> None:
    chance = np.random.default_rng(1)
    corners = chance.uniform(-10, 10, (20_000, 1, 3)) + chance.uniform(-0.7, 0.7, (20_000, 3, 3))
    mesh = Drawn(corners.reshape(-1, 3), np.arange(60_000).reshape(-1, 3))
    element = Drawn(box((-1, -1, -1), (1, 1, 1)), BOX_FACES, RED)
    camera = framing([[-1, -1, -1], [1, 1, 1]])
    started = time.process_time()
    picture([mesh, element], camera)
    assert time.process_time() - started < 2.0  # 0.3 to 0.5 s on a machine that has nothing else to do
