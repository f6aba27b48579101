"""`twin demo`: the sample city in the twin folder, imported and served."""

from typing import TYPE_CHECKING, Any

import click

from twin.values.sentence import say
from web.cli.common import DONE, LOSS, Invocation, twin_command

if TYPE_CHECKING:
    from pathlib import Path

    from sample_data.build import SampleCity, SampleModel
    from twin.store import Store

CITY, CRS, BOUNDS = "滨江市", "EPSG:4547", (113.9, 22.4, 114.3, 22.7)
SAMPLES = "samples"  # where in the twin folder the written files lie


@twin_command(
    "demo",
    help="Build the sample city in the twin folder: map layers, models and facts of its key projects; serve it.",
    epilog="What is there already is kept: a second run imports nothing and serves at once.",
)
@click.option("--no-serve", is_flag=True, help="Only build and import.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def command(invocation: Invocation, no_serve: bool, host: str, port: int) -> int:
    """Build, import, serve."""
    from web.answers import layer_details
    from web.cli.demo_clashes import find_clashes
    from web.cli.demo_facts import load_facts

    city = _built(invocation)
    with open_city(invocation.place) as store:
        lost = _add_layers(invocation, store, city)
        models = []
        for sample in city.models:
            told, failed = _import(invocation, store, sample)
            models.append(told)
            lost = lost or failed
        facts = load_facts(invocation, store, city)
        clashes = find_clashes(invocation, store, city)
        layers = [layer_details(layer, invocation.language) for layer in store.layers()]
    if not no_serve:
        return _serve(invocation, host, port, models)
    told_last = say("The sample city is in {folder}: `twin serve` shows it.", folder=invocation.shown)
    told_all = {"folder": invocation.shown, "models": models, "layers": layers, "facts": facts}
    told_all["clashes"] = clashes
    invocation.emit(told_all, invocation.say(told_last))
    return LOSS if lost else DONE


def samples_folder(place: "Path | str") -> "Path":
    """Return where the written files lie: in the twin folder; for a twin on a server in the user's cache."""
    import os
    from pathlib import Path

    if isinstance(place, Path):
        return place / SAMPLES
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "city-twin" / SAMPLES


def open_city(folder: "Path | str") -> "Store":
    """Open the twin folder; where there is none, make the sample city."""
    from twin.errors import NotFound
    from twin.store import Store

    try:
        return Store.open(folder, create=False)
    except NotFound:
        return Store.init(folder, name=CITY, crs=CRS, bounds=BOUNDS)


def _built(invocation: Invocation) -> "SampleCity":
    from sample_data.build import build
    from web.cli.progress import progress_bar

    title = invocation.say(say("building the sample city"))
    stages = {"build": (say("building"), 0.0, 1.0)}
    with progress_bar(title, quiet=invocation.json, stages=stages) as advance:
        return build(samples_folder(invocation.place), lambda done, total, name: advance("build", done, total))


def _add_layers(invocation: Invocation, store: "Store", city: "SampleCity") -> bool:
    """Add the layers that are not there or older than the city's file; tell whether something was lost."""
    from web.cli.progress import LAYER_STAGES, progress_bar
    from web.ingest_layers import ingest_layers

    built = city.file.stat().st_mtime
    there = {layer.name for layer in store.layers() if layer.added_at.timestamp() >= built}
    lost = False
    for layer in city.layers:
        if layer.name in there:
            continue
        with progress_bar(layer.name, quiet=invocation.json, stages=LAYER_STAGES) as advance:
            (added,) = ingest_layers(
                lambda: store,
                city.file,
                layer.name,
                kind=layer.kind,
                datum="cgcs2000",
                source_layer=layer.source_layer,
                advance=advance,
            )
        lost = lost or added.lost > 0
        if not invocation.json:
            line = say("{layer}: {count:,} features ({kind})", layer=added.name, count=added.features, kind=added.kind)
            click.echo(invocation.say(line))
    return lost


def _import(invocation: Invocation, store: "Store", sample: "SampleModel") -> tuple[dict[str, Any], bool]:
    """Import a model; return what is told of it, and whether something was lost."""
    from web.cli.import_ import model_json, readable
    from web.cli.progress import progress_bar
    from web.ingest import ingest_ifc

    with progress_bar(sample.path.name, quiet=invocation.json) as advance:
        came = ingest_ifc(lambda: store, sample.path, sample.project, discipline=sample.discipline, advance=advance)
    if store.project(sample.project)[0].name == sample.project:  # nobody has named it yet
        store.name_project(sample.project, sample.name)
    ledger = store.ledger(came.model.model)
    if not invocation.json:
        click.echo(readable(came, ledger, invocation))
    return model_json(came, ledger, invocation.language), ledger.counts.failed > 0


def _serve(invocation: Invocation, host: str, port: int, models: list[dict[str, Any]]) -> int:
    from web.cli.serve import serve

    def announce(url: str) -> None:
        text = invocation.say(say("Open {url} in a browser (Ctrl-C stops).", url=url))
        invocation.emit({"url": url, "folder": invocation.shown, "models": models}, text)

    serve(invocation.place, host, port, 1, announce)
    return DONE
