"""Content-addressed blobs: bytes in, their sha256 out, kept for ever under that name.

A blob lies at `ab/abcd….gz` (stored compressed) or `ab/abcd…` (as it is); the name is the sha256 of the bytes before
compression.  A blob appears whole or not at all, and is never overwritten.

Blobs lie in a folder or, by a URL such as `s3://bucket/twin`, wherever fsspec reaches.  What comes from elsewhere is
compared with its name before anybody sees it, asked for again where it is wrong, and kept near (`BlobCache`).
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from uuid import uuid4

from twin.errors import Damaged, NotFound, TwinError
from twin.store.blob_cache import BlobCache
from twin.store.blob_files import UNFINISHED, BlobFiles, LocalFiles, files_at
from twin.store.blob_users import USERS, BlobUser, BlobUsers

_GZIP = ".gz"
_WRITERS = 8
_ASKERS = 16  # requests at once that only ask whether something is there
_ATTEMPTS = 4  # for bytes that come damaged
_RANGE = 16 << 20  # bytes of a large blob that are asked for at once
_HELD = 4 * _RANGE  # larger ones never lie in memory as a whole
_STRIPES = 64


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
    """Blobs at a folder or a URL; what is far away goes through a cache, the environment's unless one is given.

    Every call may raise StoreBusy where a storage does not answer, and TwinError where it refuses.
    """

    def __init__(self, url: str | Path, cache: BlobCache | None = None, user: BlobUser | None = None) -> None:
        self.url = str(url)
        self._files: BlobFiles = files_at(url)
        self.cache = (cache or BlobCache.from_environment()) if self._files.remote else None
        self._users = None if user is None else BlobUsers(self._files, self.url, user)
        self._one_at_a_time = [Lock() for _ in range(_STRIPES)]

    def put(self, content: bytes, compress: bool = False) -> str:
        """Keep `content` and return its sha256. What no row refers to may be swept: see `Store.sweep`."""
        packed = pack(content, compress=compress)
        self.keep([packed])
        return packed.sha256

    def keep(self, blobs: Iterable[Packed]) -> None:
        """Keep blobs; those that are there already stay as they are."""
        given = {blob.sha256: blob for blob in blobs}
        if given:
            self.register()
        if self._files.remote:
            with ThreadPoolExecutor(_WRITERS) as pool:
                list(pool.map(self._keep_far, given.values()))
            return
        wanted = [blob for blob in given.values() if not self.has(blob.sha256)]
        if not wanted:
            return
        with ThreadPoolExecutor(_WRITERS) as pool:  # a disk flushes many files in little more than the time of one
            list(pool.map(lambda blob: self._files.write(_path(blob.file_name), blob.payload), wanted))
        self._files.settle(_path(blob.file_name) for blob in wanted)

    def keep_file(self, path: Path) -> str:
        """Keep a file as it is, in little memory, and return its sha256; what is there already stays."""
        with open(path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.register()
        if not self.has(sha256):
            self._files.write_file(_path(sha256), path)
            self._files.settle([_path(sha256)])
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob that is stored as it is, for reading here and there; it stays readable when it is removed."""
        if isinstance(self._files, LocalFiles):
            try:
                return self._files.open(_path(sha256))
            except FileNotFoundError:
                raise _missing(sha256) from None
        assert self.cache is not None
        with self._stripe(sha256):
            return self.cache.open(sha256) or self._open_far(sha256)

    def has(self, sha256: str) -> bool:
        """Is the blob there."""
        return any(self._files.size(_path(name)) is not None for name in _names(sha256))

    def missing(self, names: Iterable[str]) -> set[str]:
        """Return those of the blobs that are not there; no folder is listed."""
        wanted = sorted(set(names))
        if not self._files.remote:
            return {name for name in wanted if not self.has(name)}
        with ThreadPoolExecutor(_ASKERS) as pool:
            return {name for name, there in zip(wanted, pool.map(self.has, wanted), strict=True) if not there}

    def get(self, sha256: str) -> bytes:
        """Return the content whose sha256 this is."""
        packed, payload = self._payload(sha256)
        return gzip.decompress(payload) if packed else payload

    def get_gzip(self, sha256: str) -> bytes | None:
        """Return the content as the gzip stream that was stored, or None where it is stored as it is."""
        if self._files.remote:
            packed, payload = self._payload(sha256)
            return payload if packed else None
        compressed, plain = _names(sha256)
        try:
            return self._files.read(_path(compressed))
        except FileNotFoundError:
            if self._files.size(_path(plain)) is not None:
                return None
            raise _missing(sha256) from None

    def names(self) -> Iterator[str]:
        """Yield the sha256 of every blob."""
        for path in self._files.paths():
            name = path.rpartition("/")[2]
            if not name.endswith(UNFINISHED) and not path.startswith(USERS):
                yield name.removesuffix(_GZIP)

    def register(self) -> None:
        """Say at the place that the twin keeps blobs there, if there is a twin; needs no asking a second time."""
        if self._users is not None:
            self._users.register(self.names)

    def unregister(self) -> None:
        """Take that back, for a twin that was not made in the end."""
        if self._users is not None:
            self._users.unregister()

    def shared(self) -> list[str]:
        """Return the files that tell of other twins at the place, which may need any blob there."""
        return [] if self._users is None else self._users.others()

    def remove(self, names: Iterable[str]) -> int:
        """Remove blobs and say how many; the caller holds the write lock and knows that nothing refers to them.

        They were listed before this looks for other twins: one that comes later has not kept any of them.
        """
        given = set(names)
        if not given:
            return 0
        self.register()
        others = self.shared()
        if others and self._users is not None:
            self._users.tell(others, len(given))
            return 0
        paths = [_path(file_name) for name in given for file_name in _names(name)]
        if self._files.remote:
            with ThreadPoolExecutor(_ASKERS) as pool:
                list(pool.map(self._files.remove, paths))
        else:
            for path in paths:
                self._files.remove(path)
        return len(given)

    def remove_unfinished(self) -> int:
        """Remove what a killed writer left half-written, and say how many files that were; needs the write lock."""
        return 0 if self.shared() else self._files.remove_unfinished()

    def damaged(self) -> list[str]:
        """Return the names of blobs whose content does not have that sha256. Reads everything, past the cache."""
        names = list(self.names())
        with ThreadPoolExecutor(_WRITERS if self._files.remote else 1) as pool:
            return [name for name, sound in zip(names, pool.map(self._sound, names), strict=True) if not sound]

    def copy_to(self, names: Iterable[str], other: "Blobs") -> set[str]:
        """Give blobs, checked, to other blobs as they are stored here, unless they have them; return those not here."""
        lost: set[str] = set()
        wanted = sorted(set(names))
        for start in range(0, len(wanted), _WRITERS):
            with ThreadPoolExecutor(_WRITERS) as pool:
                found = list(pool.map(lambda name: self._given(name, other), wanted[start : start + _WRITERS]))
            other.keep(blob for blob in found if isinstance(blob, Packed))
            lost.update(blob for blob in found if isinstance(blob, str))
        return lost

    def _given(self, sha256: str, other: "Blobs") -> Packed | str | None:
        """Return a blob for others; None where they have it, its name where it is not here."""
        try:
            if other.has(sha256):
                return None
            size = self._files.size(_path(sha256))
            if size is not None and size > _HELD:
                self._copy_large(sha256, size, other)
                return None
            packed, payload = self._payload(sha256)
        except NotFound:
            return sha256
        if not self._files.remote and not _is_whole(sha256, payload, packed):
            raise _wrong(sha256, self.url)
        return Packed(sha256, payload, packed)

    def check(self, *, writable: bool) -> None:
        """Raise a sentence where blobs cannot be read, or not be written though they should."""
        probe = f"{uuid4().hex}{UNFINISHED}"  # which no list of blobs shows, and a sweep takes away
        try:
            if writable:
                self._files.write(f"00/{probe}", b"probe")
                self._files.remove(f"00/{probe}")
            else:
                self._files.size(f"00/{probe}")
        except OSError as error:
            raise TwinError(
                "Blobs cannot be kept at {place} ({reason}): check the disk and its permissions.",
                place=self.url,
                reason=error.strerror or type(error).__name__,
            ) from error

    def _keep_far(self, blob: Packed) -> None:
        """Keep a blob unless it is there with these many bytes: what is half there is made whole."""
        other = next(name for name in _names(blob.sha256) if name != blob.file_name)
        if self._files.size(_path(blob.file_name)) == len(blob.payload) or self._files.size(_path(other)) is not None:
            return
        self._files.write(_path(blob.file_name), blob.payload)

    def _payload(self, sha256: str) -> tuple[bool, bytes]:
        """Return whether a blob is stored compressed, and its bytes as they are stored."""
        if self.cache is None:
            return self._read(sha256)
        names = _names(sha256)
        with self._stripe(sha256):
            for name in names:
                kept = self.cache.get(name)
                if kept is not None:
                    return name == names[0], kept
            packed, payload = self._read_far(sha256)
            self.cache.keep(names[0] if packed else names[1], payload)
            return packed, payload

    def _read(self, sha256: str) -> tuple[bool, bytes]:
        for name in _names(sha256):
            try:
                return name.endswith(_GZIP), self._files.read(_path(name))
            except FileNotFoundError:
                continue
        raise _missing(sha256)

    def _read_far(self, sha256: str) -> tuple[bool, bytes]:
        """Return a blob that has been compared with its name."""
        from twin.store.blob_remote import pause

        for attempt in range(1, _ATTEMPTS + 1):
            packed, payload = self._read(sha256)
            if _is_whole(sha256, payload, packed):
                return packed, payload
            if attempt < _ATTEMPTS:
                pause(attempt)
        raise _wrong(sha256, self.url)

    def _open_far(self, sha256: str) -> BinaryIO:
        """Open a blob that is not near yet: a file of the cache, or bytes in memory where that has no room."""
        assert self.cache is not None
        size = self._files.size(_path(sha256))
        if size is None:
            raise _missing(sha256)
        if size <= _HELD:
            payload = self._read_far(sha256)[1]
            self.cache.keep(sha256, payload)
            return BytesIO(payload)
        if self.cache.fill(sha256, size, lambda file: self._download(sha256, size, file)):
            found = self.cache.open(sha256)
            if found is not None:
                return found
        raise TwinError(
            "The blob {sha256} has {size} MB, for which {folder} has no room: set TWIN_CACHE_MB higher, or give that"
            " disk more room.",
            sha256=sha256,
            size=-(-size // 1_000_000),
            folder=str(self.cache.folder),
        )

    def _download(self, sha256: str, size: int, file: BinaryIO) -> bool:
        """Write a large blob into a file, compared with its name."""
        from twin.store.blob_remote import pause

        for attempt in range(1, _ATTEMPTS + 1):
            file.seek(0)
            digest = hashlib.sha256()
            for piece in self._pieces(sha256, size):
                file.write(piece)
                digest.update(piece)
            if digest.hexdigest() == sha256:
                return True
            if attempt < _ATTEMPTS:
                pause(attempt)
        raise _wrong(sha256, self.url)

    def _pieces(self, sha256: str, size: int) -> Iterator[bytes]:
        """Yield the bytes of a blob that is stored as it is; one piece that comes short is asked for again."""
        for start in range(0, size, _RANGE):
            end = min(start + _RANGE, size)
            for _ in range(_ATTEMPTS):
                piece = self._files.read(_path(sha256), start, end)
                if len(piece) == end - start:
                    break
            yield piece

    def _copy_large(self, sha256: str, size: int, other: "Blobs") -> None:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="twin-") as folder:
            path = Path(folder) / sha256
            with path.open("w+b") as file:
                self._download(sha256, size, file)
            other.keep_file(path)

    def _sound(self, sha256: str) -> bool:
        try:
            size = self._files.size(_path(sha256))
            if size is not None and size > _HELD:
                digest = hashlib.sha256()
                for piece in self._pieces(sha256, size):
                    digest.update(piece)
                return digest.hexdigest() == sha256
            if self._files.remote:
                return bool(self._read_far(sha256))
            packed, payload = self._read(sha256)
            return _is_whole(sha256, payload, packed)
        except (OSError, Damaged, NotFound):
            return False

    def _stripe(self, sha256: str) -> Lock:
        """Return the lock under which a blob is fetched, so that many who ask at once fetch it once."""
        return self._one_at_a_time[hash(sha256) % _STRIPES]


def _wrong(sha256: str, place: str) -> Damaged:
    return Damaged(
        "The blob {sha256} comes damaged from {place}: restore it from a backup, or import the file again.",
        sha256=sha256,
        place=place,
    )


def _missing(sha256: str) -> NotFound:
    return NotFound("There is no blob {sha256} (any more).", sha256=sha256)


def _names(sha256: str) -> tuple[str, str]:
    """Return the name of the blob's file where it is compressed, and where it is as it is."""
    return sha256 + _GZIP, sha256


def _path(file_name: str) -> str:
    return f"{file_name[:2]}/{file_name}"


def _is_whole(sha256: str, payload: bytes, packed: bool) -> bool:
    """Is this the blob, as it is stored."""
    try:
        content = gzip.decompress(payload) if packed else payload
    except (OSError, EOFError, zlib.error):
        return False
    return hashlib.sha256(content).hexdigest() == sha256
