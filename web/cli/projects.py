"""`twin projects`: load the register of key projects, list them."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command
from web.cli.days import day_options
from web.cli.facts import load_command

if TYPE_CHECKING:
    from twin.judged import JudgedProject


@click.group("projects")
def command() -> None:
    """Load the register of key projects, or list them."""


load = load_command(
    "register",
    "load_register",
    help="Load the register of key projects from a table (CSV, XLSX) or GeoJSON; a later file adds to what is known.",
    epilog="Example: twin projects load 重点工程项目库.xlsx",
)


@twin_command("list", help="List the projects as they were known at a time: place, budget, dates, stage, light.")
@day_options
def list_projects(invocation: Invocation, as_of: date | None, known_at: datetime | None) -> None:
    """Print every project."""
    from twin.judged import Judged
    from twin.store import Store
    from web.answers_facts import judgement_head, project_properties

    with Store.open(invocation.place) as store:
        judgement = Judged(store).projects(as_of, known_at)
    invocation.emit(
        {
            **judgement_head(judgement, invocation.language, known_at or datetime.now(UTC)),
            "projects": [project_properties(found, invocation.language) for found in judgement.projects],
        },
        lambda: (
            "\n".join(_line(found, invocation) for found in judgement.projects)
            or invocation.say(say("There are no projects: `twin projects load FILE` brings the register."))
        ),
    )


def _line(found: "JudgedProject", invocation: Invocation) -> str:
    entry = found.known.entry
    return invocation.say(
        say(
            "{code}  {name}  {district}  budget {budget}, {start} to {finish}",
            code=found.code,
            name=found.name,
            district=entry.district or "–",
            budget="–" if entry.budget is None else f"{entry.budget:,.0f}",
            start=str(entry.planned_start or "–"),
            finish=str(entry.forecast_finish or entry.planned_finish or "–"),
        )
    )


for subcommand in (load, list_projects):
    command.add_command(subcommand)
