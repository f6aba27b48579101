"""The sixth version: where blobs lie, jobs, uploads, people with their rights, what the public sees, who did what."""

from typing import Any

from alembic import op
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from twin.store.metadata import Bytes
from twin.store.postgresql import SPATIAL

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a twin of before has no users, no jobs, and publishes nothing."""
    op.add_column("twin", Column("blobs", Text))
    op.add_column("twin", Column("secret", Text))
    _jobs()
    _uploads()
    _people()
    if op.get_bind().dialect.name == "postgresql":
        for statement in SPATIAL:
            op.execute(statement)
    _table(
        "audit",
        Column("id", Integer, nullable=False),
        Column("at", String(32), nullable=False),
        *_texts("who", "address", "action", "project", "what", "outcome"),
    )
    _index("audit", "at")
    _index("audit", "project", "at")
    _table(
        "publications",
        *_texts("what", "name", "fields"),
        Column("published_at", String(32), nullable=False),
        *_texts("published_by"),
        key=("what", "name"),
    )


def _jobs() -> None:
    _table(
        "jobs",
        *_texts("id", "kind", "project", "state", "stage"),
        *(Column(name, Integer, nullable=False) for name in ("done", "total")),
        *_texts("arguments"),
        Column("input_sha256", String(64)),
        *(Column(name, Text) for name in ("result", "error")),
        Column("created_at", String(32), nullable=False),
        *_texts("created_by"),
        *(Column(name, String(32)) for name in ("started_at", "finished_at")),
        Column("attempts", Integer, nullable=False),
        Column("worker", Text),
        Column("heartbeat_at", String(32)),
        Column("cancel", Integer, nullable=False),
    )
    _index("jobs", "state", "created_at")
    _index("jobs", "project", "created_at")


def _uploads() -> None:
    _table(
        "uploads",
        *_texts("id", "project", "file", "options"),
        *(Column(name, Bytes, nullable=False) for name in ("size", "received")),
        Column("sha256", String(64)),
        *_texts("state"),
        Column("job", Text),
        Column("created_at", String(32), nullable=False),
        *_texts("created_by"),
        Column("changed_at", String(32), nullable=False),
    )
    _index("uploads", "project", "created_at")
    _table(
        "upload_parts",
        *_texts("upload"),
        *(Column(name, Bytes, nullable=False) for name in ("offset", "size")),
        Column("sha256", String(64), nullable=False),
        ForeignKeyConstraint(["upload"], ["uploads.id"], name=op.f("fk_upload_parts_upload"), ondelete="CASCADE"),
        key=("upload", "offset"),
    )


def _people() -> None:
    _table(
        "users",
        *_texts("id", "name", "display_name", "role"),
        *(Column(name, Text) for name in ("password_hash", "subject")),
        *(Column(name, Integer, nullable=False) for name in ("disabled", "failures")),
        Column("locked_until", String(32)),
        Column("created_at", String(32), nullable=False),
        unique=("name", "subject"),
    )
    _table("grants", *_texts("user_id", "project", "role"), _owner("grants"), key=("user_id", "project"))
    _table(
        "sessions",
        Column("key_sha256", String(64), nullable=False),
        *_texts("user_id", "csrf"),
        *(Column(name, String(32), nullable=False) for name in ("created_at", "seen_at", "expires_at")),
        *_texts("address", "agent"),
        _owner("sessions"),
        key=("key_sha256",),
    )
    _index("sessions", "user_id")
    _table(
        "tokens",
        *_texts("id"),
        Column("key_sha256", String(64), nullable=False),
        *_texts("user_id", "name", "role"),
        Column("projects", Text),
        Column("created_at", String(32), nullable=False),
        *(Column(name, String(32)) for name in ("expires_at", "last_used_at")),
        _owner("tokens"),
        unique=("key_sha256",),
    )
    _index("tokens", "user_id")


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _owner(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _table(name: str, *columns: Any, key: tuple[str, ...] = ("id",), unique: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        *columns,
        PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        *(UniqueConstraint(column, name=op.f(f"uq_{name}_{column}")) for column in unique),
    )
