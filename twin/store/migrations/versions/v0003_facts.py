"""The third version: the register, schedules, element rules, progress and resources, all of them dated."""

from typing import Any

from alembic import op
from sqlalchemy import Column, Float, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of dated facts."""
    op.create_table(
        "loads",
        Column("id", Integer, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("kind", "file")),
        Column("sha256", String(64), nullable=False),
        Column("loaded_at", String(32), nullable=False),
        *(Column(name, Integer, nullable=False) for name in ("kept", "unchanged", "left_out")),
        Column("columns", Text, nullable=False),
        Column("notices", Text, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_loads")),
    )
    _facts("register", Column("entry", Text, nullable=False))
    _facts(
        "schedules",
        *(Column(name, Text, nullable=False) for name in ("name", "format")),
        Column("data_date", String(10)),
        Column("tasks", Integer, nullable=False),
        Column("document_sha256", String(64), nullable=False),
    )
    _facts("links", Column("rules", Text, nullable=False))
    _facts(
        "progress",
        Column("task", Text, nullable=False),
        Column("fact_date", String(10), nullable=False),
        *(Column(name, Float) for name in ("completion", "planned_completion", "actual_cost")),
        *(Column(name, String(10)) for name in ("actual_start", "actual_finish")),
        *(Column(name, Text) for name in ("stage", "note")),
    )
    _facts(
        "resources",
        Column("task", Text, nullable=False),
        Column("fact_date", String(10), nullable=False),
        *(Column(name, Text, nullable=False) for name in ("resource", "unit")),
        *(Column(name, Float) for name in ("planned", "used", "total")),
    )


def _facts(table: str, *columns: Column[Any]) -> None:
    op.create_table(
        table,
        Column("id", Integer, nullable=False),
        *(Column(name, Integer, nullable=False) for name in ("load_id", "row")),
        Column("project", Text, nullable=False),
        Column("recorded_at", String(32), nullable=False),
        *columns,
        PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        ForeignKeyConstraint(["load_id"], ["loads.id"], name=op.f(f"fk_{table}_load_id")),
        ForeignKeyConstraint(["project"], ["projects.code"], name=op.f(f"fk_{table}_project")),
    )
    op.create_index(op.f(f"ix_{table}_project_recorded_at"), table, ["project", "recorded_at"])
