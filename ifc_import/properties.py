"""Property sets, quantities, materials, types and classifications of every product, as plain JSON values.

Relations are walked once, each definition is read once and shared by all products that use it: linear in the file.
Values keep the file's own units, which are named.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ifc_import.schema import Schema, by_type

Values = dict[str, Any]
DEEPEST = 16  # levels of nested properties, quantities, classifications: a hostile file's may go round in circles


def read_properties(ifc: Any) -> dict[int, Values]:
    """Return step id of an object → its JSON values.

    Keys: `type` {global_id, name, ifc_class} or absent; `psets` {set: {property: value}}; `quantities`
    {set: {name: {value, unit}}}; `materials` [{name, thickness?, category?}]; `classifications`
    [{system, identification, name}].  What a type defines is inherited, an occurrence's own property wins.
    """
    reader = _Reader(ifc)
    found: dict[int, Values] = {}
    for relation in by_type(ifc, "IfcRelDefinesByType"):
        inherited = reader.of_type(relation.RelatingType)
        for thing in relation.RelatedObjects or ():
            # the sets are shared until an occurrence adds its own
            found[thing.id()] = {**inherited, "psets": inherited["psets"], "quantities": inherited["quantities"]}
    for relation in by_type(ifc, "IfcRelDefinesByProperties"):
        definitions = _definitions(relation.RelatingPropertyDefinition)
        for thing in relation.RelatedObjects or ():
            values = found.setdefault(thing.id(), {"psets": {}, "quantities": {}})
            for definition in definitions:
                reader.add(values, definition)
    _add_associations(ifc, found, "IfcRelAssociatesMaterial", "RelatingMaterial", "materials", reader.materials)
    _add_associations(
        ifc, found, "IfcRelAssociatesClassification", "RelatingClassification", "classifications", _classification
    )
    for values in found.values():
        for key in ("psets", "quantities", "materials", "classifications"):
            if not values.get(key):
                values.pop(key, None)
    return found


def attributes(product: Any, schema: Schema) -> Values:
    """Return what a product's own attributes say: description, object_type, tag, predefined_type, long_name."""
    found = {}
    for key, name in (
        ("description", "Description"),
        ("object_type", "ObjectType"),
        ("tag", "Tag"),
        ("predefined_type", "PredefinedType"),
        ("long_name", "LongName"),
    ):
        value = schema.get(product, name)
        if isinstance(value, str) and value:
            found[key] = value
    return found


def _definitions(definition: Any) -> list[Any]:
    if definition is None:
        return []
    if isinstance(definition, tuple):  # IfcPropertySetDefinitionSet (IFC4)
        return list(definition)
    if definition.is_a("IfcPropertySetDefinitionSet"):
        return list(definition.wrappedValue)
    return [definition]


class _Reader:
    """Reads definitions, each once."""

    def __init__(self, ifc: Any) -> None:
        self._units = _unit_symbols(ifc)
        self._sets: dict[int, tuple[str, str, Values]] = {}
        self._types: dict[int, Values] = {}
        self._materials: dict[int, list[Values]] = {}

    def of_type(self, kind: Any) -> Values:
        """Return the values that a type object gives to its occurrences."""
        if kind.id() not in self._types:
            values: Values = {
                "type": {"global_id": kind.GlobalId, "name": kind.Name or "", "ifc_class": kind.is_a()},
                "psets": {},
                "quantities": {},
            }
            for definition in kind.HasPropertySets or ():
                self.add(values, definition)
            for relation in getattr(kind, "HasAssociations", None) or ():
                if relation.is_a("IfcRelAssociatesMaterial"):
                    values["materials"] = self.materials(relation.RelatingMaterial)
            self._types[kind.id()] = values
        return self._types[kind.id()]

    def add(self, values: Values, definition: Any) -> None:
        """Merge a set into `values[kind]`, copying what is shared before it changes; its properties win."""
        key = definition.id()
        if key not in self._sets:
            self._sets[key] = self._read_set(definition)
        kind, name, content = self._sets[key]
        before = values[kind].get(name)
        values[kind] = {**values[kind], name: {**before, **content} if before else content}

    def _read_set(self, definition: Any) -> tuple[str, str, Values]:
        if definition.is_a("IfcPropertySet"):
            return "psets", definition.Name or "", _properties(definition.HasProperties)
        if definition.is_a("IfcElementQuantity"):
            return "quantities", definition.Name or "", self._quantities(definition.Quantities)
        # the predefined sets of doors, windows, reinforcement: Name is the type's, the class says what it is
        return "psets", definition.is_a(), _predefined(definition)

    def _quantities(self, quantities: Iterable[Any] | None, deepest: int = DEEPEST) -> Values:
        found: Values = {}
        for quantity in (quantities or ()) if deepest else ():
            if quantity.is_a("IfcPhysicalComplexQuantity"):
                for name, inner in self._quantities(quantity.HasQuantities, deepest - 1).items():
                    found[f"{quantity.Name}.{name}"] = inner
                continue
            kind = quantity.is_a()[len("IfcQuantity") :]
            unit = quantity.Unit
            symbol = _symbol(unit) if unit is not None else self._units.get(kind, "")
            found[quantity.Name or kind] = {"value": quantity[3], "unit": symbol}
        return found

    def materials(self, material: Any) -> list[Values]:
        """Return the layers, constituents or single material of a material definition."""
        if material is None:
            return []
        key = material.id()
        if key not in self._materials:
            self._materials[key] = _materials(material, self._units.get("Length", ""))
        return self._materials[key]


