"""Writes the audit, and when keys were last used, without making requests wait for a busy database.

A thread writes what has come together within a second, and ends when there is nothing to write.  Whoever changed
something waits until that is written, but not for ever: a database that takes no writing fails no request.
"""

import atexit
import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from twin.errors import TwinError
from twin.values.person import SEEN, AuditEntry

if TYPE_CHECKING:
    from twin.store import Store

PAUSE = 1.0  # seconds in which things come together
PATIENCE = 5.0  # seconds that who changed something waits at most
MOST = 20_000  # entries that are held while the database takes none
_BATCH = 500

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    entry: AuditEntry
    written: threading.Event = field(default_factory=threading.Event)


class Recorder:
    """One for each app; its methods may be called by any thread."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._urgent = threading.Event()
        self._waiting: list[_Waiting] = []
        self._seen: dict[str, datetime] = {}
        self._used: dict[str, datetime] = {}
        self._thread: threading.Thread | None = None
        self._closed = False
        self._registered = False

    def record(self, entry: AuditEntry, *, wait: bool = False) -> None:
        """Add to the audit; with `wait` it is written when this returns, unless the database is busy for long."""
        waiting = _Waiting(entry)
        with self._lock:
            if len(self._waiting) < MOST or entry.action != SEEN:
                self._waiting.append(waiting)
        self._work(urgent=wait)
        if wait and not waiting.written.wait(PATIENCE):
            _log.warning("the audit waits for the database: %s by %s", entry.action, entry.who)

    def session_seen(self, key_sha256: str, at: datetime) -> None:
        """Keep when a session was last used."""
        with self._lock:
            self._seen[key_sha256] = at
        self._work()

    def token_used(self, token_id: str, at: datetime) -> None:
        """Keep when a token was last used."""
        with self._lock:
            self._used[token_id] = at
        self._work()

    def flush(self) -> bool:
        """Write all there is; False where the database did not take it, which then stays."""
        with self._writing:
            while True:
                with self._lock:
                    batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                    seen, self._seen = self._seen, {}
                    used, self._used = self._used, {}
                if not (batch or seen or used):
                    return True
                try:
                    self._store.record([one.entry for one in batch], list(seen.items()), list(used.items()))
                except Exception as error:  # noqa: BLE001  (whatever it is must not end the thread that writes)
                    with self._lock:
                        self._waiting = batch + self._waiting
                        self._seen = seen | self._seen
                        self._used = used | self._used
                    log = _log.warning if isinstance(error, TwinError) else _log.error
                    log("the audit could not be written, it is tried again: %s", error)
                    return False
                for one in batch:
                    one.written.set()

    def close(self) -> None:
        """Write what is left, once."""
        self._closed = True
        atexit.unregister(self.close)
        self.flush()

    def _work(self, *, urgent: bool = False) -> None:
        """See to it that a thread writes, soon or at once."""
        with self._lock:
            if urgent:
                self._urgent.set()
            if self._thread is not None or self._closed:
                return
            self._thread = threading.Thread(target=self._run, name="twin-audit", daemon=True)
            self._thread.start()
            if not self._registered:
                self._registered = True
                atexit.register(self.close)
                Finalize(None, self.close, exitpriority=10)  # a server's worker ends without `atexit`

    def _run(self) -> None:
        while True:
            self._urgent.wait(PAUSE)
            self._urgent.clear()
            if not self.flush():
                time.sleep(PAUSE)
            with self._lock:
                if self._closed or not (self._waiting or self._seen or self._used):
                    self._thread = None
                    return
