"""How people come into the app: what it keeps of them, what it asks first, what stands around it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from web.people.door import App, Door

if TYPE_CHECKING:
    from flask import Flask

    from twin.store import Store
    from web.settings import Settings


def register_people(app: "Flask", store: "Store", settings: "Settings") -> Callable[[App, App], Door]:
    """Give the app its people; return what puts the door around (what answers, what tells about refusals)."""
    from flask import request

    from twin.errors import TwinError
    from web.people.audited import register
    from web.people.people import People

    people = People(store, settings.people)
    app.extensions["twin.people"] = people

    def refuse() -> None:
        refused: TwinError | None = request.environ.get("twin.refused")
        if refused is not None:
            raise refused

    app.before_request(refuse)
    register(app, people)

    def door(answering: App, telling: App) -> Door:
        made = Door(answering, telling, people.keys, settings.people, settings.base_url)
        app.extensions["twin.door"] = made
        return made

    return door
