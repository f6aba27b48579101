"""A Dask cluster of our own for tests: a scheduler process and worker processes, each killable by itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.house import ROOT

START = 90.0  # seconds: two cores may be shared by many


@dataclass
class Cluster:
    """A scheduler at an address, and its workers."""

    folder: Path
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def _start(self, name: str, *words: str, cores: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.{name}", *words]
        if cores:
            command = ["taskset", "-c", ",".join(map(str, cores)), *command]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **self.environment}
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=self.folder, start_new_session=True
            )

    def start_scheduler(self) -> None:
        """Start a scheduler, at the port of the one before where there was one."""
        told = self.folder / "scheduler.json"
        told.unlink(missing_ok=True)
        self.scheduler = self._start(
            "dask_scheduler",
            *("--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"),
            *("--scheduler-file", str(told)),
        )
        ends = time.monotonic() + START
        while time.monotonic() < ends:
            assert self.scheduler.poll() is None, (self.folder / "dask_scheduler.log").read_text()
            try:
                self.port = int(json.loads(told.read_text())["address"].rpartition(":")[2])
            except (OSError, ValueError):
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the scheduler does not start")

    def start_worker(self, cores: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
        """Start a worker with one thread; `cores`: the only ones that it and its children may use."""
        worker = self._start(
            "dask_worker",
            *(self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"),
            *("--memory-limit", "0", "--local-directory", str(self.folder)),
            cores=cores,
        )
        self.workers.append(worker)
        return worker

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers are there."""
        from distributed import Client

        with Client(self.address, timeout=START, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=START)

    def close(self) -> None:
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            process.kill()
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2, **environment: str) -> Iterator[Cluster]:
    """Give a cluster that is there, with so many workers."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Cluster(folder, environment=environment)
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.start_worker()
        if workers:
            made.wait_for_workers(workers)
        yield made
    finally:
        made.close()
