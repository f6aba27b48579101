"""Attributes as they come → columns of a layer: plain types, good names, and the style columns `name` and `class`."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gis_layers.classes import class_of
from twin.values.layer import CLASS, CLASSES, NAME
from twin.values.sentence import Sentence, say

# Field names that say what a feature is called, the best first; compared without case, spaces and signs.
_NAME_FIELDS = (
    *("name", "名称", "名字", "中文名称", "中文名", "标准名称", "全称", "简称", "地名", "标注", "注记"),
    *("路名", "道路名称", "道路名", "街道名称", "建筑名称", "建筑物名称", "楼名", "楼栋名称", "小区名称", "项目名称"),
    *("河流名称", "水系名称", "公园名称", "行政区名称", "行政区名", "区名", "区县名称", "线路名称", "站名", "地块名称"),
    *(
        "mc",
        "namechn",
        "namezh",
        "chnname",
        "cname",
        "namecn",
        "fullname",
        "roadname",
        "streetname",
        "street",
        "lm",
    ),
    *("xzqmc", "jzmc", "jzwmc", "xmmc", "mingcheng", "title", "label", "nameen", "bezeichnung", "nom"),
)
_CLASS_FIELDS: dict[str, tuple[str, ...]] = {
    "roads": (
        *(
            "class",
            "highway",
            "fclass",
            "道路等级",
            "道路类型",
            "道路类别",
            "等级",
            "类型",
            "类别",
            "技术等级",
            "dldj",
            "rteg",
        ),
        *("roadclass", "roadtype", "road", "type", "kind", "category", "level", "dj", "lx", "gb", "ptype"),
    ),
    "rail": ("class", "railway", "fclass", "类型", "类别", "线路类型", "type", "kind", "category", "lx"),
    "water": (
        "class",
        "water",
        "waterway",
        "fclass",
        "natural",
        "水系类型",
        "类型",
        "类别",
        "type",
        "kind",
        "lx",
        "leisure",
    ),
    "green": ("class", "leisure", "landuse", "natural", "fclass", "绿地类型", "类型", "类别", "type", "kind", "lx"),
    "land_use": (
        *(
            "class",
            "用地性质",
            "用地代码",
            "用地类型",
            "用地类别",
            "规划用途",
            "土地用途",
            "性质",
            "地类名称",
            "ydxz",
            "yddm",
        ),
        *(
            "ydlx",
            "dlmc",
            "landuse",
            "amenity",
            "fclass",
            "类型",
            "代码",
            "type",
            "kind",
            "category",
            "code",
            "use",
            "zoning",
        ),
    ),
    "utilities": (
        *("class", "power", "substance", "utility", "manmade", "telecom", "fclass", "管线类型", "管类", "类型", "类别"),
        *("type", "kind", "lx", "gxlx"),
    ),
}
_DROPPED = re.compile(r"[\s_\-.:·/\\()（）]+")


@dataclass(slots=True)
class Columns:
    """A table under work, and what is to be told about it."""

    table: pa.Table
    notices: list[Sentence] = field(default_factory=list)


def plain(name: str) -> str:
    """Return a field name as it is compared.

    >>> plain("Building:Levels"), plain("Road_Name")
    ('buildinglevels', 'roadname')
    """
    return _DROPPED.sub("", unicodedata.normalize("NFKC", name)).lower()


def find_field(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Return the field that has the first of the wanted names."""
    by_plain = {plain(name): name for name in reversed(names)}
    return next((by_plain[word] for word in wanted if word in by_plain), None)


def clean(table: pa.Table, *, blank_is_missing: bool = False) -> Columns:
    """Return a table with plain types and names that differ by more than case.

    blank_is_missing : the format cannot leave a text out, so an empty one means that there is none
    """
    names: list[str] = []
    arrays: list[pa.ChunkedArray] = []
    dropped: list[str] = []
    renamed: list[str] = []
    taken: set[str] = set()
    for name, column in zip(table.column_names, table.columns, strict=True):
        kept = _plain_type(column)
        if kept is None:
            dropped.append(name)
            continue
        if blank_is_missing and pa.types.is_string(kept.type):
            kept = pc.if_else(pc.equal(kept, ""), pa.scalar(None, pa.string()), kept)
        base = re.sub(r"[\x00-\x1f\x7f]", "", name).strip()[:200] or "field"
        free, number = base, 2
        while free.lower() in taken:
            free, number = f"{base}_{number}", number + 1
        if free != base:
            renamed.append(f"{base} → {free}")
        taken.add(free.lower())
        names.append(free)
        arrays.append(kept)
    notices = []
    if dropped:
        notices.append(
            say("Fields that hold no text, number or date were left out: {fields}.", fields=", ".join(dropped)[:200])
        )
    if renamed:
        notices.append(
            say(
                "Fields whose names differ in nothing but case were renamed: {fields}.", fields=", ".join(renamed)[:200]
            )
        )
    return Columns(pa.table(dict(zip(names, arrays, strict=True))), notices)


