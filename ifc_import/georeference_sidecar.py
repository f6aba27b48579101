"""Sidecar files beside a model → claims: `<stem>.georef.json`, or `<stem>.prj` with `<stem>.wld3` or `<stem>.wld`."""

import json
import math
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput
from twin.values.georeference import Claim
from twin.values.sentence import say

_MOST = 1_000_000  # bytes: a sidecar is a few lines; something larger is another file
_NUMBERS = (
    *("eastings", "northings", "longitude", "latitude", "orthogonal_height"),
    *("x_axis_abscissa", "x_axis_ordinate", "rotation", "scale"),
)


def read_sidecars(path: Path, project_unit: float) -> list[Claim]:
    """Return what the files beside a model say of its place, the JSON one first.

    project_unit : metres per length unit of the model, the unit of the model's side of a world file

    Raises InvalidInput, naming the file, when one cannot be understood: it was put there on purpose.
    """
    claims = []
    described = path.with_name(f"{path.stem}.georef.json")
    if described.is_file():
        claims.append(_from_json(described, project_unit))
    projection = _beside(path, ".prj")
    world = _beside(path, ".wld3") or _beside(path, ".wld")
    if projection is not None:
        claims.append(_from_world(projection, world, project_unit))
    return claims


def has_sidecar(path: Path) -> bool:
    """Tell whether a file beside the model says something of its place."""
    return path.with_name(f"{path.stem}.georef.json").is_file() or _beside(path, ".prj") is not None


def sidecars(path: Path) -> list[Path]:
    """Return the files beside the model that `read_sidecars` reads."""
    described = path.with_name(f"{path.stem}.georef.json")
    found = [described if described.is_file() else None]
    found += [_beside(path, suffix) for suffix in (".prj", ".wld3", ".wld")]
    return [file for file in found if file is not None]


def _beside(path: Path, suffix: str) -> Path | None:
    """Return the file beside the model with that suffix in lower or upper case."""
    for name in (path.stem + suffix, path.name + suffix, path.stem + suffix.upper()):
        if (found := path.with_name(name)).is_file():
            return found
    return None


def _text(path: Path) -> str:
    content = path.read_bytes()[: _MOST + 1]
    try:
        if len(content) > _MOST:
            raise ValueError
        return content.decode("utf-8-sig").strip()
    except ValueError as error:
        raise InvalidInput(
            "The sidecar {file} is no short UTF-8 text: mend it or take it away.", file=path.name
        ) from error


def _from_json(path: Path, project_unit: float) -> Claim:
    """Read `{"crs", "eastings", "northings", …}` or `{"longitude", "latitude", …}`."""
    try:
        stated = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise InvalidInput("The sidecar {file} is no JSON: {error}.", file=path.name, error=str(error)) from error
    if not isinstance(stated, dict):
        stated = {}
    for name in _NUMBERS:
        if (value := stated.get(name)) is not None and not _is_number(value):
            raise InvalidInput("In the sidecar {file}, {name} must be a number.", file=path.name, name=name)
    geographic = stated.get("longitude") is not None and stated.get("latitude") is not None
    placed = isinstance(stated.get("crs"), str) and stated.get("eastings") is not None
    if not geographic and not (placed and stated.get("northings") is not None):
        raise InvalidInput(
            'The sidecar {file} must hold "longitude" and "latitude", or "crs", "eastings" and "northings".',
            file=path.name,
        )
    abscissa, ordinate = stated.get("x_axis_abscissa"), stated.get("x_axis_ordinate")
    return Claim(
        source="sidecar",
        lo_geo_ref=0,
        where=path.name,
        crs=None if geographic else stated["crs"],
        geographic=geographic,
        first=float(stated["longitude" if geographic else "eastings"]),
        second=float(stated["latitude" if geographic else "northings"]),
        height=None if stated.get("orthogonal_height") is None else float(stated["orthogonal_height"]),
        height_unit=1.0,
        x_axis=None if abscissa is None or ordinate is None else (float(abscissa), float(ordinate)),
        bearing=None if stated.get("rotation") is None else float(stated["rotation"]),
        scale=None if stated.get("scale") is None else float(stated["scale"]) * project_unit,
        map_unit=1.0,
        project_unit=project_unit,
        vertical_datum=str(stated["vertical_datum"]) if stated.get("vertical_datum") else None,
        stated=stated,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _from_world(projection: Path, world: Path | None, project_unit: float) -> Claim:
    """Read an Esri projection and the world file beside it: one or two links "from x,y[,z] to X,Y[,Z]"."""
    crs = _text(projection)
    if world is None:
        return Claim(
            source="sidecar",
            lo_geo_ref=0,
            where=projection.name,
            crs=crs,
            first=0.0,
            second=0.0,
            x_axis=(1.0, 0.0),
            project_unit=project_unit,
            stated={"prj": crs},
            notices=(
                say(
                    "{file} has no world file beside it: the model's own coordinates are taken as the map's.",
                    file=projection.name,
                ),
            ),
        )
    links = _links(world)
    (x, y, z), (east, north, up) = links[0]
    axis, scale = (1.0, 0.0), None
    if len(links) == 2:
        (x2, y2, _), (east2, north2, _) = links[1]
        before, after = complex(x2 - x, y2 - y), complex(east2 - east, north2 - north)
        if not before or not after:
            raise InvalidInput("The two points of the world file {file} are one: give two.", file=world.name)
        turn = after / before
        scale, axis = abs(turn), (turn.real / abs(turn), turn.imag / abs(turn))
    return Claim(
        source="sidecar",
        lo_geo_ref=0,
        where=f"{world.name}, {projection.name}",
        crs=crs,
        first=east,
        second=north,
        height=up,
        x_axis=axis,
        scale=scale,
        project_unit=project_unit,
        local_point=(x * project_unit, y * project_unit, z * project_unit),
        stated={"prj": crs, "links": [[list(a), list(b)] for a, b in links]},
    )


def _links(world: Path) -> list[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Return the one or two links of a world file; a height that is not stated is 0."""
    links = []
    for line in _text(world).splitlines()[:2]:
        try:
            numbers = [float(word) for word in line.replace(",", " ").replace(";", " ").split()]
        except ValueError:
            numbers = []
        if len(numbers) == 4:
            numbers = [*numbers[:2], 0.0, *numbers[2:], 0.0]
        if len(numbers) != 6 or not all(math.isfinite(number) for number in numbers):
            raise InvalidInput(
                "The world file {file} must hold one or two lines “x,y,z X,Y,Z”: a point in the model, on the map.",
                file=world.name,
            )
        links.append(((numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])))
    if not links:
        raise InvalidInput("The world file {file} is empty.", file=world.name)
    return links
