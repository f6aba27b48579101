"""Small models and schedules to tie, and an oracle that looks at every element by itself, in plain loops."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from hypothesis import strategies as st

from twin.judgement.element_table import ElementTable
from twin.judgement.link_rules import FIELDS, folded
from twin.judgement.links import Links
from twin.values.model import Storey
from twin.values.schedule import Schedule, Task

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
