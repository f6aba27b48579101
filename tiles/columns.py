"""Attributes of a layer as the value messages of a vector tile, each distinct value once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tiles.ragged import interleave, ranges, starts_of
from tiles.varint import varint_lengths, varints, zigzag

Ints = NDArray[np.int64]
Bytes = tuple[NDArray[np.uint8], Ints]  # flat bytes and the length of each message

_KEY, _VALUE = 0x1A, 0x22
_STRING, _FLOAT, _DOUBLE, _UINT, _SINT, _BOOL = 0x0A, 0x15, 0x19, 0x28, 0x30, 0x38
# A longer text stays out of the tiles, which would burst; it can be asked for by the feature's id.
MAX_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class Columns:
    """c columns of n rows with v distinct values.

    names : of the columns
    keys : key message of each column
    codes : (c, n) int32, the row's value, counted over all columns; −1 where it has none
    values : uint8, all value messages
    starts : (v + 1,) start of each in `values`
    cost : (c,) bytes that a row's value takes in a tile on average, its share of the table included
    """

    names: Sequence[str]
    keys: Sequence[bytes]
    codes: NDArray[np.int32]
    values: NDArray[np.uint8]
    starts: Ints
    cost: NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.starts) - 1

    def only(self, names: Sequence[str]) -> "Columns":
        """Return the columns with these names; a name that is none is passed over."""
        chosen = [i for i, name in enumerate(self.names) if name in names]
        keys, names = [self.keys[i] for i in chosen], [self.names[i] for i in chosen]
        return replace(self, names=names, keys=keys, codes=self.codes[chosen], cost=self.cost[chosen])

    def save(self, folder: Path) -> None:
        """Write one array per file, for a process that maps them."""
        folder.mkdir(parents=True)
        (folder / "names.json").write_text(json.dumps(list(self.names)), "utf-8")
        for field in ("codes", "values", "starts", "cost"):
            np.save(folder / f"{field}.npy", getattr(self, field))

    @classmethod
    def mapped(cls, folder: Path) -> "Columns":
        """Return columns that were saved, mapped into memory as they are used."""
        arrays = {f: np.load(folder / f"{f}.npy", mmap_mode="r") for f in ("codes", "values", "starts", "cost")}
        names = json.loads((folder / "names.json").read_text("utf-8"))
        return cls(names=names, keys=[key_message(name) for name in names], **arrays)


def key_message(name: str) -> bytes:
    """Return the bytes of a key in a layer."""
    raw = name.encode()
    return bytes([_KEY]) + varints(np.array([len(raw)], np.uint64)).tobytes() + raw


def columns_from(table: pa.Table) -> Columns:
    """Turn a table's columns into value messages; nulls, floats without a number, too long texts stay out."""
    names = list(dict.fromkeys(table.column_names))
    codes = np.full((len(names), table.num_rows), -1, np.int32)
    flats, lengths, cost = [np.zeros(0, np.uint8)], [np.zeros(0, np.int64)], np.zeros(len(names))
    known = 0
    for i, name in enumerate(names):
        own, (flat, sizes) = _encode(table.column(table.column_names.index(name)))
        codes[i] = np.where(own >= 0, own + known, -1)
        known += len(sizes)
        flats.append(flat)
        lengths.append(sizes)
        rows = max(int((own >= 0).sum()), 1)
        cost[i] = (3 * rows + float(sizes.sum())) / max(table.num_rows, 1)
    return Columns(
        names=names,
        keys=[key_message(name) for name in names],
        codes=codes,
        values=np.concatenate(flats),
        starts=starts_of(np.concatenate(lengths)),
        cost=cost,
    )


def _encode(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], Bytes]:
    """Return the code of every row, −1 for none, and the messages of the distinct values."""
    column = _plain(column)
    if pa.types.is_null(column.type):
        return np.full(len(column), -1, np.int32), (np.zeros(0, np.uint8), np.zeros(0, np.int64))
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    flat, lengths = _messages(coded.dictionary)
    missing = lengths == 0
    if missing.any():
        codes = np.where((codes >= 0) & missing[codes], np.int32(-1), codes)
    return codes, (flat, lengths)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text, whole numbers, floats or booleans; times become text as ISO 8601 writes them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind):
        return column
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind):
        return pc.replace_substring(column.cast(pa.string()), " ", "T", max_replacements=1)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.chunked_array([pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())])
    return column.cast(pa.large_string())


def _messages(distinct: Any) -> Bytes:
    """Return value messages; one of length 0 for what a tile cannot say."""
    kind = distinct.type
    if pa.types.is_boolean(kind):
        return _numbers(_BOOL, distinct.cast(pa.uint8()).to_numpy().astype(np.uint64))
    if pa.types.is_integer(kind):
        unsigned = len(distinct) == 0 or pc.min(distinct).as_py() >= 0
        if unsigned:
            return _numbers(_UINT, distinct.cast(pa.uint64()).to_numpy())
        return _numbers(_SINT, zigzag(distinct.cast(pa.int64()).to_numpy()))
    if pa.types.is_floating(kind):
        single = not pa.types.is_float64(kind)
        return _floats(distinct.cast(pa.float32() if single else pa.float64()).to_numpy(zero_copy_only=False))
    return _texts(distinct.cast(pa.large_string()))


def _numbers(field: int, numbers: NDArray[np.uint64]) -> Bytes:
    lengths = varint_lengths(numbers)
    head = np.zeros((len(numbers), 3), np.uint8)
    head[:, 0], head[:, 1], head[:, 2] = _VALUE, 1 + lengths, field
    flat, starts = interleave([(head.ravel(), np.full(len(numbers), 3)), (varints(numbers), lengths)])
    return flat, np.diff(starts)


def _floats(numbers: NDArray[Any]) -> Bytes:
    width = numbers.dtype.itemsize
    whole = np.zeros((len(numbers), 3 + width), np.uint8)
    whole[:, :3] = _VALUE, 1 + width, _DOUBLE if width == 8 else _FLOAT
    whole[:, 3:] = numbers.astype(numbers.dtype.newbyteorder("<")).view(np.uint8).reshape(-1, width)
    good = np.isfinite(numbers)
    return whole[good].ravel(), np.where(good, 3 + width, 0)


def _texts(texts: Any) -> Bytes:
    """Return messages of a large_string array without nulls."""
    count = len(texts)
    offsets = (
        np.frombuffer(texts.buffers()[1], np.int64, count + 1, texts.offset * 8) if count else np.zeros(1, np.int64)
    )
    data = texts.buffers()[2] if count else None
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    good = lengths <= MAX_TEXT
    firsts, kept = offsets[:-1][good], lengths[good]
    inner = 1 + varint_lengths(kept.astype(np.uint64)) + kept
    numbers = np.stack([np.full(len(kept), _VALUE), inner, np.full(len(kept), _STRING), kept], axis=1)
    numbers = numbers.astype(np.uint64).ravel()
    sizes = varint_lengths(numbers)
    head = (varints(numbers), sizes.reshape(-1, 4).sum(axis=1))
    flat, starts = interleave([head, (raw[ranges(firsts, kept)], kept)])
    whole = np.zeros(count, np.int64)
    whole[good] = np.diff(starts)
    return flat, whole
