"""JSON schemas of what is published."""

from typing import Any

from twin.values.rights import FIELDS
from web.schema_words import TEXT, TIME, listed, named, obj

_FIELDS = listed({"enum": list(FIELDS)})
_WHAT = {"enum": ["project", "layer"]}

SHARING_SCHEMAS: dict[str, dict[str, Any]] = {
    "Publish": obj(
        {"fields": {**_FIELDS, "description": "Of a project; light and progress unless said. A layer has none."}},
        optional=("fields",),
    ),
    "Publication": obj({"what": _WHAT, "name": TEXT, "fields": _FIELDS, "published_at": TIME, "published_by": TEXT}),
    "Publications": obj({"publications": listed(named("Publication")), "fields": _FIELDS}),
    "Unpublished": obj({"what": _WHAT, "name": TEXT}),
}
