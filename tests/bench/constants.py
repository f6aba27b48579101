"""The constants of the load model, measured here: `python -m tests.bench.constants [--model FILE.ifc …]`.

Times are seconds of processor time of all processes that take part, so other work on the machine disturbs them little;
the load of the machine is told all the same.  `docs/load-model.md` says what is made of these numbers.
"""

import argparse
import gzip
import http.client
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil

from twin.store import Store

VIEWERS = 100
SECONDS = 6.0  # of each load


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, nargs="*", help="IFC files to import; default: those of the sample city")
    parser.add_argument("--demo", type=Path, help="a built sample city; default: one is built")
    parser.add_argument("--served", action="store_true", help="measure the server only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="twin-constants-") as name:
        folder = Path(name)
        found: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
        demo = given.demo or folder / "demo"
        if not given.demo:
            run("demo", "--no-serve", "--twin", str(demo))
        models = given.model or sorted((demo / "samples").glob("*.ifc"))
        found["served"] = noted(served(demo))
        if given.served:
            return
        found["facts"] = noted(facts(demo))
        found["sqlite"] = noted(imported(models, str(folder / "sqlite")))
        found["stored"] = noted(stored(folder / "sqlite"))
        with ExitStack() as stack:
            place = postgresql(stack, folder)
            found["postgresql"] = place and noted(imported(models, place))
        found["load after"] = os.getloadavg()[0]
        sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def noted(part: dict[str, Any]) -> dict[str, Any]:
    """Say a part as soon as it is there; return it."""
    sys.stderr.write(json.dumps(part, ensure_ascii=False) + "\n")
    return part


def run(*arguments: str) -> None:
    """Run a `twin` command."""
    subprocess.run([sys.executable, "-m", "web.cli.main", *arguments], check=True, stdout=subprocess.DEVNULL)


def spent() -> float:
    """Return the processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def postgresql(stack: ExitStack, folder: Path) -> str | None:
    """Start a PostgreSQL server and make a twin on it; None where there is none."""
    from tests import postgres
    from tests.debian import find_postgis

    if find_postgis() is None:
        return None
    place = stack.enter_context(postgres.cluster(durable=True)).fresh("twin")
    run("init", "--twin", place, "--blobs", str(folder / "blobs"))
    return place


def imported(models: list[Path], place: str) -> dict[str, float]:
    """Import files one after another; the database server's own work is not in the processor seconds."""
    began, before = time.perf_counter(), spent()
    for path in models:
        run("import", str(path), "--project", "P001", "--lon", "114.06", "--lat", "22.54", "--twin", place)
    seconds, used = time.perf_counter() - began, spent() - before
    with Store.open(place, create=False) as store:
        products = sum(model.ledger.products for model in store.models())
    return {
        "models": len(models),
        "elements": products,
        "processor ms per element": round(1000 * used / products, 3),
        "wall ms per element": round(1000 * seconds / products, 3),
        "wall s": round(seconds, 1),
    }


def stored(folder: Path) -> dict[str, float]:
    """Return bytes and rows per element of a SQLite twin that holds models and nothing else."""
    from sqlalchemy import text

    with Store.open(folder, create=False) as store:
        models = store.models()
        products = sum(model.ledger.products for model in models)
        drawn = sum(model.ledger.drawn for model in models)
        with store._engine.connect() as connection:
            tables = ("elements", "connections", "tiles", "storeys", "placements", "revisions")
            rows = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}  # noqa: S608
        states = sum(len(store.element_columns(model.model).global_id) for model in models)
        sources = {revision.sha256 for model in models for revision in store.history(model.model)}
        sizes = {name: size_of(folder, name) for name in store.blobs.names()}
        tile_bytes = sum(model.tiles.bytes for model in models)
        tile_count = sum(model.tiles.count for model in models)
    database = (folder / "twin.sqlite").stat().st_size
    return {
        "elements": products,
        "drawn": drawn,
        "database bytes per element": round(database / products),
        "rows per element": round(sum(rows.values()) / products, 2),
        "blob bytes per element": round(sum(sizes.values()) / products),
        "of which source files": round(sum(size for name, size in sizes.items() if name in sources) / products),
        "of which tiles": round(tile_bytes / products),
        "tiles per 1000 elements": round(1000 * tile_count / products, 2),
        "bytes per tile": round(tile_bytes / max(1, tile_count)),
        "blobs per 1000 elements": round(1000 * len(sizes) / products, 2),
        "state bytes per drawn element": round(states / max(1, drawn), 3),
    }


