"""Files that arrive in parts, in the database. Every function runs inside the caller's transaction.

A row says what was asked for; how a job fared that looks at the file or imports it stands in the job's row alone, and
is joined when an upload is read: so no end of a job, not even a sudden one, leaves an upload that waits for ever.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from twin.errors import NotFound
from twin.store import jobs
from twin.store.job_tables import jobs as jobs_table
from twin.store.job_tables import upload_parts, uploads
from twin.store.tables import BLOB_COLUMNS
from twin.store.write import canonical
from twin.values.job import Job, JobState
from twin.values.upload import NewUpload, Upload, UploadPart, UploadState

_KEEPS = (UploadState.RECEIVING, UploadState.EXAMINING, UploadState.WAITING, UploadState.PUBLISHING)


def put_upload(connection: Connection, new: NewUpload, at: datetime) -> None:
    """Add an upload of which nothing has arrived."""
    connection.execute(
        insert(uploads).values(
            id=new.id,
            project=new.project,
            file=new.file,
            options=canonical({"discipline": new.discipline, "options": dict(new.options)}),
            size=new.size,
            received=0,
            state=UploadState.RECEIVING,
            created_at=jobs.moment(at),
            created_by=new.created_by,
            changed_at=jobs.moment(at),
        )
    )


def count_receiving(connection: Connection, created_by: str) -> int:
    """Return how many files somebody is sending."""
    query = select(uploads.c.id).where(uploads.c.created_by == created_by, uploads.c.state == UploadState.RECEIVING)
    return len(connection.execute(query).all())


def upload(connection: Connection, id: str) -> Upload:
    """Return an upload; raises NotFound."""
    found = _uploads(connection, [uploads.c.id == id], 1)
    if not found:
        raise NotFound("There is no upload {upload}: it was withdrawn, or was left unfinished too long.", upload=id)
    return found[0]


def some_uploads(connection: Connection, project: str | None, limit: int) -> list[Upload]:
    """Return uploads, the last one first."""
    return _uploads(connection, [] if project is None else [uploads.c.project == project], limit)


def _uploads(connection: Connection, which: Sequence[ColumnElement[bool]], limit: int) -> list[Upload]:
    rows = connection.execute(
        select(uploads).where(*which).order_by(uploads.c.created_at.desc(), uploads.c.id).limit(limit)
    ).all()
    of = jobs.jobs_by_id(connection, [row.job for row in rows if row.job])
    before = jobs.jobs_by_id(connection, [_examined_by(job) for job in of.values() if _examined_by(job)])
    return [_upload(row._mapping, of.get(row.job), before) for row in rows]


def _examined_by(job: Job) -> str:
    """Return the id of the job that examined what a job imports."""
    return str(job.arguments.get("examined_by") or "")


def _upload(row: Mapping[Any, Any], job: Job | None, before: Mapping[str, Job]) -> Upload:
    values = dict(row)
    for name in ("created_at", "changed_at"):
        values[name] = datetime.fromisoformat(values[name])
    said = json.loads(values.pop("options"))
    values["state"] = _state(UploadState(values["state"]), job)
    examining = job if job is not None and job.kind == "examine" else before.get(_examined_by(job) if job else "")
    done = examining is not None and examining.state is JobState.DONE
    return Upload(
        **values,
        discipline=said["discipline"],
        options=said["options"],
        examined=examining.result if examining is not None and done else None,
        error=job.error if job is not None else None,
    )


def _state(kept: UploadState, job: Job | None) -> UploadState:
    """Return where an upload stands: as its row says, and as its job has fared since."""
    if job is None or not job.state.ended:
        return kept
    done = job.state is JobState.DONE
    if kept is UploadState.EXAMINING:
        return UploadState.WAITING if done else UploadState.REFUSED
    if kept is UploadState.PUBLISHING:
        return UploadState.PUBLISHED if done else UploadState.WAITING
    return kept


def add_part(connection: Connection, id: str, part: UploadPart, at: datetime) -> bool:
    """Add the next bytes; False where they are not the next ones (any more)."""
    changed = connection.execute(
        update(uploads)
        .where(
            uploads.c.id == id,
            uploads.c.state == UploadState.RECEIVING,
            uploads.c.received == part.offset,
            uploads.c.size >= part.offset + part.size,
        )
        .values(received=uploads.c.received + part.size, changed_at=jobs.moment(at))
    )
    if changed.rowcount != 1:
        return False
    if part.size:
        connection.execute(
            insert(upload_parts).values(upload=id, offset=part.offset, size=part.size, sha256=part.sha256)
        )
    return True


def parts(connection: Connection, id: str) -> list[UploadPart]:
    """Return what has arrived, from the beginning on."""
    query = select(upload_parts).where(upload_parts.c.upload == id).order_by(upload_parts.c.offset)
    return [UploadPart(row.offset, row.size, row.sha256) for row in connection.execute(query)]


def move(
    connection: Connection,
    id: str,
    before: Sequence[UploadState],
    at: datetime,
    **values: Any,
) -> bool:
    """Change the row of an upload that stands, by its row, in one of these states; False where it does not."""
    changed = connection.execute(
        update(uploads)
        .where(uploads.c.id == id, uploads.c.state.in_(before))
        .values(changed_at=jobs.moment(at), **values)
    )
    return changed.rowcount == 1


def drop_bytes(connection: Connection, id: str) -> list[str]:
    """Forget the parts of a file; return the names of all blobs that were kept for it, the whole file's as well."""
    names = [part.sha256 for part in parts(connection, id)]
    whole = connection.scalar(select(uploads.c.sha256).where(uploads.c.id == id))
    connection.execute(delete(upload_parts).where(upload_parts.c.upload == id))
    return [*names, *([whole] if whole else [])]


