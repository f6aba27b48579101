"""What a BCF program sends: JSON objects of BCF-API 3.0 as values. Members that it does not know are ignored."""

import base64
import binascii
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from twin.errors import InvalidInput
from twin.values.topic import (
    BimSnippet,
    Bitmap,
    Camera,
    ClippingPlane,
    Coloring,
    Component,
    Line,
    Snapshot,
    Triple,
    Viewpoint,
    Visibility,
)
from web.bcf.api_filter import instant
from web.changes_clashes import LONGEST_COMMENT, LONGEST_NAME

Given = Mapping[str, Any]
Item = TypeVar("Item")

MOST_ITEMS = 10_000  # of a list
PICTURES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}


def wrong(name: str) -> InvalidInput:
    """Return the refusal of a member."""
    return InvalidInput("{name} is not as BCF-API 3.0 has it: mend it and send it again.", name=name)


def text(given: Given, name: str, longest: int = LONGEST_NAME) -> str:
    """Return a text; null and none are empty."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise InvalidInput(
            "{name} is no text of at most {longest} characters: mend it and send it again.", name=name, longest=longest
        )
    return value.strip()


def guid(given: Given, name: str) -> str:
    """Return a GUID in small letters; empty where none is given."""
    value = text(given, name)
    try:
        return str(uuid.UUID(value)) if value else ""
    except ValueError:
        raise wrong(name) from None


def texts(given: Given, name: str) -> tuple[str, ...]:
    """Return a list of texts, each once."""
    return tuple(dict.fromkeys(word for word in listed(given, name, lambda item: text({name: item}, name)) if word))


def listed(given: Given, name: str, of: Callable[[Any], Item]) -> list[Item]:
    """Return a list; null and none are empty."""
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST_ITEMS:
        raise wrong(name)
    return [of(item) for item in value]


def member(given: Any, name: str) -> Given | None:
    """Return an object; None where it is null or not given."""
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise wrong(name)
    return value


def when(given: Given, name: str) -> datetime | None:
    """Return a time, UTC."""
    value = text(given, name)
    if not value:
        return None
    try:
        found = instant(value)
    except ValueError:
        raise wrong(name) from None
    if not 1900 <= found.year <= 2200:
        raise wrong(name)
    return found


def due_day(given: Given, name: str) -> datetime | None:
    """Return noon, UTC, of the day as it is written: a day in one's own zone is that day here, too."""
    found = when(given, name)
    if found is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text(given, name)[:10]), time(12), UTC)
    except ValueError:
        raise wrong(name) from None


def topic_fields(given: Given) -> dict[str, Any]:
    """Return attribute of `Topic` → its value, of a topic that is sent.

    Raises InvalidInput with a sentence that names the member.
    """
    title = text(given, "title", 1000)
    if not title:
        raise InvalidInput("A topic has a title: give one in title.")
    index = given.get("index")
    if index is not None and (type(index) is not int or abs(index) > 2**31):
        raise wrong("index")
    return {
        "title": title,
        "type": text(given, "topic_type"),
        "status": text(given, "topic_status"),
        "reference_links": texts(given, "reference_links"),
        "priority": text(given, "priority"),
        "index": index,
        "labels": texts(given, "labels"),
        "assigned_to": text(given, "assigned_to"),
        "stage": text(given, "stage"),
        "description": text(given, "description", LONGEST_COMMENT),
        "bim_snippet": _snippet(given),
        "due_date": due_day(given, "due_date"),
    }


def _snippet(given: Given) -> BimSnippet | None:
    found = member(given, "bim_snippet")
    if found is None:
        return None
    parts = [text(found, name, 2000) for name in ("snippet_type", "reference_schema", "reference")]
    if not all(parts):
        raise wrong("bim_snippet")
    return BimSnippet(parts[0], parts[1], parts[2], _flag(found, "is_external"))


def comment_fields(given: Given) -> tuple[str, str]:
    """Return the text of a comment that is sent, and the GUID of its viewpoint; one of them may be empty."""
    said, viewpoint = text(given, "comment", LONGEST_COMMENT), guid(given, "viewpoint_guid")
    if not (said or viewpoint):
        raise InvalidInput("A comment says something: give comment, or viewpoint_guid.")
    return said, viewpoint


