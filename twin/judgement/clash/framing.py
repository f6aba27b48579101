"""Where to stand to see a clash: near enough for it, far enough for the two elements, with little in the way."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.values.topic import Camera, Triple

FIELD_OF_VIEW = 50.0  # degrees, vertical; BCF 2.1 knows 45 to 60
ASPECT = 4 / 3
LEAST_RADIUS = 0.1  # metres; a smaller clash is looked at as if it had this radius
LEAST_SHARE = 0.105  # of the shorter side of the picture that the clash fills
ELEVATIONS = (math.radians(35.0), math.radians(-30.0))  # from above, else from below
BELOW = 1.5  # how much worse it is to look from below
AZIMUTHS = tuple(math.radians(degrees) for degrees in (-135.0, -45.0, 45.0, 135.0, -112.5, -67.5, -22.5, 22.5))


def framing(
    clash_box: ArrayLike,
    element_boxes: Sequence[ArrayLike] = (),
    up: Triple = (0.0, 0.0, 1.0),
    fov: float = FIELD_OF_VIEW,
    aspect: float = ASPECT,
) -> Camera:
    """Return the camera that shows a clash, in the frame of the boxes; z is up in it, as in IFC.

    clash_box : (2, 3) least and greatest corner, metres; of the overlap, or of the shortest way between the elements
    element_boxes : (2, 3) each, of the elements that clash
    up : what is up in the picture; where it runs along the view, north is up
    """
    box = np.asarray(clash_box, np.float64)
    elements = [np.asarray(element, np.float64) for element in element_boxes]
    centre = box.mean(axis=0)
    radius = max(float(np.linalg.norm(box[1] - box[0])) / 2, LEAST_RADIUS)
    towards = _best_direction(centre, radius, elements)
    half = math.radians(fov) / 2
    half = min(half, math.atan(math.tan(half) * aspect))
    farthest = radius * math.cos(half) / LEAST_SHARE
    wanted = max([1.6 * radius, *(_reach(centre, element) for element in elements)])
    distance = min(wanted, farthest) / math.sin(half)
    return Camera(
        position=_triple(centre - towards * distance),
        direction=_triple(towards),
        up=_triple(_upright(towards, np.asarray(up, np.float64))),
        field_of_view=fov,
        aspect=aspect,
    )


def _best_direction(
    centre: NDArray[np.float64], radius: float, elements: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the direction of view, (3,) of length 1, along which least of the elements' boxes hides the clash."""
    best, least = np.zeros(3), math.inf
    for elevation in ELEVATIONS:
        for azimuth in AZIMUTHS:
            flat = math.cos(elevation)
            back = np.array([flat * math.cos(azimuth), flat * math.sin(azimuth), math.sin(elevation)])
            hidden = sum(_way_out(centre, back, element) for element in elements) + radius
            hidden *= BELOW if elevation < 0 else 1.0
            if hidden < least * (1 - 1e-6):  # the first ones are the usual views
                best, least = -back, hidden
    return best


def _way_out(start: NDArray[np.float64], back: NDArray[np.float64], box: NDArray[np.float64]) -> float:
    """Return how far a ray from `start` runs inside a box, metres; 0 where it starts outside."""
    if np.any(start < box[0]) or np.any(start > box[1]):
        return 0.0
    walls = np.where(back > 0, box[1], box[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ways = np.where(np.abs(back) > 1e-12, (walls - start) / back, np.inf)
    return float(ways.min())


def _reach(centre: NDArray[np.float64], box: NDArray[np.float64]) -> float:
    """Return the distance of the farthest corner of a box."""
    return float(np.linalg.norm(np.maximum(np.abs(box[0] - centre), np.abs(box[1] - centre))))


def _upright(towards: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `up` made perpendicular to the view, of length 1."""
    for candidate in (up, np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])):
        upright = candidate - towards * float(candidate @ towards)
        length = float(np.linalg.norm(upright))
        if length > 1e-6:
            return np.asarray(upright / length)
    raise ValueError(towards)


def _triple(vector: NDArray[np.float64]) -> Triple:
    return (float(vector[0]), float(vector[1]), float(vector[2]))
