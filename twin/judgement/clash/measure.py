"""What two bodies do to each other: how much they overlap and how thick, else how far they are apart."""

from typing import Any

import numpy as np

from twin.judgement.clash.solids import Solid
from twin.judgement.clash.surfaces import closest, probe
from twin.judgement.clash.thickness import thickness
from twin.values.clash import Measured, Method
from twin.values.sentence import Sentence

MEETING = 1e-4  # metres: surfaces this near touch, and nobody asks for their shortest way
NOTHING = 1e-9  # metres: an overlap thinner than this is two faces that touch, as far as float64 can tell


def measure(a: Solid, b: Solid, reach: float) -> Measured | Sentence | None:
    """Return what two bodies in one frame near its origin do to each other, or why nobody knows.

    None where they are `reach` apart or more (or, with a reach of 0, do not overlap).

    reach : metres, how far apart bodies are of interest
    """
    if (np.maximum(b.box[0] - a.box[1], a.box[0] - b.box[1]) > reach).any():
        return None
    if a.manifold is not None and b.manifold is not None:
        return _solids(a, b, reach)
    return probe(a, b, reach)


def _solids(a: Solid, b: Solid, reach: float) -> Measured | None:
    """Measure two closed bodies by the solid they have in common."""
    if (np.minimum(a.box[1], b.box[1]) - np.maximum(a.box[0], b.box[0])).min() > NOTHING:
        common = a.manifold ^ b.manifold
        depth = 0.0 if common.is_empty() else thickness(common)
        if depth > NOTHING:
            return _overlap(a, b, common, depth)
    if reach <= 0:
        return None
    gap = float(a.manifold.min_gap(b.manifold, reach))
    if gap >= reach:
        return None
    return _meeting(a, b, gap) if gap <= MEETING else apart(a, b, gap, Method.EXACT_SOLID)


def _meeting(a: Solid, b: Solid, gap: float) -> Measured:
    """Return the measures of bodies that touch: they do so where their boxes do, which is near enough to show it."""
    ends = np.array([np.maximum(a.box[0], b.box[0]), np.minimum(a.box[1], b.box[1])])
    box = np.sort(ends, axis=0)
    return Measured(0.0, 0.0, gap, (0.0, 0.0), box.mean(axis=0), box, Method.EXACT_SOLID)


def _overlap(a: Solid, b: Solid, common: Any, depth: float) -> Measured:
    """Return the measures of a solid that two bodies have in common."""
    box = np.array(common.bounding_box()).reshape(2, 3)
    volume = float(common.volume())
    return Measured(
        volume=volume,
        depth=depth,
        distance=0.0,
        shares=(min(volume / a.volume, 1.0), min(volume / b.volume, 1.0)),
        point=box.mean(axis=0),
        box=box,
        method=Method.EXACT_SOLID,
    )


def apart(a: Solid, b: Solid, gap: float, method: Method) -> Measured:
    """Return the measures of bodies that do not overlap and are `gap` apart, metres."""
    box = closest(a.triangles, b.triangles, gap)
    return Measured(0.0, 0.0, gap, (0.0, 0.0), box.mean(axis=0), box, method)
