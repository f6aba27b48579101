"""`/api`: projects, models, elements."""

from flask import Response, request

from twin.values.rights import Role
from web import answers, answers_elements, answers_facts, answers_find, answers_overview
from web.responses import json_answer
from web.routes.asked import as_of, forecast, judged, judged_elements, known_at, language, rules, store
from web.routes.find import found_elements
from web.routes.table import AS_OF, FORECAST, KNOWN_AT, LANG, RULES, Parameter, Routes

routes = Routes()

GEOJSON = "application/geo+json"
MODEL = Parameter("model", "The model to look in, where several models of the project hold the GlobalId.")


@routes.get(
    "/api/projects",
    "All projects on a day with their lights, as GeoJSON",
    needs=Role.PUBLIC,
    schema="ProjectCollection",
    media_type=GEOJSON,
    asks=(LANG, AS_OF, KNOWN_AT, RULES, FORECAST),
)
def projects() -> Response:
    """Answer with all projects."""
    judgement = judged().projects(as_of(), known_at(), rules(), forecast=forecast())
    found = answers_overview.coloured_collection(store().settings().name, judgement, language())
    return json_answer(found, media_type=GEOJSON)


@routes.get(
    "/api/projects/<code>",
    "A project on a day: its light with the evidence, its figures, its S-curve, its models",
    needs=Role.PUBLIC,
    schema="Project",
    asks=(LANG, AS_OF, KNOWN_AT, RULES, FORECAST),
)
def project(code: str) -> Response:
    """Answer with one project."""
    found, judgement = judged().project(code, as_of(), known_at(), rules(), forecast=forecast())
    details = answers_facts.project_details(found, judgement, judged().curve(found), language())
    listed = [answers.model_details(model, language()) for model in store().models(code)]
    return json_answer({**details, "models": listed})


@routes.get(
    "/api/projects/<code>/elements/<global_id>",
    "An element: where it belongs, its property sets, quantities, materials; its tasks and how it stands on a day",
    needs=Role.PUBLIC,
    schema="Element",
    asks=(LANG, AS_OF, KNOWN_AT, MODEL, FORECAST),
)
def element(code: str, global_id: str) -> Response:
    """Answer with one element."""
    found = store().element(code, global_id, request.args.get("model"))
    project, _ = judged().project(code, as_of(), known_at(), forecast=forecast())
    stands = judged_elements().element(store().model(found.model), project, found.row)
    told = found_elements().history(project, stands)
    return json_answer(answers_elements.element_answer(found, stands, told, language()))


@routes.get("/api/models", "All models", needs=Role.PUBLIC, schema="ModelList", asks=(LANG,))
def models() -> Response:
    """Answer with all models."""
    asked = language()
    return json_answer({"models": [answers.model_details(model, asked) for model in store().models()]})


@routes.get("/api/models/<model>", "A model at its current revision", needs=Role.PUBLIC, schema="Model", asks=(LANG,))
def model(model: str) -> Response:
    """Answer with one model."""
    return json_answer(answers.model_details(store().model(model), language()))


@routes.get(
    "/api/models/<model>/revisions",
    "The files that this model was, the newest first",
    needs=Role.PUBLIC,
    schema="Revisions",
)
def revisions(model: str) -> Response:
    """Answer with a model's history."""
    return json_answer(answers.history_details(store().history(model)))


@routes.get(
    "/api/models/<model>/elements",
    "The drawn elements as columns: item i belongs to feature row i of the tiles",
    needs=Role.PUBLIC,
    schema="ElementColumns",
)
def elements(model: str) -> Response:
    """Answer with a model's drawn elements."""
    columns = answers.columns_details(store().element_columns(model))
    systems = answers_find.systems_json(found_elements().systems(store().model(model)))
    return json_answer({**columns, "systems": systems})


@routes.get(
    "/api/models/<model>/ledger",
    "Where every IfcProduct of the file ended",
    needs=Role.PUBLIC,
    schema="Ledger",
    asks=(LANG,),
)
def ledger(model: str) -> Response:
    """Answer with a model's import ledger."""
    return json_answer(answers.ledger_details(store().ledger(model), language()))
