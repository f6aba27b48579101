"""The tables of clashes and of what people say of them.

A clash belongs to one group, and a group is one topic: its comments and viewpoints hang on the group's id.  All of it
belongs to a project and goes with it; a model that goes leaves its clashes.
"""

from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from twin.store.metadata import metadata


def _project() -> Column[Any]:
    return Column("project", Text, ForeignKey("projects.code", ondelete="CASCADE"), nullable=False)


# A run of clash detection. `rules` is their name and `document` what they were; `models` is model → revision;
# `untestable` are the pairs that could not be judged; `options`, `rules_without_match` and `notices` are documents too.
clash_runs = Table(
    "clash_runs",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    Column("started_at", String(32), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("by", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("examined", Integer, nullable=False),
    Column("untestable", Text, nullable=False),
    Column("rules_without_match", Text, nullable=False),
    Column("found", Integer, nullable=False),
    Column("notices", Text, nullable=False),
    Index(None, "project", "started_at"),
)

# Lengths in metres; `point` and `box` in the local frame of the model of the first element; `reason` is a packed
# sentence, `factors` and `matches` are documents.
clashes = Table(
    "clashes",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    *(Column(name, Text, nullable=False) for name in ("rule", "model_a", "element_a", "model_b", "element_b")),
    *(Column(name, Text, nullable=False) for name in ("type", "method", "status")),
    Column("status_before", Text),
    *(Column(name, Float, nullable=False) for name in ("depth", "volume", "distance")),
    *(Column(name, Text, nullable=False) for name in ("point", "box", "group", "severity", "factors")),
    Column("reason", Text),
    *(Column(name, Text, nullable=False) for name in ("storey", "assignee")),
    Column("due_date", String(10)),
    *(Column(name, String(32), nullable=False) for name in ("first_found", "last_found")),
    Column("matches", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("element_missing", "reopened")),
    Index(None, "project"),
    Index(None, "status"),
    Index(None, "group"),
)

clash_groups = Table(
    "clash_groups",
    metadata,
    Column("id", Text, primary_key=True),
    _project(),
    *(Column(name, Text, nullable=False) for name in ("kind", "title")),
    Index(None, "project"),
)

# Rows are only added.
clash_events = Table(
    "clash_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clash", Text, ForeignKey("clashes.id", ondelete="CASCADE"), nullable=False),
    Column("at", String(32), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("by", "what", "before", "after", "note", "details")),
    Index(None, "clash"),
)

# `document` is the topic without its comments and viewpoints; where it holds bytes they are blobs.
topics = Table(
    "topics",
    metadata,
    Column("guid", Text, primary_key=True),
    _project(),
    Column("document", Text, nullable=False),
    Index(None, "project"),
)

comments = Table(
    "comments",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("guid", Text, primary_key=True),
    _project(),
    Column("at", String(32), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("author", "text", "viewpoint")),
    Column("modified_at", String(32)),
    Column("modified_author", Text, nullable=False),
    Index(None, "project"),
)

# In the order of `position`; `document` without the snapshot, which is a blob.
viewpoints = Table(
    "viewpoints",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("guid", Text, primary_key=True),
    _project(),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("snapshot_sha256", String(64)),
    Column("snapshot_format", Text),
    Index(None, "project"),
)

# The blobs that the documents of a topic and of its viewpoints name.
topic_blobs = Table(
    "topic_blobs",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    _project(),
    Index(None, "project"),
)

CLASH_BLOB_COLUMNS = (viewpoints.c.snapshot_sha256, topic_blobs.c.sha256)
