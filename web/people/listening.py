"""Before a server listens: must people sign in there, and can anybody. Knows no Flask."""

import os
from typing import TYPE_CHECKING

from twin.errors import InvalidInput
from web.people.settings import is_loopback

if TYPE_CHECKING:
    from twin.store import Store
    from web.settings import Settings


def settle_users(store: "Store", host: str, settings: "Settings") -> bool:
    """Decide whether people must sign in at an address, and tell the server's workers, by the environment.

    Raises
    ------
    InvalidInput : they must, and nobody could; or they must, and the settings say that they need not.
    """
    public = not is_loopback(host)
    if public and os.environ.get("TWIN_USERS") == "off":
        raise InvalidInput(
            "TWIN_USERS is off, but others reach the twin at {where}: there, people must sign in.", where=host
        )
    if not (public or settings.people.users):
        return False
    if settings.people.oidc is None and not store.has_administrator():
        raise InvalidInput(
            "Others can reach the twin at {where}, so people must sign in, but there is no administrator yet: "
            "`twin users add NAME --role administrator` makes one.",
            where=settings.base_url or host,
        )
    os.environ["TWIN_USERS"] = "on"
    return True
