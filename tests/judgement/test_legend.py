"""Colours of data: told apart without red or green cones, seen on white and on dark pages, one owner."""

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.house import ROOT
from twin.judgement.legend import LIGHT_COLOURS, LIGHT_SHAPES, Entry, StateIndex, legend
from twin.judgement.states import COLUMNS
from twin.values.project import LIGHTS, RESOURCES

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1.0, on linear RGB.
SEEN_BY = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
XYZ_FROM_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> NDArray[np.float64]:
    assert re.fullmatch("#[0-9a-f]{6}", colour), colour
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIE L*a*b* (D65) of linear RGB."""
    x, y, z = (XYZ_FROM_RGB @ np.clip(rgb, 0, 1)) / [0.95047, 1.0, 1.08883]
    f = [np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a: str, b: str, eyes: str) -> float:
    """Return CIE76 ΔE of two colours as these eyes see them: 2.3 is just noticeable side by side."""
    matrix = SEEN_BY[eyes]
    return float(np.linalg.norm(lab(matrix @ linear(a)) - lab(matrix @ linear(b))))


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def test_the_simulation_tells_what_is_known_of_red_and_green() -> None:
    assert distance("#b22222", "#6b8e23", "all cones") > 60
    assert distance("#b22222", "#6b8e23", "deuteranopia") < 30
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("by", COLUMNS)
def test_entries_are_the_indices_of_a_byte(by: str) -> None:
    entries = legend(by)
    assert [e.index for e in entries] == list(range(len(entries)))
    assert len(entries) <= 250
    assert entries[0].key == "no_data"
    assert len({e.colour for e in entries}) == len(entries)
    assert len({str(e.label) for e in entries}) == len(entries)


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("by", ["light", "state"])
def test_any_two_lights_or_states_differ(by: str, eyes: str) -> None:
    for a, b in combinations(legend(by), 2):
        assert distance(a.colour, b.colour, eyes) > 15, (a.key, b.key)


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("by", ["progress", "deviation", "funds"])
def test_neighbours_on_a_scale_differ_and_all_from_no_data(by: str, eyes: str) -> None:
    nothing, *steps = legend(by)
    for a, b in pairwise(steps):
        assert distance(a.colour, b.colour, eyes) > 10, (a.label, b.label)
    for step in steps:
        assert distance(nothing.colour, step.colour, eyes) > 10, step.label
    # behind and ahead, too little and too much: never the same to any eye
    if by == "progress":
        pairs = [(steps[0], step) for step in steps[1:]]
    else:
        pairs = [(a, b) for a in steps[:3] for b in steps[4:]]
    for a, b in pairs:
        assert distance(a.colour, b.colour, eyes) > 10, (a.label, b.label)


@pytest.mark.parametrize("by", COLUMNS)
@pytest.mark.parametrize("page", ["#ffffff", "#12181b"])
def test_colours_stand_out_from_a_page(by: str, page: str) -> None:
    for entry in legend(by)[1:]:
        assert contrast(entry.colour, page) >= (2.2 if by in ("light", "state") else 2.0), entry


def test_lights_have_each_a_shape() -> None:
    found = {e.key: e for e in legend("light")[1:]}
    assert set(found) == set(LIGHTS) == set(LIGHT_COLOURS) == set(LIGHT_SHAPES)
    assert len({e.shape for e in found.values()}) == 4
    assert [e.key for e in legend("state")[1:]] == [state.name.lower() for state in StateIndex]


@pytest.mark.parametrize("by", ["progress", "deviation", "funds"])
def test_scales_have_no_gaps(by: str) -> None:
    steps = [e for e in legend(by)[1:] if e.unit]
    for a, b in pairwise(steps):
        assert a.high == b.low
    if by != "progress":
        assert (steps[0].low, steps[-1].high) == (None, None)


def test_all_resources_share_a_legend() -> None:
    assert len({id(legend(by)) for by in RESOURCES}) == 1


def test_an_entry_as_json_says_only_what_it_has() -> None:
    red: Entry = legend("light")[3]
    assert red.document("en") == {
        "index": 3,
        "label": "Off plan",
        "colour": "#cc3311",
        "key": "red",
        "shape": "square",
    }
    nothing = legend("progress")[1].document("en")
    assert (nothing["from"], nothing["to"], nothing["unit"]) == (0, 0, "%")
    open_end = legend("deviation")[1].document("en")
    assert "from" not in open_end
    assert open_end["to"] == -30
    assert open_end["label"] == "Over 30 points behind plan"


def test_nobody_else_in_python_owns_a_data_colour() -> None:
    mine = {e.colour for by in COLUMNS for e in legend(by)}
    for path in (*(ROOT / "twin").rglob("*.py"), *(ROOT / "web").rglob("*.py")):
        if path.name != "legend.py":
            code = re.sub(r"^ *>>> .*$", "", path.read_text("utf-8"), flags=re.MULTILINE)  # examples own nothing
            assert not mine & set(re.findall("#[0-9a-f]{6}", code)), path
