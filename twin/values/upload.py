"""A file that somebody sends: on its way, examined, published or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from twin.values.sentence import Sentence


class UploadState(StrEnum):
    """Where a file stands that somebody sends."""

    RECEIVING = "receiving"
    EXAMINING = "examining"
    WAITING = "waiting"  # for "publish"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that is about to be sent.

    file : its name, which becomes the model's
    size : bytes
    discipline : None: as the revision before has it
    options : a placement, the fields of `PlacementOptions` that were given
    id : a new one unless said
    """

    project: str
    file: str
    size: int
    discipline: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    created_by: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is sent, as it is kept.  Times are UTC.

    received : bytes so far, from its beginning on
    sha256 : the blob that is the whole file; None before it is put together, and where it is not kept any more
    job : id of the job that examines or imports it
    examined : what `web.uploads.examining` found; None before
    error : why it was refused, or could not be published
    """

    id: str
    project: str
    file: str
    size: int
    received: int
    discipline: str | None
    options: Mapping[str, Any]
    sha256: str | None
    state: UploadState
    job: str | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    examined: Mapping[str, Any] | None = None
    error: Sentence | None = None


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Bytes of a file from `offset` on, as a blob."""

    offset: int
    size: int
    sha256: str
