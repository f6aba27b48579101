"""A run of clash detection: rules choose pairs, boxes leave most of them out, solids decide, semantics explain."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.judgement.clash.batches import (
    NOTHING_NEAR,
    UNTESTABLE,
    Answers,
    Stock,
    measured_of,
)
from twin.judgement.clash.boxes import element_boxes
from twin.judgement.clash.candidates import TOUCH, Candidates, candidates
from twin.judgement.clash.select import Columns, Mask, concatenated, fits_class, fits_text, select
from twin.judgement.clash.semantics import ByDesign
from twin.judgement.clash.severity import severity
from twin.judgement.clash.verdict import classify
from twin.judgement.clash.workers import answers
from twin.judgement.clash.workflow import without_schedule, workflow_clashes
from twin.judgement.clash.zones import zone_gap
from twin.values.bodies import Bodies
from twin.values.clash import BodyKey, CheckedModel, ClashType, Detection, FoundClash, Measured, Untestable
from twin.values.clash_rules import RuleSet, Selector, Zone
from twin.values.sentence import say, unpack

_NO_AREA = 1e-14  # square metres of a triangle that is a line
_FACES_AT_ONCE = 200_000
_FEW = 30  # pairs: less than it takes to start a worker
_SMALL = 20_000  # triangles of theirs


def detect(
    models: Sequence[CheckedModel],
    rules: RuleSet,
    executor: Executor | None = None,
    advance: Callable[[int, int], None] = lambda done, total: None,
    today: float | None = None,
) -> Detection:
    """Return all that the rules find among the elements of some models.

    executor : where pairs are measured (a process pool uses all cores), but for a handful; None: in this process
    advance : told (done, of) pairs now and then
    today : a day (proleptic ordinal): what is built soon after it weighs more
    """
    _check(rules)
    columns = concatenated(models)
    boxes, flat = _boxes(models)
    masks = [select(rule, columns) for rule in rules.rules]
    chosen = candidates(columns, rules.rules, masks, boxes)
    untestable = _without_a_body(columns, masks, boxes, flat)
    stock = Stock([model.bodies for model in models], [model.frame_from_local for model in models])
    places = boxes.mean(axis=1)
    batches = stock.batches(chosen.pairs, chosen.reach, np.zeros_like(places) if np.isnan(places).all() else places)
    judge = _Judge(columns, rules, masks, chosen, today)
    work = stock.triangles[chosen.pairs]
    handful = len(work) <= _FEW and work.sum() <= _SMALL
    for found in answers(batches, None if handful else executor):
        judge.hear(found)
        advance(judge.heard, len(chosen.pairs))
    clashes, unjudged = judge.verdicts()
    return Detection(
        examined=len(chosen.pairs),
        untestable=[*untestable, *unjudged],
        rules=[rule.name for rule in rules.rules],
        rules_without_match=_without_match(models, rules, masks),
        clashes=_with_workflow(clashes, workflow_clashes(models, rules), columns, rules),
    )


class _Judge:
    """Hears what was measured, batch by batch, and gives verdicts in the order of the pairs."""

    def __init__(
        self,
        columns: Columns,
        rules: RuleSet,
        masks: Sequence[tuple[Mask, Mask]],
        chosen: Candidates,
        today: float | None,
    ) -> None:
        self._columns, self._rules, self._masks, self._chosen = columns, rules, masks, chosen
        self._today = today
        self._by_design = ByDesign(columns, rules.joints)
        self._found: dict[int, FoundClash] = {}
        self._unjudged: dict[int, Untestable] = {}
        self.heard = 0

    def hear(self, found: Answers) -> None:
        """Judge the pairs of a batch."""
        self.heard += len(found.numbers)
        for at in np.flatnonzero(found.codes != NOTHING_NEAR).tolist():
            number = int(found.numbers[at])
            i, j = self._chosen.pairs[number].tolist()
            if found.codes[at] == UNTESTABLE:
                reason = unpack(found.reasons[at])
                self._unjudged[number] = Untestable(_key(self._columns, i), _key(self._columns, j), reason)
                continue
            clash = self._clash(number, i, j, measured_of(int(found.codes[at]), found.measures[at]))
            if clash is not None:
                self._found[number] = clash

    def verdicts(self) -> tuple[list[FoundClash], list[Untestable]]:
        """Return the clashes and what could not be judged, in the order of the pairs."""
        return [self._found[n] for n in sorted(self._found)], [self._unjudged[n] for n in sorted(self._unjudged)]

    def _clash(self, number: int, i: int, j: int, measured: Measured) -> FoundClash | None:
        """Return what the first rule that speaks of a pair and tells its type makes of it."""
        for at in self._chosen.rules_of(number).tolist():
            rule = self._rules.rules[at]
            room = rule.clearance if ClashType.CLEARANCE in rule.types else 0.0
            type = classify(measured, rule.tolerance, TOUCH, room)
            if type is ClashType.TOUCH and room > 0 and ClashType.TOUCH not in rule.types:
                type = ClashType.CLEARANCE  # what touches leaves less room than a rule asks for that knows no touching
            if type is None or type not in rule.types:
                continue
            a, b = _key(self._columns, i), _key(self._columns, j)
            reason = self._by_design.reason(i, j, type)
            if type is ClashType.CLEARANCE and rule.zone is not Zone.AROUND:
                measured = replace(measured, distance=self._room(at, i, j, measured.distance))
            grade, factors = severity(rule, type, measured, self._starts_in(i, j))
            return FoundClash(rule.name, a, b, type, measured, reason, grade, factors)
        return None

    def _room(self, rule: int, i: int, j: int, distance: float) -> float:
        """Return the room in the zone of a rule, metres; the distance of the bodies where it has none."""
        a, b = self._masks[rule]
        sides = [(one, other) for one, other in ((i, j), (j, i)) if a[one] and b[other]]
        places = [(self._columns.place(one), self._columns.place(other)) for one, other in sides]
        gaps = [zone_gap(self._rules.rules[rule], one, other) for one, other in places]
        return min((gap for gap in gaps if gap is not None), default=distance)

    def _starts_in(self, i: int, j: int) -> float | None:
        """Return how many days after today work on the first of two elements begins; None where no task says so."""
        if self._today is None:
            return None
        places = [self._columns.place(i), self._columns.place(j)]
        starts = [float(model.windows[row, 0]) for model, row in places if model.windows is not None]
        return min((start - self._today for start in starts if not np.isnan(start)), default=None)


def _with_workflow(
    clashes: Sequence[FoundClash], workflow: Sequence[FoundClash], columns: Columns, rules: RuleSet
) -> list[FoundClash]:
    """Return clashes and workflow clashes in the order of the pairs: one of a pair, by the rule that comes first."""
    if not workflow:
        return list(clashes)
    keys = [BodyKey(model.model, global_id) for model in columns.models for global_id in model.global_ids]
    numbers = {key: number for number, key in enumerate(keys)}
    order = {rule.name: number for number, rule in reversed(list(enumerate(rules.rules)))}
    kept: dict[tuple[int, int], FoundClash] = {}
    for clash in [*clashes, *workflow]:
        pair = (numbers[clash.a], numbers[clash.b])
        if pair not in kept or order[clash.rule] < order[kept[pair].rule]:
            kept[pair] = clash
    return [kept[pair] for pair in sorted(kept)]


def _without_match(models: Sequence[CheckedModel], rules: RuleSet, masks: Sequence[tuple[Mask, Mask]]) -> list[str]:
    """Return the names of rules that prove nothing: a side holds no element, or all they ask for are days of work and
    no model has any."""
    untimed = without_schedule(models, rules)
    return [
        rule.name
        for rule, (a, b) in zip(rules.rules, masks, strict=True)
        if not (a.any() and b.any()) or rule.name in untimed
    ]


def may_speak_of(rules: RuleSet, discipline: str, ifc_class: str, name: str) -> bool:
    """May a rule speak of an element that was not drawn: of its storey, systems and properties nothing is known."""

    def may(side: Selector) -> bool:
        known = ((side.disciplines, discipline), (side.names, name))
        fits = fits_class(side.ifc_classes, ifc_class) and all(fits_text(want, has) for want, has in known if want)
        return fits and (not side.either or any(map(may, side.either)))

    return any(may(side) for rule in rules.rules for side in (rule.a, rule.b))


def _boxes(models: Sequence[CheckedModel]) -> tuple[NDArray[np.float64], Mask]:
    """Return (n, 2, 3) boxes of all elements in the frame, metres, and (n,) which are lines or points only: their boxes
    are NaN, as of those that have none."""
    found = [element_boxes(model.bodies, model.frame_from_local) for model in models]
    boxes = np.concatenate([np.zeros((0, 2, 3)), *found])
    flat = np.concatenate([np.zeros(0, bool), *(_without_area(m.bodies)[m.bodies.shapes] for m in models)])
    flat &= np.isfinite(boxes).all(axis=(1, 2))
    boxes[flat] = np.nan
    return boxes, flat


def _without_area(bodies: Bodies) -> Mask:
    """Return (shapes,) which shapes have no triangle with an area."""
    counts, first = np.diff(bodies.face_starts), np.diff(bodies.vertex_starts)
    solid = np.zeros(len(counts), bool)
    shape_of, offsets = np.repeat(np.arange(len(counts)), counts), bodies.vertex_starts[:-1]
    for start in range(0, len(shape_of), _FACES_AT_ONCE):
        shapes = shape_of[start : start + _FACES_AT_ONCE]
        faces = bodies.faces[start : start + _FACES_AT_ONCE].astype(np.int64)
        sound = (faces < first[shapes, None]).all(axis=1)
        a, b, c = bodies.vertices[(faces[sound] + offsets[shapes[sound], None]).T]
        with np.errstate(invalid="ignore", over="ignore"):
            area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        solid[shapes[~sound]] = True  # whoever measures it tells what is wrong with it
        solid[shapes[sound][~(area <= _NO_AREA)]] = True
    return ~solid


def _without_a_body(
    columns: Columns, masks: Sequence[tuple[Mask, Mask]], boxes: NDArray[np.float64], flat: Mask
) -> list[Untestable]:
    """Return the elements a rule speaks of whose body is nowhere: each stands for all its pairs."""
    asked = np.zeros(len(columns), bool)
    for a, b in masks:
        asked |= a | b
    nowhere = np.flatnonzero(asked & np.isnan(boxes).any(axis=(1, 2)))
    none = say("its body has no triangles, or coordinates that are no numbers")
    lines = say("its triangles are lines or points")
    keys = [(_key(columns, i), lines if flat[i] else none) for i in nowhere.tolist()]
    return [Untestable(key, key, reason) for key, reason in keys]


def _check(rules: RuleSet) -> None:
    """Refuse lengths that are no lengths: nothing is larger than NaN, so everything would seem clean."""
    for rule in rules.rules:
        for name, length in (("tolerance", rule.tolerance), ("clearance", rule.clearance)):
            if not (np.isfinite(length) and length >= 0):
                raise InvalidInput(
                    "The {name} of rule {rule} is {length}, which is no length: give metres, 0 or more.",
                    name=name,
                    rule=rule.name,
                    length=str(length),
                )


def _key(columns: Columns, element: int) -> BodyKey:
    model, row = columns.place(element)
    return BodyKey(model.model, model.global_ids[row])
