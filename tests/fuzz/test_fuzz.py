"""Damaged files end in exit code 0, 1 or 3 and a sentence, within their limit, and a refusal changes nothing."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import figures
from tests.conftest import real_data_folder
from tests.fuzz import worker
from tests.fuzz.driver import Input, Tally, Worker, fuzz, inputs, keep, prepare
from tests.fuzz.seeds import FAMILIES

CORPUS = Path(__file__).parent / "corpus"
HANGS = "import sys, time; sys.stdin.readline(); time.sleep(60)"
DIES = "import os, sys; sys.stdin.readline(); os._exit(139)"


def tried(folder: Path, given: list[Input], until: float = 1e9) -> Tally:
    """Run inputs, the real files among the seeds where they are; fail with what went wrong."""
    real = real_data_folder()
    tally = fuzz(folder, given, real=real if real.is_dir() else None, until=until)
    if tally.wrong:
        pytest.fail("\n".join(keep(tally, folder / "seeds", folder / "failing")))
    return tally


@pytest.mark.timeout(600)
def test_some_damaged_files(tmp_path: Path) -> None:
    tally = tried(tmp_path, inputs(100)[:45], until=60)
    assert tally.codes.total() >= 15  # also on a machine that is busy
    assert {code for _, code in tally.codes} == {0, 1, 3}


@pytest.mark.long
@pytest.mark.timeout(3 * 3600)
def test_ten_thousand_damaged_files(tmp_path: Path) -> None:
    tally = tried(tmp_path, inputs(10_000))
    assert tally.codes.total() >= 10_000
    assert {family for family, _ in tally.codes} == set(FAMILIES)
    figures.put("fuzz", tally.figures())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no damaged file has ever gone wrong")
def test_what_once_went_wrong_does_not_again(tmp_path: Path) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    given: list[Input] = [(path.parent.name, number, str(path)) for number, path in enumerate(files, 1)]
    tried(tmp_path, given)


def test_inputs_are_the_same_on_every_run_and_hardly_ever_unharmed(tmp_path: Path) -> None:
    seeds, _ = prepare(tmp_path, None)
    good = {path.read_bytes() for path in seeds.rglob("*") if path.is_file()}
    made = [worker.mutant(seeds, family, number) for family in FAMILIES for number in range(30)]
    assert made == [worker.mutant(seeds, family, number) for family in FAMILIES for number in range(30)]
    assert sum(content in good for _, content in made) < len(made) / 20
    assert sum(kind.share for kind in FAMILIES.values()) == 100


@pytest.mark.parametrize(("program", "told"), [(HANGS, "nothing came for 1 s"), (DIES, "the process died (139)")])
def test_a_hang_and_a_death_are_found(program: str, told: str) -> None:
    watched = Worker(["-c", program], limit=1.0)
    try:
        outcome = watched.tell(("ifc", 1))
    finally:
        watched.end()
    assert (outcome.code, outcome.wrong) == (None, [told])


@pytest.mark.parametrize(
    ("code", "out", "err", "as_json"),
    [
        (2, '{"detail": "No."}', "", True),
        (1, '{"detail": "No.\\nMore."}', "", True),
        (1, '{"detail": ""}', "", True),
        (1, "", "twin: No.", True),
        (0, '{"value": NaN}', "", True),
        (0, "{}", "Traceback (most recent call last):", True),
        (1, "", "", False),
        (-11, "", "", False),
    ],
)
def test_a_bad_end_is_found(code: int, out: str, err: str, as_json: bool) -> None:
    assert worker.faults_of(code, out, err, as_json=as_json)


def test_a_good_end_is_none() -> None:
    assert worker.faults_of(1, '{"detail": "No."}', "", as_json=True) == []
    assert worker.faults_of(1, "", "twin: No.", as_json=False) == []
    assert worker.faults_of(3, "{}", "", as_json=True) == []


def test_a_changed_store_is_found(tmp_path: Path) -> None:
    _, base = prepare(tmp_path, None)
    before = worker.content_of(base)
    copy = tmp_path / "copy"
    shutil.copytree(base, copy)
    assert worker.content_of(copy) == before
    blob = next(path for path in (copy / "blobs").rglob("*") if path.is_file())
    blob.rename(blob.with_name("0" * 64))
    assert worker.content_of(copy) != before
    with closing(sqlite3.connect(base / "twin.sqlite")) as database:
        database.execute("UPDATE twin SET name = 'another'")
        database.commit()
    assert worker.content_of(base) != before
