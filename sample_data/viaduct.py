"""江湾高架桥: an IFC4X3 file in metres, an IfcBridge on an IfcAlignment, placed by IfcRigidOperation in EPSG:4547.

A ramp between retaining walls, then spans of 30 m: two box girders side by side on piers of two columns.  The local
frame lies parallel to the grid: x east, y north, the ground at z = 0; the road is straight, then turns left.
"""

from pathlib import Path

from sample_data.sites import VIADUCT
from sample_data.viaduct_parts import approach, lamps, noise_barriers, piers, signs
from sample_data.viaduct_track import LENGTH, alignment
from sample_data.viaduct_works import ASPHALT, RAMP, SPAN, Bridge, Family, Strip, Works, flat, shifted
from sample_data.writer import Entity, IfcWriter

LATITUDE, LONGITUDE = (22, 31, 38, 583695), (114, 1, 30, 983332)  # of the start of the axis, as IfcSite says it

# Sections, counter-clockwise seen from ahead: offset from the body's own line, height above the road.
GIRDER = [(-2.7, -1.9), (2.7, -1.9), (3.4, -0.6), (6.33, -0.32), (6.33, -0.1), (-6.33, -0.1), (-6.33, -0.32)]
GIRDER += [(-3.4, -0.6)]
EDGE = [(-0.25, -0.1), (0.25, -0.1), (0.25, 0.9), (0.0, 0.9), (-0.08, 0.35), (-0.25, 0.1)]
MIDDLE = [(-0.3, -0.1), (0.3, -0.1), (0.3, 0.1), (0.12, 0.35), (0.07, 0.9), (-0.07, 0.9), (-0.12, 0.35), (-0.3, 0.1)]
GIRDER_LINE, EDGE_LINE, LANES = 6.4, 12.5, (0.8, 4.4, 8.0, 11.6)  # offsets to the left and to the right of the axis


def write(path: Path) -> None:
    """Write the file."""
    w = IfcWriter("IFC4X3", 1, "江湾高架桥")
    b = Bridge(w, "江湾高架桥", "江湾高架桥用地", "江湾高架桥", "江湾大道高架, K0+000 至 K0+600")
    _georeference(b)
    axis = alignment(w, b.axis, "江湾高架桥道路中心线", w.placement(b.site))
    w.relate("IfcRelAggregates", "RelatingObject", b.project, axis)
    w.relate("IfcRelReferencedInSpatialStructure", "RelatingStructure", b.building, axis)
    works = Works(b)
    spans = [RAMP + i * SPAN for i in range(round((LENGTH - RAMP) / SPAN))]
    for number, s in enumerate(spans, 1):
        _span(works, number, s)
    _joints(works, [RAMP, *spans[3::3], LENGTH])
    approach(works)
    for number, s in enumerate([0.0, SPAN, 2 * SPAN]):
        _deck(works, f"引道第{number + 1}段", s, works.ramp)
    piers(works, [*spans[1:], LENGTH])
    lamps(works, LENGTH)
    noise_barriers(works, LENGTH)
    signs(works)
    w.save(path)


def _georeference(b: Bridge) -> None:
    w, metre = b.w, b.project.UnitsInContext.Units[0]
    crs = w.make(
        "IfcProjectedCRS",
        Name="EPSG:4547",
        Description="CGCS2000 / 3-degree Gauss-Kruger CM 114E",
        GeodeticDatum="CGCS2000",
        VerticalDatum="1985 国家高程基准",
        MapProjection="Gauss-Kruger",
        MapZone="CM 114E",
        MapUnit=metre,
    )
    w.make(
        "IfcRigidOperation",
        SourceCRS=b.context,
        TargetCRS=crs,
        FirstCoordinate=w.value(("IfcLengthMeasure", VIADUCT.eastings)),
        SecondCoordinate=w.value(("IfcLengthMeasure", VIADUCT.northings)),
        Height=VIADUCT.height,
    )
    b.site.RefLatitude, b.site.RefLongitude, b.site.RefElevation = LATITUDE, LONGITUDE, VIADUCT.height
    b.context.TrueNorth = w.direction(0, 1)


def _span(works: Works, number: int, s: float) -> None:
    """Add the girders of a span and what lies on them."""
    family = Family("预应力混凝土箱梁-30m", "C50 混凝土", "QL-01 上部结构", "GIRDER_SEGMENT")
    for side, sign in (("左幅", 1), ("右幅", -1)):
        strips = [Strip("清水混凝土", shifted(GIRDER, sign * GIRDER_LINE))]
        span = (s + 0.02, s + SPAN - 0.02)  # the gap lets the girders of two spans be told apart
        girder = works.along("IfcBeam", f"第{number}跨{side}箱梁", span, strips, part=works.over, family=family)
        facts = {"Reference": family.name, "Span": ("IfcPositiveLengthMeasure", SPAN), "LoadBearing": True}
        works.b.w.properties(girder, "Pset_BeamCommon", facts)
    _deck(works, f"第{number}跨", s, works.surface)


def _deck(works: Works, name: str, s: float, part: Entity) -> None:
    """Add the road of 30 m: asphalt and its markings left and right, three barriers."""
    span = (s, s + SPAN)
    asphalt = Family("SMA-13 沥青铺装", "改性沥青", "QM-01 桥面铺装", "PAVEMENT")
    marks = Family("热熔标线", "热熔型涂料", "QM-03 交通标线", "USERDEFINED")
    barrier = Family("混凝土防撞护栏", "C40 混凝土", "QM-02 护栏", "GUARDRAIL")
    for side, sign in (("左幅", 1), ("右幅", -1)):
        low, high = sorted((sign * 0.3, sign * 12.25))
        strips = [Strip("沥青", flat(low, high, -ASPHALT, 0.0))]
        works.along("IfcCourse", f"{name}{side}沥青铺装", span, strips, part=part, family=asphalt)
        lines = [("标线黄", LANES[0], span), ("标线白", LANES[3], span)]
        lines += [("标线白", lane, (d, d + 6.0)) for lane in LANES[1:3] for d in (s, s + SPAN / 2)]
        strips = [
            Strip(colour, flat(sign * lane - 0.15, sign * lane + 0.15, 0.0, 0.02), where)
            for colour, lane, where in lines
        ]
        works.along("IfcCovering", f"{name}{side}标线", span, strips, part=part, family=marks)
        strips = [Strip("浅灰涂料", shifted(EDGE, sign * EDGE_LINE, mirror=sign < 0))]
        works.along("IfcRailing", f"{name}{side}防撞护栏", span, strips, part=part, family=barrier)
    middle = barrier._replace(name="中央分隔护栏")
    works.along("IfcRailing", f"{name}中央分隔护栏", span, [Strip("浅灰涂料", MIDDLE)], part=part, family=middle)


def _joints(works: Works, places: list[float]) -> None:
    family = Family("模数式伸缩缝-160", "锰钢", "QM-04 伸缩缝", "EXPANSION_JOINT_DEVICE")
    for number, s in enumerate(places, 1):
        ahead = min(s, LENGTH - 0.4)
        strips = [Strip("深灰铝合金", flat(low, low + 11.9, -0.2, 0.03)) for low in (-12.2, 0.3)]
        span = (ahead - 0.3, ahead + 0.3)
        works.along("IfcDiscreteAccessory", f"{number}号伸缩缝", span, strips, part=works.surface, family=family)
