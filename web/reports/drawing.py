"""What reports draw: marks of lights, bars, tables, S-curves. Lengths are points, y counts down."""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from twin.judgement.legend import LIGHT_COLOURS, LIGHT_SHAPES
from web.reports.canvas import ACCENT, INK, LINE, PANEL, SOFT, Box, Canvas, Disc, Lines
from web.reports.fonts import Weight
from web.reports.words import WORST_FIRST

MARGIN = 36.0
FOOT = 40.0  # of the lower edge, for the footer
SMALL, BODY, HEAD = 7.0, 8.0, 10.5
CURVES: Mapping[str, tuple[str, float, float]] = {  # colour, width, dash: shapes of lines differ, not colours alone
    "planned": (SOFT, 1.2, 0),
    "earned": (ACCENT, 1.8, 0),
    "actual_cost": ("#9a5b13", 1.2, 3),
    "forecast": (ACCENT, 1.2, 1.5),
}


def light_mark(canvas: Canvas, x: float, y: float, light: str, size: float) -> None:
    """Draw the mark of a light around a point, `size` high: its colour and its shape are those of the legend."""
    colour, shape, half = LIGHT_COLOURS[light], LIGHT_SHAPES[light], size / 2
    if shape == "circle":
        canvas.add(Disc(x, y, half, colour))
    elif shape == "ring":
        canvas.add(Disc(x, y, half * 0.82, colour, half * 0.36))
    elif shape == "square":
        side = size * 0.9
        canvas.add(Box(x - side / 2, y - side / 2, side, side, colour))
    else:
        corners = ((x, y - half), (x + half * 1.1, y + half * 0.9), (x - half * 1.1, y + half * 0.9))
        canvas.add(Lines(corners, colour, closed=True))


def heading(canvas: Canvas, x: float, y: float, text: str) -> float:
    """Write the heading of a section with its baseline at y; return the y below it."""
    canvas.text(x, y, text, HEAD, weight=700)
    return y + 7


def light_bar(canvas: Canvas, x: float, y: float, width: float, height: float, counts: Mapping[str, int]) -> None:
    """Draw counts of lights as one bar, worst first; the bar is as long as `width` says."""
    total = sum(counts.values())
    for light in WORST_FIRST:
        part = width * counts.get(light, 0) / total if total else 0.0
        canvas.add(Box(x, y, max(part - 0.6, 0), height, LIGHT_COLOURS[light]))
        x += part


