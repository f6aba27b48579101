"""`python -m tests.load`: the load test on this machine, which should have nothing else to do; figures as JSON."""

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.load.run import load
from tests.shared_city import build_city


def main() -> int:
    """Run and print; exit code 1 where something was answered with an error."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--city", type=Path, help="a twin folder with the sample city; built unless given")
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--import", dest="imports", action="store_true", help="import models all the time")
    parser.add_argument("--workers", type=int, default=0, help="server processes [the server's own default]")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="twin-load-") as made:
        folder = Path(made) / "city"
        if asked.city:
            shutil.copytree(asked.city, folder)
        else:
            build_city(folder)
        options = ["--workers", str(asked.workers)] if asked.workers else []
        came = load(folder, asked.viewers, asked.seconds, imports=asked.imports, options=options)
    errors = Counter(came.errors())
    sys.stdout.write(json.dumps({**came.figures(), "wrong": errors.most_common(10)}, indent=1, ensure_ascii=False))
    sys.stdout.write("\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
