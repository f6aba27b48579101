"""What the store does for clashes; a part of `Store`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from twin.errors import NotFound, OutOfStep
from twin.store import bodies as kept_bodies
from twin.store import changes, clashes, read, topics, write
from twin.store.blobs import Blobs
from twin.store.clashes import ClashRunRecord
from twin.store.connect import reading, writing
from twin.store.topics import CommentRecord
from twin.values.bodies import Bodies
from twin.values.clash import Clash, ClashEvent, ClashGroup
from twin.values.topic import Topic, Viewpoint


@dataclass(frozen=True, slots=True)
class RevisionElements:
    """The drawn elements of a revision by feature row; tags are "" where there are none."""

    global_ids: Sequence[str]
    ifc_classes: Sequence[str]
    names: Sequence[str]
    tags: Sequence[str]
    bodies: Bodies


class _Lived(Protocol):
    """What became of all clashes of a project: see `twin.judgement.clash.life.Lived`."""

    @property
    def clashes(self) -> Sequence[Clash]: ...

    @property
    def groups(self) -> Sequence[ClashGroup]: ...

    @property
    def events(self) -> Sequence[ClashEvent]: ...


LivedT = TypeVar("LivedT", bound=_Lived)


class ClashMethods:
    """Bodies and connections of models, clash runs and what became of their clashes."""

    blobs: Blobs
    _engine: Engine
    _keep_for_job: Callable[[Connection, Mapping[str, Any]], None]

    def bodies(self, model: str) -> Bodies | None:
        """Return the triangles of a model's current revision; None where it was imported before they were kept."""
        with reading(self._engine) as connection:
            name = kept_bodies.bodies_name(connection, model)
        return None if name is None else kept_bodies.bodies_from_bytes(self.blobs.get(name))

    def connections(self, model: str) -> list[tuple[str, str, str]]:
        """Return (name of the IFC relation, GlobalId, GlobalId) of the elements that a model's file ties together."""
        with reading(self._engine) as connection:
            return kept_bodies.model_connections(connection, model)

    def revision_elements(self, model: str, revision: int) -> RevisionElements | None:
        """Return the drawn elements of some revision of a model; None where it or its bodies are not kept."""
        with reading(self._engine) as connection:
            found = kept_bodies.revision_elements(connection, model, revision)
        if found is None:
            return None
        bodies = kept_bodies.bodies_from_bytes(self.blobs.get(found[0]))
        ids, classes, names, tags = ([row[i] for row in found[1]] for i in range(4))
        return RevisionElements(ids, classes, names, tags, bodies)

    def checked_revisions(self, project: str) -> dict[str, int]:
        """Return model → revision that the last run with this model looked at: its clashes speak of these elements."""
        with reading(self._engine) as connection:
            return clashes.checked_revisions(connection, project)

    def current_placements(self, project: str) -> dict[str, int]:
        """Return model → number of the placement in which its current revision stands."""
        with reading(self._engine) as connection:
            return clashes.current_placements(connection, project)

    def put_bodies(
        self,
        model: str,
        bodies: Bodies,
        connections: Sequence[tuple[str, str, str]],
        *,
        revision: int | None = None,
    ) -> None:
        """Give a revision of before they were kept its bodies and connections; what has them keeps what it has.

        revision : the one that they were made of; None: the current one

        Raises
        ------
        OutOfStep : the model has another revision by now.
        """
        packed = kept_bodies.pack_bodies(bodies)
        with writing(self._engine) as connection:
            write.lock(connection)
            current = read.current_revision(connection, model)
            if revision not in (None, current.number):
                raise OutOfStep("The model {model} has changed meanwhile: run it again.", model=model)
            write.add_bodies(connection, current.id, packed.sha256, connections)
            self.blobs.keep([packed])

    def clashes(self, project: str | None = None) -> list[Clash]:
        """Return all clashes, or those of a project, in the order of their ids."""
        with reading(self._engine) as connection:
            return clashes.all_clashes(connection, project=project)

    def clash(self, clash: str) -> Clash:
        """Return a clash by its id."""
        with reading(self._engine) as connection:
            return clashes.some_clashes(connection, [clash])[clash]

    def group_clashes(self, group: str) -> list[Clash]:
        """Return the clashes of a group; none where there is no such group."""
        with reading(self._engine) as connection:
            return clashes.all_clashes(connection, group=group)

    def clash_groups(self, project: str | None = None) -> list[ClashGroup]:
        """Return the groups of all clashes, or of those of a project."""
        with reading(self._engine) as connection:
            return clashes.groups(connection, project)

    def clash_runs(self, project: str | None = None) -> list[ClashRunRecord]:
        """Return the runs of clash detection, the first one first."""
        with reading(self._engine) as connection:
            return clashes.runs(connection, project)

    def last_clash_run(self, project: str) -> ClashRunRecord | None:
        """Return the last run of a project; None where there was none."""
        with reading(self._engine) as connection:
            return clashes.last_run(connection, project)

    def clash_events(self, clash: str) -> list[ClashEvent]:
        """Return what happened to a clash, the first thing first."""
        with reading(self._engine) as connection:
            return clashes.events(connection, clash)

    def project_events(self, project: str, kinds: Sequence[str]) -> list[ClashEvent]:
        """Return what happened to all clashes of a project, of these kinds only, the first thing first."""
        with reading(self._engine) as connection:
            return clashes.events_of_project(connection, project, kinds)

    def put_clash_run(
        self, run: ClashRunRecord, live: Callable[[Sequence[Clash], Sequence[ClashGroup]], LivedT]
    ) -> LivedT:
        """Keep a run and what became of the project's clashes, in one transaction.

        live : given the clashes and groups as they are kept, returns all of them as they are after the run, with what
            happened; it is called under the write lock, so nobody's change is lost

        Raises
        ------
        InvalidInput : a model has another revision than the run has looked at, or was placed anew; nothing is kept
            then.
        StoreBusy : another process is writing and did not finish in time.
        """
        with writing(self._engine) as connection:
            write.lock(connection)
            clashes.check_unchanged(connection, run)
            kept = clashes.all_clashes(connection, project=run.project)
            lived = live(kept, clashes.groups(connection, run.project))
            clashes.put_run(connection, run)
            clashes.put_clashes(connection, {clash.id: clash for clash in kept}, lived.clashes)
            clashes.put_groups(connection, run.project, lived.groups)
            clashes.put_events(connection, lived.events)
            self._keep_for_job(connection, {"run": run.id})
            return lived

    def change_clashes(
        self,
        ids: Sequence[str],
        values: Mapping[str, Any],
        *,
        by: str,
        at: datetime,
        note: str = "",
        comment: str = "",
    ) -> list[Clash]:
        """Change clashes as a person wants, all or none of them; return them as they are then.

        values : attribute of `Clash` (status, assignee, due_date, group, severity) → its new value
        note : why, for the history; comment : is said of each of their groups

        Raises NotFound where there is no such clash.
        """
        with writing(self._engine) as connection:
            write.lock(connection)
            return changes.change_clashes(connection, ids, values, by=by, at=at, note=note, comment=comment)

    def comments(self, topic: str) -> list[CommentRecord]:
        """Return what was said of a topic or of a group of clashes, the first thing first."""
        with reading(self._engine) as connection:
            return topics.comments_of(connection, topic)

    def project_comments(self, project: str) -> list[CommentRecord]:
        """Return what was said of all topics and groups of clashes of a project, the first thing first."""
        with reading(self._engine) as connection:
            return topics.comments_of_project(connection, project)

    def add_comment(
        self, project: str, topic: str, *, author: str, at: datetime, text: str, viewpoint: str = ""
    ) -> str:
        """Keep what somebody says of a topic or of a group of clashes; return the comment's GUID."""
        with writing(self._engine) as connection:
            write.lock(connection)
            return changes.add_comment(connection, project, topic, author=author, at=at, text=text, viewpoint=viewpoint)

    def topics(self, project: str | None = None) -> list[Topic]:
        """Return the topics that were kept, with their comments, viewpoints and pictures."""
        with reading(self._engine) as connection:
            return topics.all_topics(connection, self.blobs, project=project)

    def topic(self, guid: str) -> Topic:
        """Return a topic by its GUID."""
        with reading(self._engine) as connection:
            found = topics.all_topics(connection, self.blobs, guid=guid)
        if not found:
            raise NotFound("There is no topic {guid}.", guid=guid)
        return found[0]

    def viewpoints(self, topic: str) -> list[Viewpoint]:
        """Return the viewpoints of a topic or of a group of clashes."""
        with reading(self._engine) as connection:
            return topics.viewpoints_of(connection, self.blobs, topic)

    def put_topics(self, project: str, found: Sequence[Topic]) -> None:
        """Keep topics of a project in one transaction; see `twin.store.topics.put_topic` for those that are there.

        Raises
        ------
        NotFound : there is no such project.
        """
        packed = [topics.PackedTopic.of(topic) for topic in found]
        with writing(self._engine) as connection:
            write.lock(connection)
            read.project(connection, project)
            for topic in packed:
                topics.put_topic(connection, project, topic)
            self.blobs.keep(blob for topic in packed for blob in topic.all_blobs)

    def remove_topic(self, guid: str) -> None:
        """Forget a topic with its comments, viewpoints and pictures."""
        with writing(self._engine) as connection:
            write.lock(connection)
            topics.remove_topic(connection, guid)
