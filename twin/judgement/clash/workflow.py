"""Work in the same space at the same time: pairs of elements that are built together in one another's way."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.judgement.clash.boxes import element_boxes
from twin.judgement.clash.select import Columns, concatenated, pairs_of, select
from twin.values.clash import BodyKey, CheckedModel, ClashType, FoundClash, Measured, Method
from twin.values.clash_rules import ClashRule, RuleSet
from twin.values.sentence import say

WORK_ZONE = 1.0  # metres around an element that those who build it need, where the rule asks for no other room
FACTOR = say("the two are built at the same time, {days} days of it")


def workflow_clashes(models: Sequence[CheckedModel], rules: RuleSet) -> list[FoundClash]:
    """Return the pairs whose work zones meet while both are being built, by the rules that tell workflow clashes.

    The zone of an element is the box around it, and the rule's clearance (else WORK_ZONE) on every side.  Elements that
    no task builds take no part.  `Measured` holds the boxes, not bodies: `depth` is how far the zones overlap.
    """
    told = [rule for rule in rules.rules if ClashType.WORKFLOW in rule.types]
    if not told:
        return []
    columns = concatenated(models)
    windows = _windows(columns)
    boxes = np.concatenate([np.zeros((0, 2, 3)), *(element_boxes(m.bodies, m.frame_from_local) for m in models)])
    found: dict[tuple[int, int], FoundClash] = {}
    for rule in told:
        for clash, pair in _of_rule(rule, columns, boxes, windows):
            found.setdefault(pair, clash)
    return [found[pair] for pair in sorted(found)]


def without_schedule(models: Sequence[CheckedModel], rules: RuleSet) -> list[str]:
    """Return the names of rules that ask for days of work only, where no model has any: they prove nothing."""
    if any(model.windows is not None and np.isfinite(model.windows).any() for model in models):
        return []
    return [rule.name for rule in rules.rules if set(rule.types) == {ClashType.WORKFLOW}]


def _of_rule(
    rule: ClashRule, columns: Columns, boxes: NDArray[np.float64], windows: NDArray[np.float64]
) -> Iterator[tuple[FoundClash, tuple[int, int]]]:
    """Yield the workflow clashes of a rule and the numbers of their elements."""
    room = rule.clearance or WORK_ZONE
    masks = select(rule, columns)
    zones = boxes + np.array([-room, room])[:, None]
    timed = np.flatnonzero((masks[0] | masks[1]) & np.isfinite(windows).all(axis=1) & np.isfinite(boxes).all((1, 2)))
    for pairs in _same_time_and_place(timed, zones, windows):
        for i, j in pairs[pairs_of(rule, columns, pairs, masks)].tolist():
            low, high = np.maximum(zones[i, 0], zones[j, 0]), np.minimum(zones[i, 1], zones[j, 1])
            days = min(windows[i, 1], windows[j, 1]) - max(windows[i, 0], windows[j, 0]) + 1
            size = high - low
            gap = np.maximum(boxes[i, 0] - boxes[j, 1], boxes[j, 0] - boxes[i, 1]).max()
            volume = float(np.prod(size))
            whole = [float(np.prod(np.ptp(zones[k], axis=0))) for k in (i, j)]
            measured = Measured(
                volume=volume,
                depth=float(size.min()),
                distance=float(max(gap, 0.0)),
                shares=(volume / whole[0], volume / whole[1]),
                point=(low + high) / 2,
                box=np.array([low, high]),
                method=Method.SURFACE_ONLY,
            )
            factors = (say(FACTOR.template, days=int(days)),)
            a, b = _key(columns, i), _key(columns, j)
            yield FoundClash(rule.name, a, b, ClashType.WORKFLOW, measured, None, rule.severity, factors), (i, j)


def _same_time_and_place(
    timed: NDArray[np.int64], zones: NDArray[np.float64], windows: NDArray[np.float64]
) -> Iterator[NDArray[np.int64]]:
    """Yield (p, 2) pairs i < j of some elements whose zones meet and whose windows share a day.

    A sweep along the days: only elements that are under construction together are compared.
    """
    order = timed[np.argsort(windows[timed, 0], kind="stable")]
    starts = windows[order, 0]
    for at, element in enumerate(order):
        others = order[at + 1 : int(np.searchsorted(starts, windows[element, 1], side="right"))]
        meet = (zones[others, 0] < zones[element, 1]).all(axis=1) & (zones[others, 1] > zones[element, 0]).all(axis=1)
        near = others[meet]
        if len(near):
            yield np.stack([np.minimum(near, element), np.maximum(near, element)], axis=1)


def _windows(columns: Columns) -> NDArray[np.float64]:
    """Return (n, 2) first and last day of work of every element, NaN where none is known."""
    found = [
        np.full((len(m.bodies), 2), np.nan) if m.windows is None else np.asarray(m.windows, np.float64)
        for m in columns.models
    ]
    return np.concatenate([np.zeros((0, 2)), *found])


def _key(columns: Columns, element: int) -> BodyKey:
    model, row = columns.place(element)
    return BodyKey(model.model, model.global_ids[row])
