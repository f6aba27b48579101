"""`twin import` by jobs: files are queued, and with a Dask cluster (TWIN_SCHEDULER) its workers import them."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import TwinError, UnreadableModel
from twin.store import model_id
from twin.store.place import place_of
from twin.values.job import Job, JobState, NewJob
from twin.values.sentence import Sentence, say
from web.cli.clash import whoever
from web.cli.common import Invocation

if TYPE_CHECKING:
    from twin.store import Store
    from web.ingest import Ingested

_PERIOD = 0.2  # seconds between two looks
_STOPPING = 8.0  # seconds that workers have to hear that nobody wants their work any more


class RefusedByWorker(TwinError):
    """What the worker of a job refused, with the name of its error class in `title`."""

    title: str = "InvalidInput"

    def __init__(self, sentence: Sentence, title: str) -> None:
        super().__init__("{problem}", problem=sentence)
        self.sentence, self.title = sentence, title


def queued(store: "Store", file: Path, project: str, options: Mapping[str, Any]) -> Job:
    """Queue the import of a file; raises UnreadableModel where it is missing, empty or too large."""
    from ifc_import.georeference_sidecar import sidecars
    from ifc_import.source import given_bytes
    from web.jobs.importing import import_arguments

    content = given_bytes(file)
    # whoever calls the command line has the twin itself: no sandbox, as if it were imported here
    stated = import_arguments(file.name, len(content), sidecars=sidecars(file), apart=False, **options)
    return store.put_job(NewJob("import", project, stated, whoever()), content)


def by_workers(
    invocation: Invocation, files: Sequence[Path], project: str, options: Mapping[str, Any]
) -> "Iterator[tuple[Path, Ingested | TwinError]]":
    """Have files imported by the workers of the cluster; yield what came of each, in their order.

    Ctrl-C cancels what is not finished.
    """
    from twin.store import Store
    from web.cli.job_bars import job_bars
    from web.jobs.runner import Runner

    place = place_of(invocation.place)
    with Store.open(place) as store, job_bars(quiet=invocation.json) as show:
        ours: set[str] = set()
        runner = Runner(place.given(), store, only=ours, period=_PERIOD)
        runner.reach()
        thread = threading.Thread(target=runner.run, name="runner", daemon=True)
        thread.start()
        waves = _Waves(store, files, project, options, ours)
        try:
            with _stopped_by_sigterm():
                for file in files:
                    yield file, waves.outcome(file, show)
        finally:
            _cancel(store, ours)
            runner.stop()
            thread.join(_STOPPING)


class _Waves:
    """Queues files ahead; a further file of a model only when the one before was told of: the model is another then."""

    def __init__(
        self, store: "Store", files: Sequence[Path], project: str, options: Mapping[str, Any], ours: set[str]
    ) -> None:
        self._store, self._project, self._options, self._ours = store, project, options, ours
        self._left = list(enumerate(files))
        self._jobs: dict[int, Job | TwinError] = {}
        self._told = 0
        self._queue()

    def _queue(self) -> None:
        """Queue what may be queued now."""
        seen: set[str] = set()
        for number, file in self._left:
            model = model_id(self._project, file.stem)
            if model in seen:
                return  # those after it wait, too, so that all are imported in their order
            seen.add(model)
            if number not in self._jobs:
                try:
                    job = queued(self._store, file, self._project, self._options)
                except UnreadableModel as error:
                    self._jobs[number] = error
                else:
                    self._ours.add(job.id)
                    self._jobs[number] = job

    def outcome(self, file: Path, show: Any) -> "Ingested | TwinError":
        """Wait for the next file, and return what came of it."""
        job = self._jobs[self._told]
        if isinstance(job, Job):
            while not (job := self._store.job(job.id)).state.ended:
                show([self._store.job(id) for id in sorted(self._ours)])
                time.sleep(_PERIOD)
            self._ours.discard(job.id)
        came = job if isinstance(job, TwinError) else _came(self._store, job, file)
        self._left.pop(0)
        self._told += 1
        self._queue()
        return came


def _came(store: "Store", job: Job, file: Path) -> "Ingested | TwinError":
    """Return what came of a job that has ended."""
    from web.ingest import Ingested

    result = job.result or {}
    if job.state is JobState.DONE:
        seconds = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else 0.0
        return Ingested(
            store.model(result["model"]),
            bool(result["unchanged"]),
            result.get("seconds", seconds),
            result.get("timings", {}),
            result.get("tasks", 0),
        )
    if job.error is not None:
        return RefusedByWorker(job.error, str(result.get("title", "InvalidInput")))
    return RefusedByWorker(say("The import of {file} was cancelled.", file=file.name), "Stopped")


def _cancel(store: "Store", ours: set[str]) -> None:
    """Cancel what is not finished, and wait a little until those who work on it have heard of it."""
    waiting = {id for id in ours if not store.cancel_job(id).state.ended}
    ends = time.monotonic() + _STOPPING
    while waiting and time.monotonic() < ends:
        time.sleep(_PERIOD)
        waiting = {id for id in waiting if not store.job(id).state.ended}


@contextlib.contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Turn SIGTERM into what Ctrl-C is."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
