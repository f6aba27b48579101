"""What a file says of pairs of elements: joins, coverings, controls, ports; broken records are left out and counted."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.ifc_import.test_reader import read_text
from tests.ifc_import.text_model import box
from twin.values.model import BuildingModel

A, B, C = (f"0box00000000000000000{i}" for i in (1, 2, 3))
BOXES = "".join(box(100 + 20 * i, f"'{g}'", f"'{i}'", at=5.0 * i) for i, g in enumerate((A, B, C)))
PORTS = "".join(
    f"#{n}=IFCDISTRIBUTIONPORT('0por0000000000000000{n}',$,'P',$,$,#7,$,.SOURCE.,.PIPE.,$);\n" for n in (200, 201, 202)
)
JOIN = "#300=IFCRELCONNECTSELEMENTS('0rel00000000000000300',$,$,$,$,#100,#120);\n"
PORT_JOIN = "#310=IFCRELCONNECTSPORTS('0rel00000000000000310',$,$,$,#200,#201,{realizing});\n"


def ties(model: BuildingModel) -> list[tuple[str, str, str]]:
    return list(model.connections)


def losses(model: BuildingModel) -> list[str]:
    return [notice for notice in model.notices if "were left out" in notice]


def test_elements_that_are_joined(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        BOXES,
        JOIN,
        "#301=IFCRELCONNECTSPATHELEMENTS('0rel00000000000000301',$,$,$,$,#120,#140,(),(),.ATEND.,.ATSTART.);\n",
        "#302=IFCRELCONNECTSWITHREALIZINGELEMENTS('0rel00000000000000302',$,$,$,$,#100,#120,(#140),$);\n",
        "#303=IFCRELCONNECTSELEMENTS('0rel00000000000000303',$,$,$,$,#100,#120);\n",  # said twice
        "#304=IFCRELCONNECTSELEMENTS('0rel00000000000000304',$,$,$,$,#100,#100);\n",  # with itself
    )
    realizing = "IfcRelConnectsWithRealizingElements"
    assert ties(found) == [
        ("IfcRelConnectsElements", A, B),
        ("IfcRelConnectsPathElements", B, C),
        (realizing, A, B),
        (realizing, A, C),
        (realizing, B, C),
    ]
    assert losses(found) == []


def test_coverings_controls_features_and_interferences(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        BOXES,
        "#400=IFCCOVERING('0cov00000000000000001',$,'C',$,$,#7,$,$,.INSULATION.);\n",
        "#401=IFCFLOWCONTROLLER('0con00000000000000001',$,'V',$,$,#7,$,$);\n",
        "#402=IFCCONTROLLER('0con00000000000000002',$,'T',$,$,#7,$,$,$);\n",
        "#403=IFCPROJECTIONELEMENT('0pro00000000000000001',$,'P',$,$,#7,$,$,$);\n",
        "#300=IFCRELCOVERSBLDGELEMENTS('0rel00000000000000300',$,$,$,#100,(#400));\n",
        "#301=IFCRELFLOWCONTROLELEMENTS('0rel00000000000000301',$,$,$,(#402),#401);\n",
        "#302=IFCRELPROJECTSELEMENT('0rel00000000000000302',$,$,$,#100,#403);\n",
        "#303=IFCRELINTERFERESELEMENTS('0rel00000000000000303',$,$,$,#100,#120,$,$,.F.);\n",
    )
    assert ties(found) == [
        ("IfcRelCoversBldgElements", A, "0cov00000000000000001"),
        ("IfcRelFlowControlElements", "0con00000000000000001", "0con00000000000000002"),
        ("IfcRelProjectsElement", A, "0pro00000000000000001"),
        ("IfcRelInterferesElements", A, B),
    ]


@pytest.mark.parametrize("nested", [True, False])
def test_ports_stand_for_their_elements(tmp_path: Path, nested: bool) -> None:
    owners = (
        "#320=IFCRELNESTS('0rel00000000000000320',$,$,$,#100,(#200,#202));\n"
        "#321=IFCRELNESTS('0rel00000000000000321',$,$,$,#120,(#201));\n"
        if nested
        else "#320=IFCRELCONNECTSPORTTOELEMENT('0rel00000000000000320',$,$,$,#200,#100);\n"
        "#321=IFCRELCONNECTSPORTTOELEMENT('0rel00000000000000321',$,$,$,#201,#120);\n"
    )
    found = read_text(tmp_path, BOXES, PORTS, owners, PORT_JOIN.format(realizing="#140"))
    name = "IfcRelConnectsPorts"
    assert ties(found) == [(name, A, B), (name, A, C), (name, B, C)]


def test_ports_without_an_element_and_ports_of_one_element_tie_nothing(tmp_path: Path) -> None:
    own = "#320=IFCRELNESTS('0rel00000000000000320',$,$,$,#100,(#200,#201));\n"
    for owners in ("", own):
        found = read_text(tmp_path, BOXES, PORTS, owners, PORT_JOIN.format(realizing="$"))
        assert ties(found) == []
        assert losses(found) == []


def test_broken_records_are_left_out_whole_and_counted(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        BOXES,
        JOIN,
        "#301=IFCRELCONNECTSELEMENTS('0rel00000000000000301',$,$,$,$,#100,$);\n",
        "#302=IFCRELCONNECTSELEMENTS('0rel00000000000000302',$,$,$,$,#120,#999);\n",
        "#303=IFCRELCOVERSBLDGELEMENTS('0rel00000000000000303',$,$,$,#140,(#100,#3));\n",  # a unit covers nothing
        "#304=IFCRELCONNECTSPORTS('0rel00000000000000304',$,$,$,$,#100,$);\n",
    )
    assert ties(found) == [("IfcRelConnectsElements", A, B)]
    assert len(losses(found)) == 1
    assert losses(found)[0].startswith("4 records")


def test_a_repeated_global_id_is_told_apart(tmp_path: Path) -> None:
    twice = box(100, f"'{A}'") + box(120, f"'{A}'", at=5.0)
    found = read_text(tmp_path, twice, JOIN)
    assert ties(found) == [("IfcRelConnectsElements", A, f"{A}~2")]


@pytest.mark.real_data
@pytest.mark.parametrize(("file", "count"), [("duplex_arch.ifc", 78), ("office_a.ifc", 710)])
def test_joins_of_a_real_model(real_data: Path, file: str, count: int) -> None:
    """They are the pairs that the file's own text has in its records of that class, each once."""
    import ifcopenshell

    from ifc_import.connections import read_connections
    from ifc_import.schema import Damage
    from ifc_import.spatial import read_parents

    path = real_data / "ifc" / file
    ifc, damage = ifcopenshell.open(str(path)), Damage()
    found = read_connections(ifc, read_parents(ifc, damage), damage)
    counts = Counter(name for name, _, _ in found)
    text = path.read_text("latin-1")
    wanted = {
        name: len(re.findall(rf"=\s*{name.upper()}\(", text)) for name in ("IfcRelVoidsElement", "IfcRelFillsElement")
    }
    assert counts == {"IfcRelConnectsPathElements": count, **wanted}
    said = re.findall(r"=\s*IFCRELCONNECTSPATHELEMENTS\(.*,#(\d+),#(\d+),\(.*;", text)
    joined = {(str(a), str(b)) for name, a, b in found if name == "IfcRelConnectsPathElements"}
    assert joined == set(said)
    assert damage.records == []
