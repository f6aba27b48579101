"""Bad files of facts: row and column are named, nothing is half-loaded without saying so."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.facts.files import PROGRESS_HEADER, REGISTER, Twin, write


def state(twin: Twin) -> object:
    listed = twin.good("projects", "list", "--as-of", "2026-06-30")["projects"]
    return listed, twin.good("schedule", "list")["schedules"]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("P1,2026-03-31,150,10,2026-04-01", "累计完成(%)", "100"),
        ("P1,2026-02-30,50,10,2026-04-01", "统计日期", "2026-02-30"),
        ("P1,02/03/2026,50,10,2026-04-01", "统计日期", "--map"),
        ("P1,2026-03-31,=1+1,10,2026-04-01", "累计完成(%)", ""),
        ("P1,2026-03-31,abc,10,2026-04-01", "累计完成(%)", ""),
        ("P9,2026-03-31,50,10,2026-04-01", "项目代码", "P9"),
        (",2026-03-31,50,10,2026-04-01", "项目代码", ""),
        ("P1,2026-03-31,50,10,不知道", "填报日期", ""),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_kept(twin: Twin, tmp_path: Path, row: str, column: str, words: str) -> None:
    good = "P2,2026-03-31,40,10,2026-04-01\n"
    before = state(twin)
    path = write(tmp_path, "bad.csv", PROGRESS_HEADER + good + row + "\n")
    code, problem = twin.run("progress", "load", path, "--recorded-at", "填报日期")
    assert code == 1
    (found,) = problem["problems"]
    assert (found["row"], found["column"]) == (3, column)
    assert words in found["problem"] + found["value"]
    assert "3" in problem["detail"]
    assert state(twin) == before
    code, answer = twin.run("progress", "load", path, "--recorded-at", "填报日期", "--partial")
    assert (code, answer["kept"], answer["left_out"]) == (3, 1, 1)
    assert answer["problems"][0]["row"] == 3


def test_a_row_twice_in_a_file_is_refused(twin: Twin, tmp_path: Path) -> None:
    row = "P1,2026-03-31,{},10,2026-04-01\n"
    path = write(tmp_path, "twice.csv", PROGRESS_HEADER + row.format(50) + row.format(40))
    code, problem = twin.run("progress", "load", path, "--recorded-at", "填报日期")
    assert code == 1
    assert any(found["row"] == 3 for found in problem["problems"])


def test_loading_a_file_again_changes_nothing(twin: Twin, tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", PROGRESS_HEADER + "P1,2026-03-31,50,10,2026-04-01\n")
    twin.good("progress", "load", path, "--recorded-at", "填报日期")
    before = twin.good("lights", "--as-of", "2026-03-31", "--known-at", "2026-04-01")
    again = twin.good("progress", "load", path, "--recorded-at", "填报日期")
    assert (again["kept"], again["unchanged"]) == (0, 1)
    assert twin.good("lights", "--as-of", "2026-03-31", "--known-at", "2026-04-01") == before
    register = write(tmp_path, "register.csv", REGISTER)
    assert twin.good("projects", "load", register)["unchanged"] == 2


def test_recording_before_the_latest_one_is_refused(twin: Twin, tmp_path: Path) -> None:
    text = PROGRESS_HEADER + "P1,2026-03-31,50,10,2026-04-01\n"
    twin.good("progress", "load", write(tmp_path, "a.csv", text), "--recorded-at", "2026-04-01")
    earlier = write(tmp_path, "b.csv", text.replace("03-31", "02-28"))
    code, problem = twin.run("progress", "load", earlier, "--recorded-at", "2026-03-01")
    assert code == 1
    assert "2026-04-01" in problem["problems"][0]["problem"]
    twin.good("progress", "load", earlier, "--recorded-at", "2026-04-01")


def test_gb18030_and_merged_headers(twin: Twin, tmp_path: Path) -> None:
    path = write(tmp_path, "gb.csv", PROGRESS_HEADER + "P1,2026-03-31,50,10,2026-04-01\n", "gb18030")
    assert twin.good("progress", "load", path, "--recorded-at", "填报日期")["kept"] == 1
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2026年3月资源月报"])
    sheet.append(["项目代码", "统计日期", "资金", None, "混凝土", None])
    sheet.append([None, None, "计划", "使用", "计划", "使用"])
    for cells in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"):
        sheet.merge_cells(cells)
    sheet.append(["P1", "2026-03-31", 3000000, 2400000, 900, 1000])
    book.save(tmp_path / "merged.xlsx")
    answer = twin.good("resources", "load", str(tmp_path / "merged.xlsx"))
    assert answer["kept"] == 2
    use = twin.good("get", "/api/resources", "--as-of", "2026-03-31")["body"]["projects"]["P1"]
    assert use["funds"]["rate"] == pytest.approx(0.8)
    assert use["concrete"]["used"] == 1000


def test_nothing_is_recorded_in_the_future(twin: Twin, tmp_path: Path) -> None:
    """A wrong year would lock the project: whatever came after would be recorded before it."""
    path = write(tmp_path, "a.csv", PROGRESS_HEADER + "P1,2026-03-31,50,10,2126-04-01\n")
    code, problem = twin.run("progress", "load", path, "--recorded-at", "2126-04-01")
    assert code == 1
    assert "2126" in problem["detail"]
    code, problem = twin.run("progress", "load", path, "--recorded-at", "填报日期")
    assert (code, problem["problems"][0]["row"], problem["problems"][0]["column"]) == (1, 2, "填报日期")
    late = write(tmp_path, "b.csv", PROGRESS_HEADER + "P1,2062-03-31,50,10,2026-04-01\n")
    code, problem = twin.run("progress", "load", late, "--recorded-at", "填报日期")
    assert (code, problem["problems"][0]["column"]) == (1, "统计日期")
    code, problem = twin.run("schedule", "load", path, "--project", "P1", "--recorded-at", "填报日期")
    assert code == 1


def test_two_files_at_once_are_both_kept(twin: Twin, tmp_path: Path) -> None:
    """What is written later is recorded later, whoever began first; and an answer given meanwhile stays."""
    paths = []
    for name in ("one", "two"):
        rows = "".join(f"P1,T{n % 6 + 1},2026-0{n % 6 + 1}-{n % 27 + 1:02},{n % 90},10\n" for n in range(3000))
        header = PROGRESS_HEADER.replace("统计日期", "任务编号,统计日期").replace(",填报日期", "")
        unique = "".join(dict.fromkeys(line.rsplit(",", 2)[0] + f",{len(name)},10\n" for line in rows.splitlines()))
        paths.append(write(tmp_path, f"{name}.csv", header + unique))
    command = [sys.executable, "-m", "web.cli.main", "progress", "load"]
    folder = ["--twin", str(tmp_path / "twin"), "--json"]
    loads = [subprocess.Popen([*command, path, *folder], stdout=subprocess.PIPE, text=True) for path in paths]
    for load in loads:
        out, _ = load.communicate(timeout=60)
        assert load.returncode == 0, out


@pytest.mark.parametrize("command", [("projects",), ("progress",), ("resources",), ("schedule", "--project", "P1")])
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", b"PK\x03\x04 cut off", b"\xff\xfe", b"<?xml version='1.0'?><a>", b"a,b\n", b"%PDF-1.7\n"],
    ids=["empty", "binary", "cut", "bom", "xml", "header", "pdf"],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    twin: Twin, tmp_path: Path, command: tuple[str, ...], content: bytes
) -> None:
    before = state(twin)
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    code, problem = twin.run(command[0], "load", str(path), *command[1:])
    assert code == 1
    assert len(problem["detail"]) > 20
    assert state(twin) == before


def test_bombs_and_entities_are_refused(twin: Twin, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("xl/worksheets/sheet1.xml", b" " * 600_000_000)
    assert bomb.stat().st_size < 2_000_000
    entities = write(
        tmp_path,
        "entities.xml",
        '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
        '<Project xmlns="http://schemas.microsoft.com/project"><Name>&b;</Name></Project>',
    )
    for path in (str(bomb), entities):
        code, problem = twin.run("schedule", "load", path, "--project", "P1")
        assert code == 1, problem


def test_names_with_markup_stay_text(twin: Twin, tmp_path: Path) -> None:
    row = 'X1,<img src=x onerror=alert(1)>,桥梁,"a""b",10,2026-01-01,2026-06-30,建设实施,,'
    text = f"{REGISTER.splitlines()[0]}\n{row}\n"
    twin.load("projects", "markup.csv", text)
    found = twin.good("get", "/api/projects/X1")["body"]
    assert found["name"] == "<img src=x onerror=alert(1)>"
    assert found["district"] == 'a"b'


def test_facts_need_a_known_project(twin: Twin, tmp_path: Path) -> None:
    from tests.facts.files import SCHEDULE

    code, problem = twin.run("schedule", "load", write(tmp_path, "s.csv", SCHEDULE), "--project", "P77")
    assert code == 1
    assert "P77" in problem["detail"]
    rules = write(tmp_path, "l.toml", '[[rule]]\ntask = "T1"\nclass = ["IfcWall"]\n')
    code, problem = twin.run("schedule", "link", rules, "--project", "P77")
    assert code == 1


def test_what_a_schedule_loses_changes_the_exit_code(twin: Twin, tmp_path: Path) -> None:
    """A date beyond all bounds is left out and told; the twin goes on."""
    text = (
        '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Tasks>'
        "<Task><UID>1</UID><Name>a</Name><OutlineLevel>1</OutlineLevel>"
        "<Start>2026-01-01T08:00:00</Start><Finish>9999-12-31T17:00:00</Finish></Task>"
        "</Tasks></Project>"
    )
    code, answer = twin.run("schedule", "load", write(tmp_path, "far.xml", text), "--project", "P1")
    assert (code, answer["schedule"]["lost"]) == (3, 1)
    assert any("2200" in notice for notice in answer["notices"])
    assert set(twin.lights()) == {"P1", "P2"}
