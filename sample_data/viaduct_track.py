"""The road of 江湾高架桥 as mathematics (plan, level, swept bodies) and as an IfcAlignment. Metres, local frame."""

import math
from collections.abc import Callable, Sequence

from sample_data.sites import VIADUCT_ARC, VIADUCT_DECK_HEIGHT, VIADUCT_RADIUS, VIADUCT_STRAIGHT
from sample_data.writer import Entity, IfcWriter, Point, Point3

LENGTH = VIADUCT_STRAIGHT + VIADUCT_ARC

# The level of the road: up from the ground at the west end, round over the crest, then level as the plan wants it.
FOOT, GRADE, CREST, CREST_END = 0.6, 0.056, 110.0, 190.0
SAG = GRADE / 2 / (CREST_END - CREST)  # of the parabola

Section = Sequence[Point]  # (offset to the left of the axis, height above the road), counter-clockwise seen from ahead


def level(s: float) -> float:
    """Return the height of the road above the ground at a station, metres.

    >>> level(0.0), round(level(190.0), 9), level(600.0)
    (0.6, 9.0, 9.0)
    """
    if s <= CREST:
        return FOOT + GRADE * s
    return FOOT + GRADE * s - SAG * (s - CREST) ** 2 if s < CREST_END else VIADUCT_DECK_HEIGHT


def heading(s: float) -> float:
    """Return the direction of the axis at a station, radians from the x axis."""
    return max(0.0, s - VIADUCT_STRAIGHT) / VIADUCT_RADIUS


def at(s: float, left: float = 0.0, up: float = 0.0) -> Point3:
    """Return the place at a station, `left` of the axis, `up` above the road."""
    turn = heading(s)
    x = min(s, VIADUCT_STRAIGHT) + VIADUCT_RADIUS * math.sin(turn) - left * math.sin(turn)
    y = VIADUCT_RADIUS * (1 - math.cos(turn)) + left * math.cos(turn)
    return (x, y, level(s) + up)


def seen_from(s0: float, place: Point3) -> Point3:
    """Return a place in the frame of the axis at station `s0`, rounded to a micrometre so that like bodies match."""
    (x0, y0, z0), turn = at(s0), heading(s0)
    dx, dy, cos, sin = place[0] - x0, place[1] - y0, math.cos(turn), math.sin(turn)
    return (round(cos * dx + sin * dy, 6), round(cos * dy - sin * dx, 6), round(place[2] - z0, 6))


def stations(s0: float, s1: float) -> list[float]:
    """Return the stations between which the road is taken as straight: a chord of 7.5 m is 9 mm off the arc."""
    bent = s1 > VIADUCT_STRAIGHT or (s1 > CREST and s0 < CREST_END)
    count = max(1, math.ceil((s1 - s0) / 7.5)) if bent else 1
    return [s0 + (s1 - s0) * i / count for i in range(count + 1)]


def swept(
    s0: float, s1: float, section: Section | Callable[[float], Section], origin: float
) -> tuple[list[Point3], list[list[int]]]:
    """Return corners and faces of a section that follows the road, in the frame of the axis at `origin`.

    section : the same all along, or one for each station
    """
    corners: list[Point3] = []
    along, n = stations(s0, s1), 0
    for s in along:
        points = section(s) if callable(section) else section
        n = len(points)
        corners += [seen_from(origin, at(s, left, up)) for left, up in points]
    faces = [list(range(n - 1, -1, -1)), list(range(n * (len(along) - 1), n * len(along)))]
    for i in range(len(along) - 1):
        for j in range(n):
            k = (j + 1) % n
            faces.append([i * n + j, i * n + k, (i + 1) * n + k, (i + 1) * n + j])
    return corners, faces


# -- the alignment ---------------------------------------------------------------------------------------------------


def alignment(w: IfcWriter, context: Entity, name: str, placement: Entity) -> Entity:
    """Make the IfcAlignment: layouts with their segments, and the curves that they mean."""
    horizontal, base = _horizontal(w, placement)
    vertical, gradient = _vertical(w, placement, base)

    def shape(identifier: str, kind: str, curve: Entity) -> Entity:
        return w.make(
            "IfcShapeRepresentation",
            ContextOfItems=context,
            RepresentationIdentifier=identifier,
            RepresentationType=kind,
            Items=[curve],
        )

    made = w.rooted(
        "IfcAlignment",
        f"alignment/{name}",
        Name=name,
        ObjectPlacement=placement,
        Representation=w.make(
            "IfcProductDefinitionShape",
            Representations=[shape("FootPrint", "Curve2D", base), shape("Axis", "Curve3D", gradient)],
        ),
    )
    for layout, curve in ((horizontal, base), (vertical, gradient)):
        w.relate("IfcRelNests", "RelatingObject", made, layout)
        nested = w.groups["IfcRelNests", "RelatingObject", layout]
        for segment, piece in zip(nested, curve.Segments, strict=True):
            segment.ObjectPlacement = placement
            segment.Representation = w.make(
                "IfcProductDefinitionShape", Representations=[shape("Axis", "Segment", piece)]
            )
    return made


