"""The style of the city: valid by MapLibre's own specification, in the right order, made of what is there."""

import json
import math
import os
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gltf_validation import FRONTEND, node_program
from twin.judgement.basemap import MODELS, LayerFacts, compose_style
from twin.judgement.basemap_look import LOOKS, ROAD_METRES
from twin.values.layer import KINDS

COLUMNS = ("name", "class", "render_height", "render_min_height", "bridge", "tunnel", "name:zh", "name_en")
FAMILIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
CITY = (114.0, 22.4, 114.4, 22.8)


def facts(kind: str, *families: str, name: str | None = None, fields: tuple[str, ...] = COLUMNS) -> LayerFacts:
    return LayerFacts(name or kind, kind, dict.fromkeys(families or ("Polygon",), 9), fields, 0, 15, CITY)


EVERYTHING = [
    facts("buildings", "Polygon", "MultiPolygon"),
    facts("roads", "LineString"),
    facts("rail", "LineString", "Point"),
    facts("districts"),
    facts("water", "Polygon", "LineString"),
    facts("green"),
    facts("land_use"),
    facts("parcels"),
    facts("utilities", "LineString"),
    facts("other", "Point", "Polygon"),
]


def style(layers: list[LayerFacts], theme: str = "light", language: str = "zh") -> dict[str, Any]:
    return compose_style(
        layers,
        theme="dark" if theme == "dark" else "light",
        language="en" if language == "en" else "zh",
        base_url="http://127.0.0.1:8000",
        city=CITY,
    )


