"""The words that a project allows: extensions.xml of BCF 3.0, a schema that redefines another in 2.1.

bcf-client reads the schema of 2.1, but cannot write it; so both ways are here.
"""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import bcf.v3.model as v3

from twin.exchange.bcf.plain import text_of, writable
from twin.values.topic import Extensions

SCHEMA = "http://www.w3.org/2001/XMLSchema"
# field of Extensions → (name of the simple type in 2.1, list and class of bcf-client for 3.0, its list of words)
WORDS: dict[str, tuple[str, Any, str]] = {
    "topic_types": ("TopicType", v3.ExtensionsTopicTypes, "topic_type"),
    "topic_statuses": ("TopicStatus", v3.ExtensionsTopicStatuses, "topic_status"),
    "priorities": ("Priority", v3.ExtensionsPriorities, "priority"),
    "topic_labels": ("TopicLabel", v3.ExtensionsTopicLabels, "topic_label"),
    "users": ("UserIdType", v3.ExtensionsUsers, "user"),
    "snippet_types": ("SnippetType", v3.ExtensionsSnippetTypes, "snippet_type"),
    "stages": ("Stage", v3.ExtensionsStages, "stage"),
}


def read_extensions(found: v3.Extensions) -> Extensions:
    """Return the words of an extensions.xml."""
    lists = {}
    for name, (_, _, words) in WORDS.items():
        holder = getattr(found, name)
        lists[name] = tuple(filter(None, map(text_of, getattr(holder, words)))) if holder else ()
    return Extensions(**lists)


def write_extensions(extensions: Extensions) -> v3.Extensions:
    """Return an extensions.xml as a class of bcf-client; lists without a word are left out."""
    found = v3.Extensions()
    for name, (_, holder, words) in WORDS.items():
        said = list(filter(None, map(writable, getattr(extensions, name))))
        if said:
            setattr(found, name, holder(**{words: said}))
    return found


def read_schema(tree: Element) -> Extensions:
    """Return the words of a schema of BCF 2.1, a tree without namespaces."""
    types = {found.get("name"): found for found in tree.iter("simpleType")}
    lists = {}
    for name, (simple, _, _) in WORDS.items():
        found = types.get(simple)
        words = [word.get("value") or "" for word in found.iter("enumeration")] if found is not None else []
        lists[name] = tuple(filter(None, map(text_of, words)))
    return Extensions(**lists)


def write_schema(extensions: Extensions) -> bytes:
    """Return the schema of BCF 2.1 that allows these words."""
    top = Element("schema", {"xmlns": SCHEMA})
    redefine = SubElement(top, "redefine", {"schemaLocation": "markup.xsd"})
    for name, (simple, _, _) in WORDS.items():
        said = list(filter(None, map(writable, getattr(extensions, name))))
        if said:
            kind = SubElement(redefine, "simpleType", {"name": simple})
            restriction = SubElement(kind, "restriction", {"base": simple})
            for word in said:
                SubElement(restriction, "enumeration", {"value": word})
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True))
