"""How answers leave: ETags, 304, gzip, caching, security headers."""

import functools
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Request, Response

from twin.store import Blobs

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
_WORTH_COMPRESSING = 1000  # bytes
_COMPRESSIBLE = (
    "application/json",
    "application/geo+json",
    "text/",
    "image/svg",
    "model/gltf-binary",
    "application/wasm",
)
_LEVEL = 5

# The page: own scripts only. Workers may be made from own code (blob:); maps make styles through the CSSOM.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; connect-src 'self' blob: data:; "
    "img-src 'self' blob: data:; style-src 'self'; font-src 'self' data:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}


def json_answer(value: Any, *, status: int = 200, media_type: str = "application/json") -> Response:
    """Return a JSON answer in UTF-8."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Response(body, status=status, content_type=media_type)


def blob_answer(request: Request, blobs: Blobs, sha256: str, media_type: str, *, immutable: bool) -> Response:
    """Return a blob: as the gzip stream that was stored where the client takes that; its sha256 is its ETag."""
    if request.if_none_match.contains(tag := f"{sha256}-gz" if takes_gzip(request) else sha256):
        response = Response(status=304)  # `finish` would find that too, but only with the blob read
    elif takes_gzip(request) and (packed := blobs.get_gzip(sha256)) is not None:
        response = Response(packed, content_type=media_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response, tag = Response(blobs.get(sha256), content_type=media_type), sha256
    response.set_etag(tag)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER if immutable else REVALIDATE
    return response


def file_answer(request: Request, path: Path, *, immutable: bool) -> Response:
    """Return a file of the page, compressed once per process."""
    stat = path.stat()
    content, packed, sha256 = _page_file(path, stat.st_mtime_ns, stat.st_size)
    media_type = _TYPES.get(path.suffix, "application/octet-stream")
    zipped = packed is not None and takes_gzip(request)
    response = Response(packed if zipped else content, content_type=media_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{sha256}-gz" if zipped else sha256)
    response.headers["Cache-Control"] = FOR_EVER if immutable else REVALIDATE
    return response


@functools.lru_cache(maxsize=256)
def _page_file(path: Path, _changed: int, _size: int) -> tuple[bytes, bytes | None, str]:
    content = path.read_bytes()
    compressible = _TYPES.get(path.suffix, "").startswith(_COMPRESSIBLE) and len(content) > _WORTH_COMPRESSING
    return content, gzip.compress(content, 9, mtime=0) if compressible else None, hashlib.sha256(content).hexdigest()


def takes_gzip(request: Request) -> bool:
    """Does the client take gzip."""
    return bool(request.accept_encodings["gzip"] > 0)


def finish(request: Request, response: Response) -> Response:
    """Give every answer its headers, and a conditional request its 304."""
    headers = response.headers
    if response.status_code != 200 and not response.is_streamed and not response.get_data():
        headers.pop("Content-Type", None)  # Flask says HTML of what has no body
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Content-Security-Policy", _DATA_POLICY)
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag, Link, Content-Crs"
    if request.method == "OPTIONS":
        # other sites may read; what they ask to change is not allowed (see `web.routes.asked.body`)
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "*"
        headers["Access-Control-Max-Age"] = "86400"
        return response
    if response.is_streamed:  # what is told as it goes is not kept, and not looked at as a whole
        return response
    if response.status_code not in (200, 304) or request.method not in ("GET", "HEAD"):
        headers.setdefault("Cache-Control", "no-store")
        return response
    headers.setdefault("Cache-Control", REVALIDATE)
    if request.method == "HEAD" and "no-store" in headers["Cache-Control"] and not response.get_data():
        return response  # of a route of its own, which says all in its headers: nothing to tag
    if not response.get_etag()[0]:
        _tag(request, response)
    if response.status_code == 200:
        response.make_conditional(request)
    return response


def _tag(request: Request, response: Response) -> None:
    """Give a composed answer the sha256 of its body as ETag, and compress it where that is worth it."""
    body = response.get_data()
    tag = hashlib.sha256(body).hexdigest()
    if (response.content_type or "").startswith(_COMPRESSIBLE) and len(body) > _WORTH_COMPRESSING:
        response.headers["Vary"] = "Accept-Encoding"
        if takes_gzip(request):
            response.set_data(gzip.compress(body, _LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            tag += "-gz"
    response.set_etag(tag)
