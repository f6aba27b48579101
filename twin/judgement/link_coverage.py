"""How much of a project's models and budget the links tie together, and what is left over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.judgement.element_table import ElementTable
from twin.judgement.link_rules import LinkRules
from twin.judgement.links import Links
from twin.values.schedule import Schedule, Task


@dataclass(frozen=True, slots=True)
class Leftover:
    """Elements of one class on one storey that no task builds; `example` is the GlobalId of the first."""

    model: str
    ifc_class: str
    storey: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class IdleTask:
    """A task that builds no element; `cost` None where the schedule states none."""

    id: str
    name: str
    cost: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a project is tied.

    elements, linked_elements : drawn building elements (no spaces) of all models; by_relation : of them by the
        schedule's own relations
    tasks, linked_tasks : leaf tasks, summaries and milestones left out; a task below a tied summary is tied
    budget, linked_budget : cost of leaf tasks, by the baseline where the schedule has one; None without any cost
    leftovers : by count, greatest first; idle_tasks : by cost, greatest first, then in the order of the schedule
    idle_rules : numbers of the rules that tied nothing
    ambiguous : what rules call a task by → ids of the tasks that share it
    missing : what rules would call a task by, which no task is called → elements for which they did
    strangers : GlobalIds that the schedule's relations name and no model has, sorted
    """

    elements: int
    linked_elements: int
    by_relation: int
    tasks: int
    linked_tasks: int
    budget: float | None
    linked_budget: float | None
    leftovers: Sequence[Leftover] = ()
    idle_tasks: Sequence[IdleTask] = ()
    idle_rules: Sequence[int] = ()
    ambiguous: Mapping[str, Sequence[str]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    strangers: Sequence[str] = ()


def coverage(
    schedule: Schedule, models: Sequence[tuple[Links, ElementTable]], rules: LinkRules | None = None
) -> Coverage:
    """Return how much is tied over all models of a project; each comes with its own links."""
    total = linked = by_relation = 0
    leftovers: list[Leftover] = []
    tied = np.zeros(len(schedule.tasks), bool)
    strangers: set[str] | None = None
    for links, elements in models:
        solid = elements.built()
        has = np.zeros(len(elements), bool)
        has[links.rows] = True
        related = np.zeros(len(elements), bool)
        related[links.rows[links.how == 0]] = True
        total += int(solid.sum())
        linked += int((solid & has).sum())
        by_relation += int((solid & related).sum())
        leftovers += _leftovers(elements, np.flatnonzero(solid & ~has))
        tied[links.tasks] = True
        strangers = set(links.strangers) if strangers is None else strangers & links.strangers
    leaves, costs = leaves_and_costs(schedule)
    if models:
        tied = below(models[0][0].parents, tied)
    priced = [(i, cost) for i in leaves if (cost := costs[i]) is not None]
    return Coverage(
        total,
        linked,
        by_relation,
        len(leaves),
        int(tied[leaves].sum()),
        sum(cost for _, cost in priced) if priced else None,
        sum(cost for i, cost in priced if tied[i]) if priced else None,
        sorted(leftovers, key=lambda left: -left.count),
        _idle(schedule.tasks, costs, [i for i in leaves if not tied[i]]),
        [rule.number for rule in rules.rules if not any(links.matched.get(rule.number) for links, _ in models)]
        if rules is not None
        else [],
        _merged(links.ambiguous for links, _ in models),
        _summed(links.missing for links, _ in models),
        sorted(strangers or ()),
    )


def leaves_and_costs(schedule: Schedule) -> tuple[list[int], list[float | None]]:
    """Return the indices of the leaf tasks, and the cost of every task, None where none is stated.

    The baseline's costs count where any leaf has one, else those that are now planned; a milestone is a leaf only with
    a cost.
    """
    summaries = {task.parent for task in schedule.tasks}
    leaves = [i for i, t in enumerate(schedule.tasks) if t.id not in summaries and t.kind != "summary"]
    costs = [next((b.cost for b in task.baselines if b.number == 0), None) for task in schedule.tasks]
    if all(costs[i] is None for i in leaves):
        costs = [task.cost for task in schedule.tasks]
    return [i for i in leaves if costs[i] or schedule.tasks[i].kind != "milestone"], costs


def below(parents: NDArray[np.int64], marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (n_tasks,) bool: the marked tasks and all tasks below them; `parents` as in `Links`."""
    found = marked.copy()
    above = parents.copy()
    while (above >= 0).any():
        inside = above >= 0
        found[inside] |= marked[above[inside]]
        above[inside] = parents[above[inside]]
    return found


def _leftovers(elements: ElementTable, rows: NDArray[np.int64]) -> list[Leftover]:
    storeys = np.asarray(elements.storey, np.int64)
    keys = np.asarray(elements.ifc_class, np.int64) * (len(elements.storeys) + 1) + storeys + 1
    found, first, counts = np.unique(keys[rows], return_index=True, return_counts=True)
    return [
        Leftover(
            elements.model,
            elements.classes[key // (len(elements.storeys) + 1)],
            elements.storeys[storey - 1].name if (storey := key % (len(elements.storeys) + 1)) else "",
            count,
            elements.global_id[int(rows[at])],
        )
        for key, at, count in zip(found.tolist(), first.tolist(), counts.tolist(), strict=True)
    ]


def _idle(tasks: Sequence[Task], costs: Sequence[float | None], rows: Iterable[int]) -> list[IdleTask]:
    idle = [IdleTask(tasks[i].id, tasks[i].name, costs[i]) for i in rows]
    return sorted(idle, key=lambda task: -(task.cost or 0.0))


def _merged(parts: Iterable[Mapping[str, Sequence[str]]]) -> dict[str, Sequence[str]]:
    return {text: ids for part in parts for text, ids in part.items()}


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for text, count in part.items():
            found[text] = found.get(text, 0) + count
    return dict(sorted(found.items(), key=lambda item: -item[1]))
