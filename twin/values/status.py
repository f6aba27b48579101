"""How a project stands on a day, and the light that this gives: figures with where each of them comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from twin.values.project import Report
from twin.values.sentence import Sentence


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """Planned against used up to `fact_date`, cumulative, in `unit`; `total`: planned for the whole project.

    rate : used / planned; None where either is missing or nothing was planned
    """

    resource: str
    unit: str
    planned: float | None
    used: float | None
    total: float | None
    rate: float | None
    fact_date: date
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the figures say of the end: cost at completion (currency) and the day of finish, by method.

    cost : method → estimate at completion: "bac_by_cpi", "ac_plus_rest", "rest_by_cpi_spi"
    finish : method → day: "plan_rate" (the rest as fast as planned), "spi_t" (the rest as fast as until now)
    """

    cost: Mapping[str, float] = field(default_factory=dict)
    finish: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """A project on a day, as far as it was reported.

    day : that was asked for; status_date : of the last report up to then, to which all figures belong; None: no report
    report, cost_report : where progress and actual cost stand; cost_date : the day up to which that cost goes, at most
        the status date
    reported_by : "project" (one figure for the whole), "tasks" (weighted over tasks) or "schedule" (the figures of the
        schedule file itself)
    bac, pv, ev, ac : budget at completion, planned and earned value, actual cost, in the project's currency where
        `weighted_by` is "cost" or "budget"; "work" and "duration": hours, when nothing has a price
    progress, planned_progress : ev / bac and pv / bac at the status date (planned at `day` while nothing is reported)
    planned_start, planned_finish : of the time-phased baseline, else of the register
    planned_duration, actual_time, earned_schedule : days since planned_start (calendar days)
    spi, cpi, spi_t : None where the denominator is 0 or unknown
    reports : the fact dates of all reports up to `day`, in order
    notes : what a reader must know (no baseline, no costs, figures of two dates…)
    """

    day: date
    status_date: date | None = None
    report: Report | None = None
    reported_by: str | None = None
    cost_report: Report | None = None
    cost_date: date | None = None
    bac: float | None = None
    pv: float | None = None
    ev: float | None = None
    ac: float | None = None
    weighted_by: str | None = None
    progress: float | None = None
    planned_progress: float | None = None
    spi: float | None = None
    cpi: float | None = None
    spi_t: float | None = None
    planned_start: date | None = None
    planned_finish: date | None = None
    actual_start: date | None = None
    actual_finish: date | None = None
    planned_duration: float | None = None
    actual_time: float | None = None
    earned_schedule: float | None = None
    forecast: Forecast = field(default_factory=Forecast)
    resources: Mapping[str, ResourceUse] = field(default_factory=dict)
    reports: Sequence[date] = ()
    has_baseline: bool = False
    notes: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """What a line of a rule pack says, in the pack's own words: packs are data and carry both languages themselves."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the words in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Evidence:
    """One rule's verdict and what it rests on.

    rule, aspect : name in the pack; "schedule", "cost", "data" or another aspect that the pack judges
    light : the verdict of this rule; None: it only notes
    decisive : it is (one of) the rules that gave the project its light
    clause, source : the line of the pack that decided, and where that line is published
    measure, value, unit : what was compared; threshold : with what, as text ("< 0.90")
    inputs : the figures that the value was computed from, by name
    fact_date, report : of the report that gave them
    """

    rule: str
    aspect: str
    light: str | None
    decisive: bool
    clause: Clause
    source: str
    measure: str
    value: float | None
    threshold: str
    unit: str = ""
    inputs: Mapping[str, float | str | None] = field(default_factory=dict)
    fact_date: date | None = None
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """A project's light: the worst of its rules, held back where it improved only now.

    raw : what the rules say of this period alone; held_from : the status date of the earlier period whose light still
        holds, when `light` is worse than `raw`
    """

    light: str
    raw: str
    evidence: Sequence[Evidence]
    rules: str
    rules_version: str
    held_from: date | None = None
