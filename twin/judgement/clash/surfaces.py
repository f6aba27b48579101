"""Bodies that are no solids: what can still be said of their surfaces, and how far it is from one to another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from twin.judgement.clash.boxes import near_pairs
from twin.judgement.clash.crossing import crossings, sink
from twin.judgement.clash.distance import depths, triangle_distances
from twin.judgement.clash.lattice import Lattice, lattice_within, within
from twin.judgement.clash.solids import Solid
from twin.judgement.clash.widths import hull_width
from twin.judgement.clash.winding import winding_numbers
from twin.values.clash import Measured, Method
from twin.values.sentence import Sentence, say

_PAIRS_AT_ONCE = 200_000
_ALIKE = 1e-6  # metres: ways that differ by less are equally short
_SKIN = 1e-6  # metres: what lies no deeper is on the surface
_MAYBE = 0.2  # of a winding: less is outside for sure
_WORK = 600_000  # points times triangles that one pair is worth
_LATTICE = 14
_NEIGHBOUR = 1.8  # steps of the lattice: a diagonal of a cell
_PROBES = 200


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
    ends = cKDTree(second.reshape(-1, 3)).query(first.reshape(-1, 3), distance_upper_bound=within)[0].min()
    within = min(within, float(ends) + _ALIKE)  # no way is longer than one from corner to corner
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


def probe(a: Solid, b: Solid, reach: float) -> Measured | Sentence | None:
    """Measure two bodies of which at least one has gaps: by points of each in the other and where surfaces cross.

    A body with gaps counts as being where its triangles wind around more than half; a sheet has no inside, so of it
    counts how deep it goes into the other body.
    """
    method = Method.SURFACE_ONLY if a.manifold is None and b.manifold is None else Method.WINDING_PROBE
    if _alike(a, b):
        width = hull_width(a.vertices)
        return Measured(_filled(a), width, 0.0, (1.0, 1.0), a.box.mean(axis=0), a.box, method)
    sheet, other = (b, a) if a.manifold is not None else (a, b)
    crossed, deep = _crossed(sheet, other)
    sunk, held = _inside(a.vertices, b), _inside(b.vertices, a)
    lattice = _lattice(np.maximum(a.box[0], b.box[0]), np.minimum(a.box[1], b.box[1]), a, b)
    common = np.ones(lattice.count**3, bool)
    for body in sorted((a, b), key=lambda body: len(body.faces)):  # the cheaper one leaves fewer points to the other
        common = lattice_within(lattice, body.triangles, common) if common.any() else common
    inner = lattice.points()[common]
    if not (len(crossed) or sunk.strict.any() or held.strict.any() or len(inner)):
        return _one_in_the_other(a, b) or _gap(a, b, reach, method)
    points = np.concatenate([crossed[:, 0], sunk.points, held.points, inner])
    if method is Method.WINDING_PROBE:
        deep = _deepest(crossed[:, 1], sheet, other)
    volume = len(inner) * lattice.cell
    shares = (
        1.0 if sunk.whole and not len(crossed) else _share(volume, _filled(a)),
        1.0 if held.whole and not len(crossed) else _share(volume, _filled(b)),
    )
    box = np.array([points.min(axis=0), points.max(axis=0)])
    return Measured(volume, max(deep, _thickness(points, inner)), 0.0, shares, box.mean(axis=0), box, method)


def _alike(a: Solid, b: Solid) -> bool:
    """Are the corners of two bodies the same."""
    if len(a.vertices) != len(b.vertices) or not np.allclose(a.box, b.box, rtol=0, atol=_SKIN):
        return False
    return bool((cKDTree(b.vertices).query(a.vertices)[0] <= _SKIN).all())


def _one_in_the_other(a: Solid, b: Solid) -> Sentence | None:
    """Return the doubt whether a body lies inside one whose gaps are too wide to say so; None where there is none."""
    for inner, outer in ((a, b), (b, a)):
        if ((inner.box[0] >= outer.box[0]) & (inner.box[1] <= outer.box[1])).all() and outer.manifold is None:
            around = np.abs(winding_numbers(inner.vertices[:1], outer.triangles))
            if around[0] > _MAYBE and depths(inner.vertices[:1], outer.triangles)[0] > _SKIN:
                return say("one of the two has wide gaps, and the other one may be inside it")
    return None


def _gap(a: Solid, b: Solid, reach: float, method: Method) -> Measured | None:
    """Return the measures of two surfaces that do not cross; None where they are `reach` apart or more."""
    if reach <= 0:
        return None
    gap, one, other = shortest(a.triangles, b.triangles, reach)
    if gap >= reach:
        return None
    ends = np.concatenate([one, other])
    box = np.array([ends.min(axis=0), ends.max(axis=0)])
    return Measured(0.0, 0.0, gap, (0.0, 0.0), box.mean(axis=0), box, method)


def _crossed(a: Solid, b: Solid) -> tuple[NDArray[np.float64], float]:
    """Return (k, 2, 3) points where the surfaces cross, each with the middle of all of its triangle of `a`, metres, and
    how deep the triangles go through each other at most."""
    points, of, deep = [np.zeros((0, 3))], [np.zeros(0, np.int64)], 0.0
    for i, j in near_triangles(a.triangles, b.triangles, 0.0):
        numbers, at = crossings(a.triangles[i], b.triangles[j])
        if len(numbers):
            points.append(at)
            of.append(i[numbers])
            deep = max(deep, float(sink(a.triangles[i[numbers]], b.triangles[j[numbers]]).max()))
    found, triangle = np.concatenate(points), np.concatenate(of)
    _, group = np.unique(triangle, return_inverse=True)
    counts = np.maximum(np.bincount(group), 1)
    middles = np.stack([np.bincount(group, found[:, axis]) / counts for axis in range(3)], axis=1)[group]
    return np.stack([found, middles], axis=1), deep


@dataclass(frozen=True, slots=True)
class _Inside:
    """Corners of a body in another one or on its surface, (n, 3) metres, which of them are in it, and whether all of
    the body's are one or the other."""

    points: NDArray[np.float64]
    strict: NDArray[np.bool_]
    whole: bool


