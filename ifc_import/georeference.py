"""What an IFC file, and the sidecars beside it, state of the model's place → `Claim`s, in the order of belief.

Nothing is decided here: `twin.judgement.placement` weighs the claims.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ifc_import.georeference_conversion import Matrix, read_operations, read_property_sets
from ifc_import.georeference_sidecar import read_sidecars
from ifc_import.georeference_units import attributes, degrees_of, number, project_unit
from ifc_import.schema import by_type
from twin.values.georeference import Claim
from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    import ifcopenshell

# What reading a placement that lacks a part, or refers to itself, raises.
_BROKEN = (AttributeError, IndexError, TypeError, ValueError, RecursionError, ZeroDivisionError)


def read_claims(ifc: "ifcopenshell.file", path: Path) -> list[Claim]:
    """Return everything that a file and its sidecars state of the model's place; reads no geometry.

    path : of the model file; sidecars are looked for beside it

    Raises InvalidInput when a sidecar cannot be understood.
    """
    unit = project_unit(ifc, "LENGTHUNIT") or 1.0
    context = _context_claim(ifc, unit)
    wcs = None if context is None else context.local_from_context
    claims = [
        *read_operations(ifc, unit, wcs),
        *read_property_sets(ifc, unit, wcs),
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
    for placement in by_type(ifc, "IfcLocalPlacement"):
        location = getattr(placement.RelativePlacement, "Location", None)
        if _largest(getattr(location, "Coordinates", None)) > limit:
            return True
    points = by_type(ifc, "IfcCartesianPoint")
    if any(_largest(point.Coordinates) > limit for point in points[:: max(1, len(points) // 2000)]):
        return True
    lists = by_type(ifc, "IfcCartesianPointList3D")
    return any(_largest(row) > limit for points in lists for row in points.CoordList[:1])


def _largest(coordinates: Sequence[float] | None) -> float:
    return max((abs(value) for value in coordinates or ()), default=0.0)


def _sites(ifc: Any, unit: float) -> Iterator[Claim]:
    """Yield what each IfcSite says by latitude and longitude (level 20) and by its own placement (level 30)."""
    for site in by_type(ifc, "IfcSite"):
        origin = _site_origin(site, unit)
        where = f"#{site.id()} IfcSite"
        latitude, longitude = _angles(site, "RefLatitude"), _angles(site, "RefLongitude")
        elevation = number(getattr(site, "RefElevation", None))
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
    parts = [number(part) for part in getattr(site, name, None) or ()]
    numbers = tuple(part for part in parts if part is not None)
    return numbers if parts and len(numbers) == len(parts) else None


def _site_origin(site: Any, unit: float) -> tuple[float, float, float]:
    """Return the origin of a site's own placement in the local frame, metres."""
    from ifcopenshell.util.placement import get_local_placement

    placement = getattr(site, "ObjectPlacement", None)
    if placement is None or not placement.is_a("IfcLocalPlacement"):
        return (0.0, 0.0, 0.0)
    try:
        x, y, z = (float(value) * unit for value in get_local_placement(placement)[:3, 3])
    except _BROKEN:
        return (0.0, 0.0, 0.0)
    return (x, y, z) if all(math.isfinite(value) for value in (x, y, z)) else (0.0, 0.0, 0.0)


def _context_claim(ifc: Any, unit: float) -> Claim | None:
    """Return what the model's geometric context says: its WorldCoordinateSystem (level 40) and TrueNorth."""
    contexts = [
        c
        for c in by_type(ifc, "IfcGeometricRepresentationContext")
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

    try:
        with np.errstate(all="ignore"):
            matrix = np.array(get_axis2placement(placement), dtype=np.float64)
    except _BROKEN:
        return None
    matrix[:3, 3] *= unit
    if not np.isfinite(matrix).all() or np.abs(matrix - np.eye(4)).max() < 1e-9:
        return None
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _addresses(ifc: Any) -> Iterator[Claim]:
    """Yield each postal address of a site or building (level 10)."""
    for kind, name in (("IfcSite", "SiteAddress"), ("IfcBuilding", "BuildingAddress")):
        for owner in by_type(ifc, kind):
            if (address := getattr(owner, name, None)) is not None:
                stated = attributes(address, "AddressLines", "PostalBox", "Town", "Region", "PostalCode", "Country")
                if any(stated.values()):
                    yield Claim("address", 10, f"#{owner.id()} {kind}", stated=stated)
