"""Nothing that a user can do is without a test that looks at it."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.browser.sentences import SENTENCES

HERE = Path(__file__).parent


def asserting_in(path: Path) -> dict[str, bool]:
    """Return the names of a module's tests → do they look at pixels, text or files, that is: do they assert."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            calls = {getattr(one.func, "id", "") for one in ast.walk(node) if isinstance(one, ast.Call)}
            found[f"{path.stem}::{node.name}"] = "expect" in calls or any(
                isinstance(one, ast.Assert) for one in ast.walk(node)
            )
    return found


@cache
def all_tests() -> dict[str, bool]:
    return {name: asserts for path in HERE.glob("test_*.py") for name, asserts in asserting_in(path).items()}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_of_use_has_its_tests(sentence: str) -> None:
    assert SENTENCES[sentence]
    for name in SENTENCES[sentence]:
        assert all_tests().get(name), f"{name} is not there, or asserts nothing"
