"""Work on a file that somebody sent, in a process that can reach nobody and keep nothing.

`sandboxed(function, …)` calls a function of the house in a fresh process without a network, with little memory, time
and room, that ends with this one (`web.sandbox_child`, `web.sandbox_walls`).  What comes back is not trusted: it is
taken only where it is of the type that the function declares (`web.wire`).
"""

import contextlib
import json
import logging
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from twin.errors import TwinError, UnreadableModel
from web.folders import folder_for_a_while
from web.sandbox_child import MEMORY
from web.sandbox_walls import keep_to_oneself
from web.wire import Foreign, packer, sentence, taker

Advance = Callable[[str, int, int], None]
T = TypeVar("T")

WALLS = ("network", "files", "processes")
PATIENCE_SECONDS, SECONDS_PER_MEGABYTE = 75.0, 2.0  # without a step, as for a file of this machine
_LOOK = 0.25  # seconds between looks at the time and the folder
_TICK = 1.0  # seconds after which the last step is told again, so that who wants to stop the work can
_LONGEST_STEP = 1000
_FEW_LISTS, _BYTES_PER_LIST = 10_000, 16  # of JSON: an empty list takes 3 bytes there and 64 in memory
_HEAD_MB, _HEAD_PER_MB = 16, 20  # a head is up to 0.6 of its file, which may be a zip
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT", "TWIN_KERNEL_TIMEOUT", "PROJ_DATA")

log = logging.getLogger("twin.sandbox")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a sandbox.

    patience : seconds without a step
    seconds : in all, also of processor time
    memory_mb : address space of each process
    folder_mb : of files in its folder, the only place where it can write
    head_mb : of what comes back as JSON, which takes up to twelve times as much in memory here
    result_mb : of all that comes back
    processes : with their threads
    """

    patience: float = PATIENCE_SECONDS
    seconds: float = 3600.0
    memory_mb: int = 6144
    folder_mb: int = 4096
    head_mb: int = 256
    result_mb: int = 4096
    processes: int = 100

    @classmethod
    def for_file(cls, path: Path) -> "Limits":
        """Return the bounds for a file, from $TWIN_PATIENCE (seconds) and $TWIN_KERNEL_MEMORY_MB."""
        base = float(os.environ.get("TWIN_PATIENCE") or PATIENCE_SECONDS)
        megabytes = path.stat().st_size / 1e6 if path.is_file() else 0.0
        memory = int(os.environ.get("TWIN_KERNEL_MEMORY_MB") or cls().memory_mb)
        head = min(cls().head_mb, _HEAD_MB + int(_HEAD_PER_MB * megabytes))
        return cls(patience=base + SECONDS_PER_MEGABYTE * megabytes, memory_mb=memory, head_mb=head)


class Refused(TwinError):
    """What was refused inside, with the name of its error class in `title`."""

    title: str = "InvalidInput"


class _Ended(Exception):
    """Nothing more comes."""


def silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


def sandboxed(
    function: Callable[..., T],
    *arguments: Any,
    file: Path,
    advance: Advance = silent,
    limits: Limits | None = None,
) -> T:
    """Return what `function(*arguments, advance=…)` returns, called in a sandbox.

    function : of a module's top level, with all types declared; arguments and result are of types that `web.wire` knows
    file : what is worked on, for sentences and for the limits
    advance : hears the steps, and the last one again every second; what it raises ends the work

    Raises TwinError with a sentence where the work is refused, hangs, crashes, eats too much or returns what it should
    not. Nothing is left of it then.
    """
    bounds = limits or Limits.for_file(file)
    with folder_for_a_while("twin-sandbox-") as folder:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            request = _request(function, arguments, file, folder, listener.getsockname()[1], bounds)
            process = _start(request, folder)
        inside = _Inside(process, Path(folder), file.name, bounds, advance)
        try:
            found: T = _outcome(inside, get_type_hints(function)["return"])
            return found
        finally:
            inside.end()


def _request(
    function: Callable[..., Any], arguments: tuple[Any, ...], file: Path, folder: str, port: int, bounds: Limits
) -> bytes:
    hints = list(get_type_hints(function).values())
    request = {
        "function": f"{function.__module__}:{function.__qualname__}",
        "arguments": [packer(hint)(value, []) for hint, value in zip(hints, arguments, strict=False)],
        "file": file.name,
        "folder": folder,
        "readable": _readable(function, arguments),
        "port": port,
        "parent": os.getpid(),
        "memory_mb": bounds.memory_mb,
        "file_mb": bounds.folder_mb,
        "seconds": int(bounds.seconds) + 1,
        "processes": bounds.processes,
    }
    return json.dumps(request).encode() + b"\n"


def _readable(function: Callable[..., Any], arguments: tuple[Any, ...]) -> list[str]:
    """Return what a function needs to read besides the house: its own package, files that it is given, their sidecars.

    A sidecar has the file's name with another ending.
    """
    package = sys.modules[function.__module__.partition(".")[0]]
    found = [str(place) for place in getattr(package, "__path__", [])]
    for path in (argument.absolute() for argument in arguments if isinstance(argument, Path)):
        with contextlib.suppress(OSError):
            found += [str(each) for each in path.parent.iterdir() if each.is_file() and _goes_with(each, path)]
    return found


def _goes_with(file: Path, model: Path) -> bool:
    return file.name == model.name or file.name.startswith(f"{model.stem}.")


def _start(request: bytes, folder: str) -> subprocess.Popen[bytes]:
    """Start the process: it knows none of this one's settings, which may hold passwords."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    root = str(Path(__file__).resolve().parents[1])
    environment |= {
        "PYTHONPATH": os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "TWIN_KERNEL_MEMORY_MB": os.environ.get("TWIN_KERNEL_MEMORY_MB", ""),
    }
    keep_to_oneself()
    process = subprocess.Popen(
        [sys.executable, "-m", "web.sandbox_child", folder],  # named so that it can be found among the processes
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("TWIN_DEBUG") else subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    )
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # one that has died shows when it is listened to
        process.stdin.write(request)
        process.stdin.flush()
    return process


