"""`twin copy`: the twin in another place, on another engine if wanted."""

from dataclasses import asdict

import click

from twin.values.sentence import say
from web.cli.common import Invocation, PlaceType, twin_command
from web.cli.progress import Stages, progress_bar

# Shares of the whole, measured on the sample city.
_STAGES: Stages = {"tables": (say("tables"), 0.0, 0.5), "blobs": (say("blobs"), 0.5, 1.0)}


@twin_command(
    "copy",
    help="Copy the twin, without loss, to a place that holds none: from a folder to PostgreSQL, back, or elsewhere.",
    epilog="Both are compared before the copy counts. Stop servers and workers first: what is written meanwhile stays "
    "behind. Example: twin copy --to postgresql://twin@db/city --blobs s3://bucket/city",
)
@click.option(
    "--to",
    "target",
    required=True,
    type=PlaceType(path_type=str, file_okay=False),
    metavar="DIR|URL",
    help="Folder, or postgresql://user@host/database of an empty database.",
)
@click.option(
    "--blobs", metavar="URL", help="Where the copy's files lie, s3://bucket/folder or a folder [in its folder]."
)
def command(invocation: Invocation, target: str, blobs: str | None) -> None:
    """Copy."""
    from twin.store import Store
    from twin.store.place import place_of

    to = place_of(target)
    stages = _STAGES
    with (
        Store.open(invocation.place, create=False) as store,
        progress_bar(str(to), quiet=invocation.json, stages=stages) as advance,
    ):
        copied = store.copy_to(to, blobs=blobs, advance=advance)
    told = say(
        "{target}: a copy of {place}, {rows} rows and {blobs} blobs ({new} were not there yet); {seconds} s.",
        target=str(to),
        place=invocation.shown,
        rows=sum(copied.rows.values()),
        blobs=copied.blobs,
        new=copied.new_blobs,
        seconds=round(copied.seconds, 2),
    )
    value = {"from": invocation.shown, "to": str(to), **asdict(copied), "rows": dict(copied.rows)}
    value["seconds"] = round(copied.seconds, 3)
    invocation.emit(value, invocation.say(told))
