"""The register from tables: Chinese monthly lists, mappings of foreign tables, a real city's portfolio."""

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from twin.errors import InvalidInput
from twin.exchange.headers import PROGRESS, REGISTER, RESOURCES_LONG, bare_key, known_headers
from twin.exchange.mapping import Mapping_, read_mapping
from twin.exchange.register import read_register
from twin.values.project import RegisterEntry

NYC = """
[columns]
code = "PID"
name = "Project Name"
kind = "Category"
district = "Borough"
owner = "Managing Agency"
budget = "Budget Forecast"
forecast_finish = "Forecast Completion"
recorded_at = "Date Reported As Of"
[formats]
date = "%m/%d/%Y"
recorded_at = "%m/%d/%Y %I:%M:%S %p"
[constants]
currency = "USD"
"""


def saved(folder: Path, text: str, name: str = "register.csv", codec: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(codec))
    return path


def mapped(folder: Path, text: str) -> Mapping_:
    return read_mapping(saved(folder, text, "map.toml"))


def test_a_chinese_list_reads_as_it_is(tmp_path: Path) -> None:
    text = (
        "2026年银川市重点项目清单,,,,,,,,,,,,,,,,,\n"
        "序号,项目代码,项目名称,项目类别,所在区（县）,建设单位,施工单位,监理单位,建设地点,经度,纬度,地块编号,总投资（万元）,"
        "计划开工,计划竣工,预计竣工,项目阶段,审批阶段,备注,联系电话\n"
        '1,P1,黄河大桥,交通,兴庆区,市住建局,中铁,华监,贺兰路,106.23,38.48,A-17,"12,345.67",2024年7月,2026年6月,2026/9/30,'
        "建设实施,施工许可,略,0951\n"
        "合计,,,,,,,,,,,,12345.67\n"
    )
    rows = read_register(saved(tmp_path, text, codec="gb18030"))
    assert not rows.problems
    assert rows.count == 1
    ((row, entry),) = rows.facts
    assert row == 3
    assert entry == RegisterEntry(
        code="P1",
        name="黄河大桥",
        kind="交通",
        district="兴庆区",
        owner="市住建局",
        contractor="中铁",
        supervisor="华监",
        address="贺兰路",
        place={"type": "Point", "coordinates": [106.23, 38.48]},
        parcel="A-17",
        budget=123_456_700.0,
        currency="CNY",
        planned_start=date(2024, 7, 1),
        planned_finish=date(2026, 6, 30),
        forecast_finish=date(2026, 9, 30),
        stage="construction",
        approval_stage="construction_permit",
        note="略",
        given=entry.given,
    )
    assert set(entry.given) == {f for f in RegisterEntry.__slots__ if f not in ("code", "given")}
    assert "Columns that are not read: 联系电话." in rows.notices


def test_the_unit_of_money_may_stand_in_the_title(tmp_path: Path) -> None:
    rows = read_register(saved(tmp_path, "清单,,\n单位：亿元,,\n项目代码,项目名称,总投资\nP1,桥,1.5\n"))
    assert rows.facts[0][1].budget == 150_000_000
    assert rows.facts[0][1].currency == "CNY"
    assert any("亿元" in notice for notice in rows.notices)


def test_what_a_table_does_not_say_is_not_given(tmp_path: Path) -> None:
    entry = read_register(saved(tmp_path, "code,name\nP1,\n")).facts[0][1]
    assert entry == RegisterEntry(code="P1", given=("name",))


def test_geojson_brings_places_and_wins_over_columns(tmp_path: Path) -> None:
    square = [[[106.0, 38.0], [106.1, 38.0], [106.1, 38.1], [106.0, 38.0]]]
    made = [
        {
            "type": "Feature",
            "properties": {"code": 7, "name": "x"},
            "geometry": {"type": "Polygon", "coordinates": square},
        },
        {"type": "Feature", "properties": {"code": "P2", "planned_start": "2026-01-01"}, "geometry": None},
    ]
    path = saved(tmp_path, json.dumps({"type": "FeatureCollection", "features": made}), "r.geojson")
    rows = read_register(path)
    assert [entry.code for _, entry in rows.facts] == ["7", "P2"]
    assert rows.facts[0][1].place == {"type": "Polygon", "coordinates": square}
    assert rows.facts[1][1].place is None
    assert set(rows.facts[0][1].given) == {"name", "place", "planned_start"}


