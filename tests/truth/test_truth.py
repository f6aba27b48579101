"""Every class of pairs, in every frame, on the path of a user: nothing is missed, nothing is made up."""

from pathlib import Path

import pytest

from sample_data.clash_truth import FRAMES
from sample_data.clash_truth_classes import KINDS
from tests.truth.suite import judge

SAMPLE = 10


@pytest.mark.parametrize("frame", FRAMES)
def test_a_sample_of_every_class_is_judged_rightly(frame: str, tmp_path: Path) -> None:
    outcomes = judge(KINDS, SAMPLE, FRAMES[frame], tmp_path, ifcclash=False)
    assert [sentence for one in outcomes for sentence in one.ours.wrong] == []
    assert [one.kind for one in outcomes if one.inexact] == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("frame", FRAMES)
def test_every_pair_is_judged_rightly(frame: str, tmp_path: Path) -> None:
    outcomes = judge(KINDS, 200, FRAMES[frame], tmp_path, ifcclash=False)
    assert [sentence for one in outcomes for sentence in one.ours.wrong] == []
