"""Has every twin folder of a test stand for a database: TWIN_TEST_POSTGRES names the server that they are on.

This folder is on the PYTHONPATH of what the tests start, so that Python imports this module first in every process: the
rest of the program does not know.  Blobs stay in the folder.
"""

import contextlib
import hashlib
import importlib.machinery
import os
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

SERVER = os.environ.get("TWIN_TEST_POSTGRES", "")  # postgresql://twin@127.0.0.1:5432
TEMPLATE = "twin_template"
MODULE = "twin.store.place"


def database_of(folder: Path) -> str:
    """Return the name of the database that a folder stands for."""
    return "t_" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]


def run(statement: str, *values: str) -> Any:
    """Run a statement on the server; return its first row."""
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchone() if cursor.description else None


def is_made(name: str) -> bool:
    """Tell whether there is a database of this name."""
    return run("SELECT 1 FROM pg_database WHERE datname = %s", name) is not None


def make(name: str, template: str = TEMPLATE) -> None:
    """Make a database; another process may be faster."""
    import psycopg

    if template != TEMPLATE:  # whoever is connected comes back by himself
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", template)
    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY wal_log')


def patch(module: ModuleType) -> None:
    """Have `place_of` give the database of a folder."""
    plain, kind = module.place_of, module.Place
    known: set[str] = set()

    class FolderOnServer(kind):  # type: ignore[misc, valid-type]
        """A folder whose tables are on the server; another process finds it by the folder."""

        def given(self) -> str:
            """Return the folder."""
            return str(self.folder.resolve())

        def __str__(self) -> str:
            return str(self.folder)

        @property
        def name(self) -> str:
            """The city is called as its folder is."""
            return str(self.folder.resolve().name)

    def place_of(given: Any) -> Any:
        place = plain(given)
        if place.url is not None or place.folder is None:
            return place
        name = database_of(place.folder)
        if name not in known and not is_made(name):
            make(name)
        known.add(name)
        return FolderOnServer(place.folder, f"{SERVER}/{name}")

    module.place_of = place_of  # type: ignore[attr-defined]


class Patching(MetaPathFinder):
    """Patches the module when it is imported."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Return how the module is loaded."""
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        assert spec is not None
        assert spec.loader is not None
        loader: Any = spec.loader
        plain = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            plain(module)
            patch(module)

        loader.exec_module = exec_module
        return spec


if SERVER:
    sys.meta_path.insert(0, Patching())
