"""Map files → layers of the city: what `twin layers add` reads.

source → geometry and attributes → place (CRS, datum) → longitude and latitude → valid geometry → kind → style columns
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_layers.columns import add_class, add_name, clean, drop_empty, put
from gis_layers.encoding import asked_encoding
from gis_layers.heights import add_heights, has_heights
from gis_layers.long_texts import refuse_endless_texts
from gis_layers.names import check_kind, check_name, kind_named
from gis_layers.osm import OsmLayer, classes, read_osm
from gis_layers.place import Place, find_place, to_lnglat
from gis_layers.raw import Raw, read_raw
from gis_layers.repair import DIMENSION, Repairs, make_valid, strip_numberless, take_apart
from gis_layers.source import Source, open_source
from gis_layers.whole import refuse_damaged
from twin.errors import InvalidInput
from twin.values.layer import CLASS, KINDS, Features, ReadLayer
from twin.values.sentence import Sentence, say

__all__ = ["check_name", "read_layers"]

Advance = Callable[[str, int, int], None]
# How a globe is to show a placemark: fields that GDAL makes of every KML file.
_KML_MANNERS = ("tessellate", "extrude", "visibility", "drawOrder", "altitudeMode", "icon", "snippet")


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody about a step."""


def read_layers(
    path: Path,
    name: str,
    *,
    kind: str | None = None,
    crs: str | None = None,
    datum: str | None = None,
    encoding: str | None = None,
    source_layer: str | None = None,
    advance: Advance = silent,
) -> list[ReadLayer]:
    """Return the layers of a map file: one, or one for each kind of an OpenStreetMap file.

    path : a local file (also zipped), or the folder of a file geodatabase
    name : of the city layer; an OpenStreetMap file's layers are NAME-KIND
    kind : one of `KINDS`; guessed where it is not given
    crs : EPSG code, Chinese name, PROJ string or WKT; wins over what the file says
    datum : "wgs84", "cgcs2000" or "gcj02"
    encoding : of texts, where the file says it wrong
    source_layer : which layer of a file that has several

    Raises InvalidInput and UnknownCRS with one sentence that says what to type.
    """
    check_name(name)
    check_kind(kind)
    if encoding is not None:
        asked_encoding(encoding)
    with tempfile.TemporaryDirectory(prefix="twin-layer-") as folder:
        source = open_source(path, Path(folder), source_layer)
        refuse_endless_texts(source)
        refuse_damaged(source)
        if source.format == "OpenStreetMap":
            layers = _osm(source, name, kind, Path(folder), advance)
            ignored = _ignored(crs=crs, datum=datum, encoding=encoding, layer=source_layer)
            return [replace(layers[0], notices=[*layers[0].notices, *ignored]), *layers[1:]]
        raw = read_raw(source, source_layer, encoding, Path(folder), advance)
    place = find_place(raw.geometry, file=source.label, stated=raw.crs, asked=crs, datum=datum)
    work = _Work(raw, name, kind, place, source)
    return [_layer(work, advance)]


@dataclass(slots=True)
class _Work:
    """A layer on its way."""

    raw: Raw
    name: str
    kind: str | None
    place: Place
    source: Source
    notices: list[Sentence] = field(default_factory=list)


def _layer(work: _Work, advance: Advance) -> ReadLayer:
    """Return a layer whose kind may be unknown."""
    raw, repairs = work.raw, work.raw.repairs
    advance("repair", 0, 3)
    to_lnglat(raw.geometry, work.place)
    strip_numberless(raw.geometry, repairs)
    advance("repair", 1, 3)
    columns = clean(raw.table, blank_is_missing=work.source.format in ("CSV", "DXF", "MapInfo"))
    if work.source.format in ("KML", "GPX"):  # fields of the format, whether used or not
        drop_empty(columns)
        columns.table = columns.table.drop_columns([n for n in columns.table.column_names if n in _KML_MANNERS])
    kind, guessed = _kind(work, columns.table.column_names)
    features = _valid(raw.geometry, columns.table, kind, repairs, work.source.label)
    columns.table = features.attributes
    add_name(columns)
    add_class(columns, kind)
    rule = add_heights(columns) if kind == "buildings" else None
    advance("repair", 3, 3)
    notices = [
        *raw.notices,
        *work.place.notices,
        *repairs.sentences(),
        *guessed,
        *_mixture(features.geometry, kind),
        *columns.notices,
    ]
    return ReadLayer(
        name=work.name,
        kind=kind,
        source_layer=raw.layer,
        crs=work.place.crs,
        datum=work.place.datum,
        encoding=raw.encoding,
        features=Features(features.geometry, columns.table),
        height_rule=rule,
        notices=notices,
        lost=repairs.lost,
    )


