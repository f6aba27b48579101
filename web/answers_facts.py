"""Facts, figures and lights as the JSON of the contract, sentences in the wanted language. Knows no Flask."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from twin.city_scene import place_of
from twin.exchange.rule_packs import DEFAULT_PACK, PACKS, read_pack
from twin.exchange.stages import APPROVAL, LIFECYCLE, approval_stages, lifecycle_stages
from twin.values.project import RegisterEntry, Report
from twin.values.sentence import in_language
from web.answers import utc

if TYPE_CHECKING:
    from twin.judged import JudgedProject, Judgement
    from twin.judgement.rules import RulePack
    from twin.values.schedule import Schedule
    from twin.values.status import Evidence, ProjectStatus, ResourceUse

REGISTER = tuple(
    name for name in RegisterEntry.__dataclass_fields__ if name not in ("code", "name", "place", "parcel", "given")
)
FIGURES = ("bac", "pv", "ev", "ac", "spi", "cpi", "spi_t")
PLACES = 6  # decimals of shares and indices; money keeps cents


def judgement_head(judgement: "Judgement", language: str, known_at: datetime | None = None) -> dict[str, Any]:
    """Return what a judgement was asked for; `known_at` is told where the judgement itself has no limit."""
    pack, known_at = judgement.pack, judgement.known_at or known_at
    return {
        "as_of": judgement.as_of.isoformat(),
        "known_at": known_at and moment(known_at),
        "rules": pack.id,
        "rules_version": pack.version,
        "rules_sha256": pack.sha256,
        "rules_title": pack.title.text(language),
    }


def project_collection(name: str, judgement: "Judgement", language: str) -> dict[str, Any]:
    """Return projects as GeoJSON (RFC 7946), each a point: of the register, else in the middle of its models."""
    features = [
        {
            "type": "Feature",
            "id": judged.code,
            "geometry": point(judged),
            "properties": project_properties(judged, language),
        }
        for judged in judgement.projects
    ]
    return {"type": "FeatureCollection", "name": name, **judgement_head(judgement, language), "features": features}


def project_properties(judged: "JudgedProject", language: str) -> dict[str, Any]:
    """Return a project in one flat object."""
    status, light, entry, stage = judged.status, judged.light, judged.known.entry, stage_on(judged)
    return {
        "code": judged.code,
        "name": judged.name,
        "light": light.light,
        "raw_light": light.raw,
        **_progress(status),
        **{name: plain(getattr(entry, name)) for name in REGISTER},
        "stage": stage,
        "stage_name": stage_name(LIFECYCLE, stage, language),
        "approval_stage_name": stage_name(APPROVAL, entry.approval_stage, language),
        "models": list(judged.record.models),
        "bounds": judged.record.bounds and list(judged.record.bounds),
    }


def _progress(status: "ProjectStatus") -> dict[str, Any]:
    """Return the figures that every list of projects has."""
    shares = {name: rounded(getattr(status, name)) for name in ("progress", "planned_progress", "spi_t", "spi", "cpi")}
    return {**shares, "status_date": day(status.status_date)}


def stage_name(kind: str, stage: str | None, language: str) -> str | None:
    """Return what a stage is called; an unknown id as it is."""
    for known in (lifecycle_stages() if kind == LIFECYCLE else approval_stages()) if stage else ():
        if known.id == stage:
            return known.zh if language == "zh" else known.en
    return stage


def stage_on(judged: "JudgedProject") -> str | None:
    """Return the lifecycle stage on the project's day: of the last report that names one, else of the register."""
    told = [fact.stage for fact in judged.known.progress if fact.stage and fact.fact_date <= judged.told.day]
    return told[-1] if told else judged.known.entry.stage


def stages_json() -> dict[str, Any]:
    """Return the stages of a project's life and of its approval, in their order, in both languages."""
    return {
        kind: [
            {"id": stage.id, "zh": stage.zh, "en": stage.en, "order": stage.order, "source": stage.source}
            for stage in stages
        ]
        for kind, stages in ((LIFECYCLE, lifecycle_stages()), (APPROVAL, approval_stages()))
    }


def packs_json(language: str) -> dict[str, Any]:
    """Return the rule packs that come with the program, each line with its clause and source."""
    return {"default": DEFAULT_PACK, "packs": [_pack_json(read_pack(name), language) for name in PACKS]}


def _pack_json(pack: "RulePack", language: str) -> dict[str, Any]:
    return {
        "id": pack.id,
        "version": pack.version,
        "sha256": pack.sha256,
        "title": pack.title.text(language),
        "period": pack.period,
        "stale_after": pack.stale_after,
        "improving": pack.improving,
        "rules": [
            {
                "name": rule.name,
                "aspect": rule.aspect,
                "measure": rule.measure,
                "unit": rule.unit,
                "when": rule.when,
                "levels": [
                    {
                        "light": level.light,
                        "threshold": level.threshold,
                        "clause": level.clause.text(language),
                        "source": level.source,
                    }
                    for level in (*rule.levels, *rule.notes)
                ],
            }
            for rule in pack.rules
        ],
    }


def project_details(
    judged: "JudgedProject", judgement: "Judgement", curve: Mapping[str, Sequence[Any]], language: str
) -> dict[str, Any]:
    """Return all that is known and judged of a project, with its S-curve."""
    status = status_json(judged.status, language)
    return {
        **judgement_head(judgement, language),
        **project_properties(judged, language),
        "place": judged.known.entry.place and dict(judged.known.entry.place),
        "register_report": report_json(judged.known.report),
        "held_from": day(judged.light.held_from),
        "evidence": [evidence_json(item, language) for item in judged.light.evidence],
        **status,
        "today": judgement.today.isoformat(),
        "pace": pace_json(judged),
        "curve": curve_json(curve),
        "schedules": [
            {"data_date": day(version.data_date), **(report_json(version.report) or {})}
            for version in judged.known.schedules
        ],
    }


