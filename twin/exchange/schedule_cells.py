"""Cells of schedule tables as values and back: durations, links, shifts, guarded texts.

duration   "40h", "5d", "90m", "12s", "2w", "3个工作日"; days and weeks are working days and weeks of the calendar
links      "A1FS+2d; A2SS-1d; A3+50%; A4"; ids with signs of this form stand in quotation marks: "\\"A;1\\"FF"
shifts     "08:00-12:00 13:00-17:00"; "-" for a day off
texts      one that a spreadsheet would take for a formula begins with an apostrophe
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from twin.exchange.cells import Bad, narrow
from twin.values.schedule import LINK_TYPES, Shift, TaskLink
from twin.values.sentence import say

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "时", "小时", "工时"), "h"),
    **dict.fromkeys(("", "d", "dy", "day", "days", "天", "日", "工日", "工作日", "个工作日"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "周", "星期", "周工时"), "w"),
    **dict.fromkeys(("mo", "mon", "mons", "month", "months", "月", "月工时", "个月"), "mo"),
}
_DAYS = {"d": 1, "w": 5, "mo": 20}  # working days, as Microsoft Project counts them unless told otherwise
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_SPAN = re.compile(r"([-+]?\d{1,12}(?:\.\d{1,9})?)\s*([a-z\u4e00-\u9fff]{0,7})\??\.?", re.IGNORECASE)
_LAG = re.compile(r"\s*([-+]\s*\d{1,9}(?:\.\d{1,30})?)\s*(%|[a-z\u4e00-\u9fff]{0,7})", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BETWEEN = ";,；，、\n\r"
_PIECE = re.compile(rf'"(?:[^"]|"")*"|[{_BETWEEN}]|[^"{_BETWEEN}]+|"')
_LONGEST = 300  # letters of an entry
_TYPE = re.compile(r"\s*\(?(FS|SS|FF|SF)\)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SHIFT = re.compile(r"(\d{1,2}:\d{2})\s*[-–~至]\s*(\d{1,2}:\d{2})")
_PLAIN_ID = re.compile(
    r"[\w.\-/]*\d"
)  # an id that can stand without quotation marks: nothing reads on after its digits
_FORMULA = ("=", "+", "-", "@", "'", "\t", "\r")
_NOTHING = {"", "—", "——", "–", "/", "\\"}  # what a table has for no text
_GUARDED = re.compile(r"'(?:[=+\-@'\t\r].*|[—–/\\]*)", re.DOTALL)


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, and no reader for an empty cell.

    >>> guard("=1+1"), guard("plain"), unguard(guard("=1+1"))
    ("'=1+1", 'plain', '=1+1')
    """
    return f"'{text}" if text.startswith(_FORMULA) or text in _NOTHING else text


def unguard(text: str) -> str:
    """Return what `guard` was given."""
    return text[1:] if _GUARDED.fullmatch(text) else text


def read_span(cell: object, day: int, unit: str = "d") -> timedelta | Bad | None:
    """Return a duration.

    day : minutes of work in a working day; unit : of a bare number

    >>> read_span("2.5d", 480), read_span(3, 480, "h")
    (datetime.timedelta(seconds=72000), datetime.timedelta(seconds=10800))
    """
    if cell is None:
        return None
    text = narrow(str(cell)).replace(" ", "")
    found = _SPAN.fullmatch(text)
    word = _UNITS.get(found[2].lower()) if found else None
    if found is None or word is None:
        return Bad(say("this is no duration: write for instance 5d, 40h or 90m"))
    return _span(found[1], word if found[2] else unit, day)


def _span(number: str, unit: str, day: int) -> timedelta | Bad:
    seconds = _SECONDS.get(unit) or _DAYS[unit] * day * 60
    microseconds = Decimal(number.replace(" ", "")) * seconds * 1_000_000
    if abs(microseconds) > 86400 * 366 * 200 * 1_000_000:
        return Bad(say("the duration is too long to be true"))
    return timedelta(microseconds=int(microseconds.to_integral_value()))


