"""`twin schedule`: load a project's schedule and the rules that tie its elements to tasks, see what is tied, export."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command
from web.cli.facts import load_options, run_load
from web.cli.progress import Advance

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Store
    from web.ingest_facts import Came, Stated

PROJECT = click.option("--project", required=True, metavar="CODE", help="Code of the project.")


@click.group("schedule")
def command() -> None:
    """Load schedules, tie elements to their tasks, list and export."""


@twin_command(
    "load",
    help="Load a project's schedule: MS Project XML, Primavera XER or P6 XML, CSV, XLSX, or the tasks of an IFC file.",
    epilog="Example: twin schedule load 市第三人民医院.xml --project BJ-003",
)
@click.argument("file", type=click.Path(path_type=Path))
@PROJECT
@load_options
def load(invocation: Invocation, file: Path, project: str, **asked: Any) -> int:
    """Load one file."""

    def load_file(open_store: "Callable[[], Store]", stated: "Stated", advance: Advance) -> "Came":
        from web.ingest_facts import load_schedule

        return load_schedule(open_store, file, project, stated, advance=advance)

    return run_load(invocation, "schedule", file, asked, load_file)


@twin_command(
    "link",
    help="Load the rules that tie a project's elements to the tasks of its schedule (TOML), and say what they tie.",
    epilog="Example: twin schedule link 医院.links.toml --project BJ-003",
)
@click.argument("rules", type=click.Path(path_type=Path))
@PROJECT
@click.option("--recorded-at", metavar="DATE", help="Since when it was known: a day or time [now].")
def link(invocation: Invocation, rules: Path, project: str, recorded_at: str | None) -> None:
    """Load one file of rules."""
    from twin.store import Store
    from web.ingest_facts import Stated, load_links

    with Store.open(invocation.place) as store:
        load_links(lambda: store, rules, project, Stated(recorded_at=recorded_at))
        _show_coverage(invocation, store, project)


@twin_command("coverage", help="Say which elements and how much of the budget are tied to tasks, and list what is not.")
@PROJECT
def coverage(invocation: Invocation, project: str) -> None:
    """Print what is tied."""
    from twin.store import Store

    with Store.open(invocation.place) as store:
        _show_coverage(invocation, store, project)


def _show_coverage(invocation: Invocation, store: "Store", project: str) -> None:
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from web.answers_links import coverage_json, coverage_lines

    found = JudgedElements(Judged(store)).coverage(project)
    invocation.emit(
        coverage_json(found, project, invocation.language),
        lambda: "\n".join(invocation.say(line) for line in coverage_lines(found)),
    )


@twin_command("list", help="List the schedules that were loaded, all of them or a project's.")
@click.option("--project", metavar="CODE", help="Code of a project.")
def list_schedules(invocation: Invocation, project: str | None) -> None:
    """Print every loaded schedule."""
    from twin.judged import Judged, no_project
    from twin.store import Store
    from web.answers_facts import report_json, schedule_counts

    with Store.open(invocation.place) as store:
        judged = Judged(store)
        known = judged.known()
        if project is not None and project not in known:
            raise no_project(project)
        listed = [
            {"project": code, **(report_json(version.report) or {}), **schedule_counts(judged.schedule(version))}
            for code, facts in known.items()
            if project in (None, code)
            for version in facts.schedules
        ]
    lines = [
        say(
            "{project}  {file}: {tasks} tasks ({format}), {start} to {finish}, recorded {recorded}",
            project=item["project"],
            file=item["file"],
            tasks=item["tasks"],
            format=item["format"],
            start=str(item["start"] or "–")[:10],
            finish=str(item["finish"] or "–")[:10],
            recorded=item["recorded_at"][:10],
        )
        for item in listed
    ]
    invocation.emit(
        {"schedules": listed},
        lambda: "\n".join(invocation.say(line) for line in lines) or invocation.say(say("There are no schedules.")),
    )


@twin_command(
    "export",
    help="Write a project's schedule as a CSV file that can be loaded again.",
    epilog="Example: twin schedule export 计划.csv --project BJ-003",
)
@click.argument("file", type=click.Path(path_type=Path))
@PROJECT
def export(invocation: Invocation, file: Path, project: str) -> None:
    """Write one file."""
    from twin.exchange.schedule_table import write_schedule_csv
    from twin.judged import Judged, no_schedule
    from twin.store import Store

    with Store.open(invocation.place) as store:
        judged = Judged(store)
        found, _ = judged.project(project)
        if found.version is None:
            raise no_schedule(project)
        schedule = judged.schedule(found.version)
    write_schedule_csv(schedule, file)
    told = say(
        "{file}: {tasks} tasks, {links} links", file=str(file), tasks=len(schedule.tasks), links=len(schedule.links)
    )
    invocation.emit(
        {"file": str(file), "project": project, "tasks": len(schedule.tasks), "links": len(schedule.links)},
        invocation.say(told),
    )


for subcommand in (load, link, coverage, list_schedules, export):
    command.add_command(subcommand)
