"""The fifth version: runs of clash detection, clashes with their history, and what people say of them."""

from typing import Any

from alembic import op
from sqlalchemy import Column, Float, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of clashes and topics."""
    _table(
        "clash_runs",
        *_texts("id", "project"),
        Column("started_at", String(32), nullable=False),
        Column("seconds", Float, nullable=False),
        *_texts("by", "rules", "document", "options", "models"),
        Column("examined", Integer, nullable=False),
        *_texts("untestable", "rules_without_match"),
        Column("found", Integer, nullable=False),
        *_texts("notices"),
    )
    op.create_index(op.f("ix_clash_runs_project_started_at"), "clash_runs", ["project", "started_at"])
    _clashes()
    _table("topics", *_texts("guid", "project", "document"), key=("guid",))
    _table(
        "comments",
        *_texts("topic", "guid", "project"),
        Column("at", String(32), nullable=False),
        *_texts("author", "text", "viewpoint"),
        Column("modified_at", String(32)),
        *_texts("modified_author"),
        key=("topic", "guid"),
    )
    _table(
        "viewpoints",
        *_texts("topic", "guid", "project"),
        Column("position", Integer, nullable=False),
        *_texts("document"),
        Column("snapshot_sha256", String(64)),
        Column("snapshot_format", Text),
        key=("topic", "guid"),
    )
    _table(
        "topic_blobs",
        *_texts("topic", "project"),
        Column("sha256", String(64), nullable=False),
        key=("topic", "sha256"),
    )
    for table in ("clashes", "clash_groups", "topics", "comments", "viewpoints", "topic_blobs"):
        op.create_index(op.f(f"ix_{table}_project"), table, ["project"])


def _clashes() -> None:
    _table(
        "clashes",
        *_texts("id", "project", "rule", "model_a", "element_a", "model_b", "element_b", "type", "method", "status"),
        Column("status_before", Text),
        *(Column(name, Float, nullable=False) for name in ("depth", "volume", "distance")),
        *_texts("point", "box", "group", "severity", "factors"),
        Column("reason", Text),
        *_texts("storey", "assignee"),
        Column("due_date", String(10)),
        *(Column(name, String(32), nullable=False) for name in ("first_found", "last_found")),
        *_texts("matches"),
        *(Column(name, Integer, nullable=False) for name in ("element_missing", "reopened")),
    )
    _table("clash_groups", *_texts("id", "project", "kind", "title"))
    op.create_table(
        "clash_events",
        Column("id", Integer, nullable=False),
        *_texts("clash"),
        Column("at", String(32), nullable=False),
        *_texts("by", "what", "before", "after", "note", "details"),
        ForeignKeyConstraint(["clash"], ["clashes.id"], name=op.f("fk_clash_events_clash"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_clash_events")),
    )
    for table, column in (("clashes", "status"), ("clashes", "group"), ("clash_events", "clash")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _table(name: str, *columns: Column[Any], key: tuple[str, ...] = ("id",)) -> None:
    """Make a table whose rows belong to a project."""
    op.create_table(
        name,
        *columns,
        ForeignKeyConstraint(["project"], ["projects.code"], name=op.f(f"fk_{name}_project"), ondelete="CASCADE"),
        PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )
