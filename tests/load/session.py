"""A recorded visit: when which address was asked for, without what changes from build to build.

For what changes: `*` for the hash in the name of a file of the page and for the data version of a tile, `#n` for
the n-th content of a model's tileset.  `resolve` puts in what a running server has.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

FILE = Path(__file__).parent / "session.json"
_ASSET = re.compile(r"^(/assets/.+)-[\w-]{8}(\.\w+)$")
_CONTENT = re.compile(r"^(/3dtiles/.+/)([0-9a-f]{64})\.glb$")
_VERSION = re.compile(r"\bv=[0-9a-f]{16}\b")
Get = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a visit: seconds after its beginning, and the address below the server's."""

    at: float
    path: str


def read_session(path: Path = FILE) -> list[Ask]:
    """Return the recorded visit, in the order of time."""
    return [Ask(ms / 1000, asked) for ms, asked in json.loads(path.read_text("utf-8"))]


def write_session(asks: Sequence[Ask], path: Path = FILE) -> None:
    """Write a visit, a request a line."""
    lines = ",\n".join(json.dumps([round(ask.at * 1000), ask.path], ensure_ascii=False) for ask in asks)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")


def getter(url: str) -> Get:
    """Return a function that asks a server for an address."""

    def get(path: str) -> bytes:
        with urlopen(url + path, timeout=60) as answer:
            content: bytes = answer.read()
            return content

    return get


def contents(get: Get, folder: str) -> list[str]:
    """Return the names of the contents of a model's tileset, in its order; `folder` is its address."""

    def walk(tile: dict[str, Any]) -> Iterator[str]:
        if "content" in tile:
            yield tile["content"]["uri"]
        for child in tile.get("children", ()):
            yield from walk(child)

    return list(walk(json.loads(get(f"{folder}tileset.json"))["root"]))


def general(asks: Sequence[Ask], get: Get) -> list[Ask]:
    """Return a visit without what changes from build to build; `get` asks the server that was visited."""
    known: dict[str, list[str]] = {}
    made = []
    for ask in asks:
        path = _VERSION.sub("v=*", _ASSET.sub(r"\1-*\2", ask.path))
        if match := _CONTENT.match(path):
            folder = match[1]
            if folder not in known:
                known[folder] = contents(get, folder)
            path = f"{folder}#{known[folder].index(f'{match[2]}.glb')}.glb"
        made.append(Ask(ask.at, path))
    return made


def resolve(asks: Sequence[Ask], get: Get, page: Path) -> list[Ask]:
    """Return a visit as this server answers it; `page` is the folder of the built page."""
    known: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    made = []
    for ask in asks:
        path = ask.path
        if path.startswith("/assets/") and "*" in path:
            found = [
                p for p in (page / "assets").glob(path.removeprefix("/assets/")) if _ASSET.match(f"/assets/{p.name}")
            ]
            path = f"/assets/{min(found, key=lambda p: len(p.name)).name}"
        elif "#" in path:
            folder, _, number = path.removesuffix(".glb").partition("#")
            if folder not in known:
                known[folder] = contents(get, folder)
            path = folder + known[folder][int(number) % len(known[folder])]
        elif "v=*" in path:
            layer = path.split("/")[2]
            if layer not in versions:
                match = _VERSION.search(get(f"/tiles/{layer}.json").decode())
                versions[layer] = match[0] if match else "v="
            path = path.replace("v=*", versions[layer])
        made.append(Ask(ask.at, path))
    return made
