"""City layers of 980,000 buildings: cold tiles against PostGIS and `mapbox-vector-tile`, adding, serving."""

import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import shapely
from numpy.typing import NDArray

from tests.bench.layers_data import repeated_buildings, write_map_file
from tests.bench.measure import family, resident
from tests.bench.run import Table, say
from tiles.grid import BUFFER, EXTENT, world_from_lnglat
from tiles.live import LiveLayer
from twin.values.layer import Features, TileRange

BUILDINGS = 980_000
ZOOM = 14
POLYGONS = range(800, 1300)  # in a tile of the comparison
TILES, ROUNDS = 40, 3
OURS, DATABASE, ENCODERS = "ours", "PostGIS ST_AsMVT", "mapbox-vector-tile"
POSTGIS, ENCODER = 2.0, 10.0  # times faster, at least
ADD_SECONDS, ADD_MEMORY = 120.0, 3000.0
LARGEST = 500.0  # kB of a tile, decoded, at most

Tile = tuple[int, int, int]
Maker = Callable[[int, int, int], bytes]
Made = dict[int, dict[str, Any]]


def compare_layers(table: Table, source: Path, folder: Path, count: int = BUILDINGS) -> None:
    """Run all comparisons of layers on one data set."""
    from tests.bench import layers_serving

    say(f"\nCity layers: {count:,} buildings")
    features = repeated_buildings(source, count)
    compare_cold_tiles(table, features)
    path = folder / "buildings.fgb"
    write_map_file(features, path)
    del features
    twin = folder / "twin-layers"
    add_layer(table, path, twin)
    compare_sizes(table, twin)
    layers_serving.compare_serving(table, twin, folder)


def compare_cold_tiles(table: Table, features: Features) -> None:
    """Time tiles that nobody has asked for before, made by three programs from the same buildings."""
    from tests.bench import postgis

    start = time.perf_counter()
    layer = LiveLayer("buildings", features, TileRange(0, ZOOM))
    say(f"      layer in memory after {time.perf_counter() - start:.1f} s")
    mercator = shapely.transform(features.geometry, metres)
    tree = shapely.STRtree(mercator)
    records = features.attributes.to_pylist()
    chosen = full_tiles(features, TILES)
    makers: dict[str, Maker] = {
        OURS: layer.tile,
        ENCODERS: lambda z, x, y: encoded(tree, mercator, records, (z, x, y)),
    }
    with contextlib.ExitStack() as running:
        if missing := postgis.install():
            say(f"SKIP  {missing}")
        else:
            connection = running.enter_context(postgis.database())
            postgis.load(connection, features, mercator)
            makers[DATABASE] = lambda z, x, y: postgis.tile(connection, z, x, y)
        seconds, made = timed(makers, chosen)
    say(f"Cold tiles of zoom {ZOOM}: medians of {len(chosen)} tiles, query, clip and encode together")
    for name, demanded in ((DATABASE, POSTGIS), (ENCODERS, ENCODER)):
        if name in makers:
            check_equal(made[OURS], made[name], name)
            table.judge(f"{name} / ours", seconds[name] / seconds[OURS], demanded, "x", at_least=True)
            say(f"      ours {seconds[OURS] * 1e3:.2f} ms, {name} {seconds[name] * 1e3:.2f} ms")


def metres(lnglat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 2) Web Mercator metres of (n, 2) degrees."""
    world = world_from_lnglat(np.ascontiguousarray(lnglat.T)).T
    return np.asarray((world * [1, -1] + [-0.5, 0.5]) * 2 * np.pi * 6378137.0)


def full_tiles(features: Features, count: int) -> list[Tile]:
    """Return tiles whose buildings number as many as `POLYGONS`, spread evenly over those there are."""
    middle = shapely.get_coordinates(shapely.centroid(features.geometry)).T
    x, y = np.floor(world_from_lnglat(np.ascontiguousarray(middle)) * 2**ZOOM).astype(np.int64)
    tiles, counts = np.unique(np.stack([x, y], axis=1), axis=0, return_counts=True)
    good = tiles[(counts >= POLYGONS.start) & (counts < POLYGONS.stop)]
    if not len(good):
        sys.exit(f"No tile of zoom {ZOOM} holds {POLYGONS.start} to {POLYGONS.stop} buildings")
    return [(ZOOM, int(x), int(y)) for x, y in good[:: max(1, len(good) // count)][:count]]


def timed(makers: dict[str, Maker], chosen: list[Tile]) -> tuple[dict[str, float], dict[str, list[bytes]]]:
    """Return each program's median seconds of a tile, and its tiles; they take turns, tile by tile.

    One round before it warms memory and disk; nobody keeps tiles.
    """
    made = {name: [make(*tile) for tile in chosen] for name, make in makers.items()}
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(ROUNDS):
        for tile in chosen:
            for name, make in makers.items():
                start = time.perf_counter()
                make(*tile)
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(some) for name, some in seconds.items()}, made


def encoded(tree: shapely.STRtree, mercator: NDArray[np.object_], records: list[dict[str, Any]], tile: Tile) -> bytes:
    """Return a tile by shapely's tree and clip and `mapbox-vector-tile`."""
    import mapbox_vector_tile

    z, x, y = tile
    size = 2 * np.pi * 6378137.0 / 2**z
    west, north = x * size - np.pi * 6378137.0, np.pi * 6378137.0 - y * size
    bounds = (west, north - size, west + size, north)
    margin = size * BUFFER / EXTENT
    window = (bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin)
    rows = np.sort(tree.query(shapely.box(*window)))
    clipped = shapely.clip_by_rect(mercator[rows], *window)
    features = [
        {"geometry": geometry, "properties": {k: v for k, v in records[row].items() if v is not None}, "id": row + 1}
        for row, geometry in zip(rows.tolist(), clipped, strict=True)
        if not geometry.is_empty
    ]
    options = {"quantize_bounds": bounds, "extents": EXTENT}
    written: bytes = mapbox_vector_tile.encode({"name": "buildings", "features": features}, default_options=options)
    return written


