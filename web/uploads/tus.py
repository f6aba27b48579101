"""The protocol of uploads that can be resumed, tus 1.0: what its headers mean. Knows no HTTP server."""

import base64
import binascii
import hashlib
import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from twin.errors import InvalidInput, Mangled, TooLarge
from twin.store.upload_methods import LIFETIME
from twin.values.georeference import PlacementOptions
from twin.values.upload import NewUpload, Upload, UploadState

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
CHECKSUMS = ("sha256", "sha1", "md5")
PART = "application/offset+octet-stream"
MOST_PART_MB = 16  # of one request
MOST_MB = 2000
SUFFIXES = (".ifc", ".ifczip")
LONGEST_NAME, LONGEST_NAME_BYTES = 200, 240
_LONGEST_HEADER = 8000


def most_bytes() -> int:
    """Return how large a file may be (TWIN_UPLOAD_MB)."""
    given = os.environ.get("TWIN_UPLOAD_MB") or str(MOST_MB)
    if not given.isascii() or not given.isdigit():
        raise InvalidInput("TWIN_UPLOAD_MB is {value}, which is no number of megabytes.", value=given)
    return int(given) * 1_000_000


def number(headers: Mapping[str, str], name: str) -> int:
    """Return the number of bytes that a header says."""
    given = headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise InvalidInput("The header {header} is {value}: it must be a number of bytes.", header=name, value=given)
    return int(given)


def new_upload(headers: Mapping[str, str], created_by: str) -> NewUpload:
    """Return the upload that is asked for; raises InvalidInput or TooLarge where it cannot be one."""
    size = number(headers, "Upload-Length")
    if size > most_bytes():
        raise TooLarge(
            "The file has {size} MB, more than the {most} MB that are taken: split it by discipline.",
            size=round(size / 1e6),
            most=most_bytes() // 1_000_000,
        )
    if not size:
        raise InvalidInput("{file} is empty (0 bytes): export the model again.", file="")
    said = metadata(headers.get("Upload-Metadata", ""))
    discipline = said.get("discipline", "").strip()
    if len(discipline) > LONGEST_NAME or not (discipline.isprintable()):
        raise InvalidInput("The discipline has characters that cannot be kept, or too many: shorten it.")
    return NewUpload(
        project=said.get("project", ""),
        file=file_name(said.get("filename", "")),
        size=size,
        discipline=discipline or None,
        options=placement(said.get("options", "")),
        created_by=created_by,
    )


def metadata(header: str) -> dict[str, str]:
    """Return what `Upload-Metadata` says: words, each with a text in base64.

    >>> metadata("filename aG91c2UuaWZj,project UDE=")
    {'filename': 'house.ifc', 'project': 'P1'}
    """
    found = {}
    if len(header) > _LONGEST_HEADER:
        raise _no_metadata()
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise _no_metadata() from None
    return found


def _no_metadata() -> InvalidInput:
    return InvalidInput("The header Upload-Metadata must be words, each with a text in base64 (tus 1.0).")


def file_name(given: str) -> str:
    """Return the name of a model file, composed; raises InvalidInput where it is none.

    >>> file_name("house.ifc")
    'house.ifc'
    """
    name = unicodedata.normalize("NFC", given)
    if not name.lower().endswith(SUFFIXES):
        raise InvalidInput(
            "{file} is no model file by its name: send {known}.", file=ascii(name[:80]), known=", ".join(SUFFIXES)
        )
    if len(name) > LONGEST_NAME or len(name.encode("utf-8", "replace")) > LONGEST_NAME_BYTES:
        raise InvalidInput(
            "The file name has more than {most} letters, or too many bytes: shorten it.", most=LONGEST_NAME
        )
    stem = name.rpartition(".")[0]
    path = any(sign in name for sign in '/\\:*?"<>|') or name.startswith((".", "-", "~"))
    if path or not name.isprintable() or not any(letter.isalnum() for letter in stem) or name != name.strip():
        raise InvalidInput("The file name {file} has characters that cannot be kept: rename it.", file=ascii(name[:80]))
    return name


def placement(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a placement, from JSON: the fields of `PlacementOptions` that are given.

    >>> placement('{"longitude": 121.5, "latitude": 31.2}')
    {'longitude': 121.5, 'latitude': 31.2}
    """
    try:
        said = json.loads(given or "{}") if isinstance(given, str) else given
    except (ValueError, RecursionError):
        said = None
    known = {field.name: field.type for field in fields(PlacementOptions)}
    if not isinstance(said, Mapping) or any(name not in known for name in said):
        raise InvalidInput("options must be a JSON object with some of {known}.", known=", ".join(known))
    found = {}
    for name, value in said.items():
        if value in (None, "", False):
            continue
        wanted: tuple[type, ...] = (str,) if name == "crs" else (int, float)
        if name in ("override", "own_frame"):
            wanted = (bool,)
        fits = isinstance(value, wanted) and (isinstance(value, bool) == (wanted == (bool,)))
        if not fits or (isinstance(value, str) and len(value) > 5000) or (wanted[0] is int and not abs(value) < 1e12):
            raise InvalidInput("The option {name} is {value}, which it cannot be.", name=name, value=str(value)[:80])
        found[name] = value
    _check_placement(found)
    return found


def _check_placement(found: Mapping[str, Any]) -> None:
    """Refuse half a place."""
    for one, other in (("longitude", "latitude"), ("eastings", "northings"), ("eastings", "crs")):
        if (one in found) != (other in found):
            raise InvalidInput("The option {name} needs {other} as well.", name=one, other=other)
    if abs(found.get("longitude", 0)) > 180 or abs(found.get("latitude", 0)) > 90:
        raise InvalidInput("longitude and latitude are degrees: at most 180 and 90.")


def check_sum(header: str, content: bytes) -> None:
    """Raise Mangled where a part is not what `Upload-Checksum` says."""
    if not header:
        return
    algorithm, _, value = header.partition(" ")
    if algorithm not in CHECKSUMS:
        raise InvalidInput("Checksums are known as {known}: send one of these.", known=", ".join(CHECKSUMS))
    try:
        wanted = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        wanted = b""
    if hashlib.new(algorithm, content, usedforsecurity=False).digest() != wanted:
        raise Mangled("This part did not arrive as it was sent: send it again.")


def headers_of(upload: Upload) -> dict[str, str]:
    """Return what every answer about an upload says in its headers."""
    said = {"Tus-Resumable": VERSION, "Upload-Offset": str(upload.received)}
    if upload.state is UploadState.RECEIVING:
        said["Upload-Expires"] = expires(upload.changed_at)
    return said


def expires(changed_at: datetime) -> str:
    """Return when an unfinished upload is forgotten, as HTTP writes times."""
    return format_datetime(changed_at + LIFETIME, usegmt=True)
