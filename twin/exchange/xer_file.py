"""The tables of a Primavera XER file, tolerantly: `%T` names one, `%F` its fields, `%R` is a row, `%E` the end.

What P6 and other programs really write: rows shorter than the field line (empty cells at the end are left out) or
longer (tabs inside a text), texts over several lines, `%E` after every table, all kinds of line ends.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from twin.errors import InvalidInput
from twin.exchange.xer_text import decode, lines
from twin.values.sentence import Sentence, say

MAX_BYTES = 200_000_000  # the largest schedules that planners exchange are about half of this
MAX_ROWS = 3_000_000
MAX_CELLS = 500  # P6's widest table has 110 fields

_TYPED = (
    (re.compile(r"_date2?$"), re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?$")),
    (re.compile(r"_(cnt|qty|cost|pct|num)$"), re.compile(r"-?[\d.,]+$")),
    (re.compile(r"_flag$"), re.compile(r"[YN]$")),
    (re.compile(r"(_type2?|^status_code)$"), re.compile(r"[A-Z]{2}_\w+$")),
)
_TEXT_FIELDS = re.compile(r"(_name|_descr|_text|_label|_notes|_code_type)$")


@dataclass(frozen=True, slots=True)
class Row:
    """One `%R` line: `line` is its number in the file, from 1."""

    table: str
    line: int
    cells: Sequence[str]
    fields: Mapping[str, int]

    def get(self, name: str) -> str:
        """Return the text of a field, "" where the row or its table has none; P6 doubles quotes, and writes DEL
        twice for a line break."""
        place = self.fields.get(name)
        if place is None or place >= len(self.cells):
            return ""
        text = self.cells[place]
        if '"' in text:
            text = _unquoted(text)
        if "\x7f" in text:
            text = text.replace("\x7f\x7f", "\n").replace("\x7f", "\n")
        return text.strip()


@dataclass(slots=True)
class XerFile:
    """The tables that are read, and what is told of the rest.

    header : cells of the ERMHDR line (its date is that of the export, not the data date)
    tables : name in capitals → rows, only of the tables that were asked for
    fields : name of such a table → the field names of its (last) field line, in small letters
    """

    header: Sequence[str]
    tables: dict[str, list[Row]] = field(default_factory=dict)
    fields: dict[str, Sequence[str]] = field(default_factory=dict)
    notices: list[Sentence] = field(default_factory=list)
    unread: list[Sentence] = field(default_factory=list)
    lost: int = 0  # rows of which something is left out, because they are broken

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table, none where the file lacks it."""
        return self.tables.get(table, [])


def read_tables(path: Path, wanted: frozenset[str]) -> XerFile:
    """Read the `wanted` tables of an XER file and count the rest; refuses what is no XER, cut off or too large."""
    decoded = decode(_content(path))
    text = decoded.text
    if not text[:200].lstrip("\ufeff \t\r\n").startswith("ERMHDR"):
        raise InvalidInput(
            "{file} is no Primavera XER file: it does not start with ERMHDR. Export the project from P6 as XER.",
            file=path.name,
        )
    builder = _Builder(path.name, wanted)
    for number, line in lines(text):
        builder.take(number, line)
    found = builder.finish()
    guess = [decoded.guess] if decoded.guess and builder.foreign else []
    found.notices[:0] = [*guess, *decoded.notices]
    return found


