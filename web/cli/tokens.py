"""`twin tokens`: keys of programs."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from twin.values.rights import Role
from twin.values.sentence import say
from web.cli.common import Invocation, twin_command
from web.cli.noted import audited
from web.cli.users import ROLES

if TYPE_CHECKING:
    from twin.values.person import Token


@click.group("tokens")
def command() -> None:
    """Add, list or remove the keys of programs."""


@twin_command(
    "add",
    help="Make a token for a program; it may what USER may, and no more than its role.",
    epilog="The key is printed once. Example: twin tokens add wang.fang --name bcf-sync --role engineer --project P001",
)
@click.argument("user")
@click.option("--name", required=True, metavar="TEXT", help="Which program has it.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What it may at most.")
@click.option("--project", "projects", multiple=True, metavar="CODE", help="Only in this project; may be repeated.")
@click.option(
    "--days", type=click.IntRange(0, 1826), default=365, show_default=True, help="How long it is valid; 0: for ever."
)
def add(invocation: Invocation, user: str, name: str, role: str, projects: tuple[str, ...], days: int) -> None:
    """Make one token."""
    from twin.store import Store
    from twin.values.person import normal_name
    from web.people.answers import token_json
    from web.people.people import People
    from web.people.settings import PeopleSettings

    ends = datetime.now(UTC) + timedelta(days=days) if days else None
    with Store.open(invocation.place) as store:
        people = People(store, PeopleSettings())
        key, made = people.issue_token(normal_name(user), name, Role.of(role), projects or None, ends)
        audited(store, "tokens add", f"{made.owner}: {made.name}")
    invocation.emit({**token_json(made), "key": key}, key)
    if not invocation.json:
        invocation.log(say("Keep this key: it is not shown again."))


@twin_command("list", help="List all tokens, without their keys.")
def list_tokens(invocation: Invocation) -> None:
    """Print every token."""
    from twin.store import Store
    from web.people.answers import token_json

    with Store.open(invocation.place) as store:
        tokens = store.tokens()
    invocation.emit(
        {"tokens": [token_json(token) for token in tokens]},
        lambda: "\n".join(line(invocation, token) for token in tokens) or invocation.say(say("There are no tokens.")),
    )


@twin_command("remove", help="Remove a token: its program is a stranger from then on.")
@click.argument("token")
def remove(invocation: Invocation, token: str) -> None:
    """Remove one token."""
    from twin.store import Store

    with Store.open(invocation.place) as store:
        removed = store.remove_token(token)
        audited(store, "tokens remove", f"{removed.owner}: {removed.name}")
    invocation.emit({"removed": token}, invocation.say(say("{token} is removed.", token=token)))


def line(invocation: Invocation, token: "Token") -> str:
    """Return a token in one line."""
    return invocation.say(
        say(
            "{id}  {owner}/{name}  {role} in {projects}, valid until {expires}, last used {used}",
            id=token.id,
            owner=token.owner,
            name=token.name,
            role=str(token.role),
            projects=", ".join(sorted(token.projects)) if token.projects is not None else say("all projects"),
            expires=f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "–",
            used=f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "–",
        )
    )


for subcommand in (add, list_tokens, remove):
    command.add_command(subcommand)
