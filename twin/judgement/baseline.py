"""A schedule's baseline as arrays: what was planned to be done by any day, per task and in all.

Moments are local and in minutes.  The end of day D is D + 1 day, 00:00, so a task that finishes on D at 17:00, or at
24:00 (which readers write as the next day, 00:00), is planned as done at the end of D.  A task whose start and finish
are the same moment is done at once, on the day that holds the moment; when the file states a working time for it, or
gives it a whole day (both at 00:00, no milestone), it takes that instead: files of whole days name the last day only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.judgement.task_weights import leaf_rows, parent_rows, weigh
from twin.judgement.working_time import DAY, WorkingTime
from twin.values.schedule import ALL_DAYS, Baseline, Calendar, Schedule, Task
from twin.values.sentence import Sentence, say

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Moments = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

CHUNK = 2_000_000  # task-days spread at a time


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A schedule, compiled.  All arrays are (n_tasks,) in the file's order, except `curve`.

    ids : task ids; rows : id → row
    parent : row of the summary a task stands under, -1 for none; leaf : has no tasks below and is no summary
    weight : float64, share of `total_weight` that a task is worth; only leaves that are dated weigh
    start, finish : datetime64[m] of the baseline (NaT: undated); calendar : row of `calendars` (-1 undated)
    started, length : int64, working minutes before the start since the plan's first day, and from start to finish
    bac : budget at completion, in the schedule's currency where `weighted_by` is "cost" or "budget", else hours
    weighted_by : "cost", "budget", "work" or "duration"
    first_day, last_day : of the dated leaves; curve : float64, planned share (0..1) at the end of each of these days
    completion, actual_cost : float64, as the file states (NaN: it does not), actual_start, actual_finish :
        datetime64[D]; all as of `data_date` (None: the file names none)
    has_progress : the file says that something is started or done
    notes : what a reader must know of how this baseline came about
    """

    ids: tuple[str, ...]
    rows: Mapping[str, int]
    parent: Ints
    leaf: Mask
    weight: Floats
    start: Moments
    finish: Moments
    calendar: Ints
    calendars: Sequence[WorkingTime]
    started: Ints
    length: Ints
    bac: float
    weighted_by: str
    first_day: date
    last_day: date
    curve: Floats
    completion: Floats
    actual_start: Moments
    actual_finish: Moments
    actual_cost: Floats
    data_date: date | None
    currency: str | None = None
    notes: Sequence[Sentence] = ()
    total_weight: float = 0.0
    has_progress: bool = False

    @property
    def duration(self) -> int:
        """Planned duration in calendar days."""
        return len(self.curve)


def compile_plan(schedule: Schedule, budget: float | None = None) -> Plan | None:
    """Return the plan of a schedule, or None where no leaf task has a date: then there is no time-phased baseline.

    budget : of the register, in money: what the whole is worth when the schedule itself names no costs
    """
    tasks = schedule.tasks
    parent = parent_rows(tasks)
    leaf = leaf_rows(tasks, parent)
    dates = _dates(tasks, leaf)
    if dates is None:
        return None
    start, finish, notes = dates
    dated = leaf & ~np.isnat(start)
    first: date = start[dated].min().astype("datetime64[D]").item()
    last = _last_days(start[dated], finish[dated]).max().item()
    calendars, calendar = _calendars(schedule, first, last + timedelta(days=31))
    calendar[~dated] = -1
    finish = _stretched(tasks, start, finish, calendar, calendars, dated)
    last = _last_days(start[dated], finish[dated]).max().item()
    started, length, calendar, calendars = _lengths(start, finish, dated, calendar, calendars, notes)
    weights = weigh(tasks, parent, dated, length)
    notes += weights.notes
    curve = _curve(start, finish, weights.weight, calendar, calendars, started, length, (first, last))
    bac, weighted_by = weights.total, weights.by
    if weighted_by != "cost" and budget is not None and budget > 0:
        bac, weighted_by = float(budget), "budget"
    for used in calendars:
        notes += used.notes
    return Plan(
        ids=tuple(t.id for t in tasks),
        rows={t.id: row for row, t in enumerate(tasks)},
        parent=parent,
        leaf=leaf,
        weight=weights.weight,
        start=start,
        finish=finish,
        calendar=calendar,
        calendars=calendars,
        started=started,
        length=length,
        bac=bac,
        weighted_by=weighted_by,
        first_day=first,
        last_day=last,
        curve=curve,
        completion=np.clip(_floats(t.completion for t in tasks), 0.0, 1.0),
        actual_start=_days(t.actual_start for t in tasks),
        actual_finish=_days(t.actual_finish for t in tasks),
        actual_cost=_floats(t.actual_cost for t in tasks),
        data_date=None if schedule.data_date is None else schedule.data_date.date(),
        currency=schedule.currency,
        notes=tuple(notes),
        total_weight=weights.total,
        has_progress=any(t.actual_start is not None or (t.completion or 0.0) > 0.0 for t in tasks),
    )


