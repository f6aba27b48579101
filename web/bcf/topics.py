"""A group of clashes as a BCF topic: one thing to talk about, both elements selected, the camera on the clash.

Everything stands in the IFC files' own coordinates: those of the first element's model, in whose local frame a `Clash`
is kept.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from twin.exchange.bcf.build import clash_viewpoint, components_of, header_file, stable_guid, with_opening_comment
from twin.judgement.clash.framing import framing
from twin.judgement.legend import CLASH_COLOURS
from twin.values.clash import HIDDEN_TYPES, OPEN, SEVERITIES, BodyKey, Clash, ClashGroup, ClashStatus, ClashType
from twin.values.sentence import Sentence, in_language, say
from twin.values.topic import Camera, Comment, Extensions, HeaderFile, Snapshot, Topic, Viewpoint

if TYPE_CHECKING:
    from twin.store import Store
    from twin.store.topics import CommentRecord
    from web.answers_clashes import Elements
    from web.bcf.pictures import Scene

TOPIC_TYPE = "Clash"
NOBODY = "City Twin"
MOST_NAMED = 20  # clashes of a group that its description names one by one
MOST_WAITING = 8  # pictures that are being drawn
PRIORITIES = {"high": "High", "medium": "Medium", "low": "Low"}
_KINDS = {
    ClashType.HARD: say("overlap"),
    ClashType.CONTAINED: say("one inside the other"),
    ClashType.DUPLICATE: say("twice the same"),
    ClashType.TOUCH: say("touch"),
    ClashType.CLEARANCE: say("too little room"),
    ClashType.WORKFLOW: say("work at the same time in the same place"),
}
# The status of a group is that of the clash in it that most waits for somebody.
_WAITING = (
    *(ClashStatus.NEW, ClashStatus.ACTIVE, ClashStatus.UNCHECKED, ClashStatus.REVIEWED),
    *(ClashStatus.APPROVED, ClashStatus.RESOLVED, ClashStatus.BY_DESIGN),
)


@dataclass(frozen=True, slots=True)
class Issues:
    """What is needed to write the clashes of a project as topics.

    files : model → how a topic names it; those of other models are left out
    scene : draws pictures; None leaves them out
    """

    store: "Store"
    project: str
    elements: "Elements"
    files: Mapping[str, HeaderFile]
    language: str
    scene: "Scene | None" = None

    def head(self, group: ClashGroup, clashes: Sequence[Clash]) -> Topic:
        """Return a group as a topic without what was said of it and how it looks."""
        worst = worst_of(clashes)
        due = due_of(clashes)
        models = sorted({key.model for clash in clashes for key in (clash.a, clash.b)})
        return Topic(
            guid=group.id,
            title=self._title(group, worst),
            creation_date=min(clash.first_found for clash in clashes),
            creation_author=NOBODY,
            type=TOPIC_TYPE,
            status=status_of(clashes).value,
            priority=PRIORITIES[worst.severity],
            labels=sorted({clash.type.value for clash in clashes} | {c.storey for c in clashes if c.storey}),
            due_date=None if due is None else datetime.combine(due, time(), UTC),
            assigned_to=assignee_of(clashes),
            description=self._description(clashes),
            files=[self.files[model] for model in models if model in self.files],
        )

    def topic(
        self,
        group: ClashGroup,
        clashes: Sequence[Clash],
        camera: Camera,
        picture: bytes | None,
        changed: datetime | None = None,
    ) -> Topic:
        """Return a group as a whole topic.

        camera, picture : where to stand to see it, and what is seen from there (PNG)
        changed : when it was last changed here; in our comment, too, where other programs leave it: so a reply tells
            what it was written from
        """
        drawn = viewpoint_of(group.id, clashes, camera, None if picture is None else Snapshot(picture))
        kept = self.store.viewpoints(group.id)
        head = self.head(group, clashes)
        topic = replace(
            head,
            modified_date=changed,
            # noon: the same day from zone -12 to +11, whether a program moves it into its own zone or not
            due_date=head.due_date and head.due_date.replace(hour=12),
            comments=comments_of(self.store, group.id),
            viewpoints=[drawn, *(viewpoint for viewpoint in kept if viewpoint.guid != drawn.guid)],
        )
        topic = with_opening_comment(topic, self._words(say("The clash is in the viewpoint.")))
        ours = opening_guid(group.id)
        stamped = [
            replace(comment, modified_date=changed, modified_author=NOBODY) if comment.guid == ours else comment
            for comment in topic.comments
        ]
        return replace(topic, comments=stamped)

    def lines(self, clashes: Sequence[Clash]) -> list[str]:
        """Return all lines that a description of some clashes can have."""
        return [*(self._line(clash) for clash in clashes), self._more(len(clashes))]

    def _title(self, group: ClashGroup, worst: Clash) -> str:
        return group.title or f"{self._name(worst.a)} × {self._name(worst.b)}"

    def _name(self, key: BodyKey) -> str:
        named = self.elements.named(key)
        return f"{named.ifc_class.removeprefix('Ifc')} {named.name}".strip() or key.global_id

    def _description(self, clashes: Sequence[Clash]) -> str:
        lines = [self._line(clash) for clash in clashes[:MOST_NAMED]]
        if len(clashes) > MOST_NAMED:
            lines.append(self._more(len(clashes) - MOST_NAMED))
        return "\n".join(lines)

    def _more(self, count: int) -> str:
        return self._words(say("… and {count} more.", count=count))

    def _line(self, clash: Clash) -> str:
        measure = say(
            "{kind}, depth {depth} mm, volume {volume} litres ({method}, rule {rule})",
            kind=_KINDS[clash.type],
            depth=f"{clash.depth * 1000:.1f}",
            volume=f"{clash.volume * 1000:.2f}",
            method=clash.method.value,
            rule=clash.rule,
        )
        if clash.type is ClashType.CLEARANCE:
            measure = say(
                "{kind}, {distance} mm apart ({method}, rule {rule})",
                kind=_KINDS[clash.type],
                distance=f"{clash.distance * 1000:.1f}",
                method=clash.method.value,
                rule=clash.rule,
            )
        return f"{self._name(clash.a)} × {self._name(clash.b)}: {self._words(measure)}"

    def _words(self, sentence: Sentence) -> str:
        return in_language(sentence, self.language)


def viewpoint_guid(group: str) -> str:
    """Return the GUID of the viewpoint that shows the clashes of a group."""
    return stable_guid("viewpoint", group)


def opening_guid(group: str) -> str:
    """Return the GUID of the comment that an export gives a group, as some programs need one to show a viewpoint."""
    return stable_guid("opening comment", group)


def viewpoint_of(group: str, clashes: Sequence[Clash], camera: Camera, snapshot: Snapshot | None) -> Viewpoint:
    """Return the viewpoint that shows the clashes of a group: both sides selected, each in its colour."""
    return clash_viewpoint(
        viewpoint_guid(group),
        camera,
        components_of([clash.a.global_id for clash in clashes]),
        components_of([clash.b.global_id for clash in clashes]),
        CLASH_COLOURS,
        snapshot,
    )


def worst_of(clashes: Iterable[Clash]) -> Clash:
    """Return the clash that a group is named after and looked at for: the most severe, of those the deepest."""
    return min(clashes, key=lambda clash: (SEVERITIES.index(clash.severity), -clash.depth, clash.id))


def is_by_file(clash: Clash) -> bool:
    """Is a clash by design because the model says so, and not a person."""
    return clash.status is ClashStatus.BY_DESIGN and clash.reason is not None


def speaking(clashes: Iterable[Clash]) -> list[Clash]:
    """Return the clashes that a group's status, person and date are those of: the open ones, else what was overlap.

    So a group says the same whether it is asked for with what is closed or touches only, or without.
    """
    everything = list(clashes)
    seen = [clash for clash in everything if clash.type not in HIDDEN_TYPES and not is_by_file(clash)]
    return [clash for clash in seen if clash.status in OPEN] or seen or everything


def status_of(clashes: Iterable[Clash]) -> ClashStatus:
    """Return the status of a group: that of the clash that most waits for somebody."""
    return min((clash.status for clash in speaking(clashes)), key=_WAITING.index)


def assignee_of(clashes: Iterable[Clash]) -> str:
    """Return who a group waits for: the first by name where there are several; empty: nobody."""
    return min((clash.assignee for clash in speaking(clashes) if clash.assignee), default="")


def due_of(clashes: Iterable[Clash]) -> date | None:
    """Return when the first of a group's clashes is due."""
    return min((clash.due_date for clash in speaking(clashes) if clash.due_date is not None), default=None)


