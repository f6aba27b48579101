"""Task tables: read in both languages, written and read back whole, refused whole with every bad cell named."""

import csv
import io
import string
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange.schedules_strategies import SHIFTS, maybe
from twin.errors import InvalidInput, RefusedRows
from twin.exchange.cells import Bad
from twin.exchange.mapping import Mapping_
from twin.exchange.schedule_cells import guard, read_links, read_span, unguard, write_links, write_span
from twin.exchange.schedule_table import read_schedule_table, write_schedule_csv
from twin.values.schedule import (
    RESOURCE_KINDS,
    TASK_KINDS,
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Resource,
    Schedule,
    Task,
    TaskLink,
)

HOUR = timedelta(hours=1)
CHINESE = """任务编号,任务名称,上级任务,计划开始,计划完成,基线开始,基线完成,实际开始,实际完成,完成百分比,\
费用(万元),工期(天),前置任务,部位
A,土建,,2026-03-02,2026-06-30,2026-03-01,2026-05-31,2026-03-05,,40%,1200,80,,
A1,基础,A,2026年3月2日,2026-03-31,2026-03-01,2026-03-31,2026-03-05,2026-04-02,100%,500,20,,B1
A2,主体,A,2026-04-01 08:00,2026-06-30 17:30,2026-04-01,2026-05-31,,,10%,700,60,A1FS+2d；A1SS,1F
"""


def read(tmp_path: Path, text: str | bytes, mapping: Mapping_ | None = None, name: str = "a.csv") -> Schedule:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_schedule_table(path, mapping)


def test_a_chinese_table(tmp_path: Path) -> None:
    for content in (CHINESE, CHINESE.encode("gb18030"), CHINESE.encode("utf-8-sig"), CHINESE.replace(",", "\t")):
        schedule = read(tmp_path, content)
        top, first, second = schedule.tasks
        assert (top.id, top.name, top.kind, top.parent) == ("A", "土建", "summary", None)
        assert (first.parent, second.kind) == ("A", "task")
        assert (first.schedule_start, first.schedule_finish) == (datetime(2026, 3, 2), datetime(2026, 3, 31, 23, 59))
        assert second.schedule_finish == datetime(2026, 6, 30, 17, 30)
        assert first.baselines == (Baseline(0, datetime(2026, 3, 1), datetime(2026, 3, 31, 23, 59)),)
        assert [t.completion for t in schedule.tasks] == [0.4, 1.0, 0.1]
        assert [t.cost for t in schedule.tasks] == [12e6, 5e6, 7e6]
        assert second.duration == timedelta(days=60)
        assert [t.values for t in schedule.tasks] == [{}, {"部位": "B1"}, {"部位": "1F"}]
        assert schedule.links == (TaskLink("A1", "A2", "FS", timedelta(days=2)), TaskLink("A1", "A2", "SS"))
        assert schedule.format == "csv"


def test_an_english_table_with_a_standard_calendar_outline_levels_and_resources(tmp_path: Path) -> None:
    schedule = read(
        tmp_path,
        "Task ID,Task Name,Outline Level,Planned Start,Planned Finish,Duration,Predecessors,"
        "Calendar,Milestone,Resources,Cost\n"
        "1,All,1,2026-03-02,2026-03-31,20d,,Standard,no,,\n"
        '2,Dig,2,2026-03-02,2026-03-06,5,,Standard,no,"Masons; Crane[50%]","1,000.50"\n'
        "3,Pour,2,2026-03-09,2026-03-09,4h,2FS+1d,Standard,no,Masons,\n"
        "4,Done,2,2026-03-31,2026-03-31,0,3+50%,Night,yes,,\n",
    )
    assert [(t.kind, t.parent) for t in schedule.tasks] == [
        ("summary", None), ("task", "1"), ("task", "1"), ("milestone", "1"),
    ]  # fmt: skip
    assert [t.duration for t in schedule.tasks] == [160 * HOUR, 40 * HOUR, 4 * HOUR, 0 * HOUR]
    assert [(k.lag, k.lag_percent) for k in schedule.links] == [(8 * HOUR, None), (0 * HOUR, 0.5)]
    assert [r.name for r in schedule.resources] == ["Masons", "Crane"]
    assert [(a.task, a.resource) for a in schedule.assignments] == [("2", "Masons"), ("2", "Crane"), ("3", "Masons")]
    assert schedule.tasks[1].cost == 1000.5
    assert any("Night" in notice for notice in schedule.notices)


