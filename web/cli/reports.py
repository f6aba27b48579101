"""`twin progress load` and `twin resources load`: dated reports from tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.common import Invocation, twin_command
from web.cli.facts import load_options, run_load
from web.cli.progress import Advance

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Store
    from web.ingest_facts import Came, Stated


@click.group("progress")
def progress() -> None:
    """Load progress reports."""


@twin_command(
    "load",
    help="Load progress reports from a table (CSV, XLSX): how far projects or tasks are at a date.",
    epilog="Example: twin progress load 进度月报.csv --recorded-at 填报日期",
)
@click.argument("file", type=click.Path(path_type=Path))
@load_options
def load_progress(invocation: Invocation, file: Path, **asked: Any) -> int:
    """Load one file."""

    def load(open_store: "Callable[[], Store]", stated: "Stated", advance: Advance) -> "Came":
        from web.ingest_facts import load_progress

        return load_progress(open_store, file, stated, advance=advance)

    return run_load(invocation, "progress", file, asked, load)


@click.group("resources")
def resources() -> None:
    """Load resource reports."""


@twin_command(
    "load",
    help="Load resource reports from a table (CSV, XLSX): what was planned and used of funds, labour, material, land.",
    epilog="Example: twin resources load 资源月报.xlsx --recorded-at 2026-07-03",
)
@click.argument("file", type=click.Path(path_type=Path))
@load_options
def load_resources(invocation: Invocation, file: Path, **asked: Any) -> int:
    """Load one file."""

    def load(open_store: "Callable[[], Store]", stated: "Stated", advance: Advance) -> "Came":
        from web.ingest_facts import load_resources

        return load_resources(open_store, file, stated, advance=advance)

    return run_load(invocation, "resources", file, asked, load)


progress.add_command(load_progress)
resources.add_command(load_resources)