def _inside(points: NDArray[np.float64], body: Solid) -> _Inside:
    """Return the corners (of very many, a sample) that lie in another body."""
    total = len(points)
    points = points[((points >= body.box[0] - _SKIN) & (points <= body.box[1] + _SKIN)).all(axis=1)]
    near_all = len(points) == total
    points = points[:: 1 + len(points) * len(body.faces) // _WORK]
    if not len(points):
        return _Inside(points, np.zeros(0, bool), False)
    on_it = depths(points, body.triangles) <= _SKIN
    strict = within(points, body.triangles) & ~on_it
    kept = strict | on_it
    return _Inside(points[kept], strict[kept], near_all and bool(kept.all()))


def _lattice(low: NDArray[np.float64], high: NDArray[np.float64], a: Solid, b: Solid) -> Lattice:
    """Return a lattice over a box, the finer the fewer faces there are; without points in a box without volume."""
    if not (high - low > _SKIN).all():
        return Lattice(low, high, 0)
    return Lattice(low, high, int(np.clip((_WORK / (len(a.faces) + len(b.faces))) ** (1 / 3), 3, _LATTICE)))


def _filled(body: Solid) -> float:
    """Return what a body fills, of one with gaps by a lattice, cubic metres."""
    if body.manifold is not None:
        return body.volume
    if "filled" not in body.kept:
        lattice = _lattice(body.box[0], body.box[1], body, body)
        body.kept["filled"] = float(lattice_within(lattice, body.triangles).sum()) * lattice.cell
    return float(body.kept["filled"])


def _thickness(points: NDArray[np.float64], inner: NDArray[np.float64]) -> float:
    """Return how thick the thickest connected part of an overlap is, metres, of which points are known, some of them
    of a lattice."""
    if not len(inner):
        return 0.0
    spans = [np.diff(np.unique(inner[:, axis].round(9))) for axis in range(3)]
    step = np.array([span.min() if len(span) else 1.0 for span in spans])
    tree = cKDTree(inner / step)
    near = tree.query_pairs(_NEIGHBOUR, output_type="ndarray")
    graph = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(inner), len(inner)))
    parts, part_of = connected_components(graph, directed=False)
    nearest = part_of[tree.query(points / step)[1]]
    return max(hull_width(points[nearest == part]) for part in range(parts))


def _deepest(middles: NDArray[np.float64], sheet: Solid, solid: Solid) -> float:
    """Return how deep corners of a sheet, or middles of what is in it of a triangle, lie in a solid at most, metres."""
    inside = ((sheet.vertices > solid.box[0]) & (sheet.vertices < solid.box[1])).all(axis=1)
    probes = np.concatenate([np.unique(middles, axis=0), sheet.vertices[inside]])
    probes = probes[:: 1 + len(probes) // _PROBES]
    probes = probes[within(probes, solid.triangles)] if len(probes) else probes
    return float(depths(probes, solid.triangles).max()) if len(probes) else 0.0


def _share(volume: float, whole: float) -> float:
    """Return a volume as a share of a whole."""
    return min(volume / whole, 1.0) if whole > 0 else 0.0
