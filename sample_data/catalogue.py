"""The element types that both sample buildings draw from, with materials, property sets and class codes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sample_data.building import Building, Kind
from sample_data.parts import StairKinds, door_items, window_items
from sample_data.writer import Entity, Point

Box = tuple[str, tuple[float, ...]]  # colour, (x0, y0, z0, x1, y1, z1)
OUTER_LAYERS = (("外墙饰面", 0.01), ("岩棉保温板", 0.04), ("加气混凝土砌块", 0.18), ("水泥砂浆", 0.02))
INNER_LAYERS = (("水泥砂浆", 0.02), ("加气混凝土砌块", 0.16), ("水泥砂浆", 0.02))


class Catalogue:
    """Types made on demand, each once per file."""

    def __init__(self, building: Building) -> None:
        self.b = building
        self.made: dict[str, Kind] = {}

    def _once(self, ifc_class: str, name: str, **options: Any) -> Kind:
        if name not in self.made:
            self.made[name] = self.b.kind(ifc_class, name, **options)
        return self.made[name]

    def outer_wall(self) -> Kind:
        """Outer wall, 250 mm."""
        facts = {"Reference": "外墙-250", "IsExternal": True, "LoadBearing": False, "FireRating": "2.0h"}
        facts |= {"ThermalTransmittance": ("IfcThermalTransmittanceMeasure", 0.62)}
        return self._once(
            "IfcWallType",
            "外墙-250",
            layers=self._layers("外墙-250", OUTER_LAYERS),
            pset=("Pset_WallCommon", facts),
            code="QT-01 外墙",
            PredefinedType="STANDARD",
        )

    def inner_wall(self) -> Kind:
        """Inner wall, 200 mm."""
        facts = {"Reference": "内墙-200", "IsExternal": False, "LoadBearing": False, "FireRating": "1.0h"}
        return self._once(
            "IfcWallType",
            "内墙-200",
            layers=self._layers("内墙-200", INNER_LAYERS),
            pset=("Pset_WallCommon", facts),
            code="QT-02 内墙",
            PredefinedType="STANDARD",
        )

    def _layers(self, name: str, layers: tuple[tuple[str, float], ...]) -> Entity:
        key = f"layers/{name}"
        if key not in self.b.w.shared:
            self.b.w.shared[key] = self.b.layer_set(name, layers)
        return self.b.w.shared[key]

    def window(self, width: float, height: float, columns: int, split: float = 0.0, frame: str = "深灰铝合金") -> Kind:
        """Aluminium window with double glazing."""
        name = f"C{width * 10:02.0f}{height * 10:02.0f}" + (f"-{columns}" if columns > 2 else "")
        facts: dict[str, Any] = {"Reference": name, "IsExternal": True}
        facts |= {"GlazingAreaFraction": ("IfcPositiveRatioMeasure", 0.8)}
        if name in self.made:
            return self.made[name]
        return self._once(
            "IfcWindowType",
            name,
            items=window_items(self.b.w, width, height, frame, columns, split),
            material=self.b.material("断桥铝合金窗"),
            pset=("Pset_WindowCommon", facts),
            code="MC-01 窗",
            size={"OverallWidth": width, "OverallHeight": height},
            PredefinedType="WINDOW",
        )

    def door(self, width: float, height: float, leaf: str = "橡木", external: bool = False) -> Kind:
        """Door with one leaf, or two from 1.4 m on."""
        name = f"M{width * 10:02.0f}{height * 10:02.0f}" + ("-外" if external else "")
        if name in self.made:
            return self.made[name]
        leaves = 2 if width >= 1.4 else 1
        return self._once(
            "IfcDoorType",
            name,
            items=door_items(self.b.w, width, height, leaf, "深色木" if leaf == "橡木" else "深灰铝合金", leaves),
            material=self.b.material("实木复合门" if leaf == "橡木" else "铝合金门"),
            pset=("Pset_DoorCommon", {"Reference": name, "IsExternal": external, "FireExit": external}),
            code="MC-02 门",
            size={"OverallWidth": width, "OverallHeight": height},
            PredefinedType="DOOR",
        )

    def column(self, width: float, height: float) -> Kind:
        """Square column of concrete, its foot's centre at the origin."""
        w, half = self.b.w, width / 2
        name = f"KZ-{width * 1000:.0f}x{width * 1000:.0f}-{height * 1000:.0f}"
        if name in self.made:
            return self.made[name]
        return self._once(
            "IfcColumnType",
            name,
            items=[w.painted(w.box((-half, -half, 0), (half, half, height)), "清水混凝土")],
            material=self.b.material("C30 混凝土"),
            pset=("Pset_ColumnCommon", {"Reference": name, "IsExternal": False, "LoadBearing": True}),
            code="JG-01 柱",
            PredefinedType="COLUMN",
        )

    def round_column(self, radius: float, height: float, colour: str) -> Kind:
        """Round column, its foot's centre at the origin."""
        w = self.b.w
        name = f"YZ-{radius * 2000:.0f}-{height * 1000:.0f}"
        if name in self.made:
            return self.made[name]
        ring = [(radius * math.cos(math.tau * i / 20), radius * math.sin(math.tau * i / 20)) for i in range(20)]
        return self._once(
            "IfcColumnType",
            name,
            items=[w.painted(w.prism(w.profile(ring), height), colour)],
            material=self.b.material("C30 混凝土"),
            pset=("Pset_ColumnCommon", {"Reference": name, "IsExternal": True, "LoadBearing": True}),
            code="JG-01 柱",
            PredefinedType="COLUMN",
        )

    def beam(self, length: float, width: float, depth: float) -> Kind:
        """Beam along x from the origin, its top at z = 0."""
        w = self.b.w
        name = f"KL-{width * 1000:.0f}x{depth * 1000:.0f}-{length * 1000:.0f}"
        if name in self.made:
            return self.made[name]
        return self._once(
            "IfcBeamType",
            name,
            items=[w.painted(w.box((0, -width / 2, -depth), (length, width / 2, 0)), "清水混凝土")],
            material=self.b.material("C30 混凝土"),
            pset=("Pset_BeamCommon", {"Reference": name, "IsExternal": False, "LoadBearing": True}),
            code="JG-02 梁",
            PredefinedType="BEAM",
        )

    def slab(self, name: str = "楼板-150", use: str = "FLOOR", external: bool = False) -> Kind:
        """Slab of concrete."""
        facts = {"Reference": name, "IsExternal": external, "LoadBearing": True}
        return self._once(
            "IfcSlabType",
            name,
            material=self.b.material("C30 混凝土"),
            pset=("Pset_SlabCommon", facts),
            code="JG-03 板",
            PredefinedType=use,
        )

    def railing(self, name: str = "不锈钢栏杆") -> Kind:
        """Railing of steel."""
        return self._once(
            "IfcRailingType",
            name,
            material=self.b.material("304 不锈钢"),
            pset=("Pset_RailingCommon", {"Reference": name, "IsExternal": True}),
            code="ZS-01 栏杆",
            PredefinedType="GUARDRAIL",
        )

    def stair(self) -> StairKinds:
        """Stair of two flights with its parts."""
        concrete = self.b.material("C30 混凝土")
        flight = self._once(
            "IfcStairFlightType", "梯段", material=concrete, code="JG-04 楼梯", PredefinedType="STRAIGHT"
        )
        whole = None  # IFC2X3 has no type for it
        if self.b.w.ifc4:
            whole = self._once("IfcStairType", "双跑楼梯", code="JG-04 楼梯", PredefinedType="HALF_TURN_STAIR")
        return StairKinds(whole, flight, self.slab("休息平台", "LANDING"), self.railing())

    def of(
        self,
        ifc_class: str,
        name: str,
        items: Callable[[], list[Entity]],
        *,
        material: str,
        code: str,
        use: str = "NOTDEFINED",
        **options: Any,
    ) -> Kind:
        """Type of any class; `items` is asked once for the bodies its elements share, `use` is its PredefinedType."""
        if name not in self.made:
            self.made[name] = self.b.kind(
                ifc_class,
                name,
                items(),
                material=self.b.material(material),
                code=code,
                PredefinedType=use,
                **{"ElementType": name, **options},
            )
        return self.made[name]

    def boxes(self, boxes: Sequence[Box]) -> list[Entity]:
        """Make coloured boxes."""
        w = self.b.w
        return [w.painted(w.box((x[0], x[1], x[2]), (x[3], x[4], x[5])), colour) for colour, x in boxes]

    def furniture(self, name: str, boxes: list[Box]) -> Kind:
        """Furniture of boxes."""
        if name in self.made:
            return self.made[name]
        w = self.b.w
        items = [w.painted(w.box((x[0], x[1], x[2]), (x[3], x[4], x[5])), colour) for colour, x in boxes]
        return self._once(
            "IfcFurnitureType",
            name,
            items=items,
            material=self.b.material("家具"),
            code="JJ-01 家具",
            AssemblyPlace="FACTORY",
            PredefinedType="NOTDEFINED",
        )


@dataclass
class Plan:
    """What the functions that draw one building share."""

    b: Building
    c: Catalogue
    storeys: dict[str, Entity]


def legs(width: float, depth: float, height: float, colour: str) -> list[Box]:
    """Return four legs under a top of that size, its corner at the origin."""
    corners: list[Point] = [(0.03, 0.03), (width - 0.07, 0.03), (0.03, depth - 0.07), (width - 0.07, depth - 0.07)]
    return [(colour, (x, y, 0.0, x + 0.04, y + 0.04, height)) for x, y in corners]


def table(width: float, depth: float) -> list[Box]:
    """Return a table, its corner at the origin."""
    return [("橡木", (0.0, 0.0, 0.72, width, depth, 0.75)), *legs(width, depth, 0.72, "深灰铝合金")]


def chair(colour: str = "灰蓝织物") -> list[Box]:
    """Return a chair facing +y, its corner at the origin."""
    seat = (colour, (0.0, 0.0, 0.43, 0.45, 0.45, 0.47))
    back = (colour, (0.0, 0.0, 0.47, 0.45, 0.04, 0.85))
    return [seat, back, *legs(0.45, 0.45, 0.43, "深灰铝合金")]
