"""The schedule in an IFC file: against a count of the file's text, ifcopenshell's own reading, and worked examples."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.api.control
import ifcopenshell.api.cost
import ifcopenshell.api.nest
import ifcopenshell.api.root
import ifcopenshell.api.sequence
import ifcopenshell.util.sequence
import pytest

from ifc_import.task_times import Told, read_span
from ifc_import.tasks import read_schedule
from tests.ifc_import.text_model import box, model
from twin.errors import InvalidInput
from twin.exchange.schedule_document import from_document, to_document
from twin.values.schedule import Calendar, Schedule, Shift, Task

DAY = ((480, 720), (780, 1020))  # 08:00 to 12:00, 13:00 to 17:00


def read(tmp_path: Path, *parts: str, schema: str = "IFC4") -> Schedule:
    path = tmp_path / "a.ifc"
    path.write_bytes(model(*parts, schema=schema))
    schedule = read_schedule(path)
    assert from_document(to_document(schedule)) == schedule
    return schedule


def gid(number: int) -> str:
    return f"0task{number:017d}"


def task(number: int, time: str = "$", name: str = "T", code: str = "$", milestone: str = ".F.") -> str:
    return f"#{number}=IFCTASK('{gid(number)}',$,'{name}',$,$,{code},$,$,$,{milestone},$,{time},$);\n"


def task_time(number: int, **values: str) -> str:
    names = [
        *("Name", "DataOrigin", "UserDefinedDataOrigin", "DurationType", "ScheduleDuration", "ScheduleStart"),
        *("ScheduleFinish", "EarlyStart", "EarlyFinish", "LateStart", "LateFinish", "FreeFloat", "TotalFloat"),
        *("IsCritical", "StatusTime", "ActualDuration", "ActualStart", "ActualFinish", "RemainingTime", "Completion"),
    ]
    assert set(values) <= set(names)
    return f"#{number}=IFCTASKTIME({','.join(values.get(name, '$') for name in names)});\n"


def relation(ifc_class: str, number: int, *rest: str) -> str:
    return f"#{number}={ifc_class}('0rela{number:017d}',$,$,$,{','.join(rest)});\n"


def only(schedule: Schedule, number: int) -> Task:
    return next(t for t in schedule.tasks if t.id == gid(number))


def shifts_on(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    for exception in reversed(calendar.exceptions):
        if exception.start <= day <= exception.finish:
            return tuple(exception.shifts)
    return tuple(calendar.week[day.weekday()])


@pytest.mark.real_data
def test_the_published_sample_agrees_with_its_text(real_data: Path) -> None:
    path = real_data / "ifc" / "bsi_scheduling_task.ifc"
    text = path.read_text("latin-1")
    schedule = read_schedule(path)
    ids = re.findall(r"= IFCTASK\('([^']+)'", text)
    assert sorted(t.id for t in schedule.tasks) == sorted(ids)
    assert len(schedule.links) == len(re.findall(r"= IFCRELSEQUENCE\(", text))
    tied = {m[0]: m[1] for m in re.findall(r"IFCRELASSIGNSTOPRODUCT\('[^']+',#\d+,\$,\$,\((#\d+)\),\$,(#\d+)", text)}
    numbers = dict(re.findall(r"(#\d+)= IFC\w+\('([^']{22})'", text))
    assert schedule.elements == {numbers[t]: (numbers[p],) for t, p in tied.items()}
    ifc: Any = ifcopenshell.open(str(path))
    for t in schedule.tasks:
        record = ifc.by_guid(t.id)
        assert t.schedule_start is not None
        derived = ifcopenshell.util.sequence.derive_date(record, "EarlyStart", is_earliest=True)
        assert t.schedule_start == derived
        parents = [r.RelatingObject.GlobalId for r in record.Nests]
        assert [t.parent] == (parents or [None])
        assert t.kind == ("summary" if record.IsNestedBy else "task")
        assert ifcopenshell.util.sequence.derive_calendar(record).GlobalId == (t.calendar or schedule.calendar)
    # 32 hours, written as one day of 24 hours and 8
    assert next(t for t in schedule.tasks if t.name == "Wall (Standard)").duration == timedelta(hours=32)
    assert schedule.calendars[0].week == (((480, 960),),) * 5 + ((),) * 2
    assert (schedule.notices, schedule.unread) == ((), ())


def test_times_and_completion_are_read(tmp_path: Path) -> None:
    time = task_time(
        101, DurationType=".WORKTIME.", ScheduleDuration="'PT40H'", ScheduleStart="'2026-03-02T08:00:00'",
        ScheduleFinish="'2026-03-06T17:00:00+08:00'", ActualStart="'2026-03-03'", RemainingTime="'PT8H30M'",
        StatusTime="'2026-03-31T17:00:00'", Completion="0.25",
    )  # fmt: skip
    schedule = read(tmp_path, task(100, "#101", code="'A.1'"), time, task(102, milestone=".T."))
    t = only(schedule, 100)
    assert (t.schedule_start, t.schedule_finish) == (datetime(2026, 3, 2, 8), datetime(2026, 3, 6, 17))
    assert (t.actual_start, t.actual_finish) == (datetime(2026, 3, 3), None)
    assert (t.duration, t.remaining_duration) == (timedelta(hours=40), timedelta(hours=8.5))
    assert (t.completion, t.code, t.kind) == (0.25, "A.1", "task")
    assert only(schedule, 102).kind == "milestone"
    assert schedule.data_date == datetime(2026, 3, 31, 17)
    assert schedule.notices == ()


def test_completions_above_one_make_all_of_them_per_cent(tmp_path: Path) -> None:
    parts = [task(100 + i, f"#{200 + i}") + task_time(200 + i, Completion=c) for i, c in enumerate(("40.", "1.", "0."))]
    schedule = read(tmp_path, *parts)
    assert [t.completion for t in schedule.tasks] == [0.4, 0.01, 0.0]
    assert any("per cent" in notice for notice in schedule.notices)
    assert read(tmp_path, task(100, "#200") + task_time(200, Completion="1.")).tasks[0].completion == 1.0


def test_values_that_cannot_be_read_are_told_and_left_out(tmp_path: Path) -> None:
    time = task_time(
        101, ScheduleStart="'next Monday'", ScheduleFinish="'0001-01-01T00:00:00'", ScheduleDuration="'5 days'",
        Completion="-3.",
    )  # fmt: skip
    schedule = read(tmp_path, task(100, "#101"), time)
    t = schedule.tasks[0]
    assert (t.schedule_start, t.schedule_finish, t.duration, t.completion) == (None,) * 4
    for word in ("ScheduleStart", "ScheduleFinish", "ScheduleDuration", "Completion", "next Monday"):
        assert any(word in notice for notice in schedule.notices), word
    assert schedule.lost == 4


def test_broken_records_cost_themselves_only(tmp_path: Path) -> None:
    schedule = read(
        tmp_path, task(100, "#999"), task(102),
        relation("IFCRELSEQUENCE", 110, "#100", "$", "$", ".FINISH_START.", "$"),
        relation("IFCRELNESTS", 111, "#100", "(#102)"), relation("IFCRELNESTS", 112, "#102", "(#100)"),
        relation("IFCRELASSIGNSTOPRODUCT", 113, "(#102)", "$", "$"),
        relation("IFCRELSEQUENCE", 114, "#102", "#100", "$", ".START_START.", "$"),
    )  # fmt: skip
    assert {t.id for t in schedule.tasks} == {gid(100), gid(102)}
    assert [link.type for link in schedule.links] == ["SS"]
    assert sum(t.parent is None for t in schedule.tasks) == 1
    assert any("#110" in notice for notice in schedule.notices)


def test_attributes_of_a_wrong_type_are_left_out(tmp_path: Path) -> None:
    schedule = read(
        tmp_path, "#100=IFCTASK((1,2),$,#8,$,$,.T.,$,$,$,'x',$,.T.,$);\n", task(101, "#102"),
        "#102=IFCTASKTIME($,$,$,$,(3),#8,2.5,$,$,$,$,$,$,$,$,$,$,$,$,'half');\n",
    )  # fmt: skip
    assert [(t.id, t.name) for t in schedule.tasks] == [("missing", ""), (gid(101), "T")]
    assert schedule.tasks[1].completion is None


@pytest.mark.parametrize(
    ("lag", "expected"),
    [("IFCDURATION('P2D')", (timedelta(hours=16), None)), ("IFCDURATION('-PT4H')", (timedelta(hours=-4), None)),
     ("IFCRATIOMEASURE(0.5)", (timedelta(0), 0.5)), ("IFCDURATION('soon')", (timedelta(0), None))],
)  # fmt: skip
def test_links_have_lags(lag: str, expected: tuple[timedelta, float | None], tmp_path: Path) -> None:
    schedule = read(
        tmp_path, task(100), task(101), f"#120=IFCLAGTIME($,$,$,{lag},.WORKTIME.);\n",
        relation("IFCRELSEQUENCE", 110, "#100", "#101", "#120", ".FINISH_FINISH.", "$"),
    )  # fmt: skip
    (link,) = schedule.links
    assert (link.predecessor, link.successor, link.type) == (gid(100), gid(101), "FF")
    assert (link.lag, link.lag_percent) == expected


def test_elements_are_tied_by_both_relations(tmp_path: Path) -> None:
    walls = ["0wall0000000000000000" + end for end in "12"]
    schedule = read(
        tmp_path, box(500, f"'{walls[0]}'"), box(600, f"'{walls[1]}'"), task(100), task(101),
        relation("IFCRELASSIGNSTOPRODUCT", 110, "(#100,#101)", "$", "#500"),
        relation("IFCRELASSIGNSTOPROCESS", 111, "(#600,#500,#8)", "$", "#100", "$"),
        "#130=IFCTYPEPRODUCT('0type00000000000000001',$,'W',$,$,$,$,$);\n",
        relation("IFCRELASSIGNSTOPRODUCT", 112, "(#100)", "$", "#130"),
    )  # fmt: skip
    assert schedule.elements == {
        gid(100): (walls[0], walls[1], "0site00000000000000001"),
        gid(101): (walls[0],),
    }
    assert [str(sentence) for sentence in schedule.unread] == [
        "1 relations tie tasks to IfcTypeProduct: they were left aside."
    ]


def test_resources_and_costs(tmp_path: Path) -> None:
    schedule = read(
        tmp_path, task(100), task(101),
        "#140=IFCRESOURCETIME($,$,$,'PT80H',$,$,$,$,$,$,$,'PT20H',$,$,$,$,$,$);\n",
        "#141=IFCLABORRESOURCE('0labo00000000000000001',$,'Masons',$,$,$,$,#140,$,$,$);\n",
        "#142=IFCQUANTITYVOLUME('V',$,$,12.5,$);\n",
        "#143=IFCCONSTRUCTIONMATERIALRESOURCE('0mate00000000000000001',$,'C30',$,$,$,$,$,$,#142,$);\n",
        relation("IFCRELASSIGNSTOPROCESS", 110, "(#141,#143)", "$", "#100", "$"),
        "#150=IFCCOSTVALUE($,$,IFCMONETARYMEASURE(300.),$,$,$,$,$,$,$);\n",
        "#151=IFCCOSTVALUE($,$,IFCMONETARYMEASURE(100.),$,$,$,$,$,$,$);\n",
        "#152=IFCCOSTITEM('0cost00000000000000001',$,'Wall',$,$,$,$,(#150,#151),(#142));\n",
        relation("IFCRELASSIGNSTOCONTROL", 111, "(#100,#101)", "$", "#152"),
        "#2=IFCUNITASSIGNMENT((#3,#160));\n#160=IFCMONETARYUNIT('CNY');\n",
    )  # fmt: skip
    assert [(r.name, r.kind, r.unit) for r in schedule.resources] == [
        ("Masons", "labour", ""),
        ("C30", "material", "m3"),
    ]
    assert [(a.task, a.planned, a.actual) for a in schedule.assignments] == [(gid(100), 80, 20), (gid(100), 12.5, None)]
    assert [t.cost for t in schedule.tasks] == [2500, 2500]  # (300 + 100) × 12.5, in two equal shares
    assert schedule.currency == "CNY"


def built() -> Any:
    """Return a file made by ifcopenshell's own authoring functions, with one planned work schedule of three tasks."""
    ifc = ifcopenshell.file(schema="IFC4")
    ifcopenshell.api.root.create_entity(ifc, ifc_class="IfcProject", name="P")
    plan = ifcopenshell.api.sequence.add_work_schedule(ifc, name="Plan", predefined_type="PLANNED")
    top = ifcopenshell.api.sequence.add_task(ifc, work_schedule=plan, name="Top", identification="1")
    for i in (1, 2):
        child = ifcopenshell.api.sequence.add_task(ifc, parent_task=top, name=f"Child {i}", identification=f"1.{i}")
        time = ifcopenshell.api.sequence.add_task_time(ifc, task=child)
        time.ScheduleStart, time.ScheduleFinish = f"2026-0{i}-01T08:00:00", f"2026-0{i}-20T17:00:00"
        time.ScheduleDuration = None
    return ifc


