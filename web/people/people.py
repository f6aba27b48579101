"""Signing in and out, passwords and tokens: what the routes of people ask for. Knows no Flask."""

import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from twin.errors import InvalidInput, NotAllowed, NotSignedIn
from twin.values.person import AuditEntry, Credentials, Token, User, normal_name, plain_text
from twin.values.rights import Identity, Role
from web.people import passwords
from web.people.keys import Keys, hash_of, new_token, utc_now
from web.people.recorder import Recorder

if TYPE_CHECKING:
    from twin.store import Store
    from web.people.settings import PeopleSettings

FLOOR = 0.6  # seconds that being refused takes at least: how long it took tells nothing about a name
LONGEST_TOKEN_LIFE = timedelta(days=366 * 5)


class People:
    """One for each app."""

    def __init__(
        self, store: "Store", settings: "PeopleSettings", now: Callable[[], datetime] = utc_now, floor: float = FLOOR
    ) -> None:
        self.store = store
        self.settings = settings
        self.recorder = Recorder(store)
        self.keys = Keys(store, self.recorder, settings, now)
        self.now = now
        self._floor = floor

    def close(self) -> None:
        """Write down what is not written yet."""
        self.recorder.close()

    def by_password(self, name: str, password: str, address: str) -> User:
        """Return who has this name and password.

        Raises
        ------
        NotSignedIn : there is nobody with both, or too many wrong passwords came before; which it is, is not told.
        """
        started = time.monotonic()
        name = normal_name(name)
        found = self.store.credentials(name)
        owner = self._checked(name, password, found)
        outcome = "refused" if owner is None else "signed in"
        # of who is nobody the name is not kept: people type passwords there
        entry = AuditEntry(self.now(), name if found else "", address, "sign_in", outcome=outcome)
        self.recorder.record(entry, wait=owner is not None)
        if owner is None:
            time.sleep(max(0.0, self._floor - (time.monotonic() - started)))
            raise NotSignedIn(
                "The name or the password is wrong, or there were too many attempts: try again, after some minutes "
                "if need be."
            )
        return owner

    def _checked(self, name: str, password: str, found: Credentials | None) -> User | None:
        """Return the user whose password this is; it takes as long for names that are nobody's."""
        right, renewed = passwords.matches(password, found.password_hash if found else None)
        if found is None or found.disabled or found.password_hash is None:
            return None
        if found.locked_until is not None and self.now() < found.locked_until:
            return None
        if not right:
            self.store.note_failure(found.user_id, self.now())
            return None
        self.store.note_success(found.user_id, renewed)
        return self.store.user(name)

    def set_password(self, name: str, new: str) -> User:
        """Give a user a new password, which ends all sessions; raises InvalidInput for one that is soon guessed."""
        self._no_subject(name)
        changed = self.store.change_user(name, password_hash=passwords.hashed(new, name))
        self.keys.forget()
        return changed

    def _no_subject(self, name: str) -> None:
        if self.store.user(name).subject is not None:
            raise InvalidInput("{name} signs in by single sign-on and has no password here.", name=name)

    def add_user(self, name: str, display_name: str, role: Role, password: str | None) -> User:
        """Add a user; without a password they cannot sign in before they are given one."""
        kept = None if password is None else passwords.hashed(password, normal_name(name))
        return self.store.add_user(name, at=self.now(), display_name=display_name, role=role, password_hash=kept)

    def issue_token(
        self, owner: str, name: str, role: Role, projects: Iterable[str] | None, expires_at: datetime | None
    ) -> tuple[str, Token]:
        """Make a token; its key is known only now.

        Raises
        ------
        InvalidInput : it has no name, no role, or ends too late or already.
        """
        now = self.now()
        if expires_at is not None and not now < expires_at <= now + LONGEST_TOKEN_LIFE:
            raise InvalidInput("A token ends in the future, and within five years.")
        if role is Role.PUBLIC:
            raise InvalidInput("A token needs a role: viewer, engineer, manager or administrator.")
        if not name.strip():
            raise InvalidInput("A token needs a name that says which program has it.")
        held = None if projects is None else frozenset(projects)
        for project in held or ():
            self.store.check_code(project)
        key = new_token()
        made = self.store.add_token(
            owner,
            id=secrets.token_hex(6),
            key_sha256=hash_of(key),
            name=name,
            role=role,
            projects=held,
            at=now,
            expires_at=expires_at,
        )
        return key, made


def who_of(identity: Identity) -> str:
    """Return who it was, for the audit and for the history of clashes."""
    if identity.kind == "program":
        return plain_text(identity.display_name, 200)
    return identity.name or identity.kind


def administering(identity: Identity) -> None:
    """Raise unless somebody may administer the whole twin; a token for some projects may not."""
    if identity.kind == "public":
        raise NotSignedIn("Sign in first: this is not public.")
    if identity.role < Role.ADMINISTRATOR or identity.limit is not None:
        raise NotAllowed("You have no right to do that: ask an administrator of the twin.")
