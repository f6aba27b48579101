"""GCJ-02: the shift that maps published in China (Amap, Tencent, Google's map of China) carry, undone and done.

GCJ-02 is no CRS that PROJ knows: it moves WGS 84 longitudes and latitudes by 100 to 700 m with a wavy function. The
function is secret; this is the formula that became known in 2013 and that every open converter uses. It is not
official: compared with published maps in 18 cities it is 1 to 8 m off (`ERROR`). Baidu's BD-09 is another shift
on top of this one and is not handled.
"""

import numpy as np
from numpy.typing import NDArray

# Metres between the formula and the maps it imitates, as far as it was compared in cities.
ERROR = 10

# Krassowsky's ellipsoid, which the formula reckons on, and the box inside which coordinates are shifted (degrees).
_A = 6378245.0
_E2 = 0.00669342162296594323
_BOX = (72.004, 0.8293, 137.8347, 55.8271)


def gcj02_from_lnglat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return GCJ-02 longitude and latitude of WGS 84 ones; places outside the box around China stay.

    points : (n, 2) float64, degrees

    >>> gcj02_from_lnglat(np.array([[116.404, 39.915], [9.52, 47.14]])).round(6).tolist()
    [[116.410244, 39.916404], [9.52, 47.14]]
    """
    return np.where(_inside(points)[:, None], points + _shift(points), points)


def lnglat_from_gcj02(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return WGS 84 longitude and latitude of GCJ-02 ones; the inverse of `gcj02_from_lnglat`.

    points : (n, 2) float64, degrees

    The shift changes by less than 1 % of a step, so each of the five rounds takes two digits off the 700 m. Within a
    few hundred metres of the edge of the box the forward function is not one to one.

    >>> lnglat_from_gcj02(np.array([[116.410244, 39.916404], [9.52, 47.14]])).round(6).tolist()
    [[116.404, 39.915], [9.52, 47.14]]
    """
    found = points
    for _ in range(5):
        found = points - _shift(found)
    return np.where(_inside(found)[:, None], found, points)


def _inside(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = _BOX
    longitude, latitude = points[:, 0], points[:, 1]
    return (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)


def _shift(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the formula adds to longitude and latitude, (n, 2), degrees."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + _waves(x, ((20, 1), (40, 3), (150, 12), (300, 30)))) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + _waves(y, ((20, 1), (40, 3), (160, 12), (320, 30)))) * 2 / 3
    # metres on the ground → degrees
    latitude = np.radians(points[:, 1])
    flat = 1 - _E2 * np.sin(latitude) ** 2
    across = _A / np.sqrt(flat) * np.cos(latitude)
    along = _A * (1 - _E2) / flat**1.5
    with np.errstate(divide="ignore", invalid="ignore"):  # at a pole, far outside the box
        return np.column_stack([np.degrees(east / across), np.degrees(north / along)])


def _waves(angle: NDArray[np.float64], terms: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    """Return the sum of amplitude × sin(π angle / period)."""
    total = np.zeros_like(angle)
    for amplitude, period in terms:
        total += amplitude * np.sin(np.pi * angle / period)
    return total
