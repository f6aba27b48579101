"""The sample buildings: deterministic, valid, and the buildings that they claim to be."""

import math
import subprocess
import sys
from pathlib import Path

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.element
import ifcopenshell.util.unit
import ifcopenshell.validate
import numpy as np
import pytest
from pyproj import Transformer

from sample_data.build import BUILDINGS, SampleModel, build_models
from tests.house import ROOT
from tests.oracle import kernel_boxes, opened

CENTRE, SCHOOL = 0, 1
HAS_NO_BODY = {"IfcBuilding", "IfcBuildingStorey", "IfcStair", "IfcRoof", "IfcCurtainWall"}


def test_the_same_bytes_on_every_run(sample_models: list[SampleModel], tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom sample_data.build import BUILDINGS, build_models\n"
        f"build_models(Path({str(tmp_path)!r}), BUILDINGS)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    for model in sample_models:
        assert (tmp_path / model.path.name).read_bytes() == model.path.read_bytes()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    models = build_models(tmp_path / "new", BUILDINGS, lambda done, total, _name: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert [model.project for model in models] == ["BJ-001", "BJ-002"]


def test_the_command_needs_a_folder() -> None:
    command = [sys.executable, "-m", "sample_data"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_a_file_obeys_its_schema(sample_models: list[SampleModel], which: int) -> None:
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(opened(sample_models[which].path), log)
    assert log.statements == []


@pytest.mark.parametrize(("which", "schema", "metres"), [(CENTRE, "IFC4", 1.0), (SCHOOL, "IFC2X3", 0.001)])
def test_schema_and_unit(sample_models: list[SampleModel], which: int, schema: str, metres: float) -> None:
    file = opened(sample_models[which].path)
    assert file.schema == schema
    assert ifcopenshell.util.unit.calculate_unit_scale(file) == metres


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_every_element_is_complete(sample_models: list[SampleModel], which: int) -> None:
    file = opened(sample_models[which].path)
    elements = file.by_type("IfcElement")
    drawn = [element for element in elements if not element.is_a("IfcOpeningElement")]
    assert 250 <= len(drawn) <= 900
    ids = [root.GlobalId for root in file.by_type("IfcRoot")]
    assert len(set(ids)) == len(ids)
    for element in drawn:
        assert any("一" <= letter <= "鿿" for letter in element.Name) or element.is_a("IfcWindow"), element
        container = ifcopenshell.util.element.get_container(element)
        assert container is not None
        assert container.is_a("IfcBuildingStorey"), element


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_every_body_can_be_drawn(sample_models: list[SampleModel], which: int) -> None:
    path = sample_models[which].path
    expected = {
        product.GlobalId
        for product in opened(path).by_type("IfcProduct")
        if not product.is_a("IfcOpeningElement") and product.is_a() not in HAS_NO_BODY
    }
    assert set(kernel_boxes(path)) == expected


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_windows_and_doors_fill_their_openings(sample_models: list[SampleModel], which: int) -> None:
    path = sample_models[which].path
    found, file = kernel_boxes(path), opened(path)
    fillings = file.by_type("IfcRelFillsElement")
    assert len(fillings) == len(file.by_type("IfcWindow")) + len(file.by_type("IfcDoor"))
    for relation in fillings:
        filling = relation.RelatedBuildingElement
        host = relation.RelatingOpeningElement.VoidsElements[0].RelatingBuildingElement
        size = np.ptp(found[filling.GlobalId], axis=0)
        scale = ifcopenshell.util.unit.calculate_unit_scale(file)
        assert math.isclose(size[2], filling.OverallHeight * scale, abs_tol=1e-6)
        assert math.isclose(size[:2].max(), filling.OverallWidth * scale, abs_tol=1e-6)
        low, high = found[host.GlobalId]
        middle = found[filling.GlobalId].mean(axis=0)
        assert (low <= middle).all(), filling
        assert (middle <= high).all(), filling


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_a_window_has_a_frame_and_glass_of_their_own(sample_models: list[SampleModel], which: int) -> None:
    file = opened(sample_models[which].path)
    settings = ifcopenshell.geom.settings()
    for window in file.by_type("IfcWindow")[:3]:
        shape = ifcopenshell.geom.create_shape(settings, window).geometry
        opacity = {material.name: material.transparency for material in shape.materials}
        assert len(opacity) == 2
        assert sorted(value > 0.5 for value in opacity.values()) == [False, True]
        assert set(shape.material_ids) == {0, 1}


def test_the_centre_stands_in_epsg_4547(sample_models: list[SampleModel]) -> None:
    file = opened(sample_models[CENTRE].path)
    conversion = file.by_type("IfcMapConversion")[0]
    assert conversion.TargetCRS.Name == "EPSG:4547"
    to_lnglat = Transformer.from_crs("EPSG:4547", "EPSG:4326", always_xy=True)
    longitude, latitude = to_lnglat.transform(conversion.Eastings, conversion.Northings)
    site = file.by_type("IfcSite")[0]
    assert math.isclose(degrees(site.RefLongitude), longitude, abs_tol=1e-8)
    assert math.isclose(degrees(site.RefLatitude), latitude, abs_tol=1e-8)
    bearing = math.degrees(math.atan2(conversion.XAxisOrdinate, conversion.XAxisAbscissa))
    assert math.isclose(bearing, 12.0, abs_tol=1e-9)
    north = file.by_type("IfcGeometricRepresentationContext", include_subtypes=False)[0].TrueNorth.DirectionRatios
    assert math.isclose(math.degrees(math.atan2(north[0], north[1])), 12.0, abs_tol=1e-9)


def test_the_school_is_turned(sample_models: list[SampleModel]) -> None:
    file = opened(sample_models[SCHOOL].path)
    site = file.by_type("IfcSite")[0]
    assert (degrees(site.RefLongitude), degrees(site.RefLatitude)) == (
        114 + 5 / 60 + 6 / 3600,
        22 + 32 / 60 + 42 / 3600,
    )
    north = file.by_type("IfcGeometricRepresentationContext", include_subtypes=False)[0].TrueNorth.DirectionRatios
    assert math.isclose(math.degrees(math.atan2(-north[0], north[1])), 35.0, abs_tol=1e-9)


def degrees(angle: tuple[int, ...]) -> float:
    whole, minutes, seconds, millionths = angle
    return whole + minutes / 60 + (seconds + millionths / 1e6) / 3600


def test_the_school_writes_chinese_as_escapes(sample_models: list[SampleModel]) -> None:
    content = sample_models[SCHOOL].path.read_bytes()
    assert content.isascii()
    assert content.count(b"\\X2\\") > 1000


@pytest.mark.parametrize(("which", "metres"), [(CENTRE, (54.0, 22.1, 16.2)), (SCHOOL, (70.2, 38.5, 17.85))])
def test_the_buildings_have_the_size_of_buildings(
    sample_models: list[SampleModel], which: int, metres: tuple[float, float, float]
) -> None:
    path = sample_models[which].path
    site = opened(path).by_type("IfcSite")[0].GlobalId
    parts = [box for key, box in kernel_boxes(path).items() if key != site]
    low, high = np.min([box[0] for box in parts], axis=0), np.max([box[1] for box in parts], axis=0)
    assert high - low == pytest.approx(metres, abs=1e-3)
    assert low[2] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("which", [CENTRE, SCHOOL])
def test_elements_carry_facts(sample_models: list[SampleModel], which: int) -> None:
    element = ifcopenshell.util.element
    for wall in opened(sample_models[which].path).by_type("IfcWall"):
        sets = element.get_psets(wall)
        assert sets["Pset_WallCommon"]["IsExternal"] is wall.ObjectType.startswith("外墙")
        quantities = sets["Qto_WallBaseQuantities" if which == CENTRE else "BaseQuantities"]
        unit = ifcopenshell.util.unit.calculate_unit_scale(opened(sample_models[which].path))
        assert quantities["GrossSideArea"] == pytest.approx(
            quantities["Length"] * quantities["Height"] * unit**2, abs=1e-4
        )
        assert element.get_type(wall).Name == wall.ObjectType
        layers = element.get_material(wall).ForLayerSet.MaterialLayers
        assert len(layers) in {3, 4}
        assert wall.HasAssociations


def test_rooms_do_not_overlap(sample_models: list[SampleModel]) -> None:
    for model in sample_models:
        spaces = [kernel_boxes(model.path)[space.GlobalId] for space in opened(model.path).by_type("IfcSpace")]
        for i, (low, high) in enumerate(spaces):
            for other_low, other_high in spaces[i + 1 :]:
                assert (np.minimum(high, other_high) - np.maximum(low, other_low)).min() < 1e-6