def test_dotted_codes_make_a_tree(tmp_path: Path) -> None:
    schedule = read(tmp_path, "wbs,name,start,finish\n1,a,2026-01-01,2026-01-02\n1.1,b,,\n1.1.1,c,,\n2,d,,\n")
    assert [(t.id, t.parent) for t in schedule.tasks] == [("1", None), ("1.1", "1"), ("1.1.1", "1.1"), ("2", None)]


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["任务编号", "任务名称", "计划开始", "计划完成", "完成百分比", "费用(万元)"])
    sheet.append(["A1", "基础", datetime(2026, 3, 2), datetime(2026, 3, 31, 17, 0), 0.25, 12.5])
    sheet.append(["A2", "主体", date(2026, 4, 1), date(2026, 6, 30), 0.5, 7])
    sheet["E2"].number_format = sheet["E3"].number_format = "0%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    schedule = read_schedule_table(path)
    assert schedule.format == "xlsx"
    assert [t.schedule_start for t in schedule.tasks] == [datetime(2026, 3, 2), datetime(2026, 4, 1)]
    assert [t.schedule_finish for t in schedule.tasks] == [datetime(2026, 3, 31, 17), datetime(2026, 6, 30, 23, 59)]
    assert [(t.completion, t.cost) for t in schedule.tasks] == [(0.25, 125_000), (0.5, 70_000)]


def test_a_mapping_names_columns_and_forms(tmp_path: Path) -> None:
    mapping = Mapping_(columns={"task": "Nr", "start": "Von", "finish": "Bis"}, formats={"date": "%d.%m.%Y %H:%M"})
    schedule = read(tmp_path, "Nr;Was;Von;Bis\n1;x;02.03.2026 07:30;06.03.2026 16:00\n", mapping)
    (task,) = schedule.tasks
    assert (task.schedule_start, task.schedule_finish) == (datetime(2026, 3, 2, 7, 30), datetime(2026, 3, 6, 16))
    assert task.values == {"Was": "x"}


BAD = {
    "no such day": ("A1,x,2026-02-30,,,,", "start"),
    "no such time": ("A1,x,2026-02-03 25:00,,,,", "start"),
    "150 per cent": ("A1,x,,,150%,,", "completion"),
    "a finish before the start": ("A1,x,2026-02-03,2026-02-01,,,", "finish"),
    "an unknown parent": ("A1,x,,,,,ZZ", "parent"),
    "a task below itself": ("A1,x,,,,,A1", "parent"),
    "an unknown predecessor": ("A1,x,,,,ZZFS+1d,", "predecessors"),
    "a task that waits for itself": ("A1,x,,,,A1,", "predecessors"),
    "a lag of no kind": ("A1,x,,,,A0FS+1 moon,", "predecessors"),
    "a task twice": ("A0,x,,,,,", "task"),
    "a row without a task": (",x,,,,,", "task"),
    "a formula": ("A1,=1+1,,,,,", "name"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_cells_are_named_by_row_and_column(kind: str, tmp_path: Path) -> None:
    line, column = BAD[kind]
    header = "task,name,start,finish,completion,predecessors,parent\n"
    with pytest.raises(RefusedRows) as refused:
        read(tmp_path, f"{header}A0,good,2026-01-01,2026-01-02,50%,,\n{line}\n")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(3, column)]


OTHER_ROWS = {
    "a calendar without a week": ("calendar,C2,,,,", "definition"),
    "hours of no kind": ("calendar,C2,,,,Mon 17:00-08:00", "definition"),
    "an exception of no calendar": ("exception,,ZZ,2026-01-01,,-", "parent"),
    "a resource of no kind": ("resource,R1,,,,gold", "definition"),
    "an assignment of nothing": ("assignment,A0,,,R9,", "resource"),
    "a kind of no kind": ("stone,A1,,,,", "kind"),
}


@pytest.mark.parametrize("kind", OTHER_ROWS)
def test_bad_rows_that_are_no_tasks_are_named(kind: str, tmp_path: Path) -> None:
    line, column = OTHER_ROWS[kind]
    with pytest.raises(RefusedRows) as refused:
        read(tmp_path, f"kind,task,parent,start,resource,definition\ntask,A0,,2026-01-01,,\n{line}\n")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(3, column)]


