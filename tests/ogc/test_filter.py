"""CQL2 filters, held against a second evaluator that goes feature by feature in plain Python."""

import json
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ogc.cities import COUNT, EVIL
from tests.ogc.test_items import EPSG, ids, items
from twin.values.layer import Features

FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Row = dict[str, Any]

# --- the second evaluator: a tree of tuples, SQL's three truth values as True, False, None ---


def truth(node: Any, row: Row) -> bool | None:
    op, *parts = node
    if op in ("and", "or"):
        found, decisive = [truth(part, row) for part in parts], op == "or"
        return decisive if decisive in found else None if None in found else not decisive
    if op == "not":
        inner = truth(parts[0], row)
        return None if inner is None else not inner
    if op == "null":
        return value(parts[0], row) is None
    if op == "s_intersects":
        return bool(shapely.intersects(row["geometry"], parts[1]))
    left, *others = (value(part, row) for part in parts)
    return None if left is None or None in others else SIGNED[op](left, *others)


def like(text: str, pattern: str) -> bool:
    made, escaped = "", False
    for letter in pattern:
        if escaped or letter not in "%_\\":
            made, escaped = made + re.escape(letter), False
        elif letter == "\\":
            escaped = True
        else:
            made += ".*" if letter == "%" else "."
    return re.fullmatch(made, text, re.DOTALL) is not None


SIGNED: dict[str, Any] = {
    "in": lambda a, *choices: a in choices,
    "between": lambda a, low, high: low <= a <= high,
    "like": like,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
}


def value(node: Any, row: Row) -> Any:
    op, *parts = node if isinstance(node, tuple) else ("literal", node)
    if op == "literal":
        return parts[0]
    if op == "property":
        found = row[parts[0]]
        return None if isinstance(found, float) and math.isnan(found) else found
    inner = [value(part, row) for part in parts]
    if None in inner:
        return None
    if op == "casei":
        return inner[0].lower()
    if op == "accenti":
        return "".join(c for c in unicodedata.normalize("NFD", inner[0]) if unicodedata.category(c) != "Mn")
    made = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": divided}[op](*inner)
    return None if made is None or not math.isfinite(made) else made


def divided(a: float, b: float) -> float | None:
    return a / b if b else None


# --- the tree as text, with as few brackets as CQL2 needs ---

BINDING = {"or": 1, "and": 2, "not": 3}


def text(node: Any) -> str:
    op, *parts = node
    if op in ("and", "or"):
        return f" {op.upper()} ".join(inner(part, BINDING[op]) for part in parts)
    if op == "not":
        return "NOT " + inner(parts[0], BINDING["not"])
    if op == "null":
        return term(parts[0]) + " IS NULL"
    if op == "s_intersects":
        return f"S_INTERSECTS(geometry, {shapely.to_wkt(parts[1], rounding_precision=-1)})"
    left, *others = (term(part) for part in parts)
    if op == "in":
        return f"{left} IN ({', '.join(others)})"
    if op == "between":
        return f"{left} BETWEEN {others[0]} AND {others[1]}"
    return f"{left} {op.upper()} {others[0]}"


def inner(node: Any, outside: int) -> str:
    made = text(node)
    return f"({made})" if BINDING.get(node[0], 9) <= outside else made


def term(node: Any) -> str:
    if not isinstance(node, tuple):
        if isinstance(node, bool):
            return str(node).upper()
        if isinstance(node, datetime):
            return f"TIMESTAMP('{node.isoformat().replace('+00:00', 'Z')}')"
        if isinstance(node, date):
            return f"DATE('{node.isoformat()}')"
        return "'" + node.replace("'", "''") + "'" if isinstance(node, str) else repr(node)
    op, *parts = node
    if op == "property":
        return f'"{parts[0]}"'
    if op in ("casei", "accenti"):
        return f"{op.upper()}({term(parts[0])})"
    return f"({term(parts[0])} {op} {term(parts[1])})"


