"""A twin moves between the engines without loss: every row, every blob, and it goes on counting where it was."""

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engines import POSTGRESQL
from tests.postgres import Cluster
from tests.store import samples
from twin.errors import Damaged, InvalidInput, StoreBusy, TwinError
from twin.store import DATABASE, NewLoad, Store, copying, dialects
from twin.store.connect import engine_at, reading, writing
from twin.store.tables import metadata, twin
from twin.values.project import ProgressFact, RegisterEntry

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="names both engines itself")
ODD = ("墙 'a' \\n \t\"", "\N{GRINNING FACE}", "ß", "ab", "aB", "Ab", "a b", "%s", "\\", "\\N", "", " ")
AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def rows_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table by plain SQL, but for where blobs lie and whose they are."""
    with reading(store._engine) as connection:
        found = {t.name: [tuple(r) for r in connection.execute(select(t))] for t in metadata.sorted_tables}
    own = [column.name in ("blobs", "uid") for column in twin.columns]
    found["twin"] = [tuple(v for v, mine in zip(row, own, strict=True) if not mine) for row in found["twin"]]
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def load(text: str) -> NewLoad:
    return NewLoad(f"{text}.csv", text.encode(), hashlib.sha256(text.encode()).hexdigest(), AT)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """A twin with rows in every table: real ones where a method makes them, made-up ones in the others."""
    with Store.init(tmp_path / "from", name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision(fixes_frame=True))
        store.put_revision(samples.revision(text="two", count=700))
        store.put_register(load("a"), [(2, AT, RegisterEntry("P001", "一号", given=("name",)))])
        facts = [(i, AT, ProgressFact("P001", date(2026, 1, 1 + i), None, i / 7)) for i in range(20)]
        store.put_progress(load("b"), facts)
        fill_the_rest(store)
        yield store


def fill_the_rest(store: Store) -> None:
    chance = random.Random(7)  # noqa: S311
    names = [store.blobs.put(str(number).encode()) for number in range(30)]
    with writing(store._engine) as connection:
        for table in metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is not None:
                continue
            for number in range(30):
                row: dict[str, Any] = {}
                for column in table.columns:
                    kind = column.type.python_type
                    if "sha256" in column.name:
                        row[column.name] = names[number]
                    elif column.foreign_keys:
                        (key,) = column.foreign_keys
                        row[column.name] = connection.scalar(select(key.column).limit(1))
                    elif kind is str:
                        row[column.name] = f"{chance.choice(ODD)}{number}"[: getattr(column.type, "length", None) or 99]
                    elif kind is int:
                        row[column.name] = number + (2**40 if table.name in ("uploads", "upload_parts") else 0)
                    else:
                        row[column.name] = chance.choice([0.1, 1e-300, -1.5, 123456789.123456789])
                connection.execute(table.insert(), row)


def test_there_and_back_again(filled: Store, tmp_path: Path, postgres_server: Cluster) -> None:
    before = rows_of(filled)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    blobs = {name: filled.blobs.get(name) for name in filled.blobs.names()}
    url = postgres_server.fresh()
    steps: list[tuple[str, int, int]] = []
    copied = filled.copy_to(url, blobs=str(tmp_path / "far"), advance=lambda *step: steps.append(step))
    assert copied.rows == {name: len(rows) for name, rows in before.items()}
    assert {stage for stage, _, _ in steps} == {"tables", "blobs"}
    with Store.open(url, create=False) as there:
        assert there.folder is None
        assert rows_of(there) == before
        assert {name: there.blobs.get(name) for name in there.blobs.names()} == blobs
        assert there.damage() == []
        added = there.put_revision(samples.revision(text="three"))  # numbers go on after the copied ones
        assert added.revision == 3
        there.put_progress(load("c"), [(9, None, ProgressFact("P001", date(2026, 5, 1), None, 0.5))])
        now = rows_of(there)
        there.copy_to(tmp_path / "back")
        with pytest.raises(InvalidInput, match="already"):
            there.copy_to(tmp_path / "back")
        with pytest.raises(InvalidInput, match="already"):
            filled.copy_to(url, blobs=str(tmp_path / "far"))
    with Store.open(tmp_path / "back", create=False) as back:
        assert rows_of(back) == now
        assert back.damage() == []
        assert back.blobs.url == str(tmp_path / "back" / "blobs")
        assert [m.model for m in back.models()] == [added.model]


def test_a_copy_on_a_server_must_know_where_files_lie(filled: Store, postgres_server: Cluster) -> None:
    url = postgres_server.fresh()
    with pytest.raises(InvalidInput, match="--blobs"):
        filled.copy_to(url)
    with pytest.raises(InvalidInput, match="--blobs"):
        Store.open(url)
    assert postgres_server.run("SELECT count(*) FROM pg_tables WHERE tablename = 'models'", url.rpartition("/")[2]) == [
        (0,)
    ]


@pytest.mark.parametrize("to", ["folder", "server"])
def test_a_copy_that_lacks_a_blob_leaves_nothing(to: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with Store.open(tmp_path / "from") as store:
        store.put_revision(samples.revision())
        store.blobs.remove([store.models()[0].sha256])
        target = str(tmp_path / "to") if to == "folder" else request.getfixturevalue("postgres_server").fresh()
        with pytest.raises(Damaged, match="Nothing was copied"):
            store.copy_to(target, blobs=str(tmp_path / "far"))
        with pytest.raises(TwinError, match="There is no twin"):
            Store.open(target, create=False)
        store.put_revision(samples.revision())


def test_a_zero_below_zero_is_a_zero(tmp_path: Path, postgres_server: Cluster) -> None:
    """PostgreSQL keeps the sign of -0.0 and SQLite does not; nobody means anything by it."""
    bounds = (-0.0, 1.5, 2.0, 3.0)
    with Store.init(postgres_server.fresh(), name="x", crs=None, bounds=bounds, blobs=str(tmp_path / "b")) as store:
        store.put_revision(samples.revision())
        facts = [(1, AT, ProgressFact("P001", date(2026, 1, 1), None, -0.0))]
        store.put_progress(load("b"), facts)
        with reading(store._engine) as connection:
            kept = (
                connection.scalar(select(twin.c.west)),
                connection.scalar(select(metadata.tables["progress"].c.completion)),
            )
        assert repr(kept) == "(-0.0, -0.0)"  # what this test is about
        before = rows_of(store)
        store.copy_to(tmp_path / "to")
        store.back_up(tmp_path / "backup")
        store.copy_to(postgres_server.fresh(), blobs=str(tmp_path / "c"))
    for folder in ("to", "backup"):
        with Store.open(tmp_path / folder, create=False) as copy:
            found = rows_of(copy)
            assert found["progress"] == before["progress"]
            assert "-0.0" not in repr((found["progress"], found["twin"]))


def test_a_difference_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = dialects.insert_rows

    def losing(connection: Any, table: Any, columns: Any, rows: Any) -> None:
        changed = [tuple("外墙 X" if value == "外墙 1" else value for value in row) for row in rows]
        plain(connection, table, columns, changed)

    with Store.open(tmp_path / "from") as store:
        store.put_revision(samples.revision())
        monkeypatch.setattr(copying, "insert_rows", losing)
        with pytest.raises(TwinError, match="elements differs"):
            store.copy_to(tmp_path / "to")
    assert not (tmp_path / "to" / DATABASE).exists()


def test_a_snapshot_is_a_database_of_its_own(tmp_path: Path, postgres_server: Cluster) -> None:
    with Store.init(postgres_server.fresh(), name="x", crs=None, bounds=None, blobs=str(tmp_path / "b")) as store:
        store.put_revision(samples.revision())
        copying.snapshot(store._engine, tmp_path / "copy.sqlite")
        wanted = rows_of(store)
    engine = engine_at(tmp_path / "copy.sqlite", 1)
    with reading(engine) as connection:
        assert len(connection.execute(select(metadata.tables["elements"])).all()) == len(wanted["elements"])
    engine.dispose()
    with sqlite3.connect(tmp_path / "copy.sqlite") as opened:
        assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    opened.close()


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(StoreBusy, match="does not answer"):
        Store.open("postgresql://twin:secret@127.0.0.1:9/x")
