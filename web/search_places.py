"""The named features of a city layer, as a search looks in them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.judgement.text_search import TextSearch
from twin.store import Layer
from web.search_sources import Asked, Match, matched_by

if TYPE_CHECKING:
    from gis_layers.geoparquet import LayerFile

NAMES = ("name", "name:zh", "name_zh", "name:en", "name_en", "alt_name", "short_name", "old_name")
ADDRESSES = ("address", "addr", "addr:full", "full_addr", "addr_full", "地址", "详细地址")
PARTED = ("roads", "rail", "water", "utilities")  # kinds whose features are parts of what has the name
_DEGREE = 10_000_000  # a bound is kept to 11 mm
_NAME, _ADDRESS = 0, 1


class Places:
    """The features of a layer that have a name or an address; parts of one road, river or line are one place."""

    kind = "place"
    fields = ("name", "address")

    def __init__(self, layer: Layer, file: "LayerFile") -> None:
        self.layer = layer.name
        columns = _columns(file, (*NAMES, *(() if layer.kind in PARTED else ADDRESSES)))
        titles = _titles(columns, file.count)
        rows = np.flatnonzero(np.array([bool(title) for title in titles], bool)).astype(np.int32)
        called = titles if len(rows) == len(titles) else [titles[row] for row in rows.tolist()]
        items = np.arange(len(rows), dtype=np.int32)
        if layer.kind in PARTED:
            first: dict[str, int] = {}
            items = np.array([first.setdefault(title, len(first)) for title in called], np.int32)
            called = list(first)
        self._features, self._boxes = _extents(rows, items, len(called), file.boxes())
        self._titles = pa.array(called, pa.large_string())
        self._search = _searched(columns, called, rows, items)
        self._addresses = _addresses(columns, self._features)
        pa.default_memory_pool().release_unused()

    def find(self, asked: Asked, most: int) -> list[Match]:
        """Return the best matches."""
        hits = self._search.find(asked.folded, most)
        return [Match(hit.level, hit.item, matched_by(hit, self.fields)) for hit in hits]

    def title(self, item: int) -> str:
        """Return a feature's name; without one its address."""
        title: str = self._titles[item].as_py()
        return title

    def details(self, item: int, language: str) -> dict[str, Any]:
        """Return its layer, its number, its bounds and their middle."""
        west, south, east, north = (self._boxes[item] / _DEGREE).tolist()
        address = self._addresses[item].as_py() if self._addresses is not None else None
        told = [self.layer, *([address] if address and address != self.title(item) else [])]
        return {
            "subtitle": " · ".join(told),
            "layer": self.layer,
            "feature": int(self._features[item]) + 1,
            "longitude": round((west + east) / 2, 7),
            "latitude": round((south + north) / 2, 7),
            "bounds": [west, south, east, north],
        }


_Columns = list[tuple[int, list[str]]]  # field, a text for every feature, "" for none


def _columns(file: "LayerFile", known: Sequence[str]) -> _Columns:
    text = {field.name.lower(): field.name for field in file.schema if pa.types.is_string(field.type)}
    wanted = [name for name in known if name in text]
    table = file.attributes([text[name] for name in wanted]) if wanted else None
    found: _Columns = []
    for number, name in enumerate(wanted):
        assert table is not None
        column = [(value or "").strip() for value in table.column(number).to_pylist()]
        found.append((_NAME if name in NAMES else _ADDRESS, column))
    return found


def _titles(columns: _Columns, count: int) -> list[str]:
    if not columns:
        return [""] * count
    titles = columns[0][1]
    for _, column in columns[1:]:
        titles = [title or other for title, other in zip(titles, column, strict=True)]
    return titles


def _extents(
    rows: NDArray[np.int32], items: NDArray[np.int32], count: int, boxes: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the first feature of every item, (count,), and its bounds, (count, 4), in parts of a degree."""
    own = np.rint(boxes[rows] * _DEGREE).astype(np.int32)
    if len(rows) == count:
        return rows, own
    order = np.argsort(items, kind="stable")
    starts = np.searchsorted(items[order], np.arange(count))
    low = np.minimum.reduceat(own[order][:, :2], starts, axis=0)
    high = np.maximum.reduceat(own[order][:, 2:], starts, axis=0)
    return rows[order][starts], np.hstack([low, high])


def _searched(columns: _Columns, titles: list[str], rows: NDArray[np.int32], items: NDArray[np.int32]) -> TextSearch:
    """Return the search in every text of the features; of what is in parts each text once."""
    if len(columns) == 1:
        return TextSearch(
            titles, titles, np.arange(len(titles), dtype=np.int32), np.full(len(titles), columns[0][0], np.uint8)
        )
    entries = [
        (item, field, column[row])
        for field, column in columns
        for row, item in zip(rows.tolist(), items.tolist(), strict=True)
        if column[row]
    ]
    if len(rows) != len(titles):
        entries = list(dict.fromkeys(entries))
    of, fields = np.array([e[0] for e in entries], np.int32), np.array([e[1] for e in entries], np.uint8)
    return TextSearch(titles, [e[2] for e in entries], of, fields)


def _addresses(columns: _Columns, features: NDArray[np.int32]) -> "pa.Array | None":
    """Return the address of every item; None where the layer has none."""
    found = [column for field, column in columns if field == _ADDRESS]
    if not found:
        return None
    return pa.array(
        [next(filter(None, (of[row] for of in found)), None) for row in features.tolist()], pa.large_string()
    )
