"""The second version: city layers, and the footprint of a model."""

from alembic import op
from sqlalchemy import Column, Float, Integer, PrimaryKeyConstraint, String, Text

from twin.store.metadata import Bytes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of layers; models of before keep no footprint until their file changes."""
    op.add_column("revisions", Column("footprint", Text))
    op.create_table(
        "layers",
        *(Column(name, Text, nullable=False) for name in ("name", "group", "kind", "file", "source_layer")),
        *(Column(name, Text, nullable=False) for name in ("crs", "datum")),
        Column("encoding", Text),
        Column("version", String(16), nullable=False),
        Column("added_at", String(32), nullable=False),
        Column("features", Integer, nullable=False),
        *(Column(name, Float, nullable=False) for name in ("west", "south", "east", "north")),
        *(Column(name, Text, nullable=False) for name in ("geometry_types", "fields")),
        Column("height_rule", Text),
        Column("notices", Text, nullable=False),
        Column("lost", Integer, nullable=False),
        Column("features_sha256", String(64), nullable=False),
        Column("tiles_sha256", String(64)),
        *(Column(name, Integer, nullable=False) for name in ("minzoom", "maxzoom")),
        Column("bytes", Bytes, nullable=False),
        PrimaryKeyConstraint("name", name=op.f("pk_layers")),
    )
