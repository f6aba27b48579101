"""What is written down of who saw and changed what, and that nobody waits for it."""

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engines import POSTGRESQL
from tests.people.conftest import Browser, City, MakeCity
from tests.store import samples
from tests.web import clash_samples
from twin.store import Store
from twin.values.person import SEEN, AuditEntry
from web.people import recorder as recorder_module
from web.people.recorder import Recorder


def rows(city: City, **asked: Any) -> list[tuple[str, ...]]:
    city.people.recorder.flush()
    found = city.store.audit(limit=1000, **asked)
    return [(e.who, e.action, e.project, e.what, e.outcome) for e in reversed(found)]


def test_every_change_is_there_before_its_answer(city: City) -> None:
    root = city.signed_in("root")
    root.post("/api/users", {"name": "li", "role": "viewer"})
    root.put("/api/users/li/grants/P001", {"role": "engineer"})
    root.put("/api/users/li", {"role": "manager", "disabled": True, "password": "grass hopper dawn"})
    root.put("/api/users/li", {"role": "king"})
    root.delete("/api/users/li/grants/P001")
    root.delete("/api/users/li")
    made = root.post("/api/tokens", {"name": "ci", "role": "viewer"}).json
    root.delete(f"/api/tokens/{made['id']}")
    found = [(e.who, e.action, e.project, e.what, e.outcome) for e in reversed(city.store.audit())]
    assert found == [
        ("root", "sign_in", "", "", "signed in"),
        ("root", "add_user", "", "li", "201"),
        ("root", "grant", "P001", "li: engineer", "200"),
        ("root", "change_user", "", "li: role=manager, disabled=True, password=new", "200"),
        ("root", "change_user", "", "li", "400"),
        ("root", "revoke", "P001", "li", "200"),
        ("root", "remove_user", "", "li", "200"),
        ("root", "add_token", "", "root: ci", "201"),
        ("root", "remove_token", "", "root: ci", "200"),
    ]
    assert made["key"] not in str(found)
    assert {entry.address for entry in city.store.audit()} == {"127.0.0.1"}


def test_programs_are_named_with_their_owner(city: City) -> None:
    key = city.signed_in("root").post("/api/tokens", {"name": "sync 2", "role": "administrator"}).json["key"]
    city.client().post("/api/users", json={"name": "li"}, headers={"Authorization": f"Bearer {key}"})
    assert ("root/sync 2", "add_user", "", "li", "201") in rows(city)


def test_refused_changes_of_somebody_are_there_those_of_nobody_are_not(city: City) -> None:
    wang = city.signed_in("wang")
    assert wang.delete("/api/users/root").status_code == 403
    assert city.client().delete("/api/users/root").status_code == 401
    assert rows(city)[1:] == [("wang", "remove_user", "", "root", "403")]


def test_wrong_passwords_are_there_and_never_what_was_typed(city: City) -> None:
    for name in ("wang", "my secret typed in the wrong field"):
        Browser(city.client()).post("/api/session", {"name": name, "password": "wrong pass word"})
    assert rows(city) == [("wang", "sign_in", "", "", "refused"), ("", "sign_in", "", "", "refused")]


def test_looks_at_a_project_are_there_once_an_hour(city: City) -> None:
    wang = city.signed_in("wang")
    (model,) = (m.model for m in city.store.models())
    for path in ("/api/projects/P001", f"/api/models/{model}/elements", "/api/clashes?project=P001", "/api/projects"):
        for _ in range(2):
            assert wang.get(path).status_code == 200, path
    wang.get("/api/projects/P404")
    wang.get("/bcf/3.0/projects/P001/topics")
    wang.get("/api/reports/city.xlsx")
    city.client().get("/api/projects/P001")  # the public is nobody
    seen = [row for row in rows(city) if row[1] == SEEN]
    assert [(who, project, what) for who, _, project, what, _ in seen] == [
        ("wang", "P001", "project"),
        ("wang", "", "city_xlsx"),
    ]
    city.clock.on(hours=1)
    city.look_anew()
    wang.get("/api/projects/P001")
    assert len([row for row in rows(city) if row[1] == SEEN]) == 3


def test_without_users_changes_are_there_and_looks_are_not(make_city: MakeCity) -> None:
    city = make_city(users=False)
    browser = Browser(city.client())
    browser.get("/api/projects/P001")
    browser.put("/api/users/wang/grants/P001", {"role": "viewer"})
    assert rows(city) == [("local", "grant", "P001", "wang: viewer", "200")]


