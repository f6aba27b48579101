"""GDAL, fenced in: a layer of a local file → Arrow batches. Nothing it opens reaches the network or another source."""

import re
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_layers.long_texts import MAX_OBJECT_MEGABYTES, MAX_TEXT, no_memory, too_large, too_long
from gis_layers.source import DRIVERS, Source
from twin.errors import InvalidInput
from twin.values.sentence import say

_SCAN_FROM = 50_000_000  # bytes: a smaller database cannot hold a text that hurts

# No address is ever reached (the proxy is a closed port), no file opens another one, no text grows without bound.
_FENCE = {
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/none",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": str(MAX_OBJECT_MEGABYTES),
    "OGR_GEOJSON_MAX_BYTES_FIRST_PASS": "0",
    "OGR_CSV_MAX_LINE_SIZE": str(MAX_OBJECT_MEGABYTES * 1_000_000),
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "PROJ_NETWORK": "OFF",
    "OSM_COMPRESS_NODES": "YES",
    "SHAPE_RESTORE_SHX": "YES",  # beside a link of ours, where it is missing
}
_OPTIONS: dict[str, dict[str, str]] = {
    "CSV": {
        "X_POSSIBLE_NAMES": "x,lon,lng,long,longitude,easting,经度,东坐标,X坐标",
        "Y_POSSIBLE_NAMES": "y,lat,latitude,northing,纬度,北坐标,Y坐标",
        "GEOM_POSSIBLE_NAMES": "wkt,geom,geometry,the_geom",
        "AUTODETECT_TYPE": "YES",
        "KEEP_GEOM_COLUMNS": "NO",
    },
    "GML": {"DOWNLOAD_SCHEMA": "NO"},
    "GeoJSON": {"NATIVE_DATA": "NO", "DATE_AS_STRING": "YES"},
}


_FAULTS = (RuntimeError, pa.ArrowException, OSError)
_TOO_LARGE = re.compile(r"too (?:large|complex|long)|too many characters|MAX_\w+_SIZE", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a layer says of itself before it is read.

    crs : "EPSG:n" or WKT; None where the file has none
    fields : names of its attributes, as they can be read
    count : number of features, -1 where the format does not know
    """

    layer: str
    driver: str
    crs: str | None
    fields: tuple[str, ...]
    count: int


@contextmanager
def fenced(source: Source) -> Iterator[None]:
    """Let GDAL work without network; its errors leave as one sentence."""
    import pyogrio

    # GDAL's quick index of nodes loses ways without a word where the nodes are not sorted
    fence = {**_FENCE, "OSM_USE_CUSTOM_INDEXING": "YES" if _is_sorted(source) else "NO"}
    before = {key: pyogrio.get_gdal_config_option(key) for key in fence}
    pyogrio.set_gdal_config_options(fence)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (*_FAULTS, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        if isinstance(error, MemoryError) or "bad_alloc" in str(error):
            raise no_memory(source.label) from error
        if _TOO_LARGE.search(str(error)):
            raise too_large(source) from error
        raise InvalidInput(
            "{file} cannot be read as {format} ({error}): open it in a GIS and export it again.",
            file=source.label,
            format=source.format,
            error=_words(error, source),
        ) from error
    except MemoryError as error:
        raise no_memory(source.label) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "The field names of {file} are in an unknown encoding: type for instance --encoding GB18030, or export it "
            "again as UTF-8.",
            file=source.label,
        ) from error
    finally:
        pyogrio.set_gdal_config_options(before)


def _is_sorted(source: Source) -> bool:
    """Return whether an OpenStreetMap file says in its header that its objects are sorted."""
    if source.format != "OpenStreetMap":
        return False
    with source.path.open("rb") as file:
        head = file.read(65_536)
    packed = head.find(b"\x78")
    while 0 <= packed < 256:
        try:
            return b"Sort.Type_then_ID" in zlib.decompressobj().decompress(head[packed:], 65_536)
        except zlib.error:
            packed = head.find(b"\x78", packed + 1)
    return b"Sort.Type_then_ID" in head[:4096]


def _words(error: Exception, source: Source) -> str:
    """Return GDAL's complaint without paths, queries and advice for programmers."""
    if "sqlite3" in str(error) or "SELECT " in str(error):
        return say("the database in it is damaged")
    text = str(error).replace(str(source.path), source.label).replace(f"{source.path.parent}/", "")
    return re.sub(r"\s+", " ", text.partition("It might help")[0]).strip(" ;.'")[:160] or type(error).__name__


def open_options(source: Source, **more: str) -> dict[str, str]:
    """Return what a layer of the source is opened with."""
    return {**_OPTIONS.get(source.format, {}), **more}


def layer_names(source: Source) -> list[str]:
    """Return the layers that have a geometry; GDAL's name of each."""
    import pyogrio

    rows: NDArray[np.object_] = pyogrio.list_layers(source.path)
    # a table of text has its geometry in its columns, which only opening it tells
    return [str(name) for name, kind in rows.tolist() if kind is not None or source.format == "CSV"]


def open_layer(source: Source, layer: str, *, encoding: str | None, options: dict[str, str]) -> Opened:
    """Return what a layer says of itself; InvalidInput where another driver than the format's took the file."""
    import pyogrio

    info = pyogrio.read_info(source.path, layer=layer, encoding=encoding, **options)
    if info["driver"] not in DRIVERS[source.format]:
        raise InvalidInput(
            "{file} is no {format} file, though it begins as one: export it again.",
            file=source.label,
            format=source.format,
        )
    return Opened(layer, info["driver"], info["crs"], tuple(map(str, info["fields"])), int(info["features"]))


def read_batches(
    source: Source,
    layer: str,
    *,
    encoding: str | None,
    options: dict[str, str],
    take: Callable[[pa.RecordBatch, str], None],
) -> None:
    """Hand every batch of a layer, and the name of its geometry column, to `take`."""
    import pyogrio

    with pyogrio.open_arrow(source.path, layer=layer, encoding=encoding, use_pyarrow=True, **options) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        take(pa.RecordBatch.from_pylist([], schema=reader.schema), geometry)  # so that an empty layer has columns
        for batch in reader:
            take(batch, geometry)


def linear_geometry(source: Source, layer: str, options: dict[str, str]) -> NDArray[np.object_]:
    """Return the WKB of a layer's geometries, arcs drawn as short lines, (n,) objects: bytes or None."""
    import pyogrio

    read: tuple[Any, ...] = pyogrio.raw.read(source.path, layer=layer, columns=[], **options)
    found: NDArray[np.object_] = read[2]
    return found


def refuse_long_texts(source: Source, opened: Opened) -> None:
    """Refuse a database with a text that is too long, before it is read: SQLite knows lengths without the texts."""
    import pyogrio

    if source.format not in ("GeoPackage", "SpatiaLite") or source.path.stat().st_size < _SCAN_FROM:
        return
    for name in opened.fields:
        field, table = (text.replace('"', '""') for text in (name, opened.layer))
        query = f'SELECT rowid + 0 AS row FROM "{table}" WHERE octet_length("{field}") > {4 * MAX_TEXT} LIMIT 1'  # noqa: S608  (names quoted)
        rows = pyogrio.raw.read(source.path, sql=query, read_geometry=False)[3]
        if len(rows) and len(rows[0]):
            raise too_long(source, name, int(rows[0][0]))
