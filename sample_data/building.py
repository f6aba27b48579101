"""A building in the making: its spatial tree, types, materials and elements, in the words of IFC."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ifcopenshell

from sample_data.writer import Entity, IfcWriter, Point, Point3

# What an IFC4 class was called, or was part of, in IFC2X3.
IN_IFC2X3 = {
    "IfcFurniture": "IfcFurnishingElement",
    "IfcShadingDevice": "IfcBuildingElementProxy",
    "IfcShadingDeviceType": "IfcBuildingElementProxyType",
    "IfcWindowType": "IfcWindowStyle",
    "IfcDoorType": "IfcDoorStyle",
    "IfcWall": "IfcWallStandardCase",
    "IfcGeographicElement": "IfcBuildingElementProxy",
}
STYLE_2X3 = {"ParameterTakesPrecedence": False, "Sizeable": False, "ConstructionType": "ALUMINIUM"}


@dataclass(frozen=True)
class Kind:
    """A type of elements: its entity, the shape its elements share, the material and the property set they get."""

    entity: Entity
    shape: Entity | None = None  # IfcRepresentationMap
    material: Entity | None = None
    layers: Entity | None = None  # IfcMaterialLayerSetUsage
    pset: tuple[str, Mapping[str, Any]] | None = None
    code: str | None = None
    size: Mapping[str, Any] = field(default_factory=dict)  # OverallWidth, OverallHeight


class Building:
    """The spatial tree of one file, and what stands in it."""

    def __init__(self, writer: IfcWriter, project: str, site: str, building: str, address: str) -> None:
        self.w = writer
        self.schema = ifcopenshell.schema_by_name(writer.file.schema_identifier)
        self.context = writer.make(
            "IfcGeometricRepresentationContext",
            ContextType="Model",
            CoordinateSpaceDimension=3,
            Precision=1e-5 * writer.unit,
            WorldCoordinateSystem=writer.axes(),
        )
        self.body = self._subcontext("Body", "MODEL_VIEW")
        self.axis = self._subcontext("Axis", "GRAPH_VIEW")
        self.project = writer.rooted(
            "IfcProject",
            "project",
            Name=project,
            RepresentationContexts=[self.context],
            UnitsInContext=self._units(),
        )
        self.site = self._spatial("IfcSite", site, self.project)
        self.building = self._facility(building, address)
        self.classification = writer.make(
            "IfcClassification",
            Source="滨江市重点工程建设管理局",
            Edition="2025",
            Name="滨江市建筑构件分类",
        )
        self.counts: dict[str, int] = {}

    def _facility(self, name: str, address: str) -> Entity:
        made = self._spatial("IfcBuilding", name, self.site)
        made.BuildingAddress = self.w.make("IfcPostalAddress", AddressLines=(address,), Town="滨江市", Country="中国")
        return made

    def _subcontext(self, name: str, view: str) -> Entity:
        return self.w.make(
            "IfcGeometricRepresentationSubContext",
            ContextIdentifier=name,
            ContextType="Model",
            ParentContext=self.context,
            TargetView=view,
        )

    def _units(self) -> Entity:
        prefix = "MILLI" if self.w.unit == 1000 else None
        units = [self.w.make("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=prefix, Name="METRE")]
        for unit_type, name in (
            ("AREAUNIT", "SQUARE_METRE"),
            ("VOLUMEUNIT", "CUBIC_METRE"),
            ("PLANEANGLEUNIT", "RADIAN"),
        ):
            units.append(self.w.make("IfcSIUnit", UnitType=unit_type, Name=name))
        return self.w.make("IfcUnitAssignment", Units=units)

    def _spatial(self, ifc_class: str, name: str, parent: Entity, height: float = 0.0) -> Entity:
        within = None if parent == self.project else parent
        made = self.w.rooted(
            ifc_class,
            f"{ifc_class}/{name}",
            Name=name,
            CompositionType="ELEMENT",
            ObjectPlacement=self.w.placement(within, (0, 0, height)),
        )
        self.w.relate("IfcRelAggregates", "RelatingObject", parent, made)
        return made

    def storey(self, name: str, elevation: float) -> Entity:
        """Add a storey; elevation in metres above the building's zero."""
        made = self._spatial("IfcBuildingStorey", name, self.building, elevation)
        made.Elevation = self.w.length(elevation)
        return made

    # -- types and materials -------------------------------------------------------------------------------------

    def known(self, ifc_class: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes that the class has in this file's schema."""
        names = {item.name() for item in self.schema.declaration_by_name(ifc_class).as_entity().all_attributes()}
        return {name: value for name, value in attributes.items() if name in names}

    def kind(
        self,
        ifc_class: str,
        name: str,
        items: Sequence[Entity] = (),
        *,
        material: Entity | None = None,
        layers: Entity | None = None,
        pset: tuple[str, Mapping[str, Any]] | None = None,
        code: str | None = None,
        size: Mapping[str, float] | None = None,
        **attributes: Any,
    ) -> Kind:
        """Add an element type; `items` are the bodies that its elements share."""
        target = ifc_class if self.w.ifc4 else IN_IFC2X3.get(ifc_class, ifc_class)
        if target in {"IfcWindowStyle", "IfcDoorStyle"}:
            attributes = {"OperationType": "NOTDEFINED", **STYLE_2X3}
        attributes = {"PredefinedType": "NOTDEFINED", "PartitioningType": "SINGLE_PANEL", **attributes}
        attributes = {"OperationType": "NOTDEFINED", "AssemblyPlace": "NOTDEFINED", **attributes}
        if target == "IfcWindowType":
            attributes["PartitioningType"] = "NOTDEFINED"
        shape = None
        if items:
            shape = self.w.make(
                "IfcRepresentationMap",
                MappingOrigin=self.w.axes(),
                MappedRepresentation=self.representation(items),
            )
        entity = self.w.rooted(target, f"type/{name}", Name=name, **self.known(target, attributes))
        if shape is not None:
            entity.RepresentationMaps = [shape]
        sized = {key: self.w.length(value) for key, value in (size or {}).items()}
        return Kind(entity, shape, material, layers, pset, code, sized)

    def material(self, name: str) -> Entity:
        """Return the IfcMaterial of that name."""
        return self.w.once("IfcMaterial", Name=name)

    def layer_set(self, name: str, layers: Sequence[tuple[str, float]]) -> Entity:
        """Return the usage of a layer set, centred on the wall's axis; layers are (material, metres)."""
        made = [
            self.w.make("IfcMaterialLayer", Material=self.material(material), LayerThickness=self.w.length(thickness))
            for material, thickness in layers
        ]
        return self.w.make(
            "IfcMaterialLayerSetUsage",
            ForLayerSet=self.w.make("IfcMaterialLayerSet", MaterialLayers=made, LayerSetName=name),
            LayerSetDirection="AXIS2",
            DirectionSense="POSITIVE",
            OffsetFromReferenceLine=self.w.length(-sum(thickness for _, thickness in layers) / 2),
        )

    def _reference(self, code: str) -> Entity:
        field_name = "Identification" if self.w.ifc4 else "ItemReference"
        number, _, name = code.partition(" ")
        return self.w.once(
            "IfcClassificationReference", **{field_name: number}, Name=name, ReferencedSource=self.classification
        )

    # -- elements ------------------------------------------------------------------------------------------------

    def representation(self, items: Sequence[Entity]) -> Entity:
        """Make the body representation of some items."""
        kinds = {item.is_a() for item in items}
        name = {"IfcExtrudedAreaSolid": "SweptSolid", "IfcFacetedBrep": "Brep", "IfcMappedItem": "MappedRepresentation"}
        return self.w.make(
            "IfcShapeRepresentation",
            ContextOfItems=self.body,
            RepresentationIdentifier="Body",
            RepresentationType=name[kinds.pop()] if len(kinds) == 1 else "SolidModel",
            Items=list(items),
        )

    def _mapped(self, shape: Entity) -> Entity:
        target = self.w.once("IfcCartesianTransformationOperator3D", LocalOrigin=self.w.point(0, 0, 0))
        return self.w.make("IfcMappedItem", MappingSource=shape, MappingTarget=target)

    def add(
        self,
        ifc_class: str,
        name: str,
        within: Entity,
        at: Point3 = (0, 0, 0),
        turn: float = 0.0,
        *,
        items: Sequence[Entity] = (),
        kind: Kind | None = None,
        storey: Entity | None = None,
        lines: Sequence[Entity] = (),
        key: str | None = None,
        **attributes: Any,
    ) -> Entity:
        """Add an element at a place relative to the product `within`; its shape is `items`, else its kind's.

        storey : what contains it; None leaves that to the caller (parts, openings)
        lines : axis representations beside the body
        key : names it within the file and gives its GlobalId, default a running number of its class
        """
        target = ifc_class if self.w.ifc4 else IN_IFC2X3.get(ifc_class, ifc_class)
        if not items and kind is not None and kind.shape is not None:
            items = [self._mapped(kind.shape)]
        shapes = [*lines, *([self.representation(items)] if items else [])]
        tag = key or self._tag(target)
        if kind is not None:
            attributes = {**kind.size, "ObjectType": kind.entity.Name, **attributes}
        made = self.w.rooted(
            target,
            tag,
            Name=name,
            ObjectPlacement=self.w.placement(within, at, turn),
            Representation=self.w.make("IfcProductDefinitionShape", Representations=shapes) if shapes else None,
            **self.known(target, {"Tag": tag, **attributes}),
        )
        if storey is not None:
            self.w.relate("IfcRelContainedInSpatialStructure", "RelatingStructure", storey, made)
        if kind is not None:
            self._describe(made, kind)
        return made

    def _tag(self, ifc_class: str) -> str:
        self.counts[ifc_class] = self.counts.get(ifc_class, 0) + 1
        return f"{ifc_class.removeprefix('Ifc')}-{self.counts[ifc_class]:04d}"

    def _describe(self, element: Entity, kind: Kind) -> None:
        self.w.relate("IfcRelDefinesByType", "RelatingType", kind.entity, element)
        material = kind.layers or kind.material
        if material is not None:
            self.w.relate("IfcRelAssociatesMaterial", "RelatingMaterial", material, element)
        if kind.pset is not None:
            self.w.properties(element, *kind.pset)
        if kind.code is not None:
            reference = self._reference(kind.code)
            self.w.relate("IfcRelAssociatesClassification", "RelatingClassification", reference, element)

    def parts(self, whole: Entity, *parts: Entity) -> None:
        """Say that an element is made of parts."""
        self.w.relate("IfcRelAggregates", "RelatingObject", whole, *parts)

    def space(self, storey: Entity, name: str, use: str, points: Sequence[Point], height: float) -> Entity:
        """Add a room: its outline on the storey, its height, its quantities."""
        made = self.add(
            "IfcSpace",
            name,
            storey,
            items=[self.w.painted(self.w.prism(self.w.profile(points), height), "空间")],
            LongName=use,
            CompositionType="ELEMENT",
            InteriorOrExteriorSpace="INTERNAL",
            PredefinedType="INTERNAL",
        )
        self.w.relate("IfcRelAggregates", "RelatingObject", storey, made)
        area = polygon_area(points)
        rim = sum(math.dist(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True))
        sizes = {"Height": height, "NetPerimeter": rim, "NetFloorArea": area, "NetVolume": area * height}
        self.w.quantities(made, "Qto_SpaceBaseQuantities" if self.w.ifc4 else "BaseQuantities", sizes)
        self.w.properties(made, "Pset_SpaceCommon", {"Reference": use, "PubliclyAccessible": True})
        return made


def polygon_area(points: Sequence[Point]) -> float:
    """Return the area of a polygon, positive counter-clockwise.

    >>> polygon_area([(0, 0), (2, 0), (2, 3), (0, 3)])
    6.0
    """
    turned = [*points[1:], points[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, turned, strict=True)) / 2
