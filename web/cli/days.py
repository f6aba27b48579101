"""`--as-of` and `--known-at`: the day to look at, and until when facts must have been recorded."""

from collections.abc import Callable
from typing import Any

import click

from web.times import day_of, moment_of


class _Parsed(click.ParamType[Any]):
    """A parameter that a function reads; what it refuses is wrong usage."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name, self._read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the text."""
        if not isinstance(value, str):
            return value
        from twin.errors import InvalidInput

        try:
            return self._read(value)
        except InvalidInput as error:
            self.fail(str(error), param, ctx)


def day_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--as-of` (date | None) and `--known-at` (UTC time | None)."""
    function = click.option(
        "--known-at",
        metavar="TIME",
        type=_Parsed("time", moment_of),
        help="Only facts recorded by then count [now].",
    )(function)
    return click.option(
        "--as-of",
        metavar="DATE",
        type=_Parsed("date", day_of),
        help="The day to look at [the twin's own day, else today].",
    )(function)
