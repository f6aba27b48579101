"""Is a map file whole? Told by its end and its headers, before GDAL reads what is there of it and says nothing."""

import codecs
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gis_layers.encoding import beside
from gis_layers.source import Source
from twin.errors import InvalidInput

_TAIL = 1 << 20
_MOST_HEADER, _MOST_BLOB = 1 << 16, 1 << 25  # bytes, as OpenStreetMap bounds them
_ROOT = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<([\w.:-]+)", re.DOTALL)
_DXF_END = re.compile(rb"(?:^|\n)[ \t]*0[ \t]*\n[ \t]*EOF$")
_SQLITE = {"GeoPackage", "SpatiaLite"}
_XML = {"KML", "GML", "GPX", "OpenStreetMap"}


def refuse_damaged(source: Source) -> None:
    """Raise InvalidInput for a file that ends too early, or whose parts do not fit together."""
    if source.format == "Shapefile":
        _check_shapefile(source)
    elif source.path.is_file() and not _is_whole(source):
        raise _cut(source.label)


def _cut(file: str) -> InvalidInput:
    return InvalidInput("{file} is cut off or damaged: copy, download or export it again.", file=file)


def _is_whole(source: Source) -> bool:
    """Return whether a file ends where its format says; True for formats that do not say it."""
    with source.path.open("rb") as file:
        if source.format == "OpenStreetMap" and b"OSMHeader" in file.read(32):
            return _has_whole_blobs(file)
        if source.format in _XML:
            return _ends_as_xml(file)
        file.seek(0)
        if source.format == "DXF":
            return _ends_as_dxf(file)
        if source.format == "GeoJSON lines":
            return _ends_with_json(file)
        return source.format not in _SQLITE or _has_all_pages(file, source.path)


def _tail(file: BinaryIO, size: int = _TAIL) -> bytes:
    """Return the last bytes of a file."""
    end = file.seek(0, 2)
    file.seek(max(0, end - size + end % 2))  # of UTF-16, whole characters
    return file.read()


def _ends_as_xml(file: BinaryIO) -> bool:
    """Return whether the last thing in an XML file, comments left aside, is the end of its root."""
    file.seek(0)
    head = file.read(_TAIL)
    utf16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(head[:2])
    codec = utf16 or "latin-1"  # names of roots are ASCII, and every byte is a sign
    begin = head.removeprefix(codecs.BOM_UTF8).decode(codec, "replace").lstrip("\ufeff")
    root = _ROOT.match(begin)
    if root is None:
        return False
    end = _tail(file).decode(codec, "replace").rstrip("\0 \r\n\t")
    while end.endswith(("-->", "?>")):
        end = end[: max(0, end.rfind("<!--" if end.endswith("-->") else "<?"))].rstrip()
    closed = re.search(rf"</{re.escape(root[1])}\s*>$", end[-400:]) is not None
    return closed or (len(head) < _TAIL and re.fullmatch(r"[^<>]*/>\s*", begin[root.end() :]) is not None)


def _ends_as_dxf(file: BinaryIO) -> bool:
    """Return whether a DXF file has its last group, 0 EOF."""
    head = file.read(22)
    end = _tail(file, 4096).rstrip(b"\0\x1a \r\n\t")
    if head.startswith(b"AutoCAD Binary DXF"):
        return end.endswith(b"\0EOF")
    return _DXF_END.search(end.replace(b"\r\n", b"\n").replace(b"\r", b"\n")) is not None


def _ends_with_json(file: BinaryIO) -> bool:
    """Return whether the last record of a file of GeoJSON records is whole."""
    end = _tail(file).rstrip(b"\0 \r\n\t")
    start = max(end.rfind(b"\n"), 0) if b"\x1e" not in end else end.rfind(b"\x1e") + 1
    if not start and len(end) > _TAIL // 2:
        return end.endswith(b"}")  # too long to be looked at whole
    try:
        json.loads(end[start:].decode("utf-8", "replace").removeprefix("\ufeff"))
    except ValueError:
        return False
    return True


def _has_all_pages(file: BinaryIO, path: Path) -> bool:
    """Return whether an SQLite file has as many pages as its header counts (https://sqlite.org/fileformat.html)."""
    head = file.read(100)
    if len(head) < 100:
        return False
    size, changes, pages, valid_for = struct.unpack(">16xH6xII60xI4x", head)
    journal = path.with_name(f"{path.name}-wal")
    if changes != valid_for or (journal.exists() and journal.stat().st_size):
        return True  # the count is not kept, or not yet
    whole: bool = file.seek(0, 2) >= pages * (65_536 if size == 1 else size)
    return whole


def _has_whole_blobs(file: BinaryIO) -> bool:
    """Return whether the blobs of an OpenStreetMap PBF file follow each other to its end and can be unpacked."""
    end = file.seek(0, 2)
    file.seek(0)
    try:
        while file.tell() < end:
            length = int.from_bytes(file.read(4), "big")
            if length > _MOST_HEADER:
                return False
            header = file.read(length)
            size = next(value for number, value in _fields(header) if number == 3)
            if (
                not isinstance(size, int)
                or size > _MOST_BLOB
                or file.tell() + size > end
                or not _unpacks(file.read(size))
            ):
                return False
    except (ValueError, IndexError, StopIteration, zlib.error, MemoryError):
        return False
    return True


def _unpacks(blob: bytes) -> bool:
    """Return whether a blob's zlib data is whole (other packings are taken as they are)."""
    packed = next((value for number, value in _fields(blob) if number == 3), None)
    if not isinstance(packed, bytes):
        return True
    reading = zlib.decompressobj()
    reading.decompress(packed, _MOST_BLOB + 1)
    return reading.eof


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of a protobuf message's fields; ValueError or IndexError where it is none."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
        elif key & 7 == 2:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise ValueError("a field is longer than its message")
            yield key >> 3, message[at : at + size]
            at += size
        else:
            raise ValueError("a kind of field that blobs do not have")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number of a protobuf message and where the next begins."""
    value = shift = 0
    while shift < 64:
        value |= (message[at] & 127) << shift
        at += 1
        if message[at - 1] < 128:
            return value, at
        shift += 7
    raise ValueError("a number without end")


def _check_shapefile(source: Source) -> None:
    """Refuse a Shapefile whose parts are shorter than their headers say, or count differently."""
    index, table = beside(source.path, ".shx"), beside(source.path, ".dbf")
    shapes = None
    for part, suffix in ((source.path, ".shp"), (index, ".shx")):
        if part is None:
            continue
        with part.open("rb") as file:
            head = file.read(28)
        stated = 2 * int.from_bytes(head[24:28], "big")
        if len(head) < 28 or part.stat().st_size < stated:
            raise _cut(f"{Path(source.label).stem}{suffix}")
        shapes = (stated - 100) // 8 if suffix == ".shx" else None
    if table is None:
        return
    with table.open("rb") as file:
        head = file.read(12)
    rows, begin, width = struct.unpack("<4xIHH", head) if len(head) == 12 else (0, 0, 0)
    if not begin or table.stat().st_size < begin + rows * width:
        raise _cut(f"{Path(source.label).stem}.dbf")
    if shapes is not None and shapes != rows:
        raise InvalidInput(
            "{file} does not fit its .dbf file ({shapes} shapes, {rows} rows): copy or export all its files again.",
            file=source.label,
            shapes=shapes,
            rows=rows,
        )
