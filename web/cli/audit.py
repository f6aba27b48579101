"""`twin audit`: who saw and changed what."""

import click

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command


@twin_command(
    "audit",
    help="Say who saw and changed what, the newest first.",
    epilog="Example: twin audit --project P001 --limit 20",
)
@click.option("--project", metavar="CODE", help="Only what concerns this project.")
@click.option("--who", metavar="NAME", help="Only what this user or program did.")
@click.option("--before", type=click.IntRange(1), metavar="ID", help="Only entries with a smaller number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="At most so many.")
def command(invocation: Invocation, project: str | None, who: str | None, before: int | None, limit: int) -> None:
    """Print entries of the audit."""
    from twin.store import Store
    from web.people.answers import entry_json

    with Store.open(invocation.place) as store:
        entries = store.audit(project=project, who=who, before=before, limit=limit)
    rows = [entry_json(entry) for entry in entries]
    order = ("id", "at", "who", "address", "action", "project", "what", "outcome")
    invocation.emit(
        {"entries": rows},
        lambda: (
            "\n".join(invocation.say("  ".join(str(row[name]) or "–" for name in order)) for row in rows)
            or invocation.say(say("There are no entries."))
        ),
    )
