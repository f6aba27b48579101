"""Which plain buildings a model replaces, against areas worked out by hand and by another arithmetic."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.judgement.replaced import RULE, replaced
from twin.values.sentence import Sentence

METRE = 1e-5  # degrees, roughly; the rule knows no unit


def box(left: float, low: float, width: float, height: float) -> shapely.Polygon:
    """A rectangle in metres around 114° E, 22.5° N."""
    x, y = 114 + left * METRE, 22.5 + low * METRE
    return shapely.box(x, y, x + width * METRE, y + height * METRE)


MODEL = {"hospital": box(0, 0, 100, 100)}


def test_a_third_of_a_building_within_the_outline_hides_it() -> None:
    cases = {"inside": box(10, 10, 20, 20), "beside": box(200, 0, 20, 20), "touching": box(100, 0, 20, 20)}
    cases |= {"four tenths": box(92, 0, 20, 20), "three tenths": box(94, 0, 20, 20)}
    found = replaced(list(cases.values()), MODEL)
    assert {name for row, name in enumerate(cases) if row in found} == {"inside", "four tenths"}
    assert set(found.values()) == {"hospital"}


def test_a_building_that_covers_a_third_of_the_outline_is_hidden() -> None:
    assert replaced([box(-500, -500, 1000, 540)], MODEL) == {0: "hospital"}  # covers 4,000 of 10,000 m²
    assert replaced([box(-500, -500, 1000, 530)], MODEL) == {}


def test_of_several_models_the_one_with_the_larger_share_is_named() -> None:
    models = {"small": box(0, 0, 12, 20), "large": box(8, 0, 20, 20), "far": box(900, 0, 20, 20)}
    assert replaced([box(0, 0, 24, 20)], models) == {0: "large"}
    assert replaced([box(0, 0, 24, 20)], dict(reversed(models.items()))) == {0: "large"}


def test_an_outline_in_parts_and_with_a_court() -> None:
    court = shapely.difference(box(0, 0, 100, 100), box(20, 20, 60, 60))
    parts = shapely.union_all([box(0, 200, 30, 30), box(60, 200, 30, 30)])
    buildings = [box(30, 30, 30, 30), box(0, 0, 20, 90), box(62, 202, 20, 20), box(32, 200, 26, 30)]
    assert replaced(buildings, {"court": court, "parts": parts}) == {1: "court", 2: "parts"}


def test_what_is_no_area_is_never_hidden() -> None:
    inside = box(10, 10, 10, 10)
    odd = [inside.centroid, inside.exterior, shapely.Polygon(), inside]
    assert replaced(odd, {**MODEL, "nothing": shapely.Polygon()}) == {3: "hospital"}
    assert replaced([], MODEL) == {}
    assert replaced([inside], {}) == {}


def test_a_twisted_outline_does_no_harm() -> None:
    twisted = shapely.Polygon([(114, 22.5), (114.001, 22.501), (114.001, 22.5), (114, 22.501)])
    assert not twisted.is_valid
    inside = shapely.box(114.0001, 22.5003, 114.0002, 22.5007)
    assert replaced([inside], {"twisted": twisted}) == {0: "twisted"}


whole = st.integers(0, 60)
boxes = st.tuples(whole, whole, st.integers(1, 40), st.integers(1, 40))


@given(st.lists(boxes, max_size=12), st.lists(boxes, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_against_counting_square_metres(
    buildings: list[tuple[int, int, int, int]], outlines: list[tuple[int, int, int, int]]
) -> None:
    """The oracle paints metre squares on a sheet and counts them; an exact third may go either way by rounding."""

    def painted(one: tuple[int, int, int, int]) -> np.ndarray:
        sheet = np.zeros((101, 101), dtype=bool)
        left, low, width, height = one
        sheet[left : left + width, low : low + height] = True
        return sheet

    found = replaced([box(*one) for one in buildings], {str(i): box(*one) for i, one in enumerate(outlines)})
    for row, building in enumerate(buildings):
        own = painted(building)
        shares = []
        for one in outlines:
            both, outline = int((own & painted(one)).sum()), int(painted(one).sum())
            shares.append(max(both / int(own.sum()), both / outline))
        if row in found:
            assert shares[int(found[row])] >= 1 / 3 - 1e-9
        else:
            assert max(shares) <= 1 / 3 + 1e-9


def test_the_rule_is_a_sentence() -> None:
    assert isinstance(RULE, Sentence)
    assert "a third" in RULE
