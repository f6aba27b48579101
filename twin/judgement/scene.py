"""From models to a scene: a `pydeck.Deck` that the page, a notebook and a static copy all show.

pydeck takes a plain string property for an accessor (`"@@=…"`): strings must be `pydeck.types.String`.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from twin.judgement.legend import Entry, legend
from twin.judgement.scene_page import frame, mark_svg, scene_page
from twin.judgement.scene_view import BEARING, PITCH, Bounds, Mark, SceneModel, column_size, view_state

if TYPE_CHECKING:
    import pydeck

_MARK = 18  # pixels
_COVER, _VEIL = 255, 130  # of what is known and of what is not: there the material shows through
_INK = [29, 37, 41]
_NAMED = 12  # projects, at most, whose names are written; more would cover each other, and a pointer tells them


def tileset_url(model: str, *, spaces: bool = False) -> str:
    """Return the path of a model's tileset.

    >>> tileset_url("P001-楼 A", spaces=True)
    '/3dtiles/P001-%E6%A5%BC%20A/spaces/tileset.json'
    """
    return f"/3dtiles/{quote(model, safe='')}/{'spaces/' if spaces else ''}tileset.json"


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
    view = pydeck.ViewState(**view_state(models, city, marks or ()), pitch=PITCH, bearing=BEARING)
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


def rgb(colour: str) -> list[int]:
    """Return red, green and blue, 0 to 255, of "#rrggbb".

    >>> rgb("#009e73")
    [0, 158, 115]
    """
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


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
