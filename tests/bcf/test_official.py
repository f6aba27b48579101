"""The official cases of buildingSMART: read without loss, beside an independent look into the same XML."""

import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tests.bcf.files import CASES, case, members, numbers, texts, tree
from twin.exchange.bcf import read
from twin.values.topic import BcfFile, Camera, Component, Topic, Viewpoint

pytestmark = pytest.mark.real_data


def time(text: str | None) -> datetime | None:
    """Return a time by the standard library alone: six digits of a second, UTC where no zone is said."""
    if not text:
        return None
    clean = text.strip().replace("Z", "+00:00")
    if "." in clean:
        whole, _, rest = clean.partition(".")
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        clean = f"{whole}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}"
    found = datetime.fromisoformat(clean)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def said(element: Element, name: str) -> str:
    text = element.findtext(name) or ""
    return text if text.strip() else ""


def components(element: Element | None, path: str) -> tuple[Component, ...]:
    found = element.findall(path) if element is not None else []
    return tuple(
        Component(c.get("IfcGuid", ""), said(c, "OriginatingSystem"), said(c, "AuthoringToolId")) for c in found
    )


def check_comment(new: Any, element: Element) -> None:
    viewpoint = element.find("Viewpoint")
    assert new.guid == element.attrib["Guid"].lower()
    assert new.text == said(element, "Comment")
    assert (new.author, new.modified_author) == (said(element, "Author"), said(element, "ModifiedAuthor"))
    assert (new.date, new.modified_date) == (time(element.findtext("Date")), time(element.findtext("ModifiedDate")))
    assert new.viewpoint == (viewpoint.attrib["Guid"].lower() if viewpoint is not None else "")


def check_camera(camera: Camera | None, info: Element) -> None:
    perspective, orthogonal = info.find("PerspectiveCamera"), info.find("OrthogonalCamera")
    element = perspective if perspective is not None else orthogonal
    assert element is not None
    assert camera is not None
    assert camera.position == numbers(element.find("CameraViewPoint"))
    assert camera.direction == numbers(element.find("CameraDirection"))
    assert camera.up == numbers(element.find("CameraUpVector"))
    aspect = element.findtext("AspectRatio")
    assert camera.aspect == (float(aspect) if aspect else None)
    assert camera.field_of_view == (float(element.findtext("FieldOfView") or 0) if perspective is not None else None)
    assert camera.view_height == (float(element.findtext("ViewToWorldScale") or 0) if perspective is None else None)


def check_viewpoint(new: Viewpoint, entry: Element, files: dict[str, bytes], folder: str) -> None:
    assert new.guid == entry.attrib["Guid"].lower()
    assert new.index == (int(said(entry, "Index")) if said(entry, "Index") else None)
    assert new.snapshot is not None
    assert new.snapshot.content == files[f"{folder}/{entry.findtext('Snapshot')}"]
    assert new.snapshot.content.startswith(b"\x89PNG")
    info = tree(files[f"{folder}/{entry.findtext('Viewpoint')}"])
    check_camera(new.camera, info)
    assert new.selection == components(info, "Components/Selection/Component")
    visibility = info.find("Components/Visibility")
    assert (new.visibility is None) == (visibility is None)
    if new.visibility is not None and visibility is not None:
        assert new.visibility.default == (visibility.get("DefaultVisibility") == "true")
        assert new.visibility.exceptions == components(visibility, "Exceptions/Component")
        hints = info.find(".//ViewSetupHints")
        assert hints is not None
        found = (new.visibility.spaces, new.visibility.space_boundaries, new.visibility.openings)
        names = ("SpacesVisible", "SpaceBoundariesVisible", "OpeningsVisible")
        assert found == tuple(hints.get(name) == "true" for name in names)
    colors = info.findall("Components/Coloring/Color")
    assert [c.color for c in new.coloring] == [c.attrib["Color"] for c in colors]
    assert [c.components for c in new.coloring] == [components(c, ".//Component") for c in colors]
    lines = info.findall("Lines/Line")
    assert [(n.start, n.end) for n in new.lines] == [
        (numbers(e.find("StartPoint")), numbers(e.find("EndPoint"))) for e in lines
    ]
    planes = info.findall("ClippingPlanes/ClippingPlane")
    assert [(n.location, n.direction) for n in new.clipping_planes] == [
        (numbers(e.find("Location")), numbers(e.find("Direction"))) for e in planes
    ]
    bitmaps = [e for e in info.iter("Bitmap") if len(e)]
    assert [(n.location, n.normal, n.up, n.height) for n in new.bitmaps] == [
        (*(numbers(e.find(name)) for name in ("Location", "Normal", "Up")), float(e.findtext("Height") or 0))
        for e in bitmaps
    ]
    assert [n.content for n in new.bitmaps] == [files[f"{folder}/{e.findtext('Reference')}"] for e in bitmaps]


