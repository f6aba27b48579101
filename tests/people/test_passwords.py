"""What may be a password, and how it is kept."""

import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from twin.errors import InvalidInput
from web.people import passwords

GOOD = ["seven green cranes", "x7!kd93ls0dk", "深圳湾大桥夜景", "correct horse staple", "            z y x w"]
EASY = [
    *("short", "elevenchars", "", "a" * 1001, "aaaaaaaaaaaaaaaa", "abcabcabcabc", "123456789012", "098765432109"),
    *("qwertyuiopas", "abcdefghijklmn", "PASSWORD12345", "administrator", "wang.fang2026", "wang.fangwang.fang"),
]


@pytest.mark.parametrize("text", GOOD)
def test_length_is_what_counts(text: str) -> None:
    assert passwords.matches(text, passwords.hashed(text, "wang.fang")) == (True, None)


@pytest.mark.parametrize("text", EASY)
def test_what_is_tried_first_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.checked(text, "wang.fang")


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert passwords.matches("cafe\u0301 au lait noir", passwords.hashed("caf\u00e9 au lait noir", ""))[0]


@pytest.mark.parametrize("kept", [None, "", "!", "$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ"])
def test_nothing_matches_what_is_no_hash(kept: str | None) -> None:
    assert passwords.matches("seven green cranes", kept) == (False, None)


def test_a_weaker_hash_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = passwords.hashed("seven green cranes", "")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    right, renewed = passwords.matches("seven green cranes", weak)
    assert right
    assert renewed is not None
    assert extract_parameters(renewed).time_cost == 2
    assert passwords.matches("seven green cranes", renewed) == (True, None)


def test_what_a_check_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As RFC 9106 wants it at least: argon2id, three passes over 64 MB; for names that are nobody's as well."""
    monkeypatch.undo()
    kept = passwords.hashed("seven green cranes", "")
    found = extract_parameters(kept)
    assert (found.type.name, found.time_cost, found.memory_cost) == ("ID", 3, 65536)
    passwords._decoy.cache_clear()
    passwords.matches("x", None)
    took = {}
    for name, against in (("known", kept), ("nobody", None)):
        started = time.process_time()
        for _ in range(5):
            passwords.matches("not this one at all", against)
        took[name] = time.process_time() - started
    passwords._decoy.cache_clear()
    assert 0.5 < took["known"] / took["nobody"] < 2
