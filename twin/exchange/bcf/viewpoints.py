"""Viewpoints as bcf-client's classes → values."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from twin.exchange.bcf.notices import Notices
from twin.exchange.bcf.plain import COLOR, IFC_GUID, text_of
from twin.values.sentence import say
from twin.values.topic import (
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


def read_viewpoint(
    info: Any,
    guid: str,
    index: int | None,
    snapshot: Snapshot | None,
    content: Callable[[str], bytes | None],
    notices: Notices,
) -> Viewpoint:
    """Return a viewpoint; `info` is a VisualizationInfo of either version, `guid` what the topic calls it.

    content : reference → bytes of a file in the topic's folder
    """
    components = info.components
    wrapped = getattr(info, "bitmaps", None)
    bitmaps = wrapped.bitmap if wrapped else getattr(info, "bitmap", [])
    coloring = components.coloring.color if components and components.coloring else []
    selection = components.selection.component if components and components.selection else []
    return Viewpoint(
        guid=guid,
        camera=_camera(info, notices),
        selection=_components(selection, notices),
        visibility=_visibility(components, notices),
        coloring=_colorings(coloring, notices),
        lines=tuple(_lines(info.lines.line if info.lines else [], notices)),
        clipping_planes=tuple(_planes(info.clipping_planes.clipping_plane if info.clipping_planes else [], notices)),
        bitmaps=tuple(_bitmaps(bitmaps, content, notices)),
        snapshot=snapshot,
        index=index,
    )


def _triple(found: Any) -> Triple:
    return (found.x, found.y, found.z)


def _finite(*triples: Triple) -> bool:
    return all(math.isfinite(number) for triple in triples for number in triple)


def _direction(triple: Triple) -> bool:
    return _finite(triple) and any(triple)


def _camera(info: Any, notices: Notices) -> Camera | None:
    """Return the camera; the perspective one where 2.1 has two."""
    found = info.perspective_camera or info.orthogonal_camera
    if found is None:
        return None
    aspect = getattr(found, "aspect_ratio", 0.0)
    camera = Camera(
        position=_triple(found.camera_view_point),
        direction=_triple(found.camera_direction),
        up=_triple(found.camera_up_vector),
        field_of_view=info.perspective_camera.field_of_view if info.perspective_camera else None,
        view_height=None if info.perspective_camera else info.orthogonal_camera.view_to_world_scale,
        aspect=aspect if math.isfinite(aspect) and aspect > 0 else None,
    )
    if info.perspective_camera and info.orthogonal_camera:
        notices.add(say("{count} viewpoints have two cameras; the orthogonal one was left out.", count=1))
    angle = camera.field_of_view
    wide = 0 < angle < 180 if angle is not None else 0 < (camera.view_height or 0.0) < math.inf
    if not (wide and _finite(camera.position) and _direction(camera.direction) and _direction(camera.up)):
        notices.add(say("{count} cameras have no direction, no angle or no place, and were left out.", count=1))
        return None
    return camera


def _components(found: Sequence[Any], notices: Notices) -> tuple[Component, ...]:
    kept = []
    for component in found:
        guid = text_of(component.ifc_guid).strip()
        if guid and not IFC_GUID.fullmatch(guid):
            notices.add(
                say(
                    "{count} components are named by what is no IFC GlobalId, {example} for one.",
                    count=1,
                    example=guid[:120],
                )
            )
            guid = ""
        tool = text_of(component.authoring_tool_id)
        if guid or tool:
            kept.append(Component(guid, text_of(component.originating_system), tool))
    return tuple(kept)


def _visibility(components: Any, notices: Notices) -> Visibility | None:
    """Return what is seen; 2.1 keeps the hints beside it, 3.0 inside, and they differ in what an unsaid one means."""
    if components is None or components.visibility is None:
        return None
    found = components.visibility
    old = hasattr(components, "view_setup_hints")
    hints = components.view_setup_hints if old else found.view_setup_hints
    # 2.1 leaves the default of DefaultVisibility open; 3.0 says false
    default = bool(found.default_visibility)
    return Visibility(
        default=default,
        exceptions=_components(found.exceptions.component if found.exceptions else [], notices),
        spaces=bool(hints and hints.spaces_visible),
        space_boundaries=bool(hints and hints.space_boundaries_visible),
        openings=bool(hints and hints.openings_visible),
    )


def _colorings(found: Sequence[Any], notices: Notices) -> tuple[Coloring, ...]:
    kept = []
    for one in found:
        color = text_of(one.color).strip().lstrip("#").upper()
        members = one.components.component if hasattr(one, "components") else one.component
        components = _components(members, notices)
        if not COLOR.fullmatch(color):
            notices.add(
                say(
                    "{count} colours are not written as RRGGBB and were left out; the first is {example}.",
                    count=1,
                    example=color[:120],
                )
            )
        elif components:
            kept.append(Coloring(color, components))
    return tuple(kept)


LEFT_OUT = say(
    "{count} lines, planes or pictures in viewpoints have no place or direction, and were left out.",
    count=1,
)


def _lines(found: Sequence[Any], notices: Notices) -> list[Line]:
    lines = [Line(_triple(line.start_point), _triple(line.end_point)) for line in found]
    kept = [line for line in lines if _finite(line.start, line.end)]
    _tell(len(lines) - len(kept), notices)
    return kept


def _planes(found: Sequence[Any], notices: Notices) -> list[ClippingPlane]:
    planes = [ClippingPlane(_triple(plane.location), _triple(plane.direction)) for plane in found]
    kept = [plane for plane in planes if _finite(plane.location) and _direction(plane.direction)]
    _tell(len(planes) - len(kept), notices)
    return kept


def _tell(lost: int, notices: Notices) -> None:
    for _ in range(lost):
        notices.add(LEFT_OUT)


def _bitmaps(found: Sequence[Any], content: Callable[[str], bytes | None], notices: Notices) -> list[Bitmap]:
    bitmaps = []
    for one in found:
        kind = (one.format if hasattr(one, "format") else one.bitmap).value.lower()
        bitmap = Bitmap(
            format=kind,
            reference=text_of(one.reference),
            location=_triple(one.location),
            normal=_triple(one.normal),
            up=_triple(one.up),
            height=one.height,
            content=content(one.reference),
        )
        sound = _finite(bitmap.location, (bitmap.height, 0.0, 0.0))
        if sound and _direction(bitmap.normal) and _direction(bitmap.up):
            bitmaps.append(bitmap)
        else:
            notices.add(LEFT_OUT)
    return bitmaps
