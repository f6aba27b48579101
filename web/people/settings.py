"""What is set of people: are there users, how long a session lasts, who signs them in. Knows no Flask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from twin.errors import InvalidInput
from twin.values.rights import Role

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Who has `value` in `claim` has `role` in every project."""

    claim: str
    value: str
    role: Role


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The bureau's single sign-on."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = "OpenID Connect"
    scopes: str = "openid profile email"
    roles: tuple[RoleRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a minute, 0 for no limit: sign-ins of an address or name, changes of somebody, all of an address."""

    sign_in: int = 10
    changes: int = 240
    all: int = 12000


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """What is set of people.

    users : is signing in needed for more than the public sees
    origins : of other machines' pages that may read a twin without users; "null": pages that are opened from a file
    strict_host : without users, answer only where this machine is asked by its own names: a request that is not was
        passed on by a proxy, or by a stranger's name server
    """

    users: bool = False
    session_hours: float = 12.0
    idle_hours: float = 4.0
    rates: Rates = Rates()
    proxies: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    oidc: OidcSettings | None = None
    origins: frozenset[str] = frozenset()
    strict_host: bool = False


def people_settings(values: Mapping[str, str], base_url: str) -> PeopleSettings:
    """Read what is set of people; values: name of the setting → text."""
    public = bool(base_url) and not is_loopback(urlsplit(base_url).hostname or "")
    if values["users"] not in ("", "on", "off"):
        raise InvalidInput("TWIN_USERS is {value}: it must be on, off or empty.", value=values["users"])
    if values["users"] == "off" and public:
        raise InvalidInput(
            "TWIN_USERS is off, but others reach the twin at {where}: there, people must sign in.", where=base_url
        )
    return PeopleSettings(
        values["users"] == "on" or public,
        _hours("TWIN_SESSION_HOURS", values["session_hours"]),
        _hours("TWIN_IDLE_HOURS", values["idle_hours"]),
        _rates(values["rate"]),
        tuple(_network(text.strip()) for text in values["proxies"].split(",") if text.strip()),
        _oidc(values, base_url),
        frozenset(_origin(text.strip()) for text in values["origins"].split(",") if text.strip()),
    )


def is_loopback(host: str) -> bool:
    """Does a host name or address mean this machine, for whoever asks.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "a.localhost", "0.0.0.0", "twin.example.cn")]
    [True, True, True, True, False, False]
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _hours(name: str, text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 24 * 366:
        raise InvalidInput("{name} is {value}, which is no number of hours above 0.", name=name, value=text)
    return hours


def _rates(text: str) -> Rates:
    """Return the limits that a text names; what it does not name stays as it is.

    >>> _rates("sign_in=5")
    Rates(sign_in=5, changes=240, all=12000)
    """
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        if name not in ("sign_in", "changes", "all") or not (number.isascii() and number.isdigit()):
            raise InvalidInput("TWIN_RATE is {value}: write it as sign_in=10,changes=240,all=12000.", value=text)
        found[name] = int(number)
    return Rates(**found)


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise InvalidInput(
            "TWIN_PROXIES holds {value}, which is no address or network: write it as 10.0.0.0/8.", value=text
        ) from None


def _origin(text: str) -> str:
    """Return an origin as browsers write it.

    >>> _origin("HTTPS://Lab.Bureau.cn"), _origin("null")
    ('https://lab.bureau.cn', 'null')
    """
    found = text.lower()
    if found != "null" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/?#@*\"]+", found):
        raise InvalidInput("TWIN_ORIGINS holds {value}: write an origin as https://lab.bureau.cn, or null.", value=text)
    return found


def _oidc(values: Mapping[str, str], base_url: str) -> OidcSettings | None:
    issuer = values["oidc_issuer"]
    if not issuer:
        return None
    where = urlsplit(issuer)
    if where.scheme != "https" and not (where.scheme == "http" and is_loopback(where.hostname or "")):
        raise InvalidInput("TWIN_OIDC_ISSUER is {value}: it must be an address with https.", value=issuer)
    if not values["oidc_client_id"] or not base_url:
        raise InvalidInput("TWIN_OIDC_ISSUER needs TWIN_OIDC_CLIENT_ID and TWIN_BASE_URL: set them, too.")
    if "openid" not in values["oidc_scopes"].split():
        raise InvalidInput("TWIN_OIDC_SCOPES must hold openid; it is {value}.", value=values["oidc_scopes"])
    return OidcSettings(
        issuer,
        values["oidc_client_id"],
        values["oidc_client_secret"],
        values["oidc_name"],
        values["oidc_scopes"],
        tuple(_role_rule(part.strip()) for part in values["oidc_roles"].split(",") if part.strip()),
    )


def _role_rule(text: str) -> RoleRule:
    """Return what a part of TWIN_OIDC_ROLES says.

    >>> _role_rule("groups:twin-admin=administrator")
    RoleRule(claim='groups', value='twin-admin', role=<Role.ADMINISTRATOR: 4>)
    """
    left, _, role = text.rpartition("=")
    claim, _, value = left.partition(":")
    if not claim or not value or role not in [str(known) for known in Role if known is not Role.PUBLIC]:
        raise InvalidInput(
            "TWIN_OIDC_ROLES holds {value}: write it as groups:twin-admins=administrator,groups:twin-users=viewer.",
            value=text,
        )
    return RoleRule(claim, value, Role.of(role))
