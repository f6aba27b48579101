"""A model file that is being read: the kernels start at once, and whoever waits for them does something else meanwhile.

This module loads next to nothing, so that nothing is loaded before the kernels are at work.  `web.read_values` is what
comes of it, `web.read_file` reads in a sandbox.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ifc_import.kernels import Workers
    from ifc_import.source import Source
    from web.read_values import ReadFile

Advance = Callable[[str, int, int], None]  # stage ("read", "elements", "geometry", "tiles", "store"), done, total


class Reading(Protocol):
    """A file that is about to be read: its bytes are known, and `read` waits for the rest."""

    given: bytes
    sha256: str

    def tasks(self) -> int:
        """Return how many dated tasks the file holds, without reading the rest of it."""

    def read(self) -> "ReadFile":
        """Return what the file says; raises UnreadableModel with a sentence."""


@contextmanager
def reading_started(path: Path, kernel: str | None, advance: Advance) -> Iterator[Reading]:
    """Open a model file and start to read it; the kernels are gone at the end.

    kernel : "lite" or "ifcopenshell" forces a geometry kernel

    Raises UnreadableModel for what is no model.
    """
    from ifc_import.reader import drawing_started
    from ifc_import.source import open_source

    source = open_source(path)
    with drawing_started(source, kernel) as (text_path, workers):
        yield _Here(source, text_path, workers, advance)


class _Here:
    """Read in this process; the kernels are at work already, so what the caller does meanwhile costs no time."""

    def __init__(self, source: "Source", text_path: Path, workers: "Workers", advance: Advance) -> None:
        self.given, self.sha256 = source.given, source.sha256
        self._source, self._text_path, self._workers, self._advance = source, text_path, workers, advance

    def tasks(self) -> int:
        from ifc_import.source import count_tasks

        return count_tasks(self._source)

    def read(self) -> "ReadFile":
        from ifc_import.georeference import read_claims
        from ifc_import.reader import drawn_box, read_model
        from web.read_values import ReadFile

        reading = read_model(self._source, self._text_path, self._workers, self._advance)
        claims = list(read_claims(reading.ifc, self._source.path))
        box = drawn_box(reading.model.elements, reading.model.shapes)
        return ReadFile(reading.model, claims, box, self.tasks())
