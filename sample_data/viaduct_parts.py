"""The parts of 江湾高架桥 beside its deck: piers and abutment, ramp, lamps, noise barriers, signs. Metres."""

import math
from collections.abc import Callable

from sample_data.building import Kind
from sample_data.viaduct_track import Section, at, heading, level
from sample_data.viaduct_works import ASPHALT, DEPTH, RAMP, SPAN, Family, Strip, Works, flat
from sample_data.writer import Entity, IfcWriter, Point

COLUMNS, CAP_TOP = (5.6, -5.6), 1.2  # columns left and right of the axis; top of the pile caps above the ground
SEAT, CAP_BEAM = 0.25, 1.9  # height of the bearings, depth of a cap beam
BEARINGS = (8.4, 4.4, -4.4, -8.4)  # offsets of the bearings


def octagon(width: float, depth: float, cut: float) -> list[Point]:
    """Return the outline of a column with cut corners, its middle at the origin."""
    x, y = width / 2, depth / 2
    return [
        *((-x + cut, -y), (x - cut, -y), (x, -y + cut), (x, y - cut)),
        *((x - cut, y), (-x + cut, y), (-x, y - cut), (-x, -y + cut)),
    ]


def piers(works: Works, places: list[float]) -> None:
    """Add the piers: pile caps, columns, cap beams, bearings; and the bearings on the abutment."""
    w = works.b.w
    cap = Family("承台-5.4x4.4", "C35 混凝土", "QX-01 承台", "PILE_CAP")
    slab = works.kind("IfcFootingType", cap, [w.painted(w.box((-2.2, -2.7, 0), (2.2, 2.7, CAP_TOP)), "花岗岩")])
    beam = Family("预应力盖梁", "C50 混凝土", "QX-03 盖梁", "PIERCAP")
    # Seen along the road: level above, rising to its ends below.
    outline = [(-7.6, -CAP_BEAM), (7.6, -CAP_BEAM), (11.0, -1.1), (11.0, 0.0), (-11.0, 0.0), (-11.0, -1.1)]
    body = w.prism(w.profile(outline), 2.2, w.axes((-1.1, 0, 0), z=(1, 0, 0), x=(0, 1, 0)))
    head = works.kind("IfcBeamType", beam, [w.painted(body, "清水混凝土")])
    _bearings(works, 0, RAMP, (0.7,))
    for number, s in enumerate(places, 1):
        top = -(DEPTH + ASPHALT + SEAT)
        made = works.b.add(
            "IfcBeam", f"{number}号墩盖梁", works.under, at(s, 0, top), heading(s), kind=head, storey=works.under
        )
        works.facts(made, s - 1.0)
        height = round(level(s) + top - CAP_BEAM - CAP_TOP, 3)
        for side, left in zip(("左", "右"), COLUMNS, strict=True):
            x, y, _ = at(s, left)
            kind = _column(works, height)
            names = (f"{number}号墩{side}承台", f"{number}号墩{side}柱")
            foot = works.b.add(
                "IfcFooting", names[0], works.under, (x, y, 0), heading(s), kind=slab, storey=works.under
            )
            place = (x, y, CAP_TOP)
            post = works.b.add("IfcColumn", names[1], works.under, place, heading(s), kind=kind, storey=works.under)
            for element in (foot, post):
                works.facts(element, s - 1.0)
        _bearings(works, number, s, (-0.5, 0.5) if s < places[-1] else (-0.5,))


def _column(works: Works, height: float) -> Kind:
    w = works.b.w
    family = Family(f"墩柱-1.8x1.8-{height * 1000:.0f}", "C40 混凝土", "QX-02 墩柱", "PIERSTEM")
    if family.name in works.kinds:
        return works.kinds[family.name]
    return works.kind(
        "IfcColumnType", family, [w.painted(w.prism(w.profile(octagon(1.8, 1.8, 0.3)), height), "清水混凝土")]
    )


