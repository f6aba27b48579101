"""The sample city 滨江市 as one GeoPackage, as a survey bureau would deliver it: `write_city(path)`.

Everything is invented. The same features with the same coordinates are written on every run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from sample_data import city_blocks, city_names, city_plan, city_ramps, city_roads, city_water, sites
from sample_data.city_blocks import GREEN, USES, Ground
from sample_data.city_buildings import Buildings, build_city
from sample_data.city_shapes import Floats, Geometries, parts
from sample_data.city_sketch import districts, utilities

CRS = "EPSG:4547"
STAMP = "2026-01-01T00:00:00Z"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: geometries (n,) in the plan's frame, and the columns (n,) by their names."""

    name: str
    kind: str
    geometries: Geometries
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class City:
    """The parts of the city that the layers are written from."""

    water: dict[tuple[str, str], Any]
    rails: city_water.Rails
    streets: list[city_roads.Street]
    blocks: Ground
    lots: Ground
    buildings: Buildings


def make_city(progress: Progress) -> City:
    """Return the city; `progress` is called with (steps done, steps in all, name of the next step)."""
    progress(0, 5, "水系与轨道")
    water, rails = city_water.waters(), city_water.rails()
    whole_water = shapely.union_all(list(water.values()))
    progress(1, 5, "道路")
    main = city_roads.main_roads()
    ramps = city_ramps.ramps()
    tracks = [line for name, _, line in rails.lines if name.endswith("上行线")]
    faces = city_roads.superblocks(main, [*city_water.canals().values(), *tracks])
    growth = city_roads.grow(faces, np.random.default_rng(20260401))
    grown = city_roads.streets_of(growth, shapely.union(rails.railway, city_ramps.reserved()))
    streets = city_roads.with_bridges(main + ramps + grown, whole_water)
    streets = city_names.bridge_names(streets, water["滨江", "河流"])
    streets = city_names.named(streets, np.random.default_rng(20260404))
    progress(2, 5, "地块与宗地")
    roads = city_roads.carriageways(streets)
    blocks = city_blocks.blocks(np.concatenate([roads, [whole_water, rails.railway]]))
    lots = city_blocks.parcels(blocks)
    progress(3, 5, "建筑")
    closed = np.concatenate(
        [roads, shapely.get_parts(shapely.buffer(whole_water, 3.0)), shapely.get_parts(rails.ground)]
    )
    return City(water, rails, streets, blocks, lots, build_city(lots, closed))


def layers(city: City) -> list[Layer]:
    """Return the layers of the city in the order they are drawn in."""
    areas = districts()
    footprints = buildings_layer(city.buildings, areas)
    people = np.zeros(len(areas))
    living = footprints.columns["用途"] == "住宅"
    inner = shapely.point_on_surface(footprints.geometries)
    where = district_of(inner, areas)
    space = shapely.area(footprints.geometries) * footprints.columns["层数"]
    np.add.at(people, where[living], space[living] / 36.0)
    water = list(city.water.items())
    return [
        Layer("districts", "Polygon", np.array([polygon for _, polygon in areas]),
              {"名称": [name for name, _ in areas], "人口": (np.round(people / 100) * 100).astype(np.int64)}),
        Layer("water", "MultiPolygon", np.array([as_multi(p) for _, p in water]),
              {"名称": [name for (name, _), _ in water], "类型": [kind for (_, kind), _ in water]}),
        green_layer(city),
        Layer("land_use", "Polygon", city.blocks.polygons,
              {"用地代码": list(city.blocks.uses), "用地性质": [USES[use] for use in city.blocks.uses]}),
        parcel_layer(city.lots, areas),
        Layer("roads", "LineString", np.array([street.line for street in city.streets]),
              {"名称": [s.name for s in city.streets], "等级": [s.rank for s in city.streets],
               "宽度": np.array([s.width for s in city.streets], float),
               "桥梁": np.array([s.bridge for s in city.streets], np.int32),
               "单行": np.array([s.one_way for s in city.streets], np.int32)}),
        Layer("rail", "LineString", np.array([line for _, _, line in city.rails.lines]),
              {"名称": [name for name, _, _ in city.rails.lines], "类型": [kind for _, kind, _ in city.rails.lines]}),
        Layer("metro_stations", "Point", shapely.points([point for _, _, point in city.rails.stations]),
              {"名称": [name for name, _, _ in city.rails.stations], "线路": [on for _, on, _ in city.rails.stations]}),
        utilities_layer(city),
        footprints,
    ]  # fmt: skip


def as_multi(geometry: Any) -> Any:
    """Return a polygon or several as a MultiPolygon."""
    return shapely.MultiPolygon(parts(np.array([geometry]))[0].tolist())


def district_of(points: Geometries, areas: list[tuple[str, Any]]) -> "np.ndarray[Any, np.dtype[np.intp]]":
    """Return for points (n,) the row of the district they are in."""
    rows = np.zeros(len(points), np.intp)
    for row, (_, polygon) in enumerate(areas):
        shapely.prepare(polygon)
        rows[shapely.intersects(polygon, points)] = row
    return rows


