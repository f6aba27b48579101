"""Map conversions (level 50) → claims: IfcMapConversion, IfcRigidOperation, and IFC2X3's property sets for them."""

from collections.abc import Iterator, Mapping
from typing import Any

from ifc_import.georeference_units import attributes, number, project_unit, unit_factor, unit_word
from ifc_import.schema import by_type
from twin.values.georeference import Claim
from twin.values.sentence import Sentence, say

_DEGREE = 0.017453292519943295
Matrix = tuple[tuple[float, ...], ...]


def read_operations(ifc: Any, unit: float, wcs: Matrix | None) -> Iterator[Claim]:
    """Yield a claim for each IfcMapConversion and IfcRigidOperation that says something new."""
    seen = set()
    for kind, read in (("IfcMapConversion", _map_conversion), ("IfcRigidOperation", _rigid_operation)):
        for operation in by_type(ifc, kind):
            if (claim := read(ifc, operation, unit, wcs)) is None:
                continue
            said = (kind, claim.crs, claim.first, claim.second, claim.height, claim.x_axis, claim.scale)
            if said not in seen:
                seen.add(said)
                yield claim


def _map_conversion(_ifc: Any, operation: Any, unit: float, wcs: Matrix | None) -> Claim | None:
    stated = attributes(
        operation,
        *("Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate", "Scale"),
        *("FactorX", "FactorY", "FactorZ"),
    )
    crs = _target_crs(operation)
    if stated.get("Eastings") is None or stated.get("Northings") is None:
        return None
    return _conversion_claim(
        "IfcMapConversion",
        f"#{operation.id()} {operation.is_a()}",
        stated,
        crs,
        map_unit=crs.get("MapUnit"),
        unit=unit,
        wcs=wcs,
    )


def _rigid_operation(ifc: Any, operation: Any, unit: float, wcs: Matrix | None) -> Claim | None:
    stated = attributes(operation, "FirstCoordinate", "SecondCoordinate", "Height")
    crs = _target_crs(operation)
    if stated.get("FirstCoordinate") is None or stated.get("SecondCoordinate") is None:
        return None
    first, second = number(stated["FirstCoordinate"]), number(stated["SecondCoordinate"])
    if first is None or second is None:
        return None
    geographic = bool(operation.FirstCoordinate.is_a("IfcPlaneAngleMeasure"))
    notices: tuple[Sentence, ...] = ()
    if geographic:
        turn = crs.get("AngleUnit") or project_unit(ifc, "PLANEANGLEUNIT") or 1.0
        first, second, notices = _degrees(first, second, turn)
    return Claim(
        source="IfcRigidOperation",
        lo_geo_ref=50,
        where=f"#{operation.id()} IfcRigidOperation",
        crs=crs.get("Name"),
        crs_hints=_hints(crs),
        geographic=geographic,
        first=first,
        second=second,
        height=number(stated.get("Height")),
        map_unit=None if geographic else crs.get("MapUnit"),
        height_unit=(crs.get("HeightUnit") or unit) if geographic else None,
        project_unit=unit,
        vertical_datum=crs.get("VerticalDatum"),
        local_from_context=wcs,
        stated={**stated, "TargetCRS": crs},
        notices=notices,
    )


def _degrees(first: float, second: float, radians_per_unit: float) -> tuple[float, float, tuple[Sentence, ...]]:
    """Return two angles in degrees; angles that are too large for radians are told and taken as degrees."""
    factor = radians_per_unit / _DEGREE
    if radians_per_unit > 0.9 and max(abs(first), abs(second)) > 6.3:
        told = say(
            "The coordinates of IfcRigidOperation are stated in radians but are read as degrees: they are too large."
        )
        return first, second, (told,)
    if abs(factor - 1) < 1e-6:  # a degree written with fewer digits is a degree
        factor = 1.0
    return first * factor, second * factor, ()


def _target_crs(operation: Any) -> dict[str, Any]:
    """Return the attributes of an operation's target CRS; units as SI factors."""
    target = getattr(operation, "TargetCRS", None)
    if target is None:
        return {}
    crs = attributes(
        target,
        *("Name", "Description", "GeodeticDatum", "VerticalDatum", "MapProjection", "MapZone", "PrimeMeridian"),
    )
    for name in ("MapUnit", "AngleUnit", "HeightUnit"):
        if factor := unit_factor(getattr(target, name, None)):
            crs[name] = factor
    for text in getattr(target, "WellKnownText", None) or ():  # an inverse attribute of IFC4X3
        crs["WellKnownText"] = text.WellKnownText
    return crs


