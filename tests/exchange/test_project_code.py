"""National project codes: the check digit against an independent reckoning, every single error is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import InvalidInput
from twin.store.write import check_code
from twin.values.project_code import check_digit, check_project_code

DIGITS = st.text("0123456789", min_size=5, max_size=5)
REGIONS = st.sampled_from(["640104", "110101", "000000", "659001", "441900"])


def table_check(payload: str) -> int:
    """ISO 7064 MOD 11,10 as its recursive definition has it, by trying all digits: no formula shared with the code."""
    for last in range(10):
        p = 10
        for digit in payload + str(last):
            s = p + int(digit)
            p_next = s % 10
            p = (2 * (p_next if p_next else 10)) % 11
        # the sum before the last doubling must be 1 modulo 10: 2 * 1 mod 11 == 2
        if p == 2:
            return last
    raise AssertionError


def code_of(year: int, month: int, region: str, kind: str, rest: str) -> str:
    payload = f"{year:02}{month:02}{region}04{kind}{rest}"
    return f"{year:02}{month:02}-{region}-04-{kind}-{rest}{table_check(payload)}"


@given(st.integers(21, 35), st.integers(1, 12), REGIONS, st.sampled_from(["01", "05"]), DIGITS)
def test_codes_with_their_digit_pass_and_no_single_error_does(
    year: int, month: int, region: str, kind: str, rest: str
) -> None:
    code = code_of(year, month, region, kind, rest)
    check_project_code(code)
    for place in range(18, 24):
        for digit in "0123456789":
            if digit != code[place]:
                with pytest.raises(InvalidInput, match="last digit"):
                    check_project_code(code[:place] + digit + code[place + 1 :])


@given(st.text("0123456789", min_size=1, max_size=30))
def test_the_digit_is_that_of_the_definition(payload: str) -> None:
    assert check_digit(payload) == table_check(payload)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("2113-640104-04-01-123456", "no year and month"),
        ("2100-640104-04-01-123456", "no year and month"),
        ("2106-990104-04-01-123456", "no region 990104"),
        ("2106-6401O4-04-01-123456", "letters"),
        ("２１０６-640104-04-01-123456", "letters"),
    ],
)
def test_parts_that_cannot_be_true(code: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_project_code(code)


@pytest.mark.parametrize(
    "code",
    ["P1", "2019-640104-70-02-719006", "2013-110101-04-01-000000", "YC-2026-017", "2106-640104-04-01-12345", "", "3"],
)
def test_older_and_free_codes_pass(code: str) -> None:
    check_project_code(code)


@pytest.mark.parametrize("code", ["", "..", "a/b", "a\\b", " a", "a ", "a\nb", "a\u200bb", "a" * 201])
def test_a_refused_code_is_told_what_no_code_has(code: str) -> None:
    said = "a code has no slash or backslash, no control or invisible characters, no space at its ends, 200 characters"
    with pytest.raises(InvalidInput, match=said):
        check_code(code)


@pytest.mark.parametrize("code", ["银川-17（二期）", "a b", "P.1+2#3", "a" * 200])
def test_all_other_codes_are_taken(code: str) -> None:
    check_code(code)
