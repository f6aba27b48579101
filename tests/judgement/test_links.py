"""Links of elements and tasks, against an oracle that looks at every element by itself, in plain loops."""

import re
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.house import ROOT
from twin.errors import InvalidInput
from twin.judgement.element_table import ElementTable
from twin.judgement.link_coverage import coverage
from twin.judgement.link_rules import FIELDS, Glob, folded
from twin.judgement.links import Links, link_elements, parse_rules
from twin.values.model import Storey
from twin.values.schedule import Baseline, Schedule, Task

CLASSES = ("IfcWall", "IfcWallStandardCase", "IfcSlab", "IfcSpace", "IfcDoor")


def table(rows: Sequence[Mapping[str, Any]], **more: Any) -> ElementTable:
    """Return a table of elements {id, name, class, storey, properties}; storeys are made from their names."""
    storeys = sorted({row["storey"] for row in rows if row.get("storey")})
    return ElementTable(
        [row.get("id", f"e{i}") for i, row in enumerate(rows)],
        [row.get("name", "") for row in rows],
        [CLASSES.index(row.get("class", "IfcWall")) for row in rows],
        CLASSES,
        [storeys.index(row["storey"]) if row.get("storey") else -1 for row in rows],
        [Storey(f"storey-{name}", name, 0.0) for name in storeys],
        properties=lambda asked: [rows[i].get("properties", {}) for i in asked],
        **more,
    )


def schedule(*tasks: Task, elements: Mapping[str, Sequence[str]] | None = None) -> Schedule:
    return Schedule("plan", "csv", tasks, elements=elements or {})


def pairs(links: Links, tasks: Sequence[Task]) -> set[tuple[int, str, int]]:
    """Return (row, task id, how)."""
    return {
        (row, tasks[task].id, how)
        for row, task, how in zip(links.rows.tolist(), links.tasks.tolist(), links.how.tolist(), strict=True)
    }


# --- the oracle: one element at a time


def oracle_glob(pattern: str, text: str) -> bool:
    """Match by dynamic programming."""
    reach = {0}
    for letter in pattern:
        if letter == "*":
            reach = set(range(min(reach), len(text) + 1)) if reach else set()
        else:
            reach = {i + 1 for i in reach if i < len(text) and (letter == "?" or text[i] == letter)}
    return len(text) in reach


def oracle_values(element: Mapping[str, Any], name: str) -> list[str]:
    groups = element.get("properties", {}).get("groups", [])
    if name == "zone":
        return [g["name"] for g in groups if g["ifc_class"] == "IfcZone"]
    if name == "system":
        return [g["name"] for g in groups if g["ifc_class"] == "IfcSystem"]
    value = element.get(name, "IfcWall" if name == "class" else "")
    return [value] if value else []


def oracle_meant(name: str, pattern: str, value: str) -> bool:
    plain = folded(value)
    texts = [plain, re.sub("standardcase$", "", plain)] if name == "class" else [plain]
    return any(oracle_glob(folded(pattern), text) for text in texts)


def oracle_rule(rule: Mapping[str, Any], element: Mapping[str, Any], tasks: Sequence[Task]) -> set[str]:
    """Return the ids of the tasks that one rule gives one element."""
    if "class" not in rule and element.get("class") == "IfcSpace":
        return set()
    chosen: dict[str, list[str]] = {}
    for name in FIELDS:
        chosen[name] = oracle_values(element, name)
        if name in rule:
            wanted = rule[name] if isinstance(rule[name], list) else [rule[name]]
            chosen[name] = [v for v in chosen[name] if any(oracle_meant(name, p, v) for p in wanted)]
            if not chosen[name]:
                return set()
    for path, wish in rule.get("pset", {}).items():
        set_name, key = path.split(".")
        value = element.get("properties", {}).get("psets", {}).get(set_name, {}).get(key)
        if value != wish or isinstance(value, bool) != isinstance(wish, bool):
            return set()
    names = rule["task"] if isinstance(rule["task"], list) else [rule["task"]]
    return {task for text in names for task in oracle_tasks(text, chosen, tasks)}


