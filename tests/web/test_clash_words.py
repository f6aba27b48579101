"""`twin clash` for people: words in their language, lengths that make sense, files written whole."""

import json
import unicodedata
from pathlib import Path

import pytest

from tests.store import samples
from tests.web import clash_samples
from tests.web.clash_samples import PROJECT
from twin.store import Store
from twin.values import sentence
from twin.values.clash import SEVERITIES, ClashStatus, ClashType
from web.bcf import files
from web.cli import main
from web.cli.clash import WORDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("words")
    with Store.init(made, name="深圳", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        store.put_revision(samples.revision())
        store.put_revision(samples.revision(stem="duplex", text="b", spaces=False))
        clash_samples.put(store)
    return made


def in_words(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    capsys.readouterr()
    assert main.run(["clash", "list", "--project", PROJECT, "--all", "--twin", str(folder), *more]) == 0
    return capsys.readouterr().out


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def test_there_is_a_word_for_everything() -> None:
    assert set(WORDS) == {*ClashType, *ClashStatus, *SEVERITIES}
    assert all(str(word) == key for key, word in WORDS.items())


def test_a_list_speaks_the_language_and_its_json_the_contract(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = in_words(folder, capsys)
    assert "  high   hard         750.0 mm  New       " in english
    chinese = {"hard": "硬碰撞", "touch": "接触", "New": "新发现", "Active": "处理中", "high": "高", "low": "低"}
    monkeypatch.setattr(sentence, "catalogue", lambda language: {} if language == "en" else chinese)
    monkeypatch.setenv("TWIN_LANG", "zh")
    spoken = in_words(folder, capsys)
    assert "  高     硬碰撞       750.0 mm  新发现    " in spoken
    assert not any(word in spoken for word in chinese)
    for before, after in zip(english.splitlines(), spoken.splitlines(), strict=True):
        assert columns(before) == columns(after)
    told = json.loads(in_words(folder, capsys, "--json"))["clashes"]
    assert {(c["severity"], c["type"], c["status"]) for c in told} >= {("high", "hard", "New")}


@pytest.mark.parametrize("option", ["--tolerance", "--clearance"])
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1e6", "100.001"])
def test_a_length_that_is_none_is_wrong_usage_in_one_sentence(
    option: str, value: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    template = "{option} is {value}: give metres from 0 to {most} (10 mm is 0.01)."
    monkeypatch.setattr(sentence, "catalogue", lambda language: {template: "{option} 是 {value}：{most}"})
    for language, shown in (
        ("en", f"{option} is {float(value)}: give metres"),
        ("zh", f"{option} 是 {float(value)}：100"),
    ):
        monkeypatch.setenv("TWIN_LANG", language)
        assert main.run(["clash", "run", "--project", PROJECT, option, value, "--twin", str(folder)]) == 2
        told = capsys.readouterr().err
        assert shown in told
        assert len(told.splitlines()) == 1


def test_a_file_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, link = tmp_path / "a.bcf", tmp_path / "b.bcf"
    path.write_bytes(b"old")
    link.symlink_to(path)
    seen = []

    def broken(_: int) -> None:
        seen.append((path.read_bytes(), len(list(tmp_path.iterdir()))))
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", broken)
        with pytest.raises(OSError, match="disk full"):
            files.put(path, b"new")
    assert seen == [(b"old", 3)]
    assert path.read_bytes() == b"old"
    path.chmod(0o640)
    files.put(link, b"newer")
    assert (path.read_bytes(), link.is_symlink(), path.stat().st_mode & 0o777) == (b"newer", True, 0o640)
    assert {each.name for each in tmp_path.iterdir()} == {"a.bcf", "b.bcf"}


def test_an_export_is_written_whole(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = []
    monkeypatch.setattr(files, "put", lambda path, content: put.append((path, content[:2])))
    path = tmp_path / "o.bcf"
    assert main.run(["clash", "export", str(path), "--no-pictures", "--twin", str(folder), "--json"]) == 0
    assert put == [(path, b"PK")]
    assert not path.exists()
