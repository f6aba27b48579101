"""People in the database: users with their roles, sessions, tokens.

Every function works on a connection; those that change something want one that writes.  None raises `twin.changes`:
no cache of the city depends on people.  What a server remembers of them it forgets by the clock (`web.people.door`).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from twin.errors import AlreadyThere, InvalidInput, NotFound
from twin.store.facts import stamp
from twin.store.user_tables import grants, sessions, tokens, users
from twin.values.person import Credentials, Session, Token, User
from twin.values.rights import Role

FREE_FAILURES = 4  # wrong passwords that cost nothing yet
_FIRST_WAIT, _LONGEST_WAIT = 30, 900  # seconds; each further wrong password doubles the wait


def role_text(role: Role) -> str:
    """Return a role as it is kept: none at all is empty."""
    return "" if role is Role.PUBLIC else str(role)


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _grants(connection: Connection, user_id: str | None = None) -> dict[str, dict[str, Role]]:
    query = select(grants).order_by(grants.c.project)
    if user_id is not None:
        query = query.where(grants.c.user_id == user_id)
    found: dict[str, dict[str, Role]] = {}
    for row in connection.execute(query):
        found.setdefault(row.user_id, {})[row.project] = Role.of(row.role)
    return found


def _user(row: Row[Any], granted: Mapping[str, Mapping[str, Role]]) -> User:
    return User(
        row.id,
        row.name,
        row.display_name,
        Role.of(row.role),
        row.subject,
        row.password_hash is not None,
        bool(row.disabled),
        _when(row.locked_until),
        datetime.fromisoformat(row.created_at),
        granted.get(row.id, {}),
    )


def all_users(connection: Connection) -> list[User]:
    """Return all users in the order of their names."""
    granted = _grants(connection)
    return [_user(row, granted) for row in connection.execute(select(users).order_by(users.c.name))]


def find_user(connection: Connection, **by: str) -> User | None:
    """Return a user by `id`, `name` or `subject`; None when there is none."""
    row = connection.execute(select(users).filter_by(**by)).one_or_none()
    return None if row is None else _user(row, _grants(connection, row.id))


def user(connection: Connection, name: str) -> User:
    """Return a user by name."""
    found = find_user(connection, name=name)
    if found is None:
        raise NotFound("There is no user {name}: `twin users list` names those there are.", name=name[:100])
    return found


def add_user(connection: Connection, values: Mapping[str, Any], at: datetime) -> User:
    """Add a user; values: name, display_name, role, password_hash, subject."""
    row = {**values, "role": role_text(values["role"]), "id": uuid4().hex, "created_at": stamp(at)}
    try:
        connection.execute(insert(users).values(disabled=0, failures=0, **row))
    except IntegrityError as error:
        raise AlreadyThere(
            "There is a user {name} already: change that one, or choose another name.", name=values["name"]
        ) from error
    return user(connection, values["name"])


def change_user(connection: Connection, name: str, values: Mapping[str, Any], *, even_last: bool = False) -> User:
    """Change display_name, role, disabled or password_hash of a user.

    Who is disabled or gets another password is signed out everywhere. The last administrator stays one, unless
    `even_last`.
    """
    before = user(connection, name)
    row = dict(values)
    if "role" in row:
        row["role"] = role_text(row["role"])
    if "disabled" in row:
        row["disabled"] = int(row["disabled"])
    if "password_hash" in row:
        row |= {"failures": 0, "locked_until": None}
    if row:
        connection.execute(update(users).where(users.c.id == before.id).values(**row))
    if row.get("disabled") or "password_hash" in row:
        connection.execute(delete(sessions).where(sessions.c.user_id == before.id))
    if not even_last:
        _keep_an_administrator(connection, before)
    return user(connection, name)


def remove_user(connection: Connection, name: str) -> None:
    """Forget a user with grants, sessions and tokens; the audit keeps the name."""
    gone = user(connection, name)
    connection.execute(delete(users).where(users.c.id == gone.id))
    _keep_an_administrator(connection, gone)


def has_administrator(connection: Connection) -> bool:
    """Is there an administrator who can sign in."""
    can = and_(users.c.role == str(Role.ADMINISTRATOR), users.c.disabled == 0)
    return bool(connection.scalar(select(func.count()).select_from(users).where(can)))


def _keep_an_administrator(connection: Connection, before: User) -> None:
    was = before.role is Role.ADMINISTRATOR and not before.disabled
    if was and not has_administrator(connection):
        raise InvalidInput(
            "{name} is the last administrator who can sign in: make another one first.", name=before.name
        )


def grant(connection: Connection, name: str, project: str, role: Role) -> User:
    """Give a user a role in a project; PUBLIC takes it away."""
    owner = user(connection, name)
    here = and_(grants.c.user_id == owner.id, grants.c.project == project)
    connection.execute(delete(grants).where(here))
    if role is not Role.PUBLIC:
        connection.execute(insert(grants).values(user_id=owner.id, project=project, role=str(role)))
    return user(connection, name)


def credentials(connection: Connection, name: str) -> Credentials | None:
    """Return what a user's password is checked against; None for a name that is nobody's."""
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    if row is None:
        return None
    return Credentials(row.id, row.password_hash, bool(row.disabled), _when(row.locked_until))


def note_failure(connection: Connection, user_id: str, at: datetime) -> None:
    """Count a wrong password; after some, further ones are not looked at for a growing time."""
    connection.execute(update(users).where(users.c.id == user_id).values(failures=users.c.failures + 1))
    failures = connection.scalar(select(users.c.failures).where(users.c.id == user_id)) or 0
    if failures > FREE_FAILURES:
        wait = min(_FIRST_WAIT * 2 ** min(failures - FREE_FAILURES - 1, 10), _LONGEST_WAIT)
        until = stamp(at + timedelta(seconds=wait))
        connection.execute(update(users).where(users.c.id == user_id).values(locked_until=until))


def note_success(connection: Connection, user_id: str, password_hash: str | None) -> None:
    """Forget wrong passwords; `password_hash` replaces the one that was kept with weaker parameters."""
    values: dict[str, Any] = {"failures": 0, "locked_until": None}
    if password_hash is not None:
        values["password_hash"] = password_hash
    connection.execute(update(users).where(users.c.id == user_id).values(**values))


def start_session(connection: Connection, new: Session, replaces: str | None) -> None:
    """Keep a session; the one that it replaces and those that are over go."""
    over = sessions.c.expires_at < stamp(new.created_at)
    connection.execute(delete(sessions).where(over | (sessions.c.key_sha256 == (replaces or ""))))
    row = {name: getattr(new, name) for name in ("key_sha256", "user_id", "csrf", "address", "agent")}
    times = {name: stamp(getattr(new, name)) for name in ("created_at", "seen_at", "expires_at")}
    connection.execute(insert(sessions).values(**row, **times))


def session(connection: Connection, key_sha256: str) -> tuple[Session, User] | None:
    """Return a session and whose it is; None when there is none."""
    row = connection.execute(select(sessions).where(sessions.c.key_sha256 == key_sha256)).one_or_none()
    owner = find_user(connection, id=row.user_id) if row else None
    if row is None or owner is None:
        return None
    found = Session(
        row.key_sha256,
        row.user_id,
        row.csrf,
        datetime.fromisoformat(row.created_at),
        datetime.fromisoformat(row.seen_at),
        datetime.fromisoformat(row.expires_at),
        row.address,
        row.agent,
    )
    return found, owner


def end_sessions(connection: Connection, key_sha256: str = "", user_id: str = "") -> None:
    """End one session, or all of a user."""
    connection.execute(delete(sessions).where((sessions.c.key_sha256 == key_sha256) | (sessions.c.user_id == user_id)))


def add_token(connection: Connection, owner: str, values: Mapping[str, Any]) -> Token:
    """Keep a token; values: id, key_sha256, name, role, projects, created_at, expires_at."""
    held = values["projects"]
    row = {
        **values,
        "user_id": user(connection, owner).id,
        "role": role_text(values["role"]),
        "projects": None if held is None else json.dumps(sorted(held), ensure_ascii=False),
        "created_at": stamp(values["created_at"]),
        "expires_at": values["expires_at"] and stamp(values["expires_at"]),
    }
    connection.execute(insert(tokens).values(**row))
    return all_tokens(connection, id=values["id"])[0]


def all_tokens(connection: Connection, **by: str) -> list[Token]:
    """Return tokens, the newest last; by: `id`, `user_id` or `key_sha256`."""
    query = select(tokens, users.c.name.label("owner")).join(users, users.c.id == tokens.c.user_id)
    for column, value in by.items():
        query = query.where(tokens.c[column] == value)
    return [
        Token(
            *(row.id, row.key_sha256, row.user_id, row.owner, row.name, Role.of(row.role)),
            None if row.projects is None else frozenset(json.loads(row.projects)),
            datetime.fromisoformat(row.created_at),
            _when(row.expires_at),
            _when(row.last_used_at),
        )
        for row in connection.execute(query.order_by(tokens.c.created_at, tokens.c.id))
    ]


def remove_token(connection: Connection, token_id: str) -> Token:
    """Forget a token; return what it was."""
    found = all_tokens(connection, id=token_id)
    if not found:
        raise NotFound("There is no token {token}: `twin tokens list` names those there are.", token=token_id[:100])
    connection.execute(delete(tokens).where(tokens.c.id == token_id))
    return found[0]


def note_use(
    connection: Connection, seen: Sequence[tuple[str, datetime]], used: Sequence[tuple[str, datetime]]
) -> None:
    """Keep when sessions (by the hash of their key) and tokens (by id) were last used."""
    for key_sha256, at in seen:
        connection.execute(update(sessions).where(sessions.c.key_sha256 == key_sha256).values(seen_at=stamp(at)))
    for token_id, at in used:
        connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=stamp(at)))
