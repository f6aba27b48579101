"""`/api/uploads`: model files that people send, in parts that can be sent again (tus 1.0); and how far a job is."""

import time

from flask import Response, abort, current_app, request

from twin.errors import InvalidInput, NotAllowed, StoreBusy, TooLarge
from twin.values.georeference import PlacementOptions
from twin.values.job import Job
from twin.values.rights import Role
from twin.values.sentence import in_language, say
from twin.values.upload import Upload
from web.answers_jobs import job_json
from web.answers_uploads import upload_json
from web.people.audited import about
from web.responses import json_answer
from web.routes.asked import base_url, body, identity, json_body, language, store
from web.routes.jobs import sees_whole
from web.routes.table import LANG, PROBLEM, Body, Parameter, Routes
from web.uploads import tus
from web.uploads.events import Streams

routes = Routes()

UPLOADS = "/api/uploads"
ONE = f"{UPLOADS}/<upload>"
TIDY = 600.0  # seconds between two looks for what was left unfinished
_PROJECT = Parameter("project", "Only those of this project.")
_BYTES = {"type": "integer", "minimum": 0}
_VERSION = Parameter("Tus-Resumable", "The version of the protocol.", {"const": tus.VERSION}, "header")
_LENGTH = Parameter("Upload-Length", "Bytes of the file.", _BYTES, "header")
_METADATA = Parameter(
    "Upload-Metadata",
    "Words, each with a text in base64: filename, project, discipline, options.",
    {"type": "string"},
    "header",
)
_OFFSET = Parameter("Upload-Offset", "Bytes of the file before this part.", _BYTES, "header")


@routes.change("OPTIONS", UPLOADS, "What of tus 1.0 is understood, and how large a file may be", needs=None, status=204)
def upload_options() -> Response:
    """Answer with the protocol's headers."""
    return _told(
        Response(status=204),
        {
            "Tus-Resumable": tus.VERSION,
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(tus.most_bytes()),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
        },
    )


@routes.change(
    "POST",
    UPLOADS,
    "Begin to send a file: Upload-Length, Upload-Metadata with filename, project, discipline and options (a placement"
    " as JSON); its first bytes may come along",
    needs=Role.ENGINEER,
    status=201,
    asks=(_VERSION, _LENGTH, _METADATA),
)
def create_upload() -> Response:
    """Begin an upload and answer with its address."""
    _check_version()
    _check_part_size()
    content = body(request.mimetype, tus.MOST_PART_MB)
    if content and request.mimetype != tus.PART:
        abort(415)
    tus.check_sum(request.headers.get("Upload-Checksum", ""), content)
    new = tus.new_upload(dict(request.headers.items()), identity().name)
    store().check_code(new.project)
    about(project=new.project, what=new.file)
    if len(content) > new.size:
        raise InvalidInput(
            "{file} was said to have {size} bytes, and these go beyond: begin again.", file=new.file, size=new.size
        )
    _tidy()
    found = store().put_upload(new)
    if content:
        found = store().add_upload_part(found.id, 0, content)
    answer = _told(Response(status=201), tus.headers_of(found))
    answer.headers["Location"] = f"{base_url()}{UPLOADS}/{found.id}"
    return answer


@routes.change("HEAD", ONE, "How many bytes of a file have arrived", needs=Role.ENGINEER)
def upload_offset(upload: str) -> Response:
    """Answer with the offset."""
    found = store().upload(upload)
    return _told(Response(), {**tus.headers_of(found), "Upload-Length": str(found.size)})


@routes.change(
    "PATCH",
    ONE,
    "Send the next bytes of a file, from Upload-Offset on",
    needs=Role.ENGINEER,
    body=Body(media_type=tus.PART),
    status=204,
    asks=(_VERSION, _OFFSET),
)
def upload_part(upload: str) -> Response:
    """Take a part and answer with how many bytes there are now."""
    _check_version()
    _check_part_size()
    if request.mimetype != tus.PART:
        abort(415)
    offset = tus.number(dict(request.headers.items()), "Upload-Offset")
    _own(store().upload(upload))
    content = body(tus.PART, tus.MOST_PART_MB)
    tus.check_sum(request.headers.get("Upload-Checksum", ""), content)
    found = store().add_upload_part(upload, offset, content)
    return _told(Response(status=204), tus.headers_of(found))


@routes.change(
    "DELETE", ONE, "Forget a file that is still on its way", needs=Role.ENGINEER, status=204, asks=(_VERSION,)
)
def remove_upload(upload: str) -> Response:
    """Forget an upload."""
    _check_version()
    body(request.mimetype, 1)
    _own(store().upload(upload), or_manages=True)
    store().remove_upload(upload)
    return _told(Response(status=204), {"Tus-Resumable": tus.VERSION})


