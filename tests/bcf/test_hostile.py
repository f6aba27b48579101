"""BCF files from strangers: refused in one sentence, never a traceback, and nothing unpacked before it is judged."""

import hashlib
import io
import random
import time
import zipfile
from pathlib import Path

import pytest

from tests.bcf.files import GUID, VERSION_2_1, VERSION_3_0, archive, case, file_2_1, members, topic_2_1
from twin.errors import InvalidInput
from twin.exchange.bcf import markup as markup_module
from twin.exchange.bcf import read, write
from twin.exchange.bcf import reading as reading_module
from twin.exchange.bcf.archive import LARGEST_XML, MOST_MEMBERS
from twin.values.topic import Component

FOLDER = GUID.format(1)
MARKUP = f"{FOLDER}/markup.bcf"


def refusal(content: bytes) -> str:
    """Return the one sentence that refuses a file."""
    with pytest.raises(InvalidInput) as refused:
        read(content, "reply.bcf")
    sentence = str(refused.value)
    assert "reply.bcf" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def with_member(info: zipfile.ZipInfo | str, content: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bcf.version", VERSION_3_0)
        made.writestr(info, content)
    return stream.getvalue()


def test_a_good_file_is_read() -> None:
    assert read(file_2_1(topic_2_1())).topics[0].title == "T"


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/passwd", "C:/boot.ini", "..\\evil.txt", "a/../../b", "\\\\host\\share", "a\nb"]
)
def test_names_that_lead_out_of_the_archive_are_refused(name: str) -> None:
    assert "lead out" in refusal(with_member(name))


