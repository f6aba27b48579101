"""Jobs and publications as `twin.store.visible` shows them: those of the projects in its scope."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from twin.errors import NotAllowed, NotFound
from twin.store.job_methods import JobMethods
from twin.store.sharing import Publication, SharingMethods
from twin.store.store import Store
from twin.values.job import Job, JobState, NewJob
from twin.values.rights import Published, Role, Scope


def needed_for(kind: str) -> Role:
    """Return the role that queueing a job of this kind needs: an import publishes what it brings.

    >>> str(needed_for("import")), str(needed_for("clash"))
    ('manager', 'engineer')
    """
    return Role.MANAGER if kind == "import" else Role.ENGINEER


class VisibleWork(JobMethods, SharingMethods):
    """The work on projects that are seen, not merely published; what is published of them."""

    scope: Scope
    _store: Store

    def sees(self, project: str, field: str = "") -> bool:
        """Does a project exist in here, and may this of its fields be seen."""
        raise NotImplementedError

    def _may(self, role: Role, project: str) -> None:
        raise NotImplementedError

    def _sees_work(self, project: str) -> bool:
        raise NotImplementedError

    def put_job(self, new: NewJob, content: bytes | Path | None = None, *, sha256: str | None = None) -> Job:
        """Queue a job of a project; needs an engineer, and a manager for what publishes."""
        self._may(needed_for(new.kind), new.project)
        return self._store.put_job(new, content, sha256=sha256)

    def job(self, id: str) -> Job:
        """Return a job."""
        found = self._store.job(id)
        if not self._sees_work(found.project):
            raise NotFound("There is no job {job}.", job=id)
        return found

    def _working(self, project: str | None) -> list[str | None]:
        """Return the projects whose work is asked for and may be seen; None: all there are."""
        if project is None and self.scope.projects is None:
            return [None] if self.scope.role >= Role.VIEWER else []
        asked = [code for code, _ in self.scope.projects or ()] if project is None else [project]
        return [code for code in asked if self._sees_work(code)]

    def jobs(
        self, project: str | None = None, states: Collection[JobState] | None = None, limit: int = 100
    ) -> list[Job]:
        """Return jobs, of one project or of all, the last one first."""
        found = [job for code in self._working(project) for job in self._store.jobs(code, states, limit)]
        return sorted(found, key=lambda job: job.created_at, reverse=True)[:limit]

    def cancel_job(self, id: str) -> Job:
        """Cancel a job; needs an engineer (whose job it is, the route asks)."""
        self._may(Role.ENGINEER, self.job(id).project)
        return self._store.cancel_job(id)

    def retry_job(self, id: str) -> Job:
        """Queue a job again; needs whom queueing it needs."""
        found = self.job(id)
        self._may(needed_for(found.kind), found.project)
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
