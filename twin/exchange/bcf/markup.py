"""Hostile XML → the classes of bcf-client.

defusedxml reads it first: no document type, no entities, no endless nesting.  bcf-client's parser would lose a whole
topic over one unknown element, would take a wrong number for a text and would keep an unsaid required value from
being read at all; so the tree is put into the order of its classes before: unknown parts are taken out and told, what
older or careless programs leave out is filled in.
"""

import dataclasses
import io
import re
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, ParseError  # the classes only: parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from xsdata.exceptions import ConverterWarning, ParserError
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.parsers.handlers import XmlEventHandler

from twin.errors import InvalidInput

T = TypeVar("T")
DEEPEST = 32  # nesting; BCF has 8
MOST_ELEMENTS = 400_000  # of one XML file
LONGEST_REPORT = 12  # unknown names that are told

# (name of the element, name of its required attribute or child) → text where it is missing or blank
ASSUMED: Mapping[tuple[str, str], str] = {
    ("Topic", "TopicType"): "",
    ("Topic", "TopicStatus"): "",
    ("Topic", "CreationAuthor"): "",
    ("Topic", "Title"): "",
    ("Comment", "Author"): "",
    ("Comment", "Comment"): "",
    ("BimSnippet", "ReferenceSchema"): "",
    ("BimSnippet", "SnippetType"): "",
    ("Components", "Visibility"): "",
    ("Project", "ProjectId"): "",
    ("ProjectExtension", "ExtensionSchema"): "",
    ("Document", "Filename"): "",
    ("PerspectiveCamera", "AspectRatio"): "0",
    ("OrthogonalCamera", "AspectRatio"): "0",
}
DAYS = ("DueDate",)  # elements where careless programs write a day instead of a time
DAY = re.compile(r"\s*(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?\s*", re.ASCII)
CONTEXT = XmlContext()
CONFIG = ParserConfig(fail_on_unknown_properties=False, fail_on_converter_warnings=True)


