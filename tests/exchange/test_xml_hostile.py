"""XML that is no schedule, broken, huge or meant to harm; any bytes at all; and how reading time grows."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.xml_files import (
    WEEK,
    activity,
    calendar,
    element,
    link,
    mspdi,
    p6_project,
    pmxml,
    refused,
    task,
    window,
)
from twin.errors import InvalidInput
from twin.exchange import xml_source
from twin.exchange.mspdi import read_mspdi
from twin.exchange.pmxml import read_pmxml
from twin.values.schedule import Schedule


def read(folder: Path, text: str | bytes) -> Schedule:
    path = folder / "made.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mspdi(path)


DOCTYPE = '<!DOCTYPE Project [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ends in the middle"),
        (b"\x00\x01\x02 no XML at all", "is not XML"),
        (b"<html><body/></html>", "outermost element is html"),
        (mspdi(task(1)).encode()[:-200], "ends in the middle"),
        (mspdi(task(1)).replace("?><Project", f"?>{DOCTYPE}<Project").encode(), "document type or entities"),
        (mspdi().encode(), "holds no task"),
        (mspdi(task(1, 0, IsNull=1)).encode(), "holds no task"),
        (mspdi("<a>" * 100 + "</a>" * 100).encode(), "more than 64 deep"),
        (mspdi(task(1)).replace("UTF-8", "no-such-code").encode(), "encoding"),
        (mspdi(task(1, Name="é")).replace("UTF-8", "GB18030").encode("latin-1"), "encoding"),
        (mspdi(task(1, Name="桥")).encode("gb18030"), "is not XML"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(content)
    sentence = refused(read_mspdi, path)
    assert said in sentence
    assert "made.xml" in sentence
    assert str(tmp_path) not in sentence


def test_a_huge_file_and_a_missing_one_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cannot be opened" in refused(read_mspdi, tmp_path / "none.xml")
    assert "cannot be opened" in refused(read_mspdi, tmp_path)
    monkeypatch.setattr(xml_source, "LARGEST", 100)
    path = tmp_path / "made.xml"
    path.write_text(mspdi(task(1)))
    assert "larger than" in refused(read_mspdi, path)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "utf-8"), ("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("utf-16", "utf-8"), ("GB2312", "gb18030"),
        ("gbk", "gb18030"), ("GB18030", "gb18030"), ("big5", "big5hkscs"),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, declared: str, written: str) -> None:
    name = "灌注樁 3#"
    text = mspdi(task(1, Name=name)).replace('"UTF-8"', f'"{declared}"')
    assert read(tmp_path, text.encode(written)).tasks[0].name == name


SMALL = mspdi(
    task(0, 0, Summary=1),
    task(1, 1, element("Baseline", Number=0, Start="2026-01-05T08:00:00", Cost="100") + "<Deadline>x</Deadline>",
         Start="2026-01-05T08:00:00", Duration="PT8H0M0S", Cost="12.5", PercentComplete=50),
    task(2, 2, link(1, Type=1, LinkLag=4800, LagFormat=8), CalendarUID=1),
    calendars=calendar(1, "<Exceptions>" + element("Exception", EnteredByOccurrences=1, Occurrences=4, p_=window(
        "2026-01-01", "2026-12-31"), Type=5, Period=2, MonthItem=4, MonthPosition=4, DayWorking=0)
    + "</Exceptions>", week=WEEK)
    + calendar(2, base=1),
    resources=element("Resource", UID=1, Type=1),
    assignments=element("Assignment", UID=1, TaskUID=1, ResourceUID=1, Work="PT8H0M0S"),
).encode()  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_crash_the_reader(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        how = data.draw(st.sampled_from(("digits", "byte", "cut", "text", "swap")))
        if how == "byte":
            content[at] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del content[at : at + data.draw(st.integers(1, 60))]
        elif how == "text":
            content[at:at] = data.draw(
                st.sampled_from((b"9", b"-", b"99999999999999999999", b"&lt;", b"\xff\xfe", b"1e308"))
            )
        else:
            numbers = list(re.finditer(rb">([^<>]+)<", bytes(content)))
            if numbers:
                found = numbers[at % len(numbers)]
                content[found.start(1) : found.end(1)] = data.draw(
                    st.sampled_from(
                        (
                            b"0",
                            b"-1",
                            b"9999-12-31T23:59:00",
                            b"0001-01-01",
                            b"999999999",
                            b"PT999999999H",
                            b"true",
                            b"24:00:00",
                            b"{x}",
                        )
                    )
                )
    path = tmp_path / "made.xml"
    path.write_bytes(bytes(content))
    try:
        schedule = read_mspdi(path)
    except InvalidInput:
        return
    ids = {t.id for t in schedule.tasks}
    assert len(ids) == len(schedule.tasks)
    assert all(t.parent is None or t.parent in ids for t in schedule.tasks)
    assert all(x.predecessor in ids and x.successor in ids for x in schedule.links)
    assert all(t.completion is None or 0 <= t.completion <= 1 for t in schedule.tasks)
    assert all(0 <= a < b <= 1440 for c in schedule.calendars for day in c.week for a, b in day)


def test_twenty_thousand_tasks_take_ten_times_two_thousand(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        extra = "".join(f"<Field{n}>{n}</Field{n}>" for n in range(8))
        rows = (
            task(
                n,
                1 + n % 3,
                link(n - 1, Type=1, LinkLag=0) + extra if n else extra,
                Start="2026-01-05T08:00:00",
                Cost=n,
            )
            for n in range(count)
        )
        path = tmp_path / f"{count}.xml"
        path.write_text(mspdi(*rows))
        best = 1e9
        for _ in range(2 if count < 10_000 else 1):
            begin = time.process_time()
            assert len(read_mspdi(path).tasks) == count
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(20_000) < 20 * seconds(2_000)


SMALL_P6 = pmxml(
    p6_project(
        1, element("WBS", ObjectId=1, Code="A"), element("WBS", ObjectId=2, Code="B", ParentObjectId=1),
        activity(10, "A1", element("UDF", TypeObjectId=1, Text="x"), WBSObjectId=2, StartDate="2026-01-05T08:00:00",
                 PlannedDuration=8, CalendarObjectId=7, PercentCompleteType="Physical", PhysicalPercentComplete="0.25"),
        activity(11, "A2", Type="Start Milestone"),
        element("Relationship", PredecessorActivityObjectId=10, SuccessorActivityObjectId=11, Type="Start to Start"),
        element("ResourceAssignment", ActivityObjectId=10, ResourceObjectId=1, PlannedCost=5, PlannedUnits=2),
        CurrentBaselineProjectObjectId=3,
    ),
    p6_project(3, activity(30, "A1", StartDate="2026-01-05T08:00:00"), tag="BaselineProject"),
).encode()  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_crash_the_reader_of_p6(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(SMALL_P6)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        how = data.draw(st.sampled_from(("text", "byte", "cut", "move")))
        if how == "byte":
            content[at] = data.draw(st.integers(0, 255))
        elif how == "cut":
            del content[at : at + data.draw(st.integers(1, 60))]
        else:
            texts = list(re.finditer(rb">([^<>]+)<", bytes(content)))
            if texts:
                found = texts[at % len(texts)]
                other = bytes(texts[data.draw(st.integers(0, len(texts) - 1))][1])
                strange = data.draw(st.sampled_from((b"9999-12-31", b"1e308", b"-1", b"25:61:00", b"{x}", b"9" * 30)))
                content[found.start(1) : found.end(1)] = other if how == "move" else strange
    path = tmp_path / "made.xml"
    path.write_bytes(bytes(content))
    try:
        schedule = read_pmxml(path)
    except InvalidInput:
        return
    ids = {t.id for t in schedule.tasks}
    assert len(ids) == len(schedule.tasks)
    assert all(t.parent is None or t.parent in ids for t in schedule.tasks)
    assert all(a.task in ids for a in schedule.assignments)
    assert all(t.completion is None or 0 <= t.completion <= 1 for t in schedule.tasks)


def test_exceptions_that_cover_ages_are_bounded(tmp_path: Path) -> None:
    one = element("Exception", p_=window("1970-01-01", "2099-12-31"), Type=6, Period=1, DaysOfWeek=0, DayWorking=0)
    begin = time.process_time()
    schedule = read(
        tmp_path, mspdi(task(1), calendars=calendar(1, f"<Exceptions>{one * 2000}</Exceptions>", week=WEEK))
    )
    assert time.process_time() - begin < 60
    assert any("the file has too many" in notice for notice in schedule.notices)


def test_very_many_faults_and_names_are_counted(tmp_path: Path) -> None:
    rows = [task(n, 1, f"<Odd{n}>1</Odd{n}>", Start="never") for n in range(1, 400)]
    extra = "".join(f"<Section{n}><Thing/></Section{n}>" for n in range(300))
    schedule = read(tmp_path, mspdi(*rows, before=extra))
    assert len(schedule.notices) == 201
    assert schedule.notices[-1] == "199 more notices of this file are not listed."
    assert "Elements with other names: 200." in schedule.unread
    assert len(schedule.unread) < 110
    assert max(len(sentence) for sentence in schedule.unread) < 3000


def test_records_are_forgotten_once_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "made.xml"
    path.write_text(mspdi(task(1), task(2)))
    seen = [(place, node.tag, len(node)) for place, node in xml_source.records(path, root="Project", program="P")]
    assert seen[-5:-2] == [("Tasks", "Task", 3), ("Tasks", "Task", 3), ("", "Tasks", 0)]
