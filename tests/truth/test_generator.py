"""The answers of the truth suite are right: checked by a cut of convex bodies, by reports that are wrong on purpose."""

import math
from pathlib import Path

import numpy as np
import pytest

from sample_data.clash_truth import FRAMES, SPACING, Body, Case, Pair, cell, moved, turned, write_pairs
from sample_data.clash_truth_boxes import block, overlapping
from sample_data.clash_truth_classes import KINDS, Kind, make_pairs
from sample_data.clash_truth_convex import box_faces, overlap
from sample_data.clash_truth_shapes import any_turn
from tests.truth.scoring import Found, key_of, score

BOX_KINDS = [kind for kind in KINDS if kind.make.__module__.endswith("_boxes")]


@pytest.mark.parametrize("kind", BOX_KINDS, ids=lambda kind: kind.name)
def test_boxes_overlap_as_their_answers_say(kind: Kind) -> None:
    """The differences of numbers in the answers against planes that cut, which know nothing of them."""
    for pair in make_pairs(kind, 60):
        case = pair.case
        if case.a.size is None or case.b.size is None:  # a tube
            continue
        first = box_faces(case.a.place, (*case.a.size, case.a.depth))
        found = overlap(first, box_faces(case.b.place, (*case.b.size, case.b.depth)))
        if case.expected in ("hard", "contained", "duplicate"):
            assert case.volume == pytest.approx(found.volume, rel=1e-6)
            assert case.depth == pytest.approx(found.depth, rel=1e-6)
        else:
            assert found.depth <= (case.depth or 0) + 1e-9, pair


def test_cut_of_turned_boxes_has_the_volume_that_points_find() -> None:
    rng = np.random.default_rng(5)
    pair = make_pairs(next(kind for kind in KINDS if kind.name == "tilted"), 8)
    checked = 0
    for one in pair:
        if one.case.volume is None or one.case.a.size is None or one.case.b.size is None:
            continue
        size = np.array([*one.case.a.size, one.case.a.depth])
        points = rng.random((50_000, 3)) * size
        a, b = one.case.a.place, one.case.b.place
        inside = (points @ a[:3, :3].T + a[:3, 3] - b[:3, 3]) @ b[:3, :3]
        share = ((inside >= 0) & (inside <= np.array([*one.case.b.size, one.case.b.depth]))).all(axis=1).mean()
        assert one.case.volume / size.prod() == pytest.approx(share, abs=5 * math.sqrt(0.25 / len(points)))
        checked += 1
    assert checked > 3


def test_every_class_has_pairs_to_report_and_pairs_to_be_silent_of() -> None:
    for kind in KINDS:
        positive = sum(pair.case.positive for pair in make_pairs(kind, 80))
        assert 16 <= positive <= 72, kind.name


def test_no_pair_meets_another_one() -> None:
    for kind in KINDS:
        for pair in make_pairs(kind, 60):
            for body in (pair.case.a, pair.case.b):
                flat = [*(body.outline or [(0, 0), body.size or (0, 0)]), (-body.radius, -body.radius)]
                corners = np.array([[*p, z] for p in [*flat, (body.radius,) * 2] for z in (0, body.depth)])
                reach = np.linalg.norm((corners @ body.place[:3, :3].T + body.place[:3, 3])[:, :2], axis=1).max()
                assert reach < SPACING / 2 - 0.8, pair
    steps = cell(1, make_pairs(KINDS[0], 1)[0]) - cell(0, make_pairs(KINDS[0], 1)[0])
    assert steps[0, 3] == pytest.approx(SPACING)


def test_files_are_the_same_on_every_run(tmp_path: Path) -> None:
    written = []
    for run in ("one", "two"):
        folder = tmp_path / run
        folder.mkdir()
        pairs = [pair for kind in KINDS for pair in make_pairs(kind, 2)]
        write_pairs(pairs, FRAMES["two-maps"], folder / "a.ifc", folder / "b.ifc")
        written.append([(folder / name).read_bytes() for name in ("a.ifc", "b.ifc")])
    assert written[0] == written[1]


def _pairs() -> list[Pair]:
    a = block((0, 0, 0), (1, 1, 1))
    into = overlapping(a, block((0.9, 0, 0), (2, 1, 1)), (0.1, 1.0, 1.0))
    return [Pair("k", 0, into), Pair("k", 1, Case(a, Body(moved(5, 0, 0) @ turned(9), 1, size=(1, 1)), "none"))]


def test_scores_tell_what_is_missed_made_up_and_measured_wrongly() -> None:
    hit, none = _pairs()
    good = {key_of(hit): Found("hard", 0.1, 0.1)}
    assert score([hit, none], good)["k"].perfect
    assert score([hit, none], {})["k"].recall == 0
    assert score([hit, none], {**good, key_of(none): Found("hard", 0.1, 0.1)})["k"].precision == 0.5
    assert score([hit, none], {**good, frozenset("xy"): Found("hard")})["strays"].false == 1
    for wrong in (Found("contained", 0.1, 0.1), Found("hard", 0.1003, 0.1), Found("hard", 0.1, 0.101)):
        assert len(score([hit, none], {key_of(hit): wrong})["k"].wrong) == 1


def test_turns_in_space_are_turns() -> None:
    from random import Random

    matrix = any_turn(Random(1))[:3, :3]  # noqa: S311
    assert np.allclose(matrix @ matrix.T, np.eye(3))
    assert np.linalg.det(matrix) == pytest.approx(1)
