"""What a search found, systems of a model and the history of an element as the JSON of the contract. Knows no Flask."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from web.answers_facts import report_json, rounded

if TYPE_CHECKING:
    from twin.judgement.history import History
    from twin.store import ElementGroup
    from web.search import Found

_PLACE = dict.fromkeys(("project", "model", "global_id", "layer", "feature", "longitude", "latitude", "bounds"))


def search_json(query: str, found: "Found", language: str) -> dict[str, Any]:
    """Return the results of a search, best first."""
    results = [
        {
            "kind": source.kind,
            "title": source.title(match.item),
            "matched": match.matched,
            **_PLACE,
            **source.details(match.item, language),
        }
        for source, match in found.matches
    ]
    return {"query": query, "results": results, "left_off": found.left_off, "complete": found.complete}


def systems_json(groups: "Sequence[ElementGroup]") -> list[dict[str, Any]]:
    """Return the groups of a model with the feature rows of their elements."""
    return [
        {"name": group.name, "ifc_class": group.ifc_class, "global_id": group.global_id, "rows": list(group.rows)}
        for group in groups
    ]


def element_systems(properties: Mapping[str, Any]) -> list[str]:
    """Return the names of the groups of an element, nearest first; of one without a name its class."""
    return [group["name"] or group["ifc_class"] for group in properties.get("groups", ())]


def history_json(history: "History") -> dict[str, Any]:
    """Return the reports of an element's tasks, oldest first."""
    listed = [
        {
            "fact_date": fact.fact_date.isoformat(),
            "completion": rounded(fact.completion),
            "task": fact.task,
            "report": report_json(fact.report),
        }
        for fact in history.facts
    ]
    return {"history": listed, "history_left_off": history.left_off}
