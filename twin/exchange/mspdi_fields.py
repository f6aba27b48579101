"""The user's own fields of a Microsoft Project XML file: extended attributes and outline codes, with their lookups."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from twin.exchange.findings import NUMBER, Findings, Record
from twin.values.sentence import say

FIELDS = say("Definitions of user fields")
KNOWN = frozenset({"FieldID", "FieldName", "Alias", "ValueList", "Values", "PhoneticAlias", "Guid", "LookupUID"})
MONEY = re.compile(r"Cost\d+")
DEEPEST = 50  # levels of an outline code


class UserFields:
    """Definitions by field id: what a field is called, and what its lookup values are."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._names: dict[str, tuple[str, bool]] = {}  # field → its name, whether it is money
        self._values: dict[tuple[str, str], tuple[str, str]] = {}  # (field, value id) → text, parent id

    def add(self, element: Element) -> None:
        """Read the definition of one extended attribute or outline code."""
        record = Record(element, say("A user field"), self._findings)
        field = record.text("FieldID")
        if not field:
            self._findings.notice(say("A user field has no FieldID; it is left out."))
            return
        name = record.text("FieldName")
        self._names[field] = (record.first("Alias", "FieldName") or field, MONEY.fullmatch(name) is not None)
        for value in (*element.iterfind("ValueList/Value"), *element.iterfind("Values/Value")):
            item = Record(value, record.where, self._findings)
            text, parent = item.text("Value"), item.text("ParentValueID")
            for key in ("ID", "ValueID", "FieldGUID"):
                if key in item.texts:
                    self._values[field, item.texts[key]] = (text, parent)
        record.leave(FIELDS, KNOWN)

    def read(self, elements: Iterable[Element], task: Record) -> Iterable[tuple[str, str]]:
        """Yield (name, value) of the extended attributes and outline codes of a task."""
        for element in elements:
            record = Record(element, task.where, self._findings)
            field = record.text("FieldID")
            name, money = self._names.get(field, (field, False))
            key = record.first("ValueGUID", "ValueID")
            value = record.text("Value") or self._looked_up(field, key)
            if not value and record.text("ValueID"):
                value = self._looked_up(field, record.text("ValueID"))
            if money and len(value) < 60 and NUMBER.fullmatch(value):
                value = f"{float(value) / 100:.15g}"
            if name and value:
                yield name, value
            elif key:
                self._findings.broken(task.where, name or "FieldID", key)

    def _looked_up(self, field: str, key: str) -> str:
        """Return a lookup value with those above it, "A.B.C"; "" where the file has none."""
        parts: list[str] = []
        while (field, key) in self._values and len(parts) < DEEPEST:
            text, key = self._values[field, key]
            parts.append(text)
        return ".".join(reversed(parts))
