"""The tables of the twin's database, as SQLAlchemy Core metadata that SQLite and PostgreSQL both take.

Times are ISO 8601 texts in UTC, documents are JSON texts, blobs are named by their sha256.  A model's current revision
and a revision's current placement are numbers in their owners' rows, so history is whatever has a smaller number.
"""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from twin.store import metadata as shared
from twin.store import user_tables as _user_tables  # noqa: F401  (its tables belong to the metadata, too)
from twin.store.clash_tables import CLASH_BLOB_COLUMNS
from twin.store.job_tables import JOB_BLOB_COLUMNS
from twin.store.metadata import Bytes

metadata = shared.metadata

# In order; the last one is what this program writes. A version that is not listed comes from a newer program.
VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")

# Alembic's own table, declared here so that a new database is stamped without importing Alembic.
alembic_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
)

# One row. `blobs` is where blobs lie when that is not beside the database, `secret` signs what browsers bring back,
# `uid` is this database's own: a copy has another.
# Every writer first updates `changes`; on SQLite and PostgreSQL alike the others then wait for it.
twin = Table(
    "twin",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("crs", Text),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("as_of", String(10)),
    Column("changes", Integer, nullable=False),
    Column("blobs", Text),
    Column("secret", Text),
    Column("uid", String(32)),
    CheckConstraint("id = 1", name="one_row"),
)

# `frame` is the georeference that the project's first model fixed; `registered` tells a project of the register from a
# bare one that an import made.
projects = Table(
    "projects",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("registered", Integer, nullable=False),
    Column("frame", Text),
)

