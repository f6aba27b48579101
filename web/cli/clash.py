"""`twin clash`: check a project's models against each other, list what clashes, exchange it as BCF."""

import getpass
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.errors import InvalidInput
from twin.values.clash import SEVERITIES, ClashStatus, ClashType
from twin.values.sentence import Sentence, in_language, say
from twin.values.topic import VERSIONS
from web.cli.common import DONE, LOSS, Invocation, language, plain, twin_command
from web.cli.guard import guarded
from web.cli.progress import BCF_STAGES, CLASH_STAGES, Advance, progress_bar

if TYPE_CHECKING:
    from twin.store import Store

SHOWN = 30  # clashes in readable words; `--json` and `twin clash list` show all
# What people read for the contract's words.
WORDS: Mapping[str, Sentence] = {
    **{ClashType.HARD: say("hard"), ClashType.CONTAINED: say("contained"), ClashType.DUPLICATE: say("duplicate")},
    **{ClashType.TOUCH: say("touch"), ClashType.CLEARANCE: say("clearance"), ClashType.WORKFLOW: say("workflow")},
    **{ClashStatus.NEW: say("New"), ClashStatus.ACTIVE: say("Active"), ClashStatus.REVIEWED: say("Reviewed")},
    **{ClashStatus.APPROVED: say("Approved"), ClashStatus.RESOLVED: say("Resolved")},
    **{ClashStatus.BY_DESIGN: say("ByDesign"), ClashStatus.UNCHECKED: say("Unchecked")},
    **{"high": say("high"), "medium": say("medium"), "low": say("low")},
}


@click.group("clash")
def command() -> None:
    """Check models against each other; list, export and load clashes."""


