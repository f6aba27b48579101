"""Reports: what independent readers (pypdf, openpyxl) find in them, against what the routes answer."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from tests.facts.files import PROGRESS_HEADER, REGISTER, SCHEDULE, write
from tests.web.pieces import box_font, real_pieces
from twin.exchange.report_xlsx import ReportColumn, ReportSheet, write_report
from twin.exchange.tables import read_table
from twin.store import Store
from web.app import create_app
from web.ingest_facts import Stated, load_progress, load_register, load_resources, load_schedule
from web.settings import Settings

FORMULA = '@HYPERLINK("http://x","点我")'
TURNED = "江\u202e北<script>alert(1)</script>🏥שלום\u200f'\"&amp;"
LONG = "超长名称" * 50
HOSTILE = (
    f'P3,"{FORMULA.replace(chr(34), chr(34) * 2)}",桥梁,+1+1,2000,2026-01-01,2026-06-30,建设实施,114.05,22.54\n'
    f'P4,"{TURNED.replace(chr(34), chr(34) * 2)}",学校,@SUM(A1),3000,2026-01-01,2026-06-30,建设实施,114.05,22.54\n'
    f"P5,{LONG},学校,{LONG},3000,2026-01-01,2026-06-30,建设实施,114.05,22.54\n"
)
PROGRESS = (
    "P1,2026-03-31,50,480,2026-04-02\nP1,2026-04-30,51,620,2026-05-02\n"
    "P2,2026-04-30,66,300,2026-05-02\nP3,2026-04-30,20,900,2026-05-02\n"
)
TASKS = (
    "项目代码,任务,统计日期,累计完成(%),填报日期\nP2,T1,2026-04-30,100,2026-05-02\n"
    "P2,T2,2026-04-30,90,2026-05-02\nP2,T3,2026-04-30,40,2026-05-02\nP2,T6,2026-04-30,0,2026-05-02\n"
)
RESOURCES = (
    "项目代码,统计日期,资源,计划用量,实际用量,总量,单位,填报日期\n"
    "P1,2026-04-30,资金,7000000,6200000,10000000,元,2026-05-02\n"
    "P1,2026-04-30,人工,12000,15000,20000,工日,2026-05-02\n"
)
DAY = "2026-04-30"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin with five projects; the names of three are hostile, one of the others is late."""
    made = tmp_path_factory.mktemp("reports")
    start, later = Stated(recorded_at="2026-01-01"), Stated(recorded_at="填报日期")
    with Store.init(made / "twin", name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        load_register(lambda: store, Path(write(made, "register.csv", REGISTER + HOSTILE)), start)
        for code in ("P1", "P2", "P3"):
            load_schedule(lambda: store, Path(write(made, "schedule.csv", SCHEDULE)), code, start)
        load_progress(lambda: store, Path(write(made, "progress.csv", PROGRESS_HEADER + PROGRESS)), later)
        load_progress(lambda: store, Path(write(made, "tasks.csv", TASKS)), later)
        load_resources(lambda: store, Path(write(made, "resources.csv", RESOURCES)), later)
    return made / "twin"


def serve(folder: Path, page: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(folder, 5.0, page))
    yield app.test_client()
    app.extensions["twin.store"].close()


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A server whose page has the real pieces of the font where they are built, else boxes."""
    page = tmp_path_factory.mktemp("page")
    (page / "assets").mkdir()
    for piece in real_pieces():
        shutil.copy(piece, page / "assets" / piece.name)
    if not real_pieces():
        (page / "assets" / "noto-sans-sc-box.woff2").write_bytes(box_font())
    yield from serve(folder, page)


def pdf(client: FlaskClient, path: str, **query: str) -> pypdf.PdfReader:
    response = client.get(f"/api/reports/{path}.pdf", query_string={"as_of": DAY, **query})
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/pdf"
    return pypdf.PdfReader(BytesIO(response.data), strict=True)


def text_of(reader: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def xlsx(client: FlaskClient, path: str, **query: str) -> Any:
    response = client.get(f"/api/reports/{path}.xlsx", query_string={"as_of": DAY, **query})
    assert response.status_code == 200, response.text
    return openpyxl.load_workbook(BytesIO(response.data))


def properties(client: FlaskClient, lang: str) -> dict[str, Any]:
    found = client.get("/api/projects", query_string={"as_of": DAY, "lang": lang}).get_json()
    return {feature["id"]: feature["properties"] for feature in found["features"]}


def line_of(text: str, code: str) -> str:
    return next(line for line in text.splitlines() if line.split()[:1] == [code])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_city_on_paper_says_what_the_list_of_projects_says(client: FlaskClient, lang: str) -> None:
    text = text_of(pdf(client, "city", lang=lang))
    assert "深圳" in text
    assert DAY in text
    projects = properties(client, lang)
    for code in ("P1", "P2", "P3"):
        found, line = projects[code], line_of(text, code)
        done, planned = 100 * found["progress"], 100 * found["planned_progress"]
        assert f"{done:.1f} % {planned:.1f} % " in line
        assert f"{done - planned:+.1f}".replace("-", "−") in line
        assert f" {found['spi_t']:.2f} " in line
    assert "江北大桥 江北区" in line_of(text, "P1")
    order = [line.split()[0] for line in text.splitlines() if re.match(r"P\d ", line)]
    rank = {"red": 0, "yellow": 1, "grey": 2, "green": 3}
    lights = [rank[projects[code]["light"]] for code in order]
    assert len(order) == 5
    assert lights == sorted(lights)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_project_sheet_says_what_the_project_says(client: FlaskClient, lang: str) -> None:
    details = client.get("/api/projects/P1", query_string={"as_of": DAY, "lang": lang}).get_json()
    text = text_of(pdf(client, "projects/P1", lang=lang))
    told = next(item for item in details["evidence"] if item["decisive"])
    for part in (details["name"], f"{details['spi_t']:.2f}", told["source"], "progress.csv", "2026-05-02"):
        assert part in text
    assert told["clause"] in text.replace("\n", "")
    assert details["forecast"]["finish"]["spi_t"] in text
    money = {"zh": ("306 万元", "620 万元", "1.5 万"), "en": ("3.06 million", "6.2 million", "15,000")}
    for part in money[lang]:
        assert part in text
    assert re.search(r"125\.0 %", text)  # labour: 15,000 of 12,000
    assert details["rules_title"] in text


def test_tasks_are_behind_by_what_they_weigh_in_the_project(client: FlaskClient) -> None:
    """Six tasks of one cost: 60 % of one of them is 10 points of the whole. What nobody reported is not behind."""
    text = text_of(pdf(client, "projects/P2", lang="en"))
    rows = [line for line in text.splitlines() if re.match(r"T\d month", line)]
    assert rows == ["T3 month 3 2026-03-31 100 % 40 % 10.00", "T2 month 2 2026-02-28 100 % 90 % 1.67"]
    assert "Nobody reported on single tasks." in text_of(pdf(client, "projects/P1", lang="en"))
    assert "No schedule with dates is known." in text_of(pdf(client, "projects/P4", lang="en"))


def test_both_languages_are_whole(client: FlaskClient) -> None:
    """The words of the program are in the language that is asked for, whatever the data is in."""
    english = text_of(pdf(client, "city", lang="en"))
    assert "Off plan" in english
    assert "偏离计划" not in english
    chinese = text_of(pdf(client, "city", lang="zh"))
    assert "偏离计划" in chinese
    assert "Off plan" not in chinese


def test_hostile_names_stay_names(client: FlaskClient) -> None:
    for lang in ("zh", "en"):
        text = text_of(pdf(client, "city", lang=lang))
        assert "<script>alert(1)</script>" in text.replace("\n", "")
        assert "\u202e" not in text
        assert "\u200f" not in text
        assert "江□北" in text
        assert "🏥" not in text
    for code in ("P3", "P4", "P5"):
        reader = pdf(client, f"projects/{code}")
        assert 1 <= len(reader.pages) <= 2
    assert "超长名称" in text_of(pdf(client, "projects/P5"))


def test_a_workbook_has_numbers_dates_and_shares(client: FlaskClient) -> None:
    book = xlsx(client, "city", lang="en")
    sheet = book["Projects"]
    head = [cell.value for cell in sheet[1]]
    rows = {row[head.index("Project code")].value: dict(zip(head, row, strict=True)) for row in sheet.iter_rows(2)}
    for code, found in properties(client, "en").items():
        row = rows[code]
        assert row["Done so far"].value == found["progress"]
        assert row["Total investment"].value == found["budget"]
        assert row["SPI(t)"].value == found["spi_t"]
        assert row["Planned finish"].value == datetime(2026, 6, 30)
        assert row["Planned finish"].number_format == "yyyy-mm-dd"
        assert row["Done so far"].number_format == ("General" if found["progress"] is None else "0.0%")
    for each in book.worksheets:
        assert each.freeze_panes == "A2"
        assert each.auto_filter.ref
        assert all(each.column_dimensions[cell.column_letter].width >= 8 for cell in each[1])
    project = xlsx(client, "projects/P1", lang="en")
    curve = list(project["S-curve"].iter_rows(2, values_only=True))
    asked = client.get("/api/projects/P1", query_string={"as_of": DAY}).get_json()["curve"]
    assert [row[0].date().isoformat() for row in curve] == asked["days"]
    assert [row[1] for row in curve] == asked["planned"]
    assert [row[2] for row in curve] == asked["earned"]


def test_what_looks_like_a_formula_is_text(client: FlaskClient) -> None:
    response = client.get(f"/api/reports/city.xlsx?as_of={DAY}&lang=en")
    with zipfile.ZipFile(BytesIO(response.data)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    cells = {cell.value: cell for row in xlsx(client, "city", lang="en")["Projects"].iter_rows(2) for cell in row}
    for text in (FORMULA, "+1+1", "@SUM(A1)"):
        assert (cells[text].data_type, cells[text].quotePrefix) == ("s", True)
    assert TURNED.replace("\u202e", "□").replace("\u200f", "□") in cells
    assert LONG in cells


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "-2+3", "\t=1", "\x00=1", "a\x0bb\ud800", "x" * 40_000])
def test_no_text_breaks_a_workbook(text: str) -> None:
    sheet = ReportSheet(text, [ReportColumn(text)], [[text], [1.5], [None]])
    cells = openpyxl.load_workbook(BytesIO(write_report([sheet], title=text, day=date(2026, 4, 30)))).worksheets[0]
    for cell in (cells["A1"], cells["A2"]):
        assert cell.data_type == "s"
        assert cell.value == re.sub("[\x00\x0b\ud800]", "□", text)[:32_767]
    assert cells["A3"].value == 1.5


def test_the_reader_of_the_twin_reads_its_own_workbooks(client: FlaskClient, tmp_path: Path) -> None:
    for path in ("city", "projects/P1"):
        response = client.get(f"/api/reports/{path}.xlsx?as_of={DAY}&lang=en")
        file = tmp_path / "report.xlsx"
        file.write_bytes(response.data)
        table = read_table(file)
        assert list(table.columns) == ["What", "Value"]
        assert not table.problems


@pytest.mark.parametrize("path", ["city.pdf", "city.xlsx", "projects/P1.pdf", "projects/P4.xlsx"])
def test_the_same_question_has_the_same_bytes(client: FlaskClient, folder: Path, tmp_path: Path, path: str) -> None:
    first = client.get(f"/api/reports/{path}?as_of={DAY}")
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/api/reports/{path}?as_of={DAY}", headers=known).status_code == 304
    page = tmp_path / "page"
    shutil.copytree(client.application.extensions["twin.page"], page)
    for other in serve(folder, page):
        assert other.get(f"/api/reports/{path}?as_of={DAY}").headers["ETag"] == first.headers["ETag"]
    assert client.get(f"/api/reports/{path}?as_of={DAY}&lang=en").headers["ETag"] != first.headers["ETag"]
    if path.endswith("pdf"):
        assert dict(pypdf.PdfReader(BytesIO(first.data)).metadata or {})["/CreationDate"].startswith("D:20260430000000")
    else:
        book = openpyxl.load_workbook(BytesIO(first.data))
        assert book.properties.created == book.properties.modified == datetime(2026, 4, 30)
        with zipfile.ZipFile(BytesIO(first.data)) as archive:
            assert {part.date_time[0] for part in archive.infolist()} == {1980}


def answered(app: Flask, path: str) -> bytes:
    content: bytes = app.test_client().get(path).data
    return content


def test_readers_at_the_same_time_get_the_same_bytes(client: FlaskClient, folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page"
    shutil.copytree(client.application.extensions["twin.page"], page)
    paths = [
        f"/api/reports/{path}.pdf?as_of={DAY}&lang={lang}" for path in ("city", "projects/P1") for lang in ("zh", "en")
    ]
    for other in serve(folder, page):  # a typeface of its own: nothing is drawn yet
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(answered, [other.application] * 12, paths * 3))
        assert found == [client.get(path).data for path in paths] * 3


def test_a_pdf_brings_its_signs_and_no_others(client: FlaskClient) -> None:
    reader = pdf(client, "projects/P1")
    signs = {sign for sign in text_of(reader) if sign.isprintable()}
    fonts = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            fonts[font.get_object()["/BaseFont"]] = TTFont(BytesIO(descriptor["/FontFile2"].get_data()))
    assert sorted(name.partition("+")[2] for name in fonts) == ["NotoSansSC", "NotoSansSCBold"]
    assert all(len(font.getGlyphOrder()) <= len(signs) + 3 for font in fonts.values())


def test_without_the_page_the_pdf_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    for client in serve(folder, tmp_path / "nowhere"):
        answer = client.get("/api/reports/city.pdf?lang=en")
        assert (answer.status_code, answer.get_json()["title"]) == (503, "NotBuilt")
        assert "make demo" in answer.get_json()["detail"]
        assert "Retry-After" not in answer.headers
        assert client.get("/api/reports/city.xlsx").status_code == 200


def test_a_day_to_come_is_a_forecast_where_that_is_asked_for(client: FlaskClient, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "twin")
    with Store.open(tmp_path / "twin") as store:
        store.set_as_of(date.fromisoformat(DAY))
    later = {"as_of": "2026-05-31", "lang": "en"}
    for ahead in serve(tmp_path / "twin", client.application.extensions["twin.page"]):
        asked = ahead.get("/api/projects/P1", query_string={**later, "forecast": "1"}).get_json()
        told = ahead.get("/api/projects/P1", query_string=later).get_json()
        assert asked["progress"] > told["progress"]
        for form in (later, {**later, "forecast": "1"}):
            expected = "forecast" in form
            line = line_of(text_of(pdf(ahead, "city", **form)), "P1")
            assert f"{100 * (asked if expected else told)['progress']:.1f} % " in line
            for path in ("city", "projects/P1"):
                text = text_of(pdf(ahead, path, **form))
                assert ("Forecast 2026-05-31" in text) is expected
                assert ("2026-05-31; forecast; " in text) is expected
            for path, sheet in (("city", "Overview"), ("projects/P1", "Project")):
                facts = dict(xlsx(ahead, path, **form)[sheet].iter_rows(2, max_col=2, values_only=True))
                assert facts.get("Forecast") == ("Yes" if expected else None)


def test_questions_are_checked_as_everywhere(client: FlaskClient) -> None:
    assert client.get("/api/reports/projects/P9.pdf").status_code == 404
    assert client.get("/api/reports/city.pdf?rules=none").status_code == 400
    assert client.get("/api/reports/city.pdf?as_of=yesterday").status_code == 400
    named = client.get("/api/reports/projects/P1.xlsx?as_of=2026-04-30").headers["Content-Disposition"]
    assert 'filename="P1_2026-04-30.xlsx"' in named
    known = text_of(pdf(client, "projects/P1", known_at="2026-04-15", lang="en"))
    assert "facts recorded by 2026-04-15 23:59 UTC" in known
    assert "50.0 %" in known
