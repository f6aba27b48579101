"""Variable-length numbers of protocol buffers, arrays of them at once."""

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import starts_of

Ints = NDArray[np.int64]
Unsigned = NDArray[np.uint64] | NDArray[np.uint32]


def varint_lengths(numbers: Unsigned) -> Ints:
    """Return how many bytes each takes.

    >>> varint_lengths(np.array([0, 127, 128, 1 << 14], np.uint64)).tolist()
    [1, 1, 2, 3]
    """
    lengths = np.ones(len(numbers), np.int64)
    bound, largest = 7, int(numbers.max(initial=0))
    while largest >> bound:
        lengths += numbers >= numbers.dtype.type(1 << bound)
        bound += 7
    return lengths


def varints(numbers: Unsigned, lengths: Ints | None = None) -> NDArray[np.uint8]:
    """Return the bytes of numbers, seven bits each, the least first.

    >>> varints(np.array([1, 300], np.uint64)).tobytes().hex()
    '01ac02'
    """
    lengths = varint_lengths(numbers) if lengths is None else lengths
    starts = starts_of(lengths)
    written = np.zeros(starts[-1], np.uint8)
    at, rest, left = starts[:-1], numbers, lengths
    low, seven = numbers.dtype.type(0x7F), numbers.dtype.type(7)
    while True:
        more = left > 1
        written[at] = (rest & low).astype(np.uint8) | (more.astype(np.uint8) << 7)
        if not more.any():
            return written
        at, rest, left = at[more] + 1, rest[more] >> seven, left[more] - 1


def zigzag(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return signed numbers as unsigned ones, small where they are small.

    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
