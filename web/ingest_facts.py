"""The straight line of dated facts: office file → rows → what the store knows already → store.

It knows no Flask and no command line; both call it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput
from twin.values.project import CellProblem, ProgressFact, RegisterEntry, ResourceFact
from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from twin.exchange.records import Rows
    from twin.store import Loaded, NewLoad, Store
    from twin.values.project import Known
    from twin.values.schedule import Schedule

MAX_BYTES = 512 * 2**20
_A_DAY = timedelta(days=1)  # time zones
_AHEAD = timedelta(days=31)  # a month's report may be written before the month ends

Advance = Callable[[str, int, int], None]  # stage ("read", "check", "store"), done, total


@dataclass(frozen=True, slots=True)
class Stated:
    """What a user says of a file of facts.

    mapping : names the columns of a foreign table; None: its headers are known
    recorded_at : a day or time (ISO 8601), or the header of the column that has it; None: recorded now
    partial : keep the good rows although there are bad ones
    """

    mapping: Path | None = None
    recorded_at: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a file: rows in it, what was kept, what a reader should know; `schedule` for a schedule."""

    file: str
    rows: int
    loaded: "Loaded"
    notices: Sequence[Sentence] = ()
    unread: Sequence[Sentence] = ()
    schedule: "Schedule | None" = None


def _silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


def load_register(
    open_store: "Callable[[], Store]", path: Path, stated: Stated | None = None, *, advance: Advance = _silent
) -> Came:
    """Load the register of key projects.

    Raises InvalidInput with a sentence, RefusedRows with every cell that cannot be used; the store is as before.
    """
    from twin.exchange.register import read_register

    return _load_rows(open_store, path, stated or Stated(), advance, read_register, _checked_entries, "put_register")


def load_progress(
    open_store: "Callable[[], Store]", path: Path, stated: Stated | None = None, *, advance: Advance = _silent
) -> Came:
    """Load progress reports; raises as `load_register` does."""
    from twin.exchange.progress import read_progress

    return _load_rows(open_store, path, stated or Stated(), advance, read_progress, _checked_tasks, "put_progress")


def load_resources(
    open_store: "Callable[[], Store]", path: Path, stated: Stated | None = None, *, advance: Advance = _silent
) -> Came:
    """Load resource reports; raises as `load_register` does."""
    from twin.exchange.resources import read_resources

    return _load_rows(open_store, path, stated or Stated(), advance, read_resources, _checked_tasks, "put_resources")


def load_schedule(
    open_store: "Callable[[], Store]",
    path: Path,
    project: str,
    stated: Stated | None = None,
    *,
    advance: Advance = _silent,
) -> Came:
    """Load a project's schedule from any format that is read; raises as `load_register` does."""
    from twin.exchange.schedule_document import to_document
    from twin.store import NewSchedule
    from twin.store.write import canonical

    asked = stated or Stated()
    content = _content(path)
    advance("read", 0, 1)
    schedule = read_schedule(path, asked.mapping)
    advance("check", 0, 1)
    new = NewSchedule(
        project=project,
        name=schedule.name or path.stem,
        format=schedule.format,
        data_date=schedule.data_date.date() if schedule.data_date else None,
        tasks=len(schedule.tasks),
        document=canonical(to_document(schedule)).encode(),
    )
    load, recorded_at = _new_load(path, content, asked, schedule.notices)
    _check_time(load)
    advance("store", 0, 1)
    loaded = open_store().put_schedule(load, recorded_at, new)
    advance("store", 1, 1)
    return Came(path.name, len(schedule.tasks), loaded, schedule.notices, schedule.unread, schedule)


def load_links(open_store: "Callable[[], Store]", path: Path, project: str, stated: Stated | None = None) -> Came:
    """Load the rules that tie a project's elements to its tasks; raises as `load_register` does."""
    from twin.judgement.links import parse_rules

    asked, content = stated or Stated(), _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("{file} is not UTF-8 text: save the rules as UTF-8.", file=path.name) from None
    parse_rules(text)
    load, recorded_at = _new_load(path, content, asked, ())
    _check_time(load)
    return Came(path.name, 1, open_store().put_links(load, recorded_at, project, text))


