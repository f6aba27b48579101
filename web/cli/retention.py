"""`twin retention`: what is older than it need be, and letting go of it."""

from dataclasses import asdict

import click

from twin.values.sentence import say
from web.cli.common import Invocation, twin_command

_WORDS = {
    "revisions": say("revisions lose their elements and tiles; their row and their file stay"),
    "jobs": say("jobs that have ended"),
    "uploads": say("uploads that have ended"),
    "audit": say("entries of the audit log"),
    "sessions": say("sessions that have ended"),
    "blobs": say("files that nothing refers to"),
}
_DAYS = click.IntRange(min=0)


@twin_command(
    "retention",
    help="Say what is older than it is to be kept; with --apply, remove it.",
    epilog="Facts are never removed: each light of the past stays as it was.",
)
@click.option("--revisions", metavar="N", type=click.IntRange(min=1), help="Keep elements and tiles of N per model.")
@click.option("--jobs-days", metavar="N", type=_DAYS, help="Keep jobs for N days after they ended.")
@click.option("--uploads-days", metavar="N", type=_DAYS, help="Keep uploads for N days after they ended.")
@click.option("--audit-days", metavar="N", type=_DAYS, help="Keep the audit log for N days.")
@click.option("--apply", "applied", is_flag=True, help="Remove it; without, nothing changes.")
def command(invocation: Invocation, applied: bool, **days: int | None) -> None:
    """Print what goes, or what went."""
    from twin.store import Store
    from twin.store.keeping import Keep

    keep = Keep(**days)
    with Store.open(invocation.place, create=False) as store:
        found = asdict(store.remove_outdated(keep) if applied else store.outdated(keep))

    def text() -> str:
        lines = [f"{count:>9}  {invocation.say(_WORDS[name])}" for name, count in found.items()]
        last = say("They are gone.") if applied else say("Nothing was changed: --apply removes them.")
        return "\n".join([*lines, invocation.say(last)])

    invocation.emit({"applied": applied, **found}, text)