def planned_shares(plan: Plan, day: date) -> Floats:
    """Return how much of each task is planned to be done at the end of `day`: float64 (n_tasks,), 0..1.

    Undated tasks have NaN; summaries too: their share is the weighted one of what is below them (`add_up` knows how).
    """
    return shares_at(plan, np.datetime64(day, "m") + np.timedelta64(DAY, "m"))


def shares_at(plan: Plan, end: np.datetime64) -> Floats:
    """Return `planned_shares` at a moment instead of the end of a day; end : datetime64[m]."""
    now = np.asarray([int(c.minutes(end)) for c in plan.calendars], dtype=np.int64)
    worked = (now[plan.calendar] - plan.started).astype(np.float64)
    shares = np.clip(worked / np.maximum(plan.length, 1), 0.0, 1.0)
    shares = np.where(plan.length == 0, plan.start < end, shares)
    shares[plan.calendar < 0] = np.nan
    return shares


def planned_share(plan: Plan, day: date) -> float:
    """Return how much of the whole is planned to be done at the end of `day`: 0..1."""
    row = (day - plan.first_day).days
    if row < 0:
        return 0.0
    return float(plan.curve[min(row, len(plan.curve) - 1)])


def add_up(plan: Plan, shares: Floats) -> Floats:
    """Return the shares with those of summaries made from their leaves by weight (NaN where nothing below weighs).

    shares : float64 (n_tasks,), of leaves; unknown (NaN) counts as nothing done
    """
    done = np.where(plan.leaf, np.nan_to_num(shares) * plan.weight, 0.0)
    whole = np.where(plan.leaf, plan.weight, 0.0)
    for rows in _levels(plan.parent):  # deepest first
        above = plan.parent[rows]
        np.add.at(done, above, done[rows])
        np.add.at(whole, above, whole[rows])
    with np.errstate(invalid="ignore"):
        return np.where(plan.leaf, shares, np.where(whole > 0, done / np.where(whole > 0, whole, 1.0), np.nan))


def fold_dates(plan: Plan, days: Moments, *, whole: bool) -> Moments:
    """Return leaves' days with those of summaries: the first below them, or with `whole` the last once all have one.

    days : datetime64[D] (n_tasks,), NaT unknown
    """
    unknown = np.iinfo(np.int64).max
    number = np.where(np.isnat(days), unknown, days.astype(np.int64))
    folded = np.where(plan.leaf, number, np.iinfo(np.int64).min if whole else unknown)
    fold = np.maximum if whole else np.minimum  # the unknown is the latest: one of them keeps a summary open
    for rows in _levels(plan.parent):
        fold.at(folded, plan.parent[rows], folded[rows])
    known = (folded < unknown) & (folded > np.iinfo(np.int64).min)
    return np.where(known, folded, np.iinfo(np.int64).min).astype("datetime64[D]")  # the lowest int64 is NaT


