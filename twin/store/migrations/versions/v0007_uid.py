"""The seventh version: every twin has an id of its own, so that twins which share a place for blobs know each other."""

from uuid import uuid4

from alembic import op
from sqlalchemy import Column, String, column, table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and give the twin its id."""
    op.add_column("twin", Column("uid", String(32)))
    op.execute(table("twin", column("uid", String(32))).update().values(uid=uuid4().hex))
