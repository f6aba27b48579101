"""Reading models: every IfcProduct in exactly one state, oddities handled and told."""

from pathlib import Path

import ifcopenshell
import numpy as np
import pytest

from ifc_import.reader import drawing_started, ledger_counts, read_model
from ifc_import.source import open_source
from tests.ifc_import.text_model import box, model
from twin.values.model import BuildingModel, State

# What the issue demands to be drawn at least; spaces and site bodies counted, openings not.
DRAWN = {
    "duplex_arch": 236, "duplex_elec": 104, "office_a": 902, "fzk_haus": 90, "sample_house": 62, "large_building": 122,
    "tall_building": 58,
}  # fmt: skip


def read(path: Path, kernel: str | None = None) -> BuildingModel:
    source = open_source(path)
    with drawing_started(source, kernel) as (text_path, worker):
        return read_model(source, text_path, worker).model


def read_text(folder: Path, *parts: str, schema: str = "IFC4") -> BuildingModel:
    path = folder / "model.ifc"
    path.write_bytes(model(*parts, schema=schema))
    return read(path)


@pytest.mark.real_data
def test_every_product_of_every_real_model_has_one_state(real_data: Path) -> None:
    for path in sorted((real_data / "ifc").glob("*.ifc")):
        found = read(path)
        products = ifcopenshell.open(str(path)).by_type("IfcProduct")
        assert sorted(e.step_id for e in found.elements) == sorted(p.id() for p in products), path.name
        counts = ledger_counts(found.elements)
        assert counts["products"] == sum(counts[s] for s in State)
        assert counts["drawn"] >= DRAWN.get(path.stem, 1), path.name
        assert counts["failed"] == 0, path.name
        assert all((e.reason is None) == (e.state is State.DRAWN) for e in found.elements)
        assert [e.row for e in found.drawn()] == list(range(counts["drawn"]))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["duplex_arch", "fzk_haus"])
def test_glass_stays_glass_and_frames_keep_their_colour(name: str, real_data: Path) -> None:
    found = read(real_data / "ifc" / f"{name}.ifc")
    windows = [e for e in found.drawn() if e.ifc_class == "IfcWindow"]
    assert windows
    glazed = 0
    for window in windows:
        assert window.placed is not None
        opacities = found.shapes[window.placed.shape].materials[:, 3]
        glazed += bool((opacities < 255).any() and (opacities == 255).any())
    assert glazed / len(windows) > 0.9


@pytest.mark.real_data
def test_the_kernels_agree_on_where_things_are(real_data: Path) -> None:
    boxes = []
    for kernel in ("lite", "ifcopenshell"):
        found = read(real_data / "ifc" / "tall_building.ifc", kernel)
        at = {}
        for e in found.drawn():
            assert e.placed is not None
            points = found.shapes[e.placed.shape].vertices @ e.placed.local_from_shape[:3, :3].T
            points += e.placed.local_from_shape[:3, 3]
            at[e.global_id] = np.concatenate([points.min(axis=0), points.max(axis=0)])
        boxes.append(at)
    assert boxes[0].keys() == boxes[1].keys()
    assert max(np.abs(boxes[0][k] - boxes[1][k]).max() for k in boxes[0]) < 0.01


@pytest.mark.real_data
def test_a_face_keeps_its_own_colour(real_data: Path) -> None:
    found = read(real_data / "ifc" / "bsi_individual_colors.ifc")
    (shape,) = found.shapes
    seen = {tuple(shape.materials[i]) for i in shape.face_materials}
    assert seen == {(255, 0, 0, 255), (0, 128, 0, 255), (255, 255, 0, 255)}


def test_repeated_and_missing_global_ids_are_told_and_made_unique(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        box(100, "'0box000000000000000001'"),
        box(120, "'0box000000000000000001'", at=5.0),
        box(140, "''", at=9.0),
    )
    ids = [e.global_id for e in found.drawn()]
    assert ids == ["0box000000000000000001", "0box000000000000000001~2", "missing~2"]
    assert any("#100" in n and "#120" in n for n in found.notices)
    assert any("no GlobalId" in n for n in found.notices)


def test_missing_names_and_storeys_are_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, box(100, "'0box000000000000000001'", "$"))
    assert any("no name" in n for n in found.notices)
    assert any("no storeys" in n for n in found.notices)
    assert found.ground == 0.0


def test_a_file_without_products_is_read_and_told(tmp_path: Path) -> None:
    text = (
        model().replace(b"#8=IFCSITE", b"#8=IFCPERSON($,$,$,$,$,$,$,$);\n/*").replace(b"#9=IFCREL", b"*/\n/*#9=IFCREL")
    )
    path = tmp_path / "model.ifc"
    path.write_bytes(text.replace(b"(#8));", b"(#8)); */"))
    found = read(path)
    assert ledger_counts(found.elements)["products"] == 0
    assert any("no IfcProduct" in n for n in found.notices)


def test_a_body_that_nobody_can_draw_fails_with_a_reason(tmp_path: Path) -> None:
    broken = box(100, "'0box000000000000000001'").replace("1.,2.)", "0.,0.)")
    found = read_text(tmp_path, broken, box(120, "'0box000000000000000002'", at=4.0))
    states = {e.global_id: e.state for e in found.elements}
    assert states["0box000000000000000001"] is State.FAILED
    assert states["0box000000000000000002"] is State.DRAWN


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3", "IFC4X3_RC2", "IFC4X3_RC4", "IFC4X3_ADD2"])
def test_every_schema_is_read(schema: str, tmp_path: Path) -> None:
    part = box(100, "'0box000000000000000001'", ifc_class="IFCBUILDINGELEMENTPROXY")
    found = read_text(tmp_path, part, schema=schema)
    assert found.schema == schema
    assert len(found.drawn()) == 1


@pytest.mark.real_data
def test_properties_agree_with_ifcopenshells_own_reader(real_data: Path) -> None:
    import ifcopenshell.util.element as util

    path = real_data / "ifc" / "duplex_arch.ifc"
    ifc = ifcopenshell.open(str(path))
    for element in read(path).elements:
        expected = util.get_psets(ifc.by_id(element.step_id), psets_only=True)
        own = element.properties.get("psets", {})
        for name, values in expected.items():
            values.pop("id")
            if values:
                assert own[name].items() >= values.items(), (element.global_id, name)
        assert {name for name in own.keys() - expected.keys() if not name.startswith("Ifc")} == set()