def oracle_tasks(text: str, chosen: Mapping[str, Sequence[str]], tasks: Sequence[Task]) -> Iterator[str]:
    """Yield the ids of the tasks that a template names for an element with these values."""
    fields = re.findall(r"\{(\w+)\}", text)
    for values in product(*(chosen[name] for name in fields)):
        filled = text
        for name, value in zip(fields, values, strict=True):
            filled = filled.replace("{" + name + "}", value)
        for key in ("id", "code", "name"):
            same = [t.id for t in tasks if getattr(t, key) == filled]
            if same:
                yield from same if len(same) == 1 else ()
                break


def oracle(
    plan: Schedule, rules: Sequence[Mapping[str, Any]], elements: Sequence[Mapping[str, Any]]
) -> set[tuple[int, str, int]]:
    summaries = {task.parent for task in plan.tasks}
    found = set()
    for row, element in enumerate(elements):
        holders = {element.get("id", f"e{row}")}
        if element.get("storey") and element.get("class") != "IfcSpace":
            holders.add(f"storey-{element['storey']}")
        tied = {task: 0 for task, ids in plan.elements.items() if holders & set(ids)}
        for number, rule in enumerate(rules, 1):
            if not tied or rule.get("also"):
                for task in oracle_rule(rule, element, plan.tasks):
                    tied.setdefault(task, number)
        fine = {task for task in tied if task not in summaries}
        found |= {(row, task, how) for task, how in tied.items() if task in fine or not fine}
    return found


NAMES = st.sampled_from(["", "外墙", "A-外墙-200", "内墙", "w{x}", "W{storey}", "*", "a.b"])
GROUPS = st.lists(
    st.sampled_from(
        [
            {"ifc_class": "IfcZone", "name": "A区"},
            {"ifc_class": "IfcZone", "name": "B区"},
            {"ifc_class": "IfcSystem", "name": "给水"},
            {"ifc_class": "IfcGroup", "name": "A区"},
        ]
    ),
    max_size=3,
    unique_by=lambda g: (g["ifc_class"], g["name"]),
)
ELEMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "class": st.sampled_from(CLASSES),
            "storey": st.sampled_from(["", "1F", "2F", "屋面"]),
            "properties": st.fixed_dictionaries(
                {"groups": GROUPS, "psets": st.sampled_from([{}, {"P": {"X": True}}, {"P": {"X": 1}}])}
            ),
        }
    ),
    max_size=12,
)
TASKS = st.lists(
    st.tuples(
        st.sampled_from(["t1", "t2", "t3", "结构-1F", "外墙"]),
        st.sampled_from(["", "c1", "A区", "结构-2F"]),
        st.sampled_from(["结构-1F", "外墙", "A区", "IfcWall-1F", "给水", "w{x}", "重名"]),
        st.sampled_from([None, None, "t1", "t2"]),
    ),
    max_size=6,
    unique_by=lambda t: t[0],
).map(
    lambda found: [
        Task(i, name, code=code, parent=parent if parent in [t[0] for t in found[:at]] else None)
        for at, (i, code, name, parent) in enumerate(found)
    ]
)
RULE = st.fixed_dictionaries(
    {
        "task": st.sampled_from(
            [
                "t1",
                "c1",
                "外墙",
                "结构-{storey}",
                "{class}-{storey}",
                "{zone}",
                "{system}",
                "{name}",
                "重名",
                ["t2", "{zone}"],
            ]
        )
    },
    optional={
        "class": st.sampled_from(["IfcWall", "ifcwall*", ["IfcSlab", "IfcSpace"], "IfcWallStandardCase"]),
        "storey": st.sampled_from(["1F", "?f", ["屋面", "2F"]]),
        "name": st.sampled_from(["*外墙*", "外*", "*", "*-*-*0", "?墙", "*x}", "**"]),
        "zone": st.sampled_from(["A区", "*区", "Ｂ区"]),
        "system": st.sampled_from(["给水", "排水"]),
        "pset": st.sampled_from([{"P.X": True}, {"P.X": 1}]),
        "also": st.booleans(),
    },
)


