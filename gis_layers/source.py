"""Which map file is this? Told by its first bytes, before GDAL sees it: only local files of known formats are opened.

GDAL also opens files that name other files, databases or web addresses (VRT, WFS, pipelines). None of them gets that
far: the content must begin as one of the formats below, and nothing is ever opened by a name but by an absolute path.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InvalidInput

_HEAD = 65_536
_MAX_UNPACKED = 16_000_000_000  # bytes out of one archive
_MAX_ZIP_RATIO = 200  # map files zip 3 to 20 times, tables of blanks up to 100; a bomb 1,000 times
_ZIP_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error)

# What makes GDAL follow something else, wherever in the beginning it stands.
_FOLLOWS = re.compile(rb"<OGRVRT|<VRTDataset|<OGRWFS|<OGRWMS|<GDAL_W|WFS_Capabilities|gdal_streamed_alg", re.IGNORECASE)
# A document type declaration that brings its own entities.
_DECLARES = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|\s)*<!DOCTYPE[^>\[]*\[", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """A map file that may be opened.

    path : absolute, of the file (or the folder of a file geodatabase) to open, unpacked where it came in an archive
    format : a key of `DRIVERS`, or "GeoParquet"
    label : its name for people: the file that was given
    stem : its name without suffix, which may tell the kind
    """

    path: Path
    format: str
    label: str
    stem: str


# Format → the GDAL drivers that may have opened it.
DRIVERS = {
    "GeoPackage": ("GPKG",),
    "SpatiaLite": ("SQLite",),
    "Shapefile": ("ESRI Shapefile",),
    "GeoJSON": ("GeoJSON", "ESRIJSON", "TopoJSON", "JSONFG"),
    "GeoJSON lines": ("GeoJSONSeq", "GeoJSON"),  # a single line is both
    "FlatGeobuf": ("FlatGeobuf",),
    "File geodatabase": ("OpenFileGDB",),
    "KML": ("KML", "LIBKML"),
    "GML": ("GML",),
    "GPX": ("GPX",),
    "CSV": ("CSV",),
    "MapInfo": ("MapInfo File",),
    "DXF": ("DXF",),
    "OpenStreetMap": ("OSM",),
}
_FORMATS = ", ".join([*DRIVERS, "GeoParquet"])
_BY_ROOT = {"kml": "KML", "gpx": "GPX", "osm": "OpenStreetMap", "FeatureCollection": "GML"}
_BY_START: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"\x00\x00\x27\x0a", "Shapefile", (".shp",)),
    (b"fgb\x03fgb", "FlatGeobuf", ()),
    (b"PAR1", "GeoParquet", ()),
    (b"!table", "MapInfo", (".tab",)),
    (b"Version", "MapInfo", (".mif",)),
    (b"AutoCAD Binary DXF", "DXF", (".dxf",)),
    (b"\x1e", "GeoJSON lines", ()),
)
_LINES = (".geojsonl", ".geojsons", ".ndjson", ".jsonl")
_TABLES = (".csv", ".tsv")


def open_source(given: Path, folder: Path, layer: str | None = None) -> Source:
    """Return what a file is; InvalidInput for what is no local map file.

    folder : where an archive is unpacked to
    layer : which file of an archive is wanted, by its name without suffix
    """
    path = given.resolve()
    if not path.exists():
        raise InvalidInput(
            "There is no file {file}: name a map file on this machine (download or export web services and databases "
            "first).",
            file=str(given),
        )
    if path.is_dir():
        if path.suffix.lower() == ".gdb" and any(path.glob("a0000000*.gdbtable")):
            return Source(path, "File geodatabase", given.name, path.stem)
        raise InvalidInput("{file} is a folder: name one map file in it.", file=str(given))
    if not path.is_file() or str(path).startswith("/vsi"):
        raise InvalidInput("{file} is no ordinary file: copy it to a folder first.", file=str(given))
    if zipfile.is_zipfile(path):
        try:
            return _unpacked(path, folder, layer)
        except _ZIP_FAULTS as error:
            raise InvalidInput("{file} is a damaged zip archive: copy or export it again.", file=given.name) from error
    return Source(_linked(path, folder), _format_of(path, given.name), given.name, path.name.partition(".")[0])


def _linked(path: Path, folder: Path) -> Path:
    """Return a link to a file beside which GDAL would write (an index, a guessed schema), in a folder of ours.

    Its companions are linked, too; every other file is left where it is.
    """
    suffix = path.suffix.lower()
    if suffix != ".gml" and not (suffix == ".shp" and not any(path.with_suffix(s).exists() for s in (".shx", ".SHX"))):
        return path
    for ending in (suffix, *_BESIDE[suffix]):
        for there in (path.with_suffix(ending), path.with_suffix(ending.upper())):
            target = folder / f"source{ending}"
            if there.is_file() and not target.exists():
                target.symlink_to(there)
    return folder / f"source{suffix}"


def _format_of(path: Path, label: str) -> str:
    """Return the format of a file, from its beginning; InvalidInput when it is none that is read.

    label : its name for people
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00 \r\n\t"):
        raise InvalidInput("{file} is empty: export it again.", file=label)
    if _FOLLOWS.search(head):
        raise InvalidInput(
            "{file} names other sources instead of holding features: add the file with the features.", file=label
        )
    if _DECLARES.match(_narrow(head)):
        raise InvalidInput(
            "{file} has a document type declaration with rules of its own, which are not read: take it out.",
            file=label,
        )
    suffix = path.suffix.lower()
    found = next((f for start, f, suffixes in _BY_START if head.startswith(start) and _fits(suffix, suffixes)), None)
    found = found or next((f for guess in (_database, _text) if (f := guess(head, suffix))), None)
    if found is None:
        raise InvalidInput(
            "{file} is no map file that can be read: the formats are {formats}.", file=label, formats=_FORMATS
        )
    return found