def prop(*names: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([("property", name) for name in names])


WORDS = st.sampled_from(["Straße_3%", "strasse", "STRAßE_1%", EVIL, "", "x", "住宅", "é", "a'b"])
TEXTS = st.one_of(prop("name", "用途", "two words"), WORDS)
FOLDED = st.one_of(TEXTS, st.tuples(st.sampled_from(["casei", "accenti"]), TEXTS))
NUMBERS = st.one_of(st.integers(-30, 60), st.floats(-100, 100).map(lambda x: round(x, 3)))
QUANTITIES = st.recursive(
    st.one_of(prop("height", "floors", "limit"), NUMBERS),
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner),
    max_leaves=4,
)
SIGNS = st.sampled_from(["=", "<>", "<", ">="])
PATTERNS = st.text("Sta%_ße3\\x", max_size=8).filter(lambda pattern: not pattern.endswith("\\"))
AREAS = st.tuples(st.floats(113.9, 114.1), st.floats(22.4, 22.6), st.floats(0.001, 0.1), st.floats(0.001, 0.1)).map(
    lambda at: shapely.polygons([(at[0], at[1]), (at[0] + at[2], at[1]), (at[0], at[1] + at[3])])
)
PLAIN = st.one_of(
    st.tuples(SIGNS, FOLDED, FOLDED),
    st.tuples(SIGNS, QUANTITIES, QUANTITIES),
    st.tuples(SIGNS, prop("built"), st.dates(date(1989, 1, 1), date(2024, 1, 1))),
    st.tuples(SIGNS, prop("seen"), st.datetimes(datetime(2020, 1, 1), datetime(2022, 1, 1), timezones=st.just(UTC))),
    st.tuples(st.sampled_from(["=", "<>"]), prop("listed"), st.booleans()),
    st.tuples(st.just("in"), prop("用途", "name"), WORDS, WORDS),
    st.tuples(st.just("in"), prop("floors"), NUMBERS, NUMBERS, NUMBERS),
    st.tuples(st.just("between"), QUANTITIES, NUMBERS, NUMBERS),
    st.tuples(st.just("like"), st.one_of(prop("name"), st.tuples(st.just("casei"), prop("name"))), PATTERNS),
    st.tuples(st.just("null"), prop("name", "height", "floors", "listed", "built", "seen")),
    st.tuples(st.just("s_intersects"), st.just(("property", "geometry")), AREAS),
)
TREES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner, inner),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=6,
)


class Rows(list[Row]):
    """Rows that a failing test does not print."""

    def __repr__(self) -> str:
        return "Rows"


@pytest.fixture(scope="session")
def rows(sources: dict[str, Features]) -> Rows:
    source = sources["houses"]
    listed = source.attributes.to_pylist()
    return Rows({**row, "geometry": shape} for row, shape in zip(listed, source.geometry, strict=True))


@FUZZ
@given(tree=TREES)
def test_filters_select_what_a_second_evaluator_selects(client: FlaskClient, rows: Rows, tree: Any) -> None:
    expected = [i + 1 for i, row in enumerate(rows) if truth(tree, row) is True]
    assert ids(items(client, filter=text(tree), limit=COUNT)) == expected, text(tree)


@FUZZ
@given(tree=TREES, box=st.tuples(st.floats(113.9, 114.0), st.floats(22.4, 22.5)))
def test_a_filter_and_a_box_and_a_value_go_together(
    client: FlaskClient, rows: Rows, tree: Any, box: tuple[float, float]
) -> None:
    area = shapely.box(*box, 114.05, 22.55)
    expected = [
        i + 1
        for i, row in enumerate(rows)
        if truth(tree, row) is True and row["用途"] == "住宅" and shapely.intersects(row["geometry"], area)
    ]
    asked = {"filter": text(tree), "用途": "住宅", "bbox": f"{box[0]},{box[1]},114.05,22.55"}
    assert ids(items(client, limit=COUNT, **asked)) == expected


def test_what_is_not_known_stays_so_beside_geometry(client: FlaskClient, rows: Rows) -> None:
    """NOT (unknown AND true) is unknown: features without a value must still be looked at for their geometry."""
    area = ("s_intersects", ("property", "geometry"), shapely.box(113.9, 22.4, 114.0, 22.5))
    for tree in (
        ("not", ("and", ("=", ("property", "listed"), True), area)),
        ("not", ("and", area, ("<", ("property", "floors"), 10), ("null", ("property", "name")))),
        ("in", ("property", "floors"), 1, -0.0),
    ):
        expected = [i + 1 for i, row in enumerate(rows) if truth(tree, row) is True]
        assert ids(items(client, filter=text(tree), limit=COUNT)) == expected != []


RELATIONS = {
    "S_INTERSECTS": shapely.intersects,
    "S_DISJOINT": shapely.disjoint,
    "S_WITHIN": shapely.within,
    "S_CONTAINS": shapely.contains,
    "S_TOUCHES": shapely.touches,
    "S_CROSSES": shapely.crosses,
    "S_OVERLAPS": shapely.overlaps,
    "S_EQUALS": shapely.equals,
}


@pytest.mark.parametrize("name", RELATIONS)
@pytest.mark.parametrize("layer", ["houses", "roads", "塔 & <i>"])
def test_spatial_relations(client: FlaskClient, sources: dict[str, Features], name: str, layer: str) -> None:
    geometry = sources[layer].geometry
    wide = "POLYGON((113.95 22.42,114.03 22.42,114.03 22.55,113.95 22.55,113.95 22.42))"
    line = "LINESTRING(113.9 22.41,114.1 22.59)"
    for wkt in (
        wide,
        line,
        "POINT(114.01 22.51)",
        shapely.to_wkt(shapely.force_2d(geometry[1]), rounding_precision=-1),
    ):
        other = shapely.from_wkt(wkt)
        for asked, expected in (
            (f"{name}(geometry, {wkt})", RELATIONS[name](geometry, other)),
            (f"{name}({wkt}, geom)", RELATIONS[name](other, geometry)),
        ):
            found = ids(items(client, layer, filter=asked, limit=COUNT))
            assert found == [i + 1 for i, holds in enumerate(expected.tolist()) if holds], asked


