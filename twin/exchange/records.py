"""Tables as records: which column is which field, every cell read as its field wants it, all that is wrong told."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from twin.errors import InvalidInput
from twin.exchange import cells
from twin.exchange.cells import Bad
from twin.exchange.headers import RECORDED, bare_key, header_row_keys, known_headers
from twin.exchange.mapping import Mapping_
from twin.exchange.table import MAX_TEXT
from twin.exchange.table_header import header_key
from twin.exchange.tables import Table, read_table
from twin.values.project import CellProblem
from twin.values.sentence import Sentence, say

T = TypeVar("T")
MAX_PROBLEMS = 1_000  # listed; a file in a wrong form has one a cell
TEXT, LONG, LIST, CODE, BEGIN, END, AMOUNT, NUMBER, SHARE, MOMENT = (
    *("text", "long text", "list", "code", "begin", "end", "amount", "number", "share", "moment"),
)
_LIMITS = {TEXT: 500, LONG: 10_000, LIST: MAX_TEXT, CODE: 100}


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """What a table says as values.

    facts : (row, value); recorded : when each was recorded (UTC), where a column says so
    problems : of cells and rows; a row with one has no fact; count : of all rows with data
    columns : field → header that it stands under; the name of the field for one that the mapping gives to all rows
    """

    facts: Sequence[tuple[int, T]]
    recorded: Sequence[datetime | None]
    problems: Sequence[CellProblem]
    notices: Sequence[Sentence]
    file: str
    count: int
    columns: Mapping[str, str]


@dataclass(slots=True)
class Records:
    """A table with its fields read.

    columns : field → header; values : field → one value a row (None: nothing said, or wrong and then in `problems`)
    money : what figures of money without a unit of their own are multiplied with, as the title says; None: it does not
    """

    table: Table
    mapping: Mapping_
    columns: dict[str, str]
    values: dict[str, list[object]] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    notices: list[Sentence] = field(default_factory=list)
    money: float | None = None

    def header(self, name: str) -> str:
        """Return the header of a field, or its name where no column has it."""
        return self.columns.get(name, name)

    def wrong(self, index: int, name: str, problem: Sentence, cell: object = None) -> None:
        """Note a problem of a row, by its index, in the column of a field."""
        row, values = self.table.rows[index]
        value = values.get(self.columns.get(name, "")) if cell is None else cell
        self.problems.append(CellProblem(row, self.header(name), "" if value is None else str(value)[:80], problem))

    def get(self, name: str, index: int) -> object:
        """Return a field's value in a row, by its index; None where the table has no such column."""
        column = self.values.get(name)
        return column[index] if column is not None else None


def read_records(
    path: Path,
    mapping: Mapping_ | None,
    fields: Mapping[str, Sequence[str]],
    kinds: Mapping[str, str],
    *,
    recorded_at: str | None = None,
    claims: Callable[[str], bool] = lambda header: False,
) -> Records:
    """Return a table with its fields read.

    fields : field → its known headers; kinds : field → how its cells are read
    recorded_at : header of the column that says when a row was recorded
    claims : whether a header that is no field is read by the caller
    """
    mapping = mapping or Mapping_()
    mapping.check([*fields, "recorded_at"])
    keys = header_row_keys(fields, more=[header for header in mapping.columns.values() if header])
    table = read_table(path, encoding=mapping.encoding, known=keys)
    records = Records(table, mapping, {}, problems=list(table.problems), notices=list(table.notices))
    records.columns, told = _columns(table, mapping, fields, recorded_at, claims)
    records.notices.extend(told)
    _money_of_titles(records)
    for name, header in records.columns.items():
        kind = MOMENT if name == "recorded_at" else kinds[name]
        records.values[name] = read_column(records, name, header, kind)
    for name, text in mapping.constants.items():
        if name not in records.columns:
            read = _read([text], "", kinds.get(name, MOMENT), mapping, name, None)[0]
            if isinstance(read, Bad):
                raise InvalidInput(
                    "The mapping {file} has a constant {field} that cannot be read: {reason}.",
                    file=mapping.file,
                    field=name,
                    reason=read.problem,
                )
            records.values[name] = [read] * len(table.rows)
    return records


