"""Groups of clashes: what is one thing to talk about, and that it stays so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clash.models import Box, boxes_model
from twin.judgement.clash.grouping import group
from twin.judgement.clash.select import concatenated
from twin.values.clash import BodyKey, Clash, ClashGroup, ClashStatus, ClashType, Method
from twin.values.sentence import say

DAY = datetime(2026, 1, 1, tzinfo=UTC)
BOXES = [
    Box("duct", "IfcDuctSegment", system="air"), Box("pipe", "IfcPipeSegment", system="water"),
    *(Box(f"joist{k}", "IfcBeam") for k in range(20)), *(Box(f"wall{k}") for k in range(8)),
]  # fmt: skip
COLUMNS = concatenated([boxes_model("m", BOXES)])
NAMES = [box.name for box in BOXES]


def clash(a: str, b: str, at: float = 0.0, rule: str = "r", **others: object) -> Clash:
    point = (at, 0.0, 0.0)
    made = Clash(
        id=f"{rule} {a} {b}", project="P1", rule=rule, a=BodyKey("m", a), b=BodyKey("m", b), type=ClashType.HARD,
        depth=0.1, volume=0.1, distance=0.0, local_point=point, local_box=(point, point), method=Method.EXACT_SOLID,
        status=ClashStatus.NEW, group="", severity="low", factors=(), reason=None, storey="L1", assignee="",
        due_date=None, first_found=DAY, last_found=DAY,
    )  # fmt: skip
    return replace(made, **others)  # type: ignore[arg-type]


def test_a_duct_through_twenty_joists_is_one_group() -> None:
    clashes = [clash("duct", f"joist{k}", 10.0 * k) for k in range(20)] + [clash("pipe", "joist3", 30.0)]
    found = group(clashes, COLUMNS)
    through = {found[c.id].id for c in clashes[:20]}
    assert len(through) == 1
    one = found[clashes[0].id]
    assert (one.kind, one.title) == ("run", "duct × 20 IfcBeam")
    assert found[clashes[20].id].kind == "single"


def test_what_is_near_on_a_storey_is_one_group() -> None:
    clashes = [clash("wall0", "joist0", 0), clash("wall1", "joist1", 2.5), clash("wall2", "joist2", 5),
               clash("wall3", "joist3", 9), clash("wall4", "joist4", 1, storey="L2"),
               clash("wall5", "joist5", 1, reason=say("so"))]  # fmt: skip
    found = group(clashes, COLUMNS)
    ids = [found[c.id].id for c in clashes]
    assert ids[0] == ids[1] == ids[2]  # a chain
    assert len(set(ids)) == 4  # too far; another storey; by design
    assert found[clashes[0].id].kind == "near"


def test_a_group_keeps_its_id_when_most_of_it_is_left() -> None:
    clashes = [clash(f"wall{k}", f"joist{k}", float(k)) for k in range(4)]
    first = group(clashes, COLUMNS)
    groups = list({g.id: g for g in first.values()}.values())
    kept = [replace(c, group=first[c.id].id) for c in clashes]
    # the clash that the group's id was made from is gone, another has come
    later = [*kept[1:], clash("wall5", "joist5", 4.0)]
    second = group(later, COLUMNS, groups)
    assert {g.id for g in second.values()} == {groups[0].id}


def test_what_a_person_put_together_stays_together() -> None:
    hand = ClashGroup("H", "P1", "hand", "the lobby")
    clashes = [clash("duct", f"joist{k}", group="H" if k < 3 else "") for k in range(6)]
    found = group(clashes, COLUMNS, [hand])
    assert [found[c.id] == hand for c in clashes] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("gone", [0, 1])
def test_two_halves_of_a_group_do_not_both_keep_its_id(gone: int) -> None:
    clashes = [clash(f"wall{k}", f"joist{k}", 2.0 * k) for k in range(5)]
    first = group(clashes, COLUMNS)
    assert len({g.id for g in first.values()}) == 1
    split = [replace(c, group=first[c.id].id) for k, c in enumerate(clashes) if k != 1 + gone]
    second = group(split, COLUMNS, [first[clashes[0].id]])
    halves = {g.id for g in second.values()}
    assert len(halves) == 2


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.floats(-50, 50), st.sampled_from("rs")),
        unique_by=lambda row: (row[3], frozenset(row[:2])),
        max_size=40,
    ).map(lambda rows: [row for row in rows if row[0] != row[1]]),
    st.randoms(use_true_random=False),
)
def test_every_clash_has_one_group_the_same_on_the_next_run(
    rows: list[tuple[str, str, float, str]], random: object
) -> None:
    clashes = [clash(a, b, at, rule) for a, b, at, rule in rows]
    first = group(clashes, COLUMNS)
    assert first.keys() == {c.id for c in clashes}
    again = list(clashes)
    random.shuffle(again)  # type: ignore[attr-defined]
    assert group(again, COLUMNS) == first  # the order of clashes does not matter
    kept = [replace(c, group=first[c.id].id) for c in again]
    assert group(kept, COLUMNS, list(first.values())) == first
    by_id: dict[str, ClashGroup] = {}
    for one in first.values():
        assert by_id.setdefault(one.id, one) == one
