"""Baking a layer: all its tiles at once, into one PMTiles archive.

Level by level from the deepest: the level is written as flat arrays into a scratch folder, worker processes map them,
cut and compress portions of whole tiles, and the next coarser level is made meanwhile.  The archive does not depend on
how many workers there were.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Condition, Thread
from typing import NamedTuple

from tiles.archive import write_archive
from tiles.bake_worker import bake_portion, save_level
from tiles.columns import columns_from
from tiles.levels import Level, coarser, deepest
from tiles.plan import Plan, plan_of
from tiles.ranges import class_texts
from tiles.shapes import shapes_from
from twin.values.layer import Features, TileRange, summary

ALONE = 500_000  # vertices at the deepest level below which no process is worth starting
Advance = Callable[[int, int], None]


class Crowded(NamedTuple):
    """Features that a tile of the deepest level left out, and those that stand there without some attributes.

    None but where thousands of features, or very long texts, lie on one spot.
    """

    left_out: int
    bare: int


def bake(
    name: str,
    features: Features,
    path: Path,
    *,
    tile_range: TileRange,
    workers: int | None = None,
    advance: Advance | None = None,
) -> Crowded:
    """Write all tiles of a layer as a PMTiles v3 archive of gzip-compressed vector tiles.

    Returns what did not fit into the tiles of the deepest level, where everything should be.

    workers : processes beside this one; None: as many as there are processors, none for a small layer
    advance : told (done, of) portions of the work now and then
    """
    shapes, columns = shapes_from(features.geometry), columns_from(features.attributes)
    level = deepest(shapes, columns, class_texts(features.attributes), tile_range.maxzoom)
    counted = summary(features)
    del shapes, features  # the caller may have let go of them, too: their memory is needed now
    if workers is None:
        workers = 0 if level.shapes.xy.shape[1] < ALONE else os.cpu_count() or 1
    with scratch(path) as folder:
        columns.save(folder / "columns")
        with Crew(name, folder, workers) as crew:
            told = Telling(tile_range, advance)
            for zoom in range(tile_range.maxzoom, tile_range.minzoom - 1, -1):
                plan = plan_of(level.shapes, zoom)
                crew.work(level, plan)
                told.level_planned()
                if zoom > tile_range.minzoom:
                    level = coarser(level)
            crew.finish()
        write_archive(name, path, folder, tile_range, counted)
        parts = [json.loads(part.read_text("utf-8")) for part in folder.glob(f"{tile_range.maxzoom}-*.crowded")]
        return Crowded(*(sum(part[i] for part in parts) for i in range(2)))


class Telling:
    """Progress in levels: each coarser one is about half the work of the one before."""

    def __init__(self, tile_range: TileRange, advance: Advance | None) -> None:
        self._advance, self._left, self._total = advance, 1.0, 1000
        self._range = tile_range

    def level_planned(self) -> None:
        """Say that a level was handed to the workers."""
        self._left /= 2
        if self._advance is not None:
            self._advance(int(self._total * (1 - self._left)), self._total)


@contextlib.contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Yield a folder beside the file to be written; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tiles-", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Crew:
    """Worker processes, each fed portion by portion by a thread; without workers the work is done at once."""

    def __init__(self, name: str, folder: Path, workers: int) -> None:
        self._name, self._folder = name, folder
        self._turn = Condition()
        self._jobs: list[tuple[int, int]] = []
        self._left: dict[int, int] = {}
        self._closed, self._failure = False, ""
        self._processes = [self._start() for _ in range(workers)]
        self._threads = [Thread(target=self._feed, args=(process,), daemon=True) for process in self._processes]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._jobs.clear()
            self._closed = True
            self._turn.notify_all()
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.communicate()  # closes its pipes

    def _start(self) -> "subprocess.Popen[str]":
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "tiles.bake_worker", str(self._folder), self._name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **threads, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )

    def work(self, level: Level, plan: Plan) -> None:
        """Have a level baked; waits while there is more than one level of work ahead."""
        portions = len(plan.portions) - 1
        if not self._processes:
            for portion in range(portions):
                bake_portion(self._name, level, plan, portion, self._folder)
            return
        if not portions:
            return
        with self._turn:
            self._wait(lambda: len(self._left) < 2)
        save_level(level, plan, self._folder)
        with self._turn:
            self._left[level.zoom] = portions
            self._jobs += [(level.zoom, portion) for portion in range(portions)]
            self._turn.notify_all()

    def finish(self) -> None:
        """Wait until all is baked."""
        with self._turn:
            self._wait(lambda: not self._left)
            self._closed = True
            self._turn.notify_all()

    def _wait(self, until: Callable[[], bool]) -> None:
        while not until() and not self._failure:
            self._turn.wait()
        if self._failure:
            raise RuntimeError(self._failure)

    def _feed(self, process: "subprocess.Popen[str]") -> None:
        """Give one worker portion after portion."""
        assert process.stdin is not None
        assert process.stdout is not None
        while True:
            with self._turn:
                while not self._jobs and not self._closed:
                    self._turn.wait()
                if not self._jobs:
                    return
                zoom, portion = self._jobs.pop(0)
            answer = ""
            with contextlib.suppress(OSError, ValueError):
                process.stdin.write(f"{zoom} {portion}\n")
                process.stdin.flush()
                answer = process.stdout.readline()
            with self._turn:
                if not answer:
                    self._failure = f"A process that bakes tiles ended with {process.wait()} in zoom level {zoom}"
                else:
                    self._left[zoom] -= 1
                if not self._left.get(zoom, 1):
                    del self._left[zoom]
                    shutil.rmtree(self._folder / str(zoom), ignore_errors=True)
                self._turn.notify_all()
                if self._failure:
                    return