def _bearings(works: Works, number: int, s: float, along: tuple[float, ...]) -> None:
    w = works.b.w
    family = Family("盆式橡胶支座 GPZ", "橡胶", "QX-04 支座", "POT")
    if family.name not in works.kinds:
        plates = [w.box((-0.35, -0.45, 0), (0.35, 0.45, 0.1)), w.box((-0.3, -0.4, 0.1), (0.3, 0.4, SEAT))]
        works.kind("IfcBearingType", family, [w.painted(item, "深灰铝合金") for item in plates])
    for i, left in enumerate(BEARINGS, 1):
        for ahead in along if abs(left) > 5 else along[:1]:
            place = at(s + ahead, left, -(DEPTH + ASPHALT + SEAT))
            name = f"{number}号墩支座 {i}" if number else f"0号台支座 {i}"
            kind = works.kinds[family.name]
            made = works.b.add("IfcBearing", name, works.under, place, heading(s), kind=kind, storey=works.under)
            works.facts(made, s)


def approach(works: Works) -> None:
    """Add the ramp: fill between retaining walls, and the abutment that the first span rests on."""
    part = works.ramp

    def wall(low: float, high: float, up: float) -> Callable[[float], Section]:
        return lambda s: flat(low, high, -level(s), up)

    fill = Family("引道填土", "级配碎石", "QY-01 路基", "EMBANKMENT")
    body = works.b.w.painted(_wedge(works.b.w), "场地")
    made = works.b.add("IfcEarthworksFill", "西引道路基填筑", part, items=[body], storey=part, PredefinedType=fill.use)
    works.facts(made, 0.0)
    panel = Family("悬臂式挡土墙", "C30 混凝土", "QY-02 挡土墙", "RETAININGWALL")
    for s in range(0, round(RAMP), round(SPAN / 2)):
        for side, low in (("左侧", 12.15), ("右侧", -12.75)):
            strips = [Strip("花岗岩", wall(low, low + 0.6, -ASPHALT))]
            span = (s + 0.015, s + SPAN / 2 - 0.015)
            works.along("IfcWall", f"{side}挡土墙 {round(s / 15) + 1}", span, strips, part=part, family=panel)
    seat = -(DEPTH + ASPHALT + SEAT)
    front = [Strip("清水混凝土", lambda s: flat(-12.75, 12.75, -level(s), seat))]
    back = Strip("清水混凝土", lambda s: flat(-12.75, 12.75, -level(s), -ASPHALT), (RAMP - 0.5, RAMP - 0.02))
    abutment = Family("重力式桥台", "C30 混凝土", "QX-05 桥台", "USERDEFINED")
    span = (RAMP - 0.02, RAMP + 1.4)
    works.along("IfcWall", "0号桥台", span, [*front, back], part=works.under, family=abutment)


def _wedge(w: IfcWriter) -> Entity:
    """Return the fill under the ramp, between the walls."""
    run, low, high = RAMP - 0.5, level(0.0) - ASPHALT, level(RAMP - 0.5) - ASPHALT
    return w.upright([(0, 0), (run, 0), (run, high), (0, low)], 24.3)


def lamps(works: Works, length: float) -> None:
    """Add a lamp with two arms on the middle barrier every 30 m."""
    w = works.b.w
    ring = [(0.09 * math.cos(math.tau * i / 8), 0.09 * math.sin(math.tau * i / 8)) for i in range(8)]
    items = [w.painted(w.prism(w.profile(ring), 10.0, w.axes((0, 0, 0.9))), "银白铝合金")]
    for sign in (1, -1):
        arm = [(0.0, 10.5), (2.6, 11.2), (2.6, 11.3), (0.0, 10.9)]
        facing = w.axes((0.05 * sign, 0, 0), z=(sign, 0, 0), x=(0, sign, 0))
        items.append(w.painted(w.prism(w.profile(arm), 0.1, facing), "银白铝合金"))
        low, high = sorted((sign * 2.2, sign * 3.3))
        items.append(w.painted(w.box((-0.16, low, 11.1), (0.16, high, 11.24)), "深灰铝合金"))
    family = Family("双臂路灯-LED 2x150W", "热镀锌钢", "QM-05 照明", "POINTSOURCE")
    kind = works.kind("IfcLightFixtureType", family, items)
    for number in range(round(length / SPAN)):
        s = (number + 0.5) * SPAN
        made = works.b.add(
            "IfcLightFixture", f"路灯 {number + 1}", works.surface, at(s), heading(s), kind=kind, storey=works.surface
        )
        works.facts(made, s)


