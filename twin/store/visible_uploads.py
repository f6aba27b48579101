"""Files that are sent, as `twin.store.visible` shows them: those for the projects in which the scope's role is had."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from twin.errors import NotAllowed, NotFound
from twin.store.store import Store
from twin.store.upload_methods import UploadMethods
from twin.values.rights import Role, Scope
from twin.values.upload import NewUpload, Upload, UploadPart


class VisibleUploads(UploadMethods):
    """Uploads of the projects that are seen; each change needs its role there."""

    scope: Scope
    _store: Store

    def _may(self, role: Role, project: str) -> None:
        raise NotImplementedError

    def _sees_work(self, project: str) -> bool:
        raise NotImplementedError

    def put_upload(self, new: NewUpload) -> Upload:
        """Begin an upload; needs an engineer."""
        self._may(Role.ENGINEER, new.project)
        return self._store.put_upload(new)

    def upload(self, id: str) -> Upload:
        """Return an upload."""
        found = self._store.upload(id)
        if not self._sees_work(found.project):
            raise NotFound("There is no upload {upload}: it was withdrawn, or was left unfinished too long.", upload=id)
        return found

    def uploads(self, project: str | None = None, limit: int = 200) -> list[Upload]:
        """Return uploads, of one project or of all that are seen, the last one first."""
        if project is None and self.scope.projects is None:
            return self._store.uploads(None, limit) if self.scope.role >= Role.VIEWER else []
        asked = [code for code, _ in self.scope.projects or ()] if project is None else [project]
        found = [one for code in asked if self._sees_work(code) for one in self._store.uploads(code, limit)]
        return sorted(found, key=lambda one: one.created_at, reverse=True)[:limit]

    def add_upload_part(self, id: str, offset: int, content: bytes) -> Upload:
        """Keep the bytes of a file from `offset` on; needs an engineer (whose upload it is, the route asks)."""
        self._may(Role.ENGINEER, self.upload(id).project)
        return self._store.add_upload_part(id, offset, content)

    def publish_upload(self, id: str, by: str, arguments: Mapping[str, Any]) -> Upload:
        """Queue the job that imports an examined file; needs a manager."""
        self._may(Role.MANAGER, self.upload(id).project)
        return self._store.publish_upload(id, by, arguments)

    def withdraw_upload(self, id: str) -> Upload:
        """Take an upload back; needs an engineer (whose upload it is, the route asks)."""
        self._may(Role.ENGINEER, self.upload(id).project)
        return self._store.withdraw_upload(id)

    def remove_upload(self, id: str) -> None:
        """Forget an upload that is still on its way; needs an engineer (whose it is, the route asks)."""
        self._may(Role.ENGINEER, self.upload(id).project)
        self._store.remove_upload(id)

    def tidy_uploads(self, at: datetime | None = None) -> int:
        """Forget what was left unfinished, whosever it is: that tells nothing."""
        return self._store.tidy_uploads(at)

    def upload_parts(self, id: str) -> list[UploadPart]:
        """Refuse: only the job that examines a file puts it together."""
        _not_here()

    def keep_upload(self, id: str, path: Path) -> None:
        """Refuse: only the job that examines a file puts it together."""
        _not_here()

    def forget_upload_bytes(self, id: str) -> None:
        """Refuse: only the job that examines a file refuses it."""
        _not_here()


def _not_here() -> NoReturn:
    raise NotAllowed("This is done to the whole city ({what}): it needs the role administrator.", what="upload_parts")
