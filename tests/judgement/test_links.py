"""Links of elements and tasks, against an oracle that looks at every element by itself, in plain loops."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.judgement.linked import ELEMENTS, RULE, TASKS, oracle, oracle_glob, pairs, schedule, table, toml
from twin.errors import InvalidInput
from twin.judgement.element_table import ElementTable
from twin.judgement.link_coverage import coverage
from twin.judgement.link_rules import Glob, folded
from twin.judgement.links import link_elements, parse_rules
from twin.values.schedule import Task


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
