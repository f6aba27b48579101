"""`twin jobs`: what is queued, at work, done; cancelling, trying again, watching."""

import time
from typing import TYPE_CHECKING, Any

import click

from twin.values.job import ENDED, JobState
from twin.values.sentence import in_language, say
from web.cli.common import DONE, FAILED, Invocation, twin_command

if TYPE_CHECKING:
    from twin.store import Store
    from twin.values.job import Job

_PERIOD = 0.3  # seconds between two looks of `watch`
WORDS = {
    "queued": say("queued"),
    "running": say("running"),
    "done": say("done"),
    "failed": say("failed"),
    "cancelled": say("cancelled"),
}


@click.group("jobs")
def command() -> None:
    """List, cancel, retry and watch long work: imports, clash runs, looking at uploads."""


def opened(invocation: Invocation) -> "Store":
    """Return the twin's store."""
    from twin.store import Store

    return Store.open(invocation.place, create=False)


@twin_command("list", help="List jobs, the last one first.")
@click.option("--project", metavar="CODE", help="Of one project.")
@click.option("--state", "states", multiple=True, type=click.Choice([s.value for s in JobState]), help="In this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
def list_jobs(invocation: Invocation, project: str | None, states: tuple[str, ...], limit: int) -> None:
    """Print jobs."""
    with opened(invocation) as store:
        found = store.jobs(project, [JobState(state) for state in states] or None, limit)
    _emit(invocation, found)


def _emit(invocation: Invocation, found: "list[Job]") -> None:
    from web.answers_jobs import job_json

    text = "\n".join(line(job, invocation) for job in found) or invocation.say(say("There are no such jobs."))
    invocation.emit({"jobs": [job_json(job, invocation.language) for job in found]}, text)


def line(job: "Job", invocation: Invocation) -> str:
    """Return a job in one line."""
    words = [job.id, invocation.say(WORDS[job.state]), job.kind, job.project, str(job.arguments.get("file", ""))]
    if job.state is JobState.RUNNING:
        words.append(f"{job.stage} {job.done}/{job.total}")
    if job.error is not None:
        words.append(in_language(job.error, invocation.language))
    return invocation.say("  ".join(filter(None, words)))


@twin_command("cancel", help="Cancel jobs; what has ended stays as it is.")
@click.argument("ids", metavar="JOB...", nargs=-1, required=True)
def cancel(invocation: Invocation, ids: tuple[str, ...]) -> None:
    """Cancel jobs and print them."""
    with opened(invocation) as store:
        found = [store.cancel_job(id) for id in ids]
    _emit(invocation, found)


@twin_command("retry", help="Queue jobs again that failed or were cancelled.")
@click.argument("ids", metavar="JOB...", nargs=-1, required=True)
def retry(invocation: Invocation, ids: tuple[str, ...]) -> None:
    """Queue jobs again and print them."""
    with opened(invocation) as store:
        found = [store.retry_job(id) for id in ids]
    _emit(invocation, found)


@twin_command(
    "watch", help="Wait until jobs have ended, with a bar for each one that is at work; exit code 1: not all done."
)
@click.argument("ids", metavar="[JOB...]", nargs=-1)
def watch(invocation: Invocation, ids: tuple[str, ...]) -> int:
    """Watch the named jobs, or all that have not ended."""
    from web.cli.job_bars import job_bars

    with opened(invocation) as store:
        wanted = list(ids) or [job.id for job in store.jobs(states=set(JobState) - ENDED, limit=1000)]
        with job_bars(quiet=invocation.json) as show:
            while True:
                found: list[Any] = [store.job(id) for id in wanted]
                show(found)
                if all(job.state.ended for job in found):
                    break
                time.sleep(_PERIOD)
    _emit(invocation, found)
    return DONE if all(job.state is JobState.DONE for job in found) else FAILED


for _part in (list_jobs, cancel, retry, watch):
    command.add_command(_part)
