"""The content of a static copy, part by part; `export_city` writes all of it."""

import importlib.metadata
import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput, NotBuilt, TwinError
from twin.judgement.states import COLUMNS
from twin.values.sentence import LANGUAGES, Sentence, say
from web.export.asking import Asked, segment
from web.export.layers import put_layers, relative_style
from web.export.names import PER_FILE, file_of, safe, shard_of
from web.export.page import put_page
from web.export.writing import KIND, MANIFEST, Written, replacing

Advance = Callable[[str, int, int], None]
_TIMELINE_SECONDS = 300.0
_TILE = re.compile(r"(spaces/)?[0-9a-f]{64}\.glb")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what a copy lacks."""

    files: int
    bytes: int
    left_out: tuple[Sentence, ...]


def export_city(asked: Asked, folder: Path, advance: Advance) -> Exported:
    """Write the static copy of the city; the folder appears, or is replaced, when all of it is there.

    advance : told (stage, done, of)
    """
    with replacing(folder) as written:
        left_out: list[Sentence] = [
            say("search, which needs the server"),
            say("all days but one: the date cannot be moved"),
            say("lights by other rule packs than the usual one"),
        ]
        put_page(asked.page, written)
        copier = _Copier(asked, written, advance)
        copier.facts()
        if not copier.timeline():
            left_out.append(say("the timeline, which was not judged in time"))
        copier.models()
        put_layers(asked, written, lambda done, of: advance("layers", done, of))
        copier.elements()
        if not copier.reports():
            left_out.append(say("reports on paper: the page's font is not there"))
        written.put_json(MANIFEST, _manifest(asked, copier.element_files, left_out))
        return Exported(written.files, written.bytes, tuple(left_out))


def _manifest(asked: Asked, element_files: Mapping[str, int], left_out: Iterable[Sentence]) -> dict[str, Any]:
    return {
        "type": KIND,
        "version": 1,
        "name": asked.store.settings().name,
        "as_of": asked.as_of.isoformat(),
        "known_at": asked.known_at.isoformat() if asked.known_at else None,
        "languages": list(LANGUAGES),
        "made_by": f"city-twin {importlib.metadata.version('city-twin')}",
        "left_out": [str(sentence) for sentence in left_out],
        "element_files": dict(element_files),
    }


class _Copier:
    """Asks and writes, part by part."""

    def __init__(self, asked: Asked, written: Written, advance: Advance) -> None:
        self._asked, self._written, self._advance = asked, written, advance
        self._codes = [f["properties"]["code"] for f in asked.json("/api/projects")["features"]]
        self._models = asked.store.models()
        self.element_files: dict[str, int] = {}

    def facts(self) -> None:
        """Write what is told of the city, its projects and models, and how they are drawn."""
        each = [f"/api/projects/{segment(code)}" for code in self._codes]
        described = [model for model in self._models if self._asked.describes(model.project)]
        models = [f"/api/models/{segment(model.model)}" for model in described]
        spoken = ["/api/projects", "/api/overview", "/api/layers", "/api/replaced", *each]
        spoken += [*(f"/api/legends/{by}" for by in COLUMNS), *(f"{model}/ledger" for model in models)]
        unspoken = ["/api/resources", *(f"{path}/tasks" for path in each), *(f"{path}/elements" for path in models)]
        unspoken += ["/api/scenes/city", *(f"/api/scenes/{segment(code)}" for code in self._codes)]
        work = [*itertools.product(LANGUAGES, spoken), *((LANGUAGES[0], path) for path in unspoken)]
        for done, (language, path) in enumerate(work):
            self._advance("facts", done, len(work))
            self._put_json(path, language, relative(self._asked.json(path, lang=language)))
        for language, theme in itertools.product(LANGUAGES, ("light", "dark")):
            path = f"/styles/{theme}.json"
            style = self._asked.json(path, lang=language)
            self._put_json(path, language, relative_style(self._asked, style))

    def timeline(self) -> bool:
        """Write the lights of every month; False when they were not all judged in time."""
        end = time.monotonic() + _TIMELINE_SECONDS
        while not (found := self._asked.json("/api/timeline"))["complete"]:
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        self._put_json("/api/timeline", LANGUAGES[0], found)
        return True

    def models(self) -> None:
        """Write the tiles of all models, and the columns that colour their elements."""
        self._put_json("/3dtiles/tileset.json", LANGUAGES[0], relative(self._asked.json("/3dtiles/tileset.json")))
        for done, model in enumerate(self._models):
            self._advance("models", done, len(self._models))
            name = segment(model.model)
            for by in COLUMNS:
                path = f"/api/models/{name}/states"
                self._put(f"{path}?by={by}", self._asked.get(path, by=by))
            if model.has_building:
                self._tileset(f"/3dtiles/{name}")
            if model.has_spaces:
                self._tileset(f"/3dtiles/{name}/spaces")

    def _tileset(self, path: str) -> None:
        document = self._asked.json(f"{path}/tileset.json")
        self._put_json(f"{path}/tileset.json", LANGUAGES[0], document)
        for uri in sorted(set(_contents(document["root"]))):
            if not _TILE.fullmatch(uri):
                raise InvalidInput("{file} does not lie in the export: nothing was written.", file=uri)
            self._put(f"{path}/{uri}", self._asked.get(f"{path}/{uri}"))

    def elements(self) -> None:
        """Write the details of all elements, a few dozen to a file: their GlobalIds differ in capitals only."""
        total, done = sum(model.ledger.products for model in self._models), 0
        for code in self._codes:
            mine = []
            for one in self._asked.elements(code):
                self._advance("elements", done, total)
                mine.append(one)
                done += 1
            if not mine:
                continue
            count = self.element_files[code] = -(-len(mine) // PER_FILE)
            files: dict[tuple[str, int], dict[str, Any]] = {}
            for language, number in itertools.product(LANGUAGES, range(count)):
                files[language, number] = {}
            for global_id, told in mine:
                number = shard_of(global_id, count)
                for language, details in told.items():
                    files[language, number][global_id] = details
            for (language, number), held in files.items():
                self._written.put_json(f"data/{language}/elements/{safe(code)}/{number:04d}.json", held)

    def reports(self) -> bool:
        """Write the reports on paper; False when the font for them is not there."""
        from web.reports.fonts import typeface

        try:
            typeface(self._asked.page)
        except NotBuilt:
            return False
        subjects = ["city", *(f"projects/{segment(code)}" for code in self._codes)]
        work = list(itertools.product(LANGUAGES, subjects, ("pdf", "xlsx")))
        for done, (language, subject, suffix) in enumerate(work):
            self._advance("reports", done, len(work))
            path = f"/api/reports/{subject}.{suffix}"
            self._put(path, self._asked.get(path, lang=language), language)
        return True

    def _put(self, request: str, content: bytes, language: str = LANGUAGES[0]) -> None:
        self._written.put(self._file(request, language), content)

    def _put_json(self, request: str, language: str, value: Any) -> None:
        self._written.put_json(self._file(request, language), value)

    def _file(self, request: str, language: str) -> str:
        file = file_of(request, language, self.element_files)
        if file is None:
            raise TwinError("{path} has no answer, and nothing was exported: {detail}", path=request, detail="-")
        return file


def relative(value: Any) -> Any:
    """Return a value of JSON with the paths of tilesets made relative: to the copy, or to the city's own tileset."""
    if isinstance(value, dict):
        return {key: relative(item) for key, item in value.items()}
    if isinstance(value, list):
        return [relative(item) for item in value]
    if isinstance(value, str) and value.endswith("/tileset.json"):
        rooted = value if value.startswith("/3dtiles/") else f"/3dtiles/{value}"
        file = file_of(rooted, "", {})
        if file is not None:
            path = "/".join(segment(part) for part in file.split("/"))
            return path if value.startswith("/3dtiles/") else path.removeprefix("3dtiles/")
    return value


def _contents(tile: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of the contents of a tile and those below it."""
    for content in (tile.get("content"), *tile.get("contents", ())):
        if content:
            yield content["uri"]
    for child in tile.get("children", ()):
        yield from _contents(child)