def test_a_baseline_made_by_ifcopenshell_becomes_the_baseline(tmp_path: Path) -> None:
    ifc = built()
    plan = ifc.by_type("IfcWorkSchedule")[0]
    ifcopenshell.api.sequence.create_baseline(ifc, work_schedule=plan, name="Agreed")
    for t in ifc.by_type("IfcTask")[:3]:
        if t.TaskTime:
            t.TaskTime.ScheduleFinish = "2026-12-31T17:00:00"  # the plan slips after the agreement
    path = tmp_path / "a.ifc"
    ifc.write(str(path))
    schedule = read_schedule(path)
    assert [t.name for t in schedule.tasks] == ["Top", "Child 1", "Child 2"]
    assert schedule.name == "Plan"
    for i, t in enumerate(schedule.tasks[1:], 1):
        (baseline,) = t.baselines
        assert (baseline.number, baseline.finish) == (0, datetime(2026, i, 20, 17))
        assert t.schedule_finish == datetime(2026, 12, 31, 17)
    assert schedule.unread == ()


def test_the_newest_of_two_baselines_counts_and_a_stranger_is_told(tmp_path: Path) -> None:
    def control(number: int, kind: str, created: str) -> str:
        times = f"'{created}',$,$,$,$,'{created}',$"
        return f"#{number}=IFCWORKSCHEDULE('0plan{number:017d}',$,'{kind}',$,$,$,{times},.{kind}.);\n"

    def of(number: int, month: int, code: str) -> str:
        time = task_time(number + 50, ScheduleStart=f"'2026-{month:02d}-01'", ScheduleFinish=f"'2026-{month:02d}-09'")
        return task(number, f"#{number + 50}", code=f"'{code}'") + time

    schedule = read(
        tmp_path, control(300, "BASELINE", "2026-01-01"), control(301, "BASELINE", "2026-02-01"),
        control(302, "PLANNED", "2026-03-01"), of(100, 3, "A"), of(101, 4, "A"), of(102, 5, "A"),
        of(103, 5, "stranger"),
        relation("IFCRELASSIGNSTOCONTROL", 110, "(#100)", "$", "#300"),
        relation("IFCRELASSIGNSTOCONTROL", 111, "(#101,#103)", "$", "#301"),
        relation("IFCRELASSIGNSTOCONTROL", 112, "(#102)", "$", "#302"),
    )  # fmt: skip
    (t,) = schedule.tasks
    assert t.id == gid(102)
    assert [(b.number, b.start) for b in t.baselines] == [(0, datetime(2026, 4, 1)), (1, datetime(2026, 3, 1))]
    assert len(schedule.unread) == 1


