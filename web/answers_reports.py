"""The values of reports, from the same answers that the routes give. Knows no Flask."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from web import answers_elements, answers_facts, answers_overview
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
    return CityReport(name, answers_overview.overview_json(judged, judgement, language), worst_first(projects))


def project(
    judged: "Judged", code: str, language: str, as_of: date | None, known_at: datetime | None, rules: str | None
) -> ProjectReport:
    """Return what the sheet of a project says."""
    found, judgement = judged.project(code, as_of, known_at, rules)
    details = answers_facts.project_details(found, judgement, judged.curve(found), language)
    tasks, no_task = late_tasks(answers_elements.task_columns(found, judged))
    return ProjectReport(judged.store.settings().name, details, tasks, no_task)
