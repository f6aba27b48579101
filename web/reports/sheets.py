"""What the workbooks of the reports hold: real numbers, dates and shares under headers in the wanted language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from twin.exchange.report_xlsx import Cell, Kind, ReportColumn, ReportSheet, Typed, write_report
from twin.judgement.legend import LIGHT_COLOURS
from twin.values.sentence import Sentence, say
from web.reports.contents import CityReport, ProjectReport, deviation, is_forecast
from web.reports.words import WORST_FIRST, Words, reason

Facts = Sequence[tuple[str, Cell | Typed]]
Columns = Sequence[tuple[str, Kind, float]]  # name, kind, width


def city_xlsx(report: CityReport, words: Words) -> bytes:
    """Return the city overview as a workbook: the day, all projects, districts, changes, resources."""
    overview = report.overview
    day = date.fromisoformat(overview["as_of"])
    sheets = [
        _facts_sheet(say("Overview"), _city_facts(report, words), words),
        _projects(report, words),
        _counts(say("By district"), say("district"), overview["districts"], words),
        _changes(report, words),
        _resources(
            [
                (name, {**found, "fact_date": None})
                for name, found in overview["totals"].items()
                if name != "budget" and found
            ],
            words,
        ),
    ]
    return write_report(sheets, title=f"{report.name} {day}", day=day)


def project_xlsx(report: ProjectReport, words: Words) -> bytes:
    """Return a project sheet as a workbook: figures, evidence, S-curve, resources, tasks behind."""
    details = report.details
    day = date.fromisoformat(details["as_of"])
    sheets = [
        _facts_sheet(say("Project"), _project_facts(report, words), words),
        _evidence(details, words),
        _curve(details, words),
        _resources(list(details["resources"].items()), words),
        _tasks(report, words),
    ]
    return write_report(sheets, title=f"{details['code']} {day}", day=day)


def _facts_sheet(title: str, facts: Facts, words: Words) -> ReportSheet:
    """Return named facts, one a row; what each value is decides how it is written."""
    columns: Columns = (
        (say("what"), "text", 34),
        (say("value"), "text", 40),
    )
    return _sheet(title, columns, facts, words)


def _head(head: Mapping[str, Any], words: Words) -> list[tuple[str, Cell | Typed]]:
    return [
        (words(say("day")), Typed(_day(head["as_of"]), "date")),
        *([(words(say("forecast")), words(say("yes")))] if is_forecast(head) else ()),
        (words(say("known at")), head["known_at"] or words(say("all facts that are recorded"))),
        (words(say("rules")), f"{head['rules_title']} ({head['rules']} {head['rules_version']})"),
    ]


def _city_facts(report: CityReport, words: Words) -> Facts:
    overview = report.overview
    found = [(words(say("city")), report.name), *_head(overview, words)]
    for light in WORST_FIRST:
        found.append((words.light(light), Typed(overview["lights"][light], "number")))
    for light in WORST_FIRST:
        told = say("{light}, on {day}", light=words.light(light), day=overview["before"])
        found.append((words(told), Typed(overview["lights_before"][light], "number")))
    for currency, amount in overview["totals"]["budget"].items():
        found.append((words(say("total investment ({currency})", currency=currency)), Typed(amount, "amount")))
    return found


def _project_facts(report: ProjectReport, words: Words) -> Facts:
    details = report.details
    named: tuple[tuple[str, Sentence, Kind], ...] = (
        ("kind", say("project kind"), "text"),
        ("district", say("district"), "text"),
        ("stage_name", say("stage"), "text"),
        ("approval_stage_name", say("approval stage"), "text"),
        ("owner", say("owner"), "text"),
        ("contractor", say("contractor"), "text"),
        ("supervisor", say("supervisor"), "text"),
        ("address", say("project address"), "text"),
        ("note", say("note"), "text"),
        ("budget", say("total investment"), "amount"),
        ("currency", say("currency"), "text"),
        ("planned_start", say("planned start"), "date"),
        ("planned_finish", say("planned finish"), "date"),
        ("forecast_finish", say("finish as last registered"), "date"),
        ("status_date", say("last report"), "date"),
        ("progress", say("done so far"), "share"),
        ("planned_progress", say("planned by then"), "share"),
        ("spi_t", say("SPI(t)"), "index"),
        ("spi", say("SPI"), "index"),
        ("cpi", say("CPI"), "index"),
        ("bac", say("budget at completion (BAC)"), "amount"),
        ("pv", say("planned value (PV)"), "amount"),
        ("ev", say("earned value (EV)"), "amount"),
        ("ac", say("actual cost (AC)"), "amount"),
    )
    return [
        (words(say("project code")), details["code"]),
        (words(say("project name")), details["name"]),
        *_head(details, words),
        (words(say("light")), words.light(details["light"])),
        (words(say("reason")), reason(words, details["evidence"])),
        *(
            (words(label), Typed(_day(details[name]) if kind == "date" else details[name], kind))
            for name, label, kind in named
        ),
        (words(say("against plan")), Typed(deviation(details), "points")),
        *((words(say("What to know about the figures")), note) for note in details["notes"]),
    ]


def _sheet(title: str, columns: Columns, rows: Sequence[Sequence[Cell | Typed]], words: Words) -> ReportSheet:
    """Return a sheet with its title and its columns named in the wanted language."""
    named = tuple(ReportColumn(words(name), kind, width) for name, kind, width in columns)
    lights = {words.light(light): colour for light, colour in LIGHT_COLOURS.items()}
    return ReportSheet(words(title), named, rows, lights)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _projects(report: CityReport, words: Words) -> ReportSheet:
    columns: Columns = (
        (say("light"), "light", 13),
        (say("project code"), "text", 26),
        (say("project name"), "text", 34),
        (say("project kind"), "text", 14),
        (say("district"), "text", 12),
        (say("stage"), "text", 14),
        (say("last report"), "date", 12),
        (say("done so far"), "share", 10),
        (say("planned by then"), "share", 10),
        (say("against plan"), "points", 10),
        ("SPI(t)", "index", 9),
        ("SPI", "index", 9),
        ("CPI", "index", 9),
        (say("total investment"), "amount", 20),
        (say("currency"), "text", 8),
        (say("planned start"), "date", 12),
        (say("planned finish"), "date", 12),
        (say("finish as last registered"), "date", 14),
        (say("owner"), "text", 28),
        (say("contractor"), "text", 28),
        (say("reason"), "text", 70),
    )
    rows = [
        (
            words.light(found["light"]),
            *(found[name] for name in ("code", "name", "kind", "district", "stage_name")),
            _day(found["status_date"]),
            *(found["progress"], found["planned_progress"], deviation(found)),
            *(found[name] for name in ("spi_t", "spi", "cpi", "budget", "currency")),
            *(_day(found[name]) for name in ("planned_start", "planned_finish", "forecast_finish")),
            *(found["owner"], found["contractor"], reason(words, found["evidence"])),
        )
        for found in report.projects
    ]
    return _sheet(say("Projects"), columns, rows, words)


def _counts(title: str, of: str, groups: Sequence[Mapping[str, Any]], words: Words) -> ReportSheet:
    columns: Columns = (
        (of, "text", 18),
        (say("projects"), "number", 10),
        *((words.light(light), "number", 14) for light in WORST_FIRST),
    )
    rows = [
        (
            group["name"] or words(say("no district")),
            group["projects"],
            *(group["lights"].get(light, 0) for light in WORST_FIRST),
        )
        for group in groups
    ]
    return _sheet(title, columns, rows, words)


def _changes(report: CityReport, words: Words) -> ReportSheet:
    before, now = report.overview["before"], report.overview["as_of"]
    columns: Columns = (
        (say("project code"), "text", 26),
        (say("project name"), "text", 34),
        (say("light on {day}", day=before), "light", 18),
        (say("light on {day}", day=now), "light", 18),
    )
    rows = [
        (change["code"], change["name"], change["from"] and words.light(change["from"]), words.light(change["to"]))
        for change in report.overview["changes"]
    ]
    return _sheet(say("Changes"), columns, rows, words)


def _resources(uses: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> ReportSheet:
    columns: Columns = (
        (say("resource"), "text", 14),
        (say("unit"), "text", 12),
        (say("planned by then"), "amount", 20),
        (say("used"), "amount", 20),
        (say("planned in all"), "amount", 20),
        (say("used of planned"), "share", 12),
        (say("as of"), "date", 12),
    )
    rows = [
        (
            *(words.resource(name), words.unit(use["unit"])),
            *(use[figure] for figure in ("planned", "used", "total", "rate")),
            _day(use["fact_date"]),
        )
        for name, use in uses
    ]
    return _sheet(say("Resources"), columns, rows, words)


def _evidence(details: Mapping[str, Any], words: Words) -> ReportSheet:
    columns: Columns = (
        (say("of what"), "text", 12),
        (say("light"), "light", 14),
        (say("decisive"), "text", 8),
        (say("figure"), "text", 26),
        (say("value"), "index", 10),
        (say("unit"), "text", 10),
        (say("threshold"), "text", 18),
        (say("clause"), "text", 60),
        (say("where the clause is published"), "text", 44),
        (say("as of"), "date", 12),
        (say("file"), "text", 34),
        (say("row"), "number", 8),
        (say("recorded"), "text", 22),
    )
    rows = []
    for item in details["evidence"]:
        report = item["report"] or {}
        decided = words(say("yes") if item["decisive"] else say("no"), capital=False)
        rows.append(
            (
                *(words.aspect(item["aspect"]), item["light"] and words.light(item["light"]), decided),
                *(words.measure(item["measure"]), item["value"], words.unit(item["unit"]), item["threshold"]),
                *(item["clause"], item["source"], _day(item["fact_date"])),
                *(report.get("file"), report.get("row"), report.get("recorded_at")),
            )
        )
    return _sheet(say("Evidence"), columns, rows, words)


def _curve(details: Mapping[str, Any], words: Words) -> ReportSheet:
    curve = details["curve"]
    names = {
        "planned": say("planned"),
        "earned": say("earned"),
        "actual_cost": say("spent"),
        "forecast": say("forecast"),
    }
    names = {name: label for name, label in names.items() if name in curve}
    columns: Columns = (
        (say("month end"), "date", 12),
        *((label, "amount", 20) for label in names.values()),
    )
    rows = [(_day(day), *(curve[name][i] for name in names)) for i, day in enumerate(curve["days"])]
    return _sheet(say("S-curve"), columns, rows, words)


def _tasks(report: ProjectReport, words: Words) -> ReportSheet:
    columns: Columns = (
        (say("task code"), "text", 18),
        (say("task"), "text", 40),
        (say("finish by plan"), "date", 12),
        (say("planned by then"), "share", 10),
        (say("done so far"), "share", 10),
        (say("share of the project lost"), "share", 12),
    )
    rows = [(t.code, t.name, _day(t.finish), t.planned, t.done, t.lost) for t in report.tasks]
    return _sheet(say("Tasks behind"), columns, rows, words)
