"""How high buildings are: from a height field, else from floors, else a modest default; the rule is told with counts.

A floor counts 3 m, as OpenStreetMap's renderers reckon (`building:levels`); a roof above the floors adds its own height
or its own floors. `height` of OpenStreetMap includes the roof.
"""

import re
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis_layers.columns import Columns, find_field, put
from twin.values.layer import BASE, HEIGHT
from twin.values.sentence import Sentence, say

FLOOR, DEFAULT = 3.0, 6.0
_HIGHEST, _MOST_FLOORS = 1000.0, 200.0

_HEIGHT_FIELDS = (
    *(
        "renderheight",
        "height",
        "建筑高度",
        "建筑物高度",
        "楼高",
        "房屋高度",
        "高度",
        "jzgd",
        "jianzhugaodu",
        "gaodu",
        "gd",
    ),
    *("buildingheight", "buildheight", "buildingh", "bldgheight", "heightm", "hgt", "hoehe", "hauteur", "h"),
)
_FLOOR_FIELDS = (
    *("buildinglevels", "buildingl", "层数", "楼层", "楼层数", "地上层数", "建筑层数", "房屋层数", "总层数"),
    *(
        "floors",
        "floor",
        "levels",
        "storeys",
        "stories",
        "numfloors",
        "floorcount",
        "nofloors",
        "cengshu",
        "louceng",
        "dscs",
    ),
    *("cs", "lc", "fwcs", "jzcs"),
)
_BASE_FIELDS = ("renderminheight", "minheight", "底部高度", "离地高度", "baseheight")
_BASE_FLOOR_FIELDS = ("buildingminlevel", "minlevel", "minfloor")
_METRES = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(m|米|metres?|meters?|)\.?", re.IGNORECASE)
_FEET = re.compile(r"(\d+(?:\.\d+)?)\s*(?:'|′|ft|feet|foot)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|″|in)?)?", re.IGNORECASE)


def metres_in(text: str) -> float:
    """Return the metres that a text says; nan where it says none.

    >>> metres_in("12 m"), metres_in("12,5"), round(metres_in("40'"), 2), metres_in("高")
    (12.0, 12.5, 12.19, nan)
    """
    plain = text.strip()
    if found := _METRES.fullmatch(plain):
        return float(found[1].replace(",", "."))
    if found := _FEET.fullmatch(plain):
        return float(found[1]) * 0.3048 + float(found[2] or 0) * 0.0254
    return float("nan")


def floors_in(text: str) -> float:
    """Return the floors that a text says: "6", "6层", "12F"; nan where it says none.

    >>> floors_in("6层"), floors_in("12F"), floors_in("2;3"), floors_in("many")
    (6.0, 12.0, 3.0, nan)
    """
    numbers = re.fullmatch(
        r"\s*((?:\d+(?:\.\d+)?\s*[;,/、-]\s*)*\d+(?:\.\d+)?)\s*(?:层|f|floors?|)\s*", text, re.IGNORECASE
    )
    return max(float(n) for n in re.findall(r"\d+(?:\.\d+)?", numbers[1])) if numbers else float("nan")


def add_heights(columns: Columns) -> Sentence:
    """Add `render_height` and, where a building begins above the ground, `render_min_height`; return the rule."""
    names = columns.table.column_names
    count = len(columns.table)
    height_field, floor_field = find_field(names, _HEIGHT_FIELDS), find_field(names, _FLOOR_FIELDS)
    height = _between(_numbers(columns.table, height_field), _HIGHEST)
    floors = _between(_numbers(columns.table, floor_field, floors=True), _MOST_FLOORS)
    by_floors = floors * FLOOR + _roof(columns.table)
    total = np.where(np.isnan(height), by_floors, height)
    from_height = int(np.sum(~np.isnan(height)))
    from_floors = int(np.sum(np.isnan(height) & ~np.isnan(floors)))
    total = np.where(np.isnan(total), DEFAULT, total)
    base = _numbers(columns.table, find_field(names, _BASE_FIELDS))
    base_floors = _numbers(columns.table, find_field(names, _BASE_FLOOR_FIELDS), floors=True)
    base = np.where(np.isnan(base), base_floors * FLOOR, base)
    base = np.where((base > 0) & (base < total), base, 0.0)
    put(columns, HEIGHT, pa.array(np.round(total, 2)))
    if base.any():
        put(columns, BASE, pa.array(np.round(base, 2)))
    if (height_field is None and floor_field is None) or not count:
        return say(
            "Heights of {count} buildings: {default} m each, as no field tells heights or floors.",
            count=count,
            default=round(DEFAULT),
        )
    guessed = count - from_height - from_floors
    parts = [
        (from_height, say("{count} from {field}", count=from_height, field=height_field or "")),
        (
            from_floors,
            say("{count} from {field} × {floor} m", count=from_floors, field=floor_field or "", floor=round(FLOOR)),
        ),
        (guessed, say("{count} by default ({default} m)", count=guessed, default=round(DEFAULT))),
    ]
    told = reduce(lambda a, b: say("{first}, {second}", first=a, second=b), (said for n, said in parts if n))
    return say("Heights of {count} buildings: {parts}.", count=count, parts=told)


def has_heights(names: list[str]) -> bool:
    """Return whether fields tell heights or floors, as those of buildings do."""
    return find_field(names, _HEIGHT_FIELDS[:-1]) is not None or find_field(names, _FLOOR_FIELDS) is not None


def _between(values: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Return values with nan for what no building has: nothing, less, or far too much."""
    with np.errstate(invalid="ignore"):
        return np.where((values > 0) & (values <= most), values, np.nan)


def _roof(table: pa.Table) -> NDArray[np.float64]:
    """Return what roofs add to floors, metres."""
    height = _numbers(table, find_field(table.column_names, ("roofheight",)))
    levels = _numbers(table, find_field(table.column_names, ("rooflevels",)), floors=True)
    added = np.where(np.isnan(height), levels * FLOOR, height)
    with np.errstate(invalid="ignore"):
        return np.where((added > 0) & (added < 100), added, 0.0)


def _numbers(table: pa.Table, name: str | None, *, floors: bool = False) -> NDArray[np.float64]:
    """Return a field's numbers, nan where it has none; texts are read once each."""
    if name is None:
        return np.full(len(table), np.nan)
    column = table[name]
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        found: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return found.astype(np.float64)
    if not pa.types.is_string(column.type):
        return np.full(len(table), np.nan)
    read = floors_in if floors else metres_in
    parts = [np.zeros(0)]
    for chunk in pc.dictionary_encode(column).chunks:
        meanings = np.array([np.nan if t is None else read(t) for t in chunk.dictionary.to_pylist()] + [np.nan])
        indices = chunk.indices.fill_null(len(meanings) - 1).to_numpy(zero_copy_only=False)
        parts.append(meanings[indices])
    return np.concatenate(parts)
