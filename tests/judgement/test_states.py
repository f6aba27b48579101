"""State columns against an oracle that goes through elements and tasks one by one."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from twin.judgement.element_resources import (
    Amounts,
    Volume,
    element_amounts,
    element_portions,
    element_resources,
    volume_of,
)
from twin.judgement.legend import LIGHT_INDEX, UNPLANNED, StateIndex, legend
from twin.judgement.links import Links
from twin.judgement.states import COLUMNS, EPSILON, state_column
from twin.values.project import LIGHTS, RESOURCES

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


@settings(max_examples=400, deadline=None)
@given(projects(), st.sampled_from(["progress", "deviation", "state"]))
def test_columns_are_what_going_through_each_element_gives(
    project: tuple[set[tuple[int, int]], int, list[OneTask]], by: str
) -> None:
    tied, n, tasks = project
    column = state_column(by, *_args(tied, n, tasks))
    assert column.dtype == np.uint8
    for row in range(n):
        assert int(column[row]) in oracle(by, row, tied, tasks), row


def _args(tied: set[tuple[int, int]], n: int, tasks: list[OneTask]) -> tuple[Any, ...]:
    links, plan, states, shares = make(tied, n, tasks)
    return links, n, plan, states, shares


def one(by: str, *tasks: OneTask) -> int:
    """Return the index of one element that all these tasks build."""
    return int(state_column(by, *_args({(0, i) for i in range(len(tasks))}, 1, list(tasks)))[0])


@pytest.mark.parametrize(
    ("share", "completion", "started", "state"),
    [
        (0.0, 0.0, False, StateIndex.NOT_STARTED),
        (0.05, 0.0, False, StateIndex.NOT_STARTED),
        (0.06, 0.0, False, StateIndex.LATE),
        (0.03, 0.0, True, StateIndex.IN_PROGRESS),
        (0.0, math.nan, False, StateIndex.NOT_STARTED),
        (0.5, math.nan, False, StateIndex.LATE),
        (0.5, 0.45, False, StateIndex.IN_PROGRESS),
        (0.5, 0.449, False, StateIndex.LATE),
        (0.5, 0.55, False, StateIndex.IN_PROGRESS),
        (0.5, 0.551, False, StateIndex.AHEAD),
        (1.0, 0.99, False, StateIndex.LATE),
        (0.0, 1.0, False, StateIndex.DONE),
        (1.0, 1.0, False, StateIndex.DONE),
    ],
)
def test_states_by_example(share: float, completion: float, started: bool, state: StateIndex) -> None:
    assert one("state", OneTask(share=share, completion=completion, started=started)) == state


@pytest.mark.parametrize(
    ("apart", "index"),
    [
        (-0.31, 1),
        (-0.3, 2),
        (-0.2, 3),
        (-0.1, 4),
        (-0.051, 4),
        (-0.05, 5),
        (0, 5),
        (0.05, 5),
        (0.1, 6),
        (0.2, 7),
        (0.21, 8),
    ],
)
def test_deviations_by_example(apart: float, index: int) -> None:
    assert one("deviation", OneTask(share=0.5, completion=0.5 + apart)) == index


@pytest.mark.parametrize(
    ("done", "index"),
    [(0.0, 1), (0.0001, 2), (0.1, 3), (0.3, 5), (0.7, 9), (0.9999, 11), (1.0, 12), (1.7, 12), (-1, 1)],
)
def test_progress_by_example(done: float, index: int) -> None:
    assert one("progress", OneTask(completion=done)) == index


@pytest.mark.parametrize(
    ("planned", "used", "index"),
    [(100, 49, 1), (100, 50, 2), (100, 80, 3), (100, 95, 4), (100, 105, 4), (100, 106, 5), (100, 120, 5), (100, 150, 6),
     (100, 151, 7), (100, 0, 1), (0, 5, UNPLANNED), (0, 0, 0), (math.nan, 5, 0), (5, math.nan, 0), (math.inf, 5, 0)],
)  # fmt: skip
def test_rates_by_example(planned: float, used: float, index: int) -> None:
    links, *_ = make({(0, 0)}, 1, [OneTask()])
    amounts = Amounts(np.array([planned], float), np.array([used], float))
    for by in RESOURCES:
        assert state_column(by, links, 1, None, None, None, amounts=amounts)[0] == index


def test_weights_decide_and_a_milestone_does_not() -> None:
    heavy, light = OneTask(weight=9.0, share=0.0, completion=0.0), OneTask(weight=1.0, share=1.0, completion=1.0)
    assert one("progress", heavy, light) == 3
    assert one("progress", heavy, OneTask(weight=0.0, completion=1.0)) == 1
    assert one("progress", OneTask(weight=0.0, completion=1.0), OneTask(weight=0.0)) == 7
    assert one("deviation", OneTask(dated=False, completion=1.0)) == 0
    assert one("state", OneTask(dated=False, completion=0.4)) == StateIndex.IN_PROGRESS


def test_nothing_reported_and_nothing_planned_is_no_data() -> None:
    links, plan, states, shares = make({(0, 0)}, 2, [OneTask(completion=0.5)])
    silent = Tasks(states.completion, states.actual_start, NAT_DAY)
    for by in COLUMNS:
        assert state_column(by, None, 2, plan, states, shares).tolist() == [0, 0]
        assert state_column(by, links, 2, plan, silent, shares).tolist() == [0, 0]
        assert state_column(by, links, 2, None, None, None).tolist() == [0, 0]
    with pytest.raises(ValueError, match="another revision"):
        state_column("state", links, 3, plan, states, shares)
    with pytest.raises(ValueError, match="mood"):
        state_column("mood", links, 2, plan, states, shares)


def test_a_light_is_the_projects() -> None:
    for light in LIGHTS:
        column = state_column("light", None, 3, None, None, None, light=light)
        assert column.tolist() == [LIGHT_INDEX[light]] * 3
        assert legend("light")[LIGHT_INDEX[light]].key == light


@settings(max_examples=300, deadline=None)
@given(projects(), st.data())
def test_amounts_of_elements_add_up_to_those_of_their_tasks(
    project: tuple[set[tuple[int, int]], int, list[OneTask]], data: st.DataObject
) -> None:
    tied, n, tasks = project
    links, *_ = make(tied, n, tasks)
    volumes: list[Volume | None] = data.draw(
        st.lists(
            st.one_of(st.none(), st.tuples(st.floats(0.1, 100), st.sampled_from(["m³", "ft³"]))), min_size=n, max_size=n
        )
    )
    portions, by_volume = element_portions(links, volumes)
    amounts = Amounts(np.array([t.planned for t in tasks]), np.array([t.used for t in tasks]), portions)
    planned, used = element_amounts(links, amounts)
    for row in range(n):
        use = element_resources(links, row, amounts, lambda rows: [volumes[i] for i in rows])
        want_planned, want_used, reported = 0.0, 0.0, False
        for part in use.portions:
            mine = [element for element, task in tied if task == part.task]
            known = [volumes[i] for i in mine]
            whole = [v for v in known if v is not None]
            fits = len(mine) > 1 and len(whole) == len(mine) and len({unit for _, unit in whole}) == 1
            own = volumes[row]
            share = own[0] / sum(v for v, _ in whole) if fits and own is not None else 1 / len(mine)
            assert part.portion == pytest.approx(share)
            assert part.shared_by == ("volume" if fits else "alone" if len(mine) == 1 else "number")
            if len(mine) > 1:
                assert by_volume[part.task] == fits
            amount = oracle_amount(part.task, tasks)
            if amount is not None:
                reported = True
                want_planned, want_used = want_planned + share * amount[0], want_used + share * amount[1]
        assert (not math.isnan(planned[row])) == reported
        if reported:
            assert planned[row] == pytest.approx(want_planned)
            assert used[row] == pytest.approx(want_used)
            assert use.rate == pytest.approx(want_used / want_planned) if want_planned > 0 else use.rate is None
    for task in {task for _, task in tied}:
        assert portions[links.tasks == task].sum() == pytest.approx(1.0)


def oracle_amount(task: int, tasks: list[OneTask]) -> tuple[float, float] | None:
    """Return planned and used of a task: its own, else of a silent summary what is reported right below it."""
    own = tasks[task]
    if not math.isnan(own.planned) and not math.isnan(own.used):
        return own.planned, own.used
    if not math.isnan(own.planned) or not math.isnan(own.used):
        return None
    parts = [oracle_below(i, tasks) for i, t in enumerate(tasks) if t.parent == task]
    found = [part for part in parts if part is not None]
    return (sum(p for p, _ in found), sum(u for _, u in found)) if found else None


def oracle_below(task: int, tasks: list[OneTask]) -> tuple[float, float] | None:
    """Return what a task passes up: its own figures where it has both, else what it gets from below."""
    own = tasks[task]
    if not math.isnan(own.planned) and not math.isnan(own.used):
        return own.planned, own.used
    parts = [oracle_below(i, tasks) for i, t in enumerate(tasks) if t.parent == task]
    found = [part for part in parts if part is not None]
    return (sum(p for p, _ in found), sum(u for _, u in found)) if found else None


def test_a_summary_that_reports_nothing_adds_what_is_reported_nearest_below() -> None:
    tasks = [
        OneTask(),
        OneTask(parent=0, planned=10.0, used=5.0),
        OneTask(parent=1, planned=9.0, used=9.0),
        OneTask(parent=0),
        OneTask(parent=3, planned=2.0, used=3.0),
        OneTask(parent=3, planned=2.0),
    ]
    links, *_ = make({(0, 0), (1, 1), (2, 3)}, 3, tasks)
    planned, used = element_amounts(
        links, Amounts(*(np.array([getattr(t, k) for t in tasks]) for k in ("planned", "used")))
    )
    assert planned.tolist() == [12.0, 10.0, 2.0]
    assert used.tolist() == [8.0, 5.0, 3.0]


def test_elements_in_other_models_share_too() -> None:
    links, *_ = make({(0, 0), (1, 0)}, 2, [OneTask()])
    amounts = Amounts(np.array([100.0]), np.array([50.0]))
    elsewhere = np.array([2])
    use = element_resources(links, 0, amounts, lambda rows: [(1.0, "m³") for _ in rows], elsewhere)
    assert (use.planned, use.used, use.rate) == (25.0, 12.5, 0.5)
    assert (use.portions[0].elements, use.portions[0].shared_by) == (4, "number")
    portions, by_volume = element_portions(links, [(1.0, "m³"), (3.0, "m³")], elsewhere)
    assert portions.tolist() == [0.25, 0.25]
    assert not by_volume.any()


@pytest.mark.parametrize(
    ("quantities", "volume"),
    [
        ({"Q": {"NetVolume": {"value": 2.0, "unit": "m³"}, "GrossVolume": {"value": 3.0, "unit": "m³"}}}, (2.0, "m³")),
        ({"Q": {"GrossVolume": {"value": 3, "unit": ""}}}, (3.0, "")),
        (
            {"Q": {"NetVolume": {"value": 0.0, "unit": "m³"}}, "R": {"NetVolume": {"value": 1.0, "unit": "m³"}}},
            (1.0, "m³"),
        ),
        ({"Q": {"NetVolume": {"value": "nan", "unit": "m³"}}}, None),
        ({"Q": {"NetVolume": {"value": -1, "unit": "m³"}}}, None),
        ({"Q": {"NetVolume": {"value": True, "unit": "m³"}}}, None),
        ({"Q": {"NetVolume": None}}, None),
        ({}, None),
    ],
)
def test_volumes(quantities: dict[str, Any], volume: Volume | None) -> None:
    assert volume_of({"quantities": quantities}) == volume
    assert volume_of({}) is None


def test_a_hundred_thousand_elements_take_milliseconds() -> None:
    random = np.random.default_rng(4)
    n, m = 100_000, 5_000
    keys = np.unique(random.integers(0, n * m, 150_000))
    parents = np.full(m, -1, np.int64)
    parents[100:] = random.integers(0, 100, m - 100)
    leaf = np.arange(m) >= 100
    empty = np.zeros(0, np.int32)
    links = Links(
        (keys // m).astype(np.int32), (keys % m).astype(np.int32), np.zeros(len(keys), np.uint8), empty, n, m, parents
    )
    plan = Plan(leaf, np.where(leaf, random.random(m), 0.0), np.full(m, np.datetime64("2025-01-01T08:00", "m")))
    states = Tasks(random.random(m), np.full(m, NAT_DAY))
    shares, amounts = random.random(m), Amounts(random.random(m), random.random(m))
    for by in COLUMNS:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            column = state_column(by, links, n, plan, states, shares, light="red", amounts=amounts)
            times.append(time.perf_counter() - start)
        assert min(times) < 0.1, by  # 0.01 s on a quiet machine
        assert column.max() < len(legend(by))
