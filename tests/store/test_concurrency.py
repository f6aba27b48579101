"""Many readers, several writers and a sweeper at once: nobody sees half a revision, nobody loses a blob."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store import samples
from twin.errors import NotFound, StoreBusy
from twin.store import Store
from twin.store.connect import writing

WRITER = """
import sys
from pathlib import Path
from tests.store import samples
from twin.store import Store
with Store.open(Path(sys.argv[1])) as store:
    for number in range(int(sys.argv[3])):
        text = f"{sys.argv[2]} {number}"
        tiles = (b"glTF shared", f"glTF {text}".encode())
        store.put_revision(samples.revision(stem=sys.argv[2], text=text, count=10 + number, tiles=tiles))
"""


def writers(folder: Path, names: list[str], revisions: int) -> list[subprocess.Popen[bytes]]:
    return [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name, str(revisions)], stderr=subprocess.PIPE)
        for name in names
    ]


def run_while(going: Callable[[], bool], *works: Callable[[], None]) -> list[BaseException]:
    """Repeat each work in a thread of its own while `going`; return what went wrong."""
    wrong: list[BaseException] = []

    def repeat(work: Callable[[], None]) -> None:
        try:
            while going() and not wrong:
                work()
        except BaseException as error:  # noqa: BLE001  (the test thread reports it)
            wrong.append(error)

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_readers_see_whole_revisions_while_writers_and_a_sweeper_work(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    started = writers(tmp_path, ["a", "b"], 15)
    with Store.open(tmp_path) as store:
        seen: list[tuple[str, int]] = []

        def read() -> None:
            for model in store.models():
                seen.append((model.model, model.revision))
                assert model.rows == 9 + model.revision
                assert model.building_sha256 is not None
                assert store.blobs.get(model.building_sha256)
                assert store.blobs.get(model.sha256).decode() == f"{model.stem} {model.revision - 1}"
                for path in (samples.tile_file(b"glTF shared").path, "tileset.json"):
                    assert store.blobs.get(store.tile(model.model, path))

        def sweep() -> None:
            store.sweep()
            time.sleep(0.01)

        wrong = run_while(lambda: any(p.poll() is None for p in started), read, read, sweep)
        assert wrong == []
        for process in started:
            _, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors.decode()
        assert [(m.model, m.revision) for m in store.models()] == [("P001-a", 15), ("P001-b", 15)]
        assert len(set(seen)) > 2
        assert store.damage() == []
        assert store.sweep() == 0


def test_two_imports_of_the_same_file_make_one_revision(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    started = writers(tmp_path, ["same"] * 3, 1)
    for process in started:
        assert process.wait(timeout=60) == 0, process.stderr and process.stderr.read().decode()
        assert process.stderr is not None
        process.stderr.close()
    with Store.open(tmp_path) as store:
        assert [m.revision for m in store.models()] == [1]


def test_a_writer_that_waits_in_vain_is_told(tmp_path: Path) -> None:
    with Store.open(tmp_path) as first, Store.open(tmp_path, busy_seconds=0.05) as second:
        first.put_revision(samples.revision())
        with writing(first._engine):
            with pytest.raises(StoreBusy, match="try again"):
                second.put_revision(samples.revision(text="two"))
            with pytest.raises(StoreBusy):
                second.sweep()
            assert second.model("P001-办公楼").revision == 1  # readers go on
        assert second.put_revision(samples.revision(text="two")).revision == 2


def test_one_store_serves_many_threads(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.put_revision(samples.revision(count=200))
        ends = time.monotonic() + 0.5

        def read() -> None:
            assert len(store.element_columns("P001-办公楼").global_id) == 200
            with pytest.raises(NotFound):
                store.model("none")

        assert run_while(lambda: time.monotonic() < ends, *[read] * 6) == []


def test_connections_that_threads_still_use_are_closed_when_they_come_back(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "twin")
    used = store._engine.connect()
    store.close()
    for connection in (used, store._engine.connect()):  # a thread that knows nothing of the end may begin anew
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("SELECT 1")
        connection.close()
        with pytest.raises(Exception, match="closed"):
            raw.execute("SELECT 1")


def test_a_store_that_nobody_closes_is_closed_with_its_last_user(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "twin")
    assert store.changes() >= 0
    with store._engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    marks = store._marks
    assert raw is not None
    del store
    gc.collect()
    with pytest.raises(Exception, match="closed"):
        raw.execute("SELECT 1")
    assert marks._connection is None
    assert marks.changes() >= 0  # a thread that is late
    assert marks._connection is None
