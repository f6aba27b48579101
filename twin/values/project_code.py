"""The national code of an investment project (GB/T 40058-2021): `YYMM-RRRRRR-DD-TT-NNNNNC`, 24 characters.

Time (year and month), region (GB/T 2260), central department, kind of project, five random digits, one check digit.

The check digit: ISO 7064 MOD 11,10 (GB/T 17710) over all twenty digits without the hyphens.  Established from published
codes: of 22 real ones (7 provinces, 2021 to 2026, from public approvals and tenders) all 22 fit it.  The same rule
without the time fits 8, without the year 6; MOD 11-2, 37-2, 97-10, 37,36 and Luhn fit at most 5; by chance 2 would.  Of
three codes that were plainly made up none fits.

The older form `YYYY-RRRRRR-DD-TT-NNNNNN` (2013 to 2020) has no check digit: of 7 published codes none fits.
The two forms cannot be mistaken: a year from 2013 to 2020 ends in no month.  Every other code is free.
"""

import re

from twin.errors import InvalidInput
from twin.values.sentence import Sentence, say

_FORM = re.compile(r"(\d{4})-(\w{6})-(\w{2})-(\w{2})-(\w{6})")
_OLD_YEARS = range(2013, 2021)
# Provinces (first two digits of a region); 00 and 10 are projects of the whole country, 66 the Xinjiang corps.
_PROVINCES = frozenset(
    [0, 10, *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 67), 71, 81, 82]
)


def check_project_code(code: str) -> None:
    """Raise InvalidInput for a code of the national form whose parts cannot be true.

    >>> check_project_code("P-17")
    """
    problem = project_code_problem(code)
    if problem is not None:
        raise InvalidInput("{problem}.", problem=problem)


def project_code_problem(code: str) -> Sentence | None:
    """Return what cannot be true of a code of the national form, without a full stop; None: nothing.

    >>> project_code_problem("2106-990104-04-01-123456")
    '2106-990104-04-01-123456 is no national project code: there is no region 990104'
    """
    match = _FORM.fullmatch(code)
    if match is None:
        return None
    digits = code.replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        return say("{code} is no national project code: it has letters among its digits", code=code)
    if int(match[2][:2]) not in _PROVINCES:
        return say("{code} is no national project code: there is no region {region}", code=code, region=match[2])
    if int(match[1]) in _OLD_YEARS:
        return None
    if not 1 <= int(match[1][2:]) <= 12:
        return say("{code} is no national project code: {time} is no year and month", code=code, time=match[1])
    if check_digit(digits[:-1]) != int(digits[-1]):
        return say(
            "{code} is no national project code: its last digit does not fit the others (is there a typing error?)",
            code=code,
        )
    return None


def check_digit(digits: str) -> int:
    """Return the check digit of decimal digits by ISO 7064 MOD 11,10.

    >>> check_digit("0794")
    5
    """
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10