def toml(rules: Sequence[Mapping[str, Any]]) -> str:
    """Write rules as TOML."""

    def value(item: Any) -> str:
        if isinstance(item, bool):
            return str(item).lower()
        if isinstance(item, Mapping):
            return "{" + ", ".join(f'"{key}" = {value(inner)}' for key, inner in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ", ".join(value(inner) for inner in item) + "]"
        return f'"{item}"' if isinstance(item, str) else str(item)

    return "".join("[[rule]]\n" + "".join(f"{key} = {value(item)}\n" for key, item in rule.items()) for rule in rules)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), elements=ELEMENTS, tasks=TASKS, rules=st.lists(RULE, min_size=1, max_size=4))
def test_links_are_what_looking_at_each_element_gives(
    data: st.DataObject, elements: list[dict[str, Any]], tasks: list[Task], rules: list[dict[str, Any]]
) -> None:
    ids = [f"e{i}" for i in range(len(elements))] + ["storey-1F", "storey-2F", "nobody"]
    related = data.draw(
        st.dictionaries(st.sampled_from([t.id for t in tasks]), st.lists(st.sampled_from(ids), max_size=3))
        if tasks
        else st.just({})
    )
    plan = schedule(*tasks, elements=related)
    links = link_elements(plan, parse_rules(toml(rules)), table(elements))
    assert pairs(links, tasks) == oracle(plan, rules, elements)
    assert links.rows.tolist() == sorted(links.rows.tolist())
    assert set(links.unlinked.tolist()) == set(range(len(elements))) - set(links.rows.tolist())


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(st.text("ab*?[.", max_size=8), st.lists(st.sampled_from(["*", "a", "b"]), max_size=7).map("".join)),
    st.one_of(st.text("ab[.\n", max_size=10), st.text("ab", max_size=6)),
)
@example("*a*b*", "aba")
@example("a*ab*b", "aabb")
def test_globs_match_as_letter_by_letter(pattern: str, text: str) -> None:
    text = folded(text)  # what is compared has no blanks around it
    assert Glob(pattern).matches(text) == oracle_glob(folded(pattern), text)


def test_a_pattern_written_to_take_for_ever_does_not() -> None:
    glob = Glob("*a" * 200 + "*b")
    start = time.perf_counter()
    assert not glob.matches("a" * 20_000)
    assert time.perf_counter() - start < 2.0


def test_rules_of_the_brief_example() -> None:
    rules = parse_rules(
        """
        [[rule]]
        task = "结构-{storey}"
        class = ["IfcWall", "IfcSlab"]
        storey = ["1F", "2F"]
        name = "*外墙*"
        pset = { "Pset_WallCommon.IsExternal" = true, Pset_WallCommon.FireRating = "?级" }
        """
    )
    good = {"psets": {"Pset_WallCommon": {"IsExternal": True, "FireRating": "一级"}}}
    elements = table(
        [
            {"name": "外墙1", "storey": "1F", "properties": good},
            {"name": "外墙2", "storey": "3F", "properties": good},
            {"name": "外墙3", "storey": "2F", "properties": {"psets": {"Pset_WallCommon": {"IsExternal": 1}}}},
        ]
    )
    tasks = [Task("T1", "结构-1F"), Task("T2", "结构-2F"), Task("T3", "结构-3F")]
    assert pairs(link_elements(schedule(*tasks), rules, elements), tasks) == {(0, "T1", 1)}


