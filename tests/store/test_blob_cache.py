"""The cache near by: bounded, never wrong, whatever ends its writers or fills its disk."""

import errno
import gzip
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.store.blob_cache import BlobCache

LIMIT = 20_000


def content(number: int, size: int) -> bytes:
    return random.Random(number).randbytes(size)  # noqa: S311


def entry(number: int, size: int, packed: bool) -> tuple[str, bytes]:
    """Return the name of a blob's file, and its bytes as they are stored."""
    plain = content(number, size)
    name = hashlib.sha256(plain).hexdigest()
    return (f"{name}.gz", gzip.compress(plain, 1, mtime=0)) if packed else (name, plain)


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.name != "bytes")


STEPS = st.lists(
    st.tuples(st.sampled_from(["keep", "get", "break", "cut", "open", "lose count"]), st.integers(0, 11)), max_size=40
)


@settings(max_examples=120, deadline=None)
@given(steps=STEPS, sizes=st.lists(st.integers(0, 9000), min_size=12, max_size=12))
def test_bounded_and_never_wrong(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    caches = [BlobCache(folder, LIMIT), BlobCache(folder, LIMIT)]
    entries = [entry(number, size, packed=number % 2 == 0) for number, size in enumerate(sizes)]
    broken: set[str] = set()
    for turn, (step, number) in enumerate(steps):
        cache = caches[turn % 2]
        name, payload = entries[number]
        path = folder / name
        if step == "keep":
            assert cache.keep(name, payload)  # each fits
            broken.discard(name)
            assert cache.get(name) == payload  # what came last is there
        elif step == "get":
            found = cache.get(name)
            assert found is None or found == payload
            assert name not in broken or found is None
            broken.discard(name)
        elif step == "open" and "." not in name and name not in broken:
            file = cache.open(name)
            if file is not None:
                with file:
                    assert file.read() == payload
        elif step in ("break", "cut") and path.exists() and path.stat().st_size:
            whole = path.read_bytes()
            path.write_bytes(whole[:-1] if step == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))
            broken.add(name)
        elif step == "lose count":
            (folder / "bytes").write_bytes(b"rubbish")
        assert on_disk(folder) <= LIMIT


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 10_000)
    names = [entry(number, 1900, packed=False) for number in range(5)]
    for age, (name, payload) in enumerate(names):
        cache.keep(name, payload)
        os.utime(tmp_path / name, (1000 + age, 1000 + age))
    assert cache.get(names[0][0]) == names[0][1]  # used again
    newest = entry(9, 3000, packed=False)
    cache.keep(*newest)
    left = {path.name for path in tmp_path.iterdir()} - {"bytes"}
    assert names[0][0] in left
    assert newest[0] in left
    assert names[1][0] not in left
    assert names[2][0] not in left
    assert names[4][0] in left


