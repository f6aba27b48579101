"""The city in figures as the JSON of the contract; what a list of projects adds for colouring. Knows no Flask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twin.judgement.overview import COLOURINGS, Group, Overview, city_overview, deviation, month_before, project_indices
from twin.values.project import LIGHTS, RESOURCES
from web.answers_facts import judgement_head, money, project_collection, rounded

if TYPE_CHECKING:
    from twin.judged import Judged, JudgedProject, Judgement
    from twin.judged_timeline import Months
    from twin.judgement.resource_use import AddedUse


def asked_head(judgement: "Judgement", language: str) -> dict[str, Any]:
    """Return what a judgement was asked for, with the twin's own day, and whether it is a forecast."""
    return {
        **judgement_head(judgement, language),
        "today": judgement.today.isoformat(),
        "forecast": judgement.forecast,
    }


def coloured_collection(name: str, judgement: "Judgement", language: str) -> dict[str, Any]:
    """Return `project_collection`, with what colours and compares the projects."""
    found = project_collection(name, judgement, language)
    for feature, more in zip(found["features"], colours(judgement.projects), strict=True):
        feature["properties"].update(more)
    features = found.pop("features")
    return {**found, **asked_head(judgement, language), "features": features}


def colours(projects: "Sequence[JudgedProject]") -> list[dict[str, Any]]:
    """Return of each project its class in every colouring, its deviation, its use of resources."""
    columns = {by: column.tolist() for by, column in project_indices(projects).items()}
    return [
        {
            "deviation": rounded(deviation(found.status)),
            "index": {by: columns[by][row] for by in COLOURINGS},
            "resources": {
                name: {
                    "unit": use.unit,
                    "planned": money(use.planned),
                    "used": money(use.used),
                    "total": money(use.total),
                    "rate": rounded(use.rate),
                }
                for name, use in found.status.resources.items()
            },
            "forecast": found.forecast,
        }
        for row, found in enumerate(projects)
    ]


def overview_json(judged: "Judged", judgement: "Judgement", language: str) -> dict[str, Any]:
    """Return the city on the day of a judgement, against a month earlier."""
    before = month_before(judgement.as_of)
    then = judged.projects(before, judgement.known_at, judgement.pack.id, forecast=judgement.forecast)
    found = city_overview(judgement.projects, then.projects)
    return {
        **asked_head(judgement, language),
        "before": before.isoformat(),
        "lights": found.lights,
        "lights_before": found.lights_before,
        "changes": [
            {"code": change.code, "name": change.name, "from": change.before, "to": change.now}
            for change in found.changes
        ],
        "districts": [{**_group(group), **_figures(group)} for group in found.districts],
        "kinds": [_group(group) for group in found.kinds],
        "totals": _totals(found),
    }


def timeline_json(found: "Months") -> dict[str, Any]:
    """Return the lights of all months; those that are not judged yet have no counts."""
    return {
        "first": found.days[0].isoformat() if found.days else None,
        "last": found.days[-1].isoformat() if found.days else None,
        "today": found.today.isoformat(),
        "complete": found.complete,
        "months": [
            {
                "as_of": day.isoformat(),
                "forecast": day > found.today,
                **(dict.fromkeys(LIGHTS) if lights is None else lights),
            }
            for day, lights in zip(found.days, found.lights, strict=True)
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "projects": group.projects,
        "lights": group.lights,
        "lights_before": group.lights_before,
    }


def _figures(group: Group) -> dict[str, Any]:
    return {
        "index": {by: group.index[by] for by in COLOURINGS},
        "values": {by: rounded(group.values[by]) for by in COLOURINGS},
    }


def _totals(found: Overview) -> dict[str, Any]:
    budget = {currency: money(amount) for currency, amount in found.budget.items()}
    return {"budget": budget, **{name: _total(found.uses[name]) for name in RESOURCES if name in found.uses}}


def _total(added: "AddedUse") -> dict[str, Any]:
    use = added.use
    return {
        "unit": use.unit,
        "planned": money(use.planned),
        "used": money(use.used),
        "total": money(use.total),
        "rate": rounded(use.rate),
        "projects": added.counted,
        "left_out": added.left_out,
    }
