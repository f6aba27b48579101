"""Bad input on the command line: one clear line, exit code 1, and nothing stored."""

import json
from pathlib import Path

import pytest

from tests.ifc_import.test_source import BAD
from tests.ifc_import.text_model import box, model
from twin.store import Store
from web.cli.main import run


@pytest.mark.parametrize("kind", [*BAD, "a path that does not exist"])
def test_one_line_exit_code_1_and_no_folder(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "missing.ifc"
    if kind in BAD:
        name, content = BAD[kind]
        path = tmp_path / name
        path.write_bytes(content)
    folder = tmp_path / "twin"
    assert run(["import", str(path), "--project", "P", "--twin", str(folder)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert path.name in said.err
    assert not folder.exists()


@pytest.mark.parametrize("kind", BAD)
def test_a_refused_file_leaves_the_store_as_it_was(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.ifc"
    good.write_bytes(model(box(100, "'0box000000000000000001'")))
    folder = tmp_path / "twin"
    assert run(["import", str(good), "--project", "P", "--twin", str(folder)]) == 0
    before = {p: p.read_bytes() for p in (folder / "blobs").rglob("*") if p.is_file()}
    name, content = BAD[kind]
    path = tmp_path / name
    path.write_bytes(content)
    capsys.readouterr()
    assert run(["import", str(path), "--project", "P", "--twin", str(folder), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["title"] == "UnreadableModel"
    assert path.name in told["detail"]
    assert {p: p.read_bytes() for p in (folder / "blobs").rglob("*") if p.is_file()} == before
    with Store.open(folder) as store:
        assert [m.model for m in store.models()] == ["P-good"]


def test_a_bad_file_among_good_ones_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.ifc", tmp_path / "bad.ifc"
    good.write_bytes(model(box(100, "'0box000000000000000001'")))
    bad.write_bytes(b"no model")
    assert run(["import", str(bad), str(good), "--project", "P", "--twin", str(tmp_path / "twin"), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert [m["model"] for m in said["models"]] == ["P-good"]
    assert [Path(r["file"]).name for r in said["refused"]] == ["bad.ifc"]


def test_an_element_that_cannot_be_drawn_is_exit_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "half.ifc"
    broken = box(100, "'0box000000000000000001'").replace("1.,2.)", "0.,0.)")
    path.write_bytes(model(broken, box(120, "'0box000000000000000002'", at=4.0)))
    assert run(["import", str(path), "--project", "P", "--twin", str(tmp_path / "twin"), "--json"]) == 3
    ledger = json.loads(capsys.readouterr().out)["models"][0]["ledger"]
    assert (ledger["drawn"], ledger["failed"]) == (1, 1)
    (failed,) = [item for item in ledger["items"] if item["state"] == "failed"]
    assert failed["global_id"] == "0box000000000000000001"
    assert failed["reason"]


def test_a_model_without_a_place_is_refused_with_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nowhere.ifc"
    path.write_bytes(model(box(100, "'0box000000000000000001'")).replace(b"(31,12,0),(121,30,0)", b"$,$"))
    assert run(["import", str(path), "--project", "P", "--twin", str(tmp_path / "twin")]) == 1
    assert "--lon" in capsys.readouterr().err
    assert (
        run(["import", str(path), "--project", "P", "--twin", str(tmp_path / "twin"), "--lon", "114", "--lat", "22"])
        == 0
    )
