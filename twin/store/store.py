"""The store: a twin folder with its database and its blobs, behind one class."""

import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Engine

from twin.errors import InvalidInput
from twin.store import changes, element_texts, layers, opening, read, write
from twin.store import place as places
from twin.store.blobs import Blobs
from twin.store.clash_methods import ClashMethods
from twin.store.connect import ChangeMarks, close_all, engine_of, reading, writing
from twin.store.element_texts import ElementGroup, ElementText
from twin.store.fact_methods import FactMethods
from twin.store.job_methods import JobMethods
from twin.store.keeping_methods import KeepingMethods
from twin.store.people_methods import PeopleMethods
from twin.store.place import Place
from twin.store.records import (
    Bounds,
    ElementColumns,
    ElementRecord,
    Layer,
    Ledger,
    Model,
    NewLayer,
    NewRevision,
    Placing,
    Project,
    Revision,
    TwinSettings,
)
from twin.store.sharing import SharingMethods
from twin.store.upload_methods import UploadMethods
from twin.values.georeference import Georeference, same_place

if TYPE_CHECKING:
    from twin.store.copying import Copied


class Store(ClashMethods, FactMethods, JobMethods, KeepingMethods, PeopleMethods, SharingMethods, UploadMethods):
    """A twin: its database and its blobs.  Safe to share between threads; each process opens its own.

    place : where it is, as messages name it; folder : the folder of an embedded twin, None for one on a server
    """

    def __init__(self, place: Place, engine: Engine, blobs: Blobs) -> None:
        self.place = str(place)
        self.folder = place.folder
        self.blobs = blobs
        self._engine = engine
        self._marks = ChangeMarks(engine)
        self._leave = weakref.finalize(self, _leave, self._marks, engine)  # also where nobody closes it
        self._leave.atexit = False  # a process that was forked would hang up for the one that it came from

    @classmethod
    def open(
        cls, place: "str | PathLike[str] | Place", *, create: bool = True, busy_seconds: float | None = None
    ) -> Self:
        """Open a twin, made with defaults when it is missing and `create`; migrate it when it is behind.

        place : a folder, or `postgresql://user@host/database`
        busy_seconds : that a writer waits for another one; None: $TWIN_BUSY_SECONDS, else 30

        Raises
        ------
        NotFound : there is no twin, and `create` is False.
        InvalidInput : the place cannot be one, or a new twin on a server is told nowhere to keep its blobs.
        StoreTooNew : a newer version of this program wrote it.
        StoreBusy : it must be migrated, and another process keeps writing; or its server does not answer.
        """
        found = places.place_of(place)
        busy_seconds = opening.busy_seconds() if busy_seconds is None else busy_seconds
        engine = engine_of(found, busy_seconds)
        try:
            if not opening.is_there(found, engine):
                if not create:
                    raise opening.missing(found)
                opening.make(found, engine, name=None, crs=None, bounds=None, blobs=None, busy_seconds=busy_seconds)
            opening.bring_up_to_date(engine)
            return cls(found, engine, opening.blobs_of(found, engine))
        except BaseException:
            engine.dispose()
            raise

    @classmethod
    def init(
        cls,
        place: "str | PathLike[str] | Place",
        *,
        name: str | None,
        crs: str | None,
        bounds: Bounds | None,
        blobs: str | None = None,
    ) -> Self:
        """Make a new twin.

        blobs : where its blobs are to lie, `s3://bucket/folder` or a folder; None: $TWIN_BLOBS, else in the folder

        Raises
        ------
        InvalidInput : there is a twin in the place already, or one on a server is told nowhere to keep its blobs.
        """
        found = places.place_of(place)
        seconds = opening.busy_seconds()
        engine = engine_of(found, seconds)
        try:
            made = opening.make(found, engine, name=name, crs=crs, bounds=bounds, blobs=blobs, busy_seconds=seconds)
        finally:
            engine.dispose()
        if not made:
            raise InvalidInput("There is a twin in {folder} already: choose another folder.", folder=str(found))
        return cls.open(found)

    def close(self) -> None:
        """Let go of the database; the last one to leave folds its log into the file."""
        self._leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self) -> None:
        """Raise when the database does not answer, or when a newer program has migrated it meanwhile."""
        opening.bring_up_to_date(self._engine)

    def settings(self) -> TwinSettings:
        """Return what the twin says of its city."""
        with reading(self._engine) as connection:
            return read.settings(connection)

    def project_frame(self, project: str) -> Georeference | None:
        """Return the frame that the project's first model fixed; None when there is none yet."""
        with reading(self._engine) as connection:
            return read.project_frame(connection, project)

    def find_model(self, project: str, stem: str) -> Model | None:
        """Return the current revision of a project's file; None when it was never imported."""
        with reading(self._engine) as connection:
            found = read.current_models(connection, project=project, model=write.model_id(project, stem))
        return found[0] if found else None

    def models(self, project: str | None = None) -> list[Model]:
        """Return all models, or those of one project, at their current revision, in the order of their ids."""
        with reading(self._engine) as connection:
            return read.current_models(connection, project=project)

    def model(self, model: str) -> Model:
        """Return a model by its id, at its current revision."""
        with reading(self._engine) as connection:
            return read.model(connection, model)

    def history(self, model: str) -> list[Revision]:
        """Return every revision of a model, the first one first."""
        with reading(self._engine) as connection:
            return read.history(connection, model)

    def projects(self) -> list[Project]:
        """Return all projects in the order of their codes."""
        with reading(self._engine) as connection:
            return read.all_projects(connection)

    def project(self, code: str) -> tuple[Project, Sequence[Model]]:
        """Return a project and its models."""
        with reading(self._engine) as connection:
            return read.project(connection, code), read.current_models(connection, project=code)

    def ledger(self, model: str) -> Ledger:
        """Return where every IfcProduct of the model's current revision ended."""
        with reading(self._engine) as connection:
            return read.ledger(connection, model)

    def element(self, project: str, global_id: str, model: str | None = None) -> ElementRecord:
        """Return an element of a project; where several models hold the GlobalId, a drawn one, then the first."""
        with reading(self._engine) as connection:
            return read.element(connection, project, global_id, model)

    def elements(self, project: str) -> dict[str, ElementRecord]:
        """Return GlobalId → element of a project, each as `element` returns it."""
        with reading(self._engine) as connection:
            return read.all_elements(connection, project)

    def element_columns(self, model: str) -> ElementColumns:
        """Return the drawn elements of a model as columns over its feature rows."""
        with reading(self._engine) as connection:
            return read.element_columns(connection, model)

    def element_parents(self, model: str) -> dict[str, str | None]:
        """Return GlobalId → GlobalId of what holds it, of all IfcProducts of a model."""
        with reading(self._engine) as connection:
            return read.element_parents(connection, model)

    def element_properties(self, model: str, rows: Sequence[int]) -> list[Any]:
        """Return the properties of the elements in these feature rows of a model, in this order."""
        with reading(self._engine) as connection:
            return read.element_properties(connection, model, rows)

    def element_texts(self, model: str) -> list[ElementText]:
        """Return what every element of a model is found by, in the order of its ledger."""
        with reading(self._engine) as connection:
            return element_texts.element_texts(connection, model)

    def element_groups(self, model: str) -> list[ElementGroup]:
        """Return the systems, zones and other groups of a model, each with the feature rows of its elements."""
        with reading(self._engine) as connection:
            return element_texts.element_groups(connection, model)

    def tile(self, model: str, path: str) -> str:
        """Return the sha256 of "tileset.json", "spaces/tileset.json" or "<sha256>.glb" of a model.

        Tile files of earlier revisions stay reachable: a page that was opened before an import goes on working.
        """
        with reading(self._engine) as connection:
            return read.tile(connection, model, path)

    def space_documents(self, model: str) -> list[str]:
        """Return the sha256 of every tileset document of a model's rooms, those of earlier revisions included."""
        with reading(self._engine) as connection:
            return read.space_documents(connection, model)

    @staticmethod
    def check_code(code: str) -> None:
        """Raise InvalidInput for a project code that could not stand in a URL."""
        write.check_code(code)

    def is_whole(self, model: str) -> bool:
        """Tell whether every blob of a model's current revision is there; its bytes are not read."""
        with reading(self._engine) as connection:
            names = read.blob_names(connection, model)
        return not self.blobs.missing(names)

    def put_revision(self, new: NewRevision) -> Model:
        """Keep an imported file as the next revision of its model, in one transaction.

        What is exactly the current revision already adds nothing.  Whatever ends the process, the model stands
        afterwards either as before or as new; blobs that nothing refers to are left for `sweep`.

        Raises
        ------
        InvalidInput : the project code cannot be used, or the model's id belongs to another project's file.
        StoreBusy : another process is writing and did not finish in time.
        """
        packed = write.PackedRevision(new)
        with writing(self._engine) as connection:
            write.lock(connection)
            added = write.put_revision(connection, packed)
            self.blobs.keep(packed.blobs)  # before the commit that refers to them; what is there already stays
            model = read.model(connection, packed.id)
            self._keep_for_job(connection, {"model": model.model, "revision": model.revision, "unchanged": not added})
            return model

    def replace_placement(
        self, seen: Model, georeference: Georeference, placing: Placing, *, fixes_frame: bool = False
    ) -> Model:
        """Place a model anew: its tiles stay, its tileset documents change, the placement before stays in the history.

        seen : the model as it stood when `placing` was made from it
        fixes_frame : the project's frame moves along

        Raises
        ------
        OutOfStep : the model has another revision or placement by now: look again.
        FrameTaken : the frame was to move along, and another model stands in it by now: look again.
        """
        packed = write.PackedPlacement(placing, georeference)
        with writing(self._engine) as connection:
            write.lock(connection)
            write.replace_placement(connection, seen, packed, fixes_frame=fixes_frame)
            self.blobs.keep(packed.blobs)
            model = read.model(connection, seen.model)
            unchanged = same_place(seen.georeference, georeference)
            result = {"model": model.model, "revision": model.revision, "unchanged": unchanged}
            self._keep_for_job(connection, result)
            return model

    def name_project(self, code: str, name: str) -> None:
        """Give a project its name, and make it when it is missing; it then stays when its last model goes."""
        write.check_code(code)
        with writing(self._engine) as connection:
            write.lock(connection)
            write.name_project(connection, code, name)

    def layers(self) -> list[Layer]:
        """Return all city layers in the order of their names."""
        with reading(self._engine) as connection:
            return layers.all_layers(connection)

    def layer(self, name: str) -> Layer:
        """Return a city layer by its name."""
        with reading(self._engine) as connection:
            return layers.layer(connection, name)

    def put_layers(self, group: str, new: Sequence[NewLayer]) -> list[Layer]:
        """Keep the layers of one source in one transaction; they replace all that the group had before.

        Raises
        ------
        InvalidInput : a name is taken by a layer of another group.
        StoreBusy : another process is writing and did not finish in time.
        """
        with writing(self._engine) as connection:
            write.lock(connection)
            kept = []
            for arriving in new:
                files = [path for path in (arriving.features_file, arriving.tiles_file) if path]
                names = [self.blobs.keep_file(path) for path in files]
                kept.append((arriving, names[0], (*names, None)[1], sum(path.stat().st_size for path in files)))
            layers.put_layers(connection, group, kept)
            found = [layers.layer(connection, arriving.name) for arriving in new]
        self.sweep()
        return found

    def remove_layer(self, name: str) -> list[str]:
        """Forget a layer, or all layers of a group; return their names."""
        with writing(self._engine) as connection:
            write.lock(connection)
            self.blobs.register()
            removed = layers.remove_layer(connection, name)
        self.sweep()
        return removed

    def set_as_of(self, day: date | None) -> None:
        """Store the day that is looked at unless another one is asked for; None: today."""
        with writing(self._engine) as connection:
            write.lock(connection)
            write.set_as_of(connection, day)

    def changes(self) -> int:
        """Return a number that every committed change raises; asking costs some ten microseconds."""
        return self._marks.changes()

    def remove_model(self, model: str) -> None:
        """Forget a model with its history; its blobs go unless another model has the same, its clashes stay."""
        with writing(self._engine) as connection:
            write.lock(connection)
            self.blobs.register()  # while its rows still tell which blobs are its own
            changes.lose_model(connection, model, datetime.now(UTC))
            write.remove_model(connection, model)
        self.sweep()

    def sweep(self) -> int:
        """Remove blobs that nothing refers to, and what killed writers left; say how many files went.

        None goes from a place that another twin uses as well: see `twin.store.blob_users`.
        A writer keeps its blobs while it holds the write lock, so a sweep, which takes it too, never meets them.
        """
        with writing(self._engine) as connection:
            write.lock(connection)
            orphans = set(self.blobs.names()) - write.referenced_blobs(connection)
            return self.blobs.remove(orphans) + self.blobs.remove_unfinished()

    def copy_to(
        self,
        place: "str | PathLike[str] | Place",
        *,
        blobs: str | None = None,
        advance: "Callable[[str, int, int], None]" = lambda stage, done, total: None,
    ) -> "Copied":
        """Copy the twin to a place that holds none, and compare both: see `twin.store.copying.copy_twin`."""
        from twin.store.copying import copy_twin

        return copy_twin(self._engine, self.blobs, places.place_of(place), blobs, advance, opening.busy_seconds())

    def damage(self) -> list[str]:
        """Return what is wrong: missing or damaged blobs, one sentence each. Reads every blob."""
        with reading(self._engine) as connection:
            wanted = write.referenced_blobs(connection)
        lost = sorted(wanted - set(self.blobs.names()))
        return [*(f"missing: {name}" for name in lost), *(f"damaged: {name}" for name in self.blobs.damaged())]


def _leave(marks: ChangeMarks, engine: Engine) -> None:
    marks.close()
    close_all(engine)
