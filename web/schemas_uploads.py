"""JSON schemas of files that are sent, and of what was found when they were examined."""

from typing import Any

from twin.values.upload import UploadState
from web.schema_words import ANY_OBJECT, BOUNDS, COUNT, NUMBER, SHA256, TEXT, TIME, listed, named, obj, or_null

_FLAG = {"type": "boolean"}

UPLOAD_SCHEMAS: dict[str, dict[str, Any]] = {
    "Examined": obj(
        {
            **dict.fromkeys(("model", "schema", "kernel"), TEXT),
            "revision": {**COUNT, "description": "The one that it would become."},
            **dict.fromkeys(("unchanged", "damaged"), _FLAG),
            "tasks": COUNT,
            "ledger": named("Ledger"),
            "georeference": {**ANY_OBJECT, "description": "As of a model; where source is none its place is null."},
            "inside_city": or_null(_FLAG),
            "bounds": BOUNDS,
            "moved": or_null({**NUMBER, "description": "Metres from where the current revision stands."}),
            "notices": listed(TEXT),
            "changes": or_null(obj(dict.fromkeys(("added", "removed", "changed", "same"), COUNT))),
            "seconds": NUMBER,
        }
    ),
    "Upload": obj(
        {
            **dict.fromkeys(("id", "project", "file"), TEXT),
            "discipline": or_null(TEXT),
            "options": ANY_OBJECT,
            **dict.fromkeys(("size", "received"), COUNT),
            "sha256": or_null(SHA256),
            "state": {"enum": [str(state) for state in UploadState]},
            "job": or_null(TEXT),
            "created_by": TEXT,
            **dict.fromkeys(("created_at", "changed_at"), TIME),
            "refused": or_null({**TEXT, "description": "Why it was not taken, or could not be published."}),
            "examined": or_null(named("Examined")),
        }
    ),
    "Uploads": obj({"uploads": listed(named("Upload")), "most_bytes": COUNT, "most_part_bytes": COUNT}),
    "PublishUpload": obj(
        {"options": {**ANY_OBJECT, "description": "A placement: longitude and latitude, or crs, eastings, northings."}},
        optional=("options",),
    ),
    "Nothing": obj({}),
}
