"""Cells as typed values: texts, dates, numbers, shares; what cannot be one is a `Bad` with a sentence.

A month without a day ("2026年6月") is its last day where something ends or is reported by then, its first day where
something begins.  A date whose order of day and month cannot be told (02/03/2026) is refused: a mapping names its form.
"""

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from twin.exchange.tables import Share
from twin.values.sentence import Sentence, say

MAX_NUMBER = 1e15
MAX_SIGNS = 80  # of a date or a number: longer texts are none, and would keep the patterns below busy
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)
_EMPTY = {"-", "--", "---", "—", "——", "–", "/", "\\", "n/a", "na", "#n/a", "null", "none", "无", "暂无", "空"}
_DASHES = {"-", "--", "---", "—", "——", "–", "/", "\\"}
_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?")
_DAY_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月份?|(\d{2}))")
_TIME = re.compile(r"[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_TWO_ORDERS = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_AMOUNT = re.compile(
    r"[¥￥$€£]?\s*([-+]?(?:\d+(?:,\d{3})*|\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)\s*(万|亿)?\s*(元|人民币)?"
)


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that is not what its column wants."""

    problem: Sentence


def narrow(text: str) -> str:
    """Return a text with full-width letters, digits and signs as plain ones.

    >>> narrow("１２３％（万元）")
    '123%(万元)'
    """
    return unicodedata.normalize("NFKC", text).strip()


def read_text(cell: object, limit: int = 2_000) -> str | Bad | None:
    """Return a cell as text; whole numbers without ".0".  HTML is text like any other."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        if abs(cell) >= 1e15:
            return Bad(say("the number has too many digits to be kept whole: format the column as text"))
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    text = str(cell).strip()
    if len(text) > limit:
        return Bad(say("the text is longer than {limit} signs", limit=limit))
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in "\n\r\t" for sign in text):
        return Bad(say("the text has control characters"))
    return None if text in _DASHES else text or None


def is_blank(cell: object) -> bool:
    """Return whether a cell says nothing: empty, or a sign for that (-, /, N/A, 无).

    >>> is_blank("—"), is_blank("0")
    (True, False)
    """
    return cell is None or (isinstance(cell, str) and narrow(cell).lower() in _EMPTY | {""})


def read_date(cell: object, *, form: str | None = None, ends: bool = True) -> date | Bad | None:
    """Return a cell as a day.

    form : of a mapping, as `datetime.strptime` reads it; other forms are then read only from cells that hold dates
    ends : a month without a day is its last day, else its first
    """
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    text = narrow(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell))
    if len(text) > MAX_SIGNS:
        return _no_date()
    if form is not None:
        read = _by_form(text, form)
        return read if isinstance(read, Bad) else _plausible(read.date())
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        return _no_date()
    clock = _TIME.search(text)
    day = text[: clock.start()].strip() if clock and clock.end() == len(text) else text
    return _day(day, ends)


def _day(text: str, ends: bool) -> date | Bad:
    """Return the day that a text names in one of the common forms."""
    plain = re.sub(r"\s*([-/.年月日])\s*", r"\1", text)
    match = _DAY.fullmatch(plain)
    numbers = (match[1], match[3], match[4]) if match else None
    if numbers is None and (match := _DAY_PACKED.fullmatch(plain)):
        numbers = (match[1], match[2], match[3])
    if numbers is not None:
        return _made(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    match = _MONTH.fullmatch(plain)
    if match:
        year, month = int(match[1]), int(match[2] or match[3] or match[4])
        if not (1 <= month <= 12 and year >= 1):
            return Bad(say("there is no such day"))
        return _made(year, month, monthrange(year, month)[1] if ends else 1)
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):  # a day as a spreadsheet counts it, stored as a number
        return _plausible(date(1899, 12, 30) + timedelta(days=int(float(plain))))
    if _TWO_ORDERS.fullmatch(plain):
        return Bad(
            say('it cannot be told which number is the day: name the form with --map ([formats] date = "%d/%m/%Y")')
        )
    return _no_date()