def size_of(folder: Path, name: str) -> int:
    """Return the bytes of a blob as it lies on the disk."""
    found = folder / "blobs" / name[:2]
    return next(path.stat().st_size for path in (found / f"{name}.gz", found / name) if path.exists())


def facts(folder: Path) -> dict[str, float]:
    """Return what facts take in the sample city: 28 projects, two years of months."""
    from sqlalchemy import text

    with Store.open(folder, create=False) as store, store._engine.connect() as connection:
        count = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            for table in ("register", "progress", "resources", "schedules", "clashes")
        }
    return {"projects": 28, **count}


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run a server of one process; give its address and the process that answers."""
    command = [
        sys.executable,
        "-m",
        "web.cli.main",
        "serve",
        "--no-jobs",
        "--port",
        "0",
        "--json",
        "--twin",
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = json.loads(process.stdout.readline())["url"]
            workers = psutil.Process(process.pid).children(recursive=True)
            yield urlsplit(url).netloc, max(workers, key=lambda child: child.memory_info().rss)
        finally:
            process.terminate()
            process.wait(30)


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    """Return an answer's body as it came."""
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in (200, 204), (path, answer.status)
    return body


def served(folder: Path) -> dict[str, Any]:
    """Return requests per second of one core by kind, and the memory of a server with many viewers."""
    with Store.open(folder, create=False) as store:
        largest = max(store.models(), key=lambda model: model.ledger.drawn).model
        drawn = store.model(largest).ledger.drawn
        layer = max(store.layers(), key=lambda layer: layer.features)
    with server(folder) as (address, process):
        tileset = json.loads(
            unzipped(ask(http.client.HTTPConnection(address), f"/3dtiles/{quote(largest)}/tileset.json"))
        )
        contents = sorted(set(uris(tileset["root"])))
        kinds = {
            "warm map tile": [map_tile(layer.name, layer.bounds)],
            "model tile": [f"/3dtiles/{quote(largest)}/{uri}" for uri in contents],
            "states of a model": [f"/api/models/{quote(largest)}/states?by=light"],
            "projects": ["/api/projects"],
            "overview": ["/api/overview"],
        }
        found: dict[str, Any] = {}
        for kind, paths in kinds.items():
            count, used, size = load(address, process, paths)
            found[kind] = {"requests per core second": round(count / used), "bytes": round(size)}
        found["states of a model"]["drawn elements"] = drawn
        before = process.memory_info().rss
        connections = [http.client.HTTPConnection(address) for _ in range(VIEWERS)]
        for connection in connections:
            for paths in kinds.values():
                ask(connection, paths[0])
        after = process.memory_info().rss
        for connection in connections:
            connection.close()
        found["memory"] = {
            "server MB": round(before / 1e6),
            f"kB per viewer of {VIEWERS}": round((after - before) / 1000 / VIEWERS, 1),
        }
        return found


def map_tile(name: str, bounds: Any) -> str:
    """Return the address of the tile of zoom 14 in the middle of a layer (Web Mercator, as OpenStreetMap counts)."""
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    x = int((lon + 180) / 360 * 2**14)
    y = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**14)
    return f"/tiles/{quote(name)}/14/{x}/{y}.mvt"


def load(address: str, process: psutil.Process, paths: list[str]) -> tuple[int, float, float]:
    """Ask by four connections for some seconds; return requests, the server's processor seconds, bytes of an answer."""
    ends, counts, sizes = time.monotonic() + SECONDS, [0] * 4, [0] * 4
    warm = http.client.HTTPConnection(address)
    for path in paths:
        ask(warm, path)

    def viewer(number: int) -> None:
        connection = http.client.HTTPConnection(address)
        while time.monotonic() < ends:
            sizes[number] += len(ask(connection, paths[counts[number] % len(paths)]))
            counts[number] += 1

    before = process.cpu_times()
    threads = [threading.Thread(target=viewer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return sum(counts), max(used, 0.01), sum(sizes) / max(1, sum(counts))


def unzipped(body: bytes) -> bytes:
    """Return a body without its compression."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def uris(tile: dict[str, Any]) -> Iterator[str]:
    """Yield the contents of a tile and of those below it."""
    if "content" in tile:
        yield tile["content"]["uri"]
    for child in tile.get("children", ()):
        yield from uris(child)


if __name__ == "__main__":
    main()
