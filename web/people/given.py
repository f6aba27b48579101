"""What a request's JSON object says of people. Knows no Flask."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from twin.errors import InvalidInput
from twin.values.rights import Role
from web.times import moment_of

_LONGEST = 2000
USUAL_LIFE = timedelta(days=365)  # of a token that says nothing of its end


def text(given: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there."""
    found = given.get(name)
    if not isinstance(found, str) or not found or len(found) > _LONGEST:
        raise InvalidInput("{name} is missing, empty or too long: send it as a text.", name=name)
    return found


def optional_text(given: Mapping[str, Any], name: str) -> str | None:
    """Return a text that may be there."""
    return text(given, name) if given.get(name) is not None else None


def optional_flag(given: Mapping[str, Any], name: str) -> bool | None:
    """Return true or false, or None where it says nothing."""
    found = given.get(name)
    if found is not None and not isinstance(found, bool):
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.", name=name, value=str(found)[:50], known="true, false"
        )
    return found


def role_of(given: Mapping[str, Any]) -> Role:
    """Return the role that is named; an empty one is none."""
    found = given.get("role")
    known = {"" if role is Role.PUBLIC else str(role): role for role in Role}
    if not isinstance(found, str) or found not in known:
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.",
            name="role",
            value=str(found)[:50],
            known=", ".join(name for name in known if name),
        )
    return known[found]


def optional_role(given: Mapping[str, Any]) -> Role | None:
    """Return the role that is named, or None where none is."""
    return role_of(given) if given.get("role") is not None else None


def projects_of(given: Mapping[str, Any]) -> list[str] | None:
    """Return the projects of a token; None: all."""
    found = given.get("projects")
    if found is None:
        return None
    if not isinstance(found, list) or not found or not all(isinstance(code, str) for code in found):
        raise InvalidInput("projects must be a list of codes of projects, or missing for all.")
    return found


def expiry(given: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return when a token ends: in a year unless something is said, never where null is said."""
    if "expires_at" not in given:
        return now + USUAL_LIFE
    found = given["expires_at"]
    if found is None:
        return None
    try:
        return moment_of(text(given, "expires_at"))
    except InvalidInput as error:
        raise InvalidInput(
            "expires_at is {value}: write a time as 2026-06-01T08:30:00Z.", value=str(found)[:50]
        ) from error
