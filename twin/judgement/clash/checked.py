"""Whether a run would have told of a clash that it did not find: only then is it resolved; and what is much worse."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.select import concatenated, pairs_of
from twin.values.clash import BodyKey, CheckedModel, Clash, ClashType, Detection, FoundClash
from twin.values.clash_rules import ClashRule, RuleSet, Zone

_LEAST = 1e-3  # metres that are no matter, however exact the rule
_LEAST_VOLUME = 1e-3  # cubic metres


class CheckedPairs:
    """The elements that a run looked at, and the rules it looked with."""

    def __init__(self, models: Sequence[CheckedModel], detection: Detection, rules: RuleSet | None) -> None:
        self._models, self._rules = models, rules
        self._matched = set(detection.rules) - set(detection.rules_without_match)
        self._unjudged = {frozenset((pair.a, pair.b)) for pair in detection.untestable}
        self._numbers: dict[BodyKey, int] = {}
        for model in models:
            for global_id in model.global_ids:
                self._numbers[BodyKey(model.model, global_id)] = len(self._numbers)

    def verdicts(self, clashes: Sequence[Clash], depths: Sequence[float] | None = None) -> list[bool]:
        """Tell of each clash whether it would have been found, were it still as it was.

        depths : of those that are touches now, metres: one rule has to allow this and not what the clash was
        """
        if not clashes:
            return []
        tested = np.array([self._tested(clash) for clash in clashes])
        if self._rules is not None:
            told = self._told(clashes, depths)
        else:
            told = np.array([depths is not None or clash.rule in self._matched for clash in clashes])
        verdicts: list[bool] = (tested & told).tolist()
        return verdicts

    def _tested(self, clash: Clash) -> bool:
        """Were both elements there, and the pair judged; an element that is untestable is a pair with itself."""
        pairs = (frozenset((clash.a, clash.b)), frozenset((clash.a,)), frozenset((clash.b,)))
        there = clash.a in self._numbers and clash.b in self._numbers
        return there and self._unjudged.isdisjoint(pairs)

    def _told(self, clashes: Sequence[Clash], depths: Sequence[float] | None) -> NDArray[np.bool_]:
        """Tell which clashes a rule of the run speaks of and would have told of, as they were and not with `depths`."""
        told = np.zeros(len(clashes), np.bool_)
        known = np.array([clash.a in self._numbers and clash.b in self._numbers for clash in clashes])
        at = np.flatnonzero(known)
        if not len(at) or self._rules is None:
            return told
        columns = concatenated(self._models)
        pairs = np.array([[self._numbers[clashes[i].a], self._numbers[clashes[i].b]] for i in at.tolist()], np.int64)
        for rule in self._rules.rules:
            if rule.name in self._matched:
                # where the zone lies does not matter: an element that has left it is out of the clash
                spoken = pairs_of(replace(rule, zone=Zone.AROUND), columns, pairs)
                strict = np.array([_would_tell(rule, clashes[i]) for i in at.tolist()])
                if depths is not None:
                    strict &= np.array([depths[i] <= rule.tolerance for i in at.tolist()])
                told[at] |= spoken & strict & self._timed(clashes, at)
        return told

    def _timed(self, clashes: Sequence[Clash], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which clashes have the days that their type needs: work in one place is a matter of the schedule."""
        timed = {model.model for model in self._models if model.windows is not None}
        return np.array(
            [
                clashes[i].type is not ClashType.WORKFLOW
                or (clashes[i].a.model in timed and clashes[i].b.model in timed)
                for i in at.tolist()
            ]
        )


def much_worse(clash: Clash, found: FoundClash, tolerance: float) -> bool:
    """Is a clash, found again with the type it had, so much worse that what was said of it was of another clash?

    More than twice as deep (or as large, or half the room), and by more than the rule's tolerance, metres.
    """
    now, least = found.measured, max(tolerance, _LEAST)
    if found.type is not clash.type:
        return False
    if clash.type is ClashType.CLEARANCE:
        return now.distance < clash.distance / 2 and clash.distance - now.distance > least
    if clash.type not in (ClashType.HARD, ClashType.CONTAINED, ClashType.DUPLICATE):
        return False
    deeper = now.depth > 2 * clash.depth and now.depth - clash.depth > least
    return deeper or (now.volume > 2 * clash.volume and now.volume - clash.volume > _LEAST_VOLUME)


def _would_tell(rule: ClashRule, clash: Clash) -> bool:
    """Would a rule tell of a clash as it was: it asks for its type, and is no laxer than the clash was bad."""
    if clash.type is ClashType.CLEARANCE:
        return clash.type in rule.types and rule.clearance > clash.distance
    if clash.type in (ClashType.HARD, ClashType.CONTAINED):
        return clash.type in rule.types and rule.tolerance < clash.depth
    return clash.type in rule.types
