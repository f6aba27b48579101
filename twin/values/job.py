"""Long work as a row: what is to be done, who is at it, how far it is, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from twin.values.sentence import Sentence

LEASE = 15.0  # seconds without a heartbeat after which somebody else may take a job over
MOST_ATTEMPTS = 3  # a job whose workers died so often is not tried again by itself


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Does nobody work on it any more, nor will."""
        return self in ENDED


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be queued.

    project : a code; the project need not be there yet
    arguments : JSON; of an import `file` (the name), and what `twin import` takes by options
    id : a new one unless said
    """

    kind: str
    project: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    created_by: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is kept.  Times are UTC.

    stage, done, total : of its progress, as the work tells it
    input_sha256 : the blob it works on; None where there is none, or where it is done with it
    result : JSON, of a job that is done
    error : why it failed
    attempts : how often somebody has begun it
    worker : who has begun it last
    cancel : it was asked to stop
    """

    id: str
    kind: str
    project: str
    state: JobState
    stage: str
    done: int
    total: int
    arguments: Mapping[str, Any]
    input_sha256: str | None
    result: Mapping[str, Any] | None
    error: Sentence | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    worker: str | None
    heartbeat_at: datetime | None
    cancel: bool