def calendar_of(tmp_path: Path, working: str, exceptions: str, *parts: str) -> Calendar:
    schedule = read(
        tmp_path, task(100, "#101"), task_time(101, ScheduleStart="'2026-01-05'", ScheduleFinish="'2026-12-31'"),
        f"#200=IFCWORKCALENDAR('0cale00000000000000001',$,'C',$,$,$,{working},{exceptions},$);\n",
        "#201=IFCTIMEPERIOD('08:00:00','12:00:00');\n#202=IFCTIMEPERIOD('13:00:00','17:00:00');\n",
        "#203=IFCRECURRENCEPATTERN(.WEEKLY.,$,(1,2,3,4,5),$,$,$,$,(#202,#201));\n",
        "#204=IFCWORKTIME('Week',$,$,#203,$,$);\n", *parts,
    )  # fmt: skip
    return schedule.calendars[0]


def test_a_calendar_with_a_festival_and_an_adjusted_working_day(tmp_path: Path) -> None:
    calendar = calendar_of(
        tmp_path, "(#204,#205)", "(#206,#207)",
        "#205=IFCWORKTIME('Adjusted',$,$,$,'2026-02-14','2026-02-14');\n",  # a Saturday
        "#206=IFCWORKTIME('Spring Festival',$,$,$,'2026-02-15','2026-02-23');\n",
        "#207=IFCWORKTIME('National Day',$,$,#208,$,$);\n",
        "#208=IFCRECURRENCEPATTERN(.YEARLY_BY_DAY_OF_MONTH.,(1,2),$,(10),$,$,$,$);\n",
    )  # fmt: skip
    assert calendar.week == (DAY,) * 5 + ((),) * 2
    assert shifts_on(calendar, date(2026, 2, 14)) == DAY
    assert all(shifts_on(calendar, date(2026, 2, day)) == () for day in range(15, 24))
    assert shifts_on(calendar, date(2026, 2, 24)) == DAY
    assert [shifts_on(calendar, date(2026, 10, day)) for day in (1, 2, 5)] == [(), (), DAY]
    assert {x.name for x in calendar.exceptions} == {"Adjusted", "Spring Festival", "National Day"}


