"""Progress bars on stderr of jobs that others work on; silent where stderr is not a terminal."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin.values.job import JobState
from twin.values.sentence import in_language
from web.cli.common import language, plain
from web.cli.progress import CLASH_STAGES, IMPORT_STAGES, Stages

if TYPE_CHECKING:
    from rich.progress import TaskID

    from twin.values.job import Job

_STAGES = {"clash": CLASH_STAGES}


@contextmanager
def job_bars(*, quiet: bool = False) -> "Iterator[Callable[[Sequence[Job]], None]]":
    """Yield the function that shows how far jobs are."""
    if quiet or not sys.stderr.isatty():
        yield lambda jobs: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    spoken = language()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[stage]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        bars: dict[str, TaskID] = {}

        def show(jobs: "Sequence[Job]") -> None:
            for job in jobs:
                if job.state is JobState.RUNNING:
                    share, stage = _reached(job, spoken)
                    if job.id not in bars:
                        title = plain(str(job.arguments.get("file") or f"{job.kind} {job.project}"))
                        bars[job.id] = progress.add_task(title, total=1.0, stage="")
                    progress.update(bars[job.id], completed=share, stage=stage)
                elif job.id in bars:
                    progress.remove_task(bars.pop(job.id))
            progress.refresh()

        yield show


def _reached(job: "Job", spoken: str) -> tuple[float, str]:
    """Return how far a job is, 0…1, and its stage in words."""
    stages: Stages = _STAGES.get(job.kind, IMPORT_STAGES)
    if job.stage not in stages:
        return 0.0, ""
    sentence, start, end = stages[job.stage]
    return start + (end - start) * (job.done / job.total if job.total else 1.0), in_language(sentence, spoken)
