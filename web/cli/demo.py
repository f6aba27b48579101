"""`twin demo`: the sample buildings in the twin folder, imported and served."""

from typing import TYPE_CHECKING

import click

from twin.values.sentence import say
from web.cli.common import DONE, LOSS, Invocation, twin_command

if TYPE_CHECKING:
    from pathlib import Path

    from twin.store import Store

CITY, CRS, BOUNDS = "滨江市", "EPSG:4547", (113.9, 22.4, 114.3, 22.7)
SAMPLES = "samples"  # where in the twin folder the written IFC files lie


@twin_command(
    "demo",
    help="Build the sample buildings in the twin folder, import them, and serve them.",
    epilog="What is there already is kept: a second run imports nothing and serves at once.",
)
@click.option("--no-serve", is_flag=True, help="Only build and import.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def command(invocation: Invocation, no_serve: bool, host: str, port: int) -> int:
    """Build, import, serve."""
    from sample_data.build import build
    from web.cli.import_ import model_json, readable
    from web.cli.progress import progress_bar
    from web.ingest import ingest_ifc

    done, lost = [], False
    with open_city(invocation.folder) as store:
        for sample in build(invocation.folder / SAMPLES):
            with progress_bar(sample.path.name, quiet=invocation.json) as advance:
                came = ingest_ifc(
                    lambda: store, sample.path, sample.project, discipline=sample.discipline, advance=advance
                )
            if store.project(sample.project)[0].name == sample.project:  # nobody has named it yet
                store.name_project(sample.project, sample.name)
            ledger = store.ledger(came.model.model)
            lost = lost or ledger.counts.failed > 0
            done.append(model_json(came, ledger, invocation.language))
            if not invocation.json:
                click.echo(readable(came, ledger, invocation))
    if not no_serve:
        return _serve(invocation, host, port, done)
    told = say("The sample city is in {folder}: `twin serve` shows it.", folder=str(invocation.folder))
    invocation.emit({"folder": str(invocation.folder), "models": done}, invocation.say(told))
    return LOSS if lost else DONE


def open_city(folder: "Path") -> "Store":
    """Open the twin folder; where there is none, make the sample city."""
    from twin.errors import NotFound
    from twin.store import Store

    try:
        return Store.open(folder, create=False)
    except NotFound:
        return Store.init(folder, name=CITY, crs=CRS, bounds=BOUNDS)


def _serve(invocation: Invocation, host: str, port: int, models: list[dict[str, object]]) -> int:
    from web.cli.serve import serve

    def announce(url: str) -> None:
        text = invocation.say(say("Open {url} in a browser (Ctrl-C stops).", url=url))
        invocation.emit({"url": url, "folder": str(invocation.folder), "models": models}, text)

    serve(invocation.folder, host, port, 1, announce)
    return DONE
