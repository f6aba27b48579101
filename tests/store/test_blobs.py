"""Blobs appear whole or not at all, under the sha256 of their content, once."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import NotFound
from twin.store.blobs import Blobs, pack


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=3000), compress=st.booleans())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, content: bytes, compress: bool) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    name = blobs.put(content, compress)
    assert name == hashlib.sha256(content).hexdigest()
    assert blobs.get(name) == content
    packed = blobs.get_gzip(name)
    assert (packed is not None) == compress
    assert packed is None or gzip.decompress(packed) == content
    assert list(blobs.names()) == [name]
    assert blobs.damaged() == []


def test_the_same_content_gives_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack(b"wall" * 1000, compress=True)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert pack(b"wall" * 1000, compress=True) == first
    assert first.payload[4:8] == b"\0\0\0\0"  # RFC 1952: MTIME 0 is "no time stamp"


def test_names_lie_in_256_folders(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    plain, packed = blobs.put(b"a"), blobs.put(b"b", compress=True)
    assert (tmp_path / plain[:2] / plain).read_bytes() == b"a"
    assert gzip.decompress((tmp_path / packed[:2] / f"{packed}.gz").read_bytes()) == b"b"


def test_a_blob_is_never_written_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"content", compress=True)
    path = tmp_path / name[:2] / f"{name}.gz"
    os.utime(path, (1, 1))
    assert blobs.put(b"content", compress=True) == name
    assert blobs.put(b"content", compress=False) == name
    assert path.stat().st_mtime == 1
    assert len(list(tmp_path.rglob("*.*"))) == 1


def test_a_missing_blob_is_not_found(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    for get in (blobs.get, blobs.get_gzip):
        with pytest.raises(NotFound):
            get("0" * 64)
    assert not blobs.has("0" * 64)


def test_a_writer_that_dies_leaves_no_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(tmp_path)

    def die(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        blobs.put(b"content")
    name = hashlib.sha256(b"content").hexdigest()
    assert not blobs.has(name)
    assert list(blobs.names()) == []
    assert blobs.remove_unfinished() == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_another_file_system_keeps_blobs_too() -> None:
    blobs = Blobs("memory://twin-blobs")
    name = blobs.put(b"content", compress=True)
    assert blobs.get(name) == b"content"
    assert list(blobs.names()) == [name]
    blobs.remove([name])
    assert not blobs.has(name)
