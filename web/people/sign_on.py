"""Who comes from the single sign-on becomes a user. Knows no Flask."""

import time
from typing import TYPE_CHECKING

from twin.errors import AlreadyThere, SignOnFailed
from twin.values.person import AuditEntry, User, name_like
from twin.values.rights import Role
from web.people.oidc import MINUTES, Claimed, Flow
from web.people.signed import seal, unseal

if TYPE_CHECKING:
    from web.people.people import People

_PURPOSE = "sign-on"
_MOST_OF_A_NAME = 100  # users whose names differ only by a number


def kept(people: "People", flow: Flow) -> str:
    """Return what a browser keeps while somebody is at the provider."""
    return seal(people.store.secret(), _PURPOSE, flow.as_dict(), time.time() + MINUTES * 60)


def brought_back(people: "People", text: str) -> Flow:
    """Return what a browser kept; raises SignOnFailed where it kept nothing, or for too long."""
    found = unseal(people.store.secret(), _PURPOSE, text, time.time())
    if found is None:
        raise SignOnFailed("The sign-in was not begun in this browser: begin it again.")
    return Flow(**found)


def signed_on(people: "People", claimed: Claimed, address: str) -> User:
    """Return the user whom the provider means, made when they come first; raises SignOnFailed for who is disabled."""
    user = people.store.user_of_subject(claimed.subject) or _made(people, claimed)
    if claimed.role is not None and claimed.role is not user.role:
        user = people.store.change_user(user.name, role=claimed.role, even_last=True)
    outcome = "disabled" if user.disabled else "signed in"
    people.recorder.record(
        AuditEntry(people.now(), user.name, address, "sign_in", what="single sign-on", outcome=outcome), wait=True
    )
    if user.disabled:
        raise SignOnFailed("{name} may not sign in here: ask an administrator of the twin.", name=user.name)
    return user


def _made(people: "People", claimed: Claimed) -> User:
    """Make a user; never give somebody a name, and so the rights, of another one who is there."""
    wanted = name_like(claimed.name)
    role = claimed.role or Role.PUBLIC
    for number in range(1, _MOST_OF_A_NAME):
        name = wanted if number == 1 else f"{wanted}-{number}"
        try:
            return people.store.add_user(
                name, at=people.now(), display_name=claimed.display_name, role=role, subject=claimed.subject
            )
        except AlreadyThere:
            found = people.store.user_of_subject(claimed.subject)  # another browser of theirs may have been faster
            if found is not None:
                return found
    raise SignOnFailed("{name} may not sign in here: ask an administrator of the twin.", name=wanted)
