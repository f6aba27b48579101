"""How far a project is on a day: the figures of the whole at the date of its last report.

Everything compares at the *status date*, the day of the last report up to the day that is asked for.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil

import numpy as np

from twin.judgement import earned_value as ev
from twin.judgement.baseline import Plan, planned_share
from twin.judgement.earned import Earned, actual_cost, budget_of, earned_at, schedule_in_force
from twin.judgement.periods import good_until
from twin.judgement.progress_facts import DONE, CompiledFacts, compile_facts, day_number
from twin.judgement.s_curve import s_curve
from twin.judgement.task_state import TaskState, task_completions, task_dates
from twin.values.project import Known
from twin.values.sentence import Sentence, say
from twin.values.status import Forecast, ProjectStatus, ResourceUse

__all__ = [
    "CompiledFacts",
    "TaskState",
    "compile_facts",
    "s_curve",
    "schedule_in_force",
    "status_at",
    "task_completions",
]

FAR_APART = 2.0  # times: costs of a schedule and a budget that differ more are hardly in the same unit


def status_at(
    known: Known,
    plan: Plan | None,
    day: date,
    resources: Mapping[str, ResourceUse] | None = None,
    facts: CompiledFacts | None = None,
) -> ProjectStatus:
    """Return how a project stands on `day`.

    plan : of the schedule in force on that day; None: there is none, or it has no dates
    resources : what of each resource was used up to `day`; funds stand in for actual cost
    facts : `compile_facts(known.progress, plan)`, when the caller has it already
    """
    facts = compile_facts(known.progress, plan) if facts is None else facts
    resources = {} if resources is None else resources
    notes = list(plan.notes) if plan is not None else []
    earned = earned_at(known, plan, facts, day)
    bac, weighted_by = budget_of(known, plan)
    money = weighted_by in ("cost", "budget") and not _foreign(known, plan, notes)
    at = day if earned is None else earned.day
    planned = _planned(plan, facts, at, notes)
    share = None if earned is None else earned.share
    cost, cost_date, cost_report, told = actual_cost(plan, facts, at, resources)
    notes += told
    fresh = _comparable(cost_date, earned, notes)
    pv, earned_value = _times(bac, planned), _times(bac, share)
    finished = share is not None and share >= DONE
    finish = _actual_finish(facts, earned) if finished and earned is not None else None
    time, schedule = _times_of(plan, earned, finish)
    notes += _warnings(plan, facts, day_number(day), weighted_by)
    return ProjectStatus(
        day=day,
        status_date=None if earned is None else earned.day,
        report=None if earned is None else earned.report,
        reported_by=None if earned is None else earned.by,
        cost_report=cost_report,
        cost_date=cost_date,
        bac=bac,
        pv=pv,
        ev=earned_value,
        ac=cost,
        weighted_by=weighted_by,
        progress=share,
        planned_progress=planned,
        spi=ev.spi(share, planned),
        cpi=ev.cpi(earned_value, cost) if money and fresh else None,
        spi_t=ev.spi_t(schedule, time),
        planned_start=known.entry.planned_start if plan is None else plan.first_day,
        planned_finish=known.entry.planned_finish if plan is None else plan.last_day,
        actual_start=_actual_start(plan, facts, day),
        actual_finish=finish,
        planned_duration=None if plan is None else float(plan.duration),
        actual_time=time,
        earned_schedule=schedule,
        forecast=Forecast() if finished else _forecast(plan, money, (bac, pv, earned_value, cost), (time, schedule)),
        resources=resources,
        reports=tuple(facts.days[: bisect_right(facts.days, day)]),
        has_baseline=plan is not None,
        notes=tuple(notes),
    )


def _times(whole: float | None, share: float | None) -> float | None:
    return None if whole is None or share is None else whole * share


def _planned(plan: Plan | None, facts: CompiledFacts, at: date, notes: list[Sentence]) -> float | None:
    """Return the share planned by `at`; without a baseline what the newest report itself says was planned."""
    if plan is not None:
        return planned_share(plan, at)
    notes.append(say("There is no schedule with dates, so no time-phased baseline."))
    stated = facts.planned_completion.newest(day_number(at))
    if stated is None:
        return None
    if stated[1].fact_date == at:
        notes.append(say("What was planned is what the report itself says."))
        return stated[0]
    return None


def _times_of(plan: Plan | None, earned: Earned | None, finish: date | None) -> tuple[float | None, float | None]:
    """Return actual time and earned schedule in days since the planned start.

    Time stands still when all is done: a finished project is judged by its finish.
    """
    if plan is None or earned is None:
        return None, None
    time = float((min(earned.day, finish or earned.day) - plan.first_day).days + 1)
    curve = np.concatenate(([0.0], plan.curve))
    return time, None if earned.share is None else ev.earned_schedule(curve, earned.share, time)


def _forecast(
    plan: Plan | None,
    money: bool,
    values: tuple[float | None, float | None, float | None, float | None],
    times: tuple[float | None, float | None],
) -> Forecast:
    """Return the estimates of an unfinished project; values : (BAC, PV, EV, AC); times : (AT, ES)."""
    bac, pv, earned, spent = values
    time, schedule = times
    cost: dict[str, float | None] = {}
    if money and bac is not None and earned is not None and spent is not None:
        cost = {
            "bac_by_cpi": ev.estimate_by_cpi(bac, earned, spent),
            "ac_plus_rest": ev.estimate_at_plan(bac, earned, spent),
            "rest_by_cpi_spi": None if pv is None else ev.estimate_by_cpi_spi(bac, earned, spent, pv),
        }
    finish: dict[str, date | None] = {}
    if plan is not None and time is not None and schedule is not None:
        index = ev.spi_t(schedule, time)
        finish = {
            "plan_rate": _day_after(plan.first_day, ev.iea_t(plan.duration, schedule, time)),
            "spi_t": _day_after(plan.first_day, ev.iea_t(plan.duration, schedule, time, index)),
        }
    return Forecast(
        {method: value for method, value in cost.items() if value is not None},
        {method: value for method, value in finish.items() if value is not None},
    )


def _day_after(start: date, days: float | None) -> date | None:
    """Return the day in which so many days since the start end; None beyond the calendar."""
    if days is None or not days < (date.max - start).days:
        return None
    return start + timedelta(days=max(ceil(days - 1e-6) - 1, 0))


def _actual_start(plan: Plan | None, facts: CompiledFacts, day: date) -> date | None:
    """Return when work began: as reported of the whole, else the first start of a task."""
    stated = facts.actual_start.newest(day_number(day))
    if stated is not None and stated[0] <= day:
        return stated[0]
    if plan is None or not (plan.has_progress or facts.task_start.until(day_number(day))):
        return None
    days = task_dates(plan, plan.actual_start, facts.task_start, day)
    days = days[plan.leaf & ~np.isnat(days)]
    return days.min().item() if len(days) else None


def _actual_finish(facts: CompiledFacts, earned: Earned) -> date:
    """Return when all was done: as reported, else when the first report without a later fall said so."""
    number = day_number(earned.day)
    stated = facts.actual_finish.newest(number)
    if stated is not None and stated[0] <= earned.day:
        return stated[0]
    if earned.finish is not None:
        return earned.finish
    first = earned.day
    series = facts.completion
    for row in range(bisect_right(series.days, number) - 1, -1, -1):
        if series.values[row] < DONE:
            break
        first = series.facts[row].fact_date
    return first


def _comparable(cost_date: date | None, earned: Earned | None, notes: list[Sentence]) -> bool:
    """Tell whether a cost is recent enough to be compared with what is earned; say what must be said of both."""
    if earned is not None and earned.note is not None:
        notes.append(earned.note)
    if cost_date is None or earned is None or cost_date == earned.day:
        return True
    status_date = earned.day
    days = {"cost_date": cost_date.isoformat(), "status_date": status_date.isoformat()}
    notes.append(say("Actual cost is of {cost_date}, progress of {status_date}.", **days))
    return good_until(cost_date, "month") >= status_date


def _foreign(known: Known, plan: Plan | None, notes: list[Sentence]) -> bool:
    """Tell whether a schedule's costs are in another currency than the project's; say what does not fit together."""
    entry = known.entry
    if plan is None or plan.weighted_by != "cost":
        return False
    if plan.currency and entry.currency and plan.currency.upper() != entry.currency.upper():
        notes.append(
            say(
                "The schedule counts in {schedule}, the register in {register}: costs are not compared.",
                schedule=plan.currency,
                register=entry.currency,
            )
        )
        return True
    if entry.budget and not entry.budget / FAR_APART <= plan.bac <= entry.budget * FAR_APART:
        notes.append(
            say(
                "The costs of the schedule add up to {total}, the budget of the register is {budget}: check the units"
                " of both before you trust the cost index.",
                total=f"{plan.bac:,.0f}",
                budget=f"{entry.budget:,.0f}",
            )
        )
    return False


def _warnings(plan: Plan | None, facts: CompiledFacts, number: int, weighted_by: str | None) -> list[Sentence]:
    """Return what cannot be used, and what reports up to a day contradict themselves in."""
    notes: list[Sentence] = []
    if weighted_by == "work":
        notes.append(say("Nothing has a price: values are hours of work."))
    elif weighted_by == "duration":
        notes.append(say("Nothing has a price: values are hours of planned duration."))
    if plan is not None and plan.has_progress and plan.data_date is None:
        notes.append(say("The schedule states progress without a data date; it is left aside."))
    if count := bisect_right(facts.falls, number):
        notes.append(
            say("{count} reports say that less is done than an earlier one did; the newest counts.", count=count)
        )
    if count := bisect_right(facts.crossed, number):
        notes.append(say("{count} reports have an actual finish before the actual start.", count=count))
    if count := bisect_right(facts.strangers, number):
        notes.append(
            say("{count} reports name tasks that the schedule does not have; they are left aside.", count=count)
        )
    return notes
