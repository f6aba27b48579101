"""Backups: a twin as it was at one moment, written into a folder that is a twin itself, while others read and write.

The database is copied first, in one transaction, then the blobs that this copy names.  Should one of them be swept
meanwhile, all is tried again, the last time with other writers waiting, who then wait only for what is still missing.
The new database takes its name when all of its blobs are there: whatever ends a backup, the folder holds the last
whole one.  Blobs that are there already are not copied again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, update

from twin.errors import Damaged, InvalidInput, StoreBusy
from twin.store import write
from twin.store.blob_files import UNFINISHED
from twin.store.blobs import Blobs
from twin.store.connect import copy_pages, engine_at, fold, reading, writing
from twin.store.tables import twin

try:
    import fcntl
except ImportError:  # Windows: two backups into one folder are then the operator's to avoid
    fcntl = None  # type: ignore[assignment]

DATABASE, BLOBS, NOTE, _LOCK = "twin.sqlite", "blobs", "backup.json", "backup.lock"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds, and what it had to do for it.

    made_at : ISO 8601, UTC; nothing that was written later is in it
    blobs, bytes : blobs that it holds, bytes of its database
    copied, removed : blobs that were new, and that nothing refers to any more
    """

    place: str
    made_at: str
    blobs: int
    bytes: int
    copied: int
    removed: int


def back_up(engine: Engine, blobs: Blobs, place: str, target: Path) -> Backup:
    """Write the twin of an engine and its blobs into a folder: new, empty, or an earlier backup.

    Raises
    ------
    InvalidInput : the folder holds something else.
    StoreBusy : another backup is writing to it.
    Damaged : blobs of the twin are missing or damaged; the last backup stays.
    """
    _check(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(target):
        for leftover in (*target.glob(f"{DATABASE}.*{UNFINISHED}*"), *target.glob(f"{NOTE}{UNFINISHED}")):
            leftover.unlink()
        copy = target / f"{DATABASE}.{uuid4().hex}{UNFINISHED}"
        try:
            return _finished(target, copy, *_copied(engine, blobs, copy, target), place)
        finally:
            copy.unlink(missing_ok=True)


def _copied(engine: Engine, blobs: Blobs, copy: Path, target: Path) -> tuple[str, set[str], int]:
    """Copy database and blobs; return when, the blobs that the copy names, and how many of them were new."""
    there = Blobs(target / BLOBS)
    before = set(there.names())
    lost: set[str] = set()
    for attempt in range(1, _TRIES + 1):
        copy.unlink(missing_ok=True)
        with ExitStack() as stack:
            if attempt == _TRIES:  # nothing is swept while this writer is at work
                stack.enter_context(writing(engine))
            made_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            wanted = _snapshot(engine, copy)
            lost = blobs.copy_to(wanted - before, there)
        if not lost:
            return made_at, wanted, len(wanted - before)
    raise Damaged(
        "{count} blobs of the twin are not there, {sha256} for one: `twin doctor` tells more. The last backup stays.",
        count=len(lost),
        sha256=min(lost),
    )


def _snapshot(engine: Engine, copy: Path) -> set[str]:
    """Copy the database as it is at one moment into a SQLite file; return the names of the blobs it refers to."""
    if engine.dialect.name == "sqlite":
        copy_pages(engine, copy)
    else:
        from twin.store.copying import snapshot

        snapshot(engine, copy)
    os.chmod(copy, 0o600)  # it holds what passwords are checked against
    own = engine_at(copy, 30)
    try:
        with writing(own) as connection:
            connection.execute(update(twin).values(blobs=None, uid=uuid4().hex))  # they lie beside it
        with reading(own) as connection:
            wanted = write.referenced_blobs(connection)
    finally:
        own.dispose()
    _fold(copy)
    return wanted


def _finished(target: Path, copy: Path, made_at: str, wanted: set[str], copied: int, place: str) -> Backup:
    """Give the copy its name, and remove the blobs that only the backup before it named."""
    with open(copy, "rb") as file:
        os.fsync(file.fileno())
    final = target / DATABASE
    if final.exists():
        _fold(final)
    for beside in ("-wal", "-shm"):  # of somebody who read the earlier backup and was killed
        Path(f"{final}{beside}").unlink(missing_ok=True)
    size = copy.stat().st_size
    os.replace(copy, final)
    there = Blobs(target / BLOBS)
    old = set(there.names()) - wanted
    there.remove(old)
    there.remove_unfinished()
    made = Backup(place, made_at, len(wanted), size, copied, len(old))
    note = target / f"{NOTE}{UNFINISHED}"
    note.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(note, target / NOTE)
    if os.name == "posix":
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return made


def _fold(database: Path) -> None:
    """Fold a write-ahead log into its database, which is one file then."""
    reason = fold(database)
    if reason is not None:
        raise StoreBusy(
            "The backup {folder} is in use ({reason}): stop what reads it, or choose another folder.",
            folder=str(database.parent),
            reason=reason,
        )


def _check(target: Path) -> None:
    """Raise InvalidInput for a folder that is neither new, nor empty, nor an earlier backup."""
    if target.is_file():
        raise InvalidInput("{folder} is a file: name a folder for the backup.", folder=str(target))
    names = {path.name for path in target.iterdir()} if target.is_dir() else set()
    ours = {name for name in names if name in (BLOBS, NOTE, f"{NOTE}{UNFINISHED}", _LOCK) or name.startswith(DATABASE)}
    if names - ours or (DATABASE in names and _LOCK not in names):
        raise InvalidInput(
            "{folder} holds something that is no backup: choose a new folder, or that of an earlier backup.",
            folder=str(target),
        )


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep other backups out of a folder; a process that is killed lets go of it."""
    with open(target / _LOCK, "ab") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreBusy(
                    "Another backup is writing to {folder}: wait until it is done.", folder=str(target)
                ) from None
        with suppress(OSError):
            os.chmod(target / _LOCK, 0o600)
        yield
