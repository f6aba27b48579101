"""A schedule as Primavera P6 exports it: as XER, a text of tables, and as XML."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path

from sample_data.fact_calendar import WorkCalendar
from sample_data.fact_network import Network, Row

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG = {"FS": "Finish to Start", "SS": "Start to Start", "FF": "Finish to Finish"}
_EPOCH = date(1899, 12, 30)  # from which P6 counts the days of a calendar's exceptions


class _Tables:
    """The text of an XER file in the making."""

    def __init__(self) -> None:
        self.lines = ["ERMHDR\t19.12\t2024-06-28\tProject\tadmin\tadmin\tdbxDatabaseNoName\tProject Management\tCNY"]

    def add(self, name: str, fields: str, rows: Sequence[Sequence[object]]) -> None:
        """Add a table; `fields` by blanks."""
        self.lines += [f"%T\t{name}", "%F\t" + "\t".join(fields.split())]
        self.lines += ["%R\t" + "\t".join(str(cell) for cell in row) for row in rows]

    def text(self) -> str:
        """Return the file."""
        return "\r\n".join([*self.lines, "%E", ""])


def write_xer(path: Path, plan: Network, code: str) -> None:
    """Write an XER file in GB18030, as a Chinese Windows does."""
    tables = _Tables()
    tables.add("CURRTYPE", "curr_id decimal_digit_cnt curr_symbol decimal_symbol digit_group_symbol curr_short_name",
               [(16, 2, "Y", ".", ",", "CNY")])  # fmt: skip
    tables.add("PROJECT", "proj_id proj_short_name clndr_id plan_start_date plan_end_date last_recalc_date export_flag "
               "def_complete_pct_type",
               [(1001, code, 501, _at(plan.start, 8), _at(plan.finish, 17), _at(plan.start, 8), "Y",
                   "CP_Phys")])  # fmt: skip
    tables.add("CALENDAR", "clndr_id default_flag clndr_name proj_id base_clndr_id clndr_type day_hr_cnt week_hr_cnt "
               "clndr_data",
               [(501, "Y", plan.calendar.name, "", "", "CA_Base", 8, 56, calendar_data(plan.calendar))])  # fmt: skip
    summaries = {row.id: 2000 + row.uid for row in plan.rows if row.kind == "summary"}
    tables.add("PROJWBS", "wbs_id proj_id seq_num proj_node_flag wbs_short_name wbs_name parent_wbs_id",
               [(2000, 1001, 0, "Y", code, plan.name, ""),
                *((summaries[row.id], 1001, row.uid, "N", row.id, row.name, summaries.get(row.parent or "", 2000))
                  for row in plan.rows if row.kind == "summary")])  # fmt: skip
    tables.add(
        "RSRC", "rsrc_id clndr_id rsrc_name rsrc_short_name rsrc_type", [(1, 501, "综合班组", "ZHBZ", "RT_Labor")]
    )
    tasks = [row for row in plan.rows if row.kind != "summary"]
    tables.add("TASK", "task_id proj_id wbs_id clndr_id phys_complete_pct complete_pct_type task_type duration_type "
               "status_code task_code task_name remain_drtn_hr_cnt target_drtn_hr_cnt target_start_date "
               "target_end_date early_start_date early_end_date",
               [_xer_task(row, summaries) for row in tasks])  # fmt: skip
    ids = {row.id: 3000 + row.uid for row in tasks}
    links = [(row, wait) for row in tasks for wait in row.waits]
    tables.add("TASKPRED", "task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt",
               [(n, ids[row.id], ids[wait.task], 1001, 1001, f"PR_{wait.type}", round(wait.lag * plan.calendar.hours))
                for n, (row, wait) in enumerate(links, 1)])  # fmt: skip
    tables.add("TASKRSRC", "taskrsrc_id task_id proj_id rsrc_id rsrc_type target_qty target_cost act_reg_cost",
               [(n, ids[row.id], 1001, 1, "RT_Labor", row.length * 80, f"{row.cost:.2f}", 0)
                for n, row in enumerate(plan.leaves, 1)])  # fmt: skip
    path.write_bytes(tables.text().encode("gb18030"))


def _xer_task(row: Row, summaries: dict[str, int]) -> tuple[object, ...]:
    milestone = row.kind == "milestone"
    hours = 0 if milestone else row.length * 8
    start, finish = "" if milestone else _at(row.start, 8), _at(row.finish, 17)
    return (
        3000 + row.uid, 1001, summaries.get(row.parent or "", 2000), 501, 0, "CP_Phys",
        "TT_FinMile" if milestone else "TT_Task", "DT_FixedDrtn", "TK_NotStart", row.id, row.name, hours, hours,
        start, finish, start, finish,
    )  # fmt: skip


def calendar_data(calendar: WorkCalendar) -> str:
    """Return a calendar in P6's own notation: Sunday is day 1, exceptions are counted days."""

    def shifts(works: bool) -> str:
        if not works:
            return ""
        parts = (f"(0||{n}(s|{_clock(a)}|f|{_clock(b)})())" for n, (a, b) in enumerate(calendar.shifts))
        return f"({''.join(parts)})"

    week = "".join(f"(0||{n}()({shifts(calendar.week[(n + 5) % 7])}))" for n in range(1, 8))
    days = []
    for _, first, last, works in calendar.exceptions:
        days += [((first - _EPOCH).days + n, works) for n in range((last - first).days + 1)]
    free = "".join(f"(0||{n}(d|{day})({shifts(works)}))" for n, (day, works) in enumerate(days))
    return f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||VIEW(ShowTotal|N)())(0||Exceptions()({free}))))"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _at(day: date, hour: int) -> str:
    return f"{day} {hour:02d}:00"


