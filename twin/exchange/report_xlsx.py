"""Reports as workbooks: plain values in typed columns → .xlsx bytes; the same values and day give the same bytes."""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

Kind = Literal["text", "number", "index", "amount", "share", "points", "date", "light"]
Cell = str | float | date | None

_FORMATS = {
    "number": "#,##0",
    "index": "0.00",
    "amount": "#,##0.00",
    "share": "0.0%",
    "points": '+0.0%;-0.0%;0.0%',
    "date": "yyyy-mm-dd",
}  # fmt: skip
_MOST = 32_767  # characters of a cell
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that an archive can name
# What XML cannot hold, and what would turn the text around it.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that is written otherwise than its column says."""

    value: Cell
    kind: Kind


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: what its cells hold and how wide it is, in characters."""

    title: str
    kind: Kind = "text"
    width: float = 14.0


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """A sheet: a header row, frozen and with filters, and rows of plain values, one for each column.

    colours : text of a "light" cell → "#rrggbb" of its edge
    """

    title: str
    columns: Sequence[ReportColumn]
    rows: Sequence[Sequence[Cell | Typed]]
    colours: dict[str, str] = field(default_factory=dict)


def write_report(sheets: Sequence[ReportSheet], *, title: str, day: date) -> bytes:
    """Return a workbook of the sheets; `day` is the only date in it that is not of a cell."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = _safe(title), "city twin"
    for sheet in sheets:
        _write(book, sheet)
    written = BytesIO()
    book.save(written)
    return _dated(written.getvalue(), datetime(day.year, day.month, day.day))


def _write(book: Workbook, sheet: ReportSheet) -> None:
    name = re.sub(r"[\[\]:*?/\\]", " ", _safe(sheet.title)).strip("' ")[:31]
    made = book.create_sheet(name)
    for i, column in enumerate(sheet.columns, 1):
        made.column_dimensions[get_column_letter(i)].width = column.width
    made.freeze_panes = "A2"
    made.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    made.append([_head(made, column) for column in sheet.columns])
    for row in sheet.rows:
        cells = zip(sheet.columns, row, strict=True)
        made.append([_cell(made, column.kind, value, sheet.colours) for column, value in cells])


def _head(sheet: Any, column: ReportColumn) -> Any:
    cell = _text(sheet, column.title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="FFEDF0EF")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, kind: Kind, value: Cell | Typed, colours: dict[str, str]) -> Any:
    if isinstance(value, Typed):
        kind, value = value.kind, value.value
    if value is None:
        return None
    if isinstance(value, str):
        cell = _text(sheet, value)
        if kind == "light" and value in colours:
            cell.border = Border(left=Side("thick", "FF" + colours[value].lstrip("#").upper()))
        return cell
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = _FORMATS.get(kind, "General")
    return cell


def _text(sheet: Any, text: str) -> Any:
    """Return a cell that is text whatever it begins with: never a formula, for whoever opens the file."""
    cell = WriteOnlyCell(sheet, None)
    cell.value = _safe(text)[:_MOST]
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in tuple("=+-@\t\r")
    return cell


def _safe(text: str) -> str:
    return _UNSAFE.sub("□", text)


def _dated(content: bytes, when: datetime) -> bytes:
    """Return the workbook with `when` for the times that openpyxl took from the clock."""
    stamp = f"{when:%Y-%m-%dT%H:%M:%SZ}".encode()
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            inside = old.read(part)
            if part.filename == "docProps/core.xml":
                inside = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, inside)
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, inside)
    return written.getvalue()
