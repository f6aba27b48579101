"""`/api/publications`: what everybody sees who is not signed in: projects with some of their facts, city layers."""

from typing import Any

from flask import Response

from twin.errors import InvalidInput, NotAllowed
from twin.store import Publication
from twin.values.rights import FIELDS, Role
from web.answers import utc
from web.responses import json_answer
from web.routes.asked import author, identity, json_body, store
from web.routes.table import Body, Routes

routes = Routes()

ADDRESS = "/api/publications/<what>/<name>"


@routes.get(
    "/api/publications", "What is published, and the fields there are", needs=Role.MANAGER, schema="Publications"
)
def publications() -> Response:
    """Answer with what is published of the projects that the asker manages, and the layers that are."""
    listed = [publication_json(each) for each in store().publications()]
    return json_answer({"publications": listed, "fields": list(FIELDS)})


@routes.change(
    "PUT",
    ADDRESS,
    "Show a project (what: project), with the fields that are named, or a layer (what: layer) to everybody",
    needs=Role.MANAGER,
    body=Body(schema="Publish"),
    schema="Publication",
)
def publish(what: str, name: str) -> Response:
    """Publish something and answer with it."""
    _check_layer(what)
    given = json_body()
    unknown = set(given) - {"fields"}
    if unknown:
        raise InvalidInput("There is no member {name}: a publication has fields.", name=min(unknown)[:50])
    fields = given.get("fields")
    if fields is not None and not (isinstance(fields, list) and all(isinstance(field, str) for field in fields)):
        raise InvalidInput("fields is no list of names: send some of {known}.", known=", ".join(FIELDS))
    return json_answer(publication_json(store().publish(what, name, fields, by=author(""))))


@routes.change("DELETE", ADDRESS, "Show a project or a layer no longer", needs=Role.MANAGER, schema="Unpublished")
def unpublish(what: str, name: str) -> Response:
    """Take something back and answer with its name."""
    _check_layer(what)
    store().unpublish(what, name)
    return json_answer({"what": what, "name": name})


def _check_layer(what: str) -> None:
    """Refuse a manager of projects who speaks of a layer, which is the whole city's."""
    who = identity()
    if what == "layer" and (who.role < Role.ADMINISTRATOR or who.limit is not None):
        raise NotAllowed("Layers are those of the whole city: publishing them needs the role administrator.")


def publication_json(found: Publication) -> dict[str, Any]:
    """Return a publication as JSON."""
    return {
        "what": found.what,
        "name": found.name,
        "fields": list(found.fields),
        "published_at": utc(found.published_at),
        "published_by": found.published_by,
    }
