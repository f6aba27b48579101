"""A server that speaks S3, on a free port of this machine, and a proxy before it that fails as networks do.

The server is moto's, of PyPI: maintained, made from the same service description as the client, with multipart uploads
and their listing, and it needs nothing but Python.  (s3rver of npm was last released in 2021 and pins libraries of
then; MinIO and its kind are in no registry of packages.)  It runs as a process of its own and ends with its caller.
"""

import contextlib
import http.client
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SERVER = """
import sys, threading, os
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
"""
FAULTS = ("500", "503", "half", "half told", "wrong", "close", "lost answer", "half request", "slow")
SLOW = 0.2  # seconds


@dataclass
class Storage:
    """A running server: what the environment of its clients must hold, and how to make a bucket."""

    port: int

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds the server."""
        return environment(self.port)

    def bucket(self, name: str) -> str:
        """Make a bucket and return its URL."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("PUT", f"/{name}", headers={"Authorization": _AUTHORIZATION, "Content-Length": "0"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        return f"s3://{name}"


_AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


def environment(port: int) -> dict[str, str]:
    """Return the variables by which a client finds a server on a port."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextlib.contextmanager
def storage() -> Iterator[Storage]:
    """Run a server until the block ends."""
    command = [sys.executable, "-W", "ignore", "-c", _SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield Storage(int(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(timeout=10)


@dataclass
class FaultyProxy:
    """Passes requests on, and fails where `fault` (method, path) names one of FAULTS."""

    upstream: int
    fault: Callable[[str, str], str | None] = lambda _method, _path: None
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds the proxy."""
        return environment(self.port)

    def at_random(self, rate: float, seed: int, *, faults: tuple[str, ...] = FAULTS) -> None:
        """Fail a share of all requests, each in some way."""
        chance = random.Random(seed)  # noqa: S311
        lock = threading.Lock()

        def choose(_method: str, _path: str) -> str | None:
            with lock:
                return chance.choice(faults) if chance.random() < rate else None

        self.fault = choose

    def healthy(self) -> None:
        """Pass everything on from now."""
        self.fault = lambda _method, _path: None

    def count(self, method: str, text: str = "") -> int:
        """Return how many requests of a method came whose path holds a text."""
        return sum(asked == method and text in path for asked, path in self.asked)


@contextlib.contextmanager
def faulty_proxy(upstream: int) -> Iterator[FaultyProxy]:
    """Run a proxy before a server until the block ends."""
    proxy = FaultyProxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                _answer(self, proxy)
                return
            self.close_connection = True

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, proxy: FaultyProxy) -> None:
    method = request.command
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    proxy.asked.append((method, request.path))
    fault = proxy.fault(method, request.path)
    if fault:
        proxy.failed[fault] += 1
    if fault == "slow":
        time.sleep(SLOW)
    if fault in ("500", "503"):
        _send(request, int(fault), {}, b"<Error><Code>InternalError</Code></Error>")
        return
    if fault == "close":
        request.close_connection = True
        return
    status, headers, content = _upstream(request, proxy.upstream, body, cut=fault == "half request")
    if fault in ("wrong", "half told"):  # by a storage that tells no checksum: who reads has to find it out
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("x-amz-checksum")}
    if fault == "lost answer":
        request.close_connection = True
    elif fault == "half" and method == "GET" and content:
        _send(request, status, headers, content[: len(content) // 2], told=len(content))
        request.close_connection = True
    elif fault == "half told" and method == "GET" and status == 200 and b"<?xml" not in content[:5]:
        _send(request, status, headers, content[: len(content) // 2])
    elif fault == "wrong" and method == "GET" and status in (200, 206) and b"<?xml" not in content[:5]:
        _send(request, status, headers, bytes(byte ^ 1 for byte in content[:64]) + content[64:])
    else:
        _send(request, status, headers, content, told=int(headers.get("Content-Length", len(content))))


def _upstream(
    request: BaseHTTPRequestHandler, port: int, body: bytes, *, cut: bool
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() not in ("connection", "expect"):
                connection.putheader(name, value)
        connection.putheader("Connection", "close")
        connection.endheaders()
        connection.send(body[: len(body) // 2] if cut else body)
        if cut and body:
            raise ConnectionError
        answer = connection.getresponse()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in ("connection", "date")}
        return answer.status, headers, answer.read()


def _send(
    request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes, *, told: int | None = None
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        if name.lower() not in ("content-length", "transfer-encoding", "server"):
            request.send_header(name, value)
    if status != 204:
        request.send_header("Content-Length", str(len(content) if told is None else told))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)
