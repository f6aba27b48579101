"""ifcclash over two files, in a process of its own: its second clash set in one process may crash.

`python -m tests.truth.other A.ifc B.ifc OUT.json intersection|clearance LENGTH all|first` runs it as its own program
does; B may be "-", then the elements of A are compared with each other.  OUT holds pairs of GlobalIds.
"""

import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.truth.scoring import Found, Key

ROOT = Path(__file__).resolve().parents[2]


def clash(
    a: Path, b: Path | None, length: float, mode: str = "intersection", *, check_all: bool = True
) -> tuple[dict[Key, Found], float]:
    """Return what ifcclash reports of the elements of `a` against those of `b` (or among themselves), and its seconds
    from the start of the process to its end.

    length : metres: the tolerance of an intersection, the room of a clearance
    check_all : look for the worst place of a pair, not only for the first
    """
    output = a.with_suffix(".ifcclash.json")
    command = [sys.executable, "-m", "tests.truth.other", str(a), str(b or "-"), str(output), mode, str(length)]
    command.append("all" if check_all else "first")
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"ifcclash ended with {done.returncode}: {done.stderr[-500:]}")
    rows = json.loads(output.read_text("utf-8"))
    return {frozenset(row[:2]): Found(row[2], depth=row[3]) for row in rows}, seconds


def main(arguments: list[str]) -> None:
    """Run ifcclash over the files of the arguments."""
    from ifcclash.ifcclash import Clasher, ClashSettings

    a, b, output, mode, length, check = arguments
    settings = ClashSettings()
    settings.output = output
    settings.logger = logging.getLogger("ifcclash")
    clasher = Clasher(settings)
    clash_set: dict[str, Any] = {"name": "truth", "mode": mode, "check_all": check == "all", "a": [{"file": a}]}
    clash_set["tolerance" if mode == "intersection" else "clearance"] = float(length)
    if b != "-":
        clash_set["b"] = [{"file": b}]
    clasher.clash_sets = [clash_set]
    clasher.clash()
    rows = [
        [one["a_global_id"], one["b_global_id"], str(one["type"]), float(one["distance"])]
        for one in clash_set["clashes"].values()
    ]
    Path(output).write_text(json.dumps(rows), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
