"""GeoJSON as a table: properties are cells, geometries are places."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from twin.errors import InvalidInput
from twin.exchange.table import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Table
from twin.values.project import CellProblem
from twin.values.sentence import Sentence, say

GEOMETRY = "geometry"  # stands for the column where a place is wrong
_LNGLAT = ("CRS84", "4326", "4490")
_DEPTHS = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}


def read_geojson(content: bytes, file: str) -> Table:
    """Return features as rows, numbered from 1, with geometries in `lnglat`."""
    features = _features(content, file)
    rows: list[tuple[int, dict[str, object]]] = []
    places: dict[int, Mapping[str, Any]] = {}
    problems: list[CellProblem] = []
    columns: dict[str, None] = {}
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(properties or {}, dict):
            problems.append(CellProblem(number, "", "", say("this is no GeoJSON feature")))
            continue
        cells = {str(name): _cell(value) for name, value in (properties or {}).items()}
        for name, value in cells.items():
            columns[name] = None
            if isinstance(value, str) and len(value) > MAX_TEXT:
                text = say("the text is longer than {limit} signs", limit=MAX_TEXT)
                problems.append(CellProblem(number, name, value[:80], text))
        rows.append((number, cells))
        geometry = feature.get("geometry")
        if geometry is not None:
            place = place_of(geometry)
            if isinstance(place, Sentence):
                problems.append(CellProblem(number, GEOMETRY, str(geometry)[:80], place))
            else:
                places[number] = place
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(
            "The table has more than {limit} columns: delete those that are not needed.", limit=MAX_COLUMNS
        )
    filled: list[tuple[int, Mapping[str, object]]] = [
        (number, {name: cells.get(name) for name in columns}) for number, cells in rows
    ]
    return Table(columns=list(columns), rows=filled, file=file, places=places, problems=problems)


def _problem(error: Exception) -> Sentence:
    """Return what is wrong with a JSON text and where."""
    if isinstance(error, json.JSONDecodeError):
        return say("line {line}, column {column}", line=error.lineno, column=error.colno)
    if isinstance(error, UnicodeDecodeError):
        return say("it is not UTF-8 text")
    return say("NaN or Infinity, a number with too many digits, or too many brackets in one another")


def _features(content: bytes, file: str) -> Sequence[Any]:
    """Return the features of a collection, or the one that the file holds."""
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "{file} is no valid GeoJSON ({reason}): export it again.", file=file, reason=_problem(error)
        ) from error
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if kind == "FeatureCollection" else [document] if kind == "Feature" else None
    if not isinstance(features, list):
        raise InvalidInput("{file} is JSON but no GeoJSON FeatureCollection: export it again.", file=file)
    if not features:
        raise InvalidInput("{file} is empty: there is nothing to load.", file=file)
    if len(features) > MAX_ROWS:
        raise InvalidInput("{file} has more than {limit} rows: split it.", file=file, limit=MAX_ROWS)
    crs = document.get("crs")
    if crs is not None and not any(name in json.dumps(crs) for name in _LNGLAT):
        raise InvalidInput(
            "{file} is not in longitude and latitude (WGS 84 or CGCS2000): export it in EPSG:4326.", file=file
        )
    return features


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _cell(value: object) -> object:
    """Return a property as a cell: nested values as JSON text, empty texts as None."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return value


def place_of(geometry: object) -> Mapping[str, Any] | Sentence:
    """Return a geometry with two coordinates a position (`lnglat`, degrees), or what is wrong with it.

    >>> place_of({"type": "Point", "coordinates": [106.2, 38.5, 1100]})
    {'type': 'Point', 'coordinates': [106.2, 38.5]}
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or not isinstance(kind, str) or kind not in _DEPTHS:
        return say(
            "a place is a Point, Polygon or MultiPolygon, not {kind}",
            kind=str(kind)[:30] if kind is not None else type(geometry).__name__,
        )
    depth = _DEPTHS[kind]
    try:
        coordinates = _positions(geometry.get("coordinates"), depth)
    except ValueError:
        return say("the coordinates are no numbers as GeoJSON has them")
    except OverflowError:
        return say("the coordinates are no longitude and latitude in degrees: export the file in EPSG:4326")
    rings = [] if depth == 0 else coordinates if depth == 2 else [ring for polygon in coordinates for ring in polygon]
    if depth and (not rings or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings)):
        return say("a ring of the polygon is not closed")
    return {"type": kind, "coordinates": coordinates}


def _positions(value: object, depth: int) -> Any:
    """Return nested positions; ValueError: no numbers, OverflowError: out of range."""
    if not isinstance(value, list):
        raise ValueError
    if depth:
        return [_positions(part, depth - 1) for part in value]
    if len(value) < 2 or any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in value[:2]):
        raise ValueError
    longitude, latitude = float(value[0]), float(value[1])
    if not (math.isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        raise OverflowError
    return [longitude, latitude]
