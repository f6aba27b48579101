"""The sample city: every layer is there, fits together, and is the same on every run."""

import hashlib
import math
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely

from sample_data import sites
from sample_data.city import write_city

Table = tuple[Any, dict[str, Any]]  # geometries (n,) and columns (n,) by name
FIELDS = {
    "districts": ["名称", "人口"],
    "water": ["名称", "类型"],
    "green": ["名称", "类型"],
    "land_use": ["用地代码", "用地性质"],
    "parcels": ["宗地号", "面积", "用地代码", "项目代码"],
    "roads": ["名称", "等级", "宽度", "桥梁", "单行"],
    "rail": ["名称", "类型"],
    "metro_stations": ["名称", "线路"],
    "utilities": ["类型", "管径"],
    "buildings": ["编号", "名称", "用途", "层数", "高度", "建成年份"],
}
LEAST = {"districts": 8, "water": 5, "green": 300, "land_use": 1200, "parcels": 2500, "roads": 1000, "rail": 5,
         "metro_stations": 25, "utilities": 20, "buildings": 25000}  # fmt: skip
PLACEHOLDERS = {"community": 1, "school": 1, "hospital": 2, "housing": 2, "viaduct": 0, "metro": 0, "water": 0}
CITY = shapely.box(*sites.LOW, *sites.HIGH)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "城市.gpkg"
    steps: list[tuple[int, int, str]] = []
    started = time.monotonic()
    write_city(path, lambda done, total, name: steps.append((done, total, name)))
    print(f"city: {time.monotonic() - started:.1f} s, {path.stat().st_size / 1e6:.1f} MB")  # noqa: T201
    assert [done for done, _, _ in steps] == list(range(steps[0][1] + 1))
    return path


@pytest.fixture(scope="module")
def tables(city: Path) -> dict[str, Table]:
    return {name: read(city, name) for name in FIELDS}


def read(path: Path, layer: str) -> Table:
    meta, _, shapes, columns = pyogrio.raw.read(path, layer=layer)
    return shapely.from_wkb(shapes), dict(zip(meta["fields"], columns, strict=True))


def site_ground(site: sites.Site, margin: float = 0.0) -> Any:
    return shapely.Polygon(site.corners(margin))


def carriageways(roads: Table) -> Any:
    return shapely.buffer(roads[0], roads[1]["宽度"] / 2, cap_style="flat")


def overlaps(shapes: Any, others: Any) -> Any:
    """Return pairs (row of shapes, row of others) that share more than a square decimetre."""
    one, two = shapely.STRtree(others).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[one], others[two])) > 0.01
    return np.column_stack([one[shared], two[shared]])


def test_every_layer_has_its_fields(city: Path) -> None:
    assert [name for name, _ in pyogrio.list_layers(city)] == list(FIELDS)
    for name, fields in FIELDS.items():
        info = pyogrio.read_info(city, layer=name)
        assert list(info["fields"]) == fields
        assert info["crs"] == "EPSG:4547"
        assert info["features"] >= LEAST[name], name


