"""The style layers of one city layer, by its kind: what is drawn, in which stage, under which id (`NAME/part`)."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Any

from twin.judgement.basemap_look import ROAD_METRES, UNKNOWN_ROAD, Expression, Look, by_class, by_zoom, road_width
from twin.values.layer import BASE, CLASS, HEIGHT


class Stage(IntEnum):
    """From the ground up; what stands later is drawn over what stands before."""

    LAND = auto()
    GREEN = auto()
    WATER = auto()
    OTHER = auto()
    DISTRICT = auto()
    PARCEL = auto()
    TUNNEL = auto()
    FOOTPRINT = auto()
    PATH = auto()
    CASING = auto()
    ROAD = auto()
    RAIL = auto()
    BRIDGE_CASING = auto()
    BRIDGE = auto()
    UTILITY = auto()
    POINT = auto()
    BUILDING = auto()
    MODELS = auto()


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a style must know of a city layer.

    geometry_types : "Point", "LineString", "Polygon", … → count
    fields : names of its columns
    minzoom, maxzoom : of its vector tiles
    bounds : west, south, east, north in degrees; None when not known
    """

    name: str
    kind: str
    geometry_types: Mapping[str, int]
    fields: Sequence[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float] | None = None

    @property
    def source(self) -> str:
        """Return the id of its source in the style."""
        return f"twin:{self.name}"

    @property
    def notable(self) -> bool:
        """Tell whether these are a few points, each worth seeing from afar: stations, sights, sites."""
        return (
            self.kind in ("rail", "other") and self.families == {"Point"} and sum(self.geometry_types.values()) <= 400
        )

    @property
    def families(self) -> set[str]:
        """Return which of "Point", "LineString" and "Polygon" occur, single or multiple."""
        named = {kind.removeprefix("Multi").replace("LinearRing", "LineString") for kind in self.geometry_types}
        every = {"Point", "LineString", "Polygon"}
        return every if "GeometryCollection" in named else named & every

    def only(self, family: str) -> list[Expression]:
        """Return the conditions that let only one family of geometry through; none where there is no other."""
        return [["==", ["geometry-type"], family]] if len(self.families) > 1 else []


