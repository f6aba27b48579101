"""JSON schemas of what a search finds, of a model's systems and of an element's history."""

from typing import Any

from web.schema_words import BOUNDS, COUNT, NUMBER, SHARE, TEXT, TIME, listed, obj, or_null
from web.search_sources import KINDS, MATCHED

Schema = dict[str, Any]

_RESULT = obj(
    {
        "kind": {"enum": list(KINDS)},
        **dict.fromkeys(("title", "subtitle"), TEXT),
        "matched": {"enum": list(MATCHED)},
        **dict.fromkeys(("project", "model", "global_id", "layer"), or_null(TEXT)),
        "feature": or_null({"type": "integer", "minimum": 1}),
        **dict.fromkeys(("longitude", "latitude"), or_null(NUMBER)),
        "bounds": BOUNDS,
    }
)
SYSTEMS = listed(obj({**dict.fromkeys(("name", "ifc_class", "global_id"), TEXT), "rows": listed(COUNT)}))
HISTORY: dict[str, Schema] = {
    "systems": listed(TEXT),
    "history": listed(
        obj(
            {
                "fact_date": {"type": "string", "format": "date"},
                "completion": SHARE,
                "task": TEXT,
                "report": or_null(obj({"file": TEXT, "row": COUNT, "recorded_at": TIME})),
            }
        )
    ),
    "history_left_off": COUNT,
}
FIND_SCHEMAS: dict[str, Schema] = {
    "SearchResults": obj(
        {"query": TEXT, "results": listed(_RESULT), "left_off": COUNT, "complete": {"type": "boolean"}}
    )
}