@pytest.mark.long
def test_two_runs_are_equal(city: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.gpkg"
    again.write_bytes(b"an older file, which is replaced")
    write_city(again)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(city.read_bytes()).digest()


def test_all_geometry_is_valid_and_inside(tables: dict[str, Table]) -> None:
    near = CITY.buffer(0.002)
    for name, (shapes, _) in tables.items():
        assert shapely.is_valid(shapes).all(), name
        assert not shapely.is_empty(shapes).any(), name
        assert shapely.within(shapes, near).all(), name


def test_districts_tile_the_city(tables: dict[str, Table]) -> None:
    shapes, columns = tables["districts"]
    assert len(set(columns["名称"])) == len(shapes) == 8
    assert shapely.symmetric_difference(shapely.union_all(shapes), CITY).area < 10  # millimetre rounding of borders
    assert math.isclose(shapely.area(shapes).sum(), CITY.area, rel_tol=1e-6)
    assert columns["人口"].min() > 20_000
    assert columns["人口"].sum() < 4_000_000


def test_buildings_stand_clear(tables: dict[str, Table]) -> None:
    shapes, columns = tables["buildings"]
    assert 25_000 <= len(shapes) <= 40_000
    pairs = overlaps(shapes, shapes)
    assert len(pairs[pairs[:, 0] != pairs[:, 1]]) == 0
    assert len(overlaps(shapes, carriageways(tables["roads"]))) == 0
    assert len(overlaps(shapes, tables["water"][0])) == 0
    rail = shapely.STRtree(tables["rail"][0])
    assert len(rail.query(shapes, predicate="intersects")[0]) == 0
    assert len(set(columns["编号"])) == len(shapes)


def test_blocks_lie_between_the_streets(tables: dict[str, Table]) -> None:
    blocks = tables["land_use"][0]
    pairs = overlaps(blocks, blocks)
    assert len(pairs[pairs[:, 0] != pairs[:, 1]]) == 0
    grown = overlaps(shapely.buffer(blocks, -0.5), carriageways(tables["roads"]))
    assert len(grown) == 0
    assert shapely.area(blocks).sum() > 0.7 * CITY.area


def test_parcels_do_not_overlap(tables: dict[str, Table]) -> None:
    shapes, columns = tables["parcels"]
    pairs = overlaps(shapely.buffer(shapes, -0.01), shapes)
    assert len(pairs[pairs[:, 0] != pairs[:, 1]]) == 0
    assert len(set(columns["宗地号"])) == len(shapes)
    assert np.allclose(columns["面积"], shapely.area(shapes), atol=0.2 + 1e-4 * shapely.area(shapes))


@pytest.mark.parametrize("site", sites.SITES, ids=[site.kind for site in sites.SITES])
def test_a_site_is_a_parcel_free_of_foreign_buildings(tables: dict[str, Table], site: sites.Site) -> None:
    parcels, columns = tables["parcels"]
    (row,) = np.flatnonzero(columns["项目代码"] == site.code)
    ground = site_ground(site)
    assert parcels[row].symmetric_difference(ground).area < 1.0
    shapes, _ = tables["buildings"]
    inside = shapely.STRtree(shapes).query(ground.buffer(12.0), predicate="intersects")
    assert len(inside) == PLACEHOLDERS[site.kind]
    assert shapely.within(shapes[inside], ground).all()


def test_the_viaduct_is_an_expressway_that_goes_on(tables: dict[str, Table]) -> None:
    roads, columns = tables["roads"]
    axis = shapely.LineString(sites.viaduct_axis())
    near = columns["等级"] == "快速路"
    fast = shapely.union_all(roads[near])
    assert shapely.hausdorff_distance(axis, shapely.intersection(fast, axis.buffer(2.0, cap_style="flat"))) < 2.0
    (bridge,) = np.flatnonzero(columns["名称"] == "江湾高架桥")
    assert columns["桥梁"][bridge] == 1
    for end, inner in ((axis.coords[0], axis.coords[1]), (axis.coords[-1], axis.coords[-2])):
        ahead = [end[i] + (end[i] - inner[i]) * 2 for i in (0, 1)]
        assert fast.distance(shapely.Point(ahead)) < 3
    corridor = axis.buffer(25.0, cap_style="flat")
    assert not shapely.intersects(tables["buildings"][0], corridor).any()


def test_the_metro_runs_along_its_site(tables: dict[str, Table]) -> None:
    lines, columns = tables["rail"]
    (row,) = np.flatnonzero(columns["名称"] == "地铁2号线")
    corners = sites.METRO.corners()
    west, east = (
        shapely.Point((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in ((corners[0], corners[3]), corners[1:3])
    )
    assert lines[row].distance(west) < 0.5
    assert lines[row].distance(east) < 0.5
    stations, names = tables["metro_stations"]
    (station,) = np.flatnonzero(names["名称"] == "人民广场站")
    assert stations[station].within(site_ground(sites.METRO))


def test_roads_have_names_and_ranks(tables: dict[str, Table]) -> None:
    roads, columns = tables["roads"]
    assert len(roads) <= 6000
    assert all(columns["名称"])
    assert set(columns["等级"]) == {"快速路", "主干路", "次干路", "支路", "步行街"}
    names = set(columns["名称"])
    assert {"人民路", "中山路", "滨江路", "环城快速路", "江湾快速路", "人民大桥", "鼓楼步行街"} <= names
    assert len(names) > 600
    river = shapely.LineString(sites.river_axis())
    bank_road = shapely.union_all(roads[columns["名称"] == "滨江路"])
    community = site_ground(sites.COMMUNITY)
    assert bank_road.distance(community) < 40
    assert bank_road.distance(river) < 300
    bridges = columns["桥梁"] == 1
    assert shapely.intersects(roads[bridges], river).sum() >= 7
    over = shapely.union_all(tables["water"][0]).buffer(-1.0)
    assert not shapely.intersects(roads[~bridges], over).any()


def test_streets_of_west_and_east_are_called_road(tables: dict[str, Table]) -> None:
    roads, columns = tables["roads"]
    ends = np.array([(line.coords[0], line.coords[-1]) for line in roads])
    run = abs(ends[:, 1] - ends[:, 0])
    level, upright = run[:, 0] > 3 * run[:, 1], run[:, 1] > 3 * run[:, 0]
    minor = np.isin(columns["等级"], ["支路", "次干路"])
    last = np.array([name[-1] for name in columns["名称"]])
    assert (last[minor & level] != "街").all()
    drives = np.array([name.startswith("滨江") or name in {"湖滨路"} for name in columns["名称"]])
    assert (last[minor & upright & ~drives] != "路").all()


def test_heights_follow_floors_and_districts(tables: dict[str, Table]) -> None:
    shapes, columns = tables["buildings"]
    heights, floors = columns["高度"], columns["层数"]
    assert floors.min() >= 1
    assert heights.min() > 2.5
    assert 280 < heights.max() <= 300
    dwellings = columns["用途"] == "住宅"
    storey = heights[dwellings] / floors[dwellings]
    assert 2.6 < storey.min() < storey.max() < 4.6
    assert np.allclose(heights * 10, np.round(heights * 10))
    assert columns["建成年份"].min() >= 1900
    assert columns["建成年份"].max() <= 2026
    centre = shapely.Point(sites.METRO.eastings, sites.METRO.northings)
    heart = shapely.distance(shapes, centre) < 700
    tall = heights > 100
    assert tall[heart].mean() > 10 * tall[~heart].mean()
    assert 8 <= (heights >= 150).sum() <= 40


def test_shapes_are_not_all_boxes(tables: dict[str, Table]) -> None:
    shapes, columns = tables["buildings"]
    corners = Counter(shapely.get_num_coordinates(shapely.get_exterior_ring(shapes)).tolist())
    assert corners[5] < 0.6 * len(shapes)
    assert (shapely.get_num_interior_rings(shapes) > 0).sum() > 300
    assert {7, 9, 21, 29, 33} <= set(corners)  # L, U, cross, round, soft
    assert {"住宅", "商业", "办公", "学校", "医院", "工业", "公建"} <= set(columns["用途"])
    assert sum(1 for name in columns["名称"] if name) >= 20


def test_the_river_is_as_wide_as_planned(tables: dict[str, Table]) -> None:
    shapes, columns = tables["water"]
    (river,) = shapes[columns["名称"] == "滨江"]
    axis = shapely.LineString(sites.river_axis())
    for share in np.linspace(0.05, 0.95, 30):
        here, ahead = (axis.interpolate(float(share) * axis.length + d) for d in (0.0, 1.0))
        dx, dy = ahead.x - here.x, ahead.y - here.y
        across = shapely.LineString([(here.x - 400 * dy, here.y + 400 * dx), (here.x + 400 * dy, here.y - 400 * dx)])
        wet = shapely.intersection(across, shapely.Polygon(shapely.get_parts(river)[0].exterior))
        assert 225 < wet.length < 375
