"""BCF files (2.0, 2.1, 3.0) → topics."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import bcf.v2.model as v2
import bcf.v3.model as v3

from twin.errors import InvalidInput
from twin.exchange.bcf.archive import MEBI, Archive, resolved
from twin.exchange.bcf.extensions import read_extensions, read_schema
from twin.exchange.bcf.markup import Reader
from twin.exchange.bcf.notices import Notices
from twin.exchange.bcf.older import markup_of_2_0, viewpoint_of_2_0
from twin.exchange.bcf.plain import UNSAID, day_of, guid_of, text_of, time_of
from twin.exchange.bcf.viewpoints import read_viewpoint
from twin.values.sentence import say
from twin.values.topic import (
    BcfFile,
    BimSnippet,
    Comment,
    Document,
    DocumentReference,
    Extensions,
    HeaderFile,
    Snapshot,
    Topic,
    Viewpoint,
)

MOST_TOPICS = 20_000
KEPT_OTHERS = 64 * MEBI
KNOWN_FILES = ("bcf.version", "project.bcfp", "extensions.xml", "documents.xml")


def read(source: Path | bytes, name: str = "") -> BcfFile:
    """Return the topics of a BCF file; raises InvalidInput with what is wrong. `name` is used in sentences."""
    shown = name or (source.name if isinstance(source, Path) else "BCF")
    with Archive(source, shown) as archive:
        return _Reading(archive, shown).file()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the two versions keep in different places of a markup."""

    topic: Any
    files: list[Any]
    links: list[str]
    labels: list[str]
    documents: list[Any]
    related: list[Any]
    comments: list[Any]
    viewpoints: list[Any]


