"""People and programs as the twin keeps them, and what their names may be.

Names stand in addresses, logs and lists: they hold no control characters, no colon and no slash, so a name cannot pass
for something else there.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twin.errors import InvalidInput
from twin.values.rights import Role

LONGEST_NAME = 100
LONGEST_DISPLAY_NAME = 200
SEEN = "see"  # the action of an entry that says that somebody saw something; all others say what was changed

_NAME = re.compile(r"\w[\w.@+-]{0,99}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in.

    role : in every project; PUBLIC: none of their own
    grants : project → role there
    subject : who the single sign-on says it is ("issuer subject"); None for who signs in by password
    locked_until : no password is taken before, after too many wrong ones
    """

    id: str
    name: str
    display_name: str
    role: Role
    subject: str | None
    has_password: bool
    disabled: bool
    locked_until: datetime | None
    created_at: datetime
    grants: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    user_id: str
    password_hash: str | None
    disabled: bool
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in; its key is kept as a hash."""

    key_sha256: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key: it may what its owner may, and no more than `role`, in `projects` (None: all of the owner's)."""

    id: str
    key_sha256: str
    user_id: str
    owner: str
    name: str
    role: Role
    projects: frozenset[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who saw or changed what, and what came of it.

    action : the operation's id, or SEEN
    """

    at: datetime
    who: str
    address: str
    action: str
    project: str = ""
    what: str = ""
    outcome: str = ""
    id: int = 0


def checked_name(name: str) -> str:
    """Return a name to sign in with as it is kept: normalised and in small letters; raises InvalidInput.

    >>> checked_name(" Wang.Fang@Bureau "), checked_name("王芳")
    ('wang.fang@bureau', '王芳')
    """
    kept = normal_name(name)
    if not _NAME.fullmatch(kept):
        raise InvalidInput(
            "{name} cannot be a user's name: use up to {count} letters, digits and the signs . _ @ + -, "
            "a letter or digit first.",
            name=plain_text(name, 60) or "–",
            count=LONGEST_NAME,
        )
    return kept


def normal_name(name: str) -> str:
    """Return what is looked up for a name that somebody typed; never raises."""
    return unicodedata.normalize("NFKC", name[: 4 * LONGEST_NAME]).strip().casefold()


def name_like(text: str) -> str:
    """Return a name that can be kept, as near as can be to a foreign one.

    >>> name_like("Wang Fang <w@x>"), name_like("::")
    ('wang.fang.w@x', 'user')
    """
    found = re.sub(r"[^\w.@+-]+", ".", normal_name(text)).strip(".@+-")[: LONGEST_NAME - 10]
    return found if _NAME.fullmatch(found) else "user"


def checked_display_name(text: str) -> str:
    """Return a name for people to read; raises InvalidInput for what moves a cursor or turns a line."""
    kept = unicodedata.normalize("NFC", text).strip()
    if len(kept) > LONGEST_DISPLAY_NAME or kept != plain_text(kept, LONGEST_DISPLAY_NAME):
        raise InvalidInput(
            "The name {name} cannot be shown: use up to {count} characters in one line.",
            name=plain_text(text, 60),
            count=LONGEST_DISPLAY_NAME,
        )
    return kept


def plain_text(text: str, longest: int) -> str:
    """Return foreign text as one line without signs that steer a terminal or a list, cut to a length.

    >>> plain_text("a" + chr(13) + chr(10) + "b" + chr(0x202e) + "c", 10)
    'a��b�c'
    """
    shown = text[:longest]
    return "".join(_REPLACED if unicodedata.category(sign) in _STEERING else sign for sign in shown)


_REPLACED = "\N{REPLACEMENT CHARACTER}"
# control, format (bidirectional overrides, joiners), surrogates, line and paragraph separators
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
