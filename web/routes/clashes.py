"""`/api/clashes`: what clashes where, what people have said of it, and what they change."""

from typing import Any
from urllib.parse import quote

from flask import Response, request

from twin.errors import InvalidInput
from twin.values.clash import SEVERITIES, ClashStatus, ClashType
from twin.values.rights import Role
from twin.values.topic import VERSIONS
from web import answers_clashes as answers
from web import changes_clashes as changes
from web.bcf import files
from web.responses import json_answer
from web.routes.asked import author, body, json_body, judged_elements, language, store
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
    needs=Role.PUBLIC,
    schema="Clashes",
    asks=(PROJECT, *FILTERS, ALL, LANG),
)
def clashes() -> Response:
    """Answer with clashes."""
    project = request.args.get("project") or None
    elements = answers.elements_of(store(), judged_elements(), project)
    listed: list[dict[str, Any]] = []
    if project is not None:
        found = answers.chosen_clashes(store().clashes(project), _asked(), everything=_everything())
        listed = answers.clashes_json(found, elements, language())
    projects = answers.summaries(store(), elements, project)
    return json_answer({"projects": projects, "clashes": listed, "colours": answers.colours()})


@routes.get(
    "/api/clashes/<clash>",
    "A clash: its elements, its measure, what happened to it, what was said of it",
    needs=Role.PUBLIC,
    schema="ClashDetails",
    asks=(LANG,),
)
def clash(clash: str) -> Response:
    """Answer with one clash."""
    return json_answer(answers.details(store(), store().clash(clash), judged_elements(), language()))


@routes.get(
    "/api/clash-groups",
    "The groups of a project's clashes: what one talks about as one thing",
    needs=Role.PUBLIC,
    schema="ClashGroups",
    asks=(PROJECT, *FILTERS, ALL),
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


def _change() -> changes.Change:
    """Return what is to be changed, by who asks."""
    document = json_body()
    named = author("")
    return changes.asked({**document, "by": named} if named else document)


@routes.change(
    "POST",
    "/api/clashes/<clash>",
    "Change a clash's status, assignee, due date or group, or say something of it",
    needs=Role.ENGINEER,
    body=CHANGE,
    schema="ClashDetails",
    asks=(LANG,),
)
def change_clash(clash: str) -> Response:
    """Change a clash and answer with it."""
    changes.change(store(), [store().clash(clash)], _change())
    return json_answer(answers.details(store(), store().clash(clash), judged_elements(), language()))


@routes.change(
    "POST",
    "/api/clash-groups/<group>",
    "Change all clashes of a group that are not by design, or say something of them",
    needs=Role.ENGINEER,
    body=CHANGE,
    schema="Changed",
)
def change_clash_group(group: str) -> Response:
    """Change the clashes of a group and answer with their count."""
    found = changes.of_group(store(), group)
    return json_answer({"changed": changes.change(store(), found, _change())})


BCF_TYPE = "application/octet-stream"
BCF = Parameter("bcf", "Version of BCF.", {"enum": list(VERSIONS), "default": VERSIONS[-1]})


@routes.get(
    "/api/clashes.bcf",
    "The clashes of a project and topics of others as a BCF file, with pictures",
    needs=Role.VIEWER,
    media_type=BCF_TYPE,
    asks=(PROJECT, BCF, *FILTERS, ALL, LANG),
)
def clashes_bcf() -> Response:
    """Answer with a BCF file."""
    project, version = request.args.get("project") or None, request.args.get("bcf", VERSIONS[-1])
    if project is None:
        raise InvalidInput("A BCF file is that of one project: add ?project=CODE.")
    if version not in VERSIONS:
        raise InvalidInput("bcf is {value}: it must be one of {known}.", value=version, known=", ".join(VERSIONS))
    chosen = answers.chosen_clashes(store().clashes(project), _asked(), everything=_everything())
    came = files.export(store(), judged_elements(), project, chosen, version, language())
    answer = Response(came.content, content_type=BCF_TYPE)
    name = quote(f"{project}.bcf")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@routes.change(
    "POST",
    "/api/clashes.bcf",
    "Load a BCF file: statuses, people, dates and comments of clashes; other topics are kept beside them",
    needs=Role.ENGINEER,
    body=Body(media_type=BCF_TYPE),
    schema="LoadedBcf",
    asks=(PROJECT, Parameter("name", "Name of the file, for the history."), Parameter("by", "Who loads it."), LANG),
)
def load_bcf() -> Response:
    """Load a BCF file and answer with what came of it."""
    project = request.args.get("project") or None
    if project is not None:
        store().project(project)
    name, by = (request.args.get(key, "")[:200] for key in ("name", "by"))
    came = files.take(store(), body(BCF_TYPE), project, name or "BCF", author(by))
    return json_answer(files.taken_json(came, language()))