def test_all_bad_cells_are_listed_and_tables_without_tasks_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedRows) as refused:
        read(tmp_path, "task,start,duration\nA,soon,long\nB,2026-01-01,1d\nC,2026-13-01,\n")
    assert [(p.row, p.column) for p in refused.value.problems] == [(2, "start"), (2, "duration"), (4, "start")]
    with pytest.raises(InvalidInput, match="no column for task"):
        read(tmp_path, "name,start\nA,2026-01-01\n")
    with pytest.raises(InvalidInput, match="no row with a task"):
        read(tmp_path, "kind,task,name\nschedule,,x\n")


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [("5d", 480, 40 * HOUR), ("3 个工作日", 480, 24 * HOUR), ("1.5h", 480, 1.5 * HOUR), ("90m", 1440, 1.5 * HOUR),
     ("2w", 480, 80 * HOUR), (3, 480, 24 * HOUR), ("-1d", 480, -8 * HOUR), ("５天", 480, 40 * HOUR), (None, 480, None)],
)  # fmt: skip
def test_durations(text: object, day: int, expected: timedelta | None) -> None:
    assert read_span(text, day) == expected


@pytest.mark.parametrize("text", ["five days", "5 moons", "d", "1e99d", "999999999999d"])
def test_durations_that_are_none(text: str) -> None:
    assert isinstance(read_span(text, 480), Bad)


@pytest.mark.parametrize("ids", [("A", "A-1", "A-12"), ("1", "11", "1FS"), ("A FS", "A", 'q"x;y', "-2", "=1")])
def test_links_find_the_right_ids(ids: tuple[str, ...]) -> None:
    for task in ids:
        for kind in ("FS", "SS", "FF", "SF"):
            for lag, percent in ((timedelta(0), None), (-HOUR, None), (HOUR / 3, None), (timedelta(0), 0.125)):
                link = TaskLink(task, "Z", kind, lag, percent)
                found = read_links(write_links([link, link], True), ids, 480)
                assert not isinstance(found, Bad)
                assert [(f.task, f.type, f.lag, f.lag_percent) for f in found] == [(task, kind, lag, percent)] * 2


@given(st.timedeltas(-timedelta(days=70_000), timedelta(days=70_000)))
def test_spans_round_trip(span: timedelta) -> None:
    assert read_span(write_span(span), 480) == span


