"""One job, from claim to end: the work is done in a process of its own, this one watches it and gives the heartbeats.

`run_job` is what is handed to an executor.  It needs no memory of the process that asked for it, only the place of the
twin, so it may run on another machine.
"""

import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from twin.errors import TwinError
from twin.values.job import LEASE, MOST_ATTEMPTS, Job, JobState
from twin.values.sentence import Sentence, say, unpack
from web.folders import remove_tree
from web.jobs.child import unexpected
from web.workers import house_environment

if TYPE_CHECKING:
    from twin.store import Store

BEAT = 2.0  # seconds between heartbeats
STEP = 0.5  # seconds between two that tell progress
AGAIN = 10.0  # seconds until what met a busy store is put back, times the attempts it has had
_LOOK = 0.1  # seconds after which a watcher looks whether it is to stop
_END = 3.0  # seconds that a process has to end when it is told to, before it is killed
_LARGE = 2 * 1024**3  # bytes of a file of which nothing is said
_CHILD = "web.jobs.child"
_STORE = "store"  # the stage in which an import is kept

log = logging.getLogger("twin.jobs")


def run_job(place: str, job_id: str, stopping: Callable[[], bool] | None = None) -> None:
    """Do a job if nobody else does: claim it, work, finish it.  All that comes of it is in its row.

    place : what names the twin
    stopping : tells that this process is to end: the job is put back then
    """
    from twin.store import Store

    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    with Store.open(place, create=False) as store:
        job = store.claim_job(job_id, worker)
        if job is not None:
            log.info("job %s (%s %s) begun by %s, attempt %d", job.id, job.kind, job.project, worker, job.attempts)
            _Watch(store, job, place, stopping or worker_closes).work()
            log.info("job %s: %s", job.id, store.job(job.id).state)


def worker_closes() -> bool:
    """Tell whether this is a worker of a Dask cluster that is about to end."""
    if "distributed" not in sys.modules:
        return False
    from distributed import get_worker

    try:
        return str(get_worker().status.name) in ("closing", "closed", "failed", "closing_gracefully")
    except ValueError:  # no worker at all
        return False


