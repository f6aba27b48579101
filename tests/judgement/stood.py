"""Small projects whose elements stand somewhere, and an oracle that goes through each element by itself."""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin.judgement.legend import StateIndex
from twin.judgement.links import Links
from twin.judgement.states import EPSILON

NAT_DAY = np.datetime64("NaT", "D")
DAY = np.datetime64("2026-06-30", "D")


@dataclass(frozen=True)
class Plan:
    """What states need of a plan."""

    leaf: NDArray[np.bool_]
    weight: NDArray[np.float64]
    start: NDArray[np.datetime64]


@dataclass(frozen=True)
class Tasks:
    """What states need of the tasks."""

    completion: NDArray[np.float64]
    actual_start: NDArray[np.datetime64]
    status_day: np.datetime64 = DAY


@dataclass(frozen=True)
class OneTask:
    """A task as the oracle sees it."""

    parent: int = -1
    weight: float = 1.0
    dated: bool = True
    share: float = 0.0
    completion: float = math.nan
    started: bool = False
    planned: float = math.nan
    used: float = math.nan


def make(
    tied: set[tuple[int, int]], n_rows: int, tasks: list[OneTask]
) -> tuple[Links, Plan, Tasks, NDArray[np.float64]]:
    rows, of = zip(*sorted(tied), strict=True) if tied else ((), ())
    parents = np.array([t.parent for t in tasks], np.int64).reshape(-1)
    leaf = np.ones(len(tasks), bool)
    leaf[parents[parents >= 0]] = False
    links = Links(
        np.array(rows, np.int32),
        np.array(of, np.int32),
        np.zeros(len(rows), np.uint8),
        np.array(sorted(set(range(n_rows)) - set(rows)), np.int32),
        n_rows,
        len(tasks),
        parents,
    )
    start = np.array(["2025-01-01T08:00" if t.dated else "NaT" for t in tasks], "datetime64[m]")
    plan = Plan(leaf, np.array([t.weight if own else 0.0 for t, own in zip(tasks, leaf, strict=True)]), start)
    begun = np.array(["2025-02-01" if t.started else "NaT" for t in tasks], "datetime64[D]")
    shares = np.array([t.share for t in tasks])
    return links, plan, Tasks(np.array([t.completion for t in tasks]), begun), shares


# --- the oracle


def leaves_of(task: int, tasks: list[OneTask]) -> list[int]:
    """Return the leaves below a task, or itself."""
    below = [i for i, t in enumerate(tasks) if t.parent == task]
    return [leaf for child in below for leaf in leaves_of(child, tasks)] if below else [task]


def mean(values: list[tuple[float, float]]) -> float:
    """Return the mean of (weight, value), plain where nothing weighs, NaN of nothing."""
    total = sum(weight for weight, _ in values)
    if total > 0:
        return sum(weight * value for weight, value in values) / total
    return sum(value for _, value in values) / len(values) if values else math.nan


def of_task(task: int, tasks: list[OneTask]) -> tuple[float, float, float, bool]:
    """Return weight, completion, planned share, started of a task or summary."""
    leaves = [tasks[i] for i in leaves_of(task, tasks)]
    done = [(t.weight, 0.0 if math.isnan(t.completion) else t.completion) for t in leaves]
    begun = any(t.started or t.completion > 0 for t in leaves) or tasks[task].started or tasks[task].completion > 0
    planned = mean([(t.weight, t.share) for t in leaves if t.dated])
    return sum(t.weight for t in leaves), mean(done), planned, begun


def oracle(by: str, row: int, tied: set[tuple[int, int]], tasks: list[OneTask]) -> set[int]:
    """Return the indices that an element may have: two, where a value lies on an edge to the last digits."""
    mine = [of_task(task, tasks) for element, task in sorted(tied) if element == row]
    if not mine:
        return {0}
    done = mean([(w, c) for w, c, _, _ in mine])
    counted = mine if sum(w for w, *_ in mine) > 0 else [(1.0, c, p, s) for _, c, p, s in mine]
    known = [(w, p) for w, _, p, _ in counted if not math.isnan(p)]
    planned = mean(known) if sum(w for w, _ in known) > 0 else math.nan
    begun = any(s for *_, s in mine)
    slips = (-1e-9, 0.0, 1e-9)
    return {
        verdict(by, min(max(done + slip, 0.0), 1.0) if done > 0 else 0.0, planned + other, begun)
        for slip in slips
        for other in slips
    }


def verdict(by: str, done: float, planned: float, begun: bool) -> int:
    if by == "progress":
        return 1 if done == 0 else 12 if done >= 1 - 1e-8 else min(int(done * 10), 9) + 2
    apart = done - planned
    if by == "deviation":
        if math.isnan(apart):
            return 0
        for index, edge in enumerate((-0.3, -0.2, -0.1, -0.05), 1):
            if apart < edge:
                return index
        return 5 + sum(apart > edge for edge in (0.05, 0.1, 0.2))
    if done >= 1 - 1e-8:
        return StateIndex.DONE
    if apart < -EPSILON or planned >= 1 - 1e-8:
        return StateIndex.LATE
    if apart > EPSILON:
        return StateIndex.AHEAD
    return StateIndex.IN_PROGRESS if begun else StateIndex.NOT_STARTED


SHARE = st.one_of(st.sampled_from([0.0, 0.05, 0.5, 1.0]), st.floats(0, 1))
AMOUNT = st.one_of(st.just(math.nan), st.sampled_from([0.0, 1.0]), st.floats(0, 1e6))
ONE = st.builds(
    OneTask,
    weight=st.sampled_from([0.0, 1.0, 2.5]),
    dated=st.booleans(),
    share=SHARE,
    completion=st.one_of(st.just(math.nan), SHARE),
    started=st.booleans(),
    planned=AMOUNT,
    used=AMOUNT,
)


@st.composite
def projects(draw: st.DrawFn) -> tuple[set[tuple[int, int]], int, list[OneTask]]:
    tasks = draw(st.lists(ONE, min_size=1, max_size=7))
    parents = [draw(st.integers(-1, i - 1)) for i in range(len(tasks))]
    tasks = [OneTask(**{**t.__dict__, "parent": parent}) for t, parent in zip(tasks, parents, strict=True)]
    n = draw(st.integers(1, 6))
    tied = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, len(tasks) - 1)), max_size=12))
    return tied, n, tasks
