"""What was reported of pairs with known answers, class by class: recall, precision, and how far figures lie off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sample_data.clash_truth import Pair


class Found(NamedTuple):
    """A reported pair; figures are metres and cubic metres, None where the tool gives none."""

    type: str
    depth: float | None = None
    volume: float | None = None
    distance: float | None = None
    method: str = ""


Key = frozenset[str]  # the GlobalIds of a pair


@dataclass(slots=True)
class Score:
    """The score of a class.

    depth, volume : the farthest that a figure lay off, as a share of what the pair allows: 1 is the limit
    depth_error : the farthest that a depth lay off, metres, where it is promised to a tenth of a millimetre
    wrong : sentences, one for each pair that was judged wrongly
    """

    kind: str
    true: int = 0
    missed: int = 0
    false: int = 0
    wrong_type: int = 0
    depth: float = 0.0
    depth_error: float = 0.0
    volume: float = 0.0
    distance_error: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Reported share of what is to be reported."""
        return self.true / (self.true + self.missed) if self.true + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of what was reported that is so."""
        return self.true / (self.true + self.false) if self.true + self.false else 1.0

    @property
    def perfect(self) -> bool:
        """Tell whether nothing at all is wrong."""
        return not self.wrong


def score(pairs: Sequence[Pair], found: Mapping[Key, Found], *, figures: bool = True) -> dict[str, Score]:
    """Score what was reported of `pairs`; class → score.  What is no pair at all counts as false, under "strays".

    figures : types, depths and volumes are looked at as well
    """
    scores = {pair.kind: Score(pair.kind) for pair in pairs}
    known = {key_of(pair): pair for pair in pairs}
    for key, pair in known.items():
        _judge(scores[pair.kind], pair, found.get(key), figures=figures)
    strays = [key for key in found if key not in known]
    if strays:
        scores["strays"] = Score("strays", false=len(strays), wrong=[f"{sorted(key)} is no pair" for key in strays])
    return scores


def key_of(pair: Pair) -> Key:
    """Return the key of a pair."""
    return frozenset((pair.global_id("a"), pair.global_id("b")))


def _judge(result: Score, pair: Pair, found: Found | None, *, figures: bool) -> None:
    case, name = pair.case, f"{pair.kind} {pair.number}"
    if found is None:
        result.missed += case.positive
        if case.positive:
            result.wrong.append(f"{name}: missed, is {case.expected}, depth {case.depth}")
        return
    if not case.positive:
        result.false += 1
        result.wrong.append(f"{name}: reported as {found}, is {case.expected}")
        return
    result.true += 1
    if not figures:
        return
    if found.type != case.expected:
        result.wrong_type += 1
        result.wrong.append(f"{name}: reported as {found.type}, is {case.expected}")
    _figures(result, pair, found, name)


def _figures(result: Score, pair: Pair, found: Found, name: str) -> None:
    case = pair.case
    if case.depth is not None and found.depth is not None:
        error = abs(found.depth - case.depth)
        result.depth = max(result.depth, error / case.depth_within)
        if case.depth_within <= 1e-4:
            result.depth_error = max(result.depth_error, error)
        if error > case.depth_within:
            result.wrong.append(f"{name}: depth {found.depth:.6f}, is {case.depth:.6f}")
    if case.volume and found.volume is not None:
        error = abs(found.volume / case.volume - 1)
        result.volume = max(result.volume, error / case.volume_within)
        if error > case.volume_within:
            result.wrong.append(f"{name}: volume {found.volume:.6g}, is {case.volume:.6g}")
    if case.distance is not None and found.distance is not None:
        error = abs(found.distance - case.distance)
        result.distance_error = max(result.distance_error, error)
        if error > 1e-4:
            result.wrong.append(f"{name}: distance {found.distance:.6f}, is {case.distance:.6f}")


def missing_figures(found: Iterable[Found]) -> int:
    """Return how many reported pairs were not decided by exact solids."""
    return sum(one.method not in ("", "exact_solid") for one in found)
