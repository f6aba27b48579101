"""The straight line: IFC file → elements → georeference → placement → tile pyramid → store.

Reading asks no store (`web.reading`), keeping reads no file.  It knows no Flask and no command line; both call it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import FrameTaken, OutOfStep
from twin.values.georeference import Georeference, PlacementOptions, same_place
from twin.values.sentence import say

if TYPE_CHECKING:
    from twin.store import Model, NewRevision, Placing, Store
    from web.read_values import ReadFile
    from web.reading import Reading

MOST_LOOKS = 3  # at a model that goes on changing while it is placed
MOVED = 0.1  # metres between the origins of two revisions that a user should know of

Advance = Callable[[str, int, int], None]  # stage ("read", "elements", "geometry", "tiles", "store"), done, total


def _silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


@dataclass(slots=True)
class Ingested:
    """What came of one file.

    unchanged : the file and its placement were there already, nothing was added
    seconds : of the whole, and `timings` of each stage
    tasks : how many dated tasks the file holds besides (`twin schedule load` reads them)
    """

    model: "Model"
    unchanged: bool
    seconds: float
    timings: dict[str, float] = field(default_factory=dict)
    tasks: int = 0


def ingest_ifc(
    open_store: Callable[[], "Store"],
    path: Path,
    project: str,
    *,
    discipline: str | None = None,
    kernel: str | None = None,
    options: PlacementOptions | None = None,
    advance: Advance = _silent,
    apart: bool = False,
) -> Ingested:
    """Import one IFC file as the next revision of its model, in one transaction.

    open_store : gives the store; called once the kernels are at work, so that both cores are busy from the start
    project : code of the project; an unknown one gets a bare project
    kernel : "lite" or "ifcopenshell" forces a geometry kernel
    options : a placement given by the user
    apart : read the file in a sandbox: it came from somebody who is not at this machine

    Raises UnreadableModel, MissingGeoreference, UnknownCRS or InvalidInput with a sentence; the store is then as it
    was before.
    """
    from web.reading import reading_started

    started = reading_started
    if apart:
        from web.read_file import apart_started as started

    clock = _Clock()
    advance("read", 0, 1)
    with started(path, kernel, advance) as reading:
        clock.lap("open")
        store = open_store()
        store.check_code(project)
        before = store.find_model(project, path.stem)
        if before is not None and _is_known(store, before, reading.sha256, discipline, kernel):
            known = _known_file(store, before, path, options or PlacementOptions(), clock, apart)
            return replace(known, tasks=reading.tasks())
        given, discipline = _kept(before, options, discipline)
        clock.lap("store opened")
        found = reading.read()
    clock.lap("elements")
    georeference, fixes_frame = placed(store, project, path.stem, found, given)
    georeference = _told_of_move(georeference, before, given if options in (None, PlacementOptions()) else None)
    clock.lap("georeference")
    if found.bake is None:
        from web.read_file import with_tiles

        found = with_tiles(found, advance)
    clock.lap("tiles")
    advance("store", 0, 1)
    try:
        model = store.put_revision(_revision(project, discipline, path, reading, found, georeference, fixes_frame))
    except FrameTaken:  # two first models of a project at once: the slower one takes the other's frame
        georeference, _ = placed(store, project, path.stem, found, given)
        model = store.put_revision(_revision(project, discipline, path, reading, found, georeference, False))
    advance("store", 1, 1)
    clock.lap("store")
    return Ingested(model, False, clock.total(), clock.laps, found.tasks)


def place_model(
    store: "Store",
    model_id: str,
    options: PlacementOptions,
    beside: Path | None = None,
    *,
    sha256: str | None = None,
    apart: bool = False,
) -> "Model":
    """Place a kept model anew, from its file and `options`; its tiles stay as they are.

    beside : where the file lies, for the sidecars beside it; None leaves them out (they are not kept)
    sha256 : of the file that is meant; None: whichever is the model's
    apart : read the file in a sandbox

    A model that changes meanwhile, or is no longer alone in its project's frame, makes the placement void: then it
    looks again, `MOST_LOOKS` times in all.

    Raises OutOfStep or FrameTaken where that goes on, or where the model is of another file by now.
    """
    for _ in range(MOST_LOOKS - 1):
        with suppress(OutOfStep, FrameTaken):
            return _place_once(store, model_id, options, beside, sha256, apart=apart)
    return _place_once(store, model_id, options, beside, sha256, apart=apart)


def _place_once(
    store: "Store", model_id: str, options: PlacementOptions, beside: Path | None, sha256: str | None, *, apart: bool
) -> "Model":
    """Place a model as it stands now; raises OutOfStep or FrameTaken where that changes meanwhile."""
    import tempfile

    from twin.judgement.placement import place
    from web.read_file import claims_in

    model = store.model(model_id)
    if sha256 not in (None, model.sha256):
        raise OutOfStep("The model {model} has changed meanwhile: place it again.", model=model_id)
    with tempfile.TemporaryDirectory(prefix="twin-place-") as folder:
        path = Path(folder) / model.file
        path.write_bytes(store.blobs.get(model.sha256))
        claims = claims_in(path, beside or path, apart=apart)
    others = [m for m in store.models(model.project) if m.model != model.model]
    georeference = place(
        claims,
        options,
        box=model.box,
        frame=store.project_frame(model.project) if others else None,
        city_bounds=store.settings().bounds,
    )
    georeference = _with_options(georeference, options)
    return store.replace_placement(model, georeference, _placing(store, model, georeference), fixes_frame=not others)


class _Clock:
    """Seconds of each stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = round(now - self._last, 4)
        self._last = now

    def total(self) -> float:
        return round(time.perf_counter() - self._start, 4)


