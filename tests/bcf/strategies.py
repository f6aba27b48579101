"""Hypothesis strategies for topics, with whatever texts and numbers people put into them."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from hypothesis import strategies as st

from twin.values.topic import (
    BcfFile,
    BimSnippet,
    Bitmap,
    Camera,
    ClippingPlane,
    Coloring,
    Comment,
    Component,
    Document,
    DocumentReference,
    Extensions,
    HeaderFile,
    Line,
    Snapshot,
    Topic,
    Viewpoint,
    Visibility,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x00\x03\x20\x00\x00\x02\x58" + b"\x08\x02\x00\x00\x00"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"

T = TypeVar("T")
guids = st.uuids().map(str)
ifc_guids = st.text(LETTERS, min_size=22, max_size=22)
# as XML carries them, without blanks at the ends of which a schema of 3.0 would make nothing
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20).filter(
    lambda text: not text or bool(text.strip())
)
said = words.filter(bool)
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
metres = st.floats(-1e7, 1e7)
places = st.tuples(metres, metres, metres)
directions = st.sampled_from([(1.0, 0.0, 0.0), (0.0, -0.6, -0.8), (1e-9, 0.0, 1.0)])


def build(kind: type[T], **fields: Any) -> st.SearchStrategy[T]:
    """Return a strategy of a class, field by field."""
    return st.builds(kind, **fields)


components = build(Component, ifc_guid=ifc_guids, originating_system=words, authoring_tool_id=words)
lists = st.lists(components, max_size=3).map(tuple)
cameras = st.one_of(
    build(
        Camera,
        position=places,
        direction=directions,
        up=directions,
        field_of_view=st.floats(45, 60),
        aspect=st.floats(0.1, 10),
    ),
    build(
        Camera,
        position=places,
        direction=directions,
        up=directions,
        view_height=st.floats(0.01, 1e6),
        aspect=st.floats(0.1, 10),
    ),
)
viewpoints = build(
    Viewpoint,
    guid=guids,
    camera=cameras,
    selection=lists,
    visibility=build(
        Visibility,
        default=st.booleans(),
        exceptions=lists,
        spaces=st.booleans(),
        space_boundaries=st.booleans(),
        openings=st.booleans(),
    ),
    coloring=st.lists(
        build(
            Coloring,
            color=st.from_regex("[0-9A-F]{6}([0-9A-F]{2})?", fullmatch=True),
            components=st.lists(components, min_size=1, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    lines=st.lists(build(Line, start=places, end=places), max_size=2).map(tuple),
    clipping_planes=st.lists(build(ClippingPlane, location=places, direction=directions), max_size=2).map(tuple),
    bitmaps=st.lists(
        build(
            Bitmap,
            format=st.just("png"),
            reference=st.just("picture.png"),
            location=places,
            normal=directions,
            up=directions,
            height=st.floats(0.1, 10),
            content=st.just(PNG),
        ),
        max_size=1,
    ).map(tuple),
    snapshot=st.one_of(st.none(), st.just(Snapshot(PNG))),
    index=st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
)


@st.composite
def topics(draw: st.DrawFn, documents: tuple[Document, ...] = ()) -> Topic:
    """A topic whose comments speak of its viewpoints, and whose documents are of the file."""
    shown = draw(st.lists(viewpoints, max_size=2, unique_by=lambda viewpoint: viewpoint.guid))
    comments = build(
        Comment,
        guid=guids,
        date=times,
        author=said,
        text=said,
        viewpoint=st.sampled_from(["", *(viewpoint.guid for viewpoint in shown)]),
        modified_date=st.one_of(st.none(), times),
        modified_author=words,
    )
    references = st.one_of(
        build(DocumentReference, guid=guids, description=words, url=said),
        *(
            build(DocumentReference, guid=guids, description=words, document=st.just(document.guid))
            for document in documents
        ),
    )
    return draw(
        build(
            Topic,
            guid=guids,
            title=said,
            creation_date=times,
            creation_author=said,
            type=words,
            status=words,
            priority=words,
            index=st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
            labels=st.lists(said, max_size=2).map(tuple),
            modified_date=st.one_of(st.none(), times),
            modified_author=words,
            due_date=st.one_of(st.none(), times),
            assigned_to=words,
            stage=words,
            description=words,
            reference_links=st.lists(said, max_size=2).map(tuple),
            related_topics=st.lists(guids, max_size=2).map(tuple),
            document_references=st.lists(references, max_size=2).map(tuple),
            bim_snippet=st.one_of(st.none(), st.just(BimSnippet("JSON", "http://schema", "data.json", content=b"{}"))),
            files=st.lists(
                build(
                    HeaderFile,
                    filename=said,
                    ifc_project=ifc_guids,
                    ifc_spatial_structure_element=st.one_of(st.just(""), ifc_guids),
                    date=st.one_of(st.none(), times),
                    reference=words,
                ),
                max_size=2,
            ).map(tuple),
            comments=st.lists(comments, max_size=2).map(tuple),
            viewpoints=st.just(tuple(shown)),
        )
    )


@st.composite
def files(draw: st.DrawFn) -> BcfFile:
    """A file of up to two topics."""
    guid = draw(guids)
    documents = (Document(guid, "plan.pdf", "", b"%PDF"),) if draw(st.booleans()) else ()
    lists_of_words = st.lists(said, max_size=2).map(tuple)
    return BcfFile(
        project_id=draw(said),
        project_name=draw(words),
        extensions=draw(build(Extensions, topic_types=lists_of_words, users=lists_of_words, stages=lists_of_words)),
        topics=tuple(draw(st.lists(topics(documents), max_size=2, unique_by=lambda topic: topic.guid))),
        documents=documents,
    )
