"""What a project has earned and spent at its last report, and where these figures stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from twin.judgement.baseline import Plan
from twin.judgement.progress_facts import DONE, CompiledFacts, day_number
from twin.judgement.task_state import file_day, newest_task_fact, task_completion, task_dates
from twin.values.project import Known, KnownSchedule, Report
from twin.values.sentence import Sentence, say
from twin.values.status import ResourceUse

ROUNDING = 1e-9  # of a sum of shares
MONEY = {"元": 1.0, "万元": 1e4, "亿元": 1e8}  # units in which funds may be counted


def schedule_in_force(known: Known, day: date) -> KnownSchedule | None:
    """Return the schedule that counts on `day`: the last recorded whose data date had come, else the earliest one."""
    if not known.schedules:
        return None
    arrived = [s for s in known.schedules if s.data_date is None or s.data_date <= day]
    return arrived[-1] if arrived else min(known.schedules, key=lambda s: s.data_date or date.min)


@dataclass(frozen=True, slots=True)
class Earned:
    """What is earned, as a share of the whole, and where that stands."""

    share: float | None
    day: date
    by: str
    report: Report | None
    finish: date | None = None  # when all was done
    note: Sentence | None = None


def budget_of(known: Known, plan: Plan | None) -> tuple[float | None, str | None]:
    """Return the budget at completion and what weighs the tasks; the register's budget prices a schedule without."""
    budget = known.entry.budget if known.entry.budget is not None and known.entry.budget > 0 else None
    if plan is None:
        return budget, None if budget is None else "budget"
    if plan.weighted_by == "cost" or budget is None:
        return plan.bac, plan.weighted_by
    return budget, "budget"


def earned_at(known: Known, plan: Plan | None, facts: CompiledFacts, day: date) -> Earned | None:
    """Return what is earned at the last report up to `day`; None: nothing was reported."""
    number = day_number(day)
    whole = facts.completion.newest(number)
    task = newest_task_fact(facts, number)
    of_file = file_day(plan, day)
    others = [d for d in (None if task is None else task.fact_date, of_file) if d is not None]
    of_whole = None if whole is None else Earned(whole[0], whole[1].fact_date, "project", whole[1].report)
    if of_whole is not None and of_whole.day >= max(others, default=date.min):
        return of_whole
    if plan is None or not others:
        return of_whole
    completion, _ = task_completion(plan, facts, day)
    finish = task_dates(plan, plan.actual_finish, facts.task_finish, day)
    completion = np.where(np.isnan(completion), ~np.isnat(finish), completion)
    share = min(float((plan.weight * completion).sum()) / plan.total_weight, 1.0) if plan.total_weight > 0 else None
    if of_whole is not None and (share is None or share < (of_whole.share or 0.0) - ROUNDING):
        return replace(of_whole, note=_incomplete(share, of_whole))
    finished = _tasks_finish(plan, facts, finish, day) if share is not None and share >= DONE else None
    if task is not None and task.fact_date >= (of_file or date.min):
        return Earned(share, task.fact_date, "tasks", task.report, finished)
    force = schedule_in_force(known, day)
    return Earned(share, max(others), "schedule", None if force is None else force.report, finished)


def _incomplete(share: float | None, whole: Earned) -> Sentence:
    """Say why newer reports of tasks do not count yet: work that is done stays done, so some are missing."""
    return say(
        "Later reports of tasks add up to {tasks}, less than the {whole} that was reported of the whole on {day}: some"
        " are missing, and the figure of the whole stands.",
        tasks=f"{share or 0.0:.1%}",
        whole=f"{whole.share or 0.0:.1%}",
        day=whole.day.isoformat(),
    )


def _tasks_finish(plan: Plan, facts: CompiledFacts, finish: NDArray[np.datetime64], day: date) -> date:
    """Return when the last of the tasks was done: its actual finish, else the first report that says so.

    finish : datetime64[D] (n_tasks,), actual finishes as far as known; all that weighs is done
    """
    done = finish.astype(np.int64)  # NaT is the lowest number
    column = facts.task_completion
    count = column.until(day_number(day))
    full = column.values[:count] >= DONE
    first = np.full(len(done), np.iinfo(np.int64).max)
    np.minimum.at(first, column.rows[:count][full], column.days[:count][full])
    fallback = day_number(plan.data_date) if plan.data_date is not None and plan.data_date <= day else day_number(day)
    first = np.where(first == np.iinfo(np.int64).max, fallback, first)
    done = np.where(np.isnat(finish), first, done)[plan.weight > 0]
    found: date = np.datetime64(int(done.max()), "D").item()
    return found


def reported_cost(plan: Plan | None, facts: CompiledFacts, day: date) -> tuple[float, date, Report | None] | None:
    """Return the actual cost up to `day`, the day it belongs to and its report; None: nobody stated one.

    The newest figure of the whole project, or the sum of the tasks' newest ones, the schedule file's included, where
    that is newer and not less: money that is spent stays spent.
    """
    whole = facts.actual_cost.newest(day_number(day))
    of_whole = None if whole is None else (whole[0], whole[1].fact_date, whole[1].report)
    of_tasks = None if plan is None else _cost_of_tasks(plan, facts, day)
    if of_whole is None or of_tasks is None:
        return of_whole or of_tasks
    return of_tasks if of_tasks[1] > of_whole[1] and of_tasks[0] >= of_whole[0] else of_whole


def _cost_of_tasks(plan: Plan, facts: CompiledFacts, day: date) -> tuple[float, date, Report | None] | None:
    """Return the sum over tasks; a schedule file counts where it states no less than an older report."""
    column, of_file = facts.task_cost, file_day(plan, day)
    count = column.until(day_number(day))
    older = count if of_file is None else column.until(day_number(of_file) - 1)
    cost = np.full(len(plan.ids), np.nan)
    cost[column.rows[:older]] = column.values[:older]
    stated = np.zeros(len(plan.ids), dtype=bool)
    if of_file is not None:
        spent = np.nan_to_num(plan.actual_cost)
        stated = plan.leaf & (spent > 0) & (spent >= np.nan_to_num(cost))
        cost = np.where(stated, spent, cost)
    cost[column.rows[older:count]] = column.values[older:count]
    if np.isnan(cost).all():
        return None
    total = float(np.nansum(cost))
    newest = None if count == 0 else facts.facts[int(column.facts[count - 1])]
    if of_file is not None and stated.any() and (newest is None or newest.fact_date < of_file):
        return total, of_file, None
    return None if newest is None else (total, newest.fact_date, newest.report)


def actual_cost(
    plan: Plan | None, facts: CompiledFacts, day: date, resources: Mapping[str, ResourceUse]
) -> tuple[float | None, date | None, Report | None, list[Sentence]]:
    """Return the actual cost up to `day`, its day, its report, what must be said; funds used stand in for it."""
    notes: list[Sentence] = []
    found = reported_cost(plan, facts, day)
    funds = resources.get("funds")
    if found is None and funds is not None and funds.used is not None and funds.fact_date <= day:
        unit = MONEY.get(funds.unit)
        if unit is not None:
            found = funds.used * unit, funds.fact_date, funds.report
            notes.append(say("Actual cost is not reported; the funds used stand in."))
    if found is None:
        return None, None, None, notes
    return *found, notes
