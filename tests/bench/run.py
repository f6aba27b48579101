"""Whole-process benchmark: `make bench`, or `python tests/bench/run.py [--rounds N] [--only NAME]`.

In one run, interleaved: `twin import FILE` into a fresh twin folder (interpreter start to exit) against a process that
only runs ifcopenshell's default kernel over the same file, once with one thread and once with all; the comparison takes
the faster of the two.  Then peak memory of every file, bytes of the tiles after gzip, and where the time goes.
Prints a table with the demanded figure beside each measured one; exits 1 when one is missed.
"""

import argparse
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a script

from tests.bench.generate import repeat_building, write_block  # noqa: E402
from tests.bench.measure import Run, gzipped_tiles, peak_memory, run_import, run_kernel  # noqa: E402

DATA = Path(os.environ.get("TWIN_REAL_DATA", ROOT.parent / "shared" / "data")) / "ifc"
BLOCK = "block of 5,000 elements"
SPEED = {"duplex_arch": 1.0, "large_building": 1.0, "office_a": 1.5, "fzk_haus": 2.0, BLOCK: 4.0}
TENFOLD = 10.0  # at most so many times the seconds for ten times the building
MEMORY = 400.0  # MB at most, all processes of an import together
TILES = {"duplex_arch": 300.0, "office_a": 600.0}  # kB after gzip at most, all levels together


@dataclass
class Table:
    """Measured against demanded, line by line; `failed` counts the misses."""

    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def judge(self, what: str, measured: float, demanded: float, unit: str, *, at_least: bool) -> None:
        """Print a line."""
        good = measured >= demanded if at_least else measured <= demanded
        self.failed += not good
        sign = ">=" if at_least else "<="
        say(f"{'PASS' if good else 'FAIL'}  {what:<44} {measured:>8.2f} {unit:<3} {sign} {demanded:g} {unit}")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def median(runs: list[Run]) -> float:
    """Return the median of the seconds."""
    return statistics.median(run.seconds for run in runs)


def compare_speed(table: Table, files: dict[str, Path], rounds: int, folder: Path) -> None:
    """Time imports against the kernel alone, interleaved."""
    say(f"\nSpeed: seconds of the kernel alone / seconds of `twin import`, medians of {rounds} interleaved rounds")
    for name, path in files.items():
        ours: list[Run] = []
        one: list[Run] = []
        every: list[Run] = []
        run_import(path, folder)  # warm the disk
        for _ in range(rounds):
            ours.append(run_import(path, folder))
            one.append(run_kernel(path, 1))
            every.append(run_kernel(path, os.cpu_count() or 1))
        kernel = min(median(one), median(every))
        table.judge(name, kernel / median(ours), SPEED[name], "x", at_least=True)
        say(
            f"      import {median(ours):.2f} s (fastest {min(r.seconds for r in ours):.2f}); "
            f"kernel alone {median(one):.2f} s with one thread, {median(every):.2f} s with all"
        )
        say(f"      {stages(ours)}")


def stages(runs: list[Run]) -> str:
    """Say where the time goes: medians of the stages, and what lies outside them (interpreter, imports, exit)."""
    names = list(runs[0].timings)
    medians = {name: statistics.median(run.timings[name] for run in runs) for name in names}
    rest = median(runs) - sum(medians.values())
    told = [f"{name} {seconds:.2f}" for name, seconds in medians.items()]
    return "of which " + ", ".join([*told, f"start and end {rest:.2f}"])


def compare_tenfold(table: Table, block: Path, rounds: int, folder: Path) -> None:
    """Time a model against the same building ten times over."""
    tenfold = folder / "tenfold.ifc"
    repeat_building(block, tenfold, 10)
    ones = [run_import(block, folder) for _ in range(rounds)]
    tens = [run_import(tenfold, folder) for _ in range(max(1, rounds // 2))]
    say("\nTen times the building (50,000 elements): seconds / seconds of the one")
    table.judge("tenfold / one", median(tens) / median(ones), TENFOLD, "x", at_least=False)
    say(f"      one {median(ones):.2f} s, ten {median(tens):.2f} s; {stages(tens)}")
    say(f"      peak memory of the tenfold model {peak_memory(tenfold, folder).together:.0f} MB")


def compare_memory(table: Table, files: list[Path], folder: Path) -> None:
    """Measure the peak of all processes of each import."""
    say("\nPeak memory of `twin import`: resident sets of all its processes together (and of the largest alone)")
    for path in files:
        peak = peak_memory(path, folder)
        table.judge(f"{path.stem} ({peak.largest:.0f} alone)", peak.together, MEMORY, "MB", at_least=False)


def compare_tiles(table: Table, files: dict[str, Path], folder: Path) -> None:
    """Measure the bytes of all tiles and tileset documents after gzip."""
    say("\nTiles after gzip, all levels together")
    for name, path in files.items():
        table.judge(name, gzipped_tiles(path, folder) / 1000, TILES[name], "kB", at_least=False)


def compare_city_layers(table: Table, folder: Path) -> None:
    """Measure layers of 980,000 buildings."""
    from tests.bench.layers import compare_layers

    source = DATA.parent / "gis" / "liechtenstein.osm.pbf"
    if source.is_file():
        compare_layers(table, source, folder)
    else:
        say(f"SKIP  the buildings to repeat are not at {source}: set TWIN_REAL_DATA to the folder that holds gis/")


def compare_rest(table: Table, only: str | None, block: Path, folder: Path, rounds: int) -> None:
    """Measure what has a file of its own."""
    if only in (None, "facts"):
        from tests.bench.facts import compare_facts

        compare_facts(table, folder)
    if only in (None, "page"):
        from tests.bench.page import compare_page

        compare_page(table, folder)
    if only in (None, "clashes"):
        from tests.bench.clashes import compare_clashes

        compare_clashes(table, folder)
    if only in (None, "jobs"):
        from tests.bench.jobs import compare_jobs

        compare_jobs(table, block, folder, rounds)


def main(arguments: list[str]) -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of each comparison (default 5)")
    parser.add_argument(
        "--only",
        choices=["speed", "tenfold", "memory", "tiles", "layers", "facts", "page", "clashes", "jobs"],
        help="one part of it",
    )
    chosen = parser.parse_args(arguments)
    real = sorted(DATA.glob("*.ifc"))
    if not real:
        say(f"SKIP  the real models are not at {DATA}: set TWIN_REAL_DATA to the folder that holds ifc/")
    table = Table()
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as name:
        folder = Path(name)
        block = folder / "block.ifc"
        write_block(block)
        named = {path.stem: path for path in real} | {BLOCK: block}
        if chosen.only in (None, "tiles"):
            compare_tiles(table, {key: named[key] for key in TILES if key in named}, folder)
        if chosen.only in (None, "memory"):
            compare_memory(table, [*real, block], folder)
        if chosen.only in (None, "speed"):
            compare_speed(table, {key: named[key] for key in SPEED if key in named}, chosen.rounds, folder)
        if chosen.only in (None, "tenfold"):
            compare_tenfold(table, block, min(chosen.rounds, 3), folder)
        if chosen.only in (None, "layers"):
            compare_city_layers(table, folder)
        compare_rest(table, chosen.only, block, folder, min(chosen.rounds, 3))
    say(f"\n{table.failed} missed." if table.failed else "\nAll held.")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
