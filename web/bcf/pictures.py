"""Pictures of clashes: the elements of a group in colour, what stands around them as ghosts. Drawn without a GPU."""

import itertools
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tiles.snapshot import Drawn, picture
from twin.judgement.clash.boxes import element_boxes
from twin.judgement.clash.framing import framing
from twin.judgement.legend import CLASH_COLOURS
from twin.values.clash import BodyKey, Clash
from twin.values.topic import Camera
from web.ingest_clashes import bodies_of_model, frame_from_local
from web.workers import worker_pool

if TYPE_CHECKING:
    from twin.store import Model, Store
    from twin.values.bodies import Bodies

SIZE = (800, 600)
AROUND = 4.0  # metres around the clash in which the rest is shown
MARGIN = 0.5  # metres of the elements that are seen around several clashes
WIDEST = 5.0  # metres: clashes of a group farther apart than this are not all in its picture
MOST_TRIANGLES = 60_000  # of the rest; the nearest elements come first
HIDDEN = ("IfcSpace", "IfcSpatialZone")
FEW = 3  # pictures that are drawn sooner than other processes have started
KEPT = 200  # pictures that a server remembers, about 20 kB each


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a picture is made of; it can be sent to another process."""

    meshes: Sequence[Drawn]
    camera: Camera

    def png(self) -> bytes:
        """Draw it."""
        return picture(self.meshes, self.camera, SIZE)


Paint = Callable[[Drawing], "Future[bytes]"]


@contextmanager
def painting(count: int) -> Iterator[Paint]:
    """Yield the function that draws so many pictures: at once where they are few, else in a process for each core."""
    workers = os.cpu_count() or 1
    if count <= FEW or workers == 1 or multiprocessing.current_process().daemon:
        yield _at_once
        return
    # a fork of a server with threads could wait for ever for a lock that one of them has
    context = multiprocessing.get_context("fork" if threading.active_count() == 1 else "spawn")
    with worker_pool(context) as executor:
        yield lambda drawing: executor.submit(drawing.png)


def _at_once(drawing: Drawing) -> "Future[bytes]":
    done: Future[bytes] = Future()
    done.set_result(drawing.png())
    return done


class Scene:
    """The bodies of a project's models, each read once, as seen from the local frame of one of them."""

    def __init__(self, store: "Store", project: str) -> None:
        self._store = store
        self._models: dict[str, Model] = {model.model: model for model in store.models(project)}
        self._bodies: dict[str, Bodies] = {}
        self._rows: dict[str, dict[str, int]] = {}
        self._spaces: dict[str, NDArray[np.bool_]] = {}
        self._boxes: dict[tuple[str, str], NDArray[np.float64]] = {}

    def camera(self, worst: Clash, clashes: Sequence[Clash]) -> Camera:
        """Return where to stand to see the clashes of a group: the worst, and others as far as they are near it."""
        boxes = [box for key in (worst.a, worst.b) if (box := self._box(worst.a.model, key)) is not None]
        seen = self._seen(worst, clashes)
        if len(clashes) > 1:  # they fill the picture, not the whole of a long element
            low, high = seen + np.array([[-MARGIN], [MARGIN]])
            boxes = [np.clip(box, low, high) for box in boxes]
        return framing(seen, boxes)

    def _seen(self, worst: Clash, clashes: Sequence[Clash]) -> NDArray[np.float64]:
        """Return (2, 3) the box of a clash and of the others of its group that are near, metres, in its frame."""
        seen = np.array(worst.local_box, np.float64)
        others = [box for clash in clashes if (box := self._clash_box(worst.a.model, clash)) is not None]
        middle = np.array(worst.local_point)
        for box in sorted(others, key=lambda box: float(np.linalg.norm(box.mean(axis=0) - middle))):
            both = np.stack([np.minimum(seen[0], box[0]), np.maximum(seen[1], box[1])])
            if np.linalg.norm(both[1] - both[0]) > WIDEST:
                break
            seen = both
        return seen

    def _clash_box(self, home: str, clash: Clash) -> NDArray[np.float64] | None:
        box = np.array(clash.local_box, np.float64)
        if clash.a.model == home:
            return box
        if home not in self._models or clash.a.model not in self._models:
            return None
        frame = self._frame(home, clash.a.model)
        corners = np.array(list(itertools.product(*box.T))) @ frame[:3, :3].T + frame[:3, 3]
        return np.stack([corners.min(axis=0), corners.max(axis=0)])

    def drawing(self, worst: Clash, clashes: Sequence[Clash]) -> Drawing:
        """Return what is seen of the clashes of a group from where the worst of them is seen best."""
        home = worst.a.model
        sides = self._rows_of([c.a for c in clashes]), self._rows_of([c.b for c in clashes])
        coloured = [
            Drawn(*self._mesh(home, model, row), color)
            for rows, color in zip(sides, CLASH_COLOURS, strict=True)
            for model, row in rows
        ]
        taken = {place for rows in sides for place in rows}
        ghosts = [Drawn(*self._mesh(home, model, row)) for model, row in self._near(worst, clashes, taken)]
        return Drawing([*coloured, *ghosts], self.camera(worst, clashes))

    def _rows_of(self, keys: Sequence[BodyKey]) -> list[tuple[str, int]]:
        found = []
        for key in dict.fromkeys(keys):
            row = self._row(key)
            if row is not None:
                found.append((key.model, row))
        return found

    def _row(self, key: BodyKey) -> int | None:
        if key.model not in self._models:
            return None
        self._read(key.model)
        return self._rows[key.model].get(key.global_id)

    def _read(self, name: str) -> None:
        if name in self._bodies:
            return
        columns = self._store.element_columns(name)
        self._bodies[name] = bodies_of_model(self._store, self._models[name])
        self._rows[name] = {global_id: row for row, global_id in enumerate(columns.global_id)}
        hidden = np.array([ifc_class in HIDDEN for ifc_class in columns.classes], bool)
        self._spaces[name] = hidden[np.asarray(columns.ifc_class, np.int64)]

    def _frame(self, home: str, name: str) -> NDArray[np.float64]:
        frame: NDArray[np.float64] = frame_from_local(self._models[home], self._models[name])
        return frame

    def _all_boxes(self, home: str, name: str) -> NDArray[np.float64]:
        if (home, name) not in self._boxes:
            self._read(name)
            self._boxes[home, name] = element_boxes(self._bodies[name], self._frame(home, name))
        return self._boxes[home, name]

    def _box(self, home: str, key: BodyKey) -> NDArray[np.float64] | None:
        row = self._row(key)
        return None if row is None or home not in self._models else self._all_boxes(home, key.model)[row]

    def _mesh(self, home: str, name: str, row: int) -> tuple[NDArray[np.float64], Any]:
        vertices, faces = self._bodies[name].mesh(row)
        frame = self._frame(home, name)
        return vertices @ frame[:3, :3].T + frame[:3, 3], faces

    def _near(self, clash: Clash, clashes: Sequence[Clash], taken: set[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return the elements around clashes, the nearest first, as many as can be drawn in a moment."""
        home = clash.a.model
        low, high = self._seen(clash, clashes) + np.array([[-AROUND], [AROUND]])
        middle = np.array(clash.local_point)
        found: list[tuple[float, str, int, int]] = []
        for name in self._models if home in self._models else ():
            boxes = self._all_boxes(home, name)
            near = (boxes[:, 0] <= high).all(axis=1) & (boxes[:, 1] >= low).all(axis=1) & ~self._spaces[name]
            away = np.maximum(np.maximum(boxes[:, 0] - middle, middle - boxes[:, 1]), 0.0)
            bodies = self._bodies[name]
            counts = np.diff(bodies.face_starts)[bodies.shapes]
            distances = np.linalg.norm(away, axis=1)
            found += [
                (float(distances[row]), name, row, int(counts[row]))
                for row in np.flatnonzero(near).tolist()
                if (name, row) not in taken
            ]
        chosen, triangles = [], 0
        for _, name, row, count in sorted(found):
            triangles += count
            if triangles > MOST_TRIANGLES:
                break
            chosen.append((name, row))
        return chosen


class Pictures:
    """Pictures that were drawn on demand, and the bodies that the last of them was made from; for many threads.

    Both are known by what they show: a group, the clashes in it, the last run and the revisions of the models.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn: OrderedDict[object, bytes] = OrderedDict()
        self._scene: tuple[object, Scene] | None = None

    def camera(self, store: "Store", project: str, worst: Clash, clashes: Sequence[Clash]) -> Camera:
        """Return where to stand to see the clashes of a group."""
        with self._lock:
            return self._scene_of(store, project).camera(worst, clashes)

    def png(self, store: "Store", project: str, worst: Clash, clashes: Sequence[Clash]) -> bytes:
        """Return the picture of a group, drawn when it is asked for the first time."""
        run = store.last_clash_run(project)
        key = (worst.group, worst.id, tuple(c.id for c in clashes), run and run.id, _state(store, project))
        with self._lock:
            found = self._drawn.get(key)
            if found is None:
                found = self._scene_of(store, project).drawing(worst, clashes).png()
            self._drawn[key] = found
            self._drawn.move_to_end(key)
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return found

    def _scene_of(self, store: "Store", project: str) -> Scene:
        state = _state(store, project)
        if self._scene is None or self._scene[0] != state:
            self._scene = state, Scene(store, project)
        return self._scene[1]


def _state(store: "Store", project: str) -> object:
    """Return what a project's bodies and their places depend on."""
    return project, tuple((model.model, model.revision, model.placed_at) for model in store.models(project))
