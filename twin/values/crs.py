"""Coordinate reference systems: a name → a `Crs`, its coordinates → longitude, latitude, height → ECEF.

The only file that imports pyproj, and the only one that decides about axis order: every pair of coordinates is
easting first, longitude first, whatever the authority says (`always_xy`).  PROJ's network is off: no grid is ever
fetched, and a transformation that would need one falls back to what is installed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import UnknownCRS
from twin.values.crs_files import names_files
from twin.values.crs_names import code_of

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

# WGS 84: semi-major axis in metres, flattening.
_A = 6378137.0
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)

# WKT, a PROJ string, PROJJSON.
_WRITTEN_OUT = re.compile(r"\s*(?:[A-Za-z_]+\s*\[|\+|\{)")

# Geographic CRSs that PROJ, too, takes for WGS 84 itself (null transformation): ETRS89, CGCS2000, WGS 84.
_AS_WGS84 = {4326, 4979, 4258, 4937, 4490, 4480}


@dataclass(frozen=True, slots=True)
class Crs:
    """A projected or geographic CRS, without its vertical part.

    text : "EPSG:n" of the horizontal part, or WKT where it has no code: what `resolve` reads again
    label : "EPSG:n" of the whole as it was named, or the same WKT
    name : for people
    geographic : coordinates are degrees of longitude and latitude
    unit : metres per unit of its coordinates; 1 for degrees
    north_first : its authority states northing (latitude) before easting (longitude)
    area : west, south, east, north of the area of use, degrees; None when unknown
    vertical : name of the vertical CRS that the whole CRS also names; "ellipsoid" for a three-dimensional CRS
    """

    text: str
    label: str
    name: str
    geographic: bool
    unit: float
    north_first: bool
    area: tuple[float, float, float, float] | None
    vertical: str | None

    def covers(self, longitude: float, latitude: float, margin: float = 0.0) -> bool:
        """Say whether a place (degrees, WGS 84) lies in the area of use, `margin` degrees around it included."""
        if not (np.isfinite(longitude) and np.isfinite(latitude)):
            return False
        if self.area is None:
            return True
        west, south, east, north = self.area
        if not south - margin <= latitude <= north + margin:
            return False
        if west <= east:
            return west - margin <= longitude <= east + margin
        return longitude >= west - margin or longitude <= east + margin


@cache
def resolve(name: str, hints: tuple[str, ...] = (), easting: float | None = None) -> Crs:
    """Return the CRS that a name means: "EPSG:4547", an EPSG or Chinese or ESRI name, WKT, a PROJ string.

    `hints` are other words that may name it (description, datum, projection, zone); `easting`, in metres, may carry a
    zone number.  Raises UnknownCRS, also where PROJ would open files that the name speaks of.

    >>> resolve("CGCS2000 / 3-degree Gauss-Kruger CM 120E").text
    'EPSG:4549'
    """
    # what is written out is read by its parameters: a city's own grid may carry the name of the grid it came from
    code = None if _WRITTEN_OUT.match(name) else code_of(name, hints, easting)
    if code is None and names_files(name):
        raise UnknownCRS(
            "The coordinate reference system {name} names a file or steps of its own, which are not read: name it by "
            "its EPSG code, for instance EPSG:4547, or by plain parameters.",
            name=repr(name)[:120],
        )
    known = _from_input(f"EPSG:{code}") if code is not None else _from_input(name)
    if known is None and name.strip():
        known = next((crs for hint in hints if hint.strip() and (crs := _from_input(hint))), None)
    described = None if known is None else _describe(known)
    if described is None or not _leads_to_wgs84(described):
        raise UnknownCRS(
            "The coordinate reference system {name} is not known: name it by its EPSG code, for instance EPSG:4547.",
            name=repr(name)[:120],
        )
    return described


@cache
def datum_of(crs: Crs) -> str:
    """Return the datum that a CRS stands on: "wgs84", "cgcs2000", else its name, for instance "Xian 1980".

    >>> datum_of(resolve("EPSG:4547")), datum_of(resolve("EPSG:3857")), datum_of(resolve("EPSG:2362"))
    ('cgcs2000', 'wgs84', 'Xian 1980')
    """
    whole = _from_input(crs.text)
    base = None if whole is None else whole.geodetic_crs
    if base is None:
        return crs.name
    known = {4326: "wgs84", 4979: "wgs84", 4490: "cgcs2000", 4480: "cgcs2000"}.get(base.to_epsg() or 0)
    datum = base.datum.name if base.datum else ""
    if datum.startswith("World Geodetic System 1984"):
        return "wgs84"
    return known or ("cgcs2000" if datum == "China 2000" else base.name)


def is_wgs84(crs: Crs) -> bool:
    """Return whether coordinates of a CRS are WGS 84 longitude and latitude already, so that nothing is to be done."""
    return crs.geographic and crs.text in {f"EPSG:{code}" for code in _AS_WGS84}


def accuracy(crs: Crs, x: float, y: float) -> float | None:
    """Return how well PROJ takes a place to WGS 84, in metres; None where it does not know, 0 for WGS 84 and CGCS2000.

    x, y : easting and northing in the unit of `crs`, or longitude and latitude in degrees
    """
    pyproj = _pyproj()
    whole = pyproj.CRS.from_user_input(crs.text)
    base = whole.geodetic_crs
    if whole.is_bound or base is None:
        return None
    if base.to_epsg() in _AS_WGS84 or datum_of(crs) in ("wgs84", "cgcs2000"):
        return 0.0
    transformer = pyproj.Transformer.from_crs(whole, "EPSG:4979", always_xy=True)
    transformer.transform(x, y, 0.0)
    try:
        found = float(transformer.get_last_used_operation().accuracy)
    except pyproj.exceptions.ProjError:  # there was only one
        found = float(transformer.accuracy)
    return found if found >= 0 else None


def lnglat_from_map(crs: Crs, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return WGS 84 longitude, latitude in degrees and height in metres, (n, 3).

    points : (n, 3) float64: easting, northing in the unit of `crs` (or longitude, latitude in degrees), height in
        metres

    The height passes unchanged; points outside the projection's reach become inf.
    """
    return _transform(_to_wgs84(crs.text), points, inverse=False)


