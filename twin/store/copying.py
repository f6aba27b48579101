"""Moving a twin between places: every row and every blob, compared before anything counts as copied."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Table, func, insert, select

from twin.errors import Damaged, InvalidInput, TwinError
from twin.store import opening, postgresql, write
from twin.store.blobs import Blobs
from twin.store.connect import engine_at, engine_of, is_postgresql, reading, writing
from twin.store.dialects import insert_rows
from twin.store.place import DATABASE, Place
from twin.store.tables import metadata, twin

Advance = Callable[[str, int, int], None]
_AT_ONCE = 5_000  # rows held in memory
_BLOBS_AT_ONCE = 64
_TRIES = 2
_OWN = ("blobs", "uid")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy took along: table → rows, blobs in all and how many of them were not there yet, where they lie."""

    rows: Mapping[str, int]
    blobs: int
    new_blobs: int
    blobs_at: str
    seconds: float


def copy_twin(engine: Engine, blobs: Blobs, target: Place, kept: str | None, advance: Advance, busy: float) -> Copied:
    """Copy a twin to a place that holds none; what ends it, the place holds the whole copy or none.

    kept : where the copy's blobs are to lie; None: beside its database

    Raises
    ------
    InvalidInput : there is a twin already, or a copy on a server is told nowhere to keep its blobs.
    Damaged : a blob is missing or damaged; nothing is copied then.
    """
    started = time.monotonic()
    address = opening.whole_address(kept)
    if address is None and target.folder is None:
        raise opening.no_blobs(target)
    beside = address if address is not None or target.folder is None else target.folder / "blobs"
    there, uid, wanted = Blobs(str(beside)), uuid4().hex, set[str]()
    keeping = Blobs(there.url, user=opening.user_of(target, uid, lambda: wanted))
    if there.url == blobs.url:
        blobs.register()  # before the copy says that it needs them too
    with _registered_if_made(keeping), _new_twin(target, busy) as made:
        for last in range(_TRIES):
            with ExitStack() as stack:
                if last:  # blobs went meanwhile: now nothing is swept while this copies
                    stack.enter_context(writing(engine))
                source = stack.enter_context(reading(engine))
                if last:
                    _empty(made)
                rows = _copy_rows(source, made, {"blobs": address, "uid": uid}, advance)
                wanted = write.referenced_blobs(source)
                new = wanted - set(there.names())
                lost = _copy_blobs(blobs, there, new, advance)
                if not lost:
                    keeping.register()  # at last: what a killed copy said would stand there for ever
                    lost = keeping.missing(wanted) if keeping.shared() else lost  # swept just before it was said
            if not lost:
                break
        else:
            raise Damaged(
                "{count} blobs of the twin are not there, {sha256} for one: `twin doctor` tells more. Nothing was"
                " copied.",
                count=len(lost),
                sha256=min(lost),
            )
    return Copied(rows, len(wanted), len(new), str(beside), time.monotonic() - started)


def snapshot(engine: Engine, file: Path) -> None:
    """Write all rows of a twin, as they are at one moment, into a new SQLite file."""
    made = engine_at(file, 30.0)
    try:
        with writing(made) as target, reading(engine) as source:
            opening.create(target)
            own = {"blobs": None, "uid": uuid4().hex}
            _copy_rows(source, target, own, lambda stage, done, total: None)
    finally:
        made.dispose()


@contextmanager
def _registered_if_made(blobs: Blobs) -> Iterator[None]:
    """Take back what a copy says of itself where its blobs lie, unless the block ends well."""
    try:
        yield
    except BaseException:
        blobs.unregister()
        raise


