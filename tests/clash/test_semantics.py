"""What is by design, and what is not."""

from typing import Any

import numpy as np
import pytest

from tests.clash.models import Box, boxes_model
from twin.exchange.clash_rules import default_rules
from twin.judgement.clash.select import concatenated
from twin.judgement.clash.semantics import CONNECTIONS, FILLED, ONE_RUN, PART, SAME_OPENING, ByDesign
from twin.values.clash import ClashType
from twin.values.sentence import Sentence, in_language

HARD, CONTAINED, DUPLICATE = ClashType.HARD, ClashType.CONTAINED, ClashType.DUPLICATE
NAMES = ("wall", "window", "door", "panel", "plate", "other")


def house(**others: Any) -> ByDesign:
    """A wall with a window and a door in two openings, a blind in the window's, a curtain wall without body."""
    boxes = [Box(name, "IfcPlate" if name in ("panel", "plate") else "IfcWall") for name in (*NAMES, "blind")]
    parents = {"wall": "L1", "window": "L1", "door": "hole2", "hole2": "wall", "panel": "curtain", "plate": "curtain",
               "curtain": "L1", "other": "L1", "L1": "building"}  # fmt: skip
    classes = {"hole": "IfcOpeningElement", "hole2": "IfcOpeningElement", "curtain": "IfcCurtainWall",
               "L1": "IfcBuildingStorey", "building": "IfcBuilding"}  # fmt: skip
    connections = [
        ("IfcRelVoidsElement", "wall", "hole"), ("IfcRelFillsElement", "hole", "window"),
        ("IfcRelFillsElement", "hole", "blind"), ("IfcRelConnectsPathElements", "wall", "other"),
        ("IfcRelConnectsElements", "curtain", "other"), ("IfcRelInterferesElements", "door", "other"),
    ]  # fmt: skip
    return ByDesign([boxes_model("m", boxes, parents=parents, classes=classes, connections=connections, **others)])


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("window", "wall", FILLED),
        ("door", "wall", FILLED),
        ("window", "blind", SAME_OPENING),
        ("window", "door", None),  # two fillings of one wall are no parts of one thing
        ("panel", "plate", "both are parts of one IfcCurtainWall"),
        ("wall", "other", CONNECTIONS["IfcRelConnectsPathElements"]),
        ("panel", "other", CONNECTIONS["IfcRelConnectsElements"]),  # its whole is connected
        ("window", "other", None),  # only its host is
        ("door", "other", None),  # a file that says two interfere does not excuse them
        ("wall", "panel", None),  # of one storey
    ],
)
def test_what_the_file_says(a: str, b: str, reason: str | None) -> None:
    numbers = {name: k for k, name in enumerate((*NAMES, "blind"))}
    by_design = house()
    for i, j in ((a, b), (b, a)):
        assert by_design.reason(numbers[i], numbers[j], HARD) == reason
        if reason != FILLED:
            assert by_design.reason(numbers[i], numbers[j], DUPLICATE) is None


def test_a_part_may_be_all_of_its_whole() -> None:
    model = boxes_model("m", [Box("stair", "IfcStair"), Box("flight", "IfcStairFlight")], parents={"flight": "stair"})
    assert ByDesign([model]).reason(0, 1, DUPLICATE) == PART


def test_files_know_nothing_of_each_other() -> None:
    one = boxes_model("m", [Box("a"), Box("b")], connections=[("IfcRelConnectsElements", "a", "b")])
    two = boxes_model("n", [Box("a"), Box("b")])
    by_design = ByDesign([one, two])
    assert by_design.reason(0, 1)
    assert by_design.reason(2, 3) is None
    assert by_design.reason(0, 3) is None


def test_trees_that_go_round_in_circles() -> None:
    parents = {"a": "b", "b": "a", "c": "c"}
    connections = [("IfcRelFillsElement", "c", "d"), ("IfcRelVoidsElement", "d", "c")]
    model = boxes_model("m", [Box(n) for n in "abcd"], parents=parents, connections=connections)
    by_design = ByDesign([model])
    found = [by_design.reason(i, j) for i in range(4) for j in range(4)]
    assert all(reason is None or isinstance(reason, Sentence) for reason in found)


@pytest.mark.parametrize(
    ("second", "low", "high", "meets"),
    [
        ("IfcPipeSegment", (2.95, 0, 0), (6, 0.1, 0.1), True),  # end in end
        ("IfcPipeSegment", (1.5, 0.05, 0), (1.6, 3, 0.1), True),  # a branch that ends in it
        ("IfcPipeSegment", (1.5, -2, 0), (1.6, 2, 0.1), False),  # crosses midway
        ("IfcPipeFitting", (2.9, -0.05, -0.05), (3.1, 0.15, 0.15), True),
        ("IfcDuctSegment", (2.95, 0, 0), (6, 0.1, 0.1), False),  # another service
    ],
)
def test_ends_of_one_run(second: str, low: tuple[float, ...], high: tuple[float, ...], meets: bool) -> None:
    pipe = Box("a", "IfcPipeSegment", (0, 0, 0), (3, 0.1, 0.1), system="S")
    other = Box("b", second, (low[0], low[1], low[2]), (high[0], high[1], high[2]), system="S")
    away = Box("c", second, other.low, other.high, system="T")
    turned = np.array([[0.8, -0.6, 0, 9e5], [0.6, 0.8, 0, 4e6], [0, 0, 1, 0], [0, 0, 0, 1]])
    by_design = ByDesign([boxes_model("m", [pipe, other, away], frame_from_local=turned)])
    assert by_design.reason(0, 1, HARD) == (ONE_RUN if meets else None)
    assert by_design.reason(0, 1, DUPLICATE) is None
    assert by_design.reason(0, 1, CONTAINED) is None
    assert by_design.reason(0, 2, HARD) is None


def test_concrete_is_cast_in_one_within_a_model() -> None:
    def of(name: str, ifc_class: str, material: str) -> Box:
        return Box(name, ifc_class, properties={"materials": [{"name": material}]})

    boxes = [of("a", "IfcColumn", "C40 混凝土"), of("b", "IfcBeam", "Cast Concrete"), of("c", "IfcBeam", "S355"),
             of("d", "IfcColumn", "C40 混凝土")]  # fmt: skip
    columns = concatenated([boxes_model("m", boxes), boxes_model("n", boxes)])
    by_design = ByDesign(columns, default_rules().joints)
    reason = by_design.reason(0, 1, HARD)
    assert reason is not None
    assert "现浇" in in_language(reason, "zh") or "混凝土" in in_language(reason, "zh")
    assert by_design.reason(0, 2, HARD) is None  # steel
    assert by_design.reason(0, 3, HARD) is None  # two columns in each other
    assert by_design.reason(0, 5, HARD) is None  # another model's beam
    assert by_design.reason(0, 1, CONTAINED) is None
    assert by_design.reason(0, 1, DUPLICATE) is None
