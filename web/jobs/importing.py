"""The job `import`: a model file that was kept as a blob becomes the next revision of its model."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput
from twin.values.georeference import PlacementOptions
from twin.values.job import Job
from web.folders import folder_for_a_while

if TYPE_CHECKING:
    from twin.store import Store
    from web.ingest import Ingested

_MOST = 1_000_000  # bytes of a sidecar, more than a reader takes


def import_arguments(
    file: str,
    size: int,
    *,
    discipline: str | None = None,
    kernel: str | None = None,
    options: PlacementOptions | None = None,
    sidecars: Sequence[Path] = (),
    apart: bool = True,
) -> dict[str, Any]:
    """Return the arguments of an import job.

    file, size : its name, which becomes the model's, and its bytes
    sidecars : files beside it that say where it stands
    apart : it is read in a sandbox, since it comes from somebody who has not got the twin
    """
    stated = asdict(options or PlacementOptions()).items()
    return {
        "file": file,
        "size": size,
        "discipline": discipline,
        "kernel": kernel,
        "options": {name: value for name, value in stated if value not in (None, False)},
        "sidecars": {beside.name: _encoded(beside) for beside in sidecars},
        "apart": apart,
    }


def _encoded(path: Path) -> str:
    with open(path, "rb") as file:
        return base64.b64encode(file.read(_MOST + 1)).decode("ascii")


def import_model(store: "Store", job: Job, advance: Callable[[str, int, int], None]) -> dict[str, Any]:
    """Import the file of a job."""
    from web.cli.guard import worked

    given = job.arguments
    with folder_for_a_while("twin-import-") as folder:
        path = _written(store, job, Path(folder))

        def work(advance: Callable[[str, int, int], None]) -> dict[str, Any]:
            from web.ingest import ingest_ifc

            came = ingest_ifc(
                lambda: store,
                path,
                job.project,
                discipline=given.get("discipline"),
                kernel=given.get("kernel"),
                options=PlacementOptions(**given.get("options", {})),
                advance=advance,
                apart=bool(given.get("apart", True)),
            )
            return came_json(came)

        return worked(work, advance, path)


def _written(store: "Store", job: Job, folder: Path) -> Path:
    """Write the file of a job under its own name, its sidecars beside it."""
    name = str(job.arguments.get("file", ""))
    if job.input_sha256 is None:
        raise InvalidInput("Job {job} has no file any more: send {file} again.", job=job.id, file=name)
    path = folder / Path(name).name
    path.write_bytes(store.blobs.get(job.input_sha256))
    for beside, content in job.arguments.get("sidecars", {}).items():
        (folder / Path(beside).name).write_bytes(base64.b64decode(content))
    return path


def came_json(came: "Ingested") -> dict[str, Any]:
    """Return what a job says of an import; the store has the rest."""
    from ifc_import.reader import LOSSES

    counts = came.model.ledger
    return {
        "model": came.model.model,
        "revision": came.model.revision,
        "unchanged": came.unchanged,
        "ledger": {name: getattr(counts, name) for name in ("products", "drawn", "empty", "skipped", "failed")},
        "damaged": any(notice.template in LOSSES for notice in came.model.notices),
        "tasks": came.tasks,
        "seconds": came.seconds,
        "timings": came.timings,
    }
