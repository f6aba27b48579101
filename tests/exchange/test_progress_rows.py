"""Progress reports from tables."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from twin.errors import InvalidInput
from twin.exchange.mapping import Mapping_
from twin.exchange.progress import read_progress
from twin.values.project import ProgressFact


def saved(folder: Path, text: str, codec: str = "utf-8") -> Path:
    path = folder / "progress.csv"
    path.write_bytes(text.encode(codec))
    return path


def test_a_chinese_monthly_report(tmp_path: Path) -> None:
    text = (
        "重点项目月报,,,,,,,,,\n单位：万元,,,,,,,,,\n"
        "项目编号,任务编号,统计日期,累计完成（%）,计划进度,累计完成投资,实际开工,实际竣工,项目阶段,备注\n"
        "P1,,2026年6月,45.5,50%,1200.5,2026-01-05,,建设实施,雨季\n"
        "P1,T1,2026年6月,100,1,,2026-01-05,2026-06-01,,\n"
    )
    rows = read_progress(saved(tmp_path, text, "gb18030"))
    assert not rows.problems
    first, second = (fact for _, fact in rows.facts)
    assert first == ProgressFact(
        project="P1",
        fact_date=date(2026, 6, 30),
        completion=0.455,
        planned_completion=0.5,
        actual_cost=12_005_000.0,
        actual_start=date(2026, 1, 5),
        stage="construction",
        note="雨季",
        row=4,
    )
    assert (second.task, second.completion, second.actual_finish) == ("T1", 1.0, date(2026, 6, 1))


def test_a_workbook_with_percentages_and_dates(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["project", "fact_date", "completion"], [7, date(2026, 6, 30), 0.455], ["P2", 46203, 1.0]):
        sheet.append(row)
    sheet["C2"].number_format = sheet["C3"].number_format = "0.0%"
    book.save(tmp_path / "p.xlsx")
    rows = read_progress(tmp_path / "p.xlsx")
    assert not rows.problems
    assert [(f.project, f.fact_date, f.completion) for _, f in rows.facts] == [
        ("7", date(2026, 6, 30), 0.455),
        ("P2", date(2026, 6, 30), 1.0),
    ]


FACTS = st.lists(
    st.tuples(
        st.sampled_from(["P1", "2021-A", "项目三"]),
        st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        st.integers(0, 1000).map(lambda n: n / 1000),
        st.integers(0, 10**9),
    ),
    min_size=1,
    unique_by=lambda fact: (fact[0], fact[1]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(FACTS, st.sampled_from(["utf-8", "gb18030", "utf-16"]), st.booleans())
def test_facts_that_are_written_read_back(
    tmp_path: Path, facts: list[tuple[str, date, float, int]], codec: str, percent: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["project", "date", "completion%" if percent else "completion", "actual cost (万元)"])
    for project, day, share, cost in facts:
        writer.writerow(
            [project, f"{day:%Y/%m/%d}", f"{share:.1%}" if percent else repr(share), f"{cost / 10_000:,.4f}"]
        )
    rows = read_progress(saved(tmp_path, out.getvalue(), codec))
    assert not rows.problems
    read = [(f.project, f.fact_date, f.completion, f.actual_cost) for _, f in rows.facts]
    assert read == [(p, d, s, float(c)) for p, d, s, c in facts]


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("P1,,2026-06-30,150,,", "completion", "between 0 and 100"),
        ("P1,,2026-06-30,-1,,", "completion", "between 0 and 100"),
        ("P1,,2026-06-30,0.5,,", "completion", "per cent and fractions"),
        ("P1,,02/03/2026,50,,", "fact_date", "--map"),
        ("P1,,,50,,", "fact_date", "empty"),
        (",,2026-06-30,50,,", "project", "empty"),
        ("P1,,2026-06-30,50,2026-07-05,", "actual_start", "after the day of the report"),
        ("P1,,2026-06-30,50,2026-03-01,2026-02-01", "actual_finish", "before the actual start"),
        ("P0,,2026-06-30,50,,", "fact_date", "row 2"),
        ("P1,,2026-06-30,=A1,,", "completion", "formula"),
    ],
)
def test_a_bad_row_is_named_and_is_no_fact(tmp_path: Path, cells: str, column: str, said: str) -> None:
    head = "project,task,fact_date,completion,actual_start,actual_finish\nP0,,2026-06-30,60,,\n"
    rows = read_progress(saved(tmp_path, f"{head}{cells}\n"))
    assert [row for row, _ in rows.facts] == [2]
    assert rows.count == 2
    ((problem),) = rows.problems
    assert (problem.row, problem.column) == (3, column)
    assert said in problem.problem


def test_the_same_day_of_another_task_or_recording_is_another_fact(tmp_path: Path) -> None:
    text = (
        "project,task,date,completion,recorded\nP1,,2026-06-30,50,2026-07-01\nP1,T,2026-06-30,50,2026-07-01\n"
        "P1,,2026-06-30,55,2026-07-02T08:00:00+08:00\nP1,,2026-06-30,56,2026-07-02 00:00\n"
    )
    rows = read_progress(saved(tmp_path, text), recorded_at="recorded")
    assert list(rows.recorded) == [
        datetime(2026, 7, 1, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
        datetime(2026, 7, 2, tzinfo=UTC),
    ]
    assert [fact.recorded_at for _, fact in rows.facts] == list(rows.recorded)
    assert [(p.row, "row 4" in p.problem) for p in rows.problems] == [(5, True)]


def test_rows_that_report_nothing_are_left_out_and_told(tmp_path: Path) -> None:
    rows = read_progress(saved(tmp_path, "project,date,completion\nP1,2026-06-30,\nP2,2026-06-30,0\nP3,,-\n"))
    assert [fact.project for _, fact in rows.facts] == ["P2"]
    assert not [p for p in rows.problems if p.row == 2]
    assert any("rows 2" in notice for notice in rows.notices)


def test_a_column_of_recording_that_nobody_asked_for_is_told(tmp_path: Path) -> None:
    rows = read_progress(saved(tmp_path, "project,date,completion,填报时间\nP1,2026-06-30,5,2026-07-01\n"))
    assert rows.recorded == [None]
    assert any("--recorded-at" in notice for notice in rows.notices)


def test_a_mapping_settles_what_a_column_means(tmp_path: Path) -> None:
    path = saved(tmp_path, "p,d,done\nA,30.06.2026,0.5\nB,30.06.2026,1\n")
    columns = {"project": "p", "fact_date": "d", "completion": "done"}
    mapping = Mapping_("m", columns, formats={"fact_date": "%d.%m.%Y", "completion": "percent"})
    assert [fact.completion for _, fact in read_progress(path, mapping).facts] == [0.005, 0.01]
    with pytest.raises(InvalidInput, match="percent"):
        read_progress(path, Mapping_("m", columns, formats={"fact_date": "%d.%m.%Y", "completion": "prozent"}))
    with pytest.raises(InvalidInput, match="no column for project"):
        read_progress(path)
