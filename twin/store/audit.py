"""Who saw and changed what: rows are only added, until they are older than they are to be kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, literal, select

from twin.store.facts import stamp
from twin.store.user_tables import audit
from twin.values.person import SEEN, AuditEntry, plain_text

_LONGEST = 500


def record(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Add entries; what somebody saw of a project stands there once an hour, whichever process says so."""
    for entry in entries:
        values = {
            "at": stamp(entry.at),
            **{
                name: plain_text(getattr(entry, name), _LONGEST)
                for name in ("who", "address", "action", "project", "what", "outcome")
            },
        }
        if entry.action != SEEN:
            connection.execute(insert(audit).values(**values))
            continue
        hour = stamp(entry.at.replace(minute=0, second=0, microsecond=0))
        same = exists().where(
            *(audit.c[name] == values[name] for name in ("who", "action", "project")), audit.c.at >= hour
        )
        names = list(values)
        row = select(*(literal(values[name]) for name in names)).where(~same)
        connection.execute(insert(audit).from_select(names, row))


def entries(
    connection: Connection, project: str | None, who: str | None, before: int | None, limit: int
) -> list[AuditEntry]:
    """Return entries, the newest first; before: only those with a smaller id."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if project is not None:
        query = query.where(audit.c.project == project)
    if who is not None:
        query = query.where(audit.c.who == who)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [
        AuditEntry(
            datetime.fromisoformat(row.at), row.who, row.address, row.action, row.project, row.what, row.outcome, row.id
        )
        for row in connection.execute(query)
    ]


def forget(connection: Connection, before: datetime) -> int:
    """Remove entries from before a time; return how many they were."""
    return connection.execute(delete(audit).where(audit.c.at < stamp(before))).rowcount
