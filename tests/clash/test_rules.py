"""Rule files of clash detection: what they mean, and every mistake in one sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.exchange.clash_rules import default_rules, read_clash_rules, rules_from_bytes, rules_from_options
from twin.values.clash import ClashType
from twin.values.clash_rules import ClashRule, PropertyTest, Selector, Zone

WORDS = 'description = "d"\n'
RULE = '[[rule]]\nname = "r"\n' + WORDS


def read(text: str) -> ClashRule:
    return rules_from_bytes(f'name = "mine"\n{text}'.encode(), "mine.toml").rules[0]


def test_a_rule_says_what_it_says() -> None:
    rule = read(
        '[side.pipes]\nclasses = ["IfcPipe*", "!IfcPipeFitting"]\n'
        + RULE
        + 'a = "pipes"\nb = ["pipes", { storeys = "L1*", properties = ['
        '{ set = "Pset_*", name = "N", is = ">=", value = 2 }] }]\n'
        'types = ["hard", "clearance"]\ntolerance = 0.002\nclearance = 0.05\nseverity = "high"\ndifferent = ["system"]'
    )
    pipes = Selector(ifc_classes=("IfcPipe*", "!IfcPipeFitting"))
    other = Selector(storeys=("L1*",), psets=(PropertyTest("Pset_*", "N", ">=", 2),))
    assert rule == ClashRule(
        "r", pipes, Selector(either=(pipes, other)), (ClashType.HARD, ClashType.CLEARANCE), 0.002, 0.05, Zone.AROUND,
        ("system",), "high", {"zh": "d", "en": "d"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no rule; add"),
        (RULE + "b = {}", "Rule r: side a is missing"),
        (RULE + 'a = {}\nb = {}\ncolour = "red"', "Rule r: the key colour means nothing"),
        (RULE + "a = {}\nb = {}\ntolerance = -0.01", "Rule r: tolerance is -0.01; write a number of metres"),
        (RULE + "a = {}\nb = {}\ntolerance = nan", "Rule r: tolerance is nan"),
        (RULE + "a = {}\nb = {}\ntolerance = inf", "Rule r: tolerance is inf"),
        (RULE + "a = {}\nb = {}\ntolerance = true", "Rule r: tolerance is True"),
        (RULE + 'a = {}\nb = {}\ntolerance = "10 mm"', "Rule r: tolerance is 10 mm"),
        (RULE + 'a = {}\nb = {}\ntypes = ["hard"]\nclearance = 0.05', "both or neither"),
        (RULE + 'a = {}\nb = {}\ntypes = ["clearance"]', "both or neither"),
        (RULE + 'a = {}\nb = {}\ntypes = ["soft"]', "Rule r: types is ['soft']; write a list of words out of hard"),
        (RULE + "a = {}\nb = {}\ntypes = []", "Rule r: types is []"),
        (RULE + "a = {}\nb = {}\ntypes = [[1]]", "Rule r: types is [[1]]"),
        (RULE + 'a = {}\nb = {}\nzone = "above"', "a zone is for clearances only"),
        (RULE + 'a = {}\nb = {}\nseverity = "awful"', "severity is awful; write one of high, medium, low"),
        (RULE + "a = 3\nb = {}", "Rule r, side a: side is 3; write a table"),
        (RULE + "a = []\nb = {}", "Rule r, side a: the list is empty"),
        (RULE + "a = [[{}]]\nb = {}", "Rule r, side a: a list stands in a list"),
        (RULE + 'a = "walls"\nb = {}', "Rule r, side a: there is no [side.walls]"),
        (RULE + 'a = { classes = ["IfcWal"] }\nb = {}', "no IFC schema has a product class IfcWal"),
        (RULE + "a = { classes = [1] }\nb = {}", "classes is [1]; write a list of texts"),
        (RULE + 'a = { class = "IfcWall" }\nb = {}', "side a: the key class means nothing here"),
        (RULE + 'a = { properties = [{ set = "s", name = "n", is = "~" }] }\nb = {}', "is is ~; write one of"),
        (
            RULE + 'a = { properties = [{ set = "s", name = "n", is = "<", value = "x" }] }\nb = {}',
            "the value x does not go with <",
        ),
        ('[[rule]]\nname = "r"\na = {}\nb = {}\ndescription = 5', "description is not there in two languages"),
        (RULE.replace('"r"', "5") + "a = {}\nb = {}", 'name must be a text; write name = "5"'),
        ((RULE + "a = {}\nb = {}\n") * 2, "two rules are called r"),
        ("[[rule", "is not a TOML file: line 2"),
        ("rule = 3", "rule is not a list of tables"),
        ("side = 3", "side is 3; write a table"),
    ],
)
def test_every_mistake_is_told_with_its_place_and_remedy(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read(text)
    assert told in str(error.value)
    assert "mine.toml" in str(error.value)


def test_a_file_that_is_none() -> None:
    with pytest.raises(InvalidInput, match=r"cannot be read: give the path of a TOML file"):
        read_clash_rules("/nowhere/rules.toml")
    with pytest.raises(InvalidInput, match="is not UTF-8 text"):
        rules_from_bytes(b"\xff\xfe", "r.toml")


@given(st.floats() | st.integers())
def test_a_length_is_taken_or_told(value: float) -> None:
    good = math.isfinite(value) and 0 <= value <= 100
    try:
        rules = rules_from_options(["a"], value, None)
    except InvalidInput:
        assert not good
    else:
        assert good
        assert rules.rules[0].tolerance == value


@given(st.text(max_size=200))
def test_any_text_is_rules_or_one_sentence(text: str) -> None:
    told = ""
    try:
        rules_from_bytes(text.encode("utf-8", "surrogatepass"), "r.toml")
    except InvalidInput as error:
        told = str(error)
    assert "r.toml" in told


def test_options_are_one_rule_between_disciplines() -> None:
    several, one = (
        rules_from_options(["a", "b"], None, 0.05).rules[0],
        rules_from_options(["a", "a"], 0.0, None).rules[0],
    )
    assert several.different == ("discipline",)
    assert ClashType.CLEARANCE in several.types
    assert (one.different, one.tolerance, one.clearance) == ((), 0.0, 0.0)
    assert ClashType.CLEARANCE not in one.types


def test_the_default_rules_are_in_two_languages() -> None:
    rules = default_rules()
    assert all(set(r.description or ()) == {"zh", "en"} for r in rules.rules)
    assert not any(r.a.disciplines or r.b.disciplines for r in rules.rules), (
        "a discipline is called what its author likes"
    )