def check_topic(new: Topic, markup: Element) -> None:
    element = markup.find("Topic")
    assert element is not None
    assert new.guid == element.attrib["Guid"].lower()
    assert (new.type, new.status) == (element.get("TopicType", ""), element.get("TopicStatus", ""))
    assert new.server_assigned_id == element.get("ServerAssignedId", "")
    for field, name in (
        ("title", "Title"),
        ("priority", "Priority"),
        ("creation_author", "CreationAuthor"),
        ("modified_author", "ModifiedAuthor"),
        ("assigned_to", "AssignedTo"),
        ("stage", "Stage"),
        ("description", "Description"),
    ):
        assert getattr(new, field) == said(element, name), field
    assert new.index == (int(said(element, "Index")) if said(element, "Index") else None)
    assert new.creation_date == time(element.findtext("CreationDate"))
    assert new.modified_date == time(element.findtext("ModifiedDate"))
    assert new.due_date == time(element.findtext("DueDate"))
    assert list(new.labels) == texts(element, "Labels/Label") + texts(element, "Labels")
    assert list(new.reference_links) == texts(element, ".//ReferenceLink")
    assert list(new.related_topics) == [e.attrib["Guid"] for e in element.iter("RelatedTopic")]
    documents = list(element.iter("DocumentReference"))
    assert [d.description for d in new.document_references] == [said(e, "Description") for e in documents]
    files = list(markup.iter("File"))
    assert [(f.filename, f.ifc_project, f.ifc_spatial_structure_element, f.date, f.reference) for f in new.files] == [
        (
            said(e, "Filename"),
            e.get("IfcProject", ""),
            e.get("IfcSpatialStructureElement", ""),
            time(e.findtext("Date")),
            said(e, "Reference"),
        )
        for e in files
    ]


@pytest.mark.parametrize("name", CASES)
def test_everything_of_a_case_is_read(real_data: Path, name: str) -> None:
    path = case(real_data, name)
    files = members(path)
    found = read(path)
    assert found.version == name[1:4]
    assert found.notices == () or all("belong to no topic" in notice for notice in found.notices)
    folders = [member.partition("/")[0] for member in files if member.endswith("/markup.bcf")]
    assert len(found.topics) == len(folders) > 0
    for new, folder in zip(found.topics, folders, strict=True):
        markup = tree(files[f"{folder}/markup.bcf"])
        check_topic(new, markup)
        comments = [e for e in markup.iter("Comment") if "Guid" in e.attrib]
        assert len(new.comments) == len(comments)
        for comment, element in zip(new.comments, comments, strict=True):
            check_comment(comment, element)
        entries = [e for e in markup.iter() if e.tag in ("Viewpoints", "ViewPoint") and "Guid" in e.attrib]
        assert len(new.viewpoints) == len(entries)
        for viewpoint, entry in zip(new.viewpoints, entries, strict=True):
            check_viewpoint(viewpoint, entry, files, folder)
    if "project.bcfp" in files:
        project = tree(files["project.bcfp"]).find("Project")
        assert found.project_id == (project.get("ProjectId", "") if project is not None else "")
        assert found.project_name == (said(project, "Name") if project is not None else "")


