"""Dated reports, sorted once, so that "the newest up to day D" is a search and not a walk through all of them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.judgement.baseline import Plan
from twin.values.project import ProgressFact

Ints = NDArray[np.int64]
T = TypeVar("T")

EPOCH = date(1970, 1, 1).toordinal()
DONE = 1.0 - 1e-9  # 100 per cent, but for the rounding of a sum


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`, as numpy's datetime64[D] counts.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return day.toordinal() - EPOCH


@dataclass(frozen=True, slots=True)
class Series(Generic[T]):
    """What reports of the whole project said of one thing, in order of their days."""

    days: Sequence[int]
    values: Sequence[T]
    facts: Sequence[ProgressFact]

    def newest(self, day: int) -> tuple[T, ProgressFact] | None:
        """Return the last value up to `day` and the report that has it."""
        row = bisect_right(self.days, day) - 1
        return None if row < 0 else (self.values[row], self.facts[row])


@dataclass(frozen=True, slots=True, eq=False)
class TaskColumn:
    """What reports of tasks said of one thing: all (n,), in order of `days` (since 1970-01-01), later ones last.

    rows : of the plan; values : float64 or days; facts : index of the report
    """

    days: Ints
    rows: Ints
    values: NDArray[Any]
    facts: Ints

    def until(self, day: int) -> int:
        """Return how many of them are of `day` or earlier."""
        return int(np.searchsorted(self.days, day, side="right"))


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFacts:
    """A project's progress reports, prepared for any number of days.

    facts : as they came; days : of all reports, in order, each once
    completion, … : of the whole project; task_completion, … : of single tasks (a report of a summary counts for all
        tasks below it, a task's own report of the same day outranks it)
    falls, crossed, strangers : days of reports that say less than an earlier one, that end before they start, and that
        name a task the plan does not have; each in order
    """

    facts: Sequence[ProgressFact]
    days: Sequence[date]
    completion: Series[float]
    planned_completion: Series[float]
    actual_cost: Series[float]
    actual_start: Series[date]
    actual_finish: Series[date]
    task_completion: TaskColumn
    task_cost: TaskColumn
    task_start: TaskColumn
    task_finish: TaskColumn
    falls: Sequence[int]
    crossed: Sequence[int]
    strangers: Sequence[int]


def compile_facts(facts: Sequence[ProgressFact], plan: Plan | None) -> CompiledFacts:
    """Return the reports of one project, sorted; without a plan those of single tasks are strangers."""
    rows = {} if plan is None else plan.rows
    whole: list[ProgressFact] = []
    of_tasks: list[tuple[int, int, int]] = []  # (day, row, index)
    strangers: list[int] = []
    numbers = {day: day_number(day) for day in {f.fact_date for f in facts}}
    for index, fact in enumerate(facts):
        if fact.task is None:
            whole.append(fact)
        elif (row := rows.get(fact.task)) is None:
            strangers.append(numbers[fact.fact_date])
        else:
            of_tasks.append((numbers[fact.fact_date], row, index))
    whole.sort(key=lambda f: f.fact_date)
    completion = _series(whole, [stated_completion(f) for f in whole])
    tasks = _columns(facts, *_below(of_tasks, plan))
    crossed = [
        day_number(f.fact_date)
        for f in facts
        if f.actual_start and f.actual_finish and f.actual_finish < f.actual_start
    ]
    return CompiledFacts(
        facts=facts,
        days=sorted(numbers),
        completion=completion,
        planned_completion=_series(whole, [_share(f.planned_completion) for f in whole]),
        actual_cost=_series(whole, [f.actual_cost for f in whole]),
        actual_start=_series(whole, [f.actual_start for f in whole]),
        actual_finish=_series(whole, [f.actual_finish for f in whole]),
        task_completion=tasks[0],
        task_cost=tasks[1],
        task_start=tasks[2],
        task_finish=tasks[3],
        falls=sorted(_falls(completion, tasks[0])),
        crossed=sorted(crossed),
        strangers=sorted(strangers),
    )


def stated_completion(fact: ProgressFact) -> float | None:
    """Return how much is done, 0..1: as stated, or all where only an actual finish is; None: it says nothing."""
    if (completion := fact.completion) is not None:
        return completion if 0.0 <= completion <= 1.0 else _share(completion)
    return 1.0 if fact.actual_finish is not None and fact.actual_finish <= fact.fact_date else None


def _share(value: float | None) -> float | None:
    return None if value is None or isnan(value) else min(max(value, 0.0), 1.0)


def _series(facts: Sequence[ProgressFact], values: Sequence[T | None]) -> Series[T]:
    known = [(day_number(f.fact_date), v, f) for f, v in zip(facts, values, strict=True) if v is not None]
    return Series([k[0] for k in known], [k[1] for k in known], [k[2] for k in known])


def _below(found: Sequence[tuple[int, int, int]], plan: Plan | None) -> tuple[Ints, Ints, Ints]:
    """Return days, rows and indices of reports, (k,), in order of their days, those of summaries handed to the tasks
    below, before their own."""
    days, rows, indices = (np.asarray([f[i] for f in found], dtype=np.int64) for i in range(3))
    if plan is None or plan.leaf[rows].all():
        order = np.argsort(days, kind="stable")
        return days[order], rows[order], indices[order]
    leaves: dict[int, list[int]] = {}
    for row in np.flatnonzero(plan.leaf).tolist():
        above = int(plan.parent[row])
        while above >= 0:
            leaves.setdefault(above, []).append(row)
            above = int(plan.parent[above])
    depth = np.zeros(len(plan.ids), dtype=np.int64)  # the wider summary first, so that the nearer one wins
    depth[list(leaves)] = [-len(under) for under in leaves.values()]
    order = np.lexsort((depth[rows], days))
    below = [leaves.get(row, [row]) for row in rows[order].tolist()]
    counts = [len(under) for under in below]
    flat = np.asarray([leaf for under in below for leaf in under], dtype=np.int64)
    return np.repeat(days[order], counts), flat, np.repeat(indices[order], counts)


def _columns(facts: Sequence[ProgressFact], days: Ints, rows: Ints, indices: Ints) -> list[TaskColumn]:
    """Return completion, cost, start and finish of tasks, each with the reports that say something of it."""
    own = [facts[index] for index in indices.tolist()]
    columns: list[tuple[list[Any], Any]] = [
        ([stated_completion(f) for f in own], np.float64),
        ([f.actual_cost for f in own], np.float64),
        *(
            ([None if day is None else day_number(day) for day in days_of], np.int64)
            for days_of in ([f.actual_start for f in own], [f.actual_finish for f in own])
        ),
    ]
    found = []
    for column, kind in columns:
        said = np.asarray([value is not None for value in column], dtype=bool)
        values = np.asarray([value for value in column if value is not None], dtype=kind)
        found.append(TaskColumn(days[said], rows[said], values, indices[said]))
    return found


def _falls(whole: Series[float], tasks: TaskColumn) -> Iterable[int]:
    """Return the days of reports that say less is done than the report before."""
    for before, now, day in zip(whole.values, whole.values[1:], whole.days[1:], strict=False):
        if now < before:
            yield day
    order = np.argsort(tasks.rows, kind="stable")
    fell = (np.diff(tasks.values[order]) < 0) & (np.diff(tasks.rows[order]) == 0)
    yield from tasks.days[order][1:][fell].tolist()
