"""Tables from files: what a spreadsheet writes reads back, what is hostile or broken is refused in a sentence."""

import contextlib
import csv
import io
import re
import struct
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from twin.errors import InvalidInput
from twin.exchange import tables, xlsx_table
from twin.exchange.csv_table import read_csv
from twin.exchange.register import read_register
from twin.exchange.tables import Share, Table, read_table

PLAIN = "项目代码,项目名称,备注\nP1,黄河大桥,好\nP2,学校,\n"


def saved(folder: Path, content: bytes | str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sheet_of(rows: list[list[object]]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    return book, sheet


def read_book(folder: Path, book: Workbook) -> Table:
    path = folder / "t.xlsx"
    book.save(path)
    return read_table(path)


def values(table: Table) -> list[list[object]]:
    return [list(cells.values()) for _, cells in table.rows]


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_and_separator(tmp_path: Path, codec: str, separator: str, end: str) -> None:
    content = PLAIN.replace(",", separator).replace("\n", end).encode(codec)
    table = read_table(saved(tmp_path, content))
    assert table.columns == ["项目代码", "项目名称", "备注"]
    assert table.rows == [
        (2, {"项目代码": "P1", "项目名称": "黄河大桥", "备注": "好"}),
        (3, {"项目代码": "P2", "项目名称": "学校", "备注": None}),
    ]
    assert any("GB18030" in notice for notice in table.notices) == (codec == "gb18030")


def test_an_encoding_that_is_named_is_believed(tmp_path: Path) -> None:
    path = saved(tmp_path, "name,note\nMünchen,x\n".encode("cp1252"))
    assert read_table(path, encoding="cp1252").rows[0][1]["name"] == "München"
    with pytest.raises(InvalidInput, match="not known"):
        read_table(path, encoding="klingon")


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="="), max_size=12)


@settings(max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_the_csv_module_writes_reads_back(rows: list[tuple[str, str, str]], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["code", "name", "note"])
    for row in rows:
        writer.writerow(["x" + row[0], row[1] + "\n" + row[1], row[2]])
    table = read_csv(out.getvalue().encode(), "t.csv")
    wanted = [[("x" + a).strip(), f"{b}\n{b}".strip() or None, c.strip() or None] for a, b, c in rows]
    assert values(table) == wanted
    assert [number for number, _ in table.rows] == list(range(2, len(rows) + 2))


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = 'code,note\nP1,"two\nlines"\n\n,\nP2,x\n'
    assert [n for n, _ in read_table(saved(tmp_path, text)).rows] == [2, 5]


def test_titles_totals_and_signatures_are_told_not_loaded(tmp_path: Path) -> None:
    text = (
        "2026年6月重点项目进展月报,,,\n单位：万元,,,填报单位：发改委\n序号,项目代码,项目名称,累计完成投资\n1,P1,桥,10\n"
        "2,P2,路,20\n,小 计,,30\n3,P3,校,5\n合计,,,35\n填报人：张三,,审核人：李四,\n"
    )
    table = read_table(saved(tmp_path, text.encode("gb18030")))
    assert [(n, c["项目代码"]) for n, c in table.rows] == [(4, "P1"), (5, "P2"), (7, "P3")]
    assert "单位：万元" in table.titles
    told = "\n".join(table.notices)
    for said in ("header was taken from row 3; 2 rows", "Row 6 is a total", "Row 8 is a total", "Row 9 stands below"):
        assert said in told


def test_a_header_in_two_rows_is_flattened(tmp_path: Path) -> None:
    text = "月报,,,,,\n项目代码,资金,,劳动力,,备注\n,计划,使用,计划,使用,\nP1,1,2,3,4,x\n"
    table = read_table(saved(tmp_path, text))
    assert table.columns == ["项目代码", "资金/计划", "资金/使用", "劳动力/计划", "劳动力/使用", "备注"]
    assert values(table) == [["P1", "1", "2", "3", "4", "x"]]


def test_short_rows_are_filled_and_long_ones_are_problems(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "code,name,note\nP1\nP2,a,b,,\nP3,a,b,c\n"))
    assert [cells["note"] for _, cells in table.rows] == [None, "b", "b"]
    assert [(p.row, p.column, p.value) for p in table.problems] == [(4, "D", "c")]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x","y")', " =cmd|'/c calc'!A0", '="00123"'])
def test_formulas_in_text_are_problems_and_signed_numbers_are_not(tmp_path: Path, formula: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["code", "a", "b", "c"], ["P1", "-5", "+5", formula]])
    table = read_table(saved(tmp_path, out.getvalue()))
    (problem,) = table.problems
    assert (problem.row, problem.column) == (2, "c")
    assert "formula" in problem.problem
    assert (table.rows[0][1]["a"], table.rows[0][1]["b"]) == ("-5", "+5")


