"""The other side of `web.sandbox`: `python -m web.sandbox_child`, a process that reads a foreign file behind walls.

stdin: a JSON line (see `web.sandbox._request`), then nothing until the caller ends; stdout: messages, each a letter, a
length of eight bytes and so many bytes.  Four processes, each forked before anything heavy is loaded:

    guardian, outside: hears the caller end, then ends the others and removes the folder
      └ door: leaves the system's namespaces
          └ first: the first process of its namespace; builds the walls, buries the dead
              └ worker: does the work
"""

import contextlib
import importlib
import json
import os
import select
import signal
import struct
import sys
import tempfile
from typing import Any, NoReturn

from web import sandbox_files as files
from web import sandbox_walls as walls
from web.folders import remove_tree

MEMORY = 90  # exit code of a worker that ran out of memory
_OPEN_FILES = 256


def main() -> NoReturn:
    """Do one request and leave."""
    request = json.loads(sys.stdin.buffer.readline())
    if os.getppid() != request["parent"]:
        os._exit(1)
    if not hasattr(os, "fork"):
        _work(request, [])
    folder, user = request["folder"], (os.getuid(), os.getgid())
    walls.inherit_orphans()
    door = os.fork()
    if door == 0:
        walls.die_with_parent()
        _door(request, user)
    walls.keep_to_oneself()
    os.close(1)
    _guard(door, folder)


def _guard(door: int, folder: str) -> NoReturn:
    """Wait until the worker has ended, or the caller has; leave with the worker's code."""
    while True:
        with contextlib.suppress(ChildProcessError):
            ended, status = os.waitpid(door, os.WNOHANG)
            if ended:
                _bury()
                os._exit(_code(status))
        if select.select([0], [], [], 0.05)[0] and not os.read(0, 1024):
            break
    os.kill(door, signal.SIGKILL)
    _bury()
    remove_tree(folder)
    os._exit(1)


def _bury() -> None:
    """End what is left inside, and what comes of it meanwhile: all of it is this process's when its parents have ended.

    Where there is a namespace of processes nothing is left.
    """
    while True:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as listed:
            return [int(word) for word in listed.read().split()]
    except OSError:
        return []


def _code(status: int) -> int:
    """Return an exit code that also tells a signal: 128 more than its number."""
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _door(request: dict[str, Any], user: tuple[int, int]) -> NoReturn:
    """Leave the namespaces and wait for the process that is the first inside."""
    left = walls.leave(*user)
    walls.die_with_parent()  # leaving may have made the kernel forget
    walls.keep_to_oneself()  # not before: the users of a namespace are written to files of this process
    hearing, alive = os.pipe()
    first = os.fork()
    if first == 0:
        walls.die_with_parent()
        os.close(alive)
        if select.select([hearing], [], [], 0)[0]:  # the door ended before this process was tied to it
            os._exit(1)
        _first(request, left)
    os.close(hearing)
    os._exit(_code(os.waitpid(first, 0)[1]))


def _first(request: dict[str, Any], left: set[str]) -> NoReturn:
    """Build the walls and have the work done by a child: signals do not reach the first process of a namespace."""
    folder = request["folder"]
    places = files.needed(folder, request["readable"])
    if "files" in left and not files.new_root(folder, places):
        left.discard("files")
    os.chdir(folder)
    if "files" in left and "processes" in left:  # /proc is this namespace's own
        walls.few_processes(request["processes"] + 300)
    if "files" in left:
        files.close_proc()
    inside = request["processes"] if "network" in left else None  # a namespace of users counts its own
    walls.limit(request["memory_mb"], request["file_mb"], request["seconds"], _OPEN_FILES, inside)
    walls.give_up_rights()
    if "files" not in left and files.landlock(folder, places):
        left.add("files")
    if walls.close_calls():
        left.add("network")
    worker = os.fork()
    if worker == 0:
        walls.die_with_parent()
        walls.keep_to_oneself(False)  # it may look at itself
        _work(request, sorted(left))
    while True:
        ended, status = os.wait()
        if ended == worker:
            os._exit(_code(status))


def _work(request: dict[str, Any], walls_up: list[str]) -> NoReturn:
    """Call the function and send what it returns, or the sentence why not."""
    out = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.environ["TMPDIR"] = tempfile.tempdir = request["folder"]
    if "network" in walls_up and _reaches(request["port"]):
        walls_up.remove("network")
    _send(out, b"W", json.dumps(walls_up).encode())
    code = 0
    try:
        _call(request, out)
    except MemoryError:
        code = MEMORY
    except BaseException as error:  # noqa: BLE001  (whatever it is becomes a sentence over there)
        code = _refuse(out, error, request["file"])
    os._exit(code)


def _reaches(port: int) -> bool:
    """Can this process reach the caller, who listens at a port of this machine."""
    import socket

    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


def _call(request: dict[str, Any], out: int) -> None:
    from typing import get_type_hints

    from web.wire import packer, taker

    module, _, name = request["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    hints = get_type_hints(function)
    given = [taker(hint)(value, []) for hint, value in zip(hints.values(), request["arguments"], strict=False)]

    def advance(stage: str, done: int, total: int) -> None:
        _send(out, b"S", json.dumps([stage, int(done), int(total)]).encode())

    buffers: list[Any] = []
    value = packer(hints["return"])(function(*given, advance=advance), buffers)
    sizes = [memoryview(buffer).nbytes for buffer in buffers]
    head = json.dumps([value, sizes], default=lambda number: number.item()).encode()
    _send(out, b"V", head)
    for buffer in buffers:
        _write(out, memoryview(buffer).cast("B"))


def _refuse(out: int, error: BaseException, file: str) -> int:
    """Send an error as its class and its sentence; return the exit code."""
    from twin.errors import TwinError
    from twin.values.sentence import say

    if isinstance(error, TwinError):
        kind, said = type(error).__name__, error.sentence
    elif isinstance(error, OSError):
        kind, said = type(error).__name__, say("The system refused: {error}.", error=str(error)[:300])
    else:
        words = str(error).strip().splitlines() or [""]
        kind, said = (
            "InvalidInput",
            say(
                "{file} breaks the rules of IFC ({error}): check it in the authoring tool and export it again.",
                file=file,
                error=f"{type(error).__name__}: {words[0]}"[:160],
            ),
        )
    with contextlib.suppress(OSError):
        _send(out, b"R", json.dumps([kind, said.packed()], default=str).encode())
    return 1


def _send(out: int, kind: bytes, content: bytes) -> None:
    _write(out, memoryview(struct.pack("<cQ", kind, len(content)) + content))


def _write(out: int, content: memoryview) -> None:
    while content:
        content = content[os.write(out, content[: 1 << 20]) :]


if __name__ == "__main__":
    main()