@routes.get(
    UPLOADS, "Files that were sent, the last one first", needs=Role.ENGINEER, schema="Uploads", asks=(_PROJECT, LANG)
)
def uploads() -> Response:
    """Answer with the uploads of the projects in which the asker works; the ledger's items only of one by itself."""
    found = [upload_json(upload, language()) for upload in store().uploads(request.args.get("project") or None)]
    for upload in found:
        if upload["examined"] is not None:
            upload["examined"]["ledger"] = {**upload["examined"]["ledger"], "items": []}
    return json_answer(
        {"uploads": found, "most_bytes": tus.most_bytes(), "most_part_bytes": tus.MOST_PART_MB * 1_000_000}
    )


@routes.get(
    ONE,
    "A file that was sent, and what was found when it was examined",
    needs=Role.ENGINEER,
    schema="Upload",
    asks=(LANG,),
)
def upload(upload: str) -> Response:
    """Answer with an upload."""
    return json_answer(upload_json(store().upload(upload), language()))


@routes.change(
    "POST",
    f"{ONE}/publish",
    "Import an examined file; `options`: another placement than the one that came with it",
    needs=Role.MANAGER,
    body=Body(schema="PublishUpload"),
    schema="Upload",
    asks=(LANG,),
)
def publish_upload(upload: str) -> Response:
    """Queue the import and answer with the upload."""
    from web.jobs.importing import import_arguments

    given = json_body()
    unknown = set(given) - {"options"}
    if unknown:
        raise InvalidInput("There is no member {name}: publishing takes options.", name=min(unknown)[:50])
    found = store().upload(upload)
    options = tus.placement(given["options"]) if given.get("options") else dict(found.options)
    arguments = import_arguments(
        found.file, found.size, discipline=found.discipline, options=PlacementOptions(**options), apart=True
    )
    return json_answer(upload_json(store().publish_upload(upload, identity().name, arguments), language()))


@routes.change(
    "POST",
    f"{ONE}/withdraw",
    "Take a file back that is not published: its bytes go",
    needs=Role.ENGINEER,
    body=Body(schema="Nothing"),
    schema="Upload",
    asks=(LANG,),
)
def withdraw_upload(upload: str) -> Response:
    """Withdraw an upload and answer with it."""
    json_body()
    _own(store().upload(upload), or_manages=True)
    return json_answer(upload_json(store().withdraw_upload(upload), language()))


@routes.get(
    "/api/jobs/<job>/events",
    "How far a job is, as server-sent events: progress, and end; 503 where too many listen: ask for the job instead",
    needs=Role.VIEWER,
    media_type="text/event-stream",
    asks=(LANG,),
)
def job_events(job: str) -> Response:
    """Answer with a stream that ends with the job, or after a while."""
    seen, said = store(), language()
    whole = sees_whole(seen.job(job))
    if request.method == "HEAD":
        return Response(content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    streams: Streams = current_app.extensions.setdefault("twin.streams", Streams())

    def tell(found: Job) -> dict[str, object]:
        document = job_json(found, said, whole=whole)
        return {name: value for name, value in document.items() if name not in ("heartbeat_at", "arguments")}

    stream = streams.open(lambda: seen.job(job), tell)
    if stream is None:
        raise StoreBusy("Too many people follow jobs at this moment: ask for the job now and then instead.")
    answer = Response(stream, content_type="text/event-stream; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx passes each event on as it comes
    return answer


def _told(answer: Response, headers: dict[str, str]) -> Response:
    """Return an answer that its headers say all of: without a body, and so without its type."""
    answer.headers.pop("Content-Type", None)
    answer.headers.update({**headers, "Cache-Control": "no-store"})
    return answer


def _check_version() -> None:
    """Refuse another version of the protocol (412): the header also keeps pages of other sites out."""
    if request.headers.get("Tus-Resumable") != tus.VERSION:
        sentence = say("The request cannot be answered: {reason}", reason=f"Tus-Resumable: {tus.VERSION}")
        detail = in_language(sentence, language())
        found = {"type": "about:blank", "title": "Precondition Failed", "status": 412, "detail": detail}
        answer = json_answer(found, status=412, media_type=PROBLEM)
        answer.headers.update({"Tus-Version": tus.VERSION, "Tus-Resumable": tus.VERSION, "Cache-Control": "no-store"})
        abort(answer)


def _check_part_size() -> None:
    if (request.content_length or 0) > tus.MOST_PART_MB * 1_000_000:
        raise TooLarge("A part has more than {most} MB: send the file in smaller parts.", most=tus.MOST_PART_MB)


def _own(found: Upload, *, or_manages: bool = False) -> None:
    """Refuse whoever has not begun an upload, unless they manage its project and that is enough."""
    asker = identity()
    if asker.kind == "local" or asker.name == found.created_by:
        return
    if not (or_manages and asker.role_in(found.project) >= Role.MANAGER):
        raise NotAllowed("{file} is sent by somebody else: only they can go on with it.", file=found.file)


def _tidy() -> None:
    """Forget now and then what was left unfinished."""
    now, last = time.monotonic(), current_app.extensions.get("twin.tidied", -TIDY)
    if now - last >= TIDY:
        current_app.extensions["twin.tidied"] = now
        store().tidy_uploads()