def _conversion_claim(
    source: str,
    where: str,
    stated: Mapping[str, Any],
    crs: Mapping[str, Any],
    *,
    map_unit: float | None,
    unit: float,
    wcs: Matrix | None,
) -> Claim:
    """Return the claim of a map conversion, from an entity or from property sets."""
    abscissa, ordinate = number(stated.get("XAxisAbscissa")), number(stated.get("XAxisOrdinate"))
    axis = None if abscissa is None and ordinate is None else (abscissa or 0.0, ordinate or 0.0)
    notices: list[Sentence] = []
    if axis == (0.0, 0.0):
        notices.append(
            say("XAxisAbscissa and XAxisOrdinate are both 0: the model is taken as aligned with grid north.")
        )
        axis = None
    factors = [number(stated.get(f"Factor{name}")) for name in "XYZ"]
    return Claim(
        source=source,
        lo_geo_ref=50,
        where=where,
        crs=crs.get("Name") or crs.get("WellKnownText"),
        crs_hints=_hints(crs),
        first=number(stated["Eastings"]),
        second=number(stated["Northings"]),
        height=number(stated.get("OrthogonalHeight")),
        x_axis=axis,
        scale=number(stated.get("Scale")),
        factors=(factors[0] or 1.0, factors[1] or 1.0, factors[2] or 1.0),
        map_unit=map_unit,
        project_unit=unit,
        vertical_datum=crs.get("VerticalDatum"),
        local_from_context=wcs,
        stated={**stated, "TargetCRS": dict(crs)},
        notices=tuple(notices),
    )


def _hints(crs: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("Description", "GeodeticDatum", "MapProjection", "MapZone", "WellKnownText")
    return tuple(str(crs[name]) for name in names if crs.get(name))


def read_property_sets(ifc: Any, unit: float, wcs: Matrix | None) -> Iterator[Claim]:
    """Yield the claim of IFC2X3's ePset_MapConversion with ePset_ProjectedCRS on a site, a project or a building."""
    for kind in ("IfcSite", "IfcProject", "IfcBuilding"):
        for owner in by_type(ifc, kind):
            psets = _psets(owner)
            conversion = psets.get("mapconversion")
            if (
                not conversion
                or number(conversion.get("eastings")) is None
                or number(conversion.get("northings")) is None
            ):
                continue
            spelled = {
                name: conversion.get(name.lower()) for name in _CONVERSION if conversion.get(name.lower()) is not None
            }
            stated_crs = psets.get("projectedcrs", {})
            crs = {name: stated_crs[name.lower()] for name in _CRS if stated_crs.get(name.lower())}
            if not crs.get("Name") and conversion.get("targetcrs"):
                crs["Name"] = str(conversion["targetcrs"])
            word = crs.pop("MapUnit", None)
            yield _conversion_claim(
                "ePset_MapConversion",
                f"#{owner.id()} {kind}",
                spelled,
                crs,
                map_unit=unit_word(str(word)) if word else conversion.get("unit of eastings"),
                unit=unit,
                wcs=wcs,
            )


_CONVERSION = ("Eastings", "Northings", "OrthogonalHeight", "XAxisAbscissa", "XAxisOrdinate", "Scale")
_CRS = ("Name", "Description", "GeodeticDatum", "VerticalDatum", "MapProjection", "MapZone", "MapUnit")


def _psets(owner: Any) -> dict[str, dict[str, Any]]:
    """Return the georeferencing property sets of an object: kind → property → value, names in lower case."""
    found: dict[str, dict[str, Any]] = {}
    for relation in getattr(owner, "IsDefinedBy", None) or ():
        pset = getattr(relation, "RelatingPropertyDefinition", None)
        name = (getattr(pset, "Name", None) or "").lower().replace(" ", "")
        kind = name.removeprefix("epset_").removeprefix("pset_")
        if kind not in ("mapconversion", "projectedcrs"):
            continue
        values = found.setdefault(kind, {})
        for single in getattr(pset, "HasProperties", None) or ():
            label = (single.Name or "").strip().lower()
            value = getattr(getattr(single, "NominalValue", None), "wrappedValue", None)
            if value is not None and value != "":
                values[label] = value
            if label == "eastings" and (factor := unit_factor(getattr(single, "Unit", None))):
                values["unit of eastings"] = factor
    return found