def write_span(span: timedelta) -> str:
    """Return a duration in hours, minutes or seconds, whichever is exact.

    >>> write_span(timedelta(hours=40)), write_span(timedelta(seconds=-90))
    ('40h', '-90s')
    """
    count = span // timedelta(microseconds=1)
    for size, unit in ((3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s")):
        if count % size == 0:
            return f"{count // size}{unit}"
    return f"{Decimal(count) / 1_000_000}s"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """One entry of a predecessors cell; the lag's length depends on the successor's calendar."""

    task: str
    type: str
    lag: timedelta
    lag_percent: float | None


def read_links(text: str, ids: Container[str], day: int) -> list[Predecessor] | Bad:
    """Return the predecessors in a cell.

    ids : of the table's tasks; day : minutes of work in a day of the successor
    """
    found = []
    for part in _parts(text):
        entry = _entry(part, ids, day)
        if isinstance(entry, Bad):
            return entry
        found.append(entry)
    return found


def _parts(text: str) -> list[str]:
    """Return the entries of a list: between semicolons, commas and line breaks outside of quotation marks."""
    pieces = (found[0] for found in _PIECE.finditer(text))
    parts: list[list[str]] = [[]]
    for piece in pieces:
        if piece in _BETWEEN:
            parts.append([])
        else:
            parts[-1].append(piece)
    joined = ("".join(part).strip() for part in parts)
    return [part for part in joined if part]


def _entry(part: str, ids: Container[str], day: int) -> Predecessor | Bad:
    quoted = _QUOTED.match(part)
    if quoted:
        task = quoted[1].replace('""', '"')
        tail = _tail(part[quoted.end() :], day)
        if task in ids and tail is not None:
            return tail if isinstance(tail, Bad) else Predecessor(task, *tail)
        return Bad(say("there is no task {task} in the table", task=task[:60]))
    if len(part) > _LONGEST:
        return Bad(say("there is no task {task} in the table", task=part[:60]))
    if part in ids:
        return Predecessor(part, "FS", timedelta(0), None)
    for end in range(len(part) - 1, 0, -1):  # the longest id that exists and leaves a readable rest
        if part[:end].strip() in ids and (tail := _tail(part[end:], day)) is not None:
            return tail if isinstance(tail, Bad) else Predecessor(part[:end].strip(), *tail)
    return Bad(say("there is no task {task} in the table", task=part[:60]))


def _tail(text: str, day: int) -> tuple[str, timedelta, float | None] | Bad | None:
    """Return type and lag of what stands behind an id; None where it is nothing of that kind."""
    kind = _TYPE.match(text)
    rest = text[kind.end() :] if kind else text
    lag, percent = timedelta(0), None
    while rest.strip():
        found = _LAG.match(rest)
        if found is None:
            return None
        number = found[1].replace(" ", "")
        if found[2] == "%":
            percent = float(Decimal(number) / 100)
        else:
            unit = _UNITS.get(found[2].lower())
            if unit is None:
                return None
            span = _span(number, unit, day)
            if isinstance(span, Bad):
                return span
            lag += span
        rest = rest[found.end() :]
    return (kind[1].upper() if kind else "FS"), lag, percent


def is_plain(task: str) -> bool:
    """Return whether an id can stand in links without quotation marks, unless other ids hold a link's type."""
    return _PLAIN_ID.fullmatch(task) is not None


def holds_type(task: str) -> bool:
    """Return whether an id could be taken for another id with a type behind it."""
    return _TYPE.search(task) is not None


def write_links(links: Sequence[TaskLink], quoted: bool) -> str:
    """Return the predecessors of a task as one cell; `quoted`: all ids stand in quotation marks."""
    return "; ".join(_written(link, quoted) for link in links)


def _written(link: TaskLink, quoted: bool) -> str:
    assert link.type in LINK_TYPES
    task = link.predecessor
    if quoted or not is_plain(task):
        task = '"' + task.replace('"', '""') + '"'
    percent = "" if link.lag_percent is None else f"{Decimal(repr(link.lag_percent)) * 100:+f}%"
    lag = write_span(link.lag) if link.lag else ""
    return f"{task}{link.type}{percent}{lag if lag[:1] == '-' or not lag else '+' + lag}"


def read_shifts(text: str) -> tuple[Shift, ...] | Bad:
    """Return the shifts of a day.

    >>> read_shifts("08:00-12:00 13:00-24:00"), read_shifts("-")
    (((480, 720), (780, 1440)), ())
    """
    plain = narrow(text)
    if plain in ("-", "休息", "off"):
        return ()
    shifts = []
    for part in re.split(r"[\s,]+", re.sub(r"\s*[-–~至]\s*", "-", plain)):
        found = _SHIFT.fullmatch(part)
        start, finish = (_minute(found[1]), _minute(found[2])) if found else (0, 0)
        if not 0 <= start < finish <= 1440:
            return Bad(say("these are no working hours: write 08:00-12:00 13:00-17:00, or - for a day off"))
        shifts.append((start, finish))
    return tuple(shifts)


def _minute(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[2]) > 59:
        return -1
    return int(found[1]) * 60 + int(found[2])


def write_shifts(shifts: Sequence[Shift]) -> str:
    """Return the shifts of a day as text."""
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in shifts) or "-"


def clock_of(cell: object) -> datetime | Bad | None:
    """Return a datetime whose time of the day a cell names (its date means nothing); None: it names none."""
    if isinstance(cell, datetime):
        return cell
    found = _TIME.search(narrow(cell)) if isinstance(cell, str) else None
    if found is None:
        return None
    try:
        micro = int((found[4] or "").ljust(6, "0")[:6] or 0)
        return datetime(2000, 1, 1, int(found[1]), int(found[2]), int(found[3] or 0), micro)
    except ValueError:
        return Bad(say("there is no such time"))


_TIME = re.compile(r"[T\s](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?")
