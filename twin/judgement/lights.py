"""From figures to a light: the worst of a pack's rules, grey where nobody can tell, slow to improve, quick to worsen.

A light depends on the pack and on the statuses it is given, on nothing else: no clock, no order of the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from twin.judgement.labels import input_label
from twin.judgement.measures import CONDITIONS, MEASURES, Inputs, Measure, Measured, finished, started
from twin.judgement.periods import good_until, period_of
from twin.judgement.rules import SEVERITY, Level, Rule, RulePack
from twin.values.project import Report
from twin.values.sentence import Sentence, in_language, say
from twin.values.status import Clause, Evidence, Light, ProjectStatus

GREY_SOURCE = "docs/lights.md#grey"  # where the program's own lines are published
IMPROVING_SOURCE = "docs/lights.md#two-periods"


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the rules say of one period: a light and all that they rest on."""

    light: str
    evidence: tuple[Evidence, ...]


def judge(pack: RulePack, now: ProjectStatus, before: ProjectStatus | None) -> Light:
    """Return the light of a project.

    before : its status on the day of the last report of the previous reporting period (`previous_report`), None where
        there is none: a better light than at that time does not show yet
    """
    found = _judge_period(pack, now)
    earlier = _judge_period(pack, before) if before is not None else None
    evidence = found.evidence
    if earlier is not None:
        evidence += tuple(_repeated(pack, found.light, earlier.light, now))
    if before is None or earlier is None or not _holds_back(pack, found.light, earlier.light, now):
        return Light(found.light, found.light, evidence, pack.id, pack.version)
    reasons = tuple(item for item in earlier.evidence if item.decisive)
    current = tuple(replace(item, decisive=False) if item.decisive else item for item in evidence)
    kept = (_held(earlier.light, found.light, before), *reasons, *current)
    return Light(earlier.light, found.light, kept, pack.id, pack.version, held_from=before.status_date or before.day)


def failed(pack: RulePack, error: str) -> Light:
    """Return the light of a project whose facts could not be judged at all: grey, and the reason."""
    clause = _house_clause(
        say("The facts of this project cannot be judged ({error}): load its schedule and reports anew.", error=error)
    )
    reason = Evidence("data", "data", "grey", True, clause, GREY_SOURCE, "report_age", None, "", "days")
    return Light("grey", "grey", (reason,), pack.id, pack.version)


def previous_report(status: ProjectStatus, period: str = "month") -> date | None:
    """Return the day of the last report of the reporting period before the one of the status date, None without one.

    Periods in which nobody reported are passed over: two periods are two that were reported.
    """
    if status.status_date is None:
        return None
    current = period_of(status.status_date, period)
    return max((day for day in status.reports if period_of(day, period) < current), default=None)


def _holds_back(pack: RulePack, light: str, earlier: str, now: ProjectStatus) -> bool:
    """Does the earlier, worse light still hold.

    A finished project gets no further reports: what its last one says has stood for two periods when the next would
    have been due.
    """
    if pack.improving == 1 or "grey" in {light, earlier} or SEVERITY[light] >= SEVERITY[earlier]:
        return False
    if now.status_date is None or not finished(now):
        return True
    return now.day <= good_until(now.status_date, pack.period)


def _judge_period(pack: RulePack, status: ProjectStatus) -> _Verdict:
    """Return what the rules say of one status alone."""
    measured = [(rule, MEASURES[rule.measure].compute(status)) for rule in pack.rules]
    found = [item for rule, value in measured for item in _judge_rule(pack, rule, value, status)]
    evidence = [*found, *_judge_data(pack, measured, found, status)]
    lights = {item.light for item in evidence if item.light is not None}
    light = "grey" if "grey" in lights else max(lights, key=SEVERITY.__getitem__)
    return _Verdict(light, tuple(replace(item, decisive=True) if item.light == light else item for item in evidence))


