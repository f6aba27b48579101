"""The register of key projects, and the dated facts that are reported of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LIGHTS = ("green", "yellow", "red", "grey")

# What a project uses, and the unit in which it is counted unless a report names another one.
RESOURCES: Mapping[str, str] = {
    "funds": "元",
    "labour": "person-day",
    "machinery": "machine-day",
    "concrete": "m3",
    "steel": "t",
    "land": "m2",
}

FACT_KINDS = ("register", "schedule", "links", "progress", "resources")


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register says of one project.

    place : GeoJSON geometry in `lnglat` (a point or the parcel); None: the models' footprint stands in
    parcel : id or number of a feature of a city layer of kind `parcels`, looked up when the register is loaded
    budget : in `currency`, not in thousands or ten thousands
    forecast_finish : when it is now expected to be done, as the latest report says
    stage : name of a lifecycle stage, approval_stage : of an approval stage (`twin.exchange.stages`)
    given : names of the fields that the file had a column for: a field without one keeps what was known before
    """

    code: str
    name: str | None = None
    kind: str | None = None
    district: str | None = None
    owner: str | None = None
    contractor: str | None = None
    supervisor: str | None = None
    address: str | None = None
    place: Mapping[str, Any] | None = None
    parcel: str | None = None
    budget: float | None = None
    currency: str | None = None
    planned_start: date | None = None
    planned_finish: date | None = None
    forecast_finish: date | None = None
    stage: str | None = None
    approval_stage: str | None = None
    note: str | None = None
    given: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ProgressFact:
    """A report of how far a project, or one task of it, is.

    task : id of a task of the project's schedule; None: of the whole project
    fact_date : the last day that the report covers
    completion : 0 to 1, physical; planned_completion : what the report itself says was planned by then
    actual_cost : spent so far (cumulative), in the project's currency
    stage : lifecycle stage that the project has reached
    recorded_at : UTC, where the file's own column says so; None: the time of loading
    row : of the file, as a spreadsheet counts
    report : where it stands, once it is kept
    """

    project: str
    fact_date: date
    task: str | None = None
    completion: float | None = None
    planned_completion: float | None = None
    actual_cost: float | None = None
    actual_start: date | None = None
    actual_finish: date | None = None
    stage: str | None = None
    note: str | None = None
    recorded_at: datetime | None = None
    row: int = 0
    report: "Report | None" = None


@dataclass(frozen=True, slots=True)
class ResourceFact:
    """What of a resource was planned and used up to a day: cumulative figures.

    resource : one of `RESOURCES`
    task : id of a task; None: of the whole project
    planned, used : in `unit`, from the project's start to `fact_date`; None: not reported
    total : planned for the whole project (or task); None: not reported
    """

    project: str
    fact_date: date
    resource: str
    unit: str
    planned: float | None = None
    used: float | None = None
    total: float | None = None
    task: str | None = None
    recorded_at: datetime | None = None
    row: int = 0
    report: "Report | None" = None


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell or row of a table: `row` from 1 as a spreadsheet counts, `column` its header."""

    row: int
    column: str
    value: str
    problem: str  # a Sentence


@dataclass(frozen=True, slots=True)
class Report:
    """Where a fact stands: the file, its row (0: the whole file), when it was recorded (UTC)."""

    file: str
    row: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """All that was known of one project at a time of knowledge.

    schedules : every schedule version with its report, in the order of recording; `key` names its content
    progress, resources : those that stand: of several records of one (task, resource and) day only the last recorded
        one, in the order of `fact_date`; each has its `report`
    links : the rules that tie elements to tasks, as their file has them; None: none were loaded
    """

    entry: RegisterEntry
    report: Report | None = None
    schedules: Sequence["KnownSchedule"] = ()
    progress: Sequence[ProgressFact] = ()
    resources: Sequence[ResourceFact] = ()
    links: str | None = None


@dataclass(frozen=True, slots=True)
class KnownSchedule:
    """A loaded schedule: its content's name (sha256), up to when its actual figures go, where it came from."""

    key: str
    data_date: date | None
    report: Report
