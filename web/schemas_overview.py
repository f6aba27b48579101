"""JSON schemas of the city in figures, and of what colours projects."""

from typing import Any

from twin.judgement.overview import COLOURINGS
from twin.values.project import LIGHTS, RESOURCES
from web.schema_words import COUNT, NUMBER, TEXT, listed, obj, or_null

Schema = dict[str, Any]

_DATE: Schema = {"type": "string", "format": "date"}
_FLAG: Schema = {"type": "boolean"}
_FIGURE = or_null(NUMBER)
_LIGHT: Schema = {"enum": list(LIGHTS)}
_CLASS: Schema = {"type": "integer", "minimum": 0, "maximum": 255}
_INDEX = obj(dict.fromkeys(COLOURINGS, _CLASS))
_LIGHTS = obj(dict.fromkeys(LIGHTS, COUNT))
_USE = {"unit": TEXT, **dict.fromkeys(("planned", "used", "total", "rate"), _FIGURE)}
_GROUP = {"name": TEXT, "projects": COUNT, "lights": _LIGHTS, "lights_before": _LIGHTS}

ASKED: dict[str, Schema] = {"today": _DATE, "forecast": _FLAG}
COLOURED: dict[str, Schema] = {
    "deviation": _FIGURE,
    "index": _INDEX,
    "resources": {
        "type": "object",
        "propertyNames": {"enum": list(RESOURCES)},
        "additionalProperties": obj(_USE),
    },
    "forecast": _FLAG,
}


def overview_schemas(judged: dict[str, Schema]) -> dict[str, Schema]:
    """Return the schemas by name; judged : members of the head of every judgement."""
    return {
        "Overview": obj(
            {
                **judged,
                **ASKED,
                "before": _DATE,
                "lights": _LIGHTS,
                "lights_before": _LIGHTS,
                "changes": listed(obj({"code": TEXT, "name": TEXT, "from": _LIGHT, "to": _LIGHT})),
                "districts": listed(
                    obj({**_GROUP, "index": _INDEX, "values": obj(dict.fromkeys(COLOURINGS, _FIGURE))})
                ),
                "kinds": listed(obj(_GROUP)),
                "totals": {
                    "type": "object",
                    "properties": {"budget": {"type": "object", "additionalProperties": NUMBER}},
                    "required": ["budget"],
                    "propertyNames": {"enum": ["budget", *RESOURCES]},
                    "additionalProperties": obj({**_USE, "projects": COUNT, "left_out": COUNT}),
                },
            }
        ),
        "Timeline": obj(
            {
                "first": or_null(_DATE),
                "last": or_null(_DATE),
                "today": _DATE,
                "complete": _FLAG,
                "months": listed(
                    obj({"as_of": _DATE, "forecast": _FLAG, **dict.fromkeys(LIGHTS, or_null(COUNT))}),
                ),
            }
        ),
    }
