"""`twin lights`: each project's light on a day, with the rule, the figures, the report and the clause that decided."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from twin.values.sentence import Sentence, say
from web.cli.common import Invocation, twin_command
from web.cli.days import day_options

if TYPE_CHECKING:
    from twin.judged import JudgedProject
    from twin.values.status import Evidence

# Colour is never alone: a shape and a word stand beside it.
_SHOWN = {"green": ("●", "green"), "yellow": ("▲", "yellow"), "red": ("■", "red"), "grey": ("○", "bright_black")}
LIGHT_WORDS = {"green": say("green"), "yellow": say("yellow"), "red": say("red"), "grey": say("grey")}


@twin_command(
    "lights",
    help="List each project's light on a day, and why: rule, figures, report, clause.",
    epilog="Example: twin lights --as-of 2026-06-30 --rules wuhan",
)
@click.option("--rules", metavar="PACK", help="Rule pack: a name, or the file of one's own [index].")
@day_options
def command(invocation: Invocation, rules: str | None, as_of: date | None, known_at: datetime | None) -> None:
    """Print the lights, the worst first."""
    from twin.judged import Judged
    from twin.store import Store
    from web.answers_facts import judgement_head, light_json

    with Store.open(invocation.place) as store:
        judgement = Judged(store).projects(as_of, known_at, rules)
    lights = [found.light.light for found in judgement.projects]
    counts = {light: lights.count(light) for light in ("red", "yellow", "green", "grey")}

    def text() -> str:
        head = say(
            "{as_of}, rules {rules} {version}: {red} red, {yellow} yellow, {green} green, {grey} grey",
            as_of=judgement.as_of.isoformat(),
            rules=judgement.pack.id,
            version=judgement.pack.version,
            **counts,
        )
        shown = [found for light in counts for found in judgement.projects if found.light.light == light]
        return "\n".join([invocation.say(head), *(readable(found, invocation) for found in shown)])

    invocation.emit(
        {
            **judgement_head(judgement, invocation.language, known_at or datetime.now(UTC)),
            "counts": counts,
            "projects": [light_json(found, invocation.language) for found in judgement.projects],
        },
        text,
    )


def readable(found: "JudgedProject", invocation: Invocation) -> str:
    """Return a project's light and what decided it, in words."""
    light, status = found.light, found.status
    mark, colour = _SHOWN[light.light]
    first = say(
        "{light}  {code} {name}: {progress} done, {planned} planned{at}",
        light=LIGHT_WORDS[light.light],
        code=found.code,
        name=found.name,
        progress=_percent(status.progress),
        planned=_percent(status.planned_progress),
        at=say(" ({date})", date=status.status_date.isoformat()) if status.status_date else "",
    )
    lines = [click.style(mark, fg=colour) + " " + invocation.say(first)]
    for item in light.evidence:
        if item.decisive:
            lines.append("    " + invocation.say(_why(item, invocation.language)))
    if light.held_from is not None:
        held = say(
            "  Better since the last report; the light of {date} holds for one more period.",
            date=light.held_from.isoformat(),
        )
        lines.append("  " + invocation.say(held))
    return "\n".join(lines)


def _why(item: "Evidence", language: str) -> Sentence:
    from twin.judgement.measures import ASPECTS

    return say(
        "{rule}: {value} ({threshold}). {clause} [{source}]{report}",
        rule=ASPECTS.get(item.aspect, item.aspect),
        value="–" if item.value is None else f"{item.value:.3g} {item.unit}".strip(),
        threshold=item.threshold or "–",
        clause=item.clause.text(language),
        source=item.source,
        report=""
        if item.report is None
        else say(
            " Report: {file}, row {row}, of {date}, recorded {recorded}.",
            file=item.report.file,
            row=item.report.row,
            date=item.fact_date.isoformat() if item.fact_date else "–",
            recorded=item.report.recorded_at.date().isoformat(),
        ),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