@dataclass(frozen=True, slots=True)
class Drawing:
    """A city layer on its way into a style.

    cosine : of the city's latitude, for widths in metres
    """

    facts: LayerFacts
    look: Look
    cosine: float
    found: list[tuple[Stage, dict[str, Any]]] = field(default_factory=list)

    def add(
        self,
        stage: Stage,
        part: str,
        kind: str,
        *conditions: Expression,
        zooms: tuple[float | None, float | None] = (None, None),
        paint: Mapping[str, Any],
        layout: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a style layer; `zooms` from which (included) to which (excluded) it is drawn."""
        layer: dict[str, Any] = {
            "id": f"{self.facts.name}/{part}",
            "type": kind,
            "source": self.facts.source,
            "source-layer": self.facts.name,
        }
        if len(conditions) == 1:
            layer["filter"] = conditions[0]
        elif conditions:
            layer["filter"] = ["all", *conditions]
        low, high = zooms
        layer |= {"minzoom": low} if low is not None else {}
        layer |= {"maxzoom": high} if high is not None else {}
        layer |= {"layout": dict(layout)} if layout else {}
        self.found.append((stage, layer | {"paint": dict(paint)}))

    def has(self, *families: str) -> Iterator[tuple[str, list[Expression]]]:
        """Give the families of geometry that occur, with the conditions that let only them through."""
        for family in families:
            if family in self.facts.families:
                yield family, self.facts.only(family)


def drawn(facts: LayerFacts, look: Look, latitude: float) -> list[tuple[Stage, dict[str, Any]]]:
    """Return the style layers of a city layer without its labels; `latitude` in degrees."""
    drawing = Drawing(facts, look, math.cos(math.radians(latitude)))
    _KINDS.get(facts.kind, _other)(drawing)
    return drawing.found


def _areas(drawing: Drawing, stage: Stage, colors: Mapping[str, str], edge: str | None = None) -> None:
    for _, only in drawing.has("Polygon"):
        outline = {"fill-outline-color": edge} if edge else {}
        drawing.add(stage, "fill", "fill", *only, paint={"fill-color": by_class(colors, colors[""]), **outline})


def _land_use(drawing: Drawing) -> None:
    _areas(drawing, Stage.LAND, drawing.look.land)
    _rest(drawing, "LineString", "Point")


def _green(drawing: Drawing) -> None:
    _areas(drawing, Stage.GREEN, drawing.look.green)
    green = drawing.look.green["park"]
    for _, only in drawing.has("LineString"):  # hedges, rows of trees
        drawing.add(Stage.GREEN, "line", "line", *only, zooms=(14, None), paint=_line(green, by_zoom(14, 1, 20, 8)))
    for _, only in drawing.has("Point"):  # trees
        radius = by_zoom(16, 1.5, 20, 14, base=2)
        paint = {"circle-color": green, "circle-radius": radius, "circle-pitch-alignment": "map"}
        drawing.add(Stage.GREEN, "tree", "circle", *only, zooms=(16, None), paint=paint)


def _water(drawing: Drawing) -> None:
    look = drawing.look
    _areas(drawing, Stage.WATER, {"": look.water}, look.water_edge)
    far, near = {"river": 0.8, "canal": 0.5, "": 0.0}, {"river": 2.2, "canal": 1.4, "": 0.7}
    deep = {"river": 40.0, "canal": 16.0, "": 8.0}
    for _, only in drawing.has("LineString"):
        width = by_zoom(8, by_class(far, 0.0), 13, by_class(near, 0.7), 20, by_class(deep, 8.0), base=1.6)
        drawing.add(
            Stage.WATER, "line", "line", *only, zooms=(8, None), paint=_line(look.water, width), layout=_round("round")
        )
    _rest(drawing, "Point")


def _districts(drawing: Drawing) -> None:
    look = drawing.look
    # A line around each polygon, not `fill-outline-color`: that one cannot be wider than a pixel.
    for family, only in drawing.has("Polygon", "LineString"):
        halo = _line(look.ground, by_zoom(8, 2.5, 14, 6)) | {"line-opacity": 0.8}
        part = {"Polygon": "", "LineString": "-line"}[family]
        drawing.add(Stage.DISTRICT, f"halo{part}", "line", *only, paint=halo, layout=_round("round"))
        edge = _line(look.district, by_zoom(8, 0.8, 14, 1.6)) | {"line-dasharray": [5, 2, 1, 2]}
        drawing.add(Stage.DISTRICT, f"edge{part}", "line", *only, paint=edge, layout={"line-join": "round"})


def _parcels(drawing: Drawing) -> None:
    for family, only in drawing.has("Polygon", "LineString"):
        part = {"Polygon": "edge", "LineString": "line"}[family]
        paint = _line(drawing.look.parcel, by_zoom(15, 0.5, 19, 1.2)) | {"line-opacity": by_zoom(15, 0, 16, 1)}
        drawing.add(Stage.PARCEL, part, "line", *only, zooms=(15, None), paint=paint)


def _roads(drawing: Drawing) -> None:
    look, facts = drawing.look, drawing.facts
    tunnel, bridge = _flag(facts, "tunnel", "隧道"), _flag(facts, "bridge", "桥梁")
    path = ["==", ["get", "class"], "path"] if CLASS in facts.fields else False
    for _, only in drawing.has("Polygon"):  # surveyed road surfaces
        paint = {"fill-color": look.road, "fill-outline-color": look.casing}
        drawing.add(Stage.CASING, "surface", "fill", *only, zooms=(12, None), paint=paint)
    for _, only in drawing.has("LineString"):
        plain = [*only, *([["!", path]] if path else [])]
        seen = _seen_roads() if CLASS in facts.fields else True
        on_ground = [*plain, *([seen] if seen is not True else []), *(["!", flag] for flag in (tunnel, bridge) if flag)]
        _road(drawing, "", (Stage.CASING, Stage.ROAD), on_ground)
        if bridge:
            _road(drawing, "bridge-", (Stage.BRIDGE_CASING, Stage.BRIDGE), [*plain, bridge])
        if tunnel:
            paint = _line(look.tunnel, _width(drawing)) | {"line-opacity": 0.7}
            drawing.add(Stage.TUNNEL, "tunnel", "line", *plain, tunnel, zooms=(13, None), paint=paint)
            edge = _line(look.casing, 1) | {"line-gap-width": _width(drawing), "line-dasharray": [4, 3]}
            drawing.add(Stage.TUNNEL, "tunnel-edge", "line", *plain, tunnel, zooms=(13, None), paint=edge)
        if path:
            dashed = _line(look.path, by_zoom(14, 0.6, 17, 1.2, 20, 4)) | {"line-dasharray": [3, 1.6]}
            drawing.add(Stage.PATH, "path", "line", *only, path, zooms=(14.5, None), paint=dashed)
    _rest(drawing, "Point")


def _road(drawing: Drawing, part: str, stages: tuple[Stage, Stage], conditions: Sequence[Expression]) -> None:
    """Add roads twice: wider and darker below, so that crossings join."""
    look = drawing.look
    order = {name: rank for rank, name in enumerate(reversed(ROAD_METRES))}
    layout = _round("butt" if part else "round") | {"line-sort-key": by_class(order, order[UNKNOWN_ROAD])}
    great = by_class({"motorway": look.casing_great, "primary": look.casing_great, "": look.casing}, look.casing)
    casing = _line(great, _width(drawing, 1.8))
    low = 12.0 if not part else 13.0
    drawing.add(stages[0], f"{part}casing", "line", *conditions, zooms=(low, None), paint=casing, layout=layout)
    color = by_zoom(11, look.road_far, 12.5, look.road)
    fill = _line(color, _width(drawing))
    drawing.add(stages[1], f"{part}road", "line", *conditions, zooms=(5, None), paint=fill, layout=layout)


def _width(drawing: Drawing, more: float = 0.0) -> Expression:
    column = next((column for column in WIDTHS if column in drawing.facts.fields), None)
    share = OSM_SHARE if "highway" in drawing.facts.fields else 1.0
    return road_width(drawing.cosine, more, column, share)


def _seen_roads() -> Expression:
    """Return the condition that thins roads out from afar: tiles hold more than a small map can show."""
    great = ["motorway", "primary"]
    among = {8: great, 10: [*great, "secondary"], 12: [*great, "secondary", "tertiary"]}
    steps: list[Any] = [["==", ["get", "class"], "motorway"]]
    for zoom, classes in among.items():
        steps += [zoom, ["in", ["get", "class"], ["literal", classes]]]
    not_small = ["!", ["in", ["get", "class"], ["literal", ["service"]]]]
    return ["step", ["zoom"], *steps, 13, not_small, 14, True]


def _rail(drawing: Drawing) -> None:
    look = drawing.look
    below = ["==", ["get", "class"], "subway"] if CLASS in drawing.facts.fields else False
    for _, only in drawing.has("Polygon"):
        paint = {"fill-color": look.land["transport"], "fill-outline-color": look.casing}
        drawing.add(Stage.LAND, "fill", "fill", *only, zooms=(13, None), paint=paint)
    for _, only in drawing.has("LineString"):
        above = [*only, *([["!", below]] if below else [])]
        bed = _line(look.rail, by_zoom(9, 0.6, 14, 1.8, 20, 12, base=1.5))
        drawing.add(Stage.RAIL, "rail", "line", *above, zooms=(9, None), paint=bed)
        ties = _line(look.rail_gap, by_zoom(13, 0.8, 14, 1, 20, 8, base=1.5)) | {"line-dasharray": [6, 6]}
        drawing.add(Stage.RAIL, "ties", "line", *above, zooms=(13.5, None), paint=ties)
        if below:
            dashed = _line(look.rail, by_zoom(10, 1, 14, 2, 20, 7, base=1.4)) | {"line-dasharray": [2.5, 1.5]}
            drawing.add(Stage.RAIL, "subway", "line", *only, below, zooms=(10, None), paint=dashed)
    for _, only in drawing.has("Point"):
        _station(drawing, *only)


def _station(drawing: Drawing, *only: Expression) -> None:
    paint = {
        "circle-color": drawing.look.halo,
        "circle-radius": by_zoom(11, 1.5, 14, 4, 18, 6),
        "circle-stroke-color": drawing.look.ink["station"],
        "circle-stroke-width": by_zoom(11, 1, 14, 1.8),
    }
    drawing.add(Stage.POINT, "station", "circle", *only, zooms=(11, None), paint=paint)


def _utilities(drawing: Drawing) -> None:
    colors, hidden = drawing.look.utility, {"visibility": "none"}
    color = by_class(colors, colors[""]) if CLASS in drawing.facts.fields else colors[""]
    for _, only in drawing.has("Polygon"):
        paint = {"fill-color": color, "fill-opacity": 0.25}
        drawing.add(Stage.UTILITY, "fill", "fill", *only, zooms=(13, None), paint=paint, layout=hidden)
    for _, only in drawing.has("LineString"):
        paint = _line(color, by_zoom(11, 0.6, 14, 1, 20, 2.5))
        drawing.add(Stage.UTILITY, "line", "line", *only, zooms=(11, None), paint=paint, layout=hidden)
    for _, only in drawing.has("Point"):
        paint = {"circle-color": color, "circle-radius": by_zoom(14, 1, 19, 3.5)}
        drawing.add(Stage.UTILITY, "point", "circle", *only, zooms=(14, None), paint=paint, layout=hidden)


def _buildings(drawing: Drawing) -> None:
    look, fields = drawing.look, drawing.facts.fields
    for _, only in drawing.has("Polygon"):
        flat = {"fill-color": look.footprint, "fill-outline-color": look.footprint_edge}
        fade = flat | {"fill-opacity": by_zoom(12, 0, 13, 1)}
        drawing.add(Stage.FOOTPRINT, "footprint", "fill", *only, zooms=(12, 15), paint=fade)
        height: Expression = ["coalesce", ["get", HEIGHT], UNKNOWN_HEIGHT] if HEIGHT in fields else UNKNOWN_HEIGHT
        low: Expression = ["coalesce", ["get", BASE], 0] if BASE in fields else 0
        walls: Sequence[Any] = look.walls
        shade = ["interpolate", ["linear"], height, 0, walls[0], 45, walls[1], 150, walls[2]]
        paint = {
            "fill-extrusion-color": shade if HEIGHT in fields else walls[0],
            # Buildings rise while one comes nearer.
            "fill-extrusion-height": by_zoom(EXTRUDED, 0, EXTRUDED + 0.7, height),
            "fill-extrusion-base": by_zoom(EXTRUDED, 0, EXTRUDED + 0.7, low),
            "fill-extrusion-vertical-gradient": True,
        }
        drawing.add(Stage.BUILDING, "building", "fill-extrusion", *only, zooms=(EXTRUDED, None), paint=paint)
    _rest(drawing, "LineString", "Point")


def _other(drawing: Drawing) -> None:
    look = drawing.look
    for _, only in drawing.has("Polygon"):
        paint = {"fill-color": look.other, "fill-outline-color": look.other_edge, "fill-opacity": 0.6}
        drawing.add(Stage.OTHER, "fill", "fill", *only, paint=paint)
    if drawing.facts.notable:
        _station(drawing)
    else:
        _rest(drawing, "LineString", "Point")


def _rest(drawing: Drawing, *families: str) -> None:
    """Draw geometry that a kind does not expect, discreetly."""
    color = drawing.look.other_edge
    if "LineString" in families:
        for _, only in drawing.has("LineString"):
            drawing.add(
                Stage.OTHER, "line", "line", *only, zooms=(11, None), paint=_line(color, by_zoom(11, 0.5, 18, 1.5))
            )
    if "Point" in families:
        for _, only in drawing.has("Point"):
            paint = {"circle-color": color, "circle-radius": by_zoom(15, 1.2, 18, 3)}
            drawing.add(Stage.POINT, "point", "circle", *only, zooms=(15, None), paint=paint)


WIDTHS = ("宽度", "道路宽度", "路宽", "width", "WIDTH", "road_width")  # columns of a road's width, metres
OSM_SHARE = 0.6  # of the usual width of a road: OpenStreetMap draws carriageways, and villages have primary roads
UNKNOWN_HEIGHT = 4.0  # metres: a building is drawn low where nobody said how high it is
EXTRUDED = 13.5  # the zoom from which buildings stand up


def _line(color: Expression, width: Expression) -> dict[str, Any]:
    return {"line-color": color, "line-width": width}


def _round(cap: str) -> dict[str, Any]:
    return {"line-cap": cap, "line-join": "round"}


def _flag(facts: LayerFacts, *columns: str) -> Expression:
    """Return the condition that the first of the columns that is there says yes; None where there is none of them."""
    column = next((column for column in columns if column in facts.fields), None)
    if column is None:
        return None
    return ["!", ["in", ["downcase", ["to-string", ["get", column]]], ["literal", ["", "0", "no", "false", "f", "否"]]]]


_KINDS: Mapping[str, Callable[[Drawing], None]] = {
    "land_use": _land_use,
    "green": _green,
    "water": _water,
    "districts": _districts,
    "parcels": _parcels,
    "roads": _roads,
    "rail": _rail,
    "utilities": _utilities,
    "buildings": _buildings,
}
