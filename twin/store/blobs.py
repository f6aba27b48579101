"""Content-addressed blobs: bytes in, their sha256 out, kept for ever under that name.

A blob lies at `ab/abcd….gz` (stored compressed) or `ab/abcd…` (as it is); the name is the sha256 of the bytes before
compression.  A blob appears whole or not at all, and is never overwritten.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from twin.errors import NotFound

_GZIP = ".gz"
_UNFINISHED = ".part"
_WRITERS = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """A blob ready to be kept: its name, and its bytes as they will lie on the disk."""

    sha256: str
    payload: bytes
    compressed: bool

    @property
    def file_name(self) -> str:
        """The name of the file, `.gz` included."""
        return self.sha256 + _GZIP if self.compressed else self.sha256


def pack(content: bytes, *, compress: bool = False, level: int = 6) -> Packed:
    """Name `content` and compress it if asked; the same content gives the same bytes.

    >>> pack(b"glTF").sha256[:8], pack(b"glTF", compress=True).file_name[-3:]
    ('c74f9194', '.gz')
    """
    payload = gzip.compress(content, level, mtime=0) if compress else content
    return Packed(hashlib.sha256(content).hexdigest(), payload, compress)


class Blobs:
    """A folder of blobs, on the disk or (by a URL such as `s3://bucket/twin`) wherever fsspec reaches."""

    def __init__(self, url: str | Path) -> None:
        found: tuple[Any, str] = fsspec.core.url_to_fs(str(url))
        self._files, self._root = found
        self._local = isinstance(self._files, LocalFileSystem)

    def put(self, content: bytes, compress: bool = False) -> str:
        """Keep `content` and return its sha256. What no row refers to may be swept: see `Store.sweep`."""
        packed = pack(content, compress=compress)
        self.keep([packed])
        return packed.sha256

    def keep(self, blobs: Iterable[Packed]) -> None:
        """Keep blobs; those that are there already stay as they are."""
        wanted = [blob for blob in {blob.sha256: blob for blob in blobs}.values() if not self.has(blob.sha256)]
        if not wanted:
            return
        with ThreadPoolExecutor(_WRITERS) as pool:  # a disk flushes many files in little more than the time of one
            folders = set(pool.map(self._write, wanted))
            if self._local:
                list(pool.map(_flush_folder, [*sorted(folders), self._root]))

    def keep_file(self, path: Path) -> str:
        """Keep a file as it is, in little memory, and return its sha256; what is there already stays."""
        with open(path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if not self.has(sha256):
            folder = self._copy(path, sha256)
            if self._local:
                for name in (folder, self._root):
                    _flush_folder(name)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob that is stored as it is, for reading here and there; it stays readable when it is removed."""
        try:
            file: BinaryIO = self._files.open(self._paths(sha256)[1], "rb")
        except FileNotFoundError:
            raise NotFound("There is no blob {sha256} (any more).", sha256=sha256) from None
        return file

    def has(self, sha256: str) -> bool:
        """Is the blob there."""
        return any(self._files.exists(path) for path in self._paths(sha256))

    def get(self, sha256: str) -> bytes:
        """Return the content whose sha256 this is."""
        packed = self.get_gzip(sha256)
        return gzip.decompress(packed) if packed is not None else self._read(self._paths(sha256)[1], sha256)

    def get_gzip(self, sha256: str) -> bytes | None:
        """Return the content as the gzip stream that was stored, or None where it is stored as it is."""
        compressed, plain = self._paths(sha256)
        try:
            return self._read(compressed, sha256)
        except NotFound:
            if self._files.exists(plain):
                return None
            raise

    def names(self) -> Iterator[str]:
        """Yield the sha256 of every blob."""
        for path in self._list():
            name = path.rpartition("/")[2]
            if not name.endswith(_UNFINISHED):
                yield name.removesuffix(_GZIP)

    def remove(self, names: Iterable[str]) -> None:
        """Remove blobs; the caller holds the write lock and knows that nothing refers to them."""
        for name in names:
            for path in self._paths(name):
                if self._files.exists(path):
                    self._files.rm_file(path)

    def remove_unfinished(self) -> int:
        """Remove what a killed writer left half-written, and say how many files that were; needs the write lock."""
        unfinished = [path for path in self._list() if path.endswith(_UNFINISHED)]
        for path in unfinished:
            self._files.rm_file(path)
        return len(unfinished)

    def damaged(self) -> list[str]:
        """Return the names of blobs whose content does not have that sha256. Reads everything."""
        return [name for name in self.names() if not self._sound(name)]

    def _sound(self, sha256: str) -> bool:
        try:
            return hashlib.sha256(self.get(sha256)).hexdigest() == sha256
        except (OSError, EOFError, ValueError):
            return False

    def _list(self) -> list[str]:
        if not self._files.exists(self._root):
            return []
        self._files.invalidate_cache()
        found: list[str] = self._files.find(self._root)
        return found

    def _paths(self, sha256: str) -> tuple[str, str]:
        """Return where the blob lies compressed, and where it lies as it is."""
        plain = f"{self._root}/{sha256[:2]}/{sha256}"
        return plain + _GZIP, plain

    def _read(self, path: str, sha256: str) -> bytes:
        try:
            content: bytes = self._files.cat_file(path)
        except FileNotFoundError:
            raise NotFound("There is no blob {sha256} (any more).", sha256=sha256) from None
        return content

    def _write(self, blob: Packed) -> str:
        folder = f"{self._root}/{blob.sha256[:2]}"
        if not self._local:
            self._files.pipe_file(f"{folder}/{blob.file_name}", blob.payload)  # shown when it is whole
            return folder
        with self._arriving(folder, blob.file_name) as file:
            file.write(blob.payload)
        return folder

    def _copy(self, path: Path, sha256: str) -> str:
        folder = f"{self._root}/{sha256[:2]}"
        if not self._local:
            self._files.put_file(str(path), f"{folder}/{sha256}")
            return folder
        with self._arriving(folder, sha256) as file, open(path, "rb") as source:
            shutil.copyfileobj(source, file, 1 << 20)
        return folder

    @contextmanager
    def _arriving(self, folder: str, name: str) -> Iterator[BinaryIO]:
        """Give a file on the disk that gets its name when it is whole."""
        self._files.makedirs(folder, exist_ok=True)
        unfinished = f"{folder}/{name}.{uuid4().hex}{_UNFINISHED}"
        with open(unfinished, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, f"{folder}/{name}")


def _flush_folder(folder: str) -> None:
    """Make new names in a folder survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
