"""`/bcf/3.0`: clashes and other topics for programs that speak BCF-API 3.0 (buildingSMART)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request

from twin.errors import InvalidInput, NotSignedIn
from twin.values.rights import Role
from web.bcf import api_json as told
from web.bcf.api import STRANGER, Board, project_code
from web.bcf.api_filter import asked, chosen
from web.bcf.files import project_guid
from web.bcf.pictures import Pictures
from web.changes_clashes import LONGEST_NAME
from web.responses import json_answer
from web.routes.asked import author, base_url, identity, json_body, judged_elements, language, store
from web.routes.table import LANG, Body, Parameter, Routes

routes = Routes()

VERSION, FOUNDATION = "3.0", "1.1"
BASE = f"/bcf/{VERSION}"
PROJECT = f"{BASE}/projects/<project_id>"
TOPIC = f"{PROJECT}/topics/<guid>"
COMMENT = f"{TOPIC}/comments/<comment>"
VIEWPOINT = f"{TOPIC}/viewpoints/<viewpoint>"
LARGEST = 20  # MB of a viewpoint with its picture

AUTHORIZATION = Parameter(
    "includeAuthorization",
    "true: also what may be done with each thing.",
    {"enum": ["true", "false"], "default": "false"},
)
SIGNING_IN = "How programs sign in: with a token in the header Authorization (Bearer)"
BY = Parameter("by", "Who, for the history, where nobody signs in.")
COUNT = {"type": "integer", "minimum": 0}
TOP, SKIP = Parameter("$top", "At most so many.", COUNT), Parameter("$skip", "Without the first ones.", COUNT)
FILTER = Parameter("$filter", "OData: topic_status eq 'Active' and creation_date gt 2026-06-01T00:00:00Z.")
ORDER = Parameter("$orderby", "OData: modified_date desc.")
LISTED = (FILTER, ORDER, TOP, SKIP)


def _pictures() -> Pictures:
    found: Pictures = current_app.extensions.setdefault("twin.bcf_pictures", Pictures())
    return found


def _who() -> str:
    return author(request.args.get("by", "").strip()[:LONGEST_NAME] or STRANGER)


def _board(project_id: str) -> Board:
    code = project_code(store(), project_id)
    return Board(store(), judged_elements(), _pictures(), code, language(), _who())


def _authorization() -> bool:
    given = request.args.get("includeAuthorization", "false")
    if given not in ("true", "false"):
        raise InvalidInput(
            "{name} is {value}: it must be one of {known}.",
            name="includeAuthorization",
            value=given[:50],
            known="true, false",
        )
    return given == "true"


def _given() -> Mapping[str, Any]:
    """Return the JSON object that a request brings; a viewpoint's has its picture in it."""
    return json_body(LARGEST)


def _versions() -> Response:
    return json_answer(
        {
            "versions": [
                {"api_id": "foundation", "version_id": FOUNDATION},
                {"api_id": "bcf", "version_id": VERSION, "api_base_url": f"{base_url()}{BASE}"},
            ]
        }
    )


@routes.get("/foundation/versions", "Which OpenCDE interfaces there are", needs=None, schema="BcfVersions")
def foundation_versions() -> Response:
    """Answer with the interfaces."""
    return _versions()


@routes.get(
    "/bcf/versions", "Which OpenCDE interfaces there are, where older programs look", needs=None, schema="BcfVersions"
)
def bcf_versions() -> Response:
    """Answer with the interfaces."""
    return _versions()


def _auth() -> Response:
    return json_answer({"http_basic_supported": False, "supported_oauth2_flows": []})


@routes.get(
    f"/foundation/{FOUNDATION}/auth",
    SIGNING_IN,
    needs=None,
    schema="BcfAuth",
)
def foundation_auth() -> Response:
    """Answer that there is neither OAuth2 nor Basic: a token needs none."""
    return _auth()


@routes.get(
    f"{BASE}/auth",
    SIGNING_IN,
    needs=None,
    schema="BcfAuth",
)
def bcf_auth() -> Response:
    """Answer that there is neither OAuth2 nor Basic: a token needs none."""
    return _auth()


def _user() -> Response:
    asks = identity()
    if asks.kind == "public":
        raise NotSignedIn("Sign in first: this is not public.")
    return json_answer({"id": asks.name or _who(), "name": _who()})


@routes.get(f"/foundation/{FOUNDATION}/current-user", "Who asks", needs=Role.PUBLIC, schema="BcfUser", asks=(BY,))
def foundation_user() -> Response:
    """Answer with who asks."""
    return _user()


@routes.get(f"{BASE}/current-user", "Who asks", needs=Role.PUBLIC, schema="BcfUser", asks=(BY,))
def bcf_user() -> Response:
    """Answer with who asks."""
    return _user()


@routes.get(f"{BASE}/projects", "The projects", needs=Role.VIEWER, schema="BcfProjects", asks=(AUTHORIZATION,))
def bcf_projects() -> Response:
    """Answer with the projects."""
    allowed = _authorization()
    found = [told.project_json(project_guid(p.code), p.name or p.code, allowed) for p in store().projects()]
    return json_answer(found)


