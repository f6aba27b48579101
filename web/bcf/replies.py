"""BCF files that come back: what they say of our clashes is kept with who said it; other topics stay as they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput, NotFound
from twin.exchange.bcf import stable_guid
from twin.values.clash import Clash, ClashStatus
from twin.values.sentence import Sentence, say
from twin.values.topic import BcfFile, Topic
from web.bcf.topics import NOBODY, assignee_of, due_of, is_by_file, speaking, status_of
from web.changes_clashes import BY_HAND

if TYPE_CHECKING:
    from twin.store import Store

# What other programs call our statuses; letter case and spaces do not matter.
_STATUSES: Mapping[str, ClashStatus] = {
    **{status.value.lower(): status for status in ClashStatus},
    **dict.fromkeys(("open", "inprogress", "assigned", "reopened", "inwork"), ClashStatus.ACTIVE),
    **dict.fromkeys(("closed", "done", "fixed", "solved"), ClashStatus.RESOLVED),
    **dict.fromkeys(("accepted",), ClashStatus.APPROVED),
    **dict.fromkeys(("ignored", "notaclash"), ClashStatus.BY_DESIGN),
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a BCF file: topics of our clashes and how many clashes changed, topics of others, comments."""

    version: str
    project: str
    own: int
    changed: int
    others: int
    comments: int
    notices: Sequence[Sentence]


def load(store: "Store", file: BcfFile, project: str | None, name: str, by: str) -> Loaded:
    """Keep what a BCF file says.

    project : whose topics those are that speak of no clash of ours; None: found by GUIDs, files and elements
    name : of the file, for the history; by : who loads it, where a topic does not say who changed it

    Raises InvalidInput where nothing tells which project it is about.
    """
    groups = {group.id: group for group in store.clash_groups()}
    own = [topic for topic in file.topics if topic.guid in groups]
    others = [topic for topic in file.topics if topic.guid not in groups]
    code = project or _project_of(store, file, Counter(groups[topic.guid].project for topic in own))
    notices = list(file.notices)
    if file.documents:
        notices.append(
            say("{count} documents that came along are not kept: keep the BCF file.", count=len(file.documents))
        )
    own = [_without_our_comment(topic) for topic in own]
    comments = sum(_new_comments(store, topic) for topic in [*own, *others])
    changed = 0
    for topic in own:
        members = store.group_clashes(topic.guid)
        values = _values(topic, members, notices)
        if values:
            people = topic.modified_author or by or NOBODY
            meant = [clash.id for clash in speaking(members) if not is_by_file(clash)]
            store.change_clashes(meant, values, by=people, at=datetime.now(UTC), note=name)
            changed += len(meant)
    for owner in sorted({groups[topic.guid].project for topic in own}):
        store.put_topics(owner, [t for t in own if groups[t.guid].project == owner])
    if others:
        store.put_topics(code, [_with_documents(topic, file) for topic in others])
    return Loaded(file.version, code, len(own), changed, len(others), comments, notices)


def _without_our_comment(topic: Topic) -> Topic:
    """Return a topic without the comment that an export gives it for programs that need one to show a viewpoint."""
    ours = stable_guid("opening comment", topic.guid)
    return replace(topic, comments=[comment for comment in topic.comments if comment.guid != ours])


def _new_comments(store: "Store", topic: Topic) -> int:
    known = {comment.guid for comment in store.comments(topic.guid)}
    return sum(comment.guid not in known for comment in topic.comments)


def _values(topic: Topic, members: Sequence[Clash], notices: list[Sentence]) -> dict[str, Any]:
    """Return what a topic says otherwise than its clashes are."""
    values: dict[str, Any] = {}
    said = known_status(topic.status)
    if said is None and topic.status:
        notices.append(
            say(
                "Topic {title}: status {status} is not known here, so its clashes keep theirs.",
                title=topic.title,
                status=topic.status,
            )
        )
    elif said in BY_HAND and said is not status_of(members):
        values["status"] = said
    if topic.assigned_to != assignee_of(members):
        values["assignee"] = topic.assigned_to
    due = topic.due_date.date() if topic.due_date else None
    if due != due_of(members):
        values["due_date"] = due
    return values


def known_status(text: str) -> ClashStatus | None:
    """Return what the status of another program means here; None where that is not known.

    >>> known_status("In Progress").value
    'Active'
    """
    return _STATUSES.get(text.lower().replace(" ", "").replace("_", "").replace("-", ""))


def _project_of(store: "Store", file: BcfFile, owners: Counter[str]) -> str:
    """Return the project that a file is about."""
    if owners:
        return owners.most_common(1)[0][0]
    codes = [project.code for project in store.projects()]
    for said in (file.project_id, file.project_name):
        if said in codes:
            return said
    named = {header.filename for topic in file.topics for header in topic.files if header.filename}
    votes = Counter(model.project for model in store.models() if model.file in named)
    if not votes:
        components = _components(file)
        for code in codes if components else ():
            count = sum(1 for global_id in components if _has(store, code, global_id))
            if count:
                votes[code] = count
    if votes:
        return votes.most_common(1)[0][0]
    if len(codes) == 1:
        return codes[0]
    raise InvalidInput("Nothing in the file says which project it is about: add --project CODE.")


MOST_ASKED = 50  # elements by which a project is looked for


def _components(file: BcfFile) -> list[str]:
    found = dict.fromkeys(
        component.ifc_guid
        for topic in file.topics
        for viewpoint in topic.viewpoints
        for component in viewpoint.selection
        if component.ifc_guid
    )
    return list(found)[:MOST_ASKED]


def _has(store: "Store", code: str, global_id: str) -> bool:
    try:
        store.element(code, global_id)
    except NotFound:
        return False
    return True


def _with_documents(topic: Topic, file: BcfFile) -> Topic:
    """Return a topic whose documents that were sent along are its own: they have no other place here."""
    sent = {document.guid: document for document in file.documents}
    references = [
        replace(reference, description=reference.description or sent[reference.document].filename)
        if reference.document in sent
        else reference
        for reference in topic.document_references
    ]
    return replace(topic, document_references=references)
