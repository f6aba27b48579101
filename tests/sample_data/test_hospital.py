"""The hospital's three files: the same bytes on every run, valid, complete, in their place."""

import json
import math
import subprocess
import sys
from pathlib import Path

import ifcopenshell.util.element
import ifcopenshell.validate
import pytest
from pyproj import Transformer

from sample_data import hospital_architecture, hospital_clashes, hospital_mep, hospital_structure
from sample_data.hospital_frame import FILES, FLOORS
from sample_data.sites import HOSPITAL
from tests.house import ROOT
from tests.oracle import opened

WRITERS = {"建筑": hospital_architecture.write, "结构": hospital_structure.write, "机电": hospital_mep.write}
LABELS = tuple(WRITERS)
HAS_NO_BODY = {"IfcStair"}


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the three files by their label, the ground truth beside them."""
    folder = tmp_path_factory.mktemp("hospital")
    for label, write in WRITERS.items():
        write(folder / FILES[label])
    hospital_clashes.write_ground_truth(folder / "clashes.json")
    return {label: folder / FILES[label] for label in LABELS}


def elements(path: Path) -> list[ifcopenshell.entity_instance]:
    return [element for element in opened(path).by_type("IfcElement") if not element.is_a("IfcFeatureElement")]


def test_the_same_bytes_on_every_run(hospital: dict[str, Path], tmp_path: Path) -> None:
    modules = ", ".join(write.__module__.removeprefix("sample_data.") for write in WRITERS.values())
    code = f"from pathlib import Path\nfrom sample_data import {modules}\n"
    for label, write in WRITERS.items():
        target = str(tmp_path / FILES[label])
        code += f"{write.__module__.removeprefix('sample_data.')}.write(Path({target!r}))\n"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    for label, path in hospital.items():
        assert (tmp_path / FILES[label]).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("label", LABELS)
def test_a_file_obeys_its_schema(hospital: dict[str, Path], label: str) -> None:
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(opened(hospital[label]), log)
    assert log.statements == []


def test_there_is_much_to_draw(hospital: dict[str, Path]) -> None:
    counts = {label: len(elements(path)) for label, path in hospital.items()}
    assert counts["建筑"] > 1200
    assert counts["结构"] > 900
    assert counts["机电"] > 900
    for path in hospital.values():
        assert path.stat().st_size < 3_000_000


@pytest.mark.parametrize("label", LABELS)
def test_every_element_stands_in_a_storey_and_has_a_shape(hospital: dict[str, Path], label: str) -> None:
    file = opened(hospital[label])
    names = {storey.Name for storey in file.by_type("IfcBuildingStorey")}
    assert {floor.name for floor in FLOORS} < names
    used = set()
    for element in elements(hospital[label]):
        container = ifcopenshell.util.element.get_container(element)
        assert container is not None
        assert container.is_a("IfcBuildingStorey"), element
        used.add(container.Name)
        assert element.Representation is not None or element.is_a() in HAS_NO_BODY, element
        assert any("一" <= letter <= "鿿" for letter in element.Name), element
    assert used == names


def test_the_storeys_are_the_same_in_all_files(hospital: dict[str, Path]) -> None:
    found = [
        {storey.Name: storey.Elevation for storey in opened(path).by_type("IfcBuildingStorey")}
        for path in hospital.values()
    ]
    assert found[0] == found[1] == found[2]
    assert found[0]["一层"] == 0.0
    assert found[0]["屋面"] == pytest.approx(4 * 4.5 + 6 * 3.9)


def test_the_architecture_is_placed_in_a_zone_prefixed_grid(hospital: dict[str, Path]) -> None:
    file = opened(hospital["建筑"])
    (conversion,) = file.by_type("IfcMapConversion")
    assert conversion.TargetCRS.Name == "EPSG:4526"
    # pyproj's word, not ours, for what a zone's number does to an easting
    plain = Transformer.from_crs(4547, 4526, always_xy=True).transform(HOSPITAL.eastings, HOSPITAL.northings)
    assert (conversion.Eastings, conversion.Northings) == pytest.approx(plain, abs=1e-6)
    turn = math.degrees(math.atan2(conversion.XAxisOrdinate, conversion.XAxisAbscissa))
    assert turn == pytest.approx(HOSPITAL.turn_deg, abs=1e-9)
    assert conversion.OrthogonalHeight == HOSPITAL.height
    lng, lat = Transformer.from_crs(4526, 4490, always_xy=True).transform(conversion.Eastings, conversion.Northings)
    (site,) = file.by_type("IfcSite")
    assert degrees(site.RefLongitude) == pytest.approx(lng, abs=1e-9)
    assert degrees(site.RefLatitude) == pytest.approx(lat, abs=1e-9)


def degrees(angle: tuple[int, ...]) -> float:
    whole, minutes, seconds, millionths = angle
    return whole + minutes / 60 + (seconds + millionths / 1e6) / 3600


@pytest.mark.parametrize("label", ["结构", "机电"])
def test_the_others_say_nothing_of_their_place(hospital: dict[str, Path], label: str) -> None:
    file = opened(hospital[label])
    assert not file.by_type("IfcCoordinateOperation")
    assert not file.by_type("IfcCoordinateReferenceSystem")
    for site in file.by_type("IfcSite"):
        assert (site.RefLatitude, site.RefLongitude, site.RefElevation) == (None, None, None)
    for context in file.by_type("IfcGeometricRepresentationContext", include_subtypes=False):
        assert context.TrueNorth is None


def test_services_belong_to_systems(hospital: dict[str, Path]) -> None:
    file = opened(hospital["机电"])
    systems = {system.Name: system for system in file.by_type("IfcDistributionSystem")}
    assert {"送风系统", "排风系统", "给水系统", "消防喷淋系统", "强电桥架系统"} <= set(systems)
    grouped = [member for relation in file.by_type("IfcRelAssignsToGroup") for member in relation.RelatedObjects]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == set(elements(hospital["机电"]))
    assert all(system.ServicesBuildings for system in systems.values())


def test_rooms_are_named_in_every_storey(hospital: dict[str, Path]) -> None:
    file = opened(hospital["建筑"])
    for storey in file.by_type("IfcBuildingStorey"):
        spaces = [part for relation in storey.IsDecomposedBy for part in relation.RelatedObjects]
        if storey.Name in {floor.name for floor in FLOORS}:
            assert len(spaces) >= 6, storey
    named = {space.LongName for space in file.by_type("IfcSpace")}
    assert {"急诊抢救室", "CT室", "1号手术室", "门诊大厅", "护士站", "消防水泵房"} <= named


def test_the_concrete_has_a_grade(hospital: dict[str, Path]) -> None:
    for column in opened(hospital["结构"]).by_type("IfcColumn"):
        if column.Name.endswith("（重复）") or "构造柱" in column.Name:
            continue
        sets = ifcopenshell.util.element.get_psets(column)
        grade = sets["Pset_ConcreteElementGeneral"]["StrengthClass"]
        assert grade in ifcopenshell.util.element.get_material(column).Name
        assert sets["滨江_施工信息"]["计划开始"] < sets["滨江_施工信息"]["计划完成"]


def test_the_ground_truth_is_written_beside_the_models(hospital: dict[str, Path]) -> None:
    told = json.loads((hospital["建筑"].parent / "clashes.json").read_text("utf-8"))["clashes"]
    assert len(told) == len(hospital_clashes.CLASHES) >= 24
    assert {clash["kind"] for clash in told} == {"hard", "contained", "duplicate", "clearance"}
    for clash in told:
        for side in (clash["a"], clash["b"]):
            element = opened(hospital["建筑"].parent / side["file"]).by_guid(side["global_id"])
            assert (element.is_a(), element.Name) == (side["ifc_class"], side["name"])
