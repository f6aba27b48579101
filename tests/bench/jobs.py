"""Eight copies of a model, imported by one Dask worker and by two, each on a core of its own: how much faster, and is
what comes of it the same, byte for byte."""

import os
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.jobs.cluster import cluster
from tests.jobs.samples import contents, ended, put_import, running, twin
from twin.store import Store
from twin.values.georeference import PlacementOptions
from twin.values.job import JobState

if TYPE_CHECKING:
    from tests.bench.run import Table

COPIES = 8
FASTER = 1.5
PLACE = ("--lon", "114.06", "--lat", "22.54")  # some of the files say nothing of their place


def copies_of(model: Path, folder: Path) -> list[Path]:
    """Return copies of a file under names of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    copies = [folder / f"{model.stem} {number}.ifc" for number in range(1, COPIES + 1)]
    for copy in copies:
        shutil.copy(model, copy)
    return copies


def seconds_of(copies: Sequence[Path], place: Path) -> float:
    """Queue imports, each into a project of its own; return the seconds until all are done."""
    options = PlacementOptions(longitude=114.06, latitude=22.54)
    with Store.open(place) as store, running(store, place) as runner:
        runner.reach()
        start = time.perf_counter()
        jobs = [put_import(store, copy, f"P{number}", options=options) for number, copy in enumerate(copies)]
        done = ended(store, *jobs, seconds=900.0)
        seconds = time.perf_counter() - start
    assert [job.state for job in done] == [JobState.DONE] * len(jobs), [job.error for job in done]
    return seconds


def imported_plainly(copies: Sequence[Path], place: Path) -> None:
    """Import the same by the command line, without a cluster."""
    for number, copy in enumerate(copies):
        done = twin("import", str(copy), "--project", f"P{number}", *PLACE, "--json", twin_dir=place)
        assert done.returncode in (0, 3), done.stdout


def timed(copies: Sequence[Path], folder: Path, rounds: int) -> tuple[dict[int, list[float]], list[Path]]:
    """Return workers → seconds of each round, interleaved, and the twins that came of it; each worker has a core."""
    cores = sorted(os.sched_getaffinity(0))
    seconds: dict[int, list[float]] = {1: [], 2: []}
    places = []
    for number in range(rounds):
        for workers in (1, 2) if number % 2 == 0 else (2, 1):
            with cluster(folder / f"cluster {workers} {number}", workers=0) as made:
                for core in cores[:workers]:
                    made.start_worker([core])
                made.wait_for_workers(workers)
                before = os.environ.get("TWIN_SCHEDULER")
                os.environ["TWIN_SCHEDULER"] = made.address
                try:
                    seconds_of(copies[:workers], folder / f"warm {workers} {number}")
                    places.append(folder / f"twin {workers} {number}")
                    seconds[workers].append(seconds_of(copies, places[-1]))
                finally:
                    os.environ.pop("TWIN_SCHEDULER")
                    if before is not None:
                        os.environ["TWIN_SCHEDULER"] = before
    return seconds, places


def compare_jobs(table: "Table", model: Path, folder: Path, rounds: int) -> None:
    """Measure one worker against two."""
    from tests.bench.run import say

    copies = copies_of(model, folder / "copies")
    say(f"\nEight equal copies of {model.stem} by Dask workers on a core each, medians of {rounds} interleaved rounds")
    load = os.getloadavg()[0]
    seconds, places = timed(copies, folder, rounds)
    one, two = (statistics.median(seconds[workers]) for workers in (1, 2))
    table.judge("one worker / two workers", one / two, FASTER, "x", at_least=True)
    say(f"      one {one:.2f} s, two {two:.2f} s (load before {load:.1f}, after {os.getloadavg()[0]:.1f})")
    imported_plainly(copies, folder / "plain")
    plain = contents(folder / "plain")
    same = sum(contents(place) == plain for place in places)
    table.judge("twins that equal a plain import's", same, len(places), "", at_least=True)
