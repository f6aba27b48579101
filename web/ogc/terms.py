"""Terms of a filter as Arrow columns or scalars: literals, comparisons, calculations; null as SQL has it.

Patterns and replacements go to RE2, which runs in linear time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.errors import InvalidInput
from twin.values.sentence import say
from web.ogc import times
from web.ogc.filters import MAX_NUMBER, Tree
from web.ogc.spatial import Mask

COMPARISONS = {
    "=": "equal",
    "<>": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}
ARITHMETIC = ("+", "-", "*", "/", "^", "%", "div")


KIND_NAMES = {
    "text": say("text"),
    "number": say("number"),
    "boolean": say("true or false"),
    "day": say("day"),
    "time": say("time"),
    "interval": say("interval"),
    "null": say("nothing"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A term: Arrow columns (or scalars) and what they are.

    kind : "text", "number", "boolean", "day", "time", "interval" or "null"
    data : of times the first and last microsecond, else the column
    """

    kind: str
    data: Any


def literal(node: Tree) -> Value | None:
    """Return the value of a literal; None for anything else."""
    if isinstance(node, bool):
        return Value("boolean", pa.scalar(node))
    if isinstance(node, int | float):
        if abs(node) > MAX_NUMBER:
            raise InvalidInput("{number} is too large to be compared exactly.", number=f"{node:.0f}")
        return Value("number", pa.scalar(float(node)))
    if isinstance(node, str):
        return Value("text", pa.scalar(node))
    if node is None:
        return Value("null", pa.scalar(None, pa.bool_()))
    if isinstance(node, dict) and ("date" in node or "timestamp" in node):
        kind, text = ("day", node["date"]) if "date" in node else ("time", node["timestamp"])
        start, end = times.instant(str(text))
        return Value(kind, (at(start), at(end if kind == "day" else start)))
    return None


def column_value(column: Any) -> Value:
    """Return a column of a layer as a term."""
    if times.is_time(column.type):
        start = times.microseconds(column)
        return (
            Value("day", (start, pc.add(start, times.DAY - 1)))
            if times.is_day(column.type)
            else Value("time", (start, start))
        )
    if pa.types.is_boolean(column.type):
        return Value("boolean", column)
    if pa.types.is_floating(column.type):  # what is no number is not known; answers have it as null, too
        return Value("number", pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column))
    if pa.types.is_integer(column.type):
        return Value("number", column)
    return Value("text", column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column)


def at(microseconds: int) -> Any:
    """Return a time as an Arrow scalar."""
    return pa.scalar(microseconds, pa.int64())


def ends(value: Value) -> tuple[Any, Any]:
    """Return the first and last microsecond of a time."""
    if value.kind not in ("day", "time", "interval"):
        raise InvalidInput("filter compares times, but has a value of the kind {kind}.", kind=KIND_NAMES[value.kind])
    return value.data[0], value.data[1]


def compared(op: str, left: Value, right: Value) -> Any:
    """Compare two values of one kind, as Arrow booleans."""
    moments = {"day", "time"}
    if {left.kind, right.kind} & moments:  # a time may be written as plain text, as older clients do
        left, right = _as_time(left), _as_time(right)
    if "null" in (left.kind, right.kind):
        return pa.scalar(None, pa.bool_())
    if {left.kind, right.kind} <= moments:
        return getattr(pc, COMPARISONS[op])(left.data[0], right.data[0])
    if {left.kind, right.kind} == {"boolean", "number"}:  # 1 and 0 stand for true and false in older clients
        left, right = _as_boolean(left), _as_boolean(right)
    if left.kind != right.kind or left.kind == "interval":
        raise InvalidInput(
            "filter compares a value of the kind {left} with one of the kind {right}.",
            left=KIND_NAMES[left.kind],
            right=KIND_NAMES[right.kind],
        )
    return getattr(pc, COMPARISONS[op])(left.data, right.data)


