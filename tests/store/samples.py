"""Small building models made by hand, for the store and the server: no importer, no baker needed."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.store import NewRevision, Placing
from twin.values.georeference import Georeference
from twin.values.model import BuildingModel, Element, State, Storey
from twin.values.sentence import say
from twin.values.tiles import Bake, TileFile, Tileset

IMPORTED_AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def ecef_from_local(longitude: float, latitude: float) -> NDArray[np.float64]:
    """Return east-north-up at the surface of a sphere, (4, 4) float64, metres: near enough for what is tested here."""
    lam, phi = np.radians([longitude, latitude])
    east = [-np.sin(lam), np.cos(lam), 0]
    up = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    matrix = np.eye(4)
    matrix[:3] = np.column_stack([east, np.cross(up, east), up, 6378137.0 * up])
    return matrix


def georeference(longitude: float = 113.9, latitude: float = 22.5) -> Georeference:
    return Georeference(
        source="IfcMapConversion",
        lo_geo_ref=50,
        crs="EPSG:4547",
        longitude=longitude,
        latitude=latitude,
        orthogonal_height=12.5,
        true_north_deg=310.1,
        grid_convergence_deg=-0.04,
        point_scale=1.0000123456789,
        height_reference="orthometric",
        enu_from_local=np.array([[0.6, -0.8, 0, 1.25], [0.8, 0.6, 0, 2.5], [0, 0, 1, 0.1], [0, 0, 0, 1]]),
        ecef_from_local=ecef_from_local(longitude, latitude),
        conflicts=[say("{a} and {b} are {distance} m apart.", a="IfcSite", b="IfcMapConversion", distance=12)],
        inside_city=True,
        present=[{"source": "IfcSite", "longitude": 113.91, "notices": [say("TrueNorth is {deg}°.", deg=3)]}],
    )


def tile_file(content: bytes) -> TileFile:
    return TileFile(f"{hashlib.sha256(content).hexdigest()}.glb", content)


def tileset(*contents: bytes) -> Tileset:
    files = [tile_file(content) for content in contents]
    children = [{"content": {"uri": file.path}, "geometricError": 0} for file in files]
    document = {"asset": {"version": "1.1"}, "geometricError": 64.5, "root": {"children": children}}
    return Tileset(document, files, np.array([[0.0, 0.0, 0.0], [12.0, 8.0, 6.5]]))


def elements(count: int) -> list[Element]:
    """Return a site, a building, `count` walls drawn, and one each of empty, skipped, failed."""
    quantities = {"Qto": {"Length": {"value": 3.5, "unit": "m"}}}
    psets = {"Pset_WallCommon": {"IsExternal": True, "FireRating": "2h", "ThermalTransmittance": 0.24}}
    walls = [
        Element(
            row=row,
            global_id=f"{row:022d}",
            ifc_class="IfcWall" if row % 2 else "IfcSpace",
            name=f"外墙 {row}",
            state=State.DRAWN,
            reason=None,
            storey="S1" if row % 3 else None,
            parent="S1",
            step_id=100 + row,
            properties={"tag": str(row), "psets": psets, "quantities": quantities},
        )
        for row in range(count)
    ]

    def other(global_id: str, ifc_class: str, state: State, parent: str | None, reason: str | None = None) -> Element:
        sentence = say("{ifc_class}: {why}", ifc_class=ifc_class, why=reason) if reason else None
        return Element(-1, global_id, ifc_class, ifc_class[3:], state, sentence, None, parent, 1)

    return [
        *walls,
        other("SITE", "IfcSite", State.EMPTY, None, "no shape"),
        other("BUILDING", "IfcBuilding", State.EMPTY, "SITE", "no shape"),
        other("S1", "IfcBuildingStorey", State.EMPTY, "BUILDING", "no shape"),
        other("OPENING", "IfcOpeningElement", State.SKIPPED, "S1", "openings are not drawn"),
        other("BROKEN", "IfcBeam", State.FAILED, "S1", "no triangles"),
    ]


def building(count: int = 4) -> BuildingModel:
    return BuildingModel(
        schema="IFC4",
        kernel="lite",
        elements=elements(count),
        shapes=[],
        storeys=[Storey("S1", "一层", 0.0), Storey("S2", "二层", 3.6)],
        notices=[say("{count} GlobalIds are used twice.", count=2)],
        ground=-0.3,
    )


def placed(document: dict[str, Any], georeference: Georeference) -> dict[str, Any]:
    root = {**document["root"], "transform": georeference.ecef_from_local.T.ravel().tolist()}
    return {**document, "root": root}


def revision(
    *,
    project: str = "P001",
    stem: str = "办公楼",
    text: str = "ISO-10303-21; one",
    count: int = 4,
    tiles: tuple[bytes, ...] = (b"glTF coarse", b"glTF storey"),
    spaces: bool = True,
    place: Georeference | None = None,
    fixes_frame: bool = False,
) -> NewRevision:
    source = text.encode()
    here = place or georeference()
    bake = Bake(tileset(*tiles), tileset(b"glTF spaces of " + source) if spaces else None)
    assert bake.building is not None
    return NewRevision(
        project=project,
        stem=stem,
        file=f"{stem}.ifc",
        discipline="建筑",
        source_sha256=hashlib.sha256(source).hexdigest(),
        source=source,
        model=building(count),
        georeference=here,
        fixes_frame=fixes_frame,
        bake=bake,
        building_document=placed(bake.building.document, here),
        spaces_document=placed(bake.spaces.document, here) if bake.spaces else None,
        box=bake.building.box,
        bounds=(here.longitude, here.latitude, here.longitude + 0.001, here.latitude + 0.0005),
        heights=(12.2, 19.0),
        ground_height=12.2,
        imported_at=IMPORTED_AT,
    )


def placing(here: Georeference, *, spaces: bool = False) -> Placing:
    document = placed(tileset(b"glTF coarse", b"glTF storey").document, here)
    return Placing(
        document,
        document if spaces else None,
        (here.longitude, here.latitude, here.longitude + 0.001, here.latitude + 0.0005),
        (12.2, 19.0),
        12.2,
        IMPORTED_AT,
    )


def document_text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
