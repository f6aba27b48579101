"""`twin layers`: add city layers from map files, list them, remove them."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.errors import InvalidInput, TwinError, UnreadableModel
from twin.values.layer import KINDS
from twin.values.sentence import Sentence, say
from web.cli.common import DONE, LOSS, Invocation, twin_command
from web.cli.guard import DATABASES, guarded
from web.cli.import_ import store_opener
from web.cli.progress import LAYER_STAGES, Advance, progress_bar

if TYPE_CHECKING:
    from twin.store import Layer, Store

DATUMS = ("wgs84", "cgcs2000", "gcj02")
MEMORY_MEGABYTES = 6000  # that reading a map file may take; a million buildings take 1.2 GB


@click.group("layers")
def command() -> None:
    """Add, list or remove city layers."""


@twin_command(
    "add",
    help="Add a city layer from a map file, or the layers of an OpenStreetMap file; replaces what NAME was before.",
    epilog="Example: twin layers add roads roads.shp --crs EPSG:4547",
)
@click.argument("name")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What the layer is; guessed from names and fields otherwise.")
@click.option(
    "--crs", metavar="CRS", help="EPSG code, name, PROJ string or WKT; wins over what the file says.  EPSG:4547"
)
@click.option("--datum", type=click.Choice(DATUMS), help="Datum of the coordinates; gcj02 for Amap and Tencent.")
@click.option("--encoding", metavar="NAME", help="Encoding of the texts, for instance GB18030.")
@click.option("--layer", metavar="NAME", help="Which layer of a source that has several.")
def add(
    invocation: Invocation,
    name: str,
    source: Path,
    kind: str | None,
    crs: str | None,
    datum: str | None,
    encoding: str | None,
    layer: str | None,
) -> int:
    """Add the layers of one source."""
    stated = {"kind": kind, "crs": crs, "datum": datum, "encoding": encoding, "source_layer": layer}
    parent = os.getpid()
    started = time.monotonic()

    def work(advance: Advance) -> dict[str, Any]:
        if os.getpid() != parent:
            limit_memory()
        return add_layers(invocation, source, name, advance, stated)

    try:
        with progress_bar(name, quiet=invocation.json, stages=LAYER_STAGES) as advance:
            came = guarded(work, advance, source)
    except UnreadableModel as error:
        raise _given_up(error, source) from error
    came["json"]["seconds"] = round(time.monotonic() - started, 3)
    invocation.emit(came["json"], came["text"])
    return LOSS if came["json"]["lost"] else DONE


def limit_memory() -> None:
    """Bound the memory of this process, so that a hostile file ends it and not the machine (Linux, macOS)."""
    try:
        import resource
    except ImportError:
        return
    megabytes = int(os.environ.get("TWIN_LAYER_MEMORY_MB") or MEMORY_MEGABYTES)
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if most < 0 else min(wanted, most), most))


def add_layers(
    invocation: Invocation, source: Path, name: str, advance: Advance, stated: dict[str, str | None]
) -> dict[str, Any]:
    """Add the layers of a source; return what to print: `json` and `text`."""
    from gis_layers.long_texts import no_memory
    from web.answers import layer_details
    from web.ingest_layers import ingest_layers

    before: list[str] = []
    try:
        with store_opener(invocation.place) as open_store:

            def opened() -> "Store":
                store = open_store()
                before.extend(layer.name for layer in store.layers() if layer.group == name)
                return store

            added = ingest_layers(opened, source, name, advance=advance, **stated)
    except (TwinError, OSError):
        raise
    except MemoryError as error:
        raise no_memory(source.name) from error
    except Exception as error:
        if "bad_alloc" in str(error):  # of GEOS
            raise no_memory(source.name) from error
        if type(error).__module__.partition(".")[0] in DATABASES or os.environ.get("TWIN_DEBUG"):
            raise
        raise InvalidInput(
            "{file} cannot be read as a map ({error}): open it in a GIS and export it again.",
            file=source.name,
            error=f"{type(error).__name__}: {error}"[:160],
        ) from error
    removed = sorted({*before} - {layer.name for layer in added})
    answer = {
        "group": name,
        "layers": [layer_details(layer, invocation.language) for layer in added],
        "removed": removed,
        "lost": sum(layer.lost for layer in added),
    }
    lines = [] if invocation.json else [readable(layer, invocation) for layer in added]
    if removed and not invocation.json:
        told = say("Removed, as they were added under {group} before: {layers}.", group=name, layers=", ".join(removed))
        lines.append(invocation.say(told))
    return {"json": answer, "text": "\n".join(lines)}


def _given_up(error: UnreadableModel, source: Path) -> TwinError:
    """Return the guard's verdict on a crash or a hang, in words about maps."""
    values = error.sentence.values
    if "cause" in values:
        return InvalidInput(
            "{file} made the reader of map files crash ({cause}): open it in a GIS and export it again.",
            file=source.name,
            cause=values["cause"],
        )
    return InvalidInput(
        "{file} was given up after {seconds} s without a step: open it in a GIS and export it again.",
        file=source.name,
        seconds=values.get("seconds", "?"),
    )


def line(layer: "Layer") -> Sentence:
    """Return a layer in one line."""
    west, south, east, north = (f"{side:.5f}" for side in layer.bounds)
    return say(
        "{name}  {kind}, {features} features from {file}, {crs} ({datum}), zoom {minzoom}–{maxzoom}, "
        "{west}, {south} to {east}, {north}",
        name=layer.name,
        kind=layer.kind,
        features=layer.features,
        file=layer.file,
        crs=layer.crs if layer.crs.startswith("EPSG:") else say("its own CRS"),
        datum=layer.datum,
        minzoom=layer.minzoom,
        maxzoom=layer.maxzoom,
        west=west,
        south=south,
        east=east,
        north=north,
    )


def readable(layer: "Layer", invocation: Invocation) -> str:
    """Return a layer that was added, and what to know of it, in words."""
    lines = [line(layer)]
    if layer.height_rule:
        lines.append(say("  {rule}", rule=layer.height_rule))
    if layer.lost:
        lines.append(say("  {count} features were lost.", count=layer.lost))
    lines += [say("  Note: {notice}", notice=notice) for notice in layer.notices]
    return "\n".join(invocation.say(text) for text in lines)


@twin_command("list", help="List the city's layers: what they are, where they came from.")
def list_layers(invocation: Invocation) -> None:
    """Print every layer."""
    from twin.store import Store
    from web.answers import layer_details

    with Store.open(invocation.place) as store:
        found = store.layers()
    invocation.emit(
        {"layers": [layer_details(layer, invocation.language) for layer in found]},
        lambda: "\n".join(invocation.say(line(x)) for x in found) or invocation.say(say("There are no layers.")),
    )


@twin_command("remove", help="Remove a layer, or all layers of an OpenStreetMap file by the name it was added under.")
@click.argument("name")
def remove(invocation: Invocation, name: str) -> None:
    """Remove one layer or one group."""
    from twin.store import Store

    with Store.open(invocation.place) as store:
        removed = store.remove_layer(name)
    invocation.emit(
        {"removed": removed},
        lambda: "\n".join(invocation.say(say("The layer {name} is removed.", name=each)) for each in removed),
    )


for subcommand in (add, list_layers, remove):
    command.add_command(subcommand)
