"""`twin progress load` and `twin resources load`: dated reports from tables."""

import click

from web.cli.facts import load_command


@click.group("progress")
def progress() -> None:
    """Load progress reports."""


@click.group("resources")
def resources() -> None:
    """Load resource reports."""


progress.add_command(
    load_command(
        "progress",
        "load_progress",
        help="Load progress reports from a table (CSV, XLSX): how far projects or tasks are at a date.",
        epilog="Example: twin progress load 进度月报.csv --recorded-at 填报日期",
    )
)
resources.add_command(
    load_command(
        "resources",
        "load_resources",
        help="Load resource reports from a table (CSV, XLSX): planned and used funds, labour, material, land.",
        epilog="Example: twin resources load 资源月报.xlsx --recorded-at 2026-07-03",
    )
)
