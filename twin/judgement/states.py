"""How each element of a model stands on a day, from the tasks that build it: one palette index per feature row.

All is done on whole arrays, so that a hundred thousand elements take milliseconds; `twin.judgement.legend` says what
the indices mean.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.judgement.element_resources import Amounts, element_amounts
from twin.judgement.legend import BEHIND, BEYOND, LIGHT_INDEX, OVER, PROGRESS_CLASSES, UNDER, UNPLANNED, StateIndex
from twin.judgement.links import Links
from twin.values.project import RESOURCES

Floats = NDArray[np.float64]
Column = NDArray[np.uint8]
COLUMNS = ("light", "progress", "deviation", "state", *RESOURCES)
EPSILON = 0.05  # share of the whole by which an element may differ from its plan and still be on it
_TINY = 1e-9  # sums of weights are that exact, no more


class PlanArrays(Protocol):
    """What is needed of `twin.judgement.baseline.Plan`: arrays over the tasks in the order of the file."""

    @property
    def leaf(self) -> NDArray[np.bool_]:
        """Which tasks have none below."""

    @property
    def weight(self) -> Floats:
        """What each leaf is worth."""

    @property
    def start(self) -> NDArray[np.datetime64]:
        """Baseline starts, NaT where there is none."""


class TaskStates(Protocol):
    """What is needed of `twin.judgement.progress.TaskState`: arrays over the tasks, and the day they hold for."""

    @property
    def completion(self) -> Floats:
        """0 to 1, NaN where nothing is known."""

    @property
    def actual_start(self) -> NDArray[np.datetime64]:
        """Days, NaT where not started or not known."""

    @property
    def status_day(self) -> np.datetime64:
        """Of the last report; NaT: nothing was reported."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Elements on a day, over feature rows.

    completion : float64, 0 to 1, NaN for an element without a task or a project without a report
    planned : float64, share that should be done, NaN where none of its tasks has a planned date
    started : bool, something of it is done or its work is known to have begun
    """

    completion: Floats
    planned: Floats
    started: NDArray[np.bool_]


def standing(links: Links, plan: PlanArrays, tasks: TaskStates, shares: Floats) -> Standing:
    """Return how the elements stand: averages over their tasks, by the tasks' weights, equal where none has one.

    A task of which nothing is known is 0.  A summary stands for the tasks below it.

    shares : (n_tasks,) float64, planned share of each task at the status day (`baseline.planned_shares`)
    """
    n = links.n_rows
    if np.isnat(tasks.status_day) or not len(links.rows):
        return Standing(np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, bool))
    done = np.clip(np.nan_to_num(tasks.completion), 0.0, 1.0)
    begun = (done > 0) | (tasks.actual_start <= tasks.status_day)
    planned = np.where(np.isnat(plan.start), np.nan, shares)
    weight = np.where(plan.leaf, plan.weight, 0.0)
    if not plan.leaf[links.tasks].all():
        weight, done, planned, begun = _rolled_up(links.parents, plan.leaf, weight, done, planned, begun)
    of_link = weight[links.tasks]
    total = np.bincount(links.rows, of_link, n)
    plain = total[links.rows] <= 0
    if plain.any():
        of_link = np.where(plain, 1.0, of_link)
        total = np.bincount(links.rows, of_link, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        completion = np.bincount(links.rows, of_link * done[links.tasks], n) / total
        share = planned[links.tasks]
        known = ~np.isnan(share)
        if known.all():
            wanted = np.bincount(links.rows, of_link * share, n) / total
        else:
            counted = np.where(known, of_link, 0.0)
            wanted = np.bincount(links.rows, counted * np.where(known, share, 0.0), n) / np.bincount(
                links.rows, counted, n
            )
    started = np.zeros(n, bool)
    started[links.rows[begun[links.tasks]]] = True
    return Standing(completion, wanted, started)


def _rolled_up(
    parents: NDArray[np.int64],
    leaf: NDArray[np.bool_],
    weight: Floats,
    done: Floats,
    planned: Floats,
    begun: NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Return the same arrays where each summary has the weighted means of the leaves below it, plain where none weighs;
    a summary without leaves keeps its own figures."""
    n = len(parents)
    leaves = np.flatnonzero(leaf)
    above = parents[leaves]
    sums = np.zeros((7, n))
    started = begun.copy()
    known = ~np.isnan(planned)
    share = np.where(known, planned, 0.0)
    parts = (weight, known * weight, known, weight * done, done, weight * share, share)
    count = np.zeros(n)
    while (inside := above >= 0).any():
        leaves, above = leaves[inside], above[inside]
        for i, part in enumerate(parts):
            sums[i] += np.bincount(above, part[leaves], n)
        count += np.bincount(above, minlength=n)
        started[above[begun[leaves]]] = True
        above = parents[above]
    heavy, full = sums[0] > 0, count > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_done = np.where(heavy, sums[3] / sums[0], sums[4] / count)
        mean_planned = np.where(sums[1] > 0, sums[5] / sums[1], sums[6] / sums[2])
    return (
        np.where(full & ~leaf, sums[0], weight),
        np.where(full & ~leaf, mean_done, done),
        np.where(full & ~leaf, mean_planned, planned),
        started,
    )


