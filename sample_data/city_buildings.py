"""All buildings of the sample city: every parcel built on, the landmarks, the placeholders; nothing over anything."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data import city_plan as plan
from sample_data import sites
from sample_data.city_blocks import GREEN, Ground, shrunk
from sample_data.city_housing import homes
from sample_data.city_shapes import Floats, Geometries, Geometry, parts
from sample_data.city_stock import Stock, largest, moved, single
from sample_data.city_works import BUILDERS, LANDMARKS, great, modest, tower_on_podium

CLEAR = 12.0  # metres around a key project's parcel where nothing is built
CORRIDOR = 25.0  # metres to either side of the viaduct's axis


@dataclass(frozen=True, slots=True)
class Buildings:
    """Footprints (n,), floors, height and year (n, 3), uses (n,), names (n,); and the sports grounds beside them."""

    polygons: Geometries
    numbers: Floats
    uses: NDArray[np.object_]
    names: NDArray[np.object_]
    fields: list[tuple[str, Geometry]]


def site_zones() -> Geometries:
    """Return the ground (n,) that the key projects keep free of other buildings."""
    zones = [plan.site_ground(site, CLEAR + 0.05) for site in sites.SITES]
    return np.array([*zones, shapely.buffer(plan.VIADUCT_LINE, CORRIDOR + 0.05, cap_style="square")])


def placeholders(stock: Stock) -> None:
    """Build what a model will stand in for later: one or two plain blocks inside the parcel."""
    for site, floors, height, use in (
        (sites.COMMUNITY, 3, 12.0, "公建"),
        (sites.SCHOOL, 4, 16.5, "学校"),
        (sites.HOSPITAL, 9, 38.0, "医院"),
        (sites.HOUSING, 18, 55.0, "住宅"),
    ):
        centre = plan.site_ground(site).centroid
        whole = single(centre.x, centre.y, site.turn_deg, site.width, site.depth)
        if site in {sites.HOSPITAL, sites.HOUSING}:
            apart, wide = (0.15, 0.62) if site is sites.HOSPITAL else (0.25, 0.8)
            for across, high in ((-site.depth * apart, 0.6), (site.depth * apart, 1.0)):
                rects = moved(whole, 0.0, across, site.width * wide, site.depth * 0.28)
                stock.add(rects, "box", use, round(floors * high), round(height * high, 1), 2025, site.name)
        else:
            rects = moved(whole, 0.0, 0.0, site.width - 4, min(site.depth - 3, 36.0))
            stock.add(rects, "box", use, floors, height, 2025, site.name)


def build_city(lots: Ground, closed: Geometries) -> Buildings:
    """Build on every parcel; `closed` (n,) is the ground of streets, water and rail that no building may touch."""
    stock = Stock()
    placeholders(stock)
    first = sum(len(batch) for batch in stock.kinds)
    grounds = open_ground(lots.polygons, closed)
    taken = set()
    projects = shapely.union_all([plan.site_ground(site) for site in sites.SITES])
    beside = shapely.dwithin(lots.polygons, projects, 30.0)
    tree = shapely.STRtree(grounds)
    large = shapely.area(grounds) > 3400
    for i, (name, point, height, _, kind) in enumerate(LANDMARKS):
        near = [j for j in tree.query(shapely.Point(point).buffer(650)) if large[j] and lots.uses[j] in {"B1", "B2"}]
        near = [j for j in near if j not in taken and not lots.names[j]]
        if near:
            row = min(near, key=lambda j: (grounds[j].distance(shapely.Point(point)), j))
            taken.add(row)
            rng = np.random.default_rng([20260403, 1, i])
            tower_on_podium(stock, largest(grounds[row].buffer(-8), 1.6), height, rng, name, kind)
    for i, ground in enumerate(grounds):
        if i in taken or ground.is_empty or (lots.uses[i] in GREEN) or lots.uses[i] == "E2":
            continue
        rng = np.random.default_rng([20260403, 2, i])
        before = len(stock.kinds)
        if lots.names[i]:
            great(stock, ground, lots.names[i])
        elif lots.uses[i] in BUILDERS:
            BUILDERS[lots.uses[i]](stock, ground, lots.manners[i], float(lots.bearings[i]), rng)
        else:
            homes(stock, ground, lots.manners[i], float(lots.bearings[i]), rng)
        if len(stock.kinds) == before and not beside[i]:
            modest(stock, ground, lots.uses[i], float(lots.bearings[i]), rng)
    return without_conflicts(stock, first, closed)


def open_ground(polygons: Geometries, closed: Geometries) -> Geometries:
    """Return of each parcel (n,) the largest piece that is clear of closed ground and of the key projects' zones."""
    result = polygons.copy()
    bars = np.concatenate([closed, site_zones()])
    rows, hits = shapely.STRtree(bars).query(result, predicate="intersects")
    for row in np.unique(rows):
        result[row] = shapely.difference(result[row], shapely.union_all(bars[hits[rows == row]]))
    several = shapely.get_type_id(result) != 3
    result[several] = [
        max(parts(np.array([g]))[0], key=lambda p: p.area, default=shapely.Polygon()) for g in result[several]
    ]
    return shrunk(result, 0.5)


def without_conflicts(stock: Stock, first: int, closed: Geometries) -> Buildings:
    """Return the stock without what touches closed ground or an earlier building; the first ones are placeholders."""
    polygons, numbers, uses, names = stock.polygons()
    bars = np.concatenate([closed, site_zones()])
    keep = shapely.area(polygons) > 20
    keep[shapely.STRtree(bars).query(polygons, predicate="intersects")[0]] = False
    keep &= shapely.within(polygons, plan.CITY)
    keep[:first] = True
    one, two = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    ahead = one < two
    one, two = one[ahead], two[ahead]
    over = shapely.area(shapely.intersection(polygons[one], polygons[two])) > 1e-4
    for a, b in sorted(zip(one[over].tolist(), two[over].tolist(), strict=True)):
        if keep[a]:
            keep[b] = False
    return Buildings(polygons[keep], numbers[keep], uses[keep], names[keep], stock.fields)
