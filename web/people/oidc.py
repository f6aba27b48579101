"""OpenID Connect: code flow with PKCE, by Authlib's protocol parts. Knows no Flask and no store.

What a provider says is believed only when its signature, issuer, audience, time and nonce are right.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from twin.errors import SignOnFailed
from twin.values.person import plain_text
from twin.values.rights import Role
from web.people.oidc_http import Unanswered, ask

if TYPE_CHECKING:
    from web.people.settings import OidcSettings

KEPT = 3600.0  # seconds that what a provider says of itself is kept
AGAIN = 10.0  # seconds before keys are asked for anew because of an unknown one, or a provider that did not answer
MOST_ASKING = 4  # requests to the provider at once: one that is slow takes no more of the server's threads
WAIT = 1.0  # seconds that somebody waits for a request of somebody else's
MINUTES = 10  # that somebody has for signing in at the provider
LEEWAY = 60  # seconds that two clocks may differ
# only signatures that nobody can make who knows what is public: no "none", no HMAC
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Flow:
    """What a browser keeps while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str
    next: str
    language: str

    def as_dict(self) -> dict[str, str]:
        """Return it as JSON takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who the provider says it is; role: None where the settings say nothing of roles."""

    subject: str
    name: str
    display_name: str
    role: Role | None


