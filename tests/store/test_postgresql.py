"""What only PostgreSQL can get wrong: its order of texts, its width of numbers, servers that go and come back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from tests.engines import POSTGRESQL
from tests.postgres import Cluster, cluster
from tests.store import samples
from twin.errors import StoreBusy, TwinError
from twin.store import Store, migrations, opening, postgresql
from twin.store.connect import engine_of, reading, writing
from twin.store.place import place_of
from twin.store.tables import metadata, projects, tiles

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="names both engines itself")


@pytest.fixture
def url(postgres_server: Cluster) -> str:
    return postgres_server.fresh()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.init(url, name="深圳", crs=None, bounds=None, blobs=str(tmp_path / "blobs")) as made:
        yield made


def shape(url: str) -> dict[str, object]:
    """Return all that the server says of tables and views, names of constraints and collations included."""
    engine = engine_of(place_of(url), 5.0)
    inspector = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(inspector.get_table_names()):
        if table in ("spatial_ref_sys", "alembic_version"):
            continue
        found[table] = (
            inspector.get_pk_constraint(table),
            sorted(map(str, inspector.get_foreign_keys(table))),
            sorted(map(str, inspector.get_indexes(table))),
            sorted(map(str, inspector.get_unique_constraints(table))),
            sorted(map(str, inspector.get_check_constraints(table))),
        )
    with reading(engine) as connection:
        columns = (
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,"
            " collation_name, generation_expression FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY table_name, column_name"
        )
        found["columns"] = [tuple(row) for row in connection.exec_driver_sql(columns)]
        found["views"] = [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM pg_views ORDER BY 1, 2")]
    engine.dispose()
    return found


def test_create_equals_migrate(postgres_server: Cluster) -> None:
    found = {}
    for name in ("created", "migrated"):
        url = postgres_server.fresh(name)
        engine = engine_of(place_of(url), 5.0)
        with writing(engine, lock=False) as connection:
            opening.create(connection) if name == "created" else migrations.upgrade(connection)
        engine.dispose()
        found[name] = shape(url)
    assert found["created"].keys() >= metadata.tables.keys()
    for part, created in found["created"].items():
        assert found["migrated"][part] == created, part


def test_texts_are_ordered_as_sqlite_orders_them(store: Store, tmp_path: Path) -> None:
    codes = ["b", "A", "a", "B", "_", "ä", "z", "墙", "a-b", "ab", "Z", "😀", "\uff21"]
    with Store.open(tmp_path / "here") as here:
        for code in codes:
            here.name_project(code, code)
            store.name_project(code, code)
        assert [p.code for p in store.projects()] == [p.code for p in here.projects()] == sorted(codes)
    with reading(store._engine) as connection:
        between = connection.scalars(select(projects.c.code).where(projects.c.code >= "Z", projects.c.code < "b"))
        assert set(between) == {"Z", "_", "a", "a-b", "ab"}


def test_bytes_are_counted_beyond_two_gigabytes(store: Store) -> None:
    store.put_revision(samples.revision())
    with writing(store._engine) as connection:
        connection.execute(tiles.update().values(size=2**40))
        assert set(connection.scalars(select(tiles.c.size))) == {2**40}


def test_every_text_column_is_ordered_by_its_bytes(store: Store) -> None:
    words = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN"
        " ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C' AND table_name = ANY(%s)"
    )
    with reading(store._engine) as connection:
        assert connection.exec_driver_sql(words, (list(metadata.tables),)).all() == []


def test_a_gis_finds_models_by_their_extent(store: Store) -> None:
    store.put_revision(samples.revision(stem="a", place=samples.georeference(113.8, 22.4)))
    store.put_revision(samples.revision(stem="b", text="b", place=samples.georeference(114.8, 22.6)))
    with reading(store._engine) as connection:
        ask = connection.exec_driver_sql
        there = "extent && ST_MakeEnvelope(113, 22, 114, 23, 4326)"
        assert ask(f"SELECT id FROM gis_models WHERE {there}").all() == [("P001-a",)]  # noqa: S608
        assert ask("SELECT code, models FROM gis_projects").all() == [("P001", 2)]
        ask("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in ask(f"EXPLAIN SELECT 1 FROM placements WHERE {there}"))  # noqa: S608
        assert "ix_placements_extent" in plan


def test_properties_with_nul_do_not_hide_the_rest(store: Store) -> None:
    from dataclasses import replace

    new = samples.revision(count=1)
    odd = {"tag": "T\0 1", "psets": {"P": {"墙": "\0", "half": "a\ud83d"}}, "groups": []}
    wall = replace(new.model.elements[0], properties=odd)
    store.put_revision(replace(new, model=replace(new.model, elements=[wall, *new.model.elements[1:]])))
    assert store.element_texts("P001-办公楼")[0].tag == "T\ufffd 1"
    assert store.element("P001", wall.global_id).properties["psets"]["P"]["墙"] == "\0"


def test_a_writer_that_waits_in_vain_is_told_and_readers_go_on(url: str, store: Store) -> None:
    store.put_revision(samples.revision())
    with Store.open(url, busy_seconds=0.1) as second, writing(store._engine):
        with pytest.raises(StoreBusy, match="Another process is writing"):
            second.put_revision(samples.revision(text="two"))
        assert second.model("P001-办公楼").revision == 1
        with writing(second._engine, lock=False) as connection:  # what needs no lock does not wait
            connection.exec_driver_sql("UPDATE twin SET name = name WHERE false")


def test_readers_see_one_state(store: Store) -> None:
    store.put_revision(samples.revision())
    with reading(store._engine) as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM revisions").scalar_one()
        store.put_revision(samples.revision(text="two"))
        assert connection.exec_driver_sql("SELECT count(*) FROM revisions").scalar_one() == before
        with pytest.raises(TwinError, match="takes no changes"), reading(store._engine) as other:
            other.exec_driver_sql("DELETE FROM revisions")


def test_changes_are_counted_by_many_threads(store: Store) -> None:
    wrong: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(50):
                store.changes()
        except BaseException as error:  # noqa: BLE001  (the test reports it)
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    before = store.changes()
    store.name_project("P1", "x")
    assert store.changes() == before + 1
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_server_that_was_killed_comes_back(tmp_path: Path) -> None:
    with cluster(durable=True) as server:
        url = server.fresh()
        with Store.init(url, name="x", crs=None, bounds=None, blobs=str(tmp_path / "blobs")) as store:
            first = store.put_revision(samples.revision())
            seen = store.changes()
            server.kill()
            for work in (store.changes, store.models, lambda: store.name_project("P2", "x")):
                with pytest.raises(StoreBusy, match="does not answer"):
                    work()
            server.start()
            assert store.changes() == seen
            assert [m.revision for m in store.models()] == [first.revision]
            server.kill()
            server.start()
            store.name_project("P2", "x")  # connections that broke meanwhile are replaced without a word
            assert store.damage() == []


def test_a_server_without_room_is_told(store: Store, postgres_server: Cluster) -> None:
    class Full(Exception):
        sqlstate = "53100"

    Full.__module__ = "psycopg.errors"
    found = postgresql.meaning(Full("could not extend file\nHINT: x"), store._engine)
    assert found is not None
    assert "make room" in str(found)
    assert "HINT" not in str(found)
    assert postgresql.meaning(ValueError("x"), store._engine) is None
