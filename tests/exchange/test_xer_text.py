"""XER files as bytes: encodings, line ends, broken rows and values, refusals, and how long reading takes."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.exchange.xer_building import CALENDAR, COSTS, PROJECT, WBS, Reader, by_id, reader_in, small, table, task, xer
from twin.errors import InvalidInput
from twin.exchange.xer import read_xer


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return reader_in(tmp_path)


def refusal(read: Reader, content: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(content)
    assert caught.value.sentence.template != str(caught.value)  # it names what it speaks of
    return str(caught.value)


def test_decimal_comma_and_both(read: Reader) -> None:
    comma = [task(100, target_drtn_hr_cnt="1.234,50", remain_drtn_hr_cnt="617,25", phys_complete_pct="12,5")]
    schedule = read(small(tasks=comma))
    assert by_id(schedule)["A100"].duration == timedelta(hours=1234.5)
    assert by_id(schedule)["A100"].completion == 0.5
    mixed = [task(100, target_drtn_hr_cnt="40,5", remain_drtn_hr_cnt="20.2500", act_work_qty="1.5")]
    schedule = read(small(tasks=mixed))
    assert by_id(schedule)["A100"].completion == 0.5
    assert ["“.” and with “,”" in notice for notice in schedule.notices] == [True]


def test_values_that_are_none_are_told_with_table_field_and_line(read: Reader) -> None:
    bad = [
        task(
            100,
            act_start_date="soon",
            target_work_qty="much",
            act_work_qty="1e30",
            phys_complete_pct=150,
            complete_pct_type="CP_Phys",
        ),
        task(200, act_start_date="2026-02-30 08:00", reend_date="9999-01-01 00:00", clndr_id=8, wbs_id=99),
    ]
    text = small(tasks=bad)
    schedule = read(text)
    line = next(n for n, content in enumerate(text.split("\n"), 1) if "\tA100\t" in content)
    told = {notice.split("field ")[1].split(":")[0]: notice for notice in schedule.notices}
    assert set(told) == {
        *("act_start_date", "target_work_qty", "act_work_qty", "phys_complete_pct", "reend_date", "clndr_id", "wbs_id"),
    }
    assert f"line {line}, {line + 1}; the first is “soon”" in told["act_start_date"]
    assert "2 values" in told["act_start_date"]
    assert "1 values" in told["phys_complete_pct"]
    found = by_id(schedule)["A100"]
    assert (found.completion, found.actual_start, found.calendar) == (None, None, "7")
    assert (by_id(schedule)["A200"].calendar, by_id(schedule)["A200"].parent) == (None, None)


def test_short_rows_long_rows_tabs_quotes_and_breaks(read: Reader) -> None:
    text = small(tasks=[task(100), task(200), task(300)])
    lines = text.split("\n")
    place = next(n for n, content in enumerate(lines) if "\tA100\t" in content)
    lines[place] = lines[place].replace("Task 100", 'Pour\tslab ""B2""')  # a tab shifts every date to the right
    lines[place + 1] = lines[place + 1].split("\tTask 200")[0] + "\tTask 200"  # the rest of the row is left out
    lines[place + 2] = lines[place + 2].replace("Task 300", "one\x7f\x7ftwo\nthree") + "\t\t\t"
    schedule = read("\n".join(lines))
    tasks = by_id(schedule)
    assert tasks["A100"].name == 'Pour\tslab "B2"'
    assert tasks["A100"].schedule_start == datetime(2026, 5, 4, 8)
    assert (tasks["A200"].name, tasks["A200"].schedule_start) == ("Task 200", None)
    assert tasks["A300"].name == "one\ntwo\nthree"
    assert schedule.notices == ["Table TASK: 1 rows had tabs inside a text, which were put back."]
    longer = "\n".join(line + "\textra" if "\tA100\t" in line else line for line in text.split("\n"))
    assert ["longer than the field line" in notice for notice in read(longer).notices] == [True]


def test_line_ends_of_all_kinds_read_the_same(read: Reader) -> None:
    text = small(*COSTS)
    expected = read(text)
    for ends in (("\r\n",), ("\r",), ("\n", "\r\n", "\r"), ("\r\n\r\n",)):
        mixed = "".join(line + ends[n % len(ends)] for n, line in enumerate(text.split("\n")))
        assert read(mixed) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_chinese_in_each_encoding(read: Reader, encoding: str) -> None:
    text = small(tasks=[task(100, task_name="A区主体结构：桩基础C30混凝土浇筑"), task(200, task_name="钻孔灌注桩")])
    schedule = read(text.encode(encoding))
    assert by_id(schedule)["A100"].name == "A区主体结构：桩基础C30混凝土浇筑"
    assert schedule.calendars[0].name == "五天"
    assert ["gb18030" in notice for notice in schedule.notices] == ([True] if encoding.startswith("gb") else [])


@pytest.mark.parametrize(
    "name",
    ["Fundação", "FUNDAÇÃO", "ÇÃ ELÉTRICA, CONCLUSÃO", "Gründung Süd", "Béton coulé à l’été", "Öl- und Gasanschluss"],
)
def test_western_letters(read: Reader, name: str) -> None:
    text = small(tasks=[task(100, task_name=name)]).replace("五天", "5 day")
    schedule = read(text.encode("cp1252"))
    assert by_id(schedule)["A100"].name == name
    assert ["cp1252" in notice for notice in schedule.notices] == [True]


def test_a_letter_that_was_cut_in_two_does_not_change_the_encoding(read: Reader) -> None:
    text = small(tasks=[task(100, task_name="钻孔灌注桩及承台施工"), task(200, task_name="CUT")])
    schedule = read(text.encode("utf-8").replace(b"CUT", "桩".encode()[:2]))
    assert by_id(schedule)["A100"].name == "钻孔灌注桩及承台施工"
    assert ["1 characters" in notice for notice in schedule.notices] == [True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no Primavera XER"),
        ("<?xml version='1.0'?><Project/>", "no Primavera XER"),
        (small().removesuffix("%E\n"), "cut off"),
        (small()[: len(small()) // 2], "cut off"),
        (small() + "%R\t1\t2\n", "cut off"),
        (xer(PROJECT, CALENDAR, WBS), "no tasks"),
        (xer(PROJECT, table("TASK", [], ["task_id", "task_code"])), "no tasks"),
        (xer(PROJECT, table("TASK", [{"task_id": "", "task_name": "x"}])), "no tasks"),
    ],
)
def test_refusals_say_what_to_do(read: Reader, content: str, words: str) -> None:
    sentence = refusal(read, content)
    assert words in sentence
    assert "xport" in sentence.split(". ")[-1] or "xport" in sentence


def test_missing_files_folders_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "none.xer", tmp_path / "a\0b"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_xer(path)
    path = tmp_path / "plan.xer"
    path.write_text(small(), "utf-8")
    monkeypatch.setattr("twin.exchange.xer_file.MAX_ROWS", 3)
    with pytest.raises(InvalidInput, match="more than 3 rows"):
        read_xer(path)
    monkeypatch.setattr("twin.exchange.xer_file.MAX_BYTES", 100)
    with pytest.raises(InvalidInput, match="larger than"):
        read_xer(path)


SEED = small(*COSTS, table("TASKPRED", [{"task_id": 200, "pred_task_id": 100, "pred_type": "PR_FS", "lag_hr_cnt": 8}]))
HOSTILE = (
    *(
        b"\t",
        b"\n%R\t",
        b"%T\tTASK\n",
        b"%F\t",
        b"%E\n",
        b"\r",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b'"',
        b"\xb0\xa1",
    ),
    *(b"1e99", b"-1", b"nan", b"inf", b"9" * 30, b"0001-01-01 00:00", b"2200-12-31 24:00", b"(0||", b")", b"()" * 50),
    *("٣".encode(), "²".encode(), b"{0}", b"{file}", b"s|25:00|f|00:00", b"d|999999"),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 60), st.sampled_from(HOSTILE) | st.binary(max_size=12)),
        max_size=12,
    ),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
@example(edits=[], encoding="utf-8")
def test_no_bytes_end_in_anything_but_a_sentence(
    read: Reader, edits: list[tuple[int, int, bytes]], encoding: str
) -> None:
    data = SEED.encode(encoding)
    for place, length, new in edits:
        data = data[:place] + new + data[place + length :]
    try:
        schedule = read(data)
    except InvalidInput:
        return
    ids = {task.id for task in schedule.tasks}
    assert len(ids) == len(schedule.tasks)
    assert {task.parent for task in schedule.tasks} <= ids | {None}
    assert {end for link in schedule.links for end in (link.predecessor, link.successor)} <= ids
    assert {a.task for a in schedule.assignments} <= ids
    assert {a.resource for a in schedule.assignments} <= {r.id for r in schedule.resources}
    assert {t.calendar for t in schedule.tasks} <= {c.id for c in schedule.calendars} | {None}
    assert all(task.completion is None or 0 <= task.completion <= 1 for task in schedule.tasks)
    for calendar in schedule.calendars:
        assert len(calendar.week) == 7
        days = [*calendar.week, *(e.shifts for e in calendar.exceptions)]
        assert all(0 <= start < finish <= 1440 for shifts in days for start, finish in shifts)
        assert [e.start for e in calendar.exceptions] == sorted(e.start for e in calendar.exceptions)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_after_a_true_start(read: Reader, data: bytes) -> None:
    for content in (data, b"ERMHDR\t" + data, b"ERMHDR\n%T\tTASK\n%F\ttask_id\n%R\t1\n" + data + b"\n%E"):
        try:
            read(content)
        except InvalidInput:
            continue


@pytest.mark.long
def test_reading_time_is_in_proportion_to_the_tasks(read: Reader) -> None:
    def seconds(count: int) -> float:
        tasks = [task(n, wbs_id=n // 10) for n in range(count)]
        wbs = [{"wbs_id": n, "proj_id": 1, "wbs_short_name": n, "parent_wbs_id": n - 1} for n in range(count // 10)]
        links = [{"task_id": n, "pred_task_id": n - 1, "pred_type": "PR_FS"} for n in range(1, count)]
        costs = [{"task_id": n, "rsrc_id": n % 50, "target_cost": "5.50"} for n in range(count)]
        tables = (table("PROJWBS", wbs), table("TASK", tasks), table("TASKPRED", links), table("TASKRSRC", costs))
        text = xer(PROJECT, CALENDAR, *tables)
        start = time.process_time()
        schedule = read(text)
        spent = time.process_time() - start
        assert len(schedule.links) == count - 1
        return spent

    small_time = min(seconds(5_000) for _ in range(2))
    assert seconds(50_000) < 20 * small_time + 0.5
