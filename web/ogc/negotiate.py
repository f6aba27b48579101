"""What every request of `/ogc` may ask: the form of the answer and its language, and nothing that is not known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from twin.errors import InvalidInput
from web.responses import json_answer
from web.routes import asked
from web.routes.table import JSON, LANG, Parameter

FORM = Parameter("f", "The answer's form; unless said, what the Accept header prefers.", {"enum": ["json", "html"]})
COMMON = (FORM, LANG)

PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PROGRAM_TYPES = (JSON, "application/geo+json", "application/schema+json")


@dataclass(frozen=True, slots=True)
class Asked:
    """The form and the language of an answer."""

    html: bool
    language: str


def form(*known: Parameter, also: Iterable[str] = ()) -> Asked:
    """Return the form and language asked for; a parameter that is not known, or given twice, is refused.

    known, also : what the resource understands beside `COMMON`
    """
    known_only((*COMMON, *known), also)
    return Asked(_wants_page(), asked.language())


def known_only(known: Iterable[Parameter], also: Iterable[str] = ()) -> None:
    """Refuse a parameter that is not known, or given twice."""
    names = {parameter.name for parameter in known} | set(also)
    for name, values in request.args.lists():
        if name not in names:
            raise InvalidInput(
                "There is no parameter {name} here: {known} can be given.",
                name=name[:100],
                known=", ".join(sorted(names)),
            )
        if len(values) > 1:
            raise InvalidInput(
                "The parameter {name} is given {count} times: give it once.", name=name, count=len(values)
            )


def _wants_page() -> bool:
    """Tell whether a readable page is asked for: by `f`, else when a page is preferred to every JSON."""
    wanted = request.args.get("f")
    if wanted is not None:
        if wanted not in ("json", "html"):
            raise InvalidInput("f is {value}: it must be json or html.", value=wanted[:100])
        return wanted == "html"
    accepted = request.accept_mimetypes
    return bool(accepted["text/html"] > max(accepted[name] for name in _PROGRAM_TYPES))


def answer(
    asked_for: Asked,
    document: Mapping[str, Any],
    page: Callable[[Mapping[str, Any], str], str],
    media_type: str = JSON,
) -> Response:
    """Return a document as JSON, or as the page that `page(document, language)` makes of it."""
    if asked_for.html:
        return page_answer(page(document, asked_for.language))
    return json_answer(document, media_type=media_type)


def page_answer(text: str) -> Response:
    """Return a readable page."""
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response
