"""`twin clash`: check a project's models against each other, list what clashes, exchange it as BCF."""

import getpass
import math
from pathlib import Path
from typing import Any

import click

from twin.values.clash import SEVERITIES, ClashStatus, ClashType
from twin.values.sentence import say
from web.cli.common import DONE, LOSS, Invocation, plain, twin_command
from web.cli.guard import guarded
from web.cli.progress import CLASH_STAGES, Advance, progress_bar

SHOWN = 30  # clashes in readable words; `--json` and `twin clash list` show all


@click.group("clash")
def command() -> None:
    """Check models against each other; list, export and load clashes."""


def _metres(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise click.BadParameter(str(say("{value} is no length: give metres, at least 0.", value=value)), ctx, param)
    return value


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return ""


by_option = click.option("--by", default=_me, metavar="NAME", help="Who, for the history [the user's name].")


@twin_command(
    "run",
    help="Check the models of a project by rules: against each other, and each one in itself.",
    epilog="Example: twin clash run --project P001 --tolerance 0.005",
)
@click.option("--project", required=True, metavar="CODE", help="Code of the project.")
@click.option("--rules", type=click.Path(path_type=Path), metavar="FILE", help="Rule file (TOML) [built-in rules].")
@click.option(
    "--tolerance", type=float, callback=_metres, metavar="M", help="Overlap that is allowed, metres [of the rules]."
)
@click.option(
    "--clearance", type=float, callback=_metres, metavar="M", help="Room that is asked for, metres [of the rules]."
)
@by_option
def run(
    invocation: Invocation,
    project: str,
    rules: Path | None,
    tolerance: float | None,
    clearance: float | None,
    by: str,
) -> int:
    """Run the rules and say what was examined, found and could not be tested."""
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from twin.store import Store
    from web.answers_clashes import elements_of, run_json
    from web.ingest_clashes import chosen_rules, run_clashes, work_windows

    with Store.open(invocation.folder, create=False) as store:
        chosen = chosen_rules(rules, tolerance, clearance, store.models(project))
    draw_missing(invocation, project)
    with Store.open(invocation.folder, create=False) as store:
        elements = JudgedElements(Judged(store))
        with progress_bar(project, quiet=invocation.json, stages=CLASH_STAGES) as advance:
            came = run_clashes(store, project, chosen, by=by, windows=work_windows(elements, chosen), advance=advance)
        result = run_json(came, elements_of(store, elements, project), invocation.language)
    invocation.emit(result, lambda: told(result, invocation))
    return LOSS if result["untestable"] or result["rules_without_match"] or result["models_without_geometry"] else DONE


def draw_missing(invocation: Invocation, project: str) -> None:
    """Draw what was imported before bodies were kept, in a child: a parser that crashes ends in a sentence."""
    from twin.store import Store
    from web.ingest_clashes import bodies_of_model, without_bodies

    with Store.open(invocation.folder, create=False) as store:
        missing = without_bodies(store, project)
    for model in missing:

        def work(advance: Advance, model: Any = model) -> dict[str, Any]:
            with Store.open(invocation.folder, create=False) as store:
                bodies_of_model(store, model)
            return {}

        with progress_bar(model.file, quiet=invocation.json) as advance:
            guarded(work, advance, Path(model.file))


def told(result: dict[str, Any], invocation: Invocation) -> str:
    """Return a run in words: the counts, what could not be tested, the worst clashes."""
    head = say(
        "{project}, rules {rules}: {examined} pairs examined, {found} found, {untestable} untestable",
        project=result["project"],
        rules=result["rules"],
        examined=result["examined"],
        found=result["found"],
        untestable=result["untestable"],
    )
    lines = [invocation.say(head)]
    counts = " · ".join(f"{name} {count}" for name, count in result["types"].items())
    lines += [f"  {counts}"] if counts else []
    lines += [
        "  "
        + invocation.say(
            say("Rule {rule} matches nothing on one side, so it proves nothing: mend its selectors.", rule=rule)
        )
        for rule in result["rules_without_match"]
    ]
    lines += [f"  {invocation.say(notice)}" for notice in result["notices"]]
    for pair in result["untestable_pairs"][:SHOWN]:
        lines.append(f"  ? {_name(pair['a'])} × {_name(pair['b'])}: {pair['reason']}")
    shown = [c for c in result["clashes"] if c["status"] != "ByDesign" and c["type"] != "touch"]
    shown.sort(key=lambda c: (SEVERITIES.index(c["severity"]), -c["depth"], c["id"]))
    lines += [line(clash) for clash in shown[:SHOWN]]
    if len(shown) > SHOWN:
        lines.append(
            "  " + invocation.say(say("… and {count} more: `twin clash list` shows all.", count=len(shown) - SHOWN))
        )
    return "\n".join(lines)


def line(clash: dict[str, Any]) -> str:
    """Return a clash in one line."""
    length, places = (clash["distance"], 0) if clash["type"] == "clearance" else (clash["depth"], 1)
    head = f"  {clash['severity']:6} {clash['type']:9} {length * 1000:8.{places}f} mm  {clash['status']:9}"
    return f"{head} {_name(clash['a'])} × {_name(clash['b'])}"


def _name(side: dict[str, Any]) -> str:
    return plain(f"{side['ifc_class']} {side['name'] or side['global_id']}")


@twin_command("list", help="List clashes, the worst first; touching pairs and those by design only with --all.")
@click.option("--project", metavar="CODE", help="Of one project.")
@click.option("--status", type=click.Choice([s.value for s in ClashStatus]), help="Of one status.")
@click.option("--type", "kind", type=click.Choice([t.value for t in ClashType]), help="Of one type.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Of one severity.")
@click.option("--assignee", metavar="NAME", help="Of one person.")
@click.option("--all", "everything", is_flag=True, help="Also touching pairs, those by design and resolved ones.")
def list_clashes(
    invocation: Invocation,
    project: str | None,
    status: str | None,
    kind: str | None,
    severity: str | None,
    assignee: str | None,
    everything: bool,
) -> None:
    """Print clashes."""
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from twin.store import Store
    from web.answers_clashes import chosen_clashes, clashes_json, elements_of

    asked = {"status": status, "type": kind, "severity": severity, "assignee": assignee}
    with Store.open(invocation.folder, create=False) as store:
        if project is not None:
            store.project(project)
        found = chosen_clashes(store.clashes(project), asked, everything=everything)
        elements = elements_of(store, JudgedElements(Judged(store)), project)
        listed = clashes_json(found, elements, invocation.language)
    invocation.emit(
        {"clashes": listed},
        lambda: "\n".join(line(clash) for clash in listed) or invocation.say(say("There are no such clashes.")),
    )


for _part in (run, list_clashes):
    command.add_command(_part)
