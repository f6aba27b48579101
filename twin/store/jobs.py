"""Jobs in the database. Every function runs inside the caller's transaction; none raises `twin.changes`.

Each change of a job is one statement that says in its condition what it rests on, so of two that want the same job the
database lets one have it, whichever engine it is.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from twin.errors import NotFound
from twin.store.job_tables import jobs
from twin.store.tables import models
from twin.store.write import canonical, model_id
from twin.values.job import LEASE, MOST_ATTEMPTS, Job, JobState, NewJob
from twin.values.sentence import Sentence, say, unpack

_UNENDED = (JobState.QUEUED, JobState.RUNNING)
_ANEW: Mapping[str, Any] = {"stage": "", "done": 0, "total": 0, "worker": None, "heartbeat_at": None}


def moment(at: datetime) -> str:
    """Return a time as it is kept: texts of one length, so that they sort as they follow one another.

    >>> moment(datetime(2026, 6, 1, 8, 30, tzinfo=UTC))
    '2026-06-01T08:30:00.000000+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def put_job(connection: Connection, id: str, new: NewJob, input_sha256: str | None, at: datetime) -> None:
    """Add a job that waits."""
    connection.execute(
        insert(jobs).values(
            id=id,
            kind=new.kind,
            project=new.project,
            state=JobState.QUEUED,
            arguments=canonical(dict(new.arguments)),
            input_sha256=input_sha256,
            created_at=moment(at),
            created_by=new.created_by,
            attempts=0,
            cancel=0,
            **_ANEW,
        )
    )