@pytest.mark.parametrize(
    ("pattern", "start", "free"),
    [
        (".MONTHLY_BY_DAY_OF_MONTH.,(15),$,$,$,$,$,$", "'2026-03-01','2026-06-30'", ["04-15", "05-15", "06-15"]),
        (".MONTHLY_BY_POSITION.,$,(1),$,1,$,$,$", "'2026-03-01','2026-05-30'", ["03-02", "04-06", "05-04"]),
        (".MONTHLY_BY_POSITION.,$,(5),$,-1,$,$,$", "'2026-03-01','2026-05-30'", ["03-27", "04-24", "05-29"]),
        (".WEEKLY.,$,(3),$,$,2,3,$", "'2026-03-04','2026-12-31'", ["03-04", "03-18", "04-01"]),
        (".DAILY.,$,$,$,$,$,2,$", "'2026-03-04',$", ["03-04", "03-05"]),
        (".YEARLY_BY_POSITION.,$,(1),(9),1,$,$,$", "$,$", ["2025-09-01", "09-07", "2027-09-06"]),
    ],
)
def test_recurrences_are_unrolled(pattern: str, start: str, free: list[str], tmp_path: Path) -> None:
    calendar = calendar_of(
        tmp_path,
        "(#204)",
        "(#206)",
        f"#206=IFCWORKTIME('X',$,$,#208,{start});\n",
        f"#208=IFCRECURRENCEPATTERN({pattern});\n",
    )
    expected = {date.fromisoformat(day if len(day) > 5 else f"2026-{day}") for day in free}
    if pattern.startswith(".MONTHLY_BY_DAY"):
        assert shifts_on(calendar, date(2026, 3, 15)) == ()  # a Sunday: free anyway, so no exception
    days = [x.start + timedelta(days=i) for x in calendar.exceptions for i in range((x.finish - x.start).days + 1)]
    assert set(days) == expected
    assert all(shifts_on(calendar, day) == () for day in expected)


