"""Storage that fails at random moments of imports and reads: what is acknowledged stays, nothing is half there."""

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests import figures, s3
from tests.store import samples
from tests.store.test_kill import whole
from twin.errors import TwinError
from twin.store import Store, blob_remote
from twin.store import blobs as blobs_module
from twin.store.blob_cache import BlobCache
from twin.store.blobs import Blobs

pytest.importorskip("s3fs")
MODEL = "P001-办公楼"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[s3.FaultyProxy]:
    with s3.storage() as storage, s3.faulty_proxy(storage.port) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(blob_remote, "FIRST_PAUSE", 0.001)
        yield running


def city(folder: Path, url: str, cache: Path) -> Store:
    """Return a store whose blobs lie at a URL."""
    store = Store.open(folder)
    store.blobs = Blobs(url, BlobCache(cache, 30_000))  # so small that it is written and emptied all the time
    return store


def outage(proxy: s3.FaultyProxy, chance: random.Random, whole: bool) -> None:
    """From a random request on, fail for a random number of requests; and now and then one in between.

    whole : from the first request on, and for long
    """
    starts = len(proxy.asked) + (0 if whole else chance.randrange(40))
    ends = starts + (200 if whole else chance.choice([1, 3, 12, 200]))
    kinds = chance.sample(s3.FAULTS[:-1], 2)

    def fault(_method: str, _path: str) -> str | None:
        if starts <= len(proxy.asked) <= ends:
            return chance.choice(kinds)
        return chance.choice(kinds) if chance.random() < 0.05 else None

    proxy.fault = fault


def read_all(store: Store, tiles: dict[str, bytes]) -> int:
    """Read all tiles; each is right, or a sentence. Return how many were sentences."""
    refused = 0
    for name, content in tiles.items():
        try:
            assert store.blobs.get(name) == content
            with store.blobs.open(store.blobs.put(content[:99])) as file:
                assert file.read() == content[:99]
        except TwinError:
            refused += 1
    return refused


def suffer(proxy: s3.FaultyProxy, folder: Path, times: int, seed: int) -> tuple[int, int, int]:
    """Return how many imports were acknowledged, how many refused, and how many reads were."""
    chance = random.Random(seed)  # noqa: S311
    storage = s3.Storage(proxy.upstream)
    url = storage.bucket(f"twin-{uuid4().hex}") + "/blobs"
    acknowledged, refused, unread = 0, 0, 0
    with city(folder / "twin", url, folder / "cache") as store:
        for attempt in range(times):
            tiles = [f"glTF {attempt} {i} ".encode() * 300 for i in range(6)]
            outage(proxy, chance, whole=attempt % 6 == 5)
            before = acknowledged
            try:
                acknowledged = store.put_revision(samples.revision(text=f"text {attempt}", tiles=tuple(tiles))).revision
                assert acknowledged == before + 1
            except TwinError:
                refused += 1
            if acknowledged > before:
                unread += read_all(store, {samples.tile_file(tile).path[:64]: tile for tile in tiles})
            proxy.healthy()
            stands = [model.revision for model in store.models()]
            assert stands == ([acknowledged] if acknowledged else [])
            whole(store)  # past the cache
            if acknowledged > before:
                again = Blobs(url, BlobCache(folder / f"cache {attempt}", 1_000_000))
                for tile in tiles:
                    assert again.get(hashlib.sha256(tile).hexdigest()) == tile
                assert store.is_whole(MODEL)
            store.sweep()
            assert store.damage() == []
        if acknowledged:
            store.remove_model(MODEL)
        assert list(store.blobs.names()) == []
    return acknowledged, refused, unread


@pytest.mark.long
def test_faults_at_random_moments(proxy: s3.FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs_module, "_ATTEMPTS", 2)
    acknowledged, refused, _ = suffer(proxy, tmp_path, times=6, seed=20260601)
    assert acknowledged + refused == 6
    assert proxy.failed.total() > 20


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_faults_at_random_moments_many_times(
    proxy: s3.FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module, "_ATTEMPTS", 2)
    acknowledged, refused, _ = suffer(proxy, tmp_path, times=24, seed=7)
    assert acknowledged + refused == 24
    assert acknowledged > 2
    assert proxy.failed.total() > 20
    figures.put("fault storage import", {"times": 24, "done": acknowledged})
