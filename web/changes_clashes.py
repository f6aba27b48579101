"""What people change of clashes: read from a request, checked, kept with who and when. Knows no Flask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput, NotFound
from twin.values.clash import Clash, ClashStatus
from web.times import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from twin.store import Store

# The others come from runs only: nobody can say that something was just found, or was not looked at.
BY_HAND = (
    ClashStatus.ACTIVE,
    ClashStatus.REVIEWED,
    ClashStatus.APPROVED,
    ClashStatus.RESOLVED,
    ClashStatus.BY_DESIGN,
)
LONGEST_NAME, LONGEST_COMMENT = 200, 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of some clashes.

    values : attribute of `Clash` ("status", "assignee", "due_date", "group") → its new value
    """

    by: str
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


def asked(document: Mapping[str, Any]) -> Change:
    """Return the change that a request's JSON object asks for.

    >>> asked({"by": "Li", "status": "Approved"}).values["status"].value
    'Approved'

    Raises InvalidInput with a sentence that names the member.
    """
    unknown = set(document) - {"status", "assignee", "due_date", "group", "comment", "by"}
    if unknown:
        raise InvalidInput(
            "There is no member {name}: a change has by, status, assignee, due_date, group and comment.",
            name=min(unknown),
        )
    by = _text(document, "by", LONGEST_NAME)
    if not by:
        raise InvalidInput("A change has somebody who makes it: give a name in by.")
    values: dict[str, Any] = {}
    if "status" in document:
        values["status"] = _status(document["status"])
    if "assignee" in document:
        values["assignee"] = _text(document, "assignee", LONGEST_NAME)
    if "due_date" in document:
        values["due_date"] = _day(document["due_date"])
    if "group" in document:
        values["group"] = _text(document, "group", LONGEST_NAME)
    comment = _text(document, "comment", LONGEST_COMMENT)
    if not values and not comment:
        raise InvalidInput("Nothing is to be changed: give status, assignee, due_date, group or comment.")
    return Change(by, values, comment)


def _text(document: Mapping[str, Any], name: str, longest: int) -> str:
    value = document.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise InvalidInput(
            "{name} is no text of at most {longest} characters: mend it and send it again.", name=name, longest=longest
        )
    return value.strip()


def _status(value: Any) -> ClashStatus:
    known = {status.value: status for status in BY_HAND}
    if not isinstance(value, str) or value not in known:
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.",
            name="status",
            value=str(value)[:50],
            known=", ".join(known),
        )
    return known[value]


def _day(value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidInput("due_date is {value}: write a day as 2026-06-30.", value=str(value)[:50]) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(
            "due_date is {value}: choose a day between {first} and {last}.",
            value=value,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return day


def of_group(store: "Store", group: str) -> list[Clash]:
    """Return the clashes of a group that can be changed together: those that are not by design."""
    members = store.group_clashes(group)
    if not members:
        raise NotFound("There is no group {group} of clashes.", group=group)
    return [clash for clash in members if clash.status is not ClashStatus.BY_DESIGN]


def change(store: "Store", clashes: Sequence[Clash], wanted: Change) -> int:
    """Change clashes, in one transaction; return their number."""
    store.change_clashes(
        [clash.id for clash in clashes],
        wanted.values,
        by=wanted.by,
        at=datetime.now(UTC),
        comment=wanted.comment,
    )
    return len(clashes)
