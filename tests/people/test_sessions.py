"""Signing in and out by password, and what a session's cookie is good for."""

import re
import time

import pytest

from tests.people.conftest import PASSWORD, Browser, City, MakeCity
from twin.values.rights import Role
from web.people.settings import Rates


def cookies(city: City, browser: Browser) -> str:
    answer = browser.post("/api/session", {"name": "wang", "password": PASSWORD})
    return str(answer.headers["Set-Cookie"])


def test_me_before_and_after(city: City) -> None:
    nobody = city.client().get("/api/me")
    assert nobody.headers["Cache-Control"] == "no-store"
    assert nobody.json == {
        "kind": "public",
        "name": "",
        "display_name": "",
        "role": "",
        "users": True,
        "csrf": "",
        "rights": {},
        "limit": None,
        "has_password": False,
        "sign_in": {"password": True, "oidc": None},
    }
    wang = city.signed_in("wang")
    me = wang.get("/api/me").json
    assert (me["kind"], me["name"], me["display_name"], me["role"]) == ("person", "wang", "王芳", "viewer")
    assert me["rights"] == {"P001": "engineer"}
    assert len(me["csrf"]) > 20
    assert wang.delete("/api/session").json["kind"] == "public"
    assert wang.get("/api/me").json["kind"] == "public"


def test_names_are_found_however_they_are_typed(city: City) -> None:
    assert city.signed_in(" WANG ").get("/api/me").json["name"] == "wang"


@pytest.mark.parametrize(("name", "password"), [("wang", "wrong"), ("wang", ""), ("nobody", PASSWORD), ("", "x")])
def test_what_is_wrong_is_not_told_apart(city: City, name: str, password: str) -> None:
    city.store.add_user("idle", at=city.clock(), role=Role.VIEWER)
    answer = Browser(city.client()).post("/api/session?lang=en", {"name": name, "password": password})
    assert "Set-Cookie" not in answer.headers
    if name and password:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["detail"].startswith("The name or the password is wrong")
    else:
        assert answer.status_code == 400


def test_a_cookie_is_the_browsers_alone(city: City, make_city: MakeCity) -> None:
    plain = cookies(city, Browser(city.client()))
    assert re.fullmatch(r"twin_session=[\w-]{43}; Expires=[^;]+; Max-Age=43200; HttpOnly; Path=/; SameSite=Lax", plain)
    secure = make_city("https://twin.example.cn")
    sent = cookies(secure, Browser(secure.client()))
    assert sent.startswith("__Host-twin_session=")
    assert "; Secure; HttpOnly; Path=/; SameSite=Lax" in sent
    assert "Domain" not in sent


def test_a_plain_cookie_is_none_on_https(make_city: MakeCity) -> None:
    city = make_city("https://twin.example.cn")
    owner = city.store.user("wang")
    key, _ = city.people.keys.start_session(owner, "", "", None)
    for name, kind in (("twin_session", "public"), ("__Host-twin_session", "person")):
        assert city.with_cookie(f"{name}={key}").get("/api/me").json["kind"] == kind


def test_every_sign_in_has_a_new_key_and_ends_the_old_one(city: City) -> None:
    wang = city.signed_in("wang")
    first = wang.client.get_cookie("twin_session")
    assert first is not None
    answer = wang.post("/api/session", {"name": "root", "password": PASSWORD})
    assert answer.json["name"] == "root"
    assert city.with_cookie(f"twin_session={first.value}").get("/api/me").json["kind"] == "public"
    fixed = city.with_cookie("twin_session=chosen-by-somebody-else")
    sent = fixed.post("/api/session", json={"name": "wang", "password": PASSWORD})
    assert "chosen" not in sent.headers["Set-Cookie"]


def test_sessions_end_by_idleness_and_by_age(city: City) -> None:
    wang = city.signed_in("wang")
    for _ in range(3):
        city.clock.on(hours=3.9)
        city.look_anew()
        assert wang.get("/api/me").json["kind"] == "person"
        city.people.recorder.flush()
    city.clock.on(hours=0.4)  # 12.1 in all
    city.look_anew()
    assert wang.get("/api/me").json["kind"] == "public"
    wang = city.signed_in("wang")
    city.clock.on(hours=4.1)
    city.look_anew()
    assert wang.get("/api/me").json["kind"] == "public"