def comments_of(store: "Store", topic: str) -> list[Comment]:
    """Return what was said of a topic."""
    return [comment_of(record) for record in store.comments(topic)]


def comment_of(record: "CommentRecord") -> Comment:
    """Return a comment as it is kept as one of a topic."""
    c = record
    return Comment(c.guid, c.at, c.author or NOBODY, c.text, c.viewpoint, c.modified_at, c.modified_author)


def header_files(store: "Store", project: str) -> dict[str, HeaderFile]:
    """Return model → how a topic names it: its file, the GlobalId of its IfcProject, when it was imported."""
    found = {}
    for model in store.models(project):
        parents = store.element_parents(model.model)
        roots = sorted({parent for parent in parents.values() if parent and parent not in parents})
        found[model.model] = header_file(model.file, roots[0] if len(roots) == 1 else "", model.imported_at)
    return found


def extensions(topics: Iterable[Topic]) -> Extensions:
    """Return the words that a project's topics use, ours first."""
    topics = list(topics)

    def words(ours: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*ours, *sorted({word for word in used if word})]))

    return Extensions(
        topic_types=words([TOPIC_TYPE], (topic.type for topic in topics)),
        topic_statuses=words([s.value for s in ClashStatus], (topic.status for topic in topics)),
        priorities=words(PRIORITIES.values(), (topic.priority for topic in topics)),
        topic_labels=words([], (label for topic in topics for label in topic.labels)),
        users=words([], (topic.assigned_to for topic in topics)),
        stages=words([], (topic.stage for topic in topics)),
    )


