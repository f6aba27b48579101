"""How much of a project its links tie, at which speed, and links as the documentation and a real file have them."""

import re
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.house import ROOT
from tests.judgement.linked import CLASSES, pairs, schedule, table
from twin.judgement.element_table import ElementTable
from twin.judgement.link_coverage import coverage
from twin.judgement.link_rules import FIELDS
from twin.judgement.links import link_elements, parse_rules
from twin.values.model import Storey
from twin.values.schedule import Baseline, Task


def test_coverage_counts_elements_and_budget_over_all_models() -> None:
    tasks = (
        Task("S", "sum", kind="summary", cost=999.0),
        Task("a", "A", parent="S", cost=10.0, baselines=[Baseline(0, None, None, cost=100.0)]),
        Task(
            "b",
            "B",
            parent="S",
            cost=20.0,
            baselines=[Baseline(0, None, None, cost=50.0), Baseline(1, None, None, cost=7.0)],
        ),
        Task("m", "M", kind="milestone"),
        Task("c", "C"),
    )
    plan = schedule(*tasks, elements={"a": ["e0", "lost", "x1"]})
    rules = parse_rules('[[rule]]\ntask="A"\nclass="IfcSlab"\n[[rule]]\ntask="B"\nname="never"\n')
    first = table(
        [{"storey": "1F"}, {"storey": "2F"}, {"storey": "2F"}, {"class": "IfcSlab"}, {"class": "IfcSpace"}], model="one"
    )
    second = table([{"id": "x0", "class": "IfcDoor"}, {"id": "x1"}], model="two")
    told = coverage(plan, [(link_elements(plan, rules, t), t) for t in (first, second)], rules)
    assert (told.elements, told.linked_elements, told.by_relation) == (6, 3, 2)
    assert (told.tasks, told.linked_tasks, told.budget, told.linked_budget) == (3, 1, 150.0, 100.0)
    assert [(x.model, x.ifc_class, x.storey, x.count, x.example) for x in told.leftovers] == [
        ("one", "IfcWall", "2F", 2, "e1"),
        ("two", "IfcDoor", "", 1, "x0"),
    ]
    assert [(t.id, t.cost) for t in told.idle_tasks] == [("b", 50.0), ("c", None)]
    assert told.idle_rules == [2]
    assert told.strangers == ["lost"]
    # a tied summary ties what is below it
    plan = schedule(*tasks, elements={"S": ["e0"]})
    told = coverage(plan, [(link_elements(plan, None, first), first)])
    assert (told.linked_tasks, told.linked_budget) == (2, 150.0)
    # without baseline costs the planned ones count
    plain = schedule(Task("a", "A", cost=10.0), Task("b", "B"))
    assert coverage(plain, []).budget == 10.0


def test_a_hundred_thousand_elements_are_linked_in_time() -> None:
    n = 100_000
    storeys = [SimpleNamespace(global_id=f"s{i}", name=f"{i}F") for i in range(250)]
    elements = ElementTable(
        [f"g{i}" for i in range(n)],
        [f"墙-{i}-外墙" for i in range(n)],
        np.arange(n) % 5,
        CLASSES,
        np.arange(n) % 250,
        storeys,
    )
    tasks = [Task(f"T{i}", f"task {i}") for i in range(3750)]
    tasks += [Task(f"U{i}", f"{CLASSES[i % 5]}-{i // 5}F") for i in range(1250)]
    text = "".join(f'[[rule]]\ntask="T{i}"\nname="*-{i}9*外*"\n' for i in range(10))
    text += "".join(f'[[rule]]\ntask="T{i}"\nname="*-{i}*"\nalso=true\n' for i in range(9))
    rules = parse_rules(text + '[[rule]]\ntask="{class}-{storey}"\nclass="*"\n')
    plan = schedule(*tasks)
    start = time.perf_counter()
    links = link_elements(plan, rules, elements)
    assert time.perf_counter() - start < 6.0  # 0.6 s on a quiet machine
    assert len(links.unlinked) == 0


@pytest.mark.parametrize("page", ["links.md", "links.zh-CN.md"])
def test_the_example_of_the_documentation_is_a_links_file(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    (whole, *snippets) = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rules = parse_rules(whole)
    assert {key for rule in tomllib.loads(whole)["rule"] for key in rule} >= {"task", "pset", "also", *FIELDS} - {
        "model"
    }
    for snippet in snippets:
        parse_rules(snippet)
    elements = table(
        [
            {"class": "IfcSlab", "storey": "1F", "name": "楼板"},
            {
                "class": "IfcWall",
                "storey": "1F",
                "name": "外墙",
                "properties": {"psets": {"Pset_WallCommon": {"IsExternal": True}}},
            },
        ],
        discipline="结构",
    )
    tasks = [Task("1", "结构-1F"), Task("A1240", "外墙保温")]
    links = link_elements(schedule(*tasks), rules, elements)
    assert {(row, task) for row, task, _ in pairs(links, tasks)} == {(0, "1"), (1, "1"), (1, "A1240")}


@pytest.mark.real_data
def test_a_real_file_ties_its_tasks_to_a_storey_and_its_elements(real_data: Path) -> None:
    import ifcopenshell

    ifc = ifcopenshell.open(str(real_data / "ifc" / "bsi_scheduling_task.ifc"))
    nested = {
        child.GlobalId: r.RelatingObject.GlobalId
        for r in ifc.by_type("IfcRelNests")
        for child in r.RelatedObjects
        if child.is_a("IfcTask")
    }
    tasks = [Task(t.GlobalId, t.Name or "", parent=nested.get(t.GlobalId)) for t in ifc.by_type("IfcTask")]
    related: dict[str, list[str]] = {}
    for r in ifc.by_type("IfcRelAssignsToProduct"):
        for task in r.RelatedObjects:
            related.setdefault(task.GlobalId, []).append(r.RelatingProduct.GlobalId)
    parents = {
        e.GlobalId: r.RelatingStructure.GlobalId
        for r in ifc.by_type("IfcRelContainedInSpatialStructure")
        for e in r.RelatedElements
    }
    built = ifc.by_type("IfcSlab") + ifc.by_type("IfcWall")
    classes = sorted({e.is_a() for e in built})
    storey = ifc.by_type("IfcBuildingStorey")[0]
    elements = ElementTable(
        [e.GlobalId for e in built],
        [e.Name or "" for e in built],
        [classes.index(e.is_a()) for e in built],
        classes,
        [0] * len(built),
        [Storey(storey.GlobalId, storey.Name, 0.0)],
        parents=lambda: parents,
    )
    links = link_elements(schedule(*tasks, elements=related), None, elements)
    found = {(elements.global_id[row], tasks[task].name) for row, task in zip(links.rows, links.tasks, strict=True)}
    by_id = {t.id: t.name for t in tasks}
    assert found == {(g, by_id[t]) for t, ids in related.items() for g in ids if g != storey.GlobalId}
    assert len(found) == 5
    assert len(links.unlinked) == 0
    # the storey's own task, a summary, ties what nothing finer ties
    only = schedule(*tasks, elements={t: ids for t, ids in related.items() if storey.GlobalId in ids})
    links = link_elements(only, None, elements)
    assert [tasks[i].name for i in links.tasks] == ["Ground Level"] * 5
