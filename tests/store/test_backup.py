"""Backups: of a moment that was, whole while others import and remove, and the last good one outlives a killed one."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import engines, postgres, s3
from tests.debian import find_postgis
from tests.store import samples
from tests.store.test_kill import whole
from twin.errors import Damaged, InvalidInput, StoreBusy
from twin.store import Store
from twin.store.blobs import Blobs
from twin.store.place import DATABASE

MODEL = "P001-办公楼"
pytestmark = pytest.mark.skipif(engines.POSTGRESQL, reason="a backup is a folder; the last tests here have a server")


def state(store: Store) -> tuple[Any, ...]:
    """Return what stands in a twin: each model's revision and file."""
    return tuple((model.model, model.revision, model.sha256) for model in store.models())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        opened.put_revision(samples.revision(text="the first"))
        yield opened


def test_a_backup_is_a_twin(store: Store, tmp_path: Path) -> None:
    made = store.back_up(tmp_path / "backup")
    assert made.copied == made.blobs > 3
    assert json.loads((tmp_path / "backup" / "backup.json").read_text())["made_at"] == made.made_at
    with Store.open(tmp_path / "backup", create=False) as copy:
        whole(copy)
        assert state(copy) == state(store)
        assert copy.settings() == store.settings()
        copy.put_revision(samples.revision(text="goes on"))


def test_only_what_is_new_is_copied(store: Store, tmp_path: Path) -> None:
    store.back_up(tmp_path / "backup")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file()}
    assert store.back_up(tmp_path / "backup").copied == 0
    store.put_revision(samples.revision(text="the second"))
    made = store.back_up(tmp_path / "backup")
    assert 0 < made.copied < made.blobs
    assert made.removed == 0
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())
    store.remove_model(MODEL)
    made = store.back_up(tmp_path / "backup")
    assert (made.blobs, made.copied) == (0, 0)
    assert made.removed > 5
    assert not [path for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file()]


