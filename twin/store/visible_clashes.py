"""Clashes and topics as `twin.store.visible` shows them: those of the projects in its scope."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from twin.errors import AlreadyThere, NotFound
from twin.store.clash_methods import ClashMethods
from twin.store.clashes import ClashRunRecord
from twin.store.store import Store
from twin.store.topics import CommentRecord
from twin.values.clash import Clash, ClashEvent, ClashGroup
from twin.values.rights import Role
from twin.values.topic import Topic, Viewpoint


class VisibleClashes(ClashMethods):
    """What belongs to the field "clashes"."""

    _store: Store

    def sees(self, project: str, field: str = "") -> bool:
        """Does a project exist in here, and may this of its fields be seen."""
        raise NotImplementedError

    def _may(self, role: Role, project: str) -> None:
        raise NotImplementedError

    def checked_revisions(self, project: str) -> dict[str, int]:
        """Return model → revision that the last run with this model looked at."""
        return self._store.checked_revisions(project) if self.sees(project, "clashes") else {}

    def current_placements(self, project: str) -> dict[str, int]:
        """Return model → number of the placement in which its current revision stands."""
        return self._store.current_placements(project) if self.sees(project) else {}

    def bodies(self, model: str) -> Any:
        """Return the triangles of a model's current revision; None where there are none."""
        project = self._store.model_projects().get(model)
        return self._store.bodies(model) if project is not None and self.sees(project, "clashes") else None

    def clashes(self, project: str | None = None) -> list[Clash]:
        """Return all clashes, or those of a project, in the order of their ids."""
        if project is not None and not self.sees(project, "clashes"):
            return []
        return [clash for clash in self._store.clashes(project) if self.sees(clash.project, "clashes")]

    def clash(self, clash: str) -> Clash:
        """Return a clash by its id."""
        found = self._store.clash(clash)
        if not self.sees(found.project, "clashes"):
            raise NotFound("There is no clash {clash}: `twin clash list` shows those that are there.", clash=clash)
        return found

    def group_clashes(self, group: str) -> list[Clash]:
        """Return the clashes of a group; none where there is no such group."""
        return [clash for clash in self._store.group_clashes(group) if self.sees(clash.project, "clashes")]

    def clash_groups(self, project: str | None = None) -> list[ClashGroup]:
        """Return the groups of all clashes, or of those of a project."""
        if project is not None and not self.sees(project, "clashes"):
            return []
        return [group for group in self._store.clash_groups(project) if self.sees(group.project, "clashes")]

    def clash_runs(self, project: str | None = None) -> list[ClashRunRecord]:
        """Return the runs of clash detection, the first one first."""
        if project is not None and not self.sees(project, "clashes"):
            return []
        return [run for run in self._store.clash_runs(project) if self.sees(run.project, "clashes")]

    def last_clash_run(self, project: str) -> ClashRunRecord | None:
        """Return the last run of a project; None where there was none."""
        return self._store.last_clash_run(project) if self.sees(project, "clashes") else None

    def clash_events(self, clash: str) -> list[ClashEvent]:
        """Return what happened to a clash, the first thing first."""
        self.clash(clash)
        return self._store.clash_events(clash)

    def project_events(self, project: str, kinds: Sequence[str]) -> list[ClashEvent]:
        """Return what happened to all clashes of a project, of these kinds only."""
        return self._store.project_events(project, kinds) if self.sees(project, "clashes") else []

    def change_clashes(
        self,
        ids: Sequence[str],
        values: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
        note: str = "",
        comment: str = "",
    ) -> list[Clash]:
        """Change clashes; raises NotFound where there is no such clash, NotAllowed for less than an engineer."""
        for project in {self.clash(clash).project for clash in ids}:
            self._may(Role.ENGINEER, project)
        return self._store.change_clashes(ids, values, by=by, at=at, note=note, comment=comment)

    def _sees_topic(self, topic: str) -> bool:
        projects = self._store.topic_projects(topic)
        return bool(projects) and all(self.sees(project, "clashes") for project in projects)

    def comments(self, topic: str) -> list[CommentRecord]:
        """Return what was said of a topic or of a group of clashes."""
        return self._store.comments(topic) if self._sees_topic(topic) else []

    def project_comments(self, project: str) -> list[CommentRecord]:
        """Return what was said of all topics and groups of clashes of a project."""
        return self._store.project_comments(project) if self.sees(project, "clashes") else []

    def topics(self, project: str | None = None) -> list[Topic]:
        """Return the topics that were kept."""
        if project is not None:
            return self._store.topics(project) if self.sees(project, "clashes") else []
        seen = [found.code for found in self._store.projects() if self.sees(found.code, "clashes")]
        return sorted((topic for code in seen for topic in self._store.topics(code)), key=lambda topic: topic.guid)

    def topic(self, guid: str) -> Topic:
        """Return a topic by its GUID."""
        if not self._sees_topic(guid):
            raise NotFound("There is no topic {guid}.", guid=guid)
        return self._store.topic(guid)

    def viewpoints(self, topic: str) -> list[Viewpoint]:
        """Return the viewpoints of a topic or of a group of clashes."""
        return self._store.viewpoints(topic) if self._sees_topic(topic) else []

    def _change_topic(self, project: str, topic: str) -> None:
        """Refuse a change to a topic of another project."""
        self._may(Role.ENGINEER, project)
        if self._store.topic_projects(topic) - {project}:
            raise AlreadyThere("There is a topic {guid} elsewhere: send another guid.", guid=topic)

    def add_comment(
        self, project: str, topic: str, *, author: str, at: datetime, text: str, viewpoint: str = ""
    ) -> str:
        """Keep what somebody says of a topic or of a group of clashes; return the comment's GUID."""
        self._change_topic(project, topic)
        return self._store.add_comment(project, topic, author=author, at=at, text=text, viewpoint=viewpoint)

    def put_topics(self, project: str, found: Sequence[Topic]) -> None:
        """Keep topics of a project."""
        for topic in found:
            self._change_topic(project, topic.guid)
        self._store.put_topics(project, found)

    def remove_topic(self, guid: str) -> None:
        """Forget a topic."""
        for project in self._store.topic_projects(guid):
            self._change_topic(project, guid)
        self._store.remove_topic(guid)
