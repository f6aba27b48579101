"""The facts of the sample city: register, schedules, links, reports, loaded as a bureau would over two years."""

import hashlib
from typing import TYPE_CHECKING, Any

import click

from twin.values.sentence import say
from web.cli.common import Invocation
from web.cli.progress import progress_bar

if TYPE_CHECKING:
    from sample_data.build import SampleCity, SampleFact
    from twin.store import Store
    from web.ingest_facts import Came


def load_facts(invocation: Invocation, store: "Store", city: "SampleCity") -> list[dict[str, Any]]:
    """Load every file that is not loaded yet, and look at the city on the last day of its facts; tell what came."""
    from web.cli.facts import came_json

    there = {load.sha256 for load in store.loads()}
    wanted = [fact for fact in city.facts if hashlib.sha256(fact.path.read_bytes()).hexdigest() not in there]
    told = []
    stages = {"load": (say("facts"), 0.0, 1.0)}
    with progress_bar(invocation.say(say("facts")), quiet=invocation.json, stages=stages) as advance:
        for done, fact in enumerate(wanted):
            advance("load", done, len(wanted))
            told.append(came_json(_load(store, fact), fact.kind, invocation.language))
    if store.settings().as_of is None:
        store.set_as_of(city.date)
    if not invocation.json and told:
        rows = sum(item["kept"] for item in told)
        click.echo(invocation.say(say("facts: {files} files, {rows} records", files=len(told), rows=rows)))
    return told


def _load(store: "Store", fact: "SampleFact") -> "Came":
    from web import ingest_facts

    stated = ingest_facts.Stated(recorded_at=str(fact.recorded_at))
    if fact.kind == "schedule":
        return ingest_facts.load_schedule(lambda: store, fact.path, fact.project or "", stated)
    if fact.kind == "links":
        return ingest_facts.load_links(lambda: store, fact.path, fact.project or "", stated)
    by_kind = {
        "register": ingest_facts.load_register,
        "progress": ingest_facts.load_progress,
        "resources": ingest_facts.load_resources,
    }
    return by_kind[fact.kind](lambda: store, fact.path, stated)
