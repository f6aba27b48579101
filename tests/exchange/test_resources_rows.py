"""Resource reports from tables, one row a resource or columns for all of them."""

from datetime import date
from pathlib import Path

import pytest

from twin.errors import InvalidInput
from twin.exchange.mapping import Mapping_
from twin.exchange.resources import read_resources
from twin.values.project import RESOURCES, ResourceFact

DAY = date(2026, 6, 30)


def saved(folder: Path, text: str) -> Path:
    path = folder / "resources.csv"
    path.write_text(text, encoding="utf-8")
    return path


def figures(fact: ResourceFact) -> tuple[str, str, float | None, float | None, float | None]:
    return fact.resource, fact.unit, fact.planned, fact.used, fact.total


def test_one_row_a_resource(tmp_path: Path) -> None:
    text = (
        "项目代码,任务编号,统计日期,资源,单位,计划,使用,总量\nP1,,2026-06-30,资金,万元,100.5,90,200\n"
        "P1,T1,2026-06-30,钢筋,kg,1500,500,\nP1,,2026-06-30,土地,亩,3,3,3\nP1,,2026-06-30,劳动力,工日,10,,\n"
        "P1,,2026-06-30,混凝土,,10,0,20\nP1,,2026-06-30,机械,月,1,1,1\n"
    )
    rows = read_resources(saved(tmp_path, text))
    assert not rows.problems
    assert [figures(fact) for _, fact in rows.facts] == [
        ("funds", "元", 1_005_000, 900_000, 2_000_000),
        ("steel", "t", 1.5, 0.5, None),
        ("land", "m2", 2_000, 2_000, 2_000),
        ("labour", "person-day", 10, None, None),
        ("concrete", "m3", 10, 0, 20),
        ("machinery", "月", 1, 1, 1),  # a unit that is not known stays
    ]
    assert rows.facts[1][1] == ResourceFact("P1", DAY, "steel", "t", 1.5, 0.5, None, task="T1", row=3)
    assert all(fact.unit == RESOURCES[fact.resource] for _, fact in rows.facts[:-1])


@pytest.mark.parametrize(
    "head",
    [
        "project,date,funds_planned,funds_used,funds_total,concrete_used\n",
        "项目代码,统计日期,资金/计划,资金/使用,资金/总量,混凝土使用\n",
        "项目代码,统计日期,计划资金（元）,资金使用(元),资金总量,混凝土实际用量(m³)\n",
        "项目代码,统计日期,资金,,,混凝土\n,,计划,使用,总量,使用\n",
    ],
)
def test_columns_for_every_resource(tmp_path: Path, head: str) -> None:
    rows = read_resources(saved(tmp_path, f"{head}P1,2026-06-30,10,8,20,5\nP2,2026-06-30,,,,0\nP3,2026-06-30,,,,\n"))
    assert not rows.problems
    assert [(fact.project, *figures(fact)) for _, fact in rows.facts] == [
        ("P1", "funds", "元", 10, 8, 20),
        ("P1", "concrete", "m3", None, 5, None),
        ("P2", "concrete", "m3", None, 0, None),
    ]
    assert rows.count == 3
    assert any("report nothing" in notice for notice in rows.notices)


def test_units_in_headers_and_titles(tmp_path: Path) -> None:
    text = "单位：万元,,,,\n项目代码,统计日期,资金/计划,土地/计划（公顷）,钢材/计划（万吨）\nP1,2026-06-30,3,2,0.5\n"
    facts = [figures(fact) for _, fact in read_resources(saved(tmp_path, text)).facts]
    assert facts == [
        ("funds", "元", 30_000, None, None),
        ("steel", "t", 5_000, None, None),
        ("land", "m2", 20_000, None, None),
    ]


def test_a_mapping_names_wide_columns(tmp_path: Path) -> None:
    path = saved(tmp_path, "p,d,Beton\nP1,2026-06-30,7\n")
    mapping = Mapping_("m", {"project": "p", "fact_date": "d", "concrete_used": "Beton"})
    assert [figures(fact) for _, fact in read_resources(path, mapping).facts] == [("concrete", "m3", None, 7, None)]


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("P1,2026-06-30,gold,1,1", "resource", "funds, labour"),
        ("P1,2026-06-30,,1,1", "resource", "empty"),
        ("P1,2026-06-30,steel,-1,1", "planned", "below 0"),
        ("P1,2026-06-30,steel,x,1", "planned", "no number"),
        ("P0,2026-06-30,钢材,1,1", "resource", "row 2"),
        ("P1,2026-02-30,steel,1,1", "date", "no such day"),
    ],
)
def test_a_bad_row_is_named_and_is_no_fact(tmp_path: Path, cells: str, column: str, said: str) -> None:
    rows = read_resources(saved(tmp_path, f"project,date,resource,planned,used\nP0,2026-06-30,steel,1,1\n{cells}\n"))
    assert [row for row, _ in rows.facts] == [2]
    ((problem),) = rows.problems
    assert (problem.row, problem.column) == (3, column)
    assert said in problem.problem


def test_bad_wide_rows(tmp_path: Path) -> None:
    text = "project,date,funds_planned,steel_used\nP1,2026-06-30,1,2\nP1,2026-06-30,1,2\n"
    text += "P2,2026-06-30,-1,2\nP3,2026-06-30,1,x\n"
    rows = read_resources(saved(tmp_path, text))
    assert {row for row, _ in rows.facts} == {2}
    assert [(p.row, p.column) for p in rows.problems] == [(3, "date"), (4, "funds_planned"), (5, "steel_used")]


def test_two_columns_for_one_figure_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="two columns for funds_used"):
        read_resources(saved(tmp_path, "project,date,资金使用,funds_used\nP1,2026-06-30,1,2\n"))


def test_a_table_without_resources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no column for resource"):
        read_resources(saved(tmp_path, "project,date,x\nP1,2026-06-30,1\n"))
