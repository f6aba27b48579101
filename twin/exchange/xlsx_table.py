"""Tables of workbooks (.xlsx): stored values of formulas, dates and percentages as their cells are formatted.

openpyxl reads the cells, row by row.  What it does not say in that mode (merged cells, formulas without a stored value)
and what would make it work for ever (rows and columns far out) is looked for in the sheet's XML beforehand.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any

from defusedxml.ElementTree import ParseError, iterparse
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from twin.errors import InvalidInput
from twin.exchange.csv_table import formula
from twin.exchange.table import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Share, Table
from twin.exchange.table_header import Row, column_letter, make_table
from twin.values.project import CellProblem
from twin.values.sentence import Sentence, say

MAX_UNPACKED = 1_000_000_000  # bytes of all parts of a workbook
MAX_RATIO = 250  # unpacked to packed: sheets of one value reach about 100
MAX_MERGES = 20_000
MAX_MERGED_ROWS = 5_000_000  # of all merged cells together; they do not overlap in true workbooks
_LAST_ROW = 1_048_576
_BROKEN = (
    *(
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RuntimeError,
        OverflowError,
        AssertionError,
    ),
    *(EOFError, ParseError, InvalidFileException, zipfile.BadZipFile, zlib.error, zipfile.LargeZipFile, MemoryError),
)
_Problems = dict[tuple[int, int], CellProblem]


@dataclass(slots=True)
class _Sheet:
    """What the XML says beyond values: merged ranges (left, top, right, bottom from 1) and bare formulas."""

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    bare: list[tuple[int, int]] = field(default_factory=list)  # row from 1, column from 0
    width: int = 0  # columns up to the last that has a value or a formula


def read_xlsx(content: bytes, file: str, known: Collection[str] = ()) -> Table:
    """Return the table of a workbook's first sheet that is filled and not hidden."""
    try:
        _refuse_bombs(content, file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that change no value
            return _read(content, file, known)
    except _BROKEN as error:
        raise InvalidInput(
            "{file} cannot be read as a workbook ({reason}): open it in a spreadsheet and save it again as .xlsx.",
            file=file,
            reason=_problem(error),
        ) from error


def _problem(error: Exception) -> Sentence:
    """Return what is wrong with a workbook, in our own words: what the libraries say is English, and of their code."""
    if isinstance(error, ParseError):
        line, column = getattr(error, "position", (0, 0))
        return say("a part of it is no XML at line {line}, column {column}", line=line, column=column + 1)
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError):
        return say("the file is cut off or damaged")
    if isinstance(error, KeyError):
        return say("a part that it names is not in it")
    return say("a part of it is not as a workbook has it")


