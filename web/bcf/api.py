"""What BCF-API 3.0 does with a project: its groups of clashes and other topics as one list. Knows no Flask.

A topic is a group of clashes, whose status, person and date are those of its clashes, or one that came from elsewhere.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from twin.errors import AlreadyThere, InvalidInput, NotFound
from twin.values.clash import HIDDEN_TYPES, Clash, ClashEvent, ClashGroup
from twin.values.topic import Comment, Extensions, HeaderFile, Topic, Viewpoint
from web.answers_clashes import elements_of
from web.answers_facts import moment
from web.bcf import api_given
from web.bcf.files import project_guid
from web.bcf.replies import known_status
from web.bcf.topics import (
    NOBODY,
    Issues,
    assignee_of,
    comment_of,
    comments_of,
    due_of,
    extensions,
    header_files,
    is_by_file,
    speaking,
    status_of,
    viewpoint_guid,
    viewpoint_of,
    worst_of,
)
from web.changes_clashes import BY_HAND, Change, change

if TYPE_CHECKING:
    from twin.judged_elements import JudgedElements
    from twin.store import Store
    from web.bcf.pictures import Pictures

Event = tuple[str, str, str, str | None]  # time, who, kind, value

STRANGER = "BCF-API"  # who changes something without a name


def project_code(store: "Store", project_id: str) -> str:
    """Return the code of a project that is named by its GUID, as BCF files and answers name it, or by its code."""
    for record in store.projects():
        if project_id == record.code or project_id.lower() == project_guid(record.code):
            return record.code
    raise NotFound("There is no project {code}: `twin projects list` names those there are.", code=project_id)


@dataclass(frozen=True)
class Board:
    """The topics of a project, for one request.

    project : its code
    by : who asks
    """

    store: "Store"
    elements: "JudgedElements"
    pictures: "Pictures"
    project: str
    language: str
    by: str = STRANGER

    @cached_property
    def _issues(self) -> Issues:
        return Issues(self.store, self.project, elements_of(self.store, self.elements, self.project), {}, self.language)

    @cached_property
    def _groups(self) -> Mapping[str, ClashGroup]:
        return {group.id: group for group in self.store.clash_groups(self.project)}

    @cached_property
    def _files(self) -> Mapping[str, HeaderFile]:
        return header_files(self.store, self.project)

    def is_own(self, guid: str) -> bool:
        """Is a topic a group of clashes."""
        return guid in self._groups

    def topics(self) -> list[Topic]:
        """Return all topics but groups of pairs that only touch, or that the models say are by design."""
        members: dict[str, list[Clash]] = {}
        for clash in self.store.clashes(self.project):
            if clash.type not in HIDDEN_TYPES and not is_by_file(clash):
                members.setdefault(clash.group, []).append(clash)
        said, done = self._said, self._done
        own = [
            _head(self._issues, self._groups[name], found, said.get(name, ()), done)
            for name, found in members.items()
            if name in self._groups
        ]
        others = [topic for topic in self.store.topics(self.project) if not self.is_own(topic.guid)]
        return [*own, *(_touched(topic, topic.comments) for topic in others)]

    def topic(self, guid: str) -> Topic:
        """Return a topic without what was said of it."""
        guid = guid.lower()
        if self.is_own(guid):
            members = self._members(guid)
            done = {clash.id: self.store.clash_events(clash.id) for clash in members}
            return _head(self._issues, self._groups[guid], members, comments_of(self.store, guid), done)
        found = next((topic for topic in self.store.topics(self.project) if topic.guid == guid), None)
        if found is None:
            raise NotFound("There is no topic {guid}.", guid=guid)
        return _touched(found, found.comments)

    @cached_property
    def _said(self) -> Mapping[str, Sequence[Comment]]:
        """What was said of each topic, read at once."""
        found: dict[str, list[Comment]] = {}
        for record in self.store.project_comments(self.project):
            found.setdefault(record.topic, []).append(comment_of(record))
        return found

    @cached_property
    def _done(self) -> Mapping[str, Sequence[ClashEvent]]:
        """What happened to each clash, read at once."""
        found: dict[str, list[ClashEvent]] = {}
        for event in self.store.project_events(self.project, list(_KINDS)):
            found.setdefault(event.clash, []).append(event)
        return found

    def _members(self, guid: str) -> list[Clash]:
        everything = self.store.group_clashes(guid)
        return [c for c in everything if c.type not in HIDDEN_TYPES and not is_by_file(c)] or everything

    def words(self) -> Extensions:
        """Return the words that the topics use."""
        return extensions(self.topics())

    def create(self, given: Mapping[str, Any]) -> Topic:
        """Keep a new topic."""
        name = api_given.guid(given, "guid") or str(uuid.uuid4())
        fields = api_given.topic_fields(given)
        if any(group.id == name for group in self.store.clash_groups()) or name in {
            topic.guid for topic in self.store.topics()
        }:
            raise AlreadyThere("There is a topic {guid} already: change that one, or send another guid.", guid=name)
        author = fields | {"type": fields["type"] or "Issue", "status": fields["status"] or "Active"}
        topic = Topic(guid=name, creation_date=datetime.now(UTC), creation_author=self.by, **author)
        self.store.put_topics(self.project, [topic])
        return topic

    def change(self, guid: str, given: Mapping[str, Any]) -> Topic:
        """Change a topic as a whole, or what people may say of a group of clashes; return it as it is then."""
        before = self.topic(guid)
        fields = api_given.topic_fields(given)
        if self.is_own(before.guid):
            self._change_clashes(before, fields)
        else:
            fields |= {"type": fields["type"] or before.type, "status": fields["status"] or before.status}
            kept = replace(before, **fields, modified_date=datetime.now(UTC), modified_author=self.by)
            self.store.put_topics(self.project, [kept])
        return self.topic(before.guid)

    def _change_clashes(self, before: Topic, fields: Mapping[str, Any]) -> None:
        for name in ("title", "type", "priority"):
            if fields[name] and fields[name] != getattr(before, name):
                raise InvalidInput(
                    "{name} of a clash comes from its models: only status, assigned_to and due_date can be changed.",
                    name=name if name != "type" else "topic_type",
                )
        members = self._members(before.guid)
        values: dict[str, Any] = {}
        if fields["status"]:
            status = known_status(fields["status"])
            if status is not status_of(members):
                if status not in BY_HAND:
                    raise InvalidInput(
                        "{name} is {value}: it must be one of {known}.",
                        name="topic_status",
                        value=fields["status"][:50],
                        known=", ".join(known.value for known in BY_HAND),
                    )
                values["status"] = status
        if fields["assigned_to"] != assignee_of(members):
            values["assignee"] = fields["assigned_to"]
        due = fields["due_date"] and fields["due_date"].date()
        if due != due_of(members):
            values["due_date"] = due
        if values:
            change(self.store, [c for c in speaking(members) if not is_by_file(c)], Change(self.by, values))

    def files(self, guid: str) -> list[HeaderFile]:
        """Return the models that a topic is about."""
        topic = self.topic(guid)
        if not self.is_own(topic.guid):
            return list(topic.files)
        models = {key.model for clash in self._members(topic.guid) for key in (clash.a, clash.b)}
        return [self._files[model] for model in sorted(models) if model in self._files]

    def all_files(self) -> list[HeaderFile]:
        """Return the models of the project."""
        return [self._files[model] for model in sorted(self._files)]

    def comments(self, guid: str) -> list[Comment]:
        """Return what was said of a topic, the first thing first."""
        return comments_of(self.store, self.topic(guid).guid)

    def comment(self, guid: str, comment: str) -> Comment:
        """Return one comment of a topic."""
        found = next((c for c in self.comments(guid) if c.guid == comment.lower()), None)
        if found is None:
            raise NotFound("There is no comment {guid} of this topic.", guid=comment)
        return found

    def say(self, guid: str, given: Mapping[str, Any]) -> Comment:
        """Keep what somebody says of a topic."""
        topic = self.topic(guid)
        name = api_given.guid(given, "guid") or str(uuid.uuid4())
        text, viewpoint = api_given.comment_fields(given)
        if any(comment.guid == name for comment in self.comments(guid)):
            raise AlreadyThere("There is a comment {guid} already: change that one, or send another guid.", guid=name)
        self._check_viewpoint(topic.guid, viewpoint)
        comment = Comment(name, datetime.now(UTC), self.by, text, viewpoint)
        self._keep(topic, comments=[comment])
        return comment

    def correct(self, guid: str, comment: str, given: Mapping[str, Any]) -> Comment:
        """Change a comment; who said it first stays known."""
        topic, before = self.topic(guid), self.comment(guid, comment)
        text, viewpoint = api_given.comment_fields(given)
        self._check_viewpoint(topic.guid, viewpoint)
        after = replace(
            before, text=text, viewpoint=viewpoint, modified_date=datetime.now(UTC), modified_author=self.by
        )
        self._keep(topic, comments=[after])
        return after

    def _check_viewpoint(self, topic: str, viewpoint: str) -> None:
        if viewpoint and viewpoint not in self._viewpoint_guids(topic):
            raise InvalidInput("There is no viewpoint {guid} of this topic: send the viewpoint first.", guid=viewpoint)

    def _keep(self, topic: Topic, comments: Sequence[Comment] = (), viewpoints: Sequence[Viewpoint] = ()) -> None:
        """Add to a topic; what is kept of it besides stays."""
        kept = {found.guid: found for found in self.store.topics(self.project)}.get(topic.guid, topic)
        self.store.put_topics(self.project, [replace(kept, comments=comments, viewpoints=viewpoints)])

    def _viewpoint_guids(self, topic: str) -> set[str]:
        drawn = {viewpoint_guid(topic)} if self.is_own(topic) else set()
        return drawn | {viewpoint.guid for viewpoint in self.store.viewpoints(topic)}

    def viewpoints(self, guid: str) -> list[tuple[Viewpoint, str | None]]:
        """Return the viewpoints of a topic, each with what its picture is ("png", "jpg"); None without one."""
        topic = self.topic(guid).guid
        drawn = [(self._drawn(topic), "png")] if self.is_own(topic) else []
        kept = [v for v in self.store.viewpoints(topic) if not drawn or v.guid != drawn[0][0].guid]
        return [*drawn, *((v, v.snapshot.format if v.snapshot else None) for v in kept)]

    def _drawn(self, group: str) -> Viewpoint:
        members = self._members(group)
        camera = self.pictures.camera(self.store, self.project, worst_of(members), members)
        return viewpoint_of(group, members, camera, None)

    def viewpoint(self, guid: str, viewpoint: str) -> tuple[Viewpoint, str | None]:
        """Return one viewpoint of a topic, and what its picture is."""
        found = next((pair for pair in self.viewpoints(guid) if pair[0].guid == viewpoint.lower()), None)
        if found is None:
            raise NotFound("There is no viewpoint {guid} of this topic.", guid=viewpoint)
        return found

    def snapshot(self, guid: str, viewpoint: str) -> tuple[bytes, str]:
        """Return the picture of a viewpoint, and "png" or "jpg"; that of a group is drawn when it is asked for."""
        found, kind = self.viewpoint(guid, viewpoint)
        if found.snapshot is not None:
            return found.snapshot.content, found.snapshot.format
        if kind is None:
            raise NotFound("The viewpoint {guid} has no picture.", guid=viewpoint)
        members = self._members(guid.lower())
        return self.pictures.png(self.store, self.project, worst_of(members), members), kind

    def look(self, guid: str, given: Mapping[str, Any]) -> Viewpoint:
        """Keep a viewpoint."""
        topic = self.topic(guid)
        name = api_given.guid(given, "guid") or str(uuid.uuid4())
        if name in self._viewpoint_guids(topic.guid):
            raise AlreadyThere("There is a viewpoint {guid} already: send another guid.", guid=name)
        found = api_given.viewpoint(given, name)
        self._keep(topic, viewpoints=[found])
        return found

    def events(self, guid: str) -> list[Event]:
        """Return what happened to a topic, the first thing first."""
        topic = self.topic(guid)
        members = self._members(topic.guid) if self.is_own(topic.guid) else []
        return _events(topic, members, {clash.id: self.store.clash_events(clash.id) for clash in members})

    def all_events(self) -> list[tuple[str, list[Event]]]:
        """Return GUID and what happened of each topic."""
        members: dict[str, list[Clash]] = {}
        for clash in self.store.clashes(self.project):
            members.setdefault(clash.group, []).append(clash)
        return [(topic.guid, _events(topic, members.get(topic.guid, ()), self._done)) for topic in self.topics()]


# What happens to clashes that BCF-API has words for.
_KINDS = {"status": "status", "assignee": "assigned_to", "due_date": "due_date"}


def _touched(topic: Topic, comments: Iterable[Comment]) -> Topic:
    """Return a topic with the time at which something was last said of it, if that is later than its own."""
    said = [(c.modified_date or c.date, c.modified_author or c.author) for c in comments]
    last = max(said, default=None)
    if last is None or (topic.modified_date is not None and topic.modified_date >= last[0]):
        return topic
    return replace(topic, modified_date=last[0], modified_author=last[1])


def _head(
    issues: Issues,
    group: ClashGroup,
    clashes: Sequence[Clash],
    said: Iterable[Comment],
    done: Mapping[str, Sequence[ClashEvent]],
) -> Topic:
    """Return a group as a topic without what was said of it, but with when that was, and who changed it last."""
    topic = _touched(issues.head(group, clashes), said)
    changes = [event for clash in clashes for event in done.get(clash.id, ()) if event.what in _KINDS]
    last = max(changes, key=lambda event: event.at, default=None)
    if last is None or (topic.modified_date is not None and topic.modified_date > last.at):
        return topic
    return replace(topic, modified_date=last.at, modified_author=last.by)


def _events(topic: Topic, clashes: Iterable[Clash], done: Mapping[str, Sequence[ClashEvent]]) -> list[Event]:
    found = [(topic.creation_date, topic.creation_author, "topic_created", "")]
    for clash in clashes:
        for event in done.get(clash.id, ()):
            if event.what in _KINDS:
                kind = f"{_KINDS[event.what]}_{'updated' if event.after else 'removed'}"
                found.append((event.at, event.by or NOBODY, kind, event.after))
    found.sort(key=lambda event: event[0])
    return [(moment(at), by, kind, value or None) for at, by, kind, value in found]
