"""Models as a run of clash detection looks at them, straight from the import: no store, one shared frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ifc_import.reader import drawing_started, read_model
from ifc_import.source import open_source
from twin.values.bodies import Bodies, bodies_of
from twin.values.clash import CheckedModel


def checked_models(paths: Sequence[Path], disciplines: Sequence[str] = ()) -> list[CheckedModel]:
    """Return the models of IFC files that share a frame, disciplines by file stem where none are given."""
    labels = disciplines or [path.stem for path in paths]
    return [checked_model(path, label) for path, label in zip(paths, labels, strict=True)]


@cache
def checked_model(path: Path, discipline: str) -> CheckedModel:
    """Return the model of an IFC file; shared by the run: read-only."""
    source = open_source(path)
    with drawing_started(source, None) as (text_path, workers):
        reading = read_model(source, text_path, workers)
    model, ifc = reading.model, reading.ifc
    drawn = model.drawn()
    storeys = {storey.global_id: storey.name for storey in model.storeys}

    def properties(rows: Sequence[int]) -> list[Mapping[str, Any]]:
        return [drawn[row].properties for row in rows]

    return CheckedModel(
        model=path.stem,
        project="P1",
        discipline=discipline,
        revision=1,
        global_ids=[e.global_id for e in drawn],
        ifc_classes=[e.ifc_class for e in drawn],
        names=[e.name for e in drawn],
        tags=[str(e.properties.get("tag") or "") for e in drawn],
        storeys=[storeys.get(e.storey or "", "") for e in drawn],
        parents={e.global_id: e.parent for e in model.elements},
        connections=[*model.connections, *openings(ifc)],
        systems={e.global_id: systems for e in drawn if (systems := systems_of(e.properties))},
        properties=properties,
        windows=None,
        bodies=bodies_of(drawn, model.shapes),
        frame_from_local=np.eye(4),
        classes={e.global_id: e.ifc_class for e in model.elements if e.row < 0},
    )


CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
SIDES = np.array([
    (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
    (1, 5, 7), (1, 7, 3),
], np.uint32)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """An upright box as an element; its GlobalId is its name."""

    name: str
    ifc_class: str = "IfcWall"
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)
    storey: str = "L1"
    system: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def boxes_model(name: str, boxes: Sequence[Box], discipline: str = "", **others: Any) -> CheckedModel:
    """Return a model of boxes; `others` are fields of it that are not made from the boxes."""
    count = len(boxes)
    lows, highs = (np.array([getattr(b, side) for b in boxes]).reshape(-1, 1, 3) for side in ("low", "high"))
    made: dict[str, Any] = {
        "parents": {},
        "connections": (),
        "windows": None,
        "frame_from_local": np.eye(4),
        **others,
    }
    return CheckedModel(
        model=name,
        project="P1",
        discipline=discipline or name,
        revision=1,
        global_ids=[b.name for b in boxes],
        ifc_classes=[b.ifc_class for b in boxes],
        names=[b.name for b in boxes],
        tags=[""] * count,
        storeys=[b.storey for b in boxes],
        systems={b.name: [b.system] for b in boxes if b.system},
        properties=lambda rows: [boxes[row].properties for row in rows],
        bodies=Bodies(
            vertices=(lows + (highs - lows) * CORNERS).reshape(-1, 3),
            faces=np.tile(SIDES, (count, 1)),
            vertex_starts=np.arange(count + 1, dtype=np.int64) * 8,
            face_starts=np.arange(count + 1, dtype=np.int64) * 12,
            shapes=np.arange(count, dtype=np.int32),
            local_from_shape=np.tile(np.eye(4), (count, 1, 1)),
        ),
        **made,
    )


def openings(ifc: Any) -> list[tuple[str, str, str]]:
    """Return what the file says of hosts, openings and fillings."""
    voids, fills = ifc.by_type("IfcRelVoidsElement"), ifc.by_type("IfcRelFillsElement")
    return [
        *((r.is_a(), r.RelatingBuildingElement.GlobalId, r.RelatedOpeningElement.GlobalId) for r in voids),
        *((r.is_a(), r.RelatingOpeningElement.GlobalId, r.RelatedBuildingElement.GlobalId) for r in fills),
    ]


def systems_of(properties: Mapping[str, Any]) -> list[str]:
    """Return the names of the systems among an element's groups."""
    return [g["name"] for g in properties.get("groups", ()) if "System" in g["ifc_class"] and g["name"]]
