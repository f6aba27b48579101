"""BCF files that come back: what they say of our clashes is kept with who said it; other topics stay as they are."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twin.errors import InvalidInput, NotFound
from twin.values.clash import Clash, ClashGroup, ClashStatus
from twin.values.sentence import Sentence, say
from twin.values.topic import BcfFile, Topic
from web.answers_clashes import Elements
from web.bcf.compared import (
    NAMES,
    changed_after,
    in_all_languages,
    is_made_otherwise,
    same,
    values_at,
    values_of,
    written_at,
)
from web.bcf.topics import NOBODY, is_by_file, opening_guid, speaking
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


def load(
    store: "Store", file: BcfFile, project: str | None, name: str, by: str, elements: Callable[[str], Elements]
) -> Loaded:
    """Keep what a BCF file says.

    elements : of a project
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
    notices += _not_kept(store, own, groups, elements) + _twice_said(file.topics)
    written = {topic.guid: written_at(topic) for topic in own}
    own = [_without_our_comment(topic) for topic in own]
    comments = sum(_new_comments(store, topic) for topic in [*own, *others])
    changed = 0
    for topic in own:
        members = store.group_clashes(topic.guid)
        values = _values(store, topic, members, written[topic.guid], notices)
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
    ours = opening_guid(topic.guid)
    return replace(topic, comments=[comment for comment in topic.comments if comment.guid != ours])


def _new_comments(store: "Store", topic: Topic) -> int:
    return len({comment.guid for comment in topic.comments} - {comment.guid for comment in store.comments(topic.guid)})


def _twice_said(topics: Sequence[Topic]) -> list[Sentence]:
    """Tell of comments that have the GUID of another one of their topic."""
    double = [
        (topic, count - 1)
        for topic in topics
        for count in Counter(c.guid for c in topic.comments).values()
        if count > 1
    ]
    if not double:
        return []
    return [
        say(
            "{count} comments have the GUID of another comment of their topic ({title} for one): of each GUID only the "
            "newest comment is kept.",
            count=sum(more for _, more in double),
            title=double[0][0].title,
        )
    ]


def _not_kept(
    store: "Store", own: Sequence[Topic], groups: Mapping[str, ClashGroup], elements: Callable[[str], Elements]
) -> list[Sentence]:
    """Tell of topics of ours whose words another program has changed: they are made here, anew with each export."""
    projects = sorted({groups[topic.guid].project for topic in own})
    issues = {project: in_all_languages(store, project, elements(project)) for project in projects}
    found = []
    for topic in own:
        group, members = groups[topic.guid], store.group_clashes(topic.guid)
        if members and is_made_otherwise(topic, group, members, issues[group.project]):
            found.append(topic)
    if not found:
        return []
    return [
        say(
            "{count} topics of our clashes have another title, description, priority or other labels than here "
            "({title} for one): these are made from the clashes, and those of the file are not kept.",
            count=len(found),
            title=found[0].title,
        )
    ]


def _said(topic: Topic, notices: list[Sentence]) -> dict[str, Any]:
    """Return what a topic says of its clashes; what it does not say is not in it."""
    values: dict[str, Any] = {}
    status = known_status(topic.status)
    if status is None and topic.status:
        notices.append(
            say(
                "Topic {title}: status {status} is not known here, so its clashes keep theirs.",
                title=topic.title,
                status=topic.status,
            )
        )
    elif status in BY_HAND:
        values["status"] = status
    if topic.assigned_to:
        values["assignee"] = topic.assigned_to
    if topic.due_date:
        values["due_date"] = topic.due_date.date()
    return values


def _values(
    store: "Store", topic: Topic, members: Sequence[Clash], written: datetime | None, notices: list[Sentence]
) -> dict[str, Any]:
    """Return what a topic wants to be otherwise than its clashes are.

    written : our changes until then are in the topic; None: nobody knows, and all that it says is meant

    What is as it was when the topic was written is not meant.  What was changed here since stays, and is told, unless
    the topic was changed still later.
    """
    now = values_of(members) if members else {}
    said = {name: value for name, value in _said(topic, notices).items() if members and value != now[name]}
    if not said or written is None:
        return said
    history = {clash.id: store.clash_events(clash.id) for clash in members}
    before = values_at(members, history, written)
    values: dict[str, Any] = {}
    for name, value in said.items():
        if value == before[name]:
            continue
        since = changed_after(name, history, written)
        if since is None or same(before[name], now[name]) or (topic.modified_date or written) > since:
            values[name] = value
        else:
            notices.append(
                say(
                    "Topic {title}: {what} was changed here on {date}, after this file was written: kept.",
                    title=topic.title,
                    what=NAMES[name],
                    date=since.date().isoformat(),
                )
            )
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
