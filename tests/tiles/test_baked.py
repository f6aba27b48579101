"""Archives of tiles: the same tiles as those of a layer in memory, below the limit, read by ranges."""

import gzip
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from pmtiles.reader import MemorySource, Reader, all_tiles

import tiles.bake
import tiles.plan
from tests.tiles.decoding import Tile, decode, decode_integers, drawn, features_of, projected, window
from tiles.archive import BakedLayer
from tiles.bake import bake
from tiles.live import LiveLayer
from twin.values.layer import Features, TileRange

LIMIT = 500_000
RANGE = TileRange(0, 14)


def city(count: int, spread: float = 0.2, seed: int = 1) -> Features:
    """Return buildings of all sizes, with streets and trees between them."""
    random = np.random.default_rng(seed)
    places = random.normal([114.06, 22.54], spread / 3, (count, 2))
    sizes = random.lognormal(-9.2, 0.7, count)
    boxes = shapely.box(*(places - sizes[:, None]).T, *(places + sizes[:, None] * random.uniform(0.3, 1, (count, 2))).T)
    lines = shapely.linestrings(np.stack([places, places + random.normal(0, 0.004, (count, 2))], axis=1))
    kind = random.choice(3, count, p=[0.8, 0.1, 0.1])
    geometry = np.where(kind == 0, boxes, np.where(kind == 1, lines, shapely.points(places)))
    classes = random.choice(["motorway", "tertiary", "path"], count)
    return features_of(
        geometry,
        **{"class": [one if line else None for one, line in zip(classes.tolist(), kind == 1, strict=True)]},
        render_height=(sizes * 3e5).tolist(),
        note=[f"note {i}" for i in range(count)],
    )


def contents(path: Path) -> dict[Tile, bytes]:
    """Return every tile of an archive, decompressed, as the format's own library reads it."""
    return {tile: gzip.decompress(raw) for tile, raw in all_tiles(MemorySource(path.read_bytes()))}


@pytest.fixture(scope="module")
def town() -> Features:
    return city(4000)


