"""The entry point `twin`: finds the command, runs it, turns errors into exit codes.

Exit codes (public contract): 0 done; 1 failed, nothing changed; 2 wrong usage; 3 done, but something was lost or could
not be judged, and the output lists it.
"""

import importlib
import os
import sys
from collections.abc import Sequence

import click

from twin.values.sentence import say
from web.cli.common import FAILED, USAGE, report_error

# name: (module, one-line help); "module:name" where a module has several. The help stands here so that `twin --help`
# loads no command.
COMMANDS = {
    "init": ("web.cli.init", "Make a new twin folder."),
    "import": ("web.cli.import_", "Import IFC models: place them, bake tiles, keep them."),
    "georef": ("web.cli.georef", "Audit where an IFC file says it stands; changes nothing."),
    "models": ("web.cli.models", "List, place or remove models."),
    "layers": ("web.cli.layers", "Add, list or remove city layers."),
    "projects": ("web.cli.projects", "Load the register of key projects, or list them."),
    "schedule": ("web.cli.schedule", "Load schedules, tie elements to their tasks, list and export."),
    "progress": ("web.cli.reports:progress", "Load progress reports."),
    "resources": ("web.cli.reports:resources", "Load resource reports."),
    "clash": ("web.cli.clash", "Check models against each other; list and exchange clashes."),
    "lights": ("web.cli.lights", "List each project's light on a day, and why."),
    "users": ("web.cli.users", "Add, list, change or remove users; give them roles in projects."),
    "tokens": ("web.cli.tokens", "Add, list or remove the keys of programs."),
    "audit": ("web.cli.audit", "Say who saw and changed what."),
    "demo": ("web.cli.demo", "Build the sample city in the twin folder and serve it."),
    "serve": ("web.cli.serve", "Serve the page, the tiles and the API."),
    "work": ("web.cli.work", "Work on jobs: imports, clash runs, uploads."),
    "jobs": ("web.cli.jobs", "List, cancel, retry and watch jobs."),
    "publish": ("web.cli.publish:publish", "Show projects and layers to everybody; list what is shown."),
    "unpublish": ("web.cli.publish:unpublish", "Show projects and layers no longer."),
    "get": ("web.cli.get", "Print what the server would answer for a GET."),
    "export": ("web.cli.export", "Write the city as of a date as static files that any web server can host."),
    "copy": ("web.cli.copy", "Copy the twin to another place, from a folder to PostgreSQL or back."),
    "backup": ("web.cli.backup", "Write the twin, as it is now, into a folder while others go on."),
    "retention": ("web.cli.retention", "Say what is older than it is to be kept; remove it with --apply."),
    "doctor": ("web.cli.doctor", "Say what is installed, what is missing, how to get it."),
}


class LazyCommands(click.Group):
    """A click group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.command(cls=LazyCommands, name="twin", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="city-twin", prog_name="twin")
def twin() -> None:
    """The city twin: IFC models on the city's map, coloured by how projects stand."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the contract's exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = run(given)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a tenth of a second: freeing a large open model entity by entity serves nobody


def run(arguments: Sequence[str]) -> int:
    """Run `twin ARGUMENTS…` and return its exit code; never raises."""
    as_json = "--json" in arguments
    try:
        code = twin.main(args=list(arguments), prog_name="twin", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "twin"
        report_error(
            say("{problem} Type `{command} --help`.", problem=error.format_message(), command=command),
            "WrongUsage",
            as_json=as_json,
        )
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        report_error(say("Stopped; what was not finished was not kept."), "Stopped", as_json=as_json)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader (head, less) has left
        return FAILED
    except OSError as error:
        report_error(say("The system refused: {error}.", error=str(error)), type(error).__name__, as_json=as_json)
        return FAILED
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
