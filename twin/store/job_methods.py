"""What the store does for long work; a part of `Store`.

None of it raises `twin.changes`: no cache is to be dropped because of a heartbeat.
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from twin.errors import InvalidInput, JobLost
from twin.store import jobs
from twin.store.blobs import Blobs, pack
from twin.store.connect import reading, writing
from twin.values.job import Job, JobState, NewJob
from twin.values.sentence import Sentence

_LEVEL = 1  # of compression: whoever sends a file waits for it


class JobMethods:
    """Jobs: queued, claimed, advanced, ended."""

    blobs: Blobs
    _engine: Engine
    _job: tuple[str, str] | None = None

    def put_job(self, new: NewJob, content: bytes | Path | None = None, *, sha256: str | None = None) -> Job:
        """Queue a job; its input is `content`, which is kept as a blob, or the blob of this name, which is there."""
        packed = pack(content, compress=True, level=_LEVEL) if isinstance(content, bytes) else None
        with writing(self._engine) as connection:  # so that a sweep waits until the row names the blob
            if packed is not None:
                self.blobs.keep([packed])
                sha256 = packed.sha256
            elif isinstance(content, Path):
                sha256 = self.blobs.keep_file(content)
            jobs.put_job(connection, new.id, new, sha256, datetime.now(UTC))
            return jobs.job(connection, new.id)

    def job(self, id: str) -> Job:
        """Return a job."""
        with reading(self._engine) as connection:
            return jobs.job(connection, id)

    def jobs(
        self, project: str | None = None, states: Collection[JobState] | None = None, limit: int = 100
    ) -> list[Job]:
        """Return jobs, of one project or of all, in some states or in any, the last one first."""
        with reading(self._engine) as connection:
            return jobs.some_jobs(connection, project, states, limit)

    def claimable_jobs(self, at: datetime | None = None) -> list[Job]:
        """Return the jobs that somebody should begin, the oldest first: see `jobs.claimable_jobs`."""
        with reading(self._engine) as connection:
            return jobs.claimable_jobs(connection, at or datetime.now(UTC))

    def claim_job(self, id: str, worker: str, at: datetime | None = None) -> Job | None:
        """Take a job to work on it; None where somebody else has it or nobody should begin it.

        worker : a name that nobody had before
        """
        with self._changing() as connection:
            return jobs.claim_job(connection, id, worker, at or datetime.now(UTC))

    def advance_job(
        self, id: str, worker: str, progress: tuple[str, int, int] | None = None, at: datetime | None = None
    ) -> bool:
        """Give a heartbeat, and (stage, done, total); False: it was cancelled, or is somebody else's, so stop."""
        with self._changing() as connection:
            return jobs.advance_job(connection, id, worker, progress, at or datetime.now(UTC))

    def finish_job(
        self,
        id: str,
        worker: str,
        *,
        state: JobState,
        result: Mapping[str, Any] | None = None,
        error: Sentence | None = None,
        at: datetime | None = None,
    ) -> bool:
        """End a job as done, failed or cancelled; False, and nothing changes, where it is not this worker's."""
        with self._changing() as connection:
            return jobs.finish_job(connection, id, worker, state, result, error, at or datetime.now(UTC))

    def release_job(
        self, id: str, worker: str, *, tried: bool = False, problem: tuple[str, Sentence] | None = None
    ) -> bool:
        """Put a job back into the queue: as if it had not been begun, or, `tried`, as one that failed once.

        problem : the name of the error and the sentence with which it fails, where it was tried too often
        """
        with self._changing() as connection:
            return jobs.release_job(connection, id, worker, datetime.now(UTC), tried=tried, problem=problem)

    def cancel_job(self, id: str) -> Job:
        """Cancel a job: at once where it waits, else its worker is asked to stop. What has ended stays as it is."""
        with self._changing() as connection:
            jobs.cancel_job(connection, id, datetime.now(UTC))
            return jobs.job(connection, id)

    def retry_job(self, id: str) -> Job:
        """Queue a job again that has failed or was cancelled; raises InvalidInput where it has not."""
        with self._changing() as connection:
            again = jobs.retry_job(connection, id)
            found = jobs.job(connection, id)
            if not again:
                raise InvalidInput(
                    "Job {job} is {state}: only a job that failed or was cancelled can be tried again.",
                    job=id,
                    state=str(found.state),
                )
            return found

    def work_for(self, id: str, worker: str) -> None:
        """Keep models and runs from here on only while a job is this worker's, and each together with its result."""
        self._job = (id, worker)

    def _keep_for_job(self, connection: Connection, result: Mapping[str, Any]) -> None:
        """Write a job's result into the transaction that keeps what it stands for; raises JobLost."""
        if self._job is not None and not jobs.keep_result(connection, *self._job, result):
            raise JobLost("The job was cancelled, or is worked on by somebody else: nothing was kept.")

    def _changing(self) -> AbstractContextManager[Connection]:
        """Give a connection whose transaction changes jobs only: it waits for no import where the engine allows it."""
        return writing(self._engine, lock=False)
