"""Facts: states of 100,000 elements and lights of 500 projects over HTTP, against plain programs on their figures."""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from tests.bench import facts_oracles as oracles
from tests.bench.facts_data import FIRST, MONTHS, TOWER, Made, Size, fill, new_load
from tests.bench.layers_serving import length_of, memory, serving
from tests.bench.run import Table, say
from twin.judged import Judged, JudgedProject
from twin.judged_elements import JudgedElements
from twin.judgement.states import COLUMNS
from twin.store import Model, Store
from twin.values.project import ProgressFact

STATES, LIGHTS = 100.0, 300.0  # ms at most, of any date
BYTES = 1.1  # of an element on the wire, with the answer's head
MEMORY = 700.0  # MB of all processes of the server
LOOP, PANDAS = 5.0, 2.0  # times faster, at least
DAYS = 40
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came: ms until its last byte, bytes on the wire with the head, the body."""

    ms: float
    wire: int
    body: bytes


@dataclass(frozen=True)
class Line:
    """A line of the table of figures."""

    what: str
    ms: Sequence[float]
    wire: float | None = None

    @property
    def median(self) -> float:
        """The median of the milliseconds."""
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        """What 95 of 100 keep below, ms."""
        return float(np.percentile(self.ms, 95))

    def __str__(self) -> str:
        """Return it as a line of Markdown."""
        wire = "" if self.wire is None else f"{self.wire:,.3f}"
        return f"| {self.what} | {self.median:,.1f} | {self.p95:,.1f} | {max(self.ms):,.1f} | {len(self.ms)} | {wire} |"


def compare_facts(table: Table, folder: Path, size: Size | None = None, days: int = DAYS) -> None:
    """Run all comparisons of facts on one twin."""
    twin = folder / "twin-facts"
    seconds, made = timed(lambda: fill(twin, size or Size()))
    pairs, reports = len(made.elements), len(made.reports)
    say(f"\nFacts: {made.size.elements:,} elements, {len(made.tower.task):,} tasks build them ({pairs:,} pairs),")
    say(f"      {made.size.projects} projects besides, {reports:,} reports of progress; made in {seconds / 1e3:.1f} s")
    lines = [Line("`twin lights --json`, the whole process", [lights_command(twin)])]
    lines += compare_peers(table, made, twin, min(days, 5))  # before new reports come
    with serving(twin) as (port, server):
        lines += ask_all(table, made, twin, port, days)
        table.judge("memory of the server", memory(server) / 1e6, MEMORY, "MB", at_least=False)
    say("\n| what | median ms | p95 ms | most ms | times | bytes per element or project |\n|---|---|---|---|---|---|")
    for line in lines:
        say(str(line))


def some_days(count: int) -> list[date]:
    """Return days from before the first report to after the last one, none of them twice, in no order."""
    span = (MONTHS[-1] - FIRST).days + 30
    return [FIRST + timedelta(days=n * 7 % count * span // count + 3) for n in range(count)]


def ask_all(table: Table, made: Made, twin: Path, port: int, days: int) -> list[Line]:
    """Ask a server that has just started for lights and states of many days, then after new reports."""
    lines, asked = [], some_days(days)
    states, projects = f"/api/models/{made.model}/states?as_of={{}}&by={{}}", "/api/projects?as_of={}"
    with Connection(port) as server:
        lines.append(Line("lights, first answer of the server", [server.ask(projects.format(MONTHS[3])).ms]))
        lines.append(Line("states, first answer of the server", [server.ask(states.format(MONTHS[3], "state")).ms]))
        found = [server.ask(projects.format(day)) for day in asked]
        lights = Line("lights, a new day", [one.ms for one in found], _mean(found) / made.size.projects)
        table.judge(
            f"lights of {made.size.projects} projects, a new day, p95", lights.p95, LIGHTS, "ms", at_least=False
        )
        again = [server.ask(projects.format(asked[-1])) for _ in asked]
        packed = [server.ask(projects.format(asked[-1]), gzip=True) for _ in asked]
        lines += [lights, Line("lights, a day again", [one.ms for one in again])]
        size = _mean(packed) / made.size.projects
        lines.append(Line("lights, a day again, gzip", [one.ms for one in packed], size))
        for by in COLUMNS:
            found = [server.ask(states.format(day, by)) for day in asked]
            lines.append(
                Line(f"states by {by}, a new day", [one.ms for one in found], _mean(found) / made.size.elements)
            )
            table.judge(f"states by {by}, a new day, p95", lines[-1].p95, STATES, "ms", at_least=False)
        most = max(
            one.wire for gzip in (False, True) for one in [server.ask(states.format(asked[0], "state"), gzip=gzip)]
        )
        again = [server.ask(states.format(asked[-1], "state")) for _ in asked]
        lines.append(Line("states by state, a day again", [one.ms for one in again], most / made.size.elements))
        demanded = max(BYTES, 1 + 1000 / made.size.elements)  # the head alone has some 700 bytes
        table.judge("bytes of an element on the wire", most / made.size.elements, demanded, "B", at_least=False)
        lines += after_reports(table, made, twin, server)
    return lines


def after_reports(table: Table, made: Made, twin: Path, server: "Connection") -> list[Line]:
    """Load a report of one project, and one of a task of the tower, some times; time the first answers after each."""
    lights, states = [], []
    day = MONTHS[-1] + timedelta(days=1)
    with Store.open(twin, create=False) as store:
        for n in range(5):
            put(store, ProgressFact("P000", day, completion=0.5 + n / 100), n)
            answer = server.ask(f"/api/projects?as_of={day}")
            shown = {f["id"]: f["properties"]["progress"] for f in json.loads(answer.body)["features"]}
            expect(shown["P000"] == 0.5 + n / 100, f"the report shows as {shown['P000']}")
            lights.append(answer.ms)
            before = server.ask(f"/api/models/{made.model}/states?as_of={day}&by=progress").body
            put(store, ProgressFact(TOWER, day, made.tower.task[n], completion=0.005), n + 10)
            answer = server.ask(f"/api/models/{made.model}/states?as_of={day}&by=progress")
            expect(answer.body != before, "the report of a task shows in no element")
            states.append(answer.ms)
    lines = [Line("lights after a new report", lights), Line("states after a new report", states)]
    table.judge("lights after a new report, median", lines[0].median, LIGHTS, "ms", at_least=False)
    return lines


def put(store: Store, fact: ProgressFact, number: int) -> None:
    """Keep one report."""
    store.put_progress(new_load(f"new {number}"), [(2, datetime(2027, 1, 1, 0, number, tzinfo=UTC), fact)])


def compare_peers(table: Table, made: Made, twin: Path, days: int) -> list[Line]:
    """Judge days in process and by plain programs in turns; stop unless both say the same."""
    times: dict[str, list[float]] = {"projects": [], "pandas": [], "states": [], "loop": []}
    with Store.open(twin, create=False) as store:
        judged = Judged(store)
        first = timed(lambda: judged.projects(FIRST))[0]
        elements, model = JudgedElements(judged), store.model(made.model)
        _states(elements, judged, model, FIRST)
        for day in [some_days(DAYS)[n * DAYS // days] for n in range(days)]:
            took, judgement = timed(partial(judged.projects, day))
            times["projects"].append(took)
            took, standing = timed(partial(oracles.standing, made, day))
            times["pandas"].append(took)
            check_lights([found for found in judgement.projects if found.code != TOWER], standing, day)
            took, column = timed(partial(_states, elements, judged, model, day))
            times["states"].append(took)
            took, wanted = timed(partial(oracles.state_column, made, day))
            times["loop"].append(took)
            differ = int((np.frombuffer(column, np.uint8) != np.frombuffer(wanted, np.uint8)).sum())
            expect(differ == 0, f"{differ} elements have another state than the loop gives them on {day}")
    median = {name: statistics.median(some) for name, some in times.items()}
    table.judge("states: a loop over elements / ours", median["loop"] / median["states"], LOOP, "x", at_least=True)
    table.judge("lights: pandas / ours", median["pandas"] / median["projects"], PANDAS, "x", at_least=True)
    names = {
        "projects": "all lights in process, a new day",
        "pandas": "SPI and SPI(t) of all projects by pandas",
        "states": "states in process, a new day",
        "loop": "states by a loop over elements",
    }
    cold = Line("all lights in process, the first time", [first])
    return [cold, *(Line(names[name], some) for name, some in times.items())]


def _states(elements: JudgedElements, judged: Judged, model: Model, day: date) -> bytes:
    return elements.states(model, judged.project(TOWER, day)[0], "state")


def check_lights(found: Sequence[JudgedProject], standing: oracles.Standing, day: date) -> None:
    """Stop unless PV, SPI and SPI(t) are what the other program says."""
    for name, wanted in (("pv", standing.planned_value), ("spi", standing.spi), ("spi_t", standing.spi_t)):
        ours = [getattr(one.status, name) for one in found]
        figures = np.array([np.nan if value is None else value for value in ours])
        known = ~np.isnan(wanted) & ~np.isnan(figures)
        if name == "spi":
            expect(bool((np.isnan(wanted) == np.isnan(figures)).all()), f"only one of both knows an SPI of {day}")
        apart = np.abs(figures - wanted)[known] / np.maximum(np.abs(wanted[known]), 1e-9)
        expect(not len(apart) or apart.max() < 1e-6, f"{name} of {day} differs by {apart.max() if len(apart) else 0}")


def expect(good: bool, problem: str) -> None:
    """Stop the benchmark where an answer is wrong."""
    if not good:
        sys.exit(f"The benchmark of facts found a wrong answer: {problem}")


def lights_command(twin: Path) -> float:
    """Return the ms of `twin lights` from process start to exit."""
    program = Path(sys.executable).with_name("twin")
    command = [str(program), "lights", "--as-of", str(MONTHS[-1]), "--json", "--twin", str(twin)]
    ms, done = timed(lambda: subprocess.run(command, capture_output=True, encoding="utf-8", check=False))
    expect(done.returncode == 0 and bool(json.loads(done.stdout)["projects"]), f"twin lights: {done.stderr}")
    return ms


def timed(make: Callable[[], T]) -> tuple[float, T]:
    """Return the milliseconds that a call takes, and its result."""
    start = time.perf_counter()
    found = make()
    return (time.perf_counter() - start) * 1e3, found


def _mean(answers: Sequence[Answer]) -> float:
    return statistics.mean(answer.wire for answer in answers)


class Connection:
    """A connection to the server that stays open, as a browser's does."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Connection":
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, path: str, *, gzip: bool = False) -> Answer:
        """Return the answer of a path; stop where it is none."""
        coding = "gzip" if gzip else "identity"
        start = time.perf_counter()
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: {coding}\r\n\r\n".encode())
        got = bytearray()
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._received()
        expect(got.startswith(b"HTTP/1.1 200"), f"{path}: {bytes(got[:300])!r}")
        whole = end + 4 + length_of(bytes(got[:end]))
        while len(got) < whole:
            got += self._received()
        return Answer((time.perf_counter() - start) * 1e3, len(got), bytes(got[end + 4 :]))

    def _received(self) -> bytes:
        got = self._socket.recv(1 << 20)
        expect(bool(got), "the server hung up")
        return got