def job(connection: Connection, id: str) -> Job:
    """Return a job; raises NotFound."""
    row = connection.execute(select(jobs).where(jobs.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("There is no job {job}.", job=id)
    return _job(row)


def jobs_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Job]:
    """Return id → job of those that are there."""
    found = {}
    for start in range(0, len(ids), 500):  # of the parameters that a statement may have
        query = select(jobs).where(jobs.c.id.in_(ids[start : start + 500]))
        found.update({row.id: _job(row) for row in connection.execute(query)})
    return found


def some_jobs(
    connection: Connection, project: str | None, states: Collection[JobState] | None, limit: int
) -> list[Job]:
    """Return jobs, the last one first."""
    query = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(limit)
    if project is not None:
        query = query.where(jobs.c.project == project)
    if states is not None:
        query = query.where(jobs.c.state.in_(list(states)))
    return [_job(row) for row in connection.execute(query)]


def claimable_jobs(connection: Connection, at: datetime) -> list[Job]:
    """Return the jobs that somebody should begin, the oldest first, with those that only wait to be given up.

    What comes of imports does not depend on how many workers there are: those of one model follow one another as they
    were asked for; one that fixes its project's frame, since the project has no other model, waits for those before
    it, and those after it wait.
    """
    query = select(jobs).where(jobs.c.state.in_(_UNENDED)).order_by(jobs.c.created_at, jobs.c.id)
    old = at - timedelta(seconds=LEASE)
    turns = _Turns(connection)
    found = []
    for row in connection.execute(query):
        waiting = _job(row)
        free = waiting.state is JobState.QUEUED or waiting.heartbeat_at is None or waiting.heartbeat_at < old
        if turns.has_come(waiting) and free:
            found.append(waiting)
    return found


class _Turns:
    """Whose turn it is, told of jobs in the order in which they were asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._models: dict[str, set[str]] = {}  # code → the models that the project has
        self._waiting: dict[str, set[str]] = {}  # code → models of imports before
        self._fixing: set[str] = set()  # codes whose frame is being fixed

    def has_come(self, job: Job) -> bool:
        """Tell whether a job may be begun, whatever became of those before it by now."""
        if job.kind != "import":
            return True
        code = job.project
        if code not in self._models:
            found = self._connection.scalars(select(models.c.id).where(models.c.project == code))
            self._models[code] = set(found)
        model = model_id(code, str(job.arguments.get("file", "")).rpartition(".")[0])
        before = self._waiting.setdefault(code, set())
        fixes = not self._models[code] - {model}
        come = model not in before and code not in self._fixing and not (fixes and before)
        before.add(model)
        if fixes:
            self._fixing.add(code)
        return come


def claim_job(connection: Connection, id: str, worker: str, at: datetime) -> Job | None:
    """Take a job that waits, or whose worker is silent; None where somebody else has it, or it has ended."""
    end_hopeless(connection, id, at)
    values = {**_ANEW, "state": JobState.RUNNING, "worker": worker, "heartbeat_at": moment(at)}
    taken = connection.execute(
        update(jobs)
        .where(jobs.c.id == id, jobs.c.cancel == 0, _free(at))
        .values(**values, started_at=moment(at), attempts=jobs.c.attempts + 1)
    )
    return job(connection, id) if taken.rowcount == 1 else None


def _silent(at: datetime) -> ColumnElement[bool]:
    return and_(jobs.c.state == JobState.RUNNING, jobs.c.heartbeat_at < moment(at - timedelta(seconds=LEASE)))


def _free(at: datetime) -> ColumnElement[bool]:
    return or_(jobs.c.state == JobState.QUEUED, _silent(at))


def end_hopeless(connection: Connection, id: str, at: datetime) -> None:
    """End a job that nobody works on and nobody shall begin: done, cancelled meanwhile, or begun too often."""
    _end(connection, at, (jobs.c.id == id, _silent(at)), given_up=True)


def _end(
    connection: Connection,
    at: datetime,
    which: Sequence[ColumnElement[bool]],
    *,
    given_up: bool,
    problem: tuple[str, Sentence] | None = None,
) -> None:
    """End jobs that were left by their worker and should not be begun again.

    problem : the name of the error and the sentence of those that are given up; None: their workers said nothing
    """
    done = {**_ended(JobState.DONE, at), "input_sha256": None}
    connection.execute(update(jobs).where(*which, jobs.c.result.is_not(None)).values(**done))
    connection.execute(update(jobs).where(*which, jobs.c.cancel == 1).values(**_ended(JobState.CANCELLED, at)))
    if given_up:
        title, error = problem or (
            None,
            say(
                "Whoever worked on it ended {count} times without a word, so it is not tried again by itself: look into"
                " the logs, then try it once more.",
                count=MOST_ATTEMPTS,
            ),
        )
        values = {**_ended(JobState.FAILED, at), "error": canonical(error.packed())}
        if title is not None:
            values["result"] = canonical({"title": title})
        connection.execute(update(jobs).where(*which, jobs.c.attempts >= MOST_ATTEMPTS).values(**values))


def _ended(state: JobState, at: datetime) -> dict[str, Any]:
    return {"state": state, "finished_at": moment(at)}


def advance_job(
    connection: Connection, id: str, worker: str, progress: tuple[str, int, int] | None, at: datetime
) -> bool:
    """Say that a job is being worked on, and how far it is; False: stop, it is no longer this worker's or wanted."""
    values: dict[str, Any] = {"heartbeat_at": moment(at)}
    if progress is not None:
        values.update(zip(("stage", "done", "total"), progress, strict=True))
    changed = connection.execute(update(jobs).where(*_of(id, worker), jobs.c.cancel == 0).values(**values))
    return changed.rowcount == 1


def _of(id: str, worker: str) -> tuple[ColumnElement[bool], ...]:
    return jobs.c.id == id, jobs.c.worker == worker, jobs.c.state == JobState.RUNNING


def keep_result(connection: Connection, id: str, worker: str, result: Mapping[str, Any]) -> bool:
    """Write what comes of a job in the transaction that keeps it: both are there, or neither.

    False where the job is no longer this worker's, or no longer wanted: the caller then keeps nothing.
    """
    values = {"result": canonical(dict(result))}
    return connection.execute(update(jobs).where(*_of(id, worker), jobs.c.cancel == 0).values(**values)).rowcount == 1


def finish_job(
    connection: Connection,
    id: str,
    worker: str,
    state: JobState,
    result: Mapping[str, Any] | None,
    error: Sentence | None,
    at: datetime,
) -> bool:
    """End a job; False where it is no longer this worker's.  What is done needs its input no more."""
    values: dict[str, Any] = {
        **_ended(state, at),
        "result": None if result is None else canonical(dict(result)),
        "error": None if error is None else canonical(error.packed()),
    }
    if state is JobState.DONE:
        values["input_sha256"] = None
    return connection.execute(update(jobs).where(*_of(id, worker)).values(**values)).rowcount == 1


def release_job(
    connection: Connection,
    id: str,
    worker: str,
    at: datetime,
    *,
    tried: bool,
    problem: tuple[str, Sentence] | None = None,
) -> bool:
    """Put a job back; one that is done ends, and so does one that was to be cancelled.

    tried : it counts as an attempt, and after the last one the job has failed; else it is as if it had not been begun
    problem : the name of the error and the sentence with which it fails then
    """
    mine = _of(id, worker)
    _end(connection, at, mine, given_up=tried, problem=problem)
    values = {**_ANEW, "state": JobState.QUEUED, "attempts": jobs.c.attempts - (0 if tried else 1)}
    return connection.execute(update(jobs).where(*mine).values(**values)).rowcount == 1


def cancel_job(connection: Connection, id: str, at: datetime) -> None:
    """Cancel a job that waits; ask whoever works on it to stop; leave what has ended."""
    mine = jobs.c.id == id
    cancelled = {**_ended(JobState.CANCELLED, at), "cancel": 1}
    connection.execute(update(jobs).where(mine, jobs.c.state == JobState.QUEUED).values(**cancelled))
    connection.execute(update(jobs).where(mine, jobs.c.state == JobState.RUNNING).values(cancel=1))


def retry_job(connection: Connection, id: str) -> bool:
    """Queue a job again that has failed or was cancelled; False where it has not."""
    again = {**_ANEW, "state": JobState.QUEUED, "attempts": 0, "cancel": 0}
    empty = dict.fromkeys(("result", "error", "started_at", "finished_at"))
    ended = jobs.c.state.in_((JobState.FAILED, JobState.CANCELLED))
    return connection.execute(update(jobs).where(jobs.c.id == id, ended).values(**again, **empty)).rowcount == 1


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    for name in ("created_at", "started_at", "finished_at", "heartbeat_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    for name in ("arguments", "result"):
        values[name] = values[name] and json.loads(values[name])
    error = values["error"]
    return Job(
        **{
            **values,
            "state": JobState(values["state"]),
            "error": None if error is None else unpack(json.loads(error)),
            "cancel": bool(values["cancel"]),
        }
    )
