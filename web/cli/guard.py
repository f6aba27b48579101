"""Work on a foreign file in a process of its own, so that a crash or a hang of a native parser ends in a sentence.

The geometry kernels have workers; the IFC parser and what reads its entities run in this child.  It is forked before
anything heavy is loaded, which costs a few milliseconds; where that cannot be done (Windows, a process with threads)
the work is done in this process.
"""

import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput, TwinError, UnreadableModel
from twin.values.sentence import say, unpack
from web.cli.progress import Advance

DATABASES = ("sqlalchemy", "sqlite3", "psycopg")  # modules whose errors say nothing of a file
PATIENCE_SECONDS, SECONDS_PER_MEGABYTE = 75.0, 2.0  # without a step; more than any geometry kernel is given


class Refused(TwinError):
    """What the child refused, with the name of its error class in `title`."""

    title: str = "InvalidInput"


def patience(size: int) -> float:
    """Return the seconds without a step after which work on a file of so many bytes is given up ($TWIN_PATIENCE
    overrides the base)."""
    return float(os.environ.get("TWIN_PATIENCE") or PATIENCE_SECONDS) + SECONDS_PER_MEGABYTE * size / 1e6


def may_fork() -> bool:
    """Tell whether a child can be forked: not on Windows, nor from a process with threads, whose locks it copies."""
    return hasattr(os, "fork") and threading.active_count() == 1


def guarded(work: Callable[[Advance], dict[str, Any]], advance: Advance, path: Path) -> dict[str, Any]:
    """Return what `work(advance)` returns, a JSON object, from a child process.

    path : the file that is worked on, for the sentence and the patience

    Raises TwinError with the child's sentence, and UnreadableModel where it crashed, hung or met an error of its own.
    """
    if not may_fork():
        return worked(work, advance, path)
    # what a child that is ended leaves lies in a folder that this process removes
    with tempfile.TemporaryDirectory(prefix="twin-", ignore_cleanup_errors=True) as folder:
        return _in_child(work, advance, path, folder)


def _in_child(work: Callable[[Advance], dict[str, Any]], advance: Advance, path: Path, folder: str) -> dict[str, Any]:
    """Return what the work returns in a child process whose temporary files go into a folder."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        _be_child(work, writing, path)
    os.close(writing)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        return _listen(reading, child, advance, path)
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(reading)
        _end(child)


def worked(work: Callable[[Advance], dict[str, Any]], advance: Advance, path: Path) -> dict[str, Any]:
    """Return what `work(advance)` returns; an error that it did not expect says that the file breaks the rules."""
    try:
        return work(advance)
    except (TwinError, OSError):
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] in DATABASES:
            raise TwinError(
                "The twin's database cannot be used ({error}): `twin doctor` tells more.", error=type(error).__name__
            ) from error
        if os.environ.get("TWIN_DEBUG"):
            traceback.print_exc()
        words = str(error).strip().splitlines() or [""]
        raise InvalidInput(
            "{file} breaks the rules of IFC ({error}): check it in the authoring tool and export it again.",
            file=path.name,
            error=f"{type(error).__name__}: {words[0]}"[:160],
        ) from error


def _stop(*_: object) -> None:
    """Turn SIGTERM into what Ctrl-C is, so that the child is ended too."""
    raise KeyboardInterrupt


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, however that ends (kill -9); elsewhere a write tells it."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # <linux/prctl.h>
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _be_child(work: Callable[[Advance], dict[str, Any]], writing: int, path: Path) -> None:
    """Do the work, send steps and the outcome as JSON lines, and leave without a word."""
    os.setpgid(0, 0)  # so that the parent can end the kernels' workers along
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C
    _die_with_parent()
    pipe = os.fdopen(writing, "w", encoding="utf-8")

    def send(*message: Any) -> None:
        pipe.write(json.dumps(message) + "\n")
        pipe.flush()

    code = 0
    try:
        send("result", worked(work, lambda stage, done, total: send("step", stage, done, total), path))
    except TwinError as error:
        send("refused", type(error).__name__, error.sentence.packed())
    except OSError as error:
        send("refused", type(error).__name__, say("The system refused: {error}.", error=str(error)).packed())
    except BaseException:  # noqa: BLE001  (the parent has gone, or the message cannot be written: nothing to tell anyone)
        code = 1
    finally:
        os._exit(code)


def _listen(reading: int, child: int, advance: Advance, path: Path) -> dict[str, Any]:
    buffer = b""
    seconds = patience(path.stat().st_size if path.is_file() else 0)
    while select.select([reading], [], [], seconds)[0]:
        content = os.read(reading, 1 << 20)
        if not content:
            raise _death(child, path)
        *lines, buffer = (buffer + content).split(b"\n")
        for line in lines:
            kind, *values = json.loads(line)
            if kind == "result":
                result: dict[str, Any] = values[0]
                return result
            if kind == "refused":
                error = Refused("{problem}", problem=unpack(values[1]))
                error.sentence, error.title = unpack(values[1]), values[0]
                raise error
            advance(*values)
    raise hung(seconds, path.name)


def hung(seconds: float, file: str) -> UnreadableModel:
    """Return the error for a file on which nothing went on for so long."""
    return UnreadableModel(
        "{file} was given up after {seconds} s without a step: check it in the authoring tool and export it again.",
        file=file,
        seconds=round(seconds),
    )


def _death(child: int, path: Path) -> UnreadableModel:
    return crashed(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), path.name)


def crashed(code: int, file: str) -> UnreadableModel:
    """Return the error for a file that ended the process that read it with an exit code, or a signal's negative."""
    return UnreadableModel(
        "{file} made the IFC parser crash ({cause}): check it in the authoring tool and export it again.",
        file=file,
        cause=signal.Signals(-code).name if code < 0 else f"exit code {code}",
    )


def _end(child: int) -> None:
    """End the child and its workers, whatever they do."""
    for end in (os.killpg, os.kill):  # the group may not be made yet, or be gone
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)
