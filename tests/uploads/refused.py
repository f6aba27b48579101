"""A system that refuses namespaces, and an ordinary user there: python -m tests.uploads.refused CALLS FUNCTION JSON.

CALLS: numbers of system calls that are refused besides, with commas.  Prints as JSON what a function of `hostile` that
only looks finds in a sandbox there, and which walls were missing.
"""

import ctypes
import json
import os
import platform
import sys
from pathlib import Path

from web import sandbox_walls as walls

UNSHARE = {"x86_64": 272, "aarch64": 97}[platform.machine()]
LANDLOCK = 444
ONLY_LOOK = ("reads", "opens_to_write", "looks_at_callers", "add")


def main() -> None:
    """Be that user and start a sandbox."""
    _, calls, name, arguments = sys.argv
    assert name in ONLY_LOOK, "outside of namespaces nothing is done"
    if os.getuid() == 0:  # root's files without root's rights
        assert ctypes.CDLL(None).unshare(0x10000000) == 0
        for file, text in (("setgroups", "deny"), ("uid_map", "0 0 1"), ("gid_map", "0 0 1")):
            Path(f"/proc/self/{file}").write_text(text)
    walls.give_up_rights()
    assert walls.close_calls((UNSHARE, *map(int, filter(None, calls.split(",")))))
    from tests.uploads import hostile  # starts threads, with which no namespace can be left
    from web import sandbox

    given = [os.getpid() if argument == "caller" else argument for argument in json.loads(arguments)]
    found = sandbox.sandboxed(getattr(hostile, name), *given, file=Path("x.ifc"), limits=sandbox.Limits(patience=20))
    sys.stdout.write(json.dumps([found, [wall for wall in sandbox.WALLS if wall in sandbox._told]]))


if __name__ == "__main__":
    main()
