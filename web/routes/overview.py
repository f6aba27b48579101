"""`/api/overview`: the city in figures."""

from flask import Response

from web import answers_overview
from web.responses import json_answer
from web.routes.asked import as_of, forecast, judged, known_at, language, rules
from web.routes.table import AS_OF, FORECAST, KNOWN_AT, LANG, RULES, Routes

routes = Routes()


@routes.get(
    "/api/overview",
    "The city on a day: lights, what changed within a month, districts, kinds of projects, totals",
    schema="Overview",
    query=(LANG, AS_OF, KNOWN_AT, RULES, FORECAST),
)
def overview() -> Response:
    """Answer with the city in figures."""
    judgement = judged().projects(as_of(), known_at(), rules(), forecast=forecast())
    return json_answer(answers_overview.overview_json(judged(), judgement, language()))
