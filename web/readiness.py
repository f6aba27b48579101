"""Can this server answer: is the database there and of this version, can blobs be read and written, is there a page.

Asked every few seconds by whoever spreads requests, so what was found is good for two seconds, and no answer takes
longer than three: what has not answered by then counts as not there.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import NotBuilt, TwinError
from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from twin.store import Store

GOOD_FOR, PATIENCE = 2.0, 3.0  # seconds
WRITES_AFTER = 30.0  # seconds; between them blobs are only read


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `problem` says what is wrong with it."""

    name: str
    seconds: float
    problem: Sentence | None = None


class Readiness:
    """What is to be looked at, and what was found last; safe to share between threads."""

    def __init__(self, store: "Store", page: Path) -> None:
        self._store = store
        self._looks: dict[str, Callable[[], None]] = {
            "database": store.check,
            "blobs": self._blobs,
            "page": lambda: _page(page),
        }
        self._lock = threading.Lock()
        self._found: tuple[float, list[Check]] | None = None
        self._written = float("-inf")
        self._pool: ThreadPoolExecutor | None = None
        self._pending: dict[str, Future[None]] = {}

    def checks(self) -> list[Check]:
        """Return what is found, as it was two seconds ago at most."""
        with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > GOOD_FOR:
                ends = time.monotonic() + PATIENCE
                for name, look in self._looks.items():
                    if name not in self._pending:
                        self._pending[name] = self._threads().submit(look)
                found = [self._look(name, ends) for name in self._looks]
                self._found = time.monotonic(), found
            return self._found[1]

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(self._looks), thread_name_prefix="readiness")
        return self._pool

    def _look(self, name: str, ends: float) -> Check:
        began = time.monotonic()
        pending = self._pending[name]
        try:
            pending.result(max(0.0, ends - began))
        except TimeoutError:
            if not pending.done():  # it is looked at again when it has come back
                slow = say("{name} did not answer within {seconds} s.", name=name, seconds=PATIENCE)
                return Check(name, time.monotonic() - began, slow)
            del self._pending[name]
            return Check(name, time.monotonic() - began, say("{name} failed: {error}.", name=name, error="timeout"))
        except TwinError as error:
            del self._pending[name]
            return Check(name, time.monotonic() - began, error.sentence)
        except Exception as error:  # noqa: BLE001  (whatever it is, the server is not ready)
            del self._pending[name]
            failed = say("{name} failed: {error}.", name=name, error=type(error).__name__)
            return Check(name, time.monotonic() - began, failed)
        del self._pending[name]
        return Check(name, time.monotonic() - began)

    def _blobs(self) -> None:
        writes = time.monotonic() - self._written > WRITES_AFTER
        self._store.blobs.check(writable=writes)
        if writes:
            self._written = time.monotonic()


def _page(folder: Path) -> None:
    if not (folder / "index.html").is_file():
        raise NotBuilt("The page is not built: run `make demo` or `pip install .` in the source folder.")
