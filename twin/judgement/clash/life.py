"""What becomes of clashes from run to run: pure, no clash is ever lost, and every step is told as an event.

Found again: New becomes Active; Reviewed and Approved stay, unless the clash is of a worse type than was approved or
much worse than it was: then it is New once more, and so is what was Resolved.  A pair that is by design by the file's
own relations is ByDesign until the relation is gone, unless a person has said otherwise; what a person called by design
stays so.  A touch is Active, never New: nobody is called for it; bodies that ran into each other and only touch now are
Resolved.  Where only a laxer rule calls it a touch it counts as not found: nothing has shown that it is any better.

Not found again: Resolved, but only where both elements and a rule that would have told of the clash as it was were
checked in this run, or where an element was removed and nothing like it is there.  Otherwise what is open becomes
Unchecked and remembers what it was; Approved, Resolved and ByDesign stay: nothing has shown that they are not so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.checked import CheckedPairs, much_worse
from twin.judgement.clash.identity import Rebound
from twin.values.clash import (
    BodyKey,
    CheckedModel,
    Clash,
    ClashEvent,
    ClashGroup,
    ClashStatus,
    ClashType,
    Detection,
    FoundClash,
    Match,
)
from twin.values.clash_rules import RuleSet

Regroup = Callable[
    [Sequence[Clash], Sequence[CheckedModel], Sequence[ClashGroup]],
    Mapping[str, ClashGroup],
]
NEW, ACTIVE, REVIEWED, APPROVED = ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.REVIEWED, ClashStatus.APPROVED
RESOLVED, BY_DESIGN, UNCHECKED = ClashStatus.RESOLVED, ClashStatus.BY_DESIGN, ClashStatus.UNCHECKED
# How bad a type is beside another of the same pair.
_RANK = {
    ClashType.TOUCH: 0,
    ClashType.CLEARANCE: 1,
    ClashType.WORKFLOW: 1,
    ClashType.HARD: 2,
    ClashType.CONTAINED: 3,
    ClashType.DUPLICATE: 3,
}
_MATCHES_KEPT = 20  # of one clash


@dataclass(frozen=True, slots=True)
class Lived:
    """All clashes of a project after a run, their groups, and what happened in it."""

    clashes: Sequence[Clash]
    groups: Sequence[ClashGroup]
    events: Sequence[ClashEvent]


def clash_id(project: str, a: BodyKey, b: BodyKey, number: int = 0) -> str:
    """Return the id of a clash of two elements, whichever comes first.

    number : 0, else which of several: the pair's id may belong to a clash whose elements have other GlobalIds by now

    >>> a, b = BodyKey("P1-a", "x"), BodyKey("P1-b", "y")
    >>> clash_id("P1", a, b) == clash_id("P1", b, a) != clash_id("P1", a, b, 1)
    True
    """
    first, second = sorted((a, b))
    words = (project, *first, *second, *([str(number)] if number else []))
    return str(uuid5(NAMESPACE_URL, "\n".join(("clash", *words))))


def single_groups(
    clashes: Sequence[Clash], models: Sequence[CheckedModel], groups: Sequence[ClashGroup]
) -> dict[str, ClashGroup]:
    """Return clash id → group: that which it has, else one of its own."""
    known = {group.id: group for group in groups}
    found = {}
    for clash in clashes:
        own = ClashGroup(str(uuid5(NAMESPACE_URL, f"clash-group\n{clash.id}")), clash.project, "single", "")
        found[clash.id] = known.get(clash.group, own)
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What else a run knows.

    rules : its rules, for what was not found again; None: their names are believed
    rebound : model → how elements of the revision before were found again, where a model has another one
    regroup : (clashes, models, groups) → clash id → group
    """

    rules: RuleSet | None = None
    rebound: Mapping[str, Rebound] = field(default_factory=dict)
    regroup: Regroup = single_groups


def advance(
    project: str,
    kept: Sequence[Clash],
    detection: Detection,
    models: Sequence[CheckedModel],
    groups: Sequence[ClashGroup] = (),
    *,
    at: datetime,
    by: str,
    evidence: Evidence | None = None,
) -> Lived:
    """Return all clashes of a project after a run, with what happened.

    kept, groups : as they are kept
    models : those that were checked; detection : what was found
    at, by : when the run began, and who asked for it
    """
    evidence = evidence or Evidence()
    life = _Life(project, models, at, by, evidence.rules)
    followed = [life.follow(clash, evidence.rebound) for clash in kept]
    checked = CheckedPairs(models, detection, evidence.rules)
    where = {frozenset((clash.a, clash.b)): number for number, clash in _claims(followed)}
    taken = {clash.id for clash in kept}
    new: list[Clash] = []
    fresh: set[frozenset[BodyKey]] = set()
    seen: set[int] = set()
    lax = _touches_of_lax_rules(followed, where, detection, checked)
    for found in detection.clashes:
        pair = frozenset((found.a, found.b))
        number = where.get(pair)
        if number is None:
            if pair not in fresh:
                fresh.add(pair)
                new.append(life.born(found, taken))
        elif number not in seen and number not in lax:
            seen.add(number)
            followed[number] = life.found(followed[number], found)
    left = [number for number in range(len(followed)) if number not in seen]
    verdicts = checked.verdicts([followed[number] for number in left])
    for number, verdict in zip(left, verdicts, strict=True):
        followed[number] = life.missed(followed[number], verdict and number not in lax, evidence.rebound)
    clashes = [*followed, *new]
    grouped = evidence.regroup(clashes, models, groups)
    clashes = [replace(c, group=grouped[c.id].id) if c.id in grouped else c for c in clashes]
    used = {clash.group for clash in clashes}
    every = {group.id: group for group in (*groups, *grouped.values()) if group.id in used}
    return Lived(clashes, list(every.values()), life.events)


