"""Damage that knows the format: STEP, XML, tables, archives, GeoPackage."""

import io
import random
import re
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from tests.fuzz.mutate import BYTES, Mutation, hostile, replaced, several

ZIP_DATE = (2026, 7, 1, 0, 0, 0)  # of every member: the clock must not be in the bytes
_RECORD = re.compile(rb"^#(\d+)\s*=\s*([A-Z0-9_]+)\s*\((.*)\)\s*;\s*$", re.MULTILINE)
_REFERENCE = re.compile(rb"#\d+")
_ARGUMENT = re.compile(rb"'(?:[^']|'')*'|\.[A-Z0-9_]+\.|[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?|\$|\*|#\d+")
_ELEMENT = re.compile(rb"<(\w[\w:.]*)\b[^<>]*>[^<>]*</\1>|<\w[^<>]*/>")
_WORDS = re.compile(rb"(?<=>)[^<>]+(?=<)|(?<==\")[^\"<>]*(?=\")")
_TAG = re.compile(rb"(?<=</)\w+|(?<=<)\w+")
_CELL = re.compile(rb"[^,\t\r\n]+")
_LINE = re.compile(rb"[^\n]*\n")


def _spans(pattern: re.Pattern[bytes], data: bytes) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(data)]


def argument(chance: random.Random, data: bytes) -> bytes:
    """Write another value for one of STEP."""
    return replaced(chance, data, _spans(_ARGUMENT, data))


def reference(chance: random.Random, data: bytes) -> bytes:
    """Break a STEP reference: to another record, to none, or to the record it stands in (a cycle)."""
    records = list(_RECORD.finditer(data))
    holders = [record for record in records if _REFERENCE.search(record[3])]
    if not holders:
        return argument(chance, data)
    record = chance.choice(holders)
    start, end = chance.choice(_spans(_REFERENCE, record[3]))
    start, end = start + record.start(3), end + record.start(3)
    new = chance.choice((b"#" + chance.choice(records)[1], b"#" + record[1], b"#987654321", b"#0"))
    return data[:start] + new + data[end:]


def entity(chance: random.Random, data: bytes) -> bytes:
    """Give a STEP record the type of another, drop it, write it twice, or give it another's number."""
    records = list(_RECORD.finditer(data))
    if not records:
        return argument(chance, data)
    one, other = chance.choice(records), chance.choice(records)
    group = chance.choice((0, 1, 2, 3))
    if group:
        return data[: one.start(group)] + other[group] + data[one.end(group) :]
    return data[: one.start()] + chance.choice((b"", one[0] * 2, other[0])) + data[one.end() :]


def words(chance: random.Random, data: bytes) -> bytes:
    """Write another text for one of XML, of elements and attributes."""
    return replaced(chance, data, _spans(_WORDS, data))


def element(chance: random.Random, data: bytes) -> bytes:
    """Drop an element of XML, write it often, or put it into the place of another."""
    found = _spans(_ELEMENT, data)
    if not found:
        return words(chance, data)
    (start, end), other = chance.choice(found), chance.choice(found)
    new = chance.choice((b"", data[start:end] * 2, data[start:end] * 200, data[other[0] : other[1]]))
    return data[:start] + new + data[end:]


def tag(chance: random.Random, data: bytes) -> bytes:
    """Write another name for a tag of XML, or what no document may hold."""
    if chance.random() < 0.2:
        at = data.find(b">") + 1
        odd = (b'<!DOCTYPE a [<!ENTITY b "c">]>', b"<a>" * 3000, b"<!-- -- -->", b'<?xml version="1.1"?>', b"&b;")
        return data[:at] + chance.choice(odd) + data[at:]
    return replaced(chance, data, _spans(_TAG, data))


def cell(chance: random.Random, data: bytes) -> bytes:
    """Write another text for a cell."""
    return replaced(chance, data, _spans(_CELL, data))


