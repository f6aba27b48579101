"""A new twin equals a migrated one, and Alembic is loaded only when there is something to migrate."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.engines import POSTGRESQL
from tests.store import samples
from twin.store import DATABASE, Store, migrations, opening
from twin.store.connect import engine_at, writing
from twin.store.tables import VERSIONS, metadata


def shape(database: Path) -> dict[str, object]:
    """Return all that the database says of its tables, names of constraints included."""
    engine = create_engine(f"sqlite:///{database}")
    inspector = inspect(engine)
    found: dict[str, object] = {}
    for table in sorted(inspector.get_table_names()):
        columns = [
            (c["name"], str(c["type"]), c["nullable"], c["default"], c.get("primary_key"))
            for c in sorted(inspector.get_columns(table), key=lambda c: str(c["name"]))
        ]
        found[table] = (
            columns,
            inspector.get_pk_constraint(table),
            sorted(map(str, inspector.get_foreign_keys(table))),
            sorted(map(str, inspector.get_indexes(table))),
            sorted(map(str, inspector.get_unique_constraints(table))),
            sorted(map(str, inspector.get_check_constraints(table))),
        )
    with engine.connect() as connection:
        found["version"] = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    engine.dispose()
    return found


def test_create_equals_migrate(tmp_path: Path) -> None:
    for name in ("created", "migrated"):
        engine = engine_at(tmp_path / name, 1)
        with writing(engine) as connection:
            opening.create(connection) if name == "created" else migrations.upgrade(connection)
        engine.dispose()
    created, migrated = shape(tmp_path / "created"), shape(tmp_path / "migrated")
    for table in created:
        if table != "alembic_version":  # Alembic names its primary key in its own way
            assert migrated[table] == created[table], table
    assert created.keys() == migrated.keys() == {"alembic_version", "version", *metadata.tables}


def test_every_migration_is_listed_in_order() -> None:
    script = migrations.script_directory()
    assert tuple(step.revision for step in reversed(list(script.walk_revisions()))) == VERSIONS


@pytest.mark.sqlite
def test_an_older_twin_is_brought_up_to_date(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / DATABASE).close()  # version nought: an empty database
    with Store.open(tmp_path) as store, pytest.raises(Exception, match="No row"):
        store.settings()
    assert shape(tmp_path / DATABASE)["version"] == [(VERSIONS[-1],)]


@pytest.mark.sqlite
def test_a_migration_that_dies_leaves_the_old_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.sql.ddl import CreateIndex

    sqlite3.connect(tmp_path / DATABASE).close()

    def die(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(CreateIndex, "_compiler_dispatch", die)
        with pytest.raises(KeyboardInterrupt):
            Store.open(tmp_path)
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    Store.open(tmp_path).close()


@pytest.mark.sqlite
def test_a_twin_of_before_gets_an_id_of_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        engine = engine_at(tmp_path / name / DATABASE, 1)
        with writing(engine) as connection:
            migrations.upgrade(connection, "0006")
            connection.execute(text("INSERT INTO twin (id, name, changes) VALUES (1, 'x', 0)"))
        engine.dispose()
    found = set()
    for name in ("one", "two", "one"):
        with Store.open(tmp_path / name) as store, store._engine.connect() as connection:
            found.add(connection.scalar(text("SELECT uid FROM twin")))
    assert sorted(len(uid) for uid in found) == [32, 32]


def test_alembic_stays_unloaded(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from twin.store import Store\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "Store.open(folder).close(); Store.open(folder).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_twin_made_by_two_processes_at_once_is_one_twin(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from twin.store import Store\n"
        "sys.stdin.readline()\n"
        f"Store.open(Path({str(tmp_path / 'twin')!r})).close()"
    )
    started = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) for _ in range(4)]
    for process in started:
        process.communicate(b"go\n", timeout=60)
    assert [process.returncode for process in started] == [0, 0, 0, 0]
    with Store.open(tmp_path / "twin", create=False) as store:
        store.put_revision(samples.revision())
        assert len(store.models()) == 1
    assert sorted(path.name for path in (tmp_path / "twin").iterdir()) == ["blobs", *([] if POSTGRESQL else [DATABASE])]


def test_the_tables_are_ready_for_postgresql() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateIndex, CreateTable

    make: Any = postgresql.dialect
    dialect = make()

    for table in metadata.sorted_tables:
        words = str(CreateTable(table).compile(dialect=dialect))
        assert "SERIAL" in words or table.name not in {"revisions"}
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect)).startswith("CREATE INDEX")


def test_only_one_file_speaks_sqlite() -> None:
    folder = Path(opening.__file__).parent
    speaking = {
        path.name
        for path in folder.rglob("*.py")
        if any(word in path.read_text("utf-8").lower() for word in ("pragma", "import sqlite3", "begin immediate"))
    }
    assert speaking == {"connect.py"}
