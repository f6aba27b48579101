"""Days to come: unfinished projects go on at their own pace.

Source: Walt Lipke, "Schedule is Different", *The Measurable News*, March 2003, and *Earned Schedule* (2009).  The
estimate IEAC(t) = PD / SPI(t) assumes that work goes on earning planned time at the rate until now, SPI(t) = ES / AT.
Day by day this is, for a day d after the last report at t,

    ES(d) = ES(t) + SPI(t) · (d - t), at most PD

and what is earned on d is what the plan had planned for ES(d).  ES(d) = PD when AT = PD / SPI(t): on the day IEAC(t).
Costs go on at the cost index, which is the assumption of EAC = BAC / CPI; resources are not foretold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from twin.judgement import earned_value as ev
from twin.judgement.baseline import Plan, add_up, planned_share, shares_at
from twin.judgement.measures import finished
from twin.judgement.periods import good_until
from twin.judgement.rules import RulePack
from twin.judgement.s_curve import month_end, month_ends
from twin.judgement.task_state import TaskState
from twin.judgement.working_time import DAY
from twin.values.sentence import Sentence, say
from twin.values.status import Forecast, ProjectStatus

MOST_MONTHS = 180  # that an S-curve goes on after the last report


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a project goes on.

    since : t, the day of its last report; schedule, time : ES(t) and AT(t), days; spi_t : their ratio
    duration : PD, days; first_day : of the plan
    finish : the day IEAC(t); None: it stands still, or that day is beyond the calendar
    """

    since: date
    schedule: float
    time: float
    spi_t: float
    duration: float
    first_day: date
    finish: date | None

    def earned_schedule(self, day: date) -> float:
        """Return ES at the end of a day, days since the planned start; before the last report it is that of then."""
        if self.finish is not None and day >= self.finish:
            return self.duration
        return min(self.schedule + self.spi_t * max((day - self.since).days, 0), self.duration)

    @property
    def told(self) -> Sentence:
        """Say that this is a forecast, from when on, how fast, until when."""
        values = {"since": self.since.isoformat(), "pace": f"{self.spi_t:.3f}"}
        if self.finish is None:
            return say("Forecast: from the report of {since} on at the project's own pace, SPI(t) {pace}.", **values)
        return say(
            "Forecast: from the report of {since} on at the project's own pace, SPI(t) {pace}; done on {finish}.",
            **values,
            finish=self.finish.isoformat(),
        )


def pace_of(plan: Plan | None, status: ProjectStatus) -> Pace | Sentence:
    """Return the pace of a project that is not finished, or why it has none.

    plan, status : of the last day whose reports count
    """
    if plan is None:
        return say("No forecast: there is no schedule with dates, so no pace to go on at.")
    since, schedule, time = status.status_date, status.earned_schedule, status.actual_time
    if since is None or schedule is None or time is None:
        return say("No forecast: no report says how far the work is, so there is no pace to go on at.")
    index = ev.spi_t(schedule, time)
    if index is None:
        return say(
            "No forecast: the last report, of {day}, precedes the planned start, so it tells no pace to go on at.",
            day=since.isoformat(),
        )
    finish = status.forecast.finish.get("spi_t")
    return Pace(since, schedule, time, index, float(plan.duration), plan.first_day, finish)


def outlook(pack: RulePack, plan: Plan | None, status: ProjectStatus) -> Pace | Sentence | None:
    """Return `pace_of` a project, None for one that is finished; a report that is too old has no pace to tell."""
    if finished(status):
        return None
    found = pace_of(plan, status)
    if isinstance(found, Pace) and good_until(found.since, pack.period, pack.stale_after) < status.day:
        return say(
            "No forecast: the last report, of {day}, was too old on {today} already.",
            day=found.since.isoformat(),
            today=status.day.isoformat(),
        )
    return found


