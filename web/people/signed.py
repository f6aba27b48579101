"""What a browser keeps for the twin and cannot change: signed with the twin's own secret, good for some minutes."""

import base64
import hashlib
import hmac
import json
from typing import Any

_LONGEST = 6000


def seal(secret: str, purpose: str, value: dict[str, Any], until: float) -> str:
    """Return a value as a text that only this twin can have made; until: seconds since 1970.

    >>> unseal("s", "p", seal("s", "p", {"a": 1}, 10.0), 5.0), unseal("s", "other", seal("s", "p", {}, 10.0), 5.0)
    ({'a': 1}, None)
    """
    body = base64.urlsafe_b64encode(json.dumps([until, value]).encode()).decode()
    return f"{body}.{_signature(secret, purpose, body)}"


def unseal(secret: str, purpose: str, text: str, now: float) -> dict[str, Any] | None:
    """Return what was sealed for this purpose; None for anything else, and when its time is over."""
    body, _, signature = text[:_LONGEST].partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, purpose, body).encode()):
        return None
    until, value = json.loads(base64.urlsafe_b64decode(body))
    return value if now < until else None


def _signature(secret: str, purpose: str, body: str) -> str:
    made = hmac.new(secret.encode(), f"{purpose}\n{body}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode()
