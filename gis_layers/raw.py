"""One layer of a source as it stands there: geometry, attributes as readable text, and what it says of its CRS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis_layers import gdal
from gis_layers.dates import told_of_dates, with_dates
from gis_layers.encoding import (
    Encoding,
    as_utf8,
    as_utf8_if_asked,
    asked_encoding,
    dbase_language,
    declared_encoding,
    find_encoding,
)
from gis_layers.long_texts import MAX_TEXT, too_long
from gis_layers.parquet_source import read_geoparquet
from gis_layers.repair import Repairs, geometry_of_wkb
from gis_layers.source import Source, listed
from twin.errors import InvalidInput
from twin.values.sentence import Sentence, say

# Shapefiles come as if they were Latin-1, which keeps every byte; what they are is found out afterwards.
_BYTES = "ISO-8859-1"
# Formats that count their features, and whose damage ends the reading without a word.
_COUNTED = {"GeoPackage", "SpatiaLite", "FlatGeobuf", "File geodatabase"}


@dataclass(slots=True)
class Raw:
    """A layer as it stands in its source.

    geometry : (n,) objects in the source's coordinates; None where there is none
    crs : what the source says; None where it says nothing
    encoding : of its texts, where that was a question
    """

    layer: str
    geometry: NDArray[np.object_]
    table: pa.Table
    crs: str | None
    encoding: str | None
    repairs: Repairs
    notices: list[Sentence] = field(default_factory=list)


def read_raw(
    source: Source,
    wanted: str | None,
    encoding: str | None,
    folder: Path,
    advance: Callable[[str, int, int], None],
    **options: str,
) -> Raw:
    """Return one layer of a source; InvalidInput for one without features, and where a choice is missing.

    wanted : its name, needed where there are several
    encoding : what the user says texts are written in
    folder : for files on the way
    """
    if source.format == "GeoParquet":
        raw = _of_parquet(source)
    else:
        notices: list[Sentence] = []
        told: str | None = None
        if source.format == "CSV":
            path, found = as_utf8(source.path, encoding, folder / "source.csv")
            source = Source(path, source.format, source.label, source.stem)
            told, notices = found.name, [found.notice] if found.notice else []
        if source.format in ("GeoJSON", "GeoJSON lines") and encoding is not None:
            path, told = as_utf8_if_asked(source.path, encoding, folder / f"utf8{source.path.suffix}")
            source = Source(path, source.format, source.label, source.stem)
        raw = _of_gdal(source, wanted, encoding, advance, options)
        raw.encoding = raw.encoding or told
        raw.notices += notices
        if source.format in ("CSV", "GeoJSON lines"):
            raw.notices += told_of_dates(source.path, raw.table)
    if not len(raw.geometry) and source.format != "OpenStreetMap":
        raise InvalidInput("{file} has no features: there is nothing to add.", file=source.label)
    _check_texts(source, raw.table, 0)
    return raw


def _of_parquet(source: Source) -> Raw:
    wkb, table, crs = read_geoparquet(source)
    repairs = Repairs()
    return Raw(source.stem, geometry_of_wkb(wkb, repairs), table, crs, None, repairs)


def _of_gdal(
    source: Source,
    wanted: str | None,
    encoding: str | None,
    advance: Callable[[str, int, int], None],
    more: dict[str, str],
) -> Raw:
    """Return a layer that GDAL reads."""
    as_bytes = _BYTES if source.format == "Shapefile" else None
    options = gdal.open_options(source, **more)
    repairs, geometries, tables = Repairs(), [], []
    with gdal.fenced(source):
        layer = wanted if source.format == "OpenStreetMap" and wanted else _chosen(source, wanted)
        opened = gdal.open_layer(source, layer, encoding=as_bytes, options=options)
        gdal.refuse_long_texts(source, opened)
        advance("read", 0, opened.count)
        done, curved = 0, False

        def take(batch: pa.RecordBatch, geometry: str) -> None:
            nonlocal done, curved
            table = pa.Table.from_batches([batch])
            if geometry in table.column_names:
                wkb = np.array(table[geometry].to_pylist(), dtype=object)
                table = table.drop_columns([geometry])
            elif source.format == "CSV":
                raise InvalidInput(
                    "{file} has no columns of coordinates: name them x and y, lon and lat, 经度 and 纬度, or wkt.",
                    file=source.label,
                )
            else:
                wkb = np.full(len(table), None, dtype=object)
            _check_texts(source, table, done)
            try:
                geometries.append(np.full(len(wkb), None) if curved else geometry_of_wkb(wkb, repairs))
            except NotImplementedError:
                curved = True
            tables.append(table)
            done += len(table)
            advance("read", done, max(done, opened.count))

        gdal.read_batches(source, layer, encoding=as_bytes, options=options, take=take)
        if curved:
            repairs = Repairs()
            geometries = [geometry_of_wkb(gdal.linear_geometry(source, layer, options), repairs)]
    if source.format in _COUNTED:
        repairs.unread = max(0, opened.count - done)
    table = pa.concat_tables(tables) if tables else pa.table({})
    geometry = np.concatenate(geometries) if geometries else np.array([], dtype=object)
    table, found = _readable(source, table, encoding)
    if source.format == "GeoJSON":
        table = with_dates(table)
    name = source.stem if layer in (source.path.stem, "source") else layer
    raw = Raw(name, geometry, table, opened.crs, found.name if found else None, repairs)
    if found and found.notice:
        raw.notices.append(found.notice)
    if curved:
        raw.notices.append(say("Arcs are drawn as short straight lines."))
    return raw


def _chosen(source: Source, wanted: str | None) -> str:
    """Return the layer to read: the only one, or the one that was asked for."""
    names = gdal.layer_names(source)
    if not names:
        raise InvalidInput("{file} has no layer with geometry: there is nothing to add.", file=source.label)
    if source.path.name.startswith("source."):
        wanted = None if len(names) == 1 else wanted  # an unpacked file has a name of ours
    if wanted is None and len(names) == 1:
        return names[0]
    match = next((name for name in names if name == wanted), None)
    match = match or next((name for name in names if wanted is not None and name.lower() == wanted.lower()), None)
    if match is None and wanted is None:
        raise InvalidInput(
            "{file} has several layers: choose one with --layer: {layers}.", file=source.label, layers=listed(names)
        )
    if match is None:
        raise InvalidInput(
            "{file} has no layer {layer}: its layers are {layers}.",
            file=source.label,
            layer=repr(wanted)[:80],
            layers=listed(names),
        )
    return match


def _check_texts(source: Source, table: pa.Table, before: int) -> None:
    """Refuse a text that is too long; `before` features came in earlier batches."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        lengths = pc.binary_length(column)
        longest = pc.max(lengths).as_py() or 0
        if longest > MAX_TEXT:  # bytes: a text of so many characters has at least as many
            row = int(pc.index(lengths, longest).as_py())
            if longest > 4 * MAX_TEXT or len(column[row].as_py()) > MAX_TEXT:
                raise too_long(source, name, before + row + 1)


