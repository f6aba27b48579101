"""Structured logs: with TWIN_LOG=json each line on stderr is one JSON object, and every request has one.

A line names who asked and what, never what a client proves itself with: no query (single sign-on brings codes there),
no header, no body; values of SQL statements are taken out of errors.
"""

import contextvars
import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from typing import Any

ACCESS = logging.getLogger("twin.access")
request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)

_LONGEST = 8000  # characters of an error with its traceback
_SECRETS = (
    (re.compile(r"\[parameters: .*?\]\s*(?=\n|$)", re.DOTALL), "[parameters: …]"),
    (re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@"), r"\1:…@"),
    (re.compile(r"\btwin_[A-Za-z0-9_-]{16,}"), "twin_…"),
    (re.compile(r"(?i)\b(bearer|password|secret|token|cookie)([\"']?\s*[:=]?\s*[\"']?)[^\s\"',;&]{6,}"), r"\1\2…"),
)


def wanted() -> bool:
    """Does TWIN_LOG ask for JSON lines."""
    return os.environ.get("TWIN_LOG", "").lower() == "json"


def configure() -> None:
    """Have everything that is logged in this process written as JSON lines to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    ACCESS.setLevel(logging.INFO)
    logging.getLogger("web").setLevel(logging.INFO)
    logging.captureWarnings(True)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: when, how grave, who says it, what; and the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        asked = request_id.get()
        if asked:
            line["request"] = asked
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = without_secrets(self.formatException(record.exc_info))[-_LONGEST:]
        return json.dumps(line, ensure_ascii=False, default=str)


def without_secrets(text: str) -> str:
    """Return a text without passwords in URLs, keys of programs, and values of SQL statements.

    >>> without_secrets("postgresql://twin:hunter2@db/twin refused; Bearer twin_abcdefghijklmnopqrstuv")
    'postgresql://twin:…@db/twin refused; Bearer …'
    """
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
