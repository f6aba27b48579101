"""Twins that share a place for blobs, on purpose or by an outranking variable: none removes what another needs."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import s3
from tests.engines import POSTGRESQL
from tests.store import samples
from tests.store.test_kill import whole
from twin.errors import Damaged
from twin.store import DATABASE, Store
from twin.store.blob_users import USERS
from twin.store.blobs import Blobs
from twin.store.keeping import Keep
from twin.values.upload import NewUpload

MODEL = "P001-办公楼"
pytestmark = pytest.mark.skipif(POSTGRESQL, reason="twins in folders show all of it")


def with_a_model(store: Store, text: str) -> Store:
    store.put_revision(samples.revision(text=text, tiles=(f"glTF {text}".encode(),)))
    return store


def said(place: Path) -> list[str]:
    """Return the ids that twins have left at a place."""
    return sorted(path.name for path in (place / USERS).glob("*"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWIN_BLOBS", str(tmp_path / "blobs"))
    return tmp_path / "blobs"


@pytest.fixture
def both(tmp_path: Path, place: Path) -> Iterator[tuple[Store, Store]]:
    """Two twins that keep their blobs at one place."""
    with Store.open(tmp_path / "city") as city, Store.open(tmp_path / "scratch") as scratch:
        yield with_a_model(city, "of the city"), scratch


@pytest.mark.parametrize("removes", ["scratch", "city"])
def test_a_sweep_leaves_the_other_twin_whole(
    both: tuple[Store, Store], removes: str, caplog: pytest.LogCaptureFixture
) -> None:
    city, scratch = both
    with_a_model(scratch, "to try")
    one, other = (scratch, city) if removes == "scratch" else (city, scratch)
    one.remove_model(MODEL)
    whole_but_for_others(other)
    assert one.models() == []
    (record,) = caplog.records
    assert "stay at" in record.getMessage()
    assert str(other.folder) in record.getMessage()
    assert str(one.folder) not in record.getMessage()


def whole_but_for_others(store: Store) -> None:
    assert store.damage() == []
    assert store.models()


def test_nothing_is_left_when_the_other_one_has_gone(both: tuple[Store, Store], place: Path) -> None:
    city, scratch = both
    (of_the_city,) = said(place)
    with_a_model(scratch, "to try").remove_model(MODEL)
    left = len(list(city.blobs.names()))
    (of_scratch,) = set(said(place)) - {of_the_city}
    (place / USERS / of_scratch).unlink()
    assert 0 < city.sweep() < left
    whole(city)
    city.remove_model(MODEL)
    assert list(city.blobs.names()) == []


def test_retention_and_uploads_leave_it_whole(both: tuple[Store, Store]) -> None:
    city, scratch = both
    with_a_model(with_a_model(scratch, "one"), "two")
    upload = NewUpload(id="u" * 32, project="P001", file="a.ifc", size=3, created_by="x")
    city.put_upload(upload)
    city.add_upload_part(upload.id, 0, b"abc")
    there = set(scratch.blobs.names())
    assert scratch.outdated(Keep(revisions=1)).blobs == scratch.remove_outdated(Keep(revisions=1)).blobs == 0
    city.tidy_uploads(datetime.now(UTC) + timedelta(days=9))
    city.withdraw_upload(upload.id)
    assert set(scratch.blobs.names()) == there


def test_a_half_written_blob_of_another_twin_stays(both: tuple[Store, Store], place: Path) -> None:
    _, scratch = both
    with_a_model(scratch, "to try")
    arriving = place / "ab" / f"ab{'0' * 62}.0f.part"
    arriving.parent.mkdir(exist_ok=True)
    arriving.write_bytes(b"half")
    assert scratch.sweep() == 0
    assert arriving.exists()


def test_the_blobs_beside_another_database_are_that_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the twin that keeps them by default nor the one that was sent there removes the other's."""
    with with_a_model(Store.open(tmp_path / "city"), "of the city") as city:
        assert said(tmp_path / "city" / "blobs") == []  # a twin by itself needs no file
        monkeypatch.setenv("TWIN_BLOBS", str(tmp_path / "city" / "blobs"))
        with with_a_model(Store.open(tmp_path / "scratch"), "to try") as scratch:
            city.sweep()
            whole_but_for_others(scratch)
            scratch.remove_model(MODEL)
            whole_but_for_others(city)