@pytest.fixture(scope="module")
def archive(town: Features, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("baked") / "town.pmtiles"
    bake("layer", town, path, tile_range=RANGE)
    return path


def test_a_baked_tile_is_the_live_tile(town: Features, archive: Path) -> None:
    live = LiveLayer("layer", town, RANGE)
    baked = contents(archive)
    assert {tile: live.tile(*tile) for tile in baked} == baked
    with archive.open("rb") as file:
        layer = BakedLayer(file)
        assert layer.tile_range == RANGE
        for (z, x, y), content in baked.items():
            assert gzip.decompress(layer.tile(z, x, y)) == content
        around = {(z, x + 1, y + 1) for z, x, y in baked} - set(baked)
        assert around
        for tile in around:
            assert layer.tile(*tile) == live.tile(*tile) == b""


@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_bytes_however_many_work(
    town: Features, archive: Path, tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles.plan, "PORTION", 3000)
    told: list[tuple[int, int]] = []
    bake(
        "layer",
        town,
        tmp_path / "again",
        tile_range=RANGE,
        workers=workers,
        advance=lambda done, of: told.append((done, of)),
    )
    assert (tmp_path / "again").read_bytes() == archive.read_bytes()
    assert told == sorted(told)
    assert told[-1][0] <= told[-1][1]
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_all_that_a_layer_has_is_in_its_deepest_tiles(town: Features, archive: Path) -> None:
    area = np.zeros(len(town))
    wanted = np.zeros(len(town))
    slack = np.zeros(len(town))
    seen: set[int] = set()
    for tile, content in contents(archive).items():
        if tile[0] != RANGE.maxzoom:
            continue
        for feature in decode(content):
            row = feature["id"] - 1
            seen.add(row)
            assert feature["properties"]["note"] == f"note {row}"
            area[row] += shapely.intersection(drawn(feature), window(0)).area
            true = shapely.intersection(projected(town.geometry[row], tile), window(0))
            wanted[row] += true.area
            slack[row] += true.length + 2
    assert seen == set(range(len(town)))
    polygon = shapely.get_dimensions(town.geometry) == 2
    assert (np.abs(area - wanted)[polygon] <= slack[polygon]).all()
    assert wanted[polygon].min() > 0


@pytest.mark.parametrize(
    "crowd",
    [
        lambda: city(60_000, 0.05),
        lambda: features_of(
            shapely.points(np.random.default_rng(1).random((60_000, 2)) / 50),
            text=[f"{i} of many, with a long description of what stands here" * 3 for i in range(60_000)],
        ),
        lambda: features_of(
            shapely.linestrings(np.random.default_rng(2).random((20_000, 8, 2)) / 50),
            **{"class": ["motorway", "path", "minor", "river"] * 5000},
        ),
        lambda: features_of([shapely.Point(1, 1)] * 30_000, text=[f"{i}" * 10 for i in range(30_000)]),
    ],
    ids=["city", "points", "lines", "one place"],
)
def test_no_tile_is_too_large_at_any_zoom(crowd: Callable[[], Features], tmp_path: Path) -> None:
    bake("layer", crowd(), tmp_path / "crowd", tile_range=TileRange(0, 12), workers=0)
    sizes = {tile: len(content) for tile, content in contents(tmp_path / "crowd").items()}
    assert max(sizes.values()) <= LIMIT
    assert max(sizes.values()) > 50_000  # it was a crowd
    assert {tile[0] for tile in sizes} == set(range(13))


@pytest.mark.parametrize(("count", "spread", "zooms"), [(4000, 0.2, (9, 11, 13)), (60_000, 0.05, (8, 9, 10))])
def test_a_city_keeps_its_texture(
    count: int, spread: float, zooms: tuple[int, ...], tmp_path: Path, town: Features
) -> None:
    """What is too small to be drawn is drawn together: as much ground is covered as before, also in a crowd."""
    features = town if count == len(town) else city(count, spread)
    bake("layer", features, tmp_path / "city", tile_range=RANGE)
    polygons = features.geometry[shapely.get_dimensions(features.geometry) == 2]
    baked = contents(tmp_path / "city")
    for zoom in zooms:
        found = {tile: decode(content) for tile, content in baked.items() if tile[0] == zoom}
        covered = sum(
            shapely.intersection(drawn(feature), window(0)).area
            for some in found.values()
            for feature in some
            if "Polygon" in feature["geometry"]["type"]
        )
        area = shapely.area(projected(shapely.MultiPolygon(list(polygons)), next(iter(found))))
        assert 0.6 < covered / area < 1.4


def test_what_crosses_the_antimeridian_is_baked_on_both_sides(tmp_path: Path) -> None:
    crossing = [shapely.box(179.99, y, 180.01, y + 0.01) for y in range(5)]
    crossing += [shapely.box(-180.01, y, -179.99, y + 0.01) for y in range(5, 10)]
    features = features_of([*crossing, shapely.LineString([(179.9, 20), (180.1, 20.1)]), shapely.Point(180.001, 30)])
    bake("layer", features, tmp_path / "date", tile_range=TileRange(0, 8))
    live = LiveLayer("layer", features, TileRange(0, 8))
    baked = contents(tmp_path / "date")
    for x in (0, 255):
        rows = {y for z, column, y in baked if (z, column) == (8, x)}
        assert rows == {y for y in range(256) if live.tile(8, x, y)}
        assert len(rows) >= 8
    assert {tile: live.tile(*tile) for tile in baked} == baked


def test_large_roads_stay_when_small_ones_go(archive: Path) -> None:
    shown: dict[int, set[str]] = {}
    for tile, content in contents(archive).items():
        for feature in decode(content):
            if "class" in feature["properties"]:
                shown.setdefault(tile[0], set()).add(feature["properties"]["class"])
    assert shown[14] == {"motorway", "tertiary", "path"}
    assert shown[11] == {"motorway", "tertiary"}
    assert shown[8] == {"motorway"}


def test_an_archive_with_leaf_directories_is_read_by_small_ranges(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    scattered = features_of(shapely.points(random.uniform(-60, 60, (20_000, 2))), n=list(range(20_000)))
    path = tmp_path / "scattered"
    bake("layer", scattered, path, tile_range=TileRange(0, 11))
    header = Reader(MemorySource(path.read_bytes())).header()
    assert header["leaf_directory_length"] > 0
    expected = contents(path)

    class Counted(io.BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1) -> bytes:
            got = super().read(size)
            self.read_bytes += len(got)
            return got

    file = Counted(path.read_bytes())
    layer = BakedLayer(file)
    some = list(expected)[:: len(expected) // 200]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda tile: layer.tile(*tile), some))
    assert [gzip.decompress(one) for one in found] == [expected[tile] for tile in some]
    file.read_bytes = 0
    assert [layer.tile(*tile) for tile in some] == found
    assert file.read_bytes == sum(len(one) for one in found)  # directories are in memory by now
    layer.close()


def test_a_worker_that_dies_leaves_nothing(
    town: Features, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tiles.bake, "save_level", lambda *_: None)  # the worker finds no arrays
    with pytest.raises(RuntimeError, match="ended with 1"):
        bake("layer", town, tmp_path / "town", tile_range=RANGE, workers=2)
    assert list(tmp_path.iterdir()) == []
    capfd.readouterr()


def test_rings_at_every_zoom_are_wound_and_whole(archive: Path) -> None:
    for content in contents(archive).values():
        for kind, rings in decode_integers(content):
            assert all(len(ring) >= kind for ring in rings)
            assert rings


def test_features_that_a_tile_cannot_hold_are_counted(tmp_path: Path) -> None:
    """Twenty thousand features on one spot with long texts do not fit into half a megabyte."""
    count = 20_000
    spot = np.full(count, shapely.box(114.05, 22.54, 114.0501, 22.5401), dtype=object)
    names = pa.table({"name": [f"{i:060}" for i in range(count)]})
    path = tmp_path / "spot.pmtiles"
    crowded = bake("spot", Features(spot, names), path, tile_range=TileRange(14, 14), workers=0)
    with path.open("rb") as file:
        x, y = 13382, 7138
        content = gzip.decompress(BakedLayer(file).tile(14, x, y))
    assert len(content) <= 500_000
    found = {feature["id"] for feature in mapbox_vector_tile.decode(content)["spot"]["features"]}
    assert crowded.left_out == count - len(found) > 0
    noted = names.slice(0, 4000).rename_columns(["note"])
    bare = bake("spot", Features(spot[:4000], noted), path, tile_range=TileRange(14, 14), workers=0)
    assert bare == (0, 0)
    long = pa.table({"note": [f"{i:0300}" for i in range(4000)]})
    assert bake("spot", Features(spot[:4000], long), path, tile_range=TileRange(14, 14), workers=0) == (0, 4000)
