"""The engine: the one place that knows SQLite. Transactions, waiting, and what its errors mean to a user."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from twin.errors import StoreBusy, TwinError


def engine_at(database: Path, busy_seconds: float) -> Engine:
    """Return an engine on a SQLite file: write-ahead log, foreign keys, real transactions, bounded waiting."""
    engine = create_engine(
        URL.create("sqlite", database=str(database)),
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    # sqlite3 would begin transactions on its own and leave DDL outside of them: SQLAlchemy's begin event does it.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")  # what an import reports as done survives a power cut
    connection.execute("PRAGMA journal_mode=WAL")  # readers go on while a writer imports


def _begin(connection: Connection) -> None:
    # A transaction that starts by reading and then writes could find its snapshot outdated: writers say so at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one unchanging state of the database."""
    with told(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose transaction commits when the block ends well, and otherwise leaves no trace."""
    with told(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


class ChangeMarks:
    """Reads `twin.changes`, which every writer raises: whoever keeps things in memory asks it on every request.

    One connection of its own outside of SQLAlchemy's transactions, because asking must cost next to nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None

    def changes(self) -> int:
        """Return the number of changes so far."""
        with told(self._engine), self._lock:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            return int(self._connection.driver_connection.execute("SELECT changes FROM twin").fetchone()[0])

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the database's errors that a user can mend into sentences."""
    try:
        yield
    except DatabaseError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise StoreBusy(
                "Another process is writing to {database} and did not finish in time: try again.",
                database=engine.url.database,
            ) from error
        if name.startswith(_UNUSABLE):
            raise TwinError(
                "The database {database} cannot be used: {reason}. Check disk and permissions, or restore a backup.",
                database=engine.url.database,
                reason=str(error.orig),
            ) from error
        raise


_UNUSABLE = tuple(
    f"SQLITE_{word}" for word in ("NOTADB", "CORRUPT", "CANTOPEN", "READONLY", "FULL", "IOERR", "PERM", "PROTOCOL")
)
SQLITE_VERSION = sqlite3.sqlite_version
