"""Frames of a placement: local → east-north-up → ECEF matrices, and the Jacobian of a map at a point.

All matrices are float64, row-major, metres, destination_from_source; bearings are degrees clockwise from true north.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.crs import Crs, ecef_from_lnglat, lnglat_from_map

# Metres either side of a point for the finite differences of a map. An inverse projection is good to about 1e-10 rad
# (0.6 mm): over 100 m that is 0.0003 degrees at the very worst, and curvature cancels in central differences.
_STEP = 50.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A map at one point, linearised: what a metre on it is on the ground.

    lnglat : (3,) float64: WGS 84 longitude, latitude in degrees, height in metres, of the point
    enu_from_map : (3, 3) float64: map metres (easting, northing, height) → east-north-up metres
    """

    lnglat: NDArray[np.float64]
    enu_from_map: NDArray[np.float64]

    @property
    def convergence(self) -> float:
        """Return the bearing of grid north, degrees clockwise from true north, -180 to 180."""
        return signed(bearing(self.enu_from_map[:2, 1]))

    @property
    def point_scale(self) -> float:
        """Return map metres per ground metre."""
        return float(1 / np.sqrt(abs(np.linalg.det(self.enu_from_map[:2, :2]))))


def ground(crs: Crs, point: NDArray[np.float64]) -> Ground:
    """Linearise a map at `point`, (3,) float64: easting, northing, height in metres.

    Returns values that are not finite where the projection does not reach.
    """
    offsets = _STEP * np.eye(3)
    map_points = point + np.vstack([np.zeros(3), offsets, -offsets])
    lnglat = lnglat_from_map(crs, map_points / [crs.unit, crs.unit, 1.0])
    ecef = ecef_from_lnglat(lnglat)
    with np.errstate(invalid="ignore"):
        enu_from_ecef = enu_axes(lnglat[0, 0], lnglat[0, 1]).T
        jacobian = enu_from_ecef @ ((ecef[1:4] - ecef[4:7]) / (2 * _STEP)).T
    return Ground(lnglat[0], jacobian)


def enu_axes(longitude: float, latitude: float) -> NDArray[np.float64]:
    """Return the east, north and up axes at a place (degrees) as the columns of a (3, 3) rotation, ecef from enu."""
    sin_lng, cos_lng = np.sin(np.radians(longitude)), np.cos(np.radians(longitude))
    sin_lat, cos_lat = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))
    return np.array(
        [
            [-sin_lng, -sin_lat * cos_lng, cos_lat * cos_lng],
            [cos_lng, -sin_lat * sin_lng, cos_lat * sin_lng],
            [0.0, cos_lat, sin_lat],
        ]
    )


def ecef_from_enu(lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (4, 4) matrix of the east-north-up frame at (3,) longitude, latitude in degrees, height in metres."""
    matrix = np.eye(4)
    matrix[:3, :3] = enu_axes(lnglat[0], lnglat[1])
    matrix[:3, 3] = ecef_from_lnglat(lnglat[None, :])[0]
    return matrix


def about(linear: NDArray[np.float64], fixed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (4, 4) matrix that applies the (3, 3) `linear` and takes the (3,) point `fixed` (metres) to zero."""
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = -linear @ fixed
    return matrix


def turned(bearing_of_y: float) -> NDArray[np.float64]:
    """Return the (3, 3) rotation about z, metres to metres, that turns +Y to a bearing (degrees clockwise from north).

    >>> turned(90.0).round(9).tolist()
    [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    sine, cosine = np.sin(np.radians(bearing_of_y)), np.cos(np.radians(bearing_of_y))
    return np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def bearing(direction: NDArray[np.float64]) -> float:
    """Return the bearing of an (east, north) direction, degrees clockwise from north, 0 ≤ it < 360.

    >>> bearing(np.array([-6e-17, 1.0])), bearing(np.array([-1.0, 0.0]))
    (0.0, 270.0)
    """
    degrees = float(np.degrees(np.arctan2(direction[0], direction[1])))
    return round(degrees, 10) % 360.0


def signed(degrees: float) -> float:
    """Return an angle between -180 and 180 degrees.

    >>> signed(359.5)
    -0.5
    """
    return (degrees + 180.0) % 360.0 - 180.0


def horizontal_distance(ecef: NDArray[np.float64], other: NDArray[np.float64], up: NDArray[np.float64]) -> float:
    """Return how far apart two (3,) ECEF points are across the (3,) direction `up`, metres; the chord when far."""
    chord = other - ecef
    length = float(np.linalg.norm(chord))
    if length > 100_000:  # the plane at one point says nothing of the other
        return length
    return float(np.linalg.norm(chord - (chord @ up) * up))
