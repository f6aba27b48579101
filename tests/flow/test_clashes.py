"""`twin clash` from imported files to answers: counts, exit codes, life over runs, the same clashes over HTTP."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.ifc_import.text_model import box, model
from twin.errors import OutOfStep
from twin.store import Store
from twin.values.georeference import PlacementOptions
from web.app import create_app
from web.cli.main import run
from web.ingest import place_model
from web.ingest_clashes import MOST_LOOKS, chosen_rules, run_clashes
from web.settings import load

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def twin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with `--json` in a folder of its own; return its exit code and what it said."""

    def call(*words: str | Path) -> tuple[int, Any]:
        code = run([*map(str, words), "--twin", str(tmp_path / "twin"), "--json"])
        said = capsys.readouterr().out
        return code, json.loads(said) if said else None

    return call


def imported(twin: Run, folder: Path, name: str, *boxes: tuple[str, float], ifc_class: str = "IFCWALL") -> None:
    """Import a model of boxes, each 1 m wide along x, at (GlobalId, middle along x)."""
    parts = [box(100 * n, f"'{key}'", f"'{key}'", ifc_class, at) for n, (key, at) in enumerate(boxes, 1)]
    path = folder / f"{name}.ifc"
    path.write_bytes(model(*parts))
    code, said = twin("import", path, "--project", "P")
    assert code == 0, said


def key(letter: str) -> str:
    return f"0box00000000000000000{letter}"


def test_disciplines_against_each_other(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    imported(twin, tmp_path, "services", (key("c"), 0.9), (key("d"), 5.0), ifc_class="IFCPUMP")
    code, said = twin("clash", "run", "--project", "P", "--tolerance", "0.002")
    assert code == 0
    assert said["untestable"] == 0
    assert said["rules_without_match"] == []
    pairs = {frozenset((c["a"]["global_id"], c["b"]["global_id"])): c for c in said["clashes"]}
    assert set(pairs) == {frozenset((key("a"), key("c"))), frozenset((key("b"), key("c")))}
    shallow, deep = pairs[frozenset((key("a"), key("c")))], pairs[frozenset((key("b"), key("c")))]
    assert shallow["depth"] == pytest.approx(0.1, abs=1e-5)
    assert shallow["volume"] == pytest.approx(0.1 * 2 * 3, abs=1e-5)
    assert deep["depth"] == pytest.approx(0.4, abs=1e-5)
    assert {c["type"] for c in pairs.values()} == {"hard"}
    assert {c["method"] for c in pairs.values()} == {"exact_solid"}
    assert {c["status"] for c in pairs.values()} == {"New"}
    assert {c["a"]["ifc_class"] for c in pairs.values()} <= {"IfcWall", "IfcPump"}
    assert all(len(c["point"]) == 3 and c["group"] for c in pairs.values())


def test_one_discipline_is_compared_element_by_element(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "only", (key("a"), 0.0), (key("b"), 0.3), (key("c"), 1.305))
    _, said = twin("clash", "run", "--project", "P", "--clearance", "0.02")
    kinds = {(c["a"]["name"], c["b"]["name"]): c for c in said["clashes"] if c["type"] != "touch"}
    assert kinds[key("a"), key("b")]["type"] == "hard"
    assert kinds[key("b"), key("c")]["type"] == "clearance"
    assert kinds[key("b"), key("c")]["distance"] == pytest.approx(0.005, abs=1e-5)
    assert len(kinds) == 2


def test_a_clash_lives_over_runs(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0))
    imported(twin, tmp_path, "services", (key("c"), 0.9), ifc_class="IFCPUMP")
    run_again = ("clash", "run", "--project", "P", "--tolerance", "0.002")
    first = twin(*run_again)[1]["clashes"][0]
    assert first["status"] == "New"
    again = twin(*run_again)[1]["clashes"][0]
    assert (again["id"], again["status"]) == (first["id"], "Active")
    imported(twin, tmp_path, "services", (key("c"), 4.0), ifc_class="IFCPUMP")  # moved out of the way
    assert twin(*run_again)[1]["clashes"] == []
    listed = twin("clash", "list", "--project", "P", "--all")[1]["clashes"]
    assert [(c["id"], c["status"]) for c in listed] == [(first["id"], "Resolved")]
    assert twin("clash", "list", "--project", "P")[1]["clashes"] == []
    imported(twin, tmp_path, "services", (key("c"), 0.95), ifc_class="IFCPUMP")  # and back
    back = twin(*run_again)[1]["clashes"][0]
    assert (back["id"], back["status"], back["reopened"]) == (first["id"], "New", 1)


