"""Tables as files: CSV, XLSX and GeoJSON become rows of named cells, with the row numbers a spreadsheet shows.

What a table says is not judged here: `twin.exchange.records` reads cells as dates, numbers and names.
"""

from collections.abc import Collection
from pathlib import Path

from twin.errors import InvalidInput
from twin.exchange.table import MAX_BYTES, Share, Table

__all__ = ["Share", "Table", "read_table"]


def read_table(path: Path, *, encoding: str | None = None, known: Collection[str] = ()) -> Table:
    """Return the table of a file, by its content and not by its suffix.

    encoding : of a CSV file; None: found by trial
    known : headers in the form of `header_key` that help to find the header row under titles

    Raises InvalidInput where the file is no table, or larger than the limits of this module.
    """
    from twin.exchange.csv_table import read_csv
    from twin.exchange.geojson_table import read_geojson
    from twin.exchange.xlsx_table import read_xlsx

    content = _content(path)
    head = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if content.startswith(b"PK\x03\x04"):
        return read_xlsx(content, path.name, known)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_or_locked(content, path.name)
    if head.startswith(b"{"):
        return read_geojson(content, path.name)
    if head[:100].lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta")) or head.startswith(
        b"%PDF"
    ):
        raise InvalidInput(
            "{file} is no table but a page or document: open it in a spreadsheet and save it as .xlsx or CSV.",
            file=path.name,
        )
    return read_csv(content, path.name, encoding=encoding, known=known, tabs=path.suffix.lower() in (".tsv", ".tab"))


def _content(path: Path) -> bytes:
    """Return the bytes of a file that is not too large."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InvalidInput(
                "{file} has {size} MB; a table may have {limit} MB: split it.",
                file=path.name,
                size=size // 1_000_000,
                limit=MAX_BYTES // 1_000_000,
            )
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "{file} cannot be read: {reason}. Check path and permissions.",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    if not content.strip():
        raise InvalidInput("{file} is empty: there is nothing to load.", file=path.name)
    return content


def _old_or_locked(content: bytes, file: str) -> InvalidInput:
    """Return the refusal of a compound file: a workbook with a password, or one of Excel 97."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return InvalidInput("{file} is protected by a password: save it without one.", file=file)
    return InvalidInput(
        "{file} is a workbook of the old binary form (.xls): save it as .xlsx or CSV in a spreadsheet.", file=file
    )