def check_equal(ours: list[bytes], theirs: list[bytes], program: str) -> None:
    """Stop unless two programs' tiles hold the same buildings with the same attributes and areas.

    At the buffer's edge a sliver of less than a grid step may be there or not.
    """
    for one, other in zip(ours, theirs, strict=True):
        a, b = read_tile(one), read_tile(other)
        for row in a.keys() & b.keys():
            if a[row]["properties"] != b[row]["properties"]:
                sys.exit(f"{program} says other things of building {row}: {b[row]} instead of {a[row]}")
            if abs(a[row]["area"] - b[row]["area"]) > a[row]["length"] + 4:
                sys.exit(f"{program} draws building {row} with an area of {b[row]['area']}, not {a[row]['area']}")
        alone = [(a if row in a else b)[row]["area"] for row in a.keys() ^ b.keys()]
        if len(alone) > 5 or max(alone, default=0) > EXTENT:
            sys.exit(f"{program} has {len(b)} buildings in a tile, not {len(a)}; areas of the others: {alone}")


def read_tile(content: bytes) -> Made:
    """Return id → properties, area and length of each building of a tile."""
    import mapbox_vector_tile
    from shapely.geometry import shape

    found: Made = {}
    for feature in mapbox_vector_tile.decode(content)["buildings"]["features"]:
        geometry = shape(feature["geometry"])
        measures = {"area": geometry.area, "length": geometry.length}
        found[int(feature["id"])] = {"properties": feature["properties"], **measures}
    return found


def add_layer(table: Table, path: Path, twin: Path) -> None:
    """Time `twin layers add` from process start to exit, with the memory of all its processes."""
    program = Path(sys.executable).with_name("twin")
    command = [str(program), "layers", "add", "buildings", str(path), "--kind", "buildings", "--json"]
    output = path.with_name("added.txt")
    peak = 0
    start = time.perf_counter()
    with (
        output.open("wb") as told,
        subprocess.Popen([*command, "--twin", str(twin)], stdout=told, stderr=subprocess.STDOUT) as process,
    ):
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, sum(resident(one) for one in family(root)))
            time.sleep(0.02)
        seconds = time.perf_counter() - start
    if process.returncode not in (0, 3):
        sys.exit(f"twin layers add ended with {process.returncode}: {output.read_text(errors='replace')}")
    say("\nAdding the layer: `twin layers add`, whole process")
    table.judge("seconds", seconds, ADD_SECONDS, "s", at_least=False)
    table.judge("peak memory, all processes", peak / 1e6, ADD_MEMORY, "MB", at_least=False)


def compare_sizes(table: Table, twin: Path) -> None:
    """Decompress every baked tile and judge the largest."""
    largest, count, size = largest_tile(twin)
    say("\nBaked tiles, decoded")
    table.judge(f"largest of {count:,} tiles (zoom {largest[0]})", largest[1] / 1000, LARGEST, "kB", at_least=False)
    say(f"      archive {size / 1e6:.1f} MB")


def largest_tile(twin: Path) -> tuple[tuple[int, int], int, int]:
    """Return (zoom, bytes) of the largest tile, how many there are, and the bytes of the archive."""
    import gzip
    import mmap

    from pmtiles.reader import all_tiles

    from twin.store import Store

    with Store.open(twin, create=False) as store:
        sha256 = store.layer("buildings").tiles_sha256
        assert sha256 is not None
        with store.blobs.open(sha256) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            sizes = [
                (tile[0], len(gzip.decompress(content)))
                for tile, content in all_tiles(lambda offset, length: memory[offset : offset + length])
            ]
            return max(sizes, key=lambda one: one[1]), len(sizes), len(memory)
