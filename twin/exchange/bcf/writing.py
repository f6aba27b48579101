"""Topics → BCF files (2.1, 3.0) that validate against buildingSMART's schemas; the same topics make the same bytes."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import bcf.v2.model as v2
import bcf.v3.model as v3
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from twin.exchange.bcf.archive import packed, resolved
from twin.exchange.bcf.extensions import write_extensions, write_schema
from twin.exchange.bcf.notices import Notices
from twin.exchange.bcf.plain import GUID, IFC_GUID, UNSAID, writable, xml_time
from twin.exchange.bcf.viewpoints_out import viewpoint_2_1, viewpoint_3_0
from twin.values.sentence import Sentence, say
from twin.values.topic import (
    VERSIONS,
    BcfFile,
    BimSnippet,
    Comment,
    Document,
    DocumentReference,
    HeaderFile,
    Topic,
    Viewpoint,
)

SERIALIZER = XmlSerializer(config=SerializerConfig(indent="  "), context=XmlContext())
NOBODY = "Unknown"  # BCF demands an author
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class Written:
    """A BCF file, and what of the topics its version could not carry."""

    content: bytes
    notices: Sequence[Sentence]


def write(file: BcfFile, version: str = "3.0") -> bytes:
    """Return a BCF file of this version ("2.1" or "3.0"); its own version is not looked at."""
    return written(file, version).content


def written(file: BcfFile, version: str = "3.0") -> Written:
    """Return a BCF file of this version and what had to be left out or made up."""
    if version not in VERSIONS:
        raise ValueError(version)
    writing = _Writing(file, version == "3.0")
    writing.all()
    return Written(packed(writing.members), writing.notices.sentences())


@dataclass
class _Writing:
    """The writing of one file."""

    file: BcfFile
    new: bool  # BCF 3.0
    members: dict[str, bytes] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)

    def all(self) -> None:
        """Write every member of the archive."""
        self._xml(
            "bcf.version",
            v3.Version(version_id="3.0") if self.new else v2.Version(detailed_version="2.1", version_id="2.1"),
        )
        name = _text(self.file.project_name)
        if self.new:
            if self.file.project_id.strip() or name:
                project = v3.Project(
                    name=name, project_id=_text(self.file.project_id) or _made_up("project", name or "")
                )
                self._xml("project.bcfp", v3.ProjectInfo(project=project))
            self._xml("extensions.xml", write_extensions(self.file.extensions))
        else:
            known = self.file.project_id.strip() or name
            old = v2.Project(name=name, project_id=_text(self.file.project_id) or _made_up("project", name or ""))
            self._xml(
                "project.bcfp",
                v2.ProjectExtension(project=old if known else None, extension_schema="extensions.xsd"),
            )
            self.members["extensions.xsd"] = write_schema(self.file.extensions)
        places = self._documents()
        for topic in self.file.topics:
            self._topic(topic, places)
        for member, content in self.file.others.items():
            if member not in self.members and resolved("", member) == member and member != "documents.xml":
                self.members[member] = content

    def _xml(self, member: str, model: Any) -> None:
        self.members[member] = SERIALIZER.render(model).encode()

    def _documents(self) -> Mapping[str, str]:
        """Write the documents that are sent along; returns GUID → what a topic calls it in this version."""
        sent = [document for document in self.file.documents if document.content is not None]
        if self.new:
            if sent:
                listed = [
                    v3.Document(
                        filename=_text(document.filename) or document.guid,
                        description=_text(document.description),
                        guid=document.guid.lower(),
                    )
                    for document in sent
                ]
                self._xml("documents.xml", v3.DocumentInfo(documents=v3.DocumentInfoDocuments(document=listed)))
            places = {document.guid: f"documents/{document.guid.lower()}" for document in sent}
        else:
            places = {document.guid: self._free_name(document) for document in sent}
        for document in sent:
            self.members[places[document.guid]] = document.content or b""
        return places

    def _free_name(self, document: Document) -> str:
        """Return a name for a document beside the topics, which no other member has."""
        name = _file_name(document.filename) or document.guid
        return f"{document.guid}_{name}" if name in self.members or "/" in name else name

    def _topic(self, topic: Topic, places: Mapping[str, str]) -> None:
        folder = topic.guid.lower()
        entries = [self._viewpoint(folder, topic.viewpoints, at) for at in range(len(topic.viewpoints))]
        common: dict[str, Any] = {
            "guid": folder,
            "title": _text(topic.title) or UNTITLED,
            "priority": _text(topic.priority),
            "index": topic.index,
            "creation_date": xml_time(topic.creation_date),
            "creation_author": _text(topic.creation_author) or NOBODY,
            "modified_date": xml_time(topic.modified_date) if topic.modified_date else None,
            "modified_author": _text(topic.modified_author),
            "due_date": xml_time(topic.due_date) if topic.due_date else None,
            "assigned_to": _text(topic.assigned_to),
            "stage": _text(topic.stage),
            "description": _text(topic.description),
            "bim_snippet": self._snippet(topic.bim_snippet, folder) if topic.bim_snippet else None,
        }
        lists = _Lists(
            links=_texts(topic.reference_links),
            labels=_texts(topic.labels),
            documents=self._references(topic, places),
            related=[guid.lower() for guid in topic.related_topics],
            comments=[made for comment in topic.comments if (made := self._comment(comment)) is not None],
            files=[self._header_file(file) for file in topic.files],
            viewpoints=entries,
        )
        model = _markup_3_0(topic, common, lists) if self.new else _markup_2_1(topic, common, lists)
        self._xml(f"{folder}/markup.bcf", model)
        if not self.new and topic.server_assigned_id:
            self.notices.add(
                say("{count} numbers that a server gave to topics have no place in BCF 2.1 and were left out.", count=1)
            )

    def _comment(self, comment: Comment) -> Any:
        text = _text(comment.text)
        if self.new and text is None and not comment.viewpoint:
            self.notices.add(say("{count} comments say nothing and were left out, as BCF 3.0 asks for.", count=1))
            return None
        kind, about = (v3.Comment, v3.CommentViewpoint) if self.new else (v2.Comment, v2.CommentViewpoint)
        return kind(
            guid=comment.guid.lower(),
            date=xml_time(comment.date),
            author=_text(comment.author) or NOBODY,
            comment=text if self.new else text or "",
            viewpoint=about(guid=comment.viewpoint.lower()) if comment.viewpoint else None,
            modified_date=xml_time(comment.modified_date) if comment.modified_date else None,
            modified_author=_text(comment.modified_author),
        )

    def _header_file(self, file: HeaderFile) -> Any:
        reference, external = _text(file.reference), file.external
        if file.content is not None:
            name = _file_name(file.reference) or _file_name(file.filename) or "model.ifc"
            if self.members.setdefault(name, file.content) != file.content:
                name = f"{hashlib.sha256(file.content).hexdigest()[:12]}_{name}"
                self.members[name] = file.content
            reference, external = f"../{name}", False
        elif not external:
            external = True  # what is not in the archive cannot be referred to as if it were
        kind = v3.File if self.new else v2.HeaderFile
        return kind(
            filename=_text(file.filename),
            date=xml_time(file.date) if file.date else None,
            reference=reference,
            ifc_project=_ifc_guid(file.ifc_project),
            ifc_spatial_structure_element=_ifc_guid(file.ifc_spatial_structure_element),
            is_external=external,
        )

    def _references(self, topic: Topic, places: Mapping[str, str]) -> list[Any]:
        made = []
        for at, reference in enumerate(topic.document_references):
            if reference.document and reference.document not in places:
                self.notices.add(say("{count} documents are not there to be sent along, and were left out.", count=1))
            else:
                made.append(self._reference(reference, places, f"{topic.guid}/{at}"))
        return made

    def _reference(self, reference: DocumentReference, places: Mapping[str, str], seed: str) -> Any:
        if self.new:
            return v3.DocumentReference(
                guid=reference.guid.lower() if GUID.fullmatch(reference.guid.lower()) else _made_up("document", seed),
                document_guid=reference.document.lower() or None,
                url=None if reference.document else _text(reference.url),
                description=_text(reference.description),
            )
        return v2.TopicDocumentReference(
            guid=reference.guid or None,
            referenced_document=f"../{places[reference.document]}" if reference.document else _text(reference.url),
            description=_text(reference.description),
            is_external=not reference.document,
        )

    def _snippet(self, snippet: BimSnippet, folder: str) -> Any:
        reference, external = _text(snippet.reference), snippet.external
        if snippet.content is not None:
            reference, external = _file_name(snippet.reference) or "snippet", False
            self.members[f"{folder}/{reference}"] = snippet.content
        elif not external:
            self.notices.add(
                say("{count} pieces of model data are not there to be sent along, and were left out.", count=1)
            )
            return None
        kind = v3.BimSnippet if self.new else v2.BimSnippet
        return kind(
            reference=reference or UNSAID,
            reference_schema=_text(snippet.schema) or UNSAID,
            snippet_type=_text(snippet.type) or UNSAID,
            is_external=external,
        )

    def _viewpoint(self, folder: str, viewpoints: Sequence[Viewpoint], at: int) -> Any:
        """Write a viewpoint and its pictures; the first pair has the names that every program looks for."""
        viewpoint = viewpoints[at]
        guid = viewpoint.guid.lower()
        ending = "" if at == 0 else f"_{guid}"
        make = viewpoint_3_0 if self.new else viewpoint_2_1
        info, pictures = make(viewpoint, self.notices)
        name = f"viewpoint{ending}.bcfv"
        self._xml(f"{folder}/{name}", info)
        for picture, content in pictures.items():
            self.members[f"{folder}/{picture}"] = content
        snapshot = None
        if viewpoint.snapshot is not None:
            snapshot = f"snapshot{ending}.{viewpoint.snapshot.format}"
            self.members[f"{folder}/{snapshot}"] = viewpoint.snapshot.content
        kind = v3.ViewPoint if self.new else v2.ViewPoint
        return kind(guid=guid, viewpoint=name, snapshot=snapshot, index=viewpoint.index)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the two versions wrap differently."""

    links: list[str]
    labels: list[str]
    documents: list[Any]
    related: list[str]
    comments: list[Any]
    files: list[Any]
    viewpoints: list[Any]


