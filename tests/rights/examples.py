"""An example of a request for each route that changes something, and of the GET routes that have none elsewhere."""

from base64 import b64encode
from typing import Any

from tests.rights.city import SHOWN
from tests.web import clash_samples
from tests.web.clash_replies import CAMERA
from tests.web.clash_samples import CLASHES, FOREIGN, GROUP, SAID
from tests.web.test_api import ADDRESSES

BCF = f"/bcf/3.0/projects/{SHOWN}"
TOPICS = f"{BCF}/topics"
# stand for those of P001 that each asker has sent and begun
UPLOAD, JOB = f"upload-of-{SHOWN}", f"job-of-{SHOWN}"
_ROUTE = "/bcf/3.0/projects/<project_id>/topics"

# (method, path of the route) → address, body as JSON or bytes; in the order in which they are asked
CHANGES: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "/api/clashes/<clash>"): (f"/api/clashes/{CLASHES[1]}", {"by": "x", "status": "Reviewed"}),
    ("POST", "/api/clash-groups/<group>"): (f"/api/clash-groups/{GROUP}", {"by": "x", "comment": "y"}),
    ("POST", f"{_ROUTE}"): (TOPICS, {"title": "T", "topic_type": "Issue", "topic_status": "Open"}),
    ("PUT", f"{_ROUTE}/<guid>"): (
        f"{TOPICS}/{FOREIGN}",
        {"title": "T", "topic_type": "Issue", "topic_status": "Open"},
    ),
    ("POST", f"{_ROUTE}/<guid>/comments"): (f"{TOPICS}/{FOREIGN}/comments", {"comment": "said"}),
    ("PUT", f"{_ROUTE}/<guid>/comments/<comment>"): (f"{TOPICS}/{FOREIGN}/comments/{SAID}", {"comment": "said"}),
    ("POST", f"{_ROUTE}/<guid>/viewpoints"): (f"{TOPICS}/{FOREIGN}/viewpoints", {"perspective_camera": CAMERA}),
    ("POST", "/api/clashes.bcf"): (f"/api/clashes.bcf?project={SHOWN}&name=a.bcf", b""),  # filled in by the test
    ("POST", "/api/session"): ("/api/session", {"name": "nobody", "password": "wrong"}),
    ("DELETE", "/api/session"): ("/api/session", None),
    ("PUT", "/api/me/password"): ("/api/me/password", {"old": "a", "new": "b"}),
    ("POST", "/api/users"): ("/api/users", {"name": "new"}),
    ("PUT", "/api/users/<name>"): ("/api/users/new", {"display_name": "New"}),
    ("PUT", "/api/users/<name>/grants/<project>"): (f"/api/users/new/grants/{SHOWN}", {"role": "viewer"}),
    ("DELETE", "/api/users/<name>/grants/<project>"): (f"/api/users/new/grants/{SHOWN}", None),
    ("DELETE", "/api/users/<name>"): ("/api/users/new", None),
    ("POST", "/api/tokens"): ("/api/tokens", {"name": "t", "role": "viewer"}),
    ("DELETE", "/api/tokens/<token>"): ("/api/tokens/none", None),
    ("PUT", "/api/publications/<what>/<name>"): (f"/api/publications/project/{SHOWN}", {"fields": ["light"]}),
    ("DELETE", "/api/publications/<what>/<name>"): (f"/api/publications/project/{SHOWN}", None),
    ("OPTIONS", "/api/uploads"): ("/api/uploads", None),
    ("POST", "/api/uploads"): (f"/api/uploads?of={SHOWN}", None),  # its headers name the project
    ("HEAD", "/api/uploads/<upload>"): (f"/api/uploads/{UPLOAD}", None),
    ("PATCH", "/api/uploads/<upload>"): (f"/api/uploads/{UPLOAD}", b"ISO"),
    ("POST", "/api/uploads/<upload>/publish"): (f"/api/uploads/{UPLOAD}/publish", {}),
    ("POST", "/api/uploads/<upload>/withdraw"): (f"/api/uploads/{UPLOAD}/withdraw", {}),
    ("DELETE", "/api/uploads/<upload>"): (f"/api/uploads/{UPLOAD}", b""),
    ("POST", "/api/jobs"): (f"/api/jobs?of={SHOWN}", {"kind": "clash", "project": SHOWN}),
    ("POST", "/api/jobs/<job>/cancel"): (f"/api/jobs/{JOB}/cancel", {}),
    ("POST", "/api/jobs/<job>/retry"): (f"/api/jobs/{JOB}/retry", {}),
}


def headers(method: str, path: str, address: str) -> dict[str, str]:
    """Return the headers that a route needs: those of tus."""
    if not path.startswith("/api/uploads") or method in ("GET", "OPTIONS") or path.endswith(("publish", "withdraw")):
        return {}
    if method != "POST":
        return {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    project = address.partition("of=")[2]
    told = {"filename": "a.ifc", "project": project}
    pairs = (f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())
    return {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": ",".join(pairs)}


READS = {
    **ADDRESSES,
    "/oidc/login": "/oidc/login",
    "/oidc/callback": "/oidc/callback",
    "/oidc/logout": "/oidc/logout",
    "/api/uploads": "/api/uploads",
    "/api/uploads/<upload>": f"/api/uploads/{UPLOAD}",
    "/api/jobs": "/api/jobs",
    "/api/jobs/<job>": f"/api/jobs/{JOB}",
    "/api/jobs/<job>/events": f"/api/jobs/{JOB}/events",
}

# what is asked of oneself: whom the app does not know it tells so, in whatever way
OWN = frozenset(
    {
        "/foundation/1.1/current-user",
        "/bcf/3.0/current-user",
        "/api/me",
        "/api/session",
        "/api/me/password",
        "/api/tokens",
        "/api/tokens/<token>",
    }
)
assert clash_samples.PROJECT == SHOWN
