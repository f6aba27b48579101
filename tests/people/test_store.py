"""Users, sessions, tokens and the audit as the store keeps them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.errors import AlreadyThere, InvalidInput, NotFound
from twin.store import Store
from twin.values.person import SEEN, AuditEntry, Session, checked_name, name_like
from twin.values.rights import Role

NOW = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        yield opened


def session(user_id: str, key: str = "k", hours: float = 12) -> Session:
    return Session(key, user_id, "csrf", NOW, NOW, NOW + timedelta(hours=hours))


def test_users_are_kept_and_no_cache_is_dropped_for_them(store: Store) -> None:
    before = store.changes()
    made = store.add_user("Wang.Fang", at=NOW, display_name="王芳", role=Role.VIEWER, password_hash="h")
    assert (made.name, made.display_name, made.role, made.has_password) == ("wang.fang", "王芳", Role.VIEWER, True)
    assert store.grant("wang.fang", "P001", Role.MANAGER).grants == {"P001": Role.MANAGER}
    assert store.grant("wang.fang", "P001", Role.PUBLIC).grants == {}
    store.change_user("wang.fang", role=Role.ENGINEER, display_name="芳")
    assert [(u.name, u.role, u.display_name) for u in store.users()] == [("wang.fang", Role.ENGINEER, "芳")]
    store.start_session(session(made.id))
    store.record([AuditEntry(NOW, "wang.fang", "::1", "x")], [("k", NOW)], [])
    assert store.changes() == before
    store.remove_user("wang.fang")
    assert store.users() == []
    assert store.session("k") is None
    assert [entry.who for entry in store.audit()] == ["wang.fang"]


def test_a_name_is_one_persons(store: Store) -> None:
    store.add_user("a", at=NOW, password_hash="h")
    with pytest.raises(AlreadyThere):
        store.add_user(" A ", at=NOW)
    with pytest.raises(NotFound):
        store.user("b")


@pytest.mark.parametrize("name", ["", "a b", "cli:root", "a/b", "..", "a\r\nb", "a\u202eb", "x" * 101, "-a", "a\x00"])
def test_names_that_could_pass_for_something_else(name: str) -> None:
    with pytest.raises(InvalidInput):
        checked_name(name)
    assert checked_name(name_like(name)) == name_like(name)


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": Role.MANAGER}])
def test_the_last_administrator_stays(store: Store, change: dict[str, object]) -> None:
    store.add_user("root", at=NOW, role=Role.ADMINISTRATOR, password_hash="h")
    store.add_user("idle", at=NOW, role=Role.ADMINISTRATOR, password_hash="h")
    store.change_user("idle", disabled=True)
    with pytest.raises(InvalidInput):
        store.change_user("root", **change)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        store.remove_user("root")
    assert store.has_administrator()
    assert store.user("root").role is Role.ADMINISTRATOR
    store.change_user("idle", disabled=False)
    store.remove_user("root")
    assert store.has_administrator()


def test_waits_grow_with_wrong_passwords_and_end_with_the_right_one(store: Store) -> None:
    made = store.add_user("a", at=NOW, password_hash="h")
    waits = []
    for _ in range(12):
        store.note_failure(made.id, NOW)
        found = store.credentials("a")
        assert found is not None
        waits.append((found.locked_until - NOW).total_seconds() if found.locked_until else 0)
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    store.note_success(made.id)
    found = store.credentials("a")
    assert found is not None
    assert found.locked_until is None
    assert found.password_hash == "h"
    store.note_failure(made.id, NOW)
    assert store.user("a").locked_until is None


def test_a_session_takes_the_place_of_another_and_old_ones_go(store: Store) -> None:
    made = store.add_user("a", at=NOW, password_hash="h")
    store.start_session(session(made.id, "one"))
    store.start_session(session(made.id, "old", hours=-1))
    store.start_session(session(made.id, "two"), replaces="one")
    assert [store.session(key) is None for key in ("one", "old", "two")] == [True, True, False]
    store.end_session("two")
    assert store.session("two") is None


@pytest.mark.parametrize("change", [{"disabled": True}, {"password_hash": "other"}])
def test_who_is_disabled_or_has_a_new_password_is_signed_out(store: Store, change: dict[str, object]) -> None:
    for name in ("a", "b"):
        store.start_session(session(store.add_user(name, at=NOW, password_hash="h").id, name))
    store.change_user("a", **change)  # type: ignore[arg-type]
    assert store.session("a") is None
    assert store.session("b") is not None


def test_tokens(store: Store) -> None:
    store.add_user("a", at=NOW, role=Role.MANAGER)
    held = frozenset({"P2", "P1"})
    made = store.add_token(
        "a", id="t1", key_sha256="h1", name="CI", role=Role.VIEWER, projects=held, at=NOW, expires_at=None
    )
    assert (made.owner, made.projects, made.role) == ("a", held, Role.VIEWER)
    found = store.token("h1")
    assert found is not None
    assert found[0] == made
    assert found[1].name == "a"
    assert store.token("h2") is None
    assert store.tokens("a") == store.tokens() == [made]
    store.record([], [], [("t1", NOW)])
    assert store.tokens()[0].last_used_at == NOW
    assert store.remove_token("t1").name == "CI"
    with pytest.raises(NotFound):
        store.remove_token("t1")


def test_what_is_seen_stands_there_once_an_hour(store: Store) -> None:
    times = [NOW, NOW + timedelta(minutes=29), NOW + timedelta(minutes=31)]
    for at in times:
        store.record([AuditEntry(at, who, "::1", SEEN, project) for who in ("a", "b") for project in ("P1", "P2")])
    assert len(store.audit(limit=100)) == 2 * 4
    assert [e.project for e in store.audit(who="a", project="P1")] == ["P1", "P1"]
    newest = store.audit(limit=3)
    assert store.audit(before=newest[-1].id, limit=1)[0].id == newest[-1].id - 1
    assert store.forget_audit(NOW + timedelta(minutes=1)) == 4


def test_nobody_writes_a_second_line_into_the_audit(store: Store) -> None:
    store.record([AuditEntry(NOW, "a\r\nroot", "::1", "x\x1b[2J", "P\u20281", "w" * 900, "200")])
    (entry,) = store.audit()
    assert (entry.who, entry.action, entry.project) == ("a\ufffd\ufffdroot", "x\ufffd[2J", "P\ufffd1")
    assert len(entry.what) == 500


def test_the_secret_is_made_once(store: Store, tmp_path: Path) -> None:
    secret = store.secret()
    assert len(secret) >= 43
    assert store.secret() == secret
    with Store.open(tmp_path / "twin") as other, Store.open(tmp_path / "third") as third:
        assert other.secret() == secret != third.secret()
