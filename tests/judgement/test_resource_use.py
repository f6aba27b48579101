"""Resource use by a day: the newest report, and sums that never mix units."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.judgement.resource_use import add_up, add_up_all, resource_use
from twin.values.project import RESOURCES, ResourceFact
from twin.values.status import ResourceUse

APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)


def fact(on: date, resource: str = "concrete", **figures: Any) -> ResourceFact:
    return ResourceFact("P1", on, resource, figures.pop("unit", RESOURCES[resource]), **figures)


def use(resource: str = "steel", unit: str = "t", on: date = JUNE, **figures: float | None) -> ResourceUse:
    planned, used = figures.get("planned"), figures.get("used")
    rate = used / planned if used is not None and planned else None
    return ResourceUse(resource, unit, planned, used, figures.get("total"), rate, on)


def test_the_newest_report_up_to_the_day_counts() -> None:
    facts = [fact(JUNE, planned=300.0, used=150.0), fact(APRIL, planned=100.0, used=90.0, total=900.0)]
    found = resource_use(facts, MAY)["concrete"]
    assert (found.fact_date, found.used, found.planned, found.rate, found.unit) == (APRIL, 90.0, 100.0, 0.9, "m3")
    found = resource_use(facts, JUNE)["concrete"]
    assert (found.fact_date, found.rate, found.total) == (JUNE, 0.5, 900.0)  # the total is of no day
    assert resource_use(facts, date(2026, 4, 29)) == {}


def test_used_and_planned_are_of_one_day() -> None:
    facts = [fact(APRIL, planned=100.0, used=80.0), fact(MAY, used=120.0), fact(JUNE, planned=300.0)]
    found = resource_use(facts, JUNE)["concrete"]  # the plan of June waits for its use
    assert (found.fact_date, found.used, found.planned, found.rate) == (MAY, 120.0, None, None)
    found = resource_use(facts[2:], JUNE)["concrete"]
    assert (found.used, found.planned, found.rate) == (None, 300.0, None)
    assert resource_use([fact(MAY, planned=0.0, used=5.0)], JUNE)["concrete"].rate is None


def test_a_total_in_another_unit_is_not_taken_over() -> None:
    facts = [fact(APRIL, used=1.0, total=900.0, unit="m3"), fact(MAY, used=2.0, unit="t")]
    assert resource_use(facts, JUNE)["concrete"].total is None


def test_the_project_s_own_report_wins_over_its_tasks() -> None:
    tasks = [fact(JUNE, planned=10.0, used=4.0, task="A"), fact(MAY, planned=30.0, used=16.0, task="B")]
    assert resource_use(tasks, JUNE)["concrete"].rate == 0.5
    assert resource_use(tasks, JUNE, task="A")["concrete"].rate == 0.4
    assert resource_use(tasks, JUNE, task="C") == {}
    whole = fact(APRIL, planned=100.0, used=90.0)
    assert resource_use([*tasks, whole], JUNE)["concrete"].rate == 0.9


def test_resources_come_in_their_order() -> None:
    facts = [fact(MAY, resource, used=1.0) for resource in reversed(list(RESOURCES))]
    assert list(resource_use(facts, JUNE)) == list(RESOURCES)


def test_a_sum_tells_what_is_not_in_it() -> None:
    found = add_up([use(planned=10, used=5), use(planned=20, used=20, on=MAY), use(unit="kg", planned=9, used=9)])
    assert (found.use.planned, found.use.used, found.use.unit, found.counted, found.left_out) == (30, 25, "t", 2, 1)
    assert found.use.rate == 25 / 30
    assert found.use.fact_date == JUNE
    assert list(found.notes) == [
        "1 of 3 are counted in kg and are not in the sum, which is in t.",
        "The figures are of different days, 2026-05-31 to 2026-06-30.",
    ]


def test_without_the_usual_unit_the_most_frequent_is_taken() -> None:
    found = add_up([use(unit="lb", used=1), use(unit="kg", used=2), use(unit="kg", used=3)])
    assert (found.use.unit, found.use.used, found.left_out) == ("kg", 5, 1)
    assert add_up([use(unit="lb", used=1), use(unit="kg", used=2)]).use.unit == "kg"  # a tie goes by the alphabet


def test_the_rate_of_a_sum_is_that_of_pairs() -> None:
    found = add_up([use(planned=10, used=5), use(used=100), use(planned=50)])
    assert (found.use.used, found.use.planned, found.use.rate) == (105, 60, 0.5)
    assert list(found.notes) == ["2 of 3 lack the plan or the use: the rate is that of the others."]
    assert add_up([use()]).use.used is None


def test_uses_without_a_sum() -> None:
    for uses in ([], [use(), use("concrete", "m3")]):
        with pytest.raises(ValueError, match="have no sum"):
            add_up(uses)


def test_a_district_adds_up_its_projects() -> None:
    one = {"steel": use(planned=10, used=5), "funds": use("funds", "元", planned=7, used=7)}
    found = add_up_all([one, {"steel": use(planned=30, used=5)}, {}])
    assert list(found) == ["funds", "steel"]
    assert (found["steel"].use.rate, found["steel"].counted, found["funds"].counted) == (0.25, 2, 1)


figures = st.none() | st.integers(0, 10**9).map(lambda n: n / 1000)


@given(st.lists(st.tuples(figures, figures), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_law_a_sum_knows_no_order(pairs: list[tuple[float | None, float | None]], chance: Any) -> None:
    uses = [use(planned=planned, used=used) for planned, used in pairs]
    shuffled = chance.sample(uses, len(uses))
    assert add_up(uses) == add_up(shuffled)
    known = [used for _, used in pairs if used is not None]
    assert add_up(uses).use.used == (pytest.approx(sum(known)) if known else None)


@given(
    st.dictionaries(st.integers(0, 60), st.tuples(figures, figures), max_size=8),
    st.integers(0, 60),
    st.randoms(use_true_random=False),
)
def test_law_only_facts_up_to_the_day_matter(rows: dict[int, tuple[Any, Any]], asked: int, chance: Any) -> None:
    facts = [fact(APRIL + timedelta(days=day), planned=plan, used=used) for day, (plan, used) in rows.items()]
    day = APRIL + timedelta(days=asked)
    found = resource_use(chance.sample(facts, len(facts)), day)
    assert found == resource_use([item for item in facts if item.fact_date <= day], day)
    stated = [item for item in facts if item.fact_date <= day and item.used is not None]
    if stated:
        last = max(stated, key=lambda item: item.fact_date)
        assert (found["concrete"].used, found["concrete"].fact_date) == (last.used, last.fact_date)
