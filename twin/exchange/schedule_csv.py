"""A schedule as a CSV table that `twin.exchange.schedule_table` reads back; the columns are described there."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from twin.exchange.schedule_cells import guard, holds_type, write_links, write_shifts, write_span
from twin.exchange.schedule_words import (
    ASSIGNMENT,
    BASELINE_PARTS,
    BASELINES,
    CALENDAR,
    ELEMENTS,
    EXCEPTION,
    FIELDS,
    RESOURCE,
    SCHEDULE,
    WEEKDAYS,
    baseline_field,
)
from twin.values.schedule import Calendar, Schedule, Task, TaskLink

VALUES = "values."  # before the name of what a task states and nobody reads
_ALWAYS = ("kind", "task", "name", "parent", "start", "finish")
_LONGEST = 9_000  # letters of a list of elements in one cell
Row = dict[str, object]


def write_schedule_csv(schedule: Schedule, path: Path) -> None:
    """Write a schedule as CSV (UTF-8 with a mark, so that spreadsheets read Chinese): one row a task, in its order.

    Kept: all of tasks, links, calendars, resources, assignments, elements, and of baselines up to number 10.
    """
    rows = list(_rows(schedule))
    used = {name for row in rows for name, value in row.items() if value not in (None, "")}
    columns = [name for name in FIELDS if name in used or name in _ALWAYS]
    columns += sorted(name for name in used if name not in FIELDS)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)


def _cell(value: object) -> object:
    """Return a cell as csv writes it; numbers stay bare."""
    if isinstance(value, datetime):
        text = value.isoformat(" ")
        return text[:16] if len(text) == 19 and text.endswith(":00") else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return write_span(value)
    if isinstance(value, str):
        return guard(value) if value else ""
    return "" if value is None else float(value) if isinstance(value, int | float) else str(value)


def _rows(schedule: Schedule) -> Iterator[Row]:
    yield {
        "kind": SCHEDULE,
        "name": schedule.name,
        "start": schedule.start,
        "finish": schedule.finish,
        "calendar": schedule.calendar,
        "data_date": schedule.data_date,
        "currency": schedule.currency,
    }
    for calendar in schedule.calendars:
        yield from _calendar_rows(calendar)
    waiting: dict[str, list[TaskLink]] = {}
    for link in schedule.links:
        waiting.setdefault(link.successor, []).append(link)
    quoted = any(holds_type(task.id) for task in schedule.tasks)
    for task in schedule.tasks:
        elements = _joined(schedule.elements.get(task.id, ()))
        links = write_links(waiting.get(task.id, ()), quoted)
        yield {**_task_row(task), "predecessors": links, "elements": next(elements, None)}
        for more in elements:
            yield {"kind": ELEMENTS, "task": task.id, "elements": more}
    for resource in schedule.resources:
        yield {
            "kind": RESOURCE,
            "task": resource.id,
            "name": resource.name,
            "definition": resource.kind,
            "unit": resource.unit,
        }
    for use in schedule.assignments:
        yield {
            "kind": ASSIGNMENT,
            "task": use.task,
            "resource": use.resource,
            "quantity": use.planned,
            "actual_quantity": use.actual,
            "cost": use.cost,
            "actual_cost": use.actual_cost,
        }


def _calendar_rows(calendar: Calendar) -> Iterator[Row]:
    days = zip(WEEKDAYS, calendar.week, strict=True)
    week = "; ".join(f"{name} {write_shifts(shifts)}" for name, shifts in days)
    yield {"kind": CALENDAR, "task": calendar.id, "name": calendar.name, "definition": week}
    for exception in calendar.exceptions:
        yield {
            "kind": EXCEPTION,
            "parent": calendar.id,
            "name": exception.name,
            "start": exception.start,
            "finish": exception.finish,
            "definition": write_shifts(exception.shifts),
        }


def _task_row(task: Task) -> Row:
    baselines = {
        baseline_field(found.number, part): getattr(found, part)
        for found in task.baselines
        if found.number <= BASELINES
        for part in BASELINE_PARTS
    }
    return {
        "kind": task.kind,
        "task": task.id,
        "name": task.name,
        "code": task.code,
        "parent": task.parent,
        "start": task.schedule_start,
        "finish": task.schedule_finish,
        "actual_start": task.actual_start,
        "actual_finish": task.actual_finish,
        "completion": task.completion,
        "duration": task.duration,
        "remaining_duration": task.remaining_duration,
        "cost": task.cost,
        "actual_cost": task.actual_cost,
        "work": task.work,
        "actual_work": task.actual_work,
        "calendar": task.calendar,
        **baselines,
        **{VALUES + name: value for name, value in task.values.items()},
    }


def _joined(elements: Sequence[str]) -> Iterator[str]:
    """Yield lists of elements as cells that are not too long."""
    cell: list[str] = []
    length = 0
    for element in elements:
        if cell and length + len(element) >= _LONGEST:
            yield " ".join(cell)
            cell, length = [], 0
        cell.append(element)
        length += len(element) + 1
    if cell:
        yield " ".join(cell)