def _levels(parent: Ints) -> list[Ints]:
    """Return the rows that have a parent, by depth, the deepest first."""
    depth = np.zeros(len(parent), dtype=np.int64)
    above = parent.copy()
    while (inside := above >= 0).any():
        depth[inside] += 1
        above[inside] = parent[above[inside]]
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=0)), 0, -1)]


def _floats(values: Any) -> Floats:
    return np.asarray([np.nan if v is None else v for v in values], dtype=np.float64)


def _moments(values: Sequence[datetime | None]) -> Moments:
    return np.asarray(values, dtype="datetime64[m]") if values else np.zeros(0, dtype="datetime64[m]")


def _days(values: Any) -> Moments:
    return _moments(list(values)).astype("datetime64[D]")


def _last_days(start: Moments, finish: Moments) -> Moments:
    """Return the days on which tasks end, datetime64[D]: a finish at 00:00 ends the day before it.

    An instant belongs to the day that holds it.
    """
    return np.maximum(finish - np.timedelta64(1, "m"), start).astype("datetime64[D]")


def baseline_of(task: Task) -> Baseline | None:
    """Return the baseline of a task that counts, if it has one with a date."""
    for found in task.baselines:
        if found.number == 0 and (found.start is not None or found.finish is not None):
            return found
    return None


def _dates(tasks: Sequence[Task], leaf: Mask) -> tuple[Moments, Moments, list[Sentence]] | None:
    """Return start and finish of all tasks and what had to be mended; None where no leaf is dated."""
    agreed = [baseline_of(t) for t in tasks]
    start = _moments([t.schedule_start if b is None else b.start for t, b in zip(tasks, agreed, strict=True)])
    finish = _moments([t.schedule_finish if b is None else b.finish for t, b in zip(tasks, agreed, strict=True)])
    notes: list[Sentence] = []
    missing, bare = np.asarray([b is None for b in agreed], dtype=bool), np.isnat(start) & np.isnat(finish)
    dated = leaf & ~bare
    if not dated.any():
        return None
    stand_in = int((missing & dated).sum())
    if stand_in == int(dated.sum()):
        notes.append(say("The schedule has no baseline; its planned dates stand in for one."))
    elif stand_in:
        notes.append(say("{count} tasks have no baseline; their planned dates stand in.", count=stand_in))
    start = np.where(np.isnat(start), finish, start)
    finish = _to_midnight(np.where(np.isnat(finish), start, finish))
    backward = dated & (finish < start)
    if backward.any():
        notes.append(
            say("{count} tasks finish before they start; they count as done at once.", count=int(backward.sum()))
        )
        finish = np.where(backward, start, finish)
    return start, finish, notes


def _to_midnight(finish: Moments) -> Moments:
    """Return finishes where 23:59, which whole-day tables and programs write for the end of a day, is that end."""
    minute = (finish - finish.astype("datetime64[D]")).astype("timedelta64[m]").astype(np.int64)
    return np.where(minute == DAY - 1, finish + np.timedelta64(1, "m"), finish)


def _calendars(schedule: Schedule, first: date, last: date) -> tuple[list[WorkingTime], Ints]:
    """Return the calendars that tasks use, laid out, and each task's row among them."""
    known: dict[str, Calendar] = {c.id: c for c in schedule.calendars}
    own = known.get(schedule.calendar) if schedule.calendar is not None else None
    used: dict[str, int] = {}
    laid: list[WorkingTime] = []
    rows = np.zeros(len(schedule.tasks), dtype=np.int64)
    for row, task in enumerate(schedule.tasks):
        calendar = (known.get(task.calendar) if task.calendar is not None else None) or own or ALL_DAYS
        if calendar.id not in used:
            used[calendar.id] = len(laid)
            laid.append(WorkingTime(calendar, first, last))
        rows[row] = used[calendar.id]
    return laid, rows


