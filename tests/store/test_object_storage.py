"""Blobs in object storage: a real S3-speaking server, and a network that fails in every way we know."""

import gzip
import hashlib
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import s3
from twin.errors import Damaged, InvalidInput, NotFound, StoreBusy, TwinError
from twin.store import blob_remote, blob_s3
from twin.store import blobs as blobs_module
from twin.store.blob_cache import BlobCache
from twin.store.blobs import Blobs, pack

pytest.importorskip("s3fs")


@pytest.fixture(scope="module")
def storage() -> Iterator[s3.Storage]:
    with s3.storage() as running:
        yield running


@pytest.fixture
def proxy(storage: s3.Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[s3.FaultyProxy]:
    with s3.faulty_proxy(storage.port) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setattr(blob_remote, "FIRST_PAUSE", 0.002)
        yield running


@pytest.fixture
def url(storage: s3.Storage) -> str:
    return storage.bucket(f"twin-{uuid4().hex}") + "/blobs"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def noise(seed: int, size: int) -> bytes:
    """Return bytes that do not compress, the same each time."""
    return random.Random(seed).randbytes(size)  # noqa: S311


def without_cache(url: str, tmp_path: Path) -> Blobs:
    """Return blobs that have kept nothing near yet."""
    return Blobs(url, BlobCache(tmp_path / uuid4().hex, 50_000_000))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000), compress=st.booleans())
def test_round_trip(proxy: s3.FaultyProxy, url: str, tmp_path: Path, content: bytes, compress: bool) -> None:
    blobs = without_cache(url, tmp_path)
    blobs.remove(list(blobs.names()))
    name = blobs.put(content, compress)
    assert name == sha(content)
    for _ in range(2):  # from afar, then from the cache
        assert blobs.get(name) == content
        packed = blobs.get_gzip(name)
        assert (packed is not None) == compress
        assert packed is None or gzip.decompress(packed) == content
    assert list(blobs.names()) == [name]
    assert blobs.damaged() == []
    assert blobs.has(name)
    assert blobs.missing([name, "0" * 64]) == {"0" * 64}


