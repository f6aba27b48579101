"""Who is let in: tokens, CSRF, origins, proxies, host names; and what leaves with every answer."""

import json
from typing import Any

import pytest

from tests.people.conftest import PASSWORD, Browser, City, MakeCity
from twin.values.rights import Role

HTTPS = "https://twin.example.cn"


def bearer(city: City, owner: str, **wanted: Any) -> dict[str, str]:
    root = city.signed_in("root")
    answer = root.post("/api/tokens", {"name": "ci", "role": "manager", "owner": owner, **wanted})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json['key']}"}


def test_a_token_may_what_its_owner_may_and_no_more_than_it_says(city: City) -> None:
    city.store.grant("wang", "P002", Role.MANAGER)
    for wanted, role, rights in (
        ({}, "viewer", {"P001": "engineer", "P002": "manager"}),
        ({"role": "viewer"}, "viewer", {"P001": "viewer", "P002": "viewer"}),
        ({"projects": ["P002", "P009"]}, "", {"P002": "manager", "P009": "viewer"}),
    ):
        headers = bearer(city, "wang", **wanted)
        me = city.client().get("/api/me", headers=headers).json
        assert (me["kind"], me["name"], me["role"], me["rights"]) == ("program", "wang", role, rights)
    city.store.change_user("wang", role=Role.PUBLIC)
    city.look_anew()
    assert city.client().get("/api/me", headers=headers).json["rights"]["P009"] == ""


def test_a_token_is_shown_once_and_kept_as_a_hash(city: City) -> None:
    key = bearer(city, "wang")["Authorization"].removeprefix("Bearer ")
    assert len(key) == 45
    assert key.startswith("twin_")
    listed = city.signed_in("root").get("/api/tokens")
    assert key not in listed.text
    assert city.store.token(key) is None


