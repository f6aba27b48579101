"""People as JSON. Knows no Flask."""

from typing import TYPE_CHECKING, Any

from twin.store.people import role_text
from twin.values.person import AuditEntry, Token, User
from twin.values.rights import Identity, Role
from web.answers_facts import moment

if TYPE_CHECKING:
    from web.people.settings import PeopleSettings


def me_json(identity: Identity, settings: "PeopleSettings", *, has_password: bool) -> dict[str, Any]:
    """Return who asks and what they may; where nobody signed in, how to."""
    limit = identity.limit
    rights = identity.grants if limit is None else {code: identity.role_in(code) for code in limit}
    oidc = settings.oidc
    return {
        "kind": identity.kind,
        "name": identity.name,
        "display_name": identity.display_name,
        "role": role_text(identity.role if limit is None else Role.PUBLIC),
        "users": settings.users,
        "csrf": identity.csrf,
        "rights": {code: role_text(role) for code, role in sorted(rights.items())},
        "limit": None if limit is None else sorted(limit),
        "has_password": has_password,
        "sign_in": {
            "password": settings.users,
            "oidc": {"name": oidc.name, "url": "/oidc/login"} if settings.users and oidc else None,
        },
    }


def user_json(user: User) -> dict[str, Any]:
    """Return a user."""
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": role_text(user.role),
        "grants": {code: role_text(role) for code, role in sorted(user.grants.items())},
        "single_sign_on": user.subject is not None,
        "has_password": user.has_password,
        "disabled": user.disabled,
        "locked_until": user.locked_until and moment(user.locked_until),
        "created_at": moment(user.created_at),
    }


def token_json(token: Token) -> dict[str, Any]:
    """Return a token without its key, which nobody knows."""
    return {
        "id": token.id,
        "name": token.name,
        "owner": token.owner,
        "role": role_text(token.role),
        "projects": None if token.projects is None else sorted(token.projects),
        "created_at": moment(token.created_at),
        "expires_at": token.expires_at and moment(token.expires_at),
        "last_used_at": token.last_used_at and moment(token.last_used_at),
    }


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry of the audit."""
    said = {name: getattr(entry, name) for name in ("who", "address", "action", "project", "what", "outcome")}
    return {"id": entry.id, "at": moment(entry.at), **said}
