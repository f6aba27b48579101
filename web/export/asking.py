"""Asking the app in-process: every file of a copy is an answer of the very routes that a browser would ask.

But elements: there are too many for a request each, so their answers are made as their route makes them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from werkzeug.test import Client

from twin.errors import TwinError
from twin.store import Model, Store
from twin.store.visible import Visible
from twin.values.rights import LOCAL, PUBLIC, Role
from twin.values.sentence import LANGUAGES
from web.answers_elements import element_answer
from web.app import create_app
from web.settings import Settings

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


class _Steady(Store):
    """A store that is asked the same thing for element after element, and reads it once."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._listed: dict[str | None, list[Model]] = {}
        self._properties: tuple[str, dict[int, Any]] = "", {}
        self._model: Model | None = None

    def models(self, project: str | None = None) -> list[Model]:
        """Return the current models; nothing changes them while an export goes on."""
        if project not in self._listed:
            self._listed[project] = super().models(project)
        return self._listed[project]

    def model(self, model: str) -> Model:
        """Return a model; the last one is kept."""
        if self._model is None or self._model.model != model:
            self._model = super().model(model)
        return self._model

    def element_properties(self, model: str, rows: Sequence[int]) -> list[Any]:
        """Return the properties of elements; those of one model are kept."""
        if self._properties[0] != model:
            self._properties = model, {}
        known = self._properties[1]
        missing = [row for row in map(int, rows) if row not in known]
        if missing:
            known.update(zip(missing, super().element_properties(model, missing), strict=True))
        return [known[int(row)] for row in rows]


class Asked:
    """The app of a twin folder, asked for one day and one time of knowledge.

    public : as somebody asks who is not signed in: only what is published is there
    """

    def __init__(
        self, settings: Settings, as_of: date | None, known_at: datetime | None, *, public: bool = False
    ) -> None:
        self.page = settings.page
        self._steady = _Steady.open(settings.place, busy_seconds=settings.busy_seconds)
        app = create_app(settings, self._steady)
        self._who = PUBLIC if public else LOCAL
        view = app.extensions["twin.views"].seen(self._who, Role.PUBLIC).view
        self.store: Store = view.store
        self.judged, self.layers = view.judged, view.layers
        self._judged_elements, self._found_elements = view.judged_elements, view.found_elements
        self.as_of, self.known_at = self.judged.day(as_of), known_at
        # as the page asks of a day: of one to come, a forecast
        self._day = {"as_of": self.as_of.isoformat(), "forecast": "1"}
        if known_at is not None:
            self._day["known_at"] = known_at.isoformat()
        self._client = Client(app.extensions["twin.gate"])  # past the door: who asks is decided here

    def close(self) -> None:
        """Close the store."""
        self._steady.close()

    def describes(self, project: str) -> bool:
        """Are the elements of a project told of."""
        return not isinstance(self.store, Visible) or self.store.sees(project, "elements")

    def __enter__(self) -> "Asked":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str, **query: str) -> bytes:
        """Return the answer to a request for the day."""
        content: bytes = self._asked(path, query).data
        return content

    def json(self, path: str, **query: str) -> Any:
        """Return the answer to a request for the day as a value."""
        return self._asked(path, query).json

    def elements(self, project: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the GlobalId of each element of a project, drawn or not, and language → what is told of it."""
        judged, _ = self.judged.project(project, self.as_of, self.known_at, forecast=True)
        for global_id, record in self.store.elements(project).items():
            stands = self._judged_elements.element(self.store.model(record.model), judged, record.row)
            told = self._found_elements.history(judged, stands)
            yield global_id, {language: element_answer(record, stands, told, language) for language in LANGUAGES}

    def _asked(self, path: str, query: dict[str, str]) -> "TestResponse":
        said = {"twin.identity": self._who, "twin.address": ""}
        response = self._client.get(f"{path}?{urlencode({**self._day, **query})}", environ_overrides=said)
        if response.status_code == 200:
            return response
        told = (response.get_json(silent=True) or {}).get("detail", response.status)
        raise TwinError("{path} has no answer, and nothing was exported: {detail}", path=path, detail=told)


def segment(text: str) -> str:
    """Return a text as one segment of a path.

    >>> segment("塔/1")
    '%E5%A1%94%2F1'
    """
    return quote(text, safe="")