def test_a_clash_is_followed_to_new_global_ids(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 7.0))
    imported(twin, tmp_path, "services", (key("c"), 0.9), ifc_class="IFCPUMP")
    first = twin("clash", "run", "--project", "P", "--tolerance", "0.002")[1]["clashes"][0]
    imported(twin, tmp_path, "services", (key("x"), 0.9), ifc_class="IFCPUMP")
    after = twin("clash", "run", "--project", "P", "--tolerance", "0.002")[1]["clashes"]
    assert [(c["id"], c["status"], c["b"]["global_id"]) for c in after if c["a"]["global_id"] == key("a")] + [
        (c["id"], c["status"], c["a"]["global_id"]) for c in after if c["b"]["global_id"] == key("a")
    ] == [(first["id"], "Active", key("x"))]


def test_a_rule_that_matches_nothing_is_told(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nname = "ducts"\na = { classes = ["IfcDuctSegment"] }\nb = { classes = ["IfcBeam"] }\n'
        'types = ["hard"]\ndescription = { zh = "风管", en = "ducts" }\n'
    )
    code, said = twin("clash", "run", "--project", "P", "--rules", rules)
    assert code == 3, said
    assert said["rules_without_match"] == ["ducts"]
    assert said["clashes"] == []


def test_a_model_without_geometry_is_told(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0))
    empty = tmp_path / "empty.ifc"
    empty.write_bytes(model())
    twin("import", empty, "--project", "P")
    code, said = twin("clash", "run", "--project", "P", "--tolerance", "0.002")
    assert code == 3
    assert said["models_without_geometry"] == ["P-empty"]
    assert "P-empty" in said["notices"][0]


def line_of(first: int, global_id: str, ifc_class: str = "IFCWALL") -> str:
    """Return an element whose only triangle has three corners on one line: no kernel draws it."""
    n = [f"#{first + at}" for at in range(6)]
    return (
        f"{n[0]}={ifc_class}('{global_id}',$,'Flat',$,$,{n[1]},{n[2]},$,$);\n{n[1]}=IFCLOCALPLACEMENT($,#4);\n"
        f"{n[2]}=IFCPRODUCTDEFINITIONSHAPE($,$,({n[3]}));\n"
        f"{n[3]}=IFCSHAPEREPRESENTATION(#5,'Body','Tessellation',({n[4]}));\n"
        f"{n[4]}=IFCTRIANGULATEDFACESET({n[5]},$,$,((1,2,3)),$);\n"
        f"{n[5]}=IFCCARTESIANPOINTLIST3D(((0.,0.,0.),(1.,0.,0.),(2.,0.,0.)));\n"
    )


def test_what_could_not_be_drawn_is_not_clean(twin: Run, tmp_path: Path) -> None:
    path = tmp_path / "structure.ifc"
    path.write_bytes(model(box(100, f"'{key('a')}'", "'a'", "IFCWALL"), line_of(300, key("f"))))
    assert twin("import", path, "--project", "P")[0] == 3
    code, said = twin("clash", "run", "--project", "P", "--tolerance", "0.002")
    assert (code, said["untestable"], said["clashes"]) == (3, 1, [])
    (pair,) = said["untestable_pairs"]
    assert pair["a"] == pair["b"]
    assert (pair["a"]["model"], pair["a"]["global_id"]) == ("P-structure", key("f"))
    assert "IfcWall Flat" in pair["reason"]
    assert "structure.ifc" in pair["reason"]
    rules = tmp_path / "rules.toml"
    rules.write_text(RULE.format(types='"hard"', a="IfcWall", b="IfcSlab"))
    assert twin("clash", "run", "--project", "P", "--rules", rules)[1]["untestable"] == 1
    rules.write_text(RULE.format(types='"hard"', a="IfcDoor", b="IfcSlab"))  # speaks of no wall
    assert twin("clash", "run", "--project", "P", "--rules", rules)[1]["untestable"] == 0


RULE = """[[rule]]
name = "one"
a = {{ classes = ["{a}"] }}
b = {{ classes = ["{b}"] }}
types = [{types}]
description = {{ zh = "一", en = "one" }}
"""


