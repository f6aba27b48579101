"""Models as a run of clash detection looks at them, straight from the import: no store, one shared frame."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ifc_import.reader import drawing_started, read_model
from ifc_import.source import open_source
from twin.values.bodies import bodies_of
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
