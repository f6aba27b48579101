"""Which elements and pairs rules speak of; zones."""

from fnmatch import fnmatchcase
from typing import Any

import ifcopenshell
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clash.models import Box, boxes_model
from twin.judgement.clash.select import SILENT_CLASSES, concatenated, fits_class, pairs_of, select, selected
from twin.judgement.clash.zones import zone_gap
from twin.values.clash import ClashType
from twin.values.clash_rules import ClashRule, PropertyTest, Selector, Zone
from twin.values.ifc_supertypes import known_classes

ALL = Selector()
CLASSES = ("IfcWall", "IfcWallStandardCase", "IfcPipeSegment", "IfcDuctFitting", "IfcColumn", "IfcSpace")


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3_ADD2"])
def test_a_class_stands_for_its_subclasses_in_every_schema(schema: str) -> None:
    wrapper = ifcopenshell.ifcopenshell_wrapper
    declared = {e.name(): e for e in wrapper.schema_by_name(schema).entities()}
    for name, entity in declared.items():
        above, line = entity, []
        while above is not None:
            line.append(above.name())
            above = above.supertype()
        if "IfcProduct" in line and name not in SILENT_CLASSES:
            assert name in known_classes()
            for one in line[: line.index("IfcProduct") + 1]:
                assert fits_class([one], name), (schema, name, one)


@given(
    st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(["L1", "L2"]), st.sampled_from(["ab", "ac"]))),
    st.sampled_from(["IfcWall", "IfcWall*", "!IfcWall", "IfcDistributionFlowElement", "IfcSpace"]),
    st.sampled_from(["", "L1", "!L1"]),
    st.sampled_from(["", "a*", "!*c"]),
)
def test_a_selector_asks_each_element_everything(
    rows: list[tuple[str, str, str]], ifc_class: str, storey: str, name: str
) -> None:
    walls, services = {"IfcWall", "IfcWallStandardCase"}, {"IfcPipeSegment", "IfcDuctFitting"}
    wanted = {
        "IfcWall": walls, "IfcWall*": walls, "!IfcWall": services | {"IfcColumn"},
        "IfcDistributionFlowElement": services, "IfcSpace": {"IfcSpace"},
    }[ifc_class]  # fmt: skip

    def fits(pattern: str, text: str) -> bool:
        return not pattern or fnmatchcase(text, pattern.lstrip("!")) != pattern.startswith("!")

    model = boxes_model("m", [Box(n, c, storey=s) for c, s, n in rows])
    selector = Selector(ifc_classes=(ifc_class,), storeys=(storey,) * bool(storey), names=(name,) * bool(name))
    expected = [c in wanted and fits(storey, s) and fits(name, n) for c, s, n in rows]
    assert selected(selector, concatenated([model])).tolist() == expected


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (PropertyTest("Pset_A", "x", ">", 1.0), [True, False, False]),
        (PropertyTest("Pset_*", "x", "=", 2), [True, False, False]),
        (PropertyTest("Pset_A", "x", "!=", 2), [False, True, True]),
        (PropertyTest("Pset_A", "x", "like", "d*"), [False, True, False]),
        (PropertyTest("Pset_A", "x", "exists"), [True, True, False]),
        (PropertyTest("Pset_A", "x", "missing"), [False, False, True]),
    ],
)
def test_properties(test: PropertyTest, found: list[bool]) -> None:
    psets: tuple[dict[str, Any], ...] = ({"Pset_A": {"x": {"value": 2.0, "unit": "m"}}}, {"Pset_A": {"x": "DN20"}}, {})
    columns = concatenated([boxes_model("m", [Box(str(k), properties={"psets": p}) for k, p in enumerate(psets)])])
    assert selected(Selector(psets=(test,)), columns).tolist() == found


def test_true_and_false_are_no_numbers() -> None:
    columns = concatenated([boxes_model("m", [Box("a", properties={"psets": {"P": {"x": 1}}})])])
    assert not selected(Selector(psets=(PropertyTest("P", "x", "=", True),)), columns).any()


def test_what_differs_is_asked_of_pairs() -> None:
    one = boxes_model("m", [Box("a", "IfcPipeSegment", system="S"), Box("b", "IfcDuctSegment", system="S"), Box("c")])
    two = boxes_model("n", [Box("a", "IfcPipeSegment", system="T"), Box("d", "IfcPipeFitting")], discipline="m")
    columns = concatenated([one, two])
    pairs = np.array([(i, j) for i in range(5) for j in range(i + 1, 5)])

    def chosen(*different: str) -> set[tuple[int, int]]:
        rule = ClashRule("r", ALL, ALL, (ClashType.HARD,), different=different)
        return {(int(i), int(j)) for i, j in pairs[pairs_of(rule, columns, pairs)]}

    assert chosen() == {(i, j) for i, j in pairs.tolist()}
    assert chosen("model") == {(i, j) for i in range(3) for j in (3, 4)}
    assert chosen("discipline") == set()
    assert chosen("system") == chosen() - {(0, 1)}


def test_sides_may_be_either_way_round() -> None:
    columns = concatenated([boxes_model("m", [Box("a"), Box("b", "IfcColumn"), Box("c", "IfcColumn")])])
    rule = ClashRule("r", Selector(ifc_classes=("IfcColumn",)), Selector(ifc_classes=("IfcWall",)), (ClashType.HARD,))
    pairs = np.array([(0, 1), (1, 2), (0, 2), (0, 0)])
    assert pairs_of(rule, columns, pairs, select(rule, columns)).tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("zone", "low", "high", "gap"),
    [
        (Zone.ABOVE, (0.5, 0.0, 2.5), (3, 1, 3), 1.5),  # over a part of it
        (Zone.ABOVE, (2.1, 0.0, 2.5), (3, 1, 3), None),  # beside what it covers
        (Zone.ABOVE, (0.0, 0.0, 3.3), (2, 1, 4), None),  # high enough
        (Zone.ABOVE, (0.0, 0.0, -3), (2, 1, -1), None),  # below
        (Zone.FRONT, (0.0, 1.6, 0.0), (2, 2, 1), 0.6),
        (Zone.FRONT, (0.5, -9.0, 0.2), (0.6, -0.4, 0.4), 0.4),  # behind
        (Zone.FRONT, (2.3, 0.0, 0.0), (3, 1, 1), None),  # at its end
        (Zone.FRONT, (2.0, 1.0, 0.0), (3, 2, 1), None),  # passing along its edge
        (Zone.FRONT, (0.0, 1.6, 1.0), (2, 2, 2), None),  # above the box in front
    ],
)
@pytest.mark.parametrize("turned", [0.0, 0.7])
def test_zones(
    zone: Zone, low: tuple[float, float, float], high: tuple[float, float, float], gap: float | None, turned: float
) -> None:
    frame = np.eye(4)
    frame[:2, :2] = [[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]]
    frame[:3, 3] = 5e5 * turned
    model = boxes_model("m", [Box("a", high=(2, 1, 1)), Box("b", low=low, high=high)], frame_from_local=frame)
    rule = ClashRule("r", ALL, ALL, (ClashType.CLEARANCE,), clearance=2.2 if zone is Zone.ABOVE else 0.9, zone=zone)
    found = zone_gap(rule, (model, 0), (model, 1))
    assert found == (None if gap is None else pytest.approx(gap, abs=1e-6))
