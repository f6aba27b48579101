"""`python -m tests.fuzz [--count N] [--seed S] [--family NAME]`: try damaged files, keep those that go wrong."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.conftest import real_data_folder
from tests.fuzz.driver import fuzz, inputs, keep
from tests.fuzz.seeds import FAMILIES
from tests.fuzz.worker import Outcome


def main() -> int:
    """Run and print the figures; exit code 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", choices=list(FAMILIES))
    parser.add_argument("--workers", type=int)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "twin-fuzz-failing")
    asked = parser.parse_args()
    given = inputs(asked.count, asked.seed)
    if asked.family:
        given = [(asked.family, asked.seed * 1_000_000 + number) for number in range(asked.count)]
    real = real_data_folder()
    done = 0

    def heard(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        if outcome.wrong or done % 500 == 0:
            sys.stderr.write(f"{done}: {outcome.family} {outcome.number} {outcome.wrong}\n")

    with tempfile.TemporaryDirectory(prefix="twin-fuzz-") as folder:
        tally = fuzz(Path(folder), given, real=real if real.is_dir() else None, workers=asked.workers, heard=heard)
        lines = keep(tally, Path(folder) / "seeds", asked.keep)
    sys.stdout.write("\n".join([*lines, json.dumps(tally.figures(), indent=1)]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