def _add_associations(ifc: Any, found: dict[int, Values], ifc_class: str, attribute: str, key: str, read: Any) -> None:
    own: set[int] = set()
    for relation in by_type(ifc, ifc_class):
        content = read(getattr(relation, attribute))
        for thing in relation.RelatedObjects or ():
            values = found.setdefault(thing.id(), {})
            values[key] = values.get(key, []) + content if thing.id() in own else content
            own.add(thing.id())


def _properties(properties: Iterable[Any] | None, deepest: int = DEEPEST) -> Values:
    return {p.Name: _property_value(p, deepest) for p in properties or ()}


def _property_value(prop: Any, deepest: int) -> Any:
    kind = prop.is_a()
    if kind == "IfcPropertySingleValue":
        return _plain(prop.NominalValue)
    if kind == "IfcPropertyEnumeratedValue":
        return [_plain(v) for v in prop.EnumerationValues or ()]
    if kind == "IfcPropertyListValue":
        return [_plain(v) for v in prop.ListValues or ()]
    if kind == "IfcPropertyBoundedValue":
        return {"lower": _plain(prop.LowerBoundValue), "upper": _plain(prop.UpperBoundValue)}
    if kind == "IfcPropertyTableValue":
        return [
            [_plain(a), _plain(b)] for a, b in zip(prop.DefiningValues or (), prop.DefinedValues or (), strict=False)
        ]
    if kind == "IfcPropertyReferenceValue":
        reference = prop.PropertyReference
        return None if reference is None else str(getattr(reference, "Name", None) or reference.is_a())
    if kind == "IfcComplexProperty":
        return _properties(prop.HasProperties, deepest - 1) if deepest else None
    return None


def _predefined(definition: Any) -> Values:
    """Return the attributes of a predefined set (door lining, reinforcement, …) that are set."""
    info = definition.get_info(recursive=False)
    skip = {"id", "type", "GlobalId", "OwnerHistory", "Name", "Description"}
    return {k: v for k, v in info.items() if k not in skip and isinstance(v, str | int | float | bool)}


def _plain(value: Any) -> Any:
    """Return an IFC value as a JSON value; logical UNKNOWN and binaries as text."""
    if value is None:
        return None
    wrapped = getattr(value, "wrappedValue", value)
    if isinstance(wrapped, float) and not math.isfinite(wrapped):
        return str(wrapped)
    if isinstance(wrapped, str | int | float | bool):
        return wrapped
    if isinstance(wrapped, tuple):
        return [_plain(v) for v in wrapped]
    return str(wrapped)


def _materials(material: Any, length_unit: str) -> list[Values]:
    if material.is_a("IfcMaterial"):
        return [_material(material)]
    if material.is_a("IfcMaterialLayerSetUsage"):
        return _materials(material.ForLayerSet, length_unit)
    if material.is_a("IfcMaterialProfileSetUsage"):
        return _materials(material.ForProfileSet, length_unit)
    if material.is_a("IfcMaterialLayer"):
        return [{**_material(material.Material), "thickness": material.LayerThickness, "unit": length_unit}]
    if material.is_a("IfcMaterialProfile"):
        return [_material(material.Material)]
    if material.is_a("IfcMaterialConstituent"):
        category = material.Category or material.Name
        return [{**_material(material.Material), **({"category": category} if category else {})}]
    for attribute in ("MaterialLayers", "MaterialProfiles", "MaterialConstituents", "Materials"):
        parts = getattr(material, attribute, None)
        if parts is not None:
            return [row for part in parts for row in _materials(part, length_unit)]
    return []


def _material(material: Any) -> Values:
    if material is None:
        return {"name": ""}
    category = getattr(material, "Category", None)
    return {"name": material.Name or "", **({"category": category} if category else {})}


def _classification(reference: Any) -> list[Values]:
    """Return [{system, identification, name}] of a classification reference or of a whole classification."""
    if reference is None:
        return []
    if reference.is_a("IfcClassification"):
        return [{"system": reference.Name or "", "identification": "", "name": reference.Name or ""}]
    system = reference
    for _ in range(DEEPEST):  # a hostile file's references go round in circles
        if system is None or not system.is_a("IfcClassificationReference"):
            break
        system = system.ReferencedSource
    identification = getattr(reference, "Identification", None) or getattr(reference, "ItemReference", None) or ""
    return [
        {
            "system": (getattr(system, "Name", None) or "") if system is not None else "",
            "identification": identification,
            "name": getattr(reference, "Name", None) or "",
        }
    ]


_UNIT_KINDS = {
    "Length": "LENGTHUNIT",
    "Area": "AREAUNIT",
    "Volume": "VOLUMEUNIT",
    "Weight": "MASSUNIT",
    "Time": "TIMEUNIT",
}


def _unit_symbols(ifc: Any) -> Mapping[str, str]:
    """Return kind of quantity → symbol of the project's unit for it."""
    symbols: dict[str, str] = {}
    for assignment in by_type(ifc, "IfcUnitAssignment")[:1]:
        by_kind = {getattr(u, "UnitType", None): u for u in assignment.Units or ()}
        for kind, unit_type in _UNIT_KINDS.items():
            if unit_type in by_kind:
                symbols[kind] = _symbol(by_kind[unit_type])
    return symbols


def _symbol(unit: Any) -> str:
    import ifcopenshell.util.unit

    try:
        return str(ifcopenshell.util.unit.get_unit_symbol(unit))
    except (AttributeError, KeyError, TypeError):
        return str(getattr(unit, "Name", "") or "")
