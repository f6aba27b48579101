"""`python -m tests.truth [--pairs N] [--far] [--frames NAME…] [--kinds NAME…] [--no-ifcclash] [--json FILE]`.

Writes pairs with known answers, asks the product and ifcclash, prints a table per frame; exits 1 when the product is
wrong anywhere.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sample_data.clash_truth import FRAMES
from sample_data.clash_truth_classes import KINDS, Kind
from tests.truth.suite import Outcome, judge

HEAD = (
    "| class | pairs | recall | precision | depth off, mm | recall of ifcclash | its precision |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def main(arguments: list[str]) -> int:
    """Score and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=(__doc__ or "").splitlines()[2])
    parser.add_argument("--pairs", type=int, default=200, help="pairs of each class (default 200)")
    parser.add_argument("--far", action="store_true", help="all frames, not only the origin")
    parser.add_argument("--frames", nargs="+", choices=sorted(FRAMES), help="these frames")
    parser.add_argument("--kinds", nargs="+", choices=[kind.name for kind in KINDS], help="these classes")
    parser.add_argument("--no-ifcclash", action="store_true", help="only the product")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all scores to a file")
    chosen = parser.parse_args(arguments)
    frames = chosen.frames or (list(FRAMES) if chosen.far else ["origin"])
    kinds = [kind for kind in KINDS if chosen.kinds is None or kind.name in chosen.kinds]
    outcomes: dict[str, list[Outcome]] = {}
    for name in frames:
        with tempfile.TemporaryDirectory(prefix="clash-truth-") as folder:
            outcomes[name] = judge(kinds, chosen.pairs, FRAMES[name], Path(folder), ifcclash=not chosen.no_ifcclash)
        show(name, outcomes[name], kinds)
    if chosen.json is not None:
        kept: Any = {name: [asdict(outcome) for outcome in found] for name, found in outcomes.items()}
        chosen.json.write_text(json.dumps(kept, indent=1), "utf-8")
    return 0 if all(one.ours.perfect for found in outcomes.values() for one in found) else 1


def show(frame: str, outcomes: list[Outcome], kinds: list[Kind]) -> None:
    """Print the table of a frame, and what was judged wrongly."""
    titles = {kind.name: kind.title for kind in kinds}
    lines = [f"\n{frame}\n", HEAD]
    for one in outcomes:
        ours, other = one.ours, one.other
        theirs = "– | –" if other is None else f"{other.recall:.1%} | {other.precision:.1%}"
        lines.append(
            f"| {titles.get(one.kind, one.kind)} | {one.pairs} | {ours.recall:.1%} | {ours.precision:.1%} "
            f"| {ours.depth_error * 1000:.3f} | {theirs} |"
        )
    wrong = [sentence for one in outcomes for sentence in one.ours.wrong]
    lines += [f"\n{len(wrong)} judged wrongly" + (":" if wrong else ".")] + [f"  {line}" for line in wrong[:40]]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
