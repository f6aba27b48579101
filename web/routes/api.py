"""`/api`: projects, models, elements."""

from flask import Response, request

from web import answers
from web.responses import json_answer
from web.routes.asked import as_of, known_at, language, store
from web.routes.table import AS_OF, KNOWN_AT, LANG, Parameter, Routes

routes = Routes()

GEOJSON = "application/geo+json"
MODEL = Parameter("model", "The model to look in, where several models of the project hold the GlobalId.")


@routes.get(
    "/api/projects",
    "All projects, as GeoJSON",
    schema="ProjectCollection",
    media_type=GEOJSON,
    query=(LANG, AS_OF, KNOWN_AT),
)
def projects() -> Response:
    """Answer with all projects."""
    language(), as_of(), known_at()
    found = answers.project_collection(store().settings().name, store().projects())
    return json_answer(found, media_type=GEOJSON)


@routes.get("/api/projects/<code>", "A project and its models", schema="Project", query=(LANG, AS_OF, KNOWN_AT))
def project(code: str) -> Response:
    """Answer with one project."""
    as_of(), known_at()
    return json_answer(answers.project_details(*store().project(code), language()))


@routes.get(
    "/api/projects/<code>/elements/<global_id>",
    "An element: where it belongs, its property sets, quantities, materials",
    schema="Element",
    query=(LANG, MODEL),
)
def element(code: str, global_id: str) -> Response:
    """Answer with one element."""
    return json_answer(answers.element_details(store().element(code, global_id, request.args.get("model")), language()))


@routes.get("/api/models", "All models", schema="ModelList", query=(LANG,))
def models() -> Response:
    """Answer with all models."""
    asked = language()
    return json_answer({"models": [answers.model_details(model, asked) for model in store().models()]})


@routes.get("/api/models/<model>", "A model at its current revision", schema="Model", query=(LANG,))
def model(model: str) -> Response:
    """Answer with one model."""
    return json_answer(answers.model_details(store().model(model), language()))


@routes.get("/api/models/<model>/revisions", "The files that this model was, the newest first", schema="Revisions")
def revisions(model: str) -> Response:
    """Answer with a model's history."""
    return json_answer(answers.history_details(store().history(model)))


@routes.get(
    "/api/models/<model>/elements",
    "The drawn elements as columns: item i belongs to feature row i of the tiles",
    schema="ElementColumns",
)
def elements(model: str) -> Response:
    """Answer with a model's drawn elements."""
    return json_answer(answers.columns_details(store().element_columns(model)))


@routes.get("/api/models/<model>/ledger", "Where every IfcProduct of the file ended", schema="Ledger", query=(LANG,))
def ledger(model: str) -> Response:
    """Answer with a model's import ledger."""
    return json_answer(answers.ledger_details(store().ledger(model), language()))
