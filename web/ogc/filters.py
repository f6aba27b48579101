"""CQL2 text → a tree of its operations, within limits: the only file that knows the parser.

The parser is native code that recurses; `check` bounds what reaches it, so that no filter can exhaust its stack.
"""

import re
from typing import Any

from twin.errors import InvalidInput

MAX_LENGTH = 4_000  # characters
MAX_DEPTH = 30  # open brackets
MAX_STEPS = 200  # words and signs that combine conditions and terms
MAX_MINUS = 500  # signs between numbers: terms, or coordinates below zero
MAX_NUMBER = 2**53  # beyond it the parser's numbers are not exact

Tree = Any  # the JSON form of CQL2

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_ILIKE = re.compile(r"([\w.:]+|\"(?:[^\"]|\"\")*\")\s+(NOT\s+)?ILIKE\s+('(?:[^']|'')*')", re.IGNORECASE)
_STEP = re.compile(r"[+*/%^=<>-](?![0-9.])|\b(?:and|or|not|div|in|like|between|is)\b", re.IGNORECASE)
_MINUS = re.compile(r"[\w.)]\s*[+-]\s*[0-9.]")
_RUN = re.compile(r"(?:[+-]\s*){10}")
_EXPONENT = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)[eE]([+-]?\d{1,2})(?![\w.])")


def parse(text: str) -> Tree:
    """Return the operations of a filter as CQL2 has them in JSON; InvalidInput says where it cannot be read."""
    import cql2

    check(text)
    try:
        return cql2.parse_text(_without_exponents(text)).to_json()
    except cql2.ParseError as error:
        raise InvalidInput("filter cannot be read as CQL2: {reason}.", reason=_reason(str(error))) from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput("filter cannot be read as CQL2: {reason}.", reason=str(error)[:200]) from None


def check(text: str) -> None:
    """Refuse a filter that is too long or nested too deep."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            "filter has {length} characters, more than {most}: ask in parts.", length=len(text), most=MAX_LENGTH
        )
    if not text.strip():
        raise InvalidInput("filter is empty: write a condition, or leave the parameter out.")
    bare = _QUOTED.sub("'", text)
    depth = most = 0
    for letter in bare:
        depth += (letter == "(") - (letter == ")")
        most = max(most, depth)
    many = len(_STEP.findall(bare)) > MAX_STEPS or len(_MINUS.findall(bare)) > MAX_MINUS or _RUN.search(bare)
    if most > MAX_DEPTH or many:
        raise InvalidInput("filter is too deep or has too many parts: ask in parts.")


def from_older(text: str) -> str:
    """Return a filter of the older CQL (filter-lang=cql-text) in CQL2.

    >>> from_older("name ILIKE '人%' AND a = 1")
    "CASEI(name) LIKE CASEI('人%') AND a = 1"
    """
    return _ILIKE.sub(r"CASEI(\1) \2LIKE CASEI(\3)", text)


def plain_name(name: str) -> bool:
    """Tell whether a property can stand in a filter without quotes.

    >>> plain_name("名称"), plain_name("my name"), plain_name("like")
    (True, False, False)
    """
    try:
        tree = parse(f"{name} = 1")
    except InvalidInput:
        return False
    return bool(tree == {"op": "=", "args": [{"property": name}, 1.0]})


def properties(tree: Tree) -> set[str]:
    """Return the names of all properties in a filter.

    >>> sorted(properties({"op": "=", "args": [{"property": "b"}, {"op": "casei", "args": [{"property": "a"}]}]}))
    ['a', 'b']
    """
    if isinstance(tree, list):
        return set().union(*(properties(part) for part in tree))
    if not isinstance(tree, dict):
        return set()
    if "property" in tree:
        return {str(tree["property"])}
    return properties(tree.get("args", [])) | properties(tree.get("interval", []))


def _without_exponents(text: str) -> str:
    """Return the filter with 1.5e2 written as 150, which the parser does not take inside a geometry.

    >>> _without_exponents("a = 'b 1e2' AND c < -1.5e2")
    "a = 'b 1e2' AND c < -150"
    """
    from decimal import Decimal

    def plain(found: re.Match[str]) -> str:
        return format(Decimal(found.group()), "f")

    parts, end = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_EXPONENT.sub(plain, text[end : quoted.start()]), quoted.group()]
        end = quoted.end()
    return "".join([*parts, _EXPONENT.sub(plain, text[end:])])


def _reason(message: str) -> str:
    """Return the parser's complaint in one line: the column, and what it waited for."""
    place = re.search(r"--> (\d+):(\d+)", message)
    waited = re.search(r"= (.*)", message)
    column = f"column {place.group(2)}" if place else ""
    return ", ".join(part for part in (column, (waited.group(1) if waited else message)[:200]) if part)
