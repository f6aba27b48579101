"""What a Primavera P6 XML file says of its activities in the planner's own words: activity codes and user fields."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from twin.exchange.findings import Findings, Record
from twin.values.sentence import say

DEFINED = frozenset({"ActivityCodeType", "ActivityCode", "UDFType", "UDFCode"})
Stated = tuple[str, str, str]  # "Code" or "UDF", ObjectId of its type, ObjectId of a code's value or a field's text


class Codes:
    """Definitions by ObjectId; what activities state is turned into names and values once all are known."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._types: dict[str, str] = {}
        self._codes: dict[str, tuple[str, str, str]] = {}  # ObjectId → its type, short value, long value
        self._fields: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def add(self, element: Element) -> None:
        """Read one definition."""
        record = Record(element, say("A code"), self._findings)
        id_ = record.text("ObjectId")
        if element.tag == "ActivityCodeType":
            self._types[id_] = record.text("Name")
        elif element.tag == "ActivityCode":
            type_ = record.text("CodeTypeObjectId")
            self._codes[id_] = (type_, record.text("CodeValue"), record.text("Description"))
        elif element.tag == "UDFType":
            self._fields[id_] = record.text("Title")
        else:
            self._values[id_] = record.first("CodeValue", "Description")

    def stated(self, element: Element) -> list[Stated]:
        """Return what an activity or WBS element states, to be named by `named`."""
        found: list[Stated] = []
        for child in element:
            if child.tag not in {"Code", "UDF"} or not len(child):  # a WBS element's own Code is a text
                continue
            record = Record(child, say("A code"), self._findings)
            type_ = record.text("TypeObjectId")
            value = next((text for name, text in record.texts.items() if name not in {"TypeObjectId", "TypeTitle"}), "")
            found.append((child.tag, type_, record.text("ValueObjectId") if child.tag == "Code" else value))
        return found

    def named(self, stated: list[Stated], where: Record) -> Iterator[tuple[str, str]]:
        """Yield (name, value): of a code the short value, and "<type> name" with the long one."""
        for kind, type_, value in stated:
            if kind == "UDF":
                name = self._fields.get(type_) or type_
                if name and value:
                    yield name, self._values.get(value, value)
                continue
            if value not in self._codes:
                self._findings.broken(where.where, "Code/ValueObjectId", value or "–")
                continue
            type_of_code, short, long = self._codes[value]
            name = self._types.get(type_ or type_of_code) or type_ or type_of_code
            if name and (short or long):
                yield name, short or long
                if short and long and short != long:
                    yield f"{name} name", long
