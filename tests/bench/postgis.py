"""A PostGIS of our own for the benchmark: a throw-away cluster on a free port, reached over loopback."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin.values.layer import Features

TILE = """
SELECT ST_AsMVT(t, 'buildings', 4096, 'geom', 'id') FROM (
  SELECT id, osm_id, address, building, name, levels, height,
         ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
  FROM buildings WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625)
) AS t WHERE geom IS NOT NULL
"""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs where PostGIS is there too."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = folder.parent.name
        if (Path("/usr/share/postgresql") / version / "extension" / "postgis.control").is_file():
            return folder
    return None


def install() -> str | None:
    """Install PostGIS where Debian's packages can be had; return why it is not there, or None."""
    if programs() is not None:
        return None
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "PostGIS is not installed (Debian: apt-get install postgresql-15-postgis-3), so it is not compared"
    done = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql-15-postgis-3"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode or programs() is None:
        return f"PostGIS could not be installed ({done.stderr.strip()[-200:]}), so it is not compared"
    return None


def run(command: list[str], folder: Path) -> None:
    """Run one of PostgreSQL's programs, in a folder that its user may enter."""
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def database() -> Iterator[Any]:
    """Yield a connection to an empty database with PostGIS; the server and its folder are gone afterwards.

    PostgreSQL refuses to run as root, so root lends it to the user `postgres`.
    """
    import psycopg

    found = programs()
    assert found is not None
    lend = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="twin-postgis-"))
    if lend:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=1GB -c fsync=off -c jit=off "
        "-c maintenance_work_mem=512MB -c max_parallel_workers_per_gather=0"
    )
    run([*lend, str(found / "initdb"), "-D", str(data), "-U", "twin", "-A", "trust", "-E", "UTF8"], folder)
    run(
        [*lend, str(found / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start"],
        folder,
    )
    try:
        with psycopg.connect(
            host="127.0.0.1", port=port, user="twin", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE EXTENSION postgis")
            yield connection
    finally:
        run([*lend, str(found / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)


def load(connection: Any, features: Features, mercator: np.ndarray[Any, np.dtype[np.object_]]) -> None:
    """Load buildings in Web Mercator metres, indexed, ordered by place and analysed, as PostGIS likes them."""
    connection.execute(
        "CREATE UNLOGGED TABLE buildings (id bigint, osm_id text, address text, building text, name text, "
        "levels int, height float8, geom geometry(MultiPolygon, 3857))"
    )
    columns = [features.attributes.column(i).to_pylist() for i in range(features.attributes.num_columns)]
    shapes = shapely.to_wkb(shapely.set_srid(mercator, 3857), hex=True, include_srid=True)
    with connection.cursor().copy("COPY buildings FROM STDIN") as copy:
        for row in zip(range(1, len(features) + 1), *columns, shapes.tolist(), strict=True):
            copy.write_row(row)
    connection.execute("CREATE INDEX buildings_geom ON buildings USING gist (geom)")
    connection.execute("CLUSTER buildings USING buildings_geom")
    connection.execute("VACUUM ANALYZE buildings")


def tile(connection: Any, z: int, x: int, y: int) -> bytes:
    """Return a tile as PostGIS writes it."""
    row = connection.execute(TILE, {"z": z, "x": x, "y": y}, prepare=True, binary=True).fetchone()
    return bytes(row[0])
