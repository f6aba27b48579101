"""Filters that cannot be used, or mean harm: a sentence each, never a broken server."""

import threading
import time
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ogc.test_items import items, refused
from twin.errors import InvalidInput
from web.ogc import filters

FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    "asked",
    [
        *("", " ", "height >", "height > 1 AND", "(height > 1", "height > 1)", "height", "'x'", "5", "NULL"),
        *("none = 1", "height = 'x'", "name = 5", "name > listed", "built = 5", "name LIKE 5"),
        *("name LIKE height", "casei(height) = 1", "foo(name) = 1", "A_CONTAINS(name, ('a'))", "height IN (1, 'x')"),
        *("S_INTERSECTS(geometry)", "S_INTERSECTS(name, POINT(0 0))", "S_INTERSECTS(geometry, geometry)"),
        *("S_INTERSECTS(geometry, 'x')", "S_INTERSECTS(geometry, BBOX(1, 2, 3))", "geometry = 1", "geometry"),
        *("S_INTERSECTS(geometry, BBOX(a, 2, 3, 4))", "S_INTERSECTS(geometry, BBOX(0, 9, 1, 2))"),
        "S_INTERSECTS(geometry, POLYGON((0 0,1 1,0 1,1 0,0 0)))",
        "S_INTERSECTS(geometry, POLYGON((0 0,1 1)))",
        "S_DWITHIN(geometry, POINT(0 0), 5)",
        *(
            "T_AFTER(built, 'x')",
            "T_AFTER(name, built)",
            "built = DATE('2020-02-30')",
            "T_DURING(built, INTERVAL('x', '..'))",
        ),
        *("T_DURING(built, INTERVAL('2020-01-01', '2019-01-01'))", "floors = 99999999999999999999"),
        *("height = (1, 2)", "height = 1; DROP TABLE layers", "__import__('os').system('x') = 1", "name = 'it's'"),
        "name LIKE '" + "%a" * 150 + "'",
        "(" * 40 + "height = 1" + ")" * 40,
        "NOT " * 300 + "height = 1",
        "height = " + "-" * 300 + "1",
        "height = 1" + "-1" * 1900,
        "height = 1" + " + 1" * 300,
        "height = 1" + " OR height = 1" * 250,
        "casei(" * 200 + "name" + ")" * 200 + " = 'x'",
        "name = '" + "x" * 5000 + "'",
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_with_a_sentence(client: FlaskClient, asked: str) -> None:
    said = refused(client, "filter=" + quote(asked))
    assert said.endswith(".") or "from here on: " in said
    assert len(said) < 400


@FUZZ
@given(
    asked=st.text("()'\"-+*/%^=<>, .01aeE;\\\n名", max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "(",
                ")",
                "name",
                "height",
                "'x'",
                "1",
                "AND",
                "OR",
                "NOT",
                "IN",
                "LIKE",
                "BETWEEN",
                "IS",
                "NULL",
                "=",
                "<",
                ",",
                "S_INTERSECTS(",
                "geometry",
                "POINT(1 2)",
                "CASEI(",
                "DATE('2020-01-01')",
                "built",
                "T_AFTER(",
                "-",
                "+",
                "div",
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
def test_no_filter_breaks_the_server(client: FlaskClient, asked: str) -> None:
    response = client.get("/ogc/collections/houses/items", query_string={"filter": asked})
    assert response.status_code in (200, 400), response.text


def test_what_passes_the_limits_fits_a_small_stack() -> None:
    """The server's own threads have two megabytes; the parser is given one here, and inputs at the very limits."""
    widest = [
        "(" * filters.MAX_DEPTH + "a = 1" + ")" * filters.MAX_DEPTH,
        "NOT " * filters.MAX_STEPS + "a IS NULL",
        "a = 1" + "-1" * (filters.MAX_MINUS - 2),
        "a = " + "+".join(["a"] * (filters.MAX_STEPS - 1)),
        "CASEI(" * filters.MAX_DEPTH + "a" + ")" * filters.MAX_DEPTH + " = 'x'",
        "NOT (" * filters.MAX_DEPTH + "a = 1" + ")" * filters.MAX_DEPTH,
        "=".join(["a"] * filters.MAX_STEPS),
    ]
    met: list[str] = []

    def read() -> None:
        for asked in widest:
            try:
                filters.parse(asked)
                met.append(asked)
            except InvalidInput:
                met.append("refused")

    before = threading.stack_size(1 << 20)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert len(met) == len(widest)
    assert met.count("refused") <= 3


def test_a_hostile_pattern_takes_no_time(client: FlaskClient) -> None:
    started = time.perf_counter()
    pattern = "%a" * 90 + "%"
    items(client, filter=f"name LIKE '{pattern}' OR CASEI(name) LIKE CASEI('{pattern}')")
    assert time.perf_counter() - started < 2
