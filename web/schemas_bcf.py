"""JSON schemas of BCF-API 3.0: as it is answered, and of what programs send."""

from typing import Any

from web.schema_words import NUMBER, TEXT, TIME, listed, named, obj, or_null

Schema = dict[str, Any]

_TEXTS = listed(TEXT)
_TRUTH: Schema = {"type": "boolean"}
_GUID: Schema = {"type": "string", "format": "uuid"}
_POINT = obj(dict.fromkeys("xyz", NUMBER))
_KIND: Schema = {"enum": ["png", "jpg"]}
_COMPONENT_WORDS = ("ifc_guid", "originating_system", "authoring_tool_id")
_COMPONENTS = listed(obj(dict.fromkeys(_COMPONENT_WORDS, TEXT), optional=_COMPONENT_WORDS))
_COLORING = listed(obj({"color": {"type": "string", "pattern": "^[0-9A-F]{6,8}$"}, "components": _COMPONENTS}))
_VISIBILITY = obj(
    {
        "default_visibility": _TRUTH,
        "exceptions": _COMPONENTS,
        "view_setup_hints": obj(
            dict.fromkeys(("spaces_visible", "space_boundaries_visible", "openings_visible"), _TRUTH)
        ),
    },
    optional=("view_setup_hints",),
)
_CAMERA = {
    **dict.fromkeys(("camera_view_point", "camera_direction", "camera_up_vector"), _POINT),
    "aspect_ratio": {"type": "number", "exclusiveMinimum": 0},
}
_VIEWPOINT: dict[str, Schema] = {
    "index": {"type": "integer"},
    "perspective_camera": obj(_CAMERA | {"field_of_view": NUMBER}),
    "orthogonal_camera": obj(_CAMERA | {"view_to_world_scale": NUMBER}),
    "lines": listed(obj({"start_point": _POINT, "end_point": _POINT})),
    "clipping_planes": listed(obj({"location": _POINT, "direction": _POINT})),
}
_SNIPPET = obj({"snippet_type": TEXT, "is_external": _TRUTH, "reference": TEXT, "reference_schema": TEXT})
_TOPIC: dict[str, Schema] = {
    **dict.fromkeys(("topic_type", "topic_status", "priority", "assigned_to", "stage", "description"), TEXT),
    **dict.fromkeys(("reference_links", "labels"), _TEXTS),
    "index": {"type": "integer"},
    "bim_snippet": _SNIPPET,
    "due_date": TIME,
}
_COMMENT: dict[str, Schema] = {
    **dict.fromkeys(("guid", "author", "comment", "topic_guid", "viewpoint_guid", "modified_author"), TEXT),
    **dict.fromkeys(("date", "modified_date"), TIME),
}
_FILE_WORDS = ("ifc_project", "ifc_spatial_structure_element", "filename", "reference")
_EVENT = obj(
    {
        "topic_guid": TEXT,
        "date": TIME,
        "author": TEXT,
        "actions": listed(obj({"type": TEXT, "value": or_null(TEXT)})),
    }
)


def _allowed(**lists: Schema) -> Schema:
    return obj(dict(lists), optional=("topic_status",) if "topic_status" in lists else ())


def _given(members: dict[str, Schema], *required: str) -> Schema:
    """Return the schema of what is sent: null is as good as nothing, and what is not known is ignored."""
    return {
        "type": "object",
        "properties": {name: schema if name in required else or_null(schema) for name, schema in members.items()},
        "required": list(required),
    }


_ACTIONS = ("project_actions", "topic_actions", "comment_actions")
_WORDS = ("topic_type", "topic_status", "topic_label", "snippet_type", "priority", "users", "stage")
_COMMENT_OPTIONAL = ("viewpoint_guid", "modified_date", "modified_author", "authorization")

BCF_SCHEMAS: dict[str, Schema] = {
    "BcfVersions": obj(
        {
            "versions": listed(
                obj(
                    {"api_id": {"enum": ["foundation", "bcf"]}, "version_id": TEXT, "api_base_url": TEXT},
                    optional=("api_base_url",),
                )
            )
        }
    ),
    "BcfAuth": obj({"http_basic_supported": _TRUTH, "supported_oauth2_flows": _TEXTS}),
    "BcfUser": obj({"id": TEXT, "name": TEXT}),
    "BcfProject": obj(
        {"project_id": _GUID, "name": TEXT, "authorization": _allowed(project_actions=_TEXTS)},
        optional=("authorization",),
    ),
    "BcfProjects": listed(named("BcfProject")),
    "BcfExtensions": obj(dict.fromkeys((*_WORDS, *_ACTIONS), _TEXTS)),
    "BcfTopic": obj(
        {
            "guid": _GUID,
            **dict.fromkeys(("server_assigned_id", "title", "creation_author", "modified_author"), TEXT),
            **dict.fromkeys(("creation_date", "modified_date"), TIME),
            **_TOPIC,
            "authorization": _allowed(topic_actions=_TEXTS, topic_status=_TEXTS),
        },
        optional=(*_TOPIC, "modified_date", "modified_author", "authorization"),
    ),
    "BcfTopics": listed(named("BcfTopic")),
    "BcfTopicGiven": _given({"guid": _GUID, "title": TEXT, **_TOPIC}, "title"),
    "BcfFile": obj(dict.fromkeys(_FILE_WORDS, TEXT) | {"date": TIME}, optional=(*_FILE_WORDS, "date")),
    "BcfFiles": listed(named("BcfFile")),
    "BcfFilesInformation": listed(
        obj(
            {
                "display_information": listed(obj({"field_display_name": TEXT, "field_value": TEXT})),
                "file": named("BcfFile"),
            }
        )
    ),
    "BcfComment": obj(_COMMENT | {"authorization": _allowed(comment_actions=_TEXTS)}, optional=_COMMENT_OPTIONAL),
    "BcfComments": listed(named("BcfComment")),
    "BcfCommentGiven": _given({"guid": _GUID, "comment": TEXT, "viewpoint_guid": _GUID}),
    "BcfViewpoint": obj(
        {
            "guid": _GUID,
            **_VIEWPOINT,
            "snapshot": obj({"snapshot_type": _KIND}),
            "authorization": _allowed(viewpoint_actions=_TEXTS),
        },
        optional=(*_VIEWPOINT, "snapshot", "authorization"),
    ),
    "BcfViewpoints": listed(named("BcfViewpoint")),
    "BcfViewpointGiven": _given(
        {
            "guid": _GUID,
            **_VIEWPOINT,
            "snapshot": obj({"snapshot_type": _KIND, "snapshot_data": TEXT}),
            "bitmaps": listed(
                obj(
                    {
                        "bitmap_type": _KIND,
                        "bitmap_data": TEXT,
                        **dict.fromkeys(("location", "normal", "up"), _POINT),
                        "height": NUMBER,
                    }
                )
            ),
            "components": _given({"selection": _COMPONENTS, "coloring": _COLORING, "visibility": _VISIBILITY}),
        }
    ),
    "BcfSelection": obj({"selection": _COMPONENTS}),
    "BcfColoring": obj({"coloring": _COLORING}),
    "BcfVisibility": obj({"visibility": _VISIBILITY}),
    "BcfRelatedTopics": listed(obj({"related_topic_guid": TEXT})),
    "BcfDocumentReferences": listed(
        obj(
            {"guid": TEXT, "document_guid": TEXT, "url": TEXT, "description": TEXT},
            optional=("document_guid", "url", "description"),
        )
    ),
    "BcfEvents": listed(_EVENT),
}
