"""Passwords: what may be one, and how they are kept (argon2id). Knows no Flask and no store."""

import functools
import json
import re
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import InvalidInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1000  # characters
_AT_ONCE = threading.Semaphore(2)  # each check takes 64 MB

_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop",
    "1qaz2wsx3edc",
)


def checked(password: str, name: str) -> str:
    """Return a new password as it is hashed; raises InvalidInput for what is soon guessed.

    Length is what counts: no rule asks for digits or signs. Chinese characters count twice.
    """
    kept = _normal(password)
    if not SHORTEST <= sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in kept) <= LONGEST:
        raise InvalidInput(
            "A password has at least {count} characters: take several words that nobody would put together.",
            count=SHORTEST,
        )
    if _is_easy(kept.casefold(), name.casefold()):
        raise InvalidInput("This password is one of those that are tried first: choose another one.")
    return kept


def _is_easy(text: str, name: str) -> bool:
    repeated = re.fullmatch(r"(.{1,4}?)\1+.{0,3}", text, re.DOTALL) is not None
    run = any(text in line * 3 or text in line[::-1] * 3 for line in _RUNS)
    bare = re.sub(r"[\W\d_]+", "", text)
    own = bool(name) and (text.replace(name, "").strip("0123456789!@#.-_") == "" or bare == name)
    return repeated or run or own or text in _common()


def hashed(password: str, name: str) -> str:
    """Return the hash that a new password is kept as; raises as `checked` does."""
    kept = checked(password, name)
    with _AT_ONCE:
        return str(_hasher().hash(kept))


def matches(password: str, kept_hash: str | None) -> tuple[bool, str | None]:
    """Tell whether a password is the one that is kept, and give a new hash where the kept one is weaker than today's.

    kept_hash : None where there is none to compare with; that takes as long
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    given = _normal(password[:LONGEST])
    with _AT_ONCE:
        decoy = _decoy()
        try:
            right = _hasher().verify(kept_hash or decoy, given)
        except (Argon2Error, InvalidHashError):
            return False, None
        if not right or kept_hash is None:
            return False, None
        return True, _hasher().hash(given) if _hasher().check_needs_rehash(kept_hash) else None


@functools.cache
def _common() -> frozenset[str]:
    """Return the commonest that are long enough; what repeats a few signs or runs along the keyboard has a rule."""
    return frozenset(json.loads(Path(__file__).with_name("common_passwords.json").read_text("utf-8")))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@functools.cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@functools.cache
def _decoy() -> str:
    """Return the hash of what nobody can type: what is compared with for names that are nobody's."""
    import secrets

    return str(_hasher().hash(secrets.token_hex(32)))
