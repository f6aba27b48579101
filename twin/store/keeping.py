"""What is kept for how long: what could go, and letting it go. Nothing goes by itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from twin.store import clashes
from twin.store.facts import stamp
from twin.store.job_tables import jobs, uploads
from twin.store.tables import connections, elements, models, placements, revisions, storeys, tiles
from twin.store.user_tables import audit, sessions

ENDED_JOBS = ("done", "failed", "cancelled")
ENDED_UPLOADS = ("published", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept; None: for ever.

    revisions : how many of each model keep elements and tiles, the current one among them; the others only their row
    jobs_days, uploads_days : since they ended
    audit_days : since it happened
    """

    revisions: int | None = None
    jobs_days: int | None = None
    uploads_days: int | None = None
    audit_days: int | None = None


@dataclass(frozen=True, slots=True)
class Outdated:
    """How many of each kind go: rows, and blobs that no row refers to (then)."""

    revisions: int
    jobs: int
    uploads: int
    audit: int
    sessions: int
    blobs: int = 0


def remove_outdated(connection: Connection, keep: Keep, now: datetime | None = None) -> Outdated:
    """Remove what is older than it is to be kept, and sessions that have ended; say how many there were."""
    now = now or datetime.now(UTC)

    def before(days: int) -> str:
        return stamp(now - timedelta(days=days))

    def gone(statement: object) -> int:
        return int(connection.execute(statement).rowcount)  # type: ignore[call-overload]

    old_jobs = old_uploads = old_audit = old_revisions = 0
    if keep.uploads_days is not None:
        ended = uploads.c.state.in_(ENDED_UPLOADS)
        old_uploads = gone(delete(uploads).where(ended, uploads.c.changed_at < before(keep.uploads_days)))
    if keep.jobs_days is not None:
        named = select(uploads.c.job).where(uploads.c.job.is_not(None))
        old = (jobs.c.state.in_(ENDED_JOBS), jobs.c.finished_at < before(keep.jobs_days), jobs.c.id.not_in(named))
        old_jobs = gone(delete(jobs).where(*old))
    if keep.audit_days is not None:
        old_audit = gone(delete(audit).where(audit.c.at < before(keep.audit_days)))
    if keep.revisions is not None:
        old_revisions = _empty_revisions(connection, max(1, keep.revisions))
    ended_sessions = gone(delete(sessions).where(sessions.c.expires_at < stamp(now)))
    return Outdated(old_revisions, old_jobs, old_uploads, old_audit, ended_sessions)


def job_counts(connection: Connection) -> dict[str, int]:
    """Return state → how many jobs are in it."""
    rows = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
    return {row[0]: row[1] for row in rows}


def _empty_revisions(connection: Connection, count: int) -> int:
    """Remove elements, tiles and triangles of all but the last revisions of each model.

    The revisions stay in the history with their counts, and so do the imported files: any of them can be imported
    again.  What the last clash run of a project looked at stays whole, since the next run compares itself with it.
    """
    emptied = 0
    for project in list(connection.scalars(select(models.c.project).distinct())):
        checked = clashes.checked_revisions(connection, project)
        query = (
            select(revisions.c.id, revisions.c.model, revisions.c.number)
            .join_from(models, revisions, revisions.c.model == models.c.id)
            .where(models.c.project == project, revisions.c.number <= models.c.revision - count)
            .where(or_(*(exists().where(table.c.revision_id == revisions.c.id) for table in (elements, tiles))))
        )
        for row in connection.execute(query).all():
            if checked.get(row.model) == row.number:
                continue
            for table in (connections, elements, storeys, tiles):
                connection.execute(delete(table).where(table.c.revision_id == row.id))
            connection.execute(update(revisions).where(revisions.c.id == row.id).values(bodies_sha256=None))
            documents = {"building_sha256": None, "spaces_sha256": None}
            connection.execute(update(placements).where(placements.c.revision_id == row.id).values(documents))
            emptied += 1
    return emptied
