"""The same answers by other programs: a loop over elements, and earned value by pandas, a day at a time.

They count working days (`numpy.busday_count`) instead of minutes: the made tasks start in the morning and end in the
evening of a working day.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.bench.facts_data import HOLIDAYS, WEEKMASKS, Made, Plans

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
DONE = 1 - 1e-9
EPSILON = 0.05


@dataclass(frozen=True)
class Standing:
    """Projects on a day, by number: shares earned and planned, planned value, SPI and SPI(t); NaN: nothing reported."""

    earned: Floats
    planned_value: Floats
    spi: Floats
    spi_t: Floats


def planned(plans: Plans, rows: NDArray[np.int64], days: Days) -> Floats:
    """Return the planned share of tasks, (k,), at the end of days, (k,)."""
    found = np.zeros(len(rows))
    start, finish, end = plans.start[rows], plans.finish[rows], np.minimum(days, plans.finish[rows]) + 1
    for number, mask in enumerate(WEEKMASKS):
        mine = plans.calendar[rows] == number
        worked = np.busday_count(start[mine], end[mine], weekmask=mask, holidays=HOLIDAYS)
        whole = np.busday_count(start[mine], finish[mine] + 1, weekmask=mask, holidays=HOLIDAYS)
        found[mine] = np.clip(worked / whole, 0, 1)
    return found


def state_column(made: Made, day: date) -> bytes:
    """Return the states of the tower's elements, one after another: not started 1, in progress 2, ahead 3, late 4,
    done 5."""
    plans, reports = made.tower, made.reports
    told = reports[(reports["project"] == -1) & (reports["day"] <= pd.Timestamp(day))]
    if told.empty:
        return bytes(made.size.elements)
    rows = np.arange(len(plans.task))
    last = told.groupby("leaf")["completion"].last()
    done = last.reindex(rows).fillna(0.0).tolist()
    shares = planned(plans, rows, np.full(len(rows), np.datetime64(told["day"].max(), "D"))).tolist()
    cost = plans.cost.tolist()
    tasks_of: list[list[int]] = [[] for _ in range(made.size.elements)]
    for row, leaf in made.elements.tolist():
        tasks_of[row].append(leaf)
    return bytes(condition(tasks, done, shares, cost) for tasks in tasks_of)


def condition(tasks: list[int], done: list[float], shares: list[float], cost: list[float]) -> int:
    """Return the state of one element from its tasks."""
    whole = sum(cost[task] for task in tasks)
    completion = sum(cost[task] * done[task] for task in tasks) / whole
    wanted = sum(cost[task] * shares[task] for task in tasks) / whole
    if completion >= DONE:
        return 5
    if wanted >= DONE or completion - wanted < -EPSILON - 1e-9:
        return 4
    if completion - wanted > EPSILON + 1e-9:
        return 3
    return 2 if completion > 0 else 1


def standing(made: Made, day: date) -> Standing:
    """Return how the portfolio's projects stand on a day."""
    plans, count = made.portfolio, made.size.projects
    reports = made.reports
    told = reports[(reports["project"] >= 0) & (reports["day"] <= pd.Timestamp(day))]
    rows = np.arange(len(plans.task))
    whole = np.bincount(plans.project, plans.cost, count)
    last = told.groupby(["project", "leaf"])["completion"].last().reset_index()
    earned = np.full(count, np.nan)
    of_tasks = last[last["leaf"] >= 0]
    figures = of_tasks.assign(value=of_tasks["completion"] * plans.cost[of_tasks["leaf"].to_numpy()])
    sums = figures.groupby("project")["value"].sum()
    earned[sums.index.to_numpy()] = sums.to_numpy() / whole[sums.index.to_numpy()]
    of_all = last[last["leaf"] < 0]
    earned[of_all["project"].to_numpy()] = of_all["completion"].to_numpy()
    status = told.groupby("project")["day"].max().reindex(range(count)).to_numpy().astype("datetime64[D]")
    known = ~np.isnat(status)
    mine = rows[known[plans.project]]
    value = np.bincount(
        plans.project[mine], planned(plans, mine, status[plans.project[mine]]) * plans.cost[mine], count
    )
    planned_value: Floats = np.where(
        known, value.astype(np.float64), np.nan
    )  # without a report there is no status date
    with np.errstate(invalid="ignore", divide="ignore"):
        spi = np.where(planned_value > 0, earned * whole / planned_value, np.nan)
    spi_t = np.full(count, np.nan)
    for project in np.flatnonzero(known).tolist():
        spi_t[project] = _spi_t(plans, rows[plans.project == project], earned[project], status[project])
    return Standing(earned, planned_value, spi, spi_t)


def _spi_t(plans: Plans, rows: NDArray[np.int64], earned: float, status: np.datetime64) -> float:
    """Return earned schedule / actual time in calendar days, on the curve of every day of the project."""
    first, last = plans.start[rows].min(), plans.finish[rows].max()
    days = np.arange(first, last + 1)
    at, many = np.tile(rows, len(days)), np.repeat(days, len(rows))
    curve = (planned(plans, at, many) * plans.cost[at]).reshape(len(days), len(rows)).sum(axis=1)
    curve = np.concatenate(([0.0], curve / plans.cost[rows].sum()))
    full = int(np.searchsorted(curve, earned + 1e-12, side="right")) - 1
    part = (earned - curve[full]) / (curve[full + 1] - curve[full]) if full + 1 < len(curve) else 0.0
    time = int((status - first).astype(int)) + 1
    return (full + part) / time if time > 0 else np.nan
