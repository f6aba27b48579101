"""Running whole processes and measuring them: seconds, resident memory of a process tree, bytes of tiles."""

import gzip
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

# Only the kernel: open the file, run the iterator with its default settings to the end, count.
KERNEL = """
import sys
import ifcopenshell
import ifcopenshell.geom
file = ifcopenshell.open(sys.argv[1])
iterator = ifcopenshell.geom.iterator(ifcopenshell.geom.settings(), file, int(sys.argv[2]))
count = 0
if iterator.initialize():
    count = 1
    while iterator.next():
        count += 1
print(count)
"""
PLACE = ("--lon", "114.06", "--lat", "22.54")  # some of the files say nothing of their place


@dataclass(frozen=True)
class Run:
    """A finished process: its seconds from start to exit, and the seconds of its stages."""

    seconds: float
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Peak:
    """Greatest resident memory, MB: of all processes together, and of the largest one."""

    together: float
    largest: float


def import_command(path: Path, twin: Path) -> list[str]:
    """Return the command line of an import."""
    program = Path(sys.executable).with_name("twin")
    return [str(program), "import", str(path), "--project", "P", "--json", "--twin", str(twin), *PLACE]


def run_import(path: Path, folder: Path) -> Run:
    """Time `twin import` into a fresh twin folder."""
    twin = folder / f"twin-{uuid4().hex}"
    start = time.perf_counter()
    done = subprocess.run(import_command(path, twin), capture_output=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - start
    shutil.rmtree(twin, ignore_errors=True)
    if done.returncode not in (0, 3):
        sys.exit(f"twin import {path} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return Run(seconds, json.loads(done.stdout)["models"][0].get("timings", {}))


def run_kernel(path: Path, threads: int) -> Run:
    """Time a process that only runs ifcopenshell's default kernel."""
    start = time.perf_counter()
    command = [sys.executable, "-c", KERNEL, str(path), str(threads)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"The kernel alone failed on {path}: {done.stderr}")
    return Run(seconds)


def peak_memory(path: Path, folder: Path) -> Peak:
    """Run an import and sample its process tree every few milliseconds."""
    twin = folder / f"twin-{uuid4().hex}"
    together = largest = 0
    output = folder / "output.txt"  # a file: a pipe that nobody reads would stop the import
    with (
        output.open("wb") as told,
        subprocess.Popen(import_command(path, twin), stdout=told, stderr=subprocess.STDOUT) as process,
    ):
        root = psutil.Process(process.pid)
        while process.poll() is None:
            sizes = [resident(one) for one in family(root)]
            together = max(together, sum(sizes))
            largest = max(largest, *sizes, 0)
            time.sleep(0.004)
    shutil.rmtree(twin, ignore_errors=True)
    if process.returncode not in (0, 3):
        sys.exit(f"twin import {path} ended with {process.returncode}: {output.read_text(errors='replace')}")
    return Peak(together / 1e6, largest / 1e6)


def family(root: psutil.Process) -> list[psutil.Process]:
    """Return a process and all below it that still live."""
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def resident(process: psutil.Process) -> int:
    """Return the resident bytes of a process, 0 when it has ended."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def gzipped_tiles(path: Path, folder: Path) -> int:
    """Import a file; return the bytes of its tileset documents and tile contents, each gzipped on its own."""
    from twin.store import Store

    twin = folder / f"twin-{uuid4().hex}"
    subprocess.run(import_command(path, twin), capture_output=True, check=False)
    with Store.open(twin, create=False) as store:
        (model,) = store.models()
        names = ["tileset.json", *(["spaces/tileset.json"] if model.spaces_sha256 else [])]
        documents = [store.blobs.get(store.tile(model.model, name)) for name in names]
        uris = {uri for document in documents for uri in uris_of(json.loads(document)["root"])}
        contents = [store.blobs.get(store.tile(model.model, uri.rsplit("/", 1)[-1])) for uri in sorted(uris)]
    shutil.rmtree(twin, ignore_errors=True)
    return sum(len(gzip.compress(content, 6)) for content in [*documents, *contents])


def uris_of(tile: dict[str, Any]) -> list[str]:
    """Return the content uris of a tile and all below it."""
    own = [tile["content"]["uri"]] if "content" in tile else []
    return [*own, *(uri for child in tile.get("children", []) for uri in uris_of(child))]
