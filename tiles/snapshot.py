"""The picture that goes with an issue: a few elements in colour, seen through each other, the rest as ghosts."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.raster import NEAR, Layer, View, draw, front, view_of
from twin.values.topic import Camera

LONGEST_SIDE = 1500  # pixels, of BCF 3.0
FINER = 2  # pixels of the drawing per pixel of the picture, each way
PAPER = np.array([250.0, 251.0, 252.0])
GHOST = np.array([168.0, 174.0, 182.0])
INK = np.array([28.0, 32.0, 38.0])
LIGHT = np.array([-0.35, 0.65, -0.68])  # where light comes from, behind the camera: right, up, forward
SHARP = 0.82  # cosine of the angle between surfaces whose edge is drawn
STEP = 0.01  # share of the nearness that makes a step in depth an outline
CLEAR, DENSE = 0.58, 0.88  # opacity of the coloured elements before others: of the largest, and of the rest
VEIL = 0.20  # opacity of ghosts before coloured elements
BACKDROP = 0.55  # opacity of ghosts behind them

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mesh of the picture.

    vertices : (n, 3) float64, metres, in the frame of the camera
    faces : (m, 3) integers
    color : red, green, blue of 0 to 255; None for what is only there to show where one is
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.integer]
    color: tuple[int, int, int] | None = None


def picture(meshes: Sequence[Drawn], camera: Camera, size: tuple[int, int] = (800, 600)) -> bytes:
    """Return a PNG of the meshes, `size` pixels wide and high; the same input makes the same bytes."""
    width, height = size
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ValueError(size)
    fine = view_of(camera, width * FINER, height * FINER)
    colors = list(dict.fromkeys(mesh.color for mesh in meshes if mesh.color is not None))
    layers = [_drawn(fine, [mesh for mesh in meshes if mesh.color == color], NEAR) for color in colors]
    distances = [distance for layer in layers if (distance := front(fine, layer)) is not None]
    # ghosts before the first coloured element would only be in the way
    nearest = min(distances) * 0.98 if distances else NEAR
    rest = _drawn(view_of(camera, width, height), [mesh for mesh in meshes if mesh.color is None], nearest)
    ghosts = _shaded(rest, GHOST, np.ones(rest.which.shape, bool)).reshape(height, width, 3)
    image = np.where((rest.which >= 0)[:, :, None], PAPER + BACKDROP * (ghosts - PAPER), PAPER).astype(np.float32)
    if layers:
        _lay_over(image, layers, colors, rest, ghosts)
    return _png(np.asarray(image.round(), np.uint8))


def _drawn(view: View, meshes: Sequence[Drawn], nearest: float) -> Layer:
    """Draw meshes as one."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    vertices = np.concatenate([np.zeros((0, 3)), *(mesh.vertices for mesh in meshes)])
    faces = [mesh.faces.astype(np.int64) + start for mesh, start in zip(meshes, starts, strict=False)]
    return draw(view, vertices, np.concatenate([np.zeros((0, 3), np.int64), *faces]), nearest)


def _lay_over(
    image: Image, layers: Sequence[Layer], colors: Sequence[tuple[int, int, int]], rest: Layer, ghosts: Image
) -> None:
    """Lay the coloured layers, which are finer, over the picture, in place: in each pixel the farthest first."""
    covered = np.any([layer.which >= 0 for layer in layers], axis=0)
    rows, columns = np.nonzero(covered)
    below = (rows // FINER, columns // FINER)
    nearness = np.stack([layer.near[covered] for layer in layers])
    shaded = np.stack([_shaded(layer, np.array(c), covered) for layer, c in zip(layers, colors, strict=True)])
    sizes = [int((layer.which >= 0).sum()) for layer in layers]
    opacities = np.full(len(layers), DENSE, np.float32)
    opacities[int(np.argmax(sizes))] = CLEAR
    pixels = image[below]
    solid = np.zeros(len(rows), bool)
    for place in np.argsort(nearness, axis=0, kind="stable"):
        here = np.take_along_axis(nearness, place[None], axis=0)[0]
        there = np.isfinite(here)
        share = np.where(solid, opacities[place], 1.0) * there
        color = np.take_along_axis(shaded, place[None, :, None], axis=0)[0]
        pixels += share[:, None].astype(np.float32) * (color - pixels)
        solid |= there
    veiled = rest.near[below] > nearness.max(axis=0)
    pixels[veiled] += VEIL * (ghosts[below][veiled] - pixels[veiled])
    fine = np.repeat(np.repeat(image, FINER, 0), FINER, 1)
    fine[covered] = pixels
    height, width, _ = image.shape
    image[:] = fine.reshape(height, FINER, width, FINER, 3).mean(axis=(1, 3))


def _shaded(layer: Layer, color: NDArray[np.float64], pixels: NDArray[np.bool_]) -> Image:
    """Return the layer in its colour, lit, with its edges, in these pixels, (k, 3)."""
    light = (LIGHT / np.linalg.norm(LIGHT)).astype(np.float32)
    lit = np.clip(layer.normals @ light, 0, 1)
    facing = np.clip(-layer.normals[:, 2], 0, 1)
    tone = 0.60 + 0.28 * lit + 0.20 * facing
    table = np.clip(color.astype(np.float32) * tone[:, None], 0, 255)
    shaded = np.take(table, layer.which[pixels], axis=0)
    edges = _edges(layer)[pixels]
    shaded[edges] = shaded[edges] * 0.25 + INK * 0.75
    return np.asarray(shaded, np.float32)


def _edges(layer: Layer) -> NDArray[np.bool_]:
    """Return where a surface ends, bends or lies before another one, (h, w)."""
    which = layer.which
    edges = np.zeros(which.shape, bool)
    for axis in (0, 1):
        later = which[1:] if axis == 0 else which[:, 1:]
        earlier = which[:-1] if axis == 0 else which[:, :-1]
        rows, columns = np.nonzero(later != earlier)
        after = (rows + 1, columns) if axis == 0 else (rows, columns + 1)
        one, other = which[rows, columns], which[after]
        ends = (one < 0) | (other < 0)
        bends = (layer.normals[one] * layer.normals[other]).sum(axis=1) < SHARP
        steps = _steps(layer.near, (rows, columns), after, axis)
        # the line lies on what is there, else on what comes after
        edges[rows[ends & (one >= 0)], columns[ends & (one >= 0)]] = True
        drawn = (ends & (other >= 0)) | (~ends & (bends | steps))
        edges[after[0][drawn], after[1][drawn]] = True
    return edges


def _steps(
    near: NDArray[np.float32],
    here: tuple[NDArray[np.int64], NDArray[np.int64]],
    after: tuple[NDArray[np.int64], NDArray[np.int64]],
    axis: int,
) -> NDArray[np.bool_]:
    """Return where one surface lies before another: nearness is linear along a plane, and is not here."""
    size = near.shape[axis] - 1
    before = list(here)
    before[axis] = np.maximum(here[axis] - 1, 0)
    beyond = list(after)
    beyond[axis] = np.minimum(after[axis] + 1, size)
    first, second, third, fourth = near[before[0], before[1]], near[here], near[after], near[beyond[0], beyond[1]]
    with np.errstate(invalid="ignore"):
        step = third - second
        smooth = np.minimum(np.abs(step - (second - first)), np.abs(step - (fourth - third)))
        return np.asarray(smooth > STEP * np.abs(second))


def _png(image: NDArray[np.uint8]) -> bytes:
    """Return (h, w, 3) red, green, blue as a PNG."""
    height, width, _ = image.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
