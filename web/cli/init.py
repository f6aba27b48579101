"""`twin init`: a new twin, in a folder or on a server."""

import math
from typing import Any

import click

from twin.errors import InvalidInput
from twin.values.sentence import say
from web.cli.common import Invocation, twin_command


class BoundsType(click.ParamType[tuple[float, float, float, float]]):
    """West, south, east, north in degrees, separated by commas.

    >>> BoundsType().convert("113.7,22.4,114.7,22.9", None, None)
    (113.7, 22.4, 114.7, 22.9)
    """

    name = "bounds"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, float, float, float]:
        """Return the four numbers, or fail with what is wrong."""
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail("write four numbers: west,south,east,north in degrees.", param, ctx)
        if not (all(map(math.isfinite, (west, east))) and -180 <= west < east <= 180 and -90 <= south < north <= 90):
            self.fail("west must lie below east within ±180, south below north within ±90 degrees.", param, ctx)
        return west, south, east, north


@twin_command(
    "init",
    help="Make a new twin: a folder, or with --twin URL in an empty database of a PostgreSQL server. Other commands "
    "make one with defaults when it is missing.",
    epilog="Example: twin init --name 深圳 --crs EPSG:4547 --bounds 113.7,22.4,114.7,22.9",
)
@click.option("--name", metavar="TEXT", help="Name of the city [the folder's name].")
@click.option("--crs", metavar="EPSG:n", help="The city's coordinate reference system.")
@click.option(
    "--blobs",
    metavar="URL",
    help="Where files lie, s3://bucket/folder or a folder [$TWIN_BLOBS, else in the twin folder].",
)
@click.option(
    "--bounds", type=BoundsType(), metavar="W,S,E,N", help="The city's bounds, degrees; models outside are told."
)
def command(
    invocation: Invocation,
    name: str | None,
    crs: str | None,
    bounds: tuple[float, float, float, float] | None,
    blobs: str | None,
) -> None:
    """Make the folder, or the tables in a database."""
    from twin.store import Store

    if name is not None and not name.strip():
        raise InvalidInput("The city's name is empty: give one with --name.")
    if crs is not None:
        from twin.values.crs import resolve

        crs = resolve(crs).text
    with Store.init(invocation.place, name=name, crs=crs, bounds=bounds, blobs=blobs) as store:
        settings = store.settings()
    made = say("{folder}: a new twin named {name}.", folder=invocation.shown, name=settings.name)
    invocation.emit(
        {
            "folder": invocation.shown,
            "name": settings.name,
            "crs": settings.crs,
            "bounds": settings.bounds and list(settings.bounds),
        },
        invocation.say(made),
    )
