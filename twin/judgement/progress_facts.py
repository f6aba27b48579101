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
    of_tasks: list[tuple[int, int, int, ProgressFact]] = []  # (day, row, index)
    strangers: list[int] = []
    for index, fact in enumerate(facts):
        if fact.task is None:
            whole.append(fact)
        elif (row := rows.get(fact.task)) is None:
            strangers.append(day_number(fact.fact_date))
        else:
            of_tasks.append((day_number(fact.fact_date), row, index, fact))
    whole.sort(key=lambda f: f.fact_date)
    of_tasks = _below(of_tasks, plan)
    completion = _series(whole, [stated_completion(f) for f in whole])
    tasks = _columns(of_tasks)
    crossed = [
        day_number(f.fact_date)
        for f in facts
        if f.actual_start and f.actual_finish and f.actual_finish < f.actual_start
    ]
    return CompiledFacts(
        facts=facts,
        days=sorted({f.fact_date for f in facts}),
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
    if fact.completion is not None:
        return _share(fact.completion)
    return 1.0 if fact.actual_finish is not None and fact.actual_finish <= fact.fact_date else None


def _share(value: float | None) -> float | None:
    return None if value is None or isnan(value) else min(max(value, 0.0), 1.0)


def _series(facts: Sequence[ProgressFact], values: Sequence[T | None]) -> Series[T]:
    known = [(day_number(f.fact_date), v, f) for f, v in zip(facts, values, strict=True) if v is not None]
    return Series([k[0] for k in known], [k[1] for k in known], [k[2] for k in known])


def _below(
    found: list[tuple[int, int, int, ProgressFact]], plan: Plan | None
) -> list[tuple[int, int, int, ProgressFact]]:
    """Return the reports in order of their days, those of summaries handed to the tasks below, before their own."""
    found.sort(key=lambda f: f[0])
    if plan is None or all(plan.leaf[row] for row in {f[1] for f in found}):
        return found
    leaves: dict[int, list[int]] = {}
    for row in np.flatnonzero(plan.leaf).tolist():
        above = int(plan.parent[row])
        while above >= 0:
            leaves.setdefault(above, []).append(row)
            above = int(plan.parent[above])
    depth = {row: -len(under) for row, under in leaves.items()}  # the wider summary first, so that the nearer one wins
    found.sort(key=lambda f: (f[0], depth.get(f[1], 0)))
    return [(day, leaf, index, fact) for day, row, index, fact in found for leaf in leaves.get(row, (row,))]


def _columns(found: Sequence[tuple[int, int, int, ProgressFact]]) -> list[TaskColumn]:
    """Return completion, cost, start and finish of tasks, each with what says something of it."""
    completion = [stated_completion(f[3]) for f in found]
    cost = [f[3].actual_cost for f in found]
    start = [None if f[3].actual_start is None else day_number(f[3].actual_start) for f in found]
    finish = [None if f[3].actual_finish is None else day_number(f[3].actual_finish) for f in found]
    return [
        _column(found, completion, np.float64),
        _column(found, cost, np.float64),
        _column(found, start, np.int64),
        _column(found, finish, np.int64),
    ]


def _column(found: Sequence[tuple[int, int, int, ProgressFact]], values: Sequence[Any], kind: Any) -> TaskColumn:
    known = [(f[0], f[1], f[2], v) for f, v in zip(found, values, strict=True) if v is not None]
    return TaskColumn(
        np.asarray([k[0] for k in known], dtype=np.int64),
        np.asarray([k[1] for k in known], dtype=np.int64),
        np.asarray([k[3] for k in known], dtype=kind),
        np.asarray([k[2] for k in known], dtype=np.int64),
    )


def _falls(whole: Series[float], tasks: TaskColumn) -> Iterable[int]:
    """Return the days of reports that say less is done than the report before."""
    for before, now, day in zip(whole.values, whole.values[1:], whole.days[1:], strict=False):
        if now < before:
            yield day
    order = np.argsort(tasks.rows, kind="stable")
    fell = (np.diff(tasks.values[order]) < 0) & (np.diff(tasks.rows[order]) == 0)
    yield from tasks.days[order][1:][fell].tolist()
