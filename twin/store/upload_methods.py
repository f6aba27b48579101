"""What the store does for files that arrive in parts; a part of `Store`.

None of it raises `twin.changes`: nothing of an upload is to be seen in the city before it is published.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine

from twin.errors import InvalidInput, OutOfStep, TooMany
from twin.store import jobs, uploads, write
from twin.store.blobs import Blobs, pack
from twin.store.connect import reading, writing
from twin.values.job import NewJob
from twin.values.sentence import say
from twin.values.upload import NewUpload, Upload, UploadPart, UploadState

MOST_RECEIVING = 100  # files that one person may be sending
LIFETIME = timedelta(days=1)  # of an unfinished upload, from its last part on


class UploadMethods:
    """Uploads: received, put together, examined, published or withdrawn."""

    blobs: Blobs
    _engine: Engine

    def put_upload(self, new: NewUpload) -> Upload:
        """Begin an upload; raises InvalidInput for a project code that cannot be one, TooMany for too many at once."""
        write.check_code(new.project)
        with writing(self._engine) as connection:
            if uploads.count_receiving(connection, new.created_by) >= MOST_RECEIVING:
                raise TooMany(
                    "{count} files are on their way already: finish or withdraw some of them.", count=MOST_RECEIVING
                )
            uploads.put_upload(connection, new, datetime.now(UTC))
            return uploads.upload(connection, new.id)

    def upload(self, id: str) -> Upload:
        """Return an upload."""
        with reading(self._engine) as connection:
            return uploads.upload(connection, id)

    def uploads(self, project: str | None = None, limit: int = 200) -> list[Upload]:
        """Return uploads, of one project or of all, the last one first."""
        with reading(self._engine) as connection:
            return uploads.some_uploads(connection, project, limit)

    def add_upload_part(self, id: str, offset: int, content: bytes) -> Upload:
        """Keep the bytes of a file from `offset` on; with the last ones a job is queued that examines it.

        Whichever server takes a part: it is kept when this returns, once, and nothing is where this raises.

        Raises
        ------
        OutOfStep : other bytes are the next ones; somebody else may just have sent these.
        InvalidInput : they are more than the file was said to have.
        """
        packed = pack(content)
        at = datetime.now(UTC)
        with writing(self._engine) as connection:  # a sweep waits until the row names the blob
            if not uploads.add_part(connection, id, UploadPart(offset, len(content), packed.sha256), at):
                raise _out_of_step(uploads.upload(connection, id), offset, len(content))
            if content:
                self.blobs.keep([packed])
            found = uploads.upload(connection, id)
            if found.received < found.size:
                return found
            job = uuid4().hex
            new = NewJob("examine", found.project, {"upload": id, "file": found.file}, found.created_by)
            jobs.put_job(connection, job, new, None, at)
            uploads.move(connection, id, [UploadState.RECEIVING], at, state=UploadState.EXAMINING, job=job)
            return uploads.upload(connection, id)

    def upload_parts(self, id: str) -> list[UploadPart]:
        """Return what has arrived of a file and is not put together yet."""
        with reading(self._engine) as connection:
            return uploads.parts(connection, id)

    def keep_upload(self, id: str, path: Path) -> None:
        """Keep the whole file in place of its parts."""
        with writing(self._engine) as connection:
            sha256 = self.blobs.keep_file(path)
            if not uploads.move(connection, id, [UploadState.EXAMINING], datetime.now(UTC), sha256=sha256):
                raise _wrong_state(uploads.upload(connection, id))
            names = uploads.drop_bytes(connection, id)
        self._remove_orphans(names)

    def forget_upload_bytes(self, id: str) -> None:
        """Keep nothing of a file but its row: it is refused, as its job will say."""
        with writing(self._engine) as connection:
            names = uploads.drop_bytes(connection, id)
            uploads.move(connection, id, [UploadState.EXAMINING], datetime.now(UTC), sha256=None)
        self._remove_orphans(names)

    def publish_upload(self, id: str, by: str, arguments: Mapping[str, Any]) -> Upload:
        """Queue the job that imports an examined file; `arguments` are those of an import job."""
        at = datetime.now(UTC)
        with writing(self._engine) as connection:
            found = uploads.upload(connection, id)
            if found.state is not UploadState.WAITING or found.sha256 is None:
                raise _wrong_state(found)
            examined_by = _examined_by(connection, found)
            job = uuid4().hex
            given = {**arguments, "upload": id, "examined_by": examined_by}
            jobs.put_job(connection, job, NewJob("import", found.project, given, by), found.sha256, at)
            uploads.release_input(connection, found.job)
            moved = [UploadState.EXAMINING, UploadState.PUBLISHING]  # as the row says: its job has ended since
            uploads.move(connection, id, moved, at, state=UploadState.PUBLISHING, job=job)
            return uploads.upload(connection, id)

    def withdraw_upload(self, id: str) -> Upload:
        """Take an upload back that is not published: its bytes go, its row stays; what works on it is stopped."""
        at = datetime.now(UTC)
        with writing(self._engine) as connection:
            found = uploads.upload(connection, id)
            if found.state in (UploadState.PUBLISHING, UploadState.PUBLISHED, UploadState.WITHDRAWN):
                raise _wrong_state(found)
            if found.job is not None:
                jobs.cancel_job(connection, found.job, at)
                uploads.release_input(connection, found.job)
            names = uploads.drop_bytes(connection, id)
            uploads.move(connection, id, list(UploadState), at, state=UploadState.WITHDRAWN, sha256=None)
            withdrawn = uploads.upload(connection, id)
        self._remove_orphans(names)
        return withdrawn

    def remove_upload(self, id: str) -> None:
        """Forget an upload that is still on its way."""
        with writing(self._engine) as connection:
            found = uploads.upload(connection, id)
            if found.state is not UploadState.RECEIVING:
                raise _wrong_state(found)
            names = uploads.remove(connection, id)
        self._remove_orphans(names)

    def tidy_uploads(self, at: datetime | None = None) -> int:
        """Forget uploads that were left unfinished, and the bytes of those that were published, or refused a while ago;
        say how many of both."""
        now = at or datetime.now(UTC)
        names: list[str] = []
        with writing(self._engine) as connection:
            old = uploads.unfinished(connection, now - LIFETIME)
            for id in old:
                names += uploads.remove(connection, id)
            done = uploads.settled(connection, now - LIFETIME)
            for upload in done:
                names += uploads.drop_bytes(connection, upload.id)
                uploads.move(connection, upload.id, list(UploadState), now, state=upload.state, sha256=None)
        self._remove_orphans(names)
        return len(old) + len(done)

    def _remove_orphans(self, names: Sequence[str]) -> None:
        """Remove those of some blobs that nothing refers to (any more); what a crash leaves here, a sweep finds."""
        if names:
            with writing(self._engine) as connection:
                self.blobs.remove(uploads.orphans(connection, names))


def _examined_by(connection: Connection, found: Upload) -> str | None:
    """Return the id of the job that examined a file; the last one may be an import that failed."""
    if found.job is None:
        return None
    job = jobs.job(connection, found.job)
    return job.id if job.kind == "examine" else job.arguments.get("examined_by")


def _out_of_step(found: Upload, offset: int, size: int) -> OutOfStep | InvalidInput:
    if found.state is UploadState.RECEIVING and found.received == offset:
        return InvalidInput(
            "{file} was said to have {size} bytes, and these go beyond: begin again.", file=found.file, size=found.size
        )
    if found.state is not UploadState.RECEIVING:
        return _wrong_state(found)
    return OutOfStep(
        "{received} bytes of {file} have arrived, and these begin at {offset}: ask where to go on.",
        received=found.received,
        file=found.file,
        offset=offset,
    )


def _wrong_state(found: Upload) -> OutOfStep:
    return OutOfStep(
        "{file} is {state}, so this cannot be done with it (any more).", file=found.file, state=say(str(found.state))
    )
