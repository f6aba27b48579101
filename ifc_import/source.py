"""Opening a model file: `.ifc` or `.ifczip` in, a `Source` out, or one clear sentence why not.

The input is hostile: zip bombs, truncated files and noise are refused before a kernel sees them.
"""

import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ifc_import.text import repair_text
from twin.errors import UnreadableModel
from twin.values.sentence import Sentence, say

MAX_BYTES = 2 * 1024**3
MAX_ZIP_RATIO = 200  # IFC text zips 5 to 20 times, a much repeated model up to 60; a bomb 1,000 times

# Schema names that ifcopenshell refuses -> the schema it reads them with (first match wins).
_READ_AS = (
    (re.compile(r"IFC4X[123](_[A-Z0-9_]{1,20})?"), "IFC4X3_ADD2"),
    (re.compile(r"IFC4(_[A-Z0-9_]{1,20})?"), "IFC4"),
    (re.compile(r"IFC2X3(_[A-Z0-9_]{1,20})?"), "IFC2X3"),
)
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)


_TASK = re.compile(rb"IFCTASK\s*\(")
_TASK_TIMES = re.compile(rb"IFC(?:TASKTIME|TASKTIMERECURRING|SCHEDULETIMECONTROL)\s*\(")


@dataclass(frozen=True, slots=True)
class Source:
    """A model file, read.

    path : the file as given
    given : its bytes as given (for the store)
    text : the STEP text with canonical strings and a schema name that both kernels know
    sha256 : of `given`, hex
    schema : the schema name as the file states it
    """

    path: Path
    given: bytes
    text: bytes
    sha256: str
    schema: str
    notices: tuple[Sentence, ...]


def open_source(path: Path) -> Source:
    """Read a model file and make its text canonical.

    Raises UnreadableModel, with a sentence, for a missing, empty, truncated or foreign file, a zip bomb, and a schema
    that cannot be read.
    """
    given = given_bytes(path)
    text = _unzip(path, given) if given[:4] == b"PK\x03\x04" or path.suffix.lower() == ".ifczip" else given
    _demand_step(path, text)
    text, repaired = repair_text(text)
    text, schema = _readable_schema(path, text)
    notices = []
    if repaired:
        notices.append(
            say("{count} texts were written in a code page or with odd escapes and were repaired.", count=repaired)
        )
    return Source(path, given, text, hashlib.sha256(given).hexdigest(), schema, tuple(notices))


def count_tasks(source: Source) -> int:
    """Return how many IfcTask the text holds, 0 where none of them has times: a schedule lies in it, or none.

    The text is searched and not parsed: that takes half a millisecond a megabyte.
    """
    count = len(_TASK.findall(source.text))
    return count if count and _TASK_TIMES.search(source.text) else 0


def given_bytes(path: Path) -> bytes:
    """Return a file as it was given; raises UnreadableModel where it is missing, empty or too large."""
    if not path.exists():
        raise UnreadableModel("{file} does not exist: check the path.", file=str(path))
    if not path.name.isprintable():  # control characters, or bytes that are no UTF-8
        raise UnreadableModel(
            "The file name {file} has characters that cannot be kept: rename it.", file=ascii(path.name)
        )
    if path.is_dir():
        raise UnreadableModel("{file} is a folder: name an .ifc or .ifczip file in it.", file=str(path))
    if not path.is_file():
        raise UnreadableModel("{file} is no file but a pipe or a device: save the model as a file.", file=str(path))
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableModel(
                "{file} has {size} GB, more than the {most} GB that one model may have: split it by discipline.",
                file=path.name,
                size=round(size / 1024**3, 1),
                most=MAX_BYTES // 1024**3,
            )
        given = path.read_bytes()
    except OSError as error:
        raise UnreadableModel("{file} cannot be read: {error}.", file=str(path), error=error.strerror or "") from error
    if not given:
        raise UnreadableModel("{file} is empty (0 bytes): export the model again.", file=path.name)
    return given


def _unzip(path: Path, given: bytes) -> bytes:
    """Return the one .ifc member of a zip, never inflating more than it may hold."""
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(given)) as archive:
            members = [m for m in archive.infolist() if m.filename.lower().endswith(".ifc") and not m.is_dir()]
            members = [m for m in members if not m.filename.startswith("__MACOSX/")]  # Finder's shadow of each file
            if len(members) != 1:
                raise UnreadableModel(
                    "{file} holds {count} .ifc files, not exactly one: unzip it and import the files you mean.",
                    file=path.name,
                    count=len(members),
                )
            if members[0].flag_bits & 1:
                raise UnreadableModel("{file} is encrypted: unzip it and import the file.", file=path.name)
            most = min(MAX_BYTES, MAX_ZIP_RATIO * max(len(given), 100_000))
            with archive.open(members[0]) as member:
                text = member.read(most + 1)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UnreadableModel(
            "{file} is not a readable zip archive ({error}): export the model again.", file=path.name, error=str(error)
        ) from error
    except Exception as error:  # zlib.error, lzma.LZMAError: not importable everywhere
        if isinstance(error, UnreadableModel):
            raise
        raise UnreadableModel(
            "{file} is not a readable zip archive ({error}): export the model again.", file=path.name, error=str(error)
        ) from error
    if len(text) > most:
        raise UnreadableModel(
            "{file} unpacks to over {most} MB from {size} kB, as a zip bomb does: unzip it yourself if you trust it.",
            file=path.name,
            most=most // 1_000_000,
            size=len(given) // 1000,
        )
    return text


def _demand_step(path: Path, text: bytes) -> None:
    head = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"ISO-10303-21"):
        if head.startswith((b"<?xml", b"<ifc")):
            raise UnreadableModel("{file} is ifcXML: export it as .ifc (STEP).", file=path.name)
        raise UnreadableModel("{file} is not an IFC file: it does not start with ISO-10303-21.", file=path.name)
    if b"END-ISO-10303-21" not in text[-4096:]:
        raise UnreadableModel(
            "{file} is truncated: its last line END-ISO-10303-21 is missing; copy or export it again.", file=path.name
        )
    if not re.search(rb"\bDATA\s*[(;]", text) or not re.search(rb"=\s*IFCPROJECT\s*\(", text, re.IGNORECASE):
        raise UnreadableModel(
            "{file} holds no IfcProject, so there is no model in it: export it again.", file=path.name
        )


def _readable_schema(path: Path, text: bytes) -> tuple[bytes, str]:
    """Return the text with a schema name that ifcopenshell knows, and the name that the file states."""
    found = _SCHEMA.search(text[:65536])
    if found is None:
        raise UnreadableModel(
            "{file} names no schema (FILE_SCHEMA): export it again as IFC2X3, IFC4 or IFC4X3.", file=path.name
        )
    stated = found[1].decode("ascii", "replace").strip()
    for pattern, schema in _READ_AS:
        if pattern.fullmatch(stated.upper()):
            if stated != schema:
                text = text[: found.start(1)] + schema.encode() + text[found.end(1) :]
            return text, stated
    raise UnreadableModel(
        "{file} is written in schema {schema}, which cannot be read: export it as IFC2X3, IFC4 or IFC4X3.",
        file=path.name,
        schema=stated[:40],
    )
