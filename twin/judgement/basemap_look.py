"""How the basemap looks: colours of both themes, widths by class. Quiet: saturated colours are for judgements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Theme = Literal["light", "dark"]
Expression = Any  # of the MapLibre style specification: JSON


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a theme; `green`, `land` and `utility` by class, with the colour of all other classes under ""."""

    ground: str
    sky: str
    land: Mapping[str, str]
    green: Mapping[str, str]
    water: str
    water_edge: str
    district: str
    parcel: str
    rail: str
    rail_gap: str
    road: str
    road_far: str  # a white line on white ground is no line: from afar roads are grey
    casing: str
    casing_great: str
    path: str
    tunnel: str
    utility: Mapping[str, str]
    footprint: str
    footprint_edge: str
    walls: Sequence[str]  # of low, middling and high buildings
    other: str
    other_edge: str
    ink: Mapping[str, str]  # of labels, by what they name
    halo: str
    light: float  # how much the sides of buildings differ


LOOKS: Mapping[str, Look] = {
    "light": Look(
        ground="#f1f3f2",
        sky="#e6ecee",
        land={
            "": "#ebeeed",
            "residential": "#eceeed",
            "commercial": "#edecea",
            "industrial": "#e6e9ea",
            "public": "#ebebe8",
            "education": "#ecebe5",
            "medical": "#eeeae8",
            "transport": "#e8eaea",
            "utility": "#e6e9e8",
            "green": "#dfe8d9",
        },
        green={
            "": "#dfe8d9",
            "park": "#d6e4cf",
            "forest": "#d3e0cd",
            "grass": "#e0e9da",
            "farmland": "#ebeee4",
            "cemetery": "#dde5d9",
            "pitch": "#d9e6d6",
            "garden": "#dbe7d4",
            "wetland": "#dae6df",
        },
        water="#c5d8e4",
        water_edge="#b3cad9",
        district="#b4bcbb",
        parcel="#d3d9d7",
        rail="#bcc4c4",
        rail_gap="#f4f5f5",
        road="#ffffff",
        road_far="#d5dad9",
        casing="#d6dcda",
        casing_great="#bfc8c5",
        path="#cfd5d2",
        tunnel="#f7f8f8",
        utility={
            "": "#a3abae",
            "power": "#b0a180",
            "water": "#86a3b3",
            "sewage": "#9c9289",
            "gas": "#a8a27c",
            "heat": "#b0918a",
            "telecom": "#9a95ab",
        },
        footprint="#e1e5e4",
        footprint_edge="#d0d6d5",
        walls=("#eef0ef", "#e6eaea", "#dbe2e4"),
        other="#e4e7e6",
        other_edge="#c3cac9",
        ink={
            "road": "#5f6a70",
            "water": "#4f7791",
            "green": "#54734f",
            "district": "#75818a",
            "station": "#3f4c54",
            "point": "#66727a",
            "building": "#66717a",
            "other": "#667178",
        },
        halo="#f7f8f8",
        light=0.14,
    ),
    "dark": Look(
        ground="#14181b",
        sky="#1b2226",
        land={
            "": "#171c1f",
            "residential": "#161b1e",
            "commercial": "#191c1e",
            "industrial": "#191e22",
            "public": "#191d1e",
            "education": "#1a1d1d",
            "medical": "#1b1c1f",
            "transport": "#191e21",
            "utility": "#181d1f",
            "green": "#18211d",
        },
        green={
            "": "#18211d",
            "park": "#1a2720",
            "forest": "#19251f",
            "grass": "#18211d",
            "farmland": "#171d1b",
            "cemetery": "#19221e",
            "pitch": "#1a2722",
            "garden": "#1a251f",
            "wetland": "#182423",
        },
        water="#1b303d",
        water_edge="#254152",
        district="#4b575d",
        parcel="#262e32",
        rail="#3c464b",
        rail_gap="#191e21",
        road="#2a3237",
        road_far="#2c353a",
        casing="#0f1214",
        casing_great="#0b0e10",
        path="#2a3237",
        tunnel="#1d2327",
        utility={
            "": "#525c61",
            "power": "#6d634b",
            "water": "#46606f",
            "sewage": "#5d564f",
            "gas": "#666144",
            "heat": "#6c5550",
            "telecom": "#5a566b",
        },
        footprint="#1f262a",
        footprint_edge="#2a3338",
        walls=("#2a3237", "#303a40", "#3a464d"),
        other="#1d2427",
        other_edge="#38434a",
        ink={
            "road": "#8d999f",
            "water": "#6f9db9",
            "green": "#7b9578",
            "district": "#8b989f",
            "station": "#c3ccd0",
            "point": "#939fa5",
            "building": "#98a3a9",
            "other": "#8b969c",
        },
        halo="#12161a",
        light=0.34,
    ),
}

