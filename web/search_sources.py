"""What a search looks in: projects, models, the elements of a model; `web.search_places` has the city layers.

Each source is made once from records that do not change (a revision, a data version) and is only read afterwards.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.city_scene import place_of
from twin.judgement.text_search import EXACT, PREFIX, SUBSTRING, Hit, TextSearch
from twin.store import ElementText, Model
from twin.values.ifc_classes import chinese_names, class_name

if TYPE_CHECKING:
    from twin.judged import JudgedProject

KINDS = ("project", "model", "place", "element")  # in this order where they match equally well
MATCHED = (
    *("code", "name", "address", "contractor", "owner", "supervisor", "district", "file", "discipline", "tag"),
    *("class", "global_id", "pinyin"),
)
SHORTEST_ID = 4  # letters of a GlobalId's beginning: fewer say nothing, 64 letters make one


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: as it was typed, without spaces around it, and folded."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Match:
    """A thing of a source that matches; `other_case`: a GlobalId, but for capitals and small letters."""

    level: int
    item: int
    matched: str
    other_case: bool = False


class Source(Protocol):
    """Things of one kind."""

    kind: str

    def find(self, asked: Asked, most: int) -> list[Match]:
        """Return the best matches, best first, each thing once."""

    def title(self, item: int) -> str:
        """Return what a thing is called."""

    def details(self, item: int, language: str) -> dict[str, Any]:
        """Return what else an answer says of a thing; members that are left out are null."""


def matched_by(hit: Hit, fields: Sequence[str]) -> str:
    """Return what of a thing matched, a word of `MATCHED`."""
    return "pinyin" if hit.sound else fields[hit.field]


def _made(titles: Sequence[str], fields: Sequence[Sequence[str | None]], exact: Sequence[int] = ()) -> TextSearch:
    """Return a search in a few things: `fields[f][i]` is text f of thing i."""
    found = [(i, f, text) for i, of in enumerate(zip(*fields, strict=True)) for f, text in enumerate(of) if text]
    items = np.array([i for i, _, _ in found], np.int32)
    return TextSearch(titles, [t for _, _, t in found], items, np.array([f for _, f, _ in found], np.uint8), exact)


def _place(bounds: Sequence[float] | None, at: tuple[float, float] | None = None) -> dict[str, Any]:
    if at is None and bounds is not None:
        at = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    longitude, latitude = (None, None) if at is None else (round(at[0], 7), round(at[1], 7))
    return {"longitude": longitude, "latitude": latitude, "bounds": bounds and [round(side, 7) for side in bounds]}


class Projects:
    """The projects of the register and of imports, by what the register says of them."""

    kind = "project"
    fields = ("code", "name", "address", "contractor", "owner", "supervisor", "district")

    def __init__(self, found: "Sequence[JudgedProject]") -> None:
        self._found = found
        entries = [project.known.entry for project in found]
        texts: list[list[str]] = [[project.code for project in found], self.titles()]
        texts += [[str(getattr(entry, field) or "") for entry in entries] for field in self.fields[2:]]
        self._search = _made(self.titles(), texts, exact=(0,))

    def titles(self) -> list[str]:
        """Return the names."""
        return [project.name for project in self._found]

    def find(self, asked: Asked, most: int) -> list[Match]:
        """Return the best matches."""
        hits = self._search.find(asked.folded, most)
        return [Match(hit.level, hit.item, matched_by(hit, self.fields)) for hit in hits]

    def title(self, item: int) -> str:
        """Return a project's name."""
        return self._found[item].name

    def details(self, item: int, language: str) -> dict[str, Any]:
        """Return its code and where it is."""
        project = self._found[item]
        entry = project.known.entry
        told = [project.code, entry.address or entry.district, entry.contractor]
        place = _place(project.record.bounds, place_of(project))
        return {"subtitle": " · ".join(filter(None, told)), "project": project.code, **place}


class Models:
    """The models, by their files and disciplines."""

    kind = "model"
    fields = ("file", "discipline", "code")

    def __init__(self, found: Sequence[Model], names: Mapping[str, str]) -> None:
        self._found, self._names = found, names
        texts: list[list[str | None]] = [
            [m.file for m in found],
            [m.discipline for m in found],
            [m.model for m in found],
        ]
        self._search = _made([m.file for m in found], texts, exact=(2,))

    def find(self, asked: Asked, most: int) -> list[Match]:
        """Return the best matches."""
        hits = self._search.find(asked.folded, most)
        return [Match(hit.level, hit.item, matched_by(hit, self.fields)) for hit in hits]

    def title(self, item: int) -> str:
        """Return a model's file."""
        return self._found[item].file

    def details(self, item: int, language: str) -> dict[str, Any]:
        """Return its project and where it stands."""
        model = self._found[item]
        told = filter(None, [model.discipline, self._names.get(model.project, model.project)])
        return {"subtitle": " · ".join(told), **model_place(model)}