def _is_known(store: "Store", before: "Model", sha256: str, discipline: str | None, kernel: str | None) -> bool:
    """Tell whether the current revision is this very file, drawn as wanted, with all its bytes still there."""
    same_file = before.sha256 == sha256 and discipline in (None, before.discipline)
    return same_file and kernel in (None, before.kernel) and store.is_whole(before.model)


def _kept(
    before: "Model | None", options: PlacementOptions | None, discipline: str | None
) -> tuple[PlacementOptions, str | None]:
    """Return the placement options and the discipline of a new revision: what is not said stays as it was."""
    return kept_options(before, options), discipline or (None if before is None else before.discipline)


def kept_options(before: "Model | None", options: PlacementOptions | None) -> PlacementOptions:
    """Return the placement options of a new revision: those of the one before where none are given."""
    given = options or PlacementOptions()
    if before is not None and given == PlacementOptions() and before.georeference.options:
        given = PlacementOptions(**before.georeference.options)
    return given


def _told_of_move(georeference: Georeference, before: "Model | None", kept: PlacementOptions | None) -> Georeference:
    """Return the georeference with a notice where the last placement options were kept, or where the model moves."""
    import numpy as np

    if before is None:
        return georeference
    told = list(georeference.notices)
    if kept is not None and kept.places:
        told.append(say("The placement that was given for the revision before is kept."))
    origins = [g.ecef_from_local[:3, 3] for g in (before.georeference, georeference)]
    distance = float(np.linalg.norm(origins[1] - origins[0]))
    if distance > MOVED:
        told.append(say("The revision before stood {distance:,.1f} m from here.", distance=distance))
    return replace(georeference, notices=told)


def _known_file(
    store: "Store", known: "Model", path: Path, options: PlacementOptions, clock: _Clock, apart: bool
) -> Ingested:
    """Return the model as it stands; options or a sidecar that place it elsewhere move it."""
    from ifc_import.georeference_sidecar import has_sidecar

    if options == PlacementOptions() and not has_sidecar(path):
        return Ingested(known, True, clock.total(), clock.laps)
    moved = place_model(store, known.model, options, path, sha256=known.sha256, apart=apart)
    clock.lap("georeference")
    return Ingested(moved, same_place(moved.georeference, known.georeference), clock.total(), clock.laps)


