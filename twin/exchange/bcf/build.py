"""What an issue about two elements needs, so that other programs show it: selection, colours, header files."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from twin.values.topic import (
    Camera,
    Coloring,
    Comment,
    Component,
    HeaderFile,
    Snapshot,
    Topic,
    Viewpoint,
    Visibility,
)

SYSTEM = "City Twin"
NAMESPACE = uuid.UUID("5b2f1c3e-7a54-5f0e-9d0b-2f6f6f6b6366")  # of all GUIDs that are made here


def stable_guid(*parts: str) -> str:
    """Return a GUID that is the same whenever the parts are: exporting again updates, it does not add.

    >>> stable_guid("topic", "7") == stable_guid("topic", "7") != stable_guid("topic", "8")
    True
    """
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def components_of(global_ids: Sequence[str], originating_system: str = SYSTEM) -> tuple[Component, ...]:
    """Return components named by their IFC GlobalIds, each once; the system is the program that wrote the model."""
    return tuple(Component(guid, originating_system) for guid in dict.fromkeys(global_ids))


def hex_color(rgb: tuple[int, int, int]) -> str:
    """Return a colour of 0 to 255 as BCF writes it.

    >>> hex_color((214, 69, 65))
    'D64541'
    """
    return "".join(f"{part:02X}" for part in rgb)


def clash_viewpoint(
    guid: str,
    camera: Camera,
    a: Sequence[Component],
    b: Sequence[Component],
    colors: tuple[tuple[int, int, int], tuple[int, int, int]],
    snapshot: Snapshot | None = None,
    alone: bool = False,
) -> Viewpoint:
    """Return the viewpoint of a clash: both sides selected, each in its colour.

    a, b : components of either side; more than one where the clashes of a group share an element
    colors : red, green, blue of 0 to 255 of a and of b
    alone : hide all other elements, for programs that have no ghosts
    """
    both = tuple(dict.fromkeys([*a, *b]))
    only_b = tuple(component for component in b if component not in a)
    sides = ((hex_color(colors[0]), tuple(a)), (hex_color(colors[1]), only_b))
    return Viewpoint(
        guid=guid,
        camera=camera,
        selection=both,
        visibility=Visibility(default=False, exceptions=both) if alone else Visibility(default=True),
        coloring=tuple(Coloring(color, side) for color, side in sides if side),
        snapshot=snapshot,
    )


def header_file(filename: str, ifc_project: str = "", date: datetime | None = None, reference: str = "") -> HeaderFile:
    """Return how a topic names a model: its file name, the GlobalId of its IfcProject, its date, where it lies."""
    return HeaderFile(filename=filename, ifc_project=ifc_project, date=date, reference=reference)


def with_opening_comment(topic: Topic, text: str) -> Topic:
    """Return the topic with a first comment that points to its first viewpoint, which some programs need to show it.

    Its GUID and its time are the topic's own, so that it is not added twice.
    """
    if not topic.viewpoints:
        return topic
    first = Comment(
        guid=stable_guid("opening comment", topic.guid),
        date=topic.creation_date,
        author=topic.creation_author,
        text=text,
        viewpoint=topic.viewpoints[0].guid,
    )
    if any(comment.guid == first.guid for comment in topic.comments):
        return topic
    return replace(topic, comments=(first, *topic.comments))