class _Watch:
    """Follows the process that works on a job."""

    def __init__(self, store: "Store", job: Job, place: str, stopping: Callable[[], bool]) -> None:
        self._store, self._job, self._place, self._stopping = store, job, place, stopping
        self._worker = job.worker or ""
        self._progress: tuple[str, int, int] | None = None
        self._stage = ""
        self._beaten = self._stepped = time.monotonic()
        self._patience = _patience(job)
        self._mine = True
        self._room = tempfile.mkdtemp(prefix="twin-job-")  # gone however it ends
        try:
            self._process = self._begun()
        except BaseException:
            remove_tree(self._room)
            raise

    def _begun(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", _CHILD, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**house_environment(), **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), self._room)},
            start_new_session=True,  # Ctrl-C is for whoever watches
        )
        assert process.stdin is not None
        # not as an argument, which everybody on the machine can read: the place may hold a password
        words = {"place": self._place, "job": self._job.id, "worker": self._worker}
        with contextlib.suppress(OSError), process.stdin as pipe:
            pipe.write(json.dumps(words).encode())
        return process

    def work(self) -> None:
        """Watch until the job has ended or is no longer ours."""
        ended: tuple[str, Any]
        try:
            ended = self._ended()
        except Exception as error:  # a defect: a job that nobody ends would seem to be at work
            log.exception("job %s cannot be watched", self._job.id)
            ended = "refused", ["TwinError", unexpected(error).packed()]
        finally:
            self._end()
        if ended[0] == "busy" and not self._later():
            ended = "stopping", None
        self._finish(*ended)

    def _later(self) -> bool:
        """Hold a job that met a busy store for a while, so that its attempts are not over before the trouble is;
        False: it is not to be held any longer."""
        attempts = self._job.attempts
        ends = time.monotonic() + (AGAIN * attempts if attempts < MOST_ATTEMPTS else 0.0)
        while time.monotonic() < ends:
            if self._stopping() or not self._beat():
                return False
            self._pause()
        return True

    def _ended(self) -> tuple[str, Any]:
        """Return ("result", JSON), ("refused" or "busy", [title, packed sentence]), ("died", code), ("hung", seconds)
        or, where it was cancelled, is somebody else's or this process is to end, ("stopping", None)."""
        for message in self._messages():
            if message is not None:
                kind, *values = message
                if kind == "step":
                    self._stage = str(values[0])
                    self._progress = (self._stage, int(values[1]), int(values[2]))
                    self._stepped = time.monotonic()
                else:
                    return kind, values[0] if kind == "result" else values
            if not self._beat():
                return "stopping", None
            # What is kept waits for other writers, who may be many, and takes no step meanwhile: the store has a
            # patience of its own, and the file can no longer be what hangs.
            if self._stage != _STORE and time.monotonic() - self._stepped > self._patience:
                return "hung", self._patience
            if self._stopping():
                return "stopping", None
        return "died", self._process.wait()

    def _messages(self) -> Iterator[list[Any] | None]:
        """Yield what the process says, line by line, and None now and then, until it has ended."""
        assert self._process.stdout is not None
        reading, buffer = self._process.stdout.fileno(), b""
        while True:
            if not select.select([reading], [], [], _LOOK)[0]:
                yield None
                continue
            content = os.read(reading, 1 << 20)
            if not content:
                return
            *lines, buffer = (buffer + content).split(b"\n")
            yield from map(json.loads, lines)

    def _beat(self) -> bool:
        """Give a heartbeat when one is due; False: stop."""
        since = time.monotonic() - self._beaten
        if since < (BEAT if self._progress is None else STEP):
            return True
        try:
            self._mine = self._store.advance_job(self._job.id, self._worker, self._progress)
        except TwinError as error:  # the database is busy or away; who cannot say that it lives loses the job
            log.warning("no heartbeat of job %s: %s", self._job.id, error)
            self._mine = since < LEASE
            self._pause()
            return self._mine
        self._beaten, self._progress = time.monotonic(), None
        return self._mine

    def _pause(self) -> None:
        time.sleep(_LOOK)

    def _end(self) -> None:
        """End the process and all that it has started."""
        process = self._process
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        remove_tree(self._room)

    def _finish(self, kind: str, value: Any) -> None:
        id, worker = self._job.id, self._worker

        def ended() -> None:
            if kind in ("stopping", "lost"):
                self._store.release_job(id, worker)  # one that was cancelled ends so, another's stays as it is
            elif kind == "died" and value in (-signal.SIGKILL, -signal.SIGTERM):
                self._store.release_job(id, worker, tried=True)  # no fault of the file: memory, or somebody's hand
            elif kind == "busy":
                self._store.release_job(id, worker, tried=True, problem=(value[0], unpack(value[1])))
            elif kind == "result":
                self._store.finish_job(id, worker, state=JobState.DONE, result=value)
            else:
                title, sentence = self._problem(kind, value)
                self._store.finish_job(id, worker, state=JobState.FAILED, result={"title": title}, error=sentence)

        persist(ended)

    def _problem(self, kind: str, value: Any) -> tuple[str, Sentence]:
        """Return the name of the error that ended a job, and what to say."""
        from web.cli.guard import crashed, hung

        file = str(self._job.arguments.get("file", ""))
        if kind == "refused":
            return value[0], unpack(value[1])
        if kind == "hung":
            return "UnreadableModel", hung(value, file).sentence
        if file and value < 0:
            return "UnreadableModel", crashed(value, file).sentence
        return "TwinError", say("The work ended unexpectedly (exit code {code}): the log says why.", code=value)


def _patience(job: Job) -> float:
    """Return the seconds without a step after which work on a job is given up."""
    from web.cli.guard import patience

    return patience(int(job.arguments.get("size", _LARGE))) if job.kind == "import" else float("inf")


def persist(act: Callable[[], None], seconds: float = LEASE) -> None:
    """Do what writes the end of a job; while the database is busy or away it is tried again for a while."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return act()
        except TwinError as error:
            if time.monotonic() > ends:
                raise
            log.warning("the end of a job is not written yet: %s", error)
            threading.Event().wait(0.5)