@pytest.mark.parametrize(
    ("properties", "wish", "holds"),
    [
        ({"psets": {"A.B": {"C.D": "x"}}}, '"A.B.C.D" = "X"', True),
        ({"psets": {"A": {"B": {"value": 2.5, "unit": "m"}}}}, '"A.B" = 2.5', True),
        ({"psets": {"A": {"B": ["u", "v"]}}}, '"A.B" = "v"', True),
        ({"psets": {"A": {"B": 1}}}, '"A.B" = true', False),
        ({"psets": {"A": {"B": True}}}, '"A.B" = 1', False),
        ({"psets": {"A": {"B": True}}}, '"A.B" = "true"', True),
        ({"psets": {"A": {"B": 10**400}}}, '"A.B" = 1.5', False),
        ({"psets": {"A": {"B": None}}}, '"A.B" = "*"', False),
        ({"predefined_type": "SHEAR"}, 'predefined_type = "shear"', True),
        ({"type": {"name": "W200", "ifc_class": "IfcWallType"}}, '"type.name" = "W*"', True),
        ({"quantities": {"Q": {"NetVolume": {"value": 3, "unit": "m³"}}}}, '"Q.NetVolume" = 3.0', True),
        ({}, '"A.B" = "*"', False),
    ],
)
def test_property_values(properties: dict[str, Any], wish: str, holds: bool) -> None:
    rules = parse_rules(f'[[rule]]\ntask = "t"\npset = {{ {wish} }}\n')
    links = link_elements(schedule(Task("t", "T")), rules, table([{"properties": properties}]))
    assert (len(links.rows) == 1) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule", "not TOML"),
        ("a = " + "[" * 5000, "not TOML"),
        ("", "has no rule"),
        ("rule = 3", "has no rule"),
        ("rule = []", "has no rule"),
        ("rules = 1", "knows only [[rule]], not “rules”"),
        ("[[rule]]\nclass = 'IfcWall'", "Rule 1 names no task"),
        ("[[rule]]\ntask = 'a'\n[[rule]]\ntask = 3", "Rule 2: “task” must be a text"),
        ("[[rule]]\ntask = 'a'\nclass = []", "“class” must be a text"),
        ("[[rule]]\ntask = 'a'\nclass = ['IfcWall', ' ']", "none of them empty"),
        ("[[rule]]\ntask = 'a'\nstory = '1F'", "“storey” perhaps?"),
        ("[[rule]]\ntask = 'a'\nzzzz = '1F'", "use task, class"),
        ("[[rule]]\ntask = 'a{level}'", "asks for “level”"),
        ("[[rule]]\ntask = 'a{name'", "a single brace"),
        ("[[rule]]\ntask = 'a{name.__class__}'", "a single brace"),
        ("[[rule]]\ntask = 'a'\nname = 're:(a+)+$'", "a regular expression (re:(a+)+$)"),
        ("[[rule]]\ntask = 'a'\nalso = 1", "“also” must be true or false"),
        ("[[rule]]\ntask = 'a'\npset = 'x'", "“pset” must be a table such as {"),
        ("[[rule]]\ntask = 'a'\npset = { 'a.b' = 2020-01-01 }", "the value of “a.b”"),
        ("[[rule]]\ntask = 'a'\nname = '" + "x" * 501 + "'", "more than 500 letters"),
        ("[[rule]]\ntask = 'a'\n" * 255, "255 rules, more than 254"),
        ("#" * 1_000_001, "more than 1000000 letters"),
    ],
)
def test_mistakes_are_told_exactly(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_rules(text)
    assert said in str(caught.value)


def test_braces_in_names_are_letters() -> None:
    rules = parse_rules('[[rule]]\ntask = "{{{name}}}"\n')
    tasks = [Task("1", "{{0.__class__}}")]
    links = link_elements(schedule(*tasks), rules, table([{"name": "{0.__class__}"}]))
    assert pairs(links, tasks) == {(0, "1", 1)}


def test_ambiguous_and_missing_names_are_told_and_fall_through() -> None:
    tasks = [Task("1", "墙"), Task("2", "墙"), Task("3", "rest")]
    rules = parse_rules('[[rule]]\ntask="墙"\n[[rule]]\ntask="{storey} none"\n[[rule]]\ntask="REST"\n')
    elements = table([{"storey": "1F"}, {"storey": "1F"}, {"storey": "2F"}])
    links = link_elements(schedule(*tasks), rules, elements)
    assert pairs(links, tasks) == {(0, "3", 3), (1, "3", 3), (2, "3", 3)}
    assert links.ambiguous == {"墙": ("1", "2")}
    assert links.missing == {"1F none": 2, "2F none": 1}
    told = coverage(schedule(*tasks), [(links, elements)], rules)
    assert told.idle_rules == [1, 2]
    assert [task.id for task in told.idle_tasks] == ["1", "2"]


def test_an_id_wins_over_a_code_and_a_code_over_a_name() -> None:
    tasks = [Task("x", "A"), Task("y", "B", code="x"), Task("z", "w", code="v"), Task("u", "v")]
    elements = table([{}])
    for text, task in (("x", "x"), ("v", "z"), ("w", "z"), ("ｗ", "z")):
        links = link_elements(schedule(*tasks), parse_rules(f'[[rule]]\ntask="{text}"'), elements)
        assert pairs(links, tasks) == {(0, task, 1)}


def test_relations_reach_through_assemblies_and_circles_end() -> None:
    parents = {"e0": "stair", "stair": "storey-1F", "storey-1F": "b", "b": "ring", "ring": "b", "e1": "storey-1F"}
    elements = table(
        [{"storey": "1F"}, {"storey": "1F"}, {"class": "IfcSpace", "storey": "1F"}], parents=lambda: parents
    )
    tasks = [Task("S", "all", kind="summary"), Task("a", "stair", parent="S"), Task("r", "ring"), Task("n", "no")]
    links = link_elements(
        schedule(
            *tasks, elements={"S": ["storey-1F"], "a": ["stair"], "r": ["ring"], "n": ["stranger"], "gone": ["e1"]}
        ),
        None,
        elements,
    )
    # a summary stands in only where no leaf is tied
    assert pairs(links, tasks) == {(0, "a", 0), (0, "r", 0), (1, "r", 0)}
    assert links.strangers == {"stranger"}
    links = link_elements(schedule(*tasks, elements={"S": ["storey-1F"]}), None, elements)
    assert pairs(links, tasks) == {(0, "S", 0), (1, "S", 0)}


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.judgement.links.MOST_LINKS", 3)
    elements = table([{}, {}])
    tasks = [Task("1", "a"), Task("2", "b")]
    with pytest.raises(InvalidInput, match="Over 3 pairs"):
        link_elements(schedule(*tasks), parse_rules('[[rule]]\ntask=["1", "2"]'), elements)
    with pytest.raises(InvalidInput, match="Over 3 pairs"):
        link_elements(schedule(*tasks, elements={"1": ["e0", "e1"], "2": ["e0", "e1"]}), None, elements)


def test_nothing_is_linked_to_nothing() -> None:
    rules = parse_rules('[[rule]]\ntask="a"')
    assert len(link_elements(schedule(), rules, table([{}])).rows) == 0
    empty = link_elements(schedule(Task("a", "")), rules, table([]))
    assert (len(empty.rows), empty.n_rows) == (0, 0)
    assert coverage(schedule(), [], None).elements == 0
    assert coverage(schedule(Task("a", "")), [(empty, table([]))], rules).idle_rules == [1]


def test_properties_are_read_once_and_only_for_rows_that_ask() -> None:
    asked: list[int] = []

    def properties(rows: Sequence[int]) -> list[dict[str, Any]]:
        asked.extend(rows)
        return [{"psets": {"A": {"B": 1}}} for _ in rows]

    elements = ElementTable(
        ["a", "b", "c"], ["", "", ""], [0, 1, 0], ["IfcWall", "IfcSlab"], [-1] * 3, [], properties=properties
    )
    rules = parse_rules(
        '[[rule]]\ntask="t"\nclass="IfcWall"\npset={"A.B"=2}\n[[rule]]\ntask="t"\nclass="IfcWall"\npset={"A.B"=1}\n'
    )
    links = link_elements(schedule(Task("t", "")), rules, elements)
    assert links.rows.tolist() == [0, 2]
    assert asked == [0, 2]


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