def viewpoint(given: Given, name: str) -> Viewpoint:
    """Return a viewpoint that is sent; `name` is its GUID.

    Raises InvalidInput with a sentence that names the member.
    """
    camera, snapshot = _camera(given), _snapshot(given)
    components = member(given, "components") or {}
    index = given.get("index")
    found = Viewpoint(
        guid=name,
        camera=camera,
        selection=_components(components, "selection"),
        visibility=_visibility(components),
        coloring=listed(components, "coloring", _coloring),
        lines=listed(given, "lines", lambda line: Line(_triple(line, "start_point"), _triple(line, "end_point"))),
        clipping_planes=listed(given, "clipping_planes", _plane),
        bitmaps=listed(given, "bitmaps", _bitmap),
        snapshot=snapshot,
        index=index if type(index) is int and abs(index) < 2**31 else None,
    )
    shown = (found.lines, found.clipping_planes, found.bitmaps, components)
    if camera is None and (snapshot is None or any(shown)):
        raise InvalidInput("A viewpoint has a camera: give perspective_camera or orthogonal_camera, not both.")
    return found


def _object(value: Any, name: str) -> Given:
    if not isinstance(value, dict):
        raise wrong(name)
    return value


def _number(given: Given, name: str) -> float:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e12:
        raise wrong(name)
    return float(value)


def _flag(given: Given, name: str) -> bool:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name)
    return bool(value)


def _triple(given: Any, name: str, *, direction: bool = False) -> Triple:
    found = _object(_object(given, name).get(name), name)
    x, y, z = (_number(found, axis) for axis in "xyz")
    if direction and not math.hypot(x, y, z) > 0:
        raise wrong(name)
    return x, y, z


def _camera(given: Given) -> Camera | None:
    perspective, orthogonal = member(given, "perspective_camera"), member(given, "orthogonal_camera")
    found = perspective or orthogonal
    if found is None:
        return None
    if perspective is not None and orthogonal is not None:
        raise InvalidInput("A viewpoint has a camera: give perspective_camera or orthogonal_camera, not both.")
    size = "field_of_view" if perspective is not None else "view_to_world_scale"
    length, aspect = _number(found, size), _number(found, "aspect_ratio")
    if not 0 < length < (180 if perspective is not None else math.inf):
        raise wrong(size)
    if not aspect > 0:
        raise wrong("aspect_ratio")
    return Camera(
        position=_triple(found, "camera_view_point"),
        direction=_triple(found, "camera_direction", direction=True),
        up=_triple(found, "camera_up_vector", direction=True),
        field_of_view=length if perspective is not None else None,
        view_height=None if perspective is not None else length,
        aspect=aspect,
    )


def _component(given: Any) -> Component:
    found = _object(given, "components")
    parts = [text(found, name) for name in ("ifc_guid", "originating_system", "authoring_tool_id")]
    if not (parts[0] or parts[2]) or (parts[0] and not re.fullmatch(r"[0-9A-Za-z_$]{22}", parts[0])):
        raise wrong("ifc_guid")
    return Component(*parts)


def _components(given: Given, name: str) -> Sequence[Component]:
    return listed(given, name, _component)


def _coloring(given: Any) -> Coloring:
    found = _object(given, "coloring")
    color = text(found, "color").upper().removeprefix("#")
    if not re.fullmatch(r"(?:[0-9A-F]{2}){3,4}", color):
        raise wrong("color")
    return Coloring(color, _components(found, "components"))


def _visibility(components: Given) -> Visibility | None:
    found = member(components, "visibility")
    if found is None:
        return None
    hints = member(found, "view_setup_hints") or {}
    return Visibility(
        default=_flag(found, "default_visibility"),
        exceptions=_components(found, "exceptions"),
        spaces=_flag(hints, "spaces_visible"),
        space_boundaries=_flag(hints, "space_boundaries_visible"),
        openings=_flag(hints, "openings_visible"),
    )


def _plane(given: Any) -> ClippingPlane:
    return ClippingPlane(_triple(given, "location"), _triple(given, "direction", direction=True))


def _bitmap(given: Any) -> Bitmap:
    found = _object(given, "bitmaps")
    kind, content = _picture(found, "bitmap_type", "bitmap_data")
    name = f"{uuid.uuid4()}.{kind}"
    places = [_triple(found, "location"), *(_triple(found, axis, direction=True) for axis in ("normal", "up"))]
    height = _number(found, "height")
    if not height > 0:
        raise wrong("height")
    return Bitmap(kind, name, places[0], places[1], places[2], height, content)


def _snapshot(given: Given) -> Snapshot | None:
    found = member(given, "snapshot")
    if found is None:
        return None
    kind, content = _picture(found, "snapshot_type", "snapshot_data")
    return Snapshot(content, kind)


def _picture(given: Given, kind_name: str, data_name: str) -> tuple[str, bytes]:
    """Return "png" or "jpg" and the bytes of a picture; what is neither is refused: it would be served as one."""
    kind, data = given.get(kind_name), given.get(data_name)
    if not isinstance(kind, str) or kind not in PICTURES:
        raise wrong(kind_name)
    try:
        content = base64.b64decode(data if isinstance(data, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise wrong(data_name) from None
    if not content.startswith(PICTURES[kind]):
        raise wrong(data_name)
    return kind, content