# A road's width on the ground, metres: from zoom 14 on roads are drawn as wide as they are.
ROAD_METRES = {
    "motorway": 24.0,
    "primary": 20.0,
    "secondary": 15.0,
    "tertiary": 11.0,
    "minor": 7.5,
    "service": 4.5,
    "path": 2.0,
}
# What is drawn before that: zoom → class → pixels; a class that is missing is not drawn.
ROAD_PIXELS: Mapping[float, Mapping[str, float]] = {
    6: {"motorway": 0.6},
    8: {"motorway": 1.0, "primary": 0.6},
    10: {"motorway": 1.5, "primary": 1.1, "secondary": 0.5},
    12: {"motorway": 2.6, "primary": 2.1, "secondary": 1.5, "tertiary": 0.9, "minor": 0.35},
}
UNKNOWN_ROAD = "minor"  # a road without a class
_WIDEST = 80.0  # metres: more is a mistake
_EQUATOR = 40_075_016.7  # metres
_TILE = 512.0  # pixels of the world at zoom 0


def metres_per_pixel(zoom: float, cosine: float) -> float:
    """Return metres of ground per pixel; `cosine` is that of the latitude.

    >>> round(metres_per_pixel(14, 1.0), 2)
    4.78
    """
    return _EQUATOR * cosine / (_TILE * 2**zoom)


def road_width(cosine: float, more: float = 0.0, column: str | None = None, share: float = 1.0) -> Expression:
    """Return `line-width` of roads in pixels, by zoom and class, `more` pixels wider on the whole.

    column : says how wide each road is, metres; it outranks the class from zoom 14 on
    share : of the usual width, where each carriageway is a line of its own
    """
    stops: list[Any] = []
    for zoom, pixels in ROAD_PIXELS.items():
        stops += [zoom, by_class({name: width + more * min(1.0, width) for name, width in pixels.items()}, 0.0)]
    for zoom in (14, 22):
        scale = metres_per_pixel(zoom, cosine)
        widths = {name: round(metres * share / scale + more, 2) for name, metres in ROAD_METRES.items()}
        width = by_class(widths, widths[UNKNOWN_ROAD])
        if column:
            stated: Expression = ["to-number", ["get", column], 0]
            own = ["+", ["/", ["min", stated, _WIDEST], round(scale, 6)], more]
            width = ["case", [">", stated, 0], own, width]
        stops += [zoom, width]
    return ["interpolate", ["exponential", 2], ["zoom"], *stops]


def by_class(values: Mapping[str, Any], otherwise: Any) -> Expression:
    """Return an expression that chooses by the column `class`; a value under "" stands for all other classes."""
    chosen = [part for name, value in values.items() if name for part in (name, value)]
    return ["match", ["get", "class"], *chosen, values.get("", otherwise)] if chosen else values.get("", otherwise)


def by_zoom(*stops: float | str | Expression, base: float = 1.0) -> Expression:
    """Return an expression that runs between stops: zoom, value, zoom, value, …"""
    curve: Expression = ["linear"] if base == 1.0 else ["exponential", base]
    return ["interpolate", curve, ["zoom"], *stops]
