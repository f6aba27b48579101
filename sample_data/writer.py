"""An IFC file in the making: metres in, IFC2X3, IFC4 or IFC4X3 out, the same bytes on every run.

Lengths are metres, z up, whatever unit the file is written in.  GlobalIds are derived from names, so that a name stands
for the same element on every machine.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid

from sample_data.palette import COLOURS

Entity = Any  # an ifcopenshell.entity_instance
Point = tuple[float, float]
Point3 = tuple[float, float, float]
STAMP = 1767196800  # 2026-01-01T00:00:00+08:00, so that a file does not change with the day
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def global_id(seed: str, key: str) -> str:
    """Return the GlobalId of the element of that key in the file of that seed."""
    digest = hashlib.sha256(f"{seed}/{key}".encode()).hexdigest()[:32]
    return str(ifcopenshell.guid.compress(digest))


class IfcWriter:
    """One IFC file: entities, placements, geometry; relations are gathered and written by `save`.

    schema : "IFC2X3", "IFC4" or "IFC4X3"
    unit : file units per metre, 1 or 1000
    """

    def __init__(self, schema: str, unit: float, seed: str) -> None:
        self.file = ifcopenshell.file(schema=schema)
        self.ifc4 = schema != "IFC2X3"  # IFC4X3 has the same words
        self.unit = unit
        self.seed = seed
        self.keys: set[str] = set()
        self.shared: dict[Any, Entity] = {}
        self.groups: dict[tuple[str, str, Entity], list[Entity]] = {}
        self.owner = self._owner()

    # -- entities ------------------------------------------------------------------------------------------------

    def make(self, ifc_class: str, **attributes: Any) -> Entity:
        """Make an entity; attributes by their IFC names."""
        return self.file.create_entity(ifc_class, **attributes)

    def once(self, ifc_class: str, **attributes: Any) -> Entity:
        """Make an entity without identity, or return the equal one made before."""
        key = (ifc_class, *((name, _hashable(value)) for name, value in attributes.items()))
        if key not in self.shared:
            self.shared[key] = self.make(ifc_class, **attributes)
        return self.shared[key]

    def rooted(self, ifc_class: str, key: str, **attributes: Any) -> Entity:
        """Make an IfcRoot; `key` names it within the file and gives its GlobalId."""
        if key in self.keys:
            raise ValueError(f"{key} is already in the file: a key names one element.")
        self.keys.add(key)
        return self.make(ifc_class, GlobalId=global_id(self.seed, key), OwnerHistory=self.owner, **attributes)

    def _owner(self) -> Entity:
        person = self.make("IfcPerson", FamilyName="样例", GivenName="工程师")
        company = self.make("IfcOrganization", Name="滨江市建筑设计研究院")
        member = self.make("IfcPersonAndOrganization", ThePerson=person, TheOrganization=company)
        program = self.make(
            "IfcApplication",
            ApplicationDeveloper=company,
            Version="1",
            ApplicationFullName="City Twin sample data",
            ApplicationIdentifier="city-twin-samples",
        )
        return self.make(
            "IfcOwnerHistory",
            OwningUser=member,
            OwningApplication=program,
            ChangeAction="ADDED",
            CreationDate=STAMP,
        )

    # -- placements ----------------------------------------------------------------------------------------------

    def point(self, *metres: float) -> Entity:
        """Make an IfcCartesianPoint."""
        return self.once("IfcCartesianPoint", Coordinates=tuple(self.length(value) for value in metres))

    def direction(self, *ratios: float) -> Entity:
        """Make an IfcDirection."""
        return self.once("IfcDirection", DirectionRatios=tuple(round(value, 12) + 0.0 for value in ratios))

    def length(self, metres: float) -> float:
        """Return a length in file units, rounded to a tenth of a micrometre."""
        return round(metres * self.unit, 7) + 0.0

    def axes(self, origin: Point3 = (0, 0, 0), z: Point3 = Z, x: Point3 = X) -> Entity:
        """Make an IfcAxis2Placement3D."""
        plain = z == Z and x == X
        return self.once(
            "IfcAxis2Placement3D",
            Location=self.point(*origin),
            Axis=None if plain else self.direction(*z),
            RefDirection=None if plain else self.direction(*x),
        )

    def placement(self, within: Entity | None, origin: Point3 = (0, 0, 0), turn: float = 0.0) -> Entity:
        """Make an IfcLocalPlacement, turned by `turn` radians about z, relative to the product `within`."""
        return self.make(
            "IfcLocalPlacement",
            PlacementRelTo=within.ObjectPlacement if within is not None else None,
            RelativePlacement=self.axes(origin, x=(math.cos(turn), math.sin(turn), 0.0)) if turn else self.axes(origin),
        )

    # -- geometry ------------------------------------------------------------------------------------------------

    def outline(self, points: Iterable[Point]) -> Entity:
        """Make a closed IfcPolyline in a plane."""
        made = [self.point(*point) for point in points]
        return self.make("IfcPolyline", Points=[*made, made[0]])

    def profile(self, points: Iterable[Point], holes: Sequence[Iterable[Point]] = ()) -> Entity:
        """Make a profile from its outline, counter-clockwise, and its holes."""
        kind = "IfcArbitraryProfileDefWithVoids" if holes else "IfcArbitraryClosedProfileDef"
        inner = {"InnerCurves": [self.outline(hole) for hole in holes]} if holes else {}
        return self.make(kind, ProfileType="AREA", OuterCurve=self.outline(points), **inner)

    def prism(self, profile: Entity, depth: float, axes: Entity | None = None) -> Entity:
        """Extrude a profile along the z of its axes."""
        return self.make(
            "IfcExtrudedAreaSolid",
            SweptArea=profile,
            Position=axes or self.axes(),
            ExtrudedDirection=self.direction(*Z),
            Depth=self.length(depth),
        )

    def box(self, low: Point3, high: Point3) -> Entity:
        """Make an upright box between two corners."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        rectangle = self.once(
            "IfcRectangleProfileDef",
            ProfileType="AREA",
            Position=self.once("IfcAxis2Placement2D", Location=self.point(0, 0)),
            XDim=self.length(x1 - x0),
            YDim=self.length(y1 - y0),
        )
        return self.prism(rectangle, z1 - z0, self.axes(((x0 + x1) / 2, (y0 + y1) / 2, z0)))

    def upright(
        self, points: Iterable[Point], depth: float, y: float = 0.0, holes: Sequence[Iterable[Point]] = ()
    ) -> Entity:
        """Extrude a profile drawn in the xz plane; it fills y ± depth/2."""
        return self.prism(self.profile(points, holes), depth, self.axes((0, y + depth / 2, 0), z=(0, -1, 0)))

    def polyhedron(self, points: Sequence[Point3], faces: Sequence[Sequence[int]]) -> Entity:
        """Make a closed body from corners and faces (counter-clockwise seen from outside)."""
        made = [self.point(*point) for point in points]
        shell = [
            self.make(
                "IfcFace",
                Bounds=[
                    self.make(
                        "IfcFaceOuterBound",
                        Bound=self.make("IfcPolyLoop", Polygon=[made[i] for i in face]),
                        Orientation=True,
                    )
                ],
            )
            for face in faces
        ]
        return self.make("IfcFacetedBrep", Outer=self.make("IfcClosedShell", CfsFaces=shell))

    # -- appearance ----------------------------------------------------------------------------------------------

    def painted(self, item: Entity, colour: str) -> Entity:
        """Give a body a surface style from `COLOURS`; return the body."""
        style = self.shared.get(("style", colour)) or self.shared.setdefault(("style", colour), self._style(colour))
        styles = [style] if self.ifc4 else [self.once("IfcPresentationStyleAssignment", Styles=[style])]
        self.make("IfcStyledItem", Item=item, Styles=styles)
        return item

    def _style(self, colour: str) -> Entity:
        red, green, blue, transparency = COLOURS[colour]
        rgb = self.make("IfcColourRgb", Red=red, Green=green, Blue=blue)
        shading = self.make(
            "IfcSurfaceStyleRendering", SurfaceColour=rgb, Transparency=transparency, ReflectanceMethod="NOTDEFINED"
        )
        return self.make("IfcSurfaceStyle", Name=colour, Side="BOTH", Styles=[shading])

    # -- relations -----------------------------------------------------------------------------------------------

    def relate(self, relation: str, relating: str, one: Entity, *many: Entity) -> None:
        """Note that `many` relate to `one`; `save` writes one relation for each `one`."""
        self.groups.setdefault((relation, relating, one), []).extend(many)

    def properties(self, element: Entity, name: str, values: Mapping[str, Any]) -> None:
        """Give an element a property set; equal sets are shared."""
        key = ("pset", name, _hashable(values))
        if key not in self.shared:
            made = [
                self.make("IfcPropertySingleValue", Name=prop, NominalValue=self.value(value))
                for prop, value in values.items()
            ]
            self.shared[key] = self.rooted("IfcPropertySet", f"pset/{key}", Name=name, HasProperties=made)
        self.relate("IfcRelDefinesByProperties", "RelatingPropertyDefinition", self.shared[key], element)

    def value(self, value: Any) -> Entity:
        """Make an IfcValue: a label, a truth value, a count, or (name, number) for a measure of that name."""
        if isinstance(value, tuple):
            return self.file.create_entity(value[0], value[1])
        kind = {bool: "IfcBoolean", int: "IfcInteger", float: "IfcReal", str: "IfcLabel"}[type(value)]
        return self.file.create_entity(kind, value)

    def quantities(self, element: Entity, name: str, values: Mapping[str, float]) -> None:
        """Give an element its quantities, in metres: a name ending in Area or Volume says what it is."""
        made = []
        for quantity, value in values.items():
            kind = next((kind for kind in ("Area", "Volume") if quantity.endswith(kind)), "Length")
            scaled = self.length(value) if kind == "Length" else round(value, 4)
            made.append(self.make(f"IfcQuantity{kind}", Name=quantity, **{f"{kind}Value": scaled}))
        whole = self.rooted("IfcElementQuantity", f"quantity/{element.GlobalId}/{name}", Name=name, Quantities=made)
        self.relate("IfcRelDefinesByProperties", "RelatingPropertyDefinition", whole, element)

    def save(self, path: Path) -> None:
        """Write the gathered relations and the file."""
        for (relation, relating, one), many in self.groups.items():
            related = RELATED[relation]
            self.rooted(relation, f"{relation}/{one.id()}", **{relating: one, related: many})
        self.groups.clear()
        name = self.file.header.file_name
        name.name, name.time_stamp = path.name, "2026-01-01T00:00:00"
        name.author, name.organization = ("City Twin",), ("City Twin",)
        name.preprocessor_version = name.originating_system = "City Twin sample data"
        self.file.header.file_description.description = ("ViewDefinition [CoordinationView]",)
        path.write_bytes(self.file.to_string().encode("ascii"))


# The attribute that holds the many of a relation.
RELATED = {
    "IfcRelAggregates": "RelatedObjects",
    "IfcRelContainedInSpatialStructure": "RelatedElements",
    "IfcRelDefinesByType": "RelatedObjects",
    "IfcRelDefinesByProperties": "RelatedObjects",
    "IfcRelAssociatesMaterial": "RelatedObjects",
    "IfcRelAssociatesClassification": "RelatedObjects",
    "IfcRelNests": "RelatedObjects",
    "IfcRelReferencedInSpatialStructure": "RelatedElements",
}


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((key, _hashable(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(_hashable(item) for item in value)
    return value
