"""What `read_claims` finds: every source, in the order of belief, in every schema."""

import json
from pathlib import Path

import pytest

from ifc_import.georeference import may_be_far
from ifc_import.georeference_units import project_unit
from tests.georeference.step import Step, conversion, put
from twin.judgement.placement import level

PSETS = """
#70=IFCPROPERTYSET('3ko_MBwD17ZAIDG4mQnhkm',#60,'{conversion}',$,(#71,#72,#73,#74,#75,#76));
#71=IFCPROPERTYSINGLEVALUE('Eastings',$,{eastings},$);
#72=IFCPROPERTYSINGLEVALUE('Northings',$,IFCLENGTHMEASURE(3380000.),$);
#73=IFCPROPERTYSINGLEVALUE('OrthogonalHeight',$,IFCLENGTHMEASURE(12.),$);
#74=IFCPROPERTYSINGLEVALUE('XAxisAbscissa',$,IFCREAL(0.6),$);
#75=IFCPROPERTYSINGLEVALUE('XAxisOrdinate',$,IFCREAL(0.8),$);
#76=IFCPROPERTYSINGLEVALUE('Scale',$,IFCREAL(1.),$);
#77=IFCRELDEFINESBYPROPERTIES('1LBSCnhwD1pxxMB3SY92WM',#60,$,$,(#{owner}),#70);
#80=IFCPROPERTYSET('2Dum9zWHjBZu82DLn1VYqj',#60,'{crs}',$,(#81,#82));
#81=IFCPROPERTYSINGLEVALUE('Name',$,IFCLABEL('EPSG:4547'),$);
#82=IFCPROPERTYSINGLEVALUE('VerticalDatum',$,IFCIDENTIFIER('1985'),$);
#83=IFCRELDEFINESBYPROPERTIES('1UGeQ3uY5EPBYC0YnU7Qw8',#60,$,$,(#{owner}),#80);
"""


@pytest.mark.parametrize("owner", [1, 30])
@pytest.mark.parametrize(
    ("name", "crs", "eastings"),
    [
        ("ePset_MapConversion", "ePset_ProjectedCRS", "IFCLENGTHMEASURE(545000.)"),
        ("ePSet_MapConversion", "ePSet_ProjectedCRS", "IFCREAL(545000.)"),
        ("EPset_MapConversion", "Pset_ProjectedCRS", "IFCLABEL('545000,0')"),
    ],
)
def test_property_sets_of_ifc2x3(owner: int, name: str, crs: str, eastings: str) -> None:
    step = Step(schema="IFC2X3", more=PSETS.format(conversion=name, crs=crs, eastings=eastings, owner=owner))
    georeference = put(step)
    same = put(Step(more=conversion("EPSG:4547", 545_000.0, 3_380_000.0, 12.0, axis=(0.6, 0.8))))
    assert georeference.source == "ePset_MapConversion"
    assert georeference.lo_geo_ref == 50
    assert georeference.height_reference == "orthometric"
    assert georeference.ecef_from_local == pytest.approx(same.ecef_from_local, abs=1e-9)


def test_everything_present_is_reported_in_the_order_of_belief() -> None:
    step = Step(
        schema="IFC4X3_ADD2",
        site="(30,32,21),(114,28,8),4.",
        site_at=(1.0, 2.0, 0.0),
        wcs=(5.0, 0.0, 0.0),
        true_north="(0.,1.)",
        more=conversion("EPSG:4547", 545_000.0, 3_380_000.0)
        + "\n#50=IFCPOSTALADDRESS($,$,$,$,('Road 1'),$,'Wuhan',$,$,$);"
        + "\n#51=IFCBUILDING('0cVTYHAI3nGeTXA2X4Gxyo',$,'B',$,$,$,$,$,.ELEMENT.,$,$,#50);",
    )
    claims = step.claims()
    assert [(c.source, c.lo_geo_ref) for c in claims] == [
        ("IfcMapConversion", 50),
        ("IfcSite", 20),
        ("placement", 30),
        ("context", 40),
        ("address", 10),
    ]
    present = put(claims).present
    assert [entry["source"] for entry in present] == [claim.source for claim in claims]
    assert [entry.get("believed") for entry in present] == [True, False, None, None, None]
    assert present[1]["stated"] == {"RefLatitude": [30, 32, 21], "RefLongitude": [114, 28, 8], "RefElevation": 4.0}
    json.dumps([{**entry, "notices": []} for entry in present])


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Step(), 0),
        (Step(true_north="(1.,0.)"), 0),
        (Step(site="(30,32,21),(114,28,8),4."), 20),
        (Step(site_at=(100.0, 0.0, 0.0)), 30),
        (Step(wcs=(0.0, 7.0, 0.0), site_at=(100.0, 0.0, 0.0)), 40),
        (Step(more=conversion("EPSG:4547", 1.0, 2.0)), 50),
    ],
)
def test_levels(step: Step, expected: int) -> None:
    assert level(step.claims()) == expected


@pytest.mark.parametrize(("unit", "length"), [("m", 1.0), ("mm", 0.001), ("ft", 0.3048)])
def test_units_agree_with_ifcopenshell(unit: str, length: float) -> None:
    from ifcopenshell.util.unit import calculate_unit_scale

    ifc = Step(unit=unit).open()
    assert project_unit(ifc, "LENGTHUNIT") == pytest.approx(length)
    assert project_unit(ifc, "LENGTHUNIT") == pytest.approx(calculate_unit_scale(ifc))
    assert project_unit(ifc, "PLANEANGLEUNIT") is None


def test_one_conversion_for_two_contexts_is_one_claim() -> None:
    line = conversion("EPSG:4547", 545_000.0, 3_380_000.0)
    again = line.splitlines()[1].replace("#41=", "#45=")
    assert len([c for c in Step(more=f"{line}\n{again}").claims() if c.source == "IfcMapConversion"]) == 1


@pytest.mark.parametrize(
    ("step", "far"),
    [
        (Step(), False),
        (Step(unit="mm", site_at=(4_000_000.0, 0.0, 0.0)), False),
        (Step(site_at=(545_000.0, 3_380_000.0, 0.0)), True),
        (Step(more="#99=IFCCARTESIANPOINT((545000.,3380000.,0.));"), True),
        (Step(more="#99=IFCCARTESIANPOINTLIST3D(((545000.,3380000.,0.),(545000.,3380000.,1.)));"), True),
    ],
)
def test_geometry_is_asked_only_where_it_may_be_far(step: Step, far: bool) -> None:
    assert may_be_far(step.open()) is far


def test_a_file_with_hardly_anything_is_read(tmp_path: Path) -> None:
    text = Step().text()
    for line in ("#30=", "#34=", "#21=", "#11="):
        text = "\n".join(row for row in text.splitlines() if not row.startswith(line))
    import ifcopenshell

    from ifc_import.georeference import read_claims

    assert read_claims(ifcopenshell.file.from_string(text), tmp_path / "x.ifc") == []
