"""What an IFC file, and the sidecars beside it, state of the model's place → `Claim`s, in the order of belief.

Nothing is decided here: `twin.judgement.placement` weighs the claims.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ifc_import.georeference_sidecar import read_sidecars
from ifc_import.georeference_units import degrees_of, project_unit, unit_factor, unit_word
from twin.values.georeference import Claim
from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    import ifcopenshell

_DEGREE = 0.017453292519943295
Matrix = tuple[tuple[float, ...], ...]


def read_claims(ifc: "ifcopenshell.file", path: Path) -> list[Claim]:
    """Return everything that a file and its sidecars state of the model's place; reads no geometry.

    path : of the model file; sidecars are looked for beside it

    Raises InvalidInput when a sidecar cannot be understood.
    """
    unit = project_unit(ifc, "LENGTHUNIT") or 1.0
    context = _context_claim(ifc, unit)
    wcs = None if context is None else context.local_from_context
    claims = [
        *_operations(ifc, unit, wcs),
        *_property_sets(ifc, unit, wcs),
        *read_sidecars(path, unit),
        *_sites(ifc, unit),
    ]
    if context is not None:
        claims.append(context)
    return [*claims, *_addresses(ifc)]


def may_be_far(ifc: "ifcopenshell.file") -> bool:
    """Say whether some placement or point lies kilometres from the local origin, so that the geometry is worth asking.

    Looks at every placement and at a sample of the points: map coordinates written as local ones are in all of them.
    """
    limit = 5000.0 / (project_unit(ifc, "LENGTHUNIT") or 1.0)
    placements = (placement.RelativePlacement.Location for placement in _by_type(ifc, "IfcLocalPlacement"))
    if any(max(map(abs, point.Coordinates)) > limit for point in placements if point is not None):
        return True
    points = _by_type(ifc, "IfcCartesianPoint")
    sample = [point.Coordinates for point in points[:: max(1, len(points) // 2000)]]
    sample += [row for points in _by_type(ifc, "IfcCartesianPointList3D") for row in points.CoordList[:1]]
    return any(max(map(abs, coordinates)) > limit for coordinates in sample if coordinates)


def _operations(ifc: Any, unit: float, wcs: Matrix | None) -> Iterator[Claim]:
    """Yield a claim for each IfcMapConversion and IfcRigidOperation that says something new."""
    seen = set()
    for kind, read in (("IfcMapConversion", _map_conversion), ("IfcRigidOperation", _rigid_operation)):
        for operation in _by_type(ifc, kind):
            if (claim := read(ifc, operation, unit, wcs)) is None:
                continue
            said = (kind, claim.crs, claim.first, claim.second, claim.height, claim.x_axis, claim.scale)
            if said not in seen:
                seen.add(said)
                yield claim


def _map_conversion(_ifc: Any, operation: Any, unit: float, wcs: Matrix | None) -> Claim | None:
    stated = _attributes(
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
    stated = _attributes(operation, "FirstCoordinate", "SecondCoordinate", "Height")
    crs = _target_crs(operation)
    if stated.get("FirstCoordinate") is None or stated.get("SecondCoordinate") is None:
        return None
    geographic = operation.FirstCoordinate.is_a("IfcPlaneAngleMeasure")
    first, second = float(stated["FirstCoordinate"]), float(stated["SecondCoordinate"])
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
        height=_number(stated.get("Height")),
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
    crs = _attributes(
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
    abscissa, ordinate = _number(stated.get("XAxisAbscissa")), _number(stated.get("XAxisOrdinate"))
    axis = None if abscissa is None and ordinate is None else (abscissa or 0.0, ordinate or 0.0)
    notices: list[Sentence] = []
    if axis == (0.0, 0.0):
        notices.append(
            say("XAxisAbscissa and XAxisOrdinate are both 0: the model is taken as aligned with grid north.")
        )
        axis = None
    factors = [_number(stated.get(f"Factor{name}")) for name in "XYZ"]
    return Claim(
        source=source,
        lo_geo_ref=50,
        where=where,
        crs=crs.get("Name") or crs.get("WellKnownText"),
        crs_hints=_hints(crs),
        first=_number(stated["Eastings"]),
        second=_number(stated["Northings"]),
        height=_number(stated.get("OrthogonalHeight")),
        x_axis=axis,
        scale=_number(stated.get("Scale")),
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


def _property_sets(ifc: Any, unit: float, wcs: Matrix | None) -> Iterator[Claim]:
    """Yield the claim of IFC2X3's ePset_MapConversion with ePset_ProjectedCRS on a site, a project or a building."""
    for kind in ("IfcSite", "IfcProject", "IfcBuilding"):
        for owner in _by_type(ifc, kind):
            psets = _psets(owner)
            conversion = psets.get("mapconversion")
            if (
                not conversion
                or _number(conversion.get("eastings")) is None
                or _number(conversion.get("northings")) is None
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


def _sites(ifc: Any, unit: float) -> Iterator[Claim]:
    """Yield what each IfcSite says by latitude and longitude (level 20) and by its own placement (level 30)."""
    for site in _by_type(ifc, "IfcSite"):
        origin = _site_origin(site, unit)
        where = f"#{site.id()} IfcSite"
        latitude, longitude = _angles(site, "RefLatitude"), _angles(site, "RefLongitude")
        elevation = _number(getattr(site, "RefElevation", None))
        if latitude and longitude:
            lat, told_lat = degrees_of(latitude)
            lng, told_lng = degrees_of(longitude)
            yield Claim(
                source="IfcSite",
                lo_geo_ref=20,
                where=where,
                geographic=True,
                first=lng,
                second=lat,
                height=elevation,
                height_unit=unit,
                project_unit=unit,
                local_point=origin,
                stated={"RefLatitude": list(latitude), "RefLongitude": list(longitude), "RefElevation": elevation},
                notices=tuple(told for told in (told_lat, told_lng) if told),
            )
        if max(map(abs, origin)) > 1e-6:
            yield Claim(
                "placement", 30, where, project_unit=unit, local_point=origin, stated={"Location": list(origin)}
            )


def _angles(site: Any, name: str) -> tuple[float, ...] | None:
    parts = getattr(site, name, None)
    return tuple(float(part) for part in parts) if parts else None


def _site_origin(site: Any, unit: float) -> tuple[float, float, float]:
    """Return the origin of a site's own placement in the local frame, metres."""
    from ifcopenshell.util.placement import get_local_placement

    placement = getattr(site, "ObjectPlacement", None)
    if placement is None or not placement.is_a("IfcLocalPlacement"):
        return (0.0, 0.0, 0.0)
    matrix = get_local_placement(placement)
    return (float(matrix[0, 3]) * unit, float(matrix[1, 3]) * unit, float(matrix[2, 3]) * unit)


def _context_claim(ifc: Any, unit: float) -> Claim | None:
    """Return what the model's geometric context says: its WorldCoordinateSystem (level 40) and TrueNorth."""
    contexts = [
        c
        for c in _by_type(ifc, "IfcGeometricRepresentationContext")
        if not c.is_a("IfcGeometricRepresentationSubContext")
    ]
    contexts.sort(key=lambda c: (c.ContextType != "Model", getattr(c, "TrueNorth", None) is None, c.id()))
    if not contexts:
        return None
    context = contexts[0]
    wcs = _matrix(getattr(context, "WorldCoordinateSystem", None), unit)
    ratios = list(getattr(getattr(context, "TrueNorth", None), "DirectionRatios", None) or ())
    north, told = _true_north(ratios)
    if wcs is None and not ratios:
        return None
    moved = wcs is not None and any(abs(row[3]) > 1e-6 for row in wcs[:3])
    return Claim(
        source="context",
        lo_geo_ref=40 if moved else 0,
        where=f"#{context.id()} IfcGeometricRepresentationContext",
        true_north=north,
        project_unit=unit,
        local_from_context=wcs,
        stated={"TrueNorth": ratios or None, "WorldCoordinateSystem": wcs and [list(row) for row in wcs]},
        notices=() if told is None else (told,),
    )


def _true_north(ratios: list[float]) -> tuple[tuple[float, float] | None, Sentence | None]:
    """Return the direction of true north in the local frame, None (and why) where it is no direction in the plane."""
    if not ratios:
        return None, None
    size = sum(abs(ratio) for ratio in ratios)
    flat = len(ratios) < 3 or abs(ratios[2]) <= 1e-6 * size
    if len(ratios) >= 2 and flat and size > 1e-12 and max(map(abs, ratios[:2])) > 0:
        return (float(ratios[0]), float(ratios[1])), None
    return None, say(
        "TrueNorth {direction} is no direction in the ground plane: it is left out, true north is taken along +Y.",
        direction="(" + ", ".join(f"{ratio:g}" for ratio in ratios) + ")",
    )


def _matrix(placement: Any, unit: float) -> Matrix | None:
    """Return an IfcAxis2Placement as a (4, 4) matrix in metres, None for the identity and for nothing."""
    if placement is None:
        return None
    import numpy as np
    from ifcopenshell.util.placement import get_axis2placement

    matrix = np.array(get_axis2placement(placement), dtype=np.float64)
    matrix[:3, 3] *= unit
    if not np.isfinite(matrix).all() or np.abs(matrix - np.eye(4)).max() < 1e-9:
        return None
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _addresses(ifc: Any) -> Iterator[Claim]:
    """Yield each postal address of a site or building (level 10)."""
    for kind, name in (("IfcSite", "SiteAddress"), ("IfcBuilding", "BuildingAddress")):
        for owner in _by_type(ifc, kind):
            if (address := getattr(owner, name, None)) is not None:
                stated = _attributes(address, "AddressLines", "PostalBox", "Town", "Region", "PostalCode", "Country")
                if any(stated.values()):
                    yield Claim("address", 10, f"#{owner.id()} {kind}", stated=stated)


def _by_type(ifc: Any, kind: str) -> list[Any]:
    """Return a file's entities of a kind; none where its schema lacks the kind."""
    try:
        return sorted(ifc.by_type(kind), key=lambda entity: int(entity.id()))
    except RuntimeError:
        return []


def _attributes(entity: Any, *names: str) -> dict[str, Any]:
    """Return the named attributes that are stated, as JSON values."""
    stated = {}
    for name in names:
        value = getattr(entity, name, None)
        value = getattr(value, "wrappedValue", value)
        if value is not None and value != "":
            stated[name] = list(value) if isinstance(value, tuple) else value
    return stated


def _number(value: Any) -> float | None:
    """Return a number, also from the text that some exporters write; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e15 else None