def _no_date() -> Bad:
    return Bad(say("this is no date: write 2026-06-30, or name the form with --map"))


def _made(year: int, month: int, day: int) -> date | Bad:
    try:
        return _plausible(date(year, month, day))
    except ValueError:
        return Bad(say("there is no such day"))


def _plausible(day: date) -> date | Bad:
    if not _FIRST <= day <= _LAST:
        return Bad(say("the date is before 1900 or after 2200"))
    return day


def _by_form(text: str, form: str) -> datetime | Bad:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return Bad(say("this is no date of the form {form}", form=form))


def read_moment(cell: object, *, form: str | None = None) -> datetime | Bad | None:
    """Return a cell as a time in UTC: a day is its begin, a time without a zone is UTC.

    >>> read_moment("2026-06-30 08:00:00+08:00")
    datetime.datetime(2026, 6, 30, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if is_blank(cell):
        return None
    moment: datetime | Bad | None = None
    if isinstance(cell, datetime):
        moment = cell
    elif form is not None and isinstance(cell, str):
        moment = _by_form(narrow(cell), form)
    elif isinstance(cell, str) and len(cell) <= MAX_SIGNS:
        moment = _moment(narrow(cell))
    if isinstance(moment, Bad):
        return moment
    if moment is None:
        day = read_date(cell, form=form)
        if day is None or isinstance(day, Bad):
            return day
        if isinstance(cell, str) and _MONTH.fullmatch(narrow(cell)):
            return Bad(say("a time of recording needs its day"))
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    if isinstance(bad := _plausible(moment.date()), Bad):
        return bad
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moment(text: str) -> datetime | Bad | None:
    """Return a day with a time of the day; None: the text names no time."""
    clock = _TIME.search(text)
    if clock is None or clock.end() != len(text):
        return None
    day = _day(text[: clock.start()].strip(), True)
    if isinstance(day, Bad):
        return day
    zone = (clock[4] or "").upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{day.isoformat()}T{int(clock[1]):02}:{clock[2]}:{clock[3] or '00'}{zone}")
    except ValueError:
        return Bad(say("there is no such time"))


def read_number(cell: object, *, factor: float = 1.0, negative: bool = True) -> float | Bad | None:
    """Return a cell as a number times `factor`; 万, 亿 and 元 behind it count instead of the factor.

    >>> read_number("１,234.5", factor=10000), read_number("3.5亿")
    (12345000.0, 350000000.0)
    """
    if is_blank(cell):
        return None
    number: float | None = None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = _times(cell, factor)
    elif isinstance(cell, str) and len(cell) <= MAX_SIGNS:
        number = _amount(narrow(cell).replace("，", ","), factor)
    if number is None:
        if (
            isinstance(cell, str)
            and len(cell) <= MAX_SIGNS
            and re.fullmatch(r"[-+]?[\d.]*,\d{1,2}|[-+]?\d{1,3}(\.\d{3})+,\d+", narrow(cell))
        ):
            return Bad(say("this is no number: write 1234.5, with a point before the fraction"))
        return Bad(say("this is no number"))
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        return Bad(say("the number is too large to be true"))
    if number < 0 and not negative:
        return Bad(say("the number is below 0"))
    return number + 0.0  # -0.0 is 0.0: databases do not agree whether they are the same


def _times(number: float, factor: float) -> float:
    """Return a product without the noise of binary fractions: 12345.67 × 10000 is 123456700."""
    if not math.isfinite(number) or factor == 1.0:
        return float(number)
    return float(Decimal(str(number)) * Decimal(str(factor)))


def _amount(text: str, factor: float) -> float | None:
    match = _AMOUNT.fullmatch(text)
    if match is None or not match[1].strip("+-"):
        return None
    try:
        number = Decimal(match[1].replace(",", ""))
    except InvalidOperation:
        return None
    if match[2] or match[3]:
        factor = {"万": 1e4, "亿": 1e8}.get(match[2] or "", 1.0)
    return float(number * Decimal(str(factor)))


def header_factor(header: str) -> float | None:
    """Return what amounts of money under a header are multiplied with, by the unit in its brackets; None: it has none.

    >>> header_factor("总投资（万元）"), header_factor("budget (元)"), header_factor("区（县）")
    (10000.0, 1.0, None)
    """
    for unit in re.findall(r"\(([^()]*)\)", narrow(header).lower()):
        for word, factor in _FACTORS.items():
            if word in unit:
                return factor
    return None


_FACTORS = {
    **{"亿": 1e8, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3, "元": 1.0, "billion": 1e9, "million": 1e6},
    **{"thousand": 1e3, "人民币": 1.0, "cny": 1.0, "rmb": 1.0, "usd": 1.0, "eur": 1.0, "gbp": 1.0},
}


def is_percent_header(header: str) -> bool:
    """Return whether a header says that its figures are per cent.

    >>> is_percent_header("累计完成（％）"), is_percent_header("completion")
    (True, False)
    """
    plain = narrow(header).lower()
    return "%" in plain or "百分" in plain or "percent" in plain or "pct" in plain


def read_shares(cells: Sequence[object], header: str, *, percent: bool | None = None) -> list[float | Bad | None]:
    """Return the cells of one column as shares 0 to 1.

    A cell with % says itself what it is, and so does a header with %.  Otherwise the column decides: numbers none of
    which is above 1 are fractions; with one above 1 they are per cent, and then a number strictly between 0 and 1 could
    be either: it is refused.

    percent : what a mapping says instead: True per cent, False fractions
    """
    read = [_share(cell) for cell in cells]
    if percent is None and is_percent_header(header):
        percent = True
    guessed = guess_percent(cells)
    mixed = percent is None and bool(guessed) and any(0 < abs(n) < 1 for n in _bare(read))
    if percent is None:
        percent = bool(guessed)
    return [_judged(number, percent=percent, mixed=mixed) for number in read]


def guess_percent(cells: Sequence[object]) -> bool | None:
    """Return whether the numbers of a column without a unit are per cent; None: it has no such numbers.

    >>> guess_percent([0.5, 1]), guess_percent(["45", "0"]), guess_percent(["45%"])
    (False, True, None)
    """
    bare = _bare([_share(cell) for cell in cells])
    return any(abs(number) > 1 for number in bare) if any(bare) else None


def _bare(read: Sequence[float | Bad | None]) -> list[float]:
    """Return the numbers that do not say themselves that they are per cent."""
    return [number for number in read if isinstance(number, float) and not isinstance(number, Share)]


def _judged(number: float | Bad | None, *, percent: bool, mixed: bool) -> float | Bad | None:
    """Return a number of a column as a share, by what the column was found to hold."""
    if number is None or isinstance(number, Bad):
        return number
    if mixed and not isinstance(number, Share) and 0 < abs(number) < 1:
        return Bad(say("the column has per cent and fractions: it cannot be told which this is. Write it with %"))
    share = float(number) if isinstance(number, Share) or not percent else _times(float(number), 0.01)
    if not 0 <= share <= 1:
        return Bad(say("a share is between 0 and 100 %"))
    return share + 0.0


def _share(cell: object) -> float | Bad | None:
    """Return a cell as a number; a `Share` where the cell itself says that it is per cent."""
    if isinstance(cell, Share):
        return cell if math.isfinite(cell) else Bad(say("this is no number"))
    if isinstance(cell, str) and narrow(cell).endswith("%"):
        number = read_number(narrow(cell)[:-1])
        return Share(_times(number, 0.01)) if isinstance(number, float) else number or Bad(say("this is no number"))
    return read_number(cell)


def read_choice(cell: object, names: Mapping[str, str]) -> str | None:
    """Return what a cell's text stands for among names in the form of `narrow` and lower case; None: nothing."""
    return names.get(narrow(str(cell)).lower())
