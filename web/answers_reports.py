"""The values of reports, from the same answers that the routes give. Knows no Flask."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from twin.judgement.s_curve import month_end
from twin.values.project import LIGHTS
from web import answers_elements, answers_facts
from web.reports.contents import CityReport, ProjectReport, late_tasks, worst_first
from web.reports.words import WORST_FIRST

if TYPE_CHECKING:
    from twin.judged import Judged, JudgedProject, Judgement


def city(
    judged: "Judged", name: str, language: str, as_of: date | None, known_at: datetime | None, rules: str | None
) -> CityReport:
    """Return what the report of the city says."""
    judgement = judged.projects(as_of, known_at, rules)
    projects = [
        {
            **answers_facts.project_properties(found, language),
            "evidence": [answers_facts.evidence_json(item, language) for item in found.light.evidence],
        }
        for found in judgement.projects
    ]
    return CityReport(name, _overview(judged, judgement, language), worst_first(projects))


def project(
    judged: "Judged", code: str, language: str, as_of: date | None, known_at: datetime | None, rules: str | None
) -> ProjectReport:
    """Return what the sheet of a project says."""
    found, judgement = judged.project(code, as_of, known_at, rules)
    details = answers_facts.project_details(found, judgement, judged.curve(found), language)
    tasks, no_task = late_tasks(answers_elements.task_columns(found, judged))
    return ProjectReport(judged.store.settings().name, details, tasks, no_task)


def _overview(judged: "Judged", judgement: "Judgement", language: str) -> dict[str, Any]:
    """Return what is counted of the city on its day and a month earlier."""
    before = _month_before(judgement.as_of)
    now, then = judgement.projects, judged.projects(before, judgement.known_at, judgement.pack.id).projects
    earlier = {found.code: found.light.light for found in then}
    districts: dict[str, list[JudgedProject]] = {}
    budget: dict[str, float] = {}
    for found in now:
        entry = found.known.entry
        districts.setdefault(entry.district or "", []).append(found)
        if entry.budget is not None:
            budget[entry.currency or ""] = budget.get(entry.currency or "", 0.0) + entry.budget
    changes = [
        {"code": found.code, "name": found.name, "from": earlier[found.code], "to": found.light.light}
        for found in now
        if earlier.get(found.code, found.light.light) != found.light.light
    ]
    return {
        **answers_facts.judgement_head(judgement, language),
        "before": before.isoformat(),
        "lights": _counted(now),
        "lights_before": _counted(then),
        "changes": sorted(changes, key=lambda change: WORST_FIRST.index(change["to"])),
        "districts": [
            {"name": name, "projects": len(of), "lights": _counted(of)}
            for name, of in sorted(districts.items(), key=lambda item: (-len(item[1]), item[0]))
        ],
        "totals": {"budget": budget, **answers_elements.resources_json(judgement)["city"]},
    }


def _counted(projects: "Sequence[JudgedProject]") -> dict[str, int]:
    return {light: sum(found.light.light == light for found in projects) for light in LIGHTS}


def _month_before(day: date) -> date:
    """Return the day a month earlier; the end of a month stays one."""
    last = day.replace(day=1) - timedelta(days=1)
    return last if day == month_end(day) else last.replace(day=min(day.day, last.day))
