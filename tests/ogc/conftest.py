"""A twin with layers of every kind, in process and behind a running server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.layers import put
from tests.ogc.cities import LAYERS
from tests.serving import serving
from twin.store import Store
from twin.values.layer import Features
from web.app import create_app
from web.settings import Settings


@pytest.fixture(scope="session")
def layered_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a twin folder that tests only read; "houses" is baked."""
    folder, scratch = tmp_path_factory.mktemp("layered"), tmp_path_factory.mktemp("scratch")
    with Store.init(folder, name="深圳 <b>", crs="EPSG:4547", bounds=(113.7, 22.4, 114.7, 22.9)) as store:
        for number, (name, made) in enumerate(LAYERS.items()):
            put(store, scratch, name, made(), baked=number == 0)
    return folder


@pytest.fixture(scope="session")
def layered_app(layered_folder: Path) -> Iterator[Flask]:
    made = create_app(Settings(layered_folder, 5.0, layered_folder))
    yield made
    made.extensions["twin.store"].close()


@pytest.fixture
def client(layered_app: Flask) -> FlaskClient:
    return layered_app.test_client()


@pytest.fixture(scope="session")
def sources() -> dict[str, Features]:
    """Return what the layers were made of."""
    return {name: made() for name, made in LAYERS.items()}


@pytest.fixture(scope="session")
def served(layered_folder: Path) -> Iterator[str]:
    with serving(layered_folder) as url:
        yield url
