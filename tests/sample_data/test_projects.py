"""The key projects beside the first buildings: viaduct, metro station, waterworks, estate, as files and as models."""

import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.util.element
import ifcopenshell.util.shape
import ifcopenshell.util.unit
import ifcopenshell.validate
import numpy as np
import pytest
from ifcopenshell.util.placement import get_local_placement
from numpy.typing import NDArray
from pyproj import Transformer

from ifc_import.georeference import read_claims
from sample_data import housing, metro, viaduct, water_plant
from sample_data.sites import HOUSING, METRO, VIADUCT, WATER, Site, viaduct_axis
from tests.house import ROOT
from tests.oracle import opened
from twin.judgement.placement import place
from twin.values.georeference import PlacementOptions

Floats = NDArray[np.float64]
WRITERS = {"viaduct": viaduct, "metro": metro, "water_plant": water_plant, "housing": housing}
SITES = {"viaduct": VIADUCT, "metro": METRO, "water_plant": WATER, "housing": HOUSING}
ALL = pytest.mark.parametrize("which", WRITERS)
TWIN = str(Path(sys.executable).with_name("twin"))


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the four files by the name of their module. Read-only: tests share them."""
    folder = tmp_path_factory.mktemp("projects")
    return written(folder)


def written(folder: Path) -> dict[str, Path]:
    """Write the four files."""
    paths = {name: folder / f"{name}.ifc" for name in WRITERS}
    for name, module in WRITERS.items():
        module.write(paths[name])
    return paths


@pytest.fixture(scope="session")
def imported(projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what `twin import` says of each file, in a twin whose city lies around 114.1°, 22.55°."""
    folder = tmp_path_factory.mktemp("twin") / "city"
    run("init", "--bounds", "113.9,22.4,114.3,22.7", "--twin", str(folder))
    told = {}
    for name, path in projects.items():
        done = run("import", str(path), "--project", SITES[name].code, "--twin", str(folder))
        told[name] = json.loads(done.stdout)["models"][0]
    return told


@cache
def box(path: Path, global_id: str) -> Floats:
    """Return (2, 3) float64, the box of an element as ifcopenshell's default kernel draws it; metres, local."""
    settings = ifcopenshell.geom.settings()
    settings.set("use-world-coords", True)
    shape = ifcopenshell.geom.create_shape(settings, opened(path).by_guid(global_id)).geometry
    vertices = ifcopenshell.util.shape.get_vertices(shape)
    return np.array([vertices.min(axis=0), vertices.max(axis=0)])


def named(path: Path, name: str) -> Floats:
    """Return the box around all elements of a name."""
    found = [box(path, element.GlobalId) for element in opened(path).by_type("IfcElement") if element.Name == name]
    assert found, name
    return np.array([np.min(found, axis=0)[0], np.max(found, axis=0)[1]])


