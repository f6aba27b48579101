"""`twin models`: list, place, remove."""

from typing import TYPE_CHECKING

import click

from twin.values.georeference import PlacementOptions
from twin.values.sentence import say
from web.cli.common import Invocation, twin_command
from web.cli.placement_options import placement_options

if TYPE_CHECKING:
    from twin.store import Model


@click.group("models")
def command() -> None:
    """List, place or remove models."""


@twin_command("list", help="List all models: what they are, where they stand.")
def list_models(invocation: Invocation) -> None:
    """Print every model."""
    from twin.store import Store
    from web.answers import model_details

    with Store.open(invocation.place) as store:
        models = store.models()
    invocation.emit(
        {"models": [model_details(model, invocation.language) for model in models]},
        lambda: "\n".join(line(invocation, model) for model in models) or invocation.say(say("There are no models.")),
    )


@twin_command(
    "place",
    help="Place a model anew, from its file and these options; its tiles stay as they are.",
    epilog="Example: twin models place P001-duplex_arch --lon 114.05 --lat 22.54 --height 12 --rotation 30 --override",
)
@click.argument("model")
@placement_options
def place(invocation: Invocation, model: str, placement: PlacementOptions) -> None:
    """Place one model."""
    from twin.store import Store
    from web.answers import model_details
    from web.ingest import place_model

    with Store.open(invocation.place) as store:
        placed = place_model(store, model, placement)
    notes = [*placed.georeference.notices, *placed.georeference.conflicts]
    invocation.emit(
        model_details(placed, invocation.language),
        lambda: "\n".join([line(invocation, placed), *(f"  {invocation.say(note)}" for note in notes)]),
    )


@twin_command("remove", help="Remove a model with its history and its tiles.")
@click.argument("model")
def remove(invocation: Invocation, model: str) -> None:
    """Remove one model."""
    from twin.store import Store

    with Store.open(invocation.place) as store:
        store.remove_model(model)
    invocation.emit({"removed": model}, invocation.say(say("{model} is removed.", model=model)))


def line(invocation: Invocation, model: "Model") -> str:
    """Return a model in one line."""
    place = model.georeference
    return invocation.say(
        say(
            "{model}  revision {revision}, {schema}, {drawn} of {products} drawn, {failed} failed, "
            "at {longitude}, {latitude} ({source})",
            model=model.model,
            revision=model.revision,
            schema=model.schema,
            drawn=model.ledger.drawn,
            products=model.ledger.products,
            failed=model.ledger.failed,
            longitude=f"{place.longitude:.6f}",
            latitude=f"{place.latitude:.6f}",
            source=place.source,
        )
    )


for subcommand in (list_models, place, remove):
    command.add_command(subcommand)
