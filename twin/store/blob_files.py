"""Where the files of blobs lie: a folder on the disk, or whatever fsspec reaches, through one small interface.

Paths are relative to the place ("ab/abcd….gz").  A file appears whole or not at all.  What comes from elsewhere may be
cut or wrong all the same: `twin.store.blobs` checks it before anybody uses it.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

UNFINISHED = ".part"


class BlobFiles(Protocol):
    """Files at a place, for many threads at once. What is not there is a FileNotFoundError."""

    remote: bool  # reached over a network: worth a cache, and to be checked

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where it is not there."""

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Return a file, or its bytes from `start` to before `end`."""

    def write(self, path: str, payload: bytes) -> None:
        """Write a file."""

    def write_file(self, path: str, source: Path) -> None:
        """Copy a file of the disk, in little memory."""

    def settle(self, paths: Iterable[str]) -> None:
        """Make what was written survive a power cut."""

    def remove(self, path: str) -> None:
        """Remove a file; one that has gone is no error."""

    def paths(self, folder: str = "") -> list[str]:
        """Return the paths of all files, or of those below a folder, unfinished ones included."""

    def remove_unfinished(self) -> int:
        """Remove what killed writers left half-written, and say how many files that were."""


class HeldFile(BufferedReader):
    """A file for reading that is closed when nobody holds it any more, as that of a layer that was replaced."""

    def __del__(self) -> None:
        self.close()


class LocalFiles:
    """A folder on the disk."""

    remote = False

    def __init__(self, root: Path) -> None:
        self._root = os.path.abspath(root)

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where it is not there."""
        try:
            return os.stat(f"{self._root}/{path}").st_size
        except FileNotFoundError:
            return None

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Return a file, or its bytes from `start` to before `end`."""
        with self.open(path) as file:
            file.seek(start or 0)
            return file.read(-1 if end is None else end - (start or 0))

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading; it stays readable when it is removed."""
        return HeldFile(FileIO(f"{self._root}/{path}"))

    def write(self, path: str, payload: bytes) -> None:
        """Write a file."""
        with self._arriving(path) as file:
            file.write(payload)

    def write_file(self, path: str, source: Path) -> None:
        """Copy a file of the disk, in little memory."""
        with self._arriving(path) as file, open(source, "rb") as given:
            shutil.copyfileobj(given, file, 1 << 20)

    def settle(self, paths: Iterable[str]) -> None:
        """Make the names of new files survive a power cut, where the system can."""
        for folder in (*sorted({os.path.dirname(path) for path in paths}), ""):
            _flush_folder(f"{self._root}/{folder}")

    def remove(self, path: str) -> None:
        """Remove a file; one that has gone is no error."""
        with suppress(FileNotFoundError):
            os.unlink(f"{self._root}/{path}")

    def paths(self, folder: str = "") -> list[str]:
        """Return the paths of all files, or of those below a folder, unfinished ones included."""
        return [
            os.path.relpath(f"{inner}/{name}", self._root).replace(os.sep, "/")
            for inner, _, names in os.walk(os.path.join(self._root, folder))
            for name in names
        ]

    def remove_unfinished(self) -> int:
        """Remove what killed writers left half-written, and say how many files that were."""
        unfinished = [path for path in self.paths() if path.endswith(UNFINISHED)]
        for path in unfinished:
            self.remove(path)
        return len(unfinished)

    @contextmanager
    def _arriving(self, path: str) -> Iterator[BinaryIO]:
        """Give a file that gets its name when it is whole."""
        final = f"{self._root}/{path}"
        os.makedirs(os.path.dirname(final), exist_ok=True)
        unfinished = f"{final}.{uuid4().hex}{UNFINISHED}"
        with open(unfinished, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, final)


def local_folder(url: str | Path) -> Path | None:
    """Return the folder that a path or a `file://` URL names; None for what is elsewhere.

    >>> local_folder("s3://bucket/twin"), str(local_folder("file:///srv/blobs"))
    (None, '/srv/blobs')
    """
    text = str(url).removeprefix("file://")
    return None if "://" in text else Path(text)


def files_at(url: str | Path) -> BlobFiles:
    """Return the files at a folder or at a URL (`s3://bucket/prefix`); nothing is asked of a server yet."""
    text, folder = str(url), local_folder(url)
    if folder is not None:
        return LocalFiles(folder)
    if text.startswith("s3://"):
        from twin.store.blob_s3 import S3Files

        return S3Files(text)
    from twin.store.blob_remote import RemoteFiles

    return RemoteFiles(text)


def _flush_folder(folder: str) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
