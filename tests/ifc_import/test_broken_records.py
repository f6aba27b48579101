"""Records that break the schema cost themselves, are told, and change the exit code; the rest is imported."""

from pathlib import Path

import pytest

from ifc_import.reader import LOSSES
from tests.ifc_import.test_reader import read_text
from tests.ifc_import.text_model import box
from twin.values.model import State

WALL = box(100, "'0box000000000000000001'")
BROKEN = {
    "a type that is missing": "#300=IFCRELDEFINESBYTYPE('0rel00000000000000001',$,$,$,(#100),$);\n",
    "a material usage without layers": (
        "#300=IFCMATERIALLAYERSETUSAGE($,.AXIS2.,.POSITIVE.,0.,$);\n"
        "#301=IFCRELASSOCIATESMATERIAL('0rel00000000000000001',$,$,$,(#100),#300);\n"
    ),
    "a wall with too few attributes": "#300=IFCWALL('0wal00000000000000001',$,$);\n",
    "an entity of no schema": "#300=IFCFROBNICATOR('0fro00000000000000001',$,$,$,$,$,$,$,$);\n",
    "a storey that contains nothing readable": (
        "#300=IFCRELCONTAINEDINSPATIALSTRUCTURE('0rel00000000000000001',$,$,$,$,#999);\n"
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_the_rest_is_imported_and_the_break_is_told(kind: str, tmp_path: Path) -> None:
    found = read_text(tmp_path, WALL, BROKEN[kind])
    assert [e.global_id for e in found.drawn()] == ["0box000000000000000001"]
    assert any(notice.template in LOSSES for notice in found.notices), found.notices


def test_circles_end(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        WALL,
        "#300=IFCCLASSIFICATIONREFERENCE($,'A','a',#301,$,$);\n#301=IFCCLASSIFICATIONREFERENCE($,'B','b',#300,$,$);\n",
        "#302=IFCRELASSOCIATESCLASSIFICATION('0rel00000000000000002',$,$,$,(#100),#300);\n",
        "#303=IFCCOMPLEXPROPERTY('P',$,'u',(#303));\n#304=IFCPROPERTYSET('0pse00000000000000001',$,'S',$,(#303));\n",
        "#305=IFCRELDEFINESBYPROPERTIES('0rel00000000000000003',$,$,$,(#100),#304);\n",
    )
    (element,) = found.drawn()
    assert element.properties["classifications"][0]["identification"] == "A"
    assert "S" in element.properties["psets"]


def test_geometry_beyond_the_earth_fails_alone(tmp_path: Path) -> None:
    far = box(120, "'0box000000000000000002'").replace("(0.0,0.,0.)", "(1.E300,0.,0.)")
    found = read_text(tmp_path, WALL, far)
    states = {e.global_id: e.state for e in found.elements}
    assert states["0box000000000000000001"] is State.DRAWN
    assert states["0box000000000000000002"] is State.FAILED


def test_a_style_on_an_operand_is_the_results_colour(tmp_path: Path) -> None:
    clipped = box(100, "'0box000000000000000001'").replace("(#106));", "(#200));")
    found = read_text(
        tmp_path,
        clipped,
        "#200=IFCBOOLEANCLIPPINGRESULT(.DIFFERENCE.,#106,#201);\n#201=IFCHALFSPACESOLID(#202,.F.);\n",
        "#202=IFCPLANE(#203);\n#203=IFCAXIS2PLACEMENT3D(#204,$,$);\n#204=IFCCARTESIANPOINT((0.,0.,2.));\n",
        "#205=IFCSTYLEDITEM(#106,(#206),$);\n#206=IFCSURFACESTYLE('s',.BOTH.,(#207));\n",
        "#207=IFCSURFACESTYLESHADING(#208,$);\n#208=IFCCOLOURRGB($,1.,0.,0.);\n",
    )
    (shape,) = found.shapes
    assert {tuple(shape.materials[i]) for i in shape.face_materials} == {(255, 0, 0, 255)}
    assert shape.vertices[:, 2].max() - shape.vertices[:, 2].min() == pytest.approx(2.0)