def _refuse_bombs(content: bytes, file: str) -> None:
    """Refuse an archive that is no workbook, is locked, or unpacks to far more than it holds."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise InvalidInput("{file} is an archive but no .xlsx workbook: save the table as .xlsx or CSV.", file=file)
    if any(part.flag_bits & 1 for part in parts):
        raise InvalidInput("{file} is protected by a password: save it without one.", file=file)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED or (unpacked > 10_000_000 and unpacked > MAX_RATIO * len(content)):
        raise InvalidInput(
            "{file} unpacks to {size} MB, far more than a table needs: save it anew, or as CSV.",
            file=file,
            size=unpacked // 1_000_000,
        )


def _read(content: bytes, file: str, known: Collection[str]) -> Table:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        looked = {sheet.title: _look(book, sheet, file) for sheet in sheets}
        filled = [sheet for sheet in sheets if looked[sheet.title].width]
        if not filled:
            raise InvalidInput("{file} is empty: there is nothing to load.", file=file)
        notices: list[Sentence] = []
        if len(filled) > 1:
            others = ", ".join(sheet.title[:40] for sheet in filled[1:8])
            notices.append(
                say(
                    "Sheet {sheet} was read; other sheets are left aside: {others}.",
                    sheet=filled[0].title,
                    others=others,
                )
            )
        problems: _Problems = {}
        known_of = looked[filled[0].title]
        rows = _rows(filled[0], known_of.width, problems, file)
        for row, column in known_of.bare:
            problems[row, column] = CellProblem(
                row, "", "", say("the formula has no stored value: open the file in a spreadsheet, compute and save it")
            )
        plain = make_table(rows, file, known=known, notices=notices, problems=problems)
        return _unmerged(plain, rows, known_of.merges, file, known, notices, problems)
    finally:
        book.close()


def _look(book: Any, sheet: Any, file: str) -> _Sheet:
    """Return what the XML of a sheet says beyond its values; refuses rows and columns that no spreadsheet has."""
    found = _Sheet()
    row, column, merged = 1, -1, 0
    with book._archive.open(sheet._worksheet_path) as part:
        for tag, attributes, filled, bare in _elements(part):
            if tag == "row":
                row, column = _row_number(attributes.get("r"), row, file) + 1, -1
            elif tag == "mergeCell":
                left, top, right, bottom = (int(n or 0) for n in range_boundaries(attributes.get("ref", "")))
                found.merges.append((left, top, right, bottom))
                merged += bottom - top
            else:
                at, column = _address(attributes.get("r"), (row, column + 1), file)
                if filled:
                    found.width = max(found.width, column + 1)
                if bare:
                    found.bare.append((at, column))
            if len(found.merges) > MAX_MERGES or merged > MAX_MERGED_ROWS:
                raise InvalidInput("{file} has more merged cells than can be read: unmerge them.", file=file)
    if found.width > MAX_COLUMNS:
        raise InvalidInput(
            "The table has more than {limit} columns: delete those that are not needed.", limit=MAX_COLUMNS
        )
    return found


def _elements(part: IO[bytes]) -> Iterator[tuple[str, dict[str, str], bool, bool]]:
    """Yield rows (at their end), cells and merged ranges: tag, attributes, has a value or formula, lacks its value."""
    formula = value = False
    for _, element in iterparse(part, events=("end",), forbid_dtd=True):
        tag = element.tag.rpartition("}")[2]
        if tag == "f":
            formula = True
        elif tag in ("v", "is"):
            value = value or element.text is not None or len(element) > 0
        elif tag == "c":
            yield tag, dict(element.attrib), formula or value, formula and not value and element.get("t") != "str"
            formula = value = False
            element.clear()
        elif tag in ("row", "mergeCell"):
            yield tag, dict(element.attrib), False, False
            element.clear()


def _row_number(text: str | None, following: int, file: str) -> int:
    """Return the number of a row; one that is not named follows the row before it."""
    number = following if text is None else int(text) if re.fullmatch(r"[0-9]{1,7}", text) else 0
    if not 0 < number <= _LAST_ROW:
        shown = (text or str(following))[:20]
        raise InvalidInput("{file} names a row {row}, which no spreadsheet has: save it anew.", file=file, row=shown)
    return number


def _address(text: str | None, following: tuple[int, int], file: str) -> tuple[int, int]:
    """Return row from 1 and column from 0 of a cell; one without an address follows the cell before it."""
    if text is None:
        return following
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", text)
    if match is None:
        raise InvalidInput(
            "{file} names a cell {cell}, which no spreadsheet has: save it anew.", file=file, cell=text[:20]
        )
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1


def _rows(sheet: Any, width: int, problems: _Problems, file: str) -> list[Row]:
    """Return the filled rows of a sheet with cells as plain values."""
    rows: list[Row] = []
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(max_col=width), start=1):
        values = [_value(cell, number, i, problems) for i, cell in enumerate(cells)]
        while values and values[-1] is None:
            values.pop()
        if values:
            rows.append((number, values))
            if len(rows) > MAX_ROWS + 100:
                raise InvalidInput("{file} has more than {limit} rows: split it.", file=file, limit=MAX_ROWS)
    return rows


def _value(cell: Any, row: int, index: int, problems: _Problems) -> object:
    """Return a cell's value: dates without a time of day as `date`, numbers shown as per cent as `Share`."""
    value = cell.value
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(value, cell.data_type, row, index, problems)
    if isinstance(value, datetime):
        shown = re.sub(r'"[^"]*"|\[[^\]]*\]', "", str(cell.number_format)).lower()
        return value if "h" in shown or value.time() != time() else value.date()
    if isinstance(value, (time, timedelta)):
        return str(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        shown = re.sub(r'"[^"]*"|\\.', "", str(cell.number_format))
        return Share(value) if "%" in shown else value
    return value if isinstance(value, (bool, date)) else str(value)


def _text(text: str, kind: str, row: int, index: int, problems: _Problems) -> str | None:
    plain = text.strip()
    problem: Sentence | None = None
    if kind == "e":
        problem = say("the cell holds an error of a formula")
    elif plain.startswith("="):
        problem = formula()
    elif len(plain) > MAX_TEXT:
        problem = say("the text is longer than {limit} signs", limit=MAX_TEXT)
    if problem is not None:
        problems[row, index] = CellProblem(row, "", plain[:80], problem)
    return plain or None


def _unmerged(
    table: Table,
    rows: list[Row],
    merges: list[tuple[int, int, int, int]],
    file: str,
    known: Collection[str],
    notices: list[Sentence],
    problems: _Problems,
) -> Table:
    """Return the table with what merged cells of its body say written into each of their rows.

    A text or a date that is merged over rows holds for all of them.  A number does not: it would be counted once for
    each, and what is merged over columns belongs to none of them.
    """
    body = {number for number, _ in table.rows}
    cells = {number: list(values) for number, values in rows}
    filled = 0
    for left, top, right, bottom in merges:
        inside = (
            [row for row in range(top, min(bottom, _LAST_ROW) + 1) if row in body] if bottom - top < MAX_ROWS else []
        )
        if top not in body or (len(inside) < 2 and left == right):
            continue
        value = cells[top][left - 1] if left <= len(cells[top]) else None
        if value is None:
            continue
        if right > left or not isinstance(value, (str, date)):
            span = f"{column_letter(left - 1)}{top}:{column_letter(right - 1)}{bottom}"
            text = say(
                "merged cells ({cells}) say one thing for several: unmerge them and write each value", cells=span
            )
            problems[top, left - 1] = CellProblem(top, "", str(value)[:80], text)
            continue
        for row in inside[1:]:
            cells[row].extend([None] * (left - len(cells[row])))
            cells[row][left - 1] = value
        filled += 1
    if filled:
        notices.append(say("{count} merged cells hold for each of their rows.", count=filled))
    return make_table(list(cells.items()), file, known=known, notices=notices, problems=problems)
