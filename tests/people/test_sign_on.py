"""Single sign-on against a provider of another process, honest and not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from tests.people.conftest import City, MakeCity
from tests.people.provider import CLIENT, SECRET
from twin.values.rights import Role
from web.people.oidc import own_path
from web.people.settings import OidcSettings, Rates, RoleRule
from web.people.signed import seal, unseal

BASE = "http://localhost"
RULES = (RoleRule("groups", "twin-admins", Role.ADMINISTRATOR), RoleRule("groups", "staff", Role.VIEWER))


class Provider:
    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, **wanted: Any) -> None:
        urlopen(Request(f"{self.url}/control", json.dumps(wanted).encode())).close()

    def asked(self) -> dict[str, int]:
        with urlopen(f"{self.url}/asked") as answer:
            found: dict[str, int] = json.load(answer)
        return found


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    process = subprocess.Popen([sys.executable, "-m", "tests.people.provider"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Provider(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.control()
    return running


@pytest.fixture
def city(make_city: MakeCity, provider: Provider) -> City:
    return make_city(BASE, oidc=OidcSettings(provider.url, CLIENT, SECRET, "市局", roles=RULES))


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def there_and_back(client: Any, start: str = "/oidc/login") -> str:
    """Go to the provider; return the address that it sends the browser back to."""
    from urllib.error import HTTPError

    away = client.get(start)
    assert away.status_code == 303, away.text
    try:
        build_opener(_Stay).open(away.headers["Location"])
    except HTTPError as answer:
        with answer:
            back = str(answer.headers["Location"])
    assert back.startswith(f"{BASE}/oidc/callback?")
    return back.removeprefix(BASE)


def sign_on(client: Any, start: str = "/oidc/login") -> Any:
    return client.get(there_and_back(client, start))


def refused(answer: Any, client: Any) -> str:
    assert answer.status_code == 401, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    assert "twin_session" not in "".join(answer.headers.getlist("Set-Cookie"))
    assert client.get("/api/me").json["kind"] == "public"
    return str(answer.text)


def test_who_comes_first_becomes_a_user_and_stays_one(city: City) -> None:
    client = city.client()
    assert client.get("/api/me").json["sign_in"] == {
        "password": True,
        "oidc": {"name": "市局", "url": "/oidc/login"},
    }
    answer = sign_on(client, "/oidc/login?next=/%23map=12/22.5/114.1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/#map=12/22.5/114.1")
    me = client.get("/api/me").json
    assert (me["name"], me["display_name"], me["role"], me["has_password"]) == ("li.na", "李娜", "viewer", False)
    before = [user.id for user in city.store.users()]
    assert sign_on(city.client()).status_code == 303
    assert [user.id for user in city.store.users()] == before
    outcome = [(e.who, e.what, e.outcome) for e in city.store.audit() if e.action == "sign_in"]
    assert outcome == [("li.na", "single sign-on", "signed in")] * 2
    assert client.delete("/api/session", headers={"X-CSRF-Token": me["csrf"]}).json["kind"] == "public"
    assert client.get("/api/me").json["kind"] == "public"


def test_the_request_is_one_of_code_flow_with_pkce(city: City, provider: Provider) -> None:
    asked = parse_qs(urlsplit(city.client().get("/oidc/login").headers["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{BASE}/oidc/callback"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(city.client().get("/oidc/login").headers["Location"]).query)
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_roles_follow_the_provider_at_every_sign_in(city: City, provider: Provider) -> None:
    for groups, role in ((["twin-admins", "staff"], "administrator"), (["staff"], "viewer"), ([], ""), (None, "")):
        provider.control(claims={"groups": groups})
        client = city.client()
        assert sign_on(client).status_code == 303
        assert client.get("/api/me").json["role"] == role


def test_a_claim_may_stand_in_userinfo_and_deep(make_city: MakeCity, provider: Provider) -> None:
    rules = (RoleRule("roles.twin", "boss", Role.MANAGER),)
    city = make_city(BASE, oidc=OidcSettings(provider.url, CLIENT, SECRET, roles=rules))
    client = city.client()
    assert sign_on(client).status_code == 303
    assert client.get("/api/me").json["role"] == "manager"
    provider.control(userinfo={"sub": "somebody else"})
    other = city.client()
    refused(sign_on(other), other)


def test_nobody_is_given_the_account_of_a_namesake(city: City, provider: Provider) -> None:
    provider.control(claims={"preferred_username": "ROOT", "sub": "7", "groups": []})
    client = city.client()
    assert sign_on(client).status_code == 303
    me = client.get("/api/me").json
    assert (me["name"], me["role"]) == ("root-2", "")
    assert city.store.user("root").subject is None


def test_names_from_elsewhere_steer_nothing(city: City, provider: Provider) -> None:
    provider.control(claims={"preferred_username": "a\r\nSet-Cookie: x=y/../:", "name": "x\u202e\r\ny", "sub": "8"})
    client = city.client()
    assert sign_on(client).status_code == 303
    me = client.get("/api/me").json
    assert (me["name"], me["display_name"]) == ("a.set-cookie.x.y", "x\ufffd\ufffd\ufffdy")


def test_who_is_disabled_here_stays_out(city: City) -> None:
    assert sign_on(city.client()).status_code == 303
    city.store.change_user("li.na", disabled=True)
    client = city.client()
    assert "li.na" in refused(sign_on(client), client)
    assert city.store.audit()[0].outcome == "disabled"


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "http://127.0.0.1:1"}},
    "another audience": {"claims": {"aud": "mail"}},
    "several audiences, for another": {"claims": {"aud": ["twin", "mail"], "azp": "mail"}},
    "another audience, asked for by us": {"claims": {"aud": "mail", "azp": "twin"}},
    "no audience": {"claims": {"aud": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "never ends": {"claims": {"exp": None}},
    "not yet": {"claims": {"nbf": 4_000_000_000}},
    "another nonce": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "nobody": {"claims": {"sub": ""}},
    "no sub": {"claims": {"sub": None}},
    "a number": {"claims": {"sub": 5}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "unsigned": {"sign": "none"},
    "signed with the public key": {"sign": "HS256"},
    "signed with the client's secret": {"sign": "secret"},
    "signed by a stranger": {"sign": "stranger"},
    "a key of its own": {"sign": "embedded"},
    "changed on the way": {"sign": "changed"},
    "no ID token": {"tokens": {"id_token": None}},
    "no token": {"tokens": {"id_token": "a.b.c"}},
    "a list": {"tokens": {"id_token": [1]}},
    "server error": {"token": "broken"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_lies_are_not_believed(city: City, provider: Provider, lie: dict[str, Any]) -> None:
    provider.control(**lie)
    client = city.client()
    refused(sign_on(client), client)
    assert len(city.store.users()) == 2
    provider.control()
    assert sign_on(client).status_code == 303


@pytest.mark.parametrize("change", ["state", "code", "iss", "no state", "no code", "error"])
def test_answers_that_were_changed_on_the_way(city: City, change: str) -> None:
    client = city.client()
    given = dict(parse_qsl(urlsplit(there_and_back(client)).query))
    if change == "error":
        given = {"state": given["state"], "error": "access_denied", "error_description": "<script>\r\nno</script>"}
    elif change.startswith("no "):
        del given[change.removeprefix("no ")]
    else:
        given[change] = "x" * 43
    text = refused(client.get("/oidc/callback", query_string=given), client)
    assert "<script>" not in text


def test_a_code_is_good_once_and_in_one_browser(city: City) -> None:
    client, thief = city.client(), city.client()
    back = there_and_back(client)
    refused(thief.get(back), thief)  # no cookie of the beginning
    there_and_back(thief)
    refused(thief.get(back), thief)  # that of another beginning
    assert client.get(back).status_code == 303
    replayed = client.get(back)
    assert replayed.status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "e30.AAAA", "\u00e9.\u00e9", "." * 5000])
def test_cookies_that_the_twin_never_made(city: City, cookie: str) -> None:
    back = there_and_back(city.client())
    bare = city.with_cookie(f"twin_oidc={cookie}")
    refused(bare.get(back), bare)


def test_the_beginning_ends_after_some_minutes(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    client = city.client()
    back = there_and_back(client)
    now = time.time
    monkeypatch.setattr("web.people.sign_on.time.time", lambda: now() + 601)
    assert "not begun in this browser" in refused(client.get(f"{back}&lang=en"), client)
    sealed = seal("secret", "sign-on", {"a": 1}, 100.0)
    assert unseal("secret", "sign-on", sealed, 99.9) == {"a": 1}
    assert unseal("secret", "sign-on", sealed, 100.0) is None


FOREIGN = [
    *(
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "javascript:x",
    ),
    *("/\t/evil.example", " //evil.example", "", "///evil.example", "/a\r\nSet-Cookie: x", "/" + "a" * 3000, "evil"),
]


@pytest.mark.parametrize("target", FOREIGN)
def test_nobody_is_led_elsewhere(city: City, target: str) -> None:
    client = city.client()
    away = client.get("/oidc/login", query_string={"next": target})
    assert urlsplit(away.headers["Location"]).path == "/authorize"
    led = own_path(target)
    assert sign_on(client, f"/oidc/login?{urlencode({'next': target})}").headers["Location"] == led
    assert led.startswith("/")
    assert not led.startswith(("//", "/\\"))
    assert "\n" not in led
    assert led in ("/", target)


def test_a_session_of_before_ends(city: City) -> None:
    client = city.client()
    client.post("/api/session", json={"name": "wang", "password": "seven green cranes over the harbour"})
    before = client.get_cookie("twin_session")
    assert before is not None
    assert sign_on(client).status_code == 303
    after = client.get_cookie("twin_session")
    assert after is not None
    assert after.value != before.value
    assert city.with_cookie(f"twin_session={before.value}").get("/api/me").json["kind"] == "public"


def test_what_the_provider_says_of_itself_is_asked_for_once(city: City, provider: Provider) -> None:
    before = provider.asked()
    for _ in range(3):
        assert sign_on(city.client()).status_code == 303
    after = provider.asked()
    for path in ("/.well-known/openid-configuration", "/jwks"):
        assert after[path] - before.get(path, 0) == 1


def test_new_keys_of_the_provider_are_found(city: City, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sign_on(city.client()).status_code == 303
    provider.control(rotate="two")
    early = city.client()
    refused(sign_on(early), early)  # keys are asked for every ten seconds at most
    monkeypatch.setattr("web.people.oidc.AGAIN", 0.0)
    assert sign_on(city.client()).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://sso.example.cn"},
        {"token_endpoint": None},
        {"token_endpoint": "http://sso.example.cn/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
    ],
)
def test_a_provider_that_is_none(city: City, provider: Provider, metadata: dict[str, Any]) -> None:
    provider.control(metadata=metadata)
    client = city.client()
    away = client.get("/oidc/login?lang=en")
    if away.status_code == 303:
        refused(sign_on(client), client)
    else:
        assert "does not answer as it should" in refused(away, client)


def test_a_provider_that_is_away(make_city: MakeCity) -> None:
    city = make_city(BASE, oidc=OidcSettings("http://127.0.0.1:9", CLIENT))
    client = city.client()
    assert "does not answer as it should" in refused(client.get("/oidc/login?lang=en"), client)
    assert "单点登录" in client.get("/oidc/login").text or "not answer" in client.get("/oidc/login").text


def test_steps_of_the_sign_on_are_counted_by_address(make_city: MakeCity, provider: Provider) -> None:
    oidc_settings = OidcSettings(provider.url, CLIENT, SECRET)
    city = make_city(BASE, oidc=oidc_settings, rates=Rates(3, 0, 0))
    for path, usual in (("/oidc/login", 303), ("/oidc/callback?code=x&state=y", 401), ("/oidc/logout", 303)):
        statuses = [city.client().get(path) for _ in range(5)]
        assert [answer.status_code for answer in statuses] == [usual] * 3 + [429] * 2, path
        assert 1 <= int(statuses[4].headers["Retry-After"]) <= 60
        assert statuses[4].content_type == "text/html; charset=utf-8"
        assert "Set-Cookie" not in statuses[4].headers
        elsewhere = city.client().get(path, environ_base={"REMOTE_ADDR": "10.0.0.9"})
        assert elsewhere.status_code == usual, path  # nobody is kept out by others


def test_without_a_provider_there_is_none(make_city: MakeCity) -> None:
    client = make_city().client()
    for path in ("/oidc/login", "/oidc/logout"):
        assert client.get(path).status_code == 404
    assert client.get("/oidc/callback?code=x&state=y").status_code == 401


def test_signing_out_of_everything(city: City, provider: Provider) -> None:
    answer = city.client().get("/oidc/logout")
    assert answer.headers["Location"].startswith(f"{provider.url}/logout?client_id=twin&post_logout_redirect_uri=")


def test_https_keeps_the_beginning_in_a_cookie_of_its_own(make_city: MakeCity, provider: Provider) -> None:
    city = make_city("https://twin.example.cn", oidc=OidcSettings(provider.url, CLIENT, SECRET))
    sent = city.client().get("/oidc/login").headers["Set-Cookie"]
    assert sent.startswith("__Host-twin_oidc=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in sent
    assert "nonce" not in sent
