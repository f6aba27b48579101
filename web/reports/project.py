"""The sheet of one project on paper: its light and why, its figures, its S-curve, its resources, what is behind."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from twin.values.sentence import say
from web.reports.canvas import A4, LINE, PANEL, SOFT, Box, Canvas, write_pdf
from web.reports.contents import ProjectReport, basis, day_text, deviation, report_text
from web.reports.drawing import (
    BODY,
    FOOT,
    MARGIN,
    SMALL,
    Column,
    facts,
    footers,
    heading,
    light_mark,
    s_curve,
    table,
    use_bar,
)
from web.reports.fonts import Typeface
from web.reports.words import NOTHING, Words, decisive

_WIDTH = A4[0] - 2 * MARGIN
_NOTES = 8


def project_pdf(report: ProjectReport, face: Typeface, words: Words) -> bytes:
    """Return the project sheet as PDF, A4 upright."""
    canvas, details = Canvas(face, *A4), report.details
    y = _head(canvas, report, words)
    y = _why(canvas, details, words, y + 10)
    y = _figures(canvas, details, words, y + 12)
    y = _curve(canvas, details, words, y + 10)
    y = _resources(canvas, details, words, y + 16)
    y = _tasks(canvas, report, words, y + 22)
    y = _evidence(canvas, details, words, y + 22)
    y = _notes(canvas, details, words, y + 22)
    _register(canvas, details, words, y + 6)
    foot = f"{details['code']} · {basis(words, details)}"
    footers(canvas, foot, lambda page, pages: words(say("Page {page} of {pages}", page=page, pages=pages)))
    day = date.fromisoformat(details["as_of"])
    return write_pdf(canvas, title=f"{details['code']} {details['name']} {day}", language=words.language, day=day)


def _room(canvas: Canvas, y: float, height: float) -> float:
    """Return y where so much fits below it, else the top of a new page."""
    if y + height <= canvas.height - FOOT:
        return y
    canvas.new_page()
    return MARGIN + 8


def _head(canvas: Canvas, report: ProjectReport, words: Words) -> float:
    details = report.details
    lines = canvas.wrapped(details["name"], 17, _WIDTH - 110, 3, 700)
    y = 34.0
    for line in lines:
        y += 19
        canvas.text(MARGIN, y, line, 17, weight=700)
    canvas.text(A4[0] - MARGIN, 53, day_text(words, details), 13, weight=700, align="right")
    canvas.text(A4[0] - MARGIN, 66, report.city, BODY + 0.5, colour=SOFT, align="right", room=100)
    under = [details[name] for name in ("code", "kind", "district", "stage_name") if details[name]]
    canvas.text(MARGIN, y + 14, " · ".join(under), BODY + 1, colour=SOFT, room=_WIDTH - 110)
    return y + 18


def _why(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    """Write the light, and for each rule that gave it the clause, the figure, the source and the report."""
    top, x, room = y, MARGIN + 46, _WIDTH - 58
    panel = Box(MARGIN, top, _WIDTH, 0, PANEL)
    place = len(canvas.pages[-1])
    canvas.add(panel)
    y += 18
    canvas.text(x, y, words.light(details["light"]), 12, weight=700)
    if details["held_from"] and details["raw_light"] != details["light"]:
        held = say(
            "held since {day}; of this period alone: {light}",
            day=details["held_from"],
            light=words.light(details["raw_light"]),
        )
        canvas.text(A4[0] - MARGIN - 12, y, words(held), SMALL + 0.5, colour=SOFT, align="right")
    for item in decisive(details["evidence"]):
        y += 15
        lines = canvas.wrapped(item["clause"], 9, room, 3)
        for i, line in enumerate(lines):
            canvas.text(x, y + 11.5 * i, line, 9)
        y += 11.5 * (len(lines) - 1)
        compared = words.compared(item)
        for told in (" · ".join(part for part in (compared, item["source"]) if part), report_text(words, item)):
            if told == NOTHING:
                continue
            y += 11
            canvas.text(x, y, told, SMALL + 0.5, colour=SOFT, room=room)
    y = max(y + 9, top + 40)
    canvas.pages[-1][place] = Box(MARGIN, top, _WIDTH, y - top, PANEL)
    light_mark(canvas, MARGIN + 23, top + 20, details["light"], 22)
    return y


def _figures(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    money = _amounts(details, words)
    forecast = details["forecast"]
    costs, ends = forecast["cost"], forecast["finish"]
    pairs = [
        (words(say("done so far")), words.percent(details["progress"])),
        (words(say("planned by then")), words.percent(details["planned_progress"])),
        (words(say("against plan")), words.points(deviation(details))),
        ("SPI(t)", words.index(details["spi_t"])),
        ("SPI", words.index(details["spi"])),
        ("CPI", words.index(details["cpi"])),
        (words(say("budget at completion (BAC)")), money(details["bac"])),
        (words(say("planned value (PV)")), money(details["pv"])),
        (words(say("earned value (EV)")), money(details["ev"])),
        (words(say("actual cost (AC)")), money(details["ac"])),
        (words(say("cost at completion, BAC / CPI")), money(costs.get("bac_by_cpi"))),
        (words(say("finish by plan")), details["baseline_finish"] or details["planned_finish"] or NOTHING),
        (words(say("finish at the pace so far")), ends.get("spi_t") or NOTHING),
        (words(say("finish, rest as planned")), ends.get("plan_rate") or NOTHING),
        (words(say("finish as last registered")), details["forecast_finish"] or NOTHING),
    ]
    told, day = details["status_date"], details["as_of"]
    y = heading(
        canvas, MARGIN, y + 8, words(say("Figures of {day}", day=told) if told else say("No report by {day}", day=day))
    )
    return facts(canvas, MARGIN, y, _WIDTH, pairs, 5, lambda: _turned(canvas))


def _amounts(details: Mapping[str, Any], words: Words) -> Any:
    """Return how values of the S-curve are said: money, hours where nothing has a price, else shares."""
    weighted = details["weighted_by"]
    if weighted in ("cost", "budget") or (weighted is None and details["budget"]):
        return lambda value: words.money(value, details["currency"])
    if weighted in ("work", "duration"):
        return lambda value: words.amount(value, "h")
    return words.percent


def _curve(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    curve = details["curve"]
    y = _room(canvas, y, 176)
    y = heading(canvas, MARGIN, y + 8, words(say("S-curve, cumulative")))
    if not any(value is not None for name, line in curve.items() if name != "days" for value in line):
        canvas.text(MARGIN, y + 10, words(say("Neither a plan nor a report is known.")), BODY, colour=SOFT)
        return y + 12
    names = {
        "planned": words(say("planned")),
        "earned": words(say("earned")),
        "actual_cost": words(say("spent")),
        "forecast": words(say("forecast")),
    }
    s_curve(canvas, (MARGIN, y + 4, _WIDTH, 150), curve, details["as_of"], _amounts(details, words), names)
    return y + 154


def _resources(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    uses: Mapping[str, Mapping[str, Any]] = details["resources"]
    y = _room(canvas, y, 30 + 14 * max(len(uses), 1))
    y = heading(canvas, MARGIN, y + 8, words(say("Resources: used against planned"))) + 9
    if not uses:
        canvas.text(MARGIN, y, words(say("No use of resources is reported.")), BODY, colour=SOFT)
        return y
    for name, use in uses.items():
        canvas.text(MARGIN, y, words.resource(name), BODY, room=56)
        use_bar(canvas, MARGIN + 60, y - 7, 150, 9, use["planned"], use["used"])
        canvas.text(MARGIN + 256, y, words.percent(use["rate"]), BODY, weight=700, align="right")
        canvas.text(MARGIN + 266, y, words(words.used(use)), SMALL + 0.5, colour=SOFT, room=_WIDTH - 266)
        y += 14
    return y - 8


def _tasks(canvas: Canvas, report: ProjectReport, words: Words, y: float) -> float:
    y = _room(canvas, y, 26 + 15 * min(len(report.tasks), 6))
    y = heading(canvas, MARGIN, y, words(say("Tasks that hold it back most"))) + 2
    if not report.tasks:
        canvas.text(MARGIN, y + 10, words(report.no_task), BODY, colour=SOFT)
        return y + 10
    columns = (
        Column(words(say("task code")), 92),
        Column(words(say("task")), _WIDTH - 92 - 66 - 50 - 60 - 96),
        Column(words(say("finish by plan")), 66),
        Column(words(say("planned by then")), 60, "right"),
        Column(words(say("done so far")), 50, "right"),
        Column(words(say("points of the project lost")), 96, "right"),
    )
    rows = [
        (
            task.code,
            task.name,
            task.finish or NOTHING,
            words.percent(task.planned, 0),
            words.percent(task.done, 0),
            words.number(None if task.lost is None else task.lost * 100, 2, 2),
        )
        for task in report.tasks
    ]
    return table(canvas, MARGIN, y, columns, rows, lambda: _turned(canvas), size=7.5)


def _turned(canvas: Canvas) -> float:
    canvas.new_page()
    return MARGIN


def _evidence(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    y = _room(canvas, y, 70)
    y = heading(canvas, MARGIN, y, words(say("What the rules say"))) + 2
    columns = (
        Column("", 15, light=True),
        Column(words(say("of what")), 46, lines=2),
        Column(words(say("figure")), 88, lines=4),
        Column(words(say("clause")), 156, lines=4),
        Column(words(say("where the clause is published")), 96, lines=3),
        Column(words(say("where the figure comes from")), _WIDTH - 401, lines=4),
    )
    rows = [
        (
            item["light"] or "grey",
            words.aspect(item["aspect"]),
            words.compared(item) or words.measure(item["measure"]),
            item["clause"],
            item["source"],
            report_text(words, item),
        )
        for item in details["evidence"]
    ]
    return table(canvas, MARGIN, y, columns, rows, lambda: _turned(canvas), size=7)


def _notes(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> float:
    notes: Sequence[str] = details["notes"]
    if not notes:
        return y
    y = _room(canvas, y, 30)
    y = heading(canvas, MARGIN, y, words(say("What to know about the figures"))) - 1
    for note in notes[:_NOTES]:
        for line in canvas.wrapped(note, BODY, _WIDTH, 3):
            y = _room(canvas, y, 12)
            y += 10.5
            canvas.text(MARGIN, y, line, BODY)
        y += 2
    if len(notes) > _NOTES:
        y += 10.5
        canvas.text(MARGIN, y, words(say("{count} more", count=len(notes) - _NOTES)), BODY, colour=SOFT)
    return y + 22


def _register(canvas: Canvas, details: Mapping[str, Any], words: Words, y: float) -> None:
    """Write what the register says of the project."""
    named = (
        ("owner", say("owner")),
        ("contractor", say("contractor")),
        ("supervisor", say("supervisor")),
        ("address", say("project address")),
        ("approval_stage_name", say("approval stage")),
        ("planned_start", say("planned start")),
        ("planned_finish", say("planned finish")),
        ("note", say("note")),
    )
    pairs = [(words(label), str(details[name])) for name, label in named if details[name]]
    pairs.insert(0, (words(say("total investment")), words.money(details["budget"], details["currency"])))
    report = details["register_report"]
    if report:
        pairs.append((words(say("entry in")), f"{report['file']} ({report['recorded_at'][:10]})"))
    y = _room(canvas, y, 34 + 25 * ((len(pairs) + 2) // 3))
    canvas.line(MARGIN, y - 14, A4[0] - MARGIN, y - 14, LINE)
    y = heading(canvas, MARGIN, y, words(say("The project in the register")))
    facts(canvas, MARGIN, y, _WIDTH, pairs, 3, lambda: _turned(canvas))