def _content(path: Path) -> bytes:
    """Return the bytes of the file, or say why not."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(
                "{file} is larger than {limit} MB. Export fewer projects, without notes and attachments.",
                file=path.name,
                limit=MAX_BYTES // 1_000_000,
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "{file} cannot be read ({reason}). Check the name and the permissions.",
            file=path.name,
            reason=getattr(error, "strerror", None) or "?",
        ) from None


class _Builder:
    """Takes the lines one by one; texts over several lines are put together again."""

    def __init__(self, file: str, wanted: frozenset[str]) -> None:
        self.file = file
        self.wanted = wanted
        self.found = XerFile(())
        self.table = ""
        self.fields: Mapping[str, int] = {}
        self.pending: list[str] = []  # a row, and the lines that continue its last text
        self.start = 0
        self.ended = False
        self.foreign = False  # letters beyond ASCII, not counting the signs of currencies
        self.count = 0
        self.aside: dict[str, int] = {}
        self.strangers: dict[str, int] = {}
        self.mended: dict[tuple[str, str], int] = {}

    def take(self, number: int, line: str) -> None:
        """Take one line."""
        mark = line[:2]
        if mark == "%R":
            self._flush()
            self.pending, self.start, self.ended = [line], number, False
        elif mark in {"%T", "%F", "%E"}:
            self._flush()
            self._mark(mark, line)
        elif line[:1] == "%" or not line.strip(" \t\x00\x1a"):
            if line.strip(" \t\x00\x1a"):
                self._flush()
                name = line.split("\t", 1)[0][:8]
                self.strangers[name] = self.strangers.get(name, 0) + 1
        elif not self.found.header and "ERMHDR" in line[:10]:
            self.found.header = [cell.strip() for cell in line.split("\t", 20)]
        elif self.pending:
            self.pending.append(line)
        else:
            self.strangers[""] = self.strangers.get("", 0) + 1

    def _mark(self, mark: str, line: str) -> None:
        """Take the line of a table, of its fields, or the end mark."""
        self.ended = mark == "%E"
        words = [word.strip() for word in line.split("\t", MAX_CELLS)[1:]]
        if mark == "%T":
            self.table, self.fields = (words[0].upper() if words else ""), {}
        elif mark == "%F" and self.table in self.wanted:
            names = [word.lower() for word in words]
            self.fields = {name: place for place, name in reversed(list(enumerate(names))) if name}
            self.found.fields[self.table] = tuple(self.fields)
            if len(self.fields) < len(names) - names.count(""):
                self.found.notices.append(
                    say("Table {table} names a field twice: the first one counts.", table=self.table)
                )

    def _flush(self) -> None:
        """Keep or count the row that is complete now."""
        if not self.pending:
            return
        text, self.pending = "\n".join(self.pending), []
        if self.table not in self.wanted or not self.fields:
            self.aside[self.table] = self.aside.get(self.table, 0) + 1
            return
        self.foreign = self.foreign or (self.table != "CURRTYPE" and not text.isascii())
        self.count += 1
        if self.count > MAX_ROWS:
            raise InvalidInput(
                "{file} has more than {limit} rows. Export fewer projects.", file=self.file, limit=MAX_ROWS
            )
        cells = text.split("\t", MAX_CELLS)[1:]
        if len(cells) > len(self.fields):
            cells = self._shortened(cells)
        self.found.tables.setdefault(self.table, []).append(Row(self.table, self.start, cells, self.fields))

    def _shortened(self, cells: list[str]) -> list[str]:
        """Make a row as short as its field line: empty cells at the end go, tabs inside a text are put back."""
        width = max(self.fields.values()) + 1
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        extra = len(cells) - width
        if extra <= 0:
            return cells
        tries = [cells[:width]]
        places = sorted((place, name) for name, place in self.fields.items())
        for place, name in places:
            if _TEXT_FIELDS.search(name):
                merged = "\t".join(cells[place : place + extra + 1])
                tries.append([*cells[:place], merged, *cells[place + extra + 1 :]])
        best = min(tries, key=lambda row: _misfits(row, places))  # the first of equals: nothing merged
        how = "cut" if best is tries[0] else "merged"
        self.mended[self.table, how] = self.mended.get((self.table, how), 0) + 1
        return best

    def finish(self) -> XerFile:
        """Return what was read; a file without its end mark was cut off."""
        self._flush()
        found = self.found
        if not self.ended:
            raise InvalidInput("{file} is cut off: its last line is not %E. Export or copy it again.", file=self.file)
        for (table, how), count in self.mended.items():
            if how == "merged":
                found.notices.append(
                    say(
                        "Table {table}: {count} rows had tabs inside a text, which were put back.",
                        table=table,
                        count=count,
                    )
                )
            else:
                found.lost += count
                found.notices.append(
                    say(
                        "Table {table}: {count} rows are longer than the field line; the rest of them was left out.",
                        table=table,
                        count=count,
                    )
                )
        for table, count in self.aside.items():
            if table in self.wanted:
                found.lost += count
                found.unread.append(
                    say(
                        "Table {table}: {count} rows stand without a field line and are not read.",
                        table=table,
                        count=count,
                    )
                )
            else:
                found.unread.append(say("Table {table}: {count} rows are not read.", table=table or "?", count=count))
        if self.strangers:
            kinds = ", ".join(f"“{name}”" for name in islice(self.strangers, 5))
            count = sum(self.strangers.values())
            found.unread.append(say("{count} lines of no known kind ({kinds}) are not read.", count=count, kinds=kinds))
        return found


def _misfits(cells: Sequence[str], places: Sequence[tuple[int, str]]) -> int:
    """Count the cells that cannot be what their field's name says (dates, numbers, flags, types)."""
    wrong = 0
    for place, name in places:
        text = cells[place].strip() if place < len(cells) else ""
        if text:
            wrong += any(kind.search(name) and not form.match(text) for kind, form in _TYPED)
    return wrong


def _unquoted(text: str) -> str:
    """Undo P6's quoting: quotes are doubled, and a text that had tabs or quotes may stand in quotes as a whole.

    >>> _unquoted('say ""go""'), _unquoted('"a ""b"" c"'), _unquoted('6" pipe')
    ('say "go"', 'a "b" c', '6" pipe')
    """
    inner = text.strip()
    if len(inner) >= 2 and inner[0] == inner[-1] == '"' and _lone(inner[1:-1]) and not inner.startswith('""'):
        text = inner[1:-1]
    return text.replace('""', '"')


def _lone(text: str) -> bool:
    """Are all quotes of the text doubled."""
    return '"' not in text.replace('""', "")


def texts(rows: Sequence[Row], key: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield (key, value) of the rows that have a key."""
    for row in rows:
        if name := row.get(key):
            yield name, row.get(value)
