"""What a request asks beyond its path: the language, the day. And which store answers."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Response, current_app, g, request

from twin.errors import InvalidInput
from twin.exchange.rule_packs import PACKS
from twin.judged import Judged
from twin.judged_elements import JudgedElements
from twin.judgement.states import COLUMNS
from twin.store import Store
from twin.values.rights import Identity, Role
from twin.values.sentence import LANGUAGES
from web.layers import Layers
from web.times import day_of, moment_of
from web.views import Seen, View, Views


def enter() -> None:
    """Find what the asker of a request sees before its view is asked; refuse those without the role it needs."""
    route = current_app.extensions["twin.by_name"].get(request.endpoint)
    if route is None or route.needs is None or (request.method == "OPTIONS" and route.method != "OPTIONS"):
        return
    g.seen = _views().seen(identity(), route.needs)


def share(response: Response) -> Response:
    """Say who may keep an answer, and whose pages may read it: what is public everybody's, all else the asker's own."""
    kind, headers = identity().kind, response.headers
    caching = headers.get("Cache-Control", "")
    if kind == "local" or not _views().users:
        return _share_at_home(response)
    if not _is_scoped() and (kind == "public" or "immutable" in caching):
        return response
    if kind != "public":
        del headers["Access-Control-Allow-Origin"]
        headers["Cache-Control"] = f"private, {caching.replace('public, ', '')}" if caching != "no-store" else caching
    if kind != "public" or "immutable" not in caching:  # what never changes is the same for everybody who may see it
        response.vary.update(("Cookie", "Authorization"))
    return response


def _share_at_home(response: Response) -> Response:
    """Say whose pages may read an answer where nobody signs in: of the twin only those that the door has named.

    Any page that is looked at on this machine could ask for it, and would read all there is.
    """
    if _is_scoped():
        reader: str = request.environ.get("twin.reader", "")
        del response.headers["Access-Control-Allow-Origin"]
        if reader:
            response.headers["Access-Control-Allow-Origin"] = reader
        response.vary.add("Origin")
    return response


def _is_scoped() -> bool:
    """Is a request's answer one that depends on who asks."""
    route = current_app.extensions["twin.by_name"].get(request.endpoint)
    return route is None or route.needs is not None


def _views() -> Views:
    found: Views = current_app.extensions["twin.views"]
    return found


def identity() -> Identity:
    """Return who asks."""
    return _views().who(request.environ)


def author(given: str) -> str:
    """Return who is to be named for a change: who signed in; the name that is given only where nobody needs to."""
    who = identity()
    return given if who.kind == "local" else who.display_name or who.name


def view() -> View:
    """Return the twin as the asker sees it."""
    seen: Seen | None = g.get("seen")
    return _views().nothing() if seen is None else seen.view


def store() -> Store:
    """Return the store as the asker sees it, for changes in the role that the route needs."""
    seen: Seen | None = g.get("seen")
    return _views().nothing().store if seen is None else seen.store


def store_as(role: Role) -> Store:
    """Return the store as the asker sees it, for a change in a higher role than the route needs of everybody."""
    return _views().seen(identity(), role).store


def layers() -> Layers:
    """Return the city layers that the asker sees."""
    return view().layers


def replaced_by_models() -> Mapping[str, Mapping[int, str]]:
    """Return layer → id of a plain building that a model stands for → the model."""
    return view().replaced.current()


def judged() -> Judged:
    """Return what is judged of the facts, as the asker sees it."""
    return view().judged


def judged_elements() -> JudgedElements:
    """Return what is judged of building elements."""
    return view().judged_elements


def rules() -> str | None:
    """Return the rule pack that is asked for: a name of one that is built in, never a file's."""
    asked = request.args.get("rules")
    if asked is not None and asked not in PACKS:
        raise InvalidInput("rules is {value}: it must be one of {known}.", value=asked, known=", ".join(PACKS))
    return asked


def coloured_by(asked: str | None) -> str | None:
    """Return what is to colour the elements, one of `states.COLUMNS`; None when nothing was asked for."""
    if asked is not None and asked not in COLUMNS:
        raise InvalidInput("by is {value}: it must be one of {known}.", value=asked, known=", ".join(COLUMNS))
    return asked


def base_url() -> str:
    """Return the server's absolute URL, without a slash at the end: the setting, else what the client asked."""
    setting: str = current_app.extensions["twin.base_url"]
    if not (setting or request.host):  # werkzeug has no host where the header is none
        raise InvalidInput("The header Host of the request is no address: send the server's name, or set base_url.")
    return setting or request.host_url.rstrip("/")


def language() -> str:
    """Return the language of sentences: `lang`, Chinese unless said."""
    asked = request.args.get("lang", LANGUAGES[0])
    if asked not in LANGUAGES:
        raise InvalidInput("lang is {lang}: it must be one of {known}.", lang=asked, known=", ".join(LANGUAGES))
    return asked


def body(media_type: str, limit: int = 64) -> bytes:
    """Return the body of a request that changes something.

    media_type : what it must be; another site can send none of those without asking first, and that is refused, as is
        whatever a browser says that another site asks (`web.people.door`)
    limit : MB

    Raises InvalidInput where it is something else or too large.
    """
    if request.mimetype != media_type:
        raise InvalidInput(
            "The request's body is {given}: send {wanted}.", given=request.mimetype or "nothing", wanted=media_type
        )
    content = request.stream.read(limit * 1_000_000 + 1)
    if len(content) > limit * 1_000_000:
        raise InvalidInput("The request's body is larger than {limit} MB: send less at once.", limit=limit)
    return content


def json_body(limit: int = 1) -> dict[str, Any]:
    """Return the JSON object that a request brings, of at most `limit` MB."""
    try:
        given = body("application/json", limit)
        found = json.loads(given)
    except ValueError as error:
        raise _no_object(str(error)) from error
    except RecursionError as error:
        raise _no_object("nested too deep") from error
    if not isinstance(found, dict):
        raise _no_object(type(found).__name__)
    if (b"u0000" in given or b"\0" in given) and _holds_nul(found):
        raise InvalidInput("The request holds the sign NUL (U+0000), which is in no text: send it without.")
    return found


def _holds_nul(value: Any) -> bool:
    """Is the sign NUL in a text or a name of a JSON value, which is nested no deeper than Python reads."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\0" in one:
                return True
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False


def _no_object(error: str) -> InvalidInput:
    return InvalidInput("The request's body is no JSON object ({error}): mend it and send it again.", error=error[:160])


def as_of() -> date | None:
    """Return the day to look at; None when none was asked for."""
    asked = request.args.get("as_of")
    return day_of(asked) if asked else None


def forecast() -> bool:
    """Are days after the twin's own asked for as forecasts."""
    asked = request.args.get("forecast", "0")
    if asked not in ("0", "1"):
        raise InvalidInput("forecast is {value}: it must be one of {known}.", value=asked, known="0, 1")
    return asked == "1"


def known_at() -> datetime | None:
    """Return until when facts must have been recorded, UTC; None when nothing was asked for."""
    asked = request.args.get("known_at")
    return moment_of(asked) if asked else None
