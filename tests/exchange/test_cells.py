"""Cells as dates, numbers and shares: whatever form a table writes them in, they read back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.exchange.cells import (
    Bad,
    header_factor,
    is_percent_header,
    read_date,
    read_moment,
    read_number,
    read_shares,
    read_text,
)
from twin.exchange.tables import Share

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
WIDE = str.maketrans("0123456789.,-/%", "０１２３４５６７８９．，－／％")


def written(day: date) -> list[object]:
    """Every form in which tables write a day."""
    y, m, d = day.year, day.month, day.day
    forms = [
        f"{y}-{m:02}-{d:02}",
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}{m:02}{d:02}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日",
        f"{y}-{m:02}-{d:02}T23:59:59Z",
        f"{y}-{m:02}-{d:02} 08:00",
    ]
    cells: list[object] = [*forms, forms[1].translate(WIDE), day, datetime(y, m, d, 17, 30), int(forms[3])]
    if day >= date(1928, 1, 1) and (day - date(1899, 12, 30)).days < 100_000:
        serial = (day - date(1899, 12, 30)).days
        cells += [serial, str(serial), serial + 0.5] if serial >= 10_000 else []
    return cells


@given(DAYS)
def test_a_day_reads_back_from_every_form(day: date) -> None:
    for cell in written(day):
        assert read_date(cell) == day, cell


@given(DAYS, st.sampled_from(["%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d %H%M"]))
def test_a_day_reads_back_by_the_form_of_a_mapping(day: date, form: str) -> None:
    assert read_date(day.strftime(form), form=form) == day


@given(st.integers(1900, 2200), st.integers(1, 12))
def test_a_month_is_its_first_or_last_day(year: int, month: int) -> None:
    after = date(year + month // 12, month % 12 + 1, 1)
    for cell in (f"{year}年{month}月", f"{year}-{month:02}", f"{year}/{month}", f"{year}.{month}", f"{year}{month:02}"):
        assert read_date(cell, ends=True) == after - timedelta(days=1)
        assert read_date(cell, ends=False) == date(year, month, 1)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("02/03/2026", "--map"),
        ("30/06/2026", "--map"),
        ("26-06-30", "--map"),
        ("2026-02-30", "no such day"),
        ("2026年13月", "no such day"),
        ("20261301", "no such day"),
        ("1899-12-31", "1900"),
        ("2201-01-01", "2200"),
        (date(1850, 1, 1), "1900"),
        ("soon", "no date"),
        ("2026", "no date"),
        (True, "no date"),
        (float("nan"), "no date"),
        (float("inf"), "no date"),
        (1e300, "no date"),
        ("9" * 400, "no date"),
        ("2026-06-30<script>", "no date"),
    ],
)
def test_what_is_no_day(cell: object, said: str) -> None:
    read = read_date(cell)
    assert isinstance(read, Bad)
    assert said in read.problem


def test_times_of_recording_are_utc() -> None:
    assert read_moment("2026-06-30") == datetime(2026, 6, 30, tzinfo=UTC)
    assert read_moment(date(2026, 6, 30)) == datetime(2026, 6, 30, tzinfo=UTC)
    assert read_moment("2026/6/30 18:30") == datetime(2026, 6, 30, 18, 30, tzinfo=UTC)
    assert read_moment("2026-06-30T18:30:15+08:00") == datetime(2026, 6, 30, 10, 30, 15, tzinfo=UTC)
    assert read_moment("05/01/2014 12:00:00 AM", form="%m/%d/%Y %I:%M:%S %p") == datetime(2014, 5, 1, tzinfo=UTC)
    for cell in ("2026年6月", "2026-06-30 25:00", "x", "2026-06-30T10:00+99:00"):
        assert isinstance(read_moment(cell), Bad)


@given(st.decimals(-(10**6), 10**6, places=2, allow_nan=False))
def test_a_number_reads_back_from_every_form(number: Decimal) -> None:
    true = float(number)
    plain = f"{number:f}"
    for cell in (plain, f"{number:,f}", plain.translate(WIDE), f" {plain} ", f"{number:,f}元", true):
        assert read_number(cell) == true, cell
    if number >= 0:
        assert read_number(f"+{plain}") == true
    assert read_number(plain, factor=10_000) == float(number * 10_000)
    assert "-0.0" not in map(
        repr, (read_number(f"-{plain}"), read_number(-true), *read_shares([-true, f"-{plain}%"], ""))
    )
    assert read_number(true, factor=10_000) == float(Decimal(str(true)) * 10_000)
    assert read_number(f"{plain}万", factor=1e8) == float(number * 10_000)
    assert read_number(f"{plain}亿元") == float(number * 10**8)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "12abc",
        "1.2.3",
        "3,5",
        "1.234,5",
        "nan",
        "inf",
        "1e999",
        "+",
        "--5",
        "5-",
        "１２x",
        True,
        "万",
        "9" * 30,
    ],
)
def test_what_is_no_number(cell: object) -> None:
    assert isinstance(read_number(cell), Bad)


@pytest.mark.parametrize("cell", [None, "", " ", "-", "—", "/", "N/A", "无", "暂无"])
def test_signs_for_nothing_are_nothing(cell: object) -> None:
    assert read_number(cell) is None
    assert read_date(cell) is None
    assert read_shares([cell], "x") == [None]


def test_units_of_money_in_headers() -> None:
    factors = {
        "总投资（亿元）": 1e8,
        "总投资(单位：万元)": 1e4,
        "budget (million)": 1e6,
        "总投资": None,
        "budget (USD)": 1,
    }
    assert {header: header_factor(header) for header in factors} == factors


@given(st.lists(st.integers(0, 100), min_size=1))
def test_per_cent_reads_back(numbers: list[int]) -> None:
    shares = [n / 100 for n in numbers]
    assert read_shares([f"{n}%" for n in numbers], "完成") == shares
    assert read_shares([f"{n} ％" for n in numbers], "完成") == shares
    assert read_shares(numbers, "累计完成（%）") == shares
    assert read_shares([str(n) for n in numbers], "完成百分比") == shares
    assert read_shares([Share(s) for s in shares], "完成") == shares
    assert read_shares(list(shares), "完成") == shares
    assert read_shares(numbers, "完成", percent=True) == shares
    if max(numbers) > 1:
        assert read_shares(numbers, "完成") == shares


def test_fractions_and_per_cent_in_one_column_are_refused_where_they_differ() -> None:
    read = read_shares([0.5, 45, 1, 0, None, "30%"], "completion")
    assert isinstance(read[0], Bad)
    assert "per cent and fractions" in read[0].problem
    assert read[1:] == [0.45, 0.01, 0.0, None, 0.3]
    assert read_shares([0.5, 45], "completion (%)") == [0.005, 0.45]
    assert read_shares([0.5, 1], "completion") == [0.5, 1.0]


@pytest.mark.parametrize("cell", [150, "150%", -5, "-5%", Share(1.5), Share(-0.1), "101", float("nan"), "x%", "%"])
def test_shares_beyond_all_bounds(cell: object) -> None:
    (read,) = read_shares([cell], "累计完成(%)")
    assert isinstance(read, Bad)


def test_headers_that_say_per_cent() -> None:
    assert [h for h in ("完成%", "完成（％）", "百分比", "Percent done", "进度") if not is_percent_header(h)] == [
        "进度"
    ]


def test_texts() -> None:
    assert read_text("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert read_text(3.0) == "3"
    assert read_text(3.5) == "3.5"
    assert read_text(" 桥 ") == "桥"
    for cell in ("a\x00b", "a\x1bb", "\ud800", "x" * 2_001, 12345678901234567890, float("inf")):
        assert isinstance(read_text(cell), Bad), repr(cell)[:30]
