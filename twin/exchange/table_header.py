"""Where the header of a table stands, and which rows are data: without titles, sub-headers, totals and signatures."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from twin.errors import InvalidInput
from twin.exchange.table import MAX_COLUMNS, MAX_ROWS, Table
from twin.values.project import CellProblem
from twin.values.sentence import Sentence, say

MAX_HEADER = 200  # signs of a header that are kept
SEARCHED = 30  # rows from the top among which the header is looked for
Row = tuple[int, Sequence[object]]  # row as a spreadsheet counts, its cells
_TOTALS = {"合计", "总计", "共计", "小计", "总合计", "total", "totals", "grandtotal", "subtotal", "sum"}
_SIGNATURE = re.compile(
    r"^(填报人|填表人|制表人?|审核人?|审批人|负责人|填报单位|填报日期|联系人|联系电话|备注|说明|注)\s*\d?\s*[:：]"
)
_NUMBER = re.compile(r"^[-+]?[\d,.]+ ?%?$")


@dataclass(slots=True)
class Header:
    """The header of a table: its row (1-based, as a spreadsheet counts), the names by column, the row after it."""

    row: int
    names: dict[int, str]
    next: int  # index into the rows
    titles: list[str] = field(default_factory=list)
    notices: list[Sentence] = field(default_factory=list)


def header_key(text: str) -> str:
    """Return a header as headers are compared: no case, no width, no spaces, underscores or stars.

    >>> header_key(" Project_Code* "), header_key("总投资（万元）")
    ('projectcode', '总投资(万元)')
    """
    return re.sub(r"[\s_*·]+", "", unicodedata.normalize("NFKC", text)).lower()


def column_letter(index: int) -> str:
    """Return the letter of a column counted from 0, as a spreadsheet shows it.

    >>> column_letter(0), column_letter(25), column_letter(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def make_table(
    rows: Sequence[Row],
    file: str,
    *,
    known: Collection[str] = (),
    notices: Sequence[Sentence] = (),
    problems: Mapping[tuple[int, int], CellProblem] | None = None,
) -> Table:
    """Return the table in rows of cells: header found, empty rows and totals left out.

    problems : (row, column from 0) → what is wrong there; those above or beside the table are left out
    """
    filled = [row for row in rows if any(cell is not None for cell in row[1])]
    if not filled:
        raise InvalidInput("{file} is empty: there is nothing to load.", file=file)
    if len(filled) > MAX_ROWS:
        raise InvalidInput("{file} has more than {limit} rows: split it.", file=file, limit=MAX_ROWS)
    header = _find_header(filled, file, frozenset(known))
    found: list[CellProblem] = []
    data: list[tuple[int, Mapping[str, object]]] = []
    left_out: list[Sentence] = []
    for number, cells in _data_rows(filled[header.next :], left_out):
        extra = next((i for i in range(len(cells)) if cells[i] is not None and i not in header.names), None)
        if extra is not None:
            found.append(
                CellProblem(
                    number,
                    column_letter(extra),
                    str(cells[extra])[:80],
                    say("the row has a cell beyond the header: it may have a separator too many"),
                )
            )
        data.append((number, {name: cells[i] if i < len(cells) else None for i, name in header.names.items()}))
    numbers = {number for number, _ in data}
    for (number, index), problem in (problems or {}).items():
        if number in numbers:
            name = header.names.get(index, column_letter(index))
            found.append(CellProblem(number, name, problem.value, problem.problem))
    return Table(
        columns=list(header.names.values()),
        rows=data,
        file=file,
        notices=[*notices, *header.notices, *left_out],
        problems=sorted(found, key=lambda problem: problem.row),
        titles=header.titles,
        header_row=header.row,
    )


def _data_rows(rows: Sequence[Row], notices: list[Sentence]) -> Iterator[Row]:
    """Yield the rows that are data; totals and what is written below the table are left out and told."""
    for position, (number, cells) in enumerate(rows):
        first = _first_text(cells)
        if first is not None and re.sub(r"[\s:：]", "", unicodedata.normalize("NFKC", first)).lower() in _TOTALS:
            notices.append(say("Row {row} is a total ({text}): left out.", row=number, text=first[:40]))
        elif first is not None and position >= len(rows) - 5 and _SIGNATURE.match(first):
            notices.append(say("Row {row} stands below the table ({text}): left out.", row=number, text=first[:40]))
        else:
            yield number, cells


def _first_text(cells: Sequence[object]) -> str | None:
    """Return the first text of a row; a running number before it does not count. None: it begins otherwise."""
    filled = [cell for cell in cells if cell is not None]
    if len(filled) > 1 and (isinstance(filled[0], int) or str(filled[0]).isdigit()):
        filled = filled[1:]
    return filled[0] if isinstance(filled[0], str) else None


def _find_header(rows: Sequence[Row], file: str, known: frozenset[str]) -> Header:
    """Return the header among the first rows: one with known names, else the first that is wide and all texts."""
    top = rows[:SEARCHED]
    counts = sorted(sum(cell is not None for cell in cells) for _, cells in rows[:100])
    usual = counts[len(counts) * 3 // 4]  # above titles, totals and rows that are half empty
    by_name = next((i for i in range(len(top)) if _is_known(top[i][1], known)), None)
    if by_name and _is_pair(rows[by_name - 1][1], rows[by_name][1]):
        by_name -= 1
    for i in [by_name] if by_name is not None else range(len(top)):
        pair = i + 1 < len(rows) and _is_pair(rows[i][1], rows[i + 1][1])
        if pair or by_name is not None or _is_wide(top[i][1], usual):
            return _header(rows, i, pair)
    raise InvalidInput(
        "{file} has no header row: the first row that is filled must name the columns.",
        file=file,
    )


def _texts(cells: Sequence[object]) -> list[str]:
    return [cell for cell in cells if isinstance(cell, str)]


def _is_known(cells: Sequence[object], known: frozenset[str]) -> bool:
    """Return whether at least two cells, or half of them, are names of known columns."""
    hits = sum(header_key(text) in known for text in _texts(cells))
    return hits >= 2 or (hits == 1 and hits * 2 >= sum(cell is not None for cell in cells))


def _is_wide(cells: Sequence[object], usual: int) -> bool:
    """Return whether a row can be a header: nearly as wide as the rows are, and nothing but names."""
    filled = [cell for cell in cells if cell is not None]
    return len(filled) * 4 >= usual * 3 and all(isinstance(cell, str) and not _NUMBER.match(cell) for cell in filled)


def _is_pair(upper: Sequence[object], lower: Sequence[object]) -> bool:
    """Return whether two rows are one header: groups above ("资金"), their columns below ("计划", "使用").

    Some column is named above only (a cell merged over both rows), some below only (a group merged over columns).
    """
    width = max(len(upper), len(lower))
    pairs = [(_at(upper, i), _at(lower, i)) for i in range(width)]
    cells = [cell for pair in pairs for cell in pair if cell is not None]
    if not all(isinstance(cell, str) and not _NUMBER.match(cell) for cell in cells):
        return False
    above = sum(a is not None and b is None for a, b in pairs)
    below = sum(a is None and b is not None for a, b in pairs)
    return above > 0 and below > 0 and sum(a is not None for a, _ in pairs) >= 2


def _at(cells: Sequence[object], index: int) -> object:
    return cells[index] if index < len(cells) else None


def _header(rows: Sequence[Row], index: int, pair: bool) -> Header:
    """Return the header that begins at a row, with its titles and what is told of it."""
    number, upper = rows[index]
    lower: Sequence[object] = rows[index + 1][1] if pair else ()
    header = Header(number, {}, index + 1 + pair)
    header.titles = [text for _, cells in rows[:index] for text in _texts(cells)]
    if index:
        header.notices.append(
            say("The header was taken from row {row}; {count} rows above it are titles.", row=number, count=index)
        )
    elif pair:
        header.notices.append(say("The header was taken from rows {row} and {next}.", row=number, next=number + 1))
    named = max(i for cells in (upper, lower) for i, cell in enumerate(cells) if cell is not None) + 1
    filled = {i for _, cells in rows[header.next :] for i, cell in enumerate(cells[:named]) if cell is not None}
    if named > MAX_COLUMNS:
        raise InvalidInput(
            "The table has more than {limit} columns: delete those that are not needed.", limit=MAX_COLUMNS
        )
    group = ""
    used: dict[str, int] = {}
    for i in range(named):
        above, below = _plain(_at(upper, i)), _plain(_at(lower, i))
        if above:
            group = above
        name = (f"{group}/{below}" if group else below) if below else above
        if not name:
            if i not in filled:
                continue
            name = column_letter(i)
            header.notices.append(say("Column {column} has no name in the header.", column=name))
        used[name] = used.get(name, 0) + 1
        header.names[i] = name if used[name] == 1 else f"{name} ({used[name]})"
    return header


def _plain(cell: object) -> str:
    """Return a header cell as text; line breaks and runs of spaces become one space."""
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(str(cell)[:MAX_HEADER].split())
