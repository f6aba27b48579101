"""Pairs of elements whose clash is known beforehand, and the two IFC files that hold one element of each.

The pairs stand on a grid, so far apart that none meets another.  A `Frame` says where the whole grid lies and how the
files say so: at the origin, turned, at Gauss-Krüger coordinates by georeference or with those coordinates in every
placement.  Lengths are metres, z up; matrices are (4, 4) float64, destination_from_source.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sample_data.writer import Entity, IfcWriter, Point, Point3, global_id

Matrix = NDArray[np.float64]
Box = tuple[Point3, Point3]
SPACING = 18.0  # metres between pairs; no pair is larger than half of it
COLUMNS = 26
LONG_CRS, SHORT_CRS = "EPSG:4527", "EPSG:4548"  # CGCS2000 / 3-degree Gauss-Krüger, with and without zone number


@dataclass(frozen=True, slots=True)
class Body:
    """An element: a profile, extruded along z, at its place in the pair.

    outline, holes : of the profile, counter-clockwise; a rectangle from the origin where `size` is given
    radius : of a round profile about the origin, 0 where it is not round
    openings : boxes cut out of it, in its own frame
    mapped : key of a shape that several elements share; "" where it has its own
    mirrored : x of the profile is turned round (mapped shapes only)
    """

    place: Matrix
    depth: float
    size: Point | None = None
    radius: float = 0.0
    outline: tuple[Point, ...] = ()
    holes: tuple[tuple[Point, ...], ...] = ()
    openings: tuple[Box, ...] = ()
    mapped: str = ""
    mirrored: bool = False
    ifc_class: str = "IfcBuildingElementProxy"


@dataclass(frozen=True, slots=True)
class Case:
    """Two bodies and what they do to each other.

    expected : "hard", "contained", "duplicate", "clearance"; "touch" or "none" where nothing is to be reported
    depth, volume, distance : analytic, metres and cubic metres; None where no figure is promised
    depth_within : how far a measured depth may lie off, metres: rounding, and facets of round bodies
    volume_within : likewise, as a share
    """

    a: Body
    b: Body
    expected: str
    depth: float | None = None
    volume: float | None = None
    distance: float | None = None
    depth_within: float = 1e-4
    volume_within: float = 2e-3

    @property
    def positive(self) -> bool:
        """Tell whether the pair is to be reported."""
        return self.expected not in ("touch", "none")


@dataclass(frozen=True, slots=True)
class Pair:
    """A case with a name; the name gives the GlobalIds of its elements."""

    kind: str
    number: int
    case: Case

    def key(self, side: str) -> str:
        """Return the name of the element of a side, "a" or "b"."""
        return f"{self.kind} {self.number} {side}"

    def global_id(self, side: str) -> str:
        """Return the GlobalId of the element of a side."""
        return global_id("clash-truth", self.key(side))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the grid lies and how the files say so.

    world_from_grid : (4, 4) metres; "world" is the map where the files are georeferenced, else the files' own frame
    map_from_local : of the two files, None without a georeference; turned about z and moved
    outlier : where the first file has one element more, far from all others; None for none.  Two files of one site
        seldom cover the same ground, so whatever is made of the middle of their boxes differs
    """

    name: str
    world_from_grid: Matrix
    map_from_local: tuple[Matrix, Matrix] | None = None
    crs: str = LONG_CRS
    outlier: Point3 | None = None


def moved(x: float, y: float, z: float = 0.0) -> Matrix:
    """Return the matrix that moves by so many metres."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def turned(degrees: float) -> Matrix:
    """Return the matrix that turns about z, counter-clockwise; quarters exactly."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    if degrees % 90 == 0:
        cosine, sine = round(cosine), round(sine)
    matrix = np.eye(4)
    matrix[:2, :2] = [[cosine, -sine], [sine, cosine]]
    return matrix


LONG, SHORT = moved(39_512_345.678, 2_498_765.432, 11.0), moved(512_345.678, 2_498_765.432, 11.0)
ONE, OTHER = LONG @ turned(12.9), LONG @ moved(153.2, -81.7, 3.0) @ turned(-50.1)
AWAY = (-500.0, -400.0, 30.0)
FRAMES = {
    frame.name: frame
    for frame in (
        Frame("origin", np.eye(4)),
        Frame("turned", moved(3.3, -7.1, 2.2) @ turned(33.7)),
        Frame("map", LONG @ turned(-21.3), (ONE, ONE), outlier=AWAY),
        Frame("two-maps", LONG @ turned(-21.3), (ONE, OTHER), outlier=AWAY),
        Frame("raw", LONG),
        Frame("raw-turned", SHORT @ turned(33.7), (np.eye(4), np.eye(4)), SHORT_CRS),
    )
}


def write_pairs(pairs: Sequence[Pair], frame: Frame, a: Path, b: Path) -> None:
    """Write the first elements of all pairs to one file in metres, the second ones to another in millimetres."""
    for index, (side, path, unit) in enumerate((("a", a, 1.0), ("b", b, 1000.0))):
        sheet = _Sheet(path.stem, unit)
        local_from_grid = frame.world_from_grid
        if frame.map_from_local is not None:
            map_from_local = frame.map_from_local[index]
            sheet.georeference(map_from_local, frame.crs)
            local_from_grid = np.linalg.inv(map_from_local) @ local_from_grid
        for position, pair in enumerate(pairs):
            body = pair.case.a if side == "a" else pair.case.b
            sheet.add(body, local_from_grid @ cell(position, pair) @ body.place, pair.key(side))
        if frame.outlier is not None and side == "a":
            sheet.add(Body(np.eye(4), 1.0, size=(1.0, 1.0)), local_from_grid @ moved(*frame.outlier), "outlier")
        sheet.writer.save(path)


