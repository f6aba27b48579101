"""From models to a scene: a `pydeck.Deck` that the page, a notebook and a static copy all show.

pydeck takes a plain string property for an accessor (`"@@=…"`): strings must be `pydeck.types.String`.
"""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, quote

from twin.judgement.legend import Entry, legend
from twin.judgement.scene_page import VIEWPORT, frame, mark_svg, scene_page

if TYPE_CHECKING:
    import pydeck

Bounds = tuple[float, float, float, float]

_FILL = 0.8  # of the viewport that the models may take up
_TILE = 512.0  # pixels of the world at zoom 0, as in MapLibre and deck.gl
_EQUATOR = 40_075_016.7  # metres
_CLOSEST, _FARTHEST = 19.5, 3.0
_PITCH, _BEARING = 50.0, 0.0
# Columns grow with the city: height of a whole one and radius, as shares of its extent; the least extent, metres.
_COLUMN_HEIGHT, _COLUMN_RADIUS, _LEAST_EXTENT = 0.09, 0.004, 500.0
_NEIGHBOURS = 50_000.0  # metres: what lies farther apart is not the same city
_MARK = 18  # pixels
_COVER, _VEIL = 255, 130  # of what is known and of what is not: there the material shows through
_INK = [29, 37, 41]
_NAMED = 12  # projects, at most, whose names are written; more would cover each other, and a pointer tells them
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

    longitude, latitude : degrees; colour : "#rrggbb"; shape : of a light, see `twin.judgement.legend`; "" is a dot
    share : of the height of a whole column; 0 draws none
    footprint : polygons in degrees, each its outer ring and its holes; what stands there is drawn as a block
    rise : height of that block, metres
    """

    code: str
    name: str
    longitude: float
    latitude: float
    colour: str
    label: str
    shape: str = ""
    share: float = 0.0
    footprint: Sequence[Sequence[Sequence[tuple[float, float]]]] = ()
    rise: float = 0.0


def compose_scene(
    models: Sequence[SceneModel],
    *,
    city: Bounds | None = None,
    base: str = "",
    states: str = "",
    marks: Sequence[Mark] | None = None,
    tiles: bool = True,
    legend: "Legend | None" = None,
) -> "pydeck.Deck":
    """Return the scene of `models`: a `BimTilesLayer` for each, and one for its spaces, which is off at first.

    city : bounds in degrees that the view shows when no model is drawn
    base : what stands before "/3dtiles/…", for instance "http://127.0.0.1:8000" in a notebook
    states : query of the states that colour the elements ("as_of=2026-06-30&by=light"); empty: their own colours
    marks : projects to draw with deck.gl's own layers, which any viewer has; None: none
    tiles : with the models' own layers, which only the page draws
    legend : what the colours of the marks mean, for a scene that shows itself
    """
    import pydeck

    if base and tiles:
        _use_library(library(base))
    layers = [_layer(model, base, states, spaces=False) for model in models if tiles and model.has_building]
    layers += [_layer(model, base, states, spaces=True) for model in models if tiles and model.has_spaces]
    if marks is not None:
        layers += _mark_layers(marks)
    view = pydeck.ViewState(**view_state(models, city, marks or ()), pitch=_PITCH, bearing=_BEARING)
    deck = _offline_deck()(
        layers=layers,
        initial_view_state=view,
        map_provider=None,
        map_style=None,
        tooltip={"text": "{name}\n{label}"} if marks else True,
    )
    deck.legend = legend
    deck.libraries = [library(base)] if base and tiles else []
    return deck


def library(base: str) -> dict[str, str]:
    """Return the script that draws models outside the page, as pydeck lists it; base : of a running server.

    >>> library("http://127.0.0.1:8000")["resourceUri"]
    'http://127.0.0.1:8000/bim-layers.js'
    """
    return {"libraryName": "BimLayers", "resourceUri": f"{base}/bim-layers.js"}


def _use_library(wanted: dict[str, str]) -> None:
    """Let pydeck's own pages and widgets load the script, too."""
    from pydeck.settings import settings

    others = [known for known in settings.custom_libraries if known.get("libraryName") != wanted["libraryName"]]
    settings.custom_libraries = [*others, wanted]


