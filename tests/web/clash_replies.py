"""Topics and files that the tests of BCF files send, and what is shown of a topic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.bcf.files import VERSION_2_1, archive, file_2_1, topic_2_1
from tests.web import clash_samples
from twin.values.topic import Component, Topic, Viewpoint, Visibility

# of a viewpoint, as BCF-API has it
CAMERA = {
    "camera_view_point": {"x": 0, "y": -9.5, "z": 2},
    "camera_direction": {"x": 0, "y": 1, "z": 0},
    "camera_up_vector": {"x": 0, "y": 0, "z": 1},
    "field_of_view": 60,
    "aspect_ratio": 1.5,
}
NOW = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)


def bare(**changes: Any) -> Topic:
    return Topic("0b000000-0000-4000-8000-000000000001", "T", NOW, "a@b", type="Issue", status="Open", **changes)


def seeing(*global_ids: str) -> Sequence[Viewpoint]:
    camera = clash_samples.foreign().viewpoints[0].camera
    selected = [Component(name) for name in global_ids]
    return [Viewpoint("0c000000-0000-4000-8000-000000000001", camera, selected)]


HOSTILE = {
    "no zip": b"PK\x03\x04 nothing",
    "empty": b"",
    "no version": archive({"a/markup.bcf": topic_2_1()}),
    "leads out": archive({"bcf.version": VERSION_2_1, "../evil": b"x"}),
    "bomb": archive({"bcf.version": VERSION_2_1, "huge.png": bytes(32 * 1024 * 1024)}),
    "entities": file_2_1('<!DOCTYPE a [<!ENTITY b "c">]>' + topic_2_1()),
    "no xml": file_2_1("<Markup>"),
}


def wide() -> Sequence[Viewpoint]:
    """Return a viewpoint with a field of view that BCF 2.1 does not know."""
    (view,) = seeing(f"{1:022d}")
    assert view.camera is not None
    return [replace(view, camera=replace(view.camera, view_height=None, field_of_view=100.0, aspect=1.5))]


def in_3_0(topic: Topic) -> Topic:
    """Return a topic with what BCF 3.0 wants to be said."""
    views = [
        replace(
            view,
            visibility=view.visibility or Visibility(default=True),
            camera=view.camera and replace(view.camera, aspect=view.camera.aspect or 1.0),
        )
        for view in topic.viewpoints
    ]
    return replace(topic, viewpoints=views)


def shown(topic: Topic) -> dict[str, Any]:
    """Return what the twin shows of a topic."""
    return {
        "facts": replace(
            topic, comments=(), viewpoints=(), files=(), document_references=(), bim_snippet=None, index=None
        ),
        "comments": sorted(topic.comments, key=lambda comment: (comment.date, comment.guid)),
        "viewpoints": [
            (v.guid, v.camera, tuple(v.selection), tuple(v.coloring), v.visibility, v.snapshot and v.snapshot.content)
            for v in topic.viewpoints
        ],
        "planes": [(tuple(v.lines), tuple(v.clipping_planes)) for v in topic.viewpoints],
        "documents": [(d.url, d.description) for d in topic.document_references if d.url],
        "files": [(f.filename, f.ifc_project, f.date) for f in topic.files],
    }
