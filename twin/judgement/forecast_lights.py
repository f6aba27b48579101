"""The light of a day to come: the same rules on the figures that are expected, and evidence that says so."""

from dataclasses import replace
from datetime import date, timedelta

from twin.judgement.forecast import Pace
from twin.judgement.lights import judge
from twin.judgement.measures import started
from twin.judgement.periods import period_of
from twin.judgement.rules import RulePack
from twin.values.sentence import Sentence, in_language
from twin.values.status import Clause, Evidence, Light, ProjectStatus

SOURCE = "docs/lights.md#days-to-come"


def judge_forecast(
    pack: RulePack,
    base: ProjectStatus,
    now: ProjectStatus,
    before: ProjectStatus | None,
    found: Pace | Sentence | None,
) -> Light:
    """Return the light of a project on a day to come.

    base : how it stands on the last day whose reports count; now, before : `forecast.status_on` of the day, and of
        the end of the reporting period before; found : its `forecast.outlook`

    What is not due to start on the day needs no pace, and a finished project neither.  Any other without one is grey.
    """
    light = judge(pack, now, before)
    if found is None:
        return light
    if isinstance(found, Pace):
        return replace(light, evidence=_foretold(light, base, now, found))
    if not started(now) and now.planned_start is not None and now.day < now.planned_start:
        return light
    others = [replace(item, decisive=item.light == "grey") for item in light.evidence]
    reason = _evidence(base, now, found, "grey")
    return Light("grey", "grey", (reason, *others), light.rules, light.rules_version)


def period_before(day: date, period: str) -> date:
    """Return the last day of the reporting period before the one that holds `day`.

    >>> period_before(date(2026, 8, 14), "month").isoformat(), period_before(date(2026, 8, 14), "quarter").isoformat()
    ('2026-07-31', '2026-06-30')
    """
    current = period_of(day, period)
    earlier = day
    while period_of(earlier, period) == current:
        earlier = earlier.replace(day=1) - timedelta(days=1) if period != "week" else earlier - timedelta(days=1)
    return earlier


def _foretold(light: Light, base: ProjectStatus, now: ProjectStatus, pace: Pace) -> tuple[Evidence, ...]:
    """Return the evidence of a light with what it really rests on: the last report, and a pace."""
    evidence = tuple(
        replace(item, fact_date=base.status_date) if item.fact_date and item.fact_date > base.day else item
        for item in light.evidence
    )
    # the line of the data says that the report is recent, or was the last one: neither is so
    replaced = [item.rule == "data" and item.light == "green" for item in evidence]
    if not any(replaced):
        return _evidence(base, now, pace, None), *evidence
    told = _evidence(base, now, pace, "green")
    return tuple(
        replace(told, decisive=item.decisive) if own else item for own, item in zip(replaced, evidence, strict=True)
    )


def _evidence(base: ProjectStatus, now: ProjectStatus, found: Pace | Sentence, light: str | None) -> Evidence:
    """Make the line of the data itself: the pace that is assumed, or why there is none."""
    inputs: dict[str, float | str | None] = {
        "last_report": base.status_date.isoformat() if base.status_date else None,
        "day": now.day.isoformat(),
    }
    value = None
    if isinstance(found, Pace):
        value = found.spi_t
        inputs |= {"earned_schedule": found.schedule, "actual_time": found.time}
        inputs["finish"] = found.finish.isoformat() if found.finish else None
    told = found.told if isinstance(found, Pace) else found
    return Evidence(
        rule="data",
        aspect="data",
        light=light,
        decisive=light == "grey",
        clause=Clause(zh=in_language(told, "zh"), en=str(told)),
        source=SOURCE,
        measure="spi_t",
        value=value,
        threshold="",
        inputs=inputs,
        fact_date=base.status_date,
        report=base.report,
    )
