"""A PostgreSQL with PostGIS of our own for tests (`tests.debian` brings its programs).

A throw-away cluster in a temporary folder, on a free port of the loopback, that ends with the process that started it.
"""

import contextlib
import getpass
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.debian import POSTGIS, find_postgis

TEMPLATE = "twin_template"  # an empty database with the extension, which a fresh one is a copy of
_START = 60.0  # seconds that a server has to answer, recovery after a crash included
_NUMBERS = itertools.count(1)
# Ordinary tests need no power cut to survive; fault tests do.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SMALL = {"shared_buffers": "64MB", "max_connections": "200", "jit": "off", "max_wal_size": "4GB"}


class Cluster:
    """A running server with the superuser `twin`, who needs no password on the loopback."""

    def __init__(self, folder: Path, *, durable: bool = False, settings: Mapping[str, str] | None = None) -> None:
        """Make a cluster in a folder and start it.

        durable : what was committed survives kill -9 of the whole machine; slower
        """
        found = find_postgis()
        if found is None:
            raise FileNotFoundError(POSTGIS.advice)
        self.folder, self.port = folder, _free_port()
        self._programs = found
        self._server: subprocess.Popen[bytes] | None = None
        self._settings = {**_SMALL, **({} if durable else _FAST), **(settings or {})}
        self._user = "postgres" if os.geteuid() == 0 else getpass.getuser()  # PostgreSQL refuses to run as root
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, self._user, self._user)
        # A collation of the world's languages, as a city's server may have: order must not depend on it.
        locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        self._call("initdb", "-D", str(data), "-U", "twin", "-A", "trust", "-E", "UTF8", "--no-sync", *locale)
        self.start()
        self.run(f"CREATE DATABASE {TEMPLATE}", "postgres")
        self.run("CREATE EXTENSION postgis", TEMPLATE)

    def url(self, database: str) -> str:
        """Return the address of a database of the cluster."""
        return f"postgresql://twin@127.0.0.1:{self.port}/{database}"

    def fresh(self, name: str | None = None, template: str = TEMPLATE) -> str:
        """Make a database, empty but for PostGIS unless another template is named; return its address."""
        made = name or f"twin_{os.getpid()}_{next(_NUMBERS)}"
        self.run(f'CREATE DATABASE "{made}" TEMPLATE "{template}" STRATEGY wal_log', "postgres")
        return self.url(made)

    def run(self, statement: str, database: str) -> list[Any]:
        """Run a statement outside of a transaction; return its rows."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def connect(self, database: str) -> Any:
        """Return a connection of psycopg's that commits by itself."""
        import psycopg

        return psycopg.connect(host="127.0.0.1", port=self.port, user="twin", dbname=database, autocommit=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        # it ends with the tests, however they end
        ending = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
        command = [*ending, str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        command += ["-k", "", "-c", "listen_addresses=127.0.0.1", *options]
        with open(self.folder / "log", "ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._lent())
        ends = time.monotonic() + _START
        while True:
            try:
                self.run("SELECT 1", "postgres")
            except Exception as error:
                if self._server.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError((self.folder / "log").read_text("utf-8")[-2000:]) from error
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop the server at once, but in order: a connection that is open gets told."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT if self._settings.get("fsync") == "off" else signal.SIGINT)
            self._server.wait(_START)
            self._server = None

    def kill(self) -> None:
        """Kill every process of the server (SIGKILL), as a machine that loses its power would; `start` recovers."""
        import psutil

        assert self._server is not None
        postmaster = psutil.Process(self._server.pid)
        postmaster.suspend()  # or it would start others for those that die
        killed = [postmaster, *postmaster.children(recursive=True)]
        for process in killed:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._server.wait(_START)
        while any(_lives(process) for process in killed):  # their memory is still in use until then
            time.sleep(0.005)
        self._server = None

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments], cwd="/", capture_output=True, check=False, **self._lent()
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode(errors="replace"))

    def _lent(self) -> dict[str, Any]:
        """Return what makes a child run as the cluster's user."""
        return {"user": self._user, "group": self._user, "extra_groups": []} if os.geteuid() == 0 else {}


@contextlib.contextmanager
def cluster(*, durable: bool = False, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Give a running cluster; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="twin-postgres-"))
    try:
        running = Cluster(folder, durable=durable, settings=settings)
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lives(process: Any) -> bool:
    """Tell whether a process of psutil's is more than an entry in a table."""
    import psutil

    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
