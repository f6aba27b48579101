"""The S-curve of a project: planned, earned and spent, month by month."""

from datetime import date, timedelta

from twin.judgement.baseline import Plan, planned_share
from twin.judgement.earned import budget_of, earned_at, reported_cost
from twin.judgement.progress_facts import CompiledFacts, compile_facts
from twin.values.project import Known

LAST_DAY = date(9999, 12, 31)


def s_curve(known: Known, plan: Plan | None, day: date, facts: CompiledFacts | None = None) -> dict[str, list[object]]:
    """Return the monthly points of the S-curve from the planned start to the planned finish, or to the last report.

    days : ISO dates of month ends
    planned, earned, actual_cost : cumulative, in the unit of `ProjectStatus.bac` (shares where no budget is known);
        earned and actual_cost are None in months without a report, and after `day`
    """
    facts = compile_facts(known.progress, plan) if facts is None else facts
    start = known.entry.planned_start if plan is None else plan.first_day
    finish = known.entry.planned_finish if plan is None else plan.last_day
    told = [d for d in facts.days if d <= day]
    curve: dict[str, list[object]] = {"days": [], "planned": [], "earned": [], "actual_cost": []}
    ends = [d for d in (start, finish, *told[:1], *told[-1:]) if d is not None]
    if not ends:
        return curve
    unit = budget_of(known, plan)[0] or 1.0
    before = date.min
    for end in month_ends(min(ends), max(ends)):
        reached = min(end, day)  # the month that `day` is in shows what is known by then
        told_now = before < reached
        earned = earned_at(known, plan, facts, reached) if told_now else None
        fresh = earned is not None and earned.day > before and earned.share is not None
        cost = reported_cost(plan, facts, reached) if told_now else None
        curve["days"].append(end.isoformat())
        curve["planned"].append(None if plan is None else unit * planned_share(plan, end))
        curve["earned"].append(unit * (earned.share or 0.0) if earned is not None and fresh else None)
        curve["actual_cost"].append(cost[0] if cost is not None and cost[1] > before else None)
        before = end
    return curve


def month_end(day: date) -> date:
    """Return the last day of the month that `day` is in.

    >>> month_end(date(2024, 2, 10))
    datetime.date(2024, 2, 29)
    """
    if (day.year, day.month) == (LAST_DAY.year, LAST_DAY.month):
        return LAST_DAY
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def month_ends(first: date, last: date) -> list[date]:
    """Return the last days of all months from that of `first` to that of `last`."""
    found = [month_end(first)]
    while found[-1] < last:
        found.append(month_end(found[-1] + timedelta(days=1)))
    return found
