"""The product over two files, on the path of a user: `twin import`, `twin clash run --rules FILE --json`."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sample_data.clash_truth import Frame
from sample_data.clash_truth_classes import KINDS, TOLERANCE
from tests.truth.scoring import Found, Key

TYPES = '"duplicate", "contained", "hard"'
RULES = {
    False: '[[rule]]\nname = "overlaps"\na = "plain"\nb = "plain"\ntypes = [{types}]\n',
    True: '[[rule]]\nname = "room"\na = "room"\nb = "room"\ntypes = [{types}, "clearance"]\nclearance = {room}\n',
}
COMMON = f"""different = ["model"]
tolerance = {TOLERANCE}
description = {{ zh = "真值", en = "truth" }}
"""
PLACE = ("--lon", "117.12", "--lat", "22.58")  # of files that say nothing of their place


def clash(folder: Path, frame: Frame, kinds: Iterable[str]) -> tuple[dict[Key, Found], dict[str, Any]]:
    """Import `a.ifc` and `b.ifc` of a folder into a twin beside them, check them, return what is reported and all that
    was said.

    kinds : classes of the pairs in the files; they decide which rules are asked
    """
    twin = folder / "twin"
    place = PLACE if frame.map_from_local is None else ()
    for side in ("a", "b"):
        run(twin, "import", str(folder / f"{side}.ifc"), "--project", "TRUTH", "--discipline", side.upper(), *place)
    rules = folder / "rules.toml"
    rules.write_text(rule_file(kinds), "utf-8")
    told = run(twin, "clash", "run", "--project", "TRUTH", "--rules", str(rules))
    return reported(told["clashes"]), told


def reported(clashes: Sequence[dict[str, Any]]) -> dict[Key, Found]:
    """Return the clashes of `twin clash run --json` that are told: neither touching nor by design."""
    return {
        frozenset((c["a"]["global_id"], c["b"]["global_id"])): Found(
            c["type"], c["depth"], c["volume"], c["distance"], c["method"]
        )
        for c in clashes
        if c["type"] != "touch" and c["status"] != "ByDesign"
    }


def rule_file(kinds: Iterable[str]) -> str:
    """Return rules for pairs of some classes: those that are about room by a clearance, the others by overlaps."""
    about_room = [kind.name for kind in KINDS if kind.clearance]
    room = max(kind.clearance for kind in KINDS)
    names = {False: ", ".join(f'"!{name} *"' for name in about_room), True: ", ".join(f'"{n} *"' for n in about_room)}
    sides = f'name = "truth"\n[side.plain]\nnames = [{names[False]}]\n[side.room]\nnames = [{names[True]}]\n'
    asked = sorted({kind in about_room for kind in kinds})
    rules = [RULES[about].format(types=TYPES, room=room) for about in asked]
    if asked == [True]:
        sides = sides.replace("[side.plain]\n" + f"names = [{names[False]}]\n", "")
    if asked == [False]:
        sides = sides.replace("[side.room]\n" + f"names = [{names[True]}]\n", "")
    return sides + "".join(rule + COMMON for rule in rules)


def run(twin: Path, *arguments: str) -> dict[str, Any]:
    """Run a command of the product; return its JSON and, as `wall`, its seconds from start to exit."""
    program = Path(sys.executable).with_name("twin")
    start = time.perf_counter()
    done = subprocess.run(
        [str(program), *arguments, "--json", "--twin", str(twin)], capture_output=True, encoding="utf-8", check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 3):
        raise RuntimeError(f"twin {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "wall": seconds}
