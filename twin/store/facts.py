"""Dated facts on their way into the database. Every function runs in the caller's transaction with the write lock.

Rows are only added, so what was known at a time can be asked for ever after.  What is there already, word for word, is
not added again: loading a file twice changes nothing.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, insert, select, update

from twin.errors import InvalidInput, refused_rows
from twin.store.dialects import insert_rows
from twin.store.records import Loaded, NewLoad, NewSchedule
from twin.store.tables import FACT_TABLES, links, loads, progress, projects, register, resources, schedules
from twin.store.write import canonical, check_code, clean
from twin.values.project import CellProblem, ProgressFact, RegisterEntry, ResourceFact
from twin.values.sentence import say

_DATES = ("planned_start", "planned_finish", "forecast_finish")
_NEVER = ""
T = TypeVar("T")
_AT_ONCE = 500  # projects named in one question


@dataclass(frozen=True, slots=True)
class Series:
    """A table of facts that come in rows: which columns name what a row speaks of, which say something of it."""

    table: Table
    key: tuple[str, ...]
    said: tuple[str, ...]
    blanks_count: bool  # an empty cell takes back what was said before; else it says nothing

    def speaks_of(self, name: str, value: object, columns: Collection[str]) -> bool:
        """Tell whether a record of a file with these columns (none: all) says something of a field."""
        return value is not None or (self.blanks_count and (not columns or name in columns))

    def on_top(
        self, standing: tuple[Any, ...] | None, said: tuple[Any, ...], columns: Collection[str]
    ) -> tuple[Any, ...]:
        """Return what stands after a record: what it says, else what stood before."""
        if standing is None:
            return said
        pairs = zip(self.said, said, standing, strict=True)
        return tuple(new if self.speaks_of(name, new, columns) else old for name, new, old in pairs)


PROGRESS = Series(
    progress,
    ("task", "fact_date"),
    ("completion", "planned_completion", "actual_cost", "actual_start", "actual_finish", "stage", "note"),
    blanks_count=True,
)
RESOURCES = Series(
    resources, ("task", "fact_date", "resource"), ("unit", "planned", "used", "total"), blanks_count=False
)


def put_register(
    connection: Connection, load: NewLoad, entries: Sequence[tuple[int, datetime | None, RegisterEntry]]
) -> Loaded:
    """Add register entries, (row, recorded at, entry), each to what was known of its project before."""
    writer = _Writer(connection, load, register)
    standing = {row.project: row.entry for row in _latest(connection, register)}
    columns = (register.c.project, register.c.recorded_at, register.c.entry)
    known = {tuple(row) for row in connection.execute(select(*columns))}
    for row, recorded_at, entry in _in_time(entries, load):
        try:
            check_code(entry.code)
        except InvalidInput as error:
            writer.refuse(row, entry.code, error.sentence)
            continue
        before = json.loads(standing.get(entry.code, "{}"))
        document = canonical({**before, **entry_document(entry)})
        moment = stamp(recorded_at)
        if (entry.code, moment, document) in known or standing.get(entry.code) == document:
            writer.unchanged += 1
        elif writer.is_late(entry.code, moment, row):
            continue
        else:
            standing[entry.code] = document
            writer.add(row, entry.code, moment, entry=document)
    if writer.may_keep():
        for code in {values["project"] for values in writer.rows}:
            name = json.loads(standing[code]).get("name") or code
            values = {"name": clean(name), "registered": 1}
            if not connection.execute(update(projects).where(projects.c.code == code).values(values)).rowcount:
                connection.execute(insert(projects).values(code=code, **values))
    return writer.finish()


def put_series(
    connection: Connection,
    load: NewLoad,
    series: Series,
    facts: Sequence[tuple[int, datetime | None, ProgressFact | ResourceFact]],
) -> Loaded:
    """Add progress or resource facts, (row, recorded at, fact), of projects that are known."""
    writer = _Writer(connection, load, series.table)
    codes = {fact.project for _, _, fact in facts}
    registered = set(connection.scalars(select(projects.c.code)))
    standing, known = _standing(connection, series, codes & registered)
    for row, recorded_at, fact in _in_time(facts, load):
        if fact.project not in registered:
            writer.refuse(row, fact.project, _unknown(fact.project))
            continue
        values = _row(series, fact)
        key = (fact.project, *(values[name] for name in series.key))
        said = tuple(values[name] for name in series.said)
        moment, now = stamp(recorded_at), series.on_top(standing.get(key), said, load.columns)
        if (key, moment, said) in known or standing.get(key) == now:
            writer.unchanged += 1
        elif not writer.is_late(fact.project, moment, row):
            standing[key] = now
            writer.add(row, fact.project, moment, **values)
    return writer.finish()


def put_schedule(
    connection: Connection, load: NewLoad, recorded_at: datetime | None, new: NewSchedule, sha256: str
) -> Loaded:
    """Add a schedule of a project; `sha256` names the blob of its document."""
    return _put_one(
        connection,
        load,
        schedules,
        new.project,
        recorded_at,
        {
            "name": clean(new.name),
            "format": new.format,
            "data_date": new.data_date.isoformat() if new.data_date else None,
            "tasks": new.tasks,
            "document_sha256": sha256,
        },
    )


def put_links(connection: Connection, load: NewLoad, recorded_at: datetime | None, project: str, rules: str) -> Loaded:
    """Add the rules that tie a project's elements to its tasks."""
    return _put_one(connection, load, links, project, recorded_at, {"rules": rules})


