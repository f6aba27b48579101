"""Which file of a static copy holds the answer to a request: one table, and its twin in `frontend/src/static.ts`.

Both must agree on every line of `frontend/test/static-names.json`; their tests say so.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

# A request, and its file. A name in braces stands for one segment of the path, `{by}` for the query's; `{shard}` is the
# number of the file that holds an element.
TABLE: tuple[tuple[str, str], ...] = (
    ("/api/projects", "data/{lang}/projects.json"),
    ("/api/projects/{code}", "data/{lang}/projects/{code}.json"),
    ("/api/projects/{code}/tasks", "data/tasks/{code}.json"),
    ("/api/projects/{code}/elements/{id}", "data/{lang}/elements/{code}/{shard}.json"),
    ("/api/overview", "data/{lang}/overview.json"),
    ("/api/timeline", "data/timeline.json"),
    ("/api/resources", "data/resources.json"),
    ("/api/layers", "data/{lang}/layers.json"),
    ("/api/replaced", "data/{lang}/replaced.json"),
    ("/api/legends/{by}", "data/{lang}/legends/{by}.json"),
    ("/api/models/{model}/elements", "data/models/{model}/elements.json"),
    ("/api/models/{model}/states", "data/models/{model}/{by}.bin"),
    ("/api/models/{model}/ledger", "data/{lang}/ledgers/{model}.json"),
    ("/api/scenes/{scene}", "scenes/{scene}.json"),
    ("/styles/{theme}.json", "styles/{lang}/{theme}.json"),
    ("/api/reports/city.pdf", "reports/{lang}/city.pdf"),
    ("/api/reports/city.xlsx", "reports/{lang}/city.xlsx"),
    ("/api/reports/projects/{code}.pdf", "reports/{lang}/projects/{code}.pdf"),
    ("/api/reports/projects/{code}.xlsx", "reports/{lang}/projects/{code}.xlsx"),
    ("/3dtiles/tileset.json", "3dtiles/tileset.json"),
    ("/3dtiles/{model}/tileset.json", "3dtiles/{model}/tileset.json"),
    ("/3dtiles/{model}/{tile}.glb", "3dtiles/{model}/{tile}.glb"),
    ("/3dtiles/{model}/spaces/tileset.json", "3dtiles/{model}/spaces/tileset.json"),
    ("/3dtiles/{model}/spaces/{tile}.glb", "3dtiles/{model}/spaces/{tile}.glb"),
    ("/tiles/{layer}.json", "layers/{layer}.pmtiles"),
)
PER_FILE = 64  # elements, about

_PLAIN = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[A-Za-z0-9_\u4e00-\u9fff-]{1,64}", re.IGNORECASE)
_OTHER = re.compile(r"[^A-Za-z0-9_\u4e00-\u9fff-]")
_KEPT = 40  # characters of a name that is no plain one


def file_of(request: str, language: str, element_files: Mapping[str, int]) -> str | None:
    """Return the file that answers a request of the page, relative to the copy; None when the copy has none.

    request : path and query as the page asks, escaped
    element_files : project → how many files its elements are in

    >>> file_of("/api/models/P001-%E6%A5%BC/states?as_of=2026-06-30&by=light", "zh", {})
    'data/models/P001-楼/light.bin'
    """
    parts = urlsplit(request)
    path = [unquote(segment) for segment in parts.path.split("/")]
    for pattern, file in TABLE:
        values = _matched(pattern.split("/"), path)
        if values is None:
            continue
        values = {"lang": language, "by": parse_qs(parts.query).get("by", ["state"])[0]} | values
        if "{shard}" in file:
            count = element_files.get(values["code"])
            if not count:
                return None
            values["shard"] = f"{shard_of(values['id'], count):04d}"
        return file.format_map({name: safe(value) for name, value in values.items()})
    return None


def _matched(pattern: list[str], path: list[str]) -> dict[str, str] | None:
    """Return what the braces of a pattern stand for; None when the path is another one."""
    if len(pattern) != len(path):
        return None
    values = {}
    for wanted, found in zip(pattern, path, strict=True):
        if not wanted.startswith("{"):
            if wanted != found:
                return None
            continue
        name, _, end = wanted[1:].partition("}")
        if not found.endswith(end) or len(found) == len(end):
            return None
        values[name] = found[: len(found) - len(end)]
    return values


def safe(text: str) -> str:
    """Return a name that any file system takes for a name of the city: the same where it is plain, else with a hash.

    >>> safe("BJ-003-医院_建筑"), safe("../塔 1#"), safe("NUL")
    ('BJ-003-医院_建筑', '___塔_1_.61c1497c', 'NUL.4fad0f80')
    """
    if _PLAIN.fullmatch(text) or re.fullmatch("[0-9a-f]{64}", text):
        return text
    return f"{_OTHER.sub('_', text)[:_KEPT]}.{fnv1a(text):08x}"


def shard_of(global_id: str, count: int) -> int:
    """Return the number of the file that holds an element, of `count` files."""
    return fnv1a(global_id) % count


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash of a text's UTF-8 bytes.

    >>> hex(fnv1a("a"))
    '0xe40c292c'
    """
    value = 0x811C9DC5
    for byte in text.encode("utf-8", "replace"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
