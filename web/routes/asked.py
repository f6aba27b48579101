"""What a request asks beyond its path: the language, the day. And which store answers."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import current_app, request

from twin.errors import InvalidInput
from twin.exchange.rule_packs import PACKS
from twin.judged import Judged
from twin.judged_elements import JudgedElements
from twin.judgement.states import COLUMNS
from twin.store import Store
from twin.values.sentence import LANGUAGES
from web.layers import Layers
from web.replaced import Replaced
from web.times import day_of, moment_of


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


def judged() -> Judged:
    """Return what is judged of the facts that this app serves."""
    found: Judged = current_app.extensions["twin.judged"]
    return found


def judged_elements() -> JudgedElements:
    """Return what is judged of building elements."""
    found: JudgedElements = current_app.extensions["twin.judged_elements"]
    return found


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
