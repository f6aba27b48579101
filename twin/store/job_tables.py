"""The tables of long work: jobs, and files that arrive in parts.

Times are ISO 8601 texts in UTC that sort as they follow one another; `arguments` and `result` are documents, `error` a
packed sentence.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from twin.store.metadata import Bytes, metadata

# A job waits (`queued`), is at work (`running`), or has ended (`done`, `failed`, `cancelled`). Who works on it says so
# by `heartbeat_at`: when that grows old, somebody else may take it over. `project` is a code that need not be there
# yet; the input is a blob; `cancel` is 1 when it was asked to stop.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("input_sha256", String(64)),
    Column("result", Text),
    Column("error", Text),
    Column("created_at", String(32), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("started_at", String(32)),
    Column("finished_at", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("heartbeat_at", String(32)),
    Column("cancel", Integer, nullable=False),
    Index(None, "state", "created_at"),
    Index(None, "project", "created_at"),
)

# A file that somebody sends. `state`: receiving, examining, waiting (for "publish"), publishing, published, refused,
# withdrawn. `sha256` names the whole file once it is whole; `job` is the job that looks at it or imports it.
uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("size", Bytes, nullable=False),
    Column("received", Bytes, nullable=False),
    Column("sha256", String(64)),
    Column("state", Text, nullable=False),
    Column("job", Text),
    Column("created_at", String(32), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index(None, "project", "created_at"),
)

# The parts of a file that is on its way, each a blob.
upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload", Text, ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("offset", Bytes, primary_key=True),
    Column("size", Bytes, nullable=False),
    Column("sha256", String(64), nullable=False),
)

JOB_BLOB_COLUMNS = (jobs.c.input_sha256, uploads.c.sha256, upload_parts.c.sha256)
