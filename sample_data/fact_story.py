"""What happens to the projects: completion and cost at the end of each month, as the courses of the register say.

On a day when a project's SPI(t) is s, as much is earned as was planned for the moment s times as far from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sample_data.fact_calendar import EVERY_DAY, FIRST, OFFICE, SITE, WorkCalendar
from sample_data.fact_network import Network, worked_out
from sample_data.fact_projects import BY_CODE, PROJECTS, SAMPLE_DATE, KeyProject

Floats = NDArray[np.float64]
WAN = 10000.0  # yuan
UNEVEN = 9.0  # days by which single tasks run before or behind the whole
# What a schedule's file says of working time: tables say nothing, so every day counts.
PLANNED_WITH: dict[str, WorkCalendar] = {"mspdi": OFFICE}
STATED: dict[str, WorkCalendar] = {"mspdi": OFFICE, "xer": SITE, "pmxml": SITE}


@cache
def network(code: str) -> Network:
    """Return the schedule of a project that has one."""
    project = BY_CODE[code]
    assert project.sketch is not None, code
    planned, stated = PLANNED_WITH.get(project.form, SITE), STATED.get(project.form, EVERY_DAY)
    return worked_out(project.name, project.sketch(), project.budget * WAN, project.span, planned, stated)


def month_ends(first: date, last: date) -> list[date]:
    """Return the last days of the months from the one of `first` to the one of `last`."""
    found = []
    day = first.replace(day=1)
    while day <= last:
        following = (day + timedelta(32)).replace(day=1)
        found.append(following - timedelta(1))
        day = following
    return [day for day in found if day <= last]


@dataclass(frozen=True)
class Story:
    """The months of a project (n,), as they were.

    done : (n_leaves, n) completion of the tasks, whole per cents where tasks are reported
    begun, ended : (n_leaves,) days since `FIRST` on which work began and ended, NaN where it did not
    whole, planned : (n,) completion of the whole, and what the plan has; spent : (n,) yuan
    spent_on : (n_leaves, n) yuan
    """

    project: KeyProject
    months: Sequence[date]
    done: Floats
    begun: Floats
    ended: Floats
    whole: Floats
    planned: Floats
    spent: Floats
    spent_on: Floats


def _course(project: KeyProject, days: Floats) -> tuple[Floats, Floats]:
    """Return SPI(t) and CPI (n,) on days since `FIRST`."""
    knots = [(month_ends(date.fromisoformat(f"{m}-01"), SAMPLE_DATE)[0] - FIRST).days for m, _, _ in project.course]
    spi = np.interp(days, knots, [s for _, s, _ in project.course])
    cpi = np.interp(days, knots, [c for _, _, c in project.course])
    return spi, cpi


@cache
def story(code: str) -> Story:
    """Return what happened to a project up to the sample date; the same on every run."""
    project = BY_CODE[code]
    if project.sketch is None:
        return _simple(project)
    plan = network(code)
    months = [day for day in month_ends(plan.start, SAMPLE_DATE) if (day - plan.start).days >= 12]
    if not months or not project.course:
        return _nothing(project, len(plan.leaves))
    days = np.array([(day - FIRST).days for day in months], float)
    start = float((plan.start - FIRST).days)
    spi, cpi = _course(project, days)
    reached = np.maximum.accumulate(start + spi * (days + 1 - start))  # the moments whose plan was earned
    costs = plan.costs()
    earned = costs @ plan.shares(reached) / plan.budget
    rng = np.random.default_rng(sum(map(ord, code)) * 7919)
    aside = (
        np.clip(rng.normal(0, UNEVEN, len(costs)), -2 * UNEVEN, 2 * UNEVEN) if project.detail else np.zeros(len(costs))
    )
    at = _uneven(plan, reached, aside, earned) if project.detail else np.repeat(reached[None, :], len(costs), axis=0)
    exact = plan.shares(at)
    done = exact
    if project.detail:
        done = np.where(exact >= 1, 1.0, np.clip(np.round(exact, 2), 0.0, 0.99))
        done = np.where((exact > 0) & (done == 0), 0.01, done)
    whole = costs @ done / plan.budget
    spent = np.maximum.accumulate(whole * plan.budget / cpi)
    steps = np.diff(done, axis=1, prepend=0.0) * costs[:, None]
    dearness = np.diff(spent, prepend=0.0) / np.maximum(steps.sum(axis=0), 1.0)
    spent_on = np.cumsum(steps * dearness, axis=1)
    begun, ended = _moments(plan, at, days, start)
    begun[done[:, -1] == 0], ended[done[:, -1] < 1] = np.nan, np.nan
    last = (
        int(np.argmax(whole > 1 - 1e-9)) + 1 if whole[-1] > 1 - 1e-9 else len(months)
    )  # a finished project reports no more
    planned = costs @ plan.shares(days + 1) / plan.budget
    return Story(
        project,
        months[:last],
        done[:, :last],
        begun,
        ended,
        whole[:last],
        planned[:last],
        spent[:last],
        spent_on[:, :last],
    )


def _uneven(plan: Network, reached: Floats, aside: Floats, earned: Floats) -> Floats:
    """Return (n_leaves, n) the moments that single tasks have reached, so that the whole still earns what it should."""
    costs = plan.costs()
    low, high = np.full(len(reached), -60.0), np.full(len(reached), 60.0)
    for _ in range(24):
        middle = (low + high) / 2
        gets = costs @ plan.shares(aside[:, None] + (reached + middle)[None, :]) / plan.budget
        low, high = np.where(gets < earned, middle, low), np.where(gets < earned, high, middle)
    at = np.maximum.accumulate(aside[:, None] + (reached + high)[None, :], axis=1)
    finish = float((plan.finish - FIRST).days + 1)
    done = reached >= finish - 1e-9  # what is finished is finished everywhere
    at[:, done] = np.maximum(at[:, done], finish)
    return at


def _moments(plan: Network, at: Floats, days: Floats, start: float) -> tuple[Floats, Floats]:
    """Return (n_leaves,) the days since `FIRST` on which tasks began and ended, from the moments they had reached."""
    begun, ended = np.full(len(at), np.nan), np.full(len(at), np.nan)
    times = np.concatenate([[start], days + 1])
    for row, leaf in enumerate(plan.leaves):
        first, last = (leaf.start - FIRST).days, (leaf.finish - FIRST).days + 1
        path = np.concatenate([[min(start, at[row, 0])], at[row]])
        begun[row] = max(start, np.floor(_reached(first, path, times)))
        ended[row] = max(begun[row], np.ceil(_reached(last, path, times)) - 1)
    return begun, ended


def _reached(moment: float, path: Floats, times: Floats) -> float:
    """Return when a path first reached a moment; the last time of all where it did not."""
    row = int(np.argmax(path >= moment - 1e-6)) if path[-1] >= moment - 1e-6 else len(path) - 1
    if row == 0:
        return float(times[0])
    return float(np.interp(moment, path[row - 1 : row + 1], times[row - 1 : row + 1]))


def _nothing(project: KeyProject, tasks: int) -> Story:
    """Return the story of a project that has not begun."""
    none, empty = np.zeros((tasks, 0)), np.zeros(0)
    absent = np.full(tasks, np.nan)
    return Story(project, [], none, absent, absent.copy(), empty, empty, empty, none)


def _simple(project: KeyProject) -> Story:
    """Return the story of a project without a schedule: a little of it, month by month."""
    if not project.course:
        return _nothing(project, 0)
    months = month_ends(project.span[0], SAMPLE_DATE)
    count = np.arange(1, len(months) + 1, dtype=float)
    whole, planned = 0.008 * count, 0.012 * count
    none = np.zeros((0, len(months)))
    absent = np.zeros(0)
    return Story(project, months, none, absent, absent, whole, planned, whole * project.budget * WAN, none)


def all_stories() -> list[Story]:
    """Return the stories of all projects, in the order of the register."""
    return [story(project.code) for project in PROJECTS]


def delay(code: str, day: date) -> int:
    """Return by how many days a project is behind its plan on a day."""
    at = float((day - FIRST).days + 1)
    spi, _ = _course(BY_CODE[code], np.array([at]))
    return round((1 - float(spi[0])) * (at - (network(code).start - FIRST).days))
