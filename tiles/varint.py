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


def varints(numbers: Unsigned) -> NDArray[np.uint8]:
    """Return the bytes of numbers, seven bits each, the least first.

    >>> varints(np.array([1, 300], np.uint64)).tobytes().hex()
    '01ac02'
    """
    lengths = varint_lengths(numbers)
    starts = starts_of(lengths)
    written = np.zeros(starts[-1], np.uint8)
    low, flag = numbers.dtype.type(0x7F), numbers.dtype.type(0x80)
    at, rest = starts[:-1], numbers
    while True:
        more = rest > low
        written[at] = (rest & low) | np.where(more, flag, 0)
        longer = np.flatnonzero(more)  # indices: taking by a mask is three times slower
        if not len(longer):
            return written
        at, rest = at.take(longer) + 1, rest.take(longer) >> numbers.dtype.type(7)


def zigzag(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return signed numbers as unsigned ones, small where they are small.

    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
