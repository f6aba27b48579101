"""A PostGIS of our own for the benchmark: a throw-away cluster on a free port, reached over loopback."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from tests import postgres
from tests.debian import POSTGIS
from twin.values.layer import Features

TILE = """
SELECT ST_AsMVT(t, 'buildings', 4096, 'geom', 'id') FROM (
  SELECT id, osm_id, address, building, name, levels, height,
         ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
  FROM buildings WHERE geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625)
) AS t WHERE geom IS NOT NULL
"""


def install() -> str | None:
    """Install PostGIS where Debian's packages can be had; return why it is not there, or None."""
    return None if POSTGIS.brought() else f"PostGIS is not compared. {POSTGIS.advice}"


@contextlib.contextmanager
def database() -> Iterator[Any]:
    """Yield a connection to an empty database with PostGIS; the server and its folder are gone afterwards."""
    settings = {"shared_buffers": "1GB", "maintenance_work_mem": "512MB", "max_parallel_workers_per_gather": "0"}
    with postgres.cluster(settings=settings) as running, running.connect(postgres.TEMPLATE) as connection:
        yield connection


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