def noise_barriers(works: Works, length: float) -> None:
    """Add noise barriers on both edges of the curve, in panels of 10 m: sheet below, glass above, posts every 2.5 m."""
    w, first = works.b.w, 300.0
    for side, left in (("左侧", 12.5), ("右侧", -12.5)):
        chord = math.dist(at(first, left), at(first + 10, left))
        family = Family(f"声屏障单元-{side}", "铝合金吸声板", "QM-06 声屏障", "USERDEFINED")
        items = [
            w.painted(w.box((0.0, -0.06, 0.9), (chord, 0.06, 2.1)), "声屏障板"),
            w.painted(w.box((0.0, -0.015, 2.1), (chord, 0.015, 3.6)), "中空玻璃"),
            w.painted(w.box((0.0, -0.06, 3.6), (chord, 0.06, 3.9)), "声屏障板"),
        ]
        for i in range(4):
            x = chord * i / 4
            items.append(w.painted(w.box((x - 0.06, -0.09, 0.9), (x + 0.06, 0.09, 3.95)), "深灰铝合金"))
        kind = works.kind("IfcWallType", family, items)
        for number in range(round((length - first) / 10)):
            s = first + number * 10.0
            made = works.b.add(
                "IfcWall",
                f"{side}声屏障 {number + 1}",
                works.surface,
                at(s, left),
                heading(s + 5.0),
                kind=kind,
                storey=works.surface,
                PredefinedType="USERDEFINED",
            )
            works.facts(made, s)


def signs(works: Works) -> None:
    """Add a gantry with two blue signs before the curve."""
    w, part, s = works.b.w, works.surface, 262.5
    steel = Family("门架-跨径 25m", "Q355 钢", "QM-07 标志", "USERDEFINED")
    legs = [w.box((-0.2, y - 0.2, 0.9), (0.2, y + 0.2, 7.6)) for y in (12.5, -12.5)]
    bars = [w.box((-0.15, -12.7, z), (0.15, 12.7, z + 0.25)) for z in (6.3, 7.35)]
    posts = [w.box((-0.08, -12 + i * 2.0, 6.5), (0.08, -11.84 + i * 2.0, 7.4)) for i in range(13)]
    kind = works.kind("IfcMemberType", steel, [w.painted(item, "银白铝合金") for item in (*legs, *bars, *posts)])
    works.facts(works.b.add("IfcMember", "标志门架", part, at(s), heading(s), kind=kind, storey=part), s)
    blue = Family("指路标志-4.2x2.4", "铝板", "QM-07 标志", "PICTORAL")
    face = [w.painted(w.box((-0.28, -2.1, 5.7), (-0.2, 2.1, 8.1)), "线路蓝")]
    face += [
        w.painted(w.box((-0.3, -1.7, z), (-0.28, 1.7 - i * 0.7, z + 0.28)), "标线白")
        for i, z in enumerate((7.3, 6.8, 6.2))
    ]
    kind = works.kind("IfcSignType", blue, face)
    for number, left in enumerate((-4.0, -9.4), 1):
        made = works.b.add("IfcSign", f"指路标志 {number}", part, at(s, left), heading(s), kind=kind, storey=part)
        works.facts(made, s)