def test_a_calendar_without_working_times_works_but_for_its_exceptions(tmp_path: Path) -> None:
    calendar = calendar_of(tmp_path, "$", "(#206)", "#206=IFCWORKTIME('X',$,$,$,'2026-02-15','2026-02-16');\n")
    assert [shifts_on(calendar, date(2026, 2, day)) for day in (14, 15, 16)] == [((0, 1440),), (), ()]


def test_free_hours_are_cut_out_of_a_day(tmp_path: Path) -> None:
    calendar = calendar_of(
        tmp_path, "(#204)", "(#206)", "#206=IFCWORKTIME('Fridays',$,$,#208,$,$);\n",
        "#208=IFCRECURRENCEPATTERN(.WEEKLY.,$,(5),$,$,$,$,(#209));\n#209=IFCTIMEPERIOD('11:00:00','14:00:00');\n",
    )  # fmt: skip
    assert shifts_on(calendar, date(2026, 3, 6)) == ((480, 660), (840, 1020))
    assert shifts_on(calendar, date(2026, 3, 5)) == DAY


def test_ifc2x3_has_its_own_time_records(tmp_path: Path) -> None:
    numbers = iter(range(300, 400))
    records = []

    def moment(year: int, month: int, day: int, hour: int) -> str:
        a, b, c = next(numbers), next(numbers), next(numbers)
        records.append(f"#{a}=IFCCALENDARDATE({day},{month},{year});\n#{b}=IFCLOCALTIME({hour},30,0.,$,$);\n")
        records.append(f"#{c}=IFCDATEANDTIME(#{a},#{b});\n")
        return f"#{c}"

    start, finish, status = moment(2026, 3, 2, 8), moment(2026, 3, 6, 17), moment(2026, 3, 31, 17)
    times = f"#300,$,$,{start},$,$,$,{finish},144000.,$,28800.,$,$,$,{status},$,$,0.5"
    schedule = read(
        tmp_path, *records,
        "#100=IFCTASK('0task00000000000000100',$,'Old',$,$,'A.7',$,$,.F.,$);\n",
        f"#200=IFCSCHEDULETIMECONTROL('0time00000000000000001',$,$,$,$,{times});\n",
        f"#201=IFCWORKSCHEDULE('0plan00000000000000001',$,'Plan',$,$,'1',{start},$,$,$,$,{start},$,.PLANNED.,$);\n",
        "#202=IFCRELASSIGNSTASKS('0rela00000000000000202',$,$,$,(#100),$,#201,#200);\n",
        schema="IFC2X3",
    )  # fmt: skip
    (t,) = schedule.tasks
    assert (t.code, t.schedule_start, t.schedule_finish) == (
        "A.7", datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 6, 17, 30)
    )  # fmt: skip
    assert (t.actual_start, t.duration, t.remaining_duration) == (
        datetime(2026, 3, 2), timedelta(hours=40), timedelta(hours=8)
    )  # fmt: skip
    assert (t.completion, schedule.data_date, schedule.name) == (0.5, datetime(2026, 3, 31, 17, 30), "Plan")


def test_a_model_without_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no IfcTask"):
        read(tmp_path, box(100, "'0box000000000000000001'"))


def test_task_ids_are_unique(tmp_path: Path) -> None:
    schedule = read(tmp_path, *(task(100).replace("#100", f"#{n}") for n in (100, 101, 102)))
    assert [t.id for t in schedule.tasks] == [gid(100), f"{gid(100)}~2", f"{gid(100)}~3"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("PT1H30M", 1.5), ("P5D", 40), ("P1W", 168), ("P1DT16H", 40), ("-P1D", -8), ("P0.5D", 4), ("P", None), ("", None)],
)
def test_durations(text: str, hours: float | None) -> None:
    span = read_span(text, "", Told(), 480)
    assert span == (None if hours is None else timedelta(hours=hours))