def use_bar(
    canvas: Canvas, x: float, y: float, width: float, height: float, planned: float | None, used: float | None
) -> None:
    """Draw used against planned on a scale of their own: a filled bar, and the plan as a line across it."""
    top = max(planned or 0.0, used or 0.0)
    canvas.add(Box(x, y, width, height, PANEL))
    if top <= 0:
        return
    canvas.add(Box(x, y + height * 0.2, width * max(used or 0.0, 0.0) / top, height * 0.6, ACCENT))
    if planned is not None:
        at = x + width * max(planned, 0.0) / top
        canvas.line(at, y - 1, at, y + height + 1, INK, 1.1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    width : points; align : "left" or "right"; lines : of a cell at the most, more becomes an ellipsis
    """

    title: str
    width: float
    align: str = "left"
    lines: int = 1
    light: bool = False  # its cells are lights
    weight: Weight = 400


def table(
    canvas: Canvas,
    x: float,
    y: float,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    turn: Callable[[], float],
    *,
    size: float = BODY,
) -> float:
    """Write a table from y on; return the y below it.

    turn : begins a page and returns the y to go on at; the header is repeated there
    """
    y = _table_head(canvas, x, y, columns, size)
    leading = size * 1.32
    for row in rows:
        cells = [
            [] if column.light else canvas.wrapped(cell, size, column.width - 5, column.lines, column.weight)
            for column, cell in zip(columns, row, strict=True)
        ]
        height = max(1, *(len(lines) for lines in cells)) * leading + 3.4
        if y + height > canvas.height - FOOT:
            y = _table_head(canvas, x, turn(), columns, size)
        at = x
        for column, cell, lines in zip(columns, row, cells, strict=True):
            if column.light:
                light_mark(canvas, at + size * 0.5, y + 1.7 + leading / 2, cell, size * 0.95)
            for i, line in enumerate(lines):
                left = at if column.align == "left" else at + column.width - 5
                baseline = y + 1.7 + leading * i + size * 1.02
                canvas.text(left, baseline, line, size, weight=column.weight, align=column.align)
            at += column.width
        y += height
        canvas.line(x, y, x + sum(column.width for column in columns), y)
    return y


def _table_head(canvas: Canvas, x: float, y: float, columns: Sequence[Column], size: float) -> float:
    at, small = x, size - 0.5
    titles = [canvas.wrapped(column.title, small, column.width - 5, 2) for column in columns]
    rows = max(len(lines) for lines in titles)
    y += rows * small * 1.25 + 2
    for column, lines in zip(columns, titles, strict=True):
        for i, line in enumerate(lines):
            left = at if column.align == "left" else at + column.width - 5
            canvas.text(left, y - 3 - (len(lines) - 1 - i) * small * 1.25, line, small, colour=SOFT, align=column.align)
        at += column.width
    canvas.line(x, y, at, y, SOFT, 0.7)
    return y


def facts(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    pairs: Sequence[tuple[str, str]],
    columns: int,
    turn: Callable[[], float],
) -> float:
    """Write named facts in so many columns; return the y below them. `turn` is as for `table`."""
    step, size = width / columns, BODY + 0.5
    for start in range(0, len(pairs), columns):
        row = [(name, canvas.wrapped(value, size, step - 8, 3)) for name, value in pairs[start : start + columns]]
        height = 14.5 + max(1, *(len(lines) for _, lines in row)) * 10.5
        if y + height > canvas.height - FOOT:
            y = turn()
        for i, (name, lines) in enumerate(row):
            left = x + i * step
            canvas.text(left, y + 8, name, SMALL, colour=SOFT, room=step - 8)
            for k, line in enumerate(lines):
                canvas.text(left, y + 18.5 + k * 10.5, line, size)
        y += height
    return y


def s_curve(
    canvas: Canvas,
    area: tuple[float, float, float, float],
    curve: Mapping[str, Sequence[Any]],
    today: str,
    say_amount: Callable[[float], str],
    names: Mapping[str, str],
) -> None:
    """Draw cumulative curves over months as lines, with axes, and the day of the report as a thin line.

    area : x, y, width, height; curve : as `/api/projects/{code}` has it; say_amount : says a value of the y axis
    """
    x, y, width, height = area
    days: Sequence[str] = curve["days"]
    shown = {name: curve[name] for name in CURVES if any(value is not None for value in curve.get(name, ()))}
    top = _ceiling(max((value for line in shown.values() for value in line if value is not None), default=0.0))
    left, bottom, right = x + 62, y + height - 14, x + width - 14
    wide, tall = right - left, bottom - (y + 14)

    def at(i: float, value: float) -> tuple[float, float]:
        return left + wide * i / max(len(days) - 1, 1), bottom - tall * max(value, 0.0) / top

    for step in range(5):
        level = bottom - tall * step / 4
        canvas.line(left, level, right, level, LINE if step else SOFT, 0.5)
        canvas.text(left - 5, level + 2.5, say_amount(top * step / 4), SMALL, colour=SOFT, align="right", room=56)
    every = max(1, math.ceil(len(days) / 9))
    for i in range(0, len(days), every):
        month = days[i][:7]
        middle = min(at(i, 0)[0], x + width - canvas.face.width(month) * SMALL / 2)
        canvas.text(middle, bottom + 10, month, SMALL, colour=SOFT, align="centre")
    now = _where(days, today)
    if now is not None:
        across = at(now, 0)[0]
        canvas.line(across, y + 14, across, bottom, SOFT, 0.5)
        canvas.text(min(across, right - 20), y + 10, today, SMALL, colour=SOFT, align="centre")
    legend = left
    for name, values in shown.items():
        colour, thick, dash = CURVES[name]
        points = [at(i, value) for i, value in enumerate(values) if value is not None]
        if len(points) > 1:
            canvas.add(Lines(points, colour, thick, dash=dash))
        else:
            canvas.add(Disc(*points[0], 1.8, colour))
        canvas.add(Lines(((legend, y + 4), (legend + 16, y + 4)), colour, thick, dash=dash))
        legend += 20 + canvas.text(legend + 20, y + 6.7, names[name], SMALL + 0.5) + 14


def _where(days: Sequence[str], day: str) -> float | None:
    """Return where a day lies between the days of a curve, as an index with a fraction; None outside.

    >>> _where(["2026-01-31", "2026-02-28", "2026-03-31"], "2026-02-14")
    0.5
    """
    numbers = [date.fromisoformat(each).toordinal() for each in (*days, day)]
    asked = numbers.pop()
    if not numbers or not numbers[0] <= asked <= numbers[-1]:
        return None
    i = max(bisect_right(numbers, asked) - 1, 0)
    return i + (0.0 if i + 1 >= len(numbers) else (asked - numbers[i]) / (numbers[i + 1] - numbers[i]))


def _ceiling(value: float) -> float:
    """Return the next round number that is not below a value.

    >>> _ceiling(1.26e9), _ceiling(0), _ceiling(0.7)
    (1600000000.0, 1.0, 0.8)
    """
    if value <= 0 or not math.isfinite(value):
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    steps = (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8, 10)
    return float(next((round(step * unit, 12) for step in steps if step * unit >= value * (1 - 1e-9)), 10 * unit))


def footers(canvas: Canvas, left: str, page_of: Callable[[int, int], str]) -> None:
    """Write on every page what the report rests on, and which page it is."""
    pages = canvas.pages
    for number in range(len(pages)):
        own = Canvas(canvas.face, canvas.width, canvas.height)
        base = canvas.height - 22
        own.line(MARGIN, base - 10, canvas.width - MARGIN, base - 10)
        own.text(MARGIN, base, left, SMALL, colour=SOFT, room=canvas.width - 2 * MARGIN - 70)
        right = canvas.width - MARGIN
        own.text(right, base, page_of(number + 1, len(pages)), SMALL, colour=SOFT, align="right")
        pages[number].extend(own.pages[0])
