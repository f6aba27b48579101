"""The door: the outermost WSGI app. Finds who asks before anything else looks at a request.

What it finds stands in `environ["twin.identity"]`, `environ["twin.address"]` and `environ["twin.reader"]`: the origin
of another page that may read what whoever sits at this machine may, else nothing.  A request that it refuses goes past
everything that remembers answers to the app itself, which tells why (`environ["twin.refused"]`).
"""

import functools
import hmac
import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.http import parse_cookie

from twin.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, TwinError
from twin.values.rights import LOCAL, PUBLIC, Identity
from web.people.keys import Keys
from web.people.rates import Limits
from web.people.settings import is_loopback

if TYPE_CHECKING:
    from web.people.settings import PeopleSettings

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

READING = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "twin_session"
OWN_ORIGIN = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")


class Door:
    """A WSGI app around another one.

    app : what answers
    plain : what tells about refusals; it remembers nothing
    """

    def __init__(self, app: App, plain: App, keys: Keys, settings: "PeopleSettings", base_url: str) -> None:
        self._app = app
        self._plain = plain
        self._keys = keys
        self._settings = settings
        self._base_url = base_url
        self._limits = Limits(settings.rates)

    @property
    def limits(self) -> Limits:
        """What counts requests."""
        return self._limits

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Find who asks; refuse, or have the app answer."""
        environ["twin.identity"], environ["twin.reader"] = PUBLIC, ""
        try:
            check_text(environ)
            environ["twin.address"] = self.address_of(environ)
            environ["twin.identity"] = self._admitted(environ)
        except TwinError as error:
            environ["twin.refused"] = error
            return self._plain(environ, start_response)
        return self._app(environ, start_response)

    def _admitted(self, environ: Environ) -> Identity:
        changes = environ["REQUEST_METHOD"] not in READING
        if not self._settings.users:
            if self._settings.strict_host and not _is_own_host(environ.get("HTTP_HOST", "")):
                raise NotAllowed(
                    "The twin answers nobody under the name {name} while people need not sign in: "
                    "set TWIN_BASE_URL to the address that browsers use.",
                    name=environ.get("HTTP_HOST", "")[:200],
                )
            if changes:
                self._check_origin(environ)
            environ["twin.reader"] = self._reader(environ.get("HTTP_ORIGIN", ""))
            return LOCAL
        self._limits.any_request(environ["twin.address"])
        identity = self.identity_of(environ)
        if changes:
            self._limits.change(identity.name or environ["twin.address"])
            if identity.kind != "program":
                self._check_origin(environ)
            given = environ.get("HTTP_X_CSRF_TOKEN", "")
            if identity.kind == "person" and not hmac.compare_digest(given.encode(), identity.csrf.encode()):
                raise NotAllowed(
                    "The page does not know that you signed in anew: load it again, then repeat the change."
                )
        return identity

    def _reader(self, origin: str) -> str:
        """Return the origin of a page if it may read a twin without users: of this machine's own servers, or as set.

        "null" is nobody's unless set: it is what a file says, but also every page that is shown inside of another one
        without its rights.
        """
        return origin if OWN_ORIGIN.fullmatch(origin) or origin in self._settings.origins else ""

    def identity_of(self, environ: Environ) -> Identity:
        """Return who asks, by token or by cookie; raises NotSignedIn for a token that is not valid.

        A cookie that means nobody any more means the public: a page stays readable when a session ends.
        """
        scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            program = self._keys.of_token(key.strip())
            if program is None:
                raise NotSignedIn("This token is not valid, or not any more: ask an administrator for another one.")
            return program
        cookie = self.cookie_of(environ)
        return (self._keys.of_session(cookie) if cookie else None) or PUBLIC

    def cookie_of(self, environ: Environ) -> str | None:
        """Return the session's key that a browser brings."""
        if COOKIE not in environ.get("HTTP_COOKIE", ""):
            return None
        found: str | None = parse_cookie(environ["HTTP_COOKIE"]).get(self.cookie_name(environ))
        return found

    def cookie_name(self, environ: Environ) -> str:
        """Return the name of the session's cookie: on https one that no other site below the same name can set."""
        return f"__Host-{COOKIE}" if self.is_secure(environ) else COOKIE

    def is_secure(self, environ: Environ) -> bool:
        """Do browsers reach this server by https."""
        return (self._base_url or environ.get("wsgi.url_scheme", "")).startswith("https")

    def address_of(self, environ: Environ) -> str:
        """Return who asks, as an address: behind a proxy that is trusted, what the proxy says.

        Each proxy adds whom it heard from at the end, so the last one that is no trusted proxy is who asks.
        """
        address: str = environ.get("REMOTE_ADDR") or ""
        if not self._base_url or not self._is_proxy(address):
            return address
        for heard in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")[-20:]):
            try:
                address = str(ip_address(heard.strip()))
            except ValueError:
                break
            if not self._is_proxy(address):
                break
        return address

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._settings.proxies if network.version == found.version)

    def _check_origin(self, environ: Environ) -> None:
        """Raise NotAllowed for a change that another site's page asks for, whatever the browser took along."""
        host = environ.get("HTTP_HOST", "")
        if not self._base_url and not _is_own_name(host):
            raise NotAllowed(
                "Changes are not taken under the name {name}: set TWIN_BASE_URL to the address that browsers use.",
                name=host[:200],
            )
        own = self._base_url or f"{environ.get('wsgi.url_scheme', 'http')}://{host}"
        asks, origin = environ.get("HTTP_SEC_FETCH_SITE", "same-origin"), environ.get("HTTP_ORIGIN", own)
        if asks not in ("same-origin", "none") or _netloc(origin) != _netloc(own):
            raise NotAllowed("Only a page of this server may change something: open {own} and try again.", own=own)


def check_text(environ: Environ) -> None:
    """Raise for an address that holds the sign NUL: it is in no name, and some databases fail over it."""
    path = environ.get("PATH_INFO", "")
    if "\0" in path:
        shown = path.encode("latin-1", "replace").decode("utf-8", "replace").replace("\0", "%00")
        raise NotFound("There is nothing at {path}.", path=shown[:200])
    asked = environ.get("QUERY_STRING", "")
    if "%00" in asked or "\0" in asked:
        raise InvalidInput("The request holds the sign NUL (U+0000), which is in no text: send it without.")


def _is_own_name(host: str) -> bool:
    """Is a Host header one that no stranger's name server can make: an address, or this machine."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or ip_address(name).version > 0
    except ValueError:
        return False


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc or "none"
    except ValueError:
        return "none"


@functools.lru_cache(maxsize=256)
def _is_own_host(host: str) -> bool:
    """Does a Host header name this machine as only those can who sit at it."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