def _claims(clashes: Sequence[Clash]) -> Iterable[tuple[int, Clash]]:
    """Yield positions and clashes in such an order that of two of one pair the last one found comes last."""
    return sorted(enumerate(clashes), key=lambda pair: (not pair[1].element_missing, pair[1].last_found, pair[1].id))


def _touches_of_lax_rules(
    clashes: Sequence[Clash], where: Mapping[frozenset[BodyKey], int], detection: Detection, checked: CheckedPairs
) -> set[int]:
    """Return the places of clashes that ran into each other and are touches now, but only by a rule so lax that it
    would have called them that before, too."""
    asked: dict[int, FoundClash] = {}
    for found in detection.clashes:
        number = where.get(frozenset((found.a, found.b)))
        if number is not None and found.type is ClashType.TOUCH and found.reason is None:
            asked.setdefault(number, found)
    asked = {n: f for n, f in asked.items() if clashes[n].status is not BY_DESIGN and _overlaps(clashes[n])}
    verdicts = checked.verdicts([clashes[n] for n in asked], [found.measured.depth for found in asked.values()])
    return {n for (n, found), shown in zip(asked.items(), verdicts, strict=True) if not shown}


def _overlaps(clash: Clash) -> bool:
    return _RANK[clash.type] >= _RANK[ClashType.HARD]


class _Life:
    """The steps of one run, and the events that they leave."""

    def __init__(
        self, project: str, models: Sequence[CheckedModel], at: datetime, by: str, rules: RuleSet | None
    ) -> None:
        self.project, self.at, self.by = project, at, by
        self.events: list[ClashEvent] = []
        self.models = {model.model: model for model in models}
        self.tolerances = {} if rules is None else {rule.name: rule.tolerance for rule in rules.rules}
        self.rows = {m.model: {key: row for row, key in enumerate(m.global_ids)} for m in models}
        self.local_from_frame = {m.model: np.linalg.inv(m.frame_from_local) for m in models}

    def tell(self, clash: str, what: str, before: str, after: str, note: str = "") -> None:
        """Note an event."""
        self.events.append(ClashEvent(clash, self.at, self.by, what, before, after, note))

    def there(self, key: BodyKey) -> bool:
        """Is an element among those that were checked."""
        return key.global_id in self.rows.get(key.model, ())

    def follow(self, clash: Clash, rebound: Mapping[str, Rebound]) -> Clash:
        """Return a clash with its elements under the GlobalIds that they have now."""
        matches = [self._match(key, rebound) for key in (clash.a, clash.b)]
        for match in matches:
            if match is not None and match.by != "global_id":
                details = {"by": match.by, "score": match.score, "model": match.before.model}
                before, after = match.before.global_id, match.after.global_id
                self.events.append(ClashEvent(clash.id, self.at, self.by, "match", before, after, "", details))
                clash = replace(clash, matches=(*clash.matches, match)[-_MATCHES_KEPT:])
        a, b = (key if m is None else m.after for key, m in zip((clash.a, clash.b), matches, strict=True))
        missing = clash.element_missing
        if missing and self.there(a) and self.there(b):
            missing = False
        return replace(clash, a=a, b=b, element_missing=missing)

    def _match(self, key: BodyKey, rebound: Mapping[str, Rebound]) -> Match | None:
        found = rebound.get(key.model)
        return None if found is None else found.matches.get(key.global_id)

    def born(self, found: FoundClash, taken: set[str]) -> Clash:
        """Return a clash that was not known."""
        number = 0
        while (name := clash_id(self.project, found.a, found.b, number)) in taken:
            number += 1
        taken.add(name)
        status = BY_DESIGN if found.reason is not None else ACTIVE if found.type is ClashType.TOUCH else NEW
        self.tell(name, "found", "", status.value)
        return Clash(
            id=name,
            project=self.project,
            **self._as_found(found),
            status=status,
            group="",
            reason=found.reason,
            assignee="",
            due_date=None,
            first_found=self.at,
        )

    def found(self, clash: Clash, found: FoundClash) -> Clash:
        """Return a clash that was found again."""
        grown = much_worse(clash, found, self.tolerances.get(found.rule, 0.0))
        status, note, reopened = after_found(clash, found.type, by_design=found.reason is not None, grown=grown)
        if clash.type is not found.type:
            self.tell(clash.id, "type", clash.type.value, found.type.value)
        if status is not clash.status:
            self.tell(clash.id, "status", clash.status.value, status.value, note)
        by_hand = clash.status is BY_DESIGN and clash.reason is None
        return replace(
            clash,
            **self._as_found(found),
            status=status,
            reason=None if by_hand else found.reason,
            element_missing=False,
            reopened=clash.reopened + reopened,
            status_before=None,
        )

    def _as_found(self, found: FoundClash) -> dict[str, Any]:
        """Return the attributes of a clash that are those of the pair as it was last found."""
        point, box = self._place(found)
        return {
            "rule": found.rule,
            "a": found.a,
            "b": found.b,
            "type": found.type,
            "depth": found.measured.depth,
            "volume": found.measured.volume,
            "distance": found.measured.distance,
            "local_point": point,
            "local_box": box,
            "method": found.measured.method,
            "severity": found.severity,
            "factors": tuple(found.factors),
            "storey": self._storey(found),
            "last_found": self.at,
        }

    def missed(self, clash: Clash, checked: bool, rebound: Mapping[str, Rebound]) -> Clash:
        """Return a clash that was not found again; `checked`: although it would have been, were it still there."""
        absent = [key for key in (clash.a, clash.b) if self._is_absent(key)]
        gone = any(key.global_id in rebound[key.model].gone for key in absent if key.model in rebound)
        missing = bool(absent) or clash.element_missing
        if missing and not clash.element_missing:
            self.tell(clash.id, "element_missing", "", ", ".join(key.global_id for key in absent))
        status = after_missed(clash, checked=checked, gone=gone)
        if status is clash.status:
            return replace(clash, element_missing=missing)
        note = "element removed" if gone else "not found although checked" if checked else "not checked"
        self.tell(clash.id, "status", clash.status.value, status.value, note)
        before = clash.status if status is UNCHECKED else None
        return replace(clash, element_missing=missing, status=status, status_before=before)

    def _is_absent(self, key: BodyKey) -> bool:
        """Is an element not in its model's file any more; one that is there and was not drawn is not absent."""
        model = self.models.get(key.model)
        return model is not None and not self.there(key) and key.global_id not in model.parents

    def _storey(self, found: FoundClash) -> str:
        names = (self.models[key.model].storeys[self.rows[key.model][key.global_id]] for key in (found.a, found.b))
        return next((name for name in names if name), "")

    def _place(
        self, found: FoundClash
    ) -> tuple[tuple[float, float, float], tuple[tuple[float, float, float], tuple[float, float, float]]]:
        """Return point and box of a found clash in the local frame of its first element's model."""
        matrix = self.local_from_frame[found.a.model]
        low, high = found.measured.box
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        placed = np.vstack([found.measured.point, corners]) @ matrix[:3, :3].T + matrix[:3, 3]
        return _triple(placed[0]), (_triple(placed[1:].min(axis=0)), _triple(placed[1:].max(axis=0)))


