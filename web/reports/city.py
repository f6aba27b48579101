"""The city overview on paper: counts of lights, changes, totals, districts, and every project, worst first."""

from datetime import date

from twin.values.sentence import say
from web.reports.canvas import A4, SOFT, Canvas, write_pdf
from web.reports.contents import CityReport, basis, day_text, deviation
from web.reports.drawing import (
    BODY,
    FOOT,
    MARGIN,
    SMALL,
    Column,
    footers,
    heading,
    light_bar,
    light_mark,
    table,
    use_bar,
)
from web.reports.fonts import Typeface
from web.reports.words import NOTHING, WORST_FIRST, Words, short_reason

_CHANGES = 10  # listed; more are counted
_DISTRICTS = 16
_TOTALS = ("funds", "labour")


def city_pdf(report: CityReport, face: Typeface, words: Words) -> bytes:
    """Return the city overview as PDF, A4 across."""
    canvas = Canvas(face, A4[1], A4[0])
    title = words(say("Key projects: overview"))
    overview = report.overview
    canvas.text(MARGIN, 50, report.name, 18, weight=700, room=360)
    canvas.text(MARGIN, 66, title, HEADLINE, colour=SOFT)
    right = canvas.width - MARGIN
    canvas.text(right, 50, day_text(words, overview), 18, weight=700, align="right")
    canvas.text(right, 66, overview["rules_title"], HEADLINE, colour=SOFT, align="right", room=360)
    _lights(canvas, report, words, 92)
    half = (canvas.width - 2 * MARGIN - 32) / 2
    left = _totals(canvas, report, words, MARGIN, 170, half)
    left = _changes(canvas, report, words, MARGIN, left + 18, half)
    low = max(left, _districts(canvas, report, words, MARGIN + half + 32, 170, half))
    if low + 90 > canvas.height - FOOT:
        canvas.new_page()
        low = MARGIN - 12
    _projects(canvas, report, words, low + 26)
    left_text = f"{report.name} · {basis(words, overview)}"
    footers(canvas, left_text, lambda page, pages: words(say("Page {page} of {pages}", page=page, pages=pages)))
    day = date.fromisoformat(overview["as_of"])
    return write_pdf(canvas, title=f"{report.name} {title} {day}", language=words.language, day=day)


HEADLINE = 9.5


def _lights(canvas: Canvas, report: CityReport, words: Words, y: float) -> None:
    """Write how many projects there are of each light, and how many more or fewer than the month before."""
    overview = report.overview
    step = (canvas.width - 2 * MARGIN) / len(WORST_FIRST)
    for i, light in enumerate(WORST_FIRST):
        x, now, before = MARGIN + i * step, overview["lights"][light], overview["lights_before"][light]
        light_mark(canvas, x + 11, y + 15, light, 22)
        wide = canvas.text(x + 30, y + 24, str(now), 26, weight=700)
        beside = x + 38 + wide
        canvas.text(beside, y + 12, words.light(light), BODY + 0.5, room=step - 46 - wide)
        told = words(say("{change} since {day}", change=words.change(now, before), day=overview["before"]))
        canvas.text(beside, y + 23, told, SMALL + 0.5, colour=SOFT, room=step - 46 - wide)
    light_bar(canvas, MARGIN, y + 42, canvas.width - 2 * MARGIN, 5, overview["lights"])


def _totals(canvas: Canvas, report: CityReport, words: Words, x: float, y: float, width: float) -> float:
    """Write the sums of budgets, funds and labour."""
    y = heading(canvas, x, y, words(say("Totals"))) + 12
    totals = report.overview["totals"]
    budgets = " + ".join(words.money(amount, currency) for currency, amount in totals["budget"].items()) or NOTHING
    canvas.text(x, y, words(say("total investment")), BODY, colour=SOFT, room=80)
    canvas.text(x + 84, y, budgets, BODY + 0.5, weight=700, room=width - 84)
    for name in _TOTALS:
        found = totals.get(name)
        if not found:
            continue
        y += 19
        canvas.text(x, y, words.resource(name), BODY, colour=SOFT, room=80)
        use_bar(canvas, x + 84, y - 7, width - 84 - 52, 9, found["planned"], found["used"])
        canvas.text(x + width, y, words.percent(found["rate"]), BODY + 0.5, weight=700, align="right")
        figures = words(say("{use}; projects: {count}", use=words.used(found), count=found["projects"]))
        y += 11
        canvas.text(x + 84, y, figures, SMALL, colour=SOFT, room=width - 84)
    return y + 4


