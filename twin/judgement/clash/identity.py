"""Elements followed from one revision of a model to the next, also where every GlobalId has changed.

First the same GlobalId, then the same body at the same place, then a tag or a name that only one element of its class
has, then the nearest alike.  Every element is given away once; where two are equally likely none is taken: a clash that
lost its element is told, one that got a stranger's is not noticed.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from twin.judgement.clash.signatures import Features, features
from twin.values.bodies import Bodies
from twin.values.clash import BodyKey, CheckedModel, Match

SAME = 1e-3  # metres and share: rounding of another exporter
NEAR = 0.5  # metres that an element may move and still be known by its place
VICINITY = 5.0  # metres within which an element alike leaves doubt whether one is gone
CLEARLY = 3.0  # times nearer than the second candidate
_ALIKE = 0.2  # share by which sizes may differ
_SLACK = 0.05  # metres by which they may differ in any case
_DENSE = 16  # neighbours that are looked at: of a heap of equal things none is told from the others

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Described:
    """What the drawn elements of a revision are known by; sequences are by feature row."""

    global_ids: Sequence[str]
    classes: Sequence[str]
    names: Sequence[str]
    tags: Sequence[str]
    features: Features

    def __len__(self) -> int:
        return len(self.global_ids)


@dataclass(frozen=True, slots=True)
class Rebound:
    """How the elements of an earlier revision of a model were found again.

    matches : GlobalId of before → its match, those with the same GlobalId included
    unclear : GlobalIds of before for which there is something alike, but not for certain
    gone : GlobalIds of before for which there is nothing alike
    """

    matches: Mapping[str, Match] = field(default_factory=dict)
    unclear: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


def describe(
    global_ids: Sequence[str], classes: Sequence[str], names: Sequence[str], tags: Sequence[str], bodies: Bodies
) -> Described:
    """Return what elements are known by, from their texts and bodies by feature row."""
    return Described(global_ids, [_family(name) for name in classes], names, tags, features(bodies))


def described_model(model: CheckedModel) -> Described:
    """Return what the elements of a model that is checked are known by."""
    return describe(model.global_ids, model.ifc_classes, model.names, model.tags, model.bodies)


def rebind_models(before: Mapping[str, Described], models: Iterable[CheckedModel]) -> dict[str, Rebound]:
    """Return model → how its elements of before were found again, for the models that are given both ways."""
    return {
        model.model: rebind(model.model, before[model.model], described_model(model), model.parents)
        for model in models
        if model.model in before
    }


def rebind(model: str, before: Described, after: Described, undrawn: Container[str] = ()) -> Rebound:
    """Return how the elements of an earlier revision of `model` are found in a later one.

    undrawn : GlobalIds that the later file has, though it may have no body for them: nothing else takes their place
    """
    search = _Search(before, after)
    search.take(_unique(before.global_ids, after.global_ids), "global_id", 1.0)
    search.take_same_bodies()
    search.take_named(before.tags, after.tags, "tag", 0.95)
    search.take_named(before.names, after.names, "name", 0.9)
    near = search.take_near()
    matches = {
        before.global_ids[i]: Match(
            BodyKey(model, before.global_ids[i]), BodyKey(model, after.global_ids[j]), by, float(score)
        )
        for i, (j, by, score) in search.found.items()
        if by == "global_id" or before.global_ids[i] not in undrawn
    }
    doubtful = search.doubtful | near | search.found.keys()
    unclear = frozenset(before.global_ids[i] for i in doubtful) - matches.keys()
    gone = frozenset(before.global_ids) - matches.keys() - unclear
    return Rebound(matches, unclear, gone)


class _Search:
    """What is matched so far, and what is left on both sides; elements are feature rows."""

    def __init__(self, before: Described, after: Described) -> None:
        self.before, self.after = before, after
        self.found: dict[int, tuple[int, str, float]] = {}
        self.taken: set[int] = set()
        self.doubtful: set[int] = set()

    def take(self, pairs: Iterable[tuple[int, int]], by: str, score: float) -> None:
        """Match pairs of rows that are not given away yet."""
        for i, j in pairs:
            if i not in self.found and j not in self.taken:
                self.found[i] = (j, by, score)
                self.taken.add(j)

    def left(self) -> tuple[list[int], list[int]]:
        """Return the rows without a match, before and after."""
        return (
            [i for i in range(len(self.before)) if i not in self.found],
            [j for j in range(len(self.after)) if j not in self.taken],
        )

    def take_same_bodies(self) -> None:
        """Match the same body at the same place; of several in one place those with the same tag or name."""
        plain = self._keys()
        for texts in (None, "tags", "names"):
            ours, theirs = self.left()
            a = [_with(plain[0], self.before, texts, i) for i in ours]
            b = [_with(plain[1], self.after, texts, j) for j in theirs]
            self.take(((ours[i], theirs[j]) for i, j in _unique(a, b)), "signature", 1.0)
        ours, theirs = self.left()
        there = {plain[1][j] for j in theirs}
        self.doubtful |= {i for i in ours if plain[0][i] in there}
        pairs, _ = self._neighbours(ours, theirs, SAME)
        pairs = pairs[self._same_shape(pairs)] if len(pairs) else pairs
        self.take(_mutual(pairs), "signature", 0.98)
        self.doubtful |= {int(i) for i, _ in pairs} - self.found.keys()

    def take_named(self, before: Sequence[str], after: Sequence[str], by: str, score: float) -> None:
        """Match elements by a text that one element of their class has on each side, if they are alike or near."""
        pairs = [
            (i, j)
            for i, j in _unique(
                [(c, t) if t else None for c, t in zip(self.before.classes, before, strict=True)],
                [(c, t) if t else None for c, t in zip(self.after.classes, after, strict=True)],
            )
            if i not in self.found and j not in self.taken
        ]
        if not pairs:
            return
        rows = np.array(pairs, np.int64)
        alike = self._same_shape(rows) | ((self._distance(rows) <= NEAR) & self._alike(rows))
        self.take(((i, j) for (i, j), fits in zip(pairs, alike.tolist(), strict=True) if fits), by, score)
        self.doubtful |= {i for (i, _), fits in zip(pairs, alike.tolist(), strict=True) if not fits}

    def take_near(self) -> set[int]:
        """Match the nearest alike within reach where it is clearly the nearest, seen from both sides.

        Returns the rows of before that have something alike in their vicinity.
        """
        ours, theirs = self.left()
        pairs, distances = self._neighbours(ours, theirs, VICINITY)
        if not len(pairs):
            return set()
        fits = self._alike(pairs) & ~self._contradict(pairs)
        pairs, distances = pairs[fits], distances[fits]
        best = _clearly_nearest(pairs, distances, 0) & _clearly_nearest(pairs, distances, 1) & (distances <= NEAR)
        for (i, j), distance in zip(pairs[best].tolist(), distances[best].tolist(), strict=True):
            self.take([(i, j)], "place", round(0.8 - 0.6 * distance, 3))
        return set(pairs[:, 0].tolist())

    def _keys(self) -> tuple[list[Any], list[Any]]:
        """Return (class, signature of the placed body) of every element; None where it has no body."""
        sides = []
        for side in (self.before, self.after):
            signatures = side.features.signatures.tolist()
            sides.append([(c, s) if s else None for c, s in zip(side.classes, signatures, strict=True)])
        return sides[0], sides[1]

    def _neighbours(self, ours: list[int], theirs: list[int], reach: float) -> tuple[Pairs, NDArray[np.float64]]:
        """Return (p, 2) pairs of rows of one class whose middles lie within reach, metres, and their distances."""
        mine = _by_class(self.before, ours)
        yours = _by_class(self.after, theirs)
        pairs, distances = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
        for name in sorted(mine.keys() & yours.keys()):
            a, b = mine[name], yours[name]
            tree = cKDTree(self.after.features.middles[b])
            count = min(_DENSE, len(b))
            found, which = tree.query(self.before.features.middles[a], k=count, distance_upper_bound=reach)
            found, which = found.reshape(len(a), count), which.reshape(len(a), count)
            i, k = np.nonzero(np.isfinite(found))
            pairs.append(np.stack([a[i], b[which[i, k]]], axis=1))
            distances.append(found[i, k])
        return np.concatenate(pairs), np.concatenate(distances)

    def _distance(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return how far the middles of some pairs are apart, metres; infinite where one has no body."""
        apart = self.before.features.middles[pairs[:, 0]] - self.after.features.middles[pairs[:, 1]]
        distances: NDArray[np.float64] = np.nan_to_num(np.linalg.norm(apart, axis=1), nan=np.inf)
        return distances

    def _same_shape(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Tell which pairs have one shape, however it stands: volume, area and sides agree but for rounding."""
        a, b = self.before.features.take(pairs[:, 0]), self.after.features.take(pairs[:, 1])
        close = [
            np.abs(x - y) <= SAME * np.maximum(1e-3, np.maximum(np.abs(x), np.abs(y)))
            for x, y in ((a.volumes, b.volumes), (a.areas, b.areas))
        ]
        sides = np.all(np.abs(a.sides - b.sides) <= SAME * np.maximum(1.0, a.sides), axis=1)
        return np.asarray(close[0] & close[1] & sides, np.bool_)

    def _alike(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Tell which pairs have similar boxes."""
        a, b = self.before.features.take(pairs[:, 0]).sides, self.after.features.take(pairs[:, 1]).sides
        return np.asarray(np.all(np.abs(a - b) <= np.maximum(_SLACK, _ALIKE * np.maximum(a, b)), axis=1), np.bool_)

    def _contradict(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Tell which pairs have two different tags: their author knows them apart."""
        tags = ((self.before.tags[i], self.after.tags[j]) for i, j in pairs.tolist())
        return np.array([bool(a) and bool(b) and a != b for a, b in tags], np.bool_)


def _unique(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield the positions of keys that stand once on each side; None and "" are no keys."""
    counts = Counter(before), Counter(after)
    where = {key: j for j, key in enumerate(after) if counts[1][key] == 1}
    for i, key in enumerate(before):
        if key and counts[0][key] == 1 and key in where:
            yield i, where[key]


def _with(keys: Sequence[Any], side: Described, texts: str | None, row: int) -> Any:
    """Return a row's key, with its text where one is asked for; None where it lacks either."""
    text = None if texts is None else getattr(side, texts)[row]
    return None if keys[row] is None or text == "" else (keys[row], text)


def _by_class(side: Described, rows: Iterable[int]) -> dict[str, Pairs]:
    """Return class → rows that have a body."""
    found: dict[str, list[int]] = {}
    bodied = np.all(np.isfinite(side.features.middles), axis=1).astype(np.uint8).tobytes()
    for row in rows:
        if bodied[row]:
            found.setdefault(side.classes[row], []).append(row)
    return {name: np.array(members, np.int64) for name, members in found.items()}


def _mutual(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """Yield the pairs neither of whose elements is in another pair."""
    counts = [Counter(pairs[:, side].tolist()) for side in (0, 1)]
    return ((i, j) for i, j in pairs.tolist() if counts[0][i] == 1 and counts[1][j] == 1)


def _clearly_nearest(pairs: Pairs, distances: NDArray[np.float64], side: int) -> NDArray[np.bool_]:
    """Tell which pairs are, of all pairs of their element on one side, by far the nearest."""
    order = np.lexsort((distances, pairs[:, side]))
    rows, apart = pairs[order, side], distances[order]
    changes = np.flatnonzero(np.diff(rows)) + 1
    firsts = np.concatenate([[0], changes]) if len(order) else changes
    seconds = np.append(apart, np.inf)[firsts + 1]
    seconds[np.isin(firsts + 1, firsts)] = np.inf  # that is another element's
    chosen = order[firsts[seconds >= np.maximum(CLEARLY * apart[firsts], SAME)]]
    return np.isin(np.arange(len(order)), chosen)


def _family(ifc_class: str) -> str:
    """Return a class without the words that only some schemas and exporters add.

    >>> _family("IfcWallStandardCase")
    'IfcWall'
    """
    return ifc_class.removesuffix("StandardCase").removesuffix("ElementedCase")
