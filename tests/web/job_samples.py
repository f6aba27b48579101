"""A job that failed, in the twin that tests of the API read."""

from twin.store import Store
from twin.values.job import JobState, NewJob
from twin.values.sentence import say

JOB = "0" * 31 + "1"


def put(store: Store) -> None:
    """Keep the job."""
    store.put_job(NewJob("clash", "P001", {"tolerance": 0.01}, "somebody", id=JOB))
    store.claim_job(JOB, "worker")
    store.advance_job(JOB, "worker", ("solids", 3, 7))
    store.finish_job(JOB, "worker", state=JobState.FAILED, error=say("There is no job {job}.", job="x"))
