"""`/api/scenes`: what the page, a notebook and a static copy show, as pydeck JSON."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, request

from twin.judgement.scene import compose_scene
from twin.judgement.states import COLUMNS
from twin.store import Model
from twin.values.rights import Role
from web.responses import json_answer
from web.routes.asked import as_of, coloured_by, judged, known_at, language, store
from web.routes.table import AS_OF, KNOWN_AT, LANG, Parameter, Routes

routes = Routes()

BY = Parameter("by", "What colours the elements; their own colours unless said.", {"enum": list(COLUMNS)})


@routes.get(
    "/api/scenes/city", "The scene of the city", needs=Role.PUBLIC, schema="Scene", asks=(LANG, AS_OF, KNOWN_AT, BY)
)
def city_scene() -> Response:
    """Answer with the scene of all projects."""
    return _scene(store().models())


@routes.get(
    "/api/scenes/<code>",
    "The scene of one project",
    needs=Role.PUBLIC,
    schema="Scene",
    asks=(LANG, AS_OF, KNOWN_AT, BY),
)
def project_scene(code: str) -> Response:
    """Answer with the scene of one project."""
    return _scene(store().project(code)[1])


def _scene(models: Sequence[Model]) -> Response:
    language()
    day, moment, by = as_of(), known_at(), coloured_by(request.args.get("by"))
    asked = {"as_of": judged().day(day).isoformat(), "by": by}
    if moment is not None:
        asked["known_at"] = moment.isoformat()
    states = urlencode(asked) if by else ""
    return json_answer(json.loads(compose_scene(models, city=store().settings().bounds, states=states).to_json()))
