"""Writing the pairs of a frame, asking the product and ifcclash, scoring both."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sample_data.clash_truth import Frame, Pair, write_pairs
from sample_data.clash_truth_classes import TOLERANCE, Kind, make_pairs
from tests.truth import other, ours
from tests.truth.scoring import Score, score

MOST = 700  # pairs in one pair of files


@dataclass(slots=True)
class Outcome:
    """The scores of a class; `other` is ifcclash's, None where it was not asked.

    positive : pairs that are to be reported
    inexact : reported pairs that were not decided by exact solids
    """

    kind: str
    pairs: int
    positive: int
    ours: Score
    other: Score | None = None
    inexact: int = 0


def judge(kinds: Sequence[Kind], count: int, frame: Frame, folder: Path, *, ifcclash: bool) -> list[Outcome]:
    """Score `count` pairs of each class in a frame; files go into `folder`.

    Several classes share a pair of files, up to `MOST` pairs.
    """
    outcomes: list[Outcome] = []
    at_once = max(1, MOST // count)
    for start in range(0, len(kinds), at_once):
        part = kinds[start : start + at_once]
        place = folder / f"{frame.name}-{start}"
        place.mkdir(parents=True)
        outcomes += _judge_part(part, count, frame, place, ifcclash=ifcclash)
    return outcomes


def _judge_part(kinds: Sequence[Kind], count: int, frame: Frame, folder: Path, *, ifcclash: bool) -> list[Outcome]:
    made = {kind.name: make_pairs(kind, count) for kind in kinds}
    pairs = [pair for found in made.values() for pair in found]
    write_pairs(pairs, frame, folder / "a.ifc", folder / "b.ifc")
    found, told = ours.clash(folder, frame, made)
    scores = score(pairs, found)
    if told["untestable"]:
        raise RuntimeError(f"{told['untestable']} could not be tested")
    outcomes = [
        Outcome(name, len(members), sum(p.case.positive for p in members), scores[name])
        for name, members in made.items()
    ]
    for outcome in outcomes:
        keys = [frozenset((p.global_id("a"), p.global_id("b"))) for p in made[outcome.kind]]
        outcome.inexact = sum(key in found and found[key].method != "exact_solid" for key in keys)
    if "strays" in scores:
        outcomes.append(Outcome("strays", 0, 0, scores["strays"]))
    if ifcclash and one_frame(frame):
        theirs = _ifcclash(kinds, made, folder)
        for outcome in outcomes:
            outcome.other = theirs.get(outcome.kind)
    return outcomes


def one_frame(frame: Frame) -> bool:
    """Tell whether equal coordinates of the two files are one place: what ifcclash takes for granted."""
    return frame.map_from_local is None or bool((frame.map_from_local[0] == frame.map_from_local[1]).all())


def _ifcclash(kinds: Sequence[Kind], made: dict[str, list[Pair]], folder: Path) -> dict[str, Score]:
    """Return ifcclash's scores: by intersections, and by its clearance mode where a class is about room."""
    scores: dict[str, Score] = {}
    rooms = {kind.clearance for kind in kinds}
    for room in sorted(rooms):
        members = [pair for kind in kinds if kind.clearance == room for pair in made[kind.name]]
        mode, length = ("clearance", room) if room else ("intersection", TOLERANCE)
        found, _ = other.clash(folder / "a.ifc", folder / "b.ifc", length, mode)
        scores |= score(members, {k: v for k, v in found.items() if k in _keys(members)}, figures=False)
    return scores


def _keys(pairs: Sequence[Pair]) -> set[frozenset[str]]:
    return {frozenset((pair.global_id("a"), pair.global_id("b"))) for pair in pairs}
