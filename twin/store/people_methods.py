"""What the store does for people and programs; a part of `Store`."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update

from twin.store import audit, people, write
from twin.store.connect import reading, writing
from twin.store.tables import twin
from twin.values.person import AuditEntry, Credentials, Session, Token, User, checked_display_name, checked_name
from twin.values.rights import Role


class PeopleMethods:
    """Users, sessions, tokens, and the log of who did what. None of it raises `Store.changes`.

    What happens often, signing in and writing down, waits for no import where the engine allows that; what must not
    be done twice at once, such as taking the last administrator's role away, does.
    """

    _engine: Engine

    def users(self) -> list[User]:
        """Return all users in the order of their names."""
        with reading(self._engine) as connection:
            return people.all_users(connection)

    def user(self, name: str) -> User:
        """Return a user by name."""
        with reading(self._engine) as connection:
            return people.user(connection, name)

    def user_of_subject(self, subject: str) -> User | None:
        """Return who the single sign-on means by a subject; None for somebody who was never here."""
        with reading(self._engine) as connection:
            return people.find_user(connection, subject=subject)

    def has_administrator(self) -> bool:
        """Is there an administrator who can sign in."""
        with reading(self._engine) as connection:
            return people.has_administrator(connection)

    def add_user(
        self,
        name: str,
        *,
        at: datetime,
        display_name: str = "",
        role: Role = Role.PUBLIC,
        password_hash: str | None = None,
        subject: str | None = None,
    ) -> User:
        """Add a user.

        Raises
        ------
        InvalidInput : the name cannot be used.
        AlreadyThere : it is another one's.
        """
        name = checked_name(name)
        values = {
            "name": name,
            "display_name": checked_display_name(display_name) or name,
            "role": role,
            "password_hash": password_hash,
            "subject": subject,
        }
        with writing(self._engine) as connection:
            return people.add_user(connection, values, at)

    def change_user(
        self,
        name: str,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
        password_hash: str | None = None,
        even_last: bool = False,
    ) -> User:
        """Change what is given; a new password and being disabled end the user's sessions.

        even_last : also where nobody is left who may administer

        Raises
        ------
        NotFound : there is no such user.
        InvalidInput : nobody would be left who may administer.
        """
        given: dict[str, Any] = {
            "display_name": display_name and checked_display_name(display_name),
            "role": role,
            "disabled": disabled,
            "password_hash": password_hash,
        }
        with writing(self._engine) as connection:
            values = {name: value for name, value in given.items() if value is not None}
            return people.change_user(connection, name, values, even_last=even_last)

    def remove_user(self, name: str) -> None:
        """Forget a user with all keys; raises as `change_user` does."""
        with writing(self._engine) as connection:
            people.remove_user(connection, name)

    def grant(self, name: str, project: str, role: Role) -> User:
        """Give a user a role in a project, which need not be there yet; PUBLIC takes it away."""
        write.check_code(project)
        with writing(self._engine) as connection:
            return people.grant(connection, name, project, role)

    def credentials(self, name: str) -> Credentials | None:
        """Return what a user's password is checked against; None for a name that is nobody's."""
        with reading(self._engine) as connection:
            return people.credentials(connection, name)

    def note_failure(self, user_id: str, at: datetime) -> None:
        """Count a wrong password of a user."""
        with writing(self._engine, lock=False) as connection:
            people.note_failure(connection, user_id, at)

    def note_success(self, user_id: str, password_hash: str | None = None) -> None:
        """Forget a user's wrong passwords; `password_hash`: the same password with today's parameters."""
        with writing(self._engine, lock=False) as connection:
            people.note_success(connection, user_id, password_hash)

    def start_session(self, new: Session, replaces: str | None = None) -> None:
        """Keep a session in the place of another one, named by the hash of its key."""
        with writing(self._engine, lock=False) as connection:
            people.start_session(connection, new, replaces)

    def session(self, key_sha256: str) -> tuple[Session, User] | None:
        """Return a session by the hash of its key, and whose it is."""
        with reading(self._engine) as connection:
            return people.session(connection, key_sha256)

    def end_session(self, key_sha256: str) -> None:
        """Forget a session."""
        with writing(self._engine, lock=False) as connection:
            people.end_sessions(connection, key_sha256=key_sha256)

    def add_token(
        self,
        owner: str,
        *,
        id: str,
        key_sha256: str,
        name: str,
        role: Role,
        projects: frozenset[str] | None,
        at: datetime,
        expires_at: datetime | None,
    ) -> Token:
        """Keep a token of a user."""
        values = {
            **{"id": id, "key_sha256": key_sha256, "name": checked_display_name(name), "role": role},
            **{"projects": projects, "created_at": at, "expires_at": expires_at},
        }
        with writing(self._engine, lock=False) as connection:
            return people.add_token(connection, owner, values)

    def tokens(self, owner: str | None = None) -> list[Token]:
        """Return all tokens, or those of one user."""
        with reading(self._engine) as connection:
            if owner is None:
                return people.all_tokens(connection)
            return people.all_tokens(connection, user_id=people.user(connection, owner).id)

    def token(self, key_sha256: str) -> tuple[Token, User] | None:
        """Return a token by the hash of its key, and whose it is."""
        with reading(self._engine) as connection:
            found = people.all_tokens(connection, key_sha256=key_sha256)
            owner = people.find_user(connection, id=found[0].user_id) if found else None
        return None if owner is None else (found[0], owner)

    def remove_token(self, token_id: str) -> Token:
        """Forget a token; return what it was."""
        with writing(self._engine, lock=False) as connection:
            return people.remove_token(connection, token_id)

    def record(
        self,
        entries: Sequence[AuditEntry],
        seen: Sequence[tuple[str, datetime]] = (),
        used: Sequence[tuple[str, datetime]] = (),
    ) -> None:
        """Add to the audit, and keep when sessions (hash of the key) and tokens (id) were last used."""
        with writing(self._engine, lock=False) as connection:
            audit.record(connection, entries)
            people.note_use(connection, seen, used)

    def audit(
        self, *, project: str | None = None, who: str | None = None, before: int | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Return who saw and changed what, the newest first; before: only entries with a smaller id."""
        with reading(self._engine) as connection:
            return audit.entries(connection, project, who, before, limit)

    def forget_audit(self, before: datetime) -> int:
        """Remove what the audit holds from before a time; return how many entries went."""
        with writing(self._engine) as connection:
            return audit.forget(connection, before)

    def secret(self) -> str:
        """Return the twin's own secret, which signs what browsers bring back; made when it is first asked for."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(twin.c.secret))
        if found is None:
            made = secrets.token_urlsafe(32)
            with writing(self._engine) as connection:
                connection.execute(update(twin).where(twin.c.secret.is_(None)).values(secret=made))
                found = connection.scalar(select(twin.c.secret))
        return str(found)
