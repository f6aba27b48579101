"""The benchmark's own parts: its models are valid and what they claim to be, its table counts misses."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import ifcopenshell
import ifcopenshell.util.placement
import ifcopenshell.validate
import psutil
import pytest

from tests.bench import facts_oracles
from tests.bench.facts import compare_facts, compare_peers
from tests.bench.facts_data import Size, fill
from tests.bench.generate import repeat_building, write_block
from tests.bench.measure import family, resident, uris_of
from tests.bench.run import Table
from tests.oracle import kernel_boxes
from twin.judgement.states import COLUMNS


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("block") / "block.ifc"
    assert write_block(path, 600) == 600
    return path


def test_the_block_obeys_its_schema(block: Path) -> None:
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(ifcopenshell.open(block), log)
    assert log.statements == []


def test_the_block_is_a_mix_and_all_of_it_can_be_drawn(block: Path) -> None:
    file = ifcopenshell.open(block)
    counts = Counter(product.is_a() for product in file.by_type("IfcElement"))
    assert counts == {
        "IfcPipeSegment": 240,
        "IfcWall": 120,
        "IfcColumn": 120,
        "IfcSlab": 60,
        "IfcWindow": 60,
        "IfcOpeningElement": 60,
    }
    assert len(kernel_boxes(block)) == 600


def test_the_block_is_the_same_on_every_run(block: Path, tmp_path: Path) -> None:
    write_block(tmp_path / "again.ifc", 600)
    assert (tmp_path / "again.ifc").read_bytes() == block.read_bytes()


def test_a_repeated_building_is_new_buildings_in_one_site(block: Path, tmp_path: Path) -> None:
    target = tmp_path / "three.ifc"
    repeat_building(block, target, 3, apart=100.0)
    one, three = ifcopenshell.open(block), ifcopenshell.open(target)
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(three, log)
    assert log.statements == []
    assert [len(three.by_type(name)) for name in ("IfcProject", "IfcSite", "IfcBuilding")] == [1, 1, 3]
    assert len(three.by_type("IfcWall")) == 3 * len(one.by_type("IfcWall"))
    ids = [root.GlobalId for root in three.by_type("IfcRoot")]
    assert len(set(ids)) == len(ids)
    assert {root.GlobalId for root in one.by_type("IfcRoot")} <= set(ids)
    placements = [
        ifcopenshell.util.placement.get_local_placement(building.ObjectPlacement)[:3, 3].tolist()
        for building in three.by_type("IfcBuilding")
    ]
    assert sorted(placements) == [[0, 0, 0], [100, 0, 0], [200, 0, 0]]
    walls = [product.Name for product in three.by_type("IfcWall")]
    assert Counter(walls) == Counter({wall.Name: 3 for wall in one.by_type("IfcWall")})


def test_the_table_counts_misses(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.judge("speed", 1.9, 2.0, "x", at_least=True)
    table.judge("memory", 399.0, 400.0, "MB", at_least=False)
    table.judge("tiles", 301.0, 300.0, "kB", at_least=False)
    told = capsys.readouterr().out.splitlines()
    assert [line[:4] for line in told] == ["FAIL", "PASS", "FAIL"]
    assert table.failed == 2


def test_memory_of_a_family_is_seen() -> None:
    """A child that holds 60 MB more than an idle one is seen through its parent."""
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; x = b\"x\" * {}; time.sleep(9)'])"
    )
    seen = []
    for size in (0, 60_000_000):
        with subprocess.Popen([sys.executable, "-c", code.format(size)]) as process:
            deadline, most = time.monotonic() + 1.5, 0
            while time.monotonic() < deadline:
                most = max(most, sum(resident(one) for one in family(psutil.Process(process.pid))))
                time.sleep(0.02)
            for one in reversed(family(psutil.Process(process.pid))):
                one.kill()
        seen.append(most)
    assert 55e6 < seen[1] - seen[0] < 70e6


def test_uris_of_a_tree() -> None:
    tree = {"content": {"uri": "a"}, "children": [{"children": [{"content": {"uri": "b"}}]}, {"content": {"uri": "c"}}]}
    assert uris_of(tree) == ["a", "b", "c"]


def test_the_benchmark_of_facts_finds_equal_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A small twin, all of its parts: served, judged, and the same by the plain programs (else it would exit)."""
    compare_facts(Table(), tmp_path, Size(elements=600, storeys=3, zones=2, facts=500, projects=6, tasks=20), 4)
    told = capsys.readouterr().out.splitlines()
    lines = [line.split("|") for line in told if line.startswith("| ")]
    assert {len(line) for line in lines} == {8}
    assert {f" states by {by}, a new day " for by in COLUMNS} < {line[1] for line in lines}
    assert not [line for line in told if line.startswith("FAIL") and " x " not in line]  # ratios need a large twin


def test_the_benchmark_of_facts_stops_at_a_wrong_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_oracles, "EPSILON", 2.0)  # nothing is ahead
    made = fill(tmp_path / "twin", Size(elements=600, storeys=3, zones=2, facts=500, projects=6, tasks=20))
    with pytest.raises(SystemExit, match="another state"):
        compare_peers(Table(), made, tmp_path / "twin", 4)
