"""Topics, comments and viewpoints as the JSON of BCF-API 3.0. What is not said is left out, as the standard allows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from twin.values.clash import ClashStatus
from twin.values.topic import (
    BimSnippet,
    Camera,
    Comment,
    Component,
    DocumentReference,
    Extensions,
    HeaderFile,
    Topic,
    Triple,
    Viewpoint,
)
from web.answers_facts import moment
from web.bcf.topics import TOPIC_TYPE
from web.changes_clashes import BY_HAND

PROJECT_ACTIONS = ["createTopic"]
TOPIC_ACTIONS = ["update", "createComment", "createViewpoint"]
COMMENT_ACTIONS = ["update"]
VIEWPOINT_ACTIONS: list[str] = []

Json = dict[str, Any]


def _said(values: Mapping[str, Any]) -> Json:
    return {name: value for name, value in values.items() if value is not None and value not in ("", [])}


def project_json(project_id: str, name: str, authorization: bool) -> Json:
    """Return a project."""
    found: Json = {"project_id": project_id, "name": name}
    return found | ({"authorization": {"project_actions": PROJECT_ACTIONS}} if authorization else {})


def extensions_json(words: Extensions) -> Json:
    """Return the words that topics of a project use, and what may be done."""
    return {
        "topic_type": list(words.topic_types),
        "topic_status": list(words.topic_statuses),
        "topic_label": list(words.topic_labels),
        "snippet_type": list(words.snippet_types),
        "priority": list(words.priorities),
        "users": list(words.users),
        "stage": list(words.stages),
        "project_actions": PROJECT_ACTIONS,
        "topic_actions": TOPIC_ACTIONS,
        "comment_actions": COMMENT_ACTIONS,
    }


def number_of(topic: Topic) -> str:
    """Return the short name of a topic, for people; one that came from elsewhere may have its own.

    >>> from datetime import UTC, datetime
    >>> number_of(Topic("5b2f1c3e-7a54-5f0e-9d0b-2f6f6f6b6366", "", datetime(2026, 1, 1, tzinfo=UTC), "", type="Clash"))
    'CLASH-5B2F1C3E7A'
    """
    kind = "CLASH" if topic.type == TOPIC_TYPE else "TOPIC"
    return topic.server_assigned_id or f"{kind}-{topic.guid.replace('-', '')[:10].upper()}"


def topic_json(topic: Topic, *, own: bool, authorization: bool) -> Json:
    """Return a topic; `own`: it is a group of clashes, which only some words can be said of."""
    found: Json = {
        "guid": topic.guid,
        "server_assigned_id": number_of(topic),
        "title": topic.title,
        "creation_date": moment(topic.creation_date),
        "creation_author": topic.creation_author,
    } | _said(
        {
            "topic_type": topic.type,
            "topic_status": topic.status,
            "reference_links": list(topic.reference_links),
            "priority": topic.priority,
            "index": topic.index,
            "labels": list(topic.labels),
            "modified_date": topic.modified_date and moment(topic.modified_date),
            "modified_author": topic.modified_author,
            "assigned_to": topic.assigned_to,
            "stage": topic.stage,
            "description": topic.description,
            "bim_snippet": topic.bim_snippet and _snippet(topic.bim_snippet),
            "due_date": topic.due_date and moment(topic.due_date),
        }
    )
    if authorization:
        found["authorization"] = {"topic_actions": TOPIC_ACTIONS} | ({"topic_status": _statuses(topic)} if own else {})
    return found


def _statuses(topic: Topic) -> list[str]:
    """Return the statuses that a group of clashes may be given: those of people, and the one it has."""
    known = [topic.status, *(status.value for status in BY_HAND)]
    return [status.value for status in ClashStatus if status.value in known]


def _snippet(snippet: BimSnippet) -> Json:
    return {
        "snippet_type": snippet.type,
        "is_external": snippet.external,
        "reference": snippet.reference,
        "reference_schema": snippet.schema,
    }


def topic_facts(topic: Topic) -> Json:
    """Return what topics are filtered and sorted by."""
    return {
        "guid": topic.guid,
        "title": topic.title,
        "server_assigned_id": number_of(topic),
        "topic_type": topic.type or None,
        "topic_status": topic.status or None,
        "priority": topic.priority or None,
        "labels": tuple(topic.labels),
        "assigned_to": topic.assigned_to or None,
        "stage": topic.stage or None,
        "creation_author": topic.creation_author or None,
        "modified_author": topic.modified_author or None,
        "creation_date": topic.creation_date,
        "modified_date": topic.modified_date,
        "due_date": topic.due_date,
        "index": None if topic.index is None else float(topic.index),
    }


TOPIC_FIELDS = (
    *("topic_status", "topic_type", "creation_date", "modified_date", "assigned_to", "labels", "priority", "stage"),
    *("creation_author", "modified_author", "due_date", "title", "guid", "server_assigned_id"),
)
TOPIC_SORTS = ("creation_date", "modified_date", "server_assigned_id", "index", "due_date", "title", "topic_status")


def comment_json(comment: Comment, topic: str, authorization: bool) -> Json:
    """Return a comment of a topic."""
    found = {
        "guid": comment.guid,
        "date": moment(comment.date),
        "author": comment.author,
        "comment": comment.text,
        "topic_guid": topic,
    } | _said(
        {
            "viewpoint_guid": comment.viewpoint,
            "modified_date": comment.modified_date and moment(comment.modified_date),
            "modified_author": comment.modified_author,
        }
    )
    return found | ({"authorization": {"comment_actions": COMMENT_ACTIONS}} if authorization else {})


def file_json(file: HeaderFile) -> Json:
    """Return a model that a topic is about."""
    return _said(
        {
            "ifc_project": file.ifc_project,
            "ifc_spatial_structure_element": file.ifc_spatial_structure_element,
            "filename": file.filename,
            "date": file.date and moment(file.date),
            "reference": file.reference,
        }
    )


def document_json(reference: DocumentReference) -> Json:
    """Return a document that a topic refers to."""
    return {"guid": reference.guid} | _said(
        {"document_guid": reference.document, "url": reference.url, "description": reference.description}
    )


def _point(triple: Triple) -> Json:
    return dict(zip("xyz", triple, strict=True))


def viewpoint_json(viewpoint: Viewpoint, picture: str | None, authorization: bool) -> Json:
    """Return a viewpoint.

    picture : "png" or "jpg" where it has a snapshot
    """
    found = {"guid": viewpoint.guid} | _said(
        {
            "index": viewpoint.index,
            **({} if viewpoint.camera is None else _camera(viewpoint.camera)),
            "lines": [{"start_point": _point(line.start), "end_point": _point(line.end)} for line in viewpoint.lines],
            "clipping_planes": [
                {"location": _point(plane.location), "direction": _point(plane.direction)}
                for plane in viewpoint.clipping_planes
            ],
            "snapshot": picture and {"snapshot_type": picture},
        }
    )
    return found | ({"authorization": {"viewpoint_actions": VIEWPOINT_ACTIONS}} if authorization else {})


def _camera(camera: Camera) -> Json:
    found = {
        "camera_view_point": _point(camera.position),
        "camera_direction": _point(camera.direction),
        "camera_up_vector": _point(camera.up),
        "aspect_ratio": camera.aspect or 4 / 3,
    }
    if camera.field_of_view is None:
        return {"orthogonal_camera": found | {"view_to_world_scale": camera.view_height}}
    return {"perspective_camera": found | {"field_of_view": camera.field_of_view}}


def components_json(components: Iterable[Component]) -> list[Json]:
    """Return elements."""
    return [
        _said(
            {
                "ifc_guid": component.ifc_guid,
                "originating_system": component.originating_system,
                "authoring_tool_id": component.authoring_tool_id,
            }
        )
        for component in components
    ]


def coloring_json(viewpoint: Viewpoint) -> Json:
    """Return the colours of a viewpoint."""
    return {
        "coloring": [
            {"color": coloring.color, "components": components_json(coloring.components)}
            for coloring in viewpoint.coloring
        ]
    }


def visibility_json(viewpoint: Viewpoint) -> Json:
    """Return what of the model is seen; all of it where nothing is said."""
    seen = viewpoint.visibility
    if seen is None:
        return {"visibility": {"default_visibility": True, "exceptions": []}}
    return {
        "visibility": {
            "default_visibility": seen.default,
            "exceptions": components_json(seen.exceptions),
            "view_setup_hints": {
                "spaces_visible": seen.spaces,
                "space_boundaries_visible": seen.space_boundaries,
                "openings_visible": seen.openings,
            },
        }
    }


def events_json(topic: str, events: Iterable[tuple[str, str, str, str | None]]) -> list[Json]:
    """Return what happened to a topic: (time, who, kind, value) each, what happened at once together."""
    found: dict[tuple[str, str], list[Json]] = {}
    for at, by, kind, value in dict.fromkeys(events):
        found.setdefault((at, by), []).append({"type": kind, "value": value})
    return [{"topic_guid": topic, "date": at, "author": by, "actions": actions} for (at, by), actions in found.items()]


def files_information_json(files: Sequence[HeaderFile]) -> list[Json]:
    """Return the models that a topic of the project can be about, with what a person knows them by."""
    return [
        {
            "display_information": [
                {"field_display_name": "Model", "field_value": file.filename},
                {"field_display_name": "Date", "field_value": moment(file.date) if file.date else ""},
            ],
            "file": file_json(file),
        }
        for file in files
    ]


COMMENT_FIELDS = ("author", "date")
EVENT_FIELDS = ("topic_guid", "author", "type", "date")


def comment_facts(comment: Comment) -> Json:
    """Return what comments are filtered and sorted by."""
    return {"author": comment.author, "date": comment.date}


def event_facts(event: Json) -> Json:
    """Return what events are filtered and sorted by."""
    kinds = tuple(action["type"] for action in event["actions"])
    return {**event, "date": datetime.fromisoformat(event["date"]), "type": kinds[0] if len(kinds) == 1 else kinds}