def test_the_words_of_a_project_are_read_in_both_versions(real_data: Path) -> None:
    old = read(case(real_data, "v2.1/ExtensionSchema")).extensions
    assert old.topic_types == ("Information", "Warning", "Error", "Request")
    assert old.topic_statuses == ("Open", "Closed", "Reopened")
    assert old.priorities == ("Low", "Medium", "High")
    assert old.snippet_types == ("IFC2X3", "IFC4", "JSON")
    assert old.users[0] == "Architect@example.com"
    path = case(real_data, "v3.0/Milestone")
    words = tree(members(path)["extensions.xml"])
    new = read(path).extensions
    assert list(new.topic_types) == texts(words, "TopicTypes/TopicType") != []
    assert list(new.topic_statuses) == texts(words, "TopicStatuses/TopicStatus") != []
    assert list(new.stages) == texts(words, "Stages/Stage")
    assert list(new.users) == texts(words, "Users/User")


def test_the_documents_of_a_topic_come_with_their_bytes(real_data: Path) -> None:
    path = case(real_data, "v2.1/PDFFile")
    found = read(path)
    (reference,) = found.topics[0].document_references
    (document,) = found.documents
    assert reference.description == "Project requirements (pdf)"
    assert (reference.document, reference.url) == (document.guid, "")
    assert document.filename == "Requirements.pdf"
    assert document.content == members(path)["Requirements.pdf"]
    outside = read(case(real_data, "v3.0/Document_Reference_External")).topics[0].document_references[0]
    assert outside.guid == "f295b548-e9b6-4abb-8895-4ed0bb34ea7f"
    assert outside.url.startswith("http://www.buildingsmart-tech.org/")
    assert outside.document == ""


def test_snippets_and_models_come_with_their_bytes(real_data: Path) -> None:
    path = case(real_data, "v2.1/MaximumInformation")
    found = read(path)
    topic = found.topics[0]
    assert topic.bim_snippet is not None
    assert topic.bim_snippet.content == members(path)[f"{topic.guid}/JsonElement.json"]
    assert (topic.bim_snippet.type, topic.bim_snippet.external) == ("JSON", False)
    assert topic.files[0].content == members(path)["IfcPile_01.ifc"]
    assert topic.document_references[0].url == "https://github.com/BuildingSMART/BCF-XML"
    far = read(case(real_data, "v2.1/ExternalBIMSnippet")).topics[0].bim_snippet
    assert far is not None
    assert (far.external, far.reference, far.content) == (True, "http://bimfiles.example.com/JsonElement.json", None)


def test_values_that_a_person_reads_off_the_cases(real_data: Path) -> None:
    """Figures that stand in the description of the cases, so that a mistake in the look above cannot hide one here."""

    def of(name: str) -> BcfFile:
        return read(case(real_data, name))

    due = of("v3.0/Due_Date").topics[0]
    assert due.due_date == datetime(2021, 3, 15, 11, tzinfo=UTC)
    assert of("v3.0/Milestone").topics[0].stage == "February"
    camera = of("v3.0/Orthogonal_camera").topics[0].viewpoints[0].camera
    assert camera == Camera(
        (9.928923736113727, -12.825000000000015, 31.784224509439586),
        (0, 0, -1),
        (-1, 0, 0),
        view_height=12.079612252278443,
        aspect=1.4694783573806882,
    )
    chosen = of("v3.0/Component_selection").topics[0].viewpoints[0].selection
    assert [c.ifc_guid for c in chosen] == [
        "0KkZ20so9BsO1d1hFcfLOl",
        "1XbKhGD91DvhOpYZbhzGTI",
        "3D9pjHJ0HCnggyepvsht8s",
    ]
    both = of("v3.0/Related_topics_with_both_topics_in_the_same_file")
    assert both.topics[0].related_topics == (both.topics[1].guid,)
    assert len(of("v2.1/MaximumInformation").topics[0].comments) == 4
    hidden = of("v2.1/single_invisible_wall").topics[0].viewpoints[0].visibility
    assert hidden is not None
    assert (hidden.default, len(hidden.exceptions)) == (True, 1)
    picture = of("v3.0/Milestone").topics[0].viewpoints[0].snapshot
    assert picture is not None
    assert struct.unpack(">II", picture.content[16:24]) > (0, 0)
