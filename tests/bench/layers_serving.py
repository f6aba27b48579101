"""Warm tiles of `twin serve` against a bare granian that sends the same bytes, and the server's memory."""

import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.bench.measure import family, resident
from tests.bench.run import Table, say

HALF = 0.5  # of the requests a second of the bare server, at least
MEMORY = 600.0  # MB of all processes of the server, at most
CONNECTIONS, SECONDS, ROUNDS = 8, 3.0, 3
TILES = 64
BARE = """
import json, os
from granian import Granian
answers = {path: open(name, "rb").read() for path, name in json.loads(os.environ["ANSWERS"]).items()}
HEADERS = [("content-type", "application/vnd.mapbox-vector-tile"), ("content-encoding", "gzip")]

def app(environ, start_response):
    body = answers[environ["PATH_INFO"]]
    start_response("200 OK", [*HEADERS, ("content-length", str(len(body)))])
    return [body]

if __name__ == "__main__":
    from granian.constants import Interfaces
    Granian("bare:app", address="127.0.0.1", port=int(os.environ["PORT"]), interface=Interfaces.WSGI, workers=1,
            blocking_threads=min(8, 2 * (os.cpu_count() or 1)), websockets=False).serve()
"""


def compare_serving(table: Table, twin: Path, folder: Path) -> None:
    """Ask both servers for the same tiles in turns; then walk over the whole layer and look at the memory."""
    with contextlib.ExitStack() as running:
        port, server = running.enter_context(serving(twin))
        paths = some_paths(twin)
        bodies = {path: body for path in paths if (body := fetch(port, path))}
        bare = running.enter_context(bare_server(bodies, folder))
        rates: dict[int, list[float]] = {port: [], bare: []}
        for _ in range(ROUNDS):
            for one, known in rates.items():
                known.append(rate(one, list(bodies), SECONDS))
        ours, others = max(rates[port]), max(rates[bare])
        size = sum(map(len, bodies.values())) / len(bodies) / 1000
        say(f"\nServing on one worker: {len(bodies)} warm tiles of {size:.1f} kB on average, {CONNECTIONS} connections")
        table.judge("twin serve / bare granian", ours / others, HALF, "x", at_least=True)
        say(f"      {ours:,.0f} and {others:,.0f} requests a second, best of {ROUNDS} rounds in turns")
        peak = 0
        for path in every_path(twin, 4000):
            fetch(port, path)
            if not peak or time.monotonic() % 1 < 0.1:
                peak = max(peak, memory(server))
        table.judge("memory of the server", max(peak, memory(server)) / 1e6, MEMORY, "MB", at_least=False)


def memory(process: psutil.Process) -> int:
    """Return the resident bytes of a process and all below it."""
    return sum(resident(one) for one in family(process))


@contextlib.contextmanager
def serving(twin: Path) -> Iterator[tuple[int, psutil.Process]]:
    """Run `twin serve` with one worker; yield its port and process."""
    program = Path(sys.executable).with_name("twin")
    command = [str(program), "serve", "--port", "0", "--json", "--twin", str(twin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            text = ""
            while not text.rstrip().endswith("}"):
                text += (line := process.stdout.readline())
                if not line:
                    sys.exit("twin serve has not started")
            yield int(json.loads(text)["url"].rstrip("/").rsplit(":", 1)[1]), psutil.Process(process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def bare_server(bodies: dict[str, bytes], folder: Path) -> Iterator[int]:
    """Run granian with an app that only looks the answer up; yield its port."""
    names = {}
    for i, (path, body) in enumerate(bodies.items()):
        (folder / f"bare-{i}").write_bytes(body)
        names[path] = str(folder / f"bare-{i}")
    (folder / "bare.py").write_text(BARE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "ANSWERS": json.dumps(names), "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "bare.py"], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def some_paths(twin: Path) -> list[str]:
    """Return paths of full tiles of the deeper levels, as the TileJSON gives them."""
    paths = every_path(twin, 100_000)
    deep = [path for path in paths if int(path.split("/")[3]) in (13, 14)]
    return deep[:: max(1, len(deep) // TILES)][:TILES]


def every_path(twin: Path, most: int) -> list[str]:
    """Return the paths of the layer's tiles, evenly chosen where there are more than `most`."""
    from pmtiles.reader import all_tiles

    from twin.store import Store

    with Store.open(twin, create=False) as store:
        layer = store.layer("buildings")
        assert layer.tiles_sha256 is not None
        with store.blobs.open(layer.tiles_sha256) as file:

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                return file.read(length)

            tiles = [tile for tile, _ in all_tiles(read)]
    return [f"/tiles/buildings/{z}/{x}/{y}.mvt" for z, x, y in tiles[:: max(1, len(tiles) // most)][:most]]


def request(path: str) -> bytes:
    """Return the bytes of a request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def fetch(port: int, path: str) -> bytes:
    """Return a tile's bytes as they were sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request(path))
        return receive(connection)


def receive(connection: socket.socket) -> bytes:
    """Read one answer; return its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(1 << 18)
    head, body = got.split(b"\r\n\r\n", 1)
    if not head.startswith(b"HTTP/1.1 200"):
        return b""
    left = length_of(head) - len(body)
    parts = [body]
    while left > 0:
        parts.append(connection.recv(1 << 18))
        left -= len(parts[-1])
    return b"".join(parts)


def length_of(head: bytes) -> int:
    """Return the content length that an answer's head states."""
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    end = lower.find(b"\r\n", at)
    return int(lower[at : end if end >= 0 else None])


def rate(port: int, paths: list[str], seconds: float) -> float:
    """Return the answers a second over a few connections that each ask again as soon as they are answered."""
    asked = [request(path) for path in paths]
    chooser = selectors.DefaultSelector()
    turn = done = 0
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(asked[turn % len(asked)])
        turn += 1
        chooser.register(connection, selectors.EVENT_READ, [0])  # bytes still to come
    start = time.perf_counter()
    while (now := time.perf_counter()) < start + seconds:
        for key, _ in chooser.select(1):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            got = one.recv(1 << 18)
            if not got:
                sys.exit(f"The server at port {port} hung up")
            if key.data[0] == 0:
                if not got.startswith(b"HTTP/1.1 200"):
                    sys.exit(f"The server at port {port} answered {got[:100]!r}")
                at = got.index(b"\r\n\r\n")
                key.data[0] = length_of(got[:at]) - (len(got) - at - 4)
            else:
                key.data[0] -= len(got)
            if key.data[0] == 0:
                done += 1
                one.sendall(asked[turn % len(asked)])
                turn += 1
    for registered in list(chooser.get_map().values()):
        assert isinstance(registered.fileobj, socket.socket)
        registered.fileobj.close()
    chooser.close()
    return done / (now - start)