def test_links_are_refused() -> None:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    assert "lead out" in refusal(with_member(info, b"/etc/passwd"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    started = time.process_time()
    bomb = with_member("huge.png", bytes(64 * 1024 * 1024))
    packing = time.process_time() - started
    assert "zip bomb" in refusal(bomb)
    assert time.process_time() - started - packing < 0.5 * packing + 0.1


def test_a_member_that_understates_its_size_is_refused() -> None:
    content = bytearray(with_member("a.png", bytes(100_000)))
    for at in (content.find(b"PK\x03\x04", 10) + 22, content.rfind(b"PK\x01\x02") + 24):
        content[at : at + 4] = (10).to_bytes(4, "little")
    assert "cannot be unpacked" in refusal(bytes(content))


def test_a_name_that_is_there_twice_is_refused() -> None:
    other = MARKUP.replace("markup", "markap")
    content = archive({"bcf.version": VERSION_2_1, MARKUP: topic_2_1(), other: topic_2_1("<Index>1</Index>")})
    assert "twice" in refusal(content.replace(other.encode(), MARKUP.encode()))


def test_a_topic_that_is_there_twice_is_refused() -> None:
    assert "twice" in refusal(
        archive({"bcf.version": VERSION_2_1, MARKUP: topic_2_1(), "other/markup.bcf": topic_2_1()})
    )


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE Markup [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE Markup [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Markup SYSTEM "http://example.com/a.dtd">',
        '<!DOCTYPE Markup [<!ENTITY % a SYSTEM "http://example.com/a.dtd"> %a;]>',
    ],
)
def test_document_types_and_entities_are_refused(declaration: str) -> None:
    markup = topic_2_1("<Description>&a;</Description>" if "ENTITY a" in declaration else "")
    assert "document type or entities" in refusal(file_2_1(declaration + markup))
    sixteen = ('<?xml version="1.0" encoding="UTF-16"?>' + declaration + markup).encode("utf-16")
    assert "document type or entities" in refusal(archive({"bcf.version": VERSION_2_1, MARKUP: sixteen}))


def test_every_xml_file_of_the_archive_is_guarded() -> None:
    attack = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    for name in ("bcf.version", "extensions.xml", "project.bcfp", "documents.xml", f"{FOLDER}/viewpoint.bcfv"):
        point = f'<Viewpoints Guid="{GUID.format(2)}"><Viewpoint>viewpoint.bcfv</Viewpoint></Viewpoints>'
        version = VERSION_2_1 if name.endswith("bcfv") else VERSION_3_0
        content = archive({"bcf.version": version, MARKUP: topic_2_1(after=point), name: attack})
        if name == "bcf.version":
            content = archive({name: attack})
        assert "document type or entities" in refusal(content), name


def test_deep_and_endless_nesting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "without end" in refusal(file_2_1("<Markup>" * 5000))
    monkeypatch.setattr(markup_module, "MOST_ELEMENTS", 5000)
    assert "without end" in refusal(file_2_1("<Markup>" + "<a/>" * 5001 + "</Markup>"))


def test_too_many_topics_or_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = archive({"bcf.version": VERSION_2_1, **{f"{n}/x": "" for n in range(MOST_MEMBERS)}})
    assert "more than" in refusal(empty)
    monkeypatch.setattr(reading_module, "MOST_TOPICS", 3)
    many = {f"{n}/markup.bcf": topic_2_1(guid=GUID.format(n)) for n in range(4)}
    assert "4 topics" in refusal(archive({"bcf.version": VERSION_2_1, **many}))


def test_an_xml_file_that_is_too_large_is_refused() -> None:
    noise = hashlib.shake_256(b"noise").digest(LARGEST_XML // 8).hex() * 5
    assert "larger than" in refusal(file_2_1(topic_2_1(f"<Description>{noise}</Description>")))


@pytest.mark.parametrize(
    "markup",
    [
        topic_2_1("<Index>first</Index>"),
        topic_2_1("<Index>99999999999999999999x</Index>"),
        topic_2_1("<DueDate>tomorrow</DueDate>"),
        topic_2_1("<DueDate>2026-13-45T00:00:00Z</DueDate>"),
        topic_2_1("<DueDate>-0044-03-15T00:00:00Z</DueDate>"),
        topic_2_1(guid="not-a-guid"),
        topic_2_1('<RelatedTopic Guid="7"/>'),
        topic_2_1("<DueDate>2026-01-01T00:00:00Z</DueDate><BimSnippet isExternal='perhaps'/>"),
        topic_2_1(after="<Comment><Date>2026-01-01T00:00:00Z</Date></Comment>"),
        "<Markup/>",
        "<Other/>",
        "",
        "no xml at all",
        topic_2_1()[:-20],
        "\x00",
    ],
)
def test_values_of_the_wrong_kind_are_refused(markup: str) -> None:
    refusal(file_2_1(markup))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", archive({}), archive({"a": "b"})])
def test_what_is_no_bcf_file_is_refused(content: bytes) -> None:
    refusal(content)


@pytest.mark.parametrize("version", ["1.0", "4.0", "", "2.10", "\u202e3.0"])
def test_versions_that_are_not_known_are_refused(version: str) -> None:
    refusal(archive({"bcf.version": f'<Version VersionId="{version}"/>'}))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nothing\.bcf cannot be opened"):
        read(tmp_path / "nothing.bcf")


def test_encrypted_members_are_refused() -> None:
    content = bytearray(with_member("a.png"))
    for at in (content.find(b"PK\x03\x04", 10) + 6, content.rfind(b"PK\x01\x02") + 8):
        content[at] |= 1
    assert "encrypted" in refusal(bytes(content))


def test_references_out_of_the_archive_lead_nowhere() -> None:
    snippet = (
        '<BimSnippet SnippetType="a"><Reference>../../../../etc/passwd</Reference>'
        "<ReferenceSchema>s</ReferenceSchema></BimSnippet>"
    )
    found = read(file_2_1(topic_2_1(snippet)))
    assert found.topics[0].bim_snippet is not None
    assert found.topics[0].bim_snippet.content is None
    assert "not in the BCF file" in found.notices[0]
    write(found)


def test_what_careless_programs_write_is_read_and_told() -> None:
    point = f"""<Viewpoints Guid="{GUID.format(2).upper()}"><Viewpoint>v.bcfv</Viewpoint><Snapshot>s.png</Snapshot>
    <Index/></Viewpoints><Vendor><Secret/></Vendor>"""
    info = f"""<VisualizationInfo Guid="{GUID.format(3)}" xmlns="urn:x"><Components><Selection>
    <Component IfcGuid="short"/><Component IfcGuid="{"0" * 22}"/><Component/></Selection>
    <Coloring><Color Color="red"><Component IfcGuid="{"0" * 22}"/></Color></Coloring></Components>
    <PerspectiveCamera><CameraViewPoint><X>0</X><Y>0</Y><Z>NaN</Z></CameraViewPoint><CameraDirection><X>0</X><Y>0</Y>
    <Z>1</Z></CameraDirection><CameraUpVector><X>0</X><Y>1</Y><Z>0</Z></CameraUpVector><FieldOfView>60</FieldOfView>
    </PerspectiveCamera></VisualizationInfo>"""
    inside = "<AssignedTo/><DueDate/><Priority> </Priority>"
    more: dict[str, str | bytes] = {f"{FOLDER}/v.bcfv": info, f"{FOLDER}/s.png": b"GIF89a"}
    found = read(file_2_1(topic_2_1(inside, after=point), more))
    topic = found.topics[0]
    assert (topic.assigned_to, topic.due_date, topic.priority) == ("", None, "")
    (viewpoint,) = topic.viewpoints
    assert viewpoint.guid == GUID.format(2)
    assert viewpoint.selection == (Component("0" * 22),)
    assert (viewpoint.camera, viewpoint.snapshot, viewpoint.coloring) == (None, None, ())
    assert viewpoint.visibility is not None
    assert viewpoint.visibility.default
    told = " ".join(found.notices)
    for part in ("Markup/Vendor", "no IFC GlobalId", "RRGGBB", "cameras", "neither PNG"):
        assert part in told


def test_a_file_of_2_0_is_read() -> None:
    guid = "1" * 22
    info = f"""<VisualizationInfo><Components>
    <Component IfcGuid="{guid}" Selected="true" Visible="true" Color="00FF00"/>
    <Component IfcGuid="{"2" * 22}" Visible="false"/></Components></VisualizationInfo>"""
    info = info.replace("<VisualizationInfo>", f'<VisualizationInfo Guid="{GUID.format(2)}">')
    point = f'<Viewpoints Guid="{GUID.format(2)}"><Viewpoint>v.bcfv</Viewpoint></Viewpoints>'
    markup = topic_2_1(f'<RelatedTopics Guid="{GUID.format(5)}"/>', after=point)
    found = read(
        archive({"bcf.version": '<Version VersionId="2.0"/>', MARKUP: markup, f"{FOLDER}/v.bcfv": info})
    ).topics[0]
    assert found.related_topics == (GUID.format(5),)
    (viewpoint,) = found.viewpoints
    assert viewpoint.selection == (Component(guid),)
    assert viewpoint.visibility is not None
    assert (viewpoint.visibility.default, viewpoint.visibility.exceptions) == (True, (Component("2" * 22),))
    assert [(c.color, c.components) for c in viewpoint.coloring] == [("00FF00", (Component(guid),))]


def mutated(content: bytes, seed: int) -> bytes:
    """Return bytes with some of them changed, cut out or doubled."""
    chance = random.Random(seed)  # noqa: S311 – the same damage every time
    found = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(max(1, len(found)))
        kind = chance.randrange(4)
        if kind == 0 and found:
            found[at % len(found)] = chance.randrange(256)
        elif kind == 1:
            del found[at : at + chance.randint(1, 30)]
        elif kind == 2:
            found[at:at] = found[at : at + chance.randint(1, 40)]
        else:
            found[at:at] = chance.choice([b"<", b">", b"\x00", b"&a;", b"]]>", b"<Topic>", b'"', b"1e999", b"-"])
    return bytes(found)


def judged(content: bytes) -> None:
    """Read, and write again what was read; only InvalidInput may come of it."""
    try:
        found = read(content, "reply.bcf")
    except InvalidInput:
        return
    for version in ("2.1", "3.0"):
        read(write(found, version))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["v2.1/Single_visible_wall", "v3.0/Orthogonal_camera"])
def test_mutated_archives_and_texts_never_break_the_reader(real_data: Path, name: str) -> None:
    path = case(real_data, name)
    small = {member: content for member, content in members(path).items() if not member.endswith(".png")}
    whole = archive(small)
    for seed in range(150):
        judged(mutated(whole, seed))
    texts = sorted(small)
    for seed in range(150):
        member = texts[seed % len(texts)]
        judged(archive({**small, member: mutated(small[member], seed)}))


def test_a_truncated_archive_is_refused() -> None:
    whole = file_2_1(topic_2_1())
    for length in range(0, len(whole) - 1, 7):
        refusal(whole[:length])