class Reader:
    """Reads the XML files of one BCF file, and remembers the names of what it had to leave out.

    days : texts of times that are days only
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.unknown: dict[str, None] = {}  # in order of appearance
        self.days: list[str] = []

    def tree(self, content: bytes, member: str, root: str) -> Element:
        """Return the tree of an XML file without namespaces and comments; its outermost element must be `root`."""
        return _parsed(content, self.file, member, root)

    def model(
        self,
        content: bytes,
        member: str,
        model: type[T],
        upgrade: Callable[[Element], None] | None = None,
    ) -> T:
        """Return an XML file as a class of bcf-client; `upgrade` changes the tree in place before."""
        tree = self.tree(content, member, model.__name__)
        if upgrade is not None:
            upgrade(tree)
        self._fit(tree, model, member, tree.tag)
        parser = XmlParser(config=CONFIG, context=CONTEXT, handler=XmlEventHandler)
        try:
            found: T = parser.parse(tree, model)
        except (ParserError, ConverterWarning, TypeError, ValueError, OverflowError) as fault:
            raise InvalidInput(
                "{file} cannot be read: {member} in it holds a value of the wrong kind ({fault}). Export it again.",
                file=self.file,
                member=member,
                fault=" ".join(str(fault).split())[:160],
            ) from None
        return found

    def _fit(self, element: Element, model: type, member: str, path: str) -> None:
        """Take out what the class does not know, fill in what is assumed, name what is missing."""
        known = _fields(model)
        for name in list(element.attrib):
            self._fit_attribute(element, name, known.get(name), path)
        seen = set(element.attrib)
        for child in list(element):
            field = known.get(child.tag)
            if field is None or field.attribute or (child.tag in seen and not field.many):
                element.remove(child)
                self._left_out(f"{path}/{child.tag}")
                continue
            if field.model is not None:
                self._fit(child, field.model, member, f"{path}/{child.tag}")
            elif not self._fit_leaf(child, field, path):
                element.remove(child)
                continue
            seen.add(child.tag)
        for name, field in known.items():
            if field.required and name not in seen:
                self._assume(element, name, field.attribute, member)

    def _fit_attribute(self, element: Element, name: str, field: "_Field | None", path: str) -> None:
        """Take out an attribute that is unknown, or said to be nothing where that means nothing."""
        if field is None or not field.attribute:
            del element.attrib[name]
            if not name.startswith("{"):  # of a namespace: xsi:schemaLocation and its like
                self._left_out(f"{path}@{name}")
        elif field.optional and not field.text and not element.attrib[name].strip():
            del element.attrib[name]

    def _fit_leaf(self, child: Element, field: "_Field", path: str) -> bool:
        """Mend an element that holds a value; False where it is said to be nothing, as in <Index/>."""
        if len(child):
            self._left_out(f"{path}/{child.tag}/{child[0].tag}")
            del child[:]
        if field.words:
            child.text = _same_word(child.text or "", field.words)
        if child.tag in DAYS and (day := DAY.fullmatch(child.text or "")):
            self.days.append(day[1])
            child.text = f"{day[1]}T00:00:00"
        return bool(field.text or not field.optional or (child.text or "").strip())

    def _assume(self, element: Element, name: str, attribute: bool, member: str) -> None:
        text = ASSUMED.get((element.tag, name))
        if text is None:
            raise InvalidInput(
                "{file} cannot be read: {member} in it has a {element} without {name}. Export it again.",
                file=self.file,
                member=member,
                element=element.tag,
                name=name,
            )
        if attribute:
            element.set(name, text)
        else:
            child = Element(name)
            child.text = text
            if name == "Visibility":  # nothing is said of what is seen, so all is
                child.set("DefaultVisibility", "true")
            element.append(child)

    def _left_out(self, name: str) -> None:
        if len(self.unknown) <= LONGEST_REPORT:
            self.unknown[name[:80]] = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """What a class of bcf-client says of an attribute or a child element."""

    attribute: bool
    required: bool
    many: bool
    text: bool
    optional: bool
    model: type | None
    words: tuple[str, ...]  # of an enumeration


@cache
def _fields(model: type) -> Mapping[str, _Field]:
    """Return XML name → what is known of it."""
    hints = typing.get_type_hints(model)
    found = {}
    for field in dataclasses.fields(model):
        arguments = typing.get_args(hints[field.name])
        kind: Any = next((a for a in arguments if a is not type(None)), hints[field.name])
        bare = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        found[field.metadata["name"]] = _Field(
            attribute=field.metadata["type"] == "Attribute",
            required=bare,
            many=typing.get_origin(hints[field.name]) is list,
            text=kind is str,
            optional=not bare,
            model=_model(kind),
            words=tuple(str(word.value) for word in kind) if _is_enumeration(kind) else (),
        )
    return found


def _model(kind: Any) -> type | None:
    """Return the class of elements that have parts of their own; None for plain values."""
    return kind if isinstance(kind, type) and dataclasses.is_dataclass(kind) else None


def _is_enumeration(kind: Any) -> bool:
    return hasattr(kind, "__members__")


def _same_word(text: str, words: tuple[str, ...]) -> str:
    """Return the word of an enumeration that differs in case only: BCF 2.1 says PNG, 3.0 says png."""
    return next((word for word in words if word.lower() == text.strip().lower()), text)


def _parsed(content: bytes, file: str, member: str, root: str) -> Element:
    """Return the root of a tree; raises InvalidInput for whatever could do harm or is not XML."""
    depth = count = 0
    top: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            depth += 1
            count += 1
            if top is None:
                top = element
            if depth > DEEPEST or count > MOST_ELEMENTS:
                raise InvalidInput(
                    "{file} is refused: {member} in it nests or repeats its elements without end, as no BCF file "
                    "does. Ask the sender for the file again.",
                    file=file,
                    member=member,
                )
            element.tag = element.tag.rpartition("}")[2]
    except DefusedXmlException:
        raise InvalidInput(
            "{file} is refused: {member} in it declares a document type or entities, which no BCF file needs and "
            "which can do harm. Export it again from the program that made it.",
            file=file,
            member=member,
        ) from None
    except (ParseError, ValueError, LookupError) as fault:
        line = fault.position[0] if isinstance(fault, ParseError) else 1
        raise InvalidInput(
            "{file} cannot be read: {member} in it is not XML, or was cut off; it breaks at line {line}. Export it "
            "again.",
            file=file,
            member=member,
            line=line,
        ) from None
    assert top is not None
    if top.tag != root:
        raise InvalidInput(
            "{file} cannot be read: {member} in it should hold {root}, but holds {tag}. Export it again.",
            file=file,
            member=member,
            root=root,
            tag=top.tag[:80],
        )
    return top