def test_pages_of_the_audit(city: City) -> None:
    root = city.signed_in("root")
    for number in range(25):
        root.put(f"/api/users/wang/grants/P00{number % 5}", {"role": "viewer"})
    seen: list[int] = []
    before: int | None = None
    while True:
        page = root.get(f"/api/audit?who=root&limit=10{f'&before={before}' if before else ''}").json
        seen += [entry["id"] for entry in page["entries"]]
        before = page["before"]
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 26
    only = root.get("/api/audit?project=P003").json["entries"]
    assert [entry["project"] for entry in only] == ["P003"] * 5


def test_nothing_of_a_request_makes_a_second_line(city: City) -> None:
    root = city.signed_in("root")
    root.put("/api/users/a%0d%0aroot%20grant/grants/P%0a1", {"role": "viewer"})
    root.delete("/api/users/x%1b%5b2J")
    for row in rows(city):
        assert not any(ord(sign) < 32 for text in row for sign in text), row


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "twin", busy_seconds=0.2) as opened:
        yield opened


def entry(number: int, action: str = "x") -> AuditEntry:
    from datetime import UTC, datetime

    return AuditEntry(datetime.now(UTC), f"n{number}", "", action)


@pytest.mark.skipif(POSTGRESQL, reason="there, the audit waits for no other writer")
def test_a_busy_database_fails_nobody_and_loses_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "PATIENCE", 0.5)
    recorder = Recorder(store)
    other = sqlite3.connect(tmp_path / "twin" / "twin.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    for number in range(3):
        recorder.record(entry(number), wait=number == 2)
    assert 0.4 < time.monotonic() - started < 5
    assert store.audit() == []
    other.execute("ROLLBACK")
    other.close()
    ends = time.monotonic() + 20
    while len(store.audit()) < 3:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert [e.who for e in reversed(store.audit())] == ["n0", "n1", "n2"]
    recorder.close()


def test_looks_do_not_wait_and_come_together(store: Store) -> None:
    recorder = Recorder(store)
    started = time.monotonic()
    for number in range(500):
        recorder.record(entry(number, SEEN))
    assert time.monotonic() - started < 0.5
    recorder.close()
    assert len(store.audit(limit=1000)) == 500


def test_many_threads_lose_nothing_and_the_writer_goes_when_idle(store: Store) -> None:
    recorder = Recorder(store)

    def work(base: int) -> None:
        for number in range(20):
            recorder.record(entry(base + number), wait=True)

    threads = [threading.Thread(target=work, args=(100 * i,)) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({e.who for e in store.audit(limit=1000)}) == 100
    ends = time.monotonic() + 10
    while any(thread.name == "twin-audit" for thread in threading.enumerate()):
        assert time.monotonic() < ends
        time.sleep(0.05)
    recorder.close()


def test_what_is_waiting_when_memory_would_run_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "MOST", 5)
    recorder = Recorder(store)
    for number in range(9):
        recorder.record(entry(number, SEEN))
    recorder.record(entry(10))
    recorder.close()
    assert {e.action for e in store.audit()} == {SEEN, "x"}
    assert len(store.audit()) == 6


def test_what_a_change_is_about_is_found_by_what_it_names(city: City) -> None:
    city.store.remove_model(next(found.model for found in city.store.models()))
    city.store.put_revision(samples.revision(count=60))
    city.store.put_revision(samples.revision(stem="duplex", text="b", spaces=False, tiles=(b"glTF b" * 400,)))
    clash_samples.put(city.store)
    root = city.signed_in("root")
    clash = clash_samples.CLASHES[1]
    changes = [
        ("POST", f"/api/clashes/{clash}", {"status": "Reviewed"}),
        ("POST", f"/api/clash-groups/{city.store.clash(clash).group}", {"comment": "seen"}),
        ("POST", "/api/jobs", {"kind": "clash", "project": "P001"}),
        ("PUT", "/api/publications/project/P001", {"fields": ["light"]}),
        ("POST", "/bcf/3.0/projects/P001/topics", {"title": "x"}),
    ]
    for method, path, value in changes:
        assert root.change(method, path, value).status_code < 500, path
    found = [(row[1], row[2]) for row in rows(city) if row[1] != "sign_in"]
    assert found == [
        *(("change_clash", "P001"), ("change_clash_group", "P001"), ("create_job", "P001")),
        *(("publish", "P001"), ("bcf_add_topic", "P001")),
    ]
