"""What is said of tables that cannot be read: what is wrong and where, true, and without the words of a library."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from twin.errors import InvalidInput
from twin.exchange.progress import read_progress
from twin.exchange.records import Rows
from twin.exchange.register import read_register
from twin.exchange.resources import read_resources
from twin.exchange.tables import read_table
from twin.values.project_code import check_project_code

LIBRARY = re.compile(
    r"Error|field limit|newline|Bad|magic|zip file|decompress|openpyxl|char \d|Expecting|codec|delimiter"
)


def saved(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project,note\nP1,a\nP2," + "x" * 200_000 + "\n", "from row 3 on: a cell has more than 131072 signs"),
        ('project,note\nP1,a\nP2,"open\n', "from row 3 on: a quotation mark is opened there and never closed"),
        ('project,note\nP1,"a" b\n', "from row 2 on: after a closing quotation mark the text goes on"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_with_its_row(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read_table(saved(tmp_path, text))
    assert not LIBRARY.search(str(caught.value))


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    book.active.append(["code", "name"])
    book.active.append(["P1", "a"])
    book.save(out)
    return out.getvalue()


def changed(part: str, content: bytes | None) -> bytes:
    """Return the workbook with a part replaced, or left out."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != part or content is not None:
                new.writestr(name, old.read(name) if name != part or content is None else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook()[:-100], "cut off or damaged"),
        (workbook()[:200], "cut off or damaged"),
        (changed("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "no XML at line 1, column "),
        (changed("[Content_Types].xml", None), "a part that it names is not in it"),
        (b'{"type": "FeatureCollection",\n "features": [}', "line 2, column 15"),
        (b'{"type": "FeatureCollection", "features": "\xff"}', "not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_cut_file_is_said_in_our_words(content: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read_table(saved(tmp_path, content))
    assert not LIBRARY.search(str(caught.value))


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_register, "code,name\nP1,a\nP1,b\n", "row 2 is of the same project already"),
        (
            read_progress,
            "project,fact_date,completion\nP1,2026-06-30,0.4\nP1,2026-06-30,0.5\n",
            "row 2 reports on the same project, task and day already",
        ),
        (
            read_resources,
            "project,fact_date,resource,used\nP1,2026-06-30,labour,4\nP1,2026-06-30,labour,5\n",
            "row 2 reports on the same project, task, day and resource already",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_not_called_the_same(
    read: Callable[[Path], Rows[Any]], text: str, said: str, tmp_path: Path
) -> None:
    (problem,) = read(saved(tmp_path, text)).problems
    assert (problem.row, problem.problem) == (3, said)


@pytest.mark.parametrize(
    "code",
    ["2113-640104-04-01-123456", "2106-990104-04-01-123456", "2106-6401O4-04-01-123456", "2106-640104-04-01-123450"],
)
def test_what_is_wrong_with_a_code_has_no_full_stop_in_a_table(code: str, tmp_path: Path) -> None:
    (problem,) = read_register(saved(tmp_path, f"code,name\n{code},a\n")).problems
    assert problem.problem.startswith(f"{code} is no national project code: ")
    assert not problem.problem.endswith(".")
    with pytest.raises(InvalidInput) as caught:
        check_project_code(code)
    assert str(caught.value) == f"{problem.problem}."


def test_a_header_that_is_not_understood_is_named(tmp_path: Path) -> None:
    book, out = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["月报"], ["项目代码", "统计日期", "进展", None], [None, None, "甲", "乙"], ["P1", "2026-06-30", 3, 4]):
        sheet.append(row)
    for cells in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
        sheet.merge_cells(cells)
    book.save(out)
    with pytest.raises(InvalidInput) as caught:
        read_progress(saved(tmp_path, out.getvalue(), "报表.xlsx"))
    assert str(caught.value).startswith(
        "报表.xlsx has no row of facts in its 1 rows. The header was taken from row 2; its columns are 项目代码, "
        "统计日期, 进展/甲, 进展/乙; read were 项目代码, 统计日期. Name the others with --map"
    )


@pytest.mark.parametrize("read", [read_register, read_progress, read_resources])
def test_a_table_with_a_header_only_is_refused(read: Callable[[Path], Rows[Any]], tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"no row of facts in its 0 rows.* from row 1; its columns are code, project, "
    ):
        read(saved(tmp_path, "code,project,fact_date,completion,labour planned\n"))
