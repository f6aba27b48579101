"""`/api/reports`: the city and each project on a day, for paper (PDF) and for spreadsheets (XLSX)."""

from urllib.parse import quote

from flask import Response, current_app

from twin.values.rights import Role
from web import answers_reports
from web.reports.contents import CityReport, ProjectReport
from web.reports.words import Words
from web.routes.asked import as_of, forecast, judged, known_at, language, rules, store
from web.routes.table import AS_OF, FORECAST, KNOWN_AT, LANG, RULES, Routes

routes = Routes()

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QUERY = (LANG, AS_OF, KNOWN_AT, RULES, FORECAST)


@routes.get(
    "/api/reports/city.pdf",
    "The city overview to print: lights, changes, all projects",
    needs=Role.PUBLIC,
    media_type=PDF,
    asks=QUERY,
)
def city_pdf() -> Response:
    """Answer with the city overview as PDF."""
    from web.reports.city import city_pdf as write
    from web.reports.fonts import typeface

    words, face = Words(language()), typeface(current_app.extensions["twin.page"])
    report = _city(words)
    return _file(write(report, face, words), PDF, report.name, report.overview["as_of"])


@routes.get("/api/reports/city.xlsx", "The city overview as a workbook", needs=Role.PUBLIC, media_type=XLSX, asks=QUERY)
def city_xlsx() -> Response:
    """Answer with the city overview as XLSX."""
    from web.reports.sheets import city_xlsx as write

    words = Words(language())
    report = _city(words)
    return _file(write(report, words), XLSX, report.name, report.overview["as_of"])


@routes.get(
    "/api/reports/projects/<code>.pdf",
    "The sheet of a project to print: its light and why, figures, S-curve, resources, tasks behind",
    needs=Role.PUBLIC,
    media_type=PDF,
    asks=QUERY,
)
def project_pdf(code: str) -> Response:
    """Answer with a project sheet as PDF."""
    from web.reports.fonts import typeface
    from web.reports.project import project_pdf as write

    words, face = Words(language()), typeface(current_app.extensions["twin.page"])
    report = _project(code, words)
    return _file(write(report, face, words), PDF, code, report.details["as_of"])


@routes.get(
    "/api/reports/projects/<code>.xlsx",
    "The sheet of a project as a workbook",
    needs=Role.PUBLIC,
    media_type=XLSX,
    asks=QUERY,
)
def project_xlsx(code: str) -> Response:
    """Answer with a project sheet as XLSX."""
    from web.reports.sheets import project_xlsx as write

    words = Words(language())
    report = _project(code, words)
    return _file(write(report, words), XLSX, code, report.details["as_of"])


def _city(words: Words) -> CityReport:
    judgement = judged().projects(as_of(), known_at(), rules(), forecast=forecast())
    return answers_reports.city(judged(), judgement, store().settings().name, words.language)


def _project(code: str, words: Words) -> ProjectReport:
    found, judgement = judged().project(code, as_of(), known_at(), rules(), forecast=forecast())
    return answers_reports.project(judged(), found, judgement, words.language)


def _file(content: bytes, media_type: str, name: str, day: str) -> Response:
    """Return a file with its name: shown in the browser where that can, saved under the name otherwise."""
    suffix, how = ("pdf", "inline") if media_type == PDF else ("xlsx", "attachment")
    full = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in f"{name}_{day}")[:120] + f".{suffix}"
    plain = full if full.isascii() else f"report_{day}.{suffix}"
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(full)}"
    return response