@dataclass(frozen=True, slots=True)
class Legend:
    """What a scene says of itself: a title, what its colours mean, in which language ("zh" or "en")."""

    title: str
    entries: Sequence[Entry]
    language: str = "zh"


@cache
def _offline_deck() -> Any:
    """Return pydeck's Deck, made to show itself without a network; made late, because pydeck is slow to import."""
    import pydeck

    class OfflineDeck(pydeck.Deck):  # type: ignore[misc]
        """A Deck whose page has deck.gl and the legend in it and asks for nothing."""

        __slots__ = ("legend", "libraries")  # pydeck writes every other attribute into the scene
        legend: Legend | None
        libraries: list[dict[str, str]]

        def to_html(
            self,
            filename: str | Path | None = None,
            open_browser: bool = False,
            notebook_display: bool | None = None,
            iframe_width: str | int = "100%",
            iframe_height: int = 500,
            as_string: bool = False,
            offline: bool = True,
            **more: Any,
        ) -> Any:
            """Return or write the scene as a page, as pydeck does; `offline=False` is pydeck's own page."""
            if not offline:
                plain = {"notebook_display": notebook_display, "as_string": as_string, "open_browser": open_browser}
                size = {"iframe_width": iframe_width, "iframe_height": iframe_height}
                return super().to_html(filename, offline=False, **plain, **size, **more)
            page = self._page()
            if filename is None:
                return page if as_string else frame(page, iframe_width, iframe_height)
            path = Path(filename).resolve()
            path.write_text(page, encoding="utf-8")
            if open_browser:
                import webbrowser

                webbrowser.open(path.as_uri())
            return str(path)

        def _repr_html_(self) -> str:
            """Return the scene for the cell of a notebook."""
            return frame(self._page(), "100%", 500)

        def _page(self) -> str:
            legend = self.legend or Legend("", ())
            program = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"
            return scene_page(
                self.to_json(),
                program.read_text(encoding="utf-8"),
                tooltip=json.dumps(self._tooltip, ensure_ascii=False),
                title=legend.title,
                entries=legend.entries,
                language=legend.language,
                libraries=self.libraries,
            )

    return OfflineDeck


def view_state(models: Sequence[SceneModel], city: Bounds | None, marks: Sequence[Mark] = ()) -> dict[str, float]:
    """Return longitude and latitude in degrees and the zoom at which all is seen, else the city, else China."""
    drawn = [model.bounds for model in models if model.bounds]
    if marks:
        drawn = main_cluster([*drawn, *map(_box, marks)])
    heights = [high - low for low, high in (model.heights for model in models if model.heights)]
    height = max([*heights, *(mark.share * column_size(marks)[0] for mark in marks)], default=0.0)
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
    sine, cosine, far = math.sin(math.radians(_PITCH)), math.cos(math.radians(_PITCH)), 1.5 * VIEWPORT[1]
    across = (east - west) / 360 * scale / 2
    along = (mercator_y(south) - mercator_y(north)) * scale / 2
    up = height / (_EQUATOR * math.cos(math.radians(_middle(bounds)[1]))) * scale
    for y in (-along, along):
        for z in (0.0, up):
            depth = far + y * sine - z * cosine
            if depth <= 0:
                return False
            if across * far / depth > VIEWPORT[0] / 2 * _FILL:
                return False
            if abs(y * cosine + z * sine) * far / depth > VIEWPORT[1] / 2 * _FILL:
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


