"""`twin georef`: the placement audit of a model file; changes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.errors import MissingGeoreference, NotFound, TwinError, UnknownCRS
from twin.values.georeference import Claim, Georeference, PlacementOptions, public_json
from twin.values.sentence import in_language, say
from web.cli.common import DONE, LOSS, Invocation, twin_command
from web.cli.guard import guarded
from web.cli.placement_options import placement_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twin.store import Store

_NOWHERE = (
    *("crs", "longitude", "latitude", "orthogonal_height", "true_north_deg", "grid_convergence_deg", "point_scale"),
    *("height_reference", "inside_city"),
)


@twin_command(
    "georef",
    help="Audit where an IFC file says it stands: every source, what is believed, what disagrees. Changes nothing.",
    epilog="Exit code 3 when nothing says where the model stands.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--project", metavar="CODE", help="Audit as a model of this project: with its frame.")
@placement_options
def command(invocation: Invocation, file: Path, project: str | None, placement: PlacementOptions) -> int:
    """Print the audit of one file."""
    document = guarded(lambda advance: audit(invocation, file, project, placement), _silent, file)
    invocation.emit(document, lambda: readable(document, invocation))
    return LOSS if document["source"] == "none" else DONE


def _silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing: an audit is quick."""


def audit(invocation: Invocation, file: Path, project: str | None, placement: PlacementOptions) -> dict[str, Any]:
    """Return the audit of a file, as JSON values."""
    store = _store(invocation.place)
    bounds = None if store is None else store.settings().bounds
    frame = None if store is None or project is None else store.project_frame(project)
    claims, box = read_file(file)
    try:
        document = public_json(_place(claims, placement, box, frame, bounds), invocation.language)
    except (MissingGeoreference, UnknownCRS) as error:
        if placement.places:
            raise
        document = nowhere(claims, error, invocation.language)
    return {"file": file.name, **document}


def _store(place: Path | str) -> "Store | None":
    """Return the twin in a folder, None when there is none: an audit makes no folder."""
    if isinstance(place, Path) and not place.is_dir():
        return None
    from twin.store import Store

    try:
        return Store.open(place, create=False)
    except NotFound:
        return None


def read_file(file: Path) -> "tuple[list[Claim], NDArray[np.float64] | None]":
    """Return a file's claims, and the (2, 3) box of its geometry in local metres where that decides its place.

    Geometry is drawn only when something in the file lies far from the local origin; it is the same box as at import.
    """
    from ifc_import.georeference import may_be_far, read_claims
    from ifc_import.reader import drawing_started, drawn_box, open_model, read_model, text_file
    from ifc_import.source import open_source

    source = open_source(file)
    with text_file(source) as text_path:
        ifc = open_model(source, text_path)
        claims = read_claims(ifc, file)
        if not may_be_far(ifc):
            return claims, None
    with drawing_started(source, None) as (text_path, worker):
        model = read_model(source, text_path, worker).model
    return claims, drawn_box(model.elements, list(model.shapes))


def _place(
    claims: Sequence[Claim],
    placement: PlacementOptions,
    box: "NDArray[np.float64] | None",
    frame: Georeference | None,
    bounds: tuple[float, float, float, float] | None,
) -> Georeference:
    from twin.judgement.placement import place

    return place(claims, placement, box=box, frame=frame, city_bounds=bounds)


def nowhere(claims: Sequence[Claim], error: TwinError, language: str) -> dict[str, Any]:
    """Return the audit of a model that nothing places: its levels and statements, and what to type."""
    from twin.judgement.placement import level, present

    listed = [{**e, "notices": [in_language(n, language) for n in e["notices"]]} for e in present(claims)]
    return {
        "source": "none",
        "lo_geo_ref": level([claim for claim in claims if claim.first is None]),
        **dict.fromkeys(_NOWHERE),
        "conflicts": [in_language(error.sentence, language)],
        "present": listed,
        "notices": [],
    }


def readable(document: Mapping[str, Any], invocation: Invocation) -> str:
    """Return the audit in words."""
    word = invocation.say
    lines = [document["file"]]
    for label, value in _facts(document, invocation):
        lines.append(f"  {label}: {value}")
    found = [entry for entry in document["present"] if "longitude" in entry or entry["source"] != "option"]
    if found:
        lines.append(word(say("Sources found:")))
        lines += [f"  {_source_line(entry, invocation)}" for entry in found]
    for title, key in ((say("Conflicts:"), "conflicts"), (say("Notices:"), "notices")):
        if document[key]:
            lines += [word(title), *(f"  - {sentence}" for sentence in document[key])]
    return "\n".join(lines)


def _facts(document: Mapping[str, Any], invocation: Invocation) -> list[tuple[str, str]]:
    """Return the audit's facts as (label, value)."""
    word = invocation.say
    facts = [(word(say("Believed source")), f"{document['source']} (LoGeoRef {document['lo_geo_ref']})")]
    if document["source"] == "none":
        return facts
    inside = {True: say("yes"), False: say("no"), None: say("the twin has no bounds")}[document["inside_city"]]
    reference = {
        "orthometric": say("above sea level"),
        "ellipsoidal": say("above the ellipsoid"),
        "unknown": say("unknown datum"),
    }[document["height_reference"]]
    return [
        *facts,
        (word(say("CRS")), document["crs"] or "WGS 84"),
        (word(say("Longitude, latitude")), f"{document['longitude']:.9f}, {document['latitude']:.9f}"),
        (word(say("Height")), f"{document['orthogonal_height']:.3f} m, {word(reference)}"),
        (word(say("The model's +Y from true north")), f"{document['true_north_deg']:.4f}°"),
        (word(say("Grid convergence")), f"{document['grid_convergence_deg']:.4f}°"),
        (word(say("Point scale")), f"{document['point_scale']:.8f}"),
        (word(say("Inside the city")), word(inside)),
    ]


def _source_line(entry: Mapping[str, Any], invocation: Invocation) -> str:
    """Return one line about a source: what it is, where it stands, how far that is from the believed one."""
    level = f" (LoGeoRef {entry['lo_geo_ref']})" if entry["lo_geo_ref"] else ""
    text = f"{entry['source']}{level} {entry['where']}"
    if "longitude" not in entry:
        return text
    height = "" if entry["orthogonal_height"] is None else f", {entry['orthogonal_height']:.2f} m"
    text += f": {entry['longitude']:.6f}, {entry['latitude']:.6f}{height}"
    if entry["believed"]:
        return f"{text} ← {invocation.say(say('believed'))}"
    return f"{text}, {invocation.say(say('{distance:,.1f} m away', distance=entry['metres_from_believed']))}"
