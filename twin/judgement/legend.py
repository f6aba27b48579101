"""The only owner of the colours that data have: what each palette index of a state column means.

Neighbouring classes, and all lights and conditions, stay apart for eyes that lack red or green cones (simulated in the
tests), and every colour stands out from a white and from a dark page.  Lights have a shape besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import pairwise
from typing import Any

from twin.values.project import RESOURCES
from twin.values.sentence import Sentence, in_language, say


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of a legend.

    key : its name for programs ("late", "red"; "" for a step of a scale); colour : "#rrggbb", sRGB
    low, high : of a step of a scale, in `unit` ("%" or "pp", percentage points); None: open, or no scale
    shape : of a light, "circle", "triangle", "square" or "ring"; "" for the others
    """

    index: int
    label: Sentence
    colour: str
    key: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    shape: str = ""

    def document(self, language: str) -> dict[str, Any]:
        """Return it as JSON values, its label in `language`; only what it has."""
        has: dict[str, Any] = {"index": self.index, "label": in_language(self.label, language), "colour": self.colour}
        optional = {"key": self.key, "from": self.low, "to": self.high, "unit": self.unit, "shape": self.shape}
        return has | {name: value for name, value in optional.items() if value is not None and value != ""}


class StateIndex(IntEnum):
    """How an element stands; the numbers are the palette indices."""

    NOT_STARTED = 1
    IN_PROGRESS = 2
    AHEAD = 3
    LATE = 4
    DONE = 5


NO_DATA = "#d5dade"
LIGHT_INDEX: Mapping[str, int] = {"green": 1, "yellow": 2, "red": 3, "grey": 4}
LIGHT_COLOURS: Mapping[str, str] = {"green": "#009e73", "yellow": "#e69f00", "red": "#cc3311", "grey": "#6b7785"}
LIGHT_SHAPES: Mapping[str, str] = {"green": "circle", "yellow": "triangle", "red": "square", "grey": "ring"}
PROGRESS_CLASSES = 10  # between nothing and all
# Edges of the classes of completion minus plan, and of used / planned; the middle class holds both its ends.
BEHIND = (-0.3, -0.2, -0.1, -0.05)
BEYOND = (0.05, 0.1, 0.2)
UNDER = (0.5, 0.8, 0.95)
OVER = (1.05, 1.2, 1.5)
UNPLANNED = len(UNDER) + len(OVER) + 2

# Red, green, blue of the first and of the second element of a clash; told apart without red or green cones.
CLASH_COLOURS = ((0, 114, 178), (213, 94, 0))
_PROGRESS_COLOURS = (  # nothing in grey; then steps that are equally far apart without red or green cones
    "#59616b", "#5b41b5", "#4261b0", "#2c76a9", "#2b849f", "#249295", "#2f9c88", "#49a278", "#5aa867", "#68ae54",
    "#73b43e", "#a2b621",
)  # fmt: skip
_DEVIATION_COLOURS = ("#8f2d04", "#c44a10", "#e5792f", "#e8a96c", "#7c8790", "#7fb2dc", "#3d86c6", "#1c5a9e")
_RATE_COLOURS = ("#01665e", "#2f978d", "#66c2b0", "#7c8790", "#d6ae62", "#b87a1f", "#7d4a04", "#a3307f")


def legend(by: str) -> Sequence[Entry]:
    """Return the entries of a state column's palette, index 0 (no data) first; `by` is one of `states.COLUMNS`."""
    if by in RESOURCES:
        return _rate()
    return {"light": _light, "progress": _progress, "deviation": _deviation, "state": _state}[by]()


@cache
def _light() -> tuple[Entry, ...]:
    labels = {
        "green": say("On plan"),
        "yellow": say("Needs attention"),
        "red": say("Off plan"),
        "grey": say("No current report"),
    }
    return (
        _no_data(say("No project or no light")),
        *(
            Entry(index, labels[light], LIGHT_COLOURS[light], light, shape=LIGHT_SHAPES[light])
            for light, index in LIGHT_INDEX.items()
        ),
    )


@cache
def _state() -> tuple[Entry, ...]:
    looks = {
        StateIndex.NOT_STARTED: (say("Not started, nothing due"), "#8a94a0"),
        StateIndex.IN_PROGRESS: (say("In progress, on plan"), "#56b4e9"),
        StateIndex.AHEAD: (say("Ahead of plan"), "#0072b2"),
        StateIndex.LATE: (say("Late"), "#d55e00"),
        StateIndex.DONE: (say("Done"), "#009e73"),
    }
    return (
        _no_data(say("No task or no report")),
        *(Entry(int(state), label, colour, state.name.lower()) for state, (label, colour) in looks.items()),
    )


@cache
def _progress() -> tuple[Entry, ...]:
    step = 100 // PROGRESS_CLASSES
    tenths = [
        Entry(
            2 + i,
            say("{low}–{high} % done", low=i * step, high=(i + 1) * step),
            _PROGRESS_COLOURS[1 + i],
            low=i * step,
            high=(i + 1) * step,
            unit="%",
        )
        for i in range(PROGRESS_CLASSES)
    ]
    return (
        _no_data(say("No task or no report")),
        Entry(1, say("Nothing done"), _PROGRESS_COLOURS[0], "nothing", 0, 0, "%"),
        *tenths,
        Entry(PROGRESS_CLASSES + 2, say("All done"), _PROGRESS_COLOURS[-1], "all", 100, 100, "%"),
    )


@cache
def _deviation() -> tuple[Entry, ...]:
    edges = [round(100 * edge) for edge in (*BEHIND, *BEYOND)]
    labels = [
        say("Over {high} points behind plan", high=-edges[0]),
        *(say("{low}–{high} points behind plan", low=-b, high=-a) for a, b in pairwise(edges[:4])),
        say("Within {high} points of the plan", high=edges[4]),
        *(say("{low}–{high} points ahead of plan", low=a, high=b) for a, b in pairwise(edges[4:])),
        say("Over {low} points ahead of plan", low=edges[-1]),
    ]
    return (_no_data(say("No task, no report or no plan")), *_steps(labels, _DEVIATION_COLOURS, edges, "pp"))


@cache
def _rate() -> tuple[Entry, ...]:
    edges = [round(100 * edge) for edge in (*UNDER, *OVER)]
    labels = [
        say("Under {high} % of the planned use", high=edges[0]),
        *(say("{low}–{high} % of the planned use", low=a, high=b) for a, b in pairwise(edges)),
        say("Over {low} % of the planned use", low=edges[-1]),
    ]
    return (
        _no_data(say("No task, or its use is not reported")),
        *_steps(labels, _RATE_COLOURS, edges, "%"),
        Entry(UNPLANNED, say("Used, though nothing was planned"), _RATE_COLOURS[-1], "unplanned"),
    )


def _steps(labels: Sequence[Sentence], colours: Sequence[str], edges: Sequence[int], unit: str) -> list[Entry]:
    """Return the classes between edges, the first and the last one open."""
    return [
        Entry(
            i + 1,
            label,
            colours[i],
            low=edges[i - 1] if i else None,
            high=edges[i] if i < len(edges) else None,
            unit=unit,
        )
        for i, label in enumerate(labels)
    ]


def _no_data(label: Sentence) -> Entry:
    return Entry(0, label, NO_DATA, "no_data")
