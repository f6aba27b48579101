"""A schedule as a JSON document and back: what the store keeps.

Columns instead of rows: `{"tasks": {"id": […], "name": […], …}}`.  A column that holds nothing but its field's default
is left out, so a document stays readable when fields are added.  Equal schedules make equal documents.

    times        "2026-03-01T08:00", with seconds and microseconds only where there are any
    durations    microseconds, an integer
    sentences    [template, values], as `Sentence.packed` writes them
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime, timedelta
from itertools import repeat
from typing import Any, TypeVar

from twin.errors import StoreTooNew
from twin.values.schedule import (
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Resource,
    Schedule,
    Task,
    TaskLink,
)
from twin.values.sentence import Sentence, unpack

VERSION = 1
_MICROSECOND = timedelta(microseconds=1)
_NESTED = ("baselines", "values")  # fields of a task that have tables of their own

T = TypeVar("T")


def to_document(schedule: Schedule) -> dict[str, Any]:
    """Return what `json.dumps` takes; numbers must be finite, as JSON has no others."""
    document: dict[str, Any] = {
        "version": VERSION,
        "name": schedule.name,
        "format": schedule.format,
        "tasks": _columns(Task, schedule.tasks),
        "baselines": _baselines(schedule.tasks),
        "values": _values(schedule.tasks),
        "links": _columns(TaskLink, schedule.links),
        "calendars": [_calendar(calendar) for calendar in schedule.calendars],
        "calendar": schedule.calendar,
        "resources": _columns(Resource, schedule.resources),
        "assignments": _columns(Assignment, schedule.assignments),
        "data_date": _write_time(schedule.data_date),
        "start": _write_time(schedule.start),
        "finish": _write_time(schedule.finish),
        "currency": schedule.currency,
        "elements": {task: list(schedule.elements[task]) for task in sorted(schedule.elements)},
        "unread": [_write_sentence(sentence) for sentence in schedule.unread],
        "notices": [_write_sentence(sentence) for sentence in schedule.notices],
        "lost": schedule.lost or None,
    }
    return {key: value for key, value in document.items() if value not in (None, {}, [])}


def from_document(document: Mapping[str, Any]) -> Schedule:
    """Return the schedule that `to_document` wrote; its sequences are tuples."""
    if document["version"] > VERSION:
        raise StoreTooNew("The schedule was kept by a newer version of this program: update the program.")
    return Schedule(
        name=document["name"],
        format=document["format"],
        tasks=_read_tasks(document),
        links=_rows(TaskLink, document.get("links", {})),
        calendars=tuple(_read_calendar(kept) for kept in document.get("calendars", ())),
        calendar=document.get("calendar"),
        resources=_rows(Resource, document.get("resources", {})),
        assignments=_rows(Assignment, document.get("assignments", {})),
        data_date=_read_time(document.get("data_date")),
        start=_read_time(document.get("start")),
        finish=_read_time(document.get("finish")),
        currency=document.get("currency"),
        elements={task: tuple(elements) for task, elements in document.get("elements", {}).items()},
        unread=tuple(_read_sentence(kept) for kept in document.get("unread", ())),
        notices=tuple(_read_sentence(kept) for kept in document.get("notices", ())),
        lost=document.get("lost", 0),
    )


def _write_time(time: datetime | None) -> str | None:
    if time is None:
        return None
    text = time.isoformat()
    return text[:16] if len(text) == 19 and text.endswith(":00") else text


def _read_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _write_span(span: timedelta | None) -> int | None:
    return None if span is None else span // _MICROSECOND


def _read_span(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(microseconds=count)


def _write_number(number: float | None) -> float | None:
    return None if number is None else float(number)


# How a field of a type is written and read; a type that is missing here is JSON already.
_TYPES: Mapping[object, tuple[Callable[[Any], Any], Callable[[Any], Any] | None]] = {
    datetime | None: (_write_time, _read_time),
    timedelta | None: (_write_span, _read_span),
    timedelta: (_write_span, _read_span),
    float | None: (_write_number, None),
}


def _columns(kind: type, rows: Sequence[object]) -> dict[str, list[Any]]:
    """Return field → one value per row, without the fields that are everywhere at their default."""
    columns = {}
    for field in fields(kind):
        if field.name in _NESTED or not rows:
            continue
        column = [getattr(row, field.name) for row in rows]
        if field.default is not MISSING and column.count(field.default) == len(column):
            continue
        write = _TYPES[field.type][0] if field.type in _TYPES else None
        columns[field.name] = column if write is None else [write(value) for value in column]
    return columns


def _rows(kind: type[T], columns: Mapping[str, Sequence[Any]], **made: Iterable[Any]) -> tuple[T, ...]:
    """Return the values that `_columns` wrote; `made`: columns that stand elsewhere in the document."""
    if not columns:
        return ()
    given: list[Iterable[Any]] = []
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name in made:
            given.append(made[field.name])
        elif field.name not in columns:
            given.append(repeat(field.default))
        else:
            read = _TYPES[field.type][1] if field.type in _TYPES else None
            given.append(columns[field.name] if read is None else _each(read, columns[field.name]))
    return tuple(map(kind, *given))


def _each(read: Callable[[Any], Any], column: Sequence[Any]) -> Iterable[Any]:
    """Return a column with each of its different values read once: a schedule's times and spans repeat."""
    different = {value: read(value) for value in set(column)}
    return map(different.__getitem__, column)