def write_pmxml(path: Path, plan: Network, code: str) -> None:
    """Write the XML that P6 exports."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<APIBusinessObjects xmlns="http://xmlns.oracle.com/Primavera/P6/V19.12/API/BusinessObjects">',
        *_pm_calendar(plan.calendar),
        _element("Currency", ObjectId=16, Id="CNY", Name="人民币", Symbol="¥"),
        _element("Resource", ObjectId=1, Id="ZHBZ", Name="综合班组", ResourceType="Labor", CalendarObjectId=501),
        "<Project>",
        _fields(
            Id=code, Name=plan.name, ObjectId=1001, DataDate=_moment(plan.start, 8), Status="Active",
            PlannedStartDate=_moment(plan.start, 8), ScheduledFinishDate=_moment(plan.finish, 17),
            StartDate=_moment(plan.start, 8), FinishDate=_moment(plan.finish, 17), ActivityDefaultCalendarObjectId=501,
            RelationshipLagCalendar="Successor Activity Calendar",
        ),
    ]  # fmt: skip
    summaries = {row.id: 2000 + row.uid for row in plan.rows if row.kind == "summary"}
    for row in plan.rows:
        if row.kind == "summary":
            above = {"ParentObjectId": summaries[row.parent]} if row.parent else {}
            parts.append(_element("WBS", Code=row.id, Name=row.name, ObjectId=summaries[row.id], **above,
                                  ProjectObjectId=1001, SequenceNumber=row.uid))  # fmt: skip
    tasks = [row for row in plan.rows if row.kind != "summary"]
    parts += [_activity(row, summaries) for row in tasks]
    for number, leaf in enumerate(plan.leaves, 1):
        parts.append(_element("ResourceAssignment", ObjectId=number, ActivityObjectId=3000 + leaf.uid,
            ProjectObjectId=1001,
                              ResourceObjectId=1, ResourceType="Labor", PlannedUnits=leaf.length * 80, ActualUnits=0,
                              RemainingUnits=leaf.length * 80, PlannedCost=f"{leaf.cost:.2f}", ActualCost=0,
                              RemainingCost=f"{leaf.cost:.2f}", AtCompletionCost=f"{leaf.cost:.2f}"))  # fmt: skip
    ids = {row.id: 3000 + row.uid for row in tasks}
    links = [(row, wait) for row in tasks for wait in row.waits]
    for number, (row, wait) in enumerate(links, 1):
        parts.append(_element("Relationship", ObjectId=number, PredecessorActivityObjectId=ids[wait.task],
                              SuccessorActivityObjectId=ids[row.id], PredecessorProjectObjectId=1001,
                              SuccessorProjectObjectId=1001, Type=_LONG[wait.type], Lag=wait.lag * 8))  # fmt: skip
    parts += ["</Project>", "</APIBusinessObjects>"]
    path.write_bytes("\n".join(parts).encode())


def _activity(row: Row, summaries: dict[str, int]) -> str:
    milestone = row.kind == "milestone"
    hours = 0 if milestone else row.length * 8
    start = _moment(row.finish, 17) if milestone else _moment(row.start, 8)
    finish = _moment(row.finish, 17)
    return _element(
        "Activity", Id=row.id, Name=row.name, ObjectId=3000 + row.uid, ProjectObjectId=1001, CalendarObjectId=501,
        WBSObjectId=summaries[row.parent or ""], Type="Finish Milestone" if milestone else "Task Dependent",
        DurationType="Fixed Duration and Units/Time", Status="Not Started", PercentCompleteType="Physical",
        PhysicalPercentComplete=0, PercentComplete=0, PlannedDuration=hours, RemainingDuration=hours,
        ActualDuration=0, AtCompletionDuration=hours, PlannedStartDate=start, PlannedFinishDate=finish,
        RemainingEarlyStartDate=start, RemainingEarlyFinishDate=finish, StartDate=start, FinishDate=finish,
        PlannedLaborCost=f"{row.cost:.2f}", PlannedNonLaborCost=0,
    )  # fmt: skip


def _pm_calendar(calendar: WorkCalendar) -> list[str]:
    """Return a calendar; P6 writes the last minute of a shift, not the one after it."""
    times = "".join(
        f"<WorkTime><Start>{_clock(a)}:00</Start><Finish>{_clock(b - 1)}:00</Finish></WorkTime>"
        for a, b in calendar.shifts
    )
    lines = ["<Calendar>", _fields(ObjectId=501, Name=calendar.name, Type="Global", IsDefault=1, HoursPerDay=8),
             "<StandardWorkWeek>"]  # fmt: skip
    for name, works in zip(_DAYS, calendar.week, strict=True):
        lines.append(f"<StandardWorkHours><DayOfWeek>{name}</DayOfWeek>{times if works else ''}</StandardWorkHours>")
    lines += ["</StandardWorkWeek>", "<HolidayOrExceptions>"]
    for _, first, last, works in calendar.exceptions:
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            lines.append(
                f"<HolidayOrException><Date>{day}T00:00:00</Date>{times if works else ''}</HolidayOrException>"
            )
    return [*lines, "</HolidayOrExceptions>", "</Calendar>"]


def _element(tag: str, **values: object) -> str:
    return f"<{tag}>{_fields(**values)}</{tag}>"


def _fields(**values: object) -> str:
    return "".join(f"<{name}>{escape(str(value), quote=False)}</{name}>" for name, value in values.items())


def _moment(day: date, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00"
