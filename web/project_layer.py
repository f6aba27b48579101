"""The layer `projects`: the city's key projects as points, made anew when the twin changes."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np

from twin.judged import Judged
from twin.store import Layer
from twin.values.layer import Features, summary
from twin.values.sentence import LANGUAGES
from web.answers_facts import project_collection

NAME = "projects"
TEXTS = ("code", "name", "light", "kind", "district", "stage")
NUMBERS = ("progress", "planned_progress", "spi_t", "cpi", "budget")
WORLD = (-180.0, -85.0, 180.0, 85.0)
MAXZOOM = 14


def project_layer(judged: Judged) -> tuple[Layer, Features]:
    """Return the layer and its features on the twin's day; a project without a place is in none of them.

    The layer is there without projects, too, so that a client may ask for it before there are any.
    """
    import pyarrow as pa
    import shapely

    settings = judged.store.settings()
    found = project_collection(settings.name, judged.projects(), LANGUAGES[0])["features"]
    placed = [feature for feature in found if feature["geometry"]]
    types = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(NUMBERS, pa.float64())}
    columns = {name: pa.array([f["properties"][name] for f in placed], kind) for name, kind in types.items()}
    points = [f["geometry"]["coordinates"] for f in placed]
    geometry = np.array(shapely.points(points) if points else [], dtype=object)
    features = Features(geometry, pa.table(columns))
    return _layer(placed, features, settings.bounds or WORLD), features


def _layer(placed: list[Any], features: Features, bounds: tuple[float, float, float, float]) -> Layer:
    from twin.values.layer import Field

    counted = summary(features) if len(features) else None
    words = {"String": TEXTS, "Number": NUMBERS}
    return Layer(
        name=NAME,
        group=NAME,
        kind="other",
        file="",
        source_layer="",
        crs="EPSG:4326",
        datum="wgs84",
        encoding=None,
        version=hashlib.sha256(json.dumps(placed, sort_keys=True).encode()).hexdigest()[:16],
        added_at=datetime.fromtimestamp(0, UTC),
        features=len(features),
        bounds=counted.bounds if counted else bounds,
        geometry_types=counted.geometry_types if counted else {},
        fields=[Field(name, kind) for kind, names in words.items() for name in names],
        height_rule=None,
        notices=[],
        lost=0,
        features_sha256="",
        tiles_sha256=None,
        minzoom=0,
        maxzoom=MAXZOOM,
        bytes=0,
    )
