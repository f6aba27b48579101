"""Files in object storage, through fsspec: tried again when the network or the server fails for a moment.

The filesystem is made when it is first needed, so a command that touches no blob loads nothing and starts no thread,
and made anew in a forked child: its event loop runs in a thread, and threads stay behind in the parent.
"""

import os
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from twin.errors import InvalidInput, StoreBusy, TwinError

T = TypeVar("T")

ATTEMPTS = 6
FIRST_PAUSE = 0.1  # seconds; doubled each time, and up to half more so that many waiters do not come at once
PATIENCE = 45.0  # seconds after which no further attempt is made
_FINAL = ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "ParamValidationError")


def persistently(call: Callable[[], T], place: str) -> T:
    """Return what a call returns; it is tried again while the storage fails in a way that may pass.

    Raises
    ------
    FileNotFoundError : there is no such file.
    StoreBusy : the storage failed each time.
    TwinError : it refuses; trying again would not help.
    """
    ends = time.monotonic() + PATIENCE
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except (FileNotFoundError, TwinError):
            raise
        except Exception as error:
            if isinstance(error, PermissionError) or type(error).__name__ in _FINAL:
                raise TwinError(
                    "The object storage {place} refuses ({reason}): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
                    " and the rights of that key.",
                    place=place,
                    reason=_reason(error),
                ) from error
            if attempt == ATTEMPTS or time.monotonic() > ends:
                raise StoreBusy(
                    "The object storage {place} does not answer ({reason}): try again; if it lasts, check"
                    " AWS_ENDPOINT_URL and the storage.",
                    place=place,
                    reason=_reason(error),
                ) from error
        pause(attempt)
    raise AssertionError


def pause(attempt: int) -> None:
    """Wait after the n-th attempt, from 1."""
    time.sleep(FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(1, 1.5))  # noqa: S311  (no secret)


def _reason(error: Exception) -> str:
    words = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {words[0]}"[:160]


class RemoteFiles:
    """Files at any URL of fsspec."""

    remote = True
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, url: str) -> None:
        self.place = url.rstrip("/")
        self._made: tuple[int, Any, str] | None = None

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where it is not there."""
        try:
            return int(self._try(lambda files, root: files.size(f"{root}/{path}")))
        except FileNotFoundError:
            return None

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Return a file, or its bytes from `start` to before `end`."""
        return bytes(self._try(lambda files, root: files.cat_file(f"{root}/{path}", start=start, end=end)))

    def write(self, path: str, payload: bytes) -> None:
        """Write a file."""
        self._try(lambda files, root: files.pipe_file(f"{root}/{path}", payload))

    def write_file(self, path: str, source: Path) -> None:
        """Copy a file of the disk, in little memory."""
        self._try(lambda files, root: files.put_file(str(source), f"{root}/{path}"))

    def settle(self, paths: Iterable[str]) -> None:
        """Do nothing: what such a storage has confirmed it keeps."""

    def remove(self, path: str) -> None:
        """Remove a file; one that has gone is no error."""
        try:
            self._try(lambda files, root: files.rm_file(f"{root}/{path}"))
        except FileNotFoundError:
            return

    def paths(self, folder: str = "") -> list[str]:
        """Return the paths of all files, or of those below a folder."""

        def found(files: Any, root: str) -> list[str]:
            files.invalidate_cache()
            start = root.strip("/")
            return [
                path.strip("/").removeprefix(start).lstrip("/")
                for path in files.find(f"{root}/{folder}" if folder else root)
            ]

        try:
            return self._try(found)
        except FileNotFoundError:
            return []

    def remove_unfinished(self) -> int:
        """Remove what killed writers left half-written: there is none, files are shown when they are whole."""
        return 0

    def _try(self, call: Callable[[Any, str], T]) -> T:
        return persistently(lambda: call(*self._files()), self.place)

    def _files(self) -> tuple[Any, str]:
        """Return the filesystem of this process, and the place in its words."""
        made = self._made
        if made is None or made[0] != os.getpid():
            self._made = made = (os.getpid(), *self._make())  # no lock: a fork may copy it held; two do no harm
        return made[1:]

    def _make(self) -> tuple[Any, str]:
        try:
            import fsspec

            files, root = fsspec.core.url_to_fs(self.place, skip_instance_cache=True, **self.options)
        except (ImportError, ValueError) as error:
            raise InvalidInput(
                "Blobs cannot be kept at {place} ({reason}): install the package's extra `grown`, or choose another"
                " place.",
                place=self.place,
                reason=_reason(error),
            ) from error
        return files, str(root)
