"""Runs with rules about days of work and about free room on one side."""

from dataclasses import replace

import numpy as np
import pytest

from tests.clash.shapes import bodies, box, joined, model, rule_set
from twin.judgement.clash.detect import detect
from twin.values.clash import CheckedModel, ClashType
from twin.values.clash_rules import ClashRule, RuleSet, Selector, Zone

WORK = ClashRule("work", Selector(), Selector(), (ClashType.WORKFLOW,), clearance=0.5)
LAPS = rule_set().rules[0]


def row(days: list[tuple[float, float]] | None, *lows: float) -> CheckedModel:
    windows = None if days is None else np.array(days, np.float64)
    return model(bodies([box(low=(low, 0, 0)) for low in lows]), windows=windows)


def test_work_in_one_place_at_one_time() -> None:
    never = (np.nan, np.nan)
    days = [(10.0, 14.0), (13.0, 20.0), (15.0, 15.0), never, (13.0, 14.0)]
    found = detect([row(days, 0, 1.4, 1.6, 1.5, 9)], RuleSet("s", [WORK]))
    told = {(c.a.global_id, c.b.global_id): c.type for c in found.clashes}
    assert told == {("m-0", "m-1"): ClashType.WORKFLOW, ("m-1", "m-2"): ClashType.WORKFLOW}
    assert found.clashes[0].measured.distance == pytest.approx(0.4)
    assert (found.examined, found.rules_without_match) == (0, [])


def test_a_pair_has_one_clash_that_of_the_first_rule() -> None:
    days = [(1.0, 2.0)] * 3
    there = row(days, 0, 0.5, 1.7)
    kinds = {}
    for name, rules in (("work first", [WORK, LAPS]), ("laps first", [LAPS, WORK])):
        found = detect([there], RuleSet("s", rules))
        kinds[name] = [(c.a.global_id, c.b.global_id, c.type) for c in found.clashes]
    lap = ("m-0", "m-1")
    rest = [("m-0", "m-2", ClashType.WORKFLOW), ("m-1", "m-2", ClashType.WORKFLOW)]
    assert kinds["work first"] == [(*lap, ClashType.WORKFLOW), *rest]
    assert kinds["laps first"] == [(*lap, ClashType.HARD), *rest]


def test_a_rule_about_days_proves_nothing_without_a_schedule() -> None:
    for days in (None, [(np.nan, np.nan)] * 2):
        found = detect([row(days, 0, 0.5)], RuleSet("s", [WORK, LAPS]))
        assert found.rules_without_match == ["work"]
        assert [c.type for c in found.clashes] == [ClashType.HARD]


@pytest.mark.parametrize("swapped", [False, True])
def test_the_distance_of_a_zone_is_the_room_in_it(swapped: bool) -> None:
    """A beam over a stair with two steps: over the low one there are 1.9 m, from the high one's edge to it 1.503 m."""
    step = box((1, 1, 0.4), (0, 0, 0))
    high = box((1, 1, 0.8), (1, 0, 0))
    stair = joined(step, high)
    beam = box((0.8, 1, 0.2), (0.1, 0, 2.3))
    meshes, classes = [stair, beam], ["IfcStair", "IfcBeam"]
    if swapped:
        meshes, classes = meshes[::-1], classes[::-1]
    rule = ClashRule(
        "headroom",
        Selector(ifc_classes=["IfcStair"]),
        Selector(ifc_classes=["IfcBeam"]),
        (ClashType.CLEARANCE,),
        clearance=2.0,
        zone=Zone.ABOVE,
    )
    (found,) = detect([model(bodies(meshes), ifc_classes=classes)], RuleSet("s", [rule])).clashes
    assert found.measured.distance == pytest.approx(1.9)
    around = replace(rule, zone=Zone.AROUND)
    (plain,) = detect([model(bodies(meshes), ifc_classes=classes)], RuleSet("s", [around])).clashes
    assert plain.measured.distance == pytest.approx(np.hypot(1.5, 0.1))
