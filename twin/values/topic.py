"""Issues as people exchange them between programs (BCF): topics, comments, viewpoints.

Coordinates are metres in the IFC models' own world coordinates, z up; angles are degrees; times are UTC.  An empty
string or None means: not said.  GUIDs are lower-case UUIDs; components are named by their 22-letter GlobalIds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from twin.values.sentence import Sentence

Triple = tuple[float, float, float]

VERSIONS = ("2.1", "3.0")  # that can be written; 2.0 is read too


@dataclass(frozen=True, slots=True)
class Component:
    """An element that a viewpoint speaks of; at least one of the first and the last is said."""

    ifc_guid: str = ""
    originating_system: str = ""
    authoring_tool_id: str = ""


@dataclass(frozen=True, slots=True)
class Coloring:
    """Components in one colour: "RRGGBB", or "AARRGGBB" with alpha first, upper-case hexadecimal."""

    color: str
    components: Sequence[Component]


@dataclass(frozen=True, slots=True)
class Visibility:
    """What is seen: all components (`default`) or none, but for the exceptions; and the classes that hide others."""

    default: bool = True
    exceptions: Sequence[Component] = ()
    spaces: bool = False
    space_boundaries: bool = False
    openings: bool = False


@dataclass(frozen=True, slots=True)
class Camera:
    """Where somebody stood; exactly one of `field_of_view` (perspective) and `view_height` (orthogonal) is given.

    direction, up : of any length but 0
    field_of_view : vertical, degrees
    view_height : metres of the model from the lower to the upper edge of the picture
    aspect : width / height of the picture, None where it is not said (BCF 2.1 cannot)
    """

    position: Triple
    direction: Triple
    up: Triple
    field_of_view: float | None = None
    view_height: float | None = None
    aspect: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line drawn into the model."""

    start: Triple
    end: Triple


@dataclass(frozen=True, slots=True)
class ClippingPlane:
    """A plane that cuts off what lies on the side that its direction points to."""

    location: Triple
    direction: Triple


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture ("png" or "jpg") that stands in the model, `height` metres high; None without its bytes."""

    format: str
    reference: str
    location: Triple
    normal: Triple
    up: Triple
    height: float
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture of a viewpoint: bytes, and "png" or "jpg"."""

    content: bytes
    format: str = "png"


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """What was looked at, and how. `visibility` None: nothing is said of it."""

    guid: str
    camera: Camera | None = None
    selection: Sequence[Component] = ()
    visibility: Visibility | None = None
    coloring: Sequence[Coloring] = ()
    lines: Sequence[Line] = ()
    clipping_planes: Sequence[ClippingPlane] = ()
    bitmaps: Sequence[Bitmap] = ()
    snapshot: Snapshot | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said; `viewpoint` is the GUID of the viewpoint it is about."""

    guid: str
    date: datetime
    author: str
    text: str = ""
    viewpoint: str = ""
    modified_date: datetime | None = None
    modified_author: str = ""


@dataclass(frozen=True, slots=True)
class HeaderFile:
    """A model that a topic is about: GlobalIds of its IfcProject and of a part of it, its name, date and address.

    content : bytes of a model that is sent along (then it is not external)
    """

    filename: str = ""
    ifc_project: str = ""
    ifc_spatial_structure_element: str = ""
    date: datetime | None = None
    reference: str = ""
    external: bool = True
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A document of a topic: an address (`url`) or the GUID of one that is sent along (`document`)."""

    guid: str = ""
    description: str = ""
    url: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is sent along; content None where the file lacks it."""

    guid: str
    filename: str
    description: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class BimSnippet:
    """A piece of model data: its kind, the address of its schema, and its file or address."""

    type: str
    schema: str
    reference: str
    external: bool = False
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One issue."""

    guid: str
    title: str
    creation_date: datetime
    creation_author: str
    type: str = ""
    status: str = ""
    priority: str = ""
    index: int | None = None
    labels: Sequence[str] = ()
    modified_date: datetime | None = None
    modified_author: str = ""
    due_date: datetime | None = None
    assigned_to: str = ""
    stage: str = ""
    description: str = ""
    server_assigned_id: str = ""
    reference_links: Sequence[str] = ()
    related_topics: Sequence[str] = ()
    document_references: Sequence[DocumentReference] = ()
    bim_snippet: BimSnippet | None = None
    files: Sequence[HeaderFile] = ()
    comments: Sequence[Comment] = ()
    viewpoints: Sequence[Viewpoint] = ()


@dataclass(frozen=True, slots=True)
class Extensions:
    """The words a project allows for types, statuses and so on; an empty list means that nothing is said."""

    topic_types: Sequence[str] = ()
    topic_statuses: Sequence[str] = ()
    priorities: Sequence[str] = ()
    topic_labels: Sequence[str] = ()
    users: Sequence[str] = ()
    snippet_types: Sequence[str] = ()
    stages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BcfFile:
    """A BCF file: its topics in the order of the file.

    others : files in it that no topic refers to, name in the archive → bytes
    notices : what was mended or could not be kept when it was read
    """

    version: str = "3.0"
    project_id: str = ""
    project_name: str = ""
    extensions: Extensions = field(default_factory=Extensions)
    topics: Sequence[Topic] = ()
    documents: Sequence[Document] = ()
    others: Mapping[str, bytes] = field(default_factory=dict)
    notices: Sequence[Sentence] = ()