def _put_one(
    connection: Connection,
    load: NewLoad,
    table: Table,
    project: str,
    recorded_at: datetime | None,
    said: Mapping[str, Any],
) -> Loaded:
    """Add one record of a project unless it says just what the last one did."""
    writer = _Writer(connection, load, table)
    moment = stamp(recorded_at or load.loaded_at)
    if connection.execute(select(projects.c.code).where(projects.c.code == project)).first() is None:
        raise InvalidInput("{file} was not loaded: {problem}.", file=load.file, problem=_unknown(project))
    rows = list(connection.execute(select(table).where(table.c.project == project).order_by(*_order(table))))
    same = [row for row in rows if said.items() <= row._mapping.items()]
    if same and (same[-1] is rows[-1] or any(row.recorded_at == moment for row in same)):
        writer.unchanged += 1
    elif writer.is_late(project, moment, 0):
        raise InvalidInput("{file} was not loaded: {problem}.", file=load.file, problem=writer.problems[-1].problem)
    else:
        writer.add(0, project, moment, **said)
    return writer.finish()


class _Writer:
    """Collects the rows of one load and what is wrong with others, then writes the load and its rows."""

    def __init__(self, connection: Connection, load: NewLoad, table: Table) -> None:
        self._connection, self._load, self._table = connection, load, table
        latest = select(table.c.project, func.max(table.c.recorded_at)).group_by(table.c.project)
        self._latest: dict[str, str] = {row[0]: row[1] for row in connection.execute(latest)}
        self.rows: list[dict[str, Any]] = []
        self.problems: list[CellProblem] = list(load.problems)
        self.unchanged = 0

    def is_late(self, project: str, moment: str, row: int) -> bool:
        """Tell, and note, whether the project has a later recording: history that was asked for must not change."""
        latest = self._latest.get(project, _NEVER)
        if moment >= latest:
            return False
        problem = say(
            "it would be recorded on {moment}, before the latest recording of {project} ({latest}): load history from"
            " the oldest to the newest",
            moment=moment[:19],
            project=project,
            latest=latest[:19],
        )
        self.problems.append(CellProblem(row, self._load.recorded_column, moment[:19], problem))
        return True

    def refuse(self, row: int, value: str, problem: str) -> None:
        """Note a row whose project cannot be."""
        names = (self._load.columns.get(name) for name in ("code", "project"))
        column = next((name for name in names if name), "code")
        self.problems.append(CellProblem(row, column, value, problem))

    def add(self, row: int, project: str, moment: str, **said: Any) -> None:
        """Take a row."""
        self._latest[project] = max(moment, self._latest.get(project, _NEVER))
        self.rows.append({"row": row, "project": project, "recorded_at": moment, **said})

    def may_keep(self) -> bool:
        """Tell whether the rows will be written."""
        return bool(self.rows) and (self._load.partial or not self.problems)

    def finish(self) -> Loaded:
        """Write what may be kept; raise RefusedRows when nothing is, because of the problems."""
        if self.problems and not (self._load.partial and (self.rows or self.unchanged)):
            raise refused_rows(self._load.file, self.problems)
        if self.rows:
            added = self._connection.execute(
                insert(loads).values(
                    kind=next(kind for kind, table in FACT_TABLES.items() if table is self._table),
                    file=clean(self._load.file),
                    sha256=self._load.sha256,
                    loaded_at=stamp(self._load.loaded_at),
                    kept=len(self.rows),
                    unchanged=self.unchanged,
                    left_out=len({problem.row for problem in self.problems}),
                    columns=canonical(sorted(self._load.columns)),
                    notices=canonical([notice.packed() for notice in self._load.notices]),
                )
            )
            key: Any = added.inserted_primary_key
            load_id, columns = int(key[0]), list(self.rows[0])  # every row has the same ones, in this order
            rows = ((load_id, *row.values()) for row in self.rows)
            insert_rows(self._connection, self._table, ["load_id", *columns], rows)
        codes = sorted({row["project"] for row in self.rows})
        return Loaded(len(self.rows), self.unchanged, codes, list(self.problems))


