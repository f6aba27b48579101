"""What faults meet: an import, a facts load, a clash run, each as the command a user types."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests import figures
from tests.house import ROOT
from tests.ifc_import.text_model import box, model
from tests.store.test_kill import whole
from twin.store import Store
from twin.values.clash import ClashStatus

Fault = Callable[["subprocess.Popen[str]"], None]
COMMAND = [sys.executable, "-m", "web.cli.main"]
LONG = 20  # times that each fault is tried by `make test-long`, at least
PATIENCE = 120.0  # seconds of a command on a busy machine
WALLS = 12
REGISTER = "项目代码,项目名称,项目阶段,经度,纬度\n" + "".join(
    f"P{n},工程{n},建设实施,114.05,22.54\n" for n in range(40)
)


def walls(moved: float, ifc_class: str = "IFCWALL", first: int = 0) -> bytes:
    """Return a model of walls that overlap, moved along x so that each file is another one."""
    parts = [
        box(100 * n, f"'0box{first + n:018d}'", f"'{first + n}'", ifc_class, 0.4 * n + moved)
        for n in range(1, WALLS + 1)
    ]
    return model(*parts)


@dataclass
class Twin:
    """A twin under test: `place` as `--twin` takes it, a folder for the files that are brought."""

    place: str
    room: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    def start(self, *words: str | Path) -> "subprocess.Popen[str]":
        """Start a command."""
        return subprocess.Popen(
            [*COMMAND, *map(str, words), "--twin", self.place, "--json"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **self.environment},
        )

    def run(self, *words: str | Path) -> int:
        """Run a command to its end; return its exit code."""
        process = self.start(*words)
        out, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in out + err, out + err
        return process.returncode

    def good(self, *words: str | Path) -> None:
        """Run a command that must work."""
        process = self.start(*words)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 3), out + err

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Open the store as any process would that starts afterwards."""
        with Store.open(self.place, create=False) as store:  # type: ignore[arg-type,unused-ignore]
            yield store

    def file(self, suffix: str, content: bytes) -> Path:
        """Write a file that has not been there, always of the same name per suffix."""
        self.number += 1
        path = self.room / f"{self.number}" / f"brought{suffix}"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path


@dataclass(frozen=True)
class Work:
    """A kind of work: the words of its next command, and how often it has been done, as the twin shows it."""

    words: Callable[[Twin], list[str | Path]]
    done: Callable[[Store], int]


def import_words(twin: Twin) -> list[str | Path]:
    """Return the words that import the next revision of a model."""
    return ["import", twin.file(".ifc", walls(twin.number * 0.001)), "--project", "P0"]


def facts_words(twin: Twin) -> list[str | Path]:
    """Return the words that load a month of reports on all projects."""
    day = f"{2000 + twin.number // 12}-{twin.number % 12 + 1:02d}-28"
    rows = "".join(f"P{n},{day},{n}\n" for n in range(40))
    return ["progress", "load", twin.file(".csv", f"项目代码,统计日期,累计完成(%)\n{rows}".encode())]


def clash_words(twin: Twin) -> list[str | Path]:
    """Return the words of a clash run."""
    return ["clash", "run", "--project", "P0", "--tolerance", "0.002"]


def facts_done(store: Store) -> int:
    """Return how many reports were loaded, each with all its rows or not at all."""
    loads = sum(load.kind == "progress" for load in store.loads())
    rows = [
        len(known.progress)
        for known in store.known().values()
        if known.entry.name and known.entry.name.startswith("工程")
    ]
    assert rows == [loads] * 40
    return loads


def clashes_done(store: Store) -> int:
    """Return how many runs there are; each clash belongs to runs that are there."""
    runs = {run.started_at for run in store.clash_runs("P0")}
    for clash in store.clashes("P0"):
        assert {clash.first_found, clash.last_found} <= runs
        assert clash.status is not ClashStatus.RESOLVED
    return len(runs)


def imports_done(store: Store) -> int:
    """Return the revision of the model."""
    return next((m.revision for m in store.models() if m.model == "P0-brought"), 0)


WORKS = {
    "import": Work(import_words, imports_done),
    "facts": Work(facts_words, facts_done),
    "clash": Work(clash_words, clashes_done),
}


def made(place: str, room: Path, environment: Mapping[str, str] | None = None) -> Twin:
    """Return a twin with projects and two models that clash."""
    twin = Twin(place, room, environment or {})
    register = twin.file(".csv", REGISTER.encode())
    twin.good("projects", "load", register, "--recorded-at", "1999-01-01")
    for name, moved, ifc_class, first in (("one", 0.0, "IFCWALL", 100), ("two", 0.1, "IFCPUMP", 200)):
        path = twin.room / f"{name}.ifc"
        path.write_bytes(walls(moved, ifc_class, first))
        twin.good("import", path, "--project", "P0")
    return twin


def sound(twin: Twin, work: Work) -> int:
    """Assert that nothing is lost or half there; return how often the work has been done."""
    with twin.opened() as store:
        whole(store)
        return work.done(store)


def lasts(twin: Twin, work: Work) -> float:
    """Return the seconds that the work takes undisturbed."""
    started = time.monotonic()
    twin.good(*work.words(twin))
    return time.monotonic() - started


def told(fault: str, outcomes: Sequence[bool]) -> None:
    """Keep the figures of a fault; of a long suite only."""
    if len(outcomes) >= LONG:
        figures.put(f"fault {fault}", {"times": len(outcomes), "done": sum(outcomes)})


def kill(process: "subprocess.Popen[str]", chance: random.Random) -> None:
    """Kill -9 a command: itself, one of the processes it started, or all of them."""
    with psutil_gone():
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        if chance.random() < 0.3:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            (tree[0] if chance.random() < 0.5 else chance.choice(tree)).kill()


@contextmanager
def psutil_gone() -> Iterator[None]:
    """Let a process be gone already."""
    try:
        yield
    except (psutil.Error, ProcessLookupError):
        return


def faulted(
    twin: Twin,
    work: Work,
    seconds: float,
    chance: random.Random,
    fault: Fault,
    mend: Callable[[], None] = lambda: None,
    begin: Callable[[], None] = lambda: None,
) -> bool:
    """Start the work, bring a fault at a random moment; assert what must hold; tell whether the work was done.

    mend : called when the command has ended, before the twin is looked at
    begin : called before it starts, when the twin was looked at
    """
    before, words = sound(twin, work), work.words(twin)
    begin()
    process = twin.start(*words)
    try:
        process.wait(chance.uniform(0.0, seconds * 1.1))
    except subprocess.TimeoutExpired:
        fault(process)
    out, err = process.communicate(timeout=PATIENCE)
    mend()
    assert "Traceback" not in out + err, out + err
    assert process.returncode in (0, 1, 3, -signal.SIGKILL), (process.returncode, out, err)
    after = sound(twin, work)
    assert after in (before, before + 1)
    if process.returncode in (0, 3):
        assert after == before + 1, "what was acknowledged is lost"
    if process.returncode == 1:
        assert (out + err).strip(), "refused without a word"
    return after == before + 1
