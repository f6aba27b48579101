"""What the store does for dated facts; a part of `Store`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from twin.store import facts, known, write
from twin.store.blobs import Blobs, Packed, pack
from twin.store.connect import reading, writing
from twin.store.known import Knowledge
from twin.store.records import Load, Loaded, NewLoad, NewSchedule
from twin.values.project import Known, ProgressFact, RegisterEntry, ResourceFact


class FactMethods:
    """Register, schedules, element rules, progress and resources: loaded, and what was known when."""

    blobs: Blobs
    _engine: Engine

    def known(self, known_at: datetime | None = None) -> Mapping[str, Known]:
        """Return code → all that was known of a project at a time (UTC; None: all that is recorded)."""
        return self.knowledge(known_at).known

    def knowledge(self, known_at: datetime | None = None, before: Knowledge | None = None) -> Knowledge:
        """Return all that was known at a time; of what was read `before` for the same time only the news are read."""
        with reading(self._engine) as connection:
            return known.knowledge(connection, known_at, before)

    def loads(self) -> list[Load]:
        """Return the files that brought facts, the first one first."""
        with reading(self._engine) as connection:
            return known.all_loads(connection)

    def put_register(self, load: NewLoad, entries: Sequence[tuple[int, datetime | None, RegisterEntry]]) -> Loaded:
        """Keep register entries, (row, recorded at in UTC, entry); what a file does not say of a project stays.

        What has no time of recording is recorded now; `load.loaded_at` is set when it is written.

        Raises
        ------
        RefusedRows : some rows cannot be used, and the load is not partial.
        StoreBusy : another process is writing and did not finish in time.
        """
        return self._put(load, lambda connection, load: facts.put_register(connection, load, entries))

    def put_progress(self, load: NewLoad, found: Sequence[tuple[int, datetime | None, ProgressFact]]) -> Loaded:
        """Keep progress facts, (row, recorded at in UTC, fact); raises as `put_register` does."""
        return self._put(load, lambda connection, load: facts.put_series(connection, load, facts.PROGRESS, found))

    def put_resources(self, load: NewLoad, found: Sequence[tuple[int, datetime | None, ResourceFact]]) -> Loaded:
        """Keep resource facts, (row, recorded at in UTC, fact); raises as `put_register` does."""
        return self._put(load, lambda connection, load: facts.put_series(connection, load, facts.RESOURCES, found))

    def put_schedule(self, load: NewLoad, recorded_at: datetime | None, new: NewSchedule) -> Loaded:
        """Keep a schedule; raises as `put_register` does."""
        document = pack(new.document, compress=True)
        return self._put(
            load,
            lambda connection, load: facts.put_schedule(connection, load, recorded_at, new, document.sha256),
            document,
        )

    def put_links(self, load: NewLoad, recorded_at: datetime | None, project: str, rules: str) -> Loaded:
        """Keep the rules that tie a project's elements to its tasks; raises as `put_register` does."""
        return self._put(load, lambda connection, load: facts.put_links(connection, load, recorded_at, project, rules))

    def _put(self, load: NewLoad, put: Callable[[Connection, NewLoad], Loaded], *blobs: Packed) -> Loaded:
        source = pack(load.content, compress=True)
        with writing(self._engine) as connection:
            write.lock(connection)
            # not earlier: what was asked for before this moment must stay as it was answered
            loaded = put(connection, replace(load, loaded_at=datetime.now(UTC)))
            if loaded.kept:
                self.blobs.keep([source, *blobs])
            return loaded
