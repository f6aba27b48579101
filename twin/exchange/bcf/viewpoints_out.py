"""Viewpoints → bcf-client's classes, by the rules of each version for cameras, lists and pictures."""

import math
import struct
from collections.abc import Sequence
from typing import Any

import bcf.v2.model as v2
import bcf.v3.model as v3

from twin.exchange.bcf.notices import Notices
from twin.exchange.bcf.plain import COLOR, IFC_GUID, writable
from twin.values.sentence import say
from twin.values.topic import Bitmap, Camera, Coloring, Component, Snapshot, Triple, Viewpoint

MOST_COMPONENTS = 1000  # of one list, in 3.0
NARROWEST, WIDEST = 45.0, 60.0  # field of view of 2.1
ASPECT = 4 / 3  # where nobody says
# 3.0 demands a camera; for viewpoints of 2.1 without one: from above onto the origin
NO_CAMERA = Camera((0.0, 0.0, 100.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), view_height=100.0)


def viewpoint_2_1(viewpoint: Viewpoint, notices: Notices) -> tuple[v2.VisualizationInfo, dict[str, bytes]]:
    """Return a viewpoint of BCF 2.1, and the pictures that stand in it: name in the topic's folder → bytes."""
    camera = viewpoint.camera
    bitmaps, pictures = _named_bitmaps(viewpoint.bitmaps, notices)
    info = v2.VisualizationInfo(
        guid=viewpoint.guid.lower(),
        components=_components_2_1(viewpoint),
        perspective_camera=(
            v2.PerspectiveCamera(field_of_view=_narrowed(camera.field_of_view, notices), **_place(camera, v2))
            if camera and camera.field_of_view is not None
            else None
        ),
        orthogonal_camera=(
            v2.OrthogonalCamera(view_to_world_scale=camera.view_height, **_place(camera, v2))
            if camera and camera.view_height is not None
            else None
        ),
        lines=v2.VisualizationInfoLines(line=_lines(viewpoint, v2)) if viewpoint.lines else None,
        clipping_planes=(
            v2.VisualizationInfoClippingPlanes(clipping_plane=_planes(viewpoint, v2))
            if viewpoint.clipping_planes
            else None
        ),
        bitmap=[
            v2.VisualizationInfoBitmap(bitmap=v2.BitmapFormat(b.format.upper()), **_standing(b, name, v2))
            for name, b in bitmaps
        ],
    )
    return info, pictures


def viewpoint_3_0(viewpoint: Viewpoint, notices: Notices) -> tuple[v3.VisualizationInfo, dict[str, bytes]]:
    """Return a viewpoint of BCF 3.0, and the pictures that stand in it: name in the topic's folder → bytes."""
    camera = viewpoint.camera
    if camera is None:
        camera = NO_CAMERA
        notices.add(
            say(
                "{count} viewpoints have no camera, which BCF 3.0 demands; they look at the origin from above.", count=1
            )
        )
    aspect = camera.aspect or _shape(viewpoint.snapshot)
    bitmaps, pictures = _named_bitmaps(viewpoint.bitmaps, notices)
    made = [v3.Bitmap(format=v3.BitmapFormat(b.format.lower()), **_standing(b, name, v3)) for name, b in bitmaps]
    info = v3.VisualizationInfo(
        guid=viewpoint.guid.lower(),
        components=_components_3_0(viewpoint, notices),
        perspective_camera=(
            v3.PerspectiveCamera(field_of_view=camera.field_of_view, aspect_ratio=aspect, **_place(camera, v3))
            if camera.field_of_view is not None
            else None
        ),
        orthogonal_camera=(
            v3.OrthogonalCamera(
                view_to_world_scale=camera.view_height or 1.0, aspect_ratio=aspect, **_place(camera, v3)
            )
            if camera.field_of_view is None
            else None
        ),
        lines=v3.VisualizationInfoLines(line=_lines(viewpoint, v3)) if viewpoint.lines else None,
        clipping_planes=(
            v3.VisualizationInfoClippingPlanes(clipping_plane=_planes(viewpoint, v3))
            if viewpoint.clipping_planes
            else None
        ),
        bitmaps=v3.VisualizationInfoBitmaps(bitmap=made) if made else None,
    )
    return info, pictures


def _components_2_1(viewpoint: Viewpoint) -> v2.Components | None:
    """Return the components; what is seen must be said in 2.1, and a colour has its components right inside."""
    selection = _named(viewpoint.selection, v2)
    colors = [(c.color.upper(), _named(c.components, v2)) for c in _sound(viewpoint.coloring)]
    seen = viewpoint.visibility
    if seen is None and not selection and not colors:
        return None
    exceptions = _named(seen.exceptions, v2) if seen else []
    return v2.Components(
        view_setup_hints=(
            v2.ViewSetupHints(
                spaces_visible=seen.spaces,
                space_boundaries_visible=seen.space_boundaries,
                openings_visible=seen.openings,
            )
            if seen
            else None
        ),
        selection=v2.ComponentSelection(component=selection) if selection else None,
        visibility=v2.ComponentVisibility(
            default_visibility=seen.default if seen else True,
            exceptions=v2.ComponentVisibilityExceptions(component=exceptions) if exceptions else None,
        ),
        coloring=(
            v2.ComponentColoring(
                color=[
                    v2.ComponentColoringColor(color=color, component=members) for color, members in colors if members
                ]
            )
            if any(members for _, members in colors)
            else None
        ),
    )


