"""Who a key belongs to: sessions of browsers, tokens of programs. Keys are random; only their hashes are kept.

What was found is remembered for two seconds, so that a page with its hundred requests asks the database once; a right
that was taken away is gone everywhere after that time, and at once where it was taken.
"""

import hashlib
import secrets
import string
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from twin.values.person import Session, Token, User, plain_text
from twin.values.rights import Identity, Role

if TYPE_CHECKING:
    from twin.store import Store
    from web.people.recorder import Recorder
    from web.people.settings import PeopleSettings

REMEMBERED = 2.0  # seconds
NOTED = timedelta(seconds=60)  # a use is written down so often at most
_MOST = 10_000
_BASE62 = string.ascii_letters + string.digits
TOKEN_START, TOKEN_LENGTH = "twin_", 40


def hash_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def new_token() -> str:
    """Return a new key for a program: 238 random bits."""
    return TOKEN_START + "".join(secrets.choice(_BASE62) for _ in range(TOKEN_LENGTH))


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Found:
    identity: Identity
    until: float  # by the monotonic clock


class Keys:
    """What keys mean; one for each app."""

    def __init__(
        self,
        store: "Store",
        recorder: "Recorder",
        settings: "PeopleSettings",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._idle = timedelta(hours=settings.idle_hours)
        self._life = timedelta(hours=settings.session_hours)
        self._now = now
        self._lock = threading.Lock()
        self._found: OrderedDict[str, _Found] = OrderedDict()
        self._uses: OrderedDict[str, datetime] = OrderedDict()  # hash of a key → its last use that was noted

    def of_session(self, key: str) -> Identity | None:
        """Return who signed in with a session; None where that is over."""
        return self._remembered(hash_of(key), self._session)

    def of_token(self, key: str) -> Identity | None:
        """Return what program has a token; None where it is not valid, or not any more."""
        if not (key.startswith(TOKEN_START) and len(key) == len(TOKEN_START) + TOKEN_LENGTH):
            return None
        return self._remembered(hash_of(key), self._token)

    def start_session(self, owner: User, address: str, agent: str, replaces: str | None) -> tuple[str, Identity]:
        """Start a session in the place of the one that the browser had, if any; return its key and who it is."""
        now, key = self._now(), secrets.token_urlsafe(32)
        shown = plain_text(agent, 200)
        new = Session(hash_of(key), owner.id, secrets.token_urlsafe(24), now, now, now + self._life, address, shown)
        self._store.start_session(new, hash_of(replaces) if replaces else None)
        self.forget()
        return key, person(owner, new.csrf)

    def end_session(self, key: str) -> None:
        """End a session."""
        self._store.end_session(hash_of(key))
        self.forget()

    def forget(self) -> None:
        """Look everybody up anew: somebody's rights have changed."""
        with self._lock:
            self._found.clear()

    def _remembered(self, key_sha256: str, find: Callable[[str], Identity | None]) -> Identity | None:
        clock = time.monotonic()
        with self._lock:
            known = self._found.get(key_sha256)
        if known is not None and known.until > clock:
            return known.identity
        identity = find(key_sha256)
        with self._lock:
            if identity is None:
                self._found.pop(key_sha256, None)
            else:
                self._found[key_sha256] = _Found(identity, clock + REMEMBERED)
                self._found.move_to_end(key_sha256)
                while len(self._found) > _MOST:
                    self._found.popitem(last=False)
        return identity

    def _session(self, key_sha256: str) -> Identity | None:
        found = self._store.session(key_sha256)
        if found is None:
            return None
        session, owner = found
        now = self._now()
        last = max(session.seen_at, self._uses.get(key_sha256, session.seen_at))
        if owner.disabled or now >= session.expires_at or now - last >= self._idle:
            return None
        if self._is_new_use(key_sha256, last, now):
            self._recorder.session_seen(key_sha256, now)
        return person(owner, session.csrf)

    def _token(self, key_sha256: str) -> Identity | None:
        found = self._store.token(key_sha256)
        if found is None:
            return None
        token, owner = found
        now = self._now()
        if owner.disabled or (token.expires_at is not None and now >= token.expires_at):
            return None
        if self._is_new_use(key_sha256, token.last_used_at, now):
            self._recorder.token_used(token.id, now)
        return program(token, owner)

    def _is_new_use(self, key_sha256: str, last: datetime | None, now: datetime) -> bool:
        """Tell whether a use is to be written down, and keep that it is."""
        with self._lock:
            noted = self._uses.get(key_sha256, last)
            if noted is not None and now - noted < NOTED:
                return False
            self._uses[key_sha256] = now
            self._uses.move_to_end(key_sha256)
            while len(self._uses) > _MOST:
                self._uses.popitem(last=False)
        return True


def person(user: User, csrf: str) -> Identity:
    """Return somebody who signed in by a browser."""
    return Identity("person", user.name, user.display_name, user.id, user.role, dict(user.grants), None, csrf)


def program(token: Token, owner: User) -> Identity:
    """Return a program: it may what its owner may, and no more than its token says."""
    granted = {project: min(role, token.role) for project, role in owner.grants.items()}
    shown = f"{owner.name}/{token.name}"
    role: Role = min(owner.role, token.role)
    return Identity("program", owner.name, shown, owner.id, role, granted, token.projects)
