"""How the processes of one server count together: in files of a folder, which the library of the metrics is told of."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator

SHARED = "PROMETHEUS_MULTIPROC_DIR"


@contextlib.contextmanager
def counted_together(workers: int) -> Iterator[None]:
    """Give the server processes that are started in the block a place to count together, where they are several.

    Nothing may have imported prometheus_client before: it looks there when it is loaded.
    """
    if workers < 2 or os.environ.get(SHARED):
        yield
        return
    folder = tempfile.mkdtemp(prefix="twin-metrics-")
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        del os.environ[SHARED]
        shutil.rmtree(folder, ignore_errors=True)
