"""Jobs as rows: of two that want one exactly one gets it, silence costs it, nothing of it drops a cache."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store import samples
from twin.errors import InvalidInput, JobLost, NotFound
from twin.store import Store
from twin.values.job import LEASE, MOST_ATTEMPTS, Job, JobState, NewJob
from twin.values.sentence import say

NOW = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(seconds=LEASE + 1)
IMPORT = NewJob("import", "P001", {"file": "a.ifc"}, "somebody")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        yield opened


def put(store: Store, file: str = "a.ifc", project: str = "P001", kind: str = "import") -> Job:
    return store.put_job(NewJob(kind, project, {"file": file}, "somebody"), b"ISO-10303-21;")


def test_a_job_lives_from_queued_to_done(store: Store) -> None:
    job = put(store)
    assert (job.state, job.attempts, job.created_by, dict(job.arguments)) == (
        JobState.QUEUED,
        0,
        "somebody",
        {"file": "a.ifc"},
    )
    assert job.input_sha256 is not None
    assert store.blobs.get(job.input_sha256) == b"ISO-10303-21;"
    assert [found.id for found in store.claimable_jobs(NOW)] == [job.id]
    claimed = store.claim_job(job.id, "w1", NOW)
    assert claimed is not None
    assert (claimed.state, claimed.worker, claimed.attempts, claimed.started_at) == (JobState.RUNNING, "w1", 1, NOW)
    assert store.claimable_jobs(NOW) == []
    assert store.advance_job(job.id, "w1", ("tiles", 3, 7), NOW)
    found = store.job(job.id)
    assert (found.stage, found.done, found.total, found.heartbeat_at) == ("tiles", 3, 7, NOW)
    assert store.advance_job(job.id, "w1", None, LATER)
    assert store.job(job.id).stage == "tiles"
    assert store.finish_job(job.id, "w1", state=JobState.DONE, result={"model": "墙"}, at=LATER)
    ended = store.job(job.id)
    assert (ended.state, ended.result, ended.finished_at, ended.input_sha256) == (
        JobState.DONE,
        {"model": "墙"},
        LATER,
        None,
    )
    assert not store.finish_job(job.id, "w1", state=JobState.FAILED, at=LATER)
    assert not store.advance_job(job.id, "w1", ("tiles", 4, 7), LATER)
    assert store.job(job.id) == ended
    assert store.claim_job(job.id, "w2", LATER + timedelta(days=1)) is None
    with pytest.raises(NotFound):
        store.job("nothing")


def test_of_many_that_want_a_job_exactly_one_gets_it(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    stores = [Store.open(tmp_path) for _ in range(4)]
    wanted = [put(stores[0], f"{number}.ifc").id for number in range(25)]
    start = threading.Barrier(len(stores))

    def claim(number: int) -> list[str]:
        start.wait()
        return [id for id in wanted if stores[number].claim_job(id, f"w{number}", NOW) is not None]

    with ThreadPoolExecutor(len(stores)) as pool:
        had = [id for ids in pool.map(claim, range(len(stores))) for id in ids]
    assert sorted(had) == sorted(wanted)
    silent = [stores[0].job(id).worker for id in wanted]
    with ThreadPoolExecutor(len(stores)) as pool:  # and of those that want the job of a dead worker
        again = pool.map(lambda n: [i for i in wanted if stores[n].claim_job(i, f"again {n}", LATER)], range(4))
        had = [id for ids in again for id in ids]
    assert sorted(had) == sorted(wanted)
    assert None not in silent
    for opened in stores:
        opened.close()


def test_a_silent_worker_loses_its_job_and_the_job_its_patience(store: Store) -> None:
    job, at = put(store), NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claimed = store.claim_job(job.id, f"w{attempt}", at)
        assert claimed is not None
        assert claimed.attempts == attempt
        assert not store.advance_job(job.id, f"w{attempt - 1}", ("late", 1, 1), at)
        assert not store.finish_job(job.id, f"w{attempt - 1}", state=JobState.DONE, at=at)
        assert store.claim_job(job.id, "too early", at + timedelta(seconds=LEASE)) is None
        at += timedelta(seconds=LEASE + 1)
        assert [found.id for found in store.claimable_jobs(at)] == [job.id]
    assert store.claim_job(job.id, "once more", at) is None
    ended = store.job(job.id)
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert f"{MOST_ATTEMPTS} times" in ended.error
    again = store.retry_job(job.id)
    assert (again.state, again.attempts, again.error, again.input_sha256) == (
        JobState.QUEUED,
        0,
        None,
        job.input_sha256,
    )


def test_cancelled_at_once_where_it_waits_else_its_worker_is_told(store: Store) -> None:
    waiting, running, dead = put(store, "a.ifc"), put(store, "b.ifc"), put(store, "c.ifc")
    assert store.cancel_job(waiting.id).state is JobState.CANCELLED
    assert store.claim_job(waiting.id, "w", NOW) is None
    for job in (running, dead):
        assert store.claim_job(job.id, f"w {job.id}", NOW)
        asked = store.cancel_job(job.id)
        assert (asked.state, asked.cancel) == (JobState.RUNNING, True)
        assert not store.advance_job(job.id, f"w {job.id}", ("tiles", 1, 2), NOW)
    assert store.finish_job(running.id, f"w {running.id}", state=JobState.CANCELLED, at=NOW)
    assert store.claim_job(dead.id, "w2", LATER) is None  # nobody begins it again; it ends
    assert store.job(dead.id).state is JobState.CANCELLED
    again = store.retry_job(running.id)
    assert (again.state, again.cancel) == (JobState.QUEUED, False)
    with pytest.raises(InvalidInput, match="queued"):
        store.retry_job(running.id)
    assert {job.id for job in store.jobs(states=[JobState.CANCELLED])} == {waiting.id, dead.id}


def test_a_job_that_is_put_back_was_not_tried(store: Store) -> None:
    job, unwanted = put(store, "a.ifc"), put(store, "b.ifc")
    assert store.claim_job(job.id, "w", NOW)
    assert not store.release_job(job.id, "another")
    assert store.release_job(job.id, "w")
    assert (store.job(job.id).state, store.job(job.id).attempts) == (JobState.QUEUED, 0)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert store.claim_job(job.id, f"w{attempt}", NOW)
        assert store.release_job(job.id, f"w{attempt}", tried=True) is (attempt < MOST_ATTEMPTS)
    assert store.job(job.id).state is JobState.FAILED
    assert store.claim_job(unwanted.id, "w", NOW)
    store.cancel_job(unwanted.id)
    store.release_job(unwanted.id, "w")
    assert store.job(unwanted.id).state is JobState.CANCELLED


def test_what_is_kept_and_what_is_said_of_it_are_one_transaction(store: Store, tmp_path: Path) -> None:
    jobs = [put(store) for _ in range(3)]
    lost, cancelled, mine = (job.id for job in jobs)
    for id in (lost, cancelled, mine):
        assert store.claim_job(id, f"w {id}", NOW)
    assert store.claim_job(lost, "another", LATER)
    store.cancel_job(cancelled)
    for id in (lost, cancelled):
        with Store.open(tmp_path) as working:
            working.work_for(id, f"w {id}")
            with pytest.raises(JobLost):
                working.put_revision(samples.revision(text="one"))
    assert store.models() == []
    with Store.open(tmp_path) as working:
        working.work_for(mine, f"w {mine}")
        model = working.put_revision(samples.revision(text="one"))
    # its worker dies before it says so: the job is done all the same, though it was cancelled meanwhile
    store.cancel_job(mine)
    assert store.claim_job(mine, "another", LATER) is None
    ended = store.job(mine)
    assert (ended.state, ended.result) == (
        JobState.DONE,
        {"model": model.model, "revision": 1, "unchanged": False},
    )


@pytest.mark.parametrize("end", ["lost", "cancelled", "mine"])
def test_a_placement_is_kept_only_while_the_job_is_this_workers(store: Store, tmp_path: Path, end: str) -> None:
    seen = store.put_revision(samples.revision(text="one"))
    job = put(store)
    assert store.claim_job(job.id, "w", NOW)
    if end == "lost":
        assert store.claim_job(job.id, "another", LATER)
    elif end == "cancelled":
        store.cancel_job(job.id)
    here = samples.georeference(114.2)
    with Store.open(tmp_path) as working:
        working.work_for(job.id, "w")
        with nullcontext() if end == "mine" else pytest.raises(JobLost):
            working.replace_placement(seen, here, samples.placing(here))
    assert store.model(seen.model).georeference.longitude == (114.2 if end == "mine" else 113.9)
    result = {"model": seen.model, "revision": 1, "unchanged": False}
    assert store.job(job.id).result == (result if end == "mine" else None)


def claimable(store: Store) -> list[str]:
    return [job.id for job in store.claimable_jobs(NOW)]


def test_imports_of_one_model_follow_one_another(store: Store) -> None:
    for stem in ("a", "b"):
        store.put_revision(samples.revision(stem=stem))
    first, second = put(store, "a.ifc"), put(store, "a.ifc")
    other, clash = put(store, "b.ifc"), put(store, kind="clash")
    assert claimable(store) == [first.id, other.id, clash.id]
    assert store.claim_job(first.id, "w", NOW)
    assert claimable(store) == [other.id, clash.id]
    assert store.finish_job(first.id, "w", state=JobState.FAILED, error=say("No."), at=NOW)
    assert claimable(store) == [second.id, other.id, clash.id]


def test_who_fixes_the_frame_of_a_project_is_alone(store: Store) -> None:
    new, newer, newest = (put(store, f"{stem}.ifc", "P001") for stem in "abc")
    elsewhere = put(store, "a.ifc", "P002")
    assert claimable(store) == [new.id, elsewhere.id]
    assert store.claim_job(new.id, "w", NOW)
    assert claimable(store) == [elsewhere.id]
    store.put_revision(samples.revision(stem="a"))
    assert store.finish_job(new.id, "w", state=JobState.DONE, result={}, at=NOW)
    again = put(store, "a.ifc", "P001")  # of the only model: it would fix the frame anew, were it not for b and c
    assert claimable(store) == [newer.id, newest.id, elsewhere.id]
    assert store.claim_job(newer.id, "w", NOW)
    store.put_revision(samples.revision(stem="b"))
    assert claimable(store) == [newest.id, elsewhere.id, again.id]


def test_no_cache_is_dropped_because_of_a_job(store: Store) -> None:
    before = store.changes()
    job = put(store)
    store.claim_job(job.id, "w", NOW)
    store.advance_job(job.id, "w", ("tiles", 1, 2), NOW)
    store.release_job(job.id, "w")
    store.claim_job(job.id, "w", NOW)
    store.finish_job(job.id, "w", state=JobState.FAILED, error=say("No."), at=NOW)
    store.retry_job(job.id)
    store.cancel_job(job.id)
    assert store.changes() == before


def test_a_sweep_leaves_the_input_of_a_job(store: Store) -> None:
    job = put(store)
    assert store.sweep() == 0
    store.claim_job(job.id, "w", NOW)
    assert store.sweep() == 0
    store.finish_job(job.id, "w", state=JobState.DONE, result={}, at=NOW)
    assert store.sweep() == 1


def test_heartbeats_and_imports_do_not_hold_each_other_up(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, Store.open(tmp_path) as beating:
        job = put(store)
        assert store.claim_job(job.id, "w")
        stop = threading.Event()
        waits: list[float] = []

        def beat() -> None:
            while not stop.wait(0.01):
                start = time.perf_counter()
                assert beating.advance_job(job.id, "w", ("tiles", len(waits), 0))
                waits.append(time.perf_counter() - start)

        thread = threading.Thread(target=beat)
        thread.start()
        began, imports = time.perf_counter(), 0
        while imports < 6 or len(waits) < 12:
            assert time.perf_counter() - began < 60
            store.put_revision(samples.revision(text=f"revision {imports}", count=400))
            imports += 1
        stop.set()
        thread.join()
        assert store.model("P001-办公楼").revision == imports
    assert max(waits) < LEASE / 3
