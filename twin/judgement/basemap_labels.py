"""The labels of a city layer: names in the reader's language, the important ones first."""

from collections.abc import Mapping
from enum import IntEnum, auto
from typing import Any

from twin.judgement.basemap_layers import LayerFacts
from twin.judgement.basemap_look import ROAD_METRES, UNKNOWN_ROAD, Expression, Look, by_class, by_zoom
from twin.values.layer import CLASS, HEIGHT, NAME


class Rank(IntEnum):
    """MapLibre places the labels of later layers first: they win where two want the same place."""

    OTHER = auto()
    BUILDING = auto()
    POINT = auto()
    ROAD = auto()
    GREEN = auto()
    WATER = auto()
    STATION = auto()
    DISTRICT = auto()


# A page declares font files under the first name; other clients take what they have.
FONT = ["Noto Sans SC", "Noto Sans CJK SC"]

# Columns for names in a language, as sources call them.
_NAMED: Mapping[str, tuple[str, ...]] = {
    "zh": ("name:zh", "name_zh", "name_cn", "name_zh_cn"),
    "en": ("name:en", "name_en", "name_eng", "en_name", "int_name"),
}
PLACE = "place"  # OpenStreetMap's column of settlements
_PLACES = ("city", "town", "village", "suburb", "quarter", "neighbourhood", "hamlet")
_TALL = 40.0  # metres: such buildings are named from farther away


def labelled(facts: LayerFacts, look: Look, language: str) -> list[tuple[Rank, dict[str, Any]]]:
    """Return the symbol layers of a city layer; none where it has no names."""
    if NAME not in facts.fields or facts.kind in ("parcels", "land_use", "utilities"):
        return []
    labels = _Labels(facts, look, language)
    found = {"districts": _district, "water": _water, "green": _green, "roads": _road, "rail": _station}
    return {**found, "buildings": _building}.get(facts.kind, _other)(labels)


class _Labels:
    def __init__(self, facts: LayerFacts, look: Look, language: str) -> None:
        self.facts, self.look = facts, look
        own = [column for column in _NAMED.get(language, ()) if column in facts.fields]
        self.text = _first_filled([*own, NAME])

    def layer(
        self,
        part: str,
        ink: str,
        layout: Mapping[str, Any],
        *conditions: Expression,
        zooms: tuple[float, float | None],
        family: str | None = None,
    ) -> dict[str, Any]:
        """Return a symbol layer of the features with a name; `family` "Polygon" stands for one label per polygon."""
        named = ["!=", ["coalesce", ["get", NAME], ""], ""]
        only = self.facts.only(family) if family else []
        low, high = zooms
        return {
            "id": f"{self.facts.name}/{part}",
            "type": "symbol",
            "source": label_source(self.facts) if family != "LineString" else self.facts.source,
            "source-layer": self.facts.name,
            "filter": ["all", named, *only, *conditions],
            "minzoom": low,
            **({"maxzoom": high} if high is not None else {}),
            "layout": {"text-field": self.text, "text-font": FONT, "text-padding": 4, **layout},
            "paint": {
                "text-color": self.look.ink[ink],
                "text-halo-color": self.look.halo,
                "text-halo-width": 1.4,
                "text-halo-blur": 0.4,
            },
        }


def _first_filled(columns: list[str]) -> Expression:
    """Return the first of the columns that is not empty."""
    *better, last = columns
    cases = [part for column in better for part in (_filled(column), ["to-string", ["get", column]])]
    plain: Expression = ["to-string", ["get", last]]
    return ["case", *cases, plain] if cases else plain


def _filled(column: str) -> Expression:
    return ["!=", ["coalesce", ["get", column], ""], ""]


