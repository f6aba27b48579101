"""`/api/overview`, `/api/timeline`: the city in figures, on a day and month after month."""

from flask import Response

from twin.values.rights import Role
from web import answers_overview
from web.responses import json_answer
from web.routes.asked import as_of, forecast, judged, known_at, language, rules, view
from web.routes.table import AS_OF, FORECAST, KNOWN_AT, LANG, RULES, Routes

routes = Routes()


@routes.get(
    "/api/overview",
    "The city on a day: lights, what changed within a month, districts, kinds of projects, totals",
    needs=Role.PUBLIC,
    schema="Overview",
    asks=(LANG, AS_OF, KNOWN_AT, RULES, FORECAST),
)
def overview() -> Response:
    """Answer with the city in figures."""
    judgement = judged().projects(as_of(), known_at(), rules(), forecast=forecast())
    return json_answer(answers_overview.overview_json(judged(), judgement, language()))


@routes.get(
    "/api/timeline",
    "Lights at every month's end, after the twin's own day as forecasts; no counts where it is not judged yet",
    needs=Role.PUBLIC,
    schema="Timeline",
    asks=(KNOWN_AT, RULES),
)
def timeline() -> Response:
    """Answer with the lights of all months, as far as they are judged."""
    return json_answer(answers_overview.timeline_json(view().timeline.months(known_at(), rules())))