def _components_3_0(viewpoint: Viewpoint, notices: Notices) -> v3.Components | None:
    """Return the components, none of whose lists is longer than 3.0 allows."""
    selection = _few(_named(viewpoint.selection, v3), notices)
    colors = [
        v3.ComponentColoringColor(
            color=coloring.color.upper(), components=v3.ComponentColoringColorComponents(component=members)
        )
        for coloring in _sound(viewpoint.coloring)
        if (members := _few(_named(coloring.components, v3), notices))
    ]
    seen = viewpoint.visibility
    if seen is None and not selection and not colors:
        return None
    exceptions = _few(_named(seen.exceptions, v3), notices) if seen else []
    visibility = (
        v3.ComponentVisibility(
            default_visibility=seen.default,
            view_setup_hints=v3.ViewSetupHints(
                spaces_visible=seen.spaces,
                space_boundaries_visible=seen.space_boundaries,
                openings_visible=seen.openings,
            ),
            exceptions=v3.ComponentVisibilityExceptions(component=exceptions) if exceptions else None,
        )
        if seen
        else v3.ComponentVisibility(default_visibility=True)
    )
    return v3.Components(
        selection=v3.ComponentSelection(component=selection) if selection else None,
        visibility=visibility,
        coloring=v3.ComponentColoring(color=colors) if colors else None,
    )


def _named(components: Sequence[Component], version: Any) -> list[Any]:
    """Return the components that have a name that can be written."""
    made = []
    for component in components:
        guid = component.ifc_guid if IFC_GUID.fullmatch(component.ifc_guid) else None
        tool = writable(component.authoring_tool_id) or None
        if guid or tool:
            system = writable(component.originating_system) or None
            made.append(version.Component(ifc_guid=guid, originating_system=system, authoring_tool_id=tool))
    return made


def _sound(coloring: Sequence[Coloring]) -> list[Coloring]:
    return [one for one in coloring if COLOR.fullmatch(one.color.upper())]


def _few(components: list[Any], notices: Notices) -> list[Any]:
    if len(components) > MOST_COMPONENTS:
        notices.add(
            say(
                "{count} lists of components are longer than the 1000 that BCF 3.0 allows; the rest was left out.",
                count=1,
            )
        )
    return components[:MOST_COMPONENTS]


def _point(at: Triple, version: Any) -> Any:
    return version.Point(x=float(at[0]), y=float(at[1]), z=float(at[2]))


def _direction(to: Triple, version: Any) -> Any:
    return version.Direction(x=float(to[0]), y=float(to[1]), z=float(to[2]))


def _place(camera: Camera, version: Any) -> dict[str, Any]:
    return {
        "camera_view_point": _point(camera.position, version),
        "camera_direction": _direction(camera.direction, version),
        "camera_up_vector": _direction(camera.up, version),
    }


def _narrowed(angle: float, notices: Notices) -> float:
    """Return the angle that 2.1 can say."""
    if NARROWEST <= angle <= WIDEST:
        return angle
    notices.add(
        say(
            "{count} cameras see a wider or narrower field than the 45 to 60 degrees of BCF 2.1; it was adjusted.",
            count=1,
        )
    )
    return min(max(angle, NARROWEST), WIDEST)


def _lines(viewpoint: Viewpoint, version: Any) -> list[Any]:
    return [
        version.Line(start_point=_point(line.start, version), end_point=_point(line.end, version))
        for line in viewpoint.lines
    ]


def _planes(viewpoint: Viewpoint, version: Any) -> list[Any]:
    return [
        version.ClippingPlane(location=_point(plane.location, version), direction=_direction(plane.direction, version))
        for plane in viewpoint.clipping_planes
    ]


def _named_bitmaps(bitmaps: Sequence[Bitmap], notices: Notices) -> tuple[list[tuple[str, Bitmap]], dict[str, bytes]]:
    """Return the bitmaps whose bytes are there, each with a name of its own in the topic's folder."""
    named: list[tuple[str, Bitmap]] = []
    pictures: dict[str, bytes] = {}
    for bitmap in bitmaps:
        if bitmap.content is None:
            notices.add(
                say("{count} pictures in viewpoints are not there to be sent along, and were left out.", count=1)
            )
            continue
        name = writable(bitmap.reference).replace("\\", "/").rpartition("/")[2]
        if name in ("", ".", "..", "markup.bcf") or name.startswith(("viewpoint", "snapshot")) or ":" in name:
            name = f"bitmap_{len(named)}.{bitmap.format}"
        if pictures.setdefault(name, bitmap.content) != bitmap.content:
            name = f"{len(named)}_{name}"
            pictures[name] = bitmap.content
        named.append((name, bitmap))
    return named, pictures


def _standing(bitmap: Bitmap, name: str, version: Any) -> dict[str, Any]:
    return {
        "reference": name,
        "location": _point(bitmap.location, version),
        "normal": _direction(bitmap.normal, version),
        "up": _direction(bitmap.up, version),
        "height": float(bitmap.height),
    }


def _shape(snapshot: Snapshot | None) -> float:
    """Return width / height of a PNG, read from its header; what is usual for anything else."""
    if snapshot is None or not snapshot.content.startswith(b"\x89PNG\r\n\x1a\n") or len(snapshot.content) < 24:
        return ASPECT
    width, height = struct.unpack(">II", snapshot.content[16:24])
    shape = width / height if height else 0.0
    return shape if 0 < shape < math.inf else ASPECT
