"""The route table: what the app serves and `/-/openapi.json` describes, written once beside each function."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from twin.values.rights import Role

View = Callable[..., Response]

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a request, in its query unless `place` says "header"; a header must be there."""

    name: str
    help: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"


LANG = Parameter("lang", "Language of sentences; Chinese unless said.", {"enum": ["zh", "en"], "default": "zh"})
AS_OF = Parameter("as_of", "The day to look at; the twin's own day unless said.", {"type": "string", "format": "date"})
KNOWN_AT = Parameter("known_at", "Only facts recorded by then count.", {"type": "string", "format": "date-time"})
RULES = Parameter("rules", "The rule pack that gives the lights, by name; index unless said.")
FORECAST = Parameter(
    "forecast",
    "1: on a day after the twin's own, unfinished projects go on at their own pace; 0 unless said.",
    {"enum": ["0", "1"], "default": "0"},
)


@dataclass(frozen=True, slots=True)
class Body:
    """What a request that changes something brings.

    schema : name in `web.schemas.SCHEMAS` of a JSON body, else None
    """

    media_type: str = JSON
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    path : in Flask's form, `/api/models/<model>`
    media_type : of the answer
    schema : name in `web.schemas.SCHEMAS` of a JSON answer, else None
    asks : what a request says besides its path and its body
    needs : the role that asking for it needs: the view is that of the asker's scope for this role (`routes.asked`);
        None: it tells nothing of the city, and answers everybody the same
    method : GET (then HEAD is answered, too, unless it has a route of its own), or what else the view answers
    body : what a request brings; None where it brings nothing
    status : of an answer without an error
    """

    path: str
    view: View
    summary: str
    media_type: str
    schema: str | None
    asks: tuple[Parameter, ...]
    needs: Role | None
    method: str = "GET"
    body: Body | None = None
    status: int = 200

    @property
    def name(self) -> str:
        """The name of the function, which is the endpoint and the operation id."""
        return self.view.__name__


class Routes:
    """Collects the routes of one file."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(
        self,
        path: str,
        summary: str,
        *,
        needs: Role | None,
        schema: str | None = None,
        media_type: str = JSON,
        status: int = 200,
        asks: tuple[Parameter, ...] = (),
    ) -> Callable[[View], View]:
        """Add a route for GET, HEAD and OPTIONS; `needs` as in `Route`."""

        def add(view: View) -> View:
            self._routes.append(Route(path, view, summary, media_type, schema, asks, needs, status=status))
            return view

        return add

    def change(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        needs: Role | None,
        body: Body | None = None,
        schema: str | None = None,
        status: int = 200,
        asks: tuple[Parameter, ...] = (),
    ) -> Callable[[View], View]:
        """Add a route of another method than GET; HEAD and OPTIONS where they say more than usual."""

        def add(view: View) -> View:
            self._routes.append(Route(path, view, summary, JSON, schema, asks, needs, method, body, status))
            return view

        return add
