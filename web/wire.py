"""Values as JSON and counted bytes, made and checked by the types that a function declares: never pickles.

What comes out of a sandbox may have been written by whoever took the process over.  So a value is only taken when it is
of the declared type down to its last field: dataclasses of the house, arrays of a declared kind of number, texts.
"""

import string
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import prod
from pathlib import Path
from re import compile as pattern
from typing import Any, Union, get_args, get_origin, get_type_hints

from twin.values.sentence import Sentence

Buffers = list[Any]  # bytes-like
Pack = Callable[[Any, Buffers], Any]
Take = Callable[[Any, Buffers], Any]

LONGEST = 20_000  # characters of a sentence
_NAME, _FORM = pattern(r"[a-z_][a-z0-9_]*"), pattern(r",?(\.[0-9])?[a-z%]?")
_TEMPLATE = string.Formatter()


class Foreign(Exception):
    """What came is not of the declared type."""


@cache
def packer(hint: Any) -> Pack:
    """Return what turns a value of a type into JSON values; arrays and bytes go to the buffers."""
    return _kind(hint).packer(hint)


@cache
def taker(hint: Any) -> Take:
    """Return what turns JSON values and buffers into a value of a type, and raises Foreign where they are not."""
    return _kind(hint).taker(hint)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Types of one kind: which they are, how their values are packed and taken."""

    holds: Callable[[Any], bool]
    packer: Callable[[Any], Pack]
    taker: Callable[[Any], Take]


def _kind(hint: Any) -> _Kind:
    for kind in _KINDS:
        if kind.holds(hint):
            return kind
    raise TypeError(f"no way to send {hint}")


def _same(_: Any) -> Pack:
    return lambda value, buffers: value


def _pack_optional(hint: Any) -> Pack:
    pack = packer(_one_of(hint))
    return lambda value, buffers: None if value is None else pack(value, buffers)


def _take_optional(hint: Any) -> Take:
    take = taker(_one_of(hint))
    return lambda value, buffers: None if value is None else take(value, buffers)


def _pack_tuple(hint: Any) -> Pack:
    each = [packer(argument) for argument in get_args(hint)]
    return lambda value, buffers: [pack(part, buffers) for pack, part in zip(each, value, strict=True)]


def _pack_list(hint: Any) -> Pack:
    item = packer(get_args(hint)[0])
    return lambda value, buffers: [item(part, buffers) for part in value]


def _pack_dataclass(hint: Any) -> Pack:
    parts = [(name, packer(part)) for name, part in _hints(hint).items()]
    return lambda value, buffers: [pack(getattr(value, name), buffers) for name, pack in parts]


def _pack_sentence(_: Any) -> Pack:
    return lambda value, buffers: value.packed() if isinstance(value, Sentence) else [str(value), {}]


def sentence(value: Any) -> Sentence:
    """Return a sentence from its packed form; raises Foreign for a template that does more than to name its values."""
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict)):
        raise Foreign("no sentence")
    template, given = value
    values = {}
    for name, packed in given.items():
        part = sentence(packed) if isinstance(packed, list) else packed
        if part is not None and not isinstance(part, str | int | float):
            raise Foreign("no value of a sentence")
        if len(str(part)) > LONGEST:
            raise Foreign("a long value of a sentence")
        values[name] = part
    if len(template) > LONGEST or len(values) > 50 or (values and not _is_plain(template)):
        raise Foreign("no template of a sentence")
    try:
        return Sentence(template, values)
    except (ValueError, LookupError, TypeError) as error:
        raise Foreign("a sentence without its values") from error


def _is_plain(template: str) -> bool:
    try:
        parts = list(_TEMPLATE.parse(template))
    except ValueError:
        return False
    return all(
        name is None or (_NAME.fullmatch(name) and _FORM.fullmatch(form or "") and conversion is None)
        for _, name, form, conversion in parts
    )


@cache
def _hints(hint: Any) -> dict[str, Any]:
    """Return field → type of a dataclass, in their order."""
    found = get_type_hints(hint)
    return {part.name: found[part.name] for part in fields(hint)}


def _one_of(hint: Any) -> Any:
    """Return T of `T | None`."""
    wanted = [argument for argument in get_args(hint) if argument is not type(None)]
    if len(wanted) != 1:
        raise TypeError(f"no way to tell apart {wanted}")
    return wanted[0]


def _is_array(hint: Any) -> bool:
    origin = get_origin(hint)
    return getattr(origin, "__name__", "") == "ndarray" and getattr(origin, "__module__", "") == "numpy"


def _kept(value: Any, buffers: Buffers) -> int:
    buffers.append(value)
    return len(buffers) - 1


def _buffer(value: Any, buffers: Buffers) -> Any:
    if type(value) is not int or not 0 <= value < len(buffers):
        raise Foreign("no buffer")
    return buffers[value]


def _pack_array(value: Any, buffers: Buffers) -> list[Any]:
    import numpy as np

    array = np.ascontiguousarray(value)
    return [list(array.shape), _kept(array.data.cast("B") if array.size else b"", buffers)]


def _take_array(hint: Any) -> Take:
    import numpy as np

    dtype = np.dtype(get_args(get_args(hint)[1])[0])

    def take(value: Any, buffers: Buffers) -> Any:
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], list) and len(value[0]) <= 4):
            raise Foreign("no array")
        shape, content = value[0], _buffer(value[1], buffers)
        if not all(type(length) is int and 0 <= length < 2**40 for length in shape):
            raise Foreign("no shape of an array")
        if prod(shape) * dtype.itemsize != len(content):
            raise Foreign("an array of another size")
        return np.frombuffer(content, dtype).reshape(shape)

    return take


def _exactly(wanted: type) -> Take:
    def take(value: Any, _: Buffers) -> Any:
        if wanted is float and type(value) is int:
            return float(value)
        if type(value) is not wanted:
            raise Foreign(f"no {wanted.__name__}")
        return value

    return take


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Foreign("no list")
    return value


def _take_tuple(hint: Any) -> Take:
    each = [taker(argument) for argument in get_args(hint)]

    def take(value: Any, buffers: Buffers) -> Any:
        if len(_list(value)) != len(each):
            raise Foreign("a tuple of another length")
        return tuple(part(found, buffers) for part, found in zip(each, value, strict=True))

    return take


def _take_list(hint: Any) -> Take:
    item, made = taker(get_args(hint)[0]), tuple if get_origin(hint) is tuple else list
    return lambda value, buffers: made(item(part, buffers) for part in _list(value))


def _take_member(hint: type[StrEnum]) -> Take:
    members = {member.value: member for member in hint}

    def take(value: Any, _: Buffers) -> Any:
        if not isinstance(value, str) or value not in members:
            raise Foreign(f"no {hint.__name__}")
        return members[value]

    return take


def _take_dataclass(hint: Any) -> Take:
    each = [taker(part) for part in _hints(hint).values()]

    def take(value: Any, buffers: Buffers) -> Any:
        if len(_list(value)) != len(each):
            raise Foreign(f"no {hint.__name__}")
        return hint(*[part(found, buffers) for part, found in zip(each, value, strict=True)])

    return take


def _is_member(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


_KINDS = (
    _Kind(lambda hint: hint is Any, _same, _same),
    _Kind(lambda hint: hint in (str, bool, type(None)), _same, _exactly),
    _Kind(lambda hint: hint in (int, float), lambda hint: lambda value, buffers: hint(value), _exactly),
    _Kind(
        lambda hint: hint is Path,
        lambda hint: lambda value, buffers: str(value),
        lambda hint: lambda value, buffers: Path(_exactly(str)(value, buffers)),
    ),
    _Kind(lambda hint: hint is Sentence, _pack_sentence, lambda hint: lambda value, buffers: sentence(value)),
    _Kind(
        lambda hint: hint is bytes,
        lambda hint: _kept,
        lambda hint: lambda value, buffers: bytes(_buffer(value, buffers)),
    ),
    _Kind(_is_array, lambda hint: _pack_array, _take_array),
    _Kind(lambda hint: get_origin(hint) in (Union, types.UnionType), _pack_optional, _take_optional),
    _Kind(lambda hint: get_origin(hint) in (Mapping, dict), _same, lambda hint: _exactly(dict)),
    _Kind(lambda hint: get_origin(hint) is tuple and get_args(hint)[1:] != (...,), _pack_tuple, _take_tuple),
    _Kind(lambda hint: get_origin(hint) in (list, tuple, Sequence), _pack_list, _take_list),
    _Kind(_is_member, lambda hint: lambda value, buffers: value.value, _take_member),
    _Kind(is_dataclass, _pack_dataclass, _take_dataclass),
)
