"""What was known at a time: the facts of every project, read back. Every function takes the caller's connection."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from twin.store.facts import PROGRESS, RESOURCES, Series, entry_of, read_columns, stamp
from twin.store.records import Load
from twin.store.tables import links, loads, models, projects, register, revisions, schedules
from twin.values.project import Known, KnownSchedule, ProgressFact, RegisterEntry, Report, ResourceFact
from twin.values.sentence import unpack

_FEW = 50  # times more stand than come: then the new ones are put into their places


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that was known at a time, by project; `series` is what a later reading goes on from.

    known : in the order of the codes; a project of which nothing new came keeps its very `progress` and `resources`
    series : kind of fact → (id of the last row read, code → facts)
    """

    known: Mapping[str, Known]
    series: Mapping[str, tuple[int, Mapping[str, tuple[Any, ...]]]]


def knowledge(connection: Connection, known_at: datetime | None, before: Knowledge | None = None) -> Knowledge:
    """Return code → all that was recorded by `known_at` (UTC; None: ever).

    A project without a register entry is there while it has models or other facts: an import made it, or its reports go
    further back than its entry.
    before : what was read earlier for the same `known_at`: then only what came since is read of the long series
    """
    entries = {row.project: row for row in _rows(connection, register, known_at)}
    named = {row.code: row.name for row in connection.execute(select(projects.c.code, projects.c.name))}
    later = set(connection.scalars(select(register.c.project).distinct())) - entries.keys()  # named only afterwards
    plans: dict[str, list[KnownSchedule]] = {}
    for row in _rows(connection, schedules, known_at):
        data_date = date.fromisoformat(row.data_date) if row.data_date else None
        plans.setdefault(row.project, []).append(KnownSchedule(row.document_sha256, data_date, _report(row)))
    rules = {row.project: row.rules for row in _rows(connection, links, known_at)}
    series = {
        name: _standing(connection, of, make, known_at, before.series[name] if before else (0, {}))
        for name, of, make in (("progress", PROGRESS, _progress), ("resources", RESOURCES, _resource))
    }
    spoken_of = {*plans, *rules, *series["progress"][1], *series["resources"][1]}
    found = {}
    for code in sorted({*entries, *spoken_of, *_built(connection, known_at)}):
        row = entries.get(code)
        document = json.loads(row.entry) if row else {}
        # a name that the register gave only later was not known then
        name = code if code in later else named[code]
        entry = entry_of(code, code, document) if row else RegisterEntry(code, name)
        found[code] = Known(
            entry,
            _report(row) if row else None,
            tuple(plans.get(code, ())),
            series["progress"][1].get(code, ()),
            series["resources"][1].get(code, ()),
            rules.get(code),
        )
    return Knowledge(found, series)


def _built(connection: Connection, known_at: datetime | None) -> set[str]:
    """Return the projects that had a model by then."""
    query = select(models.c.project).join_from(models, revisions, revisions.c.model == models.c.id).distinct()
    if known_at is not None:
        query = query.where(revisions.c.imported_at <= stamp(known_at))
    return set(connection.scalars(query))


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


def _standing(
    connection: Connection,
    series: Series,
    make: Callable[..., Any],
    known_at: datetime | None,
    before: tuple[int, Mapping[str, tuple[Any, ...]]],
) -> tuple[int, Mapping[str, tuple[Any, ...]]]:
    """Return the last row's id and code → the facts that stand: the last record of each task, resource and day.

    They are in the order of the fact date, and within a day in that of their first recording.  What is new of a project
    was recorded after all that there was of it (`facts.put_series` sees to that), so it goes on top of `before`.
    """
    table, last_id = series.table, before[0]
    columns = [table.c[name] for name in ("project", *series.key, *series.said, "row", "recorded_at", "id")]
    query: Select[Any] = select(*columns, loads.c.file, loads.c.columns)
    query = query.join_from(table, loads, loads.c.id == table.c.load_id)
    query = _recorded(query, table, known_at).where(table.c.id > last_id)
    days, moments = _Memory(date.fromisoformat), _Memory(datetime.fromisoformat)
    new: dict[str, list[tuple[Any, frozenset[str]]]] = {}
    for row in _tuples(connection, query):
        last_id = max(last_id, row[-3])
        fact = make(row, days, Report(row[-2], row[-5], moments[row[-4]]))
        new.setdefault(row[0], []).append((fact, read_columns(row[-1])))
    found = dict(before[1])
    for code, facts in new.items():
        standing = found.get(code, ())
        few = len(facts) * _FEW < len(standing)
        found[code] = _inserted(series, standing, facts) if few else _restacked(series, standing, facts)
    return last_id, found


