"""Microsoft Project XML: each trap in a small file, and every real file against an independent look at it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.exchange.xml_files import element, link, mspdi, task
from twin.exchange.mspdi import read_mspdi
from twin.values.schedule import Schedule


def read(folder: Path, text: str | bytes) -> Schedule:
    path = folder / "made.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mspdi(path)


def test_rows_hang_on_one_another_by_outline_level(tmp_path: Path) -> None:
    schedule = read(
        tmp_path,
        mspdi(
            task(0, 0, Summary=1, Name="All"),
            task(1, 1, Summary=1, WBS="A", OutlineNumber="1"),
            task(2, 2, OutlineNumber="1.1"),
            task(3, 0, IsNull=1),
            task(4, 2, Summary=1, Active=0),
            task(5, 3),
            task(6, 1),
            task(7, 1, ExternalTask=1),
        ),
    )
    assert [(t.id, t.parent, t.kind, t.code) for t in schedule.tasks] == [
        ("0", None, "summary", ""),
        ("1", "0", "summary", "A"),
        ("2", "1", "task", "1.1"),
        ("5", "1", "task", ""),
        ("6", "0", "task", ""),
    ]
    unread = [str(sentence) for sentence in schedule.unread]
    assert "Blank rows: 1." in unread
    assert "Inactive tasks: 1." in unread
    assert "Tasks of other projects: 1." in unread


def test_a_row_with_children_is_a_summary_whatever_it_says(tmp_path: Path) -> None:
    schedule = read(tmp_path, mspdi(task(1, 1, Summary=0), task(2, 2)))
    assert [t.kind for t in schedule.tasks] == ["summary", "task"]


def test_money_stands_in_hundredths_everywhere(tmp_path: Path) -> None:
    base = element(
        "Baseline", Number=0, Cost="120000", Start="2026-01-05T08:00:00", Work="PT16H0M0S", Duration="PT8H0M0S"
    )
    schedule = read(
        tmp_path,
        mspdi(
            task(1, Cost="123456.78", ActualCost="2990845", more=base),
            resources=element("Resource", UID=1, Name="Crew", Type=1),
            assignments=element(
                "Assignment",
                UID=1,
                TaskUID=1,
                ResourceUID=1,
                Cost="409000",
                ActualCost="1110845",
                Work="PT80H0M0S",
                ActualWork="PT2H30M0S",
            ),
        ),
    )
    (only,) = schedule.tasks
    assert [only.cost, only.actual_cost, only.baselines[0].cost] == pytest.approx([1234.5678, 29908.45, 1200.0])
    (assignment,) = schedule.assignments
    assert (assignment.cost, assignment.actual_cost, assignment.planned, assignment.actual) == (4090, 11108.45, 80, 2.5)
    assert only.baselines[0].work == timedelta(hours=16)


def test_links_with_all_types_and_lags(tmp_path: Path) -> None:
    links = (
        link(1, Type=0, LinkLag=4800, LagFormat=7)
        + link(2, Type=1, LinkLag=-48000, LagFormat=9)
        + link(3, Type=2, LinkLag=50, LagFormat=19)
        + link(4, Type=3, LinkLag=7 * 14400, LagFormat=8)  # seven elapsed days: one working week
        + link(5)
        + link(6, CrossProject=1)
        + link(99)
        + link(8)
    )
    schedule = read(tmp_path, mspdi(*(task(n) for n in range(1, 6)), task(8, IsNull=1), task(10, more=links)))
    found = [(x.predecessor, x.successor, x.type, x.lag, x.lag_percent) for x in schedule.links]
    assert found == [
        ("1", "10", "FF", timedelta(hours=8), None),
        ("2", "10", "FS", timedelta(hours=-80), None),
        ("3", "10", "SF", timedelta(0), 0.5),
        ("4", "10", "SS", timedelta(hours=40), None),
        ("5", "10", "FS", timedelta(0), None),
    ]
    assert "Links to tasks of other projects: 1." in schedule.unread
    assert "Links from rows that are left aside: 1." in schedule.unread
    assert any("PredecessorUID is “99”" in notice for notice in schedule.notices)
    assert any("1 links have a lag in elapsed time" in notice for notice in schedule.notices)


@pytest.mark.parametrize(
    ("fields", "completion"),
    [
        ({"PercentComplete": 40, "PhysicalPercentComplete": 10}, 0.4),
        ({"PercentComplete": 40, "PhysicalPercentComplete": 10, "EarnedValueMethod": 0}, 0.4),
        ({"PercentComplete": 40, "PhysicalPercentComplete": 10, "EarnedValueMethod": 1}, 0.1),
        ({"PercentComplete": 100}, 1.0),
        ({}, None),
    ],
)
def test_completion_is_physical_where_the_task_says_so(
    tmp_path: Path, fields: dict[str, int], completion: float | None
) -> None:
    assert read(tmp_path, mspdi(task(1, 1, "", **fields))).tasks[0].completion == completion


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("PercentComplete", "150"), ("PercentComplete", "-1"), ("Start", "2026-02-30T08:00:00"), ("Start", "soon"),
        ("Duration", "5 days"), ("Duration", "PT"), ("Cost", "NaN"), ("Cost", "1e999"), ("Work", "P1Y"),
        ("EarnedValueMethod", "9" * 5000), ("Milestone", "maybe"), ("CalendarUID", "77"),
    ],
)  # fmt: skip
def test_a_broken_value_is_told_with_its_place(tmp_path: Path, field: str, value: str) -> None:
    schedule = read(tmp_path, mspdi(task(12, **{field: value})))
    assert len(schedule.tasks) == 1
    (notice,) = schedule.notices
    assert notice.startswith(f"Task 12: {field} is “{value[:60]}”")
    assert schedule.lost == (field != "CalendarUID")  # the project's calendar stands in


def test_what_nobody_reads_and_blank_rows_are_no_loss(tmp_path: Path) -> None:
    rows = (task(1, Milestone=1, Duration="PT8H0M0S", Hue="red"), task(2, IsNull=1), task(3, Active=0))
    schedule = read(tmp_path, mspdi(*rows, calendars=""))
    assert schedule.unread
    assert schedule.lost == 0


def test_a_decimal_comma_is_mended_and_told(tmp_path: Path) -> None:
    schedule = read(tmp_path, mspdi(task(1, Cost="1234,5")))
    assert schedule.tasks[0].cost == pytest.approx(12.345)
    assert any("decimal point" in notice for notice in schedule.notices)


def test_rows_that_share_a_uid_are_all_kept(tmp_path: Path) -> None:
    rows = [
        task(7),
        task(7, 2, Name="b"),
        task("7#2", Name="taken"),
        task(7, Name="c", more=link(7)),
        task(0, Name="d"),
    ]
    schedule = read(tmp_path, mspdi(*rows, task(0, 1, Name="e")))
    assert [(t.id, t.name, t.parent, t.kind) for t in schedule.tasks] == [
        ("7", "Task 7", None, "summary"), ("7#2", "b", "7", "task"), ("7#2#2", "taken", None, "task"),
        ("7#3", "c", None, "task"), ("0", "d", None, "summary"), ("0#2", "e", None, "task"),
    ]  # fmt: skip
    assert [(found.predecessor, found.successor) for found in schedule.links] == [("7", "7#3")]
    assert schedule.lost == 0
    (notice,) = schedule.notices
    assert notice.startswith("4 tasks repeat a UID: a number was put behind (“7#2”).")


def test_a_row_without_uid_is_lost(tmp_path: Path) -> None:
    schedule = read(tmp_path, mspdi(task(1), task("", Name="none")))
    assert [t.name for t in schedule.tasks] == ["Task 1"]
    assert schedule.lost == 1
    assert any("its UID is missing" in notice for notice in schedule.notices)


def test_an_outline_level_that_cannot_be_gives_way_to_the_outline_number(tmp_path: Path) -> None:
    schedule = read(tmp_path, mspdi(task(1), task(2, 999_999_999, OutlineNumber="1.1"), task(3, -1)))
    assert [t.parent for t in schedule.tasks] == [None, "1", None]
    assert schedule.lost == 2
    assert any("OutlineLevel is “999999999”" in notice for notice in schedule.notices)


@pytest.mark.parametrize(
    ("stated", "found"),
    [("2026-06-30T17:00:00", datetime(2026, 6, 30, 17)), ("1984-01-01T00:00:00", None), ("NA", None), (None, None)],
)
def test_the_status_date_may_be_none(tmp_path: Path, stated: str | None, found: datetime | None) -> None:
    field = f"<StatusDate>{stated}</StatusDate>" if stated else ""
    schedule = read(tmp_path, mspdi(task(1), fields=field))
    assert schedule.data_date == found
    assert not schedule.notices


def test_the_project_says_its_name_dates_and_currency(tmp_path: Path) -> None:
    fields = (
        "<Title>地铁 6 号线</Title><CurrencyCode>CNY</CurrencyCode><StartDate>2026-01-05T08:00:00</StartDate>"
        "<FinishDate>2026-03-01T17:00:00+08:00</FinishDate>"
    )
    schedule = read(tmp_path, mspdi(task(1), fields=fields))
    assert (schedule.name, schedule.currency, schedule.format) == ("地铁 6 号线", "CNY", "mspdi")
    assert (schedule.start, schedule.finish) == (datetime(2026, 1, 5, 8), datetime(2026, 3, 1, 17))


def test_the_baseline_that_earned_value_counts_becomes_the_one_that_counts(tmp_path: Path) -> None:
    bases = "".join(element("Baseline", Number=n, Cost=n * 100) for n in (0, 3, 5))
    schedule = read(tmp_path, mspdi(task(1, more=bases), fields="<BaselineForEarnedValue>3</BaselineForEarnedValue>"))
    assert [(b.number, b.cost) for b in schedule.tasks[0].baselines] == [(0, 3), (3, 0), (5, 5)]
    assert any("from baseline 3" in notice for notice in schedule.notices)


def test_an_interim_baseline_gives_way_to_a_whole_one(tmp_path: Path) -> None:
    bases = element("Baseline", Number=1, Interim=1, Cost=100) + element("Baseline", Number=1, Cost=200)
    schedule = read(tmp_path, mspdi(task(1, more=bases)))
    assert [(b.number, b.cost) for b in schedule.tasks[0].baselines] == [(1, 2)]
    assert any("interim" in notice for notice in schedule.notices)


def test_milestones_that_take_time_are_tasks(tmp_path: Path) -> None:
    schedule = read(
        tmp_path,
        mspdi(
            task(1, Milestone=1, Duration="PT0H0M0S"), task(2, Milestone=1, Duration="PT8H0M0S"), task(3, Milestone=1)
        ),
    )
    assert [t.kind for t in schedule.tasks] == ["milestone", "task", "milestone"]
    assert any("Task 2 is marked as a milestone" in notice for notice in schedule.notices)


# --- resources, assignments, user fields


def test_resources_of_all_kinds_and_assignments_of_nobody(tmp_path: Path) -> None:
    resources = (
        element("Resource", UID=0, ID=0, Type=1)
        + element("Resource", UID=1, Name="Crew", Type=1)
        + element("Resource", UID=2, Name="Concrete", Type=0, MaterialLabel="m3")
        + element("Resource", UID=3, Name="Travel", Type=0, IsCostResource=1)
        + element("Resource", UID=4, Name="Fee", Type=2)
        + element("Resource", UID=5, IsNull=1)
    )
    assignments = (
        element("Assignment", UID=1, TaskUID=1, ResourceUID=-65535, Work="PT8H0M0S")
        + element("Assignment", UID=2, TaskUID=1, ResourceUID=0)
        + element("Assignment", UID=3, TaskUID=1, ResourceUID=2, Work="PT120H30M0S", Units="120.5")
        + element("Assignment", UID=4, TaskUID=1, ResourceUID=3, Work="PT0H0M0S", Cost="50000")
        + element("Assignment", UID=5, TaskUID=1, ResourceUID=44)
        + element("Assignment", UID=6, TaskUID=2, ResourceUID=1)
    )
    schedule = read(tmp_path, mspdi(task(1), task(2, Active=0), resources=resources, assignments=assignments))
    assert [(r.id, r.name, r.kind, r.unit) for r in schedule.resources] == [
        ("1", "Crew", "labour", ""),
        ("2", "Concrete", "material", "m3"),
        ("3", "Travel", "cost", ""),
        ("4", "Fee", "cost", ""),
    ]
    assert [(a.resource, a.planned, a.cost) for a in schedule.assignments] == [("2", 120.5, None), ("3", None, 500.0)]
    assert "Assignments of nobody: 2." in schedule.unread
    assert "Assignments of rows that are left aside: 1." in schedule.unread
    assert any("Assignment 5: ResourceUID is “44”" in notice for notice in schedule.notices)


def test_user_fields_have_their_names(tmp_path: Path) -> None:
    definitions = (
        "<ExtendedAttributes>"
        + element("ExtendedAttribute", FieldID=11, FieldName="Text1", Alias="区段")
        + element("ExtendedAttribute", FieldID=12, FieldName="Cost3")
        + element(
            "ExtendedAttribute",
            FieldID=13,
            FieldName="Text9",
            l_="<ValueList>" + element("Value", ID=5, Value="east") + "</ValueList>",
        )
        + "</ExtendedAttributes><OutlineCodes><OutlineCode><FieldID>21</FieldID>"
        + "<FieldName>Outline Code1</FieldName><Alias>Trade</Alias><Values>"
        + element("Value", ValueID=1, ParentValueID=0, Value="C")
        + element("Value", ValueID=2, ParentValueID=1, Value="Pile")
        + "</Values></OutlineCode></OutlineCodes>"
    )
    own = (
        element("ExtendedAttribute", FieldID=11, Value="B2")
        + element("ExtendedAttribute", FieldID=12, Value="150")
        + element("ExtendedAttribute", FieldID=13, ValueID=5)
        + element("OutlineCode", FieldID=21, ValueID=2)
        + element("OutlineCode", FieldID=21, ValueID=77)
        + "<Notes>look</Notes><ConstraintDate>2026-01-01T08:00:00</ConstraintDate>"
    )
    schedule = read(tmp_path, mspdi(task(1, more=own), before=definitions))
    assert schedule.tasks[0].values == {
        "Notes": "look", "ConstraintDate": "2026-01-01T08:00:00", "区段": "B2", "Cost3": "1.5", "Text9": "east",
        "Trade": "C.Pile",
    }  # fmt: skip
    assert any("“77”" in notice for notice in schedule.notices)


def test_what_is_left_aside_is_counted(tmp_path: Path) -> None:
    phased = element("TimephasedData", Type=11, Value="1") * 3
    schedule = read(
        tmp_path,
        mspdi(
            task(1, more=phased, Priority=500, FreeSlack=0), task(2, Priority=500),
            assignments=element("Assignment", UID=1, TaskUID=1, ResourceUID=-65535, x_=phased),
            before="<Views><View><Name>Gantt</Name></View></Views>",
        ),
    )  # fmt: skip
    assert set(schedule.unread) >= {
        "Time-phased values of tasks: 3.",
        "Time-phased values of resources and assignments: 3.",
        "Elements <Views/View>: 1.",
        "Tasks: 2 values are left aside (Priority 2).",
    }