def require(records: Records, fields: Mapping[str, Sequence[str]], *names: str) -> None:
    """Refuse a table without a column for a field; note every row in which it is empty."""
    for name in names:
        if name not in records.values:
            raise InvalidInput(
                "{file} has no column for {field} ({known}): its columns are {columns}. Name the right one with --map.",
                file=records.table.file,
                field=name,
                known=", ".join([name, *(header for header in fields[name] if not header.isascii())][:5]),
                columns=", ".join(records.table.columns[:30])[:400],
            )
        bad = {problem.row for problem in records.problems}
        for index, value in enumerate(records.values[name]):
            if value is None and records.table.rows[index][0] not in bad:
                records.wrong(index, name, say("the cell is empty, but every row needs it"))


def _columns(
    table: Table,
    mapping: Mapping_,
    fields: Mapping[str, Sequence[str]],
    recorded_at: str | None,
    claims: Callable[[str], bool],
) -> tuple[dict[str, str], list[Sentence]]:
    """Return field → header, by the mapping first and then by name, and what is told of the other columns."""
    columns = {name: _header_named(table, header, mapping.file) for name, header in mapping.columns.items() if header}
    if recorded_at is not None and not (recorded_at == "recorded_at" and "recorded_at" in columns):
        columns["recorded_at"] = _header_named(table, recorded_at, "--recorded-at")
    known = known_headers(fields)
    ranks = {name: {header_key(h): rank for rank, h in enumerate((name, *headers))} for name, headers in fields.items()}
    taken = set(columns.values())
    found: dict[str, list[str]] = {}
    for header in table.columns:
        name = known.get(bare_key(header)) or known.get(header_key(header))
        if header not in taken and name is not None and name not in mapping.columns:
            found.setdefault(name, []).append(header)
    told: list[Sentence] = []
    for name, headers in found.items():
        headers.sort(key=lambda header: ranks[name].get(bare_key(header), 0))
        if len(headers) > 1 and bare_key(headers[0]) == bare_key(headers[1]):
            raise InvalidInput(
                "{file} has two columns for {field}, {first} and {second}: name the right one with --map.",
                file=table.file,
                field=name,
                first=headers[0],
                second=headers[1],
            )
        columns[name] = headers[0]
        told += [
            say("Column {column} is not read: {field} is read from {other}.", column=h, field=name, other=headers[0])
            for h in headers[1:]
        ]
    return columns, told + _unread(table, {*columns.values(), *(h for hs in found.values() for h in hs)}, claims)


def _unread(table: Table, taken: set[str], claims: Callable[[str], bool]) -> list[Sentence]:
    """Return what is told of columns that nothing reads."""
    rest = [header for header in table.columns if header not in taken and not claims(header)]
    told = [
        say("Column {column} is not read: type --recorded-at to have it say when each row was recorded.", column=header)
        for header in rest
        if bare_key(header) in {header_key(name) for name in RECORDED}
    ]
    rest = [header for header in rest if bare_key(header) not in {"序号", "no", "no.", "#", "index"}]
    if rest:
        told.append(say("Columns that are not read: {columns}.", columns=", ".join(rest)[:600]))
    return told


def _header_named(table: Table, header: str, said_by: str) -> str:
    """Return a column that a user names, letter by letter or as headers are compared."""
    if header in table.columns:
        return header
    alike = [column for column in table.columns if header_key(column) == header_key(header)]
    if len(alike) == 1:
        return alike[0]
    raise InvalidInput(
        "{file} has no column {column}, which {by} names: its columns are {columns}.",
        file=table.file,
        column=header[:80],
        by=said_by,
        columns=", ".join(table.columns[:30])[:400],
    )


def _money_of_titles(records: Records) -> None:
    """Note the unit of money that a title names for the whole table ("单位：万元")."""
    for title in records.table.titles:
        match = re.search(r"单位\s*:\s*((?:亿|万|千)?元)", cells.narrow(title))
        if match:
            records.money = cells.header_factor(f"({match[1]})")
            records.notices.append(
                say("Amounts of money without a unit of their own are in {unit}, as the title says.", unit=match[1])
            )
            return


def read_column(records: Records, name: str, header: str, kind: str) -> list[object]:
    """Return the cells of a column as its field wants them; what cannot be read is noted and None."""
    raw = [values.get(header) for _, values in records.table.rows]
    known = records.mapping.values.get(name)
    if known:
        replaced = {header_key(said): meant or None for said, meant in known.items()}
        raw = [replaced.get(header_key(cell), cell) if isinstance(cell, str) else cell for cell in raw]
    read = _read(raw, header, kind, records.mapping, name, records.money)
    if kind == SHARE and name not in records.mapping.formats and not cells.is_percent_header(header):
        _tell_guess(records, header, cells.guess_percent(raw))
    known_bad = {problem.row for problem in records.table.problems if problem.column == header}
    for index, value in enumerate(read):
        row = records.table.rows[index][0]
        if isinstance(value, Bad) and row not in known_bad:
            records.problems.append(CellProblem(row, header, str(raw[index])[:80], value.problem))
    return [None if isinstance(value, Bad) else value for value in read]


