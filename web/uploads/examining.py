"""The job `examine`: a file that has arrived is put together, read behind walls, and compared with what the city has.

Nothing of it is to be seen in the city: what is found is the job's result, for whoever decides on "publish".
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput, MissingGeoreference, StoreBusy, TwinError, UnknownCRS
from twin.values.georeference import Claim, PlacementOptions, georeference_to_json
from twin.values.job import Job
from web.folders import folder_for_a_while
from web.sandbox import Refused

if TYPE_CHECKING:
    from twin.store import Model, Store
    from twin.values.upload import Upload
    from web.read_values import ReadFile

MOST_ITEMS = 2000  # of the ledger that a review lists
_PIECE = 1 << 20
_SYSTEM = "The system refused: {error}."  # a full disk, no memory: the next time it may go well

Advance = Callable[[str, int, int], None]


def examine(store: "Store", job: Job, advance: Advance) -> dict[str, Any]:
    """Return what a review shows of an upload; sentences are packed, to be said in any language.

    Raises InvalidInput or `Refused` where the file is refused; nothing of it but its row is kept then. After any other
    error all is as it was, to be tried again.
    """
    upload = store.upload(str(job.arguments["upload"]))
    try:
        with folder_for_a_while("twin-upload-") as folder:
            path = Path(folder) / upload.file
            _put_together(store, upload, path, advance)
            return review(store, path, upload, advance)
    except (InvalidInput, Refused) as error:
        if error.sentence.template != _SYSTEM:
            with suppress(StoreBusy):  # what is refused is tidied away sooner or later
                store.forget_upload_bytes(upload.id)
        raise


def _put_together(store: "Store", upload: "Upload", path: Path, advance: Advance) -> None:
    """Write the whole file in little memory, and keep it as one blob in place of its parts."""
    if upload.sha256 is not None:  # whoever examined it before has died later
        with open(path, "wb") as file, store.blobs.open(upload.sha256) as whole:
            while piece := whole.read(_PIECE):
                file.write(piece)
        return
    written = 0
    parts = store.upload_parts(upload.id)
    with open(path, "wb") as file:
        for number, part in enumerate(parts, 1):
            file.write(store.blobs.get(part.sha256))
            written += part.size
            advance("receive", number, len(parts))  # not bytes: a database may count to 2^31 only
    if written != upload.size or path.stat().st_size != upload.size:
        raise InvalidInput("{file} did not arrive whole: send it again.", file=upload.file)
    store.keep_upload(upload.id, path)


def review(store: "Store", path: Path, upload: "Upload", advance: Advance) -> dict[str, Any]:
    """Return what a file holds, where it would stand, and what it would change."""
    from ifc_import.reader import LOSSES, ledger_counts
    from twin.values.model import State
    from web.read_file import read_apart
    from web.uploads.differences import differences

    began, sha256 = time.perf_counter(), upload.sha256 or store.upload(upload.id).sha256
    found = read_apart(path, None, tiles=False, advance=advance)
    before = store.find_model(upload.project, path.stem)
    left = [element for element in found.model.elements if element.state is not State.DRAWN]
    return {
        "model": f"{upload.project}-{path.stem}" if before is None else before.model,
        "schema": found.model.schema,
        "kernel": found.model.kernel,
        "revision": 1 if before is None else before.revision + (before.sha256 != sha256),
        "unchanged": before is not None and before.sha256 == sha256,
        "ledger": {
            **ledger_counts(found.model.elements),
            "items": [
                {
                    "global_id": element.global_id,
                    "ifc_class": element.ifc_class,
                    "name": element.name,
                    "state": str(element.state),
                    "reason": element.reason.packed() if element.reason else None,
                }
                for element in left[:MOST_ITEMS]
            ],
        },
        **_place(store, upload, path.stem, found, before),
        "notices": [notice.packed() for notice in found.model.notices],
        "damaged": any(notice.template in LOSSES for notice in found.model.notices),
        "tasks": found.tasks,
        "changes": None if before is None else differences(store, before.model, found.model),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _place(store: "Store", upload: "Upload", stem: str, found: "ReadFile", before: "Model | None") -> dict[str, Any]:
    """Return where a file would stand: `georeference` as the store keeps one, or `nowhere` with the reason."""
    import numpy as np

    from web.ingest import Extent, kept_options, placed

    options = kept_options(before, PlacementOptions(**upload.options))
    try:
        georeference, _ = placed(store, upload.project, stem, found, options)
    except (MissingGeoreference, UnknownCRS) as error:
        return {"georeference": None, "nowhere": _nowhere(found.claims, error), "bounds": None, "moved": None}
    extent = Extent.of(found.box, georeference, found.model.ground)
    moved = None
    if before is not None:
        origins = [one.ecef_from_local[:3, 3] for one in (before.georeference, georeference)]
        moved = round(float(np.linalg.norm(origins[1] - origins[0])), 3)
    return {
        "georeference": georeference_to_json(georeference),
        "nowhere": None,
        "bounds": None if extent.bounds is None else list(extent.bounds),
        "moved": moved,
    }


def _nowhere(claims: Sequence[Claim], error: TwinError) -> dict[str, Any]:
    from twin.judgement.placement import level, present

    return {
        "lo_geo_ref": level([claim for claim in claims if claim.first is None]),
        "why": error.sentence.packed(),
        "present": [{**one, "notices": [n.packed() for n in one.get("notices", [])]} for one in present(claims)],
    }
