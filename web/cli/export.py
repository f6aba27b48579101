"""`twin export`: the city as of a date, as files that any web server can host."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from twin.values.sentence import Sentence, in_language, say
from web.cli.common import Invocation, twin_command
from web.cli.days import day_options
from web.cli.progress import Stages, progress_bar

# Shares of the whole, measured on the sample city.
_STAGES: Stages = {
    "facts": (say("facts"), 0.0, 0.05),
    "models": (say("models"), 0.05, 0.1),
    "layers": (say("layers"), 0.1, 0.25),
    "elements": (say("elements"), 0.25, 0.8),
    "reports": (say("reports"), 0.8, 1.0),
}


@twin_command(
    "export",
    help="Write the city as of a date to DIR, as a static copy that any web server can host: the page, 3D Tiles, "
    "PMTiles, facts and reports. DIR must be new, empty or an earlier export, which is replaced.",
    epilog="Example: twin export site --as-of 2026-06-30",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--public", is_flag=True, help="Only what is published: see `twin publish`.")
@day_options
def command(invocation: Invocation, folder: Path, public: bool, as_of: date | None, known_at: datetime | None) -> None:
    """Write the copy."""
    from web.export.asking import Asked
    from web.export.city import export_city
    from web.export.writing import check_target
    from web.settings import at_this_machine, load

    started = time.monotonic()
    check_target(folder)
    with (
        _tidy_when_stopped(),
        Asked(at_this_machine(load(place=invocation.place)), as_of, known_at, public=public) as asked,
        progress_bar(folder.name, quiet=invocation.json, stages=_STAGES) as advance,
    ):
        done = export_city(asked, folder, advance)
        day, moment = asked.as_of.isoformat(), known_at.isoformat() if known_at else None
    seconds = round(time.monotonic() - started, 2)
    told = {
        "folder": str(folder),
        "files": done.files,
        "bytes": done.bytes,
        "as_of": day,
        "known_at": moment,
        "left_out": [in_language(sentence, invocation.language) for sentence in done.left_out],
        "seconds": seconds,
    }

    def text() -> str:
        head: Sentence = say(
            "{folder}: the city as of {day}, {files} files, {megabytes} MB; {seconds} s.",
            folder=str(folder),
            day=day,
            files=done.files,
            megabytes=round(done.bytes / 1e6, 1),
            seconds=seconds,
        )
        lines = [head, *(say("  Left out: {what}.", what=sentence) for sentence in done.left_out)]
        return "\n".join(invocation.say(line) for line in lines)

    invocation.emit(told, text)


@contextmanager
def _tidy_when_stopped() -> Iterator[None]:
    """Let a SIGTERM end the command as Ctrl-C does, which leaves nothing behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
