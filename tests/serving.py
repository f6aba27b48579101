"""The real server, run by a test."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import ROOT


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[str]:
    """Run `twin serve`, with options, on a free port; give its URL without the slash at the end."""
    command = [sys.executable, "-m", "web.cli.main", "serve", "--twin", str(folder), "--port", "0", "--json", *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"].rstrip("/")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)