@pytest.mark.parametrize("key", ["", "twin_", "x" * 45, "twin_" + "a" * 40, "twin_" + "é" * 40, "twin_' OR 1=1 --"])
def test_a_wrong_token_is_told_so(city: City, key: str) -> None:
    answer = city.client().get("/api/me?lang=en", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json["title"] == "NotSignedIn"


def test_a_token_ends(city: City) -> None:
    headers = bearer(city, "wang")
    assert city.client().get("/api/me", headers=headers).status_code == 200
    city.clock.on(days=366)
    city.look_anew()
    assert city.client().get("/api/me", headers=headers).status_code == 401
    root = city.signed_in("root")
    for ends in ("2020-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "soon", 7):
        assert root.post("/api/tokens", {"name": "ci", "role": "viewer", "expires_at": ends}).status_code == 400


def test_a_removed_token_is_nobody_at_once(city: City) -> None:
    wang = city.signed_in("wang")
    made = wang.post("/api/tokens", {"name": "ci", "role": "viewer"}).json
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert city.client().get("/api/me", headers=headers).status_code == 200
    assert city.client().delete(f"/api/tokens/{made['id']}", headers=headers).status_code == 403  # not by a program
    assert wang.delete(f"/api/tokens/{made['id']}").status_code == 200
    assert city.client().get("/api/me", headers=headers).status_code == 401


def test_tokens_of_others_are_not_there(city: City) -> None:
    root, wang = city.signed_in("root"), city.signed_in("wang")
    made = root.post("/api/tokens", {"name": "ci", "role": "viewer"}).json
    assert wang.get("/api/tokens").json["tokens"] == []
    assert wang.delete(f"/api/tokens/{made['id']}").status_code == 404
    assert wang.post("/api/tokens", {"name": "ci", "role": "viewer", "owner": "root"}).status_code == 403


@pytest.mark.parametrize("path", ["/api/users", "/api/audit"])
def test_people_are_the_administrators_matter(city: City, path: str) -> None:
    assert city.client().get(path).status_code == 401
    assert city.signed_in("wang").get(path).status_code == 403
    assert city.client().get(path, headers=bearer(city, "root", role="manager")).status_code == 403
    assert city.client().get(path, headers=bearer(city, "root", role="administrator")).status_code == 200
    limited = bearer(city, "root", role="administrator", projects=["P001"])
    assert city.client().get(path, headers=limited).status_code in (403, 404)
    assert city.signed_in("root").get(path).status_code == 200


CHANGES = [
    ("POST", "/api/users", {"name": "li"}),
    ("PUT", "/api/users/wang", {"role": "administrator"}),
    ("DELETE", "/api/users/wang", None),
    ("PUT", "/api/users/wang/grants/P001", {"role": "manager"}),
    ("DELETE", "/api/users/wang/grants/P001", None),
    ("DELETE", "/api/session", None),
]


@pytest.mark.parametrize(("method", "path", "value"), CHANGES)
@pytest.mark.parametrize("csrf", ["", "wrong", "other"])
def test_a_cookie_alone_changes_nothing(city: City, method: str, path: str, value: Any, csrf: str) -> None:
    root, other = city.signed_in("root"), city.signed_in("root")
    own, root.csrf = root.csrf, other.csrf if csrf == "other" else csrf
    answer = root.change(method, path, value)
    assert answer.status_code == 403
    assert len(city.store.users()) == 2
    root.csrf = own
    assert root.change(method, path, value).status_code in (200, 201)


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("users", [True, False])
def test_other_sites_pages_change_nothing(make_city: MakeCity, headers: dict[str, str], users: bool) -> None:
    city = make_city(users=users)
    root = city.signed_in("root") if users else Browser(city.client())
    assert root.delete("/api/users/wang", **headers).status_code == 403
    assert root.put("/api/users/wang", {"role": "manager"}, **headers).status_code == 403
    assert root.delete("/api/users/wang", Origin="http://localhost", Sec_Fetch_Site="same-origin").status_code == 200
    if users:
        signing = {"name": "root", "password": PASSWORD}
        assert Browser(city.client()).post("/api/session", signing, **headers).status_code == 403


def test_programs_need_neither_origin_nor_csrf(make_city: MakeCity) -> None:
    city = make_city()
    headers = {**bearer(city, "root", role="administrator"), "Host": "twin.bureau.example"}
    answer = city.client().post("/api/users", json={"name": "li"}, headers=headers)
    assert answer.status_code == 201, answer.text


def test_changes_under_a_strangers_name_are_refused(city: City) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    answer = city.client().post("/api/session", json={"name": "root", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 403), ("192.168.1.7", 403)],
)
def test_without_users_only_this_machine_is_answered(make_city: MakeCity, host: str, status: int) -> None:
    city = make_city(users=False, strict_host=True)
    for path in ("/api/me", "/", "/api/projects", "/tiles/projects/0/0/0.mvt"):
        assert city.client().get(path, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("base_url", "peer", "forwarded", "seen"),
    [
        (HTTPS, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (HTTPS, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the client's own lie stands first
        (HTTPS, "127.0.0.1", "6.6.6.6, 203.0.113.9, 127.0.0.1", "203.0.113.9"),
        (HTTPS, "::1", "2001:db8::1", "2001:db8::1"),
        (HTTPS, "127.0.0.1", "<script>", "127.0.0.1"),
        (HTTPS, "203.0.113.7", "6.6.6.6", "203.0.113.7"),
        ("", "127.0.0.1", "6.6.6.6", "127.0.0.1"),
    ],
)
def test_whom_the_audit_names_behind_a_proxy(
    make_city: MakeCity, base_url: str, peer: str, forwarded: str, seen: str
) -> None:
    city = make_city(base_url)
    city.client().post(
        "/api/session",
        json={"name": "wang", "password": PASSWORD},
        headers={"X-Forwarded-For": forwarded},
        environ_base={"REMOTE_ADDR": peer},
    )
    assert [entry.address for entry in city.store.audit()] == [seen]


def test_headers_of_every_answer(make_city: MakeCity) -> None:
    plain, secure = make_city(), make_city(HTTPS)
    for city in (plain, secure):
        for path in ("/", "/api/me", "/api/nothing", "/oidc/login"):
            headers = city.client().get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "frame-ancestors" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in headers["Permissions-Policy"]
            assert ("Strict-Transport-Security" in headers) is (city is secure)


def test_what_is_not_public_is_not_for_other_sites(city: City) -> None:
    public = city.client().get("/api/projects").headers
    assert public["Access-Control-Allow-Origin"] == "*"
    assert public["Cross-Origin-Resource-Policy"] == "cross-origin"
    private = city.signed_in("root").get("/api/projects").headers
    assert "Access-Control-Allow-Origin" not in private
    assert private["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "public" not in private["Cache-Control"]


OWN_ORIGINS = ["http://localhost:8888", "https://127.0.0.1", "http://[::1]:9000", "https://lab.bureau.cn", "null"]
FOREIGN_ORIGINS = [
    *(
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost:8888.evil.example",
        "http://127.0.0.2",
    ),
    *("http://evil@localhost", "http://localhost:8888/", "http://localhost:8888 ", "file://", "HTTP://LOCALHOST", ""),
]


@pytest.mark.parametrize(
    "path", ["/api/projects", "/3dtiles/tileset.json", "/tiles/projects/0/0/0.mvt", "/api/nothing"]
)
def test_a_page_that_somebody_visits_does_not_read_the_twin_on_their_machine(make_city: MakeCity, path: str) -> None:
    city = make_city(users=False, strict_host=True, origins=frozenset({"https://lab.bureau.cn", "null"}))
    client = city.client()

    def shared(origin: str, **more: str) -> tuple[str | None, str | None, bool]:
        headers = {"Accept-Encoding": "gzip", **more, **({"Origin": origin} if origin else {})}
        answer = client.get(path, headers=headers)
        return (
            answer.headers.get("Access-Control-Allow-Origin"),
            answer.headers["Cross-Origin-Resource-Policy"],
            "Origin" in answer.vary,
        )

    tag = client.get(path, headers={"Accept-Encoding": "gzip"}).headers.get("ETag", '""')
    for _ in range(2):  # the second time from memory, where there is one
        for more in ({}, {"If-None-Match": tag}):
            for origin in FOREIGN_ORIGINS:
                assert shared(origin, **more) == (None, "same-origin", True), origin
            for origin in OWN_ORIGINS:
                assert shared(origin, **more) == (origin, "same-origin", True), origin
    preflight = client.options(path, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_a_page_of_a_file_reads_only_where_it_is_set(make_city: MakeCity) -> None:
    client = make_city(users=False).client()
    assert "Access-Control-Allow-Origin" not in client.get("/api/projects", headers={"Origin": "null"}).headers
    assert client.get("/api/rules", headers={"Origin": "null"}).headers["Access-Control-Allow-Origin"] == "*"


def test_origins_mean_nothing_where_people_sign_in(make_city: MakeCity) -> None:
    city = make_city(origins=frozenset({"https://lab.bureau.cn"}))
    root = city.signed_in("root")
    for origin in ("https://lab.bureau.cn", "http://localhost:8888"):
        assert "Access-Control-Allow-Origin" not in root.get("/api/projects", headers={"Origin": origin}).headers
        public = city.client().get("/api/projects", headers={"Origin": origin}).headers
        assert public["Access-Control-Allow-Origin"] == "*"


NUL = [
    *(("GET", "/api/models/a%00", 404), ("GET", "/api/jobs?project=a%00", 400), ("GET", "/api/search?q=%00", 400)),
    *(("GET", "/tiles/a%00/0/0/0.mvt", 404), ("GET", "/api/%00?lang=en", 404), ("HEAD", "/ogc/?f=%00", 400)),
    *(("DELETE", "/api/users/a%00", 404), ("PUT", "/api/users/wang/grants/%E4%BD%A0%00", 404)),
]


@pytest.mark.parametrize("users", [True, False])
def test_the_sign_nul_never_reaches_the_store(
    make_city: MakeCity, users: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = make_city(users=users)
    root = city.signed_in("root") if users else Browser(city.client())

    def store(*_: Any, **__: Any) -> None:
        raise AssertionError("the store was asked")

    for name in ("model", "jobs", "settings", "projects", "add_user", "change_user", "remove_user", "grant", "token"):
        monkeypatch.setattr(type(city.store), name, store)
    monkeypatch.setattr(type(city.store), "credentials", store)
    for method, path, status in NUL:
        answer = root.change(method, path, {} if method == "PUT" else None)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), path
    for value in ({"name": "a\0"}, {"name": "li", "display_name": "\0"}, {"name": "li", "a\0": [{"b": 1}]}):
        assert root.post("/api/users", value).status_code == 400
    deep = {"name": "li", "more": [[{"x": ["\0"]}]]}
    for encoding in ("utf-8", "utf-16"):
        headers = {"X-CSRF-Token": root.csrf, "Content-Type": "application/json"}
        sent = json.dumps(deep).encode(encoding)
        assert root.client.post("/api/users", data=sent, headers=headers).status_code == 400
    if users:
        signing = {"name": "wang\0", "password": PASSWORD}
        assert Browser(city.client()).post("/api/session", signing).status_code == 400


def test_what_only_looks_like_nul_is_text(city: City) -> None:
    root = city.signed_in("root")
    assert root.post("/api/users", {"name": "li", "display_name": "\\u0000"}).json["display_name"] == "\\u0000"
    assert city.client().get("/api/search?q=%2500").status_code == 200


def test_a_program_lets_nobody_in_for_ever(city: City) -> None:
    headers = bearer(city, "root", role="administrator")

    def change(method: str, path: str, **value: Any) -> int:
        return int(city.client().open(path, method=method, json=value, headers=headers).status_code)

    before = city.store.users()
    assert change("POST", "/api/users", name="li", password=PASSWORD) == 403
    assert change("POST", "/api/users", name="li", role="administrator") == 403
    assert change("PUT", "/api/users/root", password=PASSWORD) == 403
    assert change("PUT", "/api/users/wang", role="administrator") == 403
    assert change("PUT", "/api/users/wang/grants/P001", role="administrator") == 403
    assert city.store.users() == before
    assert change("POST", "/api/users", name="li", role="manager") == 201
    assert change("PUT", "/api/users/wang", role="manager", display_name="W") == 200
    assert change("PUT", "/api/users/wang/grants/P001", role="manager") == 200


def test_signing_out_leaves_nothing_in_the_browser(make_city: MakeCity) -> None:
    city = make_city(HTTPS)
    owner = city.store.user("wang")
    key, identity = city.people.keys.start_session(owner, "", "", None)
    browser = city.with_cookie(f"__Host-twin_session={key}")
    answer = browser.delete("/api/session", headers={"X-CSRF-Token": identity.csrf})
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "__Host-twin_session=;" in answer.headers["Set-Cookie"]
    assert "Secure; HttpOnly; Path=/" in answer.headers["Set-Cookie"]
    assert city.store.session(key) is None


def test_bad_bodies_are_sentences(city: City) -> None:
    root = city.signed_in("root")
    for value in ({}, {"name": 1}, {"name": "x" * 5000}, {"name": "li", "role": "king"}, {"name": "a\r\nb"}):
        assert root.post("/api/users", value).status_code == 400
    for value in ({"disabled": "yes"}, {"role": 4}, {"display_name": "a\r\nSet-Cookie: x"}, {"password": "short"}):
        assert root.put("/api/users/wang", value).status_code == 400
    assert root.put("/api/users/nobody", {"role": "viewer"}).status_code == 404
    assert root.post("/api/users", {"name": "WANG"}).status_code == 409
    assert root.put("/api/users/root", {"role": "viewer"}).status_code == 400
    assert root.put("/api/users/wang/grants/a%0d%0ab", {"role": "viewer"}).status_code == 400
    for query in ("before=x", "before=0", "limit=0", "limit=1001", "before=" + "9" * 30):
        assert root.get(f"/api/audit?{query}").status_code == 400