def _changes(canvas: Canvas, report: CityReport, words: Words, x: float, y: float, width: float) -> float:
    """List the projects whose light changed, worse ones first."""
    changes = report.overview["changes"]
    y = heading(canvas, x, y, words(say("Changes since {day}", day=report.overview["before"]))) + 10
    if not changes:
        canvas.text(x, y, words(say("No light changed.")), BODY, colour=SOFT)
    for change in changes[:_CHANGES]:
        light_mark(canvas, x + 5, y - 2.8, change["from"] or "grey", 7)
        canvas.line(x + 12, y - 2.8, x + 18, y - 2.8, SOFT, 0.8)
        light_mark(canvas, x + 25, y - 2.8, change["to"], 7)
        canvas.text(x + 36, y, f"{change['name']}  ({change['code']})", BODY, room=width - 36)
        y += 12.5
    if len(changes) > _CHANGES:
        canvas.text(x + 36, y, words(say("{count} more", count=len(changes) - _CHANGES)), BODY, colour=SOFT)
    return y


def _districts(canvas: Canvas, report: CityReport, words: Words, x: float, y: float, width: float) -> float:
    """Draw a bar of lights for each district, as long as it has projects."""
    districts = report.overview["districts"]
    y = heading(canvas, x, y, words(say("Lights by district"))) + 10
    most = max((district["projects"] for district in districts), default=1)
    for district in districts[:_DISTRICTS]:
        canvas.text(x, y, district["name"] or words(say("no district")), BODY, room=78)
        length = (width - 84 - 112) * district["projects"] / most
        light_bar(canvas, x + 84, y - 6.8, length, 8, district["lights"])
        at = x + width - 104
        for light in WORST_FIRST:
            count = district["lights"].get(light, 0)
            if count:
                light_mark(canvas, at + 4, y - 2.8, light, 6.5)
                canvas.text(at + 11, y, str(count), BODY)
            at += 27
        y += 13.5
    if len(districts) > _DISTRICTS:
        canvas.text(x, y, words(say("{count} more", count=len(districts) - _DISTRICTS)), BODY, colour=SOFT)
    return y


def _projects(canvas: Canvas, report: CityReport, words: Words, y: float) -> None:
    y = heading(canvas, MARGIN, y, words(say("All projects, worst first"))) + 2
    columns = (
        Column("", 15, light=True),
        Column(words(say("project code")), 106, lines=2),
        Column(words(say("project name")), 138, lines=2),
        Column(words(say("district")), 54),
        Column(words(say("stage")), 62),
        Column(words(say("done so far")), 42, "right"),
        Column(words(say("planned by then")), 42, "right"),
        Column(words(say("points against plan")), 60, "right"),
        Column("SPI(t)", 36, "right"),
        Column(words(say("reason")), canvas.width - 2 * MARGIN - 555, lines=2),
    )
    rows = [
        (
            project["light"],
            project["code"],
            project["name"],
            project["district"] or NOTHING,
            project["stage_name"] or NOTHING,
            words.percent(project["progress"]),
            words.percent(project["planned_progress"]),
            words.points(deviation(project), unit=False),
            words.index(project["spi_t"]),
            short_reason(words, project["evidence"]) or NOTHING,
        )
        for project in report.projects
    ]

    def turn() -> float:
        canvas.new_page()
        return MARGIN - 4

    table(canvas, MARGIN, y, columns, rows, turn, size=7.5)
