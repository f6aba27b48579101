"""`/api`: what is judged of elements and resources on a day: states, legends, links, use of resources."""

from urllib.parse import quote

from flask import Response, request

from twin.judgement.legend import legend as entries_of
from twin.judgement.states import COLUMNS
from twin.values.rights import Role
from web import answers_elements, answers_facts, answers_links
from web.responses import json_answer
from web.routes.asked import as_of, coloured_by, forecast, judged, judged_elements, known_at, language, rules, store
from web.routes.table import AS_OF, FORECAST, KNOWN_AT, LANG, RULES, Parameter, Routes

routes = Routes()

OCTETS = "application/octet-stream"
COLOUR_BY = Parameter("by", "What colours the elements.", {"enum": list(COLUMNS), "default": "state"})


@routes.get(
    "/api/models/<model>/states",
    "A byte per feature row: the index of its colour in the legend that the header Link names, 0 without data",
    needs=Role.PUBLIC,
    media_type=OCTETS,
    asks=(AS_OF, KNOWN_AT, COLOUR_BY, RULES, FORECAST),
)
def states(model: str) -> Response:
    """Answer with the column of states of a model's elements on a day."""
    by = coloured_by(request.args.get("by")) or "state"
    found = store().model(model)
    project, _ = judged().project(found.project, as_of(), known_at(), rules(), forecast=forecast())
    answer = Response(judged_elements().states(found, project, by), content_type=OCTETS)
    answer.headers["Link"] = f'</api/legends/{quote(by)}>; rel="describedby"; type="application/json"'
    return answer


@routes.get(
    "/api/legends/<by>",
    "What each index of a state column means, and its colour",
    needs=None,
    schema="Legend",
    asks=(LANG,),
)
def legend(by: str) -> Response:
    """Answer with a legend."""
    coloured_by(by)
    return json_answer({"by": by, "entries": [entry.document(language()) for entry in entries_of(by)]})


@routes.get(
    "/api/projects/<code>/tasks",
    "The tasks of a project's schedule on a day, as columns: planned, reported",
    needs=Role.PUBLIC,
    schema="TaskColumns",
    asks=(AS_OF, KNOWN_AT, FORECAST),
)
def tasks(code: str) -> Response:
    """Answer with the tasks of a project."""
    project, _ = judged().project(code, as_of(), known_at(), forecast=forecast())
    return json_answer(answers_elements.task_columns(project, judged()))


@routes.get(
    "/api/projects/<code>/links",
    "Which elements and how much of the budget are tied to tasks, and what is not",
    needs=Role.VIEWER,
    schema="Coverage",
    asks=(LANG,),
)
def links(code: str) -> Response:
    """Answer with the coverage of a project's links."""
    return json_answer(answers_links.coverage_json(judged_elements().coverage(code), code, language()))


@routes.get(
    "/api/resources",
    "Planned against used of every resource: of the city, by district, by project",
    needs=Role.PUBLIC,
    schema="ResourceUse",
    asks=(AS_OF, KNOWN_AT),
)
def resources() -> Response:
    """Answer with the use of resources on a day."""
    return json_answer(answers_elements.resources_json(judged().projects(as_of(), known_at())))


@routes.get("/api/stages", "The stages of a project's life and of its approval", needs=None, schema="Stages")
def stages() -> Response:
    """Answer with the stages."""
    return json_answer(answers_facts.stages_json())


@routes.get(
    "/api/rules",
    "The rule packs: every line with its clause and where it is published",
    needs=None,
    schema="RulePacks",
    asks=(LANG,),
)
def rule_packs() -> Response:
    """Answer with the rule packs that come with the program."""
    return json_answer(answers_facts.packs_json(language()))
