"""Drawing products with geometry kernels that may crash, hang or eat the memory, and naming the culprit.

`start_lite` gives the whole file to the fast kernel; `draw_ifcopenshell` gives some products to the second one.  Both
come to a `Drawing`; what is missing from it, and why, is for the ledger.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.frames import read_frame
from twin.values.model import Placed, Shape
from twin.values.sentence import Sentence, say

LITE_SECONDS, SECONDS_PER_MEGABYTE = 15.0, 0.5
FARTHEST = 2e8  # metres: map coordinates with the number of their zone reach 1.2e8; also false for what is no number
ROUNDED = 2  # of 255: colours that differ by less differ by the kernels' rounding
MOST_CULPRITS = 20  # after so many deaths the rest of a file is given up, in words
WORKER = "ifc_import.worker"
Frame = tuple[str, dict[str, Any], dict[str, NDArray[Any]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a worker: seconds without a sign of life, and megabytes of address space."""

    stall_seconds: float = 60.0
    memory_mb: int = 6144

    def seconds(self, kernel: str, path: Path) -> float:
        """Return how long a worker may be silent on a file: the fast kernel is silent to its end, but it needs no more
        than 0.05 s a megabyte where it does not hang; the second opens the file before it draws."""
        base = min(self.stall_seconds, LITE_SECONDS) if kernel == "lite" else self.stall_seconds
        return base + SECONDS_PER_MEGABYTE * path.stat().st_size / 1e6

    @classmethod
    def from_environment(cls) -> "Limits":
        """Read $TWIN_KERNEL_TIMEOUT (seconds) and $TWIN_KERNEL_MEMORY_MB."""
        return cls(
            float(os.environ.get("TWIN_KERNEL_TIMEOUT") or cls().stall_seconds),
            int(os.environ.get("TWIN_KERNEL_MEMORY_MB") or cls().memory_mb),
        )


