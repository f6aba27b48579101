"""XML files as streams of records: hostile input, read once, in the memory of one record.

Schedule files of 100 MB are common (time-phased data), and whoever sends one is not trusted: no document type, no
entities, no endless nesting, and every fault is one sentence.
"""

import codecs
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError  # the classes only: parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from twin.errors import InvalidInput

LARGEST = 512 * 1024 * 1024  # bytes
DEEPEST = 64  # nesting; schedule files have 7
CUT_OFF = {3, 5, 6}  # expat: no element found, unclosed token, partial character
DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Expat knows no multi-byte encoding but UTF-8 and UTF-16; these are decoded before it sees them. The national
# standard GB 18030 contains GB 2312 and GBK, and files that declare the older ones hold characters of the newer.
DECODED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "cp950",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
}


class _Names(dict[str, str]):
    """Tag → its name without the namespace, which differs between versions of the same program."""

    def __missing__(self, tag: str) -> str:
        return self.setdefault(tag, tag.rpartition("}")[2])


def records(
    path: Path, *, root: str, program: str, containers: Container[str] | None = None
) -> Iterator[tuple[str, Element]]:
    """Yield (container, element) for every record of an XML file, and forget it afterwards.

    An element right under the root is a record, container "". Where its name is one of `containers` (None: always), its
    children are records before it, and it comes last and empty: the sign of its end. Tags have no namespace.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(
                "{file} is larger than {limit} MB: export the schedule again without time-phased data.",
                file=path.name,
                limit=LARGEST // 1024 // 1024,
            )
        with _opened(path) as stream:
            yield from _records(stream, path.name, root, program, containers)
    except ParseError as fault:
        line, column = fault.position
        if fault.code in CUT_OFF:
            raise InvalidInput(
                "{file} ends in the middle, at line {line}: copy it again, or export the schedule again.",
                file=path.name,
                line=line,
            ) from None
        raise InvalidInput(
            "{file} is not XML that can be read: it breaks at line {line}, column {column}. Export the schedule again.",
            file=path.name,
            line=line,
            column=column + 1,
        ) from None
    except DefusedXmlException:
        raise InvalidInput(
            "{file} declares a document type or entities, which no schedule needs and which can do harm: "
            "export the schedule again from the program that made it.",
            file=path.name,
        ) from None
    except OSError as fault:
        raise InvalidInput(
            "{file} cannot be opened ({reason}): check the path and its permissions.",
            file=path.name,
            reason=fault.strerror or str(fault),
        ) from None
    except (ValueError, LookupError):  # a wrong byte in a decoded text; an encoding that nobody knows
        raise InvalidInput(
            "The text of {file} is not in the encoding that its first line declares: save it again as UTF-8.",
            file=path.name,
        ) from None


def _opened(path: Path) -> IO[Any]:
    """Open for the parser: as bytes where expat knows the encoding, else as decoded text."""
    with path.open("rb") as file:
        head = file.read(1024)
    declared = DECLARED.match(head)
    if declared is None:
        return path.open("rb")
    name = codecs.lookup(declared[1].decode("ascii")).name
    if name.startswith("utf-16") or name.startswith("utf-32"):
        return path.open(encoding="utf-8-sig")  # the declaration is readable as ASCII, so it is wrong
    return path.open(encoding=DECODED[name]) if name in DECODED else path.open("rb")


def _records(
    stream: IO[Any], file: str, root: str, program: str, containers: Container[str] | None
) -> Iterator[tuple[str, Element]]:
    names = _Names()
    stack: list[Element] = []
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            stack.append(element)
            if len(stack) == 1 and names[element.tag] != root:
                raise InvalidInput(
                    "{file} is XML, but no schedule of {program}: its outermost element is {root}. "
                    "Give a file that {program} saved as XML.",
                    file=file,
                    program=program,
                    root=names[element.tag][:80],
                )
            if len(stack) > DEEPEST:
                raise InvalidInput(
                    "{file} nests its elements more than {deepest} deep, as no schedule does: export it again.",
                    file=file,
                    deepest=DEEPEST,
                )
            continue
        stack.pop()
        if len(stack) == 1 or (len(stack) == 2 and _opens(names[stack[1].tag], containers)):
            for node in element.iter():
                node.tag = names[node.tag]
            yield "" if len(stack) == 1 else names[stack[1].tag], element
            del stack[-1][:]


def _opens(name: str, containers: Container[str] | None) -> bool:
    return containers is None or name in containers
