"""Schedule files of any program: which reader reads a file is told by its content, not by its name."""

import re
import zipfile
from pathlib import Path

from twin.errors import InvalidInput
from twin.exchange.bounds import within_bounds
from twin.exchange.mapping import Mapping_
from twin.values.schedule import Schedule

_HEAD = 65_536  # bytes that are looked at
_ROOT = re.compile(rb"<(?![?!])(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROJECT_FILE = "TBkndTask".encode("utf-16-le")  # a table of Microsoft Project's own format


def read_schedule(path: Path, *, mapping: Mapping_ | None = None) -> Schedule:
    """Return the schedule of an XER, Microsoft Project XML, P6 XML, CSV or XLSX file, `within_bounds`.

    mapping : of a table's columns

    Raises InvalidInput in a sentence that says what to do, RefusedRows for a table with cells that cannot be used.
    """
    return within_bounds(_read(path, mapping))


def _read(path: Path, mapping: Mapping_ | None) -> Schedule:
    head = _head(path)
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    plain = plain.lstrip()
    if plain.startswith((b"ERMHDR", b"%T\t", b"%T ")):
        from twin.exchange.xer import read_xer

        return read_xer(path)
    _refuse_foreign(path, head, plain)
    if plain.startswith(b"<"):
        return _read_xml(path, plain)
    from twin.exchange.schedule_table import read_schedule_table

    return read_schedule_table(path, mapping)


def _head(path: Path) -> bytes:
    if not path.exists():
        raise InvalidInput("{file} does not exist: check the path.", file=str(path))
    if not path.is_file():
        raise InvalidInput("{file} is no file: name the schedule file itself.", file=str(path))
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InvalidInput("{file} cannot be read: {error}.", file=str(path), error=error.strerror or "") from error
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InvalidInput("{file} is empty: export the schedule again.", file=path.name)
    return head


def _read_xml(path: Path, head: bytes) -> Schedule:
    text = re.sub(rb"<!--.*?(?:-->|\Z)", b"", head, flags=re.DOTALL)
    found = _ROOT.search(text)
    root = found[1].decode("ascii", "replace") if found else ""
    if root == "Project":
        from twin.exchange.mspdi import read_mspdi

        return read_mspdi(path)
    if root == "APIBusinessObjects":
        from twin.exchange.pmxml import read_pmxml

        return read_pmxml(path)
    raise InvalidInput(
        "{file} is XML of another kind (it begins with {root}): save the schedule as XML from Microsoft Project, or "
        "export it from Primavera P6 as XML or XER.",
        file=path.name,
        root=root[:60] or "–",
    )


def _refuse_foreign(path: Path, head: bytes, plain: bytes) -> None:
    """Refuse the files that people try to load as schedules, each with what to do instead."""
    if plain.startswith(b"ISO-10303-21"):
        raise InvalidInput("{file} is an IFC model: its tasks are read by `twin schedule load`.", file=path.name)
    if plain.startswith(b"%PDF"):
        raise InvalidInput(
            "{file} is a PDF, a picture of a schedule: ask for the file of the planning program (XER, XML) or a table "
            "(XLSX, CSV).",
            file=path.name,
        )
    if head.startswith(b"\xd0\xcf\x11\xe0") and (path.suffix.lower() in (".mpp", ".mpt") or _is_project_file(path)):
        raise InvalidInput(
            "{file} is in Microsoft Project's own format: open it in Project, choose File > Save As > XML Format "
            "(*.xml), and load that file.",
            file=path.name,
        )
    if head.startswith(b"PK\x03\x04"):
        _refuse_archive(path)


def _is_project_file(path: Path) -> bool:
    """Tell whether a compound document holds Project's task table; its directory may stand anywhere in it."""
    kept = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if _PROJECT_FILE in kept + block:
                return True
            kept = block[-len(_PROJECT_FILE) :]
    return False


def _refuse_archive(path: Path) -> None:
    """Refuse an archive that is no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # the table reader says what is wrong with it
    if any(name.startswith("xl/") for name in names):
        return
    if any(name.endswith(".ifc") for name in names):
        raise InvalidInput("{file} is an IFC model: its tasks are read by `twin schedule load`.", file=path.name)
    raise InvalidInput("{file} is an archive: unpack it and load the schedule file in it.", file=path.name)
