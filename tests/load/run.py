"""The load test: `python -m tests.load [--city DIR] [--viewers 200] [--seconds 180] [--import]`.

Viewers run in this process, the server in its own, as users start it; figures as JSON.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil

from tests.conftest import ROOT
from tests.load.session import Ask, getter, read_session, resolve
from tests.load.viewer import Answered, crowd
from web.cli.serve import may_open

FINE = (200, 204, 304)  # 204: a tile with nothing in it
PAGE = ROOT / "web" / "static"


@dataclass(slots=True)
class Load:
    """What a load test measured; `memory` is (seconds, bytes) of the server and its processes."""

    answers: list[Answered]
    memory: list[tuple[float, int]]
    seconds: float
    viewers: int
    client_cpu: float
    server_cpu: float
    imports: int

    def errors(self) -> list[str]:
        """Return what was answered with an error, or not at all."""
        return [f"{a.status} {a.path} {a.why}" for a in self.answers if a.status not in FINE]

    def slow(self, share: float, *, tiles: bool) -> float:
        """Return the milliseconds within which a share of the answers came; `tiles`: of warm ones only."""
        chosen = [a.seconds for a in self.answers if is_tile(a.path) or not tiles]
        return float(np.quantile(chosen, share) * 1000) if chosen else 0.0

    def growth(self) -> float:
        """Return the server's memory in the second half of the time by that in the first, after a sixth of it."""
        early = [size for at, size in self.memory if self.seconds / 6 <= at < self.seconds / 2]
        late = [size for at, size in self.memory if at >= self.seconds / 2]
        return float(np.median(late) / np.median(early)) if early and late else 1.0

    def figures(self) -> dict[str, Any]:
        """Return the figures for the documentation."""
        return {
            "viewers": self.viewers,
            "seconds": round(self.seconds),
            "requests": len(self.answers),
            "requests_per_s": round(len(self.answers) / self.seconds),
            "megabytes": round(sum(a.size for a in self.answers if a.status == 200) / 1e6),
            "errors": len(self.errors()),
            "tile_p50_ms": round(self.slow(0.5, tiles=True)),
            "tile_p99_ms": round(self.slow(0.99, tiles=True)),
            "all_p50_ms": round(self.slow(0.5, tiles=False)),
            "all_p99_ms": round(self.slow(0.99, tiles=False)),
            "memory_mb": round(max((size for _, size in self.memory), default=0) / 1e6),
            "memory_growth": round(self.growth(), 3),
            "server_cpu": round(self.server_cpu / self.seconds, 2),
            "client_cpu": round(self.client_cpu / self.seconds, 2),
            "imports": self.imports,
        }


def is_tile(path: str) -> bool:
    """Tell whether an address is that of a tile: of a layer or of a model."""
    return ".mvt" in path or path.endswith(".glb")


@contextmanager
def server(folder: Path, *options: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run `twin serve`; give its URL and its process."""
    command = [sys.executable, "-m", "web.cli.main", "serve", "--twin", str(folder), "--port", "0", "--json", *options]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"].rstrip("/"), psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def memory_of(process: psutil.Process) -> int:
    """Return the bytes that belong to a process and its children alone."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def cpu_of(process: psutil.Process) -> float:
    """Return the seconds of processor that a process and its living children have used."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            used = one.cpu_times()
        except psutil.Error:
            continue
        total += used.user + used.system
    return total


@contextmanager
def importing(folder: Path, wanted: bool) -> Iterator[list[int]]:
    """Import models of the sample city one after the other all the time; gives the exit codes."""
    codes: list[int] = []
    done = threading.Event()

    def work() -> None:
        files = sorted((folder / "samples").glob("*.ifc"), key=lambda path: path.stat().st_size)[-4:]
        spare = folder.parent / "imported"
        spare.mkdir(exist_ok=True)
        while not done.is_set():
            file = files[len(codes) % len(files)]
            copy = spare / f"again{len(codes) % 8}.ifc"
            copy.write_bytes(file.read_bytes().replace(b"ENDSEC;", f"/* {len(codes)} */ENDSEC;".encode(), 1))
            words = ["import", str(copy), "--project", "LOAD", "--twin", str(folder), "--lon", "114.1", "--lat", "22.5"]
            command = [sys.executable, "-m", "web.cli.main", *words]
            # a session of its own, as another terminal is: Linux shares the processor between sessions
            done_one = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, start_new_session=True)
            codes.append(done_one.returncode)

    thread = threading.Thread(target=work)
    if wanted:
        thread.start()
    try:
        yield codes
    finally:
        done.set()
        if wanted:
            thread.join()


def ran(crowd: Coroutine[Any, Any, list[Answered]]) -> list[Answered]:
    """Run a crowd in a thread of its own: a Chromium of other tests keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, crowd).result()


def load(folder: Path, viewers: int, seconds: float, *, imports: bool = False, options: Sequence[str] = ()) -> Load:
    """Serve a twin folder, have viewers look for some seconds, return what was measured."""
    may_open(20 * viewers)
    with server(folder, *options) as (url, process):
        get = getter(url)
        asks = resolve(read_session(), get, PAGE)
        once = [Ask(0.01 * n, path) for n, path in enumerate(dict.fromkeys(ask.path for ask in asks))]
        ran(crowd_of(url, once, 1, once[-1].at))  # what is measured is warm
        memory: list[tuple[float, int]] = []
        done = threading.Event()
        started, cpu, own = time.monotonic(), cpu_of(process), time.process_time()

        def sample() -> None:
            while not done.wait(1.0):
                memory.append((time.monotonic() - started, memory_of(process)))

        sampler = threading.Thread(target=sample)
        sampler.start()
        try:
            with importing(folder, imports) as codes:
                answers = ran(crowd_of(url, asks, viewers, seconds))
        finally:
            done.set()
            sampler.join()
        assert not set(codes) - {0, 3}, codes
        lasted = time.monotonic() - started
        used = cpu_of(process) - cpu
        return Load(answers, memory, lasted, viewers, time.process_time() - own, used, len(codes))


async def crowd_of(url: str, asks: Sequence[Ask], viewers: int, seconds: float) -> list[Answered]:
    """Run a crowd against a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return await crowd(parts.hostname, parts.port, asks, viewers, seconds)