def _plain_type(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return a column as text, int64, int32, double, boolean, date or timestamp; None for bytes and the like."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_boolean(kind) or pa.types.is_date32(kind) or pa.types.is_float64(kind):
        return column
    target = _target(kind)
    if target is None:
        if pa.types.is_nested(kind):
            import json

            values = [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()]
            return pa.chunked_array([pa.array(values, pa.string())])
        return None
    return column.cast(target, safe=False)


def _target(kind: pa.DataType) -> pa.DataType | None:
    types = pa.types
    rules = (
        (types.is_integer(kind), kind if kind in (pa.int32(), pa.int64()) else pa.int64()),
        (types.is_floating(kind) or types.is_decimal(kind), pa.float64()),
        (types.is_timestamp(kind), pa.timestamp("ms", getattr(kind, "tz", None))),
        (types.is_date(kind), pa.date32()),
        (types.is_large_string(kind) or types.is_string_view(kind) or types.is_time(kind), pa.string()),
        (types.is_null(kind), pa.string()),
    )
    return next((target for fits, target in rules if fits), None)


def drop_empty(columns: Columns) -> None:
    """Leave out columns without any value."""
    table = columns.table
    full = [name for name in table.column_names if table[name].null_count < len(table)]
    columns.table = table.select(full)


def add_name(columns: Columns) -> None:
    """Add the column `name`, from the field that says what a feature is called."""
    table = columns.table
    texts = [n for n in table.column_names if pa.types.is_string(table[n].type) and table[n].null_count < len(table)]
    found = find_field(texts, _NAME_FIELDS)
    if found is None or found == NAME:
        return
    if found.lower() == NAME:
        columns.table = table.rename_columns([NAME if n == found else n for n in table.column_names])
        return
    values = table[found]
    put(columns, NAME, values)
    columns.notices.append(say("Names are taken from the field {field}.", field=found))


def add_class(columns: Columns, kind: str) -> None:
    """Add the column `class`, from the field whose values mean classes of the kind."""
    if kind not in CLASSES:
        return
    table = columns.table
    best: tuple[str, pa.ChunkedArray] | None = None
    share = 0.0
    texts = [n for n in table.column_names if pa.types.is_string(table[n].type)]
    for word in _CLASS_FIELDS[kind]:
        found = find_field(texts, (word,))
        if found is None:
            continue
        classes = mapped(table[found], kind)
        filled = 1 - classes.null_count / max(1, len(classes))
        if filled > share + 0.2:  # a field further down must tell much more
            best, share = (found, classes), filled
    if best is None:
        return
    put(columns, CLASS, best[1])
    if plain(best[0]) != CLASS:
        columns.notices.append(say("Classes are taken from the field {field}.", field=best[0]))


def mapped(values: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """Return the classes that texts mean, by dictionary: each text is understood once."""
    coded = pc.dictionary_encode(values)
    chunks = []
    for chunk in coded.chunks:
        meanings = pa.array([class_of(kind, text) for text in chunk.dictionary.to_pylist()], pa.string())
        chunks.append(meanings.take(chunk.indices))
    return pa.chunked_array(chunks, pa.string())


def put(columns: Columns, name: str, values: pa.ChunkedArray | pa.Array) -> None:
    """Set a style column; a column of the source that has its name in another case or meaning is renamed."""
    table = columns.table
    same = next((n for n in table.column_names if n.lower() == name), None)
    if same is not None and table[same].combine_chunks().equals(
        pa.chunked_array([values]).combine_chunks() if isinstance(values, pa.Array) else values.combine_chunks()
    ):
        table = table.drop_columns([same])
    elif same is not None:
        fresh = f"source_{name}"
        while any(n.lower() == fresh for n in table.column_names):
            fresh += "_"
        table = table.rename_columns([fresh if n == same else n for n in table.column_names])
    columns.table = table.append_column(name, values)