def placed(
    store: "Store", project: str, stem: str, found: "ReadFile", options: PlacementOptions
) -> tuple[Georeference, bool]:
    """Return where a model that was read stands, and whether that becomes the project's frame."""
    from twin.judgement.placement import place

    others = [m for m in store.models(project) if m.stem != stem]
    frame = store.project_frame(project) if others else None
    georeference = place(found.claims, options, box=found.box, frame=frame, city_bounds=store.settings().bounds)
    return _with_options(georeference, options), frame is None


def _with_options(georeference: Georeference, options: PlacementOptions) -> Georeference:
    return replace(georeference, options=asdict(options) if options != PlacementOptions() else {})


def _revision(
    project: str,
    discipline: str | None,
    path: Path,
    reading: "Reading",
    found: "ReadFile",
    georeference: Georeference,
    fixes_frame: bool,
) -> "NewRevision":
    import numpy as np

    from tiles.tileset import placed_document
    from twin.store import NewRevision

    bake = found.bake
    assert bake is not None  # `with_tiles` made it
    boxes = [tileset.box for tileset in (bake.building, bake.spaces) if tileset is not None]
    box = np.stack([np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)]) if boxes else None
    extent = Extent.of(box, georeference, found.model.ground)
    matrix = georeference.ecef_from_local
    return NewRevision(
        project=project,
        stem=path.stem,
        file=path.name,
        discipline=discipline,
        source_sha256=reading.sha256,
        source=reading.given,
        model=found.model,
        georeference=georeference,
        fixes_frame=fixes_frame,
        bake=bake,
        building_document=placed_document(bake.building.document, matrix) if bake.building else None,
        spaces_document=placed_document(bake.spaces.document, matrix) if bake.spaces else None,
        box=box,
        bounds=extent.bounds,
        heights=extent.heights,
        ground_height=extent.ground_height,
        imported_at=datetime.now(UTC),
        footprint=found.footprint or [],
    )


def _placing(store: "Store", model: "Model", georeference: Georeference) -> "Placing":
    """Return the documents and the extent of a kept model at another place."""
    import json

    from tiles.tileset import placed_document
    from twin.store import Placing

    def document(sha256: str | None) -> dict[str, Any] | None:
        if sha256 is None:
            return None
        return placed_document(json.loads(store.blobs.get(sha256)), georeference.ecef_from_local)

    extent = Extent.of(model.box, georeference, _kept_ground(model))
    return Placing(
        document(model.building_sha256),
        document(model.spaces_sha256),
        extent.bounds,
        extent.heights,
        extent.ground_height,
        datetime.now(UTC),
    )


def _kept_ground(model: "Model") -> float:
    """Return the local height, metres, that stands on the ground, from where it stands now."""
    if model.heights is None or model.box is None:
        return 0.0
    return float(model.box[0, 2]) + model.ground_height - model.heights[0]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a placed model lies: bounds in degrees (west, south, east, north), heights and ground height in metres."""

    bounds: tuple[float, float, float, float] | None
    heights: tuple[float, float] | None
    ground_height: float

    @classmethod
    def of(cls, box: Any, georeference: Georeference, ground: float) -> "Extent":
        """Return the extent of a (2, 3) box in the local frame, metres, whose height `ground` stands on the ground."""
        import numpy as np

        from twin.values.crs import lnglat_from_ecef

        if box is None:
            return cls(None, None, georeference.orthogonal_height + ground)
        choose = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
        middle = box.mean(axis=0)
        points = [*box[choose, np.arange(3)], [middle[0], middle[1], ground]]
        matrix = georeference.ecef_from_local
        lnglat = lnglat_from_ecef(np.array(points) @ matrix[:3, :3].T + matrix[:3, 3])
        (west, south, low), (east, north, high) = lnglat[:8].min(axis=0).tolist(), lnglat[:8].max(axis=0).tolist()
        return cls((west, south, east, north), (low, high), float(lnglat[8, 2]))
