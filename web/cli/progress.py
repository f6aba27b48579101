"""A progress bar on stderr for long work; silent where stderr is not a terminal."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from twin.values.sentence import Sentence, in_language, say
from web.cli.common import language

Advance = Callable[[str, int, int], None]

Stages = Mapping[str, tuple[Sentence, float, float]]

# Share of the whole that each stage takes, where the bar begins and ends: of an import, measured on the sample models,
IMPORT_STAGES: Stages = {
    "read": (say("reading"), 0.0, 0.1),
    "elements": (say("elements"), 0.1, 0.35),
    "geometry": (say("geometry"), 0.35, 0.7),
    "tiles": (say("tiles"), 0.7, 0.85),
    "store": (say("keeping"), 0.85, 1.0),
}
# and of a city layer, measured on 980,000 buildings.
LAYER_STAGES: Stages = {
    "read": (say("reading"), 0.0, 0.1),
    "repair": (say("repairing"), 0.1, 0.2),
    "features": (say("features"), 0.2, 0.25),
    "tiles": (say("tiles"), 0.25, 0.95),
    "store": (say("keeping"), 0.95, 1.0),
}
# A table of facts or a schedule: nearly all of the time is reading.
FACT_STAGES: Stages = {
    "read": (say("reading"), 0.0, 0.8),
    "check": (say("checking"), 0.8, 0.9),
    "store": (say("keeping"), 0.9, 1.0),
}
# A BCF file: nearly all of the time is pictures.
BCF_STAGES: Stages = {"topics": (say("topics"), 0.0, 1.0)}
# Clash detection: bodies read, boxes sorted, solids compared.
CLASH_STAGES: Stages = {
    "read": (say("reading"), 0.0, 0.15),
    "pairs": (say("neighbours"), 0.15, 0.25),
    "solids": (say("solids"), 0.25, 0.95),
    "store": (say("keeping"), 0.95, 1.0),
}


@contextmanager
def progress_bar(title: str, *, quiet: bool = False, stages: Stages = IMPORT_STAGES) -> Iterator[Advance]:
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
            sentence, start, end = stages[stage]
            share = done / total if total else 1.0
            progress.update(task, completed=start + (end - start) * share, stage=in_language(sentence, spoken))
            progress.refresh()

        yield advance
