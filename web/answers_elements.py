"""Tasks, elements and resources on a day as the JSON of the contract. Knows no Flask."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.judgement.baseline import add_up
from twin.judgement.legend import legend
from twin.values.project import RESOURCES
from twin.values.sentence import in_language
from web import answers, answers_find
from web.answers_facts import PLACES, day, moment, rounded, use_json

if TYPE_CHECKING:
    from twin.judged import Judged, JudgedProject, Judgement
    from twin.judged_elements import JudgedElement
    from twin.judgement.history import History
    from twin.store import ElementRecord
    from twin.values.status import ResourceUse

TASK_COLUMNS = (
    *("id", "code", "name", "kind", "parent", "baseline_start", "baseline_finish", "schedule_start"),
    *("schedule_finish", "actual_start", "actual_finish", "completion", "planned", "weight"),
)


def task_columns(judged: "JudgedProject", city: "Judged") -> dict[str, list[Any]]:
    """Return the tasks of a project on its day as columns, in the order of its schedule; without one, none."""
    from twin.judged_elements import tasks_of
    from twin.judgement.baseline import planned_shares

    plan, version = judged.plan, judged.version
    if plan is None or version is None:
        return {name: [] for name in TASK_COLUMNS}
    tasks = city.schedule(version).tasks
    state = tasks_of(judged)
    shares = add_up(plan, planned_shares(plan, judged.status.status_date or judged.status.day))
    return {
        "id": [task.id for task in tasks],
        "code": [task.code for task in tasks],
        "name": [task.name for task in tasks],
        "kind": [task.kind for task in tasks],
        "parent": [task.parent for task in tasks],
        "baseline_start": _days(plan.start),
        "baseline_finish": _days(plan.finish - np.timedelta64(1, "m")),
        "schedule_start": [day(task.schedule_start and task.schedule_start.date()) for task in tasks],
        "schedule_finish": [day(task.schedule_finish and task.schedule_finish.date()) for task in tasks],
        "actual_start": _days(state.actual_start),
        "actual_finish": _days(state.actual_finish),
        "completion": _numbers(state.completion),
        "planned": _numbers(shares),
        "weight": _numbers(plan.weight),
    }


def _days(values: Any) -> list[str | None]:
    return [None if np.isnat(at) else str(at) for at in values.astype("datetime64[D]")]


def _numbers(values: Any) -> list[float | None]:
    return [None if missing else round(float(n), PLACES) for n, missing in zip(values, np.isnan(values), strict=True)]


def resources_json(judgement: "Judgement") -> dict[str, Any]:
    """Return the use of resources of the city, of each district and of each project."""
    of_projects = {found.code: found.status.resources for found in judgement.projects}
    districts: dict[str, list[Any]] = {}
    for found in judgement.projects:
        districts.setdefault(found.known.entry.district or "", []).append(found.status.resources)
    return {
        "as_of": judgement.as_of.isoformat(),
        "known_at": judgement.known_at and moment(judgement.known_at),
        "city": _added(list(of_projects.values())),
        "districts": {name: _added(uses) for name, uses in sorted(districts.items())},
        "projects": {code: {name: use_json(use) for name, use in uses.items()} for code, uses in of_projects.items()},
    }


def _added(projects: "Sequence[Mapping[str, ResourceUse]]") -> dict[str, Any]:
    from twin.judgement.resource_use import add_up as sum_of

    found = {}
    for resource in RESOURCES:
        uses = [uses[resource] for uses in projects if resource in uses]
        if uses:
            added = sum_of(uses)
            found[resource] = {**use_json(added.use), "projects": added.counted, "left_out": added.left_out}
    return found


def element_answer(
    record: "ElementRecord", stands: "JudgedElement | None", told: "History", language: str
) -> dict[str, Any]:
    """Return all that is told of an element: what it is, how it stands on a day, its reports, its systems."""
    return {
        **answers.element_details(record, language),
        **element_json(stands, language),
        **answers_find.history_json(told),
        "systems": answers_find.element_systems(record.properties),
    }


def element_json(element: "JudgedElement | None", language: str) -> dict[str, Any]:
    """Return how an element stands, its tasks and what it uses; without a task there is nothing to say."""
    if element is None:
        return {"condition": None, "completion": None, "planned": None, "tasks": [], "resources": {}}
    entry = legend("state")[element.condition]
    return {
        "condition": {"key": entry.key, "label": in_language(entry.label, language), "colour": entry.colour},
        "completion": rounded(element.completion),
        "planned": rounded(element.planned),
        "tasks": [
            {
                "id": task.id,
                "name": task.name,
                "code": task.code,
                "baseline_start": task.baseline_start,
                "baseline_finish": task.baseline_finish,
                "actual_start": task.actual_start,
                "actual_finish": task.actual_finish,
                "completion": rounded(task.completion),
                "planned": rounded(task.planned),
            }
            for task in element.tasks
        ],
        "resources": {
            name: {
                "unit": RESOURCES[name],
                "planned": rounded(use.planned),
                "used": rounded(use.used),
                "rate": rounded(use.rate),
                "shared_by": sorted({portion.shared_by for portion in use.portions}),
            }
            for name, use in element.resources.items()
        },
    }
