"""What can go wrong, as classes: one per thing the caller can do something about.

Each error is one sentence that says what to do next.  HTTP statuses and exit codes live at the edge (`web`), not here.
"""

from typing import Any

from twin.values.sentence import Sentence, say


class TwinError(Exception):
    """The base of all errors a user can cause or mend; `sentence` says what happened and what to do next."""

    def __init__(self, template: str, **values: Any) -> None:
        self.sentence: Sentence = say(template, **values)
        super().__init__(str(self.sentence))


class InvalidInput(TwinError):
    """A file, option or parameter cannot be used as given; nothing was changed. Mend the input and try again."""


class UnreadableModel(InvalidInput):
    """The file is not an IFC model that can be read. Export it again from the authoring tool."""


class MissingGeoreference(InvalidInput):
    """Nothing says where the model stands. Give a placement by option or by a sidecar file."""


class UnknownCRS(InvalidInput):
    """PROJ does not know the coordinate reference system that was named. Give an EPSG code."""


class NotFound(TwinError):
    """The twin has no such project, model, element, layer or tile."""


class StoreBusy(TwinError):
    """Another process is writing to the twin folder and did not finish in time. Try again."""


class StoreTooNew(TwinError):
    """The twin folder was written by a newer version of this program. Update the program."""


class FrameTaken(TwinError):
    """Another import fixed the project's frame while this one was under way. Place the model again, in that frame."""
