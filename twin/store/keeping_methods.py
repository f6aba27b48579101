"""What the store does to be operated: backups while others write, letting go of what is old; a part of `Store`."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from twin.store import keeping, write
from twin.store.backup import Backup, back_up
from twin.store.blobs import Blobs
from twin.store.connect import reading, writing
from twin.store.keeping import Keep, Outdated


class KeepingMethods:
    """Backups, retention, figures of operation."""

    blobs: Blobs
    place: str
    _engine: Engine

    def job_counts(self) -> dict[str, int]:
        """Return state → how many jobs are in it."""
        with reading(self._engine) as connection:
            return keeping.job_counts(connection)

    def back_up(self, target: Path) -> Backup:
        """Write the twin, as it is at one moment, into a folder that is a twin itself: see `twin.store.backup`."""
        return back_up(self._engine, self.blobs, self.place, target)

    def outdated(self, keep: Keep, now: datetime | None = None) -> Outdated:
        """Return what `remove_outdated` would remove; nothing changes, but other writers wait meanwhile."""
        found: list[Outdated] = []
        with suppress(_Undone), writing(self._engine) as connection:
            outdated = keeping.remove_outdated(connection, keep, now)
            orphans = set(self.blobs.names()) - write.referenced_blobs(connection)
            found.append(replace(outdated, blobs=0 if self.blobs.shared() else len(orphans)))
            raise _Undone
        return found[0]

    def remove_outdated(self, keep: Keep, now: datetime | None = None) -> Outdated:
        """Remove what is older than it is to be kept, and blobs that nothing refers to then, in one transaction."""
        self.blobs.register()
        with writing(self._engine) as connection:
            write.lock(connection)
            found = keeping.remove_outdated(connection, keep, now)
        with writing(self._engine) as connection:  # blobs only when no row can come back
            orphans = set(self.blobs.names()) - write.referenced_blobs(connection)
            removed = self.blobs.remove(orphans)
            self.blobs.remove_unfinished()
        return replace(found, blobs=removed)


class _Undone(Exception):
    """Ends a transaction without a trace."""
