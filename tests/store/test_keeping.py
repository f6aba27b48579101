"""Retention: what is old goes when it is told to, nothing else, and nothing when it is only asked about."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store import samples
from tests.store.test_kill import whole
from twin.errors import NotFound
from twin.store import Store
from twin.store.keeping import Keep

MODEL = "P001-办公楼"
NOW = datetime(2026, 6, 30, tzinfo=UTC)


def add_rows(store: Store) -> None:
    """Add rows of jobs, uploads, the audit log and sessions, aged 1, 10 and 100 days."""
    jobs = (
        "INSERT INTO jobs (id, kind, project, state, stage, done, total, arguments, created_at, created_by, finished_at"
        ", attempts, cancel) VALUES (:id, 'import', 'P001', :state, '', 0, 0, '{}', :at, 'x', :at, 0, 0)"
    )
    audit = (
        "INSERT INTO audit (at, who, address, action, project, what, outcome) VALUES (:at, 'x', '', 'a', '', '', 'ok')"
    )
    users = (
        "INSERT INTO users (id, name, display_name, role, disabled, failures, created_at)"
        " VALUES ('u', 'u', 'u', 'viewer', 0, 0, '')"
    )
    sessions = (
        "INSERT INTO sessions (key_sha256, user_id, csrf, created_at, seen_at, expires_at, address, agent)"
        " VALUES (:id, 'u', '', '', '', :at, '', '')"
    )
    with store._engine.begin() as connection:
        connection.execute(text(users))
        for days in (-1, 1, 10, 100):
            at = {"at": (NOW - timedelta(days=days)).isoformat(timespec="microseconds"), "id": f"s{days}"}
            connection.execute(text(sessions), at)
            if days > 0:
                connection.execute(text(audit), at)
                for state in ("done", "failed", "cancelled", "queued", "running"):
                    connection.execute(text(jobs), {**at, "id": f"{state} {days}", "state": state})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "twin") as made:
        for number in range(4):
            made.put_revision(samples.revision(text=f"revision {number}", tiles=(b"glTF same", b"glTF %d" % number)))
        add_rows(made)
    return Store.open(tmp_path / "twin")


def test_asking_changes_nothing(store: Store) -> None:
    keep = Keep(revisions=1, jobs_days=5, uploads_days=0, audit_days=50)
    with store:
        names, changes = set(store.blobs.names()), store.changes()
        first = store.outdated(keep, NOW)
        assert store.outdated(keep, NOW) == first
        assert (set(store.blobs.names()), store.changes()) == (names, changes)
        assert store.remove_outdated(keep, NOW) == first
        after = store.outdated(keep, NOW)
        assert set(asdict(after).values()) == {0}


def test_old_revisions_lose_what_is_heavy(store: Store) -> None:
    with store:
        history = store.history(MODEL)
        tiles = [f"{samples.tile_file(b'glTF %d' % number).path}" for number in range(4)]
        found = store.remove_outdated(Keep(revisions=2), NOW)
        assert found.revisions == 2
        assert found.blobs >= 2
        assert store.history(MODEL) == history  # with their counts
        whole(store)
        for revision in history:  # the files stay
            assert store.blobs.get(revision.sha256)
        for tile in tiles[2:]:
            assert store.tile(MODEL, tile)
        for tile in tiles[:2]:
            with pytest.raises(NotFound):
                store.tile(MODEL, tile)
        assert store.tile(MODEL, samples.tile_file(b"glTF same").path)
        assert store.put_revision(samples.revision(text="goes on")).revision == 5


def test_days(store: Store) -> None:
    with store:
        found = store.remove_outdated(Keep(jobs_days=5, audit_days=50), NOW)
        assert (found.revisions, found.jobs, found.audit, found.sessions) == (0, 6, 1, 3)
        assert store.job_counts() == {"done": 1, "failed": 1, "cancelled": 1, "queued": 3, "running": 3}
        assert store.remove_outdated(Keep(), NOW + timedelta(days=1000)).jobs == 0  # for ever unless said