def _readable(source: Source, table: pa.Table, asked: str | None) -> tuple[pa.Table, Encoding | None]:
    """Return a table whose texts and names are text, and how they were written (None: the format says it itself)."""
    if source.format == "Shapefile":
        return _decoded(table, source, asked, latin=True)
    broken = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_string(column.type) and not _valid(column)
    ]
    if not broken:
        return table, None
    return _decoded(table, source, asked, latin=False)


def _valid(column: pa.ChunkedArray) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decoded(table: pa.Table, source: Source, asked: str | None, *, latin: bool) -> tuple[pa.Table, Encoding]:
    """Decode the texts of a table that came as bytes (`latin`: each byte as a character of Latin-1)."""
    texts = [i for i, kind in enumerate(table.schema.types) if pa.types.is_string(kind)]
    coded = {i: pc.dictionary_encode(table.column(i).cast(pa.binary())).unify_dictionaries() for i in texts}
    words = {i: _bytes(column.chunk(0).dictionary, latin=latin) for i, column in coded.items() if column.num_chunks}
    names = [name.encode("latin-1") if latin else name.encode() for name in table.column_names]
    every = {word for column in words.values() for word in column} | set(names)
    if asked is not None:
        found = asked_encoding(asked)
        damaged = sum("\ufffd" in found.decode(word) for word in every)
        if damaged:
            notice = say(
                "{count} texts are not {encoding}; what could not be read was replaced.",
                count=damaged,
                encoding=found.name.upper(),
            )
            found = Encoding(found.name, found.errors, notice)
    else:
        found = find_encoding(
            sorted(every),
            declared=declared_encoding(source.path) if latin else None,
            language=dbase_language(source.path) if latin else 0,
            file=source.label,
        )
    columns = list(table.columns)
    for i, decoded in words.items():
        dictionary = pa.array([found.decode(word) for word in decoded], pa.string())
        columns[i] = pa.chunked_array([dictionary.take(chunk.indices) for chunk in coded[i].chunks], pa.string())
    return pa.Table.from_arrays(columns, names=[found.decode(name) for name in names]), found


def _bytes(dictionary: pa.Array, *, latin: bool) -> list[bytes]:
    values: list[bytes] = dictionary.to_pylist()
    return [value.decode("utf-8").encode("latin-1") for value in values] if latin else values