def column_size(marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the height of a whole column and the radius of columns, metres, for projects that lie so far apart."""
    if not marks:
        return 0.0, 0.0
    extent = max(_extent(_union(main_cluster([_box(mark) for mark in marks]))), _LEAST_EXTENT)
    return extent * _COLUMN_HEIGHT, extent * _COLUMN_RADIUS


def main_cluster(boxes: Sequence[Bounds]) -> list[Bounds]:
    """Return the boxes, degrees, of the place where most lie: one far away must not push all others out of sight."""
    clusters = [[other for other in boxes if _extent(_union([box, other])) < _NEIGHBOURS] for box in boxes]
    return max(clusters, key=len, default=[])


def _box(mark: Mark) -> Bounds:
    return mark.longitude, mark.latitude, mark.longitude, mark.latitude


def _extent(bounds: Bounds) -> float:
    """Return how far apart the corners of a box in degrees are, metres."""
    west, south, east, north = bounds
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    return math.hypot(across, north - south) * _EQUATOR / 360


def _mark_layers(marks: Sequence[Mark]) -> "list[pydeck.Layer]":
    """Return blocks, columns, marks and names of the projects, as layers that deck.gl brings itself."""
    import pydeck

    whole, radius = column_size(marks)
    dots = [
        {
            "code": mark.code,
            "name": mark.name or mark.code,
            "label": mark.label,
            "position": [mark.longitude, mark.latitude],
            "top": [mark.longitude, mark.latitude, mark.share * whole or mark.rise],
            "colour": rgb(mark.colour),
            "height": mark.share * whole,
            "icon": _icon(mark.shape or "circle", mark.colour),
        }
        for mark in marks
    ]
    blocks = [
        {"name": mark.name, "label": mark.label, "polygon": ring, "colour": rgb(mark.colour), "rise": mark.rise}
        for mark in marks
        for ring in mark.footprint
    ]
    solid = {"pickable": True, "get_fill_color": "colour", "extruded": True}
    # Marks and names are seen through whatever stands before them.
    pixels = {
        "size_units": pydeck.types.String("pixels"),
        "get_position": "top",
        "parameters": {"depthCompare": pydeck.types.String("always")},
    }
    found = [
        pydeck.Layer("PolygonLayer", blocks, id="blocks", get_polygon="polygon", get_elevation="rise", **solid),
        pydeck.Layer(
            "ColumnLayer",
            [dot for dot in dots if dot["height"]],
            id="columns",
            get_position="position",
            get_elevation="height",
            radius=radius,
            **solid,
        ),
        pydeck.Layer(
            "TextLayer",
            dots if len(dots) <= _NAMED else [],
            id="names",
            get_text="name",
            get_size=12,
            get_color=_INK,
            get_text_anchor=pydeck.types.String("start"),
            get_pixel_offset=[_MARK * 0.7, 0],
            character_set=pydeck.types.String("auto"),
            font_family=pydeck.types.String('"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'),
            **pixels,
        ),
        pydeck.Layer("IconLayer", dots, id="projects", get_icon="icon", get_size=_MARK, pickable=True, **pixels),
    ]
    return [layer for layer in found if layer.data]


@cache
def _icon(shape: str, colour: str) -> dict[str, Any]:
    """Return a mark as deck.gl takes an icon: a drawing in the address itself, nothing is asked for."""
    drawing = base64.b64encode(mark_svg(shape, colour, size=4 * _MARK).encode()).decode()
    return {"url": f"data:image/svg+xml;base64,{drawing}", "width": 4 * _MARK, "height": 4 * _MARK}


def _palette(by: str) -> list[list[int]]:
    """Return the colours of a state column by index: red, green, blue, and how much of it hides the material."""
    entries = legend(by)
    found = [[0, 0, 0, 1] for _ in range(max(entry.index for entry in entries) + 1)]
    for entry in entries:
        found[entry.index] = [*rgb(entry.colour), _COVER if entry.index else _VEIL]
    return found


def _layer(model: SceneModel, base: str, states: str, *, spaces: bool) -> "pydeck.Layer":
    import pydeck

    properties: dict[str, Any] = {
        "model": pydeck.types.String(model.model),
        "project": pydeck.types.String(model.project),
        "ground_height": model.ground_height,
        "spaces": spaces,
    }
    if model.bounds:
        properties["bounds"] = [round(value, 7) for value in model.bounds]
    if spaces:
        properties["visible"] = False
    if states:
        address = f"{base}/api/models/{quote(model.model, safe='')}/states?{states}"
        properties["states"] = pydeck.types.String(address)
        properties["palette"] = _palette(parse_qs(states).get("by", [""])[0])
    name = f"{model.model}:spaces" if spaces else model.model
    return pydeck.Layer("BimTilesLayer", data=base + tileset_url(model.model, spaces=spaces), id=name, **properties)