class _Inside:
    """A sandbox at work, and what it says."""

    def __init__(
        self, process: subprocess.Popen[bytes], folder: Path, file: str, bounds: Limits, advance: Advance
    ) -> None:
        self._process, self._folder, self.file, self.bounds, self._advance = process, folder, file, bounds, advance
        assert process.stdout is not None
        self._pipe = process.stdout.fileno()
        self._began = self._heard = self._told = time.monotonic()
        self._step: tuple[str, int, int] | None = None
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll is not None:
            self._poll.register(self._pipe, select.POLLIN | select.POLLHUP)

    def step(self, stage: str, done: int, total: int) -> None:
        """Tell a step."""
        self._step, self._heard = (stage, done, total), time.monotonic()
        self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        if self._step is not None:
            self._advance(*self._step)

    def read(self, count: int) -> bytearray:
        """Return so many bytes; raises _Ended where they do not come, TwinError where a limit is passed."""
        content = bytearray(count)
        rest = memoryview(content)
        while rest:
            self._wait()
            got = os.readv(self._pipe, [rest]) if hasattr(os, "readv") else _read_into(self._pipe, rest)
            if not got:
                raise _Ended
            rest = rest[got:]
        return content

    def _wait(self) -> None:
        """Wait for bytes, with an eye on the time and on the folder."""
        while True:
            ready, now = self._ready(), time.monotonic()
            for since, most in ((self._heard, self.bounds.patience), (self._began, self.bounds.seconds)):
                if now - since > most:
                    raise _given_up(self.file, most)
            if ready:
                return
            self._look_at_folder()
            if now - self._told > _TICK:
                self._tell()

    def _ready(self) -> bool:
        if self._poll is None:  # Windows: the read waits
            return True
        return bool(self._poll.poll(_LOOK * 1000))

    def _look_at_folder(self) -> None:
        size = 0
        with contextlib.suppress(OSError):  # files come and go
            for entry in self._folder.rglob("*"):
                with contextlib.suppress(OSError):
                    size += entry.lstat().st_blocks * 512 if hasattr(os, "getuid") else entry.lstat().st_size
        if size > self.bounds.folder_mb * 1e6:
            raise UnreadableModel(
                "{file} makes its reader write more than {megabytes} MB: check it in the authoring tool.",
                file=self.file,
                megabytes=self.bounds.folder_mb,
            )

    def death(self) -> TwinError:
        """Return why the process ended without a word."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            code = 128 + 9  # it has closed its pipe and goes on: it is ended
        if code == MEMORY:
            return UnreadableModel(
                "{file} needs more than {megabytes} MB of memory to be read: split it by discipline.",
                file=self.file,
                megabytes=self.bounds.memory_mb,
            )
        if code in (128 + 24, 128 + 14):
            return _given_up(self.file, self.bounds.seconds)
        return UnreadableModel(
            "{file} made the IFC parser crash ({cause}): check it in the authoring tool and export it again.",
            file=self.file,
            cause=_signal(code - 128) if code > 128 else f"exit code {code}",
        )

    def end(self) -> None:
        """End the processes inside, whatever they do."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()  # the guardian hears that and ends the others
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, 9)
            self._process.kill()
            self._process.wait()


