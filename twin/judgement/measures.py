"""What a rule may compare: figures of a project on a day, each with the figures it was computed from.

A measure that cannot be computed says why: `missing` names what was not reported; where nothing is missing and there is
still no value, nothing was due by then (a ratio to a plan of 0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from twin.judgement.periods import month_ends_between, months_between
from twin.values.project import Report
from twin.values.sentence import Sentence, say
from twin.values.status import ProjectStatus

Basis = Literal["progress", "resources", "dates"]
Inputs = Mapping[str, float | str | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with what it rests on; `missing`: names of the figures that nobody reported."""

    value: float | None
    inputs: Inputs = field(default_factory=dict)
    fact_date: date | None = None
    report: Report | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A named figure of a project on a day.

    unit : "" for an index, "ratio" (1 = 100 %), "points" (percentage points), "months", "days"
    basis : "progress" (of the last progress report), "resources" (of the last resource report), "dates" (of the day
        that was asked for)
    needs_baseline : it compares with the time-phased baseline, so a project without one cannot be judged by it
    """

    name: str
    label: Sentence
    unit: str
    basis: Basis
    needs_baseline: bool
    compute: Callable[[ProjectStatus], Measured]


def tidy(value: float) -> float:
    """Return the value without the noise of binary fractions, so that 0.5 − 0.4 is 10 points and not a hair less."""
    return round(value, 9) + 0.0  # no negative zero


def started(status: ProjectStatus) -> bool:
    """Has work begun by then, as far as was reported."""
    return (status.actual_start is not None and status.actual_start <= status.day) or (status.progress or 0.0) > 0


def finished(status: ProjectStatus) -> bool:
    """Is all work done by then, as far as was reported."""
    done = status.progress is not None and tidy(status.progress) >= 1
    return done or (status.actual_finish is not None and status.actual_finish <= status.day)


def _of_status(status: ProjectStatus, value: float | None, inputs: dict[str, float | str | None]) -> Measured:
    """Make a measured value of the last progress report; what is None among its inputs is missing."""
    missing = () if value is not None else tuple(name for name, figure in inputs.items() if figure is None)
    tidied = None if value is None else tidy(value)
    return Measured(tidied, inputs, status.status_date, status.report, missing)


def _spi_t(status: ProjectStatus) -> Measured:
    inputs: dict[str, float | str | None] = {
        "earned_schedule": status.earned_schedule,
        "actual_time": status.actual_time,
    }
    return _of_status(status, status.spi_t, inputs)


def _spi(status: ProjectStatus) -> Measured:
    return _of_status(status, status.spi, {"ev": status.ev, "pv": status.pv})


def _cpi(status: ProjectStatus) -> Measured:
    found = _of_status(status, status.cpi, {"ev": status.ev, "ac": status.ac})
    missing = found.missing
    if status.cpi is None and status.ac:  # there is a cost, but of another time, currency or kind
        missing = missing or ("comparable_cost",)
    if status.cost_date is None:
        return Measured(found.value, found.inputs, found.fact_date, found.report, missing)
    return Measured(found.value, found.inputs, status.cost_date, status.cost_report, missing)


def _progress_ratio(status: ProjectStatus) -> Measured:
    done, planned = status.progress, status.planned_progress
    value = done / planned if done is not None and planned else None
    return _of_status(status, value, {"progress": done, "planned_progress": planned})


def _points_behind(status: ProjectStatus) -> Measured:
    done, planned = status.progress, status.planned_progress
    value = None if done is None or planned is None else (planned - done) * 100
    return _of_status(status, value, {"progress": done, "planned_progress": planned})


def _cost_overrun(status: ProjectStatus) -> Measured:
    expected, budget = status.forecast.cost.get("bac_by_cpi"), status.bac
    value = expected / budget - 1 if expected is not None and budget else None
    return _of_status(status, value, {"estimate_at_completion": expected, "bac": budget})


def _days_late(status: ProjectStatus) -> Measured:
    ends = status.forecast.finish
    end = status.actual_finish or ends.get("spi_t") or ends.get("plan_rate")
    planned = status.planned_finish
    value = None if end is None or planned is None else (end - planned).days
    inputs: dict[str, float | str | None] = {
        "finish": end.isoformat() if end else None,
        "planned_finish": planned.isoformat() if planned else None,
    }
    return _of_status(status, value, inputs)


def _months_unstarted(status: ProjectStatus) -> Measured:
    """Count the month ends since the planned start at which work had not begun."""
    planned, start = status.planned_start, status.actual_start
    begun = started(status)
    inputs: dict[str, float | str | None] = {"planned_start": planned.isoformat() if planned else None}
    if begun and start:
        inputs["actual_start"] = start.isoformat()
    inputs["day"] = status.day.isoformat()
    if planned is None and not begun:
        return _of_status(status, None, inputs)
    months = 0 if begun or planned is None else month_ends_between(planned, status.day)
    return _of_status(status, months, inputs)


def _months_without_report(status: ProjectStatus) -> Measured:
    """Count the months since the start (actual, else planned) for as long as no report covers any of it."""
    start = status.actual_start or status.planned_start
    first = next((day for day in status.reports if start is None or day >= start), None)
    inputs: dict[str, float | str | None] = {
        "start": start.isoformat() if start else None,
        "day": status.day.isoformat(),
    }
    if first:
        inputs["first_report"] = first.isoformat()
    if start is None and first is None:
        return _of_status(status, None, inputs)
    months = 0.0 if first or start is None else months_between(start, status.day)
    return _of_status(status, months, inputs)


def _report_age(status: ProjectStatus) -> Measured:
    last = status.status_date
    value = None if last is None else (status.day - last).days
    inputs: dict[str, float | str | None] = {
        "last_report": last.isoformat() if last else None,
        "day": status.day.isoformat(),
    }
    return _of_status(status, value, inputs)


def _use_of(resource: str, *, shortfall: bool) -> Callable[[ProjectStatus], Measured]:
    """Return the function that compares the use of a resource with its plan at the same fact date."""

    def compute(status: ProjectStatus) -> Measured:
        use = status.resources.get(resource)
        if use is None:
            return Measured(
                None, {f"{resource}_used": None, f"{resource}_planned": None}, missing=(f"{resource}_used",)
            )
        inputs = {f"{resource}_used": use.used, f"{resource}_planned": use.planned}
        missing = tuple(name for name, figure in inputs.items() if figure is None)
        value = None
        if use.used is not None and use.planned:
            value = tidy((use.planned - use.used) / use.planned if shortfall else use.used / use.planned)
        return Measured(value, inputs, use.fact_date, use.report, missing)

    return compute


_ALL = (
    Measure("spi_t", say("schedule performance in time, SPI(t)"), "", "progress", True, _spi_t),
    Measure("spi", say("schedule performance index, SPI"), "", "progress", True, _spi),
    Measure("cpi", say("cost performance index, CPI"), "", "progress", False, _cpi),
    Measure("progress_ratio", say("progress against planned progress"), "ratio", "progress", True, _progress_ratio),
    Measure("points_behind", say("percentage points behind plan"), "points", "progress", True, _points_behind),
    Measure("cost_overrun", say("expected cost above the budget"), "ratio", "progress", False, _cost_overrun),
    Measure("days_late", say("days late at the expected finish"), "days", "progress", False, _days_late),
    Measure("months_unstarted", say("months that ended without a start"), "months", "dates", False, _months_unstarted),
    Measure(
        "months_without_report",
        say("months since the start without any report"),
        "months",
        "dates",
        False,
        _months_without_report,
    ),
    Measure("report_age", say("days since the last report"), "days", "dates", False, _report_age),
    Measure(
        "funds_shortfall",
        say("share of the planned funds not yet used"),
        "ratio",
        "resources",
        False,
        _use_of("funds", shortfall=True),
    ),
    *(
        Measure(f"{resource}_ratio", label, "ratio", "resources", False, _use_of(resource, shortfall=False))
        for resource, label in (
            ("funds", say("funds used against plan")),
            ("labour", say("labour used against plan")),
            ("machinery", say("machinery used against plan")),
            ("concrete", say("concrete used against plan")),
            ("steel", say("steel used against plan")),
            ("land", say("land used against plan")),
        )
    ),
)

MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in _ALL}

# When a rule is asked at all.
CONDITIONS: Mapping[str, Callable[[ProjectStatus], bool]] = {
    "started": started,
    "not_started": lambda status: not started(status),
    "finished": finished,
    "unfinished": lambda status: not finished(status),
    "under_construction": lambda status: started(status) and not finished(status),
}

# What a rule speaks of; the data itself is judged in every pack (`twin.judgement.lights`).
ASPECTS: Mapping[str, Sentence] = {
    "schedule": say("schedule"),
    "cost": say("cost"),
    "start": say("start of work"),
    "funds": say("funds"),
    "entry": say("entry in the statistics"),
    "resources": say("resources"),
    "data": say("data"),
}


def measure_label(name: str) -> str:
    """Return what people call a measure: a `Sentence` for those there are, else the name itself."""
    if name == "light_before":  # what the two-period lines of `twin.judgement.lights` compare
        return say("light of the period before")
    found = MEASURES.get(name)
    return found.label if found else name