@pytest.mark.parametrize(
    ("columns", "cells", "column", "said"),
    [
        ("planned_start,planned_finish", "2026-07-01,2026-06-30", "planned_finish", "before the planned start"),
        ("planned_start", "02/03/2026", "planned_start", "--map"),
        ("budget", "12x", "budget", "no number"),
        ("stage", "somewhere", "stage", "construction"),
        ("审批阶段", "建设实施", "审批阶段", "land_permit"),
        ("lon,lat", "38.5,106.2", "lat", "exchanged"),
        ("lon,lat", "106.2,", "lat", "longitude and latitude"),
        ("name", "x" * 600, "name", "longer"),
        ("name", "a\x07b", "name", "control"),
        ("name", "=1+1", "name", "formula"),
    ],
)
def test_a_bad_cell_is_named_and_its_row_has_no_entry(
    tmp_path: Path, columns: str, cells: str, column: str, said: str
) -> None:
    width = columns.count(",")
    rows = read_register(saved(tmp_path, f"code,{columns}\nP1,{cells}\nP2{',' * (width + 1)}\n"))
    assert [entry.code for _, entry in rows.facts] == ["P2"]
    assert rows.count == 2
    ((problem),) = rows.problems
    assert (problem.row, problem.column) == (2, column)
    assert said in problem.problem


def test_codes(tmp_path: Path) -> None:
    text = "code,name\n2106-640104-04-01-123450,wrong digit\n,none\nP1,a\nP2,b\nP1,again\nＰ３－１,wide\n"
    rows = read_register(saved(tmp_path, text))
    assert [entry.code for _, entry in rows.facts] == ["P1", "P2", "P3-1"]
    assert [(p.row, p.column) for p in rows.problems] == [(2, "code"), (3, "code"), (6, "code")]
    assert "row 4" in rows.problems[2].problem


def test_one_code_may_stand_at_several_times_of_recording(tmp_path: Path) -> None:
    text = "code,name,reported\nP1,a,2026-01-31\nP1,b,2026-02-28\nP1,c,2026-02-28\nP2,d,\n"
    rows = read_register(saved(tmp_path, text), recorded_at="Reported")
    assert rows.recorded == [datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC), None]
    ((problem),) = rows.problems
    assert problem.row == 4
    assert "row 3" in problem.problem
    with pytest.raises(InvalidInput, match="no column when"):
        read_register(saved(tmp_path, text), recorded_at="when")


def test_many_problems_are_cut(tmp_path: Path) -> None:
    rows = read_register(saved(tmp_path, "code,budget\n" + "".join(f"P{i},x\n" for i in range(2_500))))
    assert len(rows.problems) == 1_000
    assert any("2500 cells" in notice for notice in rows.notices)


# --- mappings -----------------------------------------------------------------------------------------------------


def test_a_mapping_says_columns_values_factors_and_constants(tmp_path: Path) -> None:
    mapping = mapped(
        tmp_path,
        'encoding = "GB18030"\n[columns]\ncode = "Nr"\nbudget = "kosten"\nnote = ""\nstage = "Phase"\n'
        '[values.stage]\n"Bau" = "construction"\n"?" = ""\n[factors]\nbudget = 1000\n'
        '[formats]\nplanned_start = "%d.%m.%Y"\n[constants]\ndistrict = "兴庆区"\ncurrency = "EUR"\n',
    )
    text = "Nr,Kosten,Phase,note,planned_start,name\n1,2.5,Bau,n,03.02.2026,桥\n2,,?,,,\n"
    rows = read_register(saved(tmp_path, text, codec="gb18030"), mapping)
    assert not rows.problems
    first, second = (entry for _, entry in rows.facts)
    assert (first.budget, first.stage, first.note, first.planned_start) == (
        2500,
        "construction",
        None,
        date(2026, 2, 3),
    )
    assert (first.district, first.currency, first.name) == ("兴庆区", "EUR", "桥")
    assert second.stage is None
    assert "Columns that are not read: note." in rows.notices
    assert "note" not in first.given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns\n", "no valid TOML"),
        ("\udcff", "no valid TOML"),
        ("[columns]\ncolour = 'x'\n", "colour"),
        ("[columns]\ncode = 'Nr'\n", "no column Nr"),
        ("[columns]\ncode = 5\n", "another form"),
        ("columns = 5\n", "another form"),
        ("[values]\nstage = 'x'\n", "another form"),
        ("[column]\ncode = 'Nr'\n", "column"),
        ("[factors]\nbudget = 'x'\n", "number above 0"),
        ("[factors]\nbudget = nan\n", "number above 0"),
        ("[factors]\nbudget = -1\n", "number above 0"),
        ("encoding = 5\n", "another form"),
        ("encoding = 'klingon'\n", "not known"),
        ("[constants]\nplanned_start = 'x'\n", "cannot be read"),
        ("[constants]\ncode = []\n", "another form"),
    ],
)
def test_a_wrong_mapping_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput, match=said):
        read_register(saved(tmp_path, "code,name\nP1,x\n"), read_mapping(path))


