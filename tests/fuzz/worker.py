"""A process that damages files and runs the real commands on them: `python -m tests.fuzz.worker WORK SEEDS BASE`.

stdin: one JSON line `[family, number]` each; stdout: one JSON line each, what came of it.  The commands run in this
process, warm: what they fork is forked as for a user.  Whoever starts it keeps the time and notices a death.
"""

import contextlib
import hashlib
import importlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.fuzz.formats import damaged
from tests.fuzz.seeds import FAMILIES

MEMORY = 4 * 2**30  # bytes of data of a process
WAITS = {"TWIN_LANG": "en", "TWIN_PATIENCE": "20", "TWIN_KERNEL_TIMEOUT": "10", "TWIN_KERNEL_MEMORY_MB": "4096"}
ASKED_SECONDS = 60
WARM = (  # loaded before the first fork
    *("ifc_import.reader", "twin.exchange.schedules", "web.app", "web.cli.clash", "web.cli.import_"),
    *("web.ingest", "web.ingest_facts", "web.ingest_layers"),
)


@dataclass(slots=True)
class Outcome:
    """What came of one input; `wrong` says what is not as promised."""

    family: str
    number: int
    file: str
    code: int | None = None
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    said: str = ""


def mutant(seeds: Path, family: str, number: int) -> tuple[str, bytes]:
    """Return the name and the bytes of an input; the same ones whenever they are asked for."""
    chance = random.Random(f"{family} {number}")  # noqa: S311
    files = sorted((seeds / family).iterdir())
    small = [path for path in files if path.stat().st_size < 40_000]
    path = chance.choice(small if chance.random() < 0.9 else files)
    suffix = path.suffix.lower()
    return f"{path.stem}{suffix}", damaged(chance, path.read_bytes(), suffix)


