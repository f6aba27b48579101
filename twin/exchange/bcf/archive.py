"""The ZIP archive of a BCF file, which strangers send: its names and sizes are judged before anything is unpacked."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from twin.errors import InvalidInput

MEBI = 1024 * 1024
LARGEST_ARCHIVE = 256 * MEBI
LARGEST_UNPACKED = 512 * MEBI
LARGEST_XML = 16 * MEBI  # one file
LARGEST_XML_TOTAL = 128 * MEBI  # all of them
MOST_MEMBERS = 60_000
MOST_RATIO = 250  # XML of a viewpoint with a thousand components packs 30 times smaller
RATIO_FROM = MEBI  # bytes; smaller ones may pack as they like
LONGEST_NAME = 512
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DRIVE = re.compile(r"^[A-Za-z]:")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of every file, so that the same topics make the same bytes


class Archive:
    """A BCF file that is open: safe names → members. Use as a context manager."""

    def __init__(self, source: Path | bytes, name: str) -> None:
        """Open and judge; raises InvalidInput."""
        self.name = name
        self._zip = _opened(source, name)
        try:
            self._members = _judged(self._zip.infolist(), name)
        except InvalidInput:
            self._zip.close()
            raise
        self.used: set[str] = set()
        self._xml_total = 0

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, member: str) -> bool:
        return member in self._members

    @property
    def names(self) -> Sequence[str]:
        """Names of the files in it, in the order of the archive; folders left out."""
        return tuple(self._members)

    def read(self, member: str) -> bytes:
        """Return the bytes of a member."""
        self.used.add(member)
        try:
            return self._zip.read(self._members[member])
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise InvalidInput(
                "{file} is damaged: {member} in it cannot be unpacked. Copy or export it again.",
                file=self.name,
                member=member,
            ) from None

    def read_xml(self, member: str) -> bytes:
        """Return the bytes of an XML file, which have a limit of their own."""
        size = self._members[member].file_size
        self._xml_total += size
        if size > LARGEST_XML or self._xml_total > LARGEST_XML_TOTAL:
            raise InvalidInput(
                "{file} is refused: {member} in it, or all XML files together, are larger than {limit} MB. Export "
                "fewer topics at a time.",
                file=self.name,
                member=member,
                limit=(LARGEST_XML if size > LARGEST_XML else LARGEST_XML_TOTAL) // MEBI,
            )
        return self.read(member)


def resolved(folder: str, reference: str) -> str | None:
    """Return the archive name that a reference means from a folder; None where it leads out of the archive.

    >>> resolved("topic", "../plan.pdf"), resolved("topic", "a.png"), resolved("topic", "../../etc/passwd")
    ('plan.pdf', 'topic/a.png', None)
    """
    parts = [folder] if folder else []
    for part in reference.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of these files in this order; the same files make the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            stored = name.endswith((".png", ".jpg"))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def _opened(source: Path | bytes, name: str) -> zipfile.ZipFile:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > LARGEST_ARCHIVE:
            raise InvalidInput(
                "{file} is larger than {limit} MB: export fewer topics at a time.",
                file=name,
                limit=LARGEST_ARCHIVE // MEBI,
            )
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except OSError as fault:
        raise InvalidInput(
            "{file} cannot be opened ({reason}): check the path and its permissions.",
            file=name,
            reason=fault.strerror or str(fault),
        ) from None
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, RuntimeError, OverflowError):
        raise InvalidInput(
            "{file} is no BCF file, or it was cut off on its way: BCF files are ZIP archives. Copy or export it again.",
            file=name,
        ) from None


def _judged(infos: Sequence[zipfile.ZipInfo], file: str) -> dict[str, zipfile.ZipInfo]:
    """Return safe name → member; nothing has been unpacked yet."""
    if len(infos) > MOST_MEMBERS:
        raise InvalidInput(
            "{file} is refused: it holds {count} files, more than the {limit} that are read. Export fewer topics at a "
            "time.",
            file=file,
            count=len(infos),
            limit=MOST_MEMBERS,
        )
    members: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in infos:
        total += info.file_size
        bomb = info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size)
        if bomb or total > LARGEST_UNPACKED:
            raise InvalidInput(
                "{file} is refused: unpacked it would be far larger than any set of topics, as a zip bomb is. "
                "Ask the sender for the file again.",
                file=file,
            )
        name = _safe_name(info, file)
        if name in members:
            raise InvalidInput(
                "{file} is refused: it holds {member} twice, and nobody can say which one is meant. Export it again.",
                file=file,
                member=name[:200],
            )
        if not info.is_dir() and not name.endswith("/"):
            members[name] = info
    return members


def _safe_name(info: zipfile.ZipInfo, file: str) -> str:
    """Return the name of a member with slashes; names that lead elsewhere, links and secrets are refused."""
    raw = info.orig_filename
    name = raw.replace("\\", "/")
    leads_away = name.startswith("/") or DRIVE.match(name) or ".." in name.split("/")
    unreadable = not name or len(name) > LONGEST_NAME or any(ord(letter) < 32 for letter in name)
    if leads_away or unreadable or stat.S_ISLNK(info.external_attr >> 16):
        raise InvalidInput(
            "{file} is refused: the file {member} in it would lead out of the archive, as no BCF file needs. "
            "Ask the sender for the file again.",
            file=file,
            member=ascii(raw[:80]),
        )
    if info.flag_bits & 1 or info.compress_type not in PACKED:
        raise InvalidInput(
            "{file} is refused: {member} in it is encrypted or packed in a way that BCF does not know. "
            "Export it again without a password.",
            file=file,
            member=name[:200],
        )
    return name
