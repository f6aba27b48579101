"""A bounded folder on the disk for blobs that lie elsewhere, shared by all processes of a machine.

An entry is a file named as the blob's file is; it gets that name when it is whole.  What is stored compressed has the
SHA-256 of its stored bytes before them, so that each entry can be checked whenever it is read; what is stored as it is
has that in its name.  The oldest entries go when the bytes reach the bound; the time of a file is when it was last
used.  Losing the folder, or its disk running full, costs speed and nothing else.

The file `bytes` holds how much there is, and is the lock for changing that.  It is raised before an entry is written,
so a process that is killed leaves it too high, never too low; it is counted anew when the bound is reached.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from twin.errors import InvalidInput
from twin.store.blob_files import UNFINISHED, HeldFile

try:
    import fcntl
except ImportError:  # Windows: processes then count each for itself
    fcntl = None  # type: ignore[assignment]

MEGABYTES = 2000
_COUNTER = "bytes"
_DIGEST = 32  # bytes of SHA-256
_KEPT_PART = 0.8  # of the bound that is left when entries are removed, so that it is not done each time
_ABANDONED = 600.0  # seconds since somebody wrote to an unfinished entry
_USED_AGAIN = 60.0  # seconds; a younger mark of use is young enough


class BlobCache:
    """Blobs kept near, at most `limit` bytes of them; safe for threads and processes, and in forked children."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.hits = self.misses = 0  # of this process, nearly: for metrics
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls) -> "BlobCache":
        """Return the cache that TWIN_CACHE_DIR and TWIN_CACHE_MB ask for."""
        text = os.environ.get("TWIN_CACHE_MB") or str(MEGABYTES)
        try:
            limit = int(text)
            if limit < 1:
                raise ValueError
        except ValueError:
            raise InvalidInput("TWIN_CACHE_MB is {value}: write a number of megabytes from 1.", value=text) from None
        chosen = os.environ.get("TWIN_CACHE_DIR")
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return cls(Path(chosen or os.path.join(base, "city-twin", "blobs")), limit * 1_000_000)

    def get(self, name: str) -> bytes | None:
        """Return an entry, checked; None where there is none. `name` is that of the blob's file, `.gz` included."""
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError:
            self.misses += 1
            return None
        digest, payload = _parted(name, content)
        if hashlib.sha256(payload).digest() != digest:
            self.misses += 1
            with suppress(OSError):
                path.unlink()
            return None
        self.hits += 1
        self._used(path)
        return payload

    def keep(self, name: str, payload: bytes) -> bool:
        """Keep an entry if there is room on the disk; say whether."""
        content = payload if _is_plain(name) else hashlib.sha256(payload).digest() + payload

        def write(file: BinaryIO) -> bool:
            file.write(content)
            return True

        return self.fill(name, len(content), write)

    def fill(self, name: str, size: int, write: Callable[[BinaryIO], bool]) -> bool:
        """Let `write` fill a file of `size` bytes, which becomes an entry when it returns True; say whether it did.

        An error of the disk ends in False, any other is the caller's.
        """
        unfinished = self.folder / f"{name}.{uuid4().hex}{UNFINISHED}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._make_room(size, unfinished)
            if file is None:
                return False
            with file:
                if not write(file):
                    return False
                file.flush()
                if _is_plain(name):
                    os.fsync(file.fileno())  # `open` gives it out without reading it all
            with self._counting():  # a file whose name changes under a count would be missed
                os.replace(unfinished, self.folder / name)
        except OSError:
            return False
        else:
            return True
        finally:
            with suppress(OSError):
                unfinished.unlink()

    def open(self, sha256: str) -> BinaryIO | None:
        """Open the entry of a blob that is stored as it is; it stays readable when it is removed."""
        path = self.folder / sha256
        try:
            file = HeldFile(FileIO(path))
        except OSError:
            self.misses += 1
            return None
        self.hits += 1
        self._used(path)
        return file

    def bytes(self) -> int:
        """Return how many bytes lie in the folder now."""
        return sum(size for _, size, _ in self._entries())

    def _used(self, path: Path) -> None:
        """Mark an entry as used now."""
        with suppress(OSError):
            now = time.time()
            if now - path.stat().st_mtime > _USED_AGAIN:
                os.utime(path, (now, now))

    def _make_room(self, size: int, unfinished: Path) -> BinaryIO | None:
        """Return a new file of `size` bytes, for which others were removed where that must be; None if it cannot be.

        It is made under the lock and with all of its bytes, so that whoever counts anew counts it.
        """
        if size > self.limit:
            return None
        with self._counting() as counter:
            counter.seek(0)
            text = counter.read(32)
            total = int(text) if text.isdigit() else self.limit
            if total + size > self.limit:
                total = self._shrink(max(0, int(self.limit * _KEPT_PART) - size))
                if total + size > self.limit:  # others are writing right now
                    self._count(counter, total)
                    return None
            self._count(counter, total + size)
            file = unfinished.open("w+b")
            try:
                os.ftruncate(file.fileno(), size)
                if size and hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)  # a full disk is told now
            except BaseException:
                file.close()
                raise
            return file

    @staticmethod
    def _count(counter: BinaryIO, total: int) -> None:
        counter.seek(0)
        counter.write(b"%020d" % total)
        counter.flush()

    def _shrink(self, wanted: int) -> int:
        """Remove the oldest entries until at most `wanted` bytes are left; return what is left."""
        found = sorted(self._entries())
        total = sum(size for _, size, _ in found)
        now = time.time()
        for used, size, path in found:
            unfinished = path.name.endswith(UNFINISHED)
            if unfinished and now - used < _ABANDONED:
                continue
            if total > wanted or unfinished:
                try:
                    path.unlink(missing_ok=True)
                except OSError:  # Windows: somebody reads it
                    continue
                total -= size
        return total

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        """Yield time of last use, bytes and path of each entry, unfinished ones included."""
        try:
            found = list(os.scandir(self.folder))
        except OSError:
            return
        for entry in found:
            if entry.name != _COUNTER:
                with suppress(FileNotFoundError):
                    stat = entry.stat()
                    yield stat.st_mtime, stat.st_size, Path(entry.path)

    @contextmanager
    def _counting(self) -> Iterator[BinaryIO]:
        """Give the counter's file, locked against other threads and processes; a killed one lets go of it."""
        with self._lock, os.fdopen(os.open(self.folder / _COUNTER, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file


def _is_plain(name: str) -> bool:
    return "." not in name


def _parted(name: str, content: bytes) -> tuple[bytes, bytes]:
    """Return what the SHA-256 of an entry's payload must be, and the payload."""
    if _is_plain(name):
        try:
            return bytes.fromhex(name), content
        except ValueError:
            return b"", content
    return content[:_DIGEST], content[_DIGEST:]
