"""Which reader reads a schedule file, what is refused in which words, and real files that go to CSV and back."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import real_data_folder
from twin.errors import InvalidInput
from twin.exchange.schedule_document import from_document, to_document
from twin.exchange.schedule_table import read_schedule_table, write_schedule_csv
from twin.exchange.schedules import read_schedule
from twin.values.schedule import Schedule

TABLE = "task,name,start,finish\nA,x,2026-01-01,2026-01-02\n"
MSPDI = (
    '<?xml version="1.0"?><!-- <APIBusinessObjects> --><Project xmlns="http://schemas.microsoft.com/project">'
    "<Name>P</Name><Tasks><Task><UID>1</UID><ID>1</ID><Name>Dig</Name><Start>2026-01-01T08:00:00</Start>"
    "<Finish>2026-01-02T17:00:00</Finish></Task></Tasks></Project>"
)


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, b"x")
    return buffer.getvalue()


def workbook() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in TABLE.splitlines():
        sheet.append(row.split(","))
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.xml", "a.xer", "plan"])
@pytest.mark.parametrize(
    ("content", "form"),
    [(TABLE.encode(), "csv"), (workbook(), "xlsx"), (MSPDI.encode(), "mspdi"),
     (b"\xef\xbb\xbf" + MSPDI.encode(), "mspdi"), (TABLE.encode("utf-16"), "csv")],
    ids=["csv", "xlsx", "mspdi", "mspdi with a mark", "csv in UTF-16"],
)  # fmt: skip
def test_content_decides_and_not_the_name(name: str, content: bytes, form: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    schedule = read_schedule(path)
    assert schedule.format == form
    assert len(schedule.tasks) == 1


REFUSED = {
    "an IFC model": ("a.ifc", b"ISO-10303-21;\nHEADER;", "twin schedule load"),
    "a zipped IFC model": ("a.ifczip", archive("m.ifc"), "twin schedule load"),
    "a PDF": ("a.pdf", b"%PDF-1.7\n", "PDF"),
    "Project's own format": ("a.mpp", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Save As > XML"),
    "Project's own format by another name": (
        "plan.bin", b"\xd0\xcf\x11\xe0" + b"\0" * (2 << 20) + "TBkndTask".encode("utf-16-le"), "Save As > XML"
    ),
    "an old workbook": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xlsx"),
    "an archive": ("a.zip", archive("plan.xer"), "unpack"),
    "a broken archive": ("a.xlsx", archive("xl/workbook.xml")[:40], "a.xlsx"),
    "nothing": ("a.xer", b"", "empty"),
    "white space": ("a.xml", b" \r\n\0", "empty"),
    "other XML": ("a.xml", b"<?xml version='1.0'?><rss/>", "rss"),
    "XML without an element": ("a.xml", b"<?xml version='1.0'?>", "another kind"),
    "a comment without an end": ("a.xml", b"<!-- <Project>", "another kind"),
    "a web page": ("a.html", b"<!DOCTYPE html><html></html>", "html"),
    "noise": ("a.xer", bytes(range(256)) * 8, "a.xer"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_other_files_are_refused_with_what_to_do(kind: str, tmp_path: Path) -> None:
    name, content, words = REFUSED[kind]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        read_schedule(path)
    assert name in str(refused.value)
    assert words in str(refused.value)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.xer", tmp_path):
        with pytest.raises(InvalidInput):
            read_schedule(path)


def told(schedule: Schedule) -> Schedule:
    """Return what a schedule says, as both ends of a trip have it: no empty baselines or values, links by successor."""
    tasks = tuple(
        replace(
            task,
            baselines=tuple(b for b in task.baselines if b != type(b)(b.number, None, None)),
            values={name: " ".join(value.split()) for name, value in task.values.items() if value.strip()},
        )
        for task in schedule.tasks
    )
    links = sorted(schedule.links, key=lambda link: (link.successor, link.predecessor, link.type, link.lag))
    return replace(schedule, tasks=tasks, links=tuple(links), format="csv", notices=(), unread=(), lost=0)


FILES = sorted(path for path in (real_data_folder() / "schedules").glob("*/*") if path.suffix in (".xml", ".xer"))


UNREADABLE = ("p6xer_encodings.xer", "p6xer_mixed_endings.xer")  # they hold no table of tasks


@pytest.mark.real_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_go_to_csv_and_back(path: Path, tmp_path: Path) -> None:
    if path.name in UNREADABLE:
        with pytest.raises(InvalidInput, match=path.name):
            read_schedule(path)
        return
    schedule = read_schedule(path)
    document = to_document(schedule)
    assert to_document(from_document(document)) == document
    schedule = from_document(document)  # readers may use lists
    write_schedule_csv(schedule, tmp_path / "a.csv")
    back = told(read_schedule_table(tmp_path / "a.csv"))
    expected = told(schedule)
    assert back.tasks == expected.tasks
    assert back == expected
