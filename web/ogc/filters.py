"""CQL2 text → a tree of its operations, within limits: the only file that knows the parser.

The parser is native code that recurses; `check` bounds what reaches it, so that no filter can exhaust its stack.
"""

import re
from typing import Any

from twin.errors import InvalidInput

MAX_LENGTH = 4_000  # characters
MAX_DEPTH = 30  # open brackets
MAX_STEPS = 200  # words and signs that combine conditions and terms
MAX_MINUS = 500  # signs between numbers
MAX_NUMBER = 2**53  # beyond it the parser's numbers are not exact

Tree = Any  # the JSON form of CQL2

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_ILIKE = re.compile(r"([\w.:]+|\"(?:[^\"]|\"\")*\")\s+(NOT\s+)?ILIKE\s+('(?:[^']|'')*')", re.IGNORECASE)
_STEP = re.compile(r"[+*/%^=<>-](?![0-9.])|\b(?:and|or|not|div|in|like|between|is)\b", re.IGNORECASE)
_MINUS = re.compile(r"[\w.)]\s*[+-]\s*[0-9.]")
_RUN = re.compile(r"(?:[+-]\s*){10}")
_SHAPE = re.compile(
    _QUOTED.pattern + r"|\b(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\s*(?:ZM|Z|M)?\s*\(",
    re.IGNORECASE,
)


def parse(text: str) -> Tree:
    """Return the operations of a filter as CQL2 has them in JSON; InvalidInput says where it cannot be read.

    Geometry that is written out is `{"shape": <shapely geometry>}`: GEOS reads it, to the last digit, which the parser
    does not.
    """
    import cql2

    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            "filter has {length} characters, more than {most}: ask in parts.", length=len(text), most=MAX_LENGTH
        )
    if not text.strip():
        raise InvalidInput("filter is empty: write a condition, or leave the parameter out.")
    marked, shapes = _without_shapes(text)
    check(marked)
    try:
        return _with_shapes(cql2.parse_text(marked).to_json(), shapes)
    except (cql2.ParseError, ValueError, RecursionError) as error:
        raise _unreadable(marked, str(error)) from None


def check(text: str) -> None:
    """Refuse a filter that is nested too deep or has too many parts."""
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

    >>> plain_name("名称"), plain_name("my name"), plain_name("not")
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


def _without_shapes(text: str) -> tuple[str, list[Any]]:
    """Return a filter with every geometry that is written out replaced by POINT(i 0), and the geometries.

    >>> _without_shapes("S_WITHIN(geom, POLYGON((0 0, 1 0, 1 1, 0 0))) AND name = 'POINT(1 2)'")
    ("S_WITHIN(geom, POINT(0 0)) AND name = 'POINT(1 2)'", [<POLYGON ((0 0, 1 0, 1 1, 0 0))>])
    """
    parts: list[str] = []
    shapes: list[Any] = []
    at = 0
    while found := _SHAPE.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        if found.group().startswith(("'", '"')):
            parts.append(found.group())
            continue
        at = _closing(text, at)
        parts.append(f"POINT({len(shapes)} 0)")
        shapes.append(_shape(text[found.start() : at]))
    return "".join([*parts, text[at:]]), shapes


def _closing(text: str, at: int) -> int:
    """Return where the bracket is closed that was opened before `at`."""
    depth = 1
    for end in range(at, len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if depth == 0:
            return end + 1
    raise InvalidInput("filter cannot be read as CQL2: it ends where something is missing.")


def _shape(wkt: str) -> Any:
    import shapely

    try:
        made = shapely.force_2d(shapely.from_wkt(wkt))
    except shapely.errors.GEOSException:
        made = None
    if made is None or made.is_empty or not shapely.is_valid(made):
        raise InvalidInput("A geometry in filter is not valid: it must be closed and must not cross itself.")
    return made


def _with_shapes(tree: Tree, shapes: list[Any]) -> Tree:
    """Return a filter's operations with its geometries put in again."""
    if isinstance(tree, list):
        return [_with_shapes(part, shapes) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if "coordinates" in tree:
        return {"shape": shapes[int(tree["coordinates"][0])]}
    return {name: _with_shapes(part, shapes) for name, part in tree.items()}


def _unreadable(text: str, message: str) -> InvalidInput:
    """Return the error for a filter that the parser refuses; its message names a line and a column."""
    place = re.search(r"--> (\d+):(\d+)", message)
    line, column = (int(number) for number in place.groups()) if place else (1, 1)
    rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :].strip()
    if not rest:
        return InvalidInput("filter cannot be read as CQL2: it ends where something is missing.")
    return InvalidInput("filter cannot be read as CQL2 from here on: {rest}", rest=rest[:60])
