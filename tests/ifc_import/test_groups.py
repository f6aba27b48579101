"""Zones and systems reach the elements that belong to them, through spaces, assemblies and groups of groups."""

from pathlib import Path

from tests.ifc_import.test_reader import read_text
from tests.ifc_import.text_model import box
from twin.values.model import BuildingModel

WALL = box(100, "'0box000000000000000001'", "'W1'")
CHAIR = box(120, "'0box000000000000000002'", "'W2'")
SPACE = (
    "#200=IFCSPACE('0spa00000000000000001',$,'101',$,$,#7,$,$,.ELEMENT.,.INTERNAL.,$);\n"
    "#201=IFCRELCONTAINEDINSPATIALSTRUCTURE('0rel00000000000000201',$,$,$,(#120),#200);\n"
    "#202=IFCRELAGGREGATES('0rel00000000000000202',$,$,$,#8,(#200));\n"
)


def names(found: BuildingModel) -> dict[str, list[str]]:
    """Return element name → names of its groups, for those that have any."""
    return {e.name: [g["name"] for g in e.properties["groups"]] for e in found.elements if e.properties.get("groups")}


def test_a_zone_of_a_space_is_the_zone_of_what_stands_in_it(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        WALL,
        CHAIR,
        SPACE,
        "#300=IFCZONE('0zon00000000000000001',$,'A\\X2\\533A\\X0\\',$,$,$);\n"
        "#301=IFCRELASSIGNSTOGROUP('0rel00000000000000301',$,$,$,(#200),$,#300);\n",
    )
    assert names(found) == {"101": ["A区"], "W2": ["A区"]}
    chair = next(e for e in found.elements if e.name == "W2")
    assert chair.properties["groups"] == [{"ifc_class": "IfcZone", "name": "A区", "global_id": "0zon00000000000000001"}]


def test_systems_in_systems_and_what_they_serve(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        WALL,
        CHAIR,
        "#300=IFCDISTRIBUTIONSYSTEM('0sys00000000000000001',$,'Chilled water',$,$,$,.CHILLEDWATER.);\n"
        "#301=IFCSYSTEM('0sys00000000000000002',$,'HVAC',$,$);\n"
        "#302=IFCRELASSIGNSTOGROUP('0rel00000000000000302',$,$,$,(#100),$,#300);\n"
        "#303=IFCRELASSIGNSTOGROUP('0rel00000000000000303',$,$,$,(#300,#120),$,#301);\n"
        "#304=IFCRELSERVICESBUILDINGS('0rel00000000000000304',$,$,$,#300,(#8));\n",
    )
    assert names(found) == {"W1": ["Chilled water", "HVAC"], "W2": ["HVAC"]}
    wall = next(e for e in found.elements if e.name == "W1")
    assert [g.get("serves") for g in wall.properties["groups"]] == [["Site"], None]


def test_a_spatial_zone_that_references_an_element_is_its_group_and_a_second_storey_is_not(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        WALL,
        CHAIR,
        "#300=IFCSPATIALZONE('0zon00000000000000001',$,'Fire 1',$,$,#7,$,$,.FIRESAFETY.);\n"
        "#301=IFCBUILDINGSTOREY('0sto00000000000000001',$,'2F',$,$,#7,$,$,.ELEMENT.,3.);\n"
        "#302=IFCRELREFERENCEDINSPATIALSTRUCTURE('0rel00000000000000302',$,$,$,(#100),#300);\n"
        "#303=IFCRELREFERENCEDINSPATIALSTRUCTURE('0rel00000000000000303',$,$,$,(#120),#301);\n",
    )
    assert names(found) == {"W1": ["Fire 1"]}


def test_circles_of_groups_and_broken_relations_end(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        WALL,
        CHAIR,
        "#300=IFCGROUP('0gro00000000000000001',$,'G1',$,$);\n#301=IFCGROUP('0gro00000000000000002',$,'G2',$,$);\n"
        "#302=IFCRELASSIGNSTOGROUP('0rel00000000000000302',$,$,$,(#301,#100),$,#300);\n"
        "#303=IFCRELASSIGNSTOGROUP('0rel00000000000000303',$,$,$,(#300),$,#301);\n"
        "#304=IFCRELASSIGNSTOGROUP('0rel00000000000000304',$,$,$,(#120),$,$);\n",
    )
    assert names(found) == {"W1": ["G1", "G2"]}
    assert any("304" in notice for notice in found.notices), found.notices


def test_a_name_beyond_the_schema_is_cut_and_the_number_of_groups_is_bounded(tmp_path: Path) -> None:
    many = "".join(
        f"#{400 + 2 * i}=IFCGROUP('0gro0000000000000{i:05d}',$,'{'x' * 300}{i}',$,$);\n"
        f"#{401 + 2 * i}=IFCRELASSIGNSTOGROUP('0reg0000000000000{i:05d}',$,$,$,(#100),$,#{400 + 2 * i});\n"
        for i in range(100)
    )
    groups = names(read_text(tmp_path, WALL, many))["W1"]
    assert len(groups) == 64
    assert {len(name) for name in groups} == {255}


def test_a_model_without_groups_has_none(tmp_path: Path) -> None:
    assert names(read_text(tmp_path, WALL, CHAIR, SPACE)) == {}
