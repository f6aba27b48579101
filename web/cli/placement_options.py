"""The placement options that `twin import`, `twin georef` and `twin models place` share → `PlacementOptions`."""

import functools
import math
from collections.abc import Callable
from typing import Any

import click

from twin.values.georeference import PlacementOptions

_OPTIONS = (
    click.option(
        "--lon", "longitude", type=float, metavar="D", help="Longitude of the local origin, degrees (WGS 84)."
    ),
    click.option("--lat", "latitude", type=float, metavar="D", help="Latitude of the local origin, degrees (WGS 84)."),
    click.option(
        "--crs", metavar="EPSG:n", help="CRS of --eastings and --northings: EPSG:4549, a name, a PROJ string."
    ),
    click.option("--eastings", type=float, metavar="M", help="Easting of the local origin, metres."),
    click.option("--northings", type=float, metavar="M", help="Northing of the local origin, metres."),
    click.option("--height", type=float, metavar="M", help="Height of the local origin above sea level, metres [0]."),
    click.option(
        "--rotation",
        type=float,
        metavar="D",
        help="Bearing of the model's +Y, degrees clockwise from true north, with --crs from grid north [the file's].",
    ),
    click.option("--override", is_flag=True, help="Believe these options before everything in the file."),
    click.option("--own-frame", is_flag=True, help="Do not adopt the project's frame."),
)
HIGHEST = 100_000.0  # metres
_FIELDS = ("longitude", "latitude", "crs", "eastings", "northings", "height", "rotation", "override", "own_frame")


def placement_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the placement options on a command; it receives them as `placement: PlacementOptions`."""

    @functools.wraps(function)
    def call(*arguments: Any, **parameters: Any) -> Any:
        stated = {name: parameters.pop(name) for name in _FIELDS}
        return function(*arguments, placement=checked(PlacementOptions(**stated)), **parameters)

    for option in reversed(_OPTIONS):
        call = option(call)
    return call


def checked(options: PlacementOptions) -> PlacementOptions:
    """Return the options; raises click.UsageError where they name half a point, two points or none that is needed."""
    geographic = (options.longitude, options.latitude)
    on_map = (options.crs, options.eastings, options.northings)
    numbers = [v for v in (*geographic, *on_map[1:], options.height, options.rotation) if v is not None]
    if not all(math.isfinite(number) for number in numbers):
        raise click.UsageError("A placement option is not a finite number.")
    if any(v is not None for v in geographic) and any(v is not None for v in on_map):
        raise click.UsageError("Give --lon and --lat, or --crs, --eastings and --northings, not both.")
    if (options.longitude is None) != (options.latitude is None):
        raise click.UsageError("--lon and --lat go together.")
    if any(v is not None for v in on_map) and not all(v is not None for v in on_map):
        raise click.UsageError("--crs, --eastings and --northings go together.")
    if options.height is not None and abs(options.height) > HIGHEST:
        raise click.UsageError("--height must lie between -100000 and 100000 metres.")
    if options.longitude is not None and not -180 <= options.longitude <= 180:
        raise click.UsageError("--lon must lie between -180 and 180 degrees.")
    if options.latitude is not None and not -90 <= options.latitude <= 90:
        raise click.UsageError("--lat must lie between -90 and 90 degrees.")
    if not options.places and (options.override or options.height is not None or options.rotation is not None):
        raise click.UsageError(
            "--height, --rotation and --override need a point: --lon and --lat, or --crs, --eastings and --northings."
        )
    return options
