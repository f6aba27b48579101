"""What elements use of what their tasks use, against an oracle in plain loops; and the speed of state columns."""

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.judgement.stood import NAT_DAY, OneTask, Plan, Tasks, make, projects
from twin.judgement.element_resources import (
    Amounts,
    Volume,
    element_amounts,
    element_portions,
    element_resources,
    volume_of,
)
from twin.judgement.legend import legend
from twin.judgement.links import Links
from twin.judgement.states import COLUMNS, state_column


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
