"""A store of which somebody sees a part: what lies outside of their scope does not exist in it.

Every public method of `Store` is filtered here, passed on (`PASSED`: it tells nothing of a project), or refused: one
that is added to `Store` is refused until somebody says here what it tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

from twin.errors import NotAllowed, NotFound
from twin.store import read
from twin.store.element_texts import ElementGroup, ElementText
from twin.store.known import Knowledge
from twin.store.records import ElementColumns, ElementRecord, Layer, Ledger, Model, Project, Revision, TwinSettings
from twin.store.store import Store
from twin.store.visible_clashes import VisibleClashes
from twin.store.visible_uploads import VisibleUploads
from twin.store.visible_work import VisibleWork
from twin.values.georeference import Georeference
from twin.values.project import Known
from twin.values.rights import ALL_FIELDS, Role, Scope
from twin.values.seen import seen_known

# name → why it may be passed on as it is
PASSED = {
    "check": "asks only whether the database answers",
    "check_code": "looks at its argument alone",
    "changes": "a number that says that something changed, and not what",
}
_SPACES = "spaces/"


class Visible(VisibleClashes, VisibleUploads, VisibleWork, Store):
    """The part of a store that a scope holds; as cheap as the store, and as safe to share between threads."""

    def __init__(self, store: Store, scope: Scope) -> None:
        self.scope = scope
        self.blobs = store.blobs  # their names come from what is visible; no route takes one by itself
        self._store = store
        self._fields = None if scope.projects is None else dict(scope.projects)
        self._owners: tuple[int, Mapping[str, str]] = -1, {}

    @property
    def whole(self) -> Store:
        """The store that this is a part of."""
        return self._store

    def changes(self) -> int:
        """Return a number that every committed change raises."""
        return self._store.changes()

    def check(self) -> None:
        """Raise when the database does not answer."""
        self._store.check()

    def settings(self) -> TwinSettings:
        """Return what the twin says of its city."""
        return self._store.settings()

    def sees(self, project: str, field: str = "") -> bool:
        """Does a project exist in here, and may this of its fields be seen."""
        if self._fields is None:
            return True
        fields = self._fields.get(project)
        return fields is not None and (not field or field in fields)

    def fields(self, project: str) -> frozenset[str]:
        """Return the fields of a project that may be seen; NotFound where it does not exist in here."""
        found = ALL_FIELDS if self._fields is None else self._fields.get(project)
        if found is None:
            raise NotFound("There is no project {code}: `twin projects list` names those there are.", code=project)
        return found

    def _may(self, role: Role, project: str) -> None:
        """Refuse a change that needs a role which this scope is not of, or to what does not exist in here."""
        self.fields(project)
        if self.scope.role < role:
            raise NotAllowed("This needs the role {role} in the project {project}.", role=str(role), project=project)

    def _sees_work(self, project: str) -> bool:
        """May the work on a project be seen: not what is merely published."""
        return self.scope.role >= Role.VIEWER and self.sees(project) and self.scope.fields(project) == ALL_FIELDS

    def _project_of(self, model: str, field: str = "") -> str:
        """Return the project of a model; NotFound where the model, or this field of it, is not seen."""
        changes = self._store.changes()
        if self._owners[0] != changes:
            self._owners = changes, self._store.model_projects()
        project = self._owners[1].get(model)
        if project is None or not self.sees(project):
            raise read.no_model(model)
        if not self.sees(project, field):
            raise NotFound("The elements of {project} are not published.", project=project)
        return project

    def project_frame(self, project: str) -> Georeference | None:
        """Return the frame that the project's first model fixed; None when there is none."""
        found = self._store.project_frame(project) if self.sees(project) else None
        return found if found is None or self.sees(project, "elements") else _plain(found)

    def find_model(self, project: str, stem: str) -> Model | None:
        """Return the current revision of a project's file; None when there is none."""
        found = self._store.find_model(project, stem) if self.sees(project) else None
        return None if found is None else self._seen(found)

    def models(self, project: str | None = None) -> list[Model]:
        """Return all models, or those of one project."""
        if project is not None and not self.sees(project):
            return []
        return [self._seen(model) for model in self._store.models(project) if self.sees(model.project)]

    def model(self, model: str) -> Model:
        """Return a model by its id."""
        self._project_of(model)
        return self._seen(self._store.model(model))

    def _seen(self, model: Model) -> Model:
        """Return a model; without the field "elements" neither its rooms nor what its file says of itself."""
        if self.sees(model.project, "elements"):
            return model
        return replace(model, georeference=_plain(model.georeference), notices=[], spaces_sha256=None)

    def history(self, model: str) -> list[Revision]:
        """Return every revision of a model."""
        self._project_of(model, "elements")
        return self._store.history(model)

    def projects(self) -> list[Project]:
        """Return all projects in the order of their codes."""
        return [self._seen_project(found) for found in self._store.projects() if self.sees(found.code)]

    def project(self, code: str) -> tuple[Project, Sequence[Model]]:
        """Return a project and its models."""
        self.fields(code)
        found, models = self._store.project(code)
        return self._seen_project(found), [self._seen(model) for model in models]

    def _seen_project(self, project: Project) -> Project:
        if project.frame is None or self.sees(project.code, "elements"):
            return project
        return replace(project, frame=_plain(project.frame))

    def ledger(self, model: str) -> Ledger:
        """Return where every IfcProduct of a model ended."""
        self._project_of(model, "elements")
        return self._store.ledger(model)

    def element(self, project: str, global_id: str, model: str | None = None) -> ElementRecord:
        """Return an element of a project."""
        if not self.sees(project, "elements"):
            self.fields(project)
            raise NotFound("The elements of {project} are not published.", project=project)
        return self._store.element(project, global_id, model)

    def elements(self, project: str) -> dict[str, ElementRecord]:
        """Return GlobalId → element of a project."""
        return self._store.elements(project) if self.sees(project, "elements") else {}

    def element_columns(self, model: str) -> ElementColumns:
        """Return the drawn elements of a model as columns over its feature rows."""
        self._project_of(model, "elements")
        return self._store.element_columns(model)

    def element_parents(self, model: str) -> dict[str, str | None]:
        """Return GlobalId → GlobalId of what holds it."""
        self._project_of(model, "elements")
        return self._store.element_parents(model)

    def element_properties(self, model: str, rows: Sequence[int]) -> list[Any]:
        """Return the properties of the elements in these feature rows of a model."""
        self._project_of(model, "elements")
        return self._store.element_properties(model, rows)

    def element_texts(self, model: str) -> list[ElementText]:
        """Return what every element of a model is found by."""
        self._project_of(model, "elements")
        return self._store.element_texts(model)

    def element_groups(self, model: str) -> list[ElementGroup]:
        """Return the systems, zones and other groups of a model."""
        self._project_of(model, "elements")
        return self._store.element_groups(model)

    def tile(self, model: str, path: str) -> str:
        """Return the sha256 of a tileset document or tile of a model; rooms belong to the field "elements"."""
        project = self._project_of(model)
        if path.startswith(_SPACES):
            self._project_of(model, "elements")
        elif not self.sees(project, "elements") and self._is_room(model, path):
            raise read.no_tile(model, path)
        return self._store.tile(model, path)

    def _is_room(self, model: str, path: str) -> bool:
        """Is this a tile of rooms that is asked for as one of the building: its name alone does not tell."""
        if not path.endswith(".glb"):
            return False
        revisions = self._store.space_documents(model)
        return any(path.encode() in self.blobs.get(document) for document in revisions)

    def layers(self) -> list[Layer]:
        """Return all city layers in the order of their names."""
        return [layer for layer in self._store.layers() if self._sees_layer(layer.name)]

    def layer(self, name: str) -> Layer:
        """Return a city layer by its name."""
        if not self._sees_layer(name):
            raise NotFound("There is no layer {layer}: `twin layers list` shows those that are there.", layer=name)
        return self._store.layer(name)

    def _sees_layer(self, name: str) -> bool:
        return self.scope.layers is None or name in self.scope.layers

    def known(self, known_at: datetime | None = None) -> Mapping[str, Known]:
        """Return code → what was known of a project at a time, of the fields that are seen."""
        found = self._store.known(known_at)
        return {code: seen_known(known, self.fields(code)) for code, known in found.items() if self.sees(code)}

    def knowledge(self, known_at: datetime | None = None, before: Knowledge | None = None) -> Knowledge:
        """Return `known`; there is nothing in it to go on reading from."""
        return Knowledge(self.known(known_at), {"progress": (0, {}), "resources": (0, {})})


def _plain(georeference: Georeference) -> Georeference:
    """Return where something stands, without what its file says of that."""
    return replace(georeference, conflicts=[], notices=[], present=[], options={})


def _refused(name: str) -> Any:
    def refuse(self: Visible, *_: Any, **__: Any) -> NoReturn:
        raise NotAllowed("This is done to the whole city ({what}): it needs the role administrator.", what=name)

    refuse.__name__, refuse.__doc__ = name, "Refuse: this tells of, or changes, more than one project."
    return refuse


FILTERED = frozenset(
    name
    for of in (Visible, VisibleClashes, VisibleUploads, VisibleWork)
    for name in vars(of)
    if not name.startswith("_") and hasattr(Store, name)
)
REFUSED = frozenset(name for name in dir(Store) if not name.startswith("_")) - FILTERED - PASSED.keys()
for _name in REFUSED:
    setattr(Visible, _name, _refused(_name))
