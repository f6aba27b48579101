"""Jobs in trouble that is not of their making: a busy store, a watcher's defect, what a child leaves behind."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from sample_data.build import SampleModel
from tests.house import ROOT
from tests.jobs.samples import children_at_work, ended, held, put_import, running, twin, wait
from twin.errors import StoreTooNew
from twin.store import Store
from twin.store.place import DATABASE
from twin.values.job import MOST_ATTEMPTS, Job, JobState, NewJob
from twin.values.upload import NewUpload, UploadState
from web.jobs import runner as runner_module
from web.jobs import work
from web.jobs.work import run_job

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "room"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def locked(place: Path) -> sqlite3.Connection:
    """Write to a twin for as long as the connection is open."""
    connection = sqlite3.connect(place / DATABASE, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def done_by(child: str, store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return what becomes of a job whose child does something."""
    monkeypatch.setattr(work, "_CHILD", "tests.jobs.child_that")
    monkeypatch.setenv("CHILD_THAT", child)
    monkeypatch.setattr(work, "AGAIN", 0.3)
    job = store.put_job(NewJob("import", "P001", {"file": "house.ifc", "size": 10}))
    run_job(str(place), job.id)
    return store.job(job.id)


def test_an_upload_that_meets_a_busy_store_is_examined_again(
    store: Store, place: Path, sample_models: list[SampleModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_BUSY_SECONDS", "0.3")
    monkeypatch.setattr(work, "AGAIN", 0.2)
    content = sample_models[0].path.read_bytes()
    upload = store.put_upload(NewUpload("P1", "house.ifc", len(content)))
    job = store.add_upload_part(upload.id, 0, content).job
    assert job is not None
    with running(store, place):
        child = held()
        other = locked(place)
        child.resume()
        wait(lambda: not children_at_work(psutil.Process()), 12)  # it waited no half minute
        other.close()
        (found,) = ended(store, store.job(job))
    assert (found.state, found.attempts) == (JobState.DONE, 2), found.error
    kept = store.upload(upload.id)
    assert kept.state is UploadState.WAITING
    assert store.blobs.get(kept.sha256 or "") == content


def test_an_import_that_meets_a_busy_store_is_tried_again(
    store: Store, place: Path, sample_models: list[SampleModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_BUSY_SECONDS", "0.3")
    monkeypatch.setattr(work, "AGAIN", 0.2)
    job = put_import(store, sample_models[0].path)
    with running(store, place):
        child = held()
        other = locked(place)
        child.resume()
        wait(lambda: not children_at_work(psutil.Process()), 30)
        other.close()
        (found,) = ended(store, job)
    assert (found.state, found.attempts) == (JobState.DONE, 2), found.error
    assert len(store.models()) == 1


def test_a_store_that_stays_busy_is_told_in_the_end(store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = done_by("is busy", store, place, monkeypatch)
    assert (found.state, found.attempts, found.error) == (JobState.QUEUED, 1, None)
    began = time.monotonic()
    for _ in range(1, MOST_ATTEMPTS):
        run_job(str(place), found.id)
    assert time.monotonic() - began > 0.6  # held for a while, the longer the more often
    found = store.job(found.id)
    assert (found.state, found.attempts) == (JobState.FAILED, MOST_ATTEMPTS)
    assert str(found.error) == "Somebody else writes."
    assert found.result == {"title": "StoreBusy"}
    assert store.retry_job(found.id).state is JobState.QUEUED


def test_a_command_waits_for_a_writer_as_long_as_it_is_told(store: Store, place: Path) -> None:
    job = store.put_job(NewJob("clash", "P001"))
    other = locked(place)
    began = time.monotonic()
    found = twin("jobs", "cancel", job.id, twin_dir=place, TWIN_BUSY_SECONDS="0.2", TWIN_LANG="en")
    other.close()
    assert found.returncode == 1, found.stdout + found.stderr
    assert "writing" in found.stderr
    assert time.monotonic() - began < 15


def test_what_only_waits_to_be_kept_does_not_hang(store: Store, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_PATIENCE", "1")
    assert done_by("is kept waiting", store, place, monkeypatch).state is JobState.DONE
    found = done_by("hangs", store, place, monkeypatch)
    assert (found.state, found.result) == (JobState.FAILED, {"title": "UnreadableModel"})


@pytest.mark.parametrize("child", ["speaks strangely", "counts far"])
def test_a_job_that_cannot_be_watched_fails(
    child: str, store: Store, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = done_by(child, store, place, monkeypatch)
    assert found.state is JobState.FAILED
    assert "unexpectedly" in str(found.error)


def test_folders_that_a_child_has_nested_deep_go(
    store: Store, place: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert done_by("nests folders", store, place, monkeypatch).state is JobState.DONE
    assert list(room.iterdir()) == []


def test_a_runner_outlives_its_defects(
    store: Store, place: Path, sample_models: list[SampleModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "_LATER", 0.1)
    look, looks = runner_module.Runner.look, []

    def failing(self: runner_module.Runner) -> None:
        looks.append(self)
        if len(looks) < 3:
            raise RuntimeError("can't start new thread")
        look(self)

    monkeypatch.setattr(runner_module.Runner, "look", failing)
    job = put_import(store, sample_models[0].path)
    with running(store, place):
        assert ended(store, job)[0].state is JobState.DONE


def test_a_job_that_cannot_be_begun_is_told_once(
    store: Store, place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = []

    def failing(*_: object) -> None:
        begun.append(1)
        raise StoreTooNew("A newer version wrote it.")

    monkeypatch.setattr(runner_module, "run_job", failing)
    store.put_job(NewJob("clash", "P001"))
    with running(store, place):
        wait(lambda: len(begun) > 3, 10)
    assert caplog.text.count("A newer version wrote it.") == 1


def test_where_the_system_does_not_tell_a_process_ends_with_its_parent() -> None:
    inner = (
        "import sys, time; sys.platform = 'darwin'; from web import workers; workers.end_with_parent(int(sys.argv[1]));"
        " print('ready', flush=True); time.sleep(60)"
    )
    outer = (
        "import os, subprocess, sys;"
        f"child = subprocess.Popen([sys.executable, '-c', {inner!r}, str(os.getpid())], stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    time.sleep(1.5)
    assert child.is_running()  # as long as its parent
    parent.kill()
    parent.communicate()
    try:
        assert not psutil.wait_procs([child], timeout=10)[1]
    finally:
        if child.is_running():
            child.kill()
