"""Tiles of layers in memory: `mapbox-vector-tile` decodes them, shapely is the oracle of what lies in a tile."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from tests.tiles.decoding import decode, decode_integers, drawn, features_of, projected, surveyor, tiles_of, window
from tests.tiles.shapes_strategies import ZOOM, lines, points, polygons
from tiles.live import LiveLayer, tile_range_of
from twin.values.layer import TileRange

slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
RANGE = TileRange(0, ZOOM)


def layer_of(*geometries: BaseGeometry) -> LiveLayer:
    return LiveLayer("layer", features_of(geometries), RANGE)


def expected(geometry: BaseGeometry, tile: tuple[int, int, int], buffer: float = 64) -> BaseGeometry:
    """Return what lies in a tile by shapely, from whichever way round the globe."""
    seen = [projected(geometry, tile, turns) for turns in (-1, 0, 1)]
    inside = [shapely.intersection(one, window(buffer)) for one in seen if one.intersects(window(buffer))]
    return shapely.union_all(inside) if inside else shapely.Polygon()


@given(polygons)
@slow
def test_polygons_survive_in_every_tile(geometry: BaseGeometry) -> None:
    layer = layer_of(geometry)
    whole = 0.0
    present = 0
    for tile in tiles_of(geometry, ZOOM):
        wanted = expected(geometry, tile)
        found = decode(layer.tile(*tile))
        assert len(found) <= 1
        got = drawn(found[0]) if found else shapely.Polygon()
        # rounding moves an edge by at most half a grid step in each axis; a speck keeps one grid square
        slack = 0.75 * wanted.length + 3
        assert shapely.symmetric_difference(got, wanted).area <= slack
        assert found or wanted.area <= slack
        whole += shapely.intersection(got, window(0)).area
        present += bool(found)
        for feature in found:
            assert feature["id"] == 1
            assert window(65).contains(got)
    rows = [expected(geometry, tile, 0) for tile in tiles_of(geometry, ZOOM)]
    assert present >= 1
    assert abs(whole - sum(row.area for row in rows)) <= 0.75 * sum(row.length for row in rows) + 4


@given(polygons)
@slow
def test_rings_are_wound_and_numbered_as_specified(geometry: BaseGeometry) -> None:
    layer = layer_of(geometry)
    for tile in tiles_of(geometry, ZOOM):
        for kind, rings in decode_integers(layer.tile(*tile)):
            assert kind == 3
            areas = [surveyor(ring) for ring in rings]
            assert areas[0] > 0  # an exterior comes first
            assert all(area != 0 for area in areas)
            for ring in rings:
                assert len(ring) >= 3
                assert all(a != b for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))  # also not closed
            holes = sum(len(part.interiors) for part in shapely.get_parts(geometry))
            assert sum(area < 0 for area in areas) <= holes


@given(lines)
@slow
def test_lines_survive_in_every_tile(geometry: BaseGeometry) -> None:
    layer = layer_of(geometry)
    met = 0
    for tile in tiles_of(geometry, ZOOM):
        wanted = expected(geometry, tile)
        found = decode(layer.tile(*tile))
        got = shapely.union_all([drawn(feature) for feature in found])
        met += len(found)
        west, north, east, south = wanted.bounds if not wanted.is_empty else (0, 0, 0, 0)
        if max(east - west, south - north) < 3:
            continue  # what falls into one grid step is only owed to the tile it lies in, not to its neighbour's buffer
        assert len(found) == 1
        assert wanted.buffer(1.5).contains(got)
        # a part shorter than a grid step may go where another part stands
        parts = [part for part in shapely.get_parts(wanted) if part.length > 3]
        assert shapely.union_all(parts).difference(got.buffer(1.5)).is_empty
    assert met >= 1


@given(points)
@slow
def test_points_survive_in_every_tile(geometry: BaseGeometry) -> None:
    layer = layer_of(geometry)
    for tile in tiles_of(geometry, ZOOM):
        places = {
            (round(p.x), round(p.y))
            for turns in (-1, 0, 1)
            for p in shapely.get_parts(projected(geometry, tile, turns))
            if min(p.x, p.y) > -63.9 and max(p.x, p.y) < 4159.9
        }
        found = {p for _, rings in decode_integers(layer.tile(*tile)) for ring in rings for p in ring}
        assert all(any(math.dist(a, b) <= 1.5 for b in found) for a in places)
        assert all(any(math.dist(a, b) <= 1.5 for b in places) for a in found if min(a) > 0 and max(a) < 4096)


def test_a_hole_stays_a_hole_and_a_multi_polygon_its_parts() -> None:
    step = 360 / 2**ZOOM / 4096
    square = shapely.box(0, 0, 1000 * step, 1000 * step)
    court = shapely.box(300 * step, 300 * step, 600 * step, 500 * step)
    other = shapely.box(1500 * step, 0, 1600 * step, 100 * step)
    layer = layer_of(shapely.MultiPolygon([square - court, other]))
    ((_, rings),) = decode_integers(layer.tile(ZOOM, 2**13, 2**13 - 1))
    assert [surveyor(ring) for ring in rings] == pytest.approx([1e6, -6e4, 1e4], rel=0.01)
    (feature,) = decode(layer.tile(ZOOM, 2**13, 2**13 - 1))
    assert [len(polygon.interiors) for polygon in drawn(feature).geoms] == [1, 0]


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.box(179.9, 10, 180.1, 10.1),
        shapely.box(-180.1, 10, -179.9, 10.1),
        shapely.LineString([(179.9, 10), (180.1, 10.1)]),
        shapely.MultiPoint([(179.95, 10), (180.05, 10)]),
    ],
    ids=["east", "west", "line", "points"],
)
def test_what_crosses_the_antimeridian_stands_on_both_sides(geometry: BaseGeometry) -> None:
    layer = layer_of(geometry)
    y = int(tiles_of(geometry, 10)[2][2])
    rows = range(y - 2, y + 3)
    assert any(decode(layer.tile(10, 0, row)) for row in rows)
    assert any(decode(layer.tile(10, 1023, row)) for row in rows)
    assert not any(decode(layer.tile(10, 512, row)) for row in rows)
    # the whole world is one tile: one feature with a part at each edge
    (feature,) = decode(layer.tile(0, 0, 0))
    box = shapely.bounds(drawn(feature))
    assert feature["id"] == 1
    assert box[0] <= 4 or box[2] >= 4092


def test_a_tile_outside_of_the_range_or_the_grid_is_empty() -> None:
    layer = LiveLayer("layer", features_of([shapely.Point(0.01, 0.01)]), TileRange(2, 5))
    assert layer.tile(2, 2, 1) != b""
    assert {layer.tile(1, 1, 0), layer.tile(6, 32, 31), layer.tile(2, 4, 1), layer.tile(2, -1, 1)} == {b""}


def test_tiles_are_the_same_from_many_threads() -> None:
    geometry = [shapely.box(x / 500, y / 500, x / 500 + 0.001, y / 500 + 0.001) for x in range(40) for y in range(40)]
    calm = layer_of(*geometry)
    tiles = [(z, 2 ** (z - 1), 2 ** (z - 1) - 1) for z in range(1, ZOOM + 1)]
    wanted = [calm.tile(*tile) for tile in tiles]
    busy = layer_of(*geometry)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda tile: busy.tile(*tile), tiles * 5))
    assert found == wanted * 5


@given(st.integers(0, ZOOM))
@slow
def test_every_zoom_shows_a_layer_that_has_anything(zoom: int) -> None:
    shed = shapely.box(114.0, 22.0, 114.00001, 22.00001)
    layer = layer_of(shed)
    assert any(decode(layer.tile(*tile)) for tile in tiles_of(shed, zoom))


def test_the_range_follows_how_crowded_it_is() -> None:
    loose = features_of([shapely.Point(x / 10, 0) for x in range(1000)])
    crowd = features_of([shapely.Point(x / 1e7, y / 1e7) for x in range(300) for y in range(300)])
    vast = features_of([shapely.box(-170, -80, 170, 80)])
    assert tile_range_of(loose) == TileRange(0, 16)
    assert tile_range_of(crowd).maxzoom > 16
    assert tile_range_of(vast).maxzoom < 12
    assert tile_range_of(features_of([])).minzoom == 0
