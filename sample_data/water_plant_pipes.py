"""The pipes of 河东水厂, from the intake to the town. Metres."""

import math
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from sample_data.building import Kind
from sample_data.catalogue import Plan
from sample_data.water_plant_tanks import YARD, circle, cylinder
from sample_data.writer import Entity, IfcWriter, Point


@dataclass(frozen=True)
class Pipe:
    """A line of pipes: outer diameter, height of its axis above the ground, corners from end to end."""

    name: str
    size: float
    height: float
    corners: tuple[Point, ...]
    colour: str = "管道蓝"
    valve: bool = False

    @property
    def label(self) -> str:
        """Return the nominal diameter."""
        return f"DN{self.size * 1000:.0f}"


PIPES = (
    Pipe("原水管 1", 1.2, 0.9, ((0.0, 67.0), (13.8, 67.0)), valve=True),
    Pipe("原水管 2", 1.2, 0.9, ((0.0, 85.0), (13.8, 85.0)), valve=True),
    Pipe("沉后水管 1", 1.2, 0.9, ((84.2, 64.0), (93.8, 64.0)), valve=True),
    Pipe("沉后水管 2", 1.2, 0.9, ((84.2, 84.0), (93.8, 84.0)), valve=True),
    Pipe("滤后水管", 1.4, 0.6, ((128.2, 74.0), (137.8, 74.0)), valve=True),
    Pipe("清水总管", 1.4, -1.4, ((160.0, 57.8), (160.0, 53.2))),
    Pipe("出厂水管 1", 1.0, 0.8, ((184.2, 44.0), (188.0, 44.0)), valve=True),
    Pipe("出厂水管 2", 1.0, 0.8, ((184.2, 49.0), (188.0, 49.0)), valve=True),
    Pipe("出厂水管 1 埋地段", 1.0, -1.4, ((188.0, 44.0), (200.0, 44.0))),
    Pipe("出厂水管 2 埋地段", 1.0, -1.4, ((188.0, 49.0), (200.0, 49.0))),
    Pipe("澄清池进水管", 0.8, 0.7, ((0.0, 104.5), (28.0, 104.5), (60.0, 104.5), (60.0, 106.0)), valve=True),
    Pipe("澄清池进水支管", 0.8, 0.7, ((28.0, 104.5), (28.0, 106.0))),
    Pipe("排泥管", 0.5, 0.6, ((73.0, 125.0), (118.0, 125.0), (121.5, 121.0)), "设备绿"),
    Pipe("浓缩污泥管", 0.4, 0.6, ((153.0, 115.0), (163.8, 115.0)), "设备绿"),
    Pipe("加药管", 0.25, 0.5, ((79.8, 112.0), (75.0, 112.0), (72.0, 115.0)), "标线黄"),
)


def pipes(p: Plan) -> None:
    """Add the pipes in segments from corner to corner, a bend at each corner, valves, risers to what is buried."""
    for pipe in PIPES:
        for number, (start, end) in enumerate(pairwise(pipe.corners), 1):
            _segment(p, pipe, f"{pipe.name}-{number}", start, end)
        for corner in pipe.corners[1:-1]:
            _fitting(p, pipe, f"{pipe.name}弯头", corner)
        if pipe.valve:
            (xa, ya), (xb, yb) = pipe.corners[:2]
            size, w = pipe.size, p.b.w
            name = f"蝶阀-{pipe.label}"
            kind = _kind(p, "IfcValveType", name, partial(_valve, w, size), "球墨铸铁", "ISOLATING")
            at, yard = ((xa + xb) / 2, (ya + yb) / 2, pipe.height), p.storeys[YARD]
            p.b.add("IfcValve", f"{pipe.name}阀门", yard, at, kind=kind, storey=yard)
        if pipe.name.endswith("埋地段"):
            above = next(other for other in PIPES if other.name == pipe.name.removesuffix(" 埋地段"))
            _riser(p, above, pipe.height)


def _kind(p: Plan, ifc_class: str, name: str, items: "partial[list[Entity]]", material: str, use: str) -> Kind:
    return p.c.of(ifc_class, name, items, material=material, code="SC-02 管道", use=use)


def _segment(p: Plan, pipe: Pipe, name: str, start: Point, end: Point) -> None:
    w, yard = p.b.w, p.storeys[YARD]
    kind = _kind(p, "IfcPipeSegmentType", f"钢管-{pipe.label}", partial(list), "Q235B 螺旋焊管", "RIGIDSEGMENT")
    run, turn = math.dist(start, end), math.atan2(end[1] - start[1], end[0] - start[0])
    tube = w.prism(w.profile(circle(pipe.size / 2, 20)), run, w.axes((0, 0, 0), z=(1, 0, 0), x=(0, 1, 0)))
    items = [w.painted(tube, pipe.colour)]
    half, count = pipe.size / 2, max(1, round(run / 6.0)) if pipe.height > 0 else 0
    for i in range(count):
        x = run * (i + 0.5) / count
        items.append(w.painted(w.box((x - 0.25, -half, -pipe.height), (x + 0.25, half, -half / 2)), "清水混凝土"))
    made = p.b.add("IfcPipeSegment", name, yard, (*start, pipe.height), turn, items=items, kind=kind, storey=yard)
    _facts(p, made, pipe)


def _facts(p: Plan, element: Entity, pipe: Pipe) -> None:
    medium = pipe.name.split(" ")[0].removesuffix("支管").removesuffix("管")
    p.b.w.properties(element, "滨江_工艺参数", {"公称直径": pipe.label, "介质": medium})


def _fitting(p: Plan, pipe: Pipe, name: str, corner: Point) -> None:
    w, yard, half = p.b.w, p.storeys[YARD], pipe.size * 0.58

    def bend() -> list[Entity]:
        return [cylinder(w, half, -half, half, pipe.colour)]

    kind = _kind(p, "IfcPipeFittingType", f"弯头-{pipe.label}-{pipe.colour}", partial(bend), "Q235B 钢", "BEND")
    p.b.add("IfcPipeFitting", name, yard, (*corner, pipe.height), kind=kind, storey=yard)


def _riser(p: Plan, pipe: Pipe, depth: float) -> None:
    """Add the upright piece where a pipe goes under the ground at its end."""
    w, yard, half = p.b.w, p.storeys[YARD], pipe.size / 2

    def tube() -> list[Entity]:
        return [cylinder(w, half * 1.08, depth - half, pipe.height + half, pipe.colour)]

    kind = _kind(p, "IfcPipeFittingType", f"立管弯头-{pipe.label}", partial(tube), "Q235B 钢", "BEND")
    at = (*pipe.corners[-1], 0.0)
    p.b.add("IfcPipeFitting", f"{pipe.name}入地弯头", yard, at, kind=kind, storey=yard)


def _valve(w: IfcWriter, size: float) -> list[Entity]:
    half = size / 2
    body = w.painted(w.box((-0.2, -half - 0.12, -half - 0.12), (0.2, half + 0.12, half + 0.12)), "设备绿")
    stem = cylinder(w, 0.07, half + 0.12, half + 0.6, "不锈钢")
    return [body, stem, cylinder(w, 0.3, half + 0.6, half + 0.66, "标线黄")]
