"""Where the projects without a model stand in the generated city: parcels of its map file, points on its roads."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from sample_data import city_plan, sites
from sample_data.fact_projects import PROJECTS, Where

_AXIS, _FLATTENING, _MERIDIAN, _FALSE_EASTING = 6378137.0, 1 / 298.257222101, 114.0, 500000.0  # CGCS2000, CM 114E


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project stands: its district, and a point in degrees or the number of its parcel; models have neither."""

    district: str
    longitude: float | None = None
    latitude: float | None = None
    parcel: str | None = None


def lnglat(easting: float, northing: float) -> tuple[float, float]:
    """Return longitude and latitude, degrees, of a point in EPSG:4547: Krüger's series for the inverse."""
    n = _FLATTENING / (2 - _FLATTENING)
    radius = _AXIS / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    xi, eta = northing / radius, (easting - _FALSE_EASTING) / radius
    beta = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    for j, b in enumerate(beta, 1):
        xi, eta = (
            xi - b * math.sin(2 * j * northing / radius) * math.cosh(2 * j * (easting - _FALSE_EASTING) / radius),
            eta - b * math.cos(2 * j * northing / radius) * math.sinh(2 * j * (easting - _FALSE_EASTING) / radius),
        )
    chi = math.asin(math.sin(xi) / math.cosh(eta))
    delta = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
    latitude = chi + sum(d * math.sin(2 * j * chi) for j, d in enumerate(delta, 1))
    longitude = math.atan2(math.sinh(eta), math.cos(xi))
    return round(_MERIDIAN + math.degrees(longitude), 6), round(math.degrees(latitude), 6)


def places(city_file: Path) -> dict[str, Place]:
    """Return code → place of all projects, as the city's map file has the ground."""
    _, _, shapes, (names, _) = pyogrio.raw.read(city_file, layer="districts", columns=["名称", "人口"])
    districts = [(str(name), shape) for name, shape in zip(names, shapely.from_wkb(shapes), strict=True)]
    _, _, shapes, columns = pyogrio.raw.read(city_file, layer="parcels")
    numbers, sizes, uses, codes = columns
    grounds = shapely.from_wkb(shapes)
    free = codes == ""
    found: dict[str, Place] = {}
    for project in PROJECTS:
        if project.where is None:
            ground = grounds[np.flatnonzero(codes == project.code)[0]]
            found[project.code] = Place(_district(shapely.point_on_surface(ground), districts))
            continue
        wanted = project.where
        point = _point(wanted)
        parcel = None
        if wanted.use:
            fit = np.flatnonzero(free & (uses == wanted.use) & (sizes > 4000.0))
            row = int(fit[np.argmin(shapely.distance(grounds[fit], point))])
            free[row] = False
            point, parcel = shapely.point_on_surface(grounds[row]), str(numbers[row])
        district = _district(point, districts)
        if wanted.by_parcel:
            found[project.code] = Place(district, parcel=parcel)
        else:
            found[project.code] = Place(district, *lnglat(point.x, point.y))
    return found


def _point(where: Where) -> Any:
    """Return the point in EPSG:4547, moved to the road that was named."""
    point = shapely.Point(where.x, where.y)
    if where.road == "滨江":
        point = shapely.line_interpolate_point(city_plan.RIVER, shapely.line_locate_point(city_plan.RIVER, point))
    elif where.road:
        (line,) = (road.line for road in city_plan.ROADS if road.name == where.road)
        point = shapely.line_interpolate_point(line, shapely.line_locate_point(line, point))
    return shapely.Point(point.x + sites.LOW[0], point.y + sites.LOW[1])


def _district(point: Any, districts: list[tuple[str, Any]]) -> str:
    """Return the name of the district that a point is in."""
    return next(name for name, shape in districts if shapely.intersects(shape, point))
