"""Brings an older database up to this program's version. Imported only when there is something to migrate."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from twin.store.tables import metadata


def script_directory() -> ScriptDirectory:
    """Return the migrations, which lie in the package beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def upgrade(connection: Connection, version: str = "head") -> None:
    """Run every migration between the database's version and `version` in the connection's transaction."""
    script = script_directory()

    def steps(current: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        found: list[RevisionStep] = script._upgrade_revs(version, current)  # type: ignore[arg-type]
        return found

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
        environment.run_migrations()
