"""What every command shares: `--twin`, `--json`, the language, and how results and errors leave the program."""

import functools
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from twin.errors import TwinError
from twin.values.sentence import in_language
from web.cli.noted import note_change

DONE, FAILED, USAGE, LOSS = 0, 1, 2, 3


def language() -> str:
    """Return the command line's language: $TWIN_LANG ("zh" or "en"), else Chinese where the locale is, else English."""
    chosen = os.environ.get("TWIN_LANG", "").lower()
    if chosen[:2] in ("zh", "en"):
        return chosen[:2]
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Invocation:
    """How a command was called: the twin's folder or URL, whether JSON is wanted, the language of sentences."""

    place: Path | str
    json: bool
    language: str

    @property
    def shown(self) -> str:
        """The twin's place as messages name it: never with a password."""
        from twin.store.place import place_of

        return str(place_of(self.place))

    def say(self, sentence: str) -> str:
        """Return `sentence` in the invocation's language, as one line that moves no cursor."""
        return plain(in_language(sentence, self.language))

    def emit(self, value: Mapping[str, Any], text: str | Callable[[], str]) -> None:
        """Write the result to stdout: `value` as one JSON object with `--json`, else `text` (or what it returns)."""
        if self.json:
            click.echo(json.dumps(value, ensure_ascii=False))
        else:
            click.echo(text() if callable(text) else text)

    def log(self, sentence: str) -> None:
        """Write a sentence about the run to stderr."""
        click.echo(self.say(sentence), err=True)


class PlaceType(click.Path):
    """A twin's folder, or the URL of its database."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return a URL as it is, anything else as a path."""
        return value if "://" in str(value) else super().convert(value, param, ctx)


def twin_command(
    name: str, *, help: str, epilog: str | None = None
) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a click command of a function `(invocation, **parameters) -> exit code or None`.

    Adds `--twin` and `--json`; a TwinError leaves as one sentence (a problem object with `--json`) and exit code 1.
    Parameters are declared with click's decorators *below* this one.
    """

    def decorate(function: Callable[..., int | None]) -> click.Command:
        @functools.wraps(function)
        def call(twin_place: Path | str | None, as_json: bool, **parameters: Any) -> int:
            place = twin_place or os.environ.get("TWIN_DIR") or "twin-data"
            invocation = Invocation(place if "://" in str(place) else Path(place), as_json, language())
            try:
                code = function(invocation, **parameters) or DONE
                if code != FAILED:
                    note_change(invocation, parameters)
                return code
            except TwinError as error:
                report_error(error.sentence, getattr(error, "title", type(error).__name__), as_json=as_json)
                return FAILED

        wrapped = click.command(name, help=help, epilog=epilog)(call)
        wrapped.params += [
            click.Option(
                ["--twin", "twin_place"],
                type=PlaceType(path_type=Path, file_okay=False),
                metavar="DIR|URL",
                help="The twin's folder, or postgresql://user@host/database (default: $TWIN_DIR, else ./twin-data).",
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="Write one JSON object to stdout."),
        ]
        return wrapped

    return decorate


def plain(text: str) -> str:
    """Return a text from foreign names without what moves a terminal's cursor or turns its direction.

    >>> plain("a" + chr(27) + "[31mRED" + chr(10) + "b")
    'a�[31mRED�b'
    """
    return _MOVING.sub("\N{REPLACEMENT CHARACTER}", text)


# control characters, line and paragraph separators, bidirectional overrides and isolates (Unicode TR 9)
_MOVING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def problem(sentence: str, title: str) -> dict[str, Any]:
    """Return the problem object (RFC 9457 without an HTTP status) of an error on the command line."""
    return {"type": f"urn:city-twin:problem:{title}", "title": title, "detail": in_language(sentence, language())}


def report_error(sentence: str, title: str, *, as_json: bool) -> None:
    """Write an error: a problem object on stdout with `--json`, else one line on stderr."""
    if as_json:
        click.echo(json.dumps(problem(sentence, title), ensure_ascii=False))
    else:
        click.echo(f"twin: {plain(in_language(sentence, language()))}", err=True)
        sys.stderr.flush()
