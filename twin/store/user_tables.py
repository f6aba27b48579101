"""The tables of people and programs: who they are, what they may, what they saw and changed, what the public sees.

Secrets are kept as hashes only: passwords by argon2, the random keys of sessions and tokens by SHA-256.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from twin.store.metadata import metadata

# `role` holds in every project, an empty one in none: then `grants` say in which. `subject` is who the bureau's single
# sign-on says it is ("issuer subject"); such a person has no password.
users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("subject", Text, unique=True),
    Column("disabled", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String(32)),
    Column("created_at", String(32), nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("project", Text, primary_key=True),
    Column("role", Text, nullable=False),
)

# A browser that signed in; `csrf` is what its requests for a change must bring along.
sessions = Table(
    "sessions",
    metadata,
    Column("key_sha256", String(64), primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Index(None, "user_id"),
)

# A program's key: it may what its owner may, and no more than `role`, in `projects` (a list; null: all of the owner's).
tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key_sha256", String(64), nullable=False, unique=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("projects", Text),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32)),
    Column("last_used_at", String(32)),
    Index(None, "user_id"),
)

# Who saw and changed what. It outlives the people and projects that it names, and rows are only added.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Index(None, "at"),
    Index(None, "project", "at"),
)

# What the public sees: `what` is "project" or "layer", `fields` the kinds of facts of a project that are shown.
publications = Table(
    "publications",
    metadata,
    Column("what", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("fields", Text, nullable=False),
    Column("published_at", String(32), nullable=False),
    Column("published_by", Text, nullable=False),
)