def _given_up(file: str, seconds: float) -> UnreadableModel:
    return UnreadableModel(
        "{file} was given up after {seconds} s without a step: check it in the authoring tool and export it again.",
        file=file,
        seconds=round(seconds),
    )


def _signal(number: int) -> str:
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _read_into(pipe: int, rest: memoryview) -> int:
    content = os.read(pipe, min(len(rest), 1 << 20))
    rest[: len(content)] = content
    return len(content)


def _outcome(inside: _Inside, hint: Any) -> Any:
    """Return the value that comes, after its steps; raises what it refuses."""
    most, longest = inside.bounds.result_mb * 1_000_000, inside.bounds.head_mb * 1_000_000
    try:
        while True:
            kind, length = struct.unpack("<cQ", inside.read(9))
            if length > (min(most, longest) if kind == b"V" else _LONGEST_STEP * 100):
                raise Foreign("too long a message")
            content = inside.read(length)
            if content.count(b"[") + content.count(b"{") > _FEW_LISTS + length // _BYTES_PER_LIST:
                raise Foreign("a message of nothing but lists")
            message = json.loads(content)
            if kind == b"V":
                value, sizes = message
                if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) + length > most:
                    raise Foreign("too large a result")
                return taker(hint)(value, [inside.read(size) for size in sizes])
            if kind == b"W":
                tell_missing([wall for wall in WALLS if wall not in message])
            elif kind == b"S":
                stage, done, total = message
                inside.step(str(stage)[:40], int(done), int(total))
            else:
                raise _refused(message)
    except _Ended:
        raise inside.death() from None
    except (Foreign, ValueError, TypeError, LookupError, struct.error, RecursionError, MemoryError) as error:
        raise UnreadableModel(
            "{file} made its reader answer what no reader answers: check it in the authoring tool.", file=inside.file
        ) from error


def _refused(message: Any) -> Refused:
    title, packed = message
    error = Refused("{problem}", problem="")
    error.sentence, error.title = sentence(packed), str(title)[:40]
    return error


_told: set[str] = set()


def tell_missing(missing: list[str]) -> None:
    """Write to the log, once in a process, which walls of a sandbox this system refuses."""
    new = [wall for wall in missing if wall not in _told]
    _told.update(new)
    if new:
        log.warning("This system refuses a sandbox these walls: %s. `twin doctor` says what to do.", ", ".join(new))


def walls_here() -> list[str]:
    """Return which of `WALLS` stand on this system, by trying."""
    sandboxed(nothing, file=Path("probe"), limits=Limits(patience=20.0))
    return [wall for wall in WALLS if wall not in _told]


def nothing(*, advance: Advance) -> bool:
    """Do nothing: the walls are built for it all the same."""
    return True