def read_schedule(path: Path, mapping: Path | None = None) -> "Schedule":
    """Read a schedule: an IFC file's tasks, or an office file's."""
    if path.is_file() and _is_ifc(path):
        from ifc_import.tasks import read_schedule as read_tasks
        from twin.exchange.bounds import within_bounds

        return within_bounds(read_tasks(path))
    from twin.exchange.mapping import read_mapping
    from twin.exchange.schedules import read_schedule as read_office_file

    return read_office_file(path, mapping=read_mapping(mapping) if mapping else None)


def _is_ifc(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.lower() in (".ifc", ".ifczip") or file.read(64).lstrip().startswith(b"ISO-10303-21")


def _load_rows(
    open_store: "Callable[[], Store]",
    path: Path,
    stated: Stated,
    advance: Advance,
    read: "Callable[..., Rows[Any]]",
    check: "Callable[[Store, Rows[Any]], tuple[list[tuple[int, Any]], list[CellProblem]]]",
    put: str,
) -> Came:
    """Read a table, check it against what is known, keep it."""
    from twin.exchange.mapping import read_mapping

    content = _content(path)
    load, recorded_at = _new_load(path, content, stated, ())
    advance("read", 0, 1)
    rows = read(
        path,
        read_mapping(stated.mapping) if stated.mapping else None,
        recorded_at=load.recorded_column or None,
    )
    advance("check", 0, 1)
    store = open_store()
    moments = {row: moment for (row, _), moment in zip(rows.facts, rows.recorded, strict=True)}
    facts, problems = check(store, rows)
    facts, odd = _in_time(facts, moments, recorded_at, rows.columns)
    problems += odd
    load = replace(load, problems=[*rows.problems, *problems], notices=rows.notices, columns=rows.columns)
    if not facts and not load.problems:
        raise InvalidInput("{file} has no row of facts: check that it is the right file.", file=path.name)
    dated = [(row, moments[row] or recorded_at, fact) for row, fact in facts]
    advance("store", 0, 1)
    loaded: Loaded = getattr(store, put)(load, dated)
    advance("store", 1, 1)
    return Came(path.name, rows.count, loaded, rows.notices)


def _in_time(
    facts: list[tuple[int, Any]],
    moments: Mapping[int, datetime | None],
    recorded_at: datetime | None,
    columns: Mapping[str, str],
) -> tuple[list[tuple[int, Any]], list[CellProblem]]:
    """Return the facts whose two dates can be true, and what is wrong with the others."""
    now, kept, problems = datetime.now(UTC), [], []
    for row, fact in facts:
        moment = moments[row] or recorded_at or now
        if moment > now + _A_DAY:
            told = say("the time of recording lies in the future")
            problems.append(CellProblem(row, columns.get("recorded_at", "recorded_at"), moment.isoformat(), told))
        elif getattr(fact, "fact_date", moment.date()) > (moment + _AHEAD).date():
            told = say("the report is of a day long after it was recorded ({recorded})", recorded=str(moment.date()))
            problems.append(CellProblem(row, columns.get("fact_date", "fact_date"), str(fact.fact_date), told))
        else:
            kept.append((row, fact))
    return kept, problems


def _content(path: Path) -> bytes:
    """Return the bytes of a file that is not too large to keep."""
    if not path.is_file():
        raise InvalidInput("There is no file {file}: check its name.", file=str(path))
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInput(
            "{file} is larger than {megabytes} MB: split it, or leave out what is no fact.",
            file=path.name,
            megabytes=MAX_BYTES >> 20,
        )
    return path.read_bytes()


def _new_load(
    path: Path, content: bytes, stated: Stated, notices: Sequence[Sentence]
) -> "tuple[NewLoad, datetime | None]":
    """Return the load, and the time of recording that was said for the whole file."""
    from twin.store import NewLoad

    moment = recording_time(stated.recorded_at) if stated.recorded_at else None
    if moment is not None and moment > datetime.now(UTC) + _A_DAY:
        raise InvalidInput(
            "{value} lies in the future: nothing can be known before it is recorded.", value=stated.recorded_at
        )
    column = stated.recorded_at if stated.recorded_at and moment is None else ""
    return (
        NewLoad(
            file=path.name,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            loaded_at=datetime.now(UTC),
            recorded_column=column,
            partial=stated.partial,
            notices=notices,
        ),
        moment,
    )


def _check_time(load: "NewLoad") -> None:
    """Refuse a time of recording that is none: a schedule and a file of rules have no column for it."""
    if load.recorded_column:
        raise InvalidInput("{value} is no day or time: write it as 2026-06-30.", value=load.recorded_column)


def recording_time(text: str) -> datetime | None:
    """Return a day (its start) or a time as UTC; None when the text is neither, and so names a column.

    >>> recording_time("2026-06-30").isoformat(), recording_time("填报日期")
    ('2026-06-30T00:00:00+00:00', None)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _checked_entries(
    store: "Store", rows: "Rows[RegisterEntry]"
) -> tuple[list[tuple[int, RegisterEntry]], list[CellProblem]]:
    """Return the entries, each parcel looked up in the city's layers, and what cannot be found."""
    from web.parcels import Parcels

    parcels, facts, problems = Parcels(store), [], []
    for row, entry in rows.facts:
        if entry.parcel and entry.place is None:
            place = parcels.find(entry.parcel)
            if place is None:
                problem = say(
                    "there is no parcel {parcel} in the city's layers of parcels: add the layer, or give a point",
                    parcel=entry.parcel,
                )
                problems.append(CellProblem(row, rows.columns.get("parcel", "parcel"), entry.parcel, problem))
                continue
            given = entry.given if "place" in entry.given else (*entry.given, "place")
            facts.append((row, replace(entry, place=place, given=given)))
        else:
            facts.append((row, entry))
    return facts, problems


def _checked_tasks(store: "Store", rows: "Rows[Any]") -> tuple[list[tuple[int, Any]], list[CellProblem]]:
    """Return the facts, each task by its id, and the tasks that no schedule of their project has."""
    known = store.known()
    names: dict[str, dict[str, str] | None] = {}
    facts, problems = [], []
    for row, fact in rows.facts:
        if fact.task is None or fact.project not in known:
            facts.append((row, fact))
            continue
        if fact.project not in names:
            names[fact.project] = _task_names(store, known[fact.project])
        task = (names[fact.project] or {}).get(fact.task)
        if task is None:
            column = rows.columns.get("task", "task")
            problems.append(CellProblem(row, column, fact.task, _no_task(fact, names[fact.project])))
        else:
            facts.append((row, replace(fact, task=task)))
    return facts, problems


def _no_task(fact: ProgressFact | ResourceFact, names: Mapping[str, str] | None) -> Sentence:
    if names is None:
        return say(
            "{project} has no schedule yet: load it first (`twin schedule load`), or report the project as a whole",
            project=fact.project,
        )
    return say("the schedule of {project} has no task {task}", project=fact.project, task=fact.task)


def _task_names(store: "Store", known: "Known") -> dict[str, str] | None:
    """Return what a task may be called by → its id, over all schedules of a project: id, else code, else name."""
    if not known.schedules:
        return None
    from twin.judged import schedule_version

    found: dict[str, str] = {}
    for version in known.schedules:
        schedule = schedule_version(store, version.key)
        for attribute in ("name", "code", "id"):
            seen: dict[str, str] = {}
            twice = set()
            for task in schedule.tasks:
                word = getattr(task, attribute)
                twice.update({word} & seen.keys())
                seen[word] = task.id
            found.update({word: task for word, task in seen.items() if word and word not in twice})
    return found
