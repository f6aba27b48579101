"""Portions of pairs that a worker measures by itself: they carry the meshes they need, a shared shape once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.measure import measure
from twin.judgement.clash.solids import MOST_TRIANGLES, Solid, solid_of
from twin.judgement.clash.threads import one_thread
from twin.values.bodies import Bodies
from twin.values.clash import Measured, Method
from twin.values.sentence import Sentence, say

_PAIRS = 1_000
_LEAST, _SHARES = 100, 12  # pairs: a short run is dealt to all workers, too
_TRIANGLES = 600_000  # of the pairs of a batch, shared ones counted each time
# of work that a batch may take (a busy machine is no reason to give up); what is left then could not be judged
SECONDS = 120.0
_LOOK = 2_000  # triangles
_SMALL = 1_000  # triangles; two thousand such bodies are a few hundred megabytes at the very most
METHODS = tuple(Method)
NOTHING_NEAR, UNTESTABLE = -1, -2


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pairs to measure and all that is needed for it; crosses to a worker process.

    numbers : (p,) which pairs of the run these are
    vertices, faces : one array per shape, each around its own origin, metres
    shapes, matrices : (e,) shape of each element and (e, 4, 4) where it stands around `origin`, metres
    origin : (3,) in the frame, metres
    pairs : (p, 2) numbers of elements of the batch
    reach : (p,) how far apart the two are of interest, metres
    """

    numbers: NDArray[np.int64]
    vertices: list[NDArray[np.float64]]
    faces: list[NDArray[np.uint32]]
    shapes: NDArray[np.int64]
    matrices: NDArray[np.float64]
    origin: NDArray[np.float64]
    pairs: NDArray[np.int64]
    reach: NDArray[np.float64]
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a worker found of a batch.

    codes : (p,) number in METHODS, NOTHING_NEAR or UNTESTABLE
    measures : (p, 14) float64: volume, depth, distance, two shares, point, box
    reasons : place in the batch → packed sentence, of what could not be judged
    """

    numbers: NDArray[np.int64]
    codes: NDArray[np.int8]
    measures: NDArray[np.float64]
    reasons: dict[int, list[object]]


class Stock:
    """The bodies of all models of a run, by element number, ready to be dealt to batches."""

    def __init__(self, bodies: list[Bodies], frames: list[NDArray[np.float64]]) -> None:
        """Take the bodies of the models and (4, 4) `frame_from_local` of each."""
        self._bodies = bodies
        self._model_of = np.repeat(np.arange(len(bodies)), [len(b) for b in bodies])
        self._shape_of = np.concatenate([np.zeros(0, np.int64), *(b.shapes for b in bodies)]).astype(np.int64)
        turned = [frame @ b.local_from_shape for frame, b in zip(frames, bodies, strict=True)]
        self._matrices = np.concatenate([np.zeros((0, 4, 4)), *turned])
        counts = [np.diff(b.face_starts)[b.shapes] for b in bodies]
        self.triangles = np.concatenate([np.zeros(0, np.int64), *counts]).astype(np.int64)

    def batches(
        self, pairs: NDArray[np.int64], reach: NDArray[np.float64], places: NDArray[np.float64]
    ) -> Iterator[Batch]:
        """Yield batches of (p, 2) pairs that lie near each other; `places` (n, 3): a point of each element, metres."""
        order = np.argsort(_along_curve(places)[pairs[:, 0]], kind="stable")
        most = min(_PAIRS, max(_LEAST, len(pairs) // _SHARES))
        cost = np.minimum(self.triangles[pairs[order]].sum(axis=1), _TRIANGLES) / _TRIANGLES + 1 / most
        portion = np.floor(np.cumsum(cost)).astype(np.int64)
        for numbers in np.split(order, np.flatnonzero(np.diff(portion)) + 1) if len(order) else ():
            yield self._batch(numbers, pairs[numbers], reach[numbers])

    def _batch(self, numbers: NDArray[np.int64], pairs: NDArray[np.int64], reach: NDArray[np.float64]) -> Batch:
        """Return a batch with the shapes that its pairs need, each around the middle of its box."""
        elements, local = np.unique(pairs, return_inverse=True)
        keys = np.stack([self._model_of[elements], self._shape_of[elements]], axis=1)
        shapes, shape_of = np.unique(keys, axis=0, return_inverse=True)
        vertices, faces, middles = [], [], []
        for model, shape in shapes.tolist():
            points, triangles = self._bodies[model].shape_mesh(shape)
            if len(triangles) > MOST_TRIANGLES:  # will be refused: its place in the batch is enough
                points, triangles = points[:0], triangles[: MOST_TRIANGLES + 1]
            middle = _middle(points)
            vertices.append(points - middle)
            faces.append(triangles)
            middles.append(middle)
        shape_of = shape_of.reshape(-1)
        matrices = self._matrices[elements].copy()
        matrices[:, :3, 3] += np.einsum("nij,nj->ni", matrices[:, :3, :3], np.array(middles)[shape_of])
        origin = _middle(matrices[:, :3, 3])
        matrices[:, :3, 3] -= origin
        return Batch(numbers, vertices, faces, shape_of, matrices, origin, local.reshape(-1, 2), reach)


def measure_batch(batch: Batch) -> Answers:
    """Measure the pairs of a batch; called in a worker process or in this one."""
    one_thread()
    deadline = time.thread_time() + batch.seconds
    solids: dict[int, Solid | Sentence] = {}
    placed: dict[int, Solid | Sentence] = {}

    def element(number: int) -> Solid | Sentence:
        if number not in placed:
            shape = int(batch.shapes[number])
            if shape not in solids:
                solids[shape] = _solid(batch.vertices[shape], batch.faces[shape])
            solid = solids[shape]
            placed[number] = solid.placed(batch.matrices[number]) if isinstance(solid, Solid) else solid
        return placed[number]

    count = len(batch.pairs)
    answers = Answers(batch.numbers, np.full(count, NOTHING_NEAR, np.int8), np.zeros((count, 14)), {})
    late, work = time.thread_time() > deadline, 0
    for at, (i, j) in enumerate(batch.pairs.tolist()):
        work += sum(len(batch.faces[batch.shapes[number]]) for number in (i, j))
        if work > _LOOK:  # at the clock, which takes longer than most pairs
            late, work = time.thread_time() > deadline, 0
        if late:
            found: Measured | Sentence | None = say("it was not measured in {seconds} seconds", seconds=batch.seconds)
        else:
            found = _measured(element(i), element(j), float(batch.reach[at]))
        if isinstance(found, Sentence):
            answers.codes[at] = UNTESTABLE
            answers.reasons[at] = found.packed()
        elif found is not None:
            answers.codes[at] = METHODS.index(found.method)
            answers.measures[at] = _row(found, batch.origin)
    return answers


def _solid(vertices: NDArray[np.float64], faces: NDArray[np.uint32]) -> Solid | Sentence:
    """Return the body of a shape; small ones are remembered, because the next batch often needs them, too."""
    if len(faces) > _SMALL:
        return solid_of(vertices, faces)
    points, triangles = np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.uint32)
    return _small_solid(points.tobytes(), triangles.tobytes())


@lru_cache(maxsize=2_000)
def _small_solid(vertices: bytes, faces: bytes) -> Solid | Sentence:
    points = np.frombuffer(vertices, np.float64).reshape(-1, 3)
    return solid_of(points, np.frombuffer(faces, np.uint32).reshape(-1, 3))


def part_of(batch: Batch, some: slice) -> Batch:
    """Return a batch of some of the pairs of one."""
    return replace(batch, numbers=batch.numbers[some], pairs=batch.pairs[some], reach=batch.reach[some])


def unanswered(batch: Batch) -> Answers:
    """Return that no pair of a batch could be judged, since the process that was at it died."""
    count = len(batch.numbers)
    reason = say("the process that measured it died").packed()
    codes = np.full(count, UNTESTABLE, np.int8)
    return Answers(batch.numbers, codes, np.zeros((count, 14)), dict.fromkeys(range(count), reason))


def measured_of(code: int, row: NDArray[np.float64]) -> Measured:
    """Return the measures of a row of `Answers`."""
    volume, depth, distance, one, other = row[:5].tolist()
    return Measured(volume, depth, distance, (one, other), row[5:8], row[8:14].reshape(2, 3), METHODS[code])


def _measured(a: Solid | Sentence, b: Solid | Sentence, reach: float) -> Measured | Sentence | None:
    """Measure two bodies, if both are some."""
    if isinstance(a, Sentence):
        return a
    if isinstance(b, Sentence):
        return b
    return measure(a, b, reach)


def _row(found: Measured, origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (14,) row of `Answers.measures`, in the frame."""
    numbers = [found.volume, found.depth, found.distance, *found.shares]
    return np.concatenate([numbers, found.point + origin, (found.box + origin).ravel()])


def _middle(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (3,) the middle of the box of some points; the origin where there are none, or one is no number."""
    if not len(points):
        return np.zeros(3)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return middle if np.isfinite(middle).all() else np.zeros(3)


def _along_curve(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (n,) how far along a curve through space each place lies (Morton's), so that neighbours are near."""
    if not len(places):
        return np.zeros(0, np.int64)
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    cells = np.nan_to_num((places - low) / max(float((high - low).max()), 1e-9) * 1023).astype(np.int64)
    code = np.zeros(len(places), np.int64)
    for bit in range(10):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return code
