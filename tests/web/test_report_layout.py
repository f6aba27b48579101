"""Where marks of a report stand, whatever the texts are: inside the page, cut where they do not fit."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.pieces import box_font
from twin.judgement.legend import LIGHT_COLOURS
from twin.values.project import LIGHTS
from twin.values.sentence import say
from web.reports import city, project
from web.reports.canvas import A4, Box, Canvas, Disc, Lines, Mark, Text
from web.reports.contents import CityReport, LateTask, ProjectReport, late_tasks
from web.reports.drawing import MARGIN, light_mark
from web.reports.fonts import MISSING, Typeface
from web.reports.words import Words

TEXTS = st.text(max_size=220) | st.text("超长 W-/a", min_size=150, max_size=220) | st.just("不断的长字" * 40)
HEAD = {"as_of": "2026-04-30", "known_at": None, "rules": "index", "rules_version": "1", "rules_title": "规则"}


@cache
def face() -> Typeface:
    with TemporaryDirectory() as folder:
        Path(folder, "noto-sans-sc-box.woff2").write_bytes(box_font())
        return Typeface(Path(folder))


def caught(patch: pytest.MonkeyPatch, module: ModuleType) -> list[Canvas]:
    """Return where the pages of a report go instead of into a file."""
    kept: list[Canvas] = []

    def keep(canvas: Canvas, **_: Any) -> bytes:
        kept.append(canvas)
        return b""

    patch.setattr(module, "write_pdf", keep)
    return kept


def evidence(text: str) -> dict[str, Any]:
    return {
        **{"aspect": "schedule", "light": "red", "decisive": True, "clause": text, "source": text, "measure": "cpi"},
        **{"value": 0.5, "threshold": "< 0.9", "unit": "", "fact_date": "2026-04-30"},
        "report": {"file": text, "row": 3, "recorded_at": "2026-05-02T00:00:00Z"},
    }


def properties(text: str, light: str = "red") -> dict[str, Any]:
    words = dict.fromkeys(
        ("name", "district", "stage_name", "kind", "owner", "contractor", "supervisor", "address"), text
    )
    dates = dict.fromkeys(("planned_start", "planned_finish", "forecast_finish", "status_date"), "2026-04-30")
    figures = dict.fromkeys(("spi", "cpi", "spi_t", "progress", "planned_progress"), 0.5)
    rest = {
        "approval_stage_name": text,
        "note": text,
        "budget": 1e17,
        "currency": "CNY",
        "evidence": [evidence(text)] * 4,
    }
    return {"code": "P1", "light": light, "raw_light": light, "held_from": None, **words, **dates, **figures, **rest}


def uses(text: str) -> dict[str, Any]:
    use = {"unit": text, "planned": 1.5e16, "used": 3e16, "total": None, "rate": 2.0, "fact_date": "2026-04-30"}
    return {name: {**use, "projects": 7} for name in ("funds", "labour", "steel")}


def inside(canvas: Canvas) -> Iterator[str]:
    """Yield every mark that leaves its page, and every text that another one of its line runs into."""
    for number, page in enumerate(canvas.pages):
        lines: dict[float, list[tuple[float, float]]] = {}
        for mark in page:
            for x, y in corners(canvas, mark):
                if not (MARGIN - 4 <= x <= canvas.width - MARGIN + 4 and 20 <= y <= canvas.height - 14):
                    yield f"page {number + 1}: {mark}"
            if isinstance(mark, Text):
                ends = mark.x, mark.x + canvas.face.width(mark.text, mark.weight) * mark.size
                lines.setdefault(round(mark.y, 3), []).append(ends)
        for y, spans in lines.items():
            spans.sort()
            if any(right > left + 0.01 for (_, right), (left, _) in pairwise(spans)):
                yield f"page {number + 1}, y {y}: {spans}"


def corners(canvas: Canvas, mark: Mark) -> list[tuple[float, float]]:
    if isinstance(mark, Text):
        return [(mark.x, mark.y), (mark.x + canvas.face.width(mark.text, mark.weight) * mark.size, mark.y)]
    if isinstance(mark, Box):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    if isinstance(mark, Disc):
        return [(mark.x - mark.radius, mark.y - mark.radius), (mark.x + mark.radius, mark.y + mark.radius)]
    return list(mark.points)


@given(text=TEXTS, count=st.integers(0, 60), language=st.sampled_from(["zh", "en"]))
@settings(max_examples=25, deadline=None)
def test_a_city_of_any_names_stays_on_its_pages(text: str, count: int, language: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kept = caught(patch, city)
        counts = dict.fromkeys(LIGHTS, count)
        overview = {
            **HEAD,
            "forecast": False,
            "before": "2026-03-31",
            "lights": counts,
            "lights_before": dict.fromkeys(LIGHTS, 0),
            "changes": [{"code": "P1", "name": text, "from": "grey", "to": "red"}] * count,
            "districts": [{"name": text, "projects": 4 * count, "lights": counts}] * count,
            "totals": {"budget": {"CNY": 1e17, "USD": 5.0}, **uses(text)},
        }
        report = CityReport(text, overview, [properties(text)] * count)
        city.city_pdf(report, face(), Words(language))
    assert list(inside(kept[0])) == []
    told = [mark.text for page in kept[0].pages for mark in page if isinstance(mark, Text)]
    assert told.count("P1") == count
    assert f"{len(kept[0].pages)}" in told[-1]


@given(text=TEXTS, count=st.integers(0, 15), language=st.sampled_from(["zh", "en"]))
@settings(max_examples=25, deadline=None)
def test_a_project_of_any_name_stays_on_its_pages(text: str, count: int, language: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kept = caught(patch, project)
        months = [f"20{20 + i // 12}-{i % 12 + 1:02d}-28" for i in range(4 * count)]
        figures = dict.fromkeys(("bac", "pv", "ev", "ac"), 1e17)
        details = {
            **HEAD,
            **properties(text),
            **figures,
            **{"weighted_by": "cost", "baseline_finish": None, "notes": [text] * count, "resources": uses(text)},
            "pace": None,
            "forecast": {"cost": {}, "finish": {}},
            "curve": {
                "days": months,
                "planned": [1e17 * i for i in range(len(months))],
                "earned": [None] * len(months),
                "forecast": [None if i < len(months) - 2 else 1e17 for i in range(len(months))],
            },
            "register_report": {"file": text, "row": 1, "recorded_at": "2026-05-02T00:00:00Z"},
        }
        tasks = [LateTask(text, text, "2026-04-30", 1.0, 0.0, 0.5)] * count
        report = ProjectReport(text, details, tasks, say("No task is behind its plan."))
        project.project_pdf(report, face(), Words(language))
    assert list(inside(kept[0])) == []
    legend = [mark.text for page in kept[0].pages for mark in page if isinstance(mark, Text)]
    assert (Words(language)(say("forecast")) in legend) == (count > 0)


def test_every_light_has_the_shape_and_colour_of_the_legend() -> None:
    canvas = Canvas(face(), *A4)
    for light in ("green", "yellow", "red", "grey"):
        light_mark(canvas, 100, 100, light, 10)
    disc, triangle, square, ring = canvas.pages[0]
    assert isinstance(disc, Disc)
    assert isinstance(triangle, Lines)
    assert isinstance(square, Box)
    assert isinstance(ring, Disc)
    assert (disc.width, ring.width > 0) == (0, True)
    assert (len(triangle.points), triangle.closed) == (3, True)
    assert square.width == square.height
    assert [mark.colour for mark in (disc, triangle, square, ring)] == [
        LIGHT_COLOURS[light] for light in ("green", "yellow", "red", "grey")
    ]


@given(text=st.text())
@settings(deadline=None)
def test_shown_text_has_only_signs_that_can_be_drawn(text: str) -> None:
    shown = face().shown(text)
    assert len(shown) == len(text)
    assert face().font(shown, 700)
    for sign, drawn in zip(text, shown, strict=True):
        assert drawn in (sign, MISSING, " ")


def test_controls_of_direction_are_seen() -> None:
    assert face().shown("a\u202eb\u2066c\u200fd\u061ce") == "a□b□c□d□e"
    assert face().shown("a\tb\u3000c\xa0d") == "a b c d"


@given(text=TEXTS, room=st.floats(20, 300), lines=st.integers(1, 4))
@settings(deadline=None)
def test_wrapped_lines_fit_and_lose_nothing_in_silence(text: str, room: float, lines: int) -> None:
    canvas = Canvas(face(), *A4)
    found = canvas.wrapped(text, 8, room, lines)
    assert len(found) <= lines
    for line in found:
        assert face().width(line) * 8 <= room + 0.01
    whole = "".join(face().shown(text).split())
    told = "".join("".join(found).split())
    assert told == whole or (told.endswith("…") and whole.startswith(told[:-1]))


def test_the_font_takes_the_weight_that_is_asked_for() -> None:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    heights = {}
    for weight in (400, 700):
        font = TTFont(BytesIO(face().font("a", weight)))
        heights[weight] = font["glyf"][font.getBestCmap()[ord("a")]].yMax
    assert heights == {400: 638, 700: 675}  # 600 at 100, 700 at 900, in between by a straight line


def test_late_tasks_without_weights_go_by_their_own_gap() -> None:
    names = ("id", "code", "name", "kind", "baseline_finish", "planned", "completion", "weight")
    rows = [
        ("1", "", "whole", "summary", None, 1.0, 0.0, None),
        ("2", "", "a", "task", "2026-01-31", 0.8, 0.5, None),
        ("3", "C", "b", "task", "2026-01-31", 1.0, 0.4, None),
        ("4", "", "c", "task", None, 0.5, None, None),
        ("5", "", "d", "task", None, 0.5, 0.5, None),
    ]
    found, _ = late_tasks({name: [row[i] for row in rows] for i, name in enumerate(names)})
    assert [(task.code, task.lost) for task in found] == [("C", None), ("2", None)]
