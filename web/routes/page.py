"""`/`: the page, its help, and what they load."""

from pathlib import Path

from flask import Response, current_app, request

from twin.errors import NotFound
from web.responses import PAGE_POLICY, file_answer
from web.routes.table import Routes

routes = Routes()

_NO_PAGE = (
    "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>城市数字孪生</title>"
    "<p>页面还没有构建。请在代码目录中运行 <code>make demo</code>（或 <code>pip install .</code>），然后刷新。</p>"
    "<p lang='en'>The page is not built yet: run <code>make demo</code> (or <code>pip install .</code>) in the "
    "source folder, then reload.</p></html>"
)


@routes.get("/", "The page", needs=None, media_type="text/html; charset=utf-8")
def page() -> Response:
    """Answer with the page, or with how to build it."""
    index = _folder() / "index.html"
    if index.is_file():
        response = file_answer(request, index, immutable=False)
    else:
        response = Response(_NO_PAGE, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@routes.get("/assets/<path:name>", "What the page loads; names change with contents", needs=None, media_type="*/*")
def asset(name: str) -> Response:
    """Answer with a file of the page whose name holds a hash of its content."""
    return _page_file(f"assets/{name}", immutable=True)


@routes.get("/help/", "The help, in both languages", needs=None, media_type="text/html; charset=utf-8")
def help_start() -> Response:
    """Answer with the choice of the help's languages."""
    return _page_file("help/index.html", immutable=False)


@routes.get("/help/<path:name>", "A page of the help, or what it shows", needs=None, media_type="*/*")
def help_file(name: str) -> Response:
    """Answer with a page of the help, written from the guides when the page was built."""
    return _page_file(f"help/{name}index.html" if name.endswith("/") else f"help/{name}", immutable=False)


@routes.get("/<name>", "A file beside the page, for instance a licence list", needs=None, media_type="*/*")
def page_file(name: str) -> Response:
    """Answer with a file beside the page."""
    return _page_file(name, immutable=False)


def _page_file(name: str, *, immutable: bool) -> Response:
    folder = _folder().resolve()
    try:
        path = (folder / name).resolve()
        found = path.is_relative_to(folder) and path.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, with NUL
        found = False
    if not found:
        raise NotFound("There is nothing at {path}.", path=request.path)
    response = file_answer(request, path, immutable=immutable)
    response.headers["Content-Security-Policy"] = PAGE_POLICY  # a worker keeps the policy that its script came with
    return response


def _folder() -> Path:
    found: Path = current_app.extensions["twin.page"]
    return found
