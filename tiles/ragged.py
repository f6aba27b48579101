"""Arrays of unequal rows in one flat array: row i is `flat[starts[i] : starts[i + 1]]`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def starts_of(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Return the n + 1 starts of rows with these lengths.

    >>> starts_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def ranges(firsts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the concatenation of `arange(first, first + count)` of every row.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    starts = starts_of(counts)
    return np.arange(starts[-1]) + np.repeat(firsts - starts[:-1], counts)


def row_of(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of every element.

    >>> row_of(np.array([0, 2, 2, 5])).tolist()
    [0, 0, 2, 2, 2]
    """
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def sums(values: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[Any]:
    """Return the sum of every row; exact for integers, also of empty rows.

    >>> sums(np.array([1, 2, 3]), np.array([0, 2, 2, 3])).tolist()
    [3, 0, 3]
    """
    running = np.zeros(len(values) + 1, np.float64 if values.dtype.kind == "f" else np.int64)
    np.cumsum(values, out=running[1:])
    return running[starts[1:]] - running[starts[:-1]]


def neighbours(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of every element's successor in its row, the first of the row after its last.

    >>> neighbours(np.array([0, 3, 3, 4])).tolist()
    [1, 2, 0, 3]
    """
    following = np.arange(1, starts[-1] + 1)
    full = starts[1:] > starts[:-1]
    following[starts[1:][full] - 1] = starts[:-1][full]
    return following


def interleave(
    pieces: list[tuple[NDArray[np.uint8], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Join ragged byte arrays row by row: row i of the first, row i of the second, … .

    pieces : (flat bytes, n lengths) each
    Returns the flat bytes and the n + 1 starts of the joined rows.
    """
    starts = starts_of(np.sum([lengths for _, lengths in pieces], axis=0))
    joined = np.zeros(starts[-1], np.uint8)
    at = starts[:-1].copy()
    for flat, lengths in pieces:
        joined[ranges(at, lengths)] = flat
        at += lengths
    return joined, starts
