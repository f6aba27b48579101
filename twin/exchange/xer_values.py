"""Single values of an XER file: dates, numbers, hours; what cannot be read is noted with table, field and line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from twin.exchange.xer_file import Row
from twin.values.sentence import Sentence, say

FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond, a date is a typing error, and day-by-day curves would fill the memory
MAX_HOURS = 24 * 366 * (LAST_YEAR - FIRST_YEAR)
_LINES_TOLD = 10

_DATE = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$", re.ASCII)
_NUMBER = re.compile(r"([+-]?)(\d{0,18})(?:([.,])(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?$", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:([.,])\d+)?$", re.ASCII)
_NUMERIC_FIELD = re.compile(r"_(cnt|qty|cost|rate|pct)$")


@dataclass(slots=True)
class Notes:
    """What is told at the end: `notices` (mended), `unread` (left aside), and values that could not be read."""

    notices: list[Sentence] = field(default_factory=list)
    unread: list[Sentence] = field(default_factory=list)
    bad: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    last: dict[tuple[str, str], int] = field(default_factory=dict)  # line noted last: a field may be asked twice
    lost: int = 0  # broken values and rows that are left out

    def note_bad(self, row: Row, name: str, text: str, *, lost: bool = True) -> None:
        """Note a value that cannot be read; `lost`: False where something else stands in for it."""
        key = (row.table, name)
        if self.last.get(key) == row.line:
            return
        self.last[key] = row.line
        self.counts[key] = self.counts.get(key, 0) + 1
        self.lost += lost
        told = self.bad.setdefault(key, [])
        if len(told) < _LINES_TOLD:
            told.append((row.line, text[:40]))

    def leave(self, sentence: Sentence, count: int) -> None:
        """Add a sentence of what is not read, where there is any."""
        if count:
            self.unread.append(sentence)

    def lose(self, sentence: Sentence, count: int) -> None:
        """Add a sentence of rows that are not read because they are broken, where there are any."""
        self.lost += count
        self.leave(sentence, count)

    def mend(self, sentence: Sentence, count: int) -> None:
        """Add a sentence of what was mended, where there is any."""
        if count:
            self.notices.append(sentence)

    def told(self) -> list[Sentence]:
        """Return all notices, one sentence per field with unreadable values."""
        return [*self.notices, *(self._told_bad(key) for key in self.bad)]

    def _told_bad(self, key: tuple[str, str]) -> Sentence:
        table, name = key
        found, count = self.bad[key], self.counts[key]
        return say(
            "Table {table}, field {field}: {count} values cannot be used and were left out"
            " (line {lines}; the first is “{value}”).",
            table=table,
            field=name,
            count=count,
            lines=", ".join(str(line) for line, _ in found) + (" …" if count > len(found) else ""),
            value=found[0][1],
        )


@dataclass(slots=True)
class Values:
    """Reads single values of rows; `decimal` is the file's decimal symbol."""

    notes: Notes
    decimal: str = "."

    def number(self, row: Row, name: str) -> float | None:
        """Return the number of a field; None where it is empty, or cannot be read (noted)."""
        text = row.get(name)
        if not text:
            return None
        value = parse_number(text, self.decimal)
        if value is None:
            self.notes.note_bad(row, name, text)
        return value

    def hours(self, row: Row, name: str) -> timedelta | None:
        """Return the hours of a field as a time, to the second."""
        value = self.number(row, name)
        if value is None:
            return None
        if abs(value) > MAX_HOURS:
            self.notes.note_bad(row, name, row.get(name))
            return None
        return timedelta(seconds=round(value * 3600))

    def moment(self, row: Row, name: str) -> datetime | None:
        """Return the date of a field as local wall-clock time; a date without a time is its start."""
        text = row.get(name)
        if not text:
            return None
        value = parse_moment(text)
        if value is None:
            self.notes.note_bad(row, name, text)
        return value

    def total(self, row: Row, names: Iterable[str]) -> float | None:
        """Return the sum of the fields that are filled in; None where none is."""
        filled = [value for name in names if (value := self.number(row, name)) is not None]
        return sum(filled) if filled else None

    def first_moment(self, row: Row, names: Iterable[str]) -> datetime | None:
        """Return the first date that is there."""
        return next((value for name in names if (value := self.moment(row, name)) is not None), None)


def parse_moment(text: str) -> datetime | None:
    """Return "2024-05-31 17:00" as a time, None for what is no date between 1900 and 2200.

    >>> parse_moment("2024-05-31 24:00"), parse_moment("2024-02-30"), parse_moment("2024-05-31")
    (datetime.datetime(2024, 6, 1, 0, 0), None, datetime.datetime(2024, 5, 31, 0, 0))
    """
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    midnight = (hour, minute, second) == (24, 0, 0)
    try:
        value = datetime(year, month, day, 0 if midnight else hour, minute, second)
    except ValueError:
        return None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return value + timedelta(days=1) if midnight else value


def parse_number(text: str, decimal: str = ".") -> float | None:
    """Return the number a text states, None for what is none.

    A lone symbol other than the file's decimal one separates thousands only where three digits follow.

    >>> parse_number("1.234,50", ","), parse_number("240.0000", ","), parse_number("1.234", ","), parse_number("5d")
    (1234.5, 240.0, 1234.0, None)
    """
    if match := _GROUPED.match(text):
        group, point = match.groups()
        if group not in {decimal, point}:
            text = text.replace(group, "").replace(",", ".")
    match = _NUMBER.match(text)
    if not match or not (match[2] or match[4]):
        return None
    sign, whole, _, part, exponent = match.groups()
    return float(f"{sign}{whole or 0}.{part or 0}e{exponent or 0}")


def decimal_symbol(tables: Iterable[Sequence[Row]], stated: str) -> tuple[str, bool]:
    """Return (decimal symbol of the numbers, are both in use), by looking at them; `stated` decides where both are.

    P6 writes the symbol of the user's Windows, whatever the currencies of the file say.
    """
    seen = {".": 0, ",": 0}
    for rows in tables:
        if not rows:
            continue
        places = [place for name, place in rows[0].fields.items() if _NUMERIC_FIELD.search(name)]
        for row in rows:
            for place in places:
                text = row.cells[place] if place < len(row.cells) else ""
                symbol = "," if "," in text else "." if "." in text else ""
                if symbol and (match := _NUMBER.match(text.strip())) and match[3]:
                    seen[symbol] += 1
    if seen["."] and seen[","]:
        return (stated if stated in seen else max(seen, key=lambda symbol: seen[symbol])), True
    return ("," if seen[","] else "."), False
