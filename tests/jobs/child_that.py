"""Stands for `web.jobs.child` in tests: does what $CHILD_THAT says instead of a job's work."""

import json
import os
import sys
import time
from pathlib import Path

from tests.jobs.test_folders import nested


def say(*message: object) -> None:
    """Say something to whoever watches."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do it."""
    words = json.load(sys.stdin)
    assert set(words) == {"place", "job", "worker"}
    match os.environ["CHILD_THAT"]:
        case "is busy":
            say("busy", "StoreBusy", ["Somebody else writes.", {}])
        case "is kept waiting":
            say("step", "store", 0, 1)
            time.sleep(3)
            say("result", {})
        case "hangs":
            say("step", "read", 0, 1)
            time.sleep(60)
        case "speaks strangely":
            sys.stdout.write("no message\n")
            sys.stdout.flush()
            time.sleep(60)
        case "counts far":
            say("step", "receive", 2**70, 2**70)
            time.sleep(60)
        case "nests folders":
            nested(Path(os.environ["TMPDIR"]), 1500)
            say("result", {})


if __name__ == "__main__":
    main()
