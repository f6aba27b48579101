"""The clashes of a project as a BCF file, and a BCF file into the store. Knows no Flask and no click."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from twin.exchange.bcf import read, written
from twin.values.clash import Clash
from twin.values.sentence import Sentence, in_language
from twin.values.topic import BcfFile
from web.answers_clashes import elements_of
from web.bcf.replies import Loaded, load
from web.bcf.topics import Issues, extensions, header_files, others_of, topics_of

if TYPE_CHECKING:
    from twin.judged_elements import JudgedElements
    from twin.store import Store


@dataclass(frozen=True, slots=True)
class Exported:
    """A BCF file: its bytes, how many topics and clashes are in it, what its version could not carry."""

    content: bytes
    topics: int
    clashes: int
    notices: Sequence[Sentence]


def export(
    store: "Store",
    elements: "JudgedElements",
    project: str,
    clashes: Sequence[Clash],
    version: str,
    language: str,
    *,
    pictures: bool = True,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Return the groups that some clashes of a project belong to, and topics of others, as a BCF file.

    version : "2.1" or "3.0"
    """
    from web.bcf.pictures import Scene

    record, _ = store.project(project)
    issues = Issues(
        store,
        project,
        elements_of(store, elements, project),
        header_files(store, project),
        language,
        Scene(store, project) if pictures else None,
    )
    topics = [*topics_of(issues, clashes, advance), *others_of(issues)]
    file = BcfFile(
        version=version,
        project_id=project_guid(project),
        project_name=record.name,
        extensions=extensions(topics),
        topics=topics,
    )
    came = written(file, version)
    return Exported(came.content, len(topics), len(clashes), came.notices)


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: what was there stays until the new one lies beside it."""
    if path.exists() and not path.is_file():  # a pipe, /dev/stdout
        path.write_bytes(content)
        return
    final = path.resolve()  # a link stays a link
    unfinished = final.with_name(f".{uuid4().hex}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if final.exists():
            unfinished.chmod(final.stat().st_mode & 0o777)
        unfinished.replace(final)
    finally:
        unfinished.unlink(missing_ok=True)


def project_guid(code: str) -> str:
    """Return the GUID by which BCF files know a project."""
    from twin.exchange.bcf.build import stable_guid

    return stable_guid("project", code)


def take(store: "Store", source: Path | bytes, project: str | None, name: str, by: str) -> Loaded:
    """Read a BCF file and keep what it says; raises InvalidInput where it cannot be read, and keeps nothing then."""
    from twin.judged import Judged
    from twin.judged_elements import JudgedElements

    file = read(source, name)
    elements = JudgedElements(Judged(store))
    guids = {project_guid(record.code): record.code for record in store.projects()}
    known = project or guids.get(file.project_id)
    return load(store, file, known, name, by, lambda code: elements_of(store, elements, code))


def taken_json(came: Loaded, language: str) -> dict[str, Any]:
    """Return what came of a BCF file as JSON."""
    return {
        "bcf": came.version,
        "project": came.project,
        "topics": came.own,
        "changed": came.changed,
        "other_topics": came.others,
        "comments": came.comments,
        "notices": [in_language(notice, language) for notice in came.notices],
    }
