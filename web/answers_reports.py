"""The values of reports, from the same answers that the routes give. Knows no Flask."""

from typing import TYPE_CHECKING

from web import answers_elements, answers_facts, answers_overview
from web.reports.contents import CityReport, ProjectReport, late_tasks, worst_first

if TYPE_CHECKING:
    from twin.judged import Judged, JudgedProject, Judgement


def city(judged: "Judged", judgement: "Judgement", name: str, language: str) -> CityReport:
    """Return what the report of the city says."""
    projects = [
        {
            **answers_facts.project_properties(found, language),
            "evidence": [answers_facts.evidence_json(item, language) for item in found.light.evidence],
        }
        for found in judgement.projects
    ]
    return CityReport(name, answers_overview.overview_json(judged, judgement, language), worst_first(projects))


def project(judged: "Judged", found: "JudgedProject", judgement: "Judgement", language: str) -> ProjectReport:
    """Return what the sheet of a project says."""
    details = answers_facts.project_details(found, judgement, judged.curve(found), language)
    tasks, no_task = late_tasks(answers_elements.task_columns(found, judged))
    return ProjectReport(judged.store.settings().name, details, tasks, no_task)
