"""What a PostgreSQL server says of itself and of a database, for whoever looks after it."""

import time
from dataclasses import dataclass

from sqlalchemy import Connection

from twin.store import place as places
from twin.store.connect import engine_of, reading

OLDEST = 130_000  # as the server numbers its versions
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A server and one of its databases, as the user that asks sees them.

    number : the server's version, 150004 for 15.4; enough : the twin can use it
    postgis : the extension's version in this database; None where it is not made there
    available : the version that the server could make; None where it is not installed
    encoding : how texts are kept; copy : it only follows another server
    is_made : there is a twin; lacking : rights that the user lacks
    connections, most_connections : that are open, and that may be
    ahead : seconds that the server's clock is ahead of this machine's
    """

    version: str
    number: int
    postgis: str | None
    available: str | None
    encoding: str
    copy: bool
    is_made: bool
    lacking: tuple[str, ...]
    connections: int
    most_connections: int
    ahead: float

    @property
    def enough(self) -> bool:
        """Can the twin use it."""
        return self.number >= OLDEST


def server_facts(place: str, busy_seconds: float = 10.0) -> ServerFacts:
    """Ask the server of `postgresql://user@host/database`; raises a TwinError where it cannot be asked."""
    engine = engine_of(places.place_of(place), busy_seconds)
    try:
        with reading(engine) as connection:
            return _facts(connection)
    finally:
        engine.dispose()


def _facts(connection: Connection) -> ServerFacts:
    ask = connection.exec_driver_sql
    is_made = ask("SELECT to_regclass('twin') IS NOT NULL AND to_regclass('alembic_version') IS NOT NULL").scalar_one()
    if is_made:
        rights = {right: f"has_table_privilege('twin', '{right}')" for right in _RIGHTS}
    else:
        rights = {"CREATE": "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"}
    granted = {name: bool(ask(f"SELECT {words}").scalar_one()) for name, words in rights.items()}
    extension = "FROM pg_extension WHERE extname = 'postgis'"
    return ServerFacts(
        str(ask("SHOW server_version").scalar_one()).split(" ")[0],
        int(ask("SHOW server_version_num").scalar_one()),
        ask(f"SELECT extversion {extension}").scalar(),
        ask("SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'").scalar(),
        str(ask("SHOW server_encoding").scalar_one()),
        bool(ask("SELECT pg_is_in_recovery()").scalar_one()),
        bool(is_made),
        tuple(name for name, there in granted.items() if not there),
        int(ask("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").scalar_one()),
        int(ask("SHOW max_connections").scalar_one()),
        _ahead(connection),
    )


def _ahead(connection: Connection) -> float:
    """Return how far the server's clock is ahead, to half the time of an answer."""
    before = time.time()
    server = float(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one())
    return server - (before + time.time()) / 2
