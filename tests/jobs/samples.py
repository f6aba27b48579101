"""What tests of jobs share: jobs that import sample files, runners, and the rows of a twin without its times."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import select

from tests.house import ROOT
from twin.store import Store
from twin.store.tables import metadata
from twin.values.job import Job, NewJob
from web.jobs.importing import import_arguments
from web.jobs.runner import Runner

PATIENCE = 60.0  # seconds; the machine may be busy
COMMAND = [sys.executable, "-m", "web.cli.main"]
NOT_OF_MODELS = ("jobs", "alembic_version", "twin")  # the twin is called after its folder
TIMES = ("placed_at", "imported_at", "created_at", "started_at", "finished_at")


def put_import(store: Store, path: Path, project: str = "P001", **stated: Any) -> Job:
    """Queue the import of a file."""
    content = path.read_bytes()
    arguments = import_arguments(path.name, len(content), apart=stated.pop("apart", False), **stated)
    return store.put_job(NewJob("import", project, arguments, "somebody"), content)


@contextmanager
def running(store: Store, place: Path) -> Iterator[Runner]:
    """Have a runner at work in a thread."""
    runner = Runner(str(place), store, period=0.1)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield runner
    finally:
        runner.stop()
        thread.join()


def wait(until: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends, "it takes too long"
        time.sleep(0.05)


def ended(store: Store, *jobs: Job, seconds: float = PATIENCE) -> list[Job]:
    """Wait until jobs have ended, and return them."""
    wait(lambda: all(store.job(job.id).state.ended for job in jobs), seconds)
    return [store.job(job.id) for job in jobs]


def twin(*words: str, twin_dir: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    import os

    return subprocess.run(
        [*COMMAND, *words, "--twin", str(twin_dir)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=PATIENCE * 2,
        check=False,
    )


def contents(place: Path) -> tuple[dict[str, list[tuple[Any, ...]]], set[str]]:
    """Return all that a twin keeps but times, numbers and jobs: table → sorted rows, names of blobs.

    Rows that refer to others by number have that number's row in its place, so that the order of imports is no matter.
    """
    with Store.open(place, create=False) as store:
        tables = {name: table for name, table in metadata.tables.items() if name not in NOT_OF_MODELS}
        with store._engine.connect() as connection:
            rows = {
                name: [dict(row._mapping) for row in connection.execute(select(table))]
                for name, table in tables.items()
            }
        told = _told(tables, rows)
        for lines in rows.values():
            for row in lines:
                row.pop("changes", None)
        listed = {
            name: sorted(
                (
                    tuple(
                        told.get((_target(table, key), value), value) if _target(table, key) else value
                        for key, value in sorted(row.items())
                        if key not in TIMES and not (key == "id" and isinstance(value, int))
                    )
                    for row in rows[name]
                ),
                key=repr,
            )
            for name, table in tables.items()
        }
        inputs = {job.input_sha256 for job in store.jobs(limit=1000)}  # what failed keeps its file, to be tried again
        return listed, set(store.blobs.names()) - inputs


def _target(table: Any, column: str) -> str:
    """Return the table that a numbered column refers to, "" where it refers to none by number."""
    keys = list(table.c[column].foreign_keys)
    return keys[0].column.table.name if keys and keys[0].column.name == "id" else ""


def _told(tables: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, Any], Any]:
    """Return (table, number) → a text of what that row says, its own numbers replaced likewise."""
    told: dict[tuple[str, Any], Any] = {}
    for name in ("models", "revisions", "placements", "storeys", "schedules", "loads"):
        for row in rows.get(name, []):
            if isinstance(row.get("id"), int):
                words = [
                    (key, told.get((_target(tables[name], key), value), value) if _target(tables[name], key) else value)
                    for key, value in sorted(row.items())
                    if key not in (*TIMES, "id")
                ]
                told[name, row["id"]] = repr(words)
    return told


def children_at_work(of: psutil.Process) -> list[psutil.Process]:
    """Return the processes that work on jobs below one."""
    return [p for p in of.children(recursive=True) if "web.jobs.child" in " ".join(words_of(p))]


def held(pid: int | None = None) -> psutil.Process:
    """Hold the process that works on a job for this one, or for another: a small import is over too soon to be met.

    `resume()` lets it go on.
    """
    of = psutil.Process(pid)
    wait(lambda: children_at_work(of))
    time.sleep(0.2)
    child = min(children_at_work(of), key=psutil.Process.create_time)  # it may have children of its own
    child.suspend()
    return child


def words_of(process: psutil.Process) -> list[str]:
    """Return the command line of a process that may be gone."""
    try:
        words: list[str] = process.cmdline()
        return words
    except psutil.Error:
        return []
