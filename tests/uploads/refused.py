"""A system that refuses things, and an ordinary user there: python -m tests.uploads.refused WHAT FUNCTION JSON.

WHAT, with commas: "namespaces", "landlock", or "proc", of which a part is covered as containers do.  Prints as JSON
what a function of `hostile` that only looks finds in a sandbox there, and which walls were missing.
"""

import ctypes
import json
import os
import platform
import sys
from pathlib import Path

from web import sandbox_walls as walls

CALLS = {"namespaces": {"x86_64": 272, "aarch64": 97}[platform.machine()], "landlock": 444}
ONLY_LOOK = ("reads", "opens_to_write", "looks_at_callers", "add")


def main() -> None:
    """Be that user and start a sandbox."""
    _, what, name, arguments = sys.argv
    assert name in ONLY_LOOK, "outside of namespaces nothing is done"
    libc, user = ctypes.CDLL(None), (os.getuid(), os.getgid())
    if user[0] == 0 or what == "proc":  # root's files without root's rights
        assert libc.unshare(0x10000000 | 0x20000) == 0
        for file, text in (("setgroups", "deny"), ("uid_map", "1000 {0} 1"), ("gid_map", "1000 {1} 1")):
            Path(f"/proc/self/{file}").write_text(text.format(*user))
    if what == "proc":
        assert libc.mount(b"tmpfs", b"/proc/irq", b"tmpfs", 0, None) == 0
    walls.give_up_rights()
    calls = tuple(CALLS[word] for word in what.split(",") if word in CALLS)
    assert not calls or walls.close_calls(calls)
    from tests.uploads import hostile  # starts threads, with which no namespace can be left
    from web import sandbox

    given = [os.getpid() if argument == "caller" else argument for argument in json.loads(arguments)]
    found = sandbox.sandboxed(getattr(hostile, name), *given, file=Path("x.ifc"), limits=sandbox.Limits(patience=20))
    sys.stdout.write(json.dumps([found, [wall for wall in sandbox.WALLS if wall in sandbox._told]]))


if __name__ == "__main__":
    main()
