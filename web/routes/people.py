"""`/api/me`, `/api/session`, `/api/users`, `/api/tokens`, `/api/audit`: who asks, and who may ask what."""

from typing import Any

from flask import Response, current_app, request

from twin.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from twin.values.person import AuditEntry, normal_name
from twin.values.rights import PUBLIC, Identity, Role
from web.people.answers import entry_json, me_json, token_json, user_json
from web.people.audited import about
from web.people.door import Door
from web.people.given import expiry, optional_flag, optional_role, optional_text, projects_of, role_of, text
from web.people.people import People, administering, who_of
from web.responses import json_answer
from web.routes.asked import identity, json_body
from web.routes.table import Body, Parameter, Routes

routes = Routes()

COUNT = {"type": "integer", "minimum": 1}


def people() -> People:
    """Return the people of this app."""
    found: People = current_app.extensions["twin.people"]
    return found


def door() -> Door:
    """Return what lets people into this app."""
    found: Door = current_app.extensions["twin.door"]
    return found


def _private(value: Any, status: int = 200) -> Response:
    answer = json_answer(value, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _me(asks: Identity) -> Response:
    has_password = asks.kind == "person" and people().store.user(asks.name).has_password
    return _private(me_json(asks, people().settings, has_password=has_password))


def give_session(answer: Response, key: str) -> Response:
    """Have the browser keep a session's key."""
    answer.set_cookie(
        door().cookie_name(request.environ),
        key,
        max_age=int(people().settings.session_hours * 3600),
        path="/",
        secure=door().is_secure(request.environ),
        httponly=True,
        samesite="Lax",
    )
    return answer


def address() -> str:
    """Return who asks, as an address."""
    return str(request.environ.get("twin.address", ""))


def _users_are_on() -> None:
    if not people().settings.users:
        raise InvalidInput("Nobody signs in here: the twin is served for whoever sits at this machine.")


@routes.get("/api/me", "Who asks, what they may, how to sign in", needs=None, schema="Me")
def me() -> Response:
    """Answer with who asks."""
    return _me(identity())


@routes.change("POST", "/api/session", "Sign in by password", needs=None, body=Body(schema="SignIn"), schema="Me")
def sign_in() -> Response:
    """Start a session."""
    _users_are_on()
    given = json_body()
    name, password = text(given, "name"), text(given, "password")
    door().limits.sign_in(address(), normal_name(name))
    owner = people().by_password(name, password, address())
    before = door().cookie_of(request.environ)
    key, signed_in = people().keys.start_session(owner, address(), request.headers.get("User-Agent", ""), before)
    return give_session(_me(signed_in), key)


@routes.change("DELETE", "/api/session", "Sign out", needs=None, schema="Me")
def sign_out() -> Response:
    """End the session."""
    key, asks = door().cookie_of(request.environ), identity()
    if key is not None and people().settings.users:
        people().keys.end_session(key)
        if asks.kind == "person":
            entry = AuditEntry(people().now(), who_of(asks), address(), "sign_out", outcome="signed out")
            people().recorder.record(entry)
        asks = PUBLIC
    answer = _me(asks)
    secure = door().is_secure(request.environ)
    answer.delete_cookie(door().cookie_name(request.environ), path="/", secure=secure, httponly=True, samesite="Lax")
    if secure:
        answer.headers["Clear-Site-Data"] = '"cache"'  # what was seen is not left on a machine that others use
    return answer


@routes.change(
    "PUT", "/api/me/password", "Change one's own password", needs=None, body=Body(schema="NewPassword"), schema="Me"
)
def change_password() -> Response:
    """Change the password of who asks; all of their other sessions end."""
    asks = identity()
    if asks.kind != "person":
        raise NotSignedIn("Sign in first: only a person has a password.")
    given = json_body()
    old, new = text(given, "old"), text(given, "new")
    door().limits.sign_in(address(), asks.name)
    people().by_password(asks.name, old, address())
    owner = people().set_password(asks.name, new)
    key, signed_in = people().keys.start_session(owner, address(), request.headers.get("User-Agent", ""), None)
    return give_session(_me(signed_in), key)


@routes.get("/api/users", "All users", needs=Role.ADMINISTRATOR, schema="Users")
def users() -> Response:
    """Answer with all users."""
    administering(identity())
    return _private({"users": [user_json(user) for user in people().store.users()]})


@routes.change(
    "POST",
    "/api/users",
    "Add a user",
    needs=Role.ADMINISTRATOR,
    body=Body(schema="NewUser"),
    schema="User",
    status=201,
)
def add_user() -> Response:
    """Add a user."""
    administering(identity())
    given = json_body()
    about(what=text(given, "name"))
    shown, role = optional_text(given, "display_name"), optional_role(given)
    password = optional_text(given, "password")
    _no_program(password, role)
    made = people().add_user(text(given, "name"), shown or "", role or Role.PUBLIC, password)
    return _private(user_json(made), 201)


@routes.change(
    "PUT",
    "/api/users/<name>",
    "Change a user's name for people, role or password; or keep them from signing in",
    needs=Role.ADMINISTRATOR,
    body=Body(schema="ChangedUser"),
    schema="User",
)
def change_user(name: str) -> Response:
    """Change a user."""
    administering(identity())
    given = json_body()
    role, disabled = optional_role(given), optional_flag(given, "disabled")
    shown, password = optional_text(given, "display_name"), optional_text(given, "password")
    about(what=_changes(name, role=role, disabled=disabled, password=password and "new", display_name=shown))
    _no_program(password, role)
    if password is not None:
        people().set_password(name, password)
    changed = people().store.change_user(name, role=role, disabled=disabled, display_name=shown)
    people().keys.forget()
    return _private(user_json(changed))


def _no_program(password: str | None, role: Role | None) -> None:
    """Refuse programs what would let somebody in who stays when the program's token is removed."""
    if identity().kind == "program" and (password is not None or role is Role.ADMINISTRATOR):
        raise NotAllowed("A program sets no passwords and makes no administrators: sign in as a person.")


def _changes(name: str, **values: object) -> str:
    said = ", ".join(f"{key}={value}" for key, value in values.items() if value is not None)
    return f"{name}: {said}"


@routes.change("DELETE", "/api/users/<name>", "Remove a user", needs=Role.ADMINISTRATOR, schema="Removed")
def remove_user(name: str) -> Response:
    """Remove a user with all sessions and tokens."""
    administering(identity())
    people().store.remove_user(name)
    people().keys.forget()
    return _private({"removed": name})


@routes.change(
    "PUT",
    "/api/users/<name>/grants/<project>",
    "Give a user a role in a project",
    needs=Role.ADMINISTRATOR,
    body=Body(schema="Grant"),
    schema="User",
)
def grant(name: str, project: str) -> Response:
    """Give a user a role in a project."""
    administering(identity())
    role = role_of(json_body())
    about(project=project, what=f"{name}: {role}")
    _no_program(None, role)
    changed = people().store.grant(name, project, role)
    people().keys.forget()
    return _private(user_json(changed))


@routes.change(
    "DELETE",
    "/api/users/<name>/grants/<project>",
    "Take a user's role in a project away",
    needs=Role.ADMINISTRATOR,
    schema="User",
)
def revoke(name: str, project: str) -> Response:
    """Take a user's role in a project away."""
    administering(identity())
    changed = people().store.grant(name, project, Role.PUBLIC)
    people().keys.forget()
    return _private(user_json(changed))


def _administers() -> bool:
    asks = identity()
    return asks.role >= Role.ADMINISTRATOR and asks.limit is None


def _own_tokens() -> str:
    """Return whose tokens may be changed by who asks; a token makes no others, so that it ends when it is removed."""
    asks = identity()
    if asks.kind == "program":
        raise NotAllowed("A program makes and removes no tokens: sign in as a person.")
    return asks.name


@routes.get(
    "/api/tokens",
    "One's own tokens; an administrator's answer holds everybody's",
    needs=Role.VIEWER,
    schema="Tokens",
)
def tokens() -> Response:
    """Answer with tokens, without their keys."""
    owner = None if _administers() else identity().name
    return _private({"tokens": [token_json(token) for token in people().store.tokens(owner)]})


@routes.change(
    "POST",
    "/api/tokens",
    "Make a token for a program; its key is in this answer and nowhere else",
    needs=Role.VIEWER,
    body=Body(schema="NewToken"),
    schema="MadeToken",
    status=201,
)
def add_token() -> Response:
    """Make a token."""
    own, given = _own_tokens(), json_body()
    owner = optional_text(given, "owner") or own
    if owner != own:
        administering(identity())
    if not owner:
        raise InvalidInput("Say whose token it is to be: the field owner.")
    about(what=f"{owner}: {text(given, 'name')}")
    held = projects_of(given)
    key, made = people().issue_token(owner, text(given, "name"), role_of(given), held, expiry(given, people().now()))
    return _private({**token_json(made), "key": key}, 201)


@routes.change("DELETE", "/api/tokens/<token>", "Remove a token", needs=Role.VIEWER, schema="Removed")
def remove_token(token: str) -> Response:
    """Remove a token: the program that has it is a stranger from then on."""
    own = _own_tokens()
    if not _administers() and token not in {one.id for one in people().store.tokens(own)}:
        raise NotFound("There is no token {token}: `twin tokens list` names those there are.", token=token)
    removed = people().store.remove_token(token)
    about(what=f"{removed.owner}: {removed.name}")
    people().keys.forget()
    return _private({"removed": token})


@routes.get(
    "/api/audit",
    "Who saw and changed what, the newest first",
    needs=Role.ADMINISTRATOR,
    schema="Audit",
    asks=(
        Parameter("project", "Only what concerns this project."),
        Parameter("who", "Only what this user or program did."),
        Parameter("before", "Only entries with a smaller id: the next page.", COUNT),
        Parameter("limit", "At most so many; 100 unless said.", {"type": "integer", "minimum": 1, "maximum": 1000}),
    ),
)
def audit() -> Response:
    """Answer with entries of the audit."""
    administering(identity())
    people().recorder.flush()
    limit = _count("limit", 100, 1000)
    assert limit is not None
    found = people().store.audit(
        project=request.args.get("project"),
        who=request.args.get("who"),
        before=_count("before", None, 2**62),
        limit=limit,
    )
    more = found[-1].id if len(found) == limit else None
    return _private({"entries": [entry_json(entry) for entry in found], "before": more})


def _count(name: str, default: int | None, most: int) -> int | None:
    given = request.args.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 20 and 1 <= int(given) <= most):
        raise InvalidInput(
            "{name} is {value}: it must be a whole number from 1 to {most}.", name=name, value=given[:30], most=most
        )
    return int(given)