def state_column(
    by: str,
    links: Links | None,
    n_rows: int,
    plan: PlanArrays | None,
    tasks: TaskStates | None,
    shares: Floats | None,
    *,
    light: str | None = None,
    amounts: Amounts | None = None,
) -> Column:
    """Return (n_rows,) uint8: the index in `legend(by)` of each feature row, 0 where there is no data.

    by : one of `COLUMNS`
    links, plan, tasks, shares : None where the project has no schedule, or none with dates
    light : of the project: all its elements have it (by "light")
    amounts : planned and used of the resource `by` per task
    """
    if by not in COLUMNS:
        raise ValueError(by)
    if by == "light":
        return np.full(n_rows, LIGHT_INDEX.get(light or "", 0), np.uint8)
    if links is None:
        return np.zeros(n_rows, np.uint8)
    if links.n_rows != n_rows:
        raise ValueError("these links belong to another revision of the model")
    if by in RESOURCES:
        return np.zeros(n_rows, np.uint8) if amounts is None else rate_column(*element_amounts(links, amounts))
    if plan is None or tasks is None or shares is None:
        return np.zeros(n_rows, np.uint8)
    now = standing(links, plan, tasks, shares)
    if by == "progress":
        return progress_column(now.completion)
    return deviation_column(now) if by == "deviation" else condition_column(now)


def progress_column(completion: Floats) -> Column:
    """Return the classes of completions: nothing, tenths, all."""
    inner = np.floor(np.nan_to_num(completion) * PROGRESS_CLASSES + _TINY).astype(np.int64) + 2
    found = np.minimum(inner, PROGRESS_CLASSES + 1)
    found[completion <= 0] = 1
    found[completion >= 1 - _TINY] = PROGRESS_CLASSES + 2
    found[np.isnan(completion)] = 0
    return found.astype(np.uint8)


def deviation_column(now: Standing) -> Column:
    """Return the classes of completion minus planned share."""
    return _classes(now.completion - now.planned, BEHIND, BEYOND)


def rate_column(planned: Floats, used: Floats) -> Column:
    """Return the classes of used / planned; what was used though nothing was planned has a class of its own."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(planned > 0, used / planned, np.nan)
    found = _classes(rate, UNDER, OVER)
    found[(planned <= 0) & (used > 0)] = UNPLANNED
    return found


def condition_column(now: Standing, epsilon: float = EPSILON) -> Column:
    """Return the `StateIndex` of each element."""
    done = now.completion >= 1 - _TINY
    apart = now.completion - now.planned  # NaN without a plan: then neither late nor ahead
    late = (apart < -epsilon - _TINY) | ((now.planned >= 1 - _TINY) & ~done)
    found = np.where(now.started, StateIndex.IN_PROGRESS, StateIndex.NOT_STARTED)
    found[apart > epsilon + _TINY] = StateIndex.AHEAD
    found[late] = StateIndex.LATE
    found[done] = StateIndex.DONE
    found[np.isnan(now.completion)] = 0
    return found.astype(np.uint8)


def _classes(values: Floats, below: tuple[float, ...], above: tuple[float, ...]) -> Column:
    """Return 1 + the number of edges passed: those of `below` belong to the class above them, those of `above` to the
    class below, so that the middle one holds both its ends; 0 for NaN."""
    found = np.searchsorted(np.array(below), values + _TINY, side="right")
    found += np.searchsorted(np.array(above), values - _TINY, side="left")
    found += 1
    found[np.isnan(values)] = 0
    return found.astype(np.uint8)
