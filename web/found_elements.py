"""What is kept in memory of a model's systems and of the reports of a project's tasks, by what it was made from."""

from collections.abc import Sequence

from twin.judged import JudgedProject, Recent
from twin.judged_elements import JudgedElement
from twin.judgement.history import ByTask, History, by_task, history
from twin.store import ElementGroup, Model, Store
from twin.values.project import ProgressFact


class FoundElements:
    """Systems and histories of one twin; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._groups, self._reports = Recent(32), Recent(16)

    def systems(self, model: Model) -> Sequence[ElementGroup]:
        """Return the systems, zones and other groups of a model."""
        key = (model.model, model.revision, model.imported_at)
        return self._groups.get(key, lambda: self._store.element_groups(model.model))

    def history(self, project: JudgedProject, element: JudgedElement | None) -> History:
        """Return what was reported of an element's tasks up to the project's day."""
        if element is None:
            return History((), 0)
        told = project.known.progress

        def made() -> tuple[Sequence[ProgressFact], ByTask]:
            return told, by_task(told)  # kept with the reports, so that no others can get their id

        known = self._reports.get((project.code, id(told)), made)[1]
        return history(known, [task.id for task in element.tasks], project.told.day)
