"""Work in the same space at the same time, against every pair by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clash.models import Box, boxes_model
from twin.judgement.clash.workflow import workflow_clashes
from twin.values.clash import ClashType
from twin.values.clash_rules import ClashRule, RuleSet, Selector

ROOM = 0.5
RULE = ClashRule("w", Selector(), Selector(), (ClashType.WORKFLOW,), clearance=ROOM)


@given(
    st.lists(
        st.tuples(st.floats(0, 10), st.floats(0, 4), st.none() | st.tuples(st.integers(0, 30), st.integers(0, 9))),
        max_size=25,
    )
)
def test_pairs_that_share_days_and_room(rows: list[tuple[float, float, tuple[int, int] | None]]) -> None:
    boxes = [Box(str(k), low=(x, y, 0), high=(x + 1, y + 1, 1)) for k, (x, y, _) in enumerate(rows)]
    days = [(w[0], w[0] + w[1]) if w else (np.nan, np.nan) for *_, w in rows]
    model = boxes_model("m", boxes, windows=np.array(days, np.float64).reshape(-1, 2))
    found = {(c.a.global_id, c.b.global_id) for c in workflow_clashes([model], RuleSet("s", (RULE,)))}
    expected = set()
    for i, (x, y, one) in enumerate(rows):
        for j, (u, v, other) in enumerate(rows[i + 1 :], i + 1):
            if one and other and one[0] <= sum(other) and other[0] <= sum(one):
                low, high = [min(x, u) + 1 + ROOM, min(y, v) + 1 + ROOM], [max(x, u) - ROOM, max(y, v) - ROOM]
                if all(b < a for a, b in zip(low, high, strict=True)):
                    expected.add((str(i), str(j)))
    assert found == expected


def test_what_is_told_of_it() -> None:
    boxes = [Box("a"), Box("b", low=(1.2, 0, 0), high=(2, 1, 1)), Box("c", low=(0, 0, 0))]
    days = np.array([(10.0, 14.0), (13.0, 20.0), (np.nan, np.nan)])
    (found,) = workflow_clashes([boxes_model("m", boxes, windows=days)], RuleSet("s", (RULE,)))
    assert found.type is ClashType.WORKFLOW
    assert found.factors == ("the two are built at the same time, 2 days of it",)
    assert found.measured.distance == pytest.approx(0.2)
    assert found.measured.depth == pytest.approx(0.8)
    assert workflow_clashes([boxes_model("m", boxes)], RuleSet("s", (RULE,))) == []