@pytest.mark.parametrize("times", [8, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_of_a_moment_that_was_while_others_write(store: Store, tmp_path: Path, times: int) -> None:
    chance = random.Random(5)  # noqa: S311
    seen: set[tuple[Any, ...]] = {state(store)}
    done = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        """Import, replace and remove; note every state before anybody else can change it."""
        try:
            with Store.open(tmp_path / "twin") as writer:
                for number in range(10**6):
                    if done.is_set():
                        return
                    stem = chance.choice(["甲", "乙", "丙"])
                    standing = {model.model for model in writer.models()}
                    if f"P001-{stem}" in standing and chance.random() < 0.4:
                        writer.remove_model(f"P001-{stem}")
                    else:
                        tiles = tuple(f"glTF {number} {i} ".encode() * 50 for i in range(4))
                        writer.put_revision(samples.revision(stem=stem, text=f"{number}", tiles=tiles))
                    seen.add(state(writer))
        except BaseException as error:
            failures.append(error)
            raise

    thread = threading.Thread(target=write)
    thread.start()
    try:
        found = []
        for _ in range(times):
            store.back_up(tmp_path / "backup")
            with Store.open(tmp_path / "backup", create=False) as copy:
                whole(copy)
                found.append(state(copy))
                assert set(copy.blobs.names()) == {name for name in copy.blobs.names() if store_names(copy, name)}
    finally:
        done.set()
        thread.join()
    assert failures == []
    assert set(found) <= seen
    assert len(set(found)) > 1


def store_names(store: Store, name: str) -> bool:
    """Does a row name this blob."""
    from twin.store import write
    from twin.store.connect import reading

    with reading(store._engine) as connection:
        return name in write.referenced_blobs(connection)


@pytest.mark.parametrize("sweeps", [1, 2, 9])
def test_what_is_swept_meanwhile_starts_it_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sweeps: int
) -> None:
    """However often it happens: the last try keeps others waiting."""
    copy_to = Blobs.copy_to
    calls: list[int] = []

    def copy_late(self: Blobs, names: Any, other: Blobs) -> set[str]:
        calls.append(1)
        if len(calls) <= sweeps:
            with Store.open(tmp_path / "twin", busy_seconds=0.1) as writer:
                try:
                    writer.remove_model(MODEL)
                    writer.put_revision(samples.revision(text=f"after {len(calls)}", tiles=(b"glTF %d" % len(calls),)))
                except StoreBusy:
                    assert len(calls) == 3
        return copy_to(self, names, other)

    monkeypatch.setattr(Blobs, "copy_to", copy_late)
    store.back_up(tmp_path / "backup")
    assert len(calls) == min(sweeps + 1, 3)
    with Store.open(tmp_path / "backup", create=False) as copy:
        whole(copy)
        assert state(copy) == state(store)


def test_a_twin_with_holes_keeps_its_last_backup(store: Store, tmp_path: Path) -> None:
    store.back_up(tmp_path / "backup")
    before = state(store)
    store.put_revision(samples.revision(text="the second"))
    name = store.model(MODEL).sha256
    path = next((tmp_path / "twin" / "blobs").rglob(f"{name}*"))
    path.rename(tmp_path / "aside")
    with pytest.raises(Damaged, match="1 blobs of the twin are not there"):
        store.back_up(tmp_path / "backup")
    path.write_bytes(b"rubbish")
    with pytest.raises(Damaged, match="comes damaged"):
        store.back_up(tmp_path / "backup")
    with Store.open(tmp_path / "backup", create=False) as copy:
        whole(copy)
        assert state(copy) == before


def test_other_folders_are_left_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("…")
    (tmp_path / "file").write_text("…")
    for folder in ("letters", "file", "twin"):
        with pytest.raises(InvalidInput):
            store.back_up(tmp_path / folder)
    assert sorted(path.name for path in (tmp_path / "letters").iterdir()) == ["dear.txt"]
    whole(store)


def test_a_note_that_a_full_disk_left_is_in_nobodys_way(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    store.back_up(target)
    (target / "backup.json.part").write_text('{"made_at": "20')
    (target / f"{DATABASE}.0f.part-wal").write_bytes(b"cut")
    store.back_up(target)
    assert sorted(path.name for path in target.iterdir()) == ["backup.json", "backup.lock", "blobs", DATABASE]


def test_one_backup_at_a_time(store: Store, tmp_path: Path) -> None:
    from twin.store.backup import _alone

    store.back_up(tmp_path / "backup")
    with _alone(tmp_path / "backup"), pytest.raises(StoreBusy, match="Another backup"):
        store.back_up(tmp_path / "backup")


def test_a_backup_that_somebody_looks_at(store: Store, tmp_path: Path) -> None:
    """A reader's log beside the old backup never ends up beside the new one."""
    store.back_up(tmp_path / "backup")
    with Store.open(tmp_path / "backup") as reader:
        reader.name_project("P002", "looked at")
        with pytest.raises(StoreBusy, match="in use"):
            store.back_up(tmp_path / "backup")
        assert {project.code for project in reader.projects()} == {"P001", "P002"}
    store.back_up(tmp_path / "backup")
    with Store.open(tmp_path / "backup", create=False) as copy:
        assert [project.code for project in copy.projects()] == ["P001"]


BACKUP = """
import sys
from pathlib import Path
from twin.store import Store
with Store.open(Path(sys.argv[1]), create=False) as store:
    print("up", flush=True)
    while True:
        store.back_up(Path(sys.argv[2]))
        print("made", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("times", [5, pytest.param(40, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_killed_at_random_moments(store: Store, tmp_path: Path, times: int) -> None:
    chance = random.Random(9)  # noqa: S311
    target = tmp_path / "backup"
    store.back_up(target)
    good = state(store)  # what the last backup that was made holds
    for attempt in range(times):
        tiles = tuple(f"glTF {attempt} {i} ".encode() * 500 for i in range(12))
        store.put_revision(samples.revision(text=f"text {attempt}", tiles=tiles))
        command = [sys.executable, "-c", BACKUP, str(tmp_path / "twin"), str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            time.sleep(chance.uniform(0.0, 0.15))
            process.send_signal(signal.SIGKILL)
            made = b"made" in process.stdout.read()
        with Store.open(target, create=False) as copy:
            whole(copy)
            assert state(copy) in ([state(store)] if made else [good, state(store)])
            good = state(copy)
        if chance.random() < 0.5:
            store.back_up(target)
            good = state(store)
    store.back_up(target)
    assert not list(target.rglob("*.part*"))


@pytest.mark.skipif(find_postgis() is None, reason="PostgreSQL with PostGIS")
def test_a_twin_on_a_server_is_backed_up_into_a_folder(tmp_path: Path) -> None:
    with postgres.cluster() as cluster:
        place = cluster.fresh("twin")
        with Store.init(place, name="深圳", crs="EPSG:4547", bounds=None, blobs=str(tmp_path / "blobs")) as store:
            for number in range(3):
                store.put_revision(samples.revision(text=f"text {number}", tiles=(b"glTF %d" % number,)))
                made = store.back_up(tmp_path / "backup")
                with Store.open(tmp_path / "backup", create=False) as copy:
                    whole(copy)
                    assert state(copy) == state(store)
                    assert copy.elements("P001") == store.elements("P001")
                    assert copy.settings().name == "深圳"
            assert 0 < made.copied < made.blobs
        with Store.open(tmp_path / "backup") as copy:
            copy.put_revision(samples.revision(text="goes on"))


def test_a_twin_in_object_storage_is_backed_up_into_a_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("s3fs")
    with s3.storage() as storage:
        for name, value in storage.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "cache"))
        url = storage.bucket("twin") + "/blobs"
        with Store.init(tmp_path / "far", name=None, crs=None, bounds=None, blobs=url) as far:
            far.put_revision(samples.revision(text="far away"))
            assert not (tmp_path / "far" / "blobs").exists()
            made = far.back_up(tmp_path / "backup")
            assert made.copied == made.blobs > 3
            before = state(far)
    with Store.open(tmp_path / "backup", create=False) as copy:  # the storage has gone
        whole(copy)
        assert state(copy) == before


def test_restored_by_a_copy(store: Store, tmp_path: Path) -> None:
    store.put_revision(samples.revision(text="the second"))
    store.back_up(tmp_path / "backup")
    before = state(store)
    store.remove_model(MODEL)
    with Store.open(tmp_path / "backup", create=False) as backup:
        backup.copy_to(tmp_path / "restored")
        assert state(backup) == before
    with Store.open(tmp_path / "restored", create=False) as restored:
        whole(restored)
        assert state(restored) == before
        assert restored.put_revision(samples.revision(text="goes on")).revision == 3