def release_input(connection: Connection, job: str | None) -> None:
    """Have a job of an upload that has ended keep the file no longer: what becomes of it is decided elsewhere."""
    connection.execute(
        update(jobs_table)
        .where(jobs_table.c.id == job, jobs_table.c.state.in_([state for state in JobState if state.ended]))
        .values(input_sha256=None)
    )


def remove(connection: Connection, id: str) -> list[str]:
    """Forget an upload; return the names of its blobs."""
    names = drop_bytes(connection, id)
    connection.execute(delete(uploads).where(uploads.c.id == id))
    return names


def orphans(connection: Connection, names: Sequence[str]) -> set[str]:
    """Return those of some blobs that no row refers to; the caller holds the write lock."""
    left = sorted(set(names))
    for column in BLOB_COLUMNS:
        for start in range(0, len(left), 500):  # of the parameters that a statement may have
            used = set(connection.scalars(select(column).where(column.in_(left[start : start + 500])).distinct()))
            left = [name for name in left if name not in used]
    return set(left)


def unfinished(connection: Connection, before: datetime) -> list[str]:
    """Return the uploads of which nothing has arrived since a time, though they are not whole."""
    query = select(uploads.c.id).where(
        uploads.c.state == UploadState.RECEIVING, uploads.c.changed_at < jobs.moment(before)
    )
    return list(connection.scalars(query))


def settled(connection: Connection, before: datetime) -> list[Upload]:
    """Return the uploads whose bytes are kept though nobody needs them any more: published ones, and those that were
    refused and not changed since a moment.

    What is refused for its own fault has no bytes any more; where the storage was away its job may be tried again.
    """
    with_bytes = uploads.c.sha256.is_not(None) | uploads.c.id.in_(select(upload_parts.c.upload))
    found = _uploads(connection, [uploads.c.state.in_(_KEEPS), with_bytes], 10_000)
    refused = [one for one in found if one.state is UploadState.REFUSED and one.changed_at < before]
    return [one for one in found if one.state is UploadState.PUBLISHED] + refused