models = Table(
    "models",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project", Text, ForeignKey("projects.code", ondelete="CASCADE"), nullable=False),
    Column("stem", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("project", "stem"),
)

# One imported file. `box` is [[x, y, z], [x, y, z]], `footprint` the polygons of what stands above the ground, in
# local metres; `sha256` names the file as it was given, `bodies_sha256` the triangles at full precision: null for a
# file that was imported before they were kept.
revisions = Table(
    "revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("placement", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("discipline", Text),
    Column("sha256", String(64), nullable=False),
    Column("schema", Text, nullable=False),
    Column("kernel", Text, nullable=False),
    Column("imported_at", String(32), nullable=False),
    Column("products", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("empty", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("notices", Text, nullable=False),
    Column("box", Text),
    Column("footprint", Text),
    Column("tile_count", Integer, nullable=False),
    Column("tile_bytes", Bytes, nullable=False),
    Column("bodies_sha256", String(64)),
    UniqueConstraint("model", "number"),
)

# Where a revision stands; `twin models place` adds one. Bounds in degrees, heights in metres.
placements = Table(
    "placements",
    metadata,
    Column("revision_id", Integer, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("placed_at", String(32), nullable=False),
    Column("georeference", Text, nullable=False),
    Column("ground_height", Float, nullable=False),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("height_min", Float),
    Column("height_max", Float),
    Column("building_sha256", String(64)),
    Column("spaces_sha256", String(64)),
    Column("geometric_error", Float),
)

storeys = Table(
    "storeys",
    metadata,
    Column("revision_id", Integer, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("global_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("elevation", Float, nullable=False),
)

# `properties` is one JSON text per element; `reason` a packed sentence; `feature_row` is -1 when nothing is drawn.
elements = Table(
    "elements",
    metadata,
    Column("revision_id", Integer, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("global_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("feature_row", Integer, nullable=False),
    Column("ifc_class", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("storey", Text),
    Column("parent", Text),
    Column("properties", Text, nullable=False),
)

# What the file says of pairs of elements: the name of the IFC relation and two GlobalIds.
connections = Table(
    "connections",
    metadata,
    Column("revision_id", Integer, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("a", Text, nullable=False),
    Column("b", Text, nullable=False),
)

# The tile files of a revision, those of its spaces included; `size` is what is stored, in bytes.
tiles = Table(
    "tiles",
    metadata,
    Column("revision_id", Integer, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", Bytes, nullable=False),
    Index(None, "sha256"),
)

# City layers. `group` is the name that the user gave: the layers of one source come and go together. `version` names
# what the blobs hold; `tiles_sha256` is a PMTiles archive, without one tiles are made from the features. Bounds in
# degrees; `geometry_types`, `fields`, `height_rule` and `notices` are documents.
layers = Table(
    "layers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("group", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("source_layer", Text, nullable=False),
    Column("crs", Text, nullable=False),
    Column("datum", Text, nullable=False),
    Column("encoding", Text),
    Column("version", String(16), nullable=False),
    Column("added_at", String(32), nullable=False),
    Column("features", Integer, nullable=False),
    Column("west", Float, nullable=False),
    Column("south", Float, nullable=False),
    Column("east", Float, nullable=False),
    Column("north", Float, nullable=False),
    Column("geometry_types", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("height_rule", Text),
    Column("notices", Text, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("features_sha256", String(64), nullable=False),
    Column("tiles_sha256", String(64)),
    Column("minzoom", Integer, nullable=False),
    Column("maxzoom", Integer, nullable=False),
    Column("bytes", Bytes, nullable=False),
)

# Dated facts. A load is one file that brought some; the file itself is kept; `columns` are the fields that it had a
# column for. Every fact has two dates: `fact_date`, the
# day it speaks of, and `recorded_at`, since when it was known. Rows are only added: a correction is a later record.
loads = Table(
    "loads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("loaded_at", String(32), nullable=False),
    Column("kept", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("columns", Text, nullable=False),
    Column("notices", Text, nullable=False),
)


def _fact_columns() -> list[Column[Any]]:
    """Return the columns that every kind of fact has: where it stands, of which project, since when it is known."""
    return [
        Column("id", Integer, primary_key=True),
        Column("load_id", Integer, ForeignKey("loads.id"), nullable=False),
        Column("row", Integer, nullable=False),
        Column("project", Text, ForeignKey("projects.code"), nullable=False),
        Column("recorded_at", String(32), nullable=False),
    ]


# `entry` is a document with every field that was known by then, not only those of this load.
register = Table(
    "register",
    metadata,
    *_fact_columns(),
    Column("entry", Text, nullable=False),
    Index(None, "project", "recorded_at"),
)

# `document_sha256` names the blob of the schedule as JSON; `tasks` is their count.
schedules = Table(
    "schedules",
    metadata,
    *_fact_columns(),
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("data_date", String(10)),
    Column("tasks", Integer, nullable=False),
    Column("document_sha256", String(64), nullable=False),
    Index(None, "project", "recorded_at"),
)

# The rules that tie a project's elements to tasks, as their file has them.
links = Table(
    "links",
    metadata,
    *_fact_columns(),
    Column("rules", Text, nullable=False),
    Index(None, "project", "recorded_at"),
)

# `task` is empty for the whole project. Shares are 0 to 1, costs in the project's currency, cumulative.
progress = Table(
    "progress",
    metadata,
    *_fact_columns(),
    Column("task", Text, nullable=False),
    Column("fact_date", String(10), nullable=False),
    Column("completion", Float),
    Column("planned_completion", Float),
    Column("actual_cost", Float),
    Column("actual_start", String(10)),
    Column("actual_finish", String(10)),
    Column("stage", Text),
    Column("note", Text),
    Index(None, "project", "recorded_at"),
)

# Cumulative amounts in `unit`.
resources = Table(
    "resources",
    metadata,
    *_fact_columns(),
    Column("task", Text, nullable=False),
    Column("fact_date", String(10), nullable=False),
    Column("resource", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("planned", Float),
    Column("used", Float),
    Column("total", Float),
    Index(None, "project", "recorded_at"),
)

FACT_TABLES = {
    "register": register,
    "schedule": schedules,
    "links": links,
    "progress": progress,
    "resources": resources,
}

# Every column that keeps a blob alive.
BLOB_COLUMNS = (
    *(revisions.c.sha256, placements.c.building_sha256, placements.c.spaces_sha256, tiles.c.sha256),
    revisions.c.bodies_sha256,
    *(layers.c.features_sha256, layers.c.tiles_sha256),
    *(loads.c.sha256, schedules.c.document_sha256),
    *CLASH_BLOB_COLUMNS,
    *JOB_BLOB_COLUMNS,
)