@dataclass
class _Reading:
    """The reading of one file."""

    archive: Archive
    name: str
    notices: Notices = field(default_factory=Notices)
    documents: dict[str, Document] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.xml = Reader(self.name)
        self.version = self._version()

    def file(self) -> BcfFile:
        """Read everything."""
        project, schema = self._project()
        extensions = self._extensions(schema)
        if self.version == "3.0":
            self._listed_documents()
        topics = self._topics()
        others = self._others()
        if self.xml.unknown:
            for unknown in self.xml.unknown:
                self.notices.add(
                    say(
                        "{count} kinds of data in the file are not of BCF and were left out; the first is {example}.",
                        count=1,
                        example=unknown[:120],
                    )
                )
        for day in self.xml.days:
            self.notices.add(
                say(
                    "{count} due dates in the file are days without a time; they were read as these days. The first "
                    "is {example}.",
                    count=1,
                    example=day,
                )
            )
        return BcfFile(
            version=self.version,
            project_id=text_of(project.project_id) if project else "",
            project_name=text_of(project.name) if project else "",
            extensions=extensions,
            topics=topics,
            documents=tuple(self.documents.values()),
            others=others,
            notices=self.notices.sentences(),
        )

    def _version(self) -> str:
        if "bcf.version" not in self.archive:
            raise InvalidInput(
                "{file} holds no bcf.version, so it is no BCF file: export the issues as BCF 2.1 or 3.0.",
                file=self.name,
            )
        tree = self.xml.tree(self.archive.read_xml("bcf.version"), "bcf.version", "Version")
        said = (tree.get("VersionId") or tree.findtext("DetailedVersion") or "").strip()
        for version in ("2.0", "2.1", "3.0"):
            if said == version or said.startswith(version + ".") or said + ".0" == version:
                return version
        raise InvalidInput(
            "{file} is of BCF version {version}, which is not read: export the issues as BCF 2.1 or 3.0.",
            file=self.name,
            version=said[:40] or "?",
        )

    def _project(self) -> tuple[Any, str]:
        """Return the project, if there is one, and the name of the schema of its words (2.1)."""
        if "project.bcfp" not in self.archive:
            return None, ""
        content = self.archive.read_xml("project.bcfp")
        if self.version == "3.0":
            return self.xml.model(content, "project.bcfp", v3.ProjectInfo).project, ""
        found = self.xml.model(content, "project.bcfp", v2.ProjectExtension)
        return found.project, text_of(found.extension_schema)

    def _extensions(self, schema: str) -> Extensions:
        if self.version == "3.0":
            if "extensions.xml" not in self.archive:
                self.notices.add(say("The file has no extensions.xml, which BCF 3.0 asks for; it was read without."))
                return Extensions()
            content = self.archive.read_xml("extensions.xml")
            return read_extensions(self.xml.model(content, "extensions.xml", v3.Extensions))
        member = resolved("", schema) if schema else None
        if not member or member not in self.archive:
            return Extensions()
        return read_schema(self.xml.tree(self.archive.read_xml(member), member, "schema"))

    def _listed_documents(self) -> None:
        if "documents.xml" not in self.archive:
            return
        listed = self.xml.model(self.archive.read_xml("documents.xml"), "documents.xml", v3.DocumentInfo).documents
        for document in listed.document if listed else []:
            guid = guid_of(document.guid, self.name, "documents.xml")
            member = next((m for m in (f"documents/{document.guid}", f"documents/{guid}") if m in self.archive), "")
            self.documents[guid] = Document(
                guid=guid,
                filename=text_of(document.filename),
                description=text_of(document.description),
                content=self._content(member, f"documents/{guid}"),
            )

    def _content(self, member: str | None, reference: str) -> bytes | None:
        """Return the bytes of a file that something refers to; None, and a notice, where it is not there."""
        if member and member in self.archive:
            return self.archive.read(member)
        self.notices.add(
            say(
                "{count} files that topics refer to are not in the BCF file and were left out; the first is {example}.",
                count=1,
                example=reference[:120],
            )
        )
        return None

    def _topics(self) -> tuple[Topic, ...]:
        members = [n for n in self.archive.names if n.count("/") == 1 and n.endswith("/markup.bcf")]
        if len(members) > MOST_TOPICS:
            raise InvalidInput(
                "{file} holds {count} topics, more than the {limit} that are read at a time: export fewer of them.",
                file=self.name,
                count=len(members),
                limit=MOST_TOPICS,
            )
        topics: dict[str, Topic] = {}
        for member in members:
            topic = self._topic(member)
            if topic.guid in topics:
                raise InvalidInput(
                    "{file} holds the topic {guid} twice, and nobody can say which one is meant: export it again.",
                    file=self.name,
                    guid=topic.guid,
                )
            topics[topic.guid] = topic
        return tuple(topics.values())

    def _parts(self, member: str) -> _Parts:
        content = self.archive.read_xml(member)
        if self.version == "3.0":
            markup = self.xml.model(content, member, v3.Markup)
            topic = markup.topic
            return _Parts(
                topic,
                markup.header.files.file if markup.header and markup.header.files else [],
                topic.reference_links.reference_link if topic.reference_links else [],
                topic.labels.label if topic.labels else [],
                topic.document_references.document_reference if topic.document_references else [],
                topic.related_topics.related_topic if topic.related_topics else [],
                topic.comments.comment if topic.comments else [],
                topic.viewpoints.view_point if topic.viewpoints else [],
            )
        old = self.xml.model(content, member, v2.Markup, markup_of_2_0 if self.version == "2.0" else None)
        of = old.topic
        return _Parts(
            of,
            old.header.file if old.header else [],
            of.reference_link,
            of.labels,
            of.document_reference,
            of.related_topic,
            old.comment,
            old.viewpoints,
        )

    def _topic(self, member: str) -> Topic:
        folder = member.rpartition("/")[0]
        parts = self._parts(member)
        found = parts.topic
        return Topic(
            guid=guid_of(found.guid, self.name, member),
            title=text_of(found.title),
            creation_date=time_of(found.creation_date, self.name, member),
            creation_author=text_of(found.creation_author),
            type=_said(found.topic_type),
            status=_said(found.topic_status),
            priority=text_of(found.priority),
            index=found.index,
            labels=_texts(parts.labels),
            modified_date=time_of(found.modified_date, self.name, member) if found.modified_date else None,
            modified_author=text_of(found.modified_author),
            due_date=day_of(found.due_date, self.name, member) if found.due_date else None,
            assigned_to=text_of(found.assigned_to),
            stage=text_of(found.stage),
            description=text_of(found.description),
            server_assigned_id=text_of(getattr(found, "server_assigned_id", "")),
            reference_links=_texts(parts.links),
            related_topics=tuple(guid_of(related.guid, self.name, member) for related in parts.related),
            document_references=tuple(self._document_reference(d, folder, member) for d in parts.documents),
            bim_snippet=self._snippet(found.bim_snippet, folder) if found.bim_snippet else None,
            files=tuple(self._header_file(file, folder, member) for file in parts.files),
            comments=tuple(self._comment(comment, member) for comment in parts.comments),
            viewpoints=tuple(self._viewpoint(viewpoint, folder, member) for viewpoint in parts.viewpoints),
        )

    def _comment(self, found: Any, member: str) -> Comment:
        return Comment(
            guid=guid_of(found.guid, self.name, member),
            date=time_of(found.date, self.name, member),
            author=text_of(found.author),
            text=text_of(found.comment),
            viewpoint=guid_of(found.viewpoint.guid, self.name, member) if found.viewpoint else "",
            modified_date=time_of(found.modified_date, self.name, member) if found.modified_date else None,
            modified_author=text_of(found.modified_author),
        )

    def _header_file(self, found: Any, folder: str, member: str) -> HeaderFile:
        reference = text_of(found.reference)
        content = None
        if not found.is_external and reference:
            content = self._content(resolved(folder, reference), reference)
        return HeaderFile(
            filename=text_of(found.filename),
            ifc_project=text_of(found.ifc_project),
            ifc_spatial_structure_element=text_of(found.ifc_spatial_structure_element),
            date=time_of(found.date, self.name, member) if found.date else None,
            reference=reference,
            external=found.is_external,
            content=content,
        )

    def _document_reference(self, found: Any, folder: str, member: str) -> DocumentReference:
        guid = guid_of(found.guid, self.name, member) if found.guid else ""
        description = text_of(found.description)
        if self.version == "3.0":
            document = guid_of(found.document_guid, self.name, member) if found.document_guid else ""
            return DocumentReference(guid, description, text_of(found.url), document)
        reference = text_of(found.referenced_document)
        if found.is_external or not reference:
            return DocumentReference(guid, description, reference)
        name = resolved(folder, reference)
        document = str(uuid.uuid5(uuid.NAMESPACE_URL, name or reference))  # 2.1 names a document by its place only
        if document not in self.documents:
            filename = (name or reference).rpartition("/")[2]
            self.documents[document] = Document(document, filename, "", self._content(name, reference))
        return DocumentReference(guid, description, "", document)

    def _snippet(self, found: Any, folder: str) -> BimSnippet:
        reference = text_of(found.reference)
        return BimSnippet(
            type=text_of(found.snippet_type),
            schema=text_of(found.reference_schema),
            reference=reference,
            external=found.is_external,
            content=None if found.is_external else self._content(resolved(folder, reference), reference),
        )

    def _viewpoint(self, found: Any, folder: str, member: str) -> Viewpoint:
        guid = guid_of(found.guid, self.name, member)
        snapshot = self._snapshot(text_of(found.snapshot), folder) if text_of(found.snapshot) else None
        name = resolved(folder, text_of(found.viewpoint)) if text_of(found.viewpoint) else None
        if name is None or name not in self.archive:
            if text_of(found.viewpoint):
                self._content(None, text_of(found.viewpoint))
            return Viewpoint(guid, snapshot=snapshot, index=found.index)
        upgrade = viewpoint_of_2_0 if self.version == "2.0" else _keep
        model = v3.VisualizationInfo if self.version == "3.0" else v2.VisualizationInfo
        info = self.xml.model(self.archive.read_xml(name), name, model, upgrade)
        return read_viewpoint(
            info,
            guid,
            found.index,
            snapshot,
            lambda reference: self._content(resolved(folder, reference), reference),
            self.notices,
        )

    def _snapshot(self, reference: str, folder: str) -> Snapshot | None:
        content = self._content(resolved(folder, reference), reference)
        if content is None:
            return None
        for start, kind in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg")):
            if content.startswith(start):
                return Snapshot(content, kind)
        self.notices.add(
            say(
                "{count} snapshots are neither PNG nor JPEG pictures and were left out; the first is {example}.",
                count=1,
                example=reference[:120],
            )
        )
        return None

    def _others(self) -> dict[str, bytes]:
        """Return the files that nothing refers to, as far as they are small enough to be kept."""
        others: dict[str, bytes] = {}
        for name in self.archive.names:
            if name in self.archive.used or name in KNOWN_FILES:
                continue
            content = self.archive.read(name)
            if sum(map(len, others.values())) + len(content) > KEPT_OTHERS or len(others) >= 1000:
                self.notices.add(
                    say(
                        "{count} large files that no topic refers to were left out; first {example}.",
                        count=1,
                        example=name[:120],
                    )
                )
            else:
                others[name] = content
        if others:
            for name in others:
                self.notices.add(
                    say(
                        "{count} files in the BCF file belong to no topic, {example} for one.",
                        count=1,
                        example=name[:120],
                    )
                )
        return others


def _keep(_: Element) -> None:
    """Change nothing."""


def _said(found: str | None) -> str:
    """Return a type or status; what a writer of 3.0 puts where there is none says nothing."""
    return "" if found == UNSAID else text_of(found)


def _texts(found: list[str]) -> tuple[str, ...]:
    return tuple(text for text in map(text_of, found) if text)
