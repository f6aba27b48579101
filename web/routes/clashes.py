"""`/api/clashes`: what clashes where, what people have said of it, and what they change."""

from typing import Any

from flask import Response, request

from twin.errors import InvalidInput
from twin.values.clash import SEVERITIES, ClashStatus, ClashType
from web import answers_clashes as answers
from web import changes_clashes as changes
from web.responses import json_answer
from web.routes.asked import json_body, judged_elements, language, store
from web.routes.table import LANG, Body, Parameter, Routes

routes = Routes()

PROJECT = Parameter("project", "Only the clashes of this project; without it, only the summaries of all projects.")
ALL = Parameter(
    "all", "1: also touching pairs, those by design and resolved ones.", {"enum": ["0", "1"], "default": "0"}
)
FILTERS = (
    Parameter("status", "Only of this status.", {"enum": [status.value for status in ClashStatus]}),
    Parameter("type", "Only of this type.", {"enum": [kind.value for kind in ClashType]}),
    Parameter("severity", "Only of this severity.", {"enum": list(SEVERITIES)}),
    Parameter("rule", "Only those that this rule found."),
    Parameter("storey", "Only on the storey of this name."),
    Parameter("assignee", "Only those of this person."),
    Parameter("group", "Only those of this group."),
)


def _everything() -> bool:
    asked = request.args.get("all", "0")
    if asked not in ("0", "1"):
        raise InvalidInput("all is {value}: it must be one of {known}.", value=asked, known="0, 1")
    return asked == "1"


def _asked() -> dict[str, str | None]:
    """Return what the clashes must be."""
    found = {}
    for parameter in FILTERS:
        value = request.args.get(parameter.name) or None
        known = parameter.schema.get("enum")
        if value is not None and known is not None and value not in known:
            raise InvalidInput(
                "{name} is {value}: it must be one of {known}.",
                name=parameter.name,
                value=value,
                known=", ".join(known),
            )
        found[parameter.name] = value
    return found


@routes.get(
    "/api/clashes",
    "How many clashes are open in each project, how bad and where; those of one project one by one, the worst first",
    schema="Clashes",
    query=(PROJECT, *FILTERS, ALL, LANG),
)
def clashes() -> Response:
    """Answer with clashes."""
    project = request.args.get("project") or None
    elements = answers.elements_of(store(), judged_elements(), project)
    listed: list[dict[str, Any]] = []
    if project is not None:
        found = answers.chosen_clashes(store().clashes(project), _asked(), everything=_everything())
        listed = answers.clashes_json(found, elements, language())
    return json_answer({"projects": answers.summaries(store(), elements, project), "clashes": listed})


@routes.get(
    "/api/clashes/<clash>",
    "A clash: its elements, its measure, what happened to it, what was said of it",
    schema="ClashDetails",
    query=(LANG,),
)
def clash(clash: str) -> Response:
    """Answer with one clash."""
    return json_answer(answers.details(store(), store().clash(clash), judged_elements(), language()))


@routes.get(
    "/api/clash-groups",
    "The groups of a project's clashes: what one talks about as one thing",
    schema="ClashGroups",
    query=(PROJECT, *FILTERS, ALL),
)
def clash_groups() -> Response:
    """Answer with the groups of a project."""
    project = request.args.get("project") or None
    if project is None:
        raise InvalidInput("Groups are those of one project: add ?project=CODE.")
    store().project(project)
    found = answers.chosen_clashes(store().clashes(project), _asked(), everything=_everything())
    elements = answers.elements_of(store(), judged_elements(), project)
    return json_answer({"groups": answers.groups_json(store().clash_groups(project), found, elements)})


CHANGE = Body(schema="ClashChange")


@routes.change(
    "POST",
    "/api/clashes/<clash>",
    "Change a clash's status, assignee, due date or group, or say something of it",
    body=CHANGE,
    schema="ClashDetails",
    query=(LANG,),
)
def change_clash(clash: str) -> Response:
    """Change a clash and answer with it."""
    changes.change(store(), [store().clash(clash)], changes.asked(json_body()))
    return json_answer(answers.details(store(), store().clash(clash), judged_elements(), language()))


@routes.change(
    "POST",
    "/api/clash-groups/<group>",
    "Change all clashes of a group that are not by design, or say something of them",
    body=CHANGE,
    schema="Changed",
)
def change_clash_group(group: str) -> Response:
    """Change the clashes of a group and answer with their count."""
    found = changes.of_group(store(), group)
    return json_answer({"changed": changes.change(store(), found, changes.asked(json_body()))})