def _judge_rule(pack: RulePack, rule: Rule, measured: Measured, status: ProjectStatus) -> Iterable[Evidence]:
    """Yield the evidence of one rule: its light, or why it gives none, and its remarks."""
    if rule.when is not None and not CONDITIONS[rule.when](status):
        yield _unjudged(rule, measured, _house_clause(say("This rule does not apply to the project as it stands.")))
    elif measured.missing:
        yield _unjudged(rule, measured, _missing(measured.missing))
    elif _is_old(pack, MEASURES[rule.measure], measured, status):
        day = measured.fact_date.isoformat() if measured.fact_date else ""
        yield _unjudged(rule, measured, _house_clause(say("Not judged: the figures of {day} are too old.", day=day)))
    elif measured.value is None:
        light = "green" if rule.levels else None
        why = _house_clause(say("Nothing was due by then, so nothing is missing."))
        yield _unjudged(rule, measured, why, light)
    else:
        value = round(measured.value * rule.scale, 9)
        for line in (*rule.levels, *rule.notes):
            if line.holds(value):
                yield _judged(rule, line, measured, value)


def _is_old(pack: RulePack, measure: Measure, measured: Measured, status: ProjectStatus) -> bool:
    """Are the figures of a resource report older than reports may be; progress is the data's own rule."""
    if measure.basis != "resources" or measured.fact_date is None or finished(status):
        return False
    return good_until(measured.fact_date, pack.period, pack.stale_after) < status.day


def _judged(rule: Rule, line: Level, measured: Measured, value: float) -> Evidence:
    """Make the evidence of a line that holds."""
    return Evidence(
        rule=rule.name,
        aspect=rule.aspect,
        light=None if line.light == "note" else line.light,
        decisive=False,
        clause=line.clause,
        source=line.source,
        measure=rule.measure,
        value=value,
        threshold=line.threshold,
        unit=rule.unit,
        inputs=measured.inputs,
        fact_date=measured.fact_date,
        report=measured.report,
    )


def _unjudged(rule: Rule, measured: Measured, why: Clause, light: str | None = None) -> Evidence:
    """Make the evidence of a rule of which no line was asked."""
    return Evidence(
        rule=rule.name,
        aspect=rule.aspect,
        light=light,
        decisive=False,
        clause=why,
        source=GREY_SOURCE,
        measure=rule.measure,
        value=None,
        threshold="",
        unit=rule.unit,
        inputs=measured.inputs,
        fact_date=measured.fact_date,
        report=measured.report,
    )


def _judge_data(
    pack: RulePack, measured: Sequence[tuple[Rule, Measured]], found: Sequence[Evidence], status: ProjectStatus
) -> Iterable[Evidence]:
    """Yield the evidence of the rule "data": each reason for grey, or that the reports are fresh enough."""
    last, report = _last_report(pack, status)
    begun = started(status)
    starts = status.planned_start
    due = None if starts is None else good_until(starts, pack.period, pack.stale_after)  # of the first report
    waits = due is not None and starts is not None and (status.day <= due if last is None else status.day < starts)
    not_due = waits and not begun
    reasons: list[Sentence] = []
    if last is None and not not_due:
        reasons.append(say("There is no report, and nobody says that the project is not due to start yet."))
    until = good_until(last, pack.period, pack.stale_after) if last is not None else None
    if until is not None and until < status.day and not not_due and not finished(status):
        reasons.append(say("The last report is too old: it held until {day}.", day=until.isoformat()))
    if not status.has_baseline and not not_due and _lacks_baseline(measured, status):
        reasons.append(say("There is no plan over time to compare with: load a schedule with dates."))
    if not reasons and not not_due and not any(item.light for item in found):
        reasons.append(say("None of the figures that these rules compare was reported."))
    if reasons:
        yield from (_data("grey", reason, status, last, until, report) for reason in reasons)
    elif not_due and last is None and due is not None and starts is not None and status.day >= starts:
        told = say("The project is just due to start: its first report is due by {day}.", day=due.isoformat())
        yield _data("green", told, status, last, until, report)
    elif not_due and last is None:
        yield _data("green", say("The project is not due to start yet."), status, last, until, report)
    elif finished(status):
        yield _data("green", say("The project is finished: its last report stands."), status, last, until, report)
    else:
        yield _data("green", say("The last report is recent enough."), status, last, until, report)