@dataclass(slots=True)
class Drawing:
    """What a kernel drew: shapes, and for each product's step id its shape and place.

    failed : step id → why the kernel could not draw it
    death : why the worker died, None when it ended well
    """

    shapes: list[Shape] = field(default_factory=list)
    placed: dict[int, Placed] = field(default_factory=dict)
    failed: dict[int, Sentence] = field(default_factory=dict)
    death: Sentence | None = None

    def add(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Add the columns of one "shapes" frame."""
        first = len(self.shapes)
        vertices = _split(arrays["vertices"], arrays["vertex_counts"])
        faces = _split(arrays["faces"], arrays["face_counts"])
        face_materials = _split(arrays["face_materials"], arrays["face_counts"])
        materials = _split(arrays["materials"], arrays["material_counts"])
        self.shapes += map(Shape, vertices, faces, face_materials, materials)
        sound = [bool(len(v) and len(f) and (np.abs(v) < FARTHEST).all()) for v, f in zip(vertices, faces, strict=True)]
        for step_id, shape, matrix in zip(
            arrays["ids"].tolist(), arrays["shape"].tolist(), arrays["local_from_shape"], strict=True
        ):
            if sound[shape] and (np.abs(matrix) < FARTHEST).all():
                self.placed[step_id] = Placed(first + shape, matrix)
            else:
                self.failed[step_id] = say("its geometry is empty, or lies farther away than the Earth is wide")

    def recolour(self, colours: Mapping[int, NDArray[np.uint8]]) -> None:
        """Give products, by step id, the colours (4,) uint8 that their kernel did not see.

        A shape of another colour is another shape, made once for all its uses.
        """
        copies: dict[tuple[int, bytes], int] = {}
        for step_id, colour in colours.items():
            if (placed := self.placed.get(step_id)) is None:
                continue
            shape = self.shapes[placed.shape]
            if len(shape.materials) == 1 and np.abs(shape.materials[0].astype(int) - colour).max() > ROUNDED:
                key = (placed.shape, colour.tobytes())
                if key not in copies:
                    copies[key] = len(self.shapes)
                    self.shapes.append(replace(shape, materials=colour[None]))
                self.placed[step_id] = Placed(copies[key], placed.local_from_shape)


def _split(column: NDArray[Any], counts: NDArray[Any]) -> list[NDArray[Any]]:
    return np.split(column, np.cumsum(counts)[:-1]) if len(counts) else []


class Worker:
    """One worker process, at work on a file from the start, and the frames it sends."""

    def __init__(self, kernel: str, path: Path, limits: Limits) -> None:
        self._seconds = limits.seconds(kernel, path)
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", WORKER, kernel],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **threads, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )

        self._send({"path": str(path), "memory_mb": limits.memory_mb})
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, ids: Iterable[int], *, one_by_one: bool = False) -> None:
        """Name the products to draw; returns at once, also where the worker hangs and reads nothing."""
        message = {"ids": list(ids), "one_by_one": one_by_one}
        threading.Thread(target=self._send, args=(message,), daemon=True).start()

    def _send(self, message: dict[str, Any]) -> None:
        """Write a line; a worker that is already dead shows in `frames`."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # ValueError: closed by `kill` meanwhile
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            while frame := read_frame(pipe):
                self._frames.put(frame)
        self._frames.put(None)

    def frames(self, receive: Callable[[Frame], None]) -> Sentence | None:
        """Pass each frame to `receive` until the end; return None when it ended well, else why it died."""
        try:
            while True:
                frame = self._frames.get(timeout=self._seconds)
                if frame is None:
                    return self._cause()
                if frame[0] == "end":
                    return None
                receive(frame)
        except queue.Empty:
            return say("gave no sign of life for {seconds} s", seconds=round(self._seconds))
        finally:
            self.kill()

    def _cause(self) -> Sentence:
        code = self._process.wait()
        if code < 0:
            return say("was ended by signal {signal}", signal=-code)
        return say("ended with exit code {code} (out of memory, or an error of the kernel)", code=code)

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.close()


@dataclass(frozen=True, slots=True)
class Workers:
    """The two kernels at work on one file; None where a kernel is not wanted."""

    lite: Worker | None
    ifcopenshell: Worker | None

    @classmethod
    def start(cls, path: Path, kernel: str | None) -> "Workers":
        """Start them: the fast one draws the whole file, the second opens it; both cores work while the caller reads.

        kernel : "lite" or "ifcopenshell" starts only that one
        """
        limits = Limits.from_environment()
        return cls(
            Worker("lite", path, limits) if kernel != "ifcopenshell" else None,
            Worker("ifcopenshell", path, limits) if kernel != "lite" else None,
        )

    def kill(self) -> None:
        """End both."""
        for worker in (self.lite, self.ifcopenshell):
            if worker is not None:
                worker.kill()


def finish_lite(worker: Worker) -> Drawing:
    """Wait for the fast kernel; on a crash or a hang `death` says so and the drawing is empty."""
    drawing = Drawing()
    drawing.death = worker.frames(lambda frame: drawing.add(frame[2]))
    return drawing


def draw_ifcopenshell(
    path: Path,
    ids: Sequence[int],
    limits: Limits,
    advance: Callable[[int], None] = lambda done: None,
    worker: Worker | None = None,
) -> Drawing:
    """Draw products with the second kernel: all at once; where the worker dies, one by one, so that a death names its
    culprit.

    advance : called with the number of products drawn so far
    worker : one that was asked for just these products already
    """
    drawing = Drawing()
    remaining = list(ids)
    one_by_one = False
    for _ in range(MOST_CULPRITS + 1):
        if not remaining:
            return drawing
        if worker is None:
            worker = Worker("ifcopenshell", path, limits)
            worker.ask(remaining, one_by_one=one_by_one)
        current = _collect(drawing, worker, advance)
        worker = None
        if drawing.death is None:
            return drawing
        if one_by_one and current is not None:
            drawing.failed[current] = say("the geometry kernel {death} on it", death=drawing.death)
        remaining = [i for i in remaining if i not in drawing.placed and i not in drawing.failed]
        one_by_one = True
    for step_id in remaining:
        drawing.failed[step_id] = say(
            "given up after the geometry kernel died {count} times on this file", count=MOST_CULPRITS
        )
    return drawing


def _collect(drawing: Drawing, worker: Worker, advance: Callable[[int], None]) -> int | None:
    """Add what the worker draws; set `drawing.death`; return the product it was at when it died."""
    current: int | None = None

    def receive(frame: Frame) -> None:
        nonlocal current
        kind, values, arrays = frame
        if kind == "start":
            current = values["id"]
        elif kind == "failed":
            drawing.failed[values["id"]] = say("the geometry kernel refused it: {error}", error=values["error"])
        elif kind == "alive":
            advance(len(drawing.placed) + values["drawn"])
        else:
            drawing.add(arrays)
            advance(len(drawing.placed))

    drawing.death = worker.frames(receive)
    return current