def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a twin command that answers in JSON."""
    done = subprocess.run([TWIN, *arguments, "--json"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


# -- files -----------------------------------------------------------------------------------------------------------


def test_the_same_bytes_on_every_run(projects: dict[str, Path], tmp_path: Path) -> None:
    code = "".join(
        f"from sample_data import {name}\n{name}.write(Path({str(tmp_path / path.name)!r}))\n"
        for name, path in projects.items()
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", f"from pathlib import Path\n{code}"], cwd=ROOT, check=True, env=environment)
    assert len(list(tmp_path.iterdir())) == 5  # a sidecar among them
    for path in projects["viaduct"].parent.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@ALL
def test_a_file_obeys_its_schema(projects: dict[str, Path], which: str) -> None:
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(opened(projects[which]), log)
    assert log.statements == []


@pytest.mark.parametrize(
    ("which", "schema", "metres"),
    [
        ("viaduct", "IFC4X3_ADD2", 1.0),
        ("metro", "IFC2X3", 0.001),
        ("water_plant", "IFC4", 1.0),
        ("housing", "IFC4", 1.0),
    ],
)
def test_schema_unit_and_size(projects: dict[str, Path], which: str, schema: str, metres: float) -> None:
    file = opened(projects[which])
    assert file.schema_identifier == schema
    assert ifcopenshell.util.unit.calculate_unit_scale(file) == metres
    assert projects[which].stat().st_size < 800_000


COUNTS = {
    "viaduct": {"IfcBridge": 1, "IfcBridgePart": 4, "IfcBeam": 51, "IfcColumn": 34, "IfcFooting": 34, "IfcBearing": 104}
    | {"IfcCourse": 40, "IfcRailing": 60, "IfcLightFixture": 20, "IfcDiscreteAccessory": 7, "IfcEarthworksFill": 1},
    "metro": {"IfcBuildingStorey": 4, "IfcTransportElement": 13, "IfcColumn": 92, "IfcDoor": 56, "IfcSpace": 8}
    | {"IfcStair": 6, "IfcWallStandardCase": 114, "IfcPlate": 60},
    "water_plant": {"IfcPump": 5, "IfcTank": 4, "IfcPipeSegment": 19, "IfcValve": 8, "IfcBuildingElementProxy": 60},
    "housing": {"IfcBuildingStorey": 21, "IfcWindow": 750, "IfcRamp": 1, "IfcTank": 3, "IfcSpace": 5},
}


@ALL
def test_what_is_in_it(projects: dict[str, Path], which: str) -> None:
    file = opened(projects[which])
    counts = Counter(product.is_a() for product in file.by_type("IfcProduct"))
    assert {name: counts[name] for name in COUNTS[which]} == COUNTS[which]
    ids = [root.GlobalId for root in file.by_type("IfcRoot")]
    assert len(set(ids)) == len(ids)
    for element in file.by_type("IfcElement"):
        if element.is_a("IfcOpeningElement"):
            continue
        assert any("一" <= letter <= "鿿" for letter in element.Name) or element.is_a("IfcWindow"), element
        assert ifcopenshell.util.element.get_container(element) is not None, element


@ALL
def test_nothing_is_drawn_for_nobody(projects: dict[str, Path], which: str) -> None:
    """Every body belongs to a product or to a type that some product has."""
    file = opened(projects[which])
    for item in file.by_type("IfcSolidModel"):
        assert any(not user.is_a("IfcStyledItem") for user in file.get_inverse(item)), item
    for shape in file.by_type("IfcRepresentationMap"):
        assert shape.MapUsage, shape


@ALL
def test_every_type_can_be_drawn(projects: dict[str, Path], which: str) -> None:
    """One element of each class and type: the other kernel is slow, and the ledger tells of the rest."""
    file = opened(projects[which])
    chosen = {(element.is_a(), element.ObjectType): element for element in file.by_type("IfcElement")}
    drawn = [e for e in chosen.values() if e.Representation is not None and not e.is_a("IfcOpeningElement")]
    for element in drawn:
        low, high = box(projects[which], element.GlobalId)
        assert (high > low).all(), element
    bare = {e.is_a() for e in file.by_type("IfcElement") if e.Representation is None}
    assert bare <= {"IfcStair", "IfcRamp"}


@pytest.mark.parametrize("which", ["water_plant", "housing", "metro"])
def test_it_keeps_to_its_ground(projects: dict[str, Path], which: str) -> None:
    """What stands on the ground stands on the parcel that the city leaves free."""
    site, unit = SITES[which], ifcopenshell.util.unit.calculate_unit_scale(opened(projects[which]))
    for element in opened(projects[which]).by_type("IfcElement"):
        x, y, z = get_local_placement(element.ObjectPlacement)[:3, 3] * unit
        if z > -1.0:
            assert -0.01 <= x <= site.width + 0.01, element
            assert -0.01 <= y <= site.depth + 0.01, element


# -- models ----------------------------------------------------------------------------------------------------------


@ALL
def test_nothing_is_lost(imported: dict[str, Any], which: str) -> None:
    ledger = imported[which]["ledger"]
    assert ledger["failed"] == 0
    assert ledger["drawn"] + ledger["empty"] + ledger["skipped"] == ledger["products"]
    assert all(item["reason"] for item in ledger["items"])
    assert not [
        item for item in ledger["items"] if item["state"] == "skipped" and item["ifc_class"] != "IfcOpeningElement"
    ]


@ALL
def test_it_stands_on_the_ground(imported: dict[str, Any], which: str) -> None:
    assert imported[which]["ground_height"] == pytest.approx(SITES[which].height, abs=1e-4)


def test_the_station_lies_under_the_square(projects: dict[str, Path]) -> None:
    def span(name: str) -> tuple[float, float]:
        low, high = named(projects["metro"], name)[:, 2]
        return float(low), float(high)

    assert span("站台板") == pytest.approx((-14.25, -14.0))
    assert span("中板") == pytest.approx((-7.4, -7.0))
    assert span("顶板") == pytest.approx((-3.3, -2.5))
    assert span("A 口玻璃雨篷-1")[0] > 3.0
    assert span("1号风亭屋面")[1] == pytest.approx(4.8)
    assert span("A 口扶梯 1") == pytest.approx((-8.0, 0.98))  # from the concourse to the square


def test_the_alignment_is_600_m_long(projects: dict[str, Path]) -> None:
    file = opened(projects["viaduct"])
    layout = file.by_type("IfcAlignmentHorizontal")[0].IsNestedBy[0].RelatedObjects
    segments = [segment.DesignParameters for segment in layout]
    assert [segment.PredefinedType for segment in segments] == ["LINE", "CIRCULARARC", "LINE"]
    assert sum(segment.SegmentLength for segment in segments) == pytest.approx(600.0)
    curves = {
        r.RepresentationIdentifier: r.Items[0] for r in file.by_type("IfcAlignment")[0].Representation.Representations
    }
    settings = ifcopenshell.geom.settings()

    def points(curve: Any) -> Floats:
        return np.array(ifcopenshell.geom.create_shape(settings, curve).verts).reshape(-1, 3)

    plan, line = points(curves["FootPrint"]), points(curves["Axis"])
    assert np.linalg.norm(np.diff(plan, axis=0), axis=1).sum() == pytest.approx(600.0, abs=1e-3)
    assert (line[0, 2], line[-1, 2]) == pytest.approx((0.6, 9.0), abs=1e-6)
    for point in np.array(viaduct_axis()) - (VIADUCT.eastings, VIADUCT.northings):
        assert np.linalg.norm(line[:, :2] - point, axis=1).min() < 0.26  # it is drawn in steps of half a metre
    assert np.abs(plan[-1, :2] + (VIADUCT.eastings, VIADUCT.northings) - viaduct_axis()[-1]).max() < 1e-3


def test_the_road_follows_the_alignment(projects: dict[str, Path]) -> None:
    """Girders rest on bearings, bearings on cap beams, and the asphalt is where the gradient says."""
    path = projects["viaduct"]
    for number in (1, 5, 17):
        bearing = named(path, f"{number}号墩支座 1")[1, 2]
        assert bearing == pytest.approx(named(path, f"{number}号墩盖梁")[1, 2] + 0.25, abs=0.03)  # level on a slope
        assert named(path, f"第{number}跨左幅箱梁")[0, 2] <= bearing + 0.03
    assert named(path, "第17跨左幅沥青铺装")[1, 2] == pytest.approx(9.0)
    assert named(path, "引道第1段左幅沥青铺装")[0, 2] == pytest.approx(0.5)


# -- places ----------------------------------------------------------------------------------------------------------


def ecef(path: Path, local: Floats) -> Floats:
    """Return where the importer puts a local point, metres."""
    site = SITES[path.stem]
    around = np.array([[0.0, 0.0, 0.0], [site.width, site.depth, 10.0]])
    placed = place(read_claims(opened(path), path), PlacementOptions(), box=around)
    return np.asarray((placed.ecef_from_local @ [*local, 1.0])[:3], np.float64)


def expected(east: float, north: float, height: float, crs: str = "EPSG:4547") -> Floats:
    """Return where PROJ alone puts a map point, its height taken as ellipsoidal as the house does."""
    to_lnglat = Transformer.from_crs(crs, "EPSG:4490", always_xy=True).transform(east, north)
    return np.array(Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(*to_lnglat, height))


def corner(site: Site, index: int) -> tuple[float, float]:
    """Return a corner of a parcel."""
    return site.corners()[index]


def test_a_pier_stands_under_the_axis(projects: dict[str, Path]) -> None:
    path = projects["viaduct"]
    between = (named(path, "10号墩左柱") + named(path, "10号墩右柱")).mean(axis=0) / 2
    east, north = viaduct_axis(30.0)[1 + 3]  # 10 spans of 30 m behind a ramp of 90 m: 90 m along the arc
    assert np.abs(ecef(path, between) - expected(east, north, VIADUCT.height + between[2])).max() < 0.005


@pytest.mark.parametrize(("which", "post"), [("water_plant", "北侧围墙 1"), ("housing", "北侧围墙 1")])
def test_the_fence_turns_at_the_corner(projects: dict[str, Path], which: str, post: str) -> None:
    """The first panel of the north side starts at the parcel's far corner; its post is 0.4 m wide."""
    path, site = projects[which], SITES[which]
    low, high = named(path, post)
    local = np.array([high[0] - 0.2, high[1] - 0.2, 0.0])
    assert local == pytest.approx([site.width, site.depth, 0.0], abs=1e-6)
    assert low[2] == pytest.approx(0.0, abs=1e-6)
    crs = "EPSG:4549" if which == "housing" else "EPSG:4547"
    assert np.abs(ecef(path, local) - expected(*corner(site, 2), site.height, crs)).max() < 0.005