def _last_report(pack: RulePack, status: ProjectStatus) -> tuple[date | None, Report | None]:
    """Return the day and place of the last report: of progress, or of resources where a pack looks at nothing else."""
    names = [rule.measure for rule in pack.rules]
    if all(MEASURES[name].basis == "resources" for name in names):
        uses = [use for resource, use in status.resources.items() if _asks(names, resource)]
        newest = max(uses, key=lambda use: (use.fact_date, use.resource), default=None)
        if newest is not None:
            return newest.fact_date, newest.report
    return status.status_date, status.report


def _asks(measures: Iterable[str], resource: str) -> bool:
    """Does one of the measures look at this resource."""
    return any(name.startswith(f"{resource}_") for name in measures)


def _lacks_baseline(measured: Iterable[tuple[Rule, Measured]], status: ProjectStatus) -> bool:
    """Could a rule not be judged for want of a baseline; a report may state the planned progress itself."""
    return any(
        MEASURES[rule.measure].needs_baseline
        and value.value is None
        and (rule.when is None or CONDITIONS[rule.when](status))
        for rule, value in measured
    )


def _data(
    light: str, clause: Sentence, status: ProjectStatus, last: date | None, until: date | None, report: Report | None
) -> Evidence:
    """Make a line of evidence of the data itself."""
    inputs: Mapping[str, float | str | None] = {
        "last_report": last.isoformat() if last else None,
        "good_until": until.isoformat() if until else None,
        "day": status.day.isoformat(),
    }
    return Evidence(
        rule="data",
        aspect="data",
        light=light,
        decisive=False,
        clause=_house_clause(clause),
        source=GREY_SOURCE,
        measure="report_age",
        value=(status.day - last).days if last else None,
        threshold=f"≤ {(until - last).days}" if until and last else "",
        unit="days",
        inputs=inputs,
        fact_date=last,
        report=report,
    )


def _held(light: str, better: str, before: ProjectStatus) -> Evidence:
    """Make the evidence that a better light does not show yet."""
    day = before.status_date or before.day
    inputs: Inputs = {"light_before": light, "light_now": better, "day_before": day.isoformat()}
    return Evidence(
        rule="improving",
        aspect="data",
        light=light,
        decisive=True,
        clause=_house_clause(
            say("A better light must last two reporting periods: the one of {day} still holds.", day=day.isoformat())
        ),
        source=IMPROVING_SOURCE,
        measure="light_before",
        value=None,
        threshold="",
        inputs=inputs,
        fact_date=day,
        report=before.report,
    )


def _repeated(pack: RulePack, light: str, earlier: str, now: ProjectStatus) -> Iterable[Evidence]:
    """Yield the remarks on a light that two periods in a row have."""
    for line in pack.repeated:
        if light == earlier == line.light:
            yield Evidence(
                rule="repeated",
                aspect="data",
                light=None,
                decisive=False,
                clause=line.clause,
                source=line.source,
                measure="light_before",
                value=None,
                threshold=f"2 × {line.light}",
                inputs={"light_before": earlier, "light_now": light},
                fact_date=now.status_date,
                report=now.report,
            )


def _missing(names: Sequence[str]) -> Clause:
    """Return the clause that names what nobody reported."""
    labels = [input_label(name) for name in names]
    chinese = "、".join(in_language(label, "zh") for label in labels)
    return Clause(
        zh=in_language(say("Not judged: nobody reported {names}.", names=chinese), "zh"),
        en=str(say("Not judged: nobody reported {names}.", names=" / ".join(labels))),
    )


def _house_clause(sentence: Sentence) -> Clause:
    """Return a sentence of the program in both languages, as the lines of packs are."""
    return Clause(zh=in_language(sentence, "zh"), en=str(sentence))
