"""Tests on the other engine: TWIN_TEST_ENGINE=postgresql runs the very same ones with their twins on a server.

Every folder that a test names then stands for a database of its own, in this process and in those that it starts: see
`tests/on_postgresql/sitecustomize.py`.  A copied folder is a copied database.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import postgres

POSTGRESQL = os.environ.get("TWIN_TEST_ENGINE", "sqlite") == "postgresql"
_HOOK = Path(__file__).parent / "on_postgresql"


def execute(folder: Path, *statements: str) -> list[Any]:
    """Run statements on the database of a folder, on whichever engine it is; return the rows of the last one."""
    from sqlalchemy import text

    from twin.store.connect import engine_of, writing
    from twin.store.place import place_of

    engine = engine_of(place_of(folder), 5.0)
    try:
        with writing(engine) as connection:
            done = [connection.execute(text(statement)) for statement in statements][-1]
            return [tuple(row) for row in done] if done.returns_rows else []
    finally:
        engine.dispose()


@contextmanager
def on_postgresql() -> Iterator[None]:
    """Start a server, and have every twin of this process and its children be on it."""
    with postgres.cluster() as running:
        os.environ["TWIN_TEST_POSTGRES"] = running.url("").rstrip("/")
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(_HOOK), *([before] if before else [])])
        from tests.on_postgresql import sitecustomize as hook

        loaded = sys.modules.get(hook.MODULE)
        if loaded is not None:
            hook.patch(loaded)
        plain = shutil.copytree
        shutil.copytree = _copying(plain, hook)
        try:
            yield
        finally:
            shutil.copytree = plain


def _copying(plain: Callable[..., Any], hook: Any) -> Callable[..., Any]:
    """Return `shutil.copytree` that copies the database of a folder along."""

    def copytree(source: Any, target: Any, *arguments: Any, **options: Any) -> Any:
        done = plain(source, target, *arguments, **options)
        name = hook.database_of(Path(source))
        if hook.is_made(name):
            hook.make(hook.database_of(Path(target)), name)
        return done

    return copytree