def row(chance: random.Random, data: bytes) -> bytes:
    """Drop a line, write it often, or put it into the place of another (the header too)."""
    found = _spans(_LINE, data)
    if not found:
        return cell(chance, data)
    (start, end), other = chance.choice(found), chance.choice(found)
    line = data[start:end]
    some = (b"", line * 2, line * 500, data[other[0] : other[1]], line.replace(b",", b";"), line.replace(b"\t", b""))
    return data[:start] + chance.choice(some) + data[end:]


STEP: tuple[Mutation, ...] = (argument, argument, reference, reference, entity)
XML: tuple[Mutation, ...] = (words, words, element, tag)
TABLE: tuple[Mutation, ...] = (cell, cell, row)
PLAIN: dict[str, tuple[Mutation, ...]] = {
    **dict.fromkeys((".ifc",), STEP),
    **dict.fromkeys((".xml", ".kml", ".gml", ".osm", ".bcfv", ".bcfp", ".bcf-xml", ".rels", ".version"), XML),
    **dict.fromkeys((".csv", ".xer", ".tsv"), TABLE),
    **dict.fromkeys((".geojson", ".json"), (cell, cell, row, *BYTES)),
}


def archive(chance: random.Random, data: bytes) -> bytes:
    """Damage a member of a ZIP in the way of its own format, its name, or the archive itself."""
    if chance.random() < 0.2 or not zipfile.is_zipfile(io.BytesIO(data)):
        return several(chance, data, BYTES)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        members = [(info.filename, opened.read(info)) for info in opened.infolist()]
    at = chance.randrange(len(members))
    name, content = members[at]
    how = chance.random()
    if how < 0.8:
        members[at] = name, damaged(chance, content, Path(name.lower()).suffix or ".xml")
    elif how < 0.87:
        del members[at]
    elif how < 0.94:
        members.append((name.upper() if chance.random() < 0.5 else f"../{name}", content))
    else:
        members.append((hostile(chance).decode("utf-8", "replace").replace("\0", "")[:60] or "a", content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as written:
        for name, content in members:
            info = zipfile.ZipInfo(name, ZIP_DATE)
            written.writestr(info, content, written.compression)
    return out.getvalue()


def geopackage(chance: random.Random, data: bytes) -> bytes:
    """Damage a value of a table of SQLite, its schema, or the bytes of the file."""
    if chance.random() < 0.25:
        return several(chance, data, BYTES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(data)
        with closing(sqlite3.connect(path)) as database:
            for _ in range(chance.choice((1, 1, 2, 5))):
                try:
                    _damage_table(chance, database)
                except sqlite3.Error:
                    continue  # a constraint or a trigger that only GDAL can run
            database.commit()
        return path.read_bytes()


def _damage_table(chance: random.Random, database: sqlite3.Connection) -> None:
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    table = chance.choice([name for name in names if not name.startswith(("sqlite_", "rtree_"))])
    columns = [column[1] for column in database.execute(f'PRAGMA table_info("{table}")')]
    rows = database.execute(f'SELECT rowid, * FROM "{table}"').fetchall()  # noqa: S608
    if not rows or chance.random() < 0.06:
        database.execute(f'DROP TABLE "{table}"')
        return
    at, *values = chance.choice(rows)
    column = chance.randrange(len(values))
    old = values[column]
    new: object = hostile(chance).decode("utf-8", "replace")
    if isinstance(old, bytes) and chance.random() < 0.9:
        new = several(chance, old, BYTES)
    elif chance.random() < 0.4:
        new = chance.choice((None, -1, 0, 1e308, float("inf"), 2**62, 4326, b"\0\xff"))
    database.execute(f'UPDATE "{table}" SET "{columns[column]}" = ? WHERE rowid = ?', (new, at))  # noqa: S608


def damaged(chance: random.Random, data: bytes, suffix: str) -> bytes:
    """Return data of a file with this suffix, damaged in ways that its readers may not foresee."""
    if suffix in (".xlsx", ".bcf", ".bcfzip", ".ifczip", ".zip"):
        return archive(chance, data)
    if suffix == ".gpkg":
        return geopackage(chance, data)
    return several(chance, data, PLAIN.get(suffix, BYTES))
