"""`twin publish` and `twin unpublish`: what everybody sees who is not signed in."""

from typing import TYPE_CHECKING, Any

import click

from twin.errors import InvalidInput
from twin.values.rights import FIELDS
from twin.values.sentence import Sentence, say
from web.cli.common import Invocation, twin_command

if TYPE_CHECKING:
    from twin.store import Publication

_LAYER = click.option("--layer", is_flag=True, help="NAME is a city layer, not a project.")


@twin_command(
    "publish",
    help="Show projects to everybody, signed in or not; without NAME, list what is shown. Of a project its name, kind, "
    "place and buildings are shown, and the fields that are named.",
    epilog="Example: twin publish P001 P002 --fields light,progress,funds",
)
@click.argument("names", metavar="NAME", nargs=-1)
@_LAYER
@click.option(
    "--fields",
    metavar="FIELDS",
    help=f"What of a project is shown, separated by commas, of {', '.join(FIELDS)}; or all. Default: light,progress.",
)
@click.option("--list", "listed", is_flag=True, help="List what is shown; change nothing.")
def publish(invocation: Invocation, names: tuple[str, ...], layer: bool, fields: str | None, listed: bool) -> None:
    """Publish, and print what is published then."""
    from twin.store import Store
    from twin.store.sharing import checked_fields

    if listed and (names or layer or fields):
        raise InvalidInput("--list changes nothing: give it alone.")
    what = "layer" if layer else "project"
    wanted = None if fields is None else list(FIELDS) if fields == "all" else _split(fields)
    checked_fields(what, wanted)
    with Store.open(invocation.place) as store:
        for name in names:  # all or none
            if layer:
                store.layer(name)
            else:
                store.project(name)
        for name in names:
            store.publish(what, name, wanted, by=_who())
        found = store.publications()
    shown = [each for each in found if not names or (each.what == what and each.name in names)]
    _emit(invocation, shown)


@twin_command(
    "unpublish",
    help="Show projects, or layers, to those only who are signed in and have a right to them.",
    epilog="Example: twin unpublish P001",
)
@click.argument("names", metavar="NAME", nargs=-1, required=True)
@_LAYER
def unpublish(invocation: Invocation, names: tuple[str, ...], layer: bool) -> None:
    """Take back, and print what is still published."""
    from twin.store import Store

    with Store.open(invocation.place) as store:
        for name in names:
            store.unpublish("layer" if layer else "project", name)
        found = store.publications()
    _emit(invocation, found)


def _split(fields: str) -> list[str]:
    return [name for part in fields.split(",") if (name := part.strip())]


def _who() -> str:
    """Return who sits at this machine."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return ""


def _emit(invocation: Invocation, found: "list[Publication]") -> None:
    from web.routes.publications import publication_json

    told: dict[str, Any] = {"publications": [publication_json(each) for each in found]}
    lines = [_line(each) for each in found] or [say("Nothing is published.")]
    invocation.emit(told, lambda: "\n".join(invocation.say(line) for line in lines))


def _line(found: "Publication") -> Sentence:
    if found.what == "layer":
        return say("layer {name}", name=found.name)
    if not found.fields:
        return say("{name}: its name, kind, place and buildings", name=found.name)
    return say("{name}: its name, kind, place and buildings, {fields}", name=found.name, fields=", ".join(found.fields))
