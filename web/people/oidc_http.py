"""Asking the single sign-on: https only (http on this machine), no redirects, small answers, bounded waiting."""

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from web.people.settings import is_loopback

PATIENCE = 10.0  # seconds
LARGEST = 1_000_000  # bytes of an answer


class Unanswered(Exception):
    """The provider does not answer, or not as it should; `status` where it gave one."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nobody: an answer comes from the address that was asked."""


def ask(url: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object that is answered to a GET, or to a POST of a form; raises Unanswered."""
    where = urlsplit(url)
    here = is_loopback(where.hostname or "")
    if where.scheme != "https" and not (where.scheme == "http" and here):
        raise Unanswered(f"{url[:200]} is no address with https")
    request = Request(  # noqa: S310  (https, or this machine: see above)
        url, None if body is None else body.encode(), {"Accept": "application/json", **(headers or {})}
    )
    opener = build_opener(_NoRedirects, *([ProxyHandler({})] if here else []))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            content = answer.read(LARGEST + 1)
    except HTTPError as error:
        with error:
            raise Unanswered(f"status {error.code}{_said(error.read(2000))}", error.code) from error
    except (URLError, OSError, ssl.SSLError, ValueError) as error:
        raise Unanswered(str(getattr(error, "reason", None) or error)[:200]) from error
    if len(content) > LARGEST:
        raise Unanswered("its answer is too large")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unanswered("its answer is no JSON") from error
    if not isinstance(found, dict):
        raise Unanswered("its answer is no JSON object")
    return found


def _said(content: bytes) -> str:
    """Return the error that a provider names in its answer (RFC 6749, section 5.2)."""
    try:
        found = json.loads(content)
        return f", {str(found['error'])[:60]}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
