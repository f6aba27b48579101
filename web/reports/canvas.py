"""Pages as lists of marks, and the marks as PDF.  Lengths are points (1/72 inch), y counts down from the top.

A report is laid out first and written afterwards: only then is it known how many pages there are, and which signs the
font must have.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from fpdf import FPDF

from web.reports.fonts import Typeface, Weight

A4 = (595.28, 841.89)
INK, SOFT, LINE, PANEL, ACCENT = "#1d2529", "#56626a", "#dfe3e1", "#f4f6f5", "#1f5f8b"
ELLIPSIS = "…"
_NO_BREAK_BEFORE = "，。、；：！？）】》」』”’％%,.;:!?)]}°"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Text:
    """A line of shown text; y is its baseline."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight
    colour: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Straight lines through points: filled when closed, else drawn, with dashes of a length."""

    points: Sequence[Point]
    colour: str
    width: float = 0.0
    closed: bool = False
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle around a point; width 0: filled."""

    x: float
    y: float
    radius: float
    colour: str
    width: float = 0.0


Mark = Text | Box | Lines | Disc


@dataclass(slots=True, eq=False)
class Canvas:
    """The pages of a report under way; `width` and `height` are of a page."""

    face: Typeface
    width: float
    height: float
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])

    def add(self, mark: Mark) -> None:
        """Put a mark on the last page."""
        self.pages[-1].append(mark)

    def new_page(self) -> None:
        """Begin a page."""
        self.pages.append([])

    def line(self, x: float, y: float, to_x: float, to_y: float, colour: str = LINE, width: float = 0.5) -> None:
        """Draw a straight line."""
        self.add(Lines(((x, y), (to_x, to_y)), colour, width))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8.5,
        *,
        weight: Weight = 400,
        colour: str = INK,
        align: str = "left",
        room: float | None = None,
    ) -> float:
        """Write one line with its baseline at y, cut off with an ellipsis where it does not fit; return its width.

        align : "left" (x is its left end), "right" or "centre" of x
        """
        shown = self.face.shown(text)
        if room is not None:
            shown = self._cut(shown, size, weight, room)
        wide = self.face.width(shown, weight) * size
        left = {"left": x, "right": x - wide, "centre": x - wide / 2}[align]
        if shown.strip():
            self.add(Text(left, y, shown, size, weight, colour))
        return wide

    def wrapped(self, text: str, size: float, room: float, lines: int, weight: Weight = 400) -> list[str]:
        """Return a text as at most so many lines that fit; what is left over becomes an ellipsis."""
        return self._wrap(self.face.shown(text).strip(), size, room, lines, weight)

    def _wrap(self, rest: str, size: float, room: float, lines: int, weight: Weight) -> list[str]:
        found: list[str] = []
        while rest:
            if len(found) == lines - 1:
                found.append(self._cut(rest, size, weight, room))
                break
            taken = self._fitting(rest, size, weight, room)
            if taken < len(rest):
                taken = _break_at(rest, taken)
            found.append(rest[:taken].rstrip())
            rest = rest[taken:].lstrip()
        return found

    def _fitting(self, text: str, size: float, weight: Weight, room: float) -> int:
        """Return how many signs of a text fit: one at the least."""
        wide, limit = 0.0, room / size + 1e-6
        for i, sign in enumerate(text):
            wide += self.face.width(sign, weight)
            if wide > limit:
                return max(i, 1)
        return len(text)

    def _cut(self, text: str, size: float, weight: Weight, room: float) -> str:
        if self._fitting(text, size, weight, room) == len(text):
            return text
        taken = self._fitting(text, size, weight, room - self.face.width(ELLIPSIS, weight) * size)
        return text[:taken].rstrip() + ELLIPSIS


def _break_at(text: str, taken: int) -> int:
    """Return where to break a line of at most `taken` signs: at a space, after a hyphen, or between Chinese signs."""
    for i in range(taken, max(taken - 24, taken // 2), -1):
        before, after = text[i - 1], text[i]
        if after in _NO_BREAK_BEFORE or (before == "-" and after.isdigit()):
            continue
        if after == " " or before in " -/_" or ord(before) > 0x2E7F or ord(after) > 0x2E7F:
            return i
    return taken


def write_pdf(canvas: Canvas, *, title: str, language: str, day: date) -> bytes:
    """Return the pages as PDF; the same pages and the same day give the same bytes."""
    texts = [mark for page in canvas.pages for mark in page if isinstance(mark, Text)]
    pdf = FPDF(unit="pt", format=(canvas.width, canvas.height))
    pdf.set_auto_page_break(False)
    pdf.set_title(canvas.face.shown(title))
    pdf.set_lang("zh-CN" if language == "zh" else "en")
    pdf.set_creator("city twin")
    pdf.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        weights: tuple[Weight, ...] = (400, 700)
        for weight in weights:
            signs = {sign for text in texts if text.weight == weight for sign in text.text}
            path = Path(folder, f"{weight}.ttf")
            path.write_bytes(canvas.face.font(signs, weight))
            pdf.add_font("noto", "B" if weight == 700 else "", path)
        for page in canvas.pages:
            pdf.add_page()
            for mark in page:
                _WRITERS[type(mark)](pdf, mark)
        written = bytes(pdf.output())
        for font in pdf.fonts.values():
            font.ttfont.close()
    return written


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _text(pdf: FPDF, mark: Text) -> None:
    pdf.set_font("noto", "B" if mark.weight == 700 else "", mark.size)
    pdf.set_text_color(*_rgb(mark.colour))
    pdf.text(mark.x, mark.y, mark.text)


def _box(pdf: FPDF, mark: Box) -> None:
    if mark.width > 0 and mark.height > 0:
        pdf.set_fill_color(*_rgb(mark.colour))
        pdf.rect(mark.x, mark.y, mark.width, mark.height, style="F")


def _path(pdf: FPDF, mark: Lines) -> None:
    if mark.closed:
        pdf.set_fill_color(*_rgb(mark.colour))
        pdf.polygon(mark.points, style="F")
        return
    pdf.set_draw_color(*_rgb(mark.colour))
    pdf.set_line_width(mark.width)
    pdf.set_dash_pattern(dash=mark.dash, gap=mark.dash)
    pdf.polyline(mark.points)
    pdf.set_dash_pattern()


def _disc(pdf: FPDF, mark: Disc) -> None:
    if mark.width:
        pdf.set_draw_color(*_rgb(mark.colour))
        pdf.set_line_width(mark.width)
    else:
        pdf.set_fill_color(*_rgb(mark.colour))
    pdf.circle(mark.x, mark.y, mark.radius, style="D" if mark.width else "F")


_WRITERS: dict[type, Callable[..., None]] = {Text: _text, Box: _box, Lines: _path, Disc: _disc}
