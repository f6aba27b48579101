"""The fourth version: the triangles of a model at full precision, and what its file says of pairs of elements."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for both; models of before have neither until a clash run asks for them."""
    op.add_column("revisions", Column("bodies_sha256", String(64)))
    op.create_table(
        "connections",
        *(Column(name, Integer, nullable=False) for name in ("revision_id", "position")),
        *(Column(name, Text, nullable=False) for name in ("relation", "a", "b")),
        ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_connections_revision_id"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("revision_id", "position", name=op.f("pk_connections")),
    )
