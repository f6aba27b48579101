"""The runner: looks which jobs are to be done, and hands them to an executor; several may run, on several machines.

Nothing is lost with a runner: what it knows beyond the rows of the table is only which jobs it has handed out.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from twin.errors import TwinError
from twin.values.job import Job
from web.jobs.executors import DaskExecutor, scheduler
from web.jobs.work import run_job

if TYPE_CHECKING:
    from twin.store import Store

PERIOD = 0.5  # seconds between two looks
_LATER = 3.0  # seconds after something went wrong
_SPREADING = ("clash",)  # kinds that hand out portions of themselves: they are begun here, and their portions spread

log = logging.getLogger("twin.jobs")


class Runner:
    """Looks for jobs and hands them out, until it is stopped.

    place : what names the twin, as a worker on another machine finds it
    store : the same, opened
    only : ids of jobs; None: all
    period : seconds between two looks
    """

    def __init__(
        self, place: str, store: "Store", *, only: Collection[str] | None = None, period: float = PERIOD
    ) -> None:
        self._place, self._store, self._only, self._period = place, store, only, period
        self._stop = threading.Event()
        self._out: dict[str, Future[None]] = {}
        self._failed: dict[str, str] = {}  # id → what was logged of it last
        self._here = ThreadPoolExecutor(max(1, os.cpu_count() or 1), "jobs")  # threads that watch processes
        self._cluster: DaskExecutor | None = None

    def stop(self) -> None:
        """Ask `run` to end; safe in a signal handler."""
        self._stop.set()

    def reach(self) -> None:
        """Find the cluster, where there is one; raises a TwinError that says why not."""
        if scheduler() is not None:
            self._executor("import")

    def run(self) -> None:
        """Hand out jobs until `stop`; those that are worked on by this process are put back into the queue then."""
        pause, told = 0.0, ""
        try:
            while not self._stop.wait(pause):
                try:
                    self.look()
                    pause, told = self._period, ""
                except Exception as error:  # a defect, too: who looks no more is missed by nobody
                    self._forget_cluster()
                    known = isinstance(error, (TwinError, BrokenExecutor))
                    words = str(error) if known else f"{type(error).__name__}: {error}"
                    if words != told:  # once, however long it lasts
                        log.warning("no jobs are handed out: %s", words, exc_info=None if known else error)
                    pause, told = _LATER, words
        finally:
            self.close()

    def look(self) -> None:
        """Hand out the jobs that are to be done and are not out yet."""
        for id, future in list(self._out.items()):
            if future.done():
                del self._out[id]
                self._told(id, future)
        for job in self._store.claimable_jobs():
            if job.id not in self._out and (self._only is None or job.id in self._only):
                self._out[job.id] = self._hand_out(job)

    def _hand_out(self, job: Job) -> "Future[None]":
        executor = self._executor(job.kind)
        if executor is self._here:
            return executor.submit(run_job, self._place, job.id, self._stop.is_set)
        return executor.submit(run_job, self._place, job.id)

    def _executor(self, kind: str) -> Executor:
        address = scheduler()
        if address is None or kind in _SPREADING:
            return self._here
        if self._cluster is None or not self._cluster.lives:
            self._forget_cluster()
            self._cluster = DaskExecutor(address)
            log.info("the scheduler at %s answers", address)
        return self._cluster

    def _told(self, id: str, future: "Future[None]") -> None:
        """Say what ended a job's way through the executor; the job itself is in the table, and looked at again."""
        with suppress(BaseException):
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                log.warning("job %s was lost by the cluster: %s", id, error)
            elif error is not None and self._failed.get(id) != str(error):  # once, however often it is handed out
                log.error("job %s could not be worked on: %s", id, error)
            self._failed.pop(id, None)
            if error is not None:
                self._failed[id] = str(error)

    def _forget_cluster(self) -> None:
        if self._cluster is not None:
            self._cluster.shutdown(wait=False)
            self._cluster = None

    def close(self) -> None:
        """Put back what is worked on here, leave the cluster; what its workers have begun they finish."""
        self._stop.set()
        self._here.shutdown(wait=True, cancel_futures=True)
        self._forget_cluster()


def run_until_told(place: str, parent: int | None = None, started: Callable[[], None] = lambda: None) -> None:
    """Run a runner in this process until SIGTERM or Ctrl-C.

    parent : a process that this one ends with, however that ends
    started : called when it begins
    """
    from twin.store import Store
    from web.sandbox_walls import keep_to_oneself
    from web.workers import end_with_parent

    if parent is not None:
        end_with_parent(parent)
    keep_to_oneself()
    with Store.open(place, create=False) as store:
        runner = Runner(place, store)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        started()
        runner.run()


def main() -> None:
    """Run as the child of a keeper, which says by stdin what names the twin, and by the argument who it is."""
    place = sys.stdin.readline().strip()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    started = time.monotonic()
    code = 0
    try:
        run_until_told(place, int(sys.argv[1]))
    except TwinError as error:
        log.error("jobs are not worked on (%.0f s): %s", time.monotonic() - started, error)
        code = 1
    os._exit(code)


if __name__ == "__main__":
    main()
