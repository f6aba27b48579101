"""How much of a project its links tie to tasks, as JSON and in words. Knows no Flask and no click."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from twin.judgement.link_coverage import Coverage

SHOWN = 15  # of each list in words; the JSON has all


def coverage_json(found: "Coverage", project: str, language: str) -> dict[str, Any]:
    """Return how much is tied, and everything that is not."""
    return {
        "project": project,
        "elements": found.elements,
        "linked_elements": found.linked_elements,
        "by_relation": found.by_relation,
        "tasks": found.tasks,
        "linked_tasks": found.linked_tasks,
        "budget": found.budget,
        "linked_budget": found.linked_budget,
        "unlinked": [
            {
                "model": left.model,
                "ifc_class": left.ifc_class,
                "storey": left.storey,
                "count": left.count,
                "example": left.example,
            }
            for left in found.leftovers
        ],
        "idle_tasks": [{"id": task.id, "name": task.name, "cost": task.cost} for task in found.idle_tasks],
        "idle_rules": list(found.idle_rules),
        "ambiguous": {name: list(ids) for name, ids in found.ambiguous.items()},
        "missing": dict(found.missing),
        "strangers": list(found.strangers),
    }


def coverage_lines(found: "Coverage") -> Iterator[Sentence]:
    """Say how much is tied, and what is not, the most first."""
    yield say(
        "{linked} of {all} elements are tied to tasks ({share}), {by_relation} of them by the schedule's own relations;"
        " {linked_tasks} of {tasks} tasks have elements.",
        linked=found.linked_elements,
        all=found.elements,
        share=_share(found.linked_elements, found.elements),
        by_relation=found.by_relation,
        linked_tasks=found.linked_tasks,
        tasks=found.tasks,
    )
    if found.budget is not None:
        yield say(
            "{linked} of a budget of {budget} is tied to elements ({share}).",
            linked=f"{found.linked_budget or 0:,.0f}",
            budget=f"{found.budget:,.0f}",
            share=_share(found.linked_budget or 0.0, found.budget),
        )
    for left in found.leftovers[:SHOWN]:
        yield say(
            "  without a task: {count} {ifc_class} on {storey} of {model}, such as {example}",
            count=left.count,
            ifc_class=left.ifc_class,
            storey=left.storey or "–",
            model=left.model,
            example=left.example,
        )
    for task in found.idle_tasks[:SHOWN]:
        cost = "–" if task.cost is None else f"{task.cost:,.0f}"
        yield say("  without elements: {task} {name}, cost {cost}", task=task.id, name=task.name, cost=cost)
    for number in found.idle_rules:
        yield say("  Rule {number} tied nothing.", number=number)
    for name, ids in found.ambiguous.items():
        yield say("  Several tasks are called {name} ({ids}): none of them was tied.", name=name, ids=", ".join(ids))
    for name, count in list(found.missing.items())[:SHOWN]:
        yield say("  No task is called {name}; {count} elements asked for it.", name=name, count=count)
    if found.strangers:
        yield say("  The schedule names {count} elements that no model has.", count=len(found.strangers))
    if max(len(found.leftovers), len(found.idle_tasks), len(found.missing)) > SHOWN:
        yield say("  There is more: --json lists all.")


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "–"