def asked(styles: list[dict[str, Any]], questions: list[dict[str, Any]]) -> tuple[list[list[str]], list[Any]]:
    """Return the errors of each style and the answer to each question, by MapLibre's own code."""
    node = node_program()
    if node is None or not (FRONTEND / "node_modules" / "@maplibre").is_dir():
        if os.environ.get("CI"):
            pytest.fail("node and the page's modules are missing: run `npm ci` in web/frontend.")
        pytest.skip("node and the page's modules are missing: run `npm ci` in web/frontend.")
    script = Path(__file__).with_name("validate_style.mjs")
    done = subprocess.run(
        [node, script, FRONTEND],
        input=json.dumps({"styles": styles, "asked": questions}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(done.stdout)
    return said["errors"], said["answers"]


def ids(found: dict[str, Any]) -> list[str]:
    return [layer["id"] for layer in found["layers"]]


def test_every_style_is_valid() -> None:
    cases: list[list[LayerFacts]] = [[], EVERYTHING]
    for kind, fields in product(KINDS, ((), ("name",), COLUMNS)):
        cases += [[facts(kind, family, name="层-1.a", fields=fields)] for family in FAMILIES]
        cases.append([facts(kind, *FAMILIES, fields=fields)])
    styles = [style(case, theme, lang) for case in cases for theme in ("light", "dark") for lang in ("zh", "en")]
    errors, _ = asked(styles, [])
    assert [(found["layers"], said) for found, said in zip(styles, errors, strict=True) if said] == []


def test_the_validator_finds_a_broken_style() -> None:
    broken = style(EVERYTHING)
    broken["layers"][3]["paint"]["fill-colour"] = "red"
    errors, _ = asked([broken], [])
    assert errors[0]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sets(st.sampled_from(FAMILIES), min_size=1)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_ids_say_which_layer_they_belong_to(kinds: list[tuple[str, set[str]]]) -> None:
    layers = [facts(kind, *families, name=f"layer{i}") for i, (kind, families) in enumerate(kinds)]
    found = style(layers)
    named = ids(found)
    assert len(named) == len(set(named))
    assert {name.split("/")[0] for name in named} - {layer.name for layer in layers} == {"ground", MODELS}
    for layer in found["layers"]:
        if "source" in layer:
            assert layer["source-layer"] == layer["id"].split("/")[0]
            assert found["sources"][layer["source"]]["url"].endswith(f"/tiles/{layer['source-layer']}.json")


def test_something_is_drawn_of_every_kind_and_geometry() -> None:
    for kind, family in product(KINDS, FAMILIES):
        drawn = style([facts(kind, family)])["layers"]
        if (kind, family) not in {("districts", "Point"), ("districts", "MultiPoint")}:
            expected = {"parcels"} if "Point" in family else set()
            assert kind in expected or len(drawn) > 2, (kind, family)


def test_from_the_ground_up() -> None:
    order = ids(style(EVERYTHING))
    wanted = [
        *("ground", "land_use/fill", "green/fill", "water/fill", "districts/edge", "parcels/edge", "roads/tunnel"),
        *("roads/casing", "roads/road", "rail/rail", "roads/bridge-casing", "roads/bridge-road", "utilities/line"),
        *("buildings/building", MODELS, "buildings/name", "roads/name", "green/name", "water/name", "rail/name"),
        "districts/name",
    ]
    assert [order.index(name) for name in wanted] == sorted(order.index(name) for name in wanted)
    kinds = {layer["id"]: layer["type"] for layer in style(EVERYTHING)["layers"]}
    assert {kinds[name] for name in order[order.index(MODELS) + 1 :]} == {"symbol"}
    assert "symbol" not in {kinds[name] for name in order[: order.index(MODELS)]}


def test_nothing_outside_is_asked_for() -> None:
    found = style(EVERYTHING)
    assert {"glyphs", "sprite", "font-faces"} & set(found) == set()
    text = json.dumps(found)
    assert text.count("http") == text.count("http://127.0.0.1:8000/tiles/")


def test_an_empty_city_is_the_bare_ground() -> None:
    found = compose_style([], theme="light", language="zh", base_url="", city=None)
    assert found["sources"] == {}
    assert ids(found) == ["ground", MODELS]
    assert "center" not in found


def test_themes_and_languages_differ_in_paint_and_text_only() -> None:
    """A page swaps styles without rebuilding them: same layers, same order, same filters."""

    def bones(found: dict[str, Any]) -> list[dict[str, Any]]:
        kept = [{k: v for k, v in layer.items() if k not in ("paint", "layout")} for layer in found["layers"]]
        return [*kept, found["sources"]]

    light = style(EVERYTHING)
    for theme, language in product(LOOKS, ("zh", "en")):
        assert bones(style(EVERYTHING, theme, language)) == bones(light)


def test_utilities_wait_to_be_asked_for() -> None:
    found = style([facts("utilities", "LineString", "Point", "Polygon")])
    hidden = {layer["id"] for layer in found["layers"] if layer.get("layout", {}).get("visibility") == "none"}
    assert hidden == {MODELS, "utilities/line", "utilities/point", "utilities/fill"}


def ask(layer: str, property: str, zoom: float, geometry: str, **properties: Any) -> dict[str, Any]:
    return {
        **{"style": 0, "layer": layer, "property": property, "zoom": zoom},
        **{"type": geometry, "properties": properties},
    }


def test_roads_are_as_wide_as_they_are() -> None:
    zooms = (14, 16.5, 18, 20)
    questions = [
        ask("roads/road", "line-width", z, "LineString", **{"class": name}) for name in ROAD_METRES for z in zooms
    ]
    _, widths = asked([style(EVERYTHING)], questions)
    per_pixel = [6378137 * 2 * math.pi * math.cos(math.radians(22.6)) / 512 / 2**z for z in zooms]
    wanted = [metres / scale for metres in ROAD_METRES.values() for scale in per_pixel]
    assert widths == pytest.approx(wanted, rel=0.02, abs=0.01)


def test_a_stated_width_outranks_the_class() -> None:
    layer = facts("roads", "LineString", fields=("class", "宽度"))
    given: list[tuple[Any, float]] = [(40, 40), ("12.5", 12.5), (None, 7.5), ("宽", 7.5), (0, 7.5), (4000, 80)]
    questions = [
        ask("roads/road", "line-width", 18, "LineString", **{"class": "minor", "宽度": value}) for value, _ in given
    ]
    scale = 6378137 * 2 * math.pi * math.cos(math.radians(22.6)) / 512 / 2**18
    wanted = [metres / scale for _, metres in given]
    assert asked([style([layer])], questions)[1] == pytest.approx(wanted, rel=0.01)


def test_far_away_only_great_roads_are_drawn() -> None:
    def seen(zoom: float) -> set[str]:
        questions = [ask("roads/road", "filter", zoom, "LineString", **{"class": name}) for name in ROAD_METRES]
        _, answers = asked([style(EVERYTHING)], questions)
        return {name for name, answer in zip(ROAD_METRES, answers, strict=True) if answer}

    assert seen(7) == {"motorway"}
    assert seen(11) == {"motorway", "primary", "secondary"}
    assert seen(15) == set(ROAD_METRES) - {"path"}


def test_bridges_and_tunnels_are_drawn_apart() -> None:
    values: list[tuple[dict[str, object], str]] = [
        ({}, "road"),
        ({"bridge": "yes"}, "bridge-road"),
        ({"bridge": "no"}, "road"),
        ({"bridge": ""}, "road"),
    ]
    values += [({"bridge": True}, "bridge-road"), ({"tunnel": 1}, "tunnel"), ({"tunnel": False}, "road")]
    parts = ("road", "bridge-road", "tunnel")
    questions = [
        ask(f"roads/{part}", "filter", 15, "LineString", **{"class": "minor"}, **value)
        for value, _ in values
        for part in parts
    ]
    _, answers = asked([style(EVERYTHING)], questions)
    for i, (value, wanted) in enumerate(values):
        assert [part for part, answer in zip(parts, answers[i * 3 : i * 3 + 3], strict=True) if answer] == [wanted], (
            value
        )


def test_buildings_stand_as_high_as_the_data_say() -> None:
    low = "fill-extrusion-base"
    questions = [
        ask("buildings/building", "fill-extrusion-height", 16, "Polygon", render_height=87.5),
        ask("buildings/building", "fill-extrusion-height", 16, "Polygon"),
        ask("buildings/building", low, 16, "Polygon", render_height=87.5, render_min_height=12),
        ask("buildings/building", low, 16, "Polygon", render_height=87.5),
        ask("buildings/building", "fill-extrusion-height", 13.5, "Polygon", render_height=87.5),
    ]
    assert asked([style(EVERYTHING)], questions)[1] == [87.5, 4, 12, 0, 0]


def test_names_come_in_the_readers_language() -> None:
    names = {"name": "Rhein", "name:zh": "莱茵河", "name_en": "Rhine"}
    for language, wanted in (("zh", "莱茵河"), ("en", "Rhine")):
        questions = [
            ask("water/name", "text-field", 15, "Polygon", **names),
            ask("water/name", "text-field", 15, "Polygon", **{**names, "name:zh": "", "name_en": ""}),
            ask("water/name", "text-field", 15, "Polygon", name="Rhein"),
        ]
        assert asked([style(EVERYTHING, language=language)], questions)[1] == [wanted, "Rhein", "Rhein"]


def test_a_feature_without_a_name_gets_no_label() -> None:
    park, belt = {"class": "park"}, {"class": "grass"}
    cases = [park, park | {"name": ""}, park | {"name": "园"}, belt | {"name": "绿带"}]
    questions = [ask("green/name", "filter", zoom, "Polygon", **case) for zoom in (15, 18) for case in cases]
    assert asked([style(EVERYTHING)], questions)[1] == [False, False, True, False, False, False, True, True]


def test_a_district_is_named_once() -> None:
    """Its label comes from tiles so large that all districts lie in one of them."""
    zoom = style(EVERYTHING)["sources"]["twin:districts/names"]["maxzoom"]

    def tile(longitude: float, latitude: float, z: int) -> tuple[int, int]:
        x = (longitude + 180) / 360 * 2**z
        y = (1 - math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / math.pi) / 2 * 2**z
        return int(x), int(y)

    west, south, east, north = CITY
    assert tile(west, south, zoom) == tile(east, north, zoom)
    assert tile(west, south, zoom + 1) != tile(east, north, zoom + 1)


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels]
    return float(sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))


@pytest.mark.parametrize("theme", LOOKS)
def test_labels_can_be_read_and_the_ground_is_quiet(theme: str) -> None:
    look = LOOKS[theme]
    grounds = [look.ground, look.halo, look.road, look.water, *look.green.values(), *look.land.values(), *look.walls]
    for name, ink in look.ink.items():
        if name == "district":  # large and light on purpose
            continue
        dark, light = sorted((luminance(ink), luminance(look.halo)))
        assert (light + 0.05) / (dark + 0.05) > 4.5, name
    for color in (*grounds, look.footprint, look.casing, look.rail, *look.utility.values()):
        channels = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        assert max(channels) - min(channels) <= 48, f"{color} is too loud"
