"""Clashes: `twin clash run` on imported models against ifcclash's whole run, and detection among 10,000 and 100,000
elements: growth, memory, what a second process gains."""

import json
import math
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.measure import PLACE, family, resident
from tests.bench.run import DATA, ROOT, Table, say
from tests.truth import other, ours

FASTER = 2.0  # times, at least, than ifcclash's whole run
TOLERANCE = 0.002  # metres, of both
FEW, MANY = 10_000, 100_000
GROWTH = 1.5  # times n·log n, at most
MEMORY = 4096.0  # MB, of all processes of a run together
POOL = 1.2  # times faster with a process for each of two cores, at least; the pool's own start is in it
ROUNDS = 3


@dataclass(frozen=True)
class Detected:
    """A finished detection: its seconds, pairs measured, clashes, and the greatest memory of its processes, MB."""

    seconds: float
    examined: int
    found: int
    memory: float


def compare_clashes(table: Table, folder: Path, rounds: int = ROUNDS, sizes: tuple[int, int] = (FEW, MANY)) -> None:
    """Run all comparisons of clashes."""
    arch, elec, office = (DATA / f"{name}.ifc" for name in ("duplex_arch", "duplex_elec", "office_a"))
    say(f"\nClashes: seconds of ifcclash's whole run / seconds of `twin clash run`, medians of {rounds} rounds")
    for name, files in (("duplex_arch x duplex_elec", (arch, elec)), ("office_a in itself", (office,))):
        if all(path.is_file() for path in files):
            compare_with_ifcclash(table, name, files, folder, rounds)
        else:
            say(f"SKIP  {name}: the real models are not at {DATA}")
    compare_sizes(table, *sizes)


def compare_with_ifcclash(
    table: Table, name: str, files: tuple[Path, ...], folder: Path, rounds: int, demanded: float = FASTER
) -> None:
    """Time both over the same files, interleaved; ifcclash opens the files and draws them, as it does on each run."""
    place = folder / name.replace(" ", "-")
    place.mkdir(parents=True)
    copies = [shutil.copy(path, place) for path in files]
    twin = place / "twin"
    for copy in copies:
        ours.run(twin, "import", str(copy), "--project", "P", *PLACE)
    mine: list[float] = []
    theirs: list[float] = []
    a, b = Path(copies[0]), Path(copies[1]) if len(copies) > 1 else None
    for number in range(rounds):
        fresh = place / f"twin-{number}"  # a run that finds what another one found has less to write
        shutil.copytree(twin, fresh)
        told = ours.run(fresh, "clash", "run", "--project", "P", "--tolerance", str(TOLERANCE))
        mine.append(told["wall"])
        found, seconds = other.clash(a, b, TOLERANCE, check_all=False)
        theirs.append(seconds)
    table.judge(name, statistics.median(theirs) / statistics.median(mine), demanded, "x", at_least=True)
    say(
        f"      ours {statistics.median(mine):.2f} s (fastest {min(mine):.2f}), {told['examined']} pairs examined, "
        f"{len(ours.reported(told['clashes']))} reported; "
        f"ifcclash {statistics.median(theirs):.2f} s (fastest {min(theirs):.2f}), {len(found)} reported"
    )


def compare_sizes(table: Table, few: int, many: int) -> None:
    """Time detection among ten times as many elements, and with one process."""
    say("\nClashes among generated elements: a frame with services, five shapes of each")
    alone, pooled, large = detect(few, "alone"), detect(few, "pool"), detect(many, "pool")
    for name, one in ((f"{few:,} alone", alone), (f"{few:,} pool", pooled), (f"{many:,} pool", large)):
        say(
            f"      {name}: {one.seconds:.2f} s, {one.examined:,} pairs examined, {one.found:,} found, "
            f"{one.memory:.0f} MB together"
        )
    allowed = many * math.log(many) / (few * math.log(few))
    table.judge(
        f"{many:,} / {few:,} elements, of n log n",
        large.seconds / pooled.seconds / allowed,
        GROWTH,
        "x",
        at_least=False,
    )
    table.judge(f"memory of {many:,} elements", large.memory, MEMORY, "MB", at_least=False)
    table.judge(f"one process / pool, {few:,} elements", alone.seconds / pooled.seconds, POOL, "x", at_least=True)


def detect(elements: int, how: str) -> Detected:
    """Detect in a process of its own and sample the memory of all its processes."""
    command = [sys.executable, "-m", "tests.bench.clashes_data", str(elements), how]
    most = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # its answer is one short line
        root = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, sum(resident(one) for one in family(root)))
            time.sleep(0.05)
        assert process.stdout is not None
        told = json.loads(process.stdout.read() or b"{}")
    if process.returncode or told["untestable"]:
        sys.exit(f"Detection among {elements} elements ended with {process.returncode}: {told}")
    return Detected(told["seconds"], told["examined"], told["found"], most / 1e6)
