"""Runs thousands of damaged files through long-lived workers, and keeps what went wrong.

A worker that says nothing for `LIMIT` seconds hangs, one whose pipe ends has died: both are found, told and replaced.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.fuzz.seeds import FAMILIES, write_seeds
from tests.fuzz.worker import ASKED_SECONDS, WAITS, Outcome, mutant

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 4 * float(WAITS["TWIN_PATIENCE"]) + ASKED_SECONDS  # seconds: several steps, each within the patience
Input = tuple[str, int] | tuple[str, int, str]


@dataclass(slots=True)
class Tally:
    """What came of all inputs: how many of each family and exit code, the slowest, and what went wrong."""

    codes: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    wrong: list[Outcome] = field(default_factory=list)
    lasted: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Take one outcome in."""
        self.codes[outcome.family, outcome.code] += 1
        self.seconds.append(outcome.seconds)
        if outcome.wrong:
            self.wrong.append(outcome)

    def figures(self) -> dict[str, object]:
        """Return the figures for the documentation."""
        families = {family: sum(n for (name, _), n in self.codes.items() if name == family) for family in FAMILIES}
        codes = Counter[str]()
        for (_, code), count in self.codes.items():
            codes[str(code)] += count
        return {
            "inputs": self.codes.total(),
            "families": {family: count for family, count in families.items() if count},
            "exit_codes": dict(sorted(codes.items())),
            "slowest_s": round(max(self.seconds, default=0.0), 1),
            "wrong": len(self.wrong),
            "lasted_s": round(self.lasted),
        }


def inputs(count: int, seed: int = 0) -> list[Input]:
    """Return which inputs to try, of every family its share, mixed; another seed gives others."""
    chosen: list[Input] = [
        (family, seed * 1_000_000 + number)
        for family, kind in FAMILIES.items()
        for number in range(-(-count * kind.share // 100))
    ]
    random.Random(seed).shuffle(chosen)  # noqa: S311
    return chosen if count >= 100 else chosen[:count]


def prepare(folder: Path, real: Path | None) -> tuple[Path, Path]:
    """Write the seeds and the twin that every input meets: a model, projects, a schedule; return their folders."""
    seeds, base = folder / "seeds", folder / "base"
    write_seeds(seeds, real)
    commands: tuple[tuple[str, ...], ...] = (
        ("projects", "load", str(seeds / "register" / "register.csv"), "--recorded-at", "2026-01-01"),
        ("import", str(seeds / "ifc" / "storeys.ifc"), "--project", "P1"),
    )
    for words in commands:
        command = [sys.executable, "-m", "web.cli.main", *words, "--twin", str(base)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return seeds, base


class Worker:
    """A process that runs inputs, watched: a death or `limit` seconds of silence are an outcome, too."""

    def __init__(self, words: Sequence[str | Path], limit: float = LIMIT) -> None:
        self.limit = limit
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def tell(self, given: Input) -> Outcome:
        """Return what comes of an input."""
        family, number = given[:2]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(given).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return Outcome(family, number, "?", wrong=["the process died"])
        if not select.select([self.process.stdout], [], [], self.limit)[0]:
            return Outcome(family, number, "?", seconds=self.limit, wrong=[f"nothing came for {self.limit:.0f} s"])
        line = self.process.stdout.readline()
        if not line:
            return Outcome(family, number, "?", wrong=[f"the process died ({self.process.wait()})"])
        return Outcome(**json.loads(line))

    def end(self) -> None:
        """End the process and what it has started."""
        with _gone():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


class _gone:  # noqa: N801  (reads as a word)
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, *_: object) -> bool:
        return isinstance(error, ProcessLookupError)


def fuzz(
    folder: Path,
    given: Iterable[Input],
    *,
    real: Path | None = None,
    workers: int | None = None,
    until: float = 1e9,
    heard: Callable[[Outcome], None] = lambda outcome: None,
) -> Tally:
    """Run inputs through workers and return what came of them; after `until` seconds no further one is begun.

    heard : told of each outcome as it comes
    """
    seeds, base = prepare(folder, real)
    waiting: SimpleQueue[Input] = SimpleQueue()
    for one in given:
        waiting.put(one)
    tally, started = Tally(), time.monotonic()

    def work(at: int) -> None:
        room = folder / f"work{at}"
        arguments: list[str | Path] = ["-m", "tests.fuzz.worker", room, seeds, base]
        room.mkdir()
        worker = Worker(arguments)
        try:
            for one in _taken(waiting):
                if time.monotonic() - started > until:
                    return
                outcome = worker.tell(one)
                tally.add(outcome)
                heard(outcome)
                if outcome.code is None:
                    worker.end()
                    worker = Worker(arguments)
        finally:
            worker.end()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(workers or os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.lasted = time.monotonic() - started
    return tally


def _taken(waiting: SimpleQueue[Input]) -> Iterator[Input]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def keep(tally: Tally, seeds: Path, target: Path) -> list[str]:
    """Write the inputs that went wrong below `target`, to be tried again for ever; return a line for each."""
    lines = []
    for outcome in tally.wrong:
        name, content = mutant(seeds, outcome.family, outcome.number)
        path = target / outcome.family / f"{outcome.number}_{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        lines.append(f"{path}: {'; '.join(outcome.wrong)} | {outcome.said[-300:]}")
    return lines
