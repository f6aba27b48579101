"""How people come into the app: what it keeps of them, what it asks first, what stands around it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from web.people.door import App, Door

if TYPE_CHECKING:
    from flask import Flask, Response

    from twin.store import Store
    from web.settings import Settings


def register_people(app: "Flask", store: "Store", settings: "Settings") -> Callable[[App, App], Door]:
    """Give the app its people; return what puts the door around (what answers, what tells about refusals)."""
    from flask import Response, request

    from twin.errors import TwinError
    from web.people.audited import register
    from web.people.people import People

    people = People(store, settings.people)
    app.extensions["twin.people"] = people

    def refuse() -> None:
        refused: TwinError | None = request.environ.get("twin.refused")
        if refused is not None:
            raise refused

    def guard(response: Response) -> Response:
        return guarded(response, secure=app.extensions["twin.door"].is_secure(request.environ))

    app.before_request(refuse)
    app.after_request(guard)
    register(app, people)

    def door(answering: App, telling: App) -> Door:
        made = Door(answering, telling, people.keys, settings.people, settings.base_url)
        app.extensions["twin.door"] = made
        return made

    return door


PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()"
YEAR = 31_536_000  # seconds


def guarded(response: "Response", *, secure: bool) -> "Response":
    """Give an answer the headers that keep other sites and windows away from it.

    secure : browsers reach this server by https, and are to do so from now on
    """
    headers = response.headers
    if headers.get("Cache-Control") == "no-store" and response.status_code < 400:
        headers.pop("Access-Control-Allow-Origin", None)  # it speaks of who asks
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    shared = headers.get("Access-Control-Allow-Origin") == "*"
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    if secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    return response
