"""`twin get`: what the server would answer for a GET, in-process."""

import base64
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from web.cli.common import DONE, FAILED, Invocation, twin_command
from web.cli.days import day_options

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


@twin_command(
    "get",
    help="Print what the server would answer for a GET of PATH, without a server.",
    epilog="Exit code 0 below status 400, else 1. Example: twin get /api/projects",
)
@click.argument("path")
@day_options
def command(invocation: Invocation, path: str, as_of: date | None, known_at: datetime | None) -> int:
    """Print the answer."""
    from web.app import create_app
    from web.settings import at_this_machine, load

    app = create_app(at_this_machine(load(place=invocation.place)))
    asked = {name: value.isoformat() for name, value in (("as_of", as_of), ("known_at", known_at)) if value}
    try:
        response = app.test_client().get(with_query(path, asked))
    finally:
        app.extensions["twin.store"].close()
    if invocation.json:
        invocation.emit(
            {"status": response.status_code, "headers": dict(response.headers), "body": readable(response)}, ""
        )
    else:
        click.echo(response.data, nl=False)
    return DONE if response.status_code < 400 else FAILED


def with_query(path: str, asked: dict[str, str]) -> str:
    """Return a path with query parameters added.

    >>> with_query("api/projects?lang=en", {"as_of": "2026-06-01"})
    '/api/projects?lang=en&as_of=2026-06-01'
    """
    from urllib.parse import urlencode

    rooted = path if path.startswith("/") else f"/{path}"
    if not asked:
        return rooted
    return f"{rooted}{'&' if '?' in rooted else '?'}{urlencode(asked)}"


def readable(response: "TestResponse") -> Any:
    """Return a body as JSON takes it: JSON as it is, text as a string, anything else in base64."""
    media_type = response.mimetype or ""
    if media_type.endswith("json"):
        return json.loads(response.data)
    if media_type.startswith("text/"):
        return response.text
    return base64.b64encode(response.data).decode()
