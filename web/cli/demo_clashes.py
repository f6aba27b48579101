"""Clashes of the sample city: what the built-in rules find in its models."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from twin.values.sentence import say
from web.cli.common import Invocation
from web.cli.progress import CLASH_STAGES, progress_bar

if TYPE_CHECKING:
    from sample_data.build import SampleCity
    from twin.store import Store


def find_clashes(invocation: Invocation, store: "Store", city: "SampleCity") -> list[dict[str, Any]]:
    """Check the projects whose trades are models of their own, where one has changed; return what was found."""
    from twin.exchange.clash_rules import default_rules
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements
    from web.ingest_clashes import run_clashes

    judged = Judged(store)
    elements = JudgedElements(judged)
    found = []
    trades = Counter(sample.project for sample in city.models)
    for code in (code for code, count in trades.items() if count > 1):
        if store.checked_revisions(code) == {model.model: model.revision for model in store.models(code)}:
            continue
        with progress_bar(code, quiet=invocation.json, stages=CLASH_STAGES) as advance:
            run = run_clashes(
                store,
                code,
                default_rules(),
                by=invocation.say(say("sample city")),
                today=judged.day(),
                windows=elements.windows,
                advance=advance,
            )
        told = {"project": code, "examined": run.record.examined, "found": run.record.found}
        found.append(told)
        if not invocation.json:
            line = say("{project}: {found} clashes among {examined} pairs", **told)
            click.echo(invocation.say(line))
    return found
