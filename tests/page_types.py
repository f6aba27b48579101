"""The page's types of the server's answers, from the schemas of its OpenAPI document.

`python -m tests.page_types` writes them anew.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.house import ROOT
from web.app import route_table
from web.openapi import document

TARGET = ROOT / "web" / "frontend" / "src" / "types.gen.ts"
PREFACE = (
    "/** The server's answers, from the schemas of its own `/-/openapi.json`: `python -m tests.page_types` writes this "
    "file, a test keeps it up to date. */\n"
)
# Words of a schema that a type of TypeScript says, and those that it cannot say.
SAID = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "anyOf",
    "enum",
    "const",
}
UNSAID = {
    "description",
    "propertyNames",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "default",
}
PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
LONGEST = 8  # members of an array of fixed length


def page_types() -> str:
    """Return the types of all answers to the page; those of OGC API stand in a standard, no page reads them."""
    schemas = document(route_table())["components"]["schemas"]
    kept = {name: schema for name, schema in schemas.items() if not name.startswith("Ogc")}
    return PREFACE + "".join(f"\nexport type {name} = {type_of(schema)};\n" for name, schema in kept.items())


def type_of(schema: Mapping[str, Any], indent: str = "") -> str:
    """Return a JSON schema as a type.

    >>> type_of({"anyOf": [{"type": "string"}, {"type": "null"}]})
    'string | null'
    >>> type_of({"type": "array", "items": {"enum": ["red", "grey"]}})
    '("red" | "grey")[]'
    >>> type_of({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
    '[number, number]'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if unknown := set(schema) - SAID - UNSAID:
        raise ValueError(f"no type for {sorted(unknown)}: teach tests/page_types.py")
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(choice, indent) for choice in schema["anyOf"]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}, indent) for one in kind)
    if kind == "array":
        return _array(schema, indent)
    if kind == "object":
        return _object(schema, indent)
    return PLAIN[kind] if kind else "unknown"


def _array(schema: Mapping[str, Any], indent: str) -> str:
    item_schema = schema.get("items", {})
    item = type_of(item_schema, indent)
    length = schema.get("minItems")
    if length and length == schema.get("maxItems") and length <= LONGEST:
        return f"[{', '.join([item] * length)}]"
    choices = len(item_schema.get("anyOf", item_schema.get("enum", ()))) > 1
    return f"({item})[]" if choices else f"{item}[]"


def _object(schema: Mapping[str, Any], indent: str) -> str:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not properties:
        return _record(schema, indent)
    required, inner = set(schema.get("required", ())), indent + "  "
    lines = []
    for name, value in properties.items():
        key = name if name.isidentifier() else json.dumps(name)
        note = f"{inner}/** {value['description']} */\n" if "description" in value else ""
        lines.append(f"{note}{inner}{key}{'' if name in required else '?'}: {type_of(value, inner)};\n")
    members = f"{{\n{''.join(lines)}{indent}}}"
    return f"{members} & {_record(schema, indent)}" if isinstance(more, dict) else members


def _record(schema: Mapping[str, Any], indent: str) -> str:
    """Members whose names the data choose, or that are left out where there is nothing to say."""
    more = schema.get("additionalProperties", True)
    value = type_of(more, indent) if isinstance(more, dict) else "unknown"
    names = [
        name for name in schema.get("propertyNames", {}).get("enum", ()) if name not in schema.get("properties", {})
    ]
    if not names:
        return f"Readonly<Record<string, {value}>>"
    return f"Readonly<Partial<Record<{' | '.join(map(json.dumps, names))}, {value}>>>"


if __name__ == "__main__":
    TARGET.write_text(page_types(), "utf-8")
