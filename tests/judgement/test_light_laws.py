"""Laws of lights that hold for any figures."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.judgement.statuses import JUNE, MAY, funds, light_of
from twin.exchange.rule_packs import PACKS, read_pack
from twin.judgement.lights import judge
from twin.values.sentence import say
from twin.values.status import ProjectStatus

RANK = {"green": 0, "yellow": 1, "red": 2}

shares = st.integers(0, 100).map(lambda n: n / 100)
indices = st.integers(0, 130).map(lambda n: n / 100)


@st.composite
def statuses(draw: st.DrawFn, day: st.SearchStrategy[date] | None = None, *, sound: bool = False) -> ProjectStatus:
    """Any status; sound: with a fresh report and a baseline."""
    asked = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)) if day is None else day)
    last = asked if sound else draw(st.none() | st.integers(0, 70).map(lambda days: asked - timedelta(days=days)))
    reported = last is not None
    base = sound or draw(st.booleans())
    start = draw(st.dates(date(2025, 6, 1), date(2027, 3, 1)) if not sound else st.just(date(2025, 6, 1)))
    progress = draw(shares) if reported else None
    begun = reported and (sound or bool(progress))
    return ProjectStatus(
        day=asked,
        status_date=last,
        progress=progress,
        planned_progress=draw(shares) if base and (reported or draw(st.booleans())) else None,
        spi_t=draw(indices) if reported and base else None,
        cpi=draw(indices) if reported else None,
        ev=1.0 if reported else None,
        ac=1.0 if reported else None,
        earned_schedule=1.0 if reported and base else None,
        actual_time=1.0 if reported else None,
        planned_start=start,
        actual_start=start if begun and start <= asked else None,
        has_baseline=base,
        resources=funds(draw(st.integers(0, 120)), on=last) if last else {},
        reports=(last,) if last else (),
    )


packs = st.sampled_from(PACKS).map(read_pack)
sound_now = statuses(st.just(JUNE), sound=True)
sound_before = statuses(st.just(MAY), sound=True)


@given(packs, sound_now, sound_before)
def test_law_worsening_at_once_improving_in_the_second_period(
    pack: Any, now: ProjectStatus, before: ProjectStatus
) -> None:
    alone, earlier = judge(pack, now, None).light, judge(pack, before, None).light
    found = judge(pack, now, before)
    assert found.raw == alone
    if "grey" in {alone, earlier}:
        assert found.light == alone
    else:
        assert RANK[found.light] == max(RANK[alone], RANK[earlier])
    assert (found.held_from is not None) == (found.light != found.raw)
    assert any(item.decisive for item in found.evidence)
    assert all(item.light == found.light for item in found.evidence if item.decisive)


@given(packs, statuses(), st.none() | sound_before, st.randoms(use_true_random=False))
def test_law_the_order_of_the_rules_does_not_matter(
    pack: Any, now: ProjectStatus, before: ProjectStatus | None, chance: random.Random
) -> None:
    rules = list(pack.rules)
    chance.shuffle(rules)
    one, other = judge(pack, now, before), judge(replace(pack, rules=tuple(rules)), now, before)
    assert replace(one, evidence=()) == replace(other, evidence=())
    assert sorted(map(repr, one.evidence)) == sorted(map(repr, other.evidence))


@given(packs, st.lists(statuses(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_law_a_light_depends_on_its_arguments_only(
    pack: Any, projects: list[ProjectStatus], chance: random.Random
) -> None:
    first = [judge(pack, project, None) for project in projects]
    order = list(range(len(projects)))
    chance.shuffle(order)
    again = {row: judge(pack, replace(projects[row], notes=(say("Costs are missing."),)), None) for row in order}
    assert [again[row] for row in range(len(projects))] == first


@given(st.sampled_from(["index", "wuhan", "sanya-2022"]), sound_now, sound_before, st.data())
def test_law_worse_figures_never_give_a_better_light(
    pack: str, now: ProjectStatus, before: ProjectStatus, data: st.DataObject
) -> None:
    def lower(value: float | None, step: int = 100) -> float:
        return data.draw(st.integers(0, round((value or 0) * step))) / step

    def worse(found: ProjectStatus) -> ProjectStatus:
        use = found.resources["funds"]
        return replace(
            found,
            progress=lower(found.progress),
            spi_t=lower(found.spi_t),
            cpi=lower(found.cpi),
            resources=funds(lower(use.used, 1), use.planned, use.fact_date),
        )

    best, worst = light_of(pack, now, before), light_of(pack, worse(now), worse(before))
    assume("grey" not in {best, worst})
    assert RANK[worst] >= RANK[best]


def a_month_on(first: date) -> date:
    """Walk to the same day of the next month, or to its end."""
    last = first
    while True:
        last += timedelta(days=1)
        months = (last.year - first.year) * 12 + last.month - first.month
        ends = (first + timedelta(days=1)).day == 1
        if months == 1 and ((not ends and last.day == first.day) or (last + timedelta(days=1)).day == 1):
            return last


def expect_grey(now: ProjectStatus) -> bool:
    """The rule of grey for the index pack in other words: what a clerk would look up on the calendar."""
    begun = now.actual_start is not None or bool(now.progress)
    if not begun and now.planned_start is not None:
        due = now.planned_start if now.status_date is not None else a_month_on(now.planned_start) + timedelta(days=1)
        if now.day < due:
            return False
    if now.status_date is None or not now.has_baseline:
        return True
    return now.progress != 1 and a_month_on(now.status_date) < now.day


@given(statuses())
def test_law_grey_exactly_for_no_report_old_report_or_no_baseline(now: ProjectStatus) -> None:
    assert (light_of("index", now) == "grey") == expect_grey(now)
    assert (light_of("wuhan", now) == "grey") == expect_grey(now)


@given(sound_now)
def test_law_the_index_light_is_that_of_its_weakest_index(now: ProjectStatus) -> None:
    assert now.spi_t is not None
    assert now.cpi is not None
    weakest = min(now.spi_t, now.cpi)
    expected = "green" if weakest >= 0.95 else "yellow" if weakest >= 0.9 else "red"
    assert light_of("index", now) == expected
