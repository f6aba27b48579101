"""Opening a twin folder: making its database whole or not at all, and bringing an older one up to date."""

import os
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, insert, inspect, select

from twin.errors import NotFound, StoreTooNew
from twin.store.connect import engine_at, told, writing
from twin.store.records import Bounds
from twin.store.tables import VERSIONS, alembic_version, metadata, twin

DATABASE = "twin.sqlite"


def missing(folder: Path) -> NotFound:
    """Return the error for a folder without a twin."""
    return NotFound("There is no twin in {folder}: `twin init` makes one.", folder=str(folder))


def make(folder: Path, *, name: str | None, crs: str | None, bounds: Bounds | None, busy_seconds: float) -> bool:
    """Make a new database in the folder; False when there is one already (another process may just have made it)."""
    folder.mkdir(parents=True, exist_ok=True)
    final, unfinished = folder / DATABASE, folder / f"{DATABASE}.{uuid4().hex}.part"
    engine = engine_at(unfinished, busy_seconds)
    try:
        with writing(engine) as connection:
            create(connection)
            values = dict(zip(("west", "south", "east", "north"), bounds or (None,) * 4, strict=True))
            connection.execute(
                insert(twin).values(id=1, name=name or folder.resolve().name, crs=crs, changes=0, **values)
            )
        engine.dispose()  # the last connection folds the write-ahead log into the file
        return _claim(unfinished, final)
    finally:
        engine.dispose()
        for leftover in (unfinished, Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            leftover.unlink(missing_ok=True)


def create(connection: Connection) -> None:
    """Make every table and stamp the version, without Alembic."""
    metadata.create_all(connection)
    alembic_version.create(connection)
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


def _version(connection: Connection) -> str | None:
    """Return the database's version; None for an empty database."""
    if not inspect(connection).has_table(alembic_version.name):
        return None
    version = connection.scalar(select(alembic_version.c.version_num))
    if version is not None and version not in VERSIONS:
        raise StoreTooNew(
            "The twin in {database} was written by a newer version of this program ({version}): update the program.",
            database=connection.engine.url.database,
            version=version,
        )
    return version


def _claim(unfinished: Path, final: Path) -> bool:
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
