"""The state of each task of a plan on a day, from the newest reports up to then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from twin.judgement.baseline import Plan, add_up, fold_dates
from twin.judgement.progress_facts import CompiledFacts, TaskColumn, compile_facts, day_number
from twin.values.project import ProgressFact

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class TaskState:
    """Tasks as they stand on a day, all (n_tasks,) in the plan's order; summaries are made from what is below them.

    completion : float64, 0..1, NaN where nothing is known (counts as nothing done)
    actual_start, actual_finish : datetime64[D], NaT where not reported, or later than the day
    fact : int32, index of the report that gave the completion, -1: none, or the schedule file itself
    status_day : datetime64[D], of the newest of these reports (the file's data date counts); NaT: none
    """

    completion: Floats
    actual_start: Days
    actual_finish: Days
    fact: NDArray[np.int32]
    status_day: np.datetime64


Facts = Sequence[ProgressFact] | CompiledFacts


def task_completions(plan: Plan, facts: Facts, day: date) -> TaskState:
    """Return the state of all tasks at the end of `day`.

    Of each task the newest figure counts: of a report, or of the schedule file once its data date has come.
    facts : of one project; `compile_facts(facts, plan)` makes the second and any further day cheap
    """
    known = facts if isinstance(facts, CompiledFacts) else compile_facts(facts, plan)
    completion, fact = task_completion(plan, known, day)
    start = task_dates(plan, plan.actual_start, known.task_start, day)
    finish = task_dates(plan, plan.actual_finish, known.task_finish, day)
    completion = np.where(np.isnan(completion) & ~np.isnat(finish), 1.0, completion)
    newest = _newest_task_day(plan, known, day)
    return TaskState(
        completion=add_up(plan, completion),
        actual_start=fold_dates(plan, start, whole=False),
        actual_finish=fold_dates(plan, finish, whole=True),
        fact=fact,
        status_day=np.datetime64("NaT", "D") if newest is None else np.datetime64(newest, "D"),
    )


def file_day(plan: Plan | None, day: date) -> date | None:
    """Return the schedule file's data date when it has come and the file says how far the work is."""
    if plan is None or plan.data_date is None or plan.data_date > day or not plan.has_progress:
        return None
    return plan.data_date


def newest_task_fact(facts: CompiledFacts, number: int) -> ProgressFact | None:
    """Return the newest report of a task that says how far it is."""
    newest: ProgressFact | None = None
    for column in (facts.task_completion, facts.task_start, facts.task_finish):
        if count := column.until(number):
            fact = facts.facts[int(column.facts[count - 1])]
            if newest is None or fact.fact_date > newest.fact_date:
                newest = fact
    return newest


def _newest_task_day(plan: Plan, facts: CompiledFacts, day: date) -> date | None:
    fact = newest_task_fact(facts, day_number(day))
    days = [d for d in (None if fact is None else fact.fact_date, file_day(plan, day)) if d is not None]
    return max(days, default=None)


def task_completion(plan: Plan, facts: CompiledFacts, day: date) -> tuple[Floats, NDArray[np.int32]]:
    """Return completion of leaf tasks (NaN unknown) and the report it comes from (-1 none), (n_tasks,).

    What is newest counts, task by task: a report, or the schedule file's own figure as of its data date; on that very
    day the report.
    """
    completion, fact = np.full(len(plan.ids), np.nan), np.full(len(plan.ids), -1, dtype=np.int32)
    for part in _in_time(plan, facts.task_completion, day):
        if isinstance(part, slice):  # of several values for one row the last stays, which is the newest
            rows = facts.task_completion.rows[part]
            completion[rows], fact[rows] = facts.task_completion.values[part], facts.task_completion.facts[part]
        else:
            stated = ~np.isnan(plan.completion)
            completion[stated], fact[stated] = plan.completion[stated], -1
    return completion, fact


def _in_time(plan: Plan, column: TaskColumn, day: date) -> tuple[slice | None, ...]:
    """Return the parts of a column of reports up to `day` in the order they count; None: the file's figures."""
    count, stated = column.until(day_number(day)), file_day(plan, day)
    if stated is None:  # a file in which nothing has begun says nothing of progress: it is a plan
        return (slice(0, count),)
    older = column.until(day_number(stated) - 1)
    return slice(0, older), None, slice(older, count)


def task_dates(plan: Plan, stated: Days, column: TaskColumn, day: date) -> Days:
    """Return actual starts or finishes that are known on `day` and not after it, datetime64[D] (n_tasks,)."""
    days = np.full(len(plan.ids), "NaT", dtype="datetime64[D]")
    for part in _in_time(plan, column, day):
        if isinstance(part, slice):
            days[column.rows[part]] = column.values[part].astype("datetime64[D]")
        else:
            days = np.where(np.isnat(stated), days, stated)
    days[days > np.datetime64(day, "D")] = np.datetime64("NaT", "D")
    return days
