"""Processes of a pool that end with the process that started them, however that ends (kill -9, out of memory)."""

import os
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from multiprocessing.context import BaseContext
from pathlib import Path

_SIGKILL = 9
_LOOK = 1.0  # seconds between looks at the parent, where the system does not tell of its end


def house_environment() -> dict[str, str]:
    """Return the environment of a Python process that is to find the packages of the house."""
    root, given = str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, given] if given else [root])}


def worker_pool(context: BaseContext | None = None) -> ProcessPoolExecutor:
    """Return an executor with a process for each core; it starts them when work comes, and none outlives this one.

    It is to be used by the thread that made it: Linux ends the processes with the thread that started them.
    """
    workers = max(1, os.cpu_count() or 1)
    return ProcessPoolExecutor(workers, context, initializer=end_with_parent, initargs=(os.getpid(),))


def end_with_parent(parent: int) -> None:
    """See to it that this process ends when its parent, a process id, does: else it would wait for work for ever."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # <linux/prctl.h>
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, _SIGKILL)
        if os.getppid() != parent:  # it has ended already
            os._exit(1)
    else:
        threading.Thread(target=_wait_for_parent, args=(parent,), daemon=True).start()


def _wait_for_parent(parent: int) -> None:
    """End this process with its parent: where processes are spawned no sister holds the pipe between the two open.

    One that `multiprocessing` did not start has no such pipe: it looks now and then who its parent is.
    """
    started_by = parent_process()
    if started_by is not None:
        started_by.join()
    elif os.name == "posix":
        while os.getppid() == parent:
            time.sleep(_LOOK)
    else:
        return  # Windows goes on to name a parent that has ended
    os._exit(1)
