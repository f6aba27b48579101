"""State columns against an oracle that goes through elements and tasks one by one."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judgement.stood import NAT_DAY, OneTask, Tasks, make, oracle, projects
from twin.judgement.element_resources import (
    Amounts,
)
from twin.judgement.legend import LIGHT_INDEX, UNPLANNED, StateIndex, legend
from twin.judgement.states import COLUMNS, state_column
from twin.values.project import LIGHTS, RESOURCES


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
