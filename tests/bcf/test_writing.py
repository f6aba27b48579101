"""What is written: valid by the schemas, read by others, the same bytes for the same topics, nothing lost."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.bcf.files import CASES, GUID, case, members, tree
from tests.bcf.schemas import as_others_read, faults
from tests.bcf.strategies import PNG, files
from twin.exchange.bcf import (
    clash_viewpoint,
    components_of,
    header_file,
    read,
    with_opening_comment,
    write,
    written,
)
from twin.values.topic import (
    VERSIONS,
    BcfFile,
    Camera,
    Component,
    HeaderFile,
    Snapshot,
    Topic,
    Viewpoint,
    Visibility,
)

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CAMERA = Camera((1, -2, 3), (0, 1, -1), (0, 1, 1), field_of_view=50, aspect=4 / 3)
A, B = "0KkZ20so9BsO1d1hFcfLOl", "1XbKhGD91DvhOpYZbhzGTI"
SAMPLE = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def topic(**changes: Any) -> Topic:
    return dataclasses.replace(Topic(GUID.format(1), "Wall × duct", NOW, "a@b"), **changes)


def clash() -> Topic:
    """A topic as the twin makes them."""
    viewpoint = clash_viewpoint(
        GUID.format(2),
        CAMERA,
        components_of([A], "Revit"),
        components_of([B], "Revit"),
        ((214, 69, 65), (38, 120, 201)),
        Snapshot(PNG),
    )
    files = (header_file("arch.ifc", "2SugUv4EX5LAhcVpDp2dUH", NOW), header_file("mep.ifc"))
    made = topic(type="Clash", status="Active", viewpoints=(viewpoint,), files=files, assigned_to="c@d")
    return with_opening_comment(made, "120 mm deep")


def in_version(file: BcfFile, version: str) -> BcfFile:
    return dataclasses.replace(file, version=version, notices=())


def without_what_3_0_adds(file: BcfFile) -> BcfFile:
    """Return a file without what 2.1 cannot say, and with aspect and GUIDs that 3.0 cannot leave out taken away."""
    topics = [
        dataclasses.replace(
            one,
            server_assigned_id="",
            document_references=[dataclasses.replace(reference, guid="") for reference in one.document_references],
            comments=[comment for comment in one.comments if comment.text or comment.viewpoint],
            viewpoints=[
                dataclasses.replace(v, camera=dataclasses.replace(v.camera, aspect=None) if v.camera else None)
                for v in one.viewpoints
            ],
        )
        for one in file.topics
    ]
    sent = {document.guid: (document.filename, document.content) for document in file.documents}
    plain = [
        dataclasses.replace(one, document_references=()) for one in topics
    ]  # 2.1 knows a document by its place: compared by name and bytes
    documents = [
        [(reference.description, reference.url, sent.get(reference.document)) for reference in one.document_references]
        for one in topics
    ]
    return dataclasses.replace(file, notices=(), others={str(documents): b""}, documents=(), topics=plain)


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CASES)
def test_every_case_is_written_validly_and_read_by_others(real_data: Path, name: str, version: str) -> None:
    found = read(case(real_data, name))
    content = write(found, version)
    assert faults(content, version, real_data / "bcf") == []
    others = as_others_read(content)
    assert sorted(others) == sorted(one.guid for one in found.topics)
    for one in found.topics:
        seen = others[one.guid]
        assert seen["title"] == one.title
        assert seen["snapshots"] == [v.snapshot.content for v in one.viewpoints if v.snapshot]
        assert seen["selected"] == [[c.ifc_guid for c in v.selection] for v in one.viewpoints if v.selection]
        assert set(seen["files"].values()) == {file.content for file in one.files if file.content is not None}


@pytest.mark.real_data
@pytest.mark.parametrize("name", CASES)
def test_a_round_trip_keeps_every_field(real_data: Path, name: str) -> None:
    found = read(case(real_data, name))
    assert in_version(read(write(found, found.version)), found.version) == in_version(found, found.version)


@pytest.mark.real_data
@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("v2.1")])
def test_a_way_over_3_0_keeps_what_both_versions_have(real_data: Path, name: str) -> None:
    found = read(case(real_data, name))
    back = read(write(read(write(found, "3.0")), "2.1"))
    assert without_what_3_0_adds(back) == without_what_3_0_adds(found)


@given(files())
@SAMPLE
def test_any_topics_come_back_as_they_were(file: BcfFile) -> None:
    again = read(write(file, "3.0"))
    assert in_version(again, "3.0") == in_version(file, "3.0")
    assert again.notices == ()
    over = read(write(read(write(file, "2.1")), "2.1"))
    assert without_what_3_0_adds(over) == without_what_3_0_adds(in_version(file, "2.1"))


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
@given(file=files())
@settings(parent=SAMPLE, max_examples=5)
def test_any_topics_are_written_validly(real_data: Path, version: str, file: BcfFile) -> None:
    assert faults(write(file, version), version, real_data / "bcf") == []


@given(files())
@settings(parent=SAMPLE, max_examples=5)
def test_the_same_topics_make_the_same_bytes(file: BcfFile) -> None:
    for version in VERSIONS:
        content = write(file, version)
        assert content == write(file, version)
        again = write(read(content), version)  # a document that no topic speaks of may move in 2.1
        assert write(read(again), version) == again
        assert sorted(members(again)) == sorted(members(content))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_clash_has_the_names_and_parts_that_programs_look_for(version: str) -> None:
    content = write(BcfFile(topics=[clash()]), version)
    found = members(content)
    folder = GUID.format(1)
    assert {f"{folder}/{name}" for name in ("markup.bcf", "viewpoint.bcfv", "snapshot.png")} <= set(found)
    assert ("extensions.xml" in found) == (version == "3.0")
    info = tree(found[f"{folder}/viewpoint.bcfv"])
    assert [c.get("IfcGuid") for c in info.findall("Components/Selection/Component")] == [A, B]
    assert [c.get("Color") for c in info.findall("Components/Coloring/Color")] == ["D64541", "2678C9"]
    markup = tree(found[f"{folder}/markup.bcf"])
    (comment,) = [e for e in markup.iter("Comment") if "Guid" in e.attrib]
    assert [e.get("Guid") for e in comment.findall("Viewpoint")] == [GUID.format(2)]
    assert [e.get("IfcProject") for e in markup.iter("File")] == ["2SugUv4EX5LAhcVpDp2dUH", None]
    assert (info.findtext(".//AspectRatio") is not None) == (version == "3.0")
    read_by_others = as_others_read(content)[folder]
    assert (read_by_others["status"], read_by_others["comments"]) == ("Active", ["120 mm deep"])


@pytest.mark.parametrize("version", VERSIONS)
def test_no_element_is_empty(version: str) -> None:
    bare = topic(title="  ", creation_author="", comments=(), viewpoints=(Viewpoint(GUID.format(3), CAMERA),))
    for name, content in members(write(BcfFile(topics=[bare]), version)).items():
        if name.endswith((".bcf", ".bcfv")):
            for element in tree(content).iter():
                assert len(element) or element.attrib or (element.text or "").strip(), f"{name}: {element.tag}"


def test_a_second_viewpoint_has_names_of_its_own() -> None:
    two = [Viewpoint(GUID.format(n), CAMERA, snapshot=Snapshot(PNG + bytes([n]))) for n in (3, 4)]
    found = read(write(BcfFile(topics=[topic(viewpoints=two)])))
    assert [v.snapshot for v in found.topics[0].viewpoints] == [v.snapshot for v in two]


def test_times_are_written_in_utc() -> None:
    east = datetime(2026, 11, 23, 16, 30, tzinfo=timezone(timedelta(hours=8)))
    content = members(write(BcfFile(topics=[topic(due_date=east)])))[f"{GUID.format(1)}/markup.bcf"]
    assert tree(content).findtext(".//DueDate") == "2026-11-23T08:30:00Z"


def test_what_a_version_cannot_say_is_told() -> None:
    many = tuple(Component(f"{n:022d}") for n in range(1001))
    wide = Viewpoint(GUID.format(3), dataclasses.replace(CAMERA, field_of_view=90), many, Visibility(True, many[:2]))
    file = BcfFile(topics=[topic(viewpoints=(wide, Viewpoint(GUID.format(4))), server_assigned_id="7")])
    new, old = written(file, "3.0"), written(file, "2.1")
    assert [str(n)[:14] for n in new.notices] == ["1 lists of com", "1 viewpoints h"]
    assert [str(n)[:14] for n in old.notices] == ["1 cameras see ", "1 numbers that"]
    cameras = [v.camera for v in read(new.content).topics[0].viewpoints]
    assert cameras[0] == dataclasses.replace(CAMERA, field_of_view=90)
    assert len(read(new.content).topics[0].viewpoints[0].selection) == 1000
    assert len(read(old.content).topics[0].viewpoints[0].selection) == 1001
    narrowed = read(old.content).topics[0].viewpoints[0].camera
    assert narrowed is not None
    assert narrowed.field_of_view == 60


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
def test_texts_that_xml_cannot_carry_are_cleaned(real_data: Path, version: str) -> None:
    dirty = topic(title="a\x00b\ud800", description="one\r\ntwo", assigned_to="\x07", labels=("", " ", "x"))
    content = write(BcfFile(topics=[dirty], project_name="\x01"), version)
    assert faults(content, version, real_data / "bcf") == []
    found = read(content).topics[0]
    assert (found.title, found.description, found.assigned_to, found.labels) == ("ab", "one\ntwo", "", ("x",))


def test_models_of_the_same_name_are_both_sent_along() -> None:
    both = tuple(HeaderFile("a.ifc", external=False, content=content) for content in (b"1", b"2"))
    for version in VERSIONS:
        found = read(write(BcfFile(topics=[topic(files=both)]), version)).topics[0]
        assert [file.content for file in found.files] == [b"1", b"2"]
        assert as_others_read(write(BcfFile(topics=[topic(files=both)]), version))


def test_an_opening_comment_is_added_once() -> None:
    once = clash()
    assert with_opening_comment(once, "120 mm deep") == once
    assert len(once.comments) == 1
