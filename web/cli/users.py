"""`twin users`: who may sign in, and what they may."""

import sys
from typing import TYPE_CHECKING

import click

from twin.errors import InvalidInput
from twin.values.rights import Role
from twin.values.sentence import say
from web.cli.common import Invocation, twin_command
from web.cli.noted import audited

if TYPE_CHECKING:
    from twin.values.person import User

ROLES = ["viewer", "engineer", "manager", "administrator"]
_ROLE = click.option("--role", type=click.Choice([*ROLES, "none"]), help="What they may in every project.")
_SHOWN = click.option("--display-name", metavar="TEXT", help="How people read their name.")
_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group("users")
def command() -> None:
    """Add, list, change or remove users, and give them roles in projects."""


def typed_password(invocation: Invocation, from_stdin: bool) -> str:
    """Return a password as it was typed twice, or the first line of standard input; never an argument."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if invocation.json or not sys.stdin.isatty():
        raise InvalidInput("No password was typed: run this in a terminal, or add --password-stdin.")
    prompts = say("Password"), say("Once more")
    first, second = (invocation.say(text) for text in prompts)
    typed: str = click.prompt(first, hide_input=True, confirmation_prompt=second, err=True)
    return typed


def role_named(name: str | None) -> Role | None:
    """Return the role of an option."""
    return None if name is None else Role.of("" if name == "none" else name)


@twin_command(
    "add",
    help="Add a user, who signs in with NAME and a password.",
    epilog="Example: twin users add wang.fang --display-name 王芳 --role engineer",
)
@click.argument("name")
@_SHOWN
@_ROLE
@_STDIN
@click.option("--no-password", is_flag=True, help="They cannot sign in until they are given a password.")
def add(
    invocation: Invocation,
    name: str,
    display_name: str | None,
    role: str | None,
    password_stdin: bool,
    no_password: bool,
) -> None:
    """Add one user."""
    from twin.store import Store
    from twin.values.person import checked_name
    from web.people.people import People
    from web.people.settings import PeopleSettings

    name = checked_name(name)
    with Store.open(invocation.place) as store:
        password = None if no_password else typed_password(invocation, password_stdin)
        given = role_named(role) or Role.PUBLIC
        made = People(store, PeopleSettings()).add_user(name, display_name or "", given, password)
        audited(store, "users add", f"{made.name}: {role or 'none'}")
    told(invocation, made)


@twin_command("list", help="List all users with their roles.")
def list_users(invocation: Invocation) -> None:
    """Print every user."""
    from twin.store import Store
    from web.people.answers import user_json

    with Store.open(invocation.place) as store:
        users = store.users()
    invocation.emit(
        {"users": [user_json(user) for user in users]},
        lambda: "\n".join(line(invocation, user) for user in users) or invocation.say(say("There are no users.")),
    )


@twin_command(
    "change",
    help="Change a user's role, name for people or password, or keep them from signing in.",
    epilog="A new password, --disable and --enable end all sessions of the user at once.",
)
@click.argument("name")
@_SHOWN
@_ROLE
@click.option("--password", "asks_password", is_flag=True, help="Ask for a new password.")
@_STDIN
@click.option("--disable/--enable", "disabled", default=None, help="Keep them from signing in, or let them again.")
def change(
    invocation: Invocation,
    name: str,
    display_name: str | None,
    role: str | None,
    asks_password: bool,
    password_stdin: bool,
    disabled: bool | None,
) -> None:
    """Change one user."""
    from twin.store import Store
    from twin.values.person import normal_name
    from web.people.people import People
    from web.people.settings import PeopleSettings

    name = normal_name(name)
    with Store.open(invocation.place) as store:
        store.user(name)
        new = typed_password(invocation, password_stdin) if asks_password or password_stdin else None
        if new is not None:
            People(store, PeopleSettings()).set_password(name, new)
        changed = store.change_user(name, display_name=display_name, role=role_named(role), disabled=disabled)
        said = {"role": role, "password": new and "new", "disabled": disabled, "display_name": display_name}
        what = ", ".join(f"{key}={value}" for key, value in said.items() if value is not None)
        audited(store, "users change", f"{name}: {what}")
    told(invocation, changed)


@twin_command("remove", help="Remove a user with all sessions and tokens; the audit keeps the name.")
@click.argument("name")
def remove(invocation: Invocation, name: str) -> None:
    """Remove one user."""
    from twin.store import Store
    from twin.values.person import normal_name

    name = normal_name(name)
    with Store.open(invocation.place) as store:
        store.remove_user(name)
        audited(store, "users remove", name)
    invocation.emit({"removed": name}, invocation.say(say("{user} is removed.", user=name)))


@twin_command("grant", help="Give a user a role in a project; it counts where it is more than their own.")
@click.argument("name")
@click.argument("project")
@click.argument("role", type=click.Choice(ROLES))
def grant(invocation: Invocation, name: str, project: str, role: str) -> None:
    """Give a role."""
    _granted(invocation, name, project, Role.of(role))


@twin_command("revoke", help="Take a user's role in a project away.")
@click.argument("name")
@click.argument("project")
def revoke(invocation: Invocation, name: str, project: str) -> None:
    """Take a role away."""
    _granted(invocation, name, project, Role.PUBLIC)


def _granted(invocation: Invocation, name: str, project: str, role: Role) -> None:
    from twin.store import Store
    from twin.values.person import normal_name

    with Store.open(invocation.place) as store:
        changed = store.grant(normal_name(name), project, role)
        audited(store, "users grant" if role else "users revoke", f"{changed.name}: {role}", project)
    told(invocation, changed)


def told(invocation: Invocation, user: "User") -> None:
    """Print a user."""
    from web.people.answers import user_json

    invocation.emit(user_json(user), lambda: line(invocation, user))


def line(invocation: Invocation, user: "User") -> str:
    """Return a user in one line."""
    roles = [f"{code}: {role}" for code, role in sorted(user.grants.items())]
    if user.disabled:
        how = say("may not sign in")
    elif user.subject is not None:
        how = say("signs in by single sign-on")
    else:
        how = say("signs in by password") if user.has_password else say("has no password yet")
    words = [user.name, user.display_name, str(user.role) if user.role else "–", *roles, invocation.say(how)]
    return invocation.say("  ".join(words))


for subcommand in (add, list_users, change, remove, grant, revoke):
    command.add_command(subcommand)
