"""Plain values of BCF: texts, times, GUIDs."""

import re
from datetime import UTC, datetime

from xsdata.models.datatype import XmlDateTime

from twin.errors import InvalidInput

UNSAID = "Undefined"  # BCF 3.0 demands a type and a status of every topic; 2.1 does not
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
IFC_GUID = re.compile(r"[0-9A-Za-z_$]{22}")
COLOR = re.compile(r"[0-9A-F]{6}([0-9A-F]{2})?")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def text_of(found: str | None) -> str:
    """Return a text as it stands; one of blanks only says nothing."""
    return found if found and found.strip() else ""


def writable(text: str) -> str:
    """Return a text that XML can carry: without control characters, lines ended as XML reads them.

    >>> writable("a\\x00b\\r\\nc")
    'ab\\nc'
    """
    return text_of(NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def guid_of(found: str | None, file: str, member: str) -> str:
    """Return a GUID in lower case; raises InvalidInput for anything else."""
    guid = (found or "").strip().strip("{}").lower()
    if not GUID.fullmatch(guid):
        raise InvalidInput(
            "{file} cannot be read: {member} in it names something by {guid}, which is no GUID. Export it again.",
            file=file,
            member=member,
            guid=repr((found or "")[:60]),
        )
    return guid


def time_of(found: XmlDateTime, file: str, member: str) -> datetime:
    """Return a time in UTC; one without a zone is UTC, as BCF has it. Below a microsecond it is cut."""
    try:
        time: datetime = found.to_datetime()
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "{file} cannot be read: {member} in it has the date {date}, which no calendar has. Export it again.",
            file=file,
            member=member,
            date=str(found)[:60],
        ) from None


def day_of(found: XmlDateTime, file: str, member: str) -> datetime:
    """Return a time whose date is the day as it is written: in the zone that it names, else in UTC."""
    in_utc = time_of(found, file, member)
    time: datetime = found.to_datetime()
    return in_utc if time.tzinfo is None else time


def xml_time(time: datetime) -> XmlDateTime:
    """Return a time as BCF writes it, in UTC; one without a zone is taken as UTC."""
    return XmlDateTime.from_datetime(time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC))
