"""Requests made from `/-/openapi.json` by the thousand: no answer 500, and every answer as the document promises."""

import copy
import functools
import gc
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import figures
from tests.web.conftest import settings_of
from tests.web.test_api import ADDRESSES
from web.app import create_app, route_table
from web.openapi import openapi_path
from web.uploads import tus


@schemathesis.serializer(tus.PART)  # type: ignore[untyped-decorator]
def part_of_a_file(context: Any, value: Any) -> bytes:
    """Return the bytes of a part: whatever was made, as it is."""
    made = value if isinstance(value, bytes | str) else str(value)
    return made.encode("utf-8", "replace") if isinstance(made, str) else made


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SENT: list[tuple[str, str]] = []
OPERATIONS = [(route.method, openapi_path(route.path)) for route in route_table()]


def known_parameters() -> dict[str, dict[str, str]]:
    """Return path → parameter → a value that is there, from the addresses of the other tests."""
    found = {}
    for route, address in ADDRESSES.items():
        pattern = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: f"(?P<{m[2]}>{'.+' if m[1] == 'path' else '[^/]+'})", route)
        match = re.fullmatch(pattern, urlsplit(address).path)
        assert match is not None, route
        found[openapi_path(route)] = {name: unquote(value) for name, value in match.groupdict().items()}
    return found


KNOWN = known_parameters()


@pytest.fixture(scope="module")
def app(twin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return an app over a twin of its own: requests that change something are sent, too."""
    folder = tmp_path_factory.mktemp("fuzzed") / "twin"
    shutil.copytree(twin_folder, folder)
    made = create_app(settings_of(folder))
    yield made
    made.extensions["twin.store"].close()
    del made
    with warnings.catch_warnings():  # the files of layers that it held are closed with it
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def schema(app: Flask) -> Any:
    """Return the app's own document, loaded from the app."""
    return schemathesis.openapi.from_wsgi("/-/openapi.json", app)


def try_operation(schema: Any, method: str, path: str, examples: int) -> None:
    """Send requests of one operation, half of them about what is there, and check the answers."""
    operation = schema[path][method]
    # a document for answers only says nothing of what a request that is not as promised is told
    modes: Callable[..., Any] = functools.partial(operation.as_strategy)
    cases = st.one_of(modes(generation_mode=GenerationMode.POSITIVE), modes(generation_mode=GenerationMode.NEGATIVE))

    @seed(20260601)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, there=st.booleans())
    def trial(case: Any, there: bool) -> None:
        if there:
            case.path_parameters = {**(case.path_parameters or {}), **copy.copy(KNOWN.get(path, {}))}
        plain = {**(case.headers or {}), "Accept-Encoding": "identity"}  # the transport unpacks nothing
        case.call_and_validate(checks=CHECKS, headers=plain)

    trial()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_some_requests_of_each_operation(schema: Any, method: str, path: str) -> None:
    try_operation(schema, method, path, 4)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_many_requests_of_each_operation(schema: Any, method: str, path: str) -> None:
    try_operation(schema, method, path, 100)
    SENT.append((method, path))
    figures.put("http", {"operations": len(SENT), "requests": 100 * len(SENT)})
