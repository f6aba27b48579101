"""The page of a static copy: the page as it was built, told where it is."""

import re
from pathlib import Path

from twin.errors import NotBuilt
from web.export.writing import MANIFEST, Written
from web.responses import PAGE_POLICY

_NO_META = ("frame-ancestors",)  # a browser takes these from a header only


def put_page(folder: Path, written: Written) -> None:
    """Copy the built page."""
    if not (folder / "index.html").is_file():
        raise NotBuilt("The page is not built, and an export needs it: run `make demo` or `pip install .` first.")
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".map":
            continue
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        if name == "index.html":
            content = static_page(content.decode()).encode()
        elif path.suffix == ".html":  # of the help
            content = _told(content.decode(), _headers()).encode()
        written.put(name, content)


def static_page(html: str) -> str:
    """Return the page with what the server says in headers, and the mark of a static copy.

    >>> static_page("<!doctype html><p>").partition('<meta name="twin')[2]
    '-static" content="export.json" /><p>'
    """
    html = re.sub(r'(src|href)="/(?!/)', r'\1="./', html)
    return _told(html, f'{_headers()}<meta name="twin-static" content="{MANIFEST}" />')


def _headers() -> str:
    """Return what the server says of its pages in headers, as elements of a page."""
    rules = [rule.strip() for rule in PAGE_POLICY.split(";")]
    policy = "; ".join(rule for rule in rules if not rule.startswith(_NO_META))
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
        '<meta name="referrer" content="no-referrer" />'
    )


def _told(html: str, told: str) -> str:
    """Return a page with elements put in where its head begins."""
    places = (r'<meta charset="[^"]*"\s*/?>', r"<head[^>]*>", r"<!doctype[^>]*>")
    for place in places:
        found = re.search(place, html, re.IGNORECASE)
        if found:
            return html[: found.end()] + told + html[found.end() :]
    return told + html