def test_who_is_disabled_is_out_at_once(city: City) -> None:
    wang, root = city.signed_in("wang"), city.signed_in("root")
    key = root.post("/api/tokens", {"name": "ci", "role": "viewer", "owner": "wang"}).json["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    assert city.client().get("/api/me", headers=bearer).json["kind"] == "program"
    assert root.put("/api/users/wang", {"disabled": True}).status_code == 200
    assert wang.get("/api/me").json["kind"] == "public"
    assert city.client().get("/api/me", headers=bearer).status_code == 401
    refused = Browser(city.client()).post("/api/session", {"name": "wang", "password": PASSWORD})
    assert refused.status_code == 401


def test_rights_change_elsewhere_within_seconds(city: City) -> None:
    wang = city.signed_in("wang")
    assert wang.get("/api/me").json["role"] == "viewer"
    city.store.change_user("wang", role=Role.MANAGER)  # as another process does
    ends = time.monotonic() + 5
    while wang.get("/api/me").json["role"] != "manager":
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_wrong_passwords_lock_for_a_while_and_the_right_one_is_refused_meanwhile(city: City) -> None:
    browser = Browser(city.client())
    for _ in range(5):
        assert browser.post("/api/session", {"name": "wang", "password": "x" * 12}).status_code == 401
    assert browser.post("/api/session", {"name": "wang", "password": PASSWORD}).status_code == 401
    city.clock.on(seconds=31)
    assert browser.post("/api/session", {"name": "wang", "password": PASSWORD}).status_code == 200


def test_sign_ins_are_counted_by_address_and_by_name(make_city: MakeCity) -> None:
    city = make_city(rates=Rates(3, 0, 0))
    tried = [Browser(city.client()).post("/api/session", {"name": f"n{i}", "password": "x"}) for i in range(4)]
    assert [answer.status_code for answer in tried] == [401, 401, 401, 429]
    assert 1 <= int(tried[3].headers["Retry-After"]) <= 60
    one_name = [
        city.client().post(
            "/api/session", json={"name": "wang", "password": "x"}, environ_base={"REMOTE_ADDR": f"10.0.0.{i}"}
        )
        for i in range(4)
    ]
    assert [answer.status_code for answer in one_name] == [401, 401, 401, 429]


def test_everything_is_counted_generously_and_changes_by_who_asks(make_city: MakeCity) -> None:
    city = make_city(rates=Rates(0, 2, 6))
    root = city.signed_in("root")
    changed = [root.put("/api/users/wang", {"display_name": "W"}).status_code for _ in range(3)]
    assert changed == [200, 200, 429]
    assert [root.get("/api/me").status_code for _ in range(3)] == [200, 200, 429]
    elsewhere = city.client().get("/api/me", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 200


def test_a_new_password_ends_other_sessions_and_needs_the_old_one(city: City) -> None:
    wang, other = city.signed_in("wang"), city.signed_in("wang")
    new = "blue tower crane rain"
    assert wang.put("/api/me/password", {"old": "x" * 12, "new": new}).status_code == 401
    assert wang.put("/api/me/password", {"old": PASSWORD, "new": "short"}).status_code == 400
    answer = wang.put("/api/me/password", {"old": PASSWORD, "new": new})
    assert answer.status_code == 200
    assert wang.get("/api/me").json["csrf"] == answer.json["csrf"] != wang.csrf
    assert other.get("/api/me").json["kind"] == "public"
    assert city.signed_in("wang", new)
    assert Browser(city.client()).put("/api/me/password", {"old": new, "new": new}).status_code == 401


def test_without_users_all_is_open_to_who_sits_there(make_city: MakeCity) -> None:
    city = make_city(users=False)
    browser = Browser(city.client())
    me = browser.get("/api/me").json
    assert (me["kind"], me["role"], me["users"], me["sign_in"]["password"]) == ("local", "administrator", False, False)
    assert browser.post("/api/session", {"name": "wang", "password": PASSWORD}).status_code == 400
    assert len(browser.get("/api/users").json["users"]) == 2
    ignored = {"Authorization": "Bearer twin_x"}
    assert browser.get("/api/me", headers=ignored).json["kind"] == "local"


def test_unknown_names_take_as_long(make_city: MakeCity) -> None:
    city = make_city()
    city.people._floor = 1.2
    took = {}
    for name in ("wang", "nobody"):
        started = time.monotonic()
        Browser(city.client()).post("/api/session", {"name": name, "password": "x" * 12})
        took[name] = time.monotonic() - started
    assert min(took.values()) >= 1.2


def test_who_signs_in_elsewhere_keeps_nobody_out(make_city: MakeCity) -> None:
    """Where no name is given, only the address is counted: nobody shares a count with all others."""
    city = make_city(rates=Rates(3, 0, 0))
    limits = city.app.extensions["twin.door"].limits
    for i in range(10):
        limits.sign_in(f"10.0.0.{i}", "")
    for i in range(10):
        for step in ("login", "callback", "logout"):
            limits.sign_on(f"10.0.0.{i}", step)
    limits.sign_in("10.0.1.1", "wang")