def _metres(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    from twin.exchange.clash_rules import LONGEST

    if value is not None and not 0 <= value <= LONGEST:  # NaN fails, too
        wrong = say(
            "{option} is {value}: give metres from 0 to {most} (10 mm is 0.01).",
            option=param.opts[0],
            value=value,
            most=f"{LONGEST:g}",
        )
        raise click.UsageError(in_language(wrong, language()), ctx)
    return value


def whoever() -> str:
    """Return the name of the user of this machine, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return ""


by_option = click.option("--by", default=whoever, metavar="NAME", help="Who, for the history [the user's name].")


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
    from web.ingest_clashes import chosen_rules, run_clashes
    from web.jobs.executors import executor

    with Store.open(invocation.place, create=False) as store:
        chosen = chosen_rules(rules, tolerance, clearance, store.models(project))
    draw_missing(invocation, project)
    with Store.open(invocation.place, create=False) as store:
        judged = Judged(store)
        elements = JudgedElements(judged)
        with progress_bar(project, quiet=invocation.json, stages=CLASH_STAGES) as advance:
            came = run_clashes(
                store,
                project,
                chosen,
                by=by,
                today=judged.day(),
                windows=elements.windows,
                advance=advance,
                executor=executor,
            )
        result = run_json(came, elements_of(store, elements, project), invocation.language)
    invocation.emit(result, lambda: told(result, invocation))
    return LOSS if result["untestable"] or result["rules_without_match"] or result["notices"] else DONE


def draw_missing(invocation: Invocation, project: str) -> None:
    """Draw what was imported before bodies were kept, in a child: a parser that crashes ends in a sentence."""
    from twin.store import Store
    from web.ingest_clashes import bodies_of_model, without_bodies

    with Store.open(invocation.place, create=False) as store:
        missing = without_bodies(store, project)
    for model in missing:

        def work(advance: Advance, model: Any = model) -> dict[str, Any]:
            with Store.open(invocation.place, create=False) as store:
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
    counts = " · ".join(f"{invocation.say(WORDS[name])} {count}" for name, count in result["types"].items())
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
        alone = pair["a"] == pair["b"]  # of an element without a body every pair is untestable
        names = _name(pair["a"]) if alone else f"{_name(pair['a'])} × {_name(pair['b'])}"
        lines.append(f"  ? {names}: {pair['reason']}")
    shown = [c for c in result["clashes"] if c["status"] != "ByDesign" and c["type"] != "touch"]
    shown.sort(key=lambda c: (SEVERITIES.index(c["severity"]), -c["depth"], c["id"]))
    lines += [line(clash, invocation) for clash in shown[:SHOWN]]
    if len(shown) > SHOWN:
        lines.append(
            "  " + invocation.say(say("… and {count} more: `twin clash list` shows all.", count=len(shown) - SHOWN))
        )
    return "\n".join(lines)


def line(clash: dict[str, Any], invocation: Invocation) -> str:
    """Return a clash in one line, in the invocation's language."""
    length, places = (clash["distance"], 0) if clash["type"] == "clearance" else (clash["depth"], 1)
    severity, kind, status = (
        _padded(invocation.say(WORDS[clash[name]]), width)
        for name, width in (("severity", 6), ("type", 9), ("status", 9))
    )
    return f"  {severity} {kind} {length * 1000:8.{places}f} mm  {status} {_name(clash['a'])} × {_name(clash['b'])}"


def _padded(text: str, width: int) -> str:
    """Return a text filled up to a width in a terminal, where a Chinese character takes two columns."""
    return text + " " * (width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


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
    with Store.open(invocation.place, create=False) as store:
        if project is not None:
            store.project(project)
        found = chosen_clashes(store.clashes(project), asked, everything=everything)
        elements = elements_of(store, JudgedElements(Judged(store)), project)
        listed = clashes_json(found, elements, invocation.language)
    invocation.emit(
        {"clashes": listed},
        lambda: (
            "\n".join(line(clash, invocation) for clash in listed) or invocation.say(say("There are no such clashes."))
        ),
    )


@twin_command(
    "export",
    help="Write clashes and other topics of a project as a BCF file, with a picture of each.",
    epilog="Example: twin clash export issues.bcf --bcf 3.0 --project P001",
)
@click.argument("file", metavar="OUT.bcf", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--bcf", "version", type=click.Choice(VERSIONS), default=VERSIONS[-1], help="Version of BCF [3.0].")
@click.option("--project", metavar="CODE", help="Of this project; not needed where only one has clashes.")
@click.option("--all", "everything", is_flag=True, help="Also touching pairs, those by design and resolved ones.")
@click.option("--no-pictures", is_flag=True, help="Without pictures: faster.")
def export(
    invocation: Invocation, file: Path, version: str, project: str | None, everything: bool, no_pictures: bool
) -> int:
    """Write a BCF file."""
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from twin.store import Store
    from web.answers_clashes import chosen_clashes
    from web.bcf import files

    with Store.open(invocation.place, create=False) as store:
        code = project or only_project(store)
        clashes = chosen_clashes(store.clashes(code), {}, everything=everything)
        with progress_bar(file.name, quiet=invocation.json, stages=BCF_STAGES) as advance:
            came = files.export(
                store,
                JudgedElements(Judged(store)),
                code,
                clashes,
                version,
                invocation.language,
                pictures=not no_pictures,
                advance=lambda done, total: advance("topics", done, total),
            )
    files.put(file, came.content)
    notices = [invocation.say(notice) for notice in came.notices]
    head = say(
        "{file}: {topics} topics of {clashes} clashes, BCF {version}",
        file=file.name,
        topics=came.topics,
        clashes=came.clashes,
        version=version,
    )
    invocation.emit(
        {
            "file": str(file),
            "bcf": version,
            "project": code,
            "topics": came.topics,
            "clashes": came.clashes,
            "bytes": len(came.content),
            "notices": notices,
        },
        lambda: "\n".join([invocation.say(head), *(f"  {notice}" for notice in notices)]),
    )
    return LOSS if notices else DONE


def only_project(store: "Store") -> str:
    """Return the one project that has clashes or topics; raises InvalidInput where there is none, or several."""
    codes = [p.code for p in store.projects() if store.clash_groups(p.code) or store.topics(p.code)]
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise InvalidInput("There are no clashes yet: `twin clash run --project CODE` finds them.")
    raise InvalidInput("Several projects have clashes ({codes}): add --project CODE.", codes=", ".join(codes))


@twin_command(
    "load",
    help="Load a BCF file: statuses, people, dates and comments of clashes; other topics are kept beside them.",
    epilog="Example: twin clash load reply.bcf",
)
@click.argument("file", metavar="IN.bcf", type=click.Path(path_type=Path))
@click.option("--project", metavar="CODE", help="Of this project [what the file says].")
@by_option
def load(invocation: Invocation, file: Path, project: str | None, by: str) -> int:
    """Load a BCF file."""
    from twin.store import Store
    from web.bcf import files

    if not file.is_file():
        raise InvalidInput("There is no file {file}: check the path.", file=str(file))
    with Store.open(invocation.place, create=False) as store:
        if project is not None:
            store.project(project)
        came = files.take(store, file, project, file.name, by)
    notices = [invocation.say(notice) for notice in came.notices]
    head = say(
        "{file}: {own} topics of our clashes, {changed} clashes changed, {others} other topics, {comments} comments",
        file=file.name,
        own=came.own,
        changed=came.changed,
        others=came.others,
        comments=came.comments,
    )
    invocation.emit(
        {"file": str(file), **files.taken_json(came, invocation.language)},
        lambda: "\n".join([invocation.say(head), *(f"  {notice}" for notice in notices)]),
    )
    return LOSS if notices else DONE


for _part in (run, list_clashes, export, load):
    command.add_command(_part)
