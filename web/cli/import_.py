"""`twin import`: IFC models in, each file its own transaction; prints the ledger."""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.errors import TwinError
from twin.values.georeference import PlacementOptions, public_json
from twin.values.sentence import Sentence, say
from web.cli.common import DONE, FAILED, LOSS, Invocation, problem, twin_command
from web.cli.guard import guarded
from web.cli.placement_options import placement_options
from web.cli.progress import Advance, progress_bar

if TYPE_CHECKING:
    from twin.store import Ledger, Store
    from web.ingest import Ingested

ITEMS_SHOWN = 20  # of the ledger in readable words; `--json` lists all


@twin_command("import", help="Import IFC models: place them, bake tiles, keep them; prints the ledger of each.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--project", required=True, metavar="CODE", help="Code of the project; an unknown one gets a bare project."
)
@click.option("--discipline", metavar="NAME", help="Discipline of the models, for instance architecture.")
@click.option("--kernel", type=click.Choice(["lite", "ifcopenshell"]), help="Force one geometry kernel.")
@click.option("--queue", is_flag=True, help="Only queue the files: `twin serve` or `twin work` imports them.")
@placement_options
def command(
    invocation: Invocation,
    files: Sequence[Path],
    project: str,
    discipline: str | None,
    kernel: str | None,
    queue: bool,
    placement: PlacementOptions,
) -> int:
    """Import each file; refused ones do not keep the others from being imported."""
    options = {"discipline": discipline, "kernel": kernel, "options": placement}
    if queue:
        return queue_files(invocation, files, project, options)
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for file, came in outcomes(invocation, files, project, options):
        if isinstance(came, TwinError):
            refused.append(refusal(invocation, file, came))
            continue
        done.append(came["json"])
        if not invocation.json:
            click.echo(came["text"])
    if invocation.json:
        invocation.emit(result(project, done, refused), "")
    if not done:
        return FAILED
    lost = any(model["ledger"]["failed"] or model["damaged"] for model in done)
    return LOSS if refused or lost else DONE


def outcomes(
    invocation: Invocation, files: Sequence[Path], project: str, options: dict[str, Any]
) -> Iterator[tuple[Path, dict[str, Any] | TwinError]]:
    """Import files here, or with TWIN_SCHEDULER by the workers of the cluster; yield what came of each, in order."""
    if not os.environ.get("TWIN_SCHEDULER"):
        yield from _here(invocation, files, project, options)
        return
    from twin.store import Store
    from web.cli.import_jobs import by_workers

    with Store.open(invocation.place) as store:
        for file, came in by_workers(invocation, files, project, options):
            yield file, came if isinstance(came, TwinError) else printed(came, store, invocation, file)


def _here(
    invocation: Invocation, files: Sequence[Path], project: str, options: dict[str, Any]
) -> Iterator[tuple[Path, dict[str, Any] | TwinError]]:
    for file in files:

        def work(advance: Advance, file: Path = file) -> dict[str, Any]:
            return import_file(invocation, file, project, advance, **options)

        came: dict[str, Any] | TwinError
        try:
            with progress_bar(file.name, quiet=invocation.json) as advance:
                came = guarded(work, advance, file)
        except TwinError as error:
            came = error
        yield file, came


def refusal(invocation: Invocation, file: Path, error: TwinError) -> dict[str, Any]:
    """Return the problem object of a refused file, and say so where no JSON is wanted."""
    if not invocation.json:
        invocation.log(say("Refused: {file}: {problem}", file=file.name, problem=error.sentence))
    return {**problem(error.sentence, getattr(error, "title", type(error).__name__)), "file": str(file)}


def queue_files(invocation: Invocation, files: Sequence[Path], project: str, options: dict[str, Any]) -> int:
    """Queue files and print their jobs."""
    from twin.store import Store
    from web.answers_jobs import job_json
    from web.cli.import_jobs import queued

    jobs, refused = [], []
    with Store.open(invocation.place) as store:
        store.check_code(project)
        for file in files:
            try:
                jobs.append(queued(store, file, project, options))
            except TwinError as error:
                refused.append(refusal(invocation, file, error))
    value = {"project": project, "jobs": [job_json(job, invocation.language) for job in jobs]}
    lines = [say("{file} is queued as job {job}.", file=str(job.arguments["file"]), job=job.id) for job in jobs]
    if refused:
        value["refused"] = refused
    if not jobs:
        value = {**{k: v for k, v in refused[0].items() if k != "file"}, **value}
    if jobs or invocation.json:
        invocation.emit(value, "\n".join(invocation.say(line) for line in lines))
    return FAILED if not jobs else LOSS if refused else DONE


def import_file(invocation: Invocation, file: Path, project: str, advance: Advance, **options: Any) -> dict[str, Any]:
    """Import one file; return what to print, as `printed` does."""
    from web.ingest import ingest_ifc

    with store_opener(invocation.place) as open_store:
        came = ingest_ifc(open_store, file, project, advance=advance, **options)
        return printed(came, open_store(), invocation, file)


def printed(came: "Ingested", store: "Store", invocation: Invocation, file: Path) -> dict[str, Any]:
    """Return what to print of an import: `json`, the contract's object of the model, and `text`, it in words."""
    ledger = store.ledger(came.model.model)
    text = "" if invocation.json else readable(came, ledger, invocation, file)
    return {"json": model_json(came, ledger, invocation.language), "text": text}


