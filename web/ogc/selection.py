"""Which features of a layer a request means, as row numbers; what was found is kept a while, for the next page."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from web.ogc import spatial, times
from web.ogc.crs import LNGLAT, box_in_lnglat
from web.ogc.query import Condition
from web.ogc.spatial import Mask

if TYPE_CHECKING:
    from gis_layers.geoparquet import LayerFile
    from twin.store import Layer

_Key = tuple[str, str, Condition]
_KEPT_ROWS = 4_000_000  # of all selections together, four bytes each
_KEPT_SELECTIONS = 500
_LONGEST = 6_000  # characters of a condition that is kept: a filter has 4,000 at the most


class _Kept:
    """The selections used last, within the limits above; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[_Key, NDArray[np.uint32]] = OrderedDict()
        self.rows = 0

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: _Key) -> NDArray[np.uint32] | None:
        """Return a selection, (n,) rows, if it is kept."""
        with self._lock:
            rows = self._found.get(key)
            if rows is not None:
                self._found.move_to_end(key)
            return rows

    def put(self, key: _Key, rows: NDArray[np.uint32]) -> None:
        """Keep a selection, (n,) rows, and let go of those that were not used for longest."""
        condition = key[2]
        length = len(condition.filter or "") + sum(len(name) + len(text) for name, text in condition.equal)
        if length > _LONGEST:
            return
        with self._lock:
            before = self._found.pop(key, None)
            self.rows += len(rows) - (0 if before is None else len(before))
            self._found[key] = rows
            while len(self._found) > 1 and (self.rows > _KEPT_ROWS or len(self._found) > _KEPT_SELECTIONS):
                self.rows -= len(self._found.popitem(last=False)[1])


_kept = _Kept()


def select(layer: "Layer", file: "LayerFile", condition: Condition) -> NDArray[np.uint32] | None:
    """Return the rows, (n,) from 0 and ascending, of the features that fulfil a condition; None for all of them."""
    if condition == Condition(box_frame=condition.box_frame, filter_frame=condition.filter_frame):
        return None
    key = (layer.name, layer.version, condition)
    rows = _kept.get(key)
    if rows is None:
        rows = np.flatnonzero(_mask(file, condition)).astype(np.uint32)
        _kept.put(key, rows)
    return rows


def _mask(file: "LayerFile", condition: Condition) -> Mask:
    """Return which features fulfil a condition: values first, then boxes, then what must read geometry."""
    mask = np.ones(file.count, dtype=bool)
    if condition.equal:
        from web.ogc.terms import equal_to

        table = file.attributes([name for name, _ in condition.equal])
        for name, text in condition.equal:
            mask &= equal_to(table.column(name), name, text)
    if condition.time is not None:
        mask &= _in_time(file, condition.time)
    if condition.box is not None:
        area = box_in_lnglat(condition.box, condition.box_frame or LNGLAT, "bbox")
        mask = spatial.touching(file, area, mask)
        if condition.heights is not None:
            mask = spatial.at_height(file, condition.heights, mask)
    if condition.filter is not None:
        from web.ogc.evaluate import Evaluator
        from web.ogc.filters import parse

        mask &= Evaluator(file, parse(condition.filter), condition.filter_frame or LNGLAT, mask).mask()
    return mask


def _in_time(file: "LayerFile", asked: times.Interval) -> Mask:
    """Return which features have a date or time in an interval; those without any are in every one."""
    names = time_columns(file)
    if not names:
        return np.ones(file.count, dtype=bool)
    table = file.attributes(names)
    timeless, within = np.ones(file.count, dtype=bool), np.zeros(file.count, dtype=bool)
    for name in names:
        column = table.column(name)
        known = column.is_valid().to_numpy()
        start = times.microseconds(column).fill_null(0).to_numpy()
        length = times.DAY - 1 if times.is_day(column.type) else 0
        within |= known & (start <= asked[1]) & (start + length >= asked[0])
        timeless &= ~known
    return within | timeless


def time_columns(file: "LayerFile") -> list[str]:
    """Return the names of the columns with dates or times."""
    return [field.name for field in file.schema if times.is_time(field.type)]


def extent_in_time(file: "LayerFile") -> tuple[str | None, str | None] | None:
    """Return the first and last time of a layer in ISO 8601; None for a layer without dates and times."""
    import pyarrow.compute as pc

    names = time_columns(file)
    if not names:
        return None
    table = file.attributes(names)
    ends: list[int] = []
    for name in names:
        column = table.column(name)
        least, most = pc.min_max(times.microseconds(column)).as_py().values()
        if least is not None:
            ends += [least, most + (times.DAY - 1_000_000 if times.is_day(column.type) else 0)]
    return (times.iso(min(ends)), times.iso(max(ends))) if ends else (None, None)
