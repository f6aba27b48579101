"""Where work is done: the processes of this machine, or the workers of a Dask cluster (TWIN_SCHEDULER).

Both are `concurrent.futures` executors, so whoever hands out work does not know which.  Dask is imported when it is
asked for.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from twin.errors import InvalidInput, TwinError
from web.workers import end_with_parent, worker_pool

T = TypeVar("T")
_LOUD = ("distributed", "distributed.client", "tornado.application")  # Dask gives each a level of its own
_CONNECT = 10.0  # seconds to find a scheduler
_RUNNING = "running"


def scheduler() -> str | None:
    """Return the address of the cluster's scheduler (TWIN_SCHEDULER); None where there is no cluster."""
    return os.environ.get("TWIN_SCHEDULER") or None


def executor() -> Executor:
    """Return an executor for portions of work: a process for each core, or the workers of the cluster."""
    address = scheduler()
    return worker_pool() if address is None else DaskExecutor(address)


class DaskExecutor(Executor):
    """The workers of a Dask cluster; all that ends a task but its own error is a `BrokenExecutor`.

    Raises InvalidInput where Dask is not installed, TwinError where no scheduler answers.
    """

    # what takes its place when it breaks: see `twin.judgement.clash.workers`
    _mp_context: BaseContext | None = None
    _max_workers = max(1, os.cpu_count() or 1)
    _initializer = staticmethod(end_with_parent)

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise InvalidInput(
                "TWIN_SCHEDULER is set, but Dask is not installed: `pip install 'city-twin[grown]'`."
            ) from error
        for name in _LOUD:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told here, once
        self._initargs = (os.getpid(),)
        try:
            self._client = Client(address, timeout=_CONNECT, set_as_default=False, name="twin")
        except OSError as error:  # a timeout is one, too
            raise TwinError(
                "No scheduler answers at {address} (TWIN_SCHEDULER): start it, or unset the variable to work on this"
                " machine alone.",
                address=address,
            ) from error
        except ValueError as error:  # a scheme that Dask does not know
            raise InvalidInput("TWIN_SCHEDULER is {address}: write it as tcp://host:8786.", address=address) from error
        self._executor = self._client.get_executor(pure=False)

    @property
    def lives(self) -> bool:
        """Does the scheduler answer."""
        return str(self._client.status) == _RUNNING

    def submit(self, function: Callable[..., T], /, *arguments: Any, **options: Any) -> "Future[T]":
        """Hand out one piece of work."""
        if not self.lives:
            raise BrokenExecutor("the scheduler has gone")
        try:
            inner: Future[T] = self._executor.submit(function, *arguments, **options)
        except RuntimeError as error:
            raise BrokenExecutor(str(error)) from error
        outer: Future[T] = Future()
        outer.set_running_or_notify_cancel()

        def pass_on(ended: "Future[T]") -> None:
            try:
                outer.set_result(ended.result())
            except BaseException as error:  # noqa: BLE001  (it is another's, and goes where the result would)
                outer.set_exception(_meant(error))

        inner.add_done_callback(pass_on)
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what was handed out and not begun is forgotten."""
        with contextlib.suppress(Exception):  # the scheduler may have gone first
            self._executor.shutdown(wait=wait and self.lives)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)


def _meant(error: BaseException) -> BaseException:
    """Return what an error means to whoever handed out the work."""
    from distributed import KilledWorker

    foreign = type(error).__module__.partition(".")[0] == "distributed"
    if foreign or isinstance(error, (KilledWorker, CancelledError, asyncio.CancelledError)):
        return BrokenExecutor(str(error) or "the cluster forgot the work")
    return error
