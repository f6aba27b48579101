"""A client that is much lighter than what it measures: HTTP/1.1 on asyncio, answers counted and thrown away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tests.load.session import Ask

CONNECTIONS = 6  # of a browser to one server
PATIENCE = 60.0  # seconds for one answer
SAFE = "/:?&=%,+-._~()!*'"


@dataclass(slots=True)
class Answered:
    """One answer: when it was asked for, seconds since the beginning; how long it took; its status (0: none came)."""

    at: float
    seconds: float
    status: int
    path: str
    size: int = 0
    why: str = ""


class Connection(asyncio.Protocol):
    """One connection that asks one thing after the other."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._left = -1  # bytes of the body that are still to come; -1: the head is not whole
        self._status, self._size, self._etag = 0, 0, ""
        self._bodiless = False
        self._waiting: asyncio.Future[tuple[int, int, str]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self.transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError(str(exc or "the server closed the connection")))

    def data_received(self, data: bytes) -> None:
        """Count a body, read a head."""
        if self._left < 0:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data = bytes(self._buffer[:end]), bytes(self._buffer[end + 4 :])
            self._buffer.clear()
            self._read_head(head)
        self._left -= len(data)
        if self._left <= 0 and self._waiting is not None and not self._waiting.done():
            self._left = -1
            self._waiting.set_result((self._status, self._size, self._etag))

    def _read_head(self, head: bytes) -> None:
        self._status = int(head[9:12])
        self._size, self._etag = 0, ""
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            lower = name.lower()
            if lower == b"content-length":
                self._size = int(value)
            elif lower == b"etag":
                self._etag = value.strip().decode("latin-1")
            elif lower == b"transfer-encoding":
                raise ValueError("an answer without a length")
        self._left = 0 if self._status == 304 else self._size

    async def ask(self, request: bytes) -> tuple[int, int, str]:
        """Send a request; return the answer's status, the size of its body, its ETag."""
        assert self.transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await asyncio.wait_for(self._waiting, PATIENCE)


class Viewer:
    """One browser: some connections, what it knows already, a visit that begins anew when it ends."""

    def __init__(self, host: str, port: int, asks: Sequence[Ask], began: float, answers: list[Answered]) -> None:
        self.host, self.port, self.asks, self.began, self.answers = host, port, asks, began, answers
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._etags: dict[str, str] = {}

    async def watch(self, into: float, until: float) -> None:
        """Visit from some seconds into the visit on, and again from the start, until a time of the loop."""
        loop = asyncio.get_running_loop()
        running: set[asyncio.Task[None]] = set()
        begin, turn = loop.time() - into, [ask for ask in self.asks if ask.at >= into]
        while loop.time() < until:
            for ask in turn:
                wait = begin + ask.at - loop.time()
                if wait > 0:
                    await asyncio.sleep(min(wait, max(0.0, until - loop.time())))
                if loop.time() >= until:
                    break
                task = loop.create_task(self._one(ask.path))
                running.add(task)
                task.add_done_callback(running.discard)
            begin, turn = loop.time(), list(self.asks)
            self._etags.clear()  # somebody else looks next
        if running:
            await asyncio.wait(running)
        for connection in self._idle:
            if connection.transport is not None:
                connection.transport.close()

    async def _one(self, path: str) -> None:
        loop = asyncio.get_running_loop()
        async with self._free:
            started = loop.time()
            answer = Answered(started - self.began, 0.0, 0, path)
            try:
                connection = await self._connected()
                answer.status, answer.size, etag = await connection.ask(self._request(path))
                self._etags[path] = etag
                self._idle.append(connection)
            except (OSError, TimeoutError, ValueError) as error:
                answer.why = f"{type(error).__name__}: {error}"
            answer.seconds = loop.time() - started
            self.answers.append(answer)

    async def _connected(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.transport is not None and not connection.transport.is_closing():
                return connection
        _, made = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        return made

    def _request(self, path: str) -> bytes:
        known = self._etags.get(path)
        lines = [
            f"GET {quote(path, safe=SAFE)} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Accept-Encoding: gzip, deflate, br",
            "Accept: */*",
            "User-Agent: viewer",
            *([f"If-None-Match: {known}"] if known else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def crowd(host: str, port: int, asks: Sequence[Ask], viewers: int, seconds: float) -> list[Answered]:
    """Return all answers to viewers who look for some seconds, each somewhere else in the visit."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers: list[Answered] = []
    whole = asks[-1].at
    tasks = []
    for number in range(viewers):
        viewer = Viewer(host, port, asks, began, answers)
        tasks.append(loop.create_task(viewer.watch(whole * number / viewers, began + seconds)))
    await asyncio.gather(*tasks)
    return answers
