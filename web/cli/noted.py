"""Changes made on the command line, in the audit: who is "cli:" and the name of the system's user.

Imports and loads are not among them: what came, from which file and when, stands in the twin's own history.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from twin.store import Store
    from web.cli.common import Invocation

# Commands of which a successful run is written down, with the parameter that says what was changed.
CHANGES = {
    "twin models place": "model",
    "twin models remove": "model",
    "twin layers remove": "name",
    "twin publish": "names",
    "twin unpublish": "names",
    "twin clash run": "project",
    "twin clash load": "file",
    "twin jobs cancel": "ids",
    "twin jobs retry": "ids",
}


def note_change(invocation: "Invocation", given: Mapping[str, Any]) -> None:
    """Write down that the command that runs now has changed something, if it is one of CHANGES."""
    context = click.get_current_context(silent=True)
    subject = CHANGES.get(context.command_path) if context else None
    if context is None or subject is None:
        return
    from twin.errors import TwinError
    from twin.store import Store

    found = given.get(subject)
    words = found if isinstance(found, tuple | list) else [found]
    what = " ".join(word.name if isinstance(word, Path) else str(word) for word in words if word is not None)
    project = given.get("project")
    try:
        with Store.open(invocation.place) as store:
            audited(
                store, context.command_path.removeprefix("twin "), what, project if isinstance(project, str) else ""
            )
    except TwinError as error:  # the change itself is made
        invocation.log(error.sentence)


def audited(store: "Store", action: str, what: str, project: str = "") -> None:
    """Put what was done on the command line into the audit."""
    from datetime import UTC, datetime

    from twin.values.person import AuditEntry

    store.record([AuditEntry(datetime.now(UTC), who(), "", action, project, what, "done")])


def who() -> str:
    """Return who runs a command, as the audit names them; no user of the twin can have such a name."""
    import getpass

    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's process whose number has no name
        return "cli:"
