"""The engine: transactions, waiting, and what a database's errors mean to a user. SQLite is known here only.

What PostgreSQL does otherwise stands in `twin.store.postgresql`; its driver is imported for a twin on a server only.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from twin.errors import StoreBusy, TwinError
from twin.store import postgresql
from twin.store.place import Place


def engine_of(place: Place, busy_seconds: float) -> Engine:
    """Return an engine on the database of a place."""
    if place.url is None:
        return engine_at(place.database, busy_seconds)
    return postgresql.engine_at(place.url, busy_seconds)


def close_all(engine: Engine) -> None:
    """Close an engine's connections; those that other threads still use are closed when they come back."""
    event.listen(engine.pool, "checkin", _forget)  # the pool that comes after this one has it, too
    engine.dispose()


def _forget(_connection: Any, record: Any) -> None:
    record.invalidate()


def is_postgresql(engine: Engine) -> bool:
    """Tell whether the twin is on a server."""
    return engine.dialect.name == "postgresql"


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
    options: Mapping[str, Any] = postgresql.READING if is_postgresql(engine) else {}
    with told(engine), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, lock: bool = True) -> Iterator[Connection]:
    """Give a connection whose transaction commits when the block ends well, and otherwise leaves no trace.

    lock : wait until no other writer is at work, and keep the others waiting (on SQLite always so); without it a
        statement must be right whatever others write meanwhile, and PostgreSQL does not wait for an import
    """
    options: Mapping[str, Any] = postgresql.WRITING if is_postgresql(engine) else {"writes": True}
    with told(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        if lock and is_postgresql(engine):
            connection.exec_driver_sql(postgresql.LOCK)
        yield connection


class ChangeMarks:
    """Reads `twin.changes`, which every writer raises: whoever keeps things in memory asks it on every request.

    One connection of its own outside of SQLAlchemy's transactions, because asking must cost next to nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None
        self._closed = False

    def changes(self) -> int:
        """Return the number of changes so far."""
        with told(self._engine), self._lock:
            try:
                return self._from_server() if is_postgresql(self._engine) else self._from_file()
            finally:
                if self._closed:  # a thread that knows nothing of the end keeps no connection
                    self._let_go()

    def _from_file(self) -> int:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        return int(self._connection.driver_connection.execute(_MARK).fetchone()[0])

    def _from_server(self) -> int:
        """Ask the server; a connection that broke meanwhile (it was restarted) is replaced once."""
        for last in (False, True):
            try:
                if self._connection is None:
                    self._connection = postgresql.open_marks(self._engine)
                return int(self._connection.execute(_MARK).fetchone()[0])
            except Exception as error:
                if not postgresql.is_broken(error):
                    raise
                self._let_go()
                if last:
                    raise
        raise AssertionError("the second time returns or raises")

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


_MARK = "SELECT changes FROM twin"


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the database's errors that a user can mend into sentences."""
    try:
        yield
    except TwinError:
        raise
    except DatabaseError as error:
        if is_postgresql(engine):
            _tell(error, engine)
            raise
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
    except Exception as error:
        if is_postgresql(engine):  # of the driver itself, or of the pool
            _tell(error, engine)
        raise


def _tell(error: Exception, engine: Engine) -> None:
    """Raise the sentence for an error of PostgreSQL's, where there is one."""
    meant = postgresql.meaning(error, engine)
    if meant is not None:
        raise meant from error


_UNUSABLE = tuple(
    f"SQLITE_{word}" for word in ("NOTADB", "CORRUPT", "CANTOPEN", "READONLY", "FULL", "IOERR", "PERM", "PROTOCOL")
)
SQLITE_VERSION = sqlite3.sqlite_version


def copy_pages(engine: Engine, copy: Path) -> None:
    """Copy a SQLite database as it is at one moment into a file."""
    there = str(engine.url.database)
    with told(engine), closing(sqlite3.connect(there)) as source, closing(sqlite3.connect(copy)) as made:
        source.backup(made)  # all pages in one go: a writer meanwhile would start it anew


def fold(database: Path) -> str | None:
    """Fold a write-ahead log into its database, which is one file then; return why that cannot be done."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        return str(error)
    return None