def test_work_at_the_same_time_needs_a_schedule(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    rules = tmp_path / "rules.toml"
    rules.write_text(RULE.format(types='"workflow"', a="IfcWall", b="IfcWall"))
    code, said = twin("clash", "run", "--project", "P", "--rules", rules)
    assert (code, said["rules_without_match"], said["clashes"]) == (3, [], [])
    (notice,) = said["notices"]
    assert "one" in notice
    assert "schedule" in notice
    rules.write_text(RULE.format(types='"hard"', a="IfcWall", b="IfcWall"))
    assert twin("clash", "run", "--project", "P", "--rules", rules)[0] == 0


def test_a_model_that_is_placed_during_a_run_has_it_look_again(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0))
    imported(twin, tmp_path, "services", (key("c"), 0.9), ifc_class="IFCPUMP")
    with Store.open(tmp_path / "twin", create=False) as store:
        moves = [121.6, 121.7, 121.8, 121.9]

        def move(stage: str, done: int, total: int) -> None:
            if stage == "store" and not done and moves:
                placed = PlacementOptions(longitude=moves.pop(), latitude=31.2, override=True)
                place_model(store, "P-services", placed)

        rules = chosen_rules(None, 0.002, None, store.models("P"))
        with pytest.raises(OutOfStep, match="P-services has changed meanwhile"):
            run_clashes(store, "P", rules, by="", today=date(2026, 6, 1), advance=move)
        assert len(moves) == 4 - MOST_LOOKS
        assert (store.clashes("P"), store.clash_runs("P")) == ([], [])
        came = run_clashes(store, "P", rules, by="", today=date(2026, 6, 1), advance=move)
        assert moves == []
        assert [run.id for run in store.clash_runs("P")] == [came.record.id]
        assert came.record.options["placements"] == store.current_placements("P")


@pytest.mark.parametrize(
    "words",
    [
        ("--project", "NOBODY"),
        ("--project", "P", "--rules", "missing.toml"),
    ],
)
def test_what_cannot_be_run_is_one_sentence_and_keeps_nothing(
    twin: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    code, said = twin("clash", "run", *words)
    assert code == 1
    assert said["detail"]
    assert "\n" not in said["detail"]
    assert twin("clash", "list", "--all")[1]["clashes"] == []


@pytest.mark.parametrize("length", ["-1", "nan", "inf", "wide"])
def test_a_tolerance_that_is_no_length_is_wrong_usage(twin: Run, tmp_path: Path, length: str) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    assert twin("clash", "run", "--project", "P", "--tolerance", length)[0] == 2


def test_only_models_without_geometry_cannot_clash(twin: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.ifc"
    empty.write_bytes(model())
    twin("import", empty, "--project", "P")
    code, said = twin("clash", "run", "--project", "P")
    assert code == 1
    assert "geometry" in said["detail"]


def test_bodies_of_before_are_drawn_again(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    with Store.open(tmp_path / "twin") as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE revisions SET bodies_sha256 = NULL")
    code, said = twin("clash", "run", "--project", "P", "--tolerance", "0.002")
    assert code == 0
    assert [c["type"] for c in said["clashes"]] == ["hard"]


def test_people_change_a_clash_over_http(twin: Run, tmp_path: Path) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    clash = twin("clash", "run", "--project", "P", "--tolerance", "0.002")[1]["clashes"][0]
    client = create_app(load({}, place=tmp_path / "twin")).test_client()
    wanted = {"by": "李工", "status": "Reviewed", "assignee": "<b>王</b>", "due_date": "2026-12-01", "comment": "抬高"}
    answer = client.post(f"/api/clashes/{clash['id']}", json=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["status"], answer.json["assignee"]) == ("Reviewed", "<b>王</b>")
    assert [c["text"] for c in answer.json["comments"]] == ["抬高"]
    assert {(e["what"], e["by"]) for e in answer.json["history"]} >= {("status", "李工"), ("due_date", "李工")}
    assert twin("clash", "list", "--project", "P", "--status", "Reviewed")[1]["clashes"][0]["due_date"] == "2026-12-01"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, '{"by":"x","status":"Approved"}', 403),
        ({"Origin": "http://evil.example"}, '{"by":"x","status":"Approved"}', 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, '{"by":"x","status":"Approved"}', 403),
        ({"Content-Type": "text/plain"}, '{"by":"x","status":"Approved"}', 400),
        ({}, '{"by":"x","status":"New"}', 400),
        ({}, '{"by":"","status":"Approved"}', 400),
        ({}, '{"by":"x","status":"Approved","depth":0}', 400),
        ({}, '{"by":"x","due_date":"soon"}', 400),
        ({}, "[" * 100_000, 400),
        ({}, "null", 400),
    ],
)
def test_what_may_not_be_changed_is_refused(
    twin: Run, tmp_path: Path, headers: dict[str, str], body: str, status: int
) -> None:
    imported(twin, tmp_path, "structure", (key("a"), 0.0), (key("b"), 0.3))
    clash = twin("clash", "run", "--project", "P", "--tolerance", "0.002")[1]["clashes"][0]
    client = create_app(load({}, place=tmp_path / "twin")).test_client()
    given = {"Content-Type": "application/json", **headers}
    answer = client.post(f"/api/clashes/{clash['id']}", data=body, headers=given)
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    assert answer.json["detail"]
    assert twin("clash", "list", "--project", "P")[1]["clashes"][0]["status"] == "New"
