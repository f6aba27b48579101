"""Who somebody is, what they may, and how much of the city that lets them see.

A route needs a role.  Whoever asks is given a *scope*: the projects in which they have that role, each with the
fields that they may see.  What lies outside of the scope does not exist for them: nothing is hidden answer by answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Role(IntEnum):
    """What somebody may in a project; each may what those before it may.

    >>> Role.of("engineer") >= Role.VIEWER, str(Role.MANAGER)
    (True, 'manager')
    """

    PUBLIC = 0  # sees what is published
    VIEWER = 1  # sees all of a project
    ENGINEER = 2  # uploads models, works on clashes
    MANAGER = 3  # publishes, removes, decides
    ADMINISTRATOR = 4  # people, keys, the log of who did what

    @classmethod
    def of(cls, name: str) -> "Role":
        """Return the role of this name; an empty one is PUBLIC. KeyError where there is none."""
        return cls[name.upper()] if name else cls.PUBLIC

    def __str__(self) -> str:
        return self.name.lower()


# What can be shown of a project beside its name, kind, place and buildings, and what each holds.
FIELDS = (
    "light",  # its light with the rules and figures it rests on
    "progress",  # planned and reached, stage, milestones
    "funds",  # invested, paid, used
    "labour",
    "machinery",
    "concrete",
    "steel",
    "land",
    "contacts",  # who owns, builds, supervises
    "elements",  # names, properties, systems, rooms of building elements; what is in their tiles is seen without
    "clashes",  # clashes and what is said of them
)
ALL_FIELDS = frozenset(FIELDS)
PUBLISHED_FIELDS = frozenset({"light", "progress"})  # unless more or less is said


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of the city somebody sees.

    projects : code → fields that may be seen; None: every project, all fields
    layers : names of city layers; None: all
    role : the one in which this scope is had: what may be done in it
    """

    projects: "frozenset[tuple[str, frozenset[str]]] | None" = None
    layers: frozenset[str] | None = None
    role: Role = Role.ADMINISTRATOR

    @property
    def whole(self) -> bool:
        """Is this all there is."""
        return self.projects is None and self.layers is None

    def fields(self, project: str) -> frozenset[str] | None:
        """Return the fields of a project that may be seen; None where the project does not exist for them."""
        if self.projects is None:
            return ALL_FIELDS
        return dict(self.projects).get(project)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who asks.

    kind : "local" (no users are kept: whoever sits at this machine may all), "person" (signed in by a browser),
        "program" (a token), "public" (nobody)
    name : as they sign in; empty for the public
    role : in every project
    grants : project → a role there, where it is more
    limit : a token's projects; None: no limit of its own
    csrf : what a person's browser must bring along to change something
    """

    kind: str
    name: str = ""
    display_name: str = ""
    user_id: str = ""
    role: Role = Role.PUBLIC
    grants: Mapping[str, Role] = field(default_factory=dict)
    limit: frozenset[str] | None = None
    csrf: str = ""

    def role_in(self, project: str) -> Role:
        """Return what they may in a project."""
        if self.limit is not None and project not in self.limit:
            return Role.PUBLIC
        return max(self.role, self.grants.get(project, Role.PUBLIC))


LOCAL = Identity("local", role=Role.ADMINISTRATOR)
PUBLIC = Identity("public")


@dataclass(frozen=True, slots=True)
class Published:
    """What the public sees: code → fields, and names of city layers."""

    projects: Mapping[str, frozenset[str]]
    layers: frozenset[str]


def scope_of(identity: Identity, needed: Role, published: Published) -> Scope:
    """Return how much of the city somebody sees who asks for what needs a role.

    What needs no role shows everybody what is published, and those who have a role in a project all of that project.

    >>> nobody = scope_of(PUBLIC, Role.PUBLIC, Published({"A": frozenset({"light"})}, frozenset()))
    >>> sorted(code for code, _ in nobody.projects), scope_of(LOCAL, Role.VIEWER, Published({}, frozenset())).whole
    (['A'], True)
    """
    least = max(needed, Role.VIEWER)
    if identity.role >= least and identity.limit is None:
        return Scope(None, None, needed)
    codes = identity.grants.keys() if identity.limit is None else identity.limit
    seen = {code: ALL_FIELDS for code in codes if identity.role_in(code) >= least}
    if needed is Role.PUBLIC:
        seen = {**published.projects, **seen}
    everyone = identity.kind == "public"
    return Scope(frozenset(seen.items()), published.layers if everyone else None, needed)