def map_from_lnglat(crs: Crs, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return easting, northing in the unit of `crs` and height in metres, (n, 3); the inverse of `lnglat_from_map`.

    points : (n, 3) float64: WGS 84 longitude, latitude in degrees, height in metres
    """
    return _transform(_to_wgs84(crs.text), points, inverse=True)


def ecef_from_lnglat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return EPSG:4978 coordinates in metres, (n, 3).

    points : (n, 3) float64: WGS 84 longitude, latitude in degrees, height above the ellipsoid in metres

    >>> ecef_from_lnglat(np.array([[0.0, 0.0, 10.0]])).tolist()
    [[6378147.0, 0.0, 0.0]]
    """
    with np.errstate(invalid="ignore"):  # a point that a projection does not reach is inf, and stays no number
        longitude, latitude, height = np.radians(points[:, 0]), np.radians(points[:, 1]), points[:, 2]
        sine, cosine = np.sin(latitude), np.cos(latitude)
        normal = _A / np.sqrt(1 - _E2 * sine**2)
        out = (normal + height) * cosine
        up = (normal * (1 - _E2) + height) * sine
        return np.column_stack([out * np.cos(longitude), out * np.sin(longitude), up])


def _pyproj() -> Any:
    """Return pyproj with its network off."""
    import pyproj
    from pyproj import network

    network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return pyproj


def _from_input(text: str) -> "CRS | None":
    """Return PROJ's CRS of a text, None when PROJ does not know it, or would open files that the text names."""
    if names_files(text):
        return None
    pyproj = _pyproj()
    try:
        found: CRS = pyproj.CRS.from_user_input(text.strip())
    except pyproj.exceptions.CRSError:
        return None
    return found


def _describe(whole: "CRS") -> Crs | None:
    """Return the horizontal part of a CRS; None when it has none (vertical, geocentric, engineering)."""
    flat, vertical = whole, None
    if whole.is_compound:
        flat, vertical = whole.sub_crs_list[0], whole.sub_crs_list[1].name
    axes = flat.axis_info
    if flat.is_geocentric or not (flat.is_geographic or flat.is_projected) or len(axes) < 2:
        return None
    if len(axes) == 3:
        flat, vertical = flat.to_2d(), "ellipsoid"
    code = flat.to_epsg(min_confidence=90)
    whole_code = code if flat is whole else whole.to_epsg(min_confidence=90)
    area = flat.area_of_use or whole.area_of_use or (_pyproj().CRS.from_epsg(code).area_of_use if code else None)
    text = f"EPSG:{code}" if code else flat.to_wkt()
    return Crs(
        text=text,
        label=f"EPSG:{whole_code}" if whole_code else text,
        name=flat.name,
        geographic=flat.is_geographic,
        unit=1.0 if flat.is_geographic else float(axes[0].unit_conversion_factor),
        north_first=axes[0].direction.lower() == "north",
        area=(area.west, area.south, area.east, area.north) if area else None,
        vertical=vertical,
    )


def _leads_to_wgs84(crs: Crs) -> bool:
    """Tell whether PROJ can compute with a CRS: it reads methods that it does not know."""
    try:
        _to_wgs84(crs.text)
    except _pyproj().exceptions.ProjError:
        return False
    return True


@cache
def _to_wgs84(text: str) -> "Transformer":
    """Return the cached transformer of a horizontal CRS to WGS 84 longitude, latitude, height.

    Where the datum is taken for WGS 84 itself the projection alone is undone: ten times faster than letting PROJ
    search its transformations, with the same result.
    """
    pyproj = _pyproj()
    crs = pyproj.CRS.from_user_input(text)
    base = None if crs.is_bound else crs.geodetic_crs
    same = base is not None and base.to_epsg() in _AS_WGS84
    made: Transformer = pyproj.Transformer.from_crs(crs, base if same else "EPSG:4979", always_xy=True)
    return made


def _transform(transformer: "Transformer", points: NDArray[np.float64], *, inverse: bool) -> NDArray[np.float64]:
    """Transform (n, 3) float64 points: degrees or map units, heights in metres."""
    columns: Sequence[NDArray[np.float64]] = transformer.transform(
        points[:, 0], points[:, 1], points[:, 2], direction="INVERSE" if inverse else "FORWARD"
    )
    return np.column_stack(columns)


def lnglat_from_ecef(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return WGS 84 longitude, latitude in degrees and height above the ellipsoid in metres, (n, 3).

    points : (n, 3) float64, EPSG:4978, metres

    Bowring's (1976) formula, twice: below a micrometre near the Earth's surface.

    >>> lnglat_from_ecef(np.array([[6378147.0, 0.0, 0.0]])).round(6).tolist()
    [[0.0, 0.0, 10.0]]
    """
    x, y, z = points.T
    out = np.hypot(x, y)
    flattening = np.sqrt(1 - _E2)
    reduced = np.arctan2(z, out * flattening)
    for _ in range(2):
        latitude = np.arctan2(
            z + _A * flattening * _E2 / (1 - _E2) * np.sin(reduced) ** 3, out - _A * _E2 * np.cos(reduced) ** 3
        )
        reduced = np.arctan2(flattening * np.sin(latitude), np.cos(latitude))
    sine, cosine = np.sin(latitude), np.cos(latitude)
    height = out * cosine + z * sine - _A * np.sqrt(1 - _E2 * sine**2)
    return np.column_stack([np.degrees(np.arctan2(y, x)), np.degrees(latitude), height])