def _markup_3_0(topic: Topic, common: dict[str, Any], lists: _Lists) -> v3.Markup:
    related = [v3.TopicRelatedTopicsRelatedTopic(guid=guid) for guid in lists.related]
    return v3.Markup(
        header=v3.Header(files=v3.HeaderFiles(file=lists.files)) if lists.files else None,
        topic=v3.Topic(
            **common,
            topic_type=_text(topic.type) or UNSAID,
            topic_status=_text(topic.status) or UNSAID,
            server_assigned_id=_text(topic.server_assigned_id),
            reference_links=v3.TopicReferenceLinks(reference_link=lists.links) if lists.links else None,
            labels=v3.TopicLabels(label=lists.labels) if lists.labels else None,
            document_references=(
                v3.TopicDocumentReferences(document_reference=lists.documents) if lists.documents else None
            ),
            related_topics=v3.TopicRelatedTopics(related_topic=related) if related else None,
            comments=v3.TopicComments(comment=lists.comments) if lists.comments else None,
            viewpoints=v3.TopicViewpoints(view_point=lists.viewpoints) if lists.viewpoints else None,
        ),
    )


def _markup_2_1(topic: Topic, common: dict[str, Any], lists: _Lists) -> v2.Markup:
    return v2.Markup(
        header=v2.Header(file=lists.files) if lists.files else None,
        topic=v2.Topic(
            **common,
            topic_type=_text(topic.type),
            topic_status=_text(topic.status),
            reference_link=lists.links,
            labels=lists.labels,
            document_reference=lists.documents,
            related_topic=[v2.TopicRelatedTopic(guid=guid) for guid in lists.related],
        ),
        comment=lists.comments,
        viewpoints=lists.viewpoints,
    )


def _text(text: str) -> str | None:
    """Return a text, None where it says nothing: BCF wants no empty strings."""
    return writable(text) or None


def _texts(texts: Sequence[str]) -> list[str]:
    return [text for text in map(writable, texts) if text]


def _ifc_guid(guid: str) -> str | None:
    return guid if IFC_GUID.fullmatch(guid) else None


def _file_name(reference: str) -> str:
    """Return the last part of a path as a name in the archive, "" where there is none that is safe."""
    name = writable(reference).replace("\\", "/").rpartition("/")[2].strip()
    return "" if name in ("", ".", "..") or ":" in name else name


def _made_up(kind: str, seed: str) -> str:
    """Return a GUID that is the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}:{seed}"))
