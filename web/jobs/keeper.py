"""Keeps a process of the house at work: `python -m web.jobs.keeper PARENT MODULE`, told on stdin what to tell it.

What a server starts is this and not a runner itself: a server's own process has no thread to spare that could look
after one (its workers are forked).  It does next to nothing, so that it is the last to die when memory runs out; it
ends with the server, and the runner with it.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from web.workers import end_with_parent

PAUSE, LONGEST = 1.0, 60.0  # seconds until another is started: twice as long each time, unless one lived long
_LOOK = 0.1

log = logging.getLogger("twin.jobs")


class Keeper:
    """Starts `python -m MODULE PID-OF-THIS-PROCESS`, and another when it ends, until it is told to stop.

    words : what each is told on stdin
    """

    def __init__(self, module: str, words: str) -> None:
        self._module, self._words = module, words
        self._process: subprocess.Popen[str] | None = None
        self._told = threading.Event()  # nobody waits for it, so a signal handler may set it

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """End what is kept, and `run`: a signal handler."""
        self._told.set()
        if self._process is not None:
            self._process.terminate()

    def run(self) -> None:
        """Keep one at work until `stop`."""
        pause = PAUSE
        while not self._told.is_set():
            began = time.monotonic()
            code = self._one()
            if self._told.is_set():
                return
            pause = PAUSE if time.monotonic() - began > LONGEST else pause
            log.warning("what works on jobs has ended (%s): another begins in %.0f s", code, pause)
            self._wait(pause)
            pause = min(2 * pause, LONGEST)

    def _one(self) -> int | str:
        """Start one, and return its exit code when it has ended, or why it did not start."""
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", self._module, str(os.getpid())], stdin=subprocess.PIPE, encoding="utf-8"
            )
        except OSError as error:  # no memory for another process
            return str(error)
        self._process = process
        if self._told.is_set():  # meanwhile, when there was nothing to stop yet
            process.terminate()
        assert process.stdin is not None
        with contextlib.suppress(OSError), process.stdin as pipe:
            pipe.write(self._words)
        return process.wait()

    def _wait(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self._told.is_set() and time.monotonic() < ends:
            time.sleep(_LOOK)


def main() -> None:
    """Keep a module at work as the child of a process that the arguments name."""
    end_with_parent(int(sys.argv[1]))
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    keeper = Keeper(sys.argv[2], sys.stdin.readline())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    keeper.run()


if __name__ == "__main__":
    main()
