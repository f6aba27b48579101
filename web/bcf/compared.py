"""A loaded topic of ours against what we know: what it was when its file was written, and what of it is made here."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from twin.exchange.bcf.plain import writable
from twin.values.clash import Clash, ClashEvent, ClashGroup, ClashStatus
from twin.values.sentence import LANGUAGES, say
from twin.values.topic import Topic
from web.answers_clashes import Elements, chosen_clashes
from web.bcf.topics import Issues, assignee_of, due_of, opening_guid, status_of

if TYPE_CHECKING:
    from twin.store import Store

# What people change of clashes and BCF files carry: attribute of `Clash` → its value from the text in the history.
FIELDS: Mapping[str, Callable[[str], Any]] = {
    "status": ClashStatus,
    "assignee": str,
    "due_date": lambda text: date.fromisoformat(text) if text else None,
}
NAMES = {"status": say("the status"), "assignee": say("the person"), "due_date": say("the due date")}
# Runs turn these into each other; that is nobody's word against a reply.
_WAITING = (ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.UNCHECKED)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

History = Mapping[str, Sequence[ClashEvent]]


def values_of(members: Sequence[Clash]) -> dict[str, Any]:
    """Return what a group says, by the names of FIELDS."""
    return {"status": status_of(members), "assignee": assignee_of(members), "due_date": due_of(members)}


def values_at(members: Sequence[Clash], history: History, at: datetime) -> dict[str, Any]:
    """Return what a group said at a time.

    history : id of a clash → what happened to it, the first thing first
    """
    found = []
    for clash in members:
        later = [event for event in history[clash.id] if event.at > at and event.what in FIELDS]
        before = {event.what: FIELDS[event.what](event.before) for event in reversed(later)}
        if clash.first_found <= at:
            found.append(replace(clash, **before))
    return values_of(found or members)


def written_at(topic: Topic) -> datetime | None:
    """Return until when our changes are in a topic: the time in our opening comment, else that of its last change."""
    ours = opening_guid(topic.guid)
    marks = [comment.modified_date for comment in topic.comments if comment.guid == ours and comment.modified_date]
    time = min(marks, default=topic.modified_date)
    if time is None:
        return None
    # Programs cut times to seconds or milliseconds: what happened within that is in the file.
    unit = next((unit for unit in (1_000_000, 1000) if time.microsecond % unit == 0), 1)
    return time + timedelta(microseconds=unit - 1)


def changed_after(name: str, history: History, at: datetime) -> datetime | None:
    """Return when something of a group was last changed here, later than a time; None where it was not."""
    return max((e.at for events in history.values() for e in events if e.what == name and e.at > at), default=None)


def same(before: Any, after: Any) -> bool:
    """Did nobody change a value: it is as it was, or a run has found the clash once more."""
    return bool(before == after or (before in _WAITING and after in _WAITING))


def is_made_otherwise(topic: Topic, group: ClashGroup, members: Sequence[Clash], issues: Sequence[Issues]) -> bool:
    """Has a topic of ours another title, description, priority or other labels than it is given here.

    issues : one in each language, as the file may be in any; measures may differ, as a run may have been since
    """
    open_ones = chosen_clashes(members, {}, everything=False)
    heads = [each.head(group, some) for each in issues for some in (members, open_ones) if some]
    if _plain(topic.title) and _plain(topic.title) not in {_plain(head.title) for head in heads}:
        return True
    if topic.priority and topic.priority not in {head.priority for head in heads}:
        return True
    if topic.labels and _plains(topic.labels) not in [_plains(head.labels) for head in heads]:
        return True
    ours = _plains(line for each in issues for line in each.lines(members))
    return not _plains(topic.description.splitlines()) <= ours


def in_all_languages(store: "Store", project: str, elements: Elements) -> list[Issues]:
    """Return what is needed to write the clashes of a project as topics, once for each language."""
    return [Issues(store, project, elements, {}, language) for language in LANGUAGES]


def _plain(text: str) -> str:
    return " ".join(_NUMBER.sub("0", writable(text)).split())


def _plains(texts: Iterable[str]) -> set[str]:
    return {plain for text in texts if (plain := _plain(text))}