def result(project: str, done: list[dict[str, Any]], refused: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON object of the run; a run that refused everything is a problem object."""
    models: dict[str, Any] = {"project": project, "models": done}
    if refused:
        models["refused"] = refused
    if not done:
        return {**{k: v for k, v in refused[0].items() if k != "file"}, **models}
    return models


@contextmanager
def store_opener(place: Path | str) -> Iterator[Callable[[], "Store"]]:
    """Yield a function that opens the twin when it is first called; closed at the end.

    A file that is refused before that makes no folder.
    """
    opened: list[Store] = []

    def open_store() -> "Store":
        from twin.store import Store

        if not opened:
            opened.append(Store.open(place))
        return opened[0]

    try:
        yield open_store
    finally:
        for store in opened:
            store.close()


def model_json(came: "Ingested", ledger: "Ledger", language: str) -> dict[str, Any]:
    """Return the contract's JSON of an imported model."""
    from ifc_import.reader import LOSSES
    from twin.values.sentence import in_language

    model = came.model
    return {
        "model": model.model,
        "file": model.file,
        "sha256": model.sha256,
        "schema": model.schema,
        "kernel": model.kernel,
        "revision": model.revision,
        "unchanged": came.unchanged,
        "discipline": model.discipline,
        "ledger": {
            **{k: getattr(ledger.counts, k) for k in ("products", "drawn", "empty", "skipped", "failed")},
            "items": [
                {
                    "global_id": item.global_id,
                    "ifc_class": item.ifc_class,
                    "name": item.name,
                    "state": str(item.state),
                    "reason": in_language(item.reason, language) if item.reason else None,
                }
                for item in ledger.items
            ],
        },
        "georeference": public_json(model.georeference, language),
        "notices": [in_language(n, language) for n in model.notices],
        "tasks": came.tasks,
        "damaged": any(n.template in LOSSES for n in model.notices),
        "ground_height": model.ground_height,
        "tiles": {"count": model.tiles.count, "bytes": model.tiles.bytes},
        "seconds": came.seconds,
        "timings": came.timings,
    }


def readable(came: "Ingested", ledger: "Ledger", invocation: Invocation, file: Path | None = None) -> str:
    """Return the ledger, the place and what to know, in words; `file`: as given, where its tasks are worth a word."""
    model, counts = came.model, ledger.counts
    lines = [_headline(came)]
    lines.append(
        say(
            "  {products} products: {drawn} drawn, {empty} empty, {skipped} skipped, {failed} failed.",
            products=counts.products,
            drawn=counts.drawn,
            empty=counts.empty,
            skipped=counts.skipped,
            failed=counts.failed,
        )
    )
    by_reason: dict[tuple[str, str], list[Any]] = {}
    for item in ledger.items:
        by_reason.setdefault((str(item.state), item.reason or ""), []).append(item)
    for (_, reason), items in sorted(by_reason.items()):
        classes = sorted({i.ifc_class for i in items})
        lines.append(
            say(
                "    {count} {state}: {reason} ({classes})",
                count=len(items),
                state=say(str(items[0].state)),
                reason=reason,
                classes=", ".join(classes[:6]) + ("…" if len(classes) > 6 else ""),
            )
        )
    failed = [i for i in ledger.items if i.state == "failed"]
    lines += [say("      {text}", text=f"{i.global_id} {i.ifc_class} {i.name}") for i in failed[:ITEMS_SHOWN]]
    lines += _place_lines(model.georeference)
    notices = [*model.notices, *model.georeference.notices, *_task_notices(came, file)]
    lines += [say("  Note: {notice}", notice=n) for n in notices]
    lines += [say("  Conflict: {conflict}", conflict=c) for c in model.georeference.conflicts]
    lines.append(
        say(
            "  {count} tiles, {kilobytes} kB; {seconds} s.",
            count=model.tiles.count,
            kilobytes=round(model.tiles.bytes / 1000),
            seconds=round(came.seconds, 2),
        )
    )
    return "\n".join(invocation.say(line) for line in lines)


def _task_notices(came: "Ingested", file: Path | None) -> list[Sentence]:
    """Return how the tasks of a model become its project's schedule, where it has some."""
    if not came.tasks or file is None:
        return []
    return [
        say(
            "The model holds {count} tasks: `twin schedule load {file} --project {project}` "
            "loads them as its schedule.",
            count=came.tasks,
            file=shlex.quote(str(file)),
            project=shlex.quote(came.model.project),
        )
    ]


def _headline(came: "Ingested") -> Sentence:
    model = came.model
    values = {
        "model": model.model,
        "revision": model.revision,
        "file": model.file,
        "schema": model.schema,
        "kernel": model.kernel,
    }
    if came.unchanged:
        return say(
            "{model}: {file} is unchanged, nothing was added (revision {revision}, {schema}, {kernel}).", **values
        )
    return say("{model}: revision {revision} from {file} ({schema}, {kernel}).", **values)


def _place_lines(georeference: Any) -> list[Sentence]:
    return [
        say(
            "  Stands at {longitude}, {latitude}, height {height} m ({reference}), from {source}; "
            "its +Y points {bearing}° from true north.",
            longitude=f"{georeference.longitude:.7f}",
            latitude=f"{georeference.latitude:.7f}",
            height=f"{georeference.orthogonal_height:.2f}",
            reference=say(georeference.height_reference),
            source=georeference.source,
            bearing=f"{georeference.true_north_deg:.3f}",
        )
    ]