def _in_time(items: Sequence[tuple[int, datetime | None, T]], load: NewLoad) -> list[tuple[int, datetime, T]]:
    """Return rows in the order of their recording; without a time of its own a row is recorded now."""
    timed = [(row, moment or load.loaded_at, value) for row, moment, value in items]
    return sorted(timed, key=lambda item: item[1])


def stamp(moment: datetime) -> str:
    """Return a UTC time as a text that sorts as the times do."""
    return moment.isoformat(timespec="microseconds")


def entry_document(entry: RegisterEntry) -> dict[str, Any]:
    """Return the given fields of a register entry as JSON; a field that was given without a value is null."""
    found: dict[str, Any] = {}
    for name in entry.given:
        value = getattr(entry, name)
        found[name] = (
            value.isoformat() if name in _DATES and value else clean(value) if isinstance(value, str) else value
        )
    found.pop("code", None)
    return found


def entry_of(code: str, name: str, document: Mapping[str, Any]) -> RegisterEntry:
    """Return the register entry of a document; `name` stands in where it has none."""
    values = {key: value for key, value in document.items() if key in RegisterEntry.__dataclass_fields__}
    for key in _DATES:
        if values.get(key):
            values[key] = date.fromisoformat(values[key])
    values["name"] = values.get("name") or name
    return RegisterEntry(code=code, **values, given=tuple(document))


def _unknown(code: str) -> str:
    return say("there is no project {code}: load the register with it first (`twin projects load`)", code=code)


def _order(table: Table) -> tuple[Any, Any]:
    return table.c.recorded_at, table.c.id


def _latest(connection: Connection, table: Table) -> Iterable[Any]:
    """Return all rows of a table in the order of recording: the last one of a project is the one that stands."""
    return connection.execute(select(table).order_by(*_order(table)))


def _standing(connection: Connection, series: Series, codes: set[str]) -> tuple[dict[Any, Any], set[Any]]:
    """Return what stands of these projects, key → said, and all that was ever recorded: (key, moment, said)."""
    standing: dict[Any, Any] = {}
    known = set()
    table = series.table
    query = select(table, loads.c.columns).join_from(table, loads, loads.c.id == table.c.load_id)
    query = query.order_by(*_order(table))
    wanted = sorted(codes)
    parts = (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
    for row in chain.from_iterable(connection.execute(query.where(table.c.project.in_(part))) for part in parts):
        values = row._mapping
        key = (row.project, *(values[name] for name in series.key))
        said = tuple(values[name] for name in series.said)
        standing[key] = series.on_top(standing.get(key), said, read_columns(row.columns))
        known.add((key, row.recorded_at, said))
    return standing, known


@cache
def read_columns(text: str) -> frozenset[str]:
    """Return the fields that a load had a column for; none: it does not say."""
    return frozenset(json.loads(text))


def _row(series: Series, fact: ProgressFact | ResourceFact) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in (*series.key, *series.said):
        value = getattr(fact, name)
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, str):
            value = clean(value)
        values[name] = "" if name == "task" and value is None else value
    return values