def _stretched(
    tasks: Sequence[Task], start: Moments, finish: Moments, calendar: Ints, laid: Sequence[WorkingTime], dated: Mask
) -> Moments:
    """Return finishes, with those of tasks that take time but finish where they start moved to where they can."""
    finish = finish.copy()
    day = np.timedelta64(DAY, "m")
    for row in np.flatnonzero(dated & (start == finish)).tolist():
        task, agreed = tasks[row], baseline_of(tasks[row])
        if task.kind != "task":
            continue
        stated = task.duration if agreed is None else agreed.duration
        if stated is not None:
            end = laid[int(calendar[row])].add(start[row], int(stated.total_seconds() // 60))
            finish[row] = start[row] if np.isnat(end) else end
        elif start[row] == start[row].astype("datetime64[D]"):
            finish[row] = start[row] + day
    return finish


def _lengths(
    start: Moments, finish: Moments, dated: Mask, calendar: Ints, laid: list[WorkingTime], notes: list[Sentence]
) -> tuple[Ints, Ints, Ints, list[WorkingTime]]:
    """Return (minutes before the start, minutes from start to finish, calendar rows, calendars).

    A task planned wholly in time that its calendar calls free takes the time as it passes instead.
    """
    started, length = _worked(start, finish, calendar, laid)
    idle = dated & (length == 0) & (finish > start)
    if idle.any():
        notes.append(say("{count} tasks are planned wholly in time off; there all hours count.", count=int(idle.sum())))
        laid = [*laid, WorkingTime(ALL_DAYS, laid[0].first, laid[0].last)]
        calendar = np.where(idle, len(laid) - 1, calendar)
        started, length = _worked(start, finish, calendar, laid)
    return started, length, calendar, laid


def _worked(start: Moments, finish: Moments, calendar: Ints, laid: Sequence[WorkingTime]) -> tuple[Ints, Ints]:
    """Return working minutes before the start and from start to finish, int64 (n_tasks,); 0 where undated."""
    started, done = np.zeros(len(start), dtype=np.int64), np.zeros(len(start), dtype=np.int64)
    for row, working in enumerate(laid):
        mine = calendar == row
        started[mine], done[mine] = working.minutes(start[mine]), working.minutes(finish[mine])
    return started, done - started


def _curve(
    start: Moments,
    finish: Moments,
    weight: Floats,
    calendar: Ints,
    laid: Sequence[WorkingTime],
    started: Ints,
    length: Ints,
    span: tuple[date, date],
) -> Floats:
    """Return the planned share of the whole at the end of each day of `span`, float64.

    Each task adds to the days it spans only, and never less than nothing, so that the sum cannot fall.
    """
    first = np.datetime64(span[0], "D")
    ends = first + np.arange(1, (span[1] - span[0]).days + 2)
    worked = np.stack([c.minutes(ends) for c in laid])
    rows = np.flatnonzero(weight > 0)
    begin = (start[rows].astype("datetime64[D]") - first).astype(np.int64)
    stop = (_last_days(start[rows], finish[rows]) - first).astype(np.int64)
    gained = np.zeros(len(ends))
    counts = stop - begin + 1
    edges = np.concatenate(([0], np.cumsum(counts)))
    at = 0
    while at < len(rows):
        to = max(at + 1, int(np.searchsorted(edges, edges[at] + CHUNK, side="right")) - 1)
        many = counts[at:to]
        task = np.repeat(rows[at:to], many)
        head = edges[at:to] - edges[at]
        day = np.arange(int(many.sum())) - np.repeat(head - begin[at:to], many)
        takes = length[task]
        done = (worked[calendar[task], day] - started[task]) / np.maximum(takes, 1)
        share = np.where(takes == 0, 1.0, np.clip(done, 0.0, 1.0))
        more = np.diff(share, prepend=0.0)
        more[head] = share[head]
        gained += np.bincount(day, weights=more * weight[task], minlength=len(ends))
        at = to
    curve = np.cumsum(gained)
    return np.minimum(curve / curve[-1], 1.0) if curve[-1] > 0 else curve
