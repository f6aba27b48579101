"""The wire between the importer and its kernel workers: counted arrays, never pickles.

A frame is a 4-byte length, a JSON header, then the raw little-endian arrays that the header lists.
"""

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

MAX_HEADER = 16 * 1024**2
MAX_ARRAY = 8 * 1024**3


def write_frame(stream: IO[bytes], kind: str, arrays: Mapping[str, NDArray[Any]] | None = None, **values: Any) -> None:
    """Write one frame: its kind, plain JSON values and named arrays."""
    packed = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    layout = [[name, array.dtype.str, array.shape] for name, array in packed.items()]
    header = json.dumps({"kind": kind, "values": values, "arrays": layout}).encode()
    stream.write(struct.pack("<I", len(header)) + header)
    for array in packed.values():
        stream.write(array.data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]]] | None:
    """Read one frame as (kind, values, arrays); None where the stream ends, also in the middle of a frame."""
    prefix = stream.read(4)
    if len(prefix) < 4:
        return None
    (length,) = struct.unpack("<I", prefix)
    raw = stream.read(length) if length <= MAX_HEADER else b""
    if len(raw) < length:
        return None
    header = json.loads(raw)
    arrays = {}
    for name, dtype, shape in header["arrays"]:
        wanted = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        content = stream.read(wanted) if wanted <= MAX_ARRAY else b""
        if len(content) < wanted:
            return None
        arrays[name] = np.frombuffer(content, dtype).reshape(shape)
    return header["kind"], header["values"], arrays