def _valid(geometry: NDArray[np.object_], table: pa.Table, kind: str, repairs: Repairs, file: str) -> Features:
    """Return what can be kept: valid, not empty, without collections."""
    geometry, rows = take_apart(geometry, kind, repairs)
    make_valid(geometry, repairs)
    kept = ~shapely.is_missing(geometry)
    if not kept.any():
        raise InvalidInput(
            "None of the {count} features of {file} has a geometry that can be drawn: check it in a GIS.",
            count=len(geometry),
            file=file,
        )
    if kept.all() and len(rows) == len(table):
        return Features(geometry, table)
    return Features(geometry[kept], table.take(pa.array(rows[kept])))


def _kind(work: _Work, fields: list[str]) -> tuple[str, list[Sentence]]:
    """Return the kind of a layer, and a notice where it was guessed."""
    if work.kind is not None:
        return work.kind, []
    dimensions = shapely.get_dimensions(work.raw.geometry)
    share = float(np.mean(dimensions[dimensions >= 0] == 2)) if (dimensions >= 0).any() else 0.0
    named = (kind_named(text) for text in (work.name, work.raw.layer, work.source.stem))
    # a name of districts or plots counts only where areas are
    found = next((k for k in named if k is not None and not (DIMENSION.get(k) == 2 and share < 0.5)), None)
    if found is None and share > 0.9 and has_heights(fields):
        found = "buildings"
    if found is None:
        return "other", [
            say("The kind of {name} is not clear from its name: it is taken as other; --kind says it.", name=work.name)
        ]
    return found, [
        say("{name} is taken as {kind}, by its name or fields; --kind says it otherwise.", name=work.name, kind=found)
    ]


def _mixture(geometry: NDArray[np.object_], kind: str) -> list[Sentence]:
    """Return what is to be said about geometries of several dimensions, or of another one than the kind is drawn in."""
    dimensions = shapely.get_dimensions(geometry)
    counts = {d: int(np.sum(dimensions == d)) for d in (0, 1, 2)}
    told: list[Sentence] = []
    if sum(map(bool, counts.values())) > 1:
        told.append(
            say(
                "The layer mixes {areas} areas, {lines} lines and {points} points; all are kept.",
                areas=counts[2],
                lines=counts[1],
                points=counts[0],
            )
        )
    wanted = DIMENSION.get(kind)
    strange = 0 if wanted is None else len(geometry) - counts[wanted]
    if wanted is not None and strange:
        told.append(
            say(
                "{count} features are no {expected} and are not drawn as {kind}.",
                count=strange,
                expected=say("areas") if wanted == 2 else say("lines"),
                kind=kind,
            )
        )
    return told


def _osm(source: Source, name: str, kind: str | None, folder: Path, advance: Advance) -> list[ReadLayer]:
    """Return the layers of an OpenStreetMap file, or only the one of a kind."""
    check_name(f"{name}-{max(KINDS, key=len)}")
    repairs = Repairs()

    def read(layer: str, options: dict[str, str]) -> tuple[NDArray[np.object_], pa.Table]:
        raw = read_raw(source, layer, None, folder, advance, **options)
        repairs.unreadable += raw.repairs.unreadable
        return raw.geometry, raw.table

    kinds = tuple(k for k in KINDS if kind in (None, k))
    found = read_osm(read, kinds)
    if not found:
        raise InvalidInput("{file} has no features of OpenStreetMap that become a layer.", file=source.label)
    advance("repair", 0, len(found))
    layers = []
    for number, part in enumerate(found):
        layers.append(_osm_layer(part, f"{name}-{part.kind}", source, repairs if number == 0 else Repairs()))
        advance("repair", number + 1, len(found))
    return layers


def _ignored(**options: str | None) -> list[Sentence]:
    """Return what is to be said about options that mean nothing for OpenStreetMap."""
    given = [f"--{option}" for option, value in options.items() if value is not None]
    if not given:
        return []
    return [
        say(
            "OpenStreetMap is WGS 84 in UTF-8 and becomes a layer for each kind: {options} changed nothing.",
            options=", ".join(given),
        )
    ]


def _osm_layer(part: OsmLayer, name: str, source: Source, repairs: Repairs) -> ReadLayer:
    """Return one layer of an OpenStreetMap file."""
    columns = clean(part.table)
    drop_empty(columns)
    features = _valid(part.geometry, columns.table, part.kind, repairs, source.label)
    columns.table = features.attributes
    found = classes(part.kind, columns.table)
    if found is not None:
        put(columns, CLASS, found)
    rule = add_heights(columns) if part.kind == "buildings" else None
    counted = say(
        "OpenStreetMap: {areas} areas (closed ways and multipolygon relations), {lines} lines (other ways) and "
        "{points} points (nodes); routes and other relations are not kept.",
        areas=part.areas,
        lines=part.lines,
        points=part.points,
    )
    return ReadLayer(
        name=name,
        kind=part.kind,
        source_layer=part.kind,
        crs="EPSG:4326",
        datum="wgs84",
        encoding="UTF-8",
        features=Features(features.geometry, columns.table),
        height_rule=rule,
        notices=[counted, *repairs.sentences(), *columns.notices],
        lost=repairs.lost,
    )
