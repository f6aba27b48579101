"""The parts of a building as bodies and elements: walls with openings, windows, doors, stairs, railings. Metres."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sample_data.building import Building, Kind
from sample_data.writer import Entity, IfcWriter, Point, Point3


def rectangle(x0: float, z0: float, x1: float, z1: float) -> list[Point]:
    """Return the corners of a rectangle, counter-clockwise."""
    return [(x0, z0), (x1, z0), (x1, z1), (x0, z1)]


def window_items(
    w: IfcWriter, width: float, height: float, frame: str, columns: int, split: float = 0.0
) -> list[Entity]:
    """Return frame and panes of a window in the plane y = 0, its lower left corner at the origin.

    columns : panes side by side; split : height of a transom, 0 for none
    """
    bar, step = 0.06, (width - 0.06) / columns
    levels = [bar, *([split, split + bar] if split else []), height - bar]
    holes = [
        rectangle(bar + i * step, low, (i + 1) * step, high)
        for i in range(columns)
        for low, high in zip(levels[::2], levels[1::2], strict=True)
    ]
    body = w.painted(w.upright(rectangle(0, 0, width, height), 0.08, holes=holes), frame)
    panes = []
    for hole in holes:
        (x0, z0), (x1, z1) = hole[0], hole[2]
        panes.append(w.painted(w.box((x0, -0.012, z0), (x1, 0.012, z1)), "中空玻璃"))
    return [body, *panes]


def door_items(w: IfcWriter, width: float, height: float, leaf: str, frame: str, leaves: int = 1) -> list[Entity]:
    """Return lining, leaves with a glazed slot each, and handles; in the plane y = 0."""
    bar = 0.05
    lining = [(0, 0), (bar, 0), (bar, height - bar), (width - bar, height - bar), (width - bar, 0), (width, 0)]
    items = [w.painted(w.upright([(x, z) for x, z in [*lining, (width, height), (0, height)]], 0.12), frame)]
    step = (width - 2 * bar) / leaves
    for i in range(leaves):
        x0, x1 = bar + i * step + 0.004, bar + (i + 1) * step - 0.004
        middle = (x0 + x1) / 2
        slot = rectangle(middle - 0.1, 1.1, middle + 0.1, height - 0.4)
        items.append(w.painted(w.upright(rectangle(x0, 0.008, x1, height - bar - 0.004), 0.045, holes=[slot]), leaf))
        items.append(w.painted(w.box((slot[0][0], -0.006, slot[0][1]), (slot[2][0], 0.006, slot[2][1])), "中空玻璃"))
        x = x1 - 0.09 if i == 0 else x0 + 0.06
        items.append(w.painted(w.box((x, -0.07, 1.0), (x + 0.03, 0.07, 1.12)), "不锈钢"))
    return items


@dataclass(frozen=True)
class Hole:
    """An opening in a wall: left edge along the wall, sill, and what fills it ("IfcWindow", "IfcDoor" or nothing).

    key : of what fills it, see `Building.add`
    """

    offset: float
    sill: float
    width: float
    height: float
    fill: str = ""
    kind: Kind | None = None
    name: str = ""
    key: str | None = None


def wall(
    b: Building,
    storey: Entity,
    name: str,
    ends: tuple[Point, Point],
    thickness: float,
    *,
    heights: tuple[float, float],
    colour: str,
    kind: Kind,
    holes: Sequence[Hole] = (),
    key: str | None = None,
) -> Entity:
    """Add a straight wall along its axis from end to end, with openings and what fills them.

    heights : of its foot and its top above the storey
    key : see `Building.add`
    """
    (x0, y0), (x1, y1) = ends
    length, turn = math.hypot(x1 - x0, y1 - y0), math.atan2(y1 - y0, x1 - x0)
    foot, top = heights
    body = b.w.painted(b.w.box((0, -thickness / 2, 0), (length, thickness / 2, top - foot)), colour)
    line = b.w.make("IfcPolyline", Points=[b.w.point(0, 0), b.w.point(length, 0)])
    axis = b.w.make(
        "IfcShapeRepresentation",
        ContextOfItems=b.axis,
        RepresentationIdentifier="Axis",
        RepresentationType="Curve2D",
        Items=[line],
    )
    place, lines = (x0, y0, foot), [axis]
    made = b.add("IfcWall", name, storey, place, turn, items=[body], kind=kind, storey=storey, lines=lines, key=key)
    gross = length * (top - foot)
    net = gross - sum(hole.width * hole.height for hole in holes)
    sizes = {"Length": length, "Width": thickness, "Height": top - foot, "GrossSideArea": gross, "NetSideArea": net}
    sizes["NetVolume"] = net * thickness
    b.w.quantities(made, "Qto_WallBaseQuantities" if b.w.ifc4 else "BaseQuantities", sizes)
    for hole in holes:
        _fill(b, storey, made, thickness, hole)
    return made


def _fill(b: Building, storey: Entity, host: Entity, thickness: float, hole: Hole) -> None:
    reach = thickness / 2 + 0.1
    body = b.w.box((0, -reach, 0), (hole.width, reach, hole.height))
    opening = b.add(
        "IfcOpeningElement", "洞口", host, (hole.offset, 0, hole.sill), items=[body], PredefinedType="OPENING"
    )
    b.w.rooted(
        "IfcRelVoidsElement", f"voids/{opening.Tag}", RelatingBuildingElement=host, RelatedOpeningElement=opening
    )
    if hole.fill:
        filling = b.add(hole.fill, hole.name, opening, kind=hole.kind, storey=storey, key=hole.key)
        b.w.rooted(
            "IfcRelFillsElement",
            f"fills/{opening.Tag}",
            RelatingOpeningElement=opening,
            RelatedBuildingElement=filling,
        )


def slab(
    b: Building,
    storey: Entity,
    name: str,
    points: Sequence[Point],
    span: tuple[float, float],
    *,
    colour: str,
    kind: Kind,
    holes: Sequence[Sequence[Point]] = (),
    use: str = "FLOOR",
    contained: bool = True,
) -> Entity:
    """Add a flat slab; `span` is its underside and its top above the storey."""
    low, high = span
    body = b.w.painted(b.w.prism(b.w.profile(points, holes), high - low), colour)
    where = storey if contained else None
    return b.add("IfcSlab", name, storey, (0, 0, low), items=[body], kind=kind, storey=where, PredefinedType=use)


def railing(b: Building, storey: Entity, name: str, ends: tuple[Point3, Point3], colour: str, kind: Kind) -> Entity:
    """Add a railing with posts and rails from end to end; it may climb."""
    (x0, y0, z0), (x1, y1, z1) = ends
    run, turn = math.hypot(x1 - x0, y1 - y0), math.atan2(y1 - y0, x1 - x0)
    climb, w = z1 - z0, b.w
    bays = max(1, round(run / 1.5))
    items = []
    for i in range(bays + 1):
        x, z = run * i / bays, climb * i / bays
        items.append(w.painted(w.box((x - 0.02, -0.02, z), (x + 0.02, 0.02, z + 1.06)), colour))
    for level, deep in ((1.06, 0.05), (0.8, 0.02), (0.55, 0.02), (0.3, 0.02)):
        rail = [(0, level), (run, level + climb), (run, level + climb + deep), (0, level + deep)]
        items.append(w.painted(w.upright(rail, 0.05 if deep > 0.02 else 0.02), colour))
    return b.add(
        "IfcRailing", name, storey, (x0, y0, z0), turn, items=items, kind=kind, storey=storey, PredefinedType="HANDRAIL"
    )


HALF_TURN = {"PredefinedType": "HALF_TURN_STAIR", "ShapeType": "HALF_TURN_STAIR"}  # IFC4's name and IFC2X3's


@dataclass(frozen=True)
class StairKinds:
    """The types a stair is made of."""

    stair: Kind | None
    flight: Kind
    landing: Kind
    railing: Kind


def stair(
    b: Building,
    storey: Entity,
    name: str,
    at: Point3,
    turn: float,
    rise: float,
    size: tuple[float, float],
    kinds: StairKinds,
    *,
    key: str | None = None,
) -> Entity:
    """Add a stair of two flights and a half landing.

    at : corner it starts from; it runs along its x and comes back beside itself along y
    rise : storey height; size : length with the landing, width of both flights with the gap
    key : see `Building.add`; the lower flight's is this and 下跑
    """
    length, width = size
    flight_width = (width - 0.1) / 2
    landing = flight_width
    run = length - landing
    steps = max(2, round(rise / 2 / 0.16))
    tread, riser = run / (steps - 1), rise / 2 / steps
    whole = b.add("IfcStair", name, storey, at, turn, kind=kinds.stair, storey=storey, key=key, **HALF_TURN)
    below = f"{key} 下跑" if key else None
    profile = flight_profile(steps, tread, riser)
    sizes = {"NumberOfRiser": steps, "NumberOfTreads": steps - 1, "NumberOfRisers": steps}
    measures: dict[str, Any] = {**sizes, "RiserHeight": b.w.length(riser), "TreadLength": b.w.length(tread)}
    up = b.w.painted(b.w.upright(profile, flight_width, flight_width / 2), "清水混凝土")
    back = [(run - x, z + rise / 2) for x, z in reversed(profile)]
    down = b.w.painted(b.w.upright(back, flight_width, flight_width * 1.5 + 0.1), "清水混凝土")
    plate = b.w.painted(b.w.box((run, 0, rise / 2 - 0.12), (length, width, rise / 2)), "清水混凝土")
    parts = [
        b.add("IfcStairFlight", f"{name} 下跑", whole, items=[up], kind=kinds.flight, key=below, **measures),
        b.add("IfcStairFlight", f"{name} 上跑", whole, items=[down], kind=kinds.flight, **measures),
        b.add("IfcSlab", f"{name} 休息平台", whole, items=[plate], kind=kinds.landing, PredefinedType="LANDING"),
    ]
    b.parts(whole, *parts)
    cos, sin = math.cos(turn), math.sin(turn)

    def placed(x: float, y: float, z: float) -> Point3:
        return (at[0] + cos * x - sin * y, at[1] + sin * x + cos * y, at[2] + z)

    for y, z0, z1 in ((flight_width, 0.0, rise / 2), (flight_width + 0.1, rise, rise / 2)):
        ends = (placed(0, y, z0 + riser), placed(run, y, z1))
        railing(b, storey, f"{name} 扶手", ends, "不锈钢", kinds.railing)
    return whole


def flight_profile(steps: int, tread: float, riser: float) -> list[Point]:
    """Return the outline of a flight in the xz plane, counter-clockwise: steps above, a sloping soffit below."""
    run, rise = tread * (steps - 1), riser * steps
    over = [(0.0, riser)]
    for i in range(1, steps):
        over += [(tread * i, riser * i), (tread * i, riser * (i + 1))]
    soffit = [(0.0, 0.0), (0.25, 0.0), (run, rise - riser - 0.02)]
    return [*soffit, *reversed(over[:-1])]  # the last riser is the edge of the floor above
