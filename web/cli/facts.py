"""What the commands that load dated facts share: their options, the guarded child, what is printed."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twin.errors import InvalidInput, RefusedRows, TwinError, UnreadableModel
from twin.values.sentence import in_language, say
from web.cli.common import DONE, FAILED, LOSS, Invocation, problem, twin_command
from web.cli.guard import DATABASES, guarded
from web.cli.import_ import store_opener
from web.cli.layers import limit_memory
from web.cli.progress import FACT_STAGES, Advance, progress_bar

if TYPE_CHECKING:
    from twin.store import Store
    from twin.values.project import CellProblem
    from web.ingest_facts import Came, Stated

PROBLEMS_SHOWN = 20  # in readable words; `--json` lists all
TOLD_SHOWN, TOLD_LETTERS = 8, 160  # notes and what is not read: lines, letters of one

Load = Callable[["Callable[[], Store]", "Stated", Advance], "Came"]


def load_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every load takes: --map, --recorded-at, --partial."""
    for option in (
        click.option("--partial", is_flag=True, help="Keep the good rows of a file that has bad ones, and list those."),
        click.option(
            "--recorded-at",
            metavar="DATE|COLUMN",
            help="Since when it was known: a day or time, or the column that has it [now].",
        ),
        click.option(
            "--map",
            "mapping",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Names the columns of a foreign table (TOML).",
        ),
    ):
        function = option(function)
    return function


def load_command(kind: str, loader: str, *, help: str, epilog: str) -> click.Command:
    """Return the command `load FILE` of a kind of fact; `loader` names the function of `web.ingest_facts`."""

    @twin_command("load", help=help, epilog=epilog)
    @click.argument("file", type=click.Path(path_type=Path))
    @load_options
    def command(invocation: Invocation, file: Path, **asked: Any) -> int:
        def load(open_store: "Callable[[], Store]", stated: "Stated", advance: Advance) -> "Came":
            from web import ingest_facts

            came: Came = getattr(ingest_facts, loader)(open_store, file, stated, advance=advance)
            return came

        return run_load(invocation, kind, file, asked, load)

    return command


def run_load(invocation: Invocation, kind: str, path: Path, asked: dict[str, Any], load: Load) -> int:
    """Load one file in a guarded child, print what came of it, return the exit code."""
    parent, started = os.getpid(), time.monotonic()

    def work(advance: Advance) -> dict[str, Any]:
        if os.getpid() != parent:
            limit_memory()
        return _load(invocation, kind, path, asked, load, advance)

    try:
        with progress_bar(path.name, quiet=invocation.json, stages=FACT_STAGES) as advance:
            came = guarded(work, advance, path)
    except UnreadableModel as error:
        raise _given_up(error, path) from error
    if "seconds" in came["json"]:
        came["json"]["seconds"] = round(time.monotonic() - started, 3)
    if came["code"] == FAILED and not invocation.json:
        click.echo(came["text"], err=True)
    else:
        invocation.emit(came["json"], came["text"])
    return int(came["code"])


def _load(
    invocation: Invocation, kind: str, path: Path, asked: dict[str, Any], load: Load, advance: Advance
) -> dict[str, Any]:
    from web.ingest_facts import Stated

    try:
        with store_opener(invocation.place) as open_store:
            came = load(open_store, Stated(**asked), advance)
    except RefusedRows as error:
        problems = [problem_json(found, invocation.language) for found in error.problems]
        document = {**problem(error.sentence, type(error).__name__), "problems": problems}
        lines = [f"twin: {invocation.say(error.sentence)}", *_problem_lines(error.problems, invocation)]
        return {"json": document, "text": "\n".join(lines), "code": FAILED}
    except (TwinError, OSError):
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] in DATABASES or os.environ.get("TWIN_DEBUG"):
            raise
        raise InvalidInput(
            "{file} cannot be read ({error}): open it in the program that wrote it and save it again.",
            file=path.name,
            error=f"{type(error).__name__}: {error}"[:160],
        ) from error
    lost = 0 if came.schedule is None else came.schedule.lost
    code = LOSS if came.loaded.problems or lost else DONE
    return {"json": came_json(came, kind, invocation.language), "text": readable(came, invocation), "code": code}


