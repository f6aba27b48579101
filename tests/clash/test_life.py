"""Clashes from run to run: none is lost, what was not looked at is not resolved, every change says who and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.clash.test_identity import boxes
from twin.judgement.clash.identity import Rebound
from twin.judgement.clash.life import Evidence, Lived, advance, clash_id
from twin.values.clash import (
    BodyKey,
    CheckedModel,
    Clash,
    ClashGroup,
    ClashStatus,
    ClashType,
    Detection,
    FoundClash,
    Match,
    Measured,
    Method,
    Untestable,
)
from twin.values.clash_rules import ClashRule, RuleSet, Selector
from twin.values.sentence import say

AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
NEW, ACTIVE, REVIEWED, APPROVED = ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.REVIEWED, ClashStatus.APPROVED
RESOLVED, BY_DESIGN, UNCHECKED = ClashStatus.RESOLVED, ClashStatus.BY_DESIGN, ClashStatus.UNCHECKED
HARD, TOUCH, CLEARANCE, CONTAINED = ClashType.HARD, ClashType.TOUCH, ClashType.CLEARANCE, ClashType.CONTAINED
A, B = BodyKey("a", "a0"), BodyKey("b", "b0")


def model(name: str, ids: Sequence[str], **changes: Any) -> CheckedModel:
    """Return a model of boxes far from each other."""
    full = CheckedModel(
        model=name,
        project="P1",
        discipline=name,
        revision=1,
        global_ids=ids,
        ifc_classes=["IfcBeam"] * len(ids),
        names=[""] * len(ids),
        tags=[""] * len(ids),
        storeys=["", *["2F"] * len(ids)][: len(ids)],
        parents=dict.fromkeys(ids),
        connections=[],
        systems={},
        properties=None,
        windows=None,
        bodies=boxes([(1.0, 1.0, 1.0)] * len(ids), [(10.0 * i, 0.0, 0.0) for i in range(len(ids))]),
        frame_from_local=np.eye(4),
    )
    return replace(full, **changes)


BOTH = [model("a", ["a0", "a1"]), model("b", ["b0", "b1"])]


def found(
    a: BodyKey = A, b: BodyKey = B, type: ClashType = HARD, rule: str = "R", by_design: bool = False
) -> FoundClash:
    box = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]])
    measured = Measured(0.5, 0.1, 0.0, (0.1, 0.2), box.mean(axis=0), box, Method.EXACT_SOLID)
    return FoundClash(rule, a, b, type, measured, say("it is its host") if by_design else None)


def detection(
    *clashes: FoundClash,
    rules: Sequence[str] = ("R",),
    without: Sequence[str] = (),
    untestable: Sequence[Untestable] = (),
) -> Detection:
    return Detection(9, untestable, rules, without, clashes)


def run(
    kept: Sequence[Clash], *clashes: FoundClash, models: Sequence[CheckedModel] = BOTH, day: int = 0, **options: Any
) -> Lived:
    evidence = options.pop("evidence", None)
    told = detection(*clashes, **options)
    return advance("P1", kept, told, models, at=AT + timedelta(day), by="李", evidence=evidence)


def only(lived: Lived) -> Clash:
    (clash,) = lived.clashes
    return clash


def first(status: ClashStatus = NEW, **changes: Any) -> Clash:
    return replace(only(run([], found())), status=status, **changes)


def test_what_is_found_first_is_new() -> None:
    lived = run([], found(), found(A, BodyKey("b", "b1"), TOUCH), found(BodyKey("a", "a1"), B, by_design=True))
    assert [c.status for c in lived.clashes] == [NEW, ACTIVE, BY_DESIGN]
    assert [(e.what, e.before, e.after, e.at, e.by) for e in lived.events] == [
        ("found", "", status, AT, "李") for status in ("New", "Active", "ByDesign")
    ]
    assert lived.clashes[0].id == clash_id("P1", B, A)
    assert [c.storey for c in lived.clashes] == ["", "2F", "2F"]
    assert {c.group for c in lived.clashes} == {g.id for g in lived.groups}
    assert len(lived.groups) == 3


@pytest.mark.parametrize(
    ("before", "type_before", "type_now", "by_design", "after", "reopened"),
    [
        (NEW, HARD, HARD, False, ACTIVE, 0),
        (ACTIVE, HARD, HARD, False, ACTIVE, 0),
        (REVIEWED, HARD, HARD, False, REVIEWED, 0),
        (APPROVED, HARD, HARD, False, APPROVED, 0),
        (RESOLVED, HARD, HARD, False, NEW, 1),
        (UNCHECKED, HARD, HARD, False, REVIEWED, 0),  # what it was before
        (APPROVED, CLEARANCE, HARD, False, NEW, 1),  # worse than what was approved
        (REVIEWED, HARD, CONTAINED, False, NEW, 1),
        (APPROVED, HARD, CLEARANCE, False, APPROVED, 0),  # better
        (ACTIVE, CLEARANCE, HARD, False, ACTIVE, 0),
        (ACTIVE, TOUCH, TOUCH, False, ACTIVE, 0),
        (ACTIVE, TOUCH, HARD, False, NEW, 0),  # nobody was called for the touch
        (ACTIVE, HARD, TOUCH, False, RESOLVED, 0),
        (APPROVED, HARD, TOUCH, False, RESOLVED, 0),
        (RESOLVED, TOUCH, TOUCH, False, RESOLVED, 0),
        (RESOLVED, TOUCH, HARD, False, NEW, 1),
        (ACTIVE, CLEARANCE, TOUCH, False, ACTIVE, 0),  # no better
        (NEW, HARD, HARD, True, BY_DESIGN, 0),
        (UNCHECKED, HARD, HARD, True, REVIEWED, 0),
        (RESOLVED, HARD, HARD, True, BY_DESIGN, 0),
        (APPROVED, HARD, HARD, True, APPROVED, 0),
        (BY_DESIGN, HARD, HARD, False, BY_DESIGN, 0),  # a person said so
        (BY_DESIGN, HARD, HARD, True, BY_DESIGN, 0),
    ],
)
def test_what_is_found_again(
    before: ClashStatus, type_before: ClashType, type_now: ClashType, by_design: bool, after: ClashStatus, reopened: int
) -> None:
    was = REVIEWED if before is UNCHECKED else None
    clash = first(before, type=type_before, status_before=was, assignee="王")
    lived = run([clash], found(type=type_now, by_design=by_design), day=1)
    now = only(lived)
    assert (now.status, now.reopened, now.type) == (after, reopened, type_now)
    assert (now.id, now.assignee, now.first_found, now.last_found) == (clash.id, "王", AT, AT + timedelta(1))
    assert now.status_before is None
    told = [(e.before, e.after) for e in lived.events if e.what == "status"]
    assert told == ([(before.value, after.value)] if before is not after else [])
    assert ("type" in {e.what for e in lived.events}) is (type_before is not type_now)


def test_what_is_by_design_by_the_file_is_a_clash_when_the_relation_is_gone() -> None:
    clash = only(run([], found(by_design=True)))
    again = only(run([clash], found(), day=1))
    assert (again.status, again.reason) == (NEW, None)
    said = replace(clash, status=ACTIVE)  # somebody says that it is none
    assert only(run([said], found(by_design=True), day=1)).status is ACTIVE


def test_what_a_person_calls_by_design_stays_so() -> None:
    clash = first(BY_DESIGN)
    with_relation = only(run([clash], found(by_design=True)))
    assert only(run([with_relation], found())).status is BY_DESIGN
    assert only(run([clash])).status is BY_DESIGN


UNTESTED = Untestable(B, A, say("no solid"))
OPEN_BODY = Untestable(A, A, say("no triangles"))


@pytest.mark.parametrize(
    ("options", "resolved"),
    [
        ({}, True),
        ({"models": BOTH[:1]}, False),
        ({"rules": ("S",)}, False),
        ({"without": ("R",)}, False),
        ({"untestable": (UNTESTED,)}, False),
        ({"untestable": (OPEN_BODY,)}, False),
        ({"models": [BOTH[0], model("b", ["b1"], parents={"b0": None, "b1": None})]}, False),  # there, not drawn
        ({"models": [BOTH[0], model("b", ["b1"])]}, False),  # not there, and nobody knows where it went
    ],
)
def test_what_is_not_found_is_resolved_only_where_it_was_checked(options: dict[str, Any], resolved: bool) -> None:
    for status in (NEW, ACTIVE, REVIEWED):
        now = only(run([first(status)], **options))
        assert (now.status, now.status_before) == ((RESOLVED, None) if resolved else (UNCHECKED, status))
        again = only(run([now], **options))  # and once more
        assert (again.status, again.status_before) == (now.status, now.status_before)
    for status in (APPROVED, RESOLVED, BY_DESIGN):
        after = RESOLVED if resolved and status is APPROVED else status
        assert only(run([first(status)], **options)).status is after
    back = only(run([only(run([first(REVIEWED)], **options))], found(), day=2))
    assert (back.status, back.reopened) == ((NEW, 1) if resolved else (REVIEWED, 0))


def rule_of(types: Sequence[ClashType] = (HARD,), **changes: Any) -> RuleSet:
    side = Selector(ifc_classes=("IfcBeam",))
    return RuleSet("set", [replace(ClashRule("R", side, side, types), **changes)])


@pytest.mark.parametrize(
    ("rules", "resolved"),
    [
        (rule_of(), True),
        (rule_of(tolerance=0.2), False),  # laxer than the clash was deep
        (rule_of((CLEARANCE,), clearance=0.5), False),
        (rule_of(a=Selector(ifc_classes=("IfcWall",))), False),  # it does not speak of the pair any more
        (rule_of(different=("model",)), True),
    ],
)
def test_a_rule_that_would_not_have_told_of_it_resolves_nothing(rules: RuleSet, resolved: bool) -> None:
    now = only(run([first()], evidence=Evidence(rules=rules)))
    assert now.status is (RESOLVED if resolved else UNCHECKED)


def touching(depth: float, rule: str = "R") -> FoundClash:
    """Return A and B found as a touch of some depth, metres."""
    clash = found(type=TOUCH, rule=rule)
    return replace(clash, measured=replace(clash.measured, depth=depth))


@pytest.mark.parametrize(
    ("type_before", "tolerance", "depth", "resolved"),
    [
        (HARD, 0.005, 0.004, True),
        (CONTAINED, 0.005, 0.004, True),
        (HARD, 0.2, 0.1, False),  # as deep as it was: only the rule is laxer
        (HARD, 0.1, 0.1, False),  # allowed by a hair
        (CONTAINED, 0.2, 0.1, False),
        (HARD, 0.2, 0.004, False),  # better, but this rule cannot tell whether it is good enough
    ],
)
def test_a_touch_by_a_laxer_rule_resolves_nothing(
    type_before: ClashType, tolerance: float, depth: float, resolved: bool
) -> None:
    lax = Evidence(rules=rule_of((HARD, CONTAINED, TOUCH), tolerance=tolerance))
    strict = Evidence(rules=rule_of((HARD, CONTAINED, TOUCH), tolerance=0.005))
    for status in (NEW, ACTIVE, REVIEWED, APPROVED):
        lived = run([first(status, type=type_before)], touching(depth), day=1, evidence=lax)
        now = only(lived)
        if resolved:
            assert (now.status, now.type) == (RESOLVED, TOUCH)
            continue
        assert now.status is (APPROVED if status is APPROVED else UNCHECKED)
        assert (now.type, now.depth, now.last_found) == (type_before, 0.1, AT)  # as it was
        again = only(run([now], touching(depth), day=2, evidence=lax))
        assert again == now
        back = only(run([again], found(type=type_before), day=3, evidence=strict))
        assert (back.status, back.reopened) == (ACTIVE if status is NEW else status, 0)


def test_a_touch_is_resolved_where_a_stricter_rule_of_the_run_has_looked_too() -> None:
    side = Selector(ifc_classes=("IfcBeam",))
    rules = RuleSet("set", [ClashRule("hard", side, side, (HARD,), 0.005), ClashRule("R", side, side, (TOUCH,), 0.2)])
    for depth, status in ((0.004, RESOLVED), (0.1, UNCHECKED)):
        lived = run([first(ACTIVE)], touching(depth), rules=("hard", "R"), evidence=Evidence(rules=rules))
        assert only(lived).status is status


@pytest.mark.parametrize(
    ("type", "measures", "worse"),
    [
        (HARD, {"depth": 0.21}, True),
        (HARD, {"depth": 0.19}, False),  # less than twice as deep
        (HARD, {"volume": 1.1}, True),
        (HARD, {"depth": 0.05, "volume": 0.9}, False),
        (CONTAINED, {"depth": 0.21}, True),
        (CLEARANCE, {"distance": 0.01}, True),
        (CLEARANCE, {"distance": 0.03}, False),
        (ClashType.WORKFLOW, {"depth": 9.0, "volume": 9.0}, False),  # boxes: no measure of how bad it is
        (TOUCH, {"depth": 9.0}, False),
    ],
)
def test_what_was_approved_is_new_where_it_is_much_worse(
    type: ClashType, measures: dict[str, Any], worse: bool
) -> None:
    clash = found(type=type)
    now = replace(clash, measured=replace(clash.measured, **{"distance": 0.05, **measures}))
    evidence = Evidence(rules=rule_of((type,), tolerance=0.02, clearance=0.1))
    for status in (REVIEWED, APPROVED):
        lived = run([first(status, type=type, distance=0.05)], now, day=1, evidence=evidence)
        assert (only(lived).status, only(lived).reopened) == ((NEW, 1) if worse else (status, 0))
        told = [(e.before, e.after, e.note) for e in lived.events if e.what == "status"]
        assert told == ([(status.value, "New", "worse than it was")] if worse else [])
        assert only(run([first(BY_DESIGN, type=type)], now, evidence=evidence)).status is BY_DESIGN


def test_what_grows_by_less_than_the_tolerance_stays_approved() -> None:
    shallow = first(APPROVED, depth=0.01)
    clash = found()
    now = replace(clash, measured=replace(clash.measured, depth=0.03))
    for tolerance, status in ((0.005, NEW), (0.025, APPROVED)):
        assert only(run([shallow], now, evidence=Evidence(rules=rule_of(tolerance=tolerance)))).status is status


def test_a_clearance_is_resolved_by_a_rule_that_asks_for_as_much() -> None:
    clash = first(type=CLEARANCE, distance=0.3, depth=0.0)
    for clearance, status in ((0.5, RESOLVED), (0.2, UNCHECKED)):
        evidence = Evidence(rules=rule_of((CLEARANCE,), clearance=clearance))
        assert only(run([clash], evidence=evidence)).status is status


def rebound(matches: Mapping[str, str] = {}, unclear: Sequence[str] = (), gone: Sequence[str] = ()) -> Evidence:
    found = {a: Match(BodyKey("b", a), BodyKey("b", b), "signature", 1.0) for a, b in matches.items()}
    return Evidence(rebound={"b": Rebound(found, frozenset(unclear), frozenset(gone))})


RENAMED = [BOTH[0], model("b", ["c0", "c1"])]


def test_a_clash_follows_its_elements() -> None:
    clash = first(REVIEWED)
    lived = run([clash], found(A, BodyKey("b", "c0")), models=RENAMED, evidence=rebound({"b0": "c0", "b1": "c1"}))
    now = only(lived)
    assert (now.id, now.status, now.b, now.element_missing) == (clash.id, REVIEWED, BodyKey("b", "c0"), False)
    assert [(m.before.global_id, m.after.global_id, m.by) for m in now.matches] == [("b0", "c0", "signature")]
    assert [(e.what, e.before, e.after, e.details["score"]) for e in lived.events] == [("match", "b0", "c0", 1.0)]
    gone = only(run([clash], models=RENAMED, evidence=rebound({"b0": "c0"})))
    assert (gone.status, gone.element_missing) == (RESOLVED, False)  # both were checked


def test_a_new_clash_of_a_pair_whose_id_is_taken_gets_another() -> None:
    """b0 and b1 have changed their GlobalIds with each other."""
    clash = first()
    lived = run([clash], found(A, BodyKey("b", "b1")), found(), evidence=rebound({"b0": "b1", "b1": "b0"}))
    assert [c.b.global_id for c in lived.clashes] == ["b1", "b0"]
    assert lived.clashes[0].id == clash.id
    assert lived.clashes[1].id == clash_id("P1", A, B, 1)


@pytest.mark.parametrize(("unclear", "status"), [(False, RESOLVED), (True, UNCHECKED)])
def test_a_removed_element_resolves_unless_something_like_it_is_there(unclear: bool, status: ClashStatus) -> None:
    evidence = rebound(unclear=["b0"]) if unclear else rebound(gone=["b0"])
    lived = run([first(ACTIVE)], models=RENAMED, evidence=evidence)
    now = only(lived)
    assert (now.status, now.element_missing) == (status, True)
    assert [e.what for e in lived.events] == ["element_missing", "status"]
    again = run([now], models=RENAMED, evidence=rebound())
    assert only(again) == now
    assert again.events == []
    back = only(run([now], found()))  # the file of before once more
    assert (back.status, back.element_missing) == ((ACTIVE, False) if unclear else (NEW, False))


def test_a_clash_lies_in_the_frame_of_its_first_model() -> None:
    turned = np.array([[0.0, -1, 0, 100], [1, 0, 0, 200], [0, 0, 1, 5], [0, 0, 0, 1]])
    models = [model("a", ["a0"], frame_from_local=turned), BOTH[1]]
    clash = only(run([], found(), models=models))
    placed = [turned @ [*corner, 1] for corner in clash.local_box]
    assert np.allclose(np.sort(placed, axis=0)[:, :3], [[0, 0, 0], [1, 2, 3]])
    assert np.allclose((turned @ [*clash.local_point, 1])[:3], [0.5, 1, 1.5])


def test_of_two_clashes_of_one_pair_the_one_that_was_there_last_goes_on() -> None:
    """An element of an old clash that lost it has come back under the GlobalId that another one has taken."""
    old, last = first(RESOLVED, id="old", element_missing=True), first(ACTIVE, last_found=AT + timedelta(1))
    for kept in ([old, last], [last, old]):
        lived = run(kept, found(), day=2)
        assert {c.id for c in lived.clashes if c.last_found == AT + timedelta(2)} == {last.id}
        assert {c.id: c.status for c in lived.clashes} == {"old": RESOLVED, last.id: ACTIVE}


def test_groups_that_are_given_are_taken() -> None:
    clash = first()
    hand = ClashGroup("g", "P1", "hand", "机房")
    evidence = Evidence(regroup=lambda clashes, models, groups: {c.id: hand for c in clashes})
    lived = run([clash], found(), found(A, BodyKey("b", "b1")), evidence=evidence)
    assert {c.group for c in lived.clashes} == {"g"}
    assert lived.groups == [hand]
