"""Jobs as JSON, for the API and the command line."""

from datetime import UTC, datetime
from typing import Any

from twin.values.job import Job
from twin.values.sentence import in_language


def job_json(job: Job, language: str, *, whole: bool = True) -> dict[str, Any]:
    """Return a job as JSON; the contents of files beside a model stay out of it.

    whole : False leaves out what it was given and what came of it
    """
    error = None if job.error is None else in_language(job.error, language)
    return {
        "id": job.id,
        "kind": job.kind,
        "project": job.project,
        "state": str(job.state),
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "arguments": {name: value for name, value in job.arguments.items() if whole and name != "sidecars"},
        "input_sha256": job.input_sha256,
        "result": job.result if whole else None,
        "error": error if whole else None,
        "created_at": moment(job.created_at),
        "created_by": job.created_by,
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
        "attempts": job.attempts,
        "worker": job.worker,
        "heartbeat_at": moment(job.heartbeat_at),
        "cancel": job.cancel,
    }


def moment(at: datetime | None) -> str | None:
    """Return a time in UTC to the millisecond, as a browser reads it.

    >>> moment(datetime(2026, 6, 1, 8, 30, tzinfo=UTC))
    '2026-06-01T08:30:00.000Z'
    """
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