def _given_up(error: UnreadableModel, path: Path) -> TwinError:
    """Return the guard's verdict on a crash or a hang, in words about tables and schedules."""
    values = error.sentence.values
    if "seconds" not in values and "cause" not in values:
        return error
    return InvalidInput(
        "{file} could not be read to its end ({cause}): open it in the program that wrote it and save it again.",
        file=path.name,
        cause=values.get("cause") or say("{seconds} s without a step", seconds=values.get("seconds", "?")),
    )


def problem_json(found: "CellProblem", language: str) -> dict[str, Any]:
    """Return what is wrong with one cell or row."""
    return {
        "row": found.row,
        "column": found.column,
        "value": found.value,
        "problem": in_language(found.problem, language),
    }


def came_json(came: "Came", kind: str, language: str) -> dict[str, Any]:
    """Return what became of a file."""
    answer: dict[str, Any] = {
        "file": came.file,
        "kind": kind,
        "rows": came.rows,
        "kept": came.loaded.kept,
        "unchanged": came.loaded.unchanged,
        "left_out": len({found.row for found in came.loaded.problems}),
        "projects": list(came.loaded.projects),
        "problems": [problem_json(found, language) for found in came.loaded.problems],
        "notices": [in_language(notice, language) for notice in came.notices],
        "unread": [in_language(notice, language) for notice in came.unread],
        "seconds": 0.0,
    }
    if came.schedule is not None:
        from web.answers_facts import schedule_counts

        answer["schedule"] = schedule_counts(came.schedule)
    return answer


def readable(came: "Came", invocation: Invocation) -> str:
    """Return what became of a file, in words."""
    loaded = came.loaded
    if came.schedule is not None:
        first = say(
            "{file}: {tasks} tasks, {links} links, {format}",
            file=came.file,
            tasks=len(came.schedule.tasks),
            links=len(came.schedule.links),
            format=came.schedule.format,
        )
    else:
        first = say(
            "{file}: {rows} rows, {kept} kept, {unchanged} known already, {projects} projects",
            file=came.file,
            rows=came.rows,
            kept=loaded.kept,
            unchanged=loaded.unchanged,
            projects=len(loaded.projects),
        )
    lines = [invocation.say(first)]
    if came.schedule is not None and not loaded.kept:
        lines.append(invocation.say(say("  It is known already; nothing was changed.")))
    lines += _told_lines(came, invocation)
    if loaded.problems:
        lines.append(
            invocation.say(say("  {count} rows were left out:", count=len({found.row for found in loaded.problems})))
        )
        lines += _problem_lines(loaded.problems, invocation)
    return "\n".join(lines)


def _told_lines(came: "Came", invocation: Invocation) -> list[str]:
    """Return what to know of a file: the first lines, none too long for a terminal."""
    notes = [say("  Note: {notice}", notice=notice) for notice in came.notices]
    notes += [say("  Not read: {notice}", notice=notice) for notice in came.unread]
    whole = [invocation.say(note) for note in notes[:TOLD_SHOWN]]
    lines = [line if len(line) <= TOLD_LETTERS else f"{line[: TOLD_LETTERS - 1].rstrip()}…" for line in whole]
    if len(notes) > TOLD_SHOWN:
        lines.append(invocation.say(say("  and {count} more: --json lists all", count=len(notes) - TOLD_SHOWN)))
    elif lines != whole:
        lines.append(invocation.say(say("  Lines that end in … are cut short: --json has them whole.")))
    return lines


def _problem_lines(problems: "list[CellProblem] | Any", invocation: Invocation) -> list[str]:
    lines = [
        invocation.say(
            say(
                "  row {row}, {column} ({value}): {problem}",
                row=found.row,
                column=found.column or "–",
                value=found.value[:60],
                problem=found.problem,
            )
        )
        for found in problems[:PROBLEMS_SHOWN]
    ]
    if len(problems) > PROBLEMS_SHOWN:
        lines.append(invocation.say(say("  and {count} more: --json lists all", count=len(problems) - PROBLEMS_SHOWN)))
    return lines
