"""Jobs on this machine: what comes of them, who stops them, and what outlives whom."""

import json
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from sample_data.build import SampleModel
from tests.house import ROOT
from tests.jobs.samples import (
    COMMAND,
    children_at_work,
    contents,
    ended,
    held,
    put_import,
    running,
    twin,
    wait,
    words_of,
)
from tests.store.test_kill import whole
from twin.store import Store
from twin.values.georeference import PlacementOptions
from twin.values.job import LEASE, JobState, NewJob

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture
def file(sample_models: list[SampleModel]) -> Path:
    return sample_models[0].path


def test_an_import_by_a_job_keeps_what_a_plain_one_does(store: Store, place: Path, file: Path, tmp_path: Path) -> None:
    options = PlacementOptions(longitude=114.06, latitude=22.54, override=True)
    job = put_import(store, file, discipline="建筑", options=options)
    with running(store, place):
        (done,) = ended(store, job)
    assert done.state is JobState.DONE, done.error
    assert done.result is not None
    assert (done.result["revision"], done.result["unchanged"], done.result["tasks"]) == (1, False, 30)
    assert done.result["ledger"]["drawn"] == store.models()[0].ledger.drawn
    words = ("--discipline", "建筑", "--lon", "114.06", "--lat", "22.54", "--override")
    plain = twin("import", str(file), "--project", "P001", *words, "--json", twin_dir=tmp_path / "plain")
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert contents(place) == contents(tmp_path / "plain")
    again = put_import(store, file)
    with running(store, place):
        (known,) = ended(store, again)
    assert known.result is not None
    assert (known.result["unchanged"], known.result["revision"]) == (True, 1)


def test_a_file_that_is_no_model_fails_with_the_sentence(store: Store, place: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.ifc"
    noise.write_bytes(b"no model at all")
    apart, here = put_import(store, noise, apart=True), put_import(store, noise)
    none = store.put_job(NewJob("clash", "nowhere"))
    with running(store, place):
        found = ended(store, apart, here, none)
    assert [job.state for job in found] == [JobState.FAILED] * 3
    plain = twin("import", str(noise), "--project", "P001", "--json", twin_dir=tmp_path / "plain")
    assert [str(job.error) for job in found[:2]] == [json.loads(plain.stdout)["detail"]] * 2
    assert [job.result for job in found[:2]] == [{"title": "UnreadableModel"}] * 2
    assert found[2].result == {"title": "NotFound"}
    assert store.models() == []


def test_a_crash_of_the_parser_is_the_files_fault_and_a_kill_is_not(
    store: Store, place: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    with running(store, place):
        for number in (signal.SIGSEGV, signal.SIGKILL):
            job = put_import(store, file, f"P{number}")
            child = held()
            child.send_signal(number)
            with suppress(psutil.NoSuchProcess):
                child.resume()
            found += ended(store, job)
    assert found[0].state is JobState.FAILED
    assert "SIGSEGV" in str(found[0].error)
    assert (found[1].state, found[1].attempts) == (JobState.DONE, 2)
    whole(store)
    assert list(room.iterdir()) == []


def test_cancelled_while_it_is_worked_on(store: Store, place: Path, file: Path) -> None:
    job = put_import(store, file)
    with running(store, place):
        child = held()
        store.cancel_job(job.id)
        child.resume()
        asked = time.monotonic()
        (found,) = ended(store, job)
        assert time.monotonic() - asked < LEASE
        wait(lambda: not children_at_work(psutil.Process()), 10)
    assert found.state is JobState.CANCELLED
    assert store.models() == []
    with running(store, place):
        store.retry_job(job.id)
        assert ended(store, job)[0].state is JobState.DONE


def test_a_runner_that_is_stopped_puts_its_jobs_back_at_once(store: Store, place: Path, file: Path) -> None:
    job = put_import(store, file)
    work = [*COMMAND, "work", "--twin", str(place), "--json"]
    runner = subprocess.Popen(work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)
    assert runner.stdout is not None
    assert json.loads(runner.stdout.readline())["scheduler"] is None
    held(runner.pid)  # and never let go: it must be ended as it is
    started = psutil.Process(runner.pid).children(recursive=True)
    runner.send_signal(signal.SIGTERM)
    assert runner.wait(20) == 0
    runner.stdout.close()
    found = store.job(job.id)
    assert (found.state, found.attempts, found.worker) == (JobState.QUEUED, 0, None)
    gone, alive = psutil.wait_procs(started, timeout=10)
    assert gone
    assert not alive
    with running(store, place):
        assert ended(store, job)[0].state is JobState.DONE


def server_at(place: Path) -> "subprocess.Popen[str]":
    serve = [*COMMAND, "serve", "--twin", str(place), "--port", "0", "--json"]
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)
    assert server.stdout is not None
    assert server.stdout.readline()
    return server


def test_a_server_works_on_jobs_and_puts_them_back(store: Store, place: Path, file: Path) -> None:
    job = put_import(store, file)
    server = server_at(place)
    assert ended(store, job)[0].state is JobState.DONE
    again = put_import(store, file, "P002")
    held(server.pid)
    family = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    server.communicate(timeout=40)
    assert (store.job(again.id).state, store.job(again.id).attempts) == (JobState.QUEUED, 0)
    assert not psutil.wait_procs(family, timeout=10)[1]


def test_the_runner_dies_with_its_server(store: Store, place: Path, file: Path) -> None:
    server = server_at(place)
    put_import(store, file)
    child = held(server.pid)
    family = psutil.Process(server.pid).children(recursive=True)
    mine = [p for p in family if "web.jobs" in " ".join(words_of(p))]
    assert len(mine) >= 2
    server.kill()
    server.communicate()
    with suppress(psutil.NoSuchProcess):
        child.resume()
    assert not psutil.wait_procs(mine, timeout=20)[1]
    whole(store)
    for left in family:  # granian's own workers outlive a killed parent
        if left.is_running():
            left.kill()


def test_a_runner_that_is_killed_is_followed_by_another(store: Store, place: Path, file: Path) -> None:
    server = server_at(place)
    try:
        for number in range(2):
            wait(lambda: runners(server.pid))
            (runner,) = runners(server.pid)
            runner.kill()
            job = put_import(store, file, f"P00{number}")
            assert ended(store, job)[0].state is JobState.DONE
        family = psutil.Process(server.pid).children(recursive=True)
        server.terminate()
        server.communicate(timeout=40)
        assert not psutil.wait_procs(family, timeout=10)[1]
    finally:
        server.kill()
        server.communicate()


def runners(server: int) -> list[psutil.Process]:
    """Return the processes that look for jobs, without their keeper and their children."""
    family = psutil.Process(server).children(recursive=True)
    return [p for p in family if words_of(p)[1:3] == ["-m", "web.jobs.runner"]]


def test_no_jobs_leaves_them_to_others(store: Store, place: Path, file: Path) -> None:
    job = put_import(store, file)
    serve = [*COMMAND, "serve", "--twin", str(place), "--port", "0", "--json", "--no-jobs"]
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)
    assert server.stdout is not None
    assert server.stdout.readline()
    time.sleep(1.5)
    assert store.job(job.id).state is JobState.QUEUED
    server.terminate()
    server.wait(30)
    server.stdout.close()
