"""`twin georef` and the placement options, through the program."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.georeference.step import Step, conversion, escaped
from web.cli.main import run

SITE = "(30,32,21,734000),(114,28,8,190000),4."


@pytest.fixture
def house(tmp_path: Path) -> Path:
    path = tmp_path / "house.ifc"
    path.write_text(escaped(Step(site=SITE, true_north="(0.766044443119,0.642787609687)").text()))
    return path


def audit(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["georef", *arguments, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


def test_the_audit_as_json(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = audit(capsys, str(house), "--twin", str(house.parent / "twin"))
    assert code == 0
    assert document["source"] == "IfcSite"
    assert document["true_north_deg"] == pytest.approx(310.0)
    assert document["inside_city"] is None
    assert document["present"][0]["believed"] is True
    assert sorted(path.name for path in house.parent.iterdir()) == ["house.ifc"]


def test_the_audit_in_words(house: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["georef", str(house)]) == 0
    words = capsys.readouterr().out
    assert "Believed source: IfcSite (LoGeoRef 20)" in words
    assert "The model's +Y from true north: 310.0000°" in words
    monkeypatch.setenv("TWIN_LANG", "zh")
    assert run(["georef", str(house)]) == 0
    assert "IfcSite (LoGeoRef 20)" in capsys.readouterr().out


def test_options_place(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    point = ["--crs", "EPSG:4547", "--eastings", "545000", "--northings", "3380000"]
    code, document = audit(capsys, str(house), *point, "--rotation", "0", "--height", "7")
    assert code == 0
    assert (document["source"], document["crs"], document["orthogonal_height"]) == ("option", "EPSG:4547", 7.0)
    assert document["true_north_deg"] == pytest.approx(document["grid_convergence_deg"], abs=1e-6)


def test_nothing_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lost.ifc"
    path.write_text(Step(site_at=(100.0, 0.0, 0.0)).text())
    code, document = audit(capsys, str(path))
    assert code == 3
    assert (document["source"], document["lo_geo_ref"], document["longitude"]) == ("none", 30, None)
    assert "--lon" in document["conflicts"][0]
    assert run(["georef", str(path)]) == 3
    assert "Believed source: none (LoGeoRef 30)" in capsys.readouterr().out


def test_an_unknown_crs_by_option_fails(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = audit(capsys, str(house), "--crs", "EPSG:1", "--eastings", "1", "--northings", "1", "--override")
    assert code == 1
    assert "is not known" in document["detail"]


def test_map_coordinates_written_as_local_ones_are_drawn_to_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "far.ifc"
    body = (
        "#100=IFCBUILDINGELEMENTPROXY('0rBru4syGxGOZb$M8kVJuS',$,'B',$,$,#101,#102,$,$);\n"
        "#101=IFCLOCALPLACEMENT(#31,#22);\n#102=IFCPRODUCTDEFINITIONSHAPE($,$,(#103));\n"
        "#103=IFCSHAPEREPRESENTATION(#21,'Body','SweptSolid',(#104));\n"
        "#104=IFCEXTRUDEDAREASOLID(#105,#106,#4,10.);\n#105=IFCRECTANGLEPROFILEDEF(.AREA.,$,$,20.,30.);\n"
        "#106=IFCAXIS2PLACEMENT3D(#107,$,$);\n#107=IFCCARTESIANPOINT((545000.,3380000.,0.));\n"
        "#108=IFCRELCONTAINEDINSPATIALSTRUCTURE('2TnxZkTXT08eDuMuhUUFNy',$,$,$,(#100),#30);\n"
    )
    path.write_text(Step(more=body + conversion("EPSG:4547", 545_000.0, 3_380_000.0)).text())
    code, document = audit(capsys, str(path))
    assert code == 0
    assert (document["longitude"], document["latitude"]) == pytest.approx((114.468941663, 30.539370766), abs=1e-7)
    assert any("is not moved there again" in c for c in document["conflicts"])


@pytest.mark.parametrize(
    "options",
    [
        ["--lon", "114"],
        ["--lat", "30"],
        ["--lon", "114", "--lat", "91"],
        ["--lon", "181", "--lat", "30"],
        ["--lon", "nan", "--lat", "30"],
        ["--crs", "EPSG:4547"],
        ["--crs", "EPSG:4547", "--eastings", "1"],
        ["--lon", "114", "--lat", "30", "--crs", "EPSG:4547", "--eastings", "1", "--northings", "1"],
        ["--height", "3"],
        ["--rotation", "3"],
        ["--override"],
    ],
)
def test_half_a_placement_is_wrong_usage(house: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["georef", str(house), *options]) == 2
    assert capsys.readouterr().err.endswith("Type `twin georef --help`.\n")


def test_what_is_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = audit(capsys, str(tmp_path / "missing.ifc"))
    assert code == 1
    assert "missing.ifc" in document["detail"]