class Provider:
    """The single sign-on, as its discovery document describes it."""

    def __init__(self, settings: "OidcSettings", base_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.redirect_uri = f"{base_url}/oidc/callback"
        self._base_url = base_url
        self._clock = clock
        self._lock = threading.Lock()
        self._asks_metadata = threading.Lock()  # held across a request; nobody waits for it longer than WAIT
        self._may_ask = threading.BoundedSemaphore(MOST_ASKING)
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._failed: tuple[float, str] | None = None  # when, and why
        self._keys: tuple[float, Any] | None = None

    def start(self, next_path: str, language: str) -> tuple[str, Flow]:
        """Return where the browser is to go, and what it is to keep meanwhile."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            self.metadata()["authorization_endpoint"],
            self.settings.client_id,
            "code",
            self.redirect_uri,
            self.settings.scopes,
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return str(url), Flow(state, nonce, verifier, next_path, language)

    def finish(self, flow: Flow, answer: Mapping[str, str]) -> Claimed:
        """Return who it is that comes back from the provider with an answer; raises SignOnFailed."""
        if not hmac.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise SignOnFailed("The sign-in was not begun in this browser: begin it again.")
        issuer = answer.get("iss")  # RFC 9207
        if issuer is not None and issuer != self.settings.issuer:
            raise SignOnFailed("The answer comes from another single sign-on: begin the sign-in again.")
        if "error" in answer:
            said = plain_text(answer.get("error_description") or answer["error"], 200)
            raise SignOnFailed("The single sign-on refused: {reason}", reason=said)
        if not answer.get("code"):
            raise SignOnFailed("The single sign-on sent no code: begin the sign-in again.")
        tokens = self._tokens(answer["code"], flow)
        claims = self._claims(tokens, flow.nonce)
        return self._claimed(claims, tokens)

    def sign_out_url(self) -> str | None:
        """Return where a browser ends its session at the provider; None where that has no such place."""
        from authlib.common.urls import add_params_to_uri

        place = self.metadata().get("end_session_endpoint")
        if not isinstance(place, str):
            return None
        asked = [("client_id", self.settings.client_id), ("post_logout_redirect_uri", f"{self._base_url}/")]
        return str(add_params_to_uri(place, asked))

    def metadata(self) -> dict[str, Any]:
        """Return what the provider says of itself; asked for once an hour, by one at a time.

        Raises SignOnFailed where it does not answer, which is remembered for AGAIN seconds.
        """
        kept = self._known_metadata()
        if kept is not None:
            return kept
        if not self._asks_metadata.acquire(timeout=WAIT):
            raise _untrusted("it takes long to answer")
        try:
            kept = self._known_metadata()  # of who asked before
            if kept is None:
                kept = self._asked_metadata()
                with self._lock:
                    self._metadata, self._failed = (self._clock(), kept), None
        except SignOnFailed as error:
            with self._lock:
                if self._failed is None or self._clock() - self._failed[0] >= AGAIN:
                    self._failed = (self._clock(), str(error.sentence.values["reason"]))
            raise
        finally:
            self._asks_metadata.release()
        return kept

    def _known_metadata(self) -> dict[str, Any] | None:
        """Return what is known still, None where it is to be asked for; raises what went wrong a moment ago."""
        with self._lock:
            kept, failed, now = self._metadata, self._failed, self._clock()
        if kept is not None and now - kept[0] < KEPT:
            return kept[1]
        if failed is not None and now - failed[0] < AGAIN:
            raise _untrusted(failed[1])
        return None

    def _asked_metadata(self) -> dict[str, Any]:
        found = self._ask(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.settings.issuer:
            raise _untrusted("its issuer has another name")
        for name in _ENDPOINTS:
            if not isinstance(found.get(name), str):
                raise _untrusted(f"it does not say its {name}")
        return found

    def _ask(self, url: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        if not self._may_ask.acquire(timeout=WAIT):
            raise _untrusted("it takes long to answer")
        try:
            return ask(url, body, headers)
        except Unanswered as error:
            raise _untrusted(str(error)) from error
        finally:
            self._may_ask.release()

    def _tokens(self, code: str, flow: Flow) -> dict[str, Any]:
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        metadata = self.metadata()
        body = prepare_token_request(
            "authorization_code", redirect_uri=self.redirect_uri, code=code, code_verifier=flow.verifier
        )
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        client = ClientAuth(
            self.settings.client_id, self.settings.client_secret, way if self.settings.client_secret else "none"
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, headers, body = client.prepare("POST", metadata["token_endpoint"], headers, body)
        return self._ask(url, body, headers)

    def _claims(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token after everything about it was checked."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        text = tokens.get("id_token")
        if not isinstance(text, str) or len(text) > 100_000:
            raise _untrusted("it sent no ID token")
        must = {"essential": True}
        options = {
            "iss": {**must, "value": self.settings.issuer},
            "aud": {**must, "value": self.settings.client_id},
            "nonce": {**must, "value": nonce},
        }
        params = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": tokens.get("access_token")}
        try:
            found = jwt.decode(text, self._key_set(text), algorithms=ALGORITHMS)
            claims = CodeIDToken(found.claims, found.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _untrusted(f"ID token: {error}"[:150]) from error
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255 or "\0" in claims["sub"]:
            raise _untrusted("ID token: sub")
        return dict(claims)

    def _key_set(self, token: str) -> Any:
        """Return the provider's public keys; asked for anew when a token names one that is not among them."""
        from joserfc.jwk import KeySet
        from joserfc.jws import extract_compact

        named = extract_compact(token.encode()).headers().get("kid")
        with self._lock:
            kept = self._keys
        if kept is not None:
            age = self._clock() - kept[0]
            known = named is None or any(key.kid == named for key in kept[1].keys)
            if age < AGAIN or (known and age < KEPT):
                return kept[1]
        given = self._ask(self.metadata()["jwks_uri"]).get("keys")
        usable = [
            key
            for key in (given if isinstance(given, list) else [])
            if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use") in (None, "sig")
        ]
        if not usable:
            raise _untrusted("it has no public keys")
        found = KeySet.import_key_set({"keys": usable})
        with self._lock:
            self._keys = (self._clock(), found)
        return found

    def _claimed(self, claims: dict[str, Any], tokens: Mapping[str, Any]) -> Claimed:
        rules = self.settings.roles
        place = self.metadata().get("userinfo_endpoint")
        unsaid = any(_claim(claims, rule.claim) is None for rule in rules) or "preferred_username" not in claims
        if unsaid and isinstance(place, str) and isinstance(tokens.get("access_token"), str):
            more = self._ask(place, None, {"Authorization": f"Bearer {tokens['access_token']}"})
            if more.get("sub") != claims["sub"]:
                raise _untrusted("userinfo: sub")
            claims = {**more, **claims}
        names = [claims.get(name) for name in ("preferred_username", "email", "sub")]
        shown = claims.get("name")
        role = max((r.role for r in rules if r.value in _values(_claim(claims, r.claim))), default=Role.PUBLIC)
        return Claimed(
            f"{self.settings.issuer} {claims['sub']}",
            next(name for name in names if isinstance(name, str) and name),
            plain_text(shown, 200) if isinstance(shown, str) else "",
            role if rules else None,
        )


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by a path with dots into objects.

    >>> _claim({"realm_access": {"roles": ["a"]}}, "realm_access.roles")
    ['a']
    """
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _values(claim: Any) -> tuple[str, ...]:
    if isinstance(claim, str):
        return (claim,)
    return tuple(item for item in claim if isinstance(item, str)) if isinstance(claim, list) else ()


def _untrusted(reason: str) -> SignOnFailed:
    return SignOnFailed(
        "The single sign-on does not answer as it should ({reason}): try again, or ask who runs it.",
        reason=plain_text(reason, 200),
    )


def own_path(asked: str) -> str:
    """Return a path of this server to go on to; "/" for whatever a browser could take for another server's.

    >>> [own_path(text) for text in ("/#map=1/2", "//evil.example", "/\\\\evil.example", "https://evil.example")]
    ['/#map=1/2', '/', '/', '/']
    """
    steers = "\\" in asked or any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in asked)
    fits = asked.startswith("/") and not asked.startswith("//") and len(asked) <= 2000
    return asked if fits and not steers else "/"
