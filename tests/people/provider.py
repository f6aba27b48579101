"""An OpenID provider for tests, as a process of its own: real keys, one-time codes, PKCE, and lies on request.

`python -m tests.people.provider` prints its URL.  A POST to /control sets what it does to the next sign-ins.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "twin", "s3cret&of=twin"


class Provider(ThreadingHTTPServer):
    """What the provider knows."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.keys = {"one": RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})}
        self.signing = "one"
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: dict[str, int] = {}
        self.control: dict[str, Any] = {}

    def id_token(self, nonce: str) -> str:
        """Return an ID token, or what the control makes of it."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "1001",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "preferred_username": "Li.Na",
            "name": "李娜",
            "groups": ["staff"],
        }
        for name, value in self.control.get("claims", {}).items():
            claims.pop(name, None)
            if value is not None:
                claims[name] = value
        how = self.control.get("sign", "RS256")
        if how == "none":
            head, body = (_b64(json.dumps(part).encode()) for part in ({"alg": "none", "typ": "JWT"}, claims))
            return f"{head}.{body}."
        if how == "HS256":  # with the public key as the secret: key confusion
            public = self.keys["one"].as_pem(private=False)
            return _hmac(claims, public)
        if how == "secret":
            return str(jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(40, "0")), ["HS256"]))
        if how == "stranger":
            return str(jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048)))
        if how == "embedded":  # a key that the token brings along
            key = RSAKey.generate_key(2048)
            return str(jwt.encode({"alg": "RS256", "jwk": key.as_dict(private=False)}, claims, key))
        text = str(jwt.encode({"alg": "RS256", "kid": self.signing}, claims, self.keys[self.signing]))
        if how == "changed":
            head, body, signature = text.split(".")
            altered = {**claims, "groups": ["twin-admins"]}
            return f"{head}.{_b64(json.dumps(altered).encode())}.{signature}"
        return text


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _hmac(claims: dict[str, Any], key: bytes) -> str:
    import hmac

    signed = f"{_b64(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())}.{_b64(json.dumps(claims).encode())}"
    return f"{signed}.{_b64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


class Handler(BaseHTTPRequestHandler):
    """Answers."""

    server: Provider

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        self.server.asked[where.path] = self.server.asked.get(where.path, 0) + 1
        issuer, control = self.server.issuer, self.server.control
        if where.path == "/.well-known/openid-configuration":
            document = {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/jwks",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "end_session_endpoint": f"{issuer}/logout",
            }
            self._json({**document, **control.get("metadata", {})})
        elif where.path == "/jwks":
            self._json({"keys": [key.as_dict(private=False) for key in self.server.keys.values()]})
        elif where.path == "/authorize":
            self._authorize(dict(parse_qsl(where.query)))
        elif where.path == "/userinfo":
            right = self.headers.get("Authorization") == "Bearer access"
            self._json(
                {"sub": "1001", "roles": {"twin": ["boss"]}, **control.get("userinfo", {})}, 200 if right else 401
            )
        elif where.path == "/asked":
            self._json(self.server.asked)
        else:
            self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/control":
            self.server.control = json.loads(content)
            if "rotate" in self.server.control:
                name = self.server.control["rotate"]
                self.server.keys = {name: RSAKey.generate_key(2048, {"kid": name, "use": "sig"})}
                self.server.signing = name
            self._json({})
            return
        self._token(dict(parse_qsl(content.decode())))

    def _authorize(self, given: dict[str, str]) -> None:
        assert given["response_type"] == "code"
        assert given["code_challenge_method"] == "S256"
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = given
        self.send_response(302)
        answer = {"code": code, "state": given["state"], "iss": self.server.issuer}
        self.send_header("Location", f"{given['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _token(self, given: dict[str, str]) -> None:
        control = self.server.control
        if control.get("token") == "broken":
            self._json({"error": "server_error"}, 500)
            return
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            self._json({"error": "invalid_client"}, 401)
            return
        begun = self.server.codes.pop(given.get("code", ""), None)
        verifier = _b64(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if begun is None or begun["code_challenge"] != verifier or begun["redirect_uri"] != given.get("redirect_uri"):
            self._json({"error": "invalid_grant"}, 400)
            return
        token = self.server.id_token(begun["nonce"])
        self._json({"access_token": "access", "token_type": "Bearer", "id_token": token, **control.get("tokens", {})})

    def _json(self, value: Any, status: int = 200) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    made = Provider()
    sys.stdout.write(made.issuer + "\n")
    sys.stdout.flush()
    made.serve_forever()