@given(st.text())
def test_guarded_texts_come_back_and_start_no_formula(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


WORDS = st.text("aZ09 =+-@'\"；;,，._墙\n", max_size=8).map(str.strip)
NAMES = WORDS.filter(bool)
COSTS = st.floats(-1e14, 1e14, allow_subnormal=False)
TIMES = st.datetimes(datetime(1915, 1, 1), datetime(2150, 12, 31)).map(lambda t: t.replace(fold=0))
DAYS = st.dates(date(1901, 1, 1), date(2150, 12, 31))
SPANS = st.timedeltas(timedelta(0), timedelta(days=5000))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Return a schedule whose references all lead somewhere, as files that were read have them."""
    ids = draw(
        st.lists(st.text('AFS1-+=.;"墙 ', min_size=1).map(str.strip).filter(bool), min_size=1, max_size=5, unique=True)
    )
    names = [f"C{i}" for i in range(draw(st.integers(0, 2)))]
    calendars = []
    for name in names:
        exceptions = [
            CalendarException(day, day + timedelta(days=draw(st.integers(0, 9))), draw(SHIFTS), draw(WORDS))
            for day in draw(st.lists(DAYS, max_size=2))
        ]
        calendars.append(Calendar(name, draw(WORDS), draw(st.tuples(*[SHIFTS] * 7)), tuple(exceptions)))
    tasks = []
    for i, name in enumerate(ids):
        signs = st.sampled_from([1, 1, 1, -1])  # other programs write finishes before starts
        spans = [draw(maybe(st.tuples(TIMES, SPANS, signs))) for _ in range(4)]
        pairs = [(None, None) if s is None else (s[0], s[0] + s[2] * s[1]) for s in spans]
        numbers = [0, draw(st.integers(1, 10))]
        agreed = [
            Baseline(number, pair[0], pair[1], draw(maybe(COSTS)), draw(maybe(SPANS)), draw(maybe(SPANS)))
            for number, pair in zip(numbers, pairs[2:], strict=True)
        ]
        tasks.append(
            Task(
                name, draw(WORDS), draw(st.sampled_from(TASK_KINDS)), draw(WORDS),
                draw(maybe(st.sampled_from(ids[:i]))) if i else None,
                draw(maybe(st.sampled_from(names))) if names else None,
                pairs[0][0], pairs[0][1], pairs[1][0], pairs[1][1],
                draw(maybe(SPANS)), draw(maybe(SPANS)), draw(maybe(st.floats(0, 1))),
                draw(maybe(COSTS)), draw(maybe(COSTS)), draw(maybe(SPANS)), draw(maybe(SPANS)),
                tuple(baseline for baseline in agreed if baseline != Baseline(baseline.number, None, None)),
                draw(st.dictionaries(st.text(string.ascii_lowercase, min_size=1), NAMES, max_size=2)),
            )
        )  # fmt: skip
    links = [
        TaskLink(
            ids[0], name, draw(st.sampled_from(["FS", "SS", "FF", "SF"])), draw(SPANS) * draw(st.sampled_from([1, -1])),
            draw(maybe(st.integers(-300, 300).map(lambda n: n / 100))),
        )
        for name in ids[1:]
    ]  # fmt: skip
    resources = [Resource(f"R{i}", draw(WORDS), draw(st.sampled_from(RESOURCE_KINDS)), draw(WORDS)) for i in range(2)]
    uses = [Assignment(name, "R1", draw(maybe(COSTS)), None, draw(maybe(COSTS))) for name in ids[:2]]
    first = draw(maybe(TIMES))
    return Schedule(
        draw(WORDS), "csv", tuple(tasks), tuple(links), tuple(calendars),
        draw(maybe(st.sampled_from(names))) if names else None, tuple(resources), tuple(uses),
        data_date=draw(maybe(TIMES)), start=first, finish=first, currency=draw(maybe(NAMES)),
        elements={ids[-1]: tuple(f"3nYYuCp$XC4vhvJ2c{i:05d}" for i in range(draw(st.sampled_from([1, 1000]))))},
    )  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)
@given(schedules())
def test_a_schedule_goes_to_csv_and_back(tmp_path: Path, schedule: Schedule) -> None:
    path = tmp_path / "a.csv"
    write_schedule_csv(schedule, path)
    back = replace(read_schedule_table(path), notices=())
    for field in fields(Schedule):
        assert getattr(back, field.name) == getattr(schedule, field.name), field.name


def test_what_another_reader_took_loads_back_and_is_told(tmp_path: Path) -> None:
    start, before = datetime(2026, 3, 2, 8), datetime(2026, 3, 1, 8)
    task = Task(
        *("A", "x"),
        schedule_start=start,
        schedule_finish=before,
        cost=-500.0,
        actual_cost=-1.5,
        baselines=(Baseline(0, start, before, -500.0), Baseline(3, None, start, None, 8 * HOUR, HOUR)),
    )
    path = tmp_path / "a.csv"
    write_schedule_csv(Schedule("", "csv", (task,)), path)
    back = read_schedule_table(path)
    assert back.tasks == (task,)
    assert back.notices == ("2 finishes are before their starts; they are kept as written.",)
    header = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [name for name in header if "baseline" in name] == [
        *("baseline_start", "baseline_finish", "baseline_cost"),
        *("baseline3_finish", "baseline3_work", "baseline3_duration"),
    ]


def test_a_task_that_waits_for_a_thousand_loads_back(tmp_path: Path) -> None:
    ids = [f"A{number:04d}/北" for number in range(1500)]
    tasks = (*(Task(name, "x") for name in ids), Task("END", "x", values={"note": "n" * 30_000}))
    links = tuple(TaskLink(name, "END", "FF", HOUR) for name in ids)
    write_schedule_csv(Schedule("", "csv", tasks, links), tmp_path / "a.csv")
    back = read_schedule_table(tmp_path / "a.csv")
    assert (back.tasks, back.links) == (tasks, links)


def test_other_baselines_have_columns_in_both_languages(tmp_path: Path) -> None:
    expected = (
        Baseline(0, datetime(2026, 1, 1), datetime(2026, 1, 2, 23, 59)),
        Baseline(2, datetime(2026, 2, 1), datetime(2026, 2, 2, 23, 59), 70_000, 8 * HOUR),
    )
    days = "2026-01-01,2026-01-02,2026-02-01,2026-02-02"
    for header in (
        "Task,Baseline Start,Baseline Finish,Baseline2 Start,Baseline2 Finish,Baseline2 Cost (万元),Baseline2 Work",
        "任务编号,基线开始,基线完成,比较基准2 开始时间,比较基准2 完成时间,基线2费用（万元）,基线2工时",
    ):
        assert read(tmp_path, f"{header}\nA,{days},7,8\n").tasks[0].baselines == expected
    with pytest.raises(RefusedRows) as refused:
        read(tmp_path, "task,baseline4_start,baseline4_finish\nA,2026-02-02,2026-02-01\n")
    assert [problem.column for problem in refused.value.problems] == ["baseline4_finish"]


GUIDS = ("3nYYuCp$XC4vhvJ2c00001", "0_YYuCp$XC4vhvJ2c00002")


@pytest.mark.parametrize("header", ["elements", "构件", "Global IDs"])
@pytest.mark.parametrize("between", ["; ", " ", "；", "\n", ","])
def test_a_task_names_its_elements(tmp_path: Path, header: str, between: str) -> None:
    schedule = read(tmp_path, f'task,name,{header}\nA,x,"{between.join(GUIDS)}"\nB,y,{GUIDS[0]}\nC,z,\n')
    assert schedule.elements == {"A": GUIDS, "B": GUIDS[:1]}
    assert [t.values for t in schedule.tasks] == [{}, {}, {}]


def test_elements_that_are_no_global_ids(tmp_path: Path) -> None:
    schedule = read(tmp_path, "task,构件\nA,B1层柱\nB,B1层梁 板\n")  # a column for the rules of links
    assert schedule.elements == {}
    assert [t.values for t in schedule.tasks] == [{"构件": "B1层柱"}, {"构件": "B1层梁 板"}]
    with pytest.raises(RefusedRows) as refused:
        read(tmp_path, f"task,elements\nA,{GUIDS[0]}\nB,{GUIDS[0]} 3nYYuCp$XC4vh\n")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(3, "elements")]


def test_elements_are_written_beside_their_task_and_rows_of_older_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_schedule_csv(Schedule("", "csv", (Task("A", "x"),), elements={"A": GUIDS}), path)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [(row["kind"], row["elements"]) for row in rows] == [("schedule", ""), ("task", " ".join(GUIDS))]
    old = read(tmp_path, f"kind,task,definition\ntask,A,\nelements,A,{' '.join(GUIDS)}\n")
    assert old.elements == {"A": GUIDS}


def test_a_spreadsheet_sees_no_formula_in_a_written_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    evil = '=HYPERLINK("http://x")'
    schedule = Schedule(evil, "csv", (Task("@SUM(A1)", evil, code="-1", values={"x": "+1"}), Task("B", "\t=1".strip())))
    write_schedule_csv(schedule, path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert read_schedule_table(path).tasks == schedule.tasks


def test_five_thousand_tasks_are_written_and_read(tmp_path: Path) -> None:
    from tests.exchange.test_schedule_document import large

    schedule = large(5000)
    path = tmp_path / "a.csv"
    write_schedule_csv(schedule, path)
    back = read_schedule_table(path)
    assert [t.baselines for t in back.tasks] == [t.baselines for t in schedule.tasks]
    assert back.links == schedule.links
    assert back.calendars == schedule.calendars
