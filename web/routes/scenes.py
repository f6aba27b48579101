"""`/api/scenes`: what the page, a notebook and a static copy show, as pydeck JSON."""

import json
from collections.abc import Sequence

from flask import Response

from twin.judgement.scene import compose_scene
from twin.store import Model
from web.responses import json_answer
from web.routes.asked import as_of, known_at, language, store
from web.routes.table import AS_OF, KNOWN_AT, LANG, Routes

routes = Routes()


@routes.get("/api/scenes/city", "The scene of the city", schema="Scene", query=(LANG, AS_OF, KNOWN_AT))
def city_scene() -> Response:
    """Answer with the scene of all projects."""
    return _scene(store().models())


@routes.get("/api/scenes/<code>", "The scene of one project", schema="Scene", query=(LANG, AS_OF, KNOWN_AT))
def project_scene(code: str) -> Response:
    """Answer with the scene of one project."""
    return _scene(store().project(code)[1])


def _scene(models: Sequence[Model]) -> Response:
    language(), as_of(), known_at()
    return json_answer(json.loads(compose_scene(models, city=store().settings().bounds).to_json()))
