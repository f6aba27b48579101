"""What a request asks beyond its path: the language, the day. And which store answers."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import current_app, request

from twin.errors import InvalidInput
from twin.store import Store
from twin.values.sentence import LANGUAGES
from web.layers import Layers
from web.replaced import Replaced


def store() -> Store:
    """Return the store that this app serves."""
    found: Store = current_app.extensions["twin.store"]
    return found


def layers() -> Layers:
    """Return the city layers that this app serves."""
    found: Layers = current_app.extensions["twin.layers"]
    return found


def replaced_by_models() -> Mapping[str, Mapping[int, str]]:
    """Return layer → id of a plain building that a model stands for → the model."""
    found: Replaced = current_app.extensions["twin.replaced"]
    return found.current()


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


def as_of() -> date | None:
    """Return the day to look at; None when none was asked for."""
    asked = request.args.get("as_of")
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise InvalidInput("as_of is {value}: write a day as 2026-06-01.", value=asked) from None


def known_at() -> datetime | None:
    """Return until when facts must have been recorded; None when nothing was asked for."""
    asked = request.args.get("known_at")
    try:
        return datetime.fromisoformat(asked) if asked else None
    except ValueError:
        raise InvalidInput("known_at is {value}: write a time as 2026-06-01T08:30:00Z.", value=asked) from None
