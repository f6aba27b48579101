"""A runner beside a server: it begins and ends with it, and one that dies is followed by another."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from web.workers import house_environment

_END = 10.0  # seconds to put back what it works on


@contextlib.contextmanager
def runner_beside(place: str, *, wanted: bool = True) -> Iterator[None]:
    """Have a runner at work while the block lasts; to be used by the main thread, with which it ends whatever happens.

    place : what names the twin; it may hold a password, so it goes through a pipe and not through the arguments
    """
    if not wanted:
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "web.jobs.keeper", str(os.getpid()), "web.jobs.runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=house_environment(),
        start_new_session=True,  # Ctrl-C is for the server, which then tells its runner
        encoding="utf-8",
    )
    try:
        assert process.stdin is not None
        with contextlib.suppress(OSError), process.stdin as pipe:
            pipe.write(place + "\n")
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END)
        process.kill()
        process.wait()
