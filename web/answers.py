"""From records of the store to the JSON of the contract, sentences in the wanted language. Knows no Flask."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from twin.judgement.scene import tileset_url
from twin.values.georeference import public_json
from twin.values.sentence import in_language

if TYPE_CHECKING:
    from twin.store import Counts, ElementColumns, ElementRecord, Layer, Ledger, Model, Revision, StoreyRecord


def model_details(model: "Model", language: str) -> dict[str, Any]:
    """Return a model as it stands."""
    return {
        "model": model.model,
        "project": model.project,
        "file": model.file,
        "discipline": model.discipline,
        "revision": model.revision,
        "sha256": model.sha256,
        "schema": model.schema,
        "kernel": model.kernel,
        "imported_at": utc(model.imported_at),
        "placed_at": utc(model.placed_at),
        "ledger": counts(model.ledger),
        "georeference": public_json(model.georeference, language),
        "notices": [in_language(notice, language) for notice in model.notices],
        "ground_height": model.ground_height,
        "height_reference": model.georeference.height_reference,
        "bounds": model.bounds and list(model.bounds),
        "heights": model.heights and list(model.heights),
        "rows": model.rows,
        "tileset": tileset_url(model.model) if model.has_building else None,
        "spaces_tileset": tileset_url(model.model, spaces=True) if model.has_spaces else None,
        "tiles": {"count": model.tiles.count, "bytes": model.tiles.bytes},
    }


def counts(ledger: "Counts") -> dict[str, int]:
    """Return how many IfcProducts ended where."""
    return {name: getattr(ledger, name) for name in ("products", "drawn", "empty", "skipped", "failed")}


def ledger_details(ledger: "Ledger", language: str) -> dict[str, Any]:
    """Return a ledger with every element that is not drawn."""
    items = [
        {
            "global_id": item.global_id,
            "ifc_class": item.ifc_class,
            "name": item.name,
            "state": item.state,
            "reason": item.reason and in_language(item.reason, language),
        }
        for item in ledger.items
    ]
    return {**counts(ledger.counts), "items": items}


def history_details(revisions: Sequence["Revision"]) -> dict[str, Any]:
    """Return every revision of a model, the newest one first."""
    listed = [
        {
            "revision": revision.revision,
            "file": revision.file,
            "sha256": revision.sha256,
            "schema": revision.schema,
            "kernel": revision.kernel,
            "imported_at": utc(revision.imported_at),
            "ledger": counts(revision.ledger),
        }
        for revision in reversed(revisions)
    ]
    return {"model": revisions[0].model, "revisions": listed}


def columns_details(columns: "ElementColumns") -> dict[str, Any]:
    """Return the drawn elements of a model as columns over its feature rows."""
    return {
        "global_id": list(columns.global_id),
        "name": list(columns.name),
        "ifc_class": list(columns.ifc_class),
        "storey": list(columns.storey),
        "classes": list(columns.classes),
        "storeys": [_storey(storey) for storey in columns.storeys],
    }


def element_details(element: "ElementRecord", language: str) -> dict[str, Any]:
    """Return all that is known of an element."""
    return {
        "project": element.project,
        "model": element.model,
        "global_id": element.global_id,
        "row": element.row,
        "ifc_class": element.ifc_class,
        "name": element.name,
        "state": element.state,
        "reason": element.reason and in_language(element.reason, language),
        "storey": element.storey and _storey(element.storey),
        "path": [
            {"global_id": step.global_id, "ifc_class": step.ifc_class, "name": step.name} for step in element.path
        ],
        "properties": _properties(element.properties),
    }


def _properties(properties: Any) -> dict[str, Any]:
    """Return an element's properties with the parts that a reader may rely on always there."""
    always: dict[str, Any] = {"type": None, "psets": {}, "quantities": {}, "materials": [], "classifications": []}
    return {**always, **properties}


def _storey(storey: "StoreyRecord") -> dict[str, Any]:
    return {"global_id": storey.global_id, "name": storey.name, "elevation": storey.elevation}


def layer_details(layer: "Layer", language: str) -> dict[str, Any]:
    """Return what a layer is and where it came from."""
    return {
        "name": layer.name,
        "group": layer.group,
        "kind": layer.kind,
        "file": layer.file,
        "source_layer": layer.source_layer,
        "crs": layer.crs,
        "datum": layer.datum,
        "encoding": layer.encoding,
        "version": layer.version,
        "added_at": utc(layer.added_at),
        "features": layer.features,
        "bounds": list(layer.bounds),
        "geometry_types": dict(layer.geometry_types),
        "fields": {field.name: field.type for field in layer.fields},
        "height_rule": layer.height_rule and in_language(layer.height_rule, language),
        "notices": [in_language(notice, language) for notice in layer.notices],
        "lost": layer.lost,
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "baked": layer.tiles_sha256 is not None,
        "bytes": layer.bytes,
        "tilejson": f"/tiles/{quote(layer.name)}.json",
    }


def utc(moment: datetime) -> str:
    """Return a UTC time as ISO 8601 with a Z, to the second.

    >>> from datetime import UTC
    >>> utc(datetime(2026, 6, 1, 8, 30, 5, 123, tzinfo=UTC))
    '2026-06-01T08:30:05Z'
    """
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