def test_the_station_s_wall_ends_at_the_corner(projects: dict[str, Path]) -> None:
    path = projects["metro"]
    low, _ = named(path, "南侧地下连续墙 01")
    local = np.array([low[0] - 0.01, low[1], 0.0])  # panels have a joint of 2 cm
    assert np.abs(ecef(path, local) - expected(*corner(METRO, 0), METRO.height)).max() < 0.005


@ALL
def test_how_each_is_placed(imported: dict[str, Any], which: str) -> None:
    found = imported[which]["georeference"]
    sources = {"viaduct": "IfcRigidOperation", "metro": "ePset_MapConversion", "water_plant": "sidecar"}
    assert found["source"] == sources.get(which, "IfcMapConversion")
    assert found["crs"] == ("EPSG:4549" if which == "housing" else "EPSG:4547")
    assert found["inside_city"] is (which != "housing")
    if which != "housing":
        assert found["conflicts"] == []
        bearing = (found["true_north_deg"] - found["grid_convergence_deg"] + SITES[which].turn_deg) % 360
        assert min(bearing, 360 - bearing) < 1e-6


def test_the_waterworks_say_nothing_themselves(projects: dict[str, Path], tmp_path: Path) -> None:
    alone = tmp_path / "alone.ifc"
    alone.write_bytes(projects["water_plant"].read_bytes())
    found = json.loads(run("georef", str(alone), code=3).stdout)
    assert found["source"] == "none"


