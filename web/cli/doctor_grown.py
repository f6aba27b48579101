"""What `twin doctor` looks at where a twin has outgrown its machine: the database server, the storage, the cluster."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.errors import TwinError
from twin.values.job import LEASE
from twin.values.sentence import Sentence, say
from web.cli.doctor_finding import Finding, package

if TYPE_CHECKING:
    from twin.store import Store
    from twin.store.server_facts import ServerFacts

_SERVER = say("the database server")
_CROWDED = 0.8  # share of a server's connections
_APART = LEASE / 3  # seconds between two clocks, so that two machines stay within the lease of a job


def server(place: str) -> Iterator[Finding]:
    """Look at the server of a twin on PostgreSQL; the last finding is not well where the twin cannot be opened."""
    driver = package("psycopg", say("talking to PostgreSQL"))
    yield driver
    if not driver.ok:
        return
    from twin.store.server_facts import server_facts

    try:
        facts = server_facts(place)
    except TwinError as error:
        yield Finding("PostgreSQL", False, "", _SERVER, error.sentence)
        return
    yield Finding("PostgreSQL", _advice(facts) is None, facts.version, _SERVER, _advice(facts))
    yield _postgis(facts)
    yield _rights(facts)
    yield _connections(facts)
    yield _clock(facts)


def _advice(facts: "ServerFacts") -> Sentence | None:
    if not facts.enough:
        return say("It is too old: use PostgreSQL 13 or newer.")
    if facts.copy:
        return say("It follows another server and takes no changes: name the one that does.")
    if facts.encoding != "UTF8":
        return say(
            "The database holds texts in {encoding}: make one with `createdb --encoding UTF8 --template template0`.",
            encoding=facts.encoding,
        )
    return None


def _postgis(facts: "ServerFacts") -> Finding:
    purpose = say("extents on the map, views for GIS programs")
    if facts.postgis is not None:
        return Finding("PostGIS", True, facts.postgis, purpose)
    if facts.available is None:
        advice = say("Install PostGIS on the server (Debian: postgresql-15-postgis-3).")
        return Finding("PostGIS", False, "", purpose, advice)
    if facts.is_made:
        advice = say("Have an administrator run `CREATE EXTENSION postgis` in the database.")
        return Finding("PostGIS", False, "", purpose, advice)
    advice = say("`twin init` makes it; where it may not, have an administrator run `CREATE EXTENSION postgis`.")
    return Finding("PostGIS", True, facts.available, purpose, advice)


def _rights(facts: "ServerFacts") -> Finding:
    purpose = say("what the twin may do in the database")
    if not facts.lacking:
        return Finding("rights", True, say("all that it needs"), purpose)
    advice = say("Have the owner of the database grant {rights}.", rights=", ".join(facts.lacking))
    return Finding("rights", False, "", purpose, advice)


def _connections(facts: "ServerFacts") -> Finding:
    found = f"{facts.connections} / {facts.most_connections}"
    purpose = say("connections of the server that are open")
    if facts.connections < _CROWDED * facts.most_connections:
        return Finding("connections", True, found, purpose)
    return Finding("connections", True, found, purpose, say("Raise max_connections, or run fewer servers and workers."))


def _clock(facts: "ServerFacts") -> Finding:
    purpose = say("the server's clock against this machine's")
    found = f"{facts.ahead:+.1f} s"
    if abs(facts.ahead) < _APART:
        return Finding("clock", True, found, purpose)
    advice = say("Have both machines set their clocks by NTP: whoever is ahead takes running jobs for abandoned.")
    return Finding("clock", False, found, purpose, advice)


def blobs(store: "Store") -> Finding:
    """Can blobs be kept and read where they lie."""
    purpose = say("where files lie")
    try:
        store.blobs.check(writable=True)
    except TwinError as error:
        return Finding("blobs", False, store.blobs.url, purpose, error.sentence)
    return Finding("blobs", True, store.blobs.url, purpose)


def cluster() -> Iterator[Finding]:
    """Look at the Dask cluster, where one is set."""
    from web.jobs.executors import scheduler

    address = scheduler()
    if address is None:
        return
    purpose = say("the cluster that jobs go to")
    installed = package("distributed", purpose)
    if not installed.ok:
        yield installed
        return
    from web.jobs.cluster_state import cluster_state

    try:
        state = cluster_state(address)
    except TwinError as error:
        yield Finding("Dask", False, address, purpose, error.sentence)
        return
    advice = None
    if state.differing:
        advice = say("Install the same versions everywhere: {differing}.", differing=", ".join(state.differing))
    elif not state.workers:
        advice = say("No worker has come yet: start some with `dask worker {address}`.", address=address)
    found = say("{workers} workers", workers=state.workers)
    yield Finding("Dask", state.workers > 0 and not state.differing, found, purpose, advice)
