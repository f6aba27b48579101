"""`twin serve`: the page, the tiles and the API over HTTP."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from twin.errors import InvalidInput
from twin.values.sentence import say
from web.cli.common import Invocation, twin_command

# Connections that a worker holds: a browser opens six and keeps them, and who comes later waits until one is closed.
_CONNECTIONS = 12_000
_BACKLOG = 4096  # connections that wait to be accepted, at most what the system allows
_START = 60.0  # seconds that the first worker has to listen
_PATIENCE = 5  # seconds that a worker has to finish its answers when the server stops


@twin_command(
    "serve",
    help="Serve the page, the tiles and the API until Ctrl-C.",
    epilog="Whoever sits at this machine may all. At any other address than loopback people sign in: make an "
    "administrator first, by `twin users add NAME --role administrator`.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--no-jobs", is_flag=True, help="Leave imports, clash runs and uploads to others (`twin work`).")
def command(invocation: Invocation, host: str, port: int, workers: int, no_jobs: bool) -> None:
    """Serve."""

    def announce(url: str) -> None:
        text = invocation.say(say("The twin {folder} is served at {url} (Ctrl-C stops).", folder=folder, url=url))
        invocation.emit({"url": url, "folder": folder, "workers": workers}, text)

    folder = invocation.shown
    serve(invocation.place, host, port, workers, announce, jobs=not no_jobs)


def serve(
    place: Path | str, host: str, port: int, workers: int, announce: Callable[[str], None], *, jobs: bool = True
) -> None:
    """Serve a twin until the process is told to stop; `announce` hears the URL when it listens.

    jobs : a child process works on what is queued

    Raises
    ------
    InvalidInput : the address cannot be listened at, or others reach it and nobody could sign in.
    StoreTooNew : a newer version of this program wrote the folder.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from twin.store import Store
    from twin.store.place import place_of
    from web.counted import counted_together
    from web.jobs.beside import runner_beside
    from web.people.listening import settle_users
    from web.settings import THREADS, load

    with Store.open(place) as store:  # what is wrong with the folder is told here, once, and not by every worker
        settle_users(store, host, load(place=place))
    taken = free_port(host, port)
    may_open(2 * _CONNECTIONS)
    os.environ["TWIN_DIR"] = place_of(place).given()  # how the workers learn it: see `web.app.served`
    server = Granian(
        "web.app:served",
        address=host,
        port=taken,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,
        respawn_failed_workers=True,  # one that crashed takes nobody else along
        workers_kill_timeout=_PATIENCE,
    )
    shown = f"[{host}]" if ":" in host else host

    def wait_and_announce() -> None:
        if answers_at(host, taken):
            announce(f"http://{shown}:{taken}/")

    spawn = server._spawn_workers

    def spawn_then_wait(*arguments: Any) -> None:
        spawn(*arguments)
        # Not before: workers are forked, and a worker forked beside a running thread may wait for its locks for ever.
        threading.Thread(target=wait_and_announce, daemon=True).start()

    server._spawn_workers = spawn_then_wait
    with counted_together(workers), runner_beside(place_of(place).given(), wanted=jobs):
        server.serve()


def may_open(files: int) -> None:
    """Let this process and its children hold many open files and connections, as far as the system allows."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def answers_at(host: str, port: int) -> bool:
    """Wait until somebody listens at an address: granian's workers do so some time after it has started them."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (asked, not bound)
    ends = time.monotonic() + _START
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection((near, port), timeout=1):
            return True
        time.sleep(0.02)
    return False


def free_port(host: str, port: int) -> int:
    """Return the port if nobody listens there, a free one for 0; granian alone would share a port in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise InvalidInput(
                "Port {port} of {host} cannot be used ({reason}): choose another with --port.",
                port=port,
                host=host,
                reason=error.strerror or str(error),
            ) from error
        return int(probe.getsockname()[1])
