"""The scene of a city on a day: its models, and its projects as marks in the colour of what is asked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from twin.errors import InvalidInput
from twin.judged import Judged, JudgedProject
from twin.judgement.footprint import placed_outline
from twin.judgement.legend import Entry, legend
from twin.judgement.overview import COLOURINGS, project_indices
from twin.judgement.scene import Legend, compose_scene
from twin.judgement.scene_view import Mark
from twin.store import Model
from twin.values.sentence import LANGUAGES, in_language, say

if TYPE_CHECKING:
    import pydeck

MARKED_BY = COLOURINGS
_TITLES = {
    "light": say("Lights"),
    "progress": say("Progress"),
    "deviation": say("Progress against plan"),
    "funds": say("Funds: used of planned"),
    "labour": say("Labour: used of planned"),
    "machinery": say("Machinery: used of planned"),
    "concrete": say("Concrete: used of planned"),
    "steel": say("Steel: used of planned"),
    "land": say("Land: used of planned"),
}
_TALLEST = 1.5  # of a column, where 1 is a project that is done, or uses all that was planned


def city_scene(
    judged: Judged,
    as_of: date | None = None,
    *,
    project: str | None = None,
    by: str = "light",
    known_at: datetime | None = None,
    base: str = "",
    lang: str = LANGUAGES[0],
) -> "pydeck.Deck":
    """Return the scene of all projects, or of one, as a `pydeck.Deck`.

    by : one of `MARKED_BY`
    base : of the server that has the models' tiles; empty: the scene has none of them
    lang : of the legend and the labels

    Raises InvalidInput for another `by` or `lang`, NotFound for a project that is not there.
    """
    if lang not in LANGUAGES:
        raise InvalidInput("lang is {lang}: it must be one of {known}.", lang=lang, known=", ".join(LANGUAGES))
    if by not in MARKED_BY:
        raise InvalidInput("by is {value}: it must be one of {known}.", value=by, known=", ".join(MARKED_BY))
    judgement = judged.projects(as_of, known_at)
    shown = [judged.project(project, as_of, known_at)[0]] if project else judgement.projects
    models = judged.store.models(project)
    asked = {"as_of": judgement.as_of.isoformat(), "by": by}
    if known_at is not None:
        asked["known_at"] = known_at.isoformat()
    marks = []
    for found in shown:
        mark = _mark(found, [model for model in models if model.project == found.code], by, lang, blocks=not base)
        marks += [mark] if mark else []
    return compose_scene(
        models,
        city=judged.store.settings().bounds,
        base=base,
        states=urlencode(asked),
        marks=marks,
        tiles=bool(base),
        legend=Legend(f"{in_language(_TITLES[by], lang)} · {judgement.as_of}", legend(by), lang),
    )


def mark_entry(found: JudgedProject, by: str) -> Entry:
    """Return the legend's entry of a project; by : one of `MARKED_BY`."""
    return legend(by)[int(project_indices([found])[by][0])]


def _mark(found: JudgedProject, models: Sequence[Model], by: str, lang: str, *, blocks: bool) -> Mark | None:
    """Return the mark of a project, with blocks where its models stand; None for one without a place."""
    place = place_of(found)
    if place is None:
        return None
    entry = mark_entry(found, by)
    share = found.status.progress if by in ("light", "progress", "deviation") else _rate(found, by)
    heights = [model.heights[1] - model.ground_height for model in models if model.heights]
    return Mark(
        code=found.code,
        name=found.name,
        longitude=place[0],
        latitude=place[1],
        colour=entry.colour,
        label=in_language(entry.label, lang),
        shape=entry.shape,
        share=0.0 if models else min(share or 0.0, _TALLEST),
        footprint=[ring for model in models for ring in _rings(model)] if blocks else (),
        rise=max(heights, default=0.0),
    )


def _rate(found: JudgedProject, by: str) -> float | None:
    use = found.status.resources.get(by)
    return None if use is None else use.rate


def place_of(found: JudgedProject) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees: the place of the register, else the middle of the models."""
    place, record = found.known.entry.place, found.record
    if place is not None:
        if place["type"] == "Point":
            return float(place["coordinates"][0]), float(place["coordinates"][1])
        import shapely
        from shapely.geometry import shape

        inside = shapely.point_on_surface(shape(place))
        return float(inside.x), float(inside.y)
    if record.bounds:
        west, south, east, north = record.bounds
        return (west + east) / 2, (south + north) / 2
    return (record.frame.longitude, record.frame.latitude) if record.frame else None


def _rings(model: Model) -> list[list[list[tuple[float, float]]]]:
    """Return the polygons a model stands on, degrees."""
    outline = placed_outline(model)
    if outline is None:
        return []
    polygons = outline.geoms if outline.geom_type == "MultiPolygon" else [outline]
    return [
        [[(round(x, 7), round(y, 7)) for x, y in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in polygons
        if polygon.geom_type == "Polygon" and not polygon.is_empty
    ]
