"""Which twins keep blobs at a place: each leaves a file `twins/<its id>` there, so that none removes what is another's.

What one twin refers to says nothing of what another one needs.  So nothing at all is removed from a place that a second
twin uses, until somebody who knows that it has gone removes its file.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from twin.errors import TwinError
from twin.store.blob_files import UNFINISHED, BlobFiles, local_folder
from twin.store.place import DATABASE

USERS = "twins/"
_BEFORE = "unknown"  # blobs that lay here before any twin said so, and are not all of the first one that does
_log = logging.getLogger("twin.blobs")


@dataclass(frozen=True, slots=True)
class BlobUser:
    """A twin that keeps blobs somewhere.

    id : random, and another one in every copy and backup
    place : for people who find its file
    database : its own file, no relative path; None for one on a server
    referenced : asks for the names of all blobs that its rows refer to
    """

    id: str
    place: str
    database: Path | None
    referenced: Callable[[], set[str]]


class BlobUsers:
    """The twins at one place, as one of them sees them.

    Blobs beside a database are that twin's without a file: whoever else comes there sees the database.
    """

    def __init__(self, files: BlobFiles, url: str, user: BlobUser) -> None:
        self._files, self._url, self._user = files, url, user
        folder = local_folder(url)
        beside = None if folder is None else folder.resolve().parent / DATABASE
        own = user.database
        self._is_beside = own is not None and own == beside
        self._beside = None if self._is_beside else beside
        self._known = self._is_beside

    def register(self, names: Callable[[], Iterable[str]]) -> None:
        """Say that this twin keeps blobs here, before it keeps the first one; `names` lists what is there."""
        if self._known:
            return
        there = self._registered()
        if self._user.id not in there:
            foreign = not there and set(names()) - self._user.referenced()
            if foreign and not self._registered():  # nobody else came with them meanwhile
                self._write(_BEFORE, "a twin that kept blobs here before twins said so")
            self._write(self._user.id, self._user.place)
        self._known = True

    def unregister(self) -> None:
        """Take the word back, for a twin that was not made in the end."""
        with suppress(OSError, TwinError):
            self._files.remove(USERS + self._user.id)
        self._known = self._is_beside

    def others(self) -> list[str]:
        """Return what tells of other twins here, paths of files; asked anew each time."""
        found = [USERS + id for id in self._registered() if id != self._user.id]
        if self._beside is not None and self._beside.exists():
            found.append(str(self._beside))
        return found

    def tell(self, others: list[str], count: int) -> None:
        """Write into the log that blobs were not removed, and what to do."""
        _log.warning(
            "%d blobs that this twin needs no more stay at %s, since other twins keep theirs there: %s. Give each twin"
            " a place of its own; when one has gone, take its file away.",
            count,
            self._url,
            ", ".join(f"{path} ({self._said(path)})" if path.startswith(USERS) else path for path in others),
        )

    def _registered(self) -> list[str]:
        paths = (path for path in self._files.paths(USERS.rstrip("/")) if not path.endswith(UNFINISHED))
        return sorted(path.removeprefix(USERS) for path in paths)

    def _write(self, id: str, words: str) -> None:
        self._files.write(USERS + id, f"{words}\n".encode())
        self._files.settle([USERS + id])

    def _said(self, path: str) -> str:
        """Return the place that another twin has written into its file."""
        try:
            return self._files.read(path)[:200].decode("utf-8", "replace").strip()
        except (OSError, TwinError):
            return "?"
