"""Clashes, topics, jobs and publications as `twin.store.visible` shows them: those of the projects in its scope."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from twin.errors import AlreadyThere, NotAllowed, NotFound
from twin.store.clash_methods import ClashMethods
from twin.store.clashes import ClashRunRecord
from twin.store.job_methods import JobMethods
from twin.store.sharing import Publication, SharingMethods
from twin.store.store import Store
from twin.store.topics import CommentRecord
from twin.values.clash import Clash, ClashEvent, ClashGroup
from twin.values.job import Job, JobState, NewJob
from twin.values.rights import ALL_FIELDS, Published, Role, Scope
from twin.values.topic import Topic, Viewpoint


class VisibleClashes(ClashMethods, JobMethods, SharingMethods):
    """What belongs to the field "clashes"; jobs and publications of the projects that are seen."""

    scope: Scope
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

    def put_job(self, new: NewJob, content: bytes | Path | None = None, *, sha256: str | None = None) -> Job:
        """Queue a job of a project; needs an engineer."""
        self._may(Role.ENGINEER, new.project)
        return self._store.put_job(new, content, sha256=sha256)

    def job(self, id: str) -> Job:
        """Return a job."""
        found = self._store.job(id)
        if not self._sees_work(found.project):
            raise NotFound("There is no job {job}.", job=id)
        return found

    def _sees_work(self, project: str) -> bool:
        """May the work on a project be seen: not what is merely published."""
        return self.scope.role >= Role.VIEWER and self.sees(project) and self.scope.fields(project) == ALL_FIELDS

    def jobs(
        self, project: str | None = None, states: Collection[JobState] | None = None, limit: int = 100
    ) -> list[Job]:
        """Return jobs, of one project or of all, the last one first."""
        if project is None and self.scope.projects is None:
            return self._store.jobs(None, states, limit) if self.scope.role >= Role.VIEWER else []
        asked = [code for code, _ in self.scope.projects or ()] if project is None else [project]
        found = [job for code in asked if self._sees_work(code) for job in self._store.jobs(code, states, limit)]
        return sorted(found, key=lambda job: job.created_at, reverse=True)[:limit]

    def cancel_job(self, id: str) -> Job:
        """Cancel a job; needs an engineer (whose job it is, the route asks)."""
        self._may(Role.ENGINEER, self.job(id).project)
        return self._store.cancel_job(id)

    def retry_job(self, id: str) -> Job:
        """Queue a job again."""
        self._may(Role.ENGINEER, self.job(id).project)
        return self._store.retry_job(id)

    def publications(self) -> list[Publication]:
        """Return what is published of the projects that are seen, and the layers that are."""
        return [each for each in self._store.publications() if each.what == "layer" or self.sees(each.name)]

    def published(self) -> Published:
        """Return what the public sees of the projects that are seen here."""
        found = self._store.published()
        return Published({code: of for code, of in found.projects.items() if self.sees(code)}, found.layers)

    def publish(
        self, what: str, name: str, fields: Collection[str] | None = None, *, by: str, at: datetime | None = None
    ) -> Publication:
        """Show a project to the public; needs its manager. Layers belong to the whole city."""
        self._may_publish(what, name)
        return self._store.publish(what, name, fields, by=by, at=at)

    def unpublish(self, what: str, name: str) -> None:
        """Show a project to the public no longer."""
        self._may_publish(what, name)
        self._store.unpublish(what, name)

    def _may_publish(self, what: str, name: str) -> None:
        if what != "project":
            raise NotAllowed("Layers are those of the whole city: publishing them needs the role administrator.")
        self._may(Role.MANAGER, name)
