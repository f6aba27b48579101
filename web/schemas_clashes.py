"""JSON schemas of clashes: as they are answered, and of what a person changes."""

from typing import Any

from twin.values.clash import SEVERITIES, ClashStatus, ClashType, Method
from web.schema_words import COUNT, NUMBER, TEXT, TIME, listed, named, numbers, obj, or_null

Schema = dict[str, Any]

DATE: Schema = {"type": "string", "format": "date"}
_STATUS: Schema = {"enum": [status.value for status in ClashStatus]}
_SEVERITY: Schema = {"enum": list(SEVERITIES)}
_COLOUR: Schema = {"type": "string", "pattern": "^#[0-9a-f]{6}$", "description": "of that element on the map"}
_POINT = or_null(numbers(3, "longitude and latitude in degrees, height in metres"))
_COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
_LENGTH: Schema = {"type": "number", "minimum": 0, "description": "metres"}
_SIDE = obj(
    {
        **dict.fromkeys(("project", "model", "global_id", "ifc_class", "name"), TEXT),
        "row": {"type": "integer", "minimum": -1, "description": "feature row in the model's tiles; -1: gone"},
    }
)
_CLASH: dict[str, Schema] = {
    **dict.fromkeys(("id", "project", "rule"), TEXT),
    **dict.fromkeys(("a", "b"), named("ClashSide")),
    "type": {"enum": [kind.value for kind in ClashType]},
    **dict.fromkeys(("depth", "distance"), _LENGTH),
    "volume": {"type": "number", "minimum": 0, "description": "cubic metres"},
    "point": _POINT,
    "method": {"enum": [method.value for method in Method]},
    "status": _STATUS,
    "group": TEXT,
    "severity": _SEVERITY,
    "factors": listed(TEXT),
    "reason": or_null(TEXT),
    **dict.fromkeys(("storey", "assignee"), TEXT),
    "due_date": or_null(DATE),
    **dict.fromkeys(("first_found", "last_found"), TIME),
    "element_missing": {"type": "boolean"},
    "reopened": COUNT,
}
_RUN = obj(
    {
        **dict.fromkeys(("run", "by", "rules"), TEXT),
        "started_at": TIME,
        **dict.fromkeys(("examined", "found", "untestable"), COUNT),
        "rules_without_match": listed(TEXT),
    }
)
_PROJECT = obj(
    {
        **dict.fromkeys(("code", "name"), TEXT),
        "open": COUNT,
        **dict.fromkeys(("statuses", "types", "severities"), _COUNTS),
        "point": _POINT,
        "last_run": or_null(_RUN),
    }
)
_EVENT = obj({"at": TIME, **dict.fromkeys(("by", "what", "before", "after", "note"), TEXT)})
_COMMENT = obj({**dict.fromkeys(("guid", "by", "text"), TEXT), "at": TIME})
_MATCH = obj({**dict.fromkeys(("before", "after"), named("ClashSide")), "by": TEXT, "score": NUMBER})
_GROUP = obj(
    {
        **dict.fromkeys(("group", "title", "storey", "rule", "assignee"), TEXT),
        "kind": {"enum": ["run", "near", "hand", "single"]},
        "clashes": listed(TEXT),
        "open": COUNT,
        **dict.fromkeys(("types", "statuses"), _COUNTS),
        "severity": _SEVERITY,
        "depth": _LENGTH,
        "volume": {"type": "number", "minimum": 0},
        "due_date": or_null(DATE),
        "point": _POINT,
    }
)
_CHANGE: dict[str, Schema] = {
    "status": {"enum": ["Active", "Reviewed", "Approved", "Resolved", "ByDesign"]},
    "assignee": {"type": "string", "maxLength": 200, "description": "empty: nobody"},
    "due_date": {**or_null(DATE), "description": "null: none"},
    "group": {"type": "string", "description": "id of a group of the project; empty: one of its own"},
    "comment": {"type": "string", "maxLength": 10_000},
    "by": {"type": "string", "minLength": 1, "maxLength": 200, "description": "who, for the history"},
}
CLASH_SCHEMAS: dict[str, Schema] = {
    "ClashSide": _SIDE,
    "Clash": obj(_CLASH),
    "Clashes": obj(
        {
            "projects": listed(_PROJECT),
            "clashes": listed(named("Clash")),
            "colours": obj(dict.fromkeys(("a", "b"), _COLOUR)),
        }
    ),
    "ClashDetails": obj(
        {
            **_CLASH,
            "box": {**listed(numbers(3, "corner, metres, local frame of the first element's model")), "minItems": 2},
            "corners": listed(numbers(3, "corner of the box: longitude, latitude in degrees, height in metres")),
            "history": listed(_EVENT),
            "comments": listed(_COMMENT),
            "matches": listed(_MATCH),
        }
    ),
    "ClashGroups": obj({"groups": listed(_GROUP)}),
    "ClashChange": obj(_CHANGE, optional=("status", "assignee", "due_date", "group", "comment")),
    "LoadedBcf": obj(
        {
            **dict.fromkeys(("bcf", "project"), TEXT),
            **dict.fromkeys(("topics", "changed", "other_topics", "comments"), COUNT),
            "notices": listed(TEXT),
        }
    ),
    "Changed": obj({"changed": COUNT}),
}