class Bench:
    """A twin folder and the commands on it; the folder is `base` again after each input that changed it."""

    def __init__(self, work: Path, base: Path) -> None:
        self.twin, self.work, self.base = work / "twin", work, base
        self.renew()
        self.before = content_of(self.twin)

    def renew(self) -> None:
        """Make the twin folder what it was."""
        shutil.rmtree(self.twin, ignore_errors=True)
        shutil.copytree(self.base, self.twin)

    def run(self, outcome: Outcome, content: bytes) -> None:
        """Run the command of a family on a file, and look at what it says and leaves."""
        path = self.work / outcome.file
        path.write_bytes(content)
        words = [str(path) if word == "FILE" else word for word in FAMILIES[outcome.family].words]
        as_json = outcome.number % 4 != 0
        started = time.monotonic()
        code, out, err = self._said([*words, "--twin", str(self.twin), *(["--json"] if as_json else [])])
        outcome.seconds, outcome.code = round(time.monotonic() - started, 3), code
        outcome.said = (out or err)[-600:]
        outcome.wrong += faults_of(code, out, err, as_json=as_json)
        for left in self.work.glob(f"{Path(outcome.file).stem}.*"):
            left.unlink()
        changed = content_of(self.twin) != self.before
        if changed and code == 1:
            outcome.wrong.append("refused, and the store has changed")
        if changed:
            outcome.wrong += asked(self.twin)
            self.renew()

    def _said(self, words: list[str]) -> tuple[int, str, str]:
        """Return the exit code of a command, and what it and its native parts wrote."""
        from web.cli.main import run

        kept = os.dup(1), os.dup(2)
        files = [os.open(self.work / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for name in ("out", "err")]
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            for at, file in enumerate(files, 1):
                os.dup2(file, at)
            code = run(words)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            for at, old in enumerate(kept, 1):
                os.dup2(old, at)
            for number in (*kept, *files):
                os.close(number)
        out, err = ((self.work / name).read_text("utf-8", "replace") for name in ("out", "err"))
        return code, out, err


def faults_of(code: int, out: str, err: str, *, as_json: bool) -> list[str]:
    """Return what is wrong with the end of a command: its exit code, its words."""
    wrong = [] if code in (0, 1, 3) else [f"exit code {code}"]
    if "Traceback" in out + err:
        wrong.append("a traceback")
    if as_json:
        try:
            told = json.loads(out, parse_constant=_no_number)
        except ValueError as error:
            return [*wrong, f"no JSON: {error}"]
        detail = told.get("detail", "") if isinstance(told, dict) else ""
        if code == 1 and (not detail or "\n" in detail or not detail.rstrip().endswith((".", "。", ")"))):
            wrong.append(f"not one sentence: {detail!r}")
    elif code == 1 and not err.strip():
        wrong.append("refused without a word")
    return wrong


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def content_of(folder: Path) -> str:
    """Return a hash of all rows of the database and of the names of all blobs."""
    found = hashlib.sha256()
    with closing(sqlite3.connect(folder / "twin.sqlite")) as database:
        for line in database.iterdump():
            found.update(line.encode("utf-8", "surrogatepass"))
    for path in sorted(path for path in (folder / "blobs").rglob("*") if path.is_file()):
        found.update(path.name.encode())
    return found.hexdigest()


def asked(folder: Path) -> list[str]:
    """Ask the server of a twin what a page asks, in a forked child; return what is wrong with the answers."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(ASKED_SECONDS)
        wrong = []
        try:
            wrong = _answers(folder)
        except BaseException as error:  # noqa: BLE001  (the child tells everything)
            wrong = [f"the server died: {type(error).__name__}: {error}"]
        finally:
            os.write(writing, json.dumps(wrong).encode()[:60_000])
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return list(json.loads(told)) if told else [f"the server gave no answer within {ASKED_SECONDS} s, or died"]


def _answers(folder: Path, *, strict: bool = False) -> list[str]:
    """Return what is wrong with a server's answers; `strict`: also that something is not there."""
    from web.app import create_app
    from web.settings import load

    app = create_app(load(place=folder))
    store, client = app.extensions["twin.store"], app.test_client()
    paths = ["/api/projects", "/api/overview", "/api/timeline", "/api/models", "/api/clashes?project=P1"]
    paths += ["/3dtiles/tileset.json", "/styles/light.json", "/api/search?q=a", "/ogc/collections?f=json"]
    paths += [f"/api/projects/{quote(project.code)}" for project in store.projects()]
    for model in store.models():
        name = quote(model.model)
        paths += [f"/api/models/{name}", f"/api/models/{name}/elements", f"/api/models/{name}/ledger"]
        paths += [f"/api/models/{name}/states", f"/3dtiles/{name}/tileset.json"]
    for layer in store.layers():
        name = quote(layer.name)
        paths += [f"/tiles/{name}/0/0/0.mvt", f"/tiles/{name}.json", f"/ogc/collections/{name}/items?f=json"]
    wrong = list(store.damage())
    for path in paths:
        answer = client.get(path)
        if answer.status_code >= (400 if strict else 500):
            wrong.append(f"{path}: {answer.status_code}")
        elif answer.is_json:
            json.loads(answer.data, parse_constant=_no_number)
    store.close()
    return wrong


def main() -> None:
    """Work until stdin ends."""
    for name in WARM:
        importlib.import_module(name)
    work, seeds, base = map(Path, sys.argv[1:4])
    telling = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.update(WAITS)
    os.environ["TMPDIR"] = str(work / "tmp")
    (work / "tmp").mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    bench = Bench(work, base)
    assert (
        _answers(bench.twin, strict=True) == []
    )  # warm, too: what it imports and compiles is not done again in every child
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join(60)
    bench.renew()  # not before the threads are done: one may still write into the folder
    assert threading.active_count() == 1, threading.enumerate()  # else the commands would fork no child
    for line in sys.stdin:
        family, number = json.loads(line)[:2]
        given = json.loads(line)[2:]
        name, content = (Path(given[0]).name, Path(given[0]).read_bytes()) if given else mutant(seeds, family, number)
        outcome = Outcome(family, number, name)
        bench.run(outcome, content)
        telling.write(json.dumps(asdict(outcome)) + "\n")
        telling.flush()


if __name__ == "__main__":
    main()