def green_layer(city: City) -> Layer:
    """Return parks, belts, squares, sports grounds and the gardens of estates."""
    rng = np.random.default_rng(20260405)
    names = city_names.Names(rng)
    blocks = city.blocks
    here = np.isin(blocks.uses, GREEN)
    rows: list[tuple[str, str]] = []
    near_river = shapely.distance(shapely.point_on_surface(blocks.polygons), city_plan.RIVER) < city_plan.BANK
    for polygon, use, manner, by_river, name in zip(
        blocks.polygons[here], blocks.uses[here], blocks.manners[here], near_river[here], blocks.names[here],
        strict=True,
    ):  # fmt: skip
        if use == "G3":
            rows.append((name or names.garden(), "广场"))
        elif manner == "park" and polygon.area > 2e4:
            rows.append(("南湖公园", "公园"))
        elif by_river:
            rows.append(("滨江绿带", "滨水绿地"))
        elif use == "G1" and polygon.area > 4000:
            rows.append((names.garden(), "公园"))
        else:
            rows.append(("", "路侧绿地" if use == "G1" or polygon.area < 3e4 else "防护绿地"))
    belts, belt_names = city_blocks.belts(
        blocks, shapely.union_all([p for (_, kind), p in city.water.items() if kind != "河流"])
    )
    river = city.water["滨江", "河流"]
    islands = [shapely.Polygon(ring) for ring in river.interiors] if river.geom_type == "Polygon" else []
    fields = city.buildings.fields
    rows += [(name, "滨水绿地") for name in belt_names] + [("江心洲公园", "公园")] * len(islands)
    rows += [("", kind) for kind, _ in fields]
    shapes = np.concatenate(
        [blocks.polygons[here], belts, np.array(islands, object), np.array([f for _, f in fields], object)]
    )
    shapes = np.array([shapely.Polygon(s.exterior, s.interiors) for s in shapes])
    keep = shapely.area(shapes) > 40
    kept = [row for row, ok in zip(rows, keep, strict=True) if ok]
    return Layer("green", "Polygon", shapes[keep], {"名称": [n for n, _ in kept], "类型": [k for _, k in kept]})


def parcel_layer(lots: Ground, areas: list[tuple[str, Any]]) -> Layer:
    """Return the parcels (宗地), those of the key projects with their codes first."""
    own = np.array([city_plan.site_ground(site) for site in sites.SITES])
    shapes = np.concatenate([own, lots.polygons])
    codes = [site.code for site in sites.SITES] + [""] * len(lots.polygons)
    uses = [city_blocks.SITE_USES[site.kind] for site in sites.SITES] + list(lots.uses)
    where = district_of(shapely.point_on_surface(shapes), areas)
    numbers = [f"9901{d + 1:02d}001{1 + i % 9:03d}GB{i + 1:05d}" for i, d in enumerate(where)]
    return Layer(
        "parcels", "Polygon", shapes,
        {"宗地号": numbers, "面积": np.round(shapely.area(shapes), 1), "用地代码": uses, "项目代码": codes},
    )  # fmt: skip


def buildings_layer(buildings: Buildings, areas: list[tuple[str, Any]]) -> Layer:
    """Return the building footprints."""
    where = district_of(shapely.point_on_surface(buildings.polygons), areas)
    floors, heights, years = buildings.numbers.T
    return Layer(
        "buildings", "Polygon", buildings.polygons,
        {"编号": [f"{d + 1:02d}-{i + 1:06d}" for i, d in enumerate(where)], "名称": list(buildings.names),
         "用途": np.array(buildings.uses, dtype=object), "层数": floors.astype(np.int32),
         "高度": np.round(heights, 1), "建成年份": years.astype(np.int32)},
    )  # fmt: skip


def utilities_layer(city: City) -> Layer:
    """Return the trunk mains that follow the main roads."""
    rows = utilities(city.streets)
    return Layer(
        "utilities", "LineString", np.array([line for _, _, line in rows]),
        {"类型": [kind for kind, _, _ in rows], "管径": np.array([size for _, size, _ in rows], np.int32)},
    )  # fmt: skip


def write_layer(path: Path, layer: Layer, append: bool) -> None:
    """Write one layer, coordinates in EPSG:4547 rounded to millimetres."""
    shift = np.array(sites.LOW)

    def on_map(at: Floats) -> Floats:
        moved: Floats = np.round(at + shift, 3)
        return moved

    shapes = shapely.transform(layer.geometries, on_map)
    columns = [np.array(c, dtype=object) if isinstance(c, list) else c for c in layer.columns.values()]
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes),
        field_data=columns,
        fields=list(layer.columns),
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.kind,
        crs=CRS,
        append=append,
    )


def write_city(path: Path, progress: Progress | None = None) -> None:
    """Write the sample city as one GeoPackage; an older file at `path` is replaced.

    progress : called with (steps done, steps in all, name of the next step)
    """
    report: Progress = progress if progress is not None else (lambda done, total, name: None)
    city = make_city(report)
    report(4, 5, "写出")
    path.unlink(missing_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        for number, layer in enumerate(layers(city)):
            write_layer(path, layer, append=number > 0)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    report(5, 5, "完成")
