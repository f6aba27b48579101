"""The hospital's plant: air handling, pumps, switchboards in the basement, cooling towers on the roofs. Metres."""

from sample_data.hospital_frame import AXIS, BASEMENT, FLOORS, OUTSIDE
from sample_data.hospital_services import Look, Services, layers

AHU = Look(
    "组合式空调机组 KT-20000",
    (
        ("银白铝合金", (0.0, 0.0, 0.15), (3.0, 1.8, 2.05)),
        ("深灰铝合金", (0.05, 0.05, 0.0), (2.95, 1.75, 0.15)),
        ("送风蓝", (0.9, -0.03, 0.4), (2.0, 0.0, 1.8)),
    ),
)
PUMP = Look(
    "离心泵 Q=50",
    (
        ("深灰铝合金", (0.0, 0.0, 0.0), (1.2, 0.6, 0.2)),
        ("给水绿", (0.1, 0.1, 0.2), (0.6, 0.5, 0.8)),
        ("湖蓝铝板", (0.6, 0.15, 0.3), (1.15, 0.45, 0.7)),
    ),
)
FIRE_PUMP = Look(
    "消防泵 XBD",
    (
        ("深灰铝合金", (0.0, 0.0, 0.0), (1.2, 0.6, 0.2)),
        ("喷淋红", (0.1, 0.1, 0.2), (0.6, 0.5, 0.8)),
        ("喷淋红", (0.6, 0.15, 0.3), (1.15, 0.45, 0.7)),
    ),
)
TANK = Look("不锈钢水箱 3x3x2.5", (("不锈钢", (0.0, 0.0, 0.3), (3.0, 3.0, 2.8)),))
BOARD = Look(
    "低压配电柜 GGD",
    (("浅灰涂料", (0.0, 0.0, 0.0), (0.8, 0.6, 2.2)), ("桥架紫", (0.1, -0.02, 1.4), (0.7, 0.0, 2.0))),
)
TOWER = Look(
    "横流冷却塔 LBC-400",
    (
        ("银白铝合金", (0.0, 0.0, 0.4), (3.6, 3.6, 3.4)),
        ("深灰铝合金", (0.3, -0.04, 0.8), (3.3, 0.0, 3.0)),
        ("深灰铝合金", (0.3, 3.6, 0.8), (3.3, 3.64, 3.0)),
        ("薄荷绿铝板", (0.7, 0.7, 3.4), (2.9, 2.9, 4.0)),
        ("深灰铝合金", (0.2, 0.2, 0.0), (3.4, 3.4, 0.4)),
    ),
)
HYDRANT = Look(
    "地上式消火栓 SS100",
    (("喷淋红", (-0.1, -0.1, -0.2), (0.1, 0.1, 0.8)), ("喷淋红", (-0.2, -0.08, 0.45), (0.2, 0.08, 0.6))),
)
FAN = Look(
    "屋顶新风机组 XF-12000",
    (("银白铝合金", (0.0, 0.0, 0.0), (3.0, 2.6, 1.8)), ("排风橙", (0.6, 0.4, 1.8), (2.4, 2.2, 2.0))),
)


VRF = Look(
    "多联机室外机 20HP",
    (
        ("标线白", (0.0, 0.0, 0.2), (1.8, 0.9, 1.9)),
        ("深灰铝合金", (0.2, 0.15, 1.9), (0.8, 0.75, 1.98)),
        ("深灰铝合金", (1.0, 0.15, 1.9), (1.6, 0.75, 1.98)),
        ("深灰铝合金", (0.1, 0.1, 0.0), (1.7, 0.8, 0.2)),
    ),
)


def plant(s: Services) -> None:
    """Place the machines and join them to the corridor's mains."""
    _air(s)
    _water(s)
    _power(s)
    _roofs(s)
    _hydrants(s)


def _air(s: Services) -> None:
    floor = BASEMENT
    at = layers(floor)
    for i, x in enumerate((40.0, 47.0), 1):
        s.box("IfcUnitaryEquipment", f"地下一层空调机组 {i}", floor, (x, 51.5, 0.0), "送风", "AIRHANDLER", AHU)
        low, high = (x + 0.5, 52.0, 2.05), (x + 1.3, 52.6, at.branch[0])
        s.duct(f"地下一层机组立管 {i}", floor, low, high, "送风")
        low, high = (x + 0.5, 52.0, at.branch[0]), (x + 1.3, 57.6, at.branch[1])
        s.duct(f"地下一层机组接管 {i}", floor, low, high, "送风")
        neck = (x + 0.7, 57.45, at.branch[1]), (x + 1.1, 57.75, at.main[0])
        s.duct(f"地下一层机组接头 {i}", floor, *neck, "送风", fitting=True)


