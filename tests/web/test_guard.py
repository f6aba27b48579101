"""A foreign file may crash or hang the parser: the command line says so in a sentence, and the store is as before."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.ifc_import.text_model import box, model
from twin.errors import TwinError, UnreadableModel
from twin.store import Store
from web.cli import guard
from web.cli.guard import guarded
from web.cli.main import run


@pytest.fixture(autouse=True)
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork although other tests have left threads: what the child does here takes none of their locks."""
    monkeypatch.setattr(guard, "may_fork", lambda: True)


def silent(stage: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


def test_what_the_child_returns_and_its_steps_arrive(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []

    def work(advance: object) -> dict[str, int]:
        advance("read", 1, 2)  # type: ignore[operator]
        return {"pid": os.getpid()}

    assert guarded(work, lambda *step: steps.append(step), tmp_path)["pid"] != os.getpid()
    assert steps == [("read", 1, 2)]


@pytest.mark.parametrize(
    ("death", "told"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "SIGSEGV"),
        (lambda: os._exit(7), "exit code 7"),
        (lambda: time.sleep(60), "given up after 1 s"),
        (lambda: int("no"), "ValueError"),
        (lambda: (_ for _ in ()).throw(RecursionError("maximum depth")), "RecursionError"),
    ],
)
def test_every_death_is_a_sentence(death: object, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_PATIENCE", "1")

    def work(advance: object) -> dict[str, int]:
        if callable(death):
            result = death()
            next(iter(result)) if hasattr(result, "__next__") else None
        return {}

    with pytest.raises(TwinError, match=told):
        guarded(work, silent, tmp_path / "a.ifc")


def test_a_file_that_crashes_the_parser_is_refused_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import ifc_import.reader

    monkeypatch.setattr(ifc_import.reader, "open_model", lambda *_: os.abort())
    path = tmp_path / "house.ifc"
    path.write_bytes(model(box(100, "'0box000000000000000001'")))
    assert run(["import", str(path), "--project", "P", "--twin", str(tmp_path / "twin")]) == 1
    assert "crash (SIGABRT)" in capsys.readouterr().err
    with Store.open(tmp_path / "twin") as store:
        assert store.models() == []


def test_the_childs_error_keeps_its_class(tmp_path: Path) -> None:
    def work(advance: object) -> dict[str, int]:
        raise UnreadableModel("{file} is empty.", file="a")

    with pytest.raises(TwinError, match="a is empty") as refused:
        guarded(work, silent, tmp_path)
    assert getattr(refused.value, "title", "") == "UnreadableModel"