def _segment(w: IfcWriter, layout: Entity, name: str, parameters: Entity) -> None:
    made = w.rooted("IfcAlignmentSegment", f"{layout.Name}/{name}", Name=name, DesignParameters=parameters)
    w.relate("IfcRelNests", "RelatingObject", layout, made)


def _piece(w: IfcWriter, place: Point, direction: float, length: float, parent: Entity, start: float = 0.0) -> Entity:
    last = length == 0.0
    return w.make(
        "IfcCurveSegment",
        Transition="DISCONTINUOUS" if last else "CONTSAMEGRADIENT",
        Placement=w.make(
            "IfcAxis2Placement2D",
            Location=w.point(*place),
            RefDirection=w.direction(math.cos(direction), math.sin(direction)),
        ),
        SegmentStart=w.file.create_entity("IfcLengthMeasure", start),
        SegmentLength=w.file.create_entity("IfcLengthMeasure", length),
        ParentCurve=parent,
    )


def _line(w: IfcWriter) -> Entity:
    along = w.make("IfcVector", Orientation=w.direction(1, 0), Magnitude=1.0)
    return w.make("IfcLine", Pnt=w.point(0, 0), Dir=along)


def _horizontal(w: IfcWriter, placement: Entity) -> tuple[Entity, Entity]:
    layout = w.rooted("IfcAlignmentHorizontal", "horizontal", Name="平面线形", ObjectPlacement=placement)
    plane = w.make("IfcAxis2Placement2D", Location=w.point(0, 0), RefDirection=w.direction(1, 0))
    circle = w.make("IfcCircle", Position=plane, Radius=VIADUCT_RADIUS)
    pieces = []
    for name, start, length, radius, kind in (
        ("直线段 ZX-1", 0.0, VIADUCT_STRAIGHT, 0.0, "LINE"),
        ("圆曲线段 YQ-1", VIADUCT_STRAIGHT, VIADUCT_ARC, VIADUCT_RADIUS, "CIRCULARARC"),
        ("终点", LENGTH, 0.0, 0.0, "LINE"),  # the schema wants an end of no length
    ):
        place = at(start)[:2]
        parameters = w.make(
            "IfcAlignmentHorizontalSegment",
            StartPoint=w.point(*place),
            StartDirection=heading(start),
            StartRadiusOfCurvature=radius,
            EndRadiusOfCurvature=radius,
            SegmentLength=length,
            PredefinedType=kind,
        )
        _segment(w, layout, name, parameters)
        pieces.append(_piece(w, place, heading(start), length, circle if radius else _line(w)))
    return layout, w.make("IfcCompositeCurve", Segments=pieces, SelfIntersect=False)


def _vertical(w: IfcWriter, placement: Entity, base: Entity) -> tuple[Entity, Entity]:
    layout = w.rooted("IfcAlignmentVertical", "vertical", Name="纵断面线形", ObjectPlacement=placement)
    plane = w.make("IfcAxis2Placement2D", Location=w.point(0, 0), RefDirection=w.direction(1, 0))
    crest = CREST_END - CREST
    parabola = w.make(
        "IfcPolynomialCurve",
        Position=plane,
        CoefficientsX=(0.0, 1.0),
        CoefficientsY=(0.0, GRADE, -SAG),
    )
    pieces = []
    for name, start, length, grades, kind in (
        ("上坡段", 0.0, CREST, (GRADE, GRADE), "CONSTANTGRADIENT"),
        ("凸形竖曲线", CREST, crest, (GRADE, 0.0), "PARABOLICARC"),
        ("平坡段", CREST_END, LENGTH - CREST_END, (0.0, 0.0), "CONSTANTGRADIENT"),
        ("终点", LENGTH, 0.0, (0.0, 0.0), "CONSTANTGRADIENT"),
    ):
        curved = kind == "PARABOLICARC"
        parameters = w.make(
            "IfcAlignmentVerticalSegment",
            StartDistAlong=start,
            HorizontalLength=length,
            StartHeight=round(level(start), 9),
            StartGradient=grades[0],
            EndGradient=grades[1],
            RadiusOfCurvature=-round(crest / GRADE, 6) if curved else None,
            PredefinedType=kind,
        )
        _segment(w, layout, name, parameters)
        size = _parabola_length() if curved else length * math.hypot(1, grades[0])
        parent = parabola if curved else _line(w)
        pieces.append(_piece(w, (start, level(start)), math.atan(grades[0]), round(size, 9), parent))
    return layout, w.make("IfcGradientCurve", Segments=pieces, SelfIntersect=False, BaseCurve=base)


def _parabola_length() -> float:
    """Return the length of the crest's curve: of a parabola whose slope falls from GRADE to 0."""
    return (GRADE * math.hypot(1, GRADE) + math.asinh(GRADE)) / (4 * SAG)