def _water(s: Services) -> None:
    floor = BASEMENT
    at = layers(floor)
    for system, look, x0, main, half in (("给水", PUMP, AXIS[4], 58.6, 0.04), ("喷淋", FIRE_PUMP, AXIS[7], 58.8, 0.06)):
        label = "生活泵" if system == "给水" else "消防泵"
        for i in range(3):
            x = x0 + 1.0 + i * 1.7
            s.box("IfcPump", f"地下一层{label} {i + 1}", floor, (x, 54.2, 0.0), system, "ENDSUCTION", look)
            px, py = x + 0.35, 54.5
            s.pipe(f"地下一层{label}出水立管 {i + 1}", floor, (px, py, 0.8), (px, py, at.cross - 0.04), 0.04, system)
            s.pipe(f"地下一层{label}出水管 {i + 1}", floor, (px, py, at.cross), (px, main, at.cross), 0.04, system)
            ends = (px, main, at.cross + 0.04), (px, main, at.pipe - half)
            s.pipe(f"地下一层{label}接管 {i + 1}", floor, *ends, 0.04, system)
        place = (x0 + 5.2, 50.2, 0.0)
        s.box("IfcTank", f"地下一层{label}水箱", floor, place, system, "STORAGE", TANK)


def _power(s: Services) -> None:
    floor = BASEMENT
    at = layers(floor)
    low, high = at.branch[1] - 0.1, at.branch[1]
    for i in range(8):
        place = (66.5 + i * 0.8, 51.4, 0.0)
        s.box("IfcElectricDistributionBoard", f"地下一层配电柜 {i + 1}", floor, place, "桥架", "SWITCHBOARD", BOARD)
    s.tray("地下一层配电间桥架 1", floor, (66.5, 51.5, 2.6), (72.9, 51.9, 2.75))
    s.tray("地下一层配电间桥架 2", floor, (72.9, 51.55, 2.6), (73.2, 51.85, low))
    s.tray("地下一层配电间桥架 3", floor, (72.9, 51.55, low), (73.2, 58.25, high))
    s.tray("地下一层配电间桥架 4", floor, (72.9, 58.15, high), (73.2, 58.35, at.tray[0]))


def _hydrants(s: Services) -> None:
    """Hydrants beside the drive, on a ring under the ground."""
    for i, x in enumerate((40.0, 90.0), 1):
        s.box("IfcFireSuppressionTerminal", f"室外消火栓 {i}", OUTSIDE, (x, 7.2, 0.0), "喷淋", "FIREHYDRANT", HYDRANT)
        s.pipe(f"室外消火栓支管 {i}", OUTSIDE, (x, 7.2, -1.0), (x, 7.2, -0.2), 0.05, "喷淋")
    s.pipe("室外消防环管", OUTSIDE, (24.0, 7.2, -1.1), (120.0, 7.2, -1.1), 0.1, "喷淋")


def _roofs(s: Services) -> None:
    terrace = FLOORS[5]
    for i in range(3):
        x = 31.5
        place = (x, 33.5 + i * 4.4, 0.3)
        s.box("IfcCoolingTower", f"冷却塔 {i + 1}", terrace, place, "给水", "MECHANICALINDUCEDDRAFT", TOWER)
        y = 35.3 + i * 4.4
        s.pipe(f"冷却水支管 {i + 1}", terrace, (x + 3.6, y, 1.0), (x + 4.475, y, 1.0), 0.08, "给水")
    s.pipe("冷却水总管", terrace, (36.1, 34.0, 1.0), (36.1, 46.5, 1.0), 0.125, "给水")
    s.pipe("冷却水立管", terrace, (36.1, 46.375, 0.0), (36.1, 46.375, 0.875), 0.125, "给水")
    for i in range(3):
        place = (AXIS[2] + 3.2 + i * 5.0, 51.2, 0.25)
        s.box("IfcUnitaryEquipment", f"屋顶新风机组 {i + 1}", None, place, "排风", "ROOFTOPUNIT", FAN)
        x = AXIS[2] + 4.2 + i * 5.0
        s.duct(f"屋顶风管 {i + 1}", None, (x, 53.8, 0.6), (x + 0.8, 56.0, 1.1), "排风")
    s.duct("屋顶风管总管", None, (AXIS[2] + 4.2, 56.0, 0.6), (AXIS[2] + 15.0, 56.8, 1.1), "排风")
    for i in range(8):
        x = 84.0 + (i % 4) * 4.0
        place = (x, 41.5 if i < 4 else 45.0, 0.0)
        s.box("IfcUnitaryEquipment", f"多联机室外机 {i + 1}", terrace, place, "送风", "SPLITSYSTEM", VRF)
