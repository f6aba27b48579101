"""Whose fault it is that a file is not examined: only its own costs it its bytes."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sample_data.build import SampleModel
from twin.errors import Damaged, JobLost, StoreBusy, StoreTooNew, TwinError, UnreadableModel
from twin.store import Store
from twin.values.job import Job
from twin.values.sentence import say
from twin.values.upload import NewUpload, Upload, UploadPart
from web.sandbox import Refused
from web.uploads import examining


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "twin") as opened:
        yield opened


@pytest.fixture
def job(store: Store, sample_models: list[SampleModel]) -> Job:
    """The job that examines an upload of two parts."""
    content = sample_models[0].path.read_bytes()
    upload = store.put_upload(NewUpload("P1", "house.ifc", len(content)))
    half = len(content) // 2
    store.add_upload_part(upload.id, 0, content[:half])
    id = store.add_upload_part(upload.id, half, content[half:]).job
    assert id is not None
    return store.job(id)


def upload_of(store: Store, job: Job) -> Upload:
    return store.upload(str(job.arguments["upload"]))


def silent(stage: str, done: int, total: int) -> None:
    """Take progress."""


PASSING = [StoreBusy, StoreTooNew, JobLost, Damaged, TwinError, OSError]


@pytest.mark.parametrize("error", PASSING)
def test_an_error_of_the_storage_leaves_the_parts(
    error: type[Exception], store: Store, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = store.upload_parts(upload_of(store, job).id)
    assert len(parts) == 2

    def failing(*_: Any) -> bytes:
        raise error("It does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(store.blobs, "get", failing)
        with pytest.raises(error):
            examining.examine(store, job, silent)
    assert store.upload_parts(upload_of(store, job).id) == parts
    found = examining.examine(store, job, silent)
    assert found["ledger"]["drawn"] > 0


@pytest.mark.parametrize("error", PASSING)
def test_an_error_of_the_storage_leaves_the_whole(
    error: type[Exception], store: Store, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise error("It does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(examining, "review", failing)
        with pytest.raises(error):
            examining.examine(store, job, silent)
    kept = upload_of(store, job)
    assert kept.sha256 is not None
    assert len(store.blobs.get(kept.sha256)) == kept.size
    assert store.upload_parts(kept.id) == []


def refused(template: str, **values: Any) -> Refused:
    """Return what a sandbox says that its inside refused."""
    error = Refused("{problem}", problem="")
    error.sentence = say(template, **values)
    return error


def test_what_is_the_files_fault_costs_it_its_bytes(store: Store, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[TwinError] = [refused("The system refused: {error}.", error="No space left on device")]

    def failing(*_: Any) -> None:
        raise raised[-1]

    monkeypatch.setattr(examining, "review", failing)
    with pytest.raises(Refused):
        examining.examine(store, job, silent)
    assert upload_of(store, job).sha256 is not None  # the next time there may be space
    for error in (UnreadableModel("No model."), refused("No model.")):
        raised.append(error)
        with monkeypatch.context() as patched:

            def busy(id: str) -> None:
                raise StoreBusy("Somebody else writes.")

            patched.setattr(store, "forget_upload_bytes", busy)
            with pytest.raises(type(error)):
                examining.examine(store, job, silent)
        assert upload_of(store, job).sha256 is not None
    with pytest.raises(Refused):
        examining.examine(store, job, silent)
    assert upload_of(store, job).sha256 is None


def test_how_far_a_file_is_put_together_fits_into_a_database(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gigabyte = 2**30
    upload = store.put_upload(NewUpload("P1", "house.ifc", 5 * gigabyte))
    parts = [UploadPart(number * gigabyte, gigabyte, "0" * 64) for number in range(5)]
    monkeypatch.setattr(store, "upload_parts", lambda id: parts)
    monkeypatch.setattr(store.blobs, "get", lambda sha256: b"")
    told: list[tuple[str, int, int]] = []
    with pytest.raises(TwinError, match="whole"):
        examining._put_together(store, upload, tmp_path / "file", lambda *step: told.append(step))
    assert told[-1][1] == told[-1][2]
    assert max(total for _, _, total in told) < 2**31 < sys.maxsize
