"""Entries of a file that a person wrote (TOML), read so that every slip of the pen is one sentence with its remedy.

`where` names the place in the sentence: the rule, the side, the whole file.  All raise InvalidInput.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from twin.errors import InvalidInput
from twin.values.sentence import Sentence

_LONGEST = 60  # letters of a value in a sentence


def known_keys(entry: Mapping[str, Any], known: Sequence[str], where: Sentence) -> None:
    """Refuse a key that nobody reads: it is a slip of the pen."""
    for key in entry:
        if key not in known:
            raise InvalidInput(
                "{where}: the key {key} means nothing here; the known ones are {known}.",
                where=where,
                key=shown(key),
                known=", ".join(known),
            )


def listed_tables(entry: Mapping[str, Any], key: str, where: Sentence) -> Sequence[Mapping[str, Any]]:
    """Return the [[key]] tables; none is an empty list."""
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(table, Mapping) for table in found):
        raise InvalidInput("{where}: {key} is not a list of tables; write [[{key}]].", key=key, where=where)
    return found


def required_text(entry: Mapping[str, Any], key: str, where: Sentence) -> str:
    """Return a text that must be there."""
    value = entry.get(key)
    if isinstance(value, int | float | date):
        raise InvalidInput(
            '{where}: {key} must be a text; write {key} = "{value}".', where=where, key=key, value=shown(value)
        )
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput('{where}: {key} is missing; write {key} = "…".', where=where, key=key)
    return value.strip()


def one_of(
    entry: Mapping[str, Any], key: str, known: Collection[str], where: Sentence, otherwise: str | None = None
) -> str:
    """Return the value of a key that must be one of the known words; `otherwise` where it is left out."""
    value = entry.get(key, otherwise)
    if not isinstance(value, str) or value not in known:
        raise InvalidInput(
            "{where}: {key} is {value}; write one of {known}.",
            where=where,
            key=key,
            value=shown(value),
            known=", ".join(known),
        )
    return value


def shown(value: object) -> str:
    """Return a value as a user can recognise it, cut where it is long.

    >>> shown(None), shown("a" * 100)[-3:]
    ('–', 'aa…')
    """
    if isinstance(value, int) and value.bit_length() > 64:
        return "…"  # Python refuses to write out a number of thousands of digits
    told = "–" if value is None else str(value)
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
