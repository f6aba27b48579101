"""A schedule as values: tasks with calendars, links, baselines, resources and costs, as a file states them.

Times are local wall-clock times without a time zone, as all schedule formats keep them.  `twin.judgement.baseline`
turns a schedule into arrays; nothing here computes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from twin.values.sentence import Sentence

LINK_TYPES = ("FS", "SS", "FF", "SF")  # finish-start, start-start, finish-finish, start-finish
TASK_KINDS = ("task", "milestone", "summary", "level_of_effort")
RESOURCE_KINDS = ("labour", "machinery", "material", "cost")
FORMATS = ("mspdi", "pmxml", "xer", "csv", "xlsx", "ifc")

Shift = tuple[int, int]  # minutes of the day, [start, finish), 0 <= start < finish <= 1440


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Days on which a calendar's week does not hold, both ends included: none of `shifts` makes them free."""

    start: date
    finish: date
    shifts: Sequence[Shift] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work is done.

    week : seven lists of shifts, Monday first (`date.weekday`)
    exceptions : in order of their start; where two hold for a day, the later one in the list counts.  A calendar that
        is based on another one is written out whole by its reader.
    """

    id: str
    name: str
    week: Sequence[Sequence[Shift]]
    exceptions: Sequence[CalendarException] = ()


ALL_DAYS = Calendar("all_days", "", ((((0, 1440),),) * 7))  # for schedules that say nothing of working time


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was agreed for a task; `number` 0 is the baseline that counts, others are kept as the file has them."""

    number: int
    start: datetime | None
    finish: datetime | None
    cost: float | None = None
    work: timedelta | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One row of a schedule, in the order of the file; a summary's children name it as `parent`.

    id : unique in the schedule and stable over its updates: what links, progress reports and element rules refer to
        (XER task_code, MSPDI UID, P6 XML Id, IfcTask GlobalId or Identification, CSV column `task`)
    code : what people call it by (WBS or outline number), may be empty
    calendar : id of its calendar; None for the schedule's own
    schedule_start, schedule_finish : as now planned
    completion : 0 to 1, physical where the file says so, else the per cent complete that its own type means; None when
        the file says nothing
    cost : as now planned, all resources, in the schedule's currency; actual_cost : spent so far
    work, actual_work : person and machine time
    duration, remaining_duration : working time
    values : what else the file states and nobody reads (activity codes, user fields), by name: element rules may ask it
    """

    id: str
    name: str
    kind: str = "task"
    code: str = ""
    parent: str | None = None
    calendar: str | None = None
    schedule_start: datetime | None = None
    schedule_finish: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    duration: timedelta | None = None
    remaining_duration: timedelta | None = None
    completion: float | None = None
    cost: float | None = None
    actual_cost: float | None = None
    work: timedelta | None = None
    actual_work: timedelta | None = None
    baselines: Sequence[Baseline] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskLink:
    """`successor` waits for `predecessor`; `lag` is working time of the successor's calendar, a lead is negative.

    lag_percent : where the lag is stated as a share of the predecessor's duration (1.0 = 100 %) instead of a time
    """

    predecessor: str
    successor: str
    type: str = "FS"
    lag: timedelta = timedelta(0)
    lag_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Who or what works, or is used up; `unit` of its quantities for material ("m3", "t"), else hours."""

    id: str
    name: str
    kind: str = "labour"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A resource on a task; quantities in the resource's unit (hours where it has none), costs in the currency."""

    task: str
    resource: str
    planned: float | None = None
    actual: float | None = None
    cost: float | None = None
    actual_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that a schedule file says.

    format : one of `FORMATS`
    data_date : up to when its actual figures go (MSPDI StatusDate, XER last_recalc_date, P6 XML DataDate); None when
        the file names none
    calendar : id of the calendar of tasks that name none; None when the file has no calendar at all
    elements : task id → GlobalIds of the building elements, storeys or spaces it builds, where the file ties them (IFC)
    unread : what the file holds and the reader leaves aside, counted, one sentence each; `notices`: what was mended
    lost : values that were broken and are left out, and rows that could not be kept; features that nobody reads
        (`unread`), blank and inactive rows and stand-ins are no loss
    """

    name: str
    format: str
    tasks: Sequence[Task]
    links: Sequence[TaskLink] = ()
    calendars: Sequence[Calendar] = ()
    calendar: str | None = None
    resources: Sequence[Resource] = ()
    assignments: Sequence[Assignment] = ()
    data_date: datetime | None = None
    start: datetime | None = None
    finish: datetime | None = None
    currency: str | None = None
    elements: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[Sentence] = ()
    notices: Sequence[Sentence] = ()
    lost: int = 0
