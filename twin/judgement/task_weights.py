"""What each task of a schedule is worth within the whole: cost, else work, else working time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.values.schedule import Baseline, Task
from twin.values.sentence import Sentence, say

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """weight : float64 (n_tasks,), 0 or more; total : their sum, in money (by "cost") or hours ("work", "duration")."""

    weight: Floats
    total: float
    by: str
    notes: list[Sentence]


def parent_rows(tasks: Sequence[Task]) -> Ints:
    """Return the row of each task's parent, int64 (n_tasks,), -1 for none; a parent that ends in a ring is none."""
    rows = {t.id: row for row, t in enumerate(tasks)}
    parent = np.asarray(
        [-1 if t.parent is None else rows.get(t.parent, -1) for t in tasks] or np.zeros(0), dtype=np.int64
    )
    above, steps = parent.copy(), 0
    while (inside := above >= 0).any() and steps <= len(parent):
        above[inside] = parent[above[inside]]
        steps += 1
    return np.where(above >= 0, -1, parent)  # whoever never came out stands in a ring or below one


def leaf_rows(tasks: Sequence[Task], parent: Ints) -> Mask:
    """Return which tasks have none below them and are no summaries, bool (n_tasks,)."""
    leaf = np.asarray([t.kind != "summary" for t in tasks] or np.zeros(0), dtype=bool)
    leaf[parent[parent >= 0]] = False
    return leaf


def weigh(tasks: Sequence[Task], parent: Ints, dated: Mask, minutes: Ints) -> Weights:
    """Return what the dated leaves are worth.

    Cost counts as soon as any leaf has one (baseline cost before planned cost), then work, then working time from
    baseline start to finish.  Level of effort and summaries count only where nothing else carries cost: a summary's
    cost is usually the sum of what is below it.  A milestone's cost stands nowhere else, so it counts.

    dated, minutes : (n_tasks,) which leaves have dates, and their working minutes
    """
    kinds = np.asarray([t.kind for t in tasks])
    cost, _ = _stated(tasks, "cost")
    notes: list[Sentence] = []
    leaf_cost = np.where(leaf_rows(tasks, parent), cost, 0.0)
    own = np.where(kinds != "level_of_effort", leaf_cost, 0.0)
    for candidate in (own, leaf_cost):
        if candidate.sum() > 0:
            left = float(leaf_cost[~dated].sum())
            if left > 0:
                notes.append(
                    say("Tasks without dates, worth {cost}, are not in the planned value.", cost=round(left, 2))
                )
            if candidate is own and (effort := float(leaf_cost.sum() - own.sum())) > 0:
                notes.append(say("Level of effort worth {cost} is not in the planned value.", cost=round(effort, 2)))
            if (weight := np.where(dated, candidate, 0.0)).sum() > 0:
                return Weights(weight, float(weight.sum()), "cost", notes)
    if (spread := _spread(cost, parent, dated, minutes)).sum() > 0:
        notes.append(say("Only summaries have costs; they are spread over their tasks by working time."))
        return Weights(spread, float(spread.sum()), "cost", notes)
    plain = dated & (kinds == "task")
    work, _ = _stated(tasks, "work")
    for by, hours in (("work", work), ("duration", minutes / 60.0)):
        if (weight := np.where(plain, hours, 0.0)).sum() > 0:
            return Weights(weight, float(weight.sum()), by, notes)
    notes.append(say("No task has cost, work or duration; all count the same."))
    alone = np.where(dated, 1.0, 0.0)
    return Weights(alone, float(alone.sum()), "duration", notes)


def _stated(tasks: Sequence[Task], name: str) -> tuple[Floats, bool]:
    """Return cost (money) or work (hours) of each task, float64, and whether it is the baseline's.

    The baseline's figures count when any task has one; a task that has no baseline at all then counts as now planned.
    """
    agreed = [next((b for b in t.baselines if b.number == 0), None) for t in tasks]
    based = any(b is not None and _amount(b, name) > 0 for b in agreed)
    values = [_amount(b if based and b is not None else t, name) for t, b in zip(tasks, agreed, strict=True)]
    return np.asarray(values, dtype=np.float64), based


def _amount(holder: Task | Baseline, name: str) -> float:
    """Return cost, or work in hours; 0 where it is not stated or below 0."""
    if name == "cost":
        return max(holder.cost or 0.0, 0.0)
    return 0.0 if holder.work is None else max(holder.work.total_seconds() / 3600.0, 0.0)


def _spread(cost: Floats, parent: Ints, dated: Mask, minutes: Ints) -> Floats:
    """Return summaries' costs laid on the dated leaves under them by working time, float64 (n_tasks,).

    Each leaf belongs to the nearest summary above it that has a cost; what a summary's own parts cost is taken off it.
    """
    rest, owner = cost.copy(), np.full(len(cost), -1, dtype=np.int64)
    for row in range(len(cost)):
        above = int(parent[row])
        while above >= 0 and cost[above] <= 0:
            above = int(parent[above])
        owner[row] = above
        if above >= 0 and cost[row] > 0:
            rest[above] -= cost[row]
    laid = dated & (owner >= 0)
    share = np.where(laid, np.maximum(minutes, 1), 0).astype(np.float64)
    whole = np.bincount(owner[laid], weights=share[laid], minlength=len(cost))
    spread = np.zeros(len(cost))
    spread[laid] = np.maximum(rest[owner[laid]], 0.0) * share[laid] / whole[owner[laid]]
    return spread
