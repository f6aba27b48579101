"""Do coordinates lie where their coordinate reference system says? What Chinese survey files get wrong, recognised.

Three slips are told apart from each other by size: the zone number before the easting (38 500 000 m) is there and the
CRS has none, or the other way round; northing and easting (latitude and longitude) are swapped; degrees stand under a
CRS of metres, or metres under degrees. The first two are certain when exactly one reading lies in the area of use;
everything else is refused, with what to type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.values.crs import Crs, lnglat_from_map, resolve
from twin.values.crs_names import code_in, grid_code, grid_of
from twin.values.sentence import Sentence, say

# Degrees around the area of use that still count as inside it: a province may keep one central meridian throughout.
MARGIN = 5.0
# Share of the places that must lie inside: as the CRS says (strays are no reason to doubt it), and in another reading.
_MOST, _NEARLY_ALL = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class CoordinateReading:
    """How coordinates are to be understood.

    crs : to transform them with
    swapped : the first coordinate is the northing or latitude
    notice : what was put right; None where the coordinates are as the CRS says
    """

    crs: Crs
    swapped: bool = False
    notice: Sentence | None = None


def read_coordinates(crs: Crs, places: NDArray[np.float64]) -> CoordinateReading:
    """Return how coordinates of a CRS are to be understood; InvalidInput where they cannot lie in it.

    places : (n, 2) float64, one of each feature (a sample is enough), easting or longitude first, unit of `crs`
    """
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places) or _share_inside(crs, places) >= _MOST:
        return CoordinateReading(crs)
    other = _other_numbering(crs)
    readings = [CoordinateReading(crs, swapped=True, notice=_swapped(crs))]
    if other is not None:
        readings += [
            CoordinateReading(other, notice=_renumbered(crs, other)),
            CoordinateReading(other, swapped=True, notice=_both(crs, other)),
        ]
    fitting = [r for r in readings if _share_inside(r.crs, places[:, ::-1] if r.swapped else places) >= _NEARLY_ALL]
    if len(fitting) == 1:
        return fitting[0]
    # a geographic CRS's area of use is advice: degrees outside it are degrees
    if crs.geographic and _share_of_degrees(places) >= _NEARLY_ALL:
        return CoordinateReading(
            crs, notice=say("The coordinates lie outside the area of use of {crs}: check --crs.", crs=_named(crs))
        )
    raise _refusal(crs, places)


def looks_like_degrees(places: NDArray[np.float64]) -> bool:
    """Return whether coordinates could be degrees of longitude and latitude, in either order; (n, 2) float64."""
    return bool(len(places)) and max(_share_of_degrees(places), _share_of_degrees(places[:, ::-1])) >= _NEARLY_ALL


def zone_in(places: NDArray[np.float64]) -> int | None:
    """Return the zone number that stands before the eastings (in either column), None where there is none.

    >>> zone_in(np.array([[38_512_345.6, 2_500_000.0]])), zone_in(np.array([[512_345.6, 2_500_000.0]]))
    (38, None)
    """
    if not len(places):
        return None
    for column in places.T:
        middle = float(np.median(column))
        if 13e6 <= middle < 24e6 or 25e6 <= middle < 46e6:
            return int(middle // 1e6)
    return None


def example_for(places: NDArray[np.float64], datum: str = "CGCS2000") -> str:
    """Return a CRS that coordinates could be in, to show what can be typed: "EPSG:n"; (n, 2) float64."""
    if looks_like_degrees(places):
        return "EPSG:4490"
    zone = zone_in(places)
    code = grid_code(datum, zone, prefixed=True) if zone is not None else None
    return f"EPSG:{code or 4547}"


def _share_inside(crs: Crs, places: NDArray[np.float64]) -> float:
    """Return the share of places, (n, 2) in the unit of the CRS, that lie in its area of use or near it."""
    lnglat = lnglat_from_map(crs, np.column_stack([places, np.zeros(len(places))]))
    longitude, latitude = lnglat[:, 0], lnglat[:, 1]
    inside = np.isfinite(longitude) & np.isfinite(latitude) & (np.abs(latitude) <= 90)
    if crs.geographic:  # a layer across the antimeridian may count on past 180
        inside &= np.abs(places[:, 0]) <= 360
        longitude = np.where(longitude > 180, longitude - 360, longitude)
    if crs.area is not None:
        west, south, east, north = crs.area
        width = (east - west) % 360 or 360.0
        with np.errstate(invalid="ignore"):
            inside &= (latitude >= south - MARGIN) & (latitude <= north + MARGIN)
            inside &= (longitude - west + MARGIN) % 360 <= width + 2 * MARGIN
    return float(np.mean(inside))


def _share_of_degrees(places: NDArray[np.float64]) -> float:
    return float(np.mean((np.abs(places[:, 0]) <= 360) & (np.abs(places[:, 1]) <= 90)))


def _other_numbering(crs: Crs) -> Crs | None:
    """Return the same Chinese grid with a zone number before the easting where `crs` has none, or the other way."""
    grid = grid_of(code_in(crs.text) or 0)
    if grid is None:
        return None
    code = grid_code(grid.datum, grid.zone, prefixed=not grid.prefixed)
    return None if code is None else resolve(f"EPSG:{code}")


def _named(crs: Crs) -> str:
    """Return a CRS in words: "EPSG:4547 (CGCS2000 / 3-degree Gauss-Kruger CM 114E)"."""
    return f"{crs.text} ({crs.name})" if crs.text.startswith("EPSG:") else crs.name


def _swapped(crs: Crs) -> Sentence:
    return say(
        "The file has northing (latitude) before easting (longitude); the two were swapped to lie in {crs}.",
        crs=_named(crs),
    )


def _renumbered(crs: Crs, other: Crs) -> Sentence:
    grid = grid_of(code_in(other.text) or 0)
    if grid is not None and grid.prefixed:
        return say(
            "The eastings begin with the zone number {zone}, which {crs} has not: they were read as {other}.",
            zone=grid.zone,
            crs=_named(crs),
            other=_named(other),
        )
    return say(
        "The eastings lack the zone number that {crs} has: they were read as {other}.",
        crs=_named(crs),
        other=_named(other),
    )


def _both(crs: Crs, other: Crs) -> Sentence:
    return say("{first} {second}", first=_swapped(other), second=_renumbered(crs, other))


def _refusal(crs: Crs, places: NDArray[np.float64]) -> InvalidInput:
    """Return the sentence for coordinates that cannot lie in a CRS."""
    x, y = _shown(places)
    if not crs.geographic and looks_like_degrees(places):
        return InvalidInput(
            "The coordinates ({x}, {y}) are degrees, but {crs} has metres: type --crs EPSG:4490 for degrees of "
            "CGCS2000, --crs EPSG:4326 for WGS 84.",
            x=x,
            y=y,
            crs=_named(crs),
        )
    if crs.geographic:
        return InvalidInput(
            "The coordinates ({x}, {y}) are no degrees, which {crs} has: type --crs with the system they are in, "
            "for instance --crs {example}.",
            x=x,
            y=y,
            crs=_named(crs),
            example=example_for(places),
        )
    grid, zone = grid_of(code_in(crs.text) or 0), zone_in(places)
    if grid is not None and zone is not None and zone != grid.zone:
        return InvalidInput(
            "The coordinates ({x}, {y}) begin with the zone number {zone}, but {crs} is zone {other}: "
            "type --crs {example} if the coordinates are right.",
            x=x,
            y=y,
            zone=zone,
            crs=_named(crs),
            other=grid.zone,
            example=example_for(places, grid.datum),
        )
    return InvalidInput(
        "The coordinates ({x}, {y}) cannot lie in {crs}: type --crs with the system they are in, "
        "for instance --crs {example}.",
        x=x,
        y=y,
        crs=_named(crs),
        example=example_for(places),
    )


def _shown(places: NDArray[np.float64]) -> Sequence[str]:
    """Return one pair of coordinates as text: the first."""
    return [f"{value:.6f}".rstrip("0").rstrip(".") for value in places[0].tolist()]
