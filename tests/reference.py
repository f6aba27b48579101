"""docs/reference.md, written from the live program: `python -m tests.reference` writes it anew."""

import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from tests.house import ROOT
from twin import errors
from twin.errors import TwinError
from web.app import STATUS, route_table
from web.cli.common import DONE, FAILED, LOSS, USAGE
from web.cli.main import twin
from web.settings import SETTINGS

TARGET = ROOT / "docs" / "reference.md"
PREFACE = """# Reference

Commands, routes, settings and errors, written from the program itself by `python -m tests.reference`; a test keeps this
page up to date. How to work with them: [engineers](engineer.md), [decision-makers](decision-maker.md),
[operators](operator.md).
"""
# Read elsewhere than in `web.settings`.
OTHER_VARIABLES = (
    (
        "TWIN_KERNEL_TIMEOUT",
        "60",
        "Seconds (and half a second a megabyte) without a sign of life after which a geometry kernel is stopped.",
    ),
    ("TWIN_KERNEL_MEMORY_MB", "6144", "Address space that a geometry kernel may take, in megabytes."),
    ("TWIN_LAYER_MEMORY_MB", "6000", "Memory that reading a map file may take, in megabytes."),
    ("TWIN_PATIENCE", "75", "Seconds (and two seconds a megabyte) without a step after which a file is given up."),
    ("TWIN_DEBUG", "", "1: an unexpected error while a file is read prints its traceback to stderr."),
    ("TWIN_SKIP_PAGE", "", "1: `pip install .` does not build the page (for work on the Python code)."),
    ("TWIN_REAL_DATA", "../shared/data", "For the tests: the folder that holds the real models in `ifc/`."),
    ("TWIN_CHROMIUM", "", "For the tests: the Chromium to drive; empty: the one on the PATH."),
)
EXIT_CODES = {
    DONE: "Done.",
    FAILED: "Failed; nothing was changed.",
    USAGE: "Wrong usage; nothing was changed.",
    LOSS: "Done, but something was lost or could not be judged; the output lists it.",
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, subcommands after their group."""
    context = click.Context(twin)
    for name in twin.list_commands(context):
        command = twin.get_command(context, name)
        assert command is not None
        yield f"twin {name}", command
        if isinstance(command, click.Group):
            yield from ((f"twin {name} {sub}", command.commands[sub]) for sub in command.commands)


def cell(text: str) -> str:
    """Return text that stays in its table cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *([cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def option_rows(command: click.Command) -> list[tuple[str, str]]:
    """Return one row for each option of a command."""
    rows = []
    for parameter in command.params:
        if not isinstance(parameter, click.Option):
            continue
        value = "" if parameter.is_flag else f" {parameter.make_metavar(click.Context(command))}"
        default = f" Default: `{parameter.default}`." if parameter.show_default else ""
        needed = " Needed." if parameter.required else ""
        rows.append((f"`{', '.join(parameter.opts)}{value}`", f"{parameter.help}{needed}{default}"))
    return rows


def command_part() -> Iterator[str]:
    """Yield the commands."""
    yield "## Commands\n"
    yield "Every command takes `--twin DIR` and `--json` after its name.\n"
    for name, command in commands():
        arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
        yield f"### `{' '.join([name, *arguments])}`\n"
        yield "\n".join(filter(None, (command.help, command.epilog))) + "\n"
        rows = option_rows(command)
        if rows:
            yield table(["option", "is"], rows)
    yield "### Exit codes\n"
    yield table(["code", "means"], [(str(code), meaning) for code, meaning in EXIT_CODES.items()])


def route_part() -> Iterator[str]:
    """Yield the routes."""
    yield "## Routes\n"
    yield "GET unless a method is named; GET answers have an ETag; errors are `application/problem+json` (RFC 9457).\n"
    rows = [
        (
            f"`{route.path}`" if route.method == "GET" else f"{route.method} `{route.path}`",
            route.summary,
            f"`{route.media_type}`",
            ", ".join(f"`{parameter.name}`" for parameter in route.asks),
        )
        for route in route_table()
    ]
    yield table(["path", "is", "media type", "query, headers"], rows)


def setting_part() -> Iterator[str]:
    """Yield the settings."""
    yield "## Settings\n"
    yield "Environment variables.\n"
    rows = [(setting.variable, setting.default, setting.help) for setting in SETTINGS]
    yield table(
        ["variable", "default", "is"], [(f"`{v}`", f"`{d}`" if d else "", h) for v, d, h in [*rows, *OTHER_VARIABLES]]
    )


def error_classes() -> list[type[TwinError]]:
    """Return TwinError and its children, as they stand in their file."""
    found = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, TwinError)]
    return list(dict.fromkeys(found))


def error_part() -> Iterator[str]:
    """Yield the errors with their HTTP statuses."""
    yield "## Errors\n"
    yield "The `title` of a problem is the error's name; on the command line each is exit code 1.\n"
    rows = []
    for error in error_classes():
        status = next(STATUS[base] for base in error.__mro__ if base in STATUS)
        rows.append((f"`{error.__name__}`", str(status), error.__doc__ or ""))
    yield table(["error", "HTTP", "means"], rows)


def reference() -> str:
    """Return the whole page."""
    return "\n".join([PREFACE, *command_part(), *route_part(), *setting_part(), *error_part()])


def main(target: Path = TARGET) -> None:
    """Write the page."""
    target.write_text(reference(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
