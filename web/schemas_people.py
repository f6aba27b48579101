"""JSON schemas of people: who asks, users, tokens, the audit."""

from typing import Any

from twin.values.rights import Role
from web.schema_words import TEXT, TIME, listed, named, obj, or_null

Schema = dict[str, Any]

ROLE: Schema = {"enum": ["", *(str(role) for role in Role if role is not Role.PUBLIC)]}
_ROLES: Schema = {"type": "object", "additionalProperties": ROLE}
_FLAG: Schema = {"type": "boolean"}
_SHOWN = {"name": TEXT, "display_name": TEXT}
_TOKEN = {
    **dict.fromkeys(("id", "name", "owner"), TEXT),
    "role": ROLE,
    "projects": or_null(listed(TEXT)),
    "created_at": TIME,
    **dict.fromkeys(("expires_at", "last_used_at"), or_null(TIME)),
}

PEOPLE_SCHEMAS: dict[str, Schema] = {
    "Me": obj(
        {
            "kind": {"enum": ["local", "person", "program", "public"]},
            **_SHOWN,
            "role": ROLE,
            "users": _FLAG,
            "csrf": TEXT,
            "rights": _ROLES,
            "limit": or_null(listed(TEXT)),
            "has_password": _FLAG,
            "sign_in": obj({"password": _FLAG, "oidc": or_null(obj({"name": TEXT, "url": TEXT}))}),
        }
    ),
    "SignIn": obj({"name": TEXT, "password": TEXT}),
    "NewPassword": obj({"old": TEXT, "new": TEXT}),
    "User": obj(
        {
            **_SHOWN,
            "role": ROLE,
            "grants": _ROLES,
            **dict.fromkeys(("single_sign_on", "has_password", "disabled"), _FLAG),
            "locked_until": or_null(TIME),
            "created_at": TIME,
        }
    ),
    "Users": obj({"users": listed(named("User"))}),
    "NewUser": obj({**_SHOWN, "role": ROLE, "password": or_null(TEXT)}, optional=("display_name", "role", "password")),
    "ChangedUser": obj(
        {"display_name": TEXT, "role": ROLE, "disabled": _FLAG, "password": TEXT},
        optional=("display_name", "role", "disabled", "password"),
    ),
    "Grant": obj({"role": ROLE}),
    "Token": obj(_TOKEN),
    "Tokens": obj({"tokens": listed(named("Token"))}),
    "NewToken": obj(
        {"name": TEXT, "role": ROLE, "projects": or_null(listed(TEXT)), "expires_at": or_null(TIME), "owner": TEXT},
        optional=("projects", "expires_at", "owner"),
    ),
    "MadeToken": obj({**_TOKEN, "key": TEXT}),
    "Audit": obj(
        {
            "entries": listed(
                obj(
                    {
                        "id": {"type": "integer"},
                        "at": TIME,
                        **dict.fromkeys(("who", "address", "action", "project", "what", "outcome"), TEXT),
                    }
                )
            ),
            "before": or_null({"type": "integer"}),
        }
    ),
    "Removed": obj({"removed": TEXT}),
}