def _baselines(tasks: Sequence[Task]) -> dict[str, list[Any]]:
    """Return the baselines of all tasks as one table whose column `task` is the task's place, from 0."""
    places = [place for place, task in enumerate(tasks) for _ in task.baselines]
    if not places:
        return {}
    return {"task": places, **_columns(Baseline, [baseline for task in tasks for baseline in task.baselines])}


def _values(tasks: Sequence[Task]) -> dict[str, list[Any]]:
    """Return name → [places of the tasks that state it, from 0; what they state]."""
    columns: dict[str, list[Any]] = {}
    for place, task in enumerate(tasks):
        for name, value in task.values.items():
            places, texts = columns.setdefault(name, [[], []])
            places.append(place)
            texts.append(value)
    return {name: columns[name] for name in sorted(columns)}


def _read_tasks(document: Mapping[str, Any]) -> tuple[Task, ...]:
    columns = document.get("tasks", {})
    count = len(columns.get("id", ()))
    baselines: list[Sequence[Baseline]] = [()] * count
    table = document.get("baselines", {})
    for place, baseline in zip(table.get("task", ()), _rows(Baseline, table), strict=True):
        baselines[place] = (*baselines[place], baseline)
    values: list[dict[str, str]] = [{} for _ in range(count)]
    for name, (places, texts) in document.get("values", {}).items():
        for place, text in zip(places, texts, strict=True):
            values[place][name] = text
    return _rows(Task, columns, baselines=baselines, values=values)


def _calendar(calendar: Calendar) -> dict[str, Any]:
    return {
        "id": calendar.id,
        "name": calendar.name,
        "week": [[list(shift) for shift in day] for day in calendar.week],
        "exceptions": [
            [x.start.isoformat(), x.finish.isoformat(), [list(shift) for shift in x.shifts], x.name]
            for x in calendar.exceptions
        ],
    }


def _read_calendar(kept: Mapping[str, Any]) -> Calendar:
    return Calendar(
        kept["id"],
        kept["name"],
        tuple(tuple((start, finish) for start, finish in day) for day in kept["week"]),
        tuple(
            CalendarException(
                date.fromisoformat(start), date.fromisoformat(finish), tuple((a, b) for a, b in shifts), name
            )
            for start, finish, shifts, name in kept["exceptions"]
        ),
    )


def _write_sentence(sentence: str) -> Any:
    return sentence.packed() if isinstance(sentence, Sentence) else [str(sentence), {}]


def _read_sentence(kept: list[Any]) -> Sentence:
    return unpack(kept)
