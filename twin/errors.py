"""What can go wrong, as classes: one per thing the caller can do something about.

Each error is one sentence that says what to do next.  HTTP statuses and exit codes live at the edge (`web`), not here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twin.values.sentence import Sentence, say

if TYPE_CHECKING:
    from twin.values.project import CellProblem


class TwinError(Exception):
    """The base of all errors a user can cause or mend; `sentence` says what happened and what to do next."""

    def __init__(self, template: str, **values: Any) -> None:
        self.sentence: Sentence = say(template, **values)
        super().__init__(str(self.sentence))


class InvalidInput(TwinError):
    """A file, option or parameter cannot be used as given; nothing was changed. Mend the input and try again."""


class RefusedRows(InvalidInput):
    """Some rows of a table cannot be used, and none was kept; `problems` names them. Mend them and load again."""

    problems: "Sequence[CellProblem]" = ()


class UnreadableModel(InvalidInput):
    """The file is not an IFC model that can be read. Export it again from the authoring tool."""


class MissingGeoreference(InvalidInput):
    """Nothing says where the model stands. Give a placement by option or by a sidecar file."""


class UnknownCRS(InvalidInput):
    """PROJ does not know the coordinate reference system that was named. Give an EPSG code."""


class NotFound(TwinError):
    """The twin has no such project, model, element, layer or tile."""


class AlreadyThere(TwinError):
    """What was to be added is there already, under the same name. Change it, or choose another name."""


class OutOfStep(TwinError):
    """What was asked for does not fit how far the thing is: somebody else was faster. Ask how far it is."""


class TooLarge(InvalidInput):
    """More was sent than is taken. Send less at once, or a smaller file."""


class Mangled(InvalidInput):
    """What arrived is not what was sent: its checksum differs. Send it again."""


class NotSignedIn(TwinError):
    """Who asks is not known, or not any more, and what is asked for is not public. Sign in, or bring a valid token."""


class SignOnFailed(NotSignedIn):
    """Signing in by single sign-on did not work. Try again, or ask who runs it."""


class NotAllowed(TwinError):
    """Who asks may not do that, or a page of another site asks. Ask somebody who may, from the twin's own page."""


class TooMany(TwinError):
    """More was asked for than one address or one person may in a minute. Ask again after `retry_after` seconds."""

    retry_after: int = 60


class StoreBusy(TwinError):
    """Another process is writing to the twin folder and did not finish in time. Try again."""


class StoreTooNew(TwinError):
    """The twin folder was written by a newer version of this program. Update the program."""


class JobLost(TwinError):
    """The job was cancelled or taken over while it was worked on; nothing was kept. Nothing is left to do."""


class Damaged(TwinError):
    """The bytes of a blob are not those that were kept. Restore it from a backup, or import again."""


class NotBuilt(TwinError):
    """A part that is made when the program is installed is not there. Build it."""


class FrameTaken(TwinError):
    """Another import fixed the project's frame while this one was under way. Place the model again, in that frame."""


def refused_rows(file: str, problems: "Sequence[CellProblem]") -> RefusedRows:
    """Return the error for a table with these problems, of which there is at least one."""
    first = problems[0]
    error = RefusedRows(
        "{file} was not loaded, {count} of its cells or rows cannot be used; the first is in row {row}, column {column}"
        " ({problem}). Mend the file, or load the good rows only with --partial.",
        file=file,
        count=len(problems),
        row=first.row,
        column=first.column or "–",
        problem=first.problem,
    )
    error.problems = problems
    return error
