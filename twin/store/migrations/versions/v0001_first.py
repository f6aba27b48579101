"""The first version: projects, models with their revisions and placements, elements, tiles."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from twin.store.metadata import Bytes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table of the first version."""
    _city()
    _models()
    _contents()


def _city() -> None:
    op.create_table(
        "twin",
        Column("id", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("crs", Text),
        *_bounds(),
        Column("as_of", String(10)),
        Column("changes", Integer, nullable=False),
        CheckConstraint("id = 1", name=op.f("ck_twin_one_row")),
        PrimaryKeyConstraint("id", name=op.f("pk_twin")),
    )
    op.create_table(
        "projects",
        Column("code", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("registered", Integer, nullable=False),
        Column("frame", Text),
        PrimaryKeyConstraint("code", name=op.f("pk_projects")),
    )


def _models() -> None:
    op.create_table(
        "models",
        Column("id", Text, nullable=False),
        Column("project", Text, nullable=False),
        Column("stem", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        ForeignKeyConstraint(["project"], ["projects.code"], name=op.f("fk_models_project"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_models")),
        UniqueConstraint("project", "stem", name=op.f("uq_models_project_stem")),
    )
    op.create_table(
        "revisions",
        Column("id", Integer, nullable=False),
        Column("model", Text, nullable=False),
        Column("number", Integer, nullable=False),
        Column("placement", Integer, nullable=False),
        Column("file", Text, nullable=False),
        Column("discipline", Text),
        Column("sha256", String(64), nullable=False),
        Column("schema", Text, nullable=False),
        Column("kernel", Text, nullable=False),
        Column("imported_at", String(32), nullable=False),
        *(Column(name, Integer, nullable=False) for name in ("products", "drawn", "empty", "skipped", "failed")),
        Column("notices", Text, nullable=False),
        Column("box", Text),
        Column("tile_count", Integer, nullable=False),
        Column("tile_bytes", Bytes, nullable=False),
        ForeignKeyConstraint(["model"], ["models.id"], name=op.f("fk_revisions_model"), ondelete="CASCADE"),
        PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        UniqueConstraint("model", "number", name=op.f("uq_revisions_model_number")),
    )
    op.create_table(
        "placements",
        Column("revision_id", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        Column("placed_at", String(32), nullable=False),
        Column("georeference", Text, nullable=False),
        Column("ground_height", Float, nullable=False),
        *_bounds(),
        Column("height_min", Float),
        Column("height_max", Float),
        Column("building_sha256", String(64)),
        Column("spaces_sha256", String(64)),
        Column("geometric_error", Float),
        _of_revision("placements"),
        PrimaryKeyConstraint("revision_id", "number", name=op.f("pk_placements")),
    )


def _contents() -> None:
    op.create_table(
        "storeys",
        Column("revision_id", Integer, nullable=False),
        Column("position", Integer, nullable=False),
        Column("global_id", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("elevation", Float, nullable=False),
        _of_revision("storeys"),
        PrimaryKeyConstraint("revision_id", "position", name=op.f("pk_storeys")),
    )
    op.create_table(
        "elements",
        Column("revision_id", Integer, nullable=False),
        Column("global_id", Text, nullable=False),
        Column("position", Integer, nullable=False),
        Column("feature_row", Integer, nullable=False),
        Column("ifc_class", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("state", Text, nullable=False),
        *(Column(name, Text) for name in ("reason", "storey", "parent")),
        Column("properties", Text, nullable=False),
        _of_revision("elements"),
        PrimaryKeyConstraint("revision_id", "global_id", "position", name=op.f("pk_elements")),
    )
    op.create_table(
        "tiles",
        Column("revision_id", Integer, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("size", Bytes, nullable=False),
        _of_revision("tiles"),
        PrimaryKeyConstraint("revision_id", "sha256", name=op.f("pk_tiles")),
    )
    op.create_index(op.f("ix_tiles_sha256"), "tiles", ["sha256"])


def _bounds() -> list[Column[float]]:
    return [Column(name, Float) for name in ("west", "south", "east", "north")]


def _of_revision(table: str) -> ForeignKeyConstraint:
    name = op.f(f"fk_{table}_revision_id")
    return ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=name, ondelete="CASCADE")
