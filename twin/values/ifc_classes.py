"""Readable names of IFC classes in both languages; the page has the same ones."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def chinese_names() -> Mapping[str, str]:
    """Return IFC class → its Chinese name, of the classes that are met most."""
    found: dict[str, str] = json.loads(files("twin.values").joinpath("ifc_classes.json").read_text("utf-8"))
    return found


def class_name(ifc_class: str, language: str) -> str:
    """Return what a class is called.

    >>> class_name("IfcWallStandardCase", "zh"), class_name("IfcWallStandardCase", "en"), class_name("IfcX", "zh")
    ('墙', 'Wall standard case', 'X')
    """
    bare = re.sub("(?i)^ifc", "", ifc_class)
    if language == "zh":
        return chinese_names().get(ifc_class, bare)
    return re.sub("([a-z0-9])([A-Z])", r"\1 \2", bare).capitalize()
