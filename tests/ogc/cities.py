"""Layers of every kind that OGC API must carry, made by hand."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import shapely

from twin.values.layer import Features

COUNT = 240
EVIL = "<script>alert(1)</script> & \"quoted\" 'name'"


def houses(count: int = COUNT) -> Features:
    """Return buildings with holes, with values of every type, nulls and numbers that are none among them."""
    chance = np.random.default_rng(7)
    west, south = 113.9 + 0.2 * chance.random(count), 22.4 + 0.2 * chance.random(count)
    size = 0.001 + 0.01 * chance.random(count)
    outer = shapely.box(west, south, west + size, south + size)
    holes = shapely.box(west + size / 4, south + size / 4, west + size / 2, south + size / 2)
    geometry = np.where(np.arange(count) % 3 == 0, shapely.difference(outer, holes), outer)
    corners = np.stack([west, south, west + size, south, west, south + size], axis=1).reshape(count, 3, 2)
    geometry = np.where(np.arange(count) % 4 == 2, shapely.polygons(corners), geometry)  # its box is not its shape
    geometry[5] = shapely.multipolygons([outer[5], shapely.box(114.5, 22.4, 114.51, 22.41)])
    days = [date(1990, 1, 1) + timedelta(days=int(day)) for day in chance.integers(0, 12_000, count)]
    times = [
        datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=int(at), microseconds=1)
        for at in chance.integers(0, 10**6, count)
    ]
    numbers = chance.integers(-20, 40, count)
    columns = {
        "name": pa.array([None if i % 7 == 0 else EVIL if i == 1 else f"Straße_{i % 10}%" for i in range(count)]),
        "用途": pa.array([("住宅", "商业", "学校")[i % 3] for i in range(count)]),
        "height": pa.array([float("nan") if i % 11 == 0 else x for i, x in enumerate(chance.random(count) * 100)]),
        "floors": pa.array([None if i % 13 == 0 else int(x) for i, x in enumerate(numbers)]),
        "listed": pa.array([None if i % 5 == 0 else i % 2 == 0 for i in range(count)]),
        "built": pa.array([None if i % 4 == 0 else day for i, day in enumerate(days)]),
        "seen": pa.array([None if i % 6 == 0 else at for i, at in enumerate(times)], pa.timestamp("us", tz="UTC")),
        "limit": pa.array(list(range(count))),
        "two words": pa.array(["x"] * count),
    }
    return Features(geometry, pa.table(columns))


def towers() -> Features:
    """Return points with heights."""
    return Features(
        shapely.points([114.0, 114.01, 114.02], [22.5, 22.51, 22.52], [10.0, 100.0, 1000.0]),
        pa.table({"name": ["低", "中", "高"]}),
    )


def roads() -> Features:
    """Return lines, one of them with several parts."""
    lines = [
        shapely.linestrings([[113.9, 22.45], [114.0, 22.5], [114.1, 22.45]]),
        shapely.multilinestrings([[[113.9, 22.4], [113.95, 22.6]], [[114.0, 22.4], [114.05, 22.6]]]),
    ]
    return Features(
        np.array(lines, dtype=object), pa.table({"name": ["深南大道", "滨海大道"], "class": ["primary"] * 2})
    )


def islands() -> Features:
    """Return areas on both sides of the antimeridian."""
    shapes = [shapely.box(179, -17, 180, -16), shapely.box(-180, -17, -179, -16), shapely.box(0, -17, 1, -16)]
    return Features(np.array(shapes, dtype=object), pa.table({"name": ["west", "east", "far"]}))


LAYERS = {"houses": houses, "塔 & <i>": towers, "roads": roads, "islands": islands}
