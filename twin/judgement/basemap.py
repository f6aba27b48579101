"""From the city layers that are present to a MapLibre style: the ground that models and judgements stand on.

The style needs nothing but this server: no sprite, no glyphs (text is drawn with a client's fonts).
Every style layer of a city layer has an id that begins with its name and a slash, so that a page can switch it.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote

from twin.judgement.basemap_labels import label_source, labelled
from twin.judgement.basemap_layers import LayerFacts, Stage, drawn
from twin.judgement.basemap_look import LOOKS, Look, Theme

__all__ = ["MODELS", "LayerFacts", "compose_style"]

MODELS = "models"  # id of a style layer that draws nothing: building models are put before it, labels come after it
Bounds = tuple[float, float, float, float]


def compose_style(
    layers: Sequence[LayerFacts],
    *,
    theme: Theme,
    language: Literal["zh", "en"],
    base_url: str,
    city: Bounds | None,
) -> dict[str, Any]:
    """Return the MapLibre style (version 8) of a city.

    layers : later ones are drawn over earlier ones of the same kind
    base_url : what stands before "/tiles/…", for instance "http://127.0.0.1:8000"
    city : bounds in degrees, which a viewer may open with; None when not known
    """
    look = LOOKS[theme]
    seen = city or _union([facts.bounds for facts in layers if facts.bounds])
    latitude = (seen[1] + seen[3]) / 2 if seen else 0.0
    below = sorted((part for facts in layers for part in drawn(facts, look, latitude)), key=lambda part: part[0])
    names = sorted((part for facts in layers for part in labelled(facts, look, language)), key=lambda part: part[0])
    anchor = {"id": MODELS, "type": "background", "layout": {"visibility": "none"}, "paint": {}}
    return {
        "version": 8,
        "name": {"light": "City twin, light", "dark": "City twin, dark"}[theme],
        "metadata": {"twin:theme": theme, "twin:layers": {facts.name: facts.kind for facts in layers}},
        **(_start(seen) if seen else {}),
        "sky": _sky(look),
        "light": {"anchor": "map", "position": [1.5, 320, 40], "color": "#ffffff", "intensity": look.light},
        "sources": _sources(layers, names, base_url),
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": look.ground}},
            *(layer for stage, layer in below if stage < Stage.MODELS),
            anchor,
            *(layer for _, layer in names),
        ],
    }


def _sources(layers: Sequence[LayerFacts], names: Sequence[tuple[int, Any]], base_url: str) -> dict[str, Any]:
    asked = {layer["source"] for _, layer in names}
    sources: dict[str, Any] = {}
    for facts in layers:
        source = {"type": "vector", "url": f"{base_url}/tiles/{quote(facts.name, safe='')}.json"}
        sources[facts.source] = source
        if label_source(facts) in asked - {facts.source}:
            sources[label_source(facts)] = source | {"maxzoom": _name_zoom(facts)}
    return sources


_NAMED_AT = {"water": 13, "green": 14}  # a river is named again every few kilometres, a park in one piece


def _name_zoom(facts: LayerFacts) -> int:
    """Return the zoom of the tiles that names come from: those of districts are as large as the city."""
    zoom = _NAMED_AT.get(facts.kind)
    return _one_tile(facts) if zoom is None else min(facts.maxzoom, max(facts.minzoom, zoom))


def _one_tile(facts: LayerFacts) -> int:
    """Return the deepest zoom of the layer at which one tile holds all of it; its first zoom where there is none."""
    if facts.bounds is None:
        return facts.minzoom
    west, south, east, north = facts.bounds

    def tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
        sine = math.sin(math.radians(min(max(latitude, -85.05), 85.05)))
        x = longitude / 360 + 0.5
        return math.floor(x * 2**zoom), math.floor((0.5 - math.atanh(sine) / (2 * math.pi)) * 2**zoom)

    fits = (zoom for zoom in range(facts.maxzoom, -1, -1) if tile(west, south, zoom) == tile(east, north, zoom))
    return max(facts.minzoom, next(fits, 0))


def _start(bounds: Bounds) -> dict[str, Any]:
    """Return where a viewer that was told nothing else looks first."""
    west, south, east, north = bounds
    across = max((east - west) / 360, (north - south) / 180, 1e-6)
    zoom = min(16.0, max(0.0, math.log2(1.5 / across)))
    return {"center": [round((west + east) / 2, 6), round((south + north) / 2, 6)], "zoom": round(zoom, 2)}


def _sky(look: Look) -> dict[str, Any]:
    return {
        "sky-color": look.sky,
        "horizon-color": look.ground,
        "fog-color": look.ground,
        "sky-horizon-blend": 0.9,
        "horizon-fog-blend": 0.9,
        "fog-ground-blend": 0.2,
        "atmosphere-blend": 0,
    }


def _union(boxes: Sequence[Bounds]) -> Bounds | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