def _fits(suffix: str, suffixes: tuple[str, ...]) -> bool:
    return not suffixes or suffix in suffixes


def _database(head: bytes, suffix: str) -> str | None:
    """Return the format of a binary file with a header."""
    if head.startswith(b"SQLite format 3\x00"):
        return "GeoPackage" if head[68:70] == b"GP" or suffix == ".gpkg" else "SpatiaLite"
    if b"OSMHeader" in head[:32]:
        return "OpenStreetMap"
    return None


def _text(head: bytes, suffix: str) -> str | None:
    """Return the format of a text file."""
    start = _narrow(head)
    if start.startswith("<"):
        root = re.match(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", start, re.DOTALL)
        return _BY_ROOT.get(root[1]) if root else None
    if start.startswith("{"):
        return "GeoJSON lines" if suffix in _LINES else "GeoJSON"
    if re.match(r"(?:999[^\n]*\n[^\n]*\n\s*)*0\s*\n\s*SECTION", start.replace("\r", "")):
        return "DXF" if suffix == ".dxf" else None
    return "CSV" if suffix in _TABLES and b"\x00" not in head[:4096].replace(b"\x00\n", b"") else None


def _narrow(head: bytes) -> str:
    """Return the beginning of a text as far as its signs matter here, without byte order mark and leading space."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace").lstrip("\ufeff \r\n\t")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip()


# Files of an archive that are opened, and those that belong to one of them.
_DATA = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".fgb",
    ".parquet",
    ".kml",
    ".gml",
    ".csv",
    ".tab",
    ".mif",
    ".dxf",
    ".osm",
)
_BESIDE = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".csv": (".csvt", ".prj"),
    ".gml": (".xsd", ".gfs"),
}


def _unpacked(archive: Path, folder: Path, layer: str | None) -> Source:
    """Unpack the one map file of an archive (or the one that `layer` names), under a plain name of our own."""
    with zipfile.ZipFile(archive) as opened:
        members = {_true_name(info): info for info in opened.infolist() if not info.is_dir()}
        databases = {name.split(".gdb/")[0] + ".gdb" for name in members if ".gdb/" in name}
        if len(databases) == 1:
            return _unpacked_database(opened, members, databases.pop(), archive, folder)
        data = [n for n in members if n.lower().endswith(_DATA) and not n.startswith("__MACOSX/")]
        stems = {name: Path(name).stem for name in data}
        chosen = [name for name in data if layer is None or stems[name] == layer]
        if len(chosen) > 1 or (data and not chosen):
            raise InvalidInput(
                "{file} holds several map files: choose one with --layer: {layers}.",
                file=archive.name,
                layers=listed(sorted(stems.values())),
            )
        if not chosen:
            raise InvalidInput("{file} holds no map file.", file=archive.name)
        name = chosen[0]
        suffix = Path(name).suffix.lower()
        base = name[: -len(suffix)]
        wanted = {f"{base}{ending}".lower(): ending for ending in (suffix, *_BESIDE.get(suffix, ()))}
        taken = {members[n]: folder / f"source{wanted[n.lower()]}" for n in members if n.lower() in wanted}
        _extract(archive, opened, taken)
    path = folder / f"source{suffix}"
    return Source(path, _format_of(path, archive.name), archive.name, stems[name])


def _unpacked_database(
    opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], database: str, archive: Path, folder: Path
) -> Source:
    """Unpack a file geodatabase, whose files all lie in one folder."""
    target = folder / "source.gdb"
    target.mkdir()
    inside = {n.removeprefix(f"{database}/"): info for n, info in members.items() if n.startswith(f"{database}/")}
    _extract(archive, opened, {info: target / n for n, info in inside.items() if re.fullmatch(r"[\w.-]+", n)})
    return Source(target, "File geodatabase", archive.name, Path(database).stem)


def _extract(archive: Path, opened: zipfile.ZipFile, targets: dict[zipfile.ZipInfo, Path]) -> None:
    """Unpack members, never more than an archive may hold, whatever its directory claims."""
    size = archive.stat().st_size
    most = left = min(_MAX_UNPACKED, _MAX_ZIP_RATIO * max(size, 100_000))
    if any(info.flag_bits & 1 for info in targets):
        raise InvalidInput("{file} is encrypted: unzip it and add the map file.", file=archive.name)
    for info, target in targets.items():
        with opened.open(info) as packed, target.open("wb") as unpacked:
            while block := packed.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise InvalidInput(
                        "{file} unpacks to over {most} MB from {size} kB, as a zip bomb does: unzip it yourself if you "
                        "trust it.",
                        file=archive.name,
                        most=most // 1_000_000,
                        size=size // 1000,
                    )
                unpacked.write(block)


def listed(names: list[str]) -> str:
    """Return names for a sentence: not more than a screen holds."""
    return ", ".join(name[:80] for name in names[:40]) + (" …" if len(names) > 40 else "")


def _true_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name: archives made in China write it in GB18030 and do not say so."""
    if info.flag_bits & 0x800:  # UTF-8
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    readers: tuple[Callable[[], str], ...] = (lambda: raw.decode("utf-8"), lambda: raw.decode("gb18030"))
    for reader in readers:
        try:
            return reader()
        except UnicodeDecodeError:
            continue
    return info.filename