def test_columns_of_one_name_and_of_none_are_kept_apart(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path, "code,note,,note\nP1,a,b,c\n"))
    assert table.columns == ["code", "note", "C", "note (2)"]
    assert values(table) == [["P1", "a", "b", "c"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b",,\n,,\n", "empty"),
        (b"1,2,3\n4,5,6\n", "no header row"),
        (b'code,name\n"P1,x\n', "quotation mark"),
        (b'code,name\n"P1"x,y\n', "quotation mark"),
        (b"code,name\nP1,a\x00b\n", "neither a table nor text"),
        (bytes(range(128, 256)) * 3, "neither UTF-8 nor GB18030"),
        (b"\xff\xfea", "neither a table nor text"),
        (b"%PDF-1.7 ...", "no table but a page"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "no table but a page"),
        (b"PK\x03\x04 broken", "cannot be read as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old binary form"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"{", "no valid GeoJSON"),
        (b'{"a": 1}', "no GeoJSON FeatureCollection"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_table(saved(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_table(path)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, "a,b\n" + "x,y\n" * 50)
    monkeypatch.setattr("twin.exchange.table_header.MAX_ROWS", 20)
    with pytest.raises(InvalidInput, match="more than 20 rows"):
        read_table(path)
    monkeypatch.setattr("twin.exchange.table_header.MAX_COLUMNS", 1)
    with pytest.raises(InvalidInput, match="more than 1 columns"):
        read_table(saved(tmp_path, "a,b\nx,y\n", "wide.csv"))
    monkeypatch.undo()
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    with pytest.raises(InvalidInput, match="split it"):
        read_table(path)
    (problem,) = read_csv(("a,b\nx," + "y" * 40_000 + "\n").encode(), "t.csv").problems
    assert "longer" in problem.problem


# --- workbooks ----------------------------------------------------------------------------------------------------


def test_cells_of_a_workbook_keep_their_types(tmp_path: Path) -> None:
    book, sheet = sheet_of([["code", "day", "time", "share", "number", "yes", "text"]])
    sheet.append(["P1", date(2026, 6, 30), datetime(2026, 6, 30, 8), 0.45, 3, True, " x "])
    sheet["D2"].number_format = "0.0%"
    table = read_book(tmp_path, book)
    (row,) = values(table)
    assert row == ["P1", date(2026, 6, 30), datetime(2026, 6, 30, 8), 0.45, 3, True, "x"]
    assert type(row[1]) is date
    assert isinstance(row[3], Share)
    assert not isinstance(row[4], Share)


def test_merged_headers_are_flattened_and_merged_bodies_filled_or_refused(tmp_path: Path) -> None:
    book, sheet = sheet_of([["月报"], ["项目代码", "资金", None, "完成"], [None, "计划", "使用", None]])
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(cells)
    sheet.append(["P1", 1, 2, 0.1])
    sheet.append([None, 3, 4, 0.2])
    sheet.append(["P2", 5, 6, 0.3])
    sheet.append(["P3", None, 7, 0.4])
    sheet.append(["P4", 8, None, 0.5])
    sheet.merge_cells("A4:A5")  # a text: holds for both rows
    sheet.merge_cells("B6:B7")  # a number: would count twice
    sheet.merge_cells("B8:C8")  # over columns
    table = read_book(tmp_path, book)
    assert table.columns == ["项目代码", "资金/计划", "资金/使用", "完成"]
    assert [cells["项目代码"] for _, cells in table.rows] == ["P1", "P1", "P2", "P3", "P4"]
    assert [(p.row, p.column) for p in table.problems] == [(6, "资金/计划"), (8, "资金/计划")]
    assert "1 merged cells hold for each of their rows." in table.notices


def test_a_formula_counts_by_its_stored_value_and_is_a_problem_without_one(tmp_path: Path) -> None:
    book, sheet = sheet_of([["code", "a", "b"], ["P1", "=1+1", "=2+2"], ["P2", 5, "#N/A"]])
    sheet["C3"].data_type = "e"
    book.save(tmp_path / "t.xlsx")
    stored = rewritten(
        tmp_path / "t.xlsx", "xl/worksheets/sheet1.xml", lambda x: x.replace("<f>1+1</f><v />", "<f>1+1</f><v>2</v>")
    )
    table = read_table(stored)
    assert table.rows[0][1]["a"] == 2
    assert [(p.row, p.column) for p in table.problems] == [(2, "b"), (3, "b")]
    assert "no stored value" in table.problems[0].problem


def rewritten(path: Path, part: str, change: "object", **extra: bytes) -> Path:
    """Write a workbook anew with one part changed."""
    assert callable(change)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    new = change(parts[part].decode())
    assert new != parts[part].decode(), "the test changes nothing"
    parts[part] = new.encode()
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **extra}.items():
            archive.writestr(name, content)
    return target


def test_the_first_filled_visible_sheet_is_read_and_others_are_told(tmp_path: Path) -> None:
    book, hidden = sheet_of([["list"], ["a"]])
    hidden.title, hidden.sheet_state = "lists", "hidden"
    book.create_sheet("empty")
    for title in ("June", "May"):
        sheet = book.create_sheet(title)
        sheet.append(["code", "name"])
        sheet.append([title, "x"])
    table = read_book(tmp_path, book)
    assert values(table) == [["June", "x"]]
    assert any("June" in notice and "May" in notice and "lists" in notice for notice in table.notices)


def test_text_formulas_in_workbooks_are_problems(tmp_path: Path) -> None:
    book, sheet = sheet_of([["code", "a"], ["P1", "x"]])
    sheet["B2"].value = "=1+1"
    sheet["B2"].data_type = "s"
    (problem,) = read_book(tmp_path, book).problems
    assert "formula" in problem.problem


def test_empty_workbooks_and_other_archives_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        read_book(tmp_path, Workbook())
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InvalidInput, match="but no"):
        read_table(tmp_path / "t.zip")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<row r="2"', '<row r="999999999"', "no spreadsheet has"),
        ('r="A2"', 'r="ZZZZ99999999"', "no spreadsheet has"),
        ("<sheetData>", "<sheetData><<", "cannot be read as a workbook"),
        (
            "<worksheet",
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet',
            "cannot be read as a workbook",
        ),
    ],
)
def test_hostile_sheets_are_refused_at_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    book, _ = sheet_of([["code", "name"], ["P1", "x"]])
    book.save(tmp_path / "t.xlsx")
    path = rewritten(tmp_path / "t.xlsx", "xl/worksheets/sheet1.xml", lambda text: text.replace(old, new, 1))
    begin = time.monotonic()
    with pytest.raises(InvalidInput, match=said):
        read_table(path)
    assert time.monotonic() - begin < 5


