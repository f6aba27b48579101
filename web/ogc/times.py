"""Times: in Arrow columns, in parameters and in filters, all as microseconds of UTC since 1970.

A day is the interval from its first to its last microsecond.  A time without a zone is taken for UTC.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from twin.errors import InvalidInput

DAY = 86_400_000_000
EARLIEST, LATEST = -(2**62), 2**62  # stand for the open ends of an interval
Interval = tuple[int, int]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?")
_OPEN = ("", "..")
_START = datetime(1970, 1, 1, tzinfo=UTC)


def is_time(arrow_type: Any) -> bool:
    """Tell whether an Arrow column has dates or times."""
    import pyarrow as pa

    return bool(pa.types.is_date(arrow_type) or pa.types.is_timestamp(arrow_type))


def is_day(arrow_type: Any) -> bool:
    """Tell whether an Arrow column has dates."""
    import pyarrow as pa

    return bool(pa.types.is_date(arrow_type))


def microseconds(column: Any) -> Any:
    """Return a column of dates or times as an Arrow column of int64: the day's first microsecond, or the time."""
    import pyarrow as pa

    zone = getattr(column.type, "tz", None)
    return column.cast(pa.timestamp("us", tz=zone), safe=False).cast(pa.int64())


def instant(text: str) -> Interval:
    """Return a day as an interval, a time as an interval without length.

    >>> instant("1970-01-02"), instant("1970-01-01T00:00:01Z")
    ((86400000000, 172799999999), (1000000, 1000000))
    """
    text = text.removesuffix("T") if len(text) == len("2026-06-01T") else text  # as GDAL writes a day
    try:
        if _DATE.fullmatch(text):
            first = _since_start(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
            return first, first + DAY - 1
        if _TIME.fullmatch(text):
            whole, _, fraction = text.upper().partition(".")
            digits = re.match(r"\d*", fraction)
            kept = digits.group() if digits else ""
            moment = datetime.fromisoformat(f"{whole}.{kept[:6]:0<6}{fraction[len(kept) :]}" if kept else whole)
            at = _since_start(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
            return at, at
    except (ValueError, OverflowError):
        pass  # a day or hour that no calendar has
    raise InvalidInput("{value} is no time: write 2026-06-01 or 2026-06-01T08:30:00Z.", value=text[:100])


def interval(start: str, end: str) -> Interval:
    """Return the interval between two instants; ".." or nothing leaves an end open."""
    made = (EARLIEST if start in _OPEN else instant(start)[0], LATEST if end in _OPEN else instant(end)[1])
    if made[0] > made[1]:
        raise InvalidInput("The interval from {start} to {end} ends before it starts.", start=start, end=end)
    return made


def asked_interval(text: str) -> Interval:
    """Return what the parameter `datetime` means: an instant, or an interval "start/end".

    >>> asked_interval("../1970-01-01") == (EARLIEST, DAY - 1)
    True
    """
    start, slash, end = text.partition("/")
    if not slash:
        return instant(text)
    if start in _OPEN and end in _OPEN:
        raise InvalidInput("datetime is {value}: one end of the interval must be given.", value=text[:100])
    return interval(start, end)


def iso(at: int) -> str:
    """Return a time in ISO 8601.

    >>> iso(1_500_000), iso(0)
    ('1970-01-01T00:00:01.500000Z', '1970-01-01T00:00:00Z')
    """
    return (_START + timedelta(microseconds=at)).replace(tzinfo=None).isoformat() + "Z"


def _since_start(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)
