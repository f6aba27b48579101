"""PostgreSQL with PostGIS: the engine, what its errors mean to a user, and what is made besides the tables.

Its driver is imported only for a twin that is on a server.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, TimeoutError

from twin.errors import InvalidInput, StoreBusy, TwinError
from twin.values.sentence import Sentence, say

READING = {"postgresql_readonly": True}  # in the engine's isolation, REPEATABLE READ: one unchanging state
WRITING = {"isolation_level": "READ COMMITTED"}  # who waited for another writer goes on with what that one has written
LOCK = "SELECT id FROM twin FOR UPDATE"
_MAKING = 0x7477_696E  # the advisory lock of whoever makes the tables
_POOL, _OVERFLOW = 5, 10
_CONNECT_SECONDS = 10
# A server or a network that is gone without a word is noticed within half a minute, on either side.
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
_SESSION = "SET jit = off; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"

# Rectangles of what has bounds in degrees, for GIS programs and for questions about a part of the city.
SPATIAL = (
    *(
        f"ALTER TABLE {table} ADD COLUMN extent geometry(Polygon, 4326)"
        " GENERATED ALWAYS AS (ST_MakeEnvelope(west, south, east, north, 4326)) STORED"
        for table in ("placements", "layers")
    ),
    *(f"CREATE INDEX ix_{table}_extent ON {table} USING gist (extent)" for table in ("placements", "layers")),
    """CREATE VIEW gis_models AS
    SELECT m.id, m.project, p.name AS project_name, m.stem, r.file, r.discipline, r.number AS revision, r.imported_at,
        r.drawn, s.ground_height, s.height_min, s.height_max, s.extent
    FROM models m
    JOIN projects p ON p.code = m.project
    JOIN revisions r ON r.model = m.id AND r.number = m.revision
    JOIN placements s ON s.revision_id = r.id AND s.number = r.placement""",
    """CREATE VIEW gis_projects AS
    SELECT p.code, p.name, count(g.id) AS models, ST_SetSRID(ST_Extent(g.extent)::geometry, 4326) AS extent
    FROM projects p LEFT JOIN gis_models g ON g.project = p.code
    GROUP BY p.code, p.name""",
)


def engine_at(url: str, busy_seconds: float) -> Engine:
    """Return an engine on a database of a server; it connects when it is first asked."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise TwinError(
            "A twin on PostgreSQL needs a package that is not installed: run `pip install 'city-twin[grown]'`."
        ) from None
    parts = urlsplit(url)
    engine = create_engine(
        URL.create(
            "postgresql+psycopg",
            username=parts.username and unquote(parts.username),
            password=parts.password and unquote(parts.password),
            host=parts.hostname and unquote(parts.hostname),
            port=parts.port,
            database=unquote(parts.path.strip("/")),
            query=dict(parse_qsl(parts.query)),
        ),
        isolation_level="REPEATABLE READ",
        pool_size=_POOL,
        max_overflow=_OVERFLOW,
        pool_timeout=max(busy_seconds, 1.0),
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "client_encoding": "UTF8", **_ALIVE},
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"{_SESSION}; SET lock_timeout = {max(1, round(busy_seconds * 1000))}")
        connection.autocommit = False

    event.listen(engine, "connect", prepare)
    return engine


def shown(engine: Engine) -> str:
    """Return the database as errors name it: they are told to the public, too, whom its address is none of."""
    return str(engine.url.database)


def open_marks(engine: Engine) -> Any:
    """Return a connection of psycopg's outside of the pool, where every question is a transaction of its own."""
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    connection.autocommit = True
    return connection


def is_broken(error: BaseException) -> bool:
    """Tell whether an error of psycopg's means that its connection is of no use any more."""
    import psycopg

    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def prepare_database(connection: Connection) -> None:
    """Be the only one who makes tables until the transaction ends, and see to it that the database can hold a twin."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise InvalidInput(
            "The database {database} holds texts in {encoding}: make one with `createdb --encoding UTF8 --template"
            " template0`.",
            database=shown(connection.engine),
            encoding=encoding,
        )
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").first() is None:
        connection.exec_driver_sql("CREATE EXTENSION postgis")


def make_spatial(connection: Connection) -> None:
    """Add rectangles with their indexes, and the views that a GIS shows."""
    for statement in SPATIAL:
        connection.exec_driver_sql(statement)


def meaning(error: Exception, engine: Engine) -> TwinError | None:
    """Return the sentence for an error that a user can mend or wait out; None for one of the program."""
    if isinstance(error, TimeoutError):  # of the pool
        return _silent(engine, say("all of its connections are in use"))
    found: BaseException = (error.orig or error) if isinstance(error, DBAPIError) else error
    if not type(found).__module__.startswith("psycopg"):
        return None
    state: str = getattr(found, "sqlstate", None) or ""
    reason = _first_line(found)
    if state in _WAITED:
        return StoreBusy(
            "Another process is writing to {database} and did not finish in time: try again.", database=shown(engine)
        )
    advice = _ADVICE.get(state) or _ADVICE.get(state[:2])
    if state in _EXTENSION and "extension" in reason:
        advice = say("Install PostGIS on the server (Debian: postgresql-15-postgis-3).")
    if advice is None and "does not exist" in reason and not state:
        advice = _ADVICE["3D000"]
    if advice is None and "authentication failed" in reason and not state:
        advice = _ADVICE["28P01"]
    if advice is not None:
        return TwinError(
            "The database {database} cannot be used: {reason}. {advice}",
            database=shown(engine),
            reason=reason,
            advice=advice,
        )
    if state[:2] in _GONE or state in _GONE or (not state and is_broken(found)):
        return _silent(engine, reason)
    return None


def _silent(engine: Engine, reason: str) -> StoreBusy:
    return StoreBusy(
        "The database {database} does not answer ({reason}): try again in a while, and look after the server if it"
        " stays so.",
        database=shown(engine),
        reason=reason,
    )


def _first_line(error: object) -> str:
    """Return what the server or libpq says, in one line without a full stop and without the server's address.

    >>> _first_line('connection to server at "10.0.0.5", port 5432 failed: Connection refused\\n\\tIs it running?')
    'Connection refused'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return _ADDRESS.sub("", lines[0] if lines else type(error).__name__).removesuffix(".")[:300]


_ADDRESS = re.compile(r".*connection to server (at|on) .* failed: (FATAL: +)?|^FATAL: +")
# lock_not_available, serialization_failure, deadlock_detected
_WAITED = ("55P03", "40001", "40P01")
# connection exceptions, insufficient resources (too many connections), operator intervention, system errors
_GONE = ("08", "53300", "57")
_EXTENSION = ("0A000", "58P01")  # not supported, file missing: what a server without PostGIS says to its extension
_ADVICE: dict[str, Sentence] = {
    "28P01": say("Check the name and the password (PGPASSWORD or ~/.pgpass keep it out of the address)."),
    "28": say("Check who may sign in from here (pg_hba.conf of the server)."),
    "3D000": say("Make the database first, for instance with `createdb`."),
    "42501": say(
        "Have its owner grant the right; the extension is made by an administrator: `CREATE EXTENSION postgis`."
    ),
    "25006": say("It takes no changes: name the server that does, not a copy of it."),
    "42P07": say("It holds tables of something else: give the twin a database of its own."),
    "53100": say("Its disk is full: make room on the server."),
    "53200": say("The server is out of memory."),
    "58030": say("Check the disks of the server."),
    "XX001": say("Its files are damaged: restore a backup."),
    "XX002": say("Its files are damaged: restore a backup."),
}