def test_a_place_of_before_is_taken_over_when_all_there_is_known(tmp_path: Path, place: Path) -> None:
    with with_a_model(Store.open(tmp_path / "city"), "of the city") as city:
        shutil.rmtree(place / USERS)
    with Store.open(tmp_path / "city") as city:
        city.remove_model(MODEL)
        assert list(city.blobs.names()) == []
    assert len(said(place)) == 1


def test_a_place_of_before_that_holds_more_is_not(tmp_path: Path, place: Path) -> None:
    with with_a_model(Store.open(tmp_path / "city"), "of the city") as city:
        shutil.rmtree(place / USERS)  # as two programs of before leave it
        with with_a_model(Store.open(tmp_path / "scratch"), "to try") as scratch:
            scratch.remove_model(MODEL)
            whole_but_for_others(city)
            assert "unknown" in said(place)
        with Store.open(tmp_path / "city") as again:
            again.remove_model(MODEL)


def test_a_copy_with_the_same_blobs(both: tuple[Store, Store], tmp_path: Path, place: Path) -> None:
    city, _ = both
    city.copy_to(tmp_path / "copy", blobs=str(place))
    assert len(said(place)) == 2
    city.remove_model(MODEL)
    with Store.open(tmp_path / "copy") as copy:
        whole_but_for_others(copy)
        copy.remove_model(MODEL)


def test_a_copy_that_fails_says_nothing(both: tuple[Store, Store], tmp_path: Path, place: Path) -> None:
    city, _ = both
    before = said(place)
    city.blobs.remove([city.models()[0].sha256])
    for blobs in (place, tmp_path / "elsewhere"):
        with pytest.raises(Damaged):
            city.copy_to(tmp_path / "copy", blobs=str(blobs))
    assert said(place) == before
    assert said(tmp_path / "elsewhere") == []


def test_a_restored_backup_beside_the_original(tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with with_a_model(Store.open(tmp_path / "city"), "of the city") as city:
        city.back_up(tmp_path / "backup")
        with Store.open(tmp_path / "backup") as looked_at:  # with the variable still set
            looked_at.remove_model(MODEL)
        whole_but_for_others(city)
    city.back_up(tmp_path / "second")
    monkeypatch.delenv("TWIN_BLOBS")
    with Store.open(tmp_path / "second") as restored:  # by itself it goes on as any twin
        whole(restored)
        restored.remove_model(MODEL)
        assert list(restored.blobs.names()) == []


def test_two_that_come_at_once_both_say_so(tmp_path: Path, place: Path) -> None:
    with ExitStack() as stack:
        stores = [stack.enter_context(Store.open(tmp_path / f"twin {number}")) for number in range(4)]
        begin = threading.Barrier(len(stores))

        def work(number: int) -> None:
            begin.wait()
            with_a_model(stores[number], f"of {number}")
            if number % 2:
                stores[number].remove_model(MODEL)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(stores))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(said(place)) == len(stores)
        for store in stores[::2]:
            whole_but_for_others(store)


def test_twins_in_object_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    with s3.storage() as storage:
        for name, value in storage.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TWIN_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("TWIN_BLOBS", storage.bucket("twin") + "/blobs")
        with (
            with_a_model(Store.open(tmp_path / "city"), "of the city") as city,
            with_a_model(Store.open(tmp_path / "scratch"), "to try") as scratch,
        ):
            scratch.remove_model(MODEL)
            whole_but_for_others(city)
            shared = city.blobs.shared()
            city.remove_model(MODEL)
            before = list(city.blobs.names())
            assert len(before) > 6
            city.blobs._files.remove(shared[0])
            assert city.sweep() == len(before)


def test_a_file_that_tells_of_a_twin_is_no_blob(both: tuple[Store, Store], place: Path) -> None:
    city, _ = both
    assert not {name for name in Blobs(place).names() if len(name) != 64}
    assert city.damage() == []
    assert DATABASE not in {path.name for path in place.iterdir()}
