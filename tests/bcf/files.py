"""BCF files for tests: made member by member, and looked into without the reader that is tested."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

VERSION_2_1 = '<Version VersionId="2.1"><DetailedVersion>2.1</DetailedVersion></Version>'
VERSION_3_0 = '<Version VersionId="3.0"/>'
GUID = "0a1b2c3d-0000-4000-8000-00000000000{}"
CASES = (
    "v2.1/All_parts_of_decomposed_object_except_one_visible",
    "v2.1/ExtensionSchema",
    "v2.1/ExternalBIMSnippet",
    "v2.1/MaximumInformation",
    "v2.1/One_part_of_decomposed_object_visible",
    "v2.1/PDFFile",
    "v2.1/PerspectiveCamera",
    "v2.1/Single_visible_wall",
    "v2.1/related_topics_with_the_other_topic_missing",
    "v2.1/single_invisible_wall",
    "v3.0/All_parts_of_curtain_wall_visible",
    "v3.0/Component_selection",
    "v3.0/Document_Reference_External",
    "v3.0/Due_Date",
    "v3.0/Milestone",
    "v3.0/Orthogonal_camera",
    "v3.0/Related_topics_with_both_topics_in_the_same_file",
    "v3.0/Single_invisible_wall",
    "v3.0/Single_visible_wall",
    "v3.0/all_components_and_spaces_visible",
)


def case(real_data: Path, name: str) -> Path:
    """Return the path of an official case."""
    return real_data / "bcf" / f"{name}.bcf"


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def members(content: bytes | Path) -> dict[str, bytes]:
    """Return name → bytes of the members of a ZIP."""
    with zipfile.ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content) as opened:
        return {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}


def topic_2_1(inside: str = "", *, guid: str = GUID.format(1), after: str = "", attributes: str = "") -> str:
    """Return a markup of BCF 2.1 with what may stand after the author, and after the topic."""
    return (
        f'<Markup><Topic Guid="{guid}" {attributes}><Title>T</Title><CreationDate>2026-01-02T03:04:05Z</CreationDate>'
        f"<CreationAuthor>a@b</CreationAuthor>{inside}</Topic>{after}</Markup>"
    )


def file_2_1(markup: str, more: Mapping[str, str | bytes] | None = None, *, folder: str = GUID.format(1)) -> bytes:
    """Return a file of BCF 2.1 with one topic."""
    return archive({"bcf.version": VERSION_2_1, f"{folder}/markup.bcf": markup, **(more or {})})


def tree(content: bytes) -> Element:
    """Return XML as a tree."""
    return fromstring(content)  # noqa: S314 – official cases and what the tests made themselves


def texts(element: Element, path: str) -> list[str]:
    """Return the texts at a path that say something."""
    return [found.text or "" for found in element.findall(path) if (found.text or "").strip()]


def numbers(element: Element | None) -> Any:
    """Return X, Y, Z of a point."""
    assert element is not None
    return tuple(float(element.findtext(axis) or "nan") for axis in "XYZ")
