"""The Web Mercator tile grid (XYZ, tile 0/0/0 in the north-west), and arrays that say where things lie in it.

Frame `world`: x to the east and y to the south, both 0 to 1 over the whole map; a tile of zoom z is 2**-z wide.  Frame
`tile`: the integers of a vector tile, 0 to `EXTENT`, y to the south; what sticks out by up to `BUFFER` is kept.
"""

import math

import numpy as np
from numpy.typing import NDArray

MAX_ZOOM = 24
EXTENT = 4096
BUFFER = 64
# the latitude at which the map is square; mercator y is finite a little beyond it, infinite at the pole
MAX_LATITUDE = math.degrees(2 * math.atan(math.exp(math.pi)) - math.pi / 2)
_ALMOST_POLE = 89.99


def tile_exists(z: int, x: int, y: int) -> bool:
    """Is this the address of a tile.

    >>> tile_exists(1, 1, 0), tile_exists(1, 2, 0), tile_exists(25, 0, 0)
    (True, False, False)
    """
    return 0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile in degrees.

    >>> [round(value, 3) for value in tile_bounds(1, 1, 0)]
    [0.0, 0.0, 180.0, 85.051]
    """
    size = 2.0**-z
    corners = lnglat_from_world(np.array([[x * size, (x + 1) * size], [(y + 1) * size, y * size]]))
    (west, east), (south, north) = corners.tolist()
    return west, south, east, north


def world_from_lnglat(lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (2, n) world coordinates of (2, n) degrees, longitude first; a pole is moved a little away from itself."""
    sine = np.sin(np.radians(np.clip(lnglat[1], -_ALMOST_POLE, _ALMOST_POLE)))
    return np.stack([lnglat[0] / 360 + 0.5, 0.5 - np.arctanh(sine) / (2 * np.pi)])


def lnglat_from_world(world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (2, n) degrees, longitude first, of (2, n) world coordinates."""
    return np.stack([(world[0] - 0.5) * 360, np.degrees(np.arctan(np.sinh((0.5 - world[1]) * 2 * np.pi)))])


def tile_of(world: NDArray[np.float64], z: int) -> NDArray[np.int64]:
    """Return (2, n) tile columns and rows of (2, n) world coordinates; they may lie outside the grid."""
    return np.floor(world * 2.0**z).astype(np.int64)


MORTON_ZOOM = 26  # a Morton code names a cell of this zoom


def morton(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Interleave the bits of columns and rows (each below 2**31): what is near on the map is mostly near in this order.

    The code of a tile's parent is the code shifted right by two.

    >>> morton(np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 0])).tolist()
    [0, 1, 2, 3, 4]
    """
    return _spread(columns) | (_spread(rows) << 1)


def tile_from_morton(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return columns and rows of Morton codes.

    >>> [a.tolist() for a in tile_from_morton(morton(np.array([5, 9]), np.array([7, 0])))]
    [[5, 9], [7, 0]]
    """
    return _gather(codes), _gather(codes >> 1)


def morton_of(world: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the Morton codes at `MORTON_ZOOM` of (2, n) world coordinates; x wraps around, y stops at the edge."""
    cells = tile_of(world, MORTON_ZOOM)
    return morton(cells[0] % (1 << MORTON_ZOOM), np.clip(cells[1], 0, (1 << MORTON_ZOOM) - 1))


_MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    for shift, mask in _MASKS:
        bits = (bits | (bits << shift)) & mask
    return bits


def _gather(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    bits = bits & _MASKS[-1][1]
    for (shift, _), mask in zip(reversed(_MASKS), [*(m for _, m in reversed(_MASKS[:-1])), 0xFFFFFFFF], strict=True):
        bits = (bits | (bits >> shift)) & mask
    return bits
