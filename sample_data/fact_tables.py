"""Tables as bureaus write them: CSV in GB18030 or UTF-8, workbooks with a title row; the same bytes on every run."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sample_data.fact_network import Network, Row

Cell = str | float | int | date | None
STAMP = datetime(2026, 7, 1)
_ZIP_DATE = (2026, 7, 1, 0, 0, 0)
SCHEDULE_HEADERS = (
    *(
        "任务编号",
        "任务名称",
        "上级任务",
        "计划开始",
        "计划完成",
        "基线开始",
        "基线完成",
        "完成百分比",
        "费用(万元)",
        "前置任务",
        "里程碑",
    ),
)


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Cell]], encoding: str) -> None:
    """Write a table; dates as 2026-06-30."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(["" if cell is None else f"{cell}" for cell in row] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_workbook(
    path: Path, title: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]], subtitle: str = ""
) -> None:
    """Write a workbook: a title over the whole width, perhaps a line below it, the header, the rows."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    width = get_column_letter(len(headers))
    sheet.append([title])
    sheet.merge_cells(f"A1:{width}1")
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    if subtitle:
        sheet.append([subtitle])
        sheet.merge_cells(f"A2:{width}2")
    sheet.append(list(headers))
    line = sheet.max_row
    for cell in sheet[line]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
    sheet.freeze_panes = f"A{line + 1}"
    for row in rows:
        sheet.append(list(row))
    for number, header in enumerate(headers, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(10, 2.2 * len(header))
    book.properties.creator, book.properties.created = "滨江市重点工程建设管理局", STAMP
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(_same_bytes(stream.getvalue()))


def _same_bytes(content: bytes) -> bytes:
    """Return a workbook with fixed times: those of the zip's entries and that of its last change."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-07-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def schedule_rows(plan: Network) -> list[list[Cell]]:
    """Return the rows of a schedule as a table has them: costs on the tasks alone."""
    return [
        [
            row.id, row.name, row.parent, row.start, row.finish, row.start, row.finish, "0%",
            round(row.cost / 10000, 2) if row.kind == "task" else None, waits(row),
            "是" if row.kind == "milestone" else None,
        ]
        for row in plan.rows
    ]  # fmt: skip


def waits(row: Row) -> str:
    """Return what a task waits for, as Microsoft Project writes it: `A010SS+10d`."""
    found = []
    for wait in row.waits:
        kind = wait.type if wait.type != "FS" or wait.lag else ""
        found.append(f"{wait.task}{kind}{f'{wait.lag:+d}d' if wait.lag else ''}")
    return ";".join(found)