def cell(position: int, pair: Pair) -> Matrix:
    """Return where the pair of that position stands on the grid: off round numbers, turned by quarters."""
    row, column = divmod(position, COLUMNS)
    off = [((pair.number * step) % 997) / 997.0 for step in (331, 617, 89)]
    origin = moved(column * SPACING + off[0], row * SPACING + off[1], off[2])
    return origin @ turned(90.0 * (pair.number % 4))


class _Sheet:
    """One of the two files in the making."""

    def __init__(self, stem: str, unit: float) -> None:
        self.writer = w = IfcWriter("IFC4", unit, "clash-truth")
        self.maps: dict[str, Entity] = {}
        self.context = w.make(
            "IfcGeometricRepresentationContext",
            ContextType="Model",
            CoordinateSpaceDimension=3,
            Precision=1e-5,
            WorldCoordinateSystem=w.axes(),
        )
        length = w.make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE", Prefix=None if unit == 1 else "MILLI")
        project = w.rooted(
            "IfcProject",
            f"project {stem}",
            Name=f"Clash truth {stem}",
            RepresentationContexts=[self.context],
            UnitsInContext=w.make("IfcUnitAssignment", Units=[length]),
        )
        above = project
        for ifc_class in ("IfcSite", "IfcBuilding", "IfcBuildingStorey"):
            made = w.rooted(ifc_class, f"{ifc_class} {stem}", Name=ifc_class[3:], ObjectPlacement=w.placement(None))
            w.relate("IfcRelAggregates", "RelatingObject", above, made)
            above = made
        self.storey = above

    def georeference(self, map_from_local: Matrix, name: str) -> None:
        """Say where the file's frame lies on the map."""
        w = self.writer
        metre = w.make("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
        crs = w.make("IfcProjectedCRS", Name=name, MapUnit=metre)
        w.make(
            "IfcMapConversion",
            SourceCRS=self.context,
            TargetCRS=crs,
            Eastings=float(map_from_local[0, 3]),
            Northings=float(map_from_local[1, 3]),
            OrthogonalHeight=float(map_from_local[2, 3]),
            XAxisAbscissa=float(map_from_local[0, 0]),
            XAxisOrdinate=float(map_from_local[1, 0]),
            Scale=1.0 / w.unit,
        )

    def add(self, body: Body, local_from_body: Matrix, key: str) -> None:
        """Add an element."""
        w = self.writer
        item = self._mapped(body) if body.mapped else self._solid(body)
        element = w.rooted(
            body.ifc_class,
            key,
            Name=key,
            ObjectPlacement=w.make(
                "IfcLocalPlacement", PlacementRelTo=None, RelativePlacement=self._axes(local_from_body)
            ),
            Representation=self._shape(item, "MappedRepresentation" if body.mapped else "SweptSolid"),
        )
        w.relate("IfcRelContainedInSpatialStructure", "RelatingStructure", self.storey, element)
        for number, (low, high) in enumerate(body.openings):
            opening = w.rooted(
                "IfcOpeningElement",
                f"{key} opening {number}",
                ObjectPlacement=w.placement(element),
                Representation=self._shape(w.box(low, high), "SweptSolid"),
            )
            w.rooted(
                "IfcRelVoidsElement",
                f"{key} voids {number}",
                RelatingBuildingElement=element,
                RelatedOpeningElement=opening,
            )

    def _axes(self, matrix: Matrix) -> Entity:
        (xx, xy, xz), (zx, zy, zz) = matrix[:3, 0].tolist(), matrix[:3, 2].tolist()
        x, y, z = matrix[:3, 3].tolist()
        return self.writer.axes((x, y, z), z=(zx, zy, zz), x=(xx, xy, xz))

    def _shape(self, item: Entity, kind: str) -> Entity:
        w = self.writer
        representation = w.make(
            "IfcShapeRepresentation",
            ContextOfItems=self.context,
            RepresentationIdentifier="Body",
            RepresentationType=kind,
            Items=[item],
        )
        return w.make("IfcProductDefinitionShape", Representations=[representation])

    def _solid(self, body: Body) -> Entity:
        w = self.writer
        if body.size is not None:
            return w.box((0, 0, 0), (*body.size, body.depth))
        if body.radius:
            return w.prism(w.once("IfcCircleProfileDef", ProfileType="AREA", Radius=w.length(body.radius)), body.depth)
        return w.prism(w.profile(body.outline, body.holes), body.depth)

    def _mapped(self, body: Body) -> Entity:
        w = self.writer
        if body.mapped not in self.maps:
            kept = self._shape(self._solid(body), "SweptSolid").Representations[0]
            self.maps[body.mapped] = w.make("IfcRepresentationMap", MappingOrigin=w.axes(), MappedRepresentation=kept)
        target = w.once(
            "IfcCartesianTransformationOperator3D",
            Axis1=w.direction(-1.0 if body.mirrored else 1.0, 0.0, 0.0),
            Axis2=w.direction(0.0, 1.0, 0.0),
            Axis3=w.direction(0.0, 0.0, 1.0),
            LocalOrigin=w.point(0, 0, 0),
            Scale=1.0,
        )
        return w.make("IfcMappedItem", MappingSource=self.maps[body.mapped], MappingTarget=target)