def _tell_guess(records: Records, header: str, percent: bool | None) -> None:
    """Tell how the numbers of a column were read that does not say what they are."""
    if percent is not None:
        records.notices.append(
            say("The numbers of column {column} were read as per cent.", column=header)
            if percent
            else say("The numbers of column {column} were read as fractions: 1 is 100 %.", column=header)
        )


def _read(
    raw: Sequence[object], header: str, kind: str, mapping: Mapping_, name: str, money: float | None
) -> Sequence[object]:
    """Return cells read as a kind."""
    form = mapping.form(name)
    if kind == SHARE:
        return cells.read_shares(raw, header, percent=_percent_by(mapping, name))
    if kind in (BEGIN, END):
        return [cells.read_date(cell, form=form, ends=kind == END) for cell in raw]
    if kind == MOMENT:
        return [cells.read_moment(cell, form=form) for cell in raw]
    if kind in (AMOUNT, NUMBER):
        factor = mapping.factors.get(name)
        if factor is None:
            factor = (cells.header_factor(header) or money or 1.0) if kind == AMOUNT else 1.0
        return [cells.read_number(cell, factor=factor) for cell in raw]
    texts = [cells.read_text(cell, _LIMITS[kind]) for cell in raw]
    return [_code(text) for text in texts] if kind == CODE else texts


def _percent_by(mapping: Mapping_, name: str) -> bool | None:
    """Return whether a mapping says that a field's numbers are per cent (False: fractions); None: it does not say."""
    said = mapping.formats.get(name)
    if said not in (None, "percent", "fraction"):
        raise InvalidInput(
            'The mapping {file} has a format of {field} that is none: write "percent" or "fraction".',
            file=mapping.file,
            field=name,
        )
    return None if said is None else said == "percent"


def _code(text: str | Bad | None) -> str | Bad | None:
    """Return a code: one line, plain letters, digits and hyphens where they were typed wide."""
    if not isinstance(text, str):
        return text
    plain = re.sub(r"[‐‑‒–—―−]", "-", cells.narrow(text))
    return Bad(say("a code has no spaces and no line breaks")) if re.search(r"[\r\n\t]", plain) else plain


def finish(records: Records, facts: Mapping[int, T]) -> Rows[T]:
    """Return the rows of a table: those without a problem, and all problems in the order of rows.

    facts : index of a row → what it says
    """
    bad = {problem.row for problem in records.problems}
    kept = [(records.table.rows[index][0], fact, index) for index, fact in facts.items()]
    kept = [item for item in kept if item[0] not in bad]
    return rows_of(records, [(row, fact) for row, fact, _ in kept], [moment_at(records, i) for _, _, i in kept])


def rows_of(records: Records, facts: Sequence[tuple[int, T]], recorded: Sequence[datetime | None]) -> Rows[T]:
    """Return facts with the problems and notices of their table."""
    problems = sorted(records.problems, key=lambda problem: problem.row)
    notices = list(records.notices)
    if not facts and not problems:
        raise _without_facts(records)
    if len(problems) > MAX_PROBLEMS:
        notices.append(
            say("{count} cells cannot be read; the first {limit} are listed.", count=len(problems), limit=MAX_PROBLEMS)
        )
    return Rows(
        facts=facts,
        recorded=recorded,
        problems=problems[:MAX_PROBLEMS],
        notices=notices,
        file=records.table.file,
        count=len(records.table.rows),
        columns={name: records.header(name) for name in records.values},
    )


def _without_facts(records: Records) -> InvalidInput:
    """Return the refusal of a table that says nothing: most often its header was not understood."""
    table = records.table
    read = {column for name, column in records.columns.items() if name != "recorded_at"}
    return InvalidInput(
        "{file} has no row of facts in its {count} rows. The header was taken from row {row}; its columns are "
        "{columns}; read were {read}. Name the others with --map, or write the header in one row.",
        file=table.file,
        count=len(table.rows),
        row=table.header_row or "–",
        columns=", ".join(table.columns[:30])[:400],
        read=", ".join(column for column in table.columns if column in read)[:400] or "–",
    )


def moment_at(records: Records, index: int) -> datetime | None:
    """Return when a row was recorded, where a column says so."""
    moment = records.get("recorded_at", index)
    return moment if isinstance(moment, datetime) else None
