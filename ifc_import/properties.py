"""Property sets, quantities, materials, types and classifications of every product, as plain JSON values.

Relations are walked once, each definition is read once and shared by all products that use it: linear in the file.
Values keep the file's own units, which are named.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ifc_import.schema import BROKEN, Damage, Schema, by_type

Values = dict[str, Any]
DEEPEST = 16  # levels of nested properties, quantities, classifications: a hostile file's may go round in circles


def read_properties(ifc: Any, damage: Damage) -> dict[int, Values]:
    """Return step id of an object → its JSON values.

    Keys: `type` {global_id, name, ifc_class} or absent; `psets` {set: {property: value}}; `quantities`
    {set: {name: {value, unit}}}; `materials` [{name, thickness?, category?}]; `classifications`
    [{system, identification, name}].  What a type defines is inherited, an occurrence's own property wins.
    """
    reader = _Reader(ifc, damage)
    found: dict[int, Values] = {}
    for relation in by_type(ifc, "IfcRelDefinesByType"):
        damage.tried(relation, partial(_add_type, found, reader, relation), None)
    for relation in by_type(ifc, "IfcRelDefinesByProperties"):
        damage.tried(relation, partial(_add_sets, found, reader, relation), None)
    own: set[tuple[str, int]] = set()
    for ifc_class, attribute, key, read in (
        ("IfcRelAssociatesMaterial", "RelatingMaterial", "materials", reader.materials),
        ("IfcRelAssociatesClassification", "RelatingClassification", "classifications", _classification),
    ):
        for relation in by_type(ifc, ifc_class):
            damage.tried(relation, partial(_add_association, found, own, relation, attribute, key, read), None)
    for values in found.values():
        for key in ("psets", "quantities", "materials", "classifications"):
            if not values.get(key):
                values.pop(key, None)
    return found


def _add_type(found: dict[int, Values], reader: "_Reader", relation: Any) -> None:
    inherited = reader.of_type(relation.RelatingType)
    for thing in relation.RelatedObjects or ():
        # the sets are shared until an occurrence adds its own
        found[thing.id()] = {**inherited, "psets": inherited["psets"], "quantities": inherited["quantities"]}


def _add_sets(found: dict[int, Values], reader: "_Reader", relation: Any) -> None:
    definitions = _definitions(relation.RelatingPropertyDefinition)
    for thing in relation.RelatedObjects or ():
        values = found.setdefault(thing.id(), {"psets": {}, "quantities": {}})
        for definition in definitions:
            reader.add(values, definition)


def _add_association(
    found: dict[int, Values],
    own: set[tuple[str, int]],
    relation: Any,
    attribute: str,
    key: str,
    read: Callable[[Any], list[Values]],
) -> None:
    """Add what a relation associates; a product's own replaces what its type gave it."""
    content = read(getattr(relation, attribute))
    for thing in relation.RelatedObjects or ():
        values = found.setdefault(thing.id(), {"psets": {}, "quantities": {}})
        values[key] = values.get(key, []) + content if (key, thing.id()) in own else content
        own.add((key, thing.id()))


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

    def __init__(self, ifc: Any, damage: Damage) -> None:
        self._damage = damage
        self._units = _unit_symbols(ifc, damage)
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
            return "psets", definition.Name or "", self._properties(definition.HasProperties)
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
            found[quantity.Name or kind] = {
                "value": self._damage.tried(quantity, partial(_third, quantity), None),
                "unit": symbol,
            }
        return found

    def _properties(self, properties: Iterable[Any] | None) -> Values:
        return {p.Name: self._damage.tried(p, partial(_property_value, p, DEEPEST), None) for p in properties or ()}

    def materials(self, material: Any) -> list[Values]:
        """Return the layers, constituents or single material of a material definition."""
        if material is None:
            return []
        key = material.id()
        if key not in self._materials:
            self._materials[key] = _materials(material, self._units.get("Length", ""))
        return self._materials[key]


def _properties(properties: Iterable[Any] | None, deepest: int = DEEPEST) -> Values:
    return {p.Name: _property_value(p, deepest) for p in properties or ()}


def _property_value(prop: Any, deepest: int) -> Any:
    kind = prop.is_a()
    if kind == "IfcPropertySingleValue":
        value = _plain(prop.NominalValue)
        return value if prop.Unit is None else {"value": value, "unit": _symbol(prop.Unit)}
    if kind == "IfcPropertyEnumeratedValue":
        return [_plain(v) for v in prop.EnumerationValues or ()]
    if kind == "IfcPropertyListValue":
        return [_plain(v) for v in prop.ListValues or ()]
    if kind == "IfcPropertyBoundedValue":
        bounds = {"lower": _plain(prop.LowerBoundValue), "upper": _plain(prop.UpperBoundValue)}
        wanted = _plain(getattr(prop, "SetPointValue", None))  # since IFC4
        return bounds if wanted is None else {**bounds, "set_point": wanted}
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


def _unit_symbols(ifc: Any, damage: Damage) -> Mapping[str, str]:
    """Return kind of quantity → symbol of the project's unit for it."""
    symbols: dict[str, str] = {}
    for assignment in by_type(ifc, "IfcUnitAssignment")[:1]:
        units: tuple[Any, ...] = damage.tried(assignment, partial(getattr, assignment, "Units"), ()) or ()
        by_kind = {getattr(u, "UnitType", None): u for u in units}
        for kind, unit_type in _UNIT_KINDS.items():
            if unit_type in by_kind:
                symbols[kind] = _symbol(by_kind[unit_type])
    return symbols


# Names of conversion-based units in the wild, in any letter case; ifcopenshell knows the lower-case ones only.
_SYMBOLS = {
    "inch": "in", "foot": "ft", "yard": "yd", "mile": "mi", "square inch": "in²", "square foot": "ft²", "acre": "ac",
    "cubic inch": "in³", "cubic foot": "ft³", "cubic yard": "yd³", "litre": "L", "degree": "°", "pound": "lb",
    "minute": "min", "hour": "h", "day": "d",
}  # fmt: skip


def _symbol(unit: Any) -> str:
    import ifcopenshell.util.unit

    name = str(getattr(unit, "Name", "") or "")
    try:
        found = _SYMBOLS.get(name.strip().lower().replace("_", " ")) or str(
            ifcopenshell.util.unit.get_unit_symbol(unit)
        )
    except BROKEN:
        return name
    return found if "?" not in found else name


def _third(quantity: Any) -> Any:
    """Return a quantity's value: the fourth attribute of every IfcPhysicalSimpleQuantity."""
    return quantity[3]
