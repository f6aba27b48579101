"""What a request for features asks, as one value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twin.errors import InvalidInput
from web.ogc.crs import Frame, frame
from web.ogc.filters import from_older
from web.ogc.times import Interval, asked_interval
from web.routes.table import Parameter

DEFAULT_LIMIT, MAX_LIMIT = 10, 10_000

_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
LIMIT = Parameter(
    "limit",
    "How many features at the most.",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)
OFFSET = Parameter("offset", "How many features to pass over.", {"type": "integer", "minimum": 0, "default": 0})
BBOX = Parameter(
    "bbox", "Only features that touch this box: four numbers, six with heights, separated by commas.", _NUMBERS
)
BBOX_CRS = Parameter(
    "bbox-crs", "Coordinate system of bbox; one of the layer's crs.", {"type": "string", "format": "uri"}
)
DATETIME = Parameter("datetime", "Only features of this time: an instant, or start/end, an open end as two dots.")
CRS = Parameter("crs", "Coordinate system of the answer; one of the layer's crs.", {"type": "string", "format": "uri"})
PROPERTIES = Parameter(
    "properties", "Only these properties, separated by commas.", {"type": "array", "items": {"type": "string"}}
)
FILTER = Parameter("filter", "Only features that fulfil this condition, in CQL2.")
FILTER_LANG = Parameter(
    "filter-lang",
    "Language of filter; cql-text is the older name of the same, which GDAL uses.",
    {"enum": ["cql2-text", "cql-text"], "default": "cql2-text"},
)
RESULT_TYPE = Parameter(
    "resultType", "hits: only the number of features.", {"enum": ["results", "hits"], "default": "results"}
)
FILTER_CRS = Parameter(
    "filter-crs",
    "Coordinate system of geometry in filter; one of the layer's crs.",
    {"type": "string", "format": "uri"},
)
COLUMNS = Parameter(
    "queryables",
    "A property of the layer by its own name: only features that have this value.",
    {"type": "object", "additionalProperties": {"type": "string"}},
)
ITEM = (CRS, PROPERTIES)
ITEMS = (LIMIT, OFFSET, BBOX, BBOX_CRS, DATETIME, CRS, PROPERTIES, FILTER, FILTER_LANG, FILTER_CRS, RESULT_TYPE)


@dataclass(frozen=True, slots=True)
class Condition:
    """Which features are wanted; two equal conditions select the same features of a data version.

    box : as it was given, four numbers in the axis order of `box_frame`; `heights` the two others of six
    equal : column, text of its value
    """

    box: tuple[float, float, float, float] | None = None
    heights: tuple[float, float] | None = None
    box_frame: Frame | None = None
    time: Interval | None = None
    equal: tuple[tuple[str, str], ...] = ()
    filter: str | None = None
    filter_frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A request for features; a limit of 0 asks for their number alone."""

    limit: int
    offset: int
    frame: Frame
    properties: tuple[str, ...] | None
    condition: Condition


def parse(given: Mapping[str, str], columns: Sequence[str], frames: Mapping[str, Frame]) -> Query:
    """Return what the parameters ask of a layer with these columns; InvalidInput names the one that cannot be used."""
    for parameter in (FILTER_LANG, RESULT_TYPE):
        known = parameter.schema["enum"]
        if given.get(parameter.name, known[0]) not in known:
            raise InvalidInput(
                "{parameter} is {value}: it must be one of {known}.",
                parameter=parameter.name,
                value=given[parameter.name][:100],
                known=", ".join(known),
            )
    own = {parameter.name for parameter in ITEMS} | {"f", "lang"}
    box, heights = _box(given["bbox"]) if "bbox" in given else (None, None)
    condition = Condition(
        box=box,
        heights=heights,
        box_frame=frame(given.get("bbox-crs"), frames, "bbox-crs"),
        time=asked_interval(given["datetime"]) if "datetime" in given else None,
        equal=tuple(sorted((name, value) for name, value in given.items() if name in columns and name not in own)),
        filter=_filter(given),
        filter_frame=frame(given.get("filter-crs"), frames, "filter-crs"),
    )
    return Query(
        limit=0 if given.get("resultType") == "hits" else min(_count(given, "limit", 1, DEFAULT_LIMIT), MAX_LIMIT),
        offset=_count(given, "offset", 0, 0),
        frame=frame(given.get("crs"), frames, "crs"),
        properties=chosen(given.get("properties"), columns),
        condition=condition,
    )


def _filter(given: Mapping[str, str]) -> str | None:
    text = given.get("filter")
    return from_older(text) if text is not None and given.get("filter-lang") == "cql-text" else text


def chosen(names: str | None, columns: Sequence[str]) -> tuple[str, ...] | None:
    """Return the properties that are asked for, in the layer's order; None for all."""
    if names is None:
        return None
    wanted = {name.strip() for name in names.split(",")} - {""}
    for name in sorted(wanted - set(columns)):
        raise InvalidInput(
            "The layer has no property {name}: it has {known}.", name=name[:100], known=", ".join(columns)[:2000]
        )
    return tuple(name for name in columns if name in wanted)


def _count(given: Mapping[str, str], name: str, least: int, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 15 and int(text) >= least:
        return int(text)
    raise InvalidInput(
        "{parameter} is {value}: it must be a whole number, at least {least}.",
        parameter=name,
        value=text[:100],
        least=least,
    )


def _box(text: str) -> tuple[tuple[float, float, float, float], tuple[float, float] | None]:
    """Return the four horizontal numbers of a bbox, and the two vertical ones of six."""
    try:
        numbers = [float(part) for part in text.split(",")] if len(text) < 1000 else []
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) and abs(number) < 1e15 for number in numbers):
        raise InvalidInput(
            "bbox is {value}: write four numbers separated by commas, or six with heights.", value=text[:100]
        )
    if len(numbers) == 4:
        return (numbers[0], numbers[1], numbers[2], numbers[3]), None
    if numbers[2] > numbers[5]:
        raise InvalidInput(
            "{parameter} has its corners in the wrong order: write the least coordinates first.", parameter="bbox"
        )
    return (numbers[0], numbers[1], numbers[3], numbers[4]), (numbers[2], numbers[5])
