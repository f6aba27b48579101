"""Opening a twin: making its database whole or not at all, bringing an older one up to date, finding its blobs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, inspect, select

from twin.errors import InvalidInput, NotFound, StoreTooNew
from twin.store import postgresql, write
from twin.store.blob_users import BlobUser
from twin.store.blobs import Blobs
from twin.store.connect import engine_at, is_postgresql, reading, told, writing
from twin.store.place import DATABASE, Place
from twin.store.records import Bounds
from twin.store.tables import VERSIONS, alembic_version, metadata, twin

BUSY_SECONDS = 30.0  # that a writer waits for another one, unless $TWIN_BUSY_SECONDS says otherwise

__all__ = [
    "BUSY_SECONDS",
    "DATABASE",
    "blobs_of",
    "bring_up_to_date",
    "busy_seconds",
    "claim",
    "create",
    "is_empty",
    "is_there",
    "make",
    "missing",
    "user_of",
]


def busy_seconds() -> float:
    """Return how long a writer waits for another one ($TWIN_BUSY_SECONDS), in seconds; raises InvalidInput."""
    said = os.environ.get("TWIN_BUSY_SECONDS") or str(BUSY_SECONDS)
    try:
        return float(said)
    except ValueError:
        raise InvalidInput("TWIN_BUSY_SECONDS is {value}, which is no number of seconds.", value=said) from None


def missing(place: Place) -> NotFound:
    """Return the error for a place without a twin."""
    return NotFound("There is no twin in {folder}: `twin init` makes one.", folder=str(place))


def is_there(place: Place, engine: Engine) -> bool:
    """Tell whether the place holds a twin, of whatever version."""
    if place.url is None:
        return place.database.exists()
    with told(engine), engine.connect() as connection:
        return _version(connection) is not None


def make(
    place: Place,
    engine: Engine,
    *,
    name: str | None,
    crs: str | None,
    bounds: Bounds | None,
    blobs: str | None,
    busy_seconds: float,
) -> bool:
    """Make a new twin in the place; False when there is one already (another process may just have made it).

    blobs : where they are to lie; None: $TWIN_BLOBS, else beside the database
    """
    kept = whole_address(blobs or os.environ.get("TWIN_BLOBS") or None)
    values: dict[str, Any] = dict(zip(("west", "south", "east", "north"), bounds or (None,) * 4, strict=True))
    values |= {"id": 1, "name": name or place.name, "crs": crs, "changes": 0, "blobs": kept, "uid": uuid4().hex}
    if place.url is None:
        return _make_file(place, values, busy_seconds)
    if kept is None and place.folder is None:
        raise no_blobs(place)
    with writing(engine, lock=False) as connection:
        postgresql.prepare_database(connection)
        if _version(connection) is not None:
            return False
        create(connection)
        connection.execute(insert(twin).values(values))
    return True


def _make_file(place: Place, values: dict[str, Any], busy_seconds: float) -> bool:
    final = place.database
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished = final.parent / f"{DATABASE}.{uuid4().hex}.part"
    engine = engine_at(unfinished, busy_seconds)
    try:
        with writing(engine) as connection:
            create(connection)
            connection.execute(insert(twin).values(values))
        engine.dispose()  # the last connection folds the write-ahead log into the file
        return claim(unfinished, final)
    finally:
        engine.dispose()
        for leftover in (unfinished, Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            leftover.unlink(missing_ok=True)


def create(connection: Connection) -> None:
    """Make every table and stamp the version, without Alembic."""
    server = is_postgresql(connection.engine)
    metadata.create_all(connection, checkfirst=not server)  # what is there already is of somebody else
    alembic_version.create(connection)
    if server:
        postgresql.make_spatial(connection)
    connection.execute(insert(alembic_version).values(version_num=VERSIONS[-1]))


def bring_up_to_date(engine: Engine) -> None:
    """Migrate the database when this program writes a newer version of it; refuse one from a newer program."""
    with told(engine), engine.connect() as connection:
        if _version(connection) == VERSIONS[-1]:
            return
    from twin.store import migrations  # Alembic takes a quarter of a second to import

    with writing(engine) as connection:
        if _version(connection) != VERSIONS[-1]:  # another process may have been faster
            migrations.upgrade(connection)


def blobs_of(place: Place, engine: Engine) -> Blobs:
    """Return the blobs of a twin: where $TWIN_BLOBS says, else where the twin does, else beside its database."""
    with told(engine), engine.connect() as connection:
        kept, uid = connection.execute(select(twin.c.blobs, twin.c.uid)).one_or_none() or (None, None)
    address = os.environ.get("TWIN_BLOBS") or kept
    if not address:
        if place.folder is None:
            raise no_blobs(place)
        address = place.folder / "blobs"

    def referenced() -> set[str]:
        with reading(engine) as connection:
            return write.referenced_blobs(connection)

    return Blobs(address, user=user_of(place, uid or uuid4().hex, referenced))


def user_of(place: Place, uid: str, referenced: Callable[[], set[str]]) -> BlobUser:
    """Return a twin as one that keeps blobs somewhere; `referenced` returns the names of those that it needs."""
    folder = place.folder and place.folder.resolve()
    return BlobUser(uid, str(folder or place), folder and folder / DATABASE, referenced)


def whole_address(blobs: str | None) -> str | None:
    """Return where blobs are to lie so that it means the same from every folder.

    >>> whole_address("s3://bucket/city/")
    's3://bucket/city'
    """
    if blobs is None or "://" in blobs:
        return blobs and blobs.rstrip("/")
    return str(Path(blobs).resolve())


def no_blobs(place: Place) -> InvalidInput:
    """Return the error for a twin on a server that nobody has told where its blobs lie."""
    return InvalidInput(
        "{place} needs a place for its files: make it with `twin init --blobs s3://bucket/folder` (or a folder that"
        " every server reaches), or set TWIN_BLOBS.",
        place=str(place),
    )


def is_empty(connection: Connection) -> bool:
    """Tell whether the database holds no twin of any version."""
    return _version(connection) is None


def _version(connection: Connection) -> str | None:
    """Return the database's version; None for an empty database."""
    if not inspect(connection).has_table(alembic_version.name):
        return None
    version = connection.scalar(select(alembic_version.c.version_num))
    if version is not None and version not in VERSIONS:
        engine = connection.engine
        raise StoreTooNew(
            "The twin in {database} was written by a newer version of this program ({version}): update the program.",
            database=postgresql.shown(engine) if is_postgresql(engine) else engine.url.database,
            version=version,
        )
    return version


def claim(unfinished: Path, final: Path) -> bool:
    """Give a finished file its name unless that name is taken."""
    try:
        os.link(unfinished, final)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if final.exists():
            return False
        unfinished.rename(final)
    return True
