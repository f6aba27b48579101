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


def city_xlsx(report: CityReport, words: Words) -> bytes:
    """Return the city overview as a workbook: the day, all projects, districts, changes, resources."""
    overview = report.overview
    day = date.fromisoformat(overview["as_of"])
    sheets = [
        _facts_sheet(words(say("Overview")), _city_facts(report, words), words),
        _projects(report, words),
        _counts(words(say("By district")), words(say("district")), overview["districts"], words),
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
        _facts_sheet(words(say("Project")), _project_facts(report, words), words),
        _evidence(details, words),
        _curve(details, words),
        _resources(list(details["resources"].items()), words),
        _tasks(report, words),
    ]
    return write_report(sheets, title=f"{details['code']} {day}", day=day)


def _facts_sheet(title: str, facts: Facts, words: Words) -> ReportSheet:
    """Return named facts, one a row; what each value is decides how it is written."""
    columns = (
        ReportColumn(words(say("what")), width=34),
        ReportColumn(words(say("value")), width=40),
    )
    return ReportSheet(title, columns, [(name, value) for name, value in facts])


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


def _colours(words: Words) -> dict[str, str]:
    return {words.light(light): colour for light, colour in LIGHT_COLOURS.items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _projects(report: CityReport, words: Words) -> ReportSheet:
    columns = (
        ReportColumn(words(say("light")), "light", 13),
        ReportColumn(words(say("project code")), width=26),
        ReportColumn(words(say("project name")), width=34),
        ReportColumn(words(say("project kind")), width=14),
        ReportColumn(words(say("district")), width=12),
        ReportColumn(words(say("stage")), width=14),
        ReportColumn(words(say("last report")), "date", 12),
        ReportColumn(words(say("done so far")), "share", 10),
        ReportColumn(words(say("planned by then")), "share", 10),
        ReportColumn(words(say("against plan")), "points", 10),
        ReportColumn("SPI(t)", "index", 9),
        ReportColumn("SPI", "index", 9),
        ReportColumn("CPI", "index", 9),
        ReportColumn(words(say("total investment")), "amount", 20),
        ReportColumn(words(say("currency")), width=8),
        ReportColumn(words(say("planned start")), "date", 12),
        ReportColumn(words(say("planned finish")), "date", 12),
        ReportColumn(words(say("finish as last registered")), "date", 14),
        ReportColumn(words(say("owner")), width=28),
        ReportColumn(words(say("contractor")), width=28),
        ReportColumn(words(say("reason")), width=70),
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
    return ReportSheet(words(say("Projects")), columns, rows, _colours(words))


def _counts(title: str, of: str, groups: Sequence[Mapping[str, Any]], words: Words) -> ReportSheet:
    columns = (
        ReportColumn(of, width=18),
        ReportColumn(words(say("projects")), "number", 10),
        *(ReportColumn(words.light(light), "number", 14) for light in WORST_FIRST),
    )
    rows = [
        (
            group["name"] or words(say("no district")),
            group["projects"],
            *(group["lights"].get(light, 0) for light in WORST_FIRST),
        )
        for group in groups
    ]
    return ReportSheet(title, columns, rows)


def _changes(report: CityReport, words: Words) -> ReportSheet:
    before, now = report.overview["before"], report.overview["as_of"]
    columns = (
        ReportColumn(words(say("project code")), width=26),
        ReportColumn(words(say("project name")), width=34),
        ReportColumn(words(say("light on {day}", day=before)), "light", 18),
        ReportColumn(words(say("light on {day}", day=now)), "light", 18),
    )
    rows = [
        (change["code"], change["name"], change["from"] and words.light(change["from"]), words.light(change["to"]))
        for change in report.overview["changes"]
    ]
    return ReportSheet(words(say("Changes")), columns, rows, _colours(words))


def _resources(uses: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> ReportSheet:
    columns = (
        ReportColumn(words(say("resource")), width=14),
        ReportColumn(words(say("unit")), width=12),
        ReportColumn(words(say("planned by then")), "amount", 20),
        ReportColumn(words(say("used")), "amount", 20),
        ReportColumn(words(say("planned in all")), "amount", 20),
        ReportColumn(words(say("used of planned")), "share", 12),
        ReportColumn(words(say("as of")), "date", 12),
    )
    rows = [
        (
            *(words.resource(name), words.unit(use["unit"])),
            *(use[figure] for figure in ("planned", "used", "total", "rate")),
            _day(use["fact_date"]),
        )
        for name, use in uses
    ]
    return ReportSheet(words(say("Resources")), columns, rows)


def _evidence(details: Mapping[str, Any], words: Words) -> ReportSheet:
    columns = (
        ReportColumn(words(say("of what")), width=12),
        ReportColumn(words(say("light")), "light", 14),
        ReportColumn(words(say("decisive")), width=8),
        ReportColumn(words(say("figure")), width=26),
        ReportColumn(words(say("value")), "index", 10),
        ReportColumn(words(say("unit")), width=10),
        ReportColumn(words(say("threshold")), width=18),
        ReportColumn(words(say("clause")), width=60),
        ReportColumn(words(say("where the clause is published")), width=44),
        ReportColumn(words(say("as of")), "date", 12),
        ReportColumn(words(say("file")), width=34),
        ReportColumn(words(say("row")), "number", 8),
        ReportColumn(words(say("recorded")), width=22),
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
    return ReportSheet(words(say("Evidence")), columns, rows, _colours(words))


def _curve(details: Mapping[str, Any], words: Words) -> ReportSheet:
    curve = details["curve"]
    names = {
        "planned": say("planned"),
        "earned": say("earned"),
        "actual_cost": say("spent"),
        "forecast": say("forecast"),
    }
    names = {name: label for name, label in names.items() if name in curve}
    columns = (
        ReportColumn(words(say("month end")), "date", 12),
        *(ReportColumn(words(label), "amount", 20) for label in names.values()),
    )
    rows = [(_day(day), *(curve[name][i] for name in names)) for i, day in enumerate(curve["days"])]
    return ReportSheet(words(say("S-curve")), columns, rows)


def _tasks(report: ProjectReport, words: Words) -> ReportSheet:
    columns = (
        ReportColumn(words(say("task code")), width=18),
        ReportColumn(words(say("task")), width=40),
        ReportColumn(words(say("finish by plan")), "date", 12),
        ReportColumn(words(say("planned by then")), "share", 10),
        ReportColumn(words(say("done so far")), "share", 10),
        ReportColumn(words(say("share of the project lost")), "share", 12),
    )
    rows = [(t.code, t.name, _day(t.finish), t.planned, t.done, t.lost) for t in report.tasks]
    return ReportSheet(words(say("Tasks behind")), columns, rows)
