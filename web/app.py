"""The HTTP app: `create_app(settings)` is the only way in, and the only place that knows the status of an error."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin import errors
from twin.errors import TwinError
from twin.values.sentence import LANGUAGES, in_language, say

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.exceptions import HTTPException

    from twin.judged import Judged
    from twin.store import Store
    from web.routes.table import Route
    from web.settings import Settings

# An error has the status of its nearest base that is listed.
STATUS: dict[type[TwinError], int] = {
    TwinError: 500,
    errors.InvalidInput: 400,
    errors.NotFound: 404,
    errors.AlreadyThere: 409,
    errors.OutOfStep: 409,
    errors.TooLarge: 413,
    errors.Mangled: 460,  # of tus 1.0
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.TooMany: 429,
    errors.StoreBusy: 503,
    errors.StoreTooNew: 503,
    errors.NotBuilt: 503,
    errors.FrameTaken: 409,
}


def status_of(error: TwinError) -> int:
    """Return the HTTP status of an error.

    >>> status_of(errors.UnknownCRS("no"))
    400
    """
    return next(STATUS[base] for base in type(error).__mro__ if base in STATUS)


def problem(error: TwinError, language: str) -> dict[str, Any]:
    """Return an error as a problem object (RFC 9457).

    >>> problem(errors.NotFound("There is no model {model}.", model="A"), "en")["detail"]
    'There is no model A.'
    """
    return {
        "type": f"urn:city-twin:problem:{type(error).__name__}",
        "title": type(error).__name__,
        "status": status_of(error),
        "detail": in_language(error.sentence, language),
    }


def create_app(settings: "Settings", store: "Store | None" = None) -> "Flask":
    """Make the app that serves one twin folder; a missing folder is made with defaults.

    store : that of the folder, where it is open already
    """
    from flask import Flask, request

    from twin.store import Store
    from web.people.registering import register_people
    from web.responses import finish
    from web.routes.asked import enter, share
    from web.tile_gate import TileGate
    from web.views import Views

    app = Flask("web.app", static_folder=None)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    store = store or Store.open(settings.place, busy_seconds=settings.busy_seconds)
    app.extensions["twin.store"] = store
    app.extensions["twin.views"] = views = Views(store)
    views.users = settings.people.users
    app.extensions["twin.judged"] = views.whole.judged
    app.extensions["twin.timeline"] = views.whole.timeline
    app.extensions["twin.base_url"] = settings.base_url
    app.extensions["twin.page"] = settings.page
    app.extensions["twin.status_of"] = status_of
    app.extensions["twin.routes"] = route_table()
    app.extensions["twin.by_name"] = {route.name: route for route in app.extensions["twin.routes"]}
    _add_routes(app, app.extensions["twin.routes"])
    door = register_people(app, store, settings)
    app.before_request(enter)
    app.after_request(lambda response: share(finish(request, response)))
    _register_errors(app)
    plain = app.wsgi_app
    app.extensions["twin.gate"] = gate = TileGate(plain, views)
    app.wsgi_app = door(gate, plain)  # type: ignore[method-assign]
    return app


def _add_routes(app: "Flask", routes: Sequence["Route"]) -> None:
    """Have the app answer the routes; those for HEAD and OPTIONS before the ones that Flask adds to others."""
    own = {route.path for route in routes if route.method == "OPTIONS"}
    for route in sorted(routes, key=lambda route: route.method not in ("HEAD", "OPTIONS")):
        automatic = False if route.path in own else None
        app.add_url_rule(
            route.path, route.name, route.view, methods=[route.method], provide_automatic_options=automatic
        )


def route_table() -> list["Route"]:
    """Return every route, in the order of the documentation."""
    from web import ogc
    from web.routes import (  # fmt: skip
        api,
        bcf,
        clashes,
        facts,
        find,
        jobs,
        layers,
        operations,
        overview,
        page,
        people,
        publications,
        reports,
        scenes,
        sign_on,
        tiles,
        uploads,
    )

    rooms = (page, api, overview, find, clashes, bcf, facts, reports, scenes, tiles, layers, ogc, people, sign_on)
    grown = (jobs, uploads, publications, operations)
    return [route for room in (*rooms, *grown) for route in room.routes]


def served() -> "Flask":
    """Make the app for a server's worker process, from the environment (see `web.settings`)."""
    import threading
    from multiprocessing import parent_process

    from web import logs
    from web.observed import observe
    from web.pauses import short_pauses
    from web.settings import load
    from web.workers import end_with_parent

    server = parent_process()
    if server is not None and server.pid is not None:  # a server that is killed leaves nobody at its port
        end_with_parent(server.pid)
    if logs.wanted():
        logs.configure()
    settings = load()
    app = create_app(replace(settings, people=replace(settings.people, strict_host=not settings.base_url)))
    observe(app, app.extensions["twin.store"])
    app.extensions["twin.timeline"].threaded = True
    short_pauses()
    # the first judgement of a large twin takes seconds: it is made while nobody waits yet
    threading.Thread(target=_judge_once, args=(app.extensions["twin.judged"],), daemon=True).start()
    return app


def _judge_once(judged: "Judged") -> None:
    """Judge the twin's own day; whatever is wrong is told to who asks."""
    with contextlib.suppress(Exception):
        judged.projects()


def _register_errors(app: "Flask") -> None:
    from flask import request
    from werkzeug.exceptions import HTTPException

    def asked_language() -> str:
        asked = request.args.get("lang")
        return asked if asked in LANGUAGES else LANGUAGES[0]

    def known(error: TwinError) -> "Response":
        response = _problem_answer(problem(error, asked_language()))
        if response.status_code == 503 and not isinstance(error, errors.NotBuilt):  # which only an install ends
            response.headers["Retry-After"] = "5"
        if isinstance(error, errors.TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, errors.NotSignedIn):
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def of_http(error: HTTPException) -> "Response":
        response = _problem_answer(_http_problem(error, asked_language()))
        allowed = error.get_response().headers.get("Allow")
        if allowed:
            response.headers["Allow"] = allowed
        return response

    def unknown(error: Exception) -> "Response":
        app.logger.error("unexpected", exc_info=error)
        sentence = say("The server failed unexpectedly; its log says why.")
        detail = in_language(sentence, asked_language())
        return _problem_answer(
            {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": detail}
        )

    app.register_error_handler(TwinError, known)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, unknown)


def _http_problem(error: "HTTPException", language: str) -> dict[str, Any]:
    from flask import request

    status = error.code or 500
    if status == 404:
        sentence = say("There is nothing at {path}.", path=request.path)
    elif status == 405:
        sentence = say(
            "{method} is not possible at {path}: `/-/openapi.json` says what is.",
            method=request.method,
            path=request.path,
        )
    else:
        sentence = say("The request cannot be answered: {reason}", reason=error.description or error.name)
    return {
        "type": "about:blank",
        "title": error.name,
        "status": status,
        "detail": in_language(sentence, language),
    }


def _problem_answer(value: dict[str, Any]) -> "Response":
    from flask import request

    from web.responses import json_answer
    from web.routes.table import PROBLEM

    if request.path.startswith(("/bcf/", "/foundation/")):  # as those standards have it
        value = {**value, "message": value["detail"]}
    return json_answer(value, status=value["status"], media_type=PROBLEM)
