"""What was known at a time: the facts of every project, read back. Every function takes the caller's connection."""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from twin.store.facts import PROGRESS, RESOURCES, Series, entry_of, stamp
from twin.store.records import Load
from twin.store.tables import links, loads, models, projects, register, schedules
from twin.values.project import Known, KnownSchedule, ProgressFact, RegisterEntry, Report, ResourceFact
from twin.values.sentence import unpack

_DAYS = ("fact_date", "actual_start", "actual_finish")


def known(connection: Connection, known_at: datetime | None) -> dict[str, Known]:
    """Return code → all that was recorded by `known_at` (UTC; None: ever), in the order of the codes.

    A project without a register entry is there while it has models: an import made it.
    """
    entries = {row.project: row for row in _rows(connection, register, known_at)}
    named = {row.code: row.name for row in connection.execute(select(projects.c.code, projects.c.name))}
    built = set(connection.scalars(select(models.c.project).distinct()))
    bare = {code for code in built if code not in entries}
    plans: dict[str, list[KnownSchedule]] = {}
    for row in _rows(connection, schedules, known_at):
        data_date = date.fromisoformat(row.data_date) if row.data_date else None
        plans.setdefault(row.project, []).append(KnownSchedule(row.document_sha256, data_date, _report(row)))
    rules = {row.project: row.rules for row in _rows(connection, links, known_at)}
    progress = _standing(connection, PROGRESS, ProgressFact, known_at)
    resources = _standing(connection, RESOURCES, ResourceFact, known_at)
    found = {}
    for code in sorted({*entries, *bare}):
        row = entries.get(code)
        document = json.loads(row.entry) if row else {}
        entry = entry_of(code, named[code], document) if row else RegisterEntry(code, named[code])
        found[code] = Known(
            entry,
            _report(row) if row else None,
            tuple(plans.get(code, ())),
            tuple(progress.get(code, ())),
            tuple(resources.get(code, ())),
            rules.get(code),
        )
    return found


def all_loads(connection: Connection) -> list[Load]:
    """Return every file that was loaded, the first one first."""
    return [
        Load(
            row.kind,
            row.file,
            row.sha256,
            datetime.fromisoformat(row.loaded_at),
            row.kept,
            row.unchanged,
            row.left_out,
            [unpack(notice) for notice in json.loads(row.notices)],
        )
        for row in connection.execute(select(loads).order_by(loads.c.id))
    ]


def _standing(connection: Connection, series: Series, of: type[Any], known_at: datetime | None) -> dict[str, list[Any]]:
    """Return code → the facts that stand, the last record of each task, resource and day, by fact date."""
    last: dict[tuple[Any, ...], Any] = {}
    for row in _rows(connection, series.table, known_at):
        values = row._mapping
        last[row.project, *(values[name] for name in series.key)] = row
    names = {field.name for field in fields(of)}
    found: dict[str, list[Any]] = {}
    for row in last.values():
        found.setdefault(row.project, []).append(_fact(row, of, names))
    for facts in found.values():
        facts.sort(key=lambda fact: fact.fact_date)  # stable: in the order of recording within a day
    return found


def _fact(row: Any, of: type[Any], names: set[str]) -> Any:
    report = _report(row)
    values = {name: value for name, value in row._mapping.items() if name in names}
    for name in _DAYS:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    return of(**{**values, "task": values["task"] or None, "recorded_at": report.recorded_at, "report": report})


def _report(row: Any) -> Report:
    return Report(row.file, row.row, datetime.fromisoformat(row.recorded_at))


def _rows(connection: Connection, table: Table, known_at: datetime | None) -> Iterator[Any]:
    """Return the rows that were recorded by then, in the order of recording, each with its file."""
    query: Select[Any] = select(table, loads.c.file).join_from(table, loads, loads.c.id == table.c.load_id)
    if known_at is not None:
        query = query.where(table.c.recorded_at <= stamp(known_at))
    return iter(connection.execute(query.order_by(table.c.recorded_at, table.c.id)))