def test_a_missing_mapping_and_a_table_without_codes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_mapping(tmp_path / "no.toml")
    with pytest.raises(InvalidInput, match=r"no column for code.*项目代码"):
        read_register(saved(tmp_path, "a,name\nP1,x\n"))


def test_of_two_columns_for_one_field_one_is_chosen_or_must_be(tmp_path: Path) -> None:
    rows = read_register(saved(tmp_path, "id,code,name\n9,P1,x\n"))
    assert rows.facts[0][1].code == "P1"
    assert any("Column id is not read" in notice for notice in rows.notices)
    with pytest.raises(InvalidInput, match="two columns for name"):
        read_register(saved(tmp_path, "code,name,name\nP1,x,y\n"))


def test_no_header_is_claimed_by_two_fields() -> None:
    for fields in (REGISTER, PROGRESS, RESOURCES_LONG):
        count = Counter(key for name, headers in fields.items() for key in {bare_key(h) for h in (name, *headers)})
        assert not [header for header, times in count.items() if times > 1]
        assert set(known_headers(fields).values()) == set(fields)


# --- real portfolios ----------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_the_portfolio_of_new_york(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "portfolio" / "NYC_capital_projects_20190901.csv"
    rows = read_register(path, mapped(tmp_path, NYC))
    assert not rows.problems
    assert rows.count == len(rows.facts) == 2_259
    assert len({entry.code for _, entry in rows.facts}) == 378
    assert len(set(rows.recorded)) == 15
    with path.open(encoding="utf-8-sig", newline="") as file:
        raw = list(csv.DictReader(file))
    for index, ((row, entry), recorded, said) in enumerate(zip(rows.facts, rows.recorded, raw, strict=True)):
        assert row == index + 2
        month, day, year = said["Date Reported As Of"].split()[0].split("/")
        assert recorded == datetime(int(year), int(month), int(day), tzinfo=UTC)
        assert entry.code == said["PID"]
        assert entry.name == said["Project Name"].strip()
        assert entry.budget == (float(said["Budget Forecast"]) if said["Budget Forecast"] else None)
        finish = said["Forecast Completion"]
        assert (entry.forecast_finish.strftime("%m/%d/%Y") if entry.forecast_finish else "") == finish


@pytest.mark.real_data
def test_the_british_panel(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "portfolio" / "gmpp_panel_2013_2024.csv"
    text = (
        '[columns]\ncode = "project_key"\nname = "name"\nowner = "department"\nbudget = "wlc_gbp_m"\n'
        'planned_start = "start_latest_approved"\nplanned_finish = "end_latest_approved"\n[factors]\nbudget = 1000000\n'
        '[constants]\ncurrency = "GBP"\n'
    )
    rows = read_register(path, mapped(tmp_path, text), recorded_at="snapshot")
    with path.open(encoding="utf-8-sig", newline="") as file:
        raw = list(csv.DictReader(file))
    assert rows.count == len(raw) == 1_758
    by_row = dict(rows.facts)
    bad = {problem.row for problem in rows.problems}
    assert len(by_row) == len(raw) - len(bad)
    for number, said in enumerate(raw, start=2):
        if number in by_row:
            entry = by_row[number]
            assert (
                entry.budget == pytest.approx(float(said["wlc_gbp_m"]) * 1e6) if said["wlc_gbp_m"] else not entry.budget
            )
            assert str(entry.planned_finish or "") == said["end_latest_approved"]
