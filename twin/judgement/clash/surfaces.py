"""Bodies that are no solids: what can still be said of their surfaces, and how far it is from one to another."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.boxes import near_pairs
from twin.judgement.clash.distance import triangle_distances
from twin.judgement.clash.solids import Solid
from twin.judgement.clash.winding import winding_numbers
from twin.values.clash import Measured, Method

_PAIRS_AT_ONCE = 200_000
_ALIKE = 1e-6  # metres: ways that differ by less are equally short


def closest(first: NDArray[np.float64], second: NDArray[np.float64], within: float) -> NDArray[np.float64]:
    """Return (2, 3) the box of the shortest ways between two surfaces that are about `within` apart, metres."""
    _, one, other = shortest(first, second, within + _ALIKE)
    if not len(one):
        low = np.maximum(first.min(axis=(0, 1)), second.min(axis=(0, 1)))
        high = np.minimum(first.max(axis=(0, 1)), second.max(axis=(0, 1)))
        return np.array([np.minimum(low, high), np.maximum(low, high)])
    ends = np.concatenate([one, other])
    return np.array([ends.min(axis=0), ends.max(axis=0)])


def shortest(
    first: NDArray[np.float64], second: NDArray[np.float64], within: float
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the least distance of two surfaces, metres, and (k, 3) and (k, 3) ends of all ways as short as that.

    Infinite, and no ways, where they are further apart than `within`.
    """
    least, ones, others, lengths = np.inf, [], [], []
    for i, j in near_triangles(first, second, within):
        found, one, other = triangle_distances(first[i], second[j])
        least = min(least, float(found.min(initial=np.inf)))
        short = found <= min(least + _ALIKE, within)
        ones.append(one[short])
        others.append(other[short])
        lengths.append(found[short])
    if not least <= within:
        return np.inf, np.zeros((0, 3)), np.zeros((0, 3))
    short = np.concatenate(lengths) <= least + _ALIKE
    return least, np.concatenate(ones)[short], np.concatenate(others)[short]


def near_triangles(
    first: NDArray[np.float64], second: NDArray[np.float64], within: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield numbers (k,) and (k,) of triangles whose boxes are no further than `within` apart, metres, in portions."""
    boxes = np.concatenate([np.stack([t.min(axis=1), t.max(axis=1)], axis=1) for t in (first, second)])
    of_first = np.arange(len(boxes)) < len(first)
    mine = of_first & ~_beyond(boxes, second, within)
    other = ~of_first & ~_beyond(boxes, first, within)
    for pairs in near_pairs(boxes, np.full(len(boxes), within), mine, other):
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            portion = pairs[start : start + _PAIRS_AT_ONCE]
            yield portion[:, 0], portion[:, 1] - len(first)


def _beyond(boxes: NDArray[np.float64], surface: NDArray[np.float64], within: float) -> NDArray[np.bool_]:
    """Return (n,) which boxes are further than `within` from the box of a surface."""
    low, high = surface.min(axis=(0, 1)) - within, surface.max(axis=(0, 1)) + within
    return np.asarray((boxes[:, 1] < low).any(axis=1) | (boxes[:, 0] > high).any(axis=1))


def probe(a: Solid, b: Solid, reach: float) -> Measured | None:
    """Measure."""
    raise NotImplementedError


def surfaces(a: Solid, b: Solid, reach: float) -> Measured | None:
    """Measure."""
    raise NotImplementedError
