"""A progress bar on stderr for long work; silent where stderr is not a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twin.values.sentence import in_language, say
from web.cli.common import language

Advance = Callable[[str, int, int], None]

# Share of the whole that each stage of an import takes, measured on the sample models: where the bar begins and ends.
_STAGES = {
    "read": (say("reading"), 0.0, 0.1),
    "elements": (say("elements"), 0.1, 0.35),
    "geometry": (say("geometry"), 0.35, 0.7),
    "tiles": (say("tiles"), 0.7, 0.85),
    "store": (say("keeping"), 0.85, 1.0),
}


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Advance]:
    """Yield the function that moves the bar: `advance(stage, done, total)`."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    spoken = language()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    # no refreshing thread: a process with threads should not fork (see web.cli.guard)
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task(title, total=1.0, stage="")

        def advance(stage: str, done: int, total: int) -> None:
            sentence, start, end = _STAGES[stage]
            share = done / total if total else 1.0
            progress.update(task, completed=start + (end - start) * share, stage=in_language(sentence, spoken))
            progress.refresh()

        yield advance
