"""Jobs of uploads: what is found in a file that is not published, and who may queue what publishes it."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.rights.asking import ASKERS, Asking, person
from tests.store import samples
from tests.web.conftest import settings_of
from tests.web.test_api import validate
from twin.errors import NotAllowed
from twin.store import Store
from twin.store.visible import Visible
from twin.values.job import Job, JobState, NewJob
from twin.values.rights import ALL_FIELDS, LOCAL, Identity, Role, Scope

HIDDEN_WORDS = "vault under the north wing"
VERA, ERIC, MARY = (
    person(name, P001=role) for name, role in (("vera", Role.VIEWER), ("eric", Role.ENGINEER), ("mary", Role.MANAGER))
)
MARYS_KEY = Identity("program", "mary", role=Role.ENGINEER, limit=frozenset({"P001"}))
MARY_BEFORE = person("mary", P001=Role.ENGINEER)  # was a manager


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    with Store.open(tmp_path / "twin") as store:
        store.put_revision(samples.revision())
    made = Asking(tmp_path / "twin", settings_of(tmp_path).page)
    yield made
    made.close()


def examined(store: Store) -> Job:
    job = store.put_job(NewJob("examine", "P001", {"upload": "u1", "file": f"{HIDDEN_WORDS}.ifc"}, "eric"))
    assert store.claim_job(job.id, "here") is not None
    store.finish_job(job.id, "here", state=JobState.DONE, result={"notices": [HIDDEN_WORDS]})
    return store.job(job.id)


def test_what_is_in_an_unpublished_file_is_told_to_engineers_only(asking: Asking) -> None:
    job = examined(asking.store)
    clash = asking.store.put_job(NewJob("clash", "P001", {"tolerance": 0.01}, "eric"))
    addresses = ("/api/jobs", "/api/jobs?project=P001&state=done", f"/api/jobs/{job.id}", f"/api/jobs/{job.id}/events")
    for who, told in ((VERA, False), (ERIC, True), (MARY, True), (ASKERS["administrator"], True), (LOCAL, True)):
        for address in addresses:
            with closing(asking.ask(who, address)) as answer:
                assert answer.status_code == 200
                assert (HIDDEN_WORDS in answer.text) is told, (who.name, address)
                assert job.id in answer.text
    seen = asking.get(VERA, f"/api/jobs/{job.id}")
    validate(seen, "Job")
    assert (seen["state"], seen["arguments"], seen["result"]) == ("done", {}, None)
    assert asking.get(VERA, f"/api/jobs/{clash.id}")["arguments"] == {"tolerance": 0.01}


def test_only_managers_queue_an_import_again(asking: Asking) -> None:
    job = asking.store.put_job(NewJob("import", "P001", {"file": "a.ifc"}, "mary"), b"ISO-10303-21;")
    asking.store.cancel_job(job.id)

    def retry(who: Identity) -> int:
        answer = asking.ask(
            who, f"/api/jobs/{job.id}/retry", "POST", data=json.dumps({}), content_type="application/json"
        )
        return answer.status_code

    for who in (MARYS_KEY, MARY_BEFORE, ERIC, VERA):
        assert retry(who) == 403, who
        assert asking.store.job(job.id).state is JobState.CANCELLED
    assert retry(MARY) == 200
    assert asking.store.job(job.id).state is JobState.QUEUED
    cancel = asking.ask(MARYS_KEY, f"/api/jobs/{job.id}/cancel", "POST", json={})
    assert cancel.status_code == 200  # it publishes nothing
    assert retry(LOCAL) == 200


def test_the_store_of_an_engineer_queues_nothing_that_publishes(asking: Asking) -> None:
    store = asking.store
    job = store.cancel_job(store.put_job(NewJob("import", "P001", {"file": "a.ifc"}, "mary"), b"x").id)
    seen = frozenset({("P001", ALL_FIELDS)})
    engineer, manager = (Visible(store, Scope(seen, None, role)) for role in (Role.ENGINEER, Role.MANAGER))
    with pytest.raises(NotAllowed):
        engineer.retry_job(job.id)
    with pytest.raises(NotAllowed):
        engineer.put_job(NewJob("import", "P001", {}, "eric"), b"x")
    assert engineer.put_job(NewJob("clash", "P001", {}, "eric")).state is JobState.QUEUED
    assert manager.retry_job(job.id).state is JobState.QUEUED