def test_geometry_in_another_system(client: FlaskClient) -> None:
    plain = items(client, filter="S_INTERSECTS(geom, BBOX(113.95, 22.42, 114, 22.5))", limit=COUNT)
    turned = items(
        client, filter="S_INTERSECTS(geom, BBOX(22.42, 113.95, 22.5, 114))", filter_crs=EPSG + "4326", limit=COUNT
    )
    assert ids(plain) == ids(turned) != []
    triangle = items(
        client, filter="S_INTERSECTS(geom, POLYGON((113.95 22.42,114 22.42,114 22.5,113.95 22.42)))", limit=COUNT
    )
    turned = items(
        client,
        filter="S_INTERSECTS(geom, POLYGON((22.42 113.95,22.42 114,22.5 114,22.42 113.95)))",
        filter_crs=EPSG + "4490",
        limit=COUNT,
    )
    assert ids(triangle) == ids(turned) != []
    assert ids(items(client, "islands", filter="S_INTERSECTS(geometry, BBOX(178, -20, -178, -10))")) == [1, 2]


TIMES: dict[str, Callable[[date], bool]] = {
    "T_AFTER(built, DATE('2000-01-01'))": lambda day: day > date(2000, 1, 1),
    "T_BEFORE(built, DATE('2000-01-01'))": lambda day: day < date(2000, 1, 1),
    "T_DURING(built, INTERVAL('2000-01-01', '2010-01-01'))": lambda day: date(2000, 1, 1) < day < date(2010, 1, 1),
    "T_INTERSECTS(built, INTERVAL('..', '2000-01-01'))": lambda day: day <= date(2000, 1, 1),
    "T_DISJOINT(built, INTERVAL('2000-01-01', '2010-01-01'))": lambda day: (
        not date(2000, 1, 1) <= day <= date(2010, 1, 1)
    ),
    "T_CONTAINS(INTERVAL('2000-01-01', '2010-01-01'), built)": lambda day: date(2000, 1, 1) < day < date(2010, 1, 1),
    "T_EQUALS(built, built)": lambda day: True,
    "T_EQUALS(INTERVAL('2000-01-01', '..'), built)": lambda day: False,
    "built = '2000-01-01'": lambda day: day == date(2000, 1, 1),
}


@pytest.mark.parametrize("asked", TIMES)
def test_relations_in_time(client: FlaskClient, rows: Rows, asked: str) -> None:
    expected = [i + 1 for i, row in enumerate(rows) if row["built"] is not None and TIMES[asked](row["built"])]
    assert ids(items(client, filter=asked, limit=COUNT)) == expected


def test_relations_of_intervals_are_those_of_allen() -> None:
    """Of two intervals with length exactly one of thirteen relations holds."""
    import pyarrow as pa

    from web.ogc.temporal import relation

    names = [
        *("t_before", "t_meets", "t_overlaps", "t_starts", "t_during", "t_finishes", "t_equals", "t_after"),
        *("t_metby", "t_overlappedby", "t_startedby", "t_contains", "t_finishedby"),
    ]
    ends = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    for first in ends:
        for second in ends:
            a, b = (tuple(pa.scalar(end, pa.int64()) for end in interval) for interval in (first, second))
            holding = [name for name in names if relation(name)(a, b).as_py()]  # type: ignore[misc]
            assert len(holding) == 1, (first, second, holding)
            apart = relation("t_disjoint")(a, b).as_py()  # type: ignore[misc]
            assert apart == (holding[0] in ("t_before", "t_after"))
            assert relation("t_intersects")(a, b).as_py() == (not apart)  # type: ignore[misc]


def test_the_older_language_of_gdal(client: FlaskClient) -> None:
    older: dict[str, Any] = {"filter_lang": "cql-text", "limit": COUNT}
    assert ids(items(client, filter="name ILIKE 'STRASSE_3%'", **older)) == []
    lower = ids(items(client, filter="CASEI(name) LIKE CASEI('straße_3%')", limit=COUNT))
    assert ids(items(client, filter="name ILIKE 'straße_3%'", **older)) == lower != []
    assert ids(items(client, filter="listed = 1", **older)) == ids(items(client, filter="listed = TRUE", limit=COUNT))
    assert ids(items(client, filter="built > '2010-01-01T'", **older)) == ids(
        items(client, filter="built > DATE('2010-01-01')", limit=COUNT)
    )


def test_letters_that_mean_something_elsewhere_are_only_letters(client: FlaskClient, rows: Rows) -> None:
    for pattern, expected in (
        ("Straße\\_3\\%", [i + 1 for i, row in enumerate(rows) if row["name"] == "Straße_3%"]),
        (".*", []),
        ("<script>%", [2]),
        ("[S]%", []),
        ("^S%", []),
    ):
        assert ids(items(client, filter=f"name LIKE '{pattern}'", limit=COUNT)) == expected
    assert ids(items(client, filter="name = '" + EVIL.replace("'", "''") + "'")) == [2]
    assert json.dumps(items(client, filter="name = '" + EVIL.replace("'", "''") + "'"))