def test_opened_for_ranges_and_removed_while_open(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    blobs = without_cache(url, tmp_path)
    content = noise(1, 300_000)
    name = blobs.put(content)
    for _ in range(2):
        with blobs.open(name) as file:
            blobs.remove([name])
            assert blobs.cache is not None
            file.seek(123_456)
            assert file.read(10) == content[123_456:123_466]
            file.seek(-7, os.SEEK_END)
            assert file.read() == content[-7:]
    assert not blobs.has(name)
    with pytest.raises(NotFound):
        without_cache(url, tmp_path).open(name)


def test_what_is_near_is_not_asked_for(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    writer = Blobs(url)
    names = [writer.put(f"tile {i}".encode(), compress=True) for i in range(20)]
    reader = without_cache(url, tmp_path)
    for _ in range(3):
        assert [reader.get(name) for name in names] == [f"tile {i}".encode() for i in range(20)]
    assert proxy.count("GET", "/blobs/") == 20
    assert proxy.count("GET", "list-type") == 0


def test_asking_what_is_there_lists_nothing(proxy: s3.FaultyProxy, url: str) -> None:
    blobs = Blobs(url)
    names = [blobs.put(f"tile {i}".encode(), compress=True) for i in range(10)]
    proxy.asked.clear()
    assert blobs.missing([*names, sha(b"not there")]) == {sha(b"not there")}
    assert {method for method, _ in proxy.asked} == {"HEAD"}
    assert len(proxy.asked) == 12


def test_many_who_ask_at_once_fetch_once(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    name = Blobs(url).put(b"asked by all" * 1000, compress=True)
    reader = without_cache(url, tmp_path)
    proxy.fault = lambda _method, _path: "slow"
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(reader.get(name))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"asked by all" * 1000] * 12
    assert proxy.count("GET", name) == 1


@pytest.mark.parametrize("fault", s3.FAULTS)
def test_a_fault_that_passes_is_not_noticed(proxy: s3.FaultyProxy, url: str, tmp_path: Path, fault: str) -> None:
    """Each request fails the first two times it is made, in this way."""
    seen: dict[tuple[str, str], int] = {}

    def twice(method: str, path: str) -> str | None:
        seen[method, path] = seen.get((method, path), 0) + 1
        return fault if seen[method, path] <= 2 else None

    proxy.fault = twice
    blobs = without_cache(url, tmp_path)
    plain, packed = noise(2, 5000), b"wall " * 2000
    names = [blobs.put(plain), blobs.put(packed, compress=True)]
    assert [blobs.get(name) for name in names] == [plain, packed]
    seen.clear()
    with without_cache(url, tmp_path).open(names[0]) as file:
        assert file.read() == plain
    assert blobs.damaged() == []
    assert proxy.failed[fault] > 3


def test_a_storage_that_stays_away_is_a_sentence(proxy: s3.FaultyProxy, url: str) -> None:
    blobs = Blobs(url)
    name = blobs.put(b"content")
    proxy.fault = lambda _method, _path: "500"
    for call in (lambda: blobs.get(name), lambda: blobs.put(b"more"), lambda: list(blobs.names())):
        with pytest.raises(StoreBusy, match="does not answer"):
            call()
    proxy.fault = lambda _method, _path: "close"
    with pytest.raises(StoreBusy):
        blobs.open(name)


@pytest.mark.parametrize("fault", ["wrong", "half told"])
def test_wrong_bytes_are_never_given_out_nor_kept(proxy: s3.FaultyProxy, url: str, tmp_path: Path, fault: str) -> None:
    blobs = without_cache(url, tmp_path)
    assert blobs.cache is not None
    names = [blobs.put(b"content " * 100, compress=packed) for packed in (True,)] + [blobs.put(b"plain " * 100)]
    proxy.fault = lambda _method, _path: fault
    for name in names:
        for read in (blobs.get, blobs.get_gzip, *([blobs.open] if name == names[1] else [])):
            with pytest.raises(Damaged, match="comes damaged"):
                read(name)
    assert sorted(blobs.damaged()) == sorted(names)
    proxy.healthy()
    assert blobs.cache.bytes() == 0
    assert [blobs.get(name) for name in names] == [b"content " * 100, b"plain " * 100]


def test_what_lies_there_half_is_made_whole(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    blobs = without_cache(url, tmp_path)
    packed = pack(b"content " * 100, compress=True)
    blobs._files.write(f"{packed.sha256[:2]}/{packed.file_name}", packed.payload[:20])
    assert blobs.damaged() == [packed.sha256]
    assert blobs.put(b"content " * 100, compress=True) == packed.sha256
    assert blobs.get(packed.sha256) == b"content " * 100
    assert blobs.damaged() == []


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large is what exceeds 6 MB: S3 takes no smaller parts than 5 MiB."""
    monkeypatch.setattr(blob_s3, "PART", 5 << 20)
    monkeypatch.setattr(blob_s3, "WHOLE", 6_000_000)
    monkeypatch.setattr(blobs_module, "_RANGE", 1_000_000)
    monkeypatch.setattr(blobs_module, "_HELD", 2_000_000)


@pytest.mark.usefixtures("small_parts")
def test_large_files_go_and_come_by_parts(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    content = noise(3, 12_345_678)
    (tmp_path / "large").write_bytes(content)
    proxy.at_random(0.2, seed=4)
    blobs = without_cache(url, tmp_path)
    name = blobs.keep_file(tmp_path / "large")
    assert name == sha(content)
    with blobs.open(name) as file:
        file.seek(9_999_999)
        assert file.read(1000) == content[9_999_999:10_000_999]
    proxy.healthy()
    assert proxy.count("PUT", "partNumber") >= 3
    assert proxy.count("GET", name) >= 13
    assert sum(proxy.failed.values()) > 0
    assert blobs.damaged() == []
    assert blobs.remove_unfinished() == 0


@pytest.mark.usefixtures("small_parts")
def test_parts_of_a_broken_upload_are_taken_away(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(noise(5, 12_000_000))
    blobs = without_cache(url, tmp_path)
    proxy.fault = lambda method, path: "500" if method == "PUT" and "partNumber=2" in path else None
    with pytest.raises(StoreBusy):
        blobs.keep_file(tmp_path / "large")
    assert list(blobs.names()) == []
    assert blobs.remove_unfinished() == 0
    proxy.fault = lambda method, path: "500" if "partNumber=2" in path or method == "DELETE" else None
    with pytest.raises(StoreBusy):
        blobs.keep_file(tmp_path / "large")
    proxy.healthy()
    assert blobs.remove_unfinished() == 1  # as a writer leaves it that is killed
    assert blobs.remove_unfinished() == 0


@pytest.mark.usefixtures("small_parts")
def test_a_large_blob_needs_room(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(noise(6, 7_000_000))
    name = Blobs(url).keep_file(tmp_path / "large")
    with pytest.raises(TwinError, match="has 7 MB, for which"):
        Blobs(url, BlobCache(tmp_path / "small", 5_000_000)).open(name)
    proxy.fault = lambda _method, path: "wrong" if name in path else None
    roomy = without_cache(url, tmp_path)
    with pytest.raises(Damaged):
        roomy.open(name)
    assert roomy.cache is not None
    assert roomy.cache.bytes() == 0


def test_a_missing_bucket_and_a_wrong_url_are_sentences(proxy: s3.FaultyProxy) -> None:
    with pytest.raises(TwinError, match="no bucket"):
        Blobs("s3://there-is-none/blobs").put(b"content")
    with pytest.raises(InvalidInput, match="choose another"):
        Blobs("gopher://bucket/blobs").put(b"content")


def test_ready_when_readable_and_writable(proxy: s3.FaultyProxy, url: str) -> None:
    blobs = Blobs(url)
    blobs.check(writable=True)
    proxy.fault = lambda method, _path: "500" if method == "PUT" else None
    blobs.check(writable=False)
    with pytest.raises(StoreBusy):
        blobs.check(writable=True)
    proxy.fault = lambda _method, _path: "500"
    with pytest.raises(StoreBusy):
        blobs.check(writable=False)


def test_copied_between_places(proxy: s3.FaultyProxy, url: str, tmp_path: Path) -> None:
    here, there = Blobs(tmp_path / "here"), Blobs(url)
    names = [here.put(b"plain"), here.put(b"packed " * 99, compress=True)]
    absent = sha(b"nowhere")
    assert here.copy_to([*names, absent], there) == {absent}
    proxy.asked.clear()
    assert here.copy_to(names, there) == set()
    assert proxy.count("PUT") == 0
    back = Blobs(tmp_path / "back")
    assert there.copy_to([*names, absent], back) == {absent}
    for name in names:
        assert back.get(name) == here.get(name)
        assert back.get_gzip(name) == here.get_gzip(name)
    (tmp_path / "here" / names[0][:2] / names[0]).write_bytes(b"plaid")
    with pytest.raises(Damaged):
        here.copy_to(names, Blobs(tmp_path / "third"))


FORKED = """
import os, sys
from twin.store.blobs import Blobs
blobs = Blobs(sys.argv[1])
before = blobs.put(b"before the fork")
assert blobs.get(before) == b"before the fork"
children = []
for number in range(4):
    child = os.fork()
    if child == 0:
        assert blobs.get(before) == b"before the fork"
        assert Blobs(sys.argv[1]).has(before)
        blobs.put(f"child {number}".encode(), compress=True)
        os._exit(7)
    children.append(child)
after = blobs.put(b"after the fork")
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
print(codes, len(list(blobs.names())))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_works_in_forked_children(proxy: s3.FaultyProxy, url: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKED, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[7, 7, 7, 7] 6"


def test_nothing_is_loaded_or_started_for_blobs_that_nobody_asks_for(tmp_path: Path) -> None:
    code = (
        "import sys, threading; from twin.store import Store; from twin.store.blobs import Blobs; Blobs('s3://b/c');"
        "assert not {'fsspec', 's3fs', 'botocore'} & set(sys.modules); assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