def test_what_does_not_fit_is_not_kept(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    assert cache.keep(*entry(1, 900, packed=False))
    assert not cache.keep(*entry(2, 1001, packed=False))
    assert cache.get(entry(1, 900, packed=False)[0]) is not None
    assert cache.bytes() == 900


@pytest.mark.parametrize("call", ["posix_fallocate", "replace", "fsync"])
def test_a_full_disk_costs_speed_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    cache = BlobCache(tmp_path, LIMIT)
    monkeypatch.setattr(os, call, full)
    name, payload = entry(1, 5000, packed=False)
    assert not cache.keep(name, payload)
    assert cache.get(name) is None
    monkeypatch.undo()
    assert on_disk(tmp_path) == 0
    assert cache.keep(name, payload)


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE")
def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    """The system itself refuses to write on, in a child."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        cache = BlobCache(tmp_path, LIMIT)
        kept = cache.keep(*entry(1, 2000, packed=True)), cache.keep(*entry(2, 9000, packed=True))
        os._exit(0 if kept == (True, False) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert [path.suffix for path in tmp_path.iterdir() if path.name != "bytes"] == [".gz"]


def test_a_folder_that_cannot_be_made_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = BlobCache(tmp_path / "file" / "cache", LIMIT)
    name, payload = entry(1, 10, packed=False)
    assert not cache.keep(name, payload)
    assert cache.get(name) is None
    assert cache.open(name) is None
    assert cache.bytes() == 0


WRITER = """
import sys, random
from pathlib import Path
from tests.store.test_blob_cache import LIMIT, entry
from twin.store.blob_cache import BlobCache
cache = BlobCache(Path(sys.argv[1]), LIMIT)
chance = random.Random(int(sys.argv[2]))
entries = [entry(number, 100 + 331 * number, packed=number % 2 == 0) for number in range(24)]
print("up", flush=True)
while True:
    name, payload = chance.choice(entries)
    found = cache.get(name)
    assert found is None or found == payload
    if found is None:
        cache.keep(name, payload)
"""


def killed_writers(folder: Path, times: int) -> None:
    chance = random.Random(11)  # noqa: S311
    folder.mkdir()
    entries = dict(entry(number, 100 + 331 * number, packed=number % 2 == 0) for number in range(24))
    for attempt in range(times):
        command = [sys.executable, "-c", WRITER, str(folder)]
        writers = [
            subprocess.Popen([*command, str(attempt * 10 + n)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for n in range(2)
        ]
        try:
            for writer in writers:
                assert writer.stdout is not None
                assert writer.stdout.readline() == b"up\n"
            ends = time.monotonic() + chance.uniform(0.02, 0.3)
            while time.monotonic() < ends:
                with BlobCache(folder, LIMIT)._counting():  # nothing is added meanwhile
                    assert on_disk_now(folder) <= LIMIT
        finally:
            for writer in writers:
                writer.kill()
                errors = writer.communicate()[1]
        assert errors == b""
    cache = BlobCache(folder, LIMIT)
    for path in folder.iterdir():
        if path.name in entries:
            assert cache.get(path.name) == entries[path.name]
        else:
            assert path.name == "bytes" or path.suffix == ".part"
    for path in folder.glob("*.part"):
        os.utime(path, (1, 1))  # ten minutes later
    for number in range(12):
        assert cache.keep(*entry(100 + number, 4000, packed=False))
    assert not list(folder.glob("*.part"))
    assert on_disk(folder) <= LIMIT


def on_disk_now(folder: Path) -> int:
    """Return the bytes of the folder while others write there."""
    total = 0
    for path in os.scandir(folder):
        try:
            total += path.stat().st_size if path.name != "bytes" else 0
        except FileNotFoundError:
            continue
    return total


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_writers_of_several_processes(tmp_path: Path) -> None:
    killed_writers(tmp_path / "cache", 3)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_writers_of_several_processes_many_times(tmp_path: Path) -> None:
    killed_writers(tmp_path / "cache", 40)


def test_threads_share_it(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, LIMIT)
    entries = [entry(number, 1500, packed=number % 2 == 0) for number in range(20)]
    wrong: list[str] = []

    def use(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        for _ in range(150):
            name, payload = chance.choice(entries)
            found = cache.get(name)
            if found is None:
                cache.keep(name, payload)
            elif found != payload:
                wrong.append(name)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert on_disk(tmp_path) <= LIMIT
    assert cache.hits > 0


def test_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TWIN_CACHE_MB", "7")
    cache = BlobCache.from_environment()
    assert (cache.folder, cache.limit) == (tmp_path, 7_000_000)
    for wrong in ("0", "-3", "much"):
        monkeypatch.setenv("TWIN_CACHE_MB", wrong)
        with pytest.raises(InvalidInput, match="TWIN_CACHE_MB"):
            BlobCache.from_environment()
    monkeypatch.delenv("TWIN_CACHE_MB")
    monkeypatch.delenv("TWIN_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert BlobCache.from_environment().folder == tmp_path / "xdg" / "city-twin" / "blobs"