def _district(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    if not labels.facts.families & {"Polygon", "Point"}:
        return []
    layout = {
        "text-size": by_zoom(9, 12, 12, 17, 14, 22),
        "text-letter-spacing": 0.35,
        "text-max-width": 12,
        "text-padding": 12,
    }
    layer = labels.layer("name", "district", layout, zooms=(8, 15.2))
    layer["paint"] |= {"text-opacity": by_zoom(14.4, 1, 15.2, 0), "text-halo-width": 2, "text-halo-blur": 1}
    return [(Rank.DISTRICT, layer)]


def _water(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    found = []
    if "Polygon" in labels.facts.families:
        layout = {"text-size": by_zoom(11, 11, 16, 15), "text-letter-spacing": 0.15, "text-max-width": 8}
        found.append((Rank.WATER, labels.layer("name", "water", layout, zooms=(11.5, None), family="Polygon")))
    if "LineString" in labels.facts.families:
        layout = _along({"text-size": by_zoom(12, 11, 17, 14), "text-letter-spacing": 0.2})
        found.append((Rank.WATER, labels.layer("flow-name", "water", layout, zooms=(12.5, None), family="LineString")))
    return found


def _green(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    if "Polygon" not in labels.facts.families:
        return []
    layout = {"text-size": by_zoom(13, 11, 17, 14), "text-max-width": 7, "text-letter-spacing": 0.03}
    # Parks are places; green belts come in many pieces of one name.
    place = ["in", ["get", "class"], ["literal", ["park", "garden", "cemetery", "wetland"]]]
    seen = [["step", ["zoom"], place, 17, True]] if CLASS in labels.facts.fields else []
    return [(Rank.GREEN, labels.layer("name", "green", layout, *seen, zooms=(13.4, None), family="Polygon"))]


def _road(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    if "LineString" not in labels.facts.families:
        return []
    layout = _along({"text-size": by_zoom(12, 10.5, 15, 12, 18, 14.5), "text-letter-spacing": 0.06})
    classes = CLASS in labels.facts.fields
    if classes:
        order = {name: rank for rank, name in enumerate(ROAD_METRES)}
        layout["symbol-sort-key"] = by_class(order, order[UNKNOWN_ROAD])
    steps: list[Any] = [["in", ["get", "class"], ["literal", ["motorway", "primary"]]]]
    steps += [13, ["in", ["get", "class"], ["literal", ["motorway", "primary", "secondary"]]]]
    steps += [14, ["!", ["in", ["get", "class"], ["literal", ["minor", "service", "path"]]]]]
    steps += [15, ["!", ["in", ["get", "class"], ["literal", ["service", "path"]]]], 16, True]
    seen = [["step", ["zoom"], *steps]] if classes else []
    low = 12.0 if classes else 14.5
    return [(Rank.ROAD, labels.layer("name", "road", layout, *seen, zooms=(low, None), family="LineString"))]


def _station(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    if "Point" not in labels.facts.families:
        return []
    layout = {"text-size": by_zoom(12, 11, 17, 13), "text-anchor": "top", "text-offset": [0, 0.7], "text-max-width": 8}
    return [(Rank.STATION, labels.layer("name", "station", layout, zooms=(12, None), family="Point"))]


def _building(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    if not labels.facts.families & {"Polygon", "Point"}:
        return []
    layout: dict[str, Any] = {"text-size": by_zoom(15, 10.5, 18, 12.5), "text-max-width": 7, "text-padding": 8}
    tall: list[Expression] = []
    if HEIGHT in labels.facts.fields:
        height: Expression = ["coalesce", ["get", HEIGHT], 0]
        layout["symbol-sort-key"] = ["-", height]
        tall = [["step", ["zoom"], [">=", height, _TALL], 17, True]]
    low = 15.5 if tall else 17.0
    return [(Rank.BUILDING, labels.layer("name", "building", layout, *tall, zooms=(low, None)))]


def _other(labels: _Labels) -> list[tuple[Rank, dict[str, Any]]]:
    found = []
    if "LineString" in labels.facts.families:
        layout = _along({"text-size": 11})
        found.append((Rank.OTHER, labels.layer("line-name", "other", layout, zooms=(15, None), family="LineString")))
    if labels.facts.notable:
        return _station(labels)
    if labels.facts.families & {"Point", "Polygon"}:
        places: list[Expression] = []
        if PLACE in labels.facts.fields:
            places = [["!", _is_place()]]
            found.append((Rank.DISTRICT, _place(labels)))
        layout = {"text-size": 11.5, "text-anchor": "top", "text-offset": [0, 0.5], "text-max-width": 8}
        areas: list[Expression] = [["!=", ["geometry-type"], "LineString"]] if found else []
        found.append((Rank.POINT, labels.layer("name", "point", layout, *areas, *places, zooms=(15.5, None))))
    return found


def _place(labels: _Labels) -> dict[str, Any]:
    """Name towns and villages, which OpenStreetMap has as points."""
    sizes = {"city": 1.5, "town": 1.25, "village": 1.0, "": 0.85}
    size = [
        "match",
        ["get", PLACE],
        "city",
        sizes["city"],
        "town",
        sizes["town"],
        "village",
        sizes["village"],
        sizes[""],
    ]
    layout = {
        "text-size": by_zoom(9, ["*", 11, size], 14, ["*", 17, size]),
        "text-padding": 6,
        "text-letter-spacing": 0.04,
    }
    steps: list[Any] = [["in", ["get", PLACE], ["literal", ["city", "town"]]]]
    steps += [10, ["in", ["get", PLACE], ["literal", ["city", "town", "village"]]], 13, True]
    return labels.layer("place", "station", layout, _is_place(), ["step", ["zoom"], *steps], zooms=(7, 16))


def _is_place() -> Expression:
    return ["in", ["coalesce", ["get", PLACE], ""], ["literal", list(_PLACES)]]


def _along(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layout of a name that runs along its line and stays upright on a tilted map."""
    fixed = {
        "symbol-placement": "line",
        "symbol-spacing": by_zoom(14, 380, 18, 900),
        "text-pitch-alignment": "viewport",
        "text-max-angle": 35,
    }
    return {**fixed, **layout}


def label_source(facts: LayerFacts) -> str:
    """Return the id of the source that a layer's names come from.

    A polygon is named in every tile that it lies in. So the names of large ones come from larger tiles than they do.
    """
    return f"{facts.source}/names" if facts.kind in ("districts", "water", "green") else facts.source