def model_place(model: Model) -> dict[str, Any]:
    """Return a model, its project, and where it stands."""
    at = None if model.bounds else (model.georeference.longitude, model.georeference.latitude)
    return {"project": model.project, "model": model.model, **_place(model.bounds, at)}


class Elements:
    """The elements of a revision, by GlobalId, name, tag and class; what a rule leaves out only by its GlobalId.

    told : a model's project's name and its place, as they are now
    """

    kind = "element"
    fields = ("name", "tag")

    def __init__(self, found: Sequence[ElementText], told: Callable[[], tuple[str, dict[str, Any]]]) -> None:
        self._found, self._told = found, told
        entries = [
            (i, field, text)
            for i, element in enumerate(found)
            if element.state != "skipped"
            for field, text in enumerate((element.name, element.tag))
            if text
        ]
        items, fields = np.array([e[0] for e in entries], np.int32), np.array([e[1] for e in entries], np.uint8)
        titles = [self.title(i) for i in range(len(found))]
        self._search = TextSearch(titles, [entry[2] for entry in entries], items, fields)
        self._classes, self._of_class = self._by_class()
        lower = np.array([element.global_id.lower() for element in found], dtype=object)
        self._ids: NDArray[np.int64] = np.argsort(lower, kind="stable")
        self._lower: list[str] = lower[self._ids].tolist()

    def _by_class(self) -> tuple[TextSearch, list[NDArray[np.int32]]]:
        """Return a search in the classes, and the ranks of each class's elements, ascending."""
        ranks: dict[str, list[int]] = {}
        for item in self._search.by_rank.tolist():
            if self._found[item].state != "skipped":
                ranks.setdefault(self._found[item].ifc_class, []).append(int(self._search.ranks[item]))
        names = list(ranks)
        english, chinese = [class_name(name, "en") for name in names], [chinese_names().get(name) for name in names]
        return _made(names, [names, english, chinese]), [np.array(of, np.int32) for of in ranks.values()]

    def find(self, asked: Asked, most: int) -> list[Match]:
        """Return the best matches."""
        common: dict[int, list[NDArray[np.int32]]] = {}
        for hit in self._classes.find(asked.folded, len(self._classes)):
            # a class is not an element's own name: who looks for 路 finds the roads before the pavements
            common.setdefault(max(hit.level, SUBSTRING), []).append(self._of_class[hit.item])
        best: dict[int, tuple[int, bool, int, str]] = {}
        for hit in self._search.find(asked.folded, most, common):
            matched = "class" if hit.field < 0 else matched_by(hit, self.fields)
            best[hit.item] = (hit.level, False, hit.rank, matched)
        for item, level, other_case in self._by_id(asked.text):
            found = (level, other_case, int(self._search.ranks[item]), "global_id")
            best[item] = min(best.get(item, found), found)
        ordered = sorted(best.items(), key=lambda of: of[1])[:most]
        return [Match(level, item, matched, other) for item, (level, other, _, matched) in ordered]

    def _by_id(self, text: str) -> list[tuple[int, int, bool]]:
        """Return (item, level, other case) of the elements whose GlobalIds begin so."""
        lower = text.lower()
        found = []
        for at in range(bisect_left(self._lower, lower), len(self._lower)):
            known = self._lower[at]
            if not known.startswith(lower):
                break
            if known == lower or len(lower) >= SHORTEST_ID:
                item = int(self._ids[at])
                same = self._found[item].global_id.startswith(text)
                found.append((item, EXACT if known == lower else PREFIX, not same))
        return found

    def title(self, item: int) -> str:
        """Return an element's name; without one its class."""
        return self._found[item].name or self._found[item].ifc_class

    def details(self, item: int, language: str) -> dict[str, Any]:
        """Return its class, its model and where that stands."""
        element = self._found[item]
        project, place = self._told()
        return {
            "subtitle": f"{class_name(element.ifc_class, language)} · {project}",
            "global_id": element.global_id,
            **place,
        }