def after_found(
    clash: Clash, found: ClashType, *, by_design: bool, grown: bool = False
) -> tuple[ClashStatus, str, int]:
    """Return the status of a clash that was found again, why it changes, and 1 where it is reopened.

    grown : it is of the type that it was, but much worse
    """
    status = clash.status
    if status is UNCHECKED:
        status = clash.status_before or ACTIVE
    if status is BY_DESIGN and clash.reason is None:
        return BY_DESIGN, "", 0  # a person said so
    if by_design:
        # an open clash that was by design before: a person said that it is none
        stays = status in (REVIEWED, APPROVED, BY_DESIGN) or (clash.reason is not None and status in (NEW, ACTIVE))
        return (status, "", 0) if stays else (BY_DESIGN, "by design", 0)
    if status is BY_DESIGN:
        return (ACTIVE if found is ClashType.TOUCH else NEW), "not by design any more", 0
    if found is ClashType.TOUCH:
        return _after_touch(clash, status)
    if status is RESOLVED:
        return NEW, "found again", 1
    if status in (REVIEWED, APPROVED):
        worse = grown or _RANK[found] > _RANK[clash.type]
        return (NEW, "worse than it was", 1) if worse else (status, "", 0)
    return (NEW, "more than a touch", 0) if clash.type is ClashType.TOUCH else (ACTIVE, "", 0)


def _after_touch(clash: Clash, status: ClashStatus) -> tuple[ClashStatus, str, int]:
    """Return the same for a clash that is found as a touch now."""
    if _overlaps(clash):
        return RESOLVED, "touches only", 0
    return (status if status in (REVIEWED, APPROVED, RESOLVED) else ACTIVE), "", 0


def after_missed(clash: Clash, *, checked: bool, gone: bool) -> ClashStatus:
    """Return the status of a clash that was not found again.

    checked : its elements and a rule that would have told of it were; gone : one of its elements was removed
    """
    by_hand = clash.status is BY_DESIGN and clash.reason is None
    if clash.status is RESOLVED or by_hand:
        return clash.status
    if checked or gone:
        return RESOLVED
    return UNCHECKED if clash.status in (NEW, ACTIVE, REVIEWED) else clash.status


def _triple(point: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return x, y, z
