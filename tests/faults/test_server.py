"""kill -9 of a server that takes changes and works on jobs: what it has acknowledged stays, and it starts again."""

import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from tests.faults.works import COMMAND, PATIENCE, WORKS, Twin, made, psutil_gone, sound, told, walls
from tests.house import ROOT
from web.cli.serve import free_port

TIMES = [1, pytest.param(22, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
pytestmark = pytest.mark.skipif("os.name != 'posix'", reason="SIGKILL")


class Served:
    """A server of a twin at a port that stays the same, however often it is killed."""

    def __init__(self, twin: Twin) -> None:
        self.twin, self.port = twin, free_port("127.0.0.1", 0)
        self.process = self.start()

    def start(self) -> "subprocess.Popen[str]":
        """Start it and wait until it says where it is."""
        words = ["serve", "--twin", self.twin.place, "--port", str(self.port), "--json"]
        environment = {**os.environ, **self.twin.environment}
        with open(self.twin.room / "serve.log", "ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *words],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                env=environment,
            )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, (self.twin.room / "serve.log").read_text("utf-8")
        assert json.loads(said)["url"]
        return self.process

    def kill(self, chance: random.Random) -> None:
        """Kill it, or a process that it started; it must be possible to start it again at the same port."""
        with psutil_gone():
            main = psutil.Process(self.process.pid)
            tree = [main, *main.children(recursive=True)]
            if chance.random() < 0.4:
                with psutil_gone():
                    chance.choice(tree).kill()
                time.sleep(chance.uniform(0.0, 0.3))
            main.kill()
            self.process.communicate()
            _, alive = psutil.wait_procs(tree[1:], timeout=15)
            assert alive == [], "processes of a killed server live on"

    def ask(self, method: str, path: str, value: Any = None) -> tuple[int, Any]:
        """Ask for something; raises OSError or HTTPException where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = None if value is None else json.dumps(value).encode()
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()


class Triage(threading.Thread):
    """Changes a clash as fast as it can, and remembers what was acknowledged and what was asked for last."""

    def __init__(self, served: Served, clash: str, first: int) -> None:
        super().__init__()
        self.served, self.path, self.next = served, f"/api/clashes/{quote(clash)}", first
        self.acknowledged, self.stopped = first - 1, threading.Event()

    def run(self) -> None:
        """Ask until it is told to stop, or nobody answers."""
        while not self.stopped.is_set():
            value = {"by": "test", "assignee": f"n{self.next}"}
            with suppress(OSError, http.client.HTTPException, ValueError):
                status, _ = self.served.ask("POST", self.path, value)
                assert status < 500
                if status == 200:
                    self.acknowledged = self.next
                self.next += 1
                continue
            self.next += 1
            time.sleep(0.02)


@pytest.mark.long
@pytest.mark.parametrize("times", TIMES)
def test_a_server_is_killed(tmp_path: Path, times: int) -> None:
    chance = random.Random(times)  # noqa: S311
    twin = made(str(tmp_path / "twin"), tmp_path)
    twin.good("clash", "run", "--project", "P0", "--tolerance", "0.002")
    with twin.opened() as store:
        clash = next(c.id for c in store.clashes("P0"))
    served = Served(twin)
    try:
        first = 1
        for number in range(times):
            runs, revisions = (sound(twin, WORKS[name]) for name in ("clash", "import"))
            file = twin.file(".ifc", walls(0.2 + number * 0.001))
            twin.good("import", "--queue", file, "--project", "P0")
            status, job = served.ask("POST", "/api/jobs", {"kind": "clash", "project": "P0"})
            assert status == 201, job
            triage = Triage(served, clash, first)
            triage.start()
            time.sleep(chance.uniform(0.2, 4.0))
            served.kill(chance)
            triage.stopped.set()
            triage.join()
            served.start()
            _, found = served.ask("GET", triage.path)
            assert triage.acknowledged <= int(found["assignee"].removeprefix("n") or 0) < triage.next
            first = triage.next
            _wait_for_jobs(served)
            assert sound(twin, WORKS["clash"]) == runs + 1
            assert sound(twin, WORKS["import"]) == revisions + 1
        told("server", [True] * times)
        os.kill(served.process.pid, signal.SIGTERM)
        assert served.process.wait(30) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(served.process.pid, signal.SIGKILL)
        served.process.communicate()


@pytest.mark.long
def test_a_worker_of_a_server_is_killed(tmp_path: Path) -> None:
    twin = Twin(str(tmp_path / "twin"), tmp_path)
    twin.good("init")
    served = Served(twin)
    try:
        for _ in range(2):
            main = psutil.Process(served.process.pid)
            for worker in main.children():
                if "web.jobs.runner" not in worker.cmdline():
                    worker.kill()
            ends = time.monotonic() + 60
            while True:
                assert served.process.poll() is None, "the server ended with its worker"
                with suppress(OSError, http.client.HTTPException):
                    if served.ask("GET", "/-/health")[0] == 200:
                        break
                assert time.monotonic() < ends, "the server does not answer any more"
                time.sleep(0.2)
            time.sleep(6)  # a worker that dies as soon as it was begun is not begun again
        os.kill(served.process.pid, signal.SIGTERM)
        assert served.process.wait(30) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(served.process.pid, signal.SIGKILL)
        served.process.communicate()


def _wait_for_jobs(served: Served) -> None:
    """Wait until all jobs are done."""
    ends = time.monotonic() + PATIENCE
    while True:
        _, listed = served.ask("GET", "/api/jobs")
        states = {job["state"] for job in listed["jobs"]}
        assert "failed" not in states, [job for job in listed["jobs"] if job["state"] == "failed"]
        if states <= {"done"}:
            return
        assert time.monotonic() < ends, listed
        time.sleep(0.3)
