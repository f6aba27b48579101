"""The ways of the hospital's services: ducts, pipes and trays as elements of five systems. Metres.

Everything above the ceilings keeps to four layers below the beams, so that what crosses never meets: the mains on top,
the sprinklers' branches, the ducts' branches, the ceiling.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sample_data.building import Kind
from sample_data.hospital_frame import Floor, Hospital
from sample_data.writer import Entity, Point3

SYSTEMS = {
    "送风": ("送风系统", "AIRCONDITIONING", "送风蓝"),
    "排风": ("排风系统", "EXHAUST", "排风橙"),
    "给水": ("给水系统", "DOMESTICCOLDWATER", "给水绿"),
    "喷淋": ("消防喷淋系统", "FIREPROTECTION", "喷淋红"),
    "桥架": ("强电桥架系统", "ELECTRICAL", "桥架紫"),
    "照明": ("照明系统", "LIGHTING", "灯具白"),
}
CODES = {"送风": "JD-01 风管", "排风": "JD-01 风管", "给水": "JD-02 给水", "喷淋": "JD-03 消防", "桥架": "JD-04 桥架"}
STUFF = {
    "送风": "镀锌钢板",
    "排风": "镀锌钢板",
    "给水": "304 不锈钢",
    "喷淋": "镀锌钢管",
    "桥架": "热浸锌钢",
    "照明": "铝合金",
}


@dataclass(frozen=True)
class Layers:
    """Heights of the services over a storey: underside and top, or middle, of each layer."""

    soffit: float

    @property
    def main(self) -> tuple[float, float]:
        """Ducts of the mains."""
        return round(self.soffit - 0.34, 3), round(self.soffit - 0.06, 3)

    @property
    def tray(self) -> tuple[float, float]:
        """Trays among the mains."""
        return round(self.soffit - 0.25, 3), round(self.soffit - 0.15, 3)

    @property
    def pipe(self) -> float:
        """Middle of the pipes among the mains."""
        return round(self.soffit - 0.2, 3)

    @property
    def cross(self) -> float:
        """Middle of the pipes that cross under the mains."""
        return round(self.soffit - 0.43, 3)

    @property
    def branch(self) -> tuple[float, float]:
        """Ducts that branch off to the rooms."""
        return round(self.soffit - 0.67, 3), round(self.soffit - 0.52, 3)


def layers(floor: Floor) -> Layers:
    """Return the layers of a storey."""
    return Layers(floor.soffit)


@dataclass
class Services:
    """The services of the file in the making, by system."""

    p: Hospital
    members: dict[str, list[Entity]] = field(default_factory=dict)

    def kind(self, ifc_class: str, system: str, spec: str, items: Sequence[Entity] = (), use: str = "") -> Kind:
        """Return the type of a system's elements of that size."""
        name = f"{system} {spec}"
        short = ifc_class.removeprefix("Ifc")
        options = {"PredefinedType": use or ("RIGIDSEGMENT" if ifc_class.endswith(("ctSegment", "peSegment")) else "")}
        options["PredefinedType"] = options["PredefinedType"] or "NOTDEFINED"
        return self.p.kind(
            ifc_class,
            name,
            items,
            material=self.p.b.material(STUFF[system]),
            pset=(f"Pset_{short}TypeCommon", {"Reference": spec}),
            code=CODES.get(system, "JD-05 照明"),
            **options,
        )

    def join(self, made: Entity, system: str, spec: str) -> Entity:
        """Take an element into its system."""
        self.members.setdefault(system, []).append(made)
        self.p.w.properties(made, "滨江_机电信息", {"系统": SYSTEMS[system][0], "规格": spec})
        return made

    def duct(
        self, name: str, floor: Floor | None, low: Point3, high: Point3, system: str, fitting: bool = False
    ) -> Entity:
        """Add a rectangular duct between two corners."""
        sizes = sorted(round((b - a) * 1000) for a, b in zip(low, high, strict=True))
        spec = f"{sizes[1]}x{sizes[0]}"
        ifc_class = "IfcDuctFitting" if fitting else "IfcDuctSegment"
        kind = self.kind(
            ifc_class, system, f"{'接头' if fitting else '风管'} {spec}", use="JUNCTION" if fitting else ""
        )
        return self.join(self.p.block(ifc_class, name, floor, low, high, kind, SYSTEMS[system][2]), system, spec)

    def tray(self, name: str, floor: Floor | None, low: Point3, high: Point3) -> Entity:
        """Add a cable tray between two corners."""
        sizes = sorted(round((b - a) * 1000) for a, b in zip(low, high, strict=True))
        spec = f"{sizes[1]}x{sizes[0]}"
        kind = self.kind("IfcCableCarrierSegment", "桥架", f"槽式 {spec}", use="CABLETRAYSEGMENT")
        made = self.p.block("IfcCableCarrierSegment", name, floor, low, high, kind, SYSTEMS["桥架"][2])
        return self.join(made, "桥架", spec)

    def pipe(self, name: str, floor: Floor | None, start: Point3, stop: Point3, radius: float, system: str) -> Entity:
        """Add a round pipe from place to place along one of the axes, upwards or with growing coordinates."""
        w, spec = self.p.w, f"DN{radius * 2000:.0f}"
        length = round(sum(b - a for a, b in zip(start, stop, strict=True)), 4)
        along = max(range(3), key=lambda i: stop[i] - start[i])
        z: Point3 = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))[along]
        x: Point3 = ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))[along]
        place = w.once("IfcAxis2Placement2D", Location=w.point(0, 0))
        section = w.once("IfcCircleProfileDef", ProfileType="AREA", Position=place, Radius=radius)
        body = w.painted(w.prism(section, length, w.axes(z=z, x=x)), SYSTEMS[system][2])
        kind = self.kind("IfcPipeSegment", system, f"管道 {spec}")
        return self.join(self.p.place("IfcPipeSegment", name, floor, start, kind, [body]), system, spec)

    def box(
        self, ifc_class: str, name: str, floor: Floor | None, at: Point3, system: str, use: str, look: "Look"
    ) -> Entity:
        """Add a device of boxes, its corner or middle at a place."""
        w = self.p.w
        key = f"{system} {look.spec}"
        items = (
            [] if key in self.p.c.made else [w.painted(w.box(low, high), colour) for colour, low, high in look.boxes]
        )
        kind = self.kind(ifc_class, system, look.spec, items, use=use)
        return self.join(self.p.place(ifc_class, name, floor, at, kind), system, look.spec)

    def groups(self) -> None:
        """Write the systems, what belongs to each, and the building that they serve."""
        w = self.p.w
        for short, members in self.members.items():
            name, use, _ = SYSTEMS[short]
            system = w.rooted(
                "IfcDistributionSystem", f"system/{short}", Name=name, LongName=f"综合楼{name}", PredefinedType=use
            )
            w.rooted("IfcRelAssignsToGroup", f"group/{short}", RelatedObjects=members, RelatingGroup=system)
            building = [self.p.b.building]
            w.rooted("IfcRelServicesBuildings", f"serves/{short}", RelatingSystem=system, RelatedBuildings=building)


@dataclass(frozen=True)
class Look:
    """What a device is called by its size, and the boxes that it is drawn with: colour, low and high corner."""

    spec: str
    boxes: tuple[tuple[str, Point3, Point3], ...]


LAMP = Look("LED 平板灯 1200x300", (("灯具白", (-0.6, -0.15, -0.06), (0.6, 0.15, 0.0)),))
DIFFUSER = Look(
    "方形散流器 500x500",
    (("标线白", (-0.25, -0.25, -0.03), (0.25, 0.25, 0.0)), ("送风蓝", (-0.15, -0.15, 0.02), (0.15, 0.15, 0.08))),
)
GRILLE = Look(
    "排风口 400x400",
    (("标线白", (-0.2, -0.2, -0.03), (0.2, 0.2, 0.0)), ("排风橙", (-0.12, -0.12, 0.02), (0.12, 0.12, 0.08))),
)
# from the branch, 320 mm over the ceiling's underside, through the ceiling's board to the head
HEAD = Look(
    "下垂型喷头 K80",
    (("喷淋红", (-0.013, -0.013, 0.02), (0.013, 0.013, 0.3)), ("喷淋红", (-0.02, -0.02, -0.06), (0.02, 0.02, 0.0))),
)