@contextmanager
def _new_twin(target: Place, busy: float) -> Iterator[Connection]:
    """Give a connection to a new database with empty tables, which is the place's when the block ends well."""
    taken = InvalidInput("There is a twin in {folder} already: choose another place for the copy.", folder=str(target))
    if target.url is not None:
        engine = engine_of(target, busy)
        try:
            with writing(engine, lock=False) as connection:
                postgresql.prepare_database(connection)
                if not opening.is_empty(connection):
                    raise taken
                opening.create(connection)
                yield connection
        finally:
            engine.dispose()
        return
    if target.database.exists():
        raise taken
    target.database.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.database.parent / f"{DATABASE}.{uuid4().hex}.part"
    engine = engine_at(unfinished, busy)
    try:
        with writing(engine) as connection:
            opening.create(connection)
            yield connection
        engine.dispose()  # the last connection folds the write-ahead log into the file
        with open(unfinished, "rb") as file:
            os.fsync(file.fileno())
        if not opening.claim(unfinished, target.database):
            raise taken
    finally:
        engine.dispose()
        for leftover in (unfinished, Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            leftover.unlink(missing_ok=True)


def _empty(target: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())


def _copy_rows(source: Connection, target: Connection, own: Mapping[str, Any], advance: Advance) -> dict[str, int]:
    """Copy all rows, tables before those that refer to them; return table → rows. Raises where a table differs.

    own : what the copy's one row in `twin` says otherwise
    """
    counts = {
        table.name: int(source.scalar(select(func.count()).select_from(table)) or 0) for table in metadata.sorted_tables
    }
    done, total = 0, max(1, sum(counts.values()))
    for table in metadata.sorted_tables:
        before = hashlib.sha256()
        columns = [column.name for column in table.columns]
        for rows in _rows(source, table):
            _note(before, table, rows)
            if table is twin:
                values = [{**dict(zip(columns, row, strict=True)), **own} for row in rows]
                target.execute(insert(twin), values)
            else:
                insert_rows(target, table, columns, rows)
            done += len(rows)
            advance("tables", done, total)
        _go_on_counting(target, table)
        after, found = hashlib.sha256(), 0
        for rows in _rows(target, table):
            _note(after, table, rows)
            found += len(rows)
        if (found, after.digest()) != (counts[table.name], before.digest()):
            raise TwinError(
                "The copy of the table {table} differs from what was copied ({found} rows of {count}): nothing was"
                " kept. `twin doctor` looks at both places.",
                table=table.name,
                found=found,
                count=counts[table.name],
            )
    return counts


def _rows(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a table in the order of its key, some thousands at a time; -0.0 is 0.0, as SQLite keeps it."""
    query = select(table).order_by(*table.primary_key.columns)
    has_fractions = any(column.type.python_type is float for column in table.columns)
    result = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for part in result.partitions(_AT_ONCE):
        if has_fractions:
            yield [tuple(value + 0.0 if isinstance(value, float) else value for value in row) for row in part]
        else:
            yield [tuple(row) for row in part]


def _note(digest: Any, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """Take rows into a checksum; where blobs lie and whose they are may differ."""
    if table is twin:
        names = [column.name for column in table.columns]
        rows = [tuple(None if name in _OWN else value for name, value in zip(names, row, strict=True)) for row in rows]
    for row in rows:
        digest.update(repr(row).encode("utf-8", "surrogatepass"))


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows after those that were copied; SQLite does so by itself."""
    counted = table.autoincrement_column
    if counted is None or not is_postgresql(connection.engine) or table is twin:
        return
    words = f"""SELECT setval(pg_get_serial_sequence('"{table.name}"', '{counted.name}'), max({counted.name}))
        FROM "{table.name}" HAVING max({counted.name}) IS NOT NULL"""  # noqa: S608  (names of our own)
    connection.exec_driver_sql(words)


def _copy_blobs(source: Blobs, target: Blobs, names: set[str], advance: Advance) -> set[str]:
    """Copy blobs; return those that are not there."""
    wanted, lost = sorted(names), set[str]()
    for start in range(0, len(wanted), _BLOBS_AT_ONCE):
        lost |= source.copy_to(wanted[start : start + _BLOBS_AT_ONCE], target)
        advance("blobs", start, len(wanted))
    advance("blobs", 1, 1)
    return lost