def test_the_estate_claims_the_wrong_zone(imported: dict[str, Any], projects: dict[str, Path]) -> None:
    """The site's latitude and longitude are right; what is believed is six degrees away, and that is told."""
    site = opened(projects["housing"]).by_type("IfcSite")[0]
    longitude, latitude = Transformer.from_crs("EPSG:4547", "EPSG:4326", always_xy=True).transform(*corner(HOUSING, 0))
    for angle, degrees in ((site.RefLongitude, longitude), (site.RefLatitude, latitude)):
        whole, minutes, seconds, millionths = angle
        assert whole + minutes / 60 + (seconds + millionths / 1e6) / 3600 == pytest.approx(degrees, abs=1e-8)
    found = json.loads(run("georef", str(projects["housing"])).stdout)
    assert found["longitude"] == pytest.approx(longitude + 6.0, abs=1e-6)
    (other,) = [claim for claim in found["present"] if claim["source"] == "IfcSite"]
    assert 600_000 < other["metres_from_believed"] < 630_000
    assert any("IfcSite" in conflict and "m apart" in conflict for conflict in found["conflicts"])
    assert any("outside the city" in conflict for conflict in imported["housing"]["georeference"]["conflicts"])


def test_the_viaduct_agrees_with_its_site(projects: dict[str, Path]) -> None:
    found = json.loads(run("georef", str(projects["viaduct"])).stdout)
    (site,) = [claim for claim in found["present"] if claim["source"] == "IfcSite"]
    assert site["metres_from_believed"] < 0.01
