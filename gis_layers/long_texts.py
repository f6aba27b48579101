"""Texts that no map needs, found before anything reads them into memory."""

from pathlib import Path

from gis_layers.source import Source
from twin.errors import InvalidInput

MAX_TEXT = 100_000  # characters in one attribute
MAX_OBJECT_MEGABYTES = 100  # one feature, or one text of a text file

# What ends a text in a file of a format.
_ENDS = {
    **dict.fromkeys(("GeoJSON", "GeoJSON lines"), b'"'),
    **dict.fromkeys(("KML", "GML", "GPX"), b"<"),
    **dict.fromkeys(("CSV", "DXF"), b"\n"),
}
_BLOCK = 1 << 20


def refuse_endless_texts(source: Source) -> None:
    """Refuse a text file with a stretch that no reader should have to hold: GDAL would take it whole."""
    end = _ENDS.get(source.format)
    if end is not None and _has_endless_text(source.path, end, MAX_OBJECT_MEGABYTES * 1_000_000):
        raise too_large(source)


def _has_endless_text(path: Path, end: bytes, most: int) -> bool:
    """Return whether more than `most` bytes of a file stand between two ends.

    >>> _has_endless_text(Path(__file__), b".", 2000), _has_endless_text(Path(__file__), b"#", 20)
    (False, True)
    """
    if path.stat().st_size <= most:
        return False
    before = 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            first = block.find(end)
            if first < 0:
                before += len(block)
            else:
                if before + first > most:
                    return True
                before = len(block) - block.rfind(end)
            if before > most:
                return True
    return False


def too_large(source: Source) -> InvalidInput:
    """Return the sentence for a feature that cannot be taken whole."""
    return InvalidInput(
        "{file} has a feature larger than {megabytes} MB: take the long text or the huge geometry out of it.",
        file=source.label,
        megabytes=MAX_OBJECT_MEGABYTES,
    )


def too_long(source: Source, field: str, feature: int) -> InvalidInput:
    """Return the sentence for an attribute that is longer than a map needs."""
    return InvalidInput(
        "Feature {feature} of {file} has a text of more than {limit} characters in {field}: take it out first.",
        feature=feature,
        file=source.label,
        limit=f"{MAX_TEXT:,}",
        field=field[:80],
    )


def no_memory(file: str) -> InvalidInput:
    """Return the sentence for a file that needs more memory than there is."""
    return InvalidInput(
        "{file} needs more memory than reading may take: cut it into parts, or set TWIN_LAYER_MEMORY_MB.", file=file
    )
