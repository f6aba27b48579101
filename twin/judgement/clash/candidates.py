"""Which pairs are worth measuring: rules speak of them, and their boxes do not already rule out all that is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.judgement.clash.boxes import near_pairs
from twin.judgement.clash.select import Columns, Mask, pairs_of
from twin.values.clash import ClashType
from twin.values.clash_rules import ClashRule

TOUCH = 1e-4  # metres of a gap that counts as none; bodies are float64, so nothing is added for large coordinates
_SLACK = 1e-6  # metres that a box may be out: boxes are taken far from the origin
MOST_PAIRS = 30_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs to measure, in order.

    pairs : (p, 2) int64 numbers of elements, i < j
    reach : (p,) metres, how far apart the two are of interest; 0 where only overlaps are
    rules : (p, bytes) bits: which rules speak of the pair
    """

    pairs: NDArray[np.int64]
    reach: NDArray[np.float64]
    rules: NDArray[np.uint8]

    def rules_of(self, number: int) -> NDArray[np.int64]:
        """Return the numbers of the rules that speak of a pair, in order."""
        return np.flatnonzero(np.unpackbits(self.rules[number]))


def candidates(
    columns: Columns, rules: Sequence[ClashRule], masks: Sequence[tuple[Mask, Mask]], boxes: NDArray[np.float64]
) -> Candidates:
    """Return the pairs that have to be measured.

    masks : of each rule, what `select` gave
    boxes : (n, 2, 3) of all elements, metres
    """
    count = len(columns)
    first, second, reach = np.zeros(count, bool), np.zeros(count, bool), np.zeros(count)
    for rule, (a, b) in zip(rules, masks, strict=True):
        first |= a
        second |= b
        reach[a | b] = np.maximum(reach[a | b], reach_of(rule) + _SLACK)
    width = (len(rules) + 7) // 8
    kept = [(np.zeros((0, 2), np.int64), np.zeros(0), np.zeros((0, width), np.uint8))]
    total = 0
    for pairs in near_pairs(boxes, reach, first, second):
        found = _asked(columns, rules, masks, boxes, pairs)
        total += len(found[0])
        if total > MOST_PAIRS:
            raise InvalidInput(
                "The rules speak of more than {most} pairs of elements that are near each other. Narrow their sides.",
                most=MOST_PAIRS,
            )
        kept.append(found)
    pairs, far, bits = (np.concatenate(part) for part in zip(*kept, strict=True))
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return Candidates(pairs[order], far[order], bits[order])


def reach_of(rule: ClashRule) -> float:
    """Return how far apart bodies may be and still be told by a rule, metres."""
    room = rule.clearance if ClashType.CLEARANCE in rule.types else 0.0
    return max(room, TOUCH * (1 + 1e-9)) if ClashType.TOUCH in rule.types else room


def _asked(
    columns: Columns,
    rules: Sequence[ClashRule],
    masks: Sequence[tuple[Mask, Mask]],
    boxes: NDArray[np.float64],
    pairs: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8]]:
    """Return the pairs of some that a rule cannot be answered for by boxes alone, their reach and their rules."""
    one, other = boxes[pairs[:, 0]], boxes[pairs[:, 1]]
    gap = np.maximum(one[:, 0] - other[:, 1], other[:, 0] - one[:, 1]).max(axis=1)  # of overlaps: -thickness
    thin = np.minimum(np.ptp(one, axis=1), np.ptp(other, axis=1)).min(axis=1)
    speaks = np.zeros((len(pairs), len(rules)), bool)
    reach = np.zeros(len(pairs))
    for at, rule in enumerate(rules):
        may = gap <= reach_of(rule) + _SLACK if reach_of(rule) > 0 else np.zeros(len(pairs), bool)
        if {ClashType.HARD, ClashType.CONTAINED} & set(rule.types):
            may |= -gap > rule.tolerance - _SLACK
        if ClashType.DUPLICATE in rule.types:  # counts however thin it is; the boxes of a thing twice are alike
            may |= -gap > thin / 2
        may[may] = pairs_of(rule, columns, pairs[may], masks[at])
        speaks[:, at] = may
        reach[may] = np.maximum(reach[may], reach_of(rule))
    kept = speaks.any(axis=1)
    return pairs[kept], reach[kept], np.packbits(speaks[kept], axis=1)
