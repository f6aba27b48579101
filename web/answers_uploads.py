"""Uploads as JSON: what a review shows before "publish"."""

from collections.abc import Mapping
from typing import Any

from twin.values.georeference import georeference_from_json, public_json
from twin.values.sentence import in_language, unpack
from twin.values.upload import Upload, UploadState
from web.answers_jobs import moment

_NOWHERE = (
    *("crs", "longitude", "latitude", "orthogonal_height", "true_north_deg", "grid_convergence_deg", "point_scale"),
    *("height_reference", "inside_city"),
)


def upload_json(upload: Upload, language: str) -> dict[str, Any]:
    """Return an upload; `examined` is null before its job has ended, `refused` says why it is not taken."""
    refused = None if upload.error is None else in_language(upload.error, language)
    return {
        "id": upload.id,
        "project": upload.project,
        "file": upload.file,
        "discipline": upload.discipline,
        "options": dict(upload.options),
        "size": upload.size,
        "received": upload.received,
        "sha256": upload.sha256,
        "state": str(upload.state),
        "job": upload.job,
        "created_by": upload.created_by,
        "created_at": moment(upload.created_at),
        "changed_at": moment(upload.changed_at),
        "refused": refused if upload.state in (UploadState.REFUSED, UploadState.WAITING) else None,
        "examined": None if upload.examined is None else examined_json(upload.examined, language),
    }


def examined_json(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what the job `examine` found, its sentences in a language."""
    ledger = found["ledger"]
    place = _place(found, language)
    return {
        **{name: found[name] for name in ("model", "schema", "kernel", "revision", "unchanged", "damaged", "tasks")},
        "ledger": {
            **ledger,
            "items": [{**item, "reason": _said(item["reason"], language)} for item in ledger["items"]],
        },
        "georeference": place,
        "inside_city": place["inside_city"],
        "bounds": found["bounds"],
        "moved": found["moved"],
        "notices": [_said(packed, language) for packed in found["notices"]],
        "changes": found["changes"],
        "seconds": found["seconds"],
    }


def _said(packed: Any, language: str) -> str | None:
    return None if packed is None else in_language(unpack(packed), language)


def _place(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the audit of a file's place, as `twin georef` tells it."""
    if found["georeference"] is not None:
        return public_json(georeference_from_json(found["georeference"]), language)
    nowhere = found["nowhere"]
    return {
        "source": "none",
        "lo_geo_ref": nowhere["lo_geo_ref"],
        **dict.fromkeys(_NOWHERE),
        "conflicts": [_said(nowhere["why"], language)],
        "present": [{**one, "notices": [_said(n, language) for n in one["notices"]]} for one in nowhere["present"]],
        "notices": [],
    }