@routes.get(
    PROJECT,
    "A project, by its GUID in BCF files or by its code",
    needs=Role.VIEWER,
    schema="BcfProject",
    asks=(AUTHORIZATION,),
)
def bcf_project(project_id: str) -> Response:
    """Answer with a project."""
    record, _ = store().project(project_code(store(), project_id))
    return json_answer(told.project_json(project_guid(record.code), record.name or record.code, _authorization()))


@routes.get(
    f"{PROJECT}/extensions",
    "The words that topics of a project use",
    needs=Role.VIEWER,
    schema="BcfExtensions",
    asks=(LANG,),
)
def bcf_extensions(project_id: str) -> Response:
    """Answer with words."""
    return json_answer(told.extensions_json(_board(project_id).words()))


@routes.get(f"{PROJECT}/files_information", "The models of a project", needs=Role.VIEWER, schema="BcfFilesInformation")
def bcf_files_information(project_id: str) -> Response:
    """Answer with models."""
    return json_answer(told.files_information_json(_board(project_id).all_files()))


@routes.get(
    f"{PROJECT}/topics",
    "The topics of a project: its groups of clashes, and those that came from elsewhere",
    needs=Role.VIEWER,
    schema="BcfTopics",
    asks=(*LISTED, AUTHORIZATION, LANG),
)
def bcf_topics(project_id: str) -> Response:
    """Answer with topics."""
    board, allowed = _board(project_id), _authorization()
    found = chosen(board.topics(), asked(request.args), told.topic_facts, told.TOPIC_FIELDS, told.TOPIC_SORTS)
    return json_answer([told.topic_json(t, own=board.is_own(t.guid), authorization=allowed) for t in found])


@routes.change(
    "POST",
    f"{PROJECT}/topics",
    "Add a topic",
    needs=Role.ENGINEER,
    body=Body(schema="BcfTopicGiven"),
    schema="BcfTopic",
    status=201,
    asks=(BY, AUTHORIZATION, LANG),
)
def bcf_add_topic(project_id: str) -> Response:
    """Add a topic and answer with it."""
    given = _given()
    topic = _board(project_id).create(given)
    return json_answer(told.topic_json(topic, own=False, authorization=_authorization()), status=201)


@routes.get(
    f"{PROJECT}/topics/events",
    "What happened to the topics of a project",
    needs=Role.VIEWER,
    schema="BcfEvents",
    asks=(*LISTED, LANG),
)
def bcf_events(project_id: str) -> Response:
    """Answer with what happened."""
    found = _board(project_id).all_events()
    return _events([event for guid, events in found for event in told.events_json(guid, events)])


@routes.get(f"{TOPIC}/events", "What happened to a topic", needs=Role.VIEWER, schema="BcfEvents", asks=(*LISTED, LANG))
def bcf_topic_events(project_id: str, guid: str) -> Response:
    """Answer with what happened."""
    return _events(told.events_json(guid.lower(), _board(project_id).events(guid)))


def _events(found: list[dict[str, Any]]) -> Response:
    return json_answer(chosen(found, asked(request.args), told.event_facts, told.EVENT_FIELDS, ("date",)))


@routes.get(TOPIC, "A topic", needs=Role.VIEWER, schema="BcfTopic", asks=(AUTHORIZATION, LANG))
def bcf_topic(project_id: str, guid: str) -> Response:
    """Answer with a topic."""
    board = _board(project_id)
    topic = board.topic(guid)
    return json_answer(told.topic_json(topic, own=board.is_own(topic.guid), authorization=_authorization()))


@routes.change(
    "PUT",
    TOPIC,
    "Change a topic as a whole; of a group of clashes status, person and date",
    needs=Role.ENGINEER,
    body=Body(schema="BcfTopicGiven"),
    schema="BcfTopic",
    asks=(BY, AUTHORIZATION, LANG),
)
def bcf_change_topic(project_id: str, guid: str) -> Response:
    """Change a topic and answer with it."""
    given, board = _given(), _board(project_id)
    topic = board.change(guid, given)
    return json_answer(told.topic_json(topic, own=board.is_own(topic.guid), authorization=_authorization()))


@routes.get(f"{TOPIC}/files", "The models that a topic is about", needs=Role.VIEWER, schema="BcfFiles")
def bcf_files(project_id: str, guid: str) -> Response:
    """Answer with models."""
    return json_answer([told.file_json(file) for file in _board(project_id).files(guid)])


@routes.get(
    f"{TOPIC}/related_topics", "The topics that a topic refers to", needs=Role.VIEWER, schema="BcfRelatedTopics"
)
def bcf_related_topics(project_id: str, guid: str) -> Response:
    """Answer with GUIDs."""
    return json_answer([{"related_topic_guid": found} for found in _board(project_id).topic(guid).related_topics])


@routes.get(
    f"{TOPIC}/document_references",
    "The documents that a topic refers to",
    needs=Role.VIEWER,
    schema="BcfDocumentReferences",
)
def bcf_document_references(project_id: str, guid: str) -> Response:
    """Answer with documents."""
    return json_answer([told.document_json(found) for found in _board(project_id).topic(guid).document_references])