def status_on(base: ProjectStatus, plan: Plan | None, day: date, found: Pace | Sentence | None) -> ProjectStatus:
    """Return how a project is expected to stand on a later day.

    base : how it stands on the last day whose reports count; found : its `outlook`, without a pace it stays as it is
    """
    if not isinstance(found, Pace) or plan is None:
        later = replace(base, day=day)
        if base.status_date is not None or plan is None:
            return later
        planned = planned_share(plan, day)  # while nothing is reported the plan speaks for the day itself
        return replace(later, planned_progress=planned, pv=None if base.bac is None else base.bac * planned)
    share, planned = share_on(base, plan, day, found), planned_share(plan, day)
    done = found.finish is not None and day >= found.finish
    end = found.finish if done and found.finish is not None else day
    time = float((end - found.first_day).days + 1)
    schedule = found.earned_schedule(day)
    earned = None if base.bac is None else base.bac * share
    cost = _cost_on(base, earned)
    return replace(
        base,
        day=day,
        status_date=day,
        cost_date=base.cost_date if cost is None else day,
        ac=base.ac if cost is None else cost,
        pv=None if base.bac is None else base.bac * planned,
        ev=earned,
        progress=share,
        planned_progress=planned,
        spi=ev.spi(share, planned),
        spi_t=ev.spi_t(schedule, time),
        actual_finish=found.finish if done else None,
        actual_time=time,
        earned_schedule=schedule,
        forecast=Forecast() if done else base.forecast,
        notes=(*base.notes, found.told),
    )


def share_on(base: ProjectStatus, plan: Plan, day: date, pace: Pace) -> float:
    """Return the share that is expected to be done at the end of a day: what was planned for ES(d), 0..1."""
    if pace.finish is not None and day >= pace.finish:
        return 1.0
    ends = np.concatenate(([0.0], plan.curve))
    return max(base.progress or 0.0, float(np.interp(pace.earned_schedule(day), np.arange(len(ends)), ends)))


def _cost_on(base: ProjectStatus, earned: float | None) -> float | None:
    """Return AC when so much is earned: AC(t) + (EV - EV(t)) / CPI; None without a cost index."""
    if base.ac is None or base.ev is None or earned is None:
        return None
    more = ev.ratio(earned - base.ev, base.cpi)
    return None if more is None else base.ac + more


def tasks_on(plan: Plan, tasks: TaskState, day: date, pace: Pace) -> TaskState:
    """Return the tasks as they are expected to stand: each as far as reported, or as was planned for ES(d), if more.

    tasks : as they are reported; dates stay as they are, for none is foretold of a single task
    """
    minutes = round(pace.earned_schedule(day) * DAY)
    expected = shares_at(plan, np.datetime64(pace.first_day, "m") + np.timedelta64(minutes, "m"))
    completion = np.where(plan.leaf, np.fmax(tasks.completion, expected), np.nan)
    return TaskState(
        add_up(plan, completion), tasks.actual_start, tasks.actual_finish, tasks.fact, np.datetime64(day, "D")
    )


def curve_on(
    curve: Mapping[str, Sequence[object]], plan: Plan | None, base: ProjectStatus, unit: float
) -> dict[str, list[object]]:
    """Return an S-curve with "forecast": from what is earned in the month of the last report on, to the finish.

    curve : columns over month ends, which go on to the forecast finish, at most `MOST_MONTHS` after the last report
    unit : of the curve's figures, what the whole is worth
    """
    longer = {name: list(values) for name, values in curve.items()}
    known = [date.fromisoformat(str(day)) for day in longer["days"]]
    pace = None if finished(base) else pace_of(plan, base)
    if plan is None or not isinstance(pace, Pace) or not known:
        return {**longer, "forecast": [None] * len(known)}
    first = month_end(pace.since)
    last = month_end(pace.finish) if pace.finish is not None else known[-1]
    last = min(last, first + timedelta(days=30 * MOST_MONTHS))
    more = [] if last <= known[-1] else month_ends(known[-1] + timedelta(days=1), last)
    for day in more:
        longer["days"].append(day.isoformat())
        longer["planned"].append(unit * planned_share(plan, day))
        longer["earned"].append(None)
        longer["actual_cost"].append(None)
    longer["forecast"] = [
        unit * share_on(base, plan, pace.since if day == first else day, pace) if first <= day <= last else None
        for day in [*known, *more]
    ]
    return longer