def changes_of(store: "Store", project: str) -> dict[str, datetime]:
    """Return group → when one of its clashes was last new or changed: status, person or due date."""
    of = {}
    changed: dict[str, datetime] = {}
    for clash in store.clashes(project):
        of[clash.id] = clash.group
        changed[clash.group] = max(clash.first_found, changed.get(clash.group, clash.first_found))
    for event in store.project_events(project, ("status", "assignee", "due_date")):
        group = of[event.clash]
        changed[group] = max(event.at, changed[group])
    return changed


def topics_of(
    issues: Issues, clashes: Sequence[Clash], advance: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Topic]:
    """Yield the groups that some clashes belong to as topics, in the order of the clashes."""
    from web.bcf.pictures import painting

    members: dict[str, list[Clash]] = {}
    for clash in clashes:
        members.setdefault(clash.group, []).append(clash)
    groups = {group.id: group for group in issues.store.clash_groups(issues.project)}
    waiting: deque[tuple[str, Camera, Future[bytes] | None]] = deque()
    changed = changes_of(issues.store, issues.project)
    done = 0

    def first() -> Topic:
        name, camera, drawn = waiting.popleft()
        picture = None if drawn is None else drawn.result()
        return issues.topic(groups[name], members[name], camera, picture, changed.get(name))

    with painting(0 if issues.scene is None else len(members)) as paint:
        for name, found in members.items():
            worst = worst_of(found)
            if issues.scene is None:
                waiting.append((name, framing(worst.local_box), None))
            else:
                drawing = issues.scene.drawing(worst, found)
                waiting.append((name, drawing.camera, paint(drawing)))
            if len(waiting) >= MOST_WAITING:  # bodies that wait to be drawn take memory
                advance(done := done + 1, len(members))
                yield first()
        while waiting:
            advance(done := done + 1, len(members))
            yield first()


def others_of(issues: Issues) -> list[Topic]:
    """Return the topics of a project that speak of no group of clashes: they came from elsewhere."""
    groups = {group.id for group in issues.store.clash_groups(issues.project)}
    return [topic for topic in issues.store.topics(issues.project) if topic.guid not in groups]