@routes.get(
    f"{TOPIC}/comments",
    "What was said of a topic",
    needs=Role.VIEWER,
    schema="BcfComments",
    asks=(*LISTED, AUTHORIZATION, LANG),
)
def bcf_comments(project_id: str, guid: str) -> Response:
    """Answer with comments."""
    board, allowed = _board(project_id), _authorization()
    found = chosen(board.comments(guid), asked(request.args), told.comment_facts, told.COMMENT_FIELDS, ("date",))
    return json_answer([told.comment_json(comment, guid.lower(), allowed) for comment in found])


@routes.change(
    "POST",
    f"{TOPIC}/comments",
    "Say something of a topic",
    needs=Role.ENGINEER,
    body=Body(schema="BcfCommentGiven"),
    schema="BcfComment",
    status=201,
    asks=(BY, AUTHORIZATION, LANG),
)
def bcf_add_comment(project_id: str, guid: str) -> Response:
    """Keep a comment and answer with it."""
    comment = _board(project_id).say(guid, _given())
    return json_answer(told.comment_json(comment, guid.lower(), _authorization()), status=201)


@routes.get(COMMENT, "A comment", needs=Role.VIEWER, schema="BcfComment", asks=(AUTHORIZATION, LANG))
def bcf_comment(project_id: str, guid: str, comment: str) -> Response:
    """Answer with a comment."""
    return json_answer(told.comment_json(_board(project_id).comment(guid, comment), guid.lower(), _authorization()))


@routes.change(
    "PUT",
    COMMENT,
    "Change a comment",
    needs=Role.ENGINEER,
    body=Body(schema="BcfCommentGiven"),
    schema="BcfComment",
    asks=(BY, AUTHORIZATION, LANG),
)
def bcf_change_comment(project_id: str, guid: str, comment: str) -> Response:
    """Change a comment and answer with it."""
    found = _board(project_id).correct(guid, comment, _given())
    return json_answer(told.comment_json(found, guid.lower(), _authorization()))


@routes.get(
    f"{TOPIC}/viewpoints", "How a topic looks", needs=Role.VIEWER, schema="BcfViewpoints", asks=(AUTHORIZATION, LANG)
)
def bcf_viewpoints(project_id: str, guid: str) -> Response:
    """Answer with viewpoints."""
    allowed = _authorization()
    found = _board(project_id).viewpoints(guid)
    return json_answer([told.viewpoint_json(viewpoint, kind, allowed) for viewpoint, kind in found])


@routes.change(
    "POST",
    f"{TOPIC}/viewpoints",
    "Add a viewpoint to a topic",
    needs=Role.ENGINEER,
    body=Body(schema="BcfViewpointGiven"),
    schema="BcfViewpoint",
    status=201,
    asks=(BY, AUTHORIZATION, LANG),
)
def bcf_add_viewpoint(project_id: str, guid: str) -> Response:
    """Keep a viewpoint and answer with it."""
    found = _board(project_id).look(guid, _given())
    kind = found.snapshot.format if found.snapshot else None
    return json_answer(told.viewpoint_json(found, kind, _authorization()), status=201)


@routes.get(VIEWPOINT, "A viewpoint", needs=Role.VIEWER, schema="BcfViewpoint", asks=(AUTHORIZATION, LANG))
def bcf_viewpoint(project_id: str, guid: str, viewpoint: str) -> Response:
    """Answer with a viewpoint."""
    found, kind = _board(project_id).viewpoint(guid, viewpoint)
    return json_answer(told.viewpoint_json(found, kind, _authorization()))


@routes.get(f"{VIEWPOINT}/snapshot", "The picture of a viewpoint, PNG or JPEG", needs=Role.VIEWER, media_type="*/*")
def bcf_snapshot(project_id: str, guid: str, viewpoint: str) -> Response:
    """Answer with a picture."""
    content, kind = _board(project_id).snapshot(guid, viewpoint)
    return Response(content, content_type="image/png" if kind == "png" else "image/jpeg")


@routes.get(f"{VIEWPOINT}/selection", "The elements that a viewpoint selects", needs=Role.VIEWER, schema="BcfSelection")
def bcf_selection(project_id: str, guid: str, viewpoint: str) -> Response:
    """Answer with elements."""
    found, _ = _board(project_id).viewpoint(guid, viewpoint)
    return json_answer({"selection": told.components_json(found.selection)})


@routes.get(f"{VIEWPOINT}/coloring", "The elements that a viewpoint colours", needs=Role.VIEWER, schema="BcfColoring")
def bcf_coloring(project_id: str, guid: str, viewpoint: str) -> Response:
    """Answer with colours."""
    return json_answer(told.coloring_json(_board(project_id).viewpoint(guid, viewpoint)[0]))


@routes.get(
    f"{VIEWPOINT}/visibility", "The elements that a viewpoint shows or hides", needs=Role.VIEWER, schema="BcfVisibility"
)
def bcf_visibility(project_id: str, guid: str, viewpoint: str) -> Response:
    """Answer with what is seen."""
    return json_answer(told.visibility_json(_board(project_id).viewpoint(guid, viewpoint)[0]))
