"""Readings of claims: what a claim's numbers mean, with the usual mistakes of exporters recognised and told.

A claim (`twin.values.georeference.Claim`) is as stated.  A reading knows its CRS, has metres and degrees, and says in
sentences where it does not take the numbers at their word.
"""

from dataclasses import replace

import numpy as np

from twin.errors import UnknownCRS
from twin.judgement.map_reading import read_map
from twin.judgement.surroundings import MARGIN, Reading, Surroundings, Unusable
from twin.values.crs import Crs, lnglat_from_map, resolve
from twin.values.crs_names import DATUMS, chinese_code, code_of, datum_in
from twin.values.georeference import Claim
from twin.values.sentence import Sentence, say


def read(claim: Claim, around: Surroundings) -> Reading:
    """Understand a claim that states a place.

    Raises Unusable when its numbers place nothing, UnknownCRS when its CRS cannot be found.
    """
    if claim.first is None or claim.second is None:
        raise Unusable("{where} states no place.", where=claim.where)
    crs, told = _crs(claim, around)
    if claim.geographic or crs is None or crs.geographic:
        reading = _read_degrees(claim, crs if crs is not None and crs.geographic else None, around)
    else:
        reading = read_map(claim, crs, around)
    return replace(reading, conflicts=(*told, *reading.conflicts))


def _crs(claim: Claim, around: Surroundings) -> tuple[Crs | None, tuple[Sentence, ...]]:
    """Return the CRS of a claim, None for plain longitude and latitude, and what is to be told of it."""
    if not claim.crs and (claim.geographic or claim.source == "IfcSite"):
        return None, ()
    if not claim.crs and not claim.crs_hints:
        raise UnknownCRS(
            "{where} names no coordinate reference system: give one by option or sidecar.", where=claim.where
        )
    greatest = max(abs(claim.first or 0.0), abs(claim.second or 0.0))
    metres = greatest * (claim.map_unit or 1.0)
    zoned = metres if 13e6 <= metres < 46e6 else None
    name, hints = claim.crs or "", tuple(claim.crs_hints)
    datum = datum_in("; ".join([name, *hints]))
    if datum is None or code_of(name, hints, zoned) is not None:
        return resolve(name, hints, zoned), ()
    return _unnamed_grid(claim, datum, around) if greatest > 180 else (resolve(f"EPSG:{DATUMS[datum].geographic}"), ())


def _unnamed_grid(claim: Claim, datum: str, around: Surroundings) -> tuple[Crs, tuple[Sentence, ...]]:
    """Return the grid of a Chinese datum whose central meridian is not named: the nearest to the model, told."""
    near = around.near or around.city
    code = None if near is None else chinese_code(datum, longitude=near[0])
    if code is None:
        raise UnknownCRS(
            "{where}: {name} names no central meridian, so its eastings could lie in any zone: name the CRS by its EPSG"
            " code, for instance EPSG:4547.",
            where=claim.where,
            name=claim.crs or datum,
        )
    crs = resolve(f"EPSG:{code}")
    told = say(
        "{where}: the CRS {name} names no central meridian; the one nearest to the model is taken: {crs}.",
        where=claim.where,
        name=claim.crs or datum,
        crs=f"{crs.label} {crs.name}",
    )
    return crs, (told,)


def _read_degrees(claim: Claim, crs: Crs | None, around: Surroundings) -> Reading:
    """Read longitude and latitude, exchanged where only that makes sense."""
    first, second = float(claim.first or 0.0), float(claim.second or 0.0)
    if first == 0 and second == 0:
        raise Unusable("{where} states longitude 0, latitude 0: that is taken as not stated.", where=claim.where)
    told: list[Sentence] = []
    longitude, latitude = first, second
    if not _on_earth(first, second, crs) and _on_earth(second, first, crs):
        longitude, latitude = second, first
        told.append(
            say(
                "{where}: {first:g} and {second:g} are read as latitude and longitude, the other way round they make no"
                " sense.",
                where=claim.where,
                first=first,
                second=second,
            )
        )
    elif not _on_earth(first, second, None):
        raise Unusable(
            "{where}: longitude {first:g}, latitude {second:g} is no place.",
            where=claim.where,
            first=first,
            second=second,
        )
    elif claim.source == "IfcRigidOperation" and crs is not None and crs.north_first and first != second:
        told.append(
            say(
                "{where}: the first coordinate is read as the longitude, as buildingSMART's sample has it; in the axis"
                " order of {crs} the model would stand at longitude {second:.6f}, latitude {first:.6f}.",
                where=claim.where,
                crs=crs.label,
                first=first,
                second=second,
            )
        )
    height = (claim.height or 0.0) * (claim.height_unit or claim.project_unit)
    lnglat = np.array([longitude, latitude, height])
    if crs is not None:
        lnglat = lnglat_from_map(crs, lnglat[None, :])[0]
    return Reading(claim, crs, None, lnglat, _true_bearing(claim, around), tuple(told))


def _on_earth(longitude: float, latitude: float, crs: Crs | None) -> bool:
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        return False
    return crs is None or crs.covers(longitude, latitude, MARGIN)


def _true_bearing(claim: Claim, around: Surroundings) -> float:
    """Return the bearing of the model's +Y that a claim in longitude and latitude means."""
    if claim.bearing is not None:
        return claim.bearing
    if claim.x_axis is not None:
        return float(np.degrees(np.arctan2(*claim.x_axis))) - 90.0
    return 0.0 if claim.lo_geo_ref == 50 else around.true_bearing