def _as_time(value: Value) -> Value:
    if value.kind == "text" and isinstance(value.data, pa.Scalar):
        start, _ = times.instant(value.data.as_py())
        return Value("time", (at(start), at(start)))
    return value


def _as_boolean(value: Value) -> Value:
    if value.kind == "number" and isinstance(value.data, pa.Scalar) and value.data.as_py() in (0, 1):
        return Value("boolean", pa.scalar(value.data.as_py() == 1))
    return value


def one_of(value: Value, choices: list[Any]) -> Any:
    """Tell whether a value is among literals of its kind, as Arrow booleans."""
    data = value.data
    if value.kind == "number":  # `is_in` tells -0.0 from 0.0
        data, choices = pc.add(data.cast(pa.float64()), 0.0), [choice + 0.0 for choice in choices]
    found = pc.is_in(data, value_set=pa.array(choices, data.type))
    return pc.if_else(pc.is_valid(data), found, pa.scalar(None, pa.bool_()))


def folded(op: str, value: Value) -> Value:
    """Return text without the difference of capitals, or of accents."""
    if value.kind != "text":
        raise InvalidInput("{op} in filter needs text.", op=op.upper())
    if op == "casei":
        return Value("text", pc.utf8_lower(value.data))
    bare = pc.replace_substring_regex(pc.utf8_normalize(value.data, form="NFD"), r"\p{Mn}", "")
    return Value("text", bare)


def calculated(op: str, values: list[Value]) -> Value:
    """Calculate in double precision; what has no result, such as a division by zero, is null."""
    if len(values) != 2 or any(value.kind != "number" for value in values):
        raise InvalidInput("{op} in filter needs numbers.", op=op)
    left, right = (value.data.cast(pa.float64()) for value in values)
    with np.errstate(all="ignore"):
        if op == "%":
            quotient = pc.divide(left, right)
            made = pc.subtract(left, pc.multiply(right, pc.trunc(quotient)))
        elif op == "div":
            made = pc.trunc(pc.divide(left, right))
        else:
            made = {"+": pc.add, "-": pc.subtract, "*": pc.multiply, "/": pc.divide, "^": pc.power}[op](left, right)
    return Value("number", pc.if_else(pc.is_finite(made), made, pa.scalar(None, pa.float64())))


def equal_to(column: Any, name: str, text: str) -> Mask:
    """Return which values of a column equal a text that a request gives. (n,) bool."""
    kind = column.type
    if pa.types.is_boolean(kind):
        wanted = {"true": True, "false": False, "1": True, "0": False}.get(text.lower())
        same = None if wanted is None else pc.equal(column, pa.scalar(wanted))
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        same = _equal_number(column, text)
    elif times.is_time(kind):
        start, end = times.instant(text)
        at = times.microseconds(column)
        same = pc.and_(pc.greater_equal(at, start), pc.less_equal(at, end))
    else:
        same = pc.equal(column.cast(pa.string()) if pa.types.is_dictionary(kind) else column, pa.scalar(text))
    if same is None:
        raise InvalidInput("{name} is {value}: the property has values of another kind.", name=name, value=text[:100])
    return filled(same, len(column))


def _equal_number(column: Any, text: str) -> Any:
    """Compare exactly: a whole number with a column of whole numbers is never rounded."""
    try:
        if pa.types.is_integer(column.type) and text.strip().lstrip("+-").isdigit():
            whole = int(text[:40])
            return pc.equal(column.cast(pa.int64()), pa.scalar(whole, pa.int64()))
        return pc.equal(column, pa.scalar(float(text[:40])))
    except (ValueError, OverflowError, pa.ArrowInvalid):
        return None


def filled(condition: Any, count: int) -> Mask:
    """Return an Arrow condition (a scalar counts for all) as (count,) bool; what is not known is False."""
    known = pc.fill_null(condition, False)
    if isinstance(known, pa.Scalar):
        return np.full(count, known.as_py(), dtype=bool)
    made: Mask = np.asarray(known.to_numpy(zero_copy_only=False), dtype=bool)
    return made
