"""What the functions that draw 江湾高架桥 share: its spatial tree, its types, bodies that follow the road. Metres."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sample_data.building import Building, Kind
from sample_data.viaduct_track import Section, at, heading, swept
from sample_data.writer import Entity

RAMP, SPAN = 90.0, 30.0  # length of the ramp, of a span
DEPTH, ASPHALT = 1.8, 0.1  # of a girder, of the road on it


class Bridge(Building):
    """The spatial tree of a bridge: `building` is the IfcBridge; its parts are made by `part`."""

    def _facility(self, name: str, address: str) -> Entity:
        made = self._spatial("IfcBridge", name, self.site)
        made.PredefinedType, made.Description = "GIRDER", address
        return made

    def part(self, name: str, use: str, usage: str = "VERTICAL") -> Entity:
        """Add an IfcBridgePart."""
        made = self._spatial("IfcBridgePart", name, self.building)
        made.PredefinedType, made.UsageType = use, usage
        return made


@dataclass(frozen=True)
class Strip:
    """One body that follows the road; without a span of its own as long as its element."""

    colour: str
    section: Section | Callable[[float], Section]
    span: tuple[float, float] | None = None


class Family(NamedTuple):
    """What elements of like bodies have in common; `use` is the PredefinedType."""

    name: str
    material: str
    code: str
    use: str


class Works:
    """What the functions that draw the bridge share: its parts, its types, bodies that follow the road."""

    def __init__(self, bridge: Bridge) -> None:
        self.b = bridge
        self.over = bridge.part("上部结构", "SUPERSTRUCTURE")
        self.under = bridge.part("下部结构", "SUBSTRUCTURE")
        self.surface = bridge.part("桥面系", "SURFACESTRUCTURE")
        self.ramp = bridge.part("西引道", "ABUTMENT", "LONGITUDINAL")
        self.kinds: dict[object, Kind] = {}

    def kind(self, ifc_class: str, family: Family, items: list[Entity]) -> Kind:
        """Return the type of that name, made on demand."""
        if family.name not in self.kinds:
            material = self.b.material(family.material)
            self.kinds[family.name] = self.b.kind(
                ifc_class,
                family.name,
                items,
                material=material,
                code=family.code,
                PredefinedType=family.use,
                ElementType=family.name,
            )
        return self.kinds[family.name]

    def along(
        self, ifc_class: str, name: str, span: tuple[float, float], strips: list[Strip], *, part: Entity, family: Family
    ) -> Entity:
        """Add an element that follows the road; like bodies share a type."""
        start, w = span[0], self.b.w
        bodies = []
        for strip in strips:
            s0, s1 = strip.span or span
            bodies.append((strip.colour, *swept(s0, s1, strip.section, start)))
        key = (family.name, tuple((colour, tuple(corners)) for colour, corners, _ in bodies))
        if key not in self.kinds:
            number = 1 + sum(isinstance(other, tuple) and other[0] == family.name for other in self.kinds)
            self.kinds[key] = self.b.kind(
                f"{ifc_class}Type",
                f"{family.name}-{number:02d}",
                [w.painted(w.polyhedron(corners, faces), colour) for colour, corners, faces in bodies],
                material=self.b.material(family.material),
                code=family.code,
                PredefinedType=family.use,
                ElementType=family.name,
            )
        kind, place = self.kinds[key], at(start)
        made = self.b.add(
            ifc_class, name, part, place, heading(start), kind=kind, storey=part, PredefinedType=family.use
        )
        self.facts(made, start)
        return made

    def facts(self, element: Entity, s: float) -> None:
        """Give an element its station and its lot of works."""
        lot = "引道" if s < RAMP else f"第{'一二三四五六'[min(5, int((s - RAMP) / 90))]}联"
        self.b.w.properties(element, "滨江_施工信息", {"施工段": lot, "里程": f"K{s / 1000:.3f}".replace(".", "+")})


def shifted(section: Section, left: float, mirror: bool = False) -> Section:
    """Return a section moved to the left of the axis, turned to face the other way if wanted."""
    if mirror:
        return [(left - x, z) for x, z in reversed(section)]
    return [(left + x, z) for x, z in section]


def flat(low: float, high: float, foot: float, top: float) -> Section:
    """Return the section of a plate from offset to offset."""
    return [(low, foot), (high, foot), (high, top), (low, top)]
