"""`/api/search`."""

from flask import Response, request

from twin.errors import InvalidInput
from twin.values.rights import Role
from web import answers_find
from web.found_elements import FoundElements
from web.responses import json_answer
from web.routes.asked import language, view
from web.routes.table import LANG, Parameter, Routes
from web.search import LONGEST_QUERY, MOST_RESULTS

routes = Routes()

RESULTS = 20
QUERY = Parameter(
    "q",
    "What is looked for: a name, a code, an address, a GlobalId, a class; Chinese also by pinyin or its initials.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
)
LIMIT = Parameter(
    "limit",
    "Results at most.",
    {"type": "integer", "minimum": 1, "maximum": MOST_RESULTS, "default": RESULTS},
)


def found_elements() -> FoundElements:
    """Return the systems and histories of this app."""
    return view().found_elements


@routes.get(
    "/api/search",
    "Projects, models, places and elements that match, best first, each with where it lies",
    needs=Role.PUBLIC,
    schema="SearchResults",
    asks=(QUERY, LIMIT, LANG),
)
def search() -> Response:
    """Answer with what matches."""
    query = request.args.get("q", "")
    return json_answer(answers_find.search_json(query, view().search.find(query, _limit()), language()))


def _limit() -> int:
    asked = request.args.get("limit", str(RESULTS))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= MOST_RESULTS):
        raise InvalidInput("limit is {value}: it must be from 1 to {most}.", value=asked, most=MOST_RESULTS)
    return int(asked)
