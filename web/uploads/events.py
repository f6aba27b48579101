"""How far a job is, told as it goes (server-sent events), within the few threads that a server has.

A thread of the server is busy as long as a stream is open.  So a stream ends by itself after a while and the browser
asks anew, and at most half of the threads stream: whoever comes then is told to ask now and then instead.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from twin.errors import NotFound, TwinError
from twin.values.job import Job
from web.settings import THREADS

SECONDS = 25.0  # of one stream
PERIOD = 0.3  # seconds between two looks
QUIET = 5.0  # seconds after which something is written even if nothing happens: a client that has gone shows then
RETRY = 1000  # milliseconds after which a browser asks anew


class Streams:
    """Counts the streams of a server's worker; safe to share between threads."""

    def __init__(self, most: int = THREADS // 2) -> None:
        self._free = threading.BoundedSemaphore(most)

    def open(self, look: Callable[[], Job], tell: Callable[[Job], dict[str, Any]]) -> "Stream | None":
        """Return a stream about a job; None where too many are open.

        look : returns the job as it is
        tell : returns it as JSON
        """
        return Stream(look, tell, self._free.release) if self._free.acquire(blocking=False) else None


class Stream:
    """The bytes of one stream; `close` gives its place back, also when nobody has read any of it."""

    def __init__(
        self, look: Callable[[], Job], tell: Callable[[Job], dict[str, Any]], release: Callable[[], None]
    ) -> None:
        self._look, self._tell, self._release = look, tell, release
        self._lock = threading.Lock()
        self._open = True
        self._events = self._written()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """Return the next bytes, when there are some."""
        try:
            return next(self._events)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it, once."""
        with self._lock:
            was_open, self._open = self._open, False
        if was_open:
            self._release()

    def __del__(self) -> None:
        self.close()

    def _written(self) -> Iterator[bytes]:
        ends = time.monotonic() + SECONDS
        yield f"retry: {RETRY}\n\n".encode()
        told: dict[str, Any] | None = None
        wrote = time.monotonic()
        while self._open:
            try:
                job = self._look()
            except NotFound:
                return
            except TwinError:  # the database is busy: the next look may do
                job = None
            if job is not None and (said := self._tell(job)) != told:
                told, wrote = said, time.monotonic()
                yield event("end" if job.state.ended else "progress", said)
                if job.state.ended:
                    return
            if time.monotonic() > ends:
                return
            if time.monotonic() - wrote > QUIET:
                wrote = time.monotonic()
                yield b": still here\n\n"
            time.sleep(PERIOD)


def event(name: str, value: dict[str, Any]) -> bytes:
    r"""Return one event.

    >>> event("end", {"state": "done"})
    b'event: end\ndata: {"state": "done"}\n\n'
    """
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
