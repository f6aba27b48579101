"""The values of reports, from the same answers that the routes give. Knows no Flask."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from web import answers_elements, answers_facts
from web.reports.contents import CityReport, ProjectReport, late_tasks, worst_first

if TYPE_CHECKING:
    from twin.judged import Judged


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


def _overview(judged, judgement, language):
    from collections import Counter
    from datetime import timedelta
    from twin.values.project import LIGHTS
    day = judgement.as_of
    before = day.replace(day=1) - timedelta(days=1)
    then = judged.projects(before, judgement.known_at, judgement.pack.id)
    count = lambda projects: {l: sum(p.light.light == l for p in projects) for l in LIGHTS}
    old = {p.code: p.light.light for p in then.projects}
    districts = {}
    for p in judgement.projects:
        districts.setdefault(p.known.entry.district or "", []).append(p)
    budget = Counter()
    for p in judgement.projects:
        if p.known.entry.budget is not None:
            budget[p.known.entry.currency or ""] += p.known.entry.budget
    return {
        **answers_facts.judgement_head(judgement, language),
        "before": before.isoformat(),
        "lights": count(judgement.projects),
        "lights_before": count(then.projects),
        "changes": [
            {"code": p.code, "name": p.name, "from": old.get(p.code), "to": p.light.light}
            for p in judgement.projects
            if p.code in old and old[p.code] != p.light.light
        ],
        "districts": [
            {"name": n, "projects": len(ps), "lights": count(ps)}
            for n, ps in sorted(districts.items(), key=lambda kv: -len(kv[1]))
        ],
        "totals": {"budget": dict(budget), **answers_elements.resources_json(judgement)["city"]},
    }
