"""Days and times as users write them: one reading for the command line and HTTP."""

from datetime import UTC, date, datetime, time, timedelta

from twin.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2200  # what tables of facts may name, too


def day_of(text: str) -> date:
    """Return a day.

    >>> day_of("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("as_of is {value}: write a day as 2026-06-01.", value=text) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(
            "as_of is {value}: choose a day between {first} and {last}.", value=text, first=FIRST_YEAR, last=LAST_YEAR
        )
    return day


def moment_of(text: str) -> datetime:
    """Return a time in UTC; without a time zone it is UTC, and a bare day means its end: all that was known that day.

    >>> moment_of("2026-06-30").isoformat(), moment_of("2026-06-30T08:00+08:00").isoformat()
    ('2026-06-30T23:59:59.999999+00:00', '2026-06-30T00:00:00+00:00')
    """
    try:
        if len(text) <= len("2026-06-30"):
            return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=1, microseconds=-1)
        moment = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("known_at is {value}: write a time as 2026-06-01T08:30:00Z.", value=text) from None
