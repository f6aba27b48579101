"""City layers in the store: replaced whole or not at all, their blobs kept and swept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.errors import InvalidInput, NotFound
from twin.store import NewLayer, Store
from twin.values.layer import Field, LayerSummary, TileRange
from twin.values.sentence import say

ADDED = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def new_layer(folder: Path, name: str, content: bytes = b"parquet", tiles: bytes | None = None) -> NewLayer:
    features_file, tiles_file = folder / f"{name}.parquet", folder / f"{name}.pmtiles"
    features_file.write_bytes(content)
    if tiles is not None:
        tiles_file.write_bytes(tiles)
    return NewLayer(
        name=name,
        kind="buildings",
        file="城市.gpkg",
        source_layer="建筑",
        crs="EPSG:4547",
        datum="cgcs2000",
        encoding=None,
        summary=LayerSummary(3, (113.9, 22.4, 114.3, 22.7), {"Polygon": 3}, [Field("高度", "Number")]),
        height_rule=say("{count} heights from the field {field}.", count=3, field="高度"),
        notices=[say("{count} geometries were repaired.", count=1)],
        lost=2,
        features_file=features_file,
        tiles_file=tiles_file if tiles is not None else None,
        tile_range=TileRange(0, 15),
        added_at=ADDED,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as found:
        yield found


def test_a_layer_comes_back_as_it_was_put(store: Store, tmp_path: Path) -> None:
    new = new_layer(tmp_path, "buildings", tiles=b"PMTiles")
    (kept,) = store.put_layers("buildings", [new])
    assert kept == store.layer("buildings") == store.layers()[0]
    assert (kept.name, kept.group, kept.kind, kept.file, kept.features, kept.lost) == (
        *("buildings", "buildings", "buildings", "城市.gpkg"),
        *(3, 2),
    )
    assert kept.bounds == new.summary.bounds
    assert kept.fields == new.summary.fields
    assert kept.height_rule == new.height_rule
    assert kept.notices == new.notices
    assert kept.added_at == ADDED
    assert (kept.minzoom, kept.maxzoom) == (0, 15)
    assert kept.bytes == len(b"parquet") + len(b"PMTiles")
    assert kept.tiles_sha256 is not None
    with store.blobs.open(kept.tiles_sha256) as tiles, store.blobs.open(kept.features_sha256) as features:
        assert (tiles.read(), features.read()) == (b"PMTiles", b"parquet")


def test_the_version_changes_with_the_content_only(store: Store, tmp_path: Path) -> None:
    first = store.put_layers("a", [new_layer(tmp_path, "a")])[0]
    later = replace(new_layer(tmp_path, "a"), added_at=datetime(2026, 7, 1, tzinfo=UTC))
    same = store.put_layers("a", [later])[0]
    other = store.put_layers("a", [new_layer(tmp_path, "a", b"other")])[0]
    assert same == first
    assert other.version != first.version
    assert len(other.version) == 16


def test_replaced_and_removed_blobs_go(store: Store, tmp_path: Path) -> None:
    store.put_layers("a", [new_layer(tmp_path, "a", b"one", b"two")])
    store.put_layers("a", [new_layer(tmp_path, "a", b"three")])
    assert len(list(store.blobs.names())) == 1
    store.put_layers("b", [new_layer(tmp_path, "b", b"three")])
    assert store.remove_layer("a") == ["a"]
    assert len(list(store.blobs.names())) == 1
    assert store.remove_layer("b") == ["b"]
    assert list(store.blobs.names()) == []


def test_an_open_blob_outlives_its_removal(store: Store, tmp_path: Path) -> None:
    kept = store.put_layers("a", [new_layer(tmp_path, "a", b"one")])[0]
    with store.blobs.open(kept.features_sha256) as file:
        store.remove_layer("a")
        assert file.read() == b"one"
    with pytest.raises(NotFound):
        store.blobs.open(kept.features_sha256)


def test_a_group_comes_and_goes_as_one(store: Store, tmp_path: Path) -> None:
    store.put_layers("osm", [new_layer(tmp_path, "osm-roads"), new_layer(tmp_path, "osm-water")])
    store.put_layers("osm", [new_layer(tmp_path, "osm-roads", b"newer")])
    assert [layer.name for layer in store.layers()] == ["osm-roads"]
    store.put_layers("osm", [new_layer(tmp_path, "osm-roads"), new_layer(tmp_path, "osm-water")])
    assert store.remove_layer("osm") == ["osm-roads", "osm-water"]
    with pytest.raises(NotFound, match="There is no layer osm"):
        store.remove_layer("osm")


def test_a_name_of_another_group_is_refused_and_nothing_is_half_there(store: Store, tmp_path: Path) -> None:
    store.put_layers("osm", [new_layer(tmp_path, "osm-water", b"old")])
    before = store.layers()
    with pytest.raises(InvalidInput, match="belongs to osm"):
        store.put_layers("mine", [new_layer(tmp_path, "fresh"), new_layer(tmp_path, "osm-water", b"new")])
    assert store.layers() == before
    store.sweep()
    assert len(list(store.blobs.names())) == 1


def test_a_writer_that_dies_leaves_the_layer_before(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.put_layers("a", [new_layer(tmp_path, "a", b"old")])

    def die(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(store.blobs), "keep_file", die)
        with pytest.raises(KeyboardInterrupt):
            store.put_layers("a", [new_layer(tmp_path, "a", b"new")])
    assert store.layers() == before
    store.blobs.open(before[0].features_sha256).close()


def test_changes_are_seen_by_another_store(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "twin") as other:
        seen = other.changes()
        assert other.changes() == seen
        store.put_layers("a", [new_layer(tmp_path, "a")])
        assert other.changes() > seen
        assert [layer.name for layer in other.layers()] == ["a"]