def test_far_columns_do_not_fill_the_memory(tmp_path: Path) -> None:
    book, sheet = sheet_of([["code", "name"]])
    for row in range(2, 300):
        sheet.cell(row, 1, f"P{row}")
        sheet.cell(row, 16_384, None).number_format = "0.00"
    table = read_book(tmp_path, book)
    assert table.columns == ["code", "name"]
    assert len(table.rows) == 298


def test_cells_without_addresses_follow_each_other(tmp_path: Path) -> None:
    book, _ = sheet_of([["code", "name"], ["P1", "x"]])
    book.save(tmp_path / "t.xlsx")
    path = rewritten(
        tmp_path / "t.xlsx", "xl/worksheets/sheet1.xml", lambda text: re.sub(r' r="[A-Z]*[0-9]+"', "", text)
    )
    assert read_table(path).rows == [(2, {"code": "P1", "name": "x"})]


def test_merged_cells_without_end_are_refused_at_once(tmp_path: Path) -> None:
    book, _ = sheet_of([["code", "name"], ["P1", "x"]])
    book.save(tmp_path / "t.xlsx")
    merges = "</sheetData><mergeCells>" + '<mergeCell ref="A2:A1048576"/>' * 10_000 + "</mergeCells>"
    path = rewritten(tmp_path / "t.xlsx", "xl/worksheets/sheet1.xml", lambda text: text.replace("</sheetData>", merges))
    with pytest.raises(InvalidInput, match="merged cells"):
        read_table(path)


@pytest.mark.parametrize(
    "text",
    [
        "code," + "," * 300_000 + "name\nP1," + "," * 300_000 + "x\n",
        "code,name" + "%" * 32_000 + "x\nP1,y\n",
        "code,planned_start,budget\nP1,2026" + " " * 30_000 + "x," + "1" * 30_000 + "x\n" * 20,
        "code\n" + '"' + "\n" * 100_000 + '"\n',
    ],
)
def test_texts_made_to_keep_a_reader_busy(tmp_path: Path, text: str) -> None:
    begin = time.monotonic()
    with contextlib.suppress(InvalidInput):
        read_register(saved(tmp_path, text))
    assert time.monotonic() - begin < 5


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    book, _ = sheet_of([["code", "name"], ["P1", "x"]])
    book.save(tmp_path / "t.xlsx")
    bomb = rewritten(
        tmp_path / "t.xlsx", "xl/worksheets/sheet1.xml", lambda x: x + " ", **{"xl/media/x.bin": bytes(100_000_000)}
    )
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(InvalidInput, match="unpacks to 100 MB"):
        read_table(bomb)


def test_a_locked_workbook_is_refused(tmp_path: Path) -> None:
    book, _ = sheet_of([["code"], ["P1"]])
    book.save(tmp_path / "t.xlsx")
    content = bytearray((tmp_path / "t.xlsx").read_bytes())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    with pytest.raises(InvalidInput, match="password"):
        read_table(saved(tmp_path, bytes(content), "l.xlsx"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_a_table_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, noise: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    book, _ = sheet_of([["code", "day"], ["P1", date(2026, 1, 1)]])
    book.save(folder / "t.xlsx")
    content = bytearray((folder / "t.xlsx").read_bytes())
    at = 4 + at % (len(content) - 4)
    content[at : at + len(noise)] = noise
    with contextlib.suppress(InvalidInput):  # any other error fails the test
        xlsx_table.read_xlsx(bytes(content), "t.xlsx")
