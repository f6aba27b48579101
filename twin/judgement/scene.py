"""From models to a scene: a `pydeck.Deck` that the page, a notebook and a static copy all show.

pydeck takes a plain string property for an accessor (`"@@=…"`): strings must be `pydeck.types.String`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    import pydeck

Bounds = tuple[float, float, float, float]

_VIEWPORT = (1280.0, 720.0)  # pixels; the page fits again for its own window
_FILL = 0.8  # of the viewport that the models may take up
_TILE = 512.0  # pixels of the world at zoom 0, as in MapLibre and deck.gl
_EQUATOR = 40_075_016.7  # metres
_CLOSEST, _FARTHEST = 19.5, 3.0
_PITCH, _BEARING = 50.0, 0.0
_COLUMN_RADIUS = 60.0  # metres
_CHINA = (104.0, 35.0)  # degrees: where an empty twin without bounds looks


class SceneModel(Protocol):
    """What a scene must know of a model; bounds in degrees, heights in metres."""

    @property
    def model(self) -> str:
        """Its id."""
        ...

    @property
    def project(self) -> str:
        """The code of its project."""
        ...

    @property
    def ground_height(self) -> float:
        """Height of its ground, metres."""
        ...

    @property
    def bounds(self) -> Bounds | None:
        """West, south, east, north in degrees; None when nothing is drawn."""
        ...

    @property
    def heights(self) -> tuple[float, float] | None:
        """Least and greatest height, metres; None when nothing is drawn."""
        ...

    @property
    def has_building(self) -> bool:
        """Has it a tileset of its building."""
        ...

    @property
    def has_spaces(self) -> bool:
        """Has it a tileset of its spaces."""
        ...


def tileset_url(model: str, *, spaces: bool = False) -> str:
    """Return the path of a model's tileset.

    >>> tileset_url("P001-楼 A", spaces=True)
    '/3dtiles/P001-%E6%A5%BC%20A/spaces/tileset.json'
    """
    return f"/3dtiles/{quote(model, safe='')}/{'spaces/' if spaces else ''}tileset.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """A project on the map: where, in which colour, and what is told of it.

    longitude, latitude : degrees; colour : "#rrggbb"; height : of its column, metres; 0 draws a dot only
    footprint : polygons in degrees, each its outer ring and its holes; what stands there is drawn as a block
    rise : height of that block, metres
    """

    code: str
    name: str
    longitude: float
    latitude: float
    colour: str
    label: str
    height: float = 0.0
    footprint: Sequence[Sequence[Sequence[tuple[float, float]]]] = ()
    rise: float = 0.0


def compose_scene(
    models: Sequence[SceneModel],
    *,
    city: Bounds | None = None,
    base: str = "",
    states: str = "",
    marks: Sequence[Mark] | None = None,
) -> "pydeck.Deck":
    """Return the scene of `models`: a `BimTilesLayer` for each, and one for its spaces, which is off at first.

    city : bounds in degrees that the view shows when no model is drawn
    base : what stands before "/3dtiles/…", for instance "http://127.0.0.1:8000" in a notebook
    states : query of the states that colour the elements ("as_of=2026-06-30&by=light"); empty: their own colours
    marks : projects to draw with deck.gl's own layers, which any viewer has; None: none
    """
    import pydeck

    layers = [_layer(model, base, states, spaces=False) for model in models if model.has_building]
    layers += [_layer(model, base, states, spaces=True) for model in models if model.has_spaces]
    if marks is not None:
        layers += _mark_layers(marks)
    view = pydeck.ViewState(**view_state(models, city, marks or ()), pitch=_PITCH, bearing=_BEARING)
    return pydeck.Deck(
        layers=layers,
        initial_view_state=view,
        map_provider=None,
        map_style=None,
        tooltip={"text": "{name}\n{label}"} if marks else True,
    )


def view_state(models: Sequence[SceneModel], city: Bounds | None, marks: Sequence[Mark] = ()) -> dict[str, float]:
    """Return longitude and latitude in degrees and the zoom at which all is seen, else the city, else China."""
    drawn = [model.bounds for model in models if model.bounds]
    drawn += [(mark.longitude, mark.latitude, mark.longitude, mark.latitude) for mark in marks]
    height = max((high - low for low, high in (model.heights for model in models if model.heights)), default=0.0)
    if not drawn and city is None:
        return {"longitude": _CHINA[0], "latitude": _CHINA[1], "zoom": _FARTHEST}
    bounds = _union(drawn) if drawn else city or (0.0, 0.0, 0.0, 0.0)
    low, high = _FARTHEST, _CLOSEST
    if _fits(bounds, height, high):
        low = high
    while high - low > 0.005:
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(bounds, height, middle) else (low, middle)
    longitude, latitude = _middle(bounds)
    return {"longitude": round(longitude, 7), "latitude": round(latitude, 7), "zoom": math.floor(low * 100) / 100}


def _middle(bounds: Bounds) -> tuple[float, float]:
    """Return the longitude and latitude, degrees, that are seen in the middle of `bounds`."""
    west, south, east, north = bounds
    return (west + east) / 2, latitude_of((mercator_y(south) + mercator_y(north)) / 2)


def _fits(bounds: Bounds, height: float, zoom: float) -> bool:
    """Is everything within `bounds` (degrees) up to `height` (metres) seen at a zoom, with a margin around it.

    The camera is that of MapLibre and deck.gl: 1.5 screen heights away from what it looks at, pitched.
    """
    west, south, east, north = bounds
    scale = _TILE * 2.0**zoom
    sine, cosine, far = math.sin(math.radians(_PITCH)), math.cos(math.radians(_PITCH)), 1.5 * _VIEWPORT[1]
    across = (east - west) / 360 * scale / 2
    along = (mercator_y(south) - mercator_y(north)) * scale / 2
    up = height / (_EQUATOR * math.cos(math.radians(_middle(bounds)[1]))) * scale
    for y in (-along, along):
        for z in (0.0, up):
            depth = far + y * sine - z * cosine
            if depth <= 0:
                return False
            if across * far / depth > _VIEWPORT[0] / 2 * _FILL:
                return False
            if abs(y * cosine + z * sine) * far / depth > _VIEWPORT[1] / 2 * _FILL:
                return False
    return True


def mercator_y(latitude: float) -> float:
    """Return the web-mercator height of a latitude in degrees: 0 at the top of the world, 1 at its bottom.

    >>> mercator_y(0.0), round(mercator_y(66.51326044311186), 12)
    (0.5, 0.25)
    """
    limited = math.radians(min(max(latitude, -85.0511287798066), 85.0511287798066))
    return 0.5 - math.asinh(math.tan(limited)) / (2 * math.pi)


def latitude_of(y: float) -> float:
    """Return the latitude in degrees of a web-mercator height.

    >>> round(latitude_of(mercator_y(22.5)), 12)
    22.5
    """
    return math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


def _union(bounds: Sequence[Bounds]) -> Bounds:
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


def rgb(colour: str) -> list[int]:
    """Return red, green and blue, 0 to 255, of "#rrggbb".

    >>> rgb("#009e73")
    [0, 158, 115]
    """
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _mark_layers(marks: Sequence[Mark]) -> "list[pydeck.Layer]":
    """Return dots, columns and blocks of the projects, as layers that deck.gl brings itself."""
    import pydeck

    dots = [
        {
            "code": mark.code,
            "name": mark.name,
            "label": mark.label,
            "position": [mark.longitude, mark.latitude],
            "colour": rgb(mark.colour),
            "height": mark.height,
        }
        for mark in marks
    ]
    blocks = [
        {"name": mark.name, "label": mark.label, "polygon": ring, "colour": rgb(mark.colour), "rise": mark.rise}
        for mark in marks
        for ring in mark.footprint
    ]
    plain = {"pickable": True, "get_fill_color": "colour"}
    found = [
        pydeck.Layer(
            "PolygonLayer", blocks, id="blocks", get_polygon="polygon", extruded=True, get_elevation="rise", **plain
        ),
        pydeck.Layer(
            "ColumnLayer",
            [dot for dot in dots if dot["height"]],
            id="columns",
            get_position="position",
            get_elevation="height",
            radius=_COLUMN_RADIUS,
            **plain,
        ),
        pydeck.Layer(
            "ScatterplotLayer",
            dots,
            id="projects",
            get_position="position",
            get_radius=_COLUMN_RADIUS,
            radius_min_pixels=7,
            radius_max_pixels=22,
            stroked=True,
            get_line_color=[255, 255, 255],
            line_width_min_pixels=2,
            **plain,
        ),
    ]
    return [layer for layer in found if layer.data]


def _layer(model: SceneModel, base: str, states: str, *, spaces: bool) -> "pydeck.Layer":
    import pydeck

    properties: dict[str, Any] = {
        "model": pydeck.types.String(model.model),
        "project": pydeck.types.String(model.project),
        "ground_height": model.ground_height,
        "spaces": spaces,
    }
    if spaces:
        properties["visible"] = False
    if states:
        address = f"{base}/api/models/{quote(model.model, safe='')}/states?{states}"
        properties["states"] = pydeck.types.String(address)
    name = f"{model.model}:spaces" if spaces else model.model
    return pydeck.Layer("BimTilesLayer", data=base + tileset_url(model.model, spaces=spaces), id=name, **properties)