def _restacked(series: Series, standing: tuple[Any, ...], new: list[tuple[Any, frozenset[str]]]) -> tuple[Any, ...]:
    """Return the facts that stand after new ones, all sorted anew."""
    stacks: dict[Any, list[Any]] = {}
    for fact in standing:
        stacks.setdefault(_key(fact), []).append(fact)
    for fact, columns in new:
        key = _key(fact)
        stacks[key] = _on_top(series, stacks[key], fact, columns) if key in stacks else [fact]
    facts = [fact for stack in stacks.values() for fact in stack]
    return tuple(sorted(facts, key=_fact_date))  # stable: in the order of recording within a day


def _inserted(series: Series, standing: tuple[Any, ...], new: list[tuple[Any, frozenset[str]]]) -> tuple[Any, ...]:
    """Return the same, with the few new ones put into their places."""
    facts = list(standing)
    for fact, columns in new:
        start, end = (find(facts, fact.fact_date, key=_fact_date) for find in (bisect_left, bisect_right))
        own = [at for at in range(start, end) if _key(facts[at]) == _key(fact)]
        stack = _on_top(series, [facts[at] for at in own], fact, columns) if own else [fact]
        place = own[0] if own else end
        for at in reversed(own):
            del facts[at]
        facts[place:place] = stack
    return tuple(facts)


def _key(fact: Any) -> tuple[Any, ...]:
    return fact.task, fact.fact_date, getattr(fact, "resource", None)


def _on_top(series: Series, standing: list[Any], new: Any, columns: Collection[str]) -> list[Any]:
    """Return what stands after a later record of the same task, resource and day.

    A progress report takes back what it speaks of, and the rest of an earlier one stands beside it with its own report:
    one department reports the progress, another the cost.  Amounts of a resource are one fact.
    """
    if series is RESOURCES:
        (old,) = standing
        if old.unit == new.unit:
            blanks = {name: getattr(old, name) for name in series.said if getattr(new, name) is None}
            new = replace(new, **blanks)
        return [new]
    taken = [name for name in series.said if series.speaks_of(name, getattr(new, name), columns)]
    left = [replace(old, **dict.fromkeys(taken)) for old in standing]
    return [fact for fact in (*left, new) if any(getattr(fact, name) is not None for name in series.said)]


_fact_date = attrgetter("fact_date")


class _Memory(dict[str, Any]):
    """Texts and what was read from them: the same few days and times stand in very many rows."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        found = self[text] = self._read(text) if text else None
        return found


def _progress(row: tuple[Any, ...], days: _Memory, report: Report) -> ProgressFact:
    """Return the fact of a row: project, the columns of `PROGRESS`, and what `report` has."""
    return ProgressFact(
        row[0],
        days[row[2]],
        row[1] or None,
        row[3],
        row[4],
        row[5],
        days[row[6] or ""],
        days[row[7] or ""],
        row[8],
        row[9],
        report.recorded_at,
        report.row,
        report,
    )


def _resource(row: tuple[Any, ...], days: _Memory, report: Report) -> ResourceFact:
    """Return the fact of a row: project, the columns of `RESOURCES`, and what `report` has."""
    project, task, day, resource, unit, planned, used, total = row[:8]
    moment = report.recorded_at
    return ResourceFact(
        project, days[day], resource, unit, planned, used, total, task or None, moment, report.row, report
    )


def _tuples(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Return rows as the driver gives them: of texts and numbers nothing is left to convert, and it takes a third."""
    result = connection.execute(query)
    assert result.cursor is not None
    rows = result.cursor.fetchall()
    result.close()
    return iter(rows)


def _report(row: Any) -> Report:
    return Report(row.file, row.row, datetime.fromisoformat(row.recorded_at))


def _rows(connection: Connection, table: Table, known_at: datetime | None) -> Iterator[Any]:
    """Return the rows that were recorded by then, in the order of recording, each with its file."""
    query: Select[Any] = select(table, loads.c.file).join_from(table, loads, loads.c.id == table.c.load_id)
    return iter(connection.execute(_recorded(query, table, known_at)))


def _recorded(query: Select[Any], table: Table, known_at: datetime | None) -> Select[Any]:
    """Return a query for what was recorded by then, in the order of recording."""
    if known_at is not None:
        query = query.where(table.c.recorded_at <= stamp(known_at))
    return query.order_by(table.c.recorded_at, table.c.id)
