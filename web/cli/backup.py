"""`twin backup`: the twin as it is at one moment, in a folder that is a twin itself."""

from dataclasses import asdict
from pathlib import Path

import click

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command


@twin_command(
    "backup",
    help="Write the twin, as it is now, into a folder; imports and servers go on meanwhile.",
    epilog="The folder is a twin: `twin doctor --twin DIR` proves it, `twin copy --twin DIR --to PLACE` restores it.",
)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def command(invocation: Invocation, target: Path) -> None:
    """Back up."""
    from twin.store import Store

    with Store.open(invocation.place, create=False) as store:
        made = store.back_up(target)
    told = say(
        "{folder}: the twin {place} as of {made_at}; {blobs} blobs, {copied} of them new, {removed} gone.",
        folder=str(target),
        **{name: value for name, value in asdict(made).items() if name != "bytes"},
    )
    invocation.emit({"folder": str(target), **asdict(made)}, lambda: invocation.say(told))