def pace_json(judged: "JudgedProject") -> dict[str, Any] | None:
    """Return the pace at which a project is expected to go on, None where its figures are reported ones."""
    pace = judged.pace
    return (
        None if pace is None else {"since": day(pace.since), "spi_t": rounded(pace.spi_t), "finish": day(pace.finish)}
    )


def light_json(judged: "JudgedProject", language: str) -> dict[str, Any]:
    """Return a project with its light and its evidence, as `twin lights` lists it."""
    status = judged.status
    return {
        "code": judged.code,
        "name": judged.name,
        "light": judged.light.light,
        "raw_light": judged.light.raw,
        "held_from": day(judged.light.held_from),
        **_progress(status),
        "evidence": [evidence_json(item, language) for item in judged.light.evidence],
    }


def status_json(status: "ProjectStatus", language: str) -> dict[str, Any]:
    """Return the figures of a project beyond those that every list has."""
    return {
        **{name: money(getattr(status, name)) for name in ("bac", "pv", "ev", "ac")},
        "weighted_by": status.weighted_by,
        "reported_by": status.reported_by,
        "has_baseline": status.has_baseline,
        "baseline_start": day(status.planned_start),
        "baseline_finish": day(status.planned_finish),
        "actual_start": day(status.actual_start),
        "actual_finish": day(status.actual_finish),
        "planned_duration": rounded(status.planned_duration),
        "actual_time": rounded(status.actual_time),
        "earned_schedule": rounded(status.earned_schedule),
        "forecast": {
            "cost": {name: money(value) for name, value in status.forecast.cost.items()},
            "finish": {name: day(value) for name, value in status.forecast.finish.items()},
        },
        "resources": {name: use_json(use) for name, use in status.resources.items()},
        "report": report_json(status.report),
        "cost_report": report_json(status.cost_report),
        "reports": [day(found) for found in status.reports],
        "notes": [in_language(note, language) for note in status.notes],
    }


def evidence_json(item: "Evidence", language: str) -> dict[str, Any]:
    """Return one rule's verdict; `fact_date` and `recorded_at` are those of the report it rests on."""
    return {
        "rule": item.rule,
        "aspect": item.aspect,
        "light": item.light,
        "decisive": item.decisive,
        "clause": item.clause.text(language),
        "source": item.source,
        "measure": item.measure,
        "value": rounded(item.value),
        "threshold": item.threshold,
        "unit": item.unit,
        "inputs": {name: plain(value) for name, value in item.inputs.items()},
        "fact_date": day(item.fact_date),
        "recorded_at": item.report and moment(item.report.recorded_at),
        "report": report_json(item.report),
    }


def report_json(report: Report | None) -> dict[str, Any] | None:
    """Return where a fact stands."""
    if report is None:
        return None
    return {"file": report.file, "row": report.row, "recorded_at": moment(report.recorded_at)}


def use_json(use: "ResourceUse") -> dict[str, Any]:
    """Return planned against used."""
    return {
        "unit": use.unit,
        **{name: money(getattr(use, name)) for name in ("planned", "used", "total")},
        "rate": rounded(use.rate),
        "fact_date": day(use.fact_date),
        "report": report_json(use.report),
    }


def schedule_counts(schedule: "Schedule") -> dict[str, Any]:
    """Return what a schedule holds, counted."""
    tasks = schedule.tasks
    starts = [task.schedule_start for task in tasks if task.schedule_start]
    finishes = [task.schedule_finish for task in tasks if task.schedule_finish]
    return {
        "name": schedule.name,
        "format": schedule.format,
        "tasks": len(tasks),
        "kinds": {kind: sum(task.kind == kind for task in tasks) for kind in sorted({task.kind for task in tasks})},
        "links": len(schedule.links),
        "calendars": len(schedule.calendars),
        "resources": len(schedule.resources),
        "assignments": len(schedule.assignments),
        "baselines": sum(any(found.number == 0 for found in task.baselines) for task in tasks),
        "with_completion": sum(task.completion is not None for task in tasks),
        "elements": sum(len(found) for found in schedule.elements.values()),
        "data_date": schedule.data_date and schedule.data_date.isoformat(),
        "start": min(starts).isoformat() if starts else None,
        "finish": max(finishes).isoformat() if finishes else None,
        "currency": schedule.currency,
        "lost": schedule.lost,
    }


def point(judged: "JudgedProject") -> dict[str, Any] | None:
    """Return where the project is shown: in its place of the register, else in the middle of its models."""
    place = place_of(judged)
    return place and {"type": "Point", "coordinates": [round(place[0], 7), round(place[1], 7)]}


def curve_json(curve: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return an S-curve as columns."""
    return {name: [money(plain(value)) for value in values] for name, values in curve.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON takes it."""
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


def day(value: date | None) -> str | None:
    """Return a day as ISO 8601."""
    return value.isoformat() if value else None


def moment(value: datetime) -> str:
    """Return a UTC time as ISO 8601, with its fraction of a second where it has one: as exact as it is recorded.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 6, 1, 8, 30, 5, 120000, tzinfo=UTC))
    '2026-06-01T08:30:05.120000Z'
    """
    return value.isoformat().replace("+00:00", "Z") if value.microsecond else utc(value)


def rounded(value: float | None) -> float | None:
    """Return an index or a share to six decimals."""
    return None if value is None else round(value, PLACES)


def money(value: Any) -> Any:
    """Return an amount to the cent."""
    return round(value, 2) if isinstance(value, float) else value
