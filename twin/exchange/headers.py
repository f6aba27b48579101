"""The headers that tables have, in English and Chinese, by field (`headers.toml`), and how they are compared.

A header that is not known is told, never guessed: `--map` names it.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files

from twin.exchange.cells import narrow
from twin.exchange.table_header import header_key

_DATA = tomllib.loads((files("twin.exchange") / "headers.toml").read_text(encoding="utf-8"))

REGISTER: Mapping[str, Sequence[str]] = _DATA["register"]
PROGRESS: Mapping[str, Sequence[str]] = {
    **_DATA["facts"],
    **_DATA["progress"],
    "stage": REGISTER["stage"],
    "note": [*REGISTER["note"], *_DATA["progress"]["note"]],
}
RESOURCES_LONG: Mapping[str, Sequence[str]] = {**_DATA["facts"], **_DATA["resources"]}
RECORDED: Sequence[str] = _DATA["recorded"]["recorded_at"]


def bare_key(header: str) -> str:
    """Return a header as it is compared with known ones: without brackets that name a unit or say per cent.

    >>> bare_key("总投资（万元）"), bare_key("区（县）"), bare_key("累计完成（%）"), bare_key("Percent_Complete %")
    ('总投资', '区(县)', '累计完成', 'percentcomplete')
    """
    text = re.sub(r" \(\d+\)$", "", header)  # the second column of the same name
    return re.sub(r"[%:：]+$", "", re.sub(rf"\((?:{_UNITS})\)", "", header_key(text)))


_UNITS = (
    r"(?:单位[:：]?)?(?:人民币)?(?:亿|百万|十万|万|千)?元?|%|百分比|0[-~]1|(?:万|千)?(?:吨|t|kg|千克|立方米|立方|方|m3|m2|㎡|平方米)|亩|公顷|ha|"
    r"人日|工日|人天|人工日|台班|台日|[a-z]{3}|person-?days?|machine-?days?|必填|选填|年月日?|yyyy.mm.dd"
)


def resource_column(header: str) -> tuple[str, str] | None:
    """Return which resource and which of its figures a column holds, in whatever order its header says so.

    >>> resource_column("资金/计划（万元）"), resource_column("funds_used"), resource_column("备注")
    (('funds', 'planned'), ('funds', 'used'), None)
    """
    return _RESOURCE_COLUMNS.get(bare_key(header).replace("/", "").replace("-", ""))


def resource_named(text: str) -> str | None:
    """Return which resource a cell names.

    >>> resource_named("商品混凝土"), resource_named("Funds"), resource_named("gold")
    ('concrete', 'funds', None)
    """
    return _RESOURCES.get(header_key(text))


def known_headers(fields: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return header in the form of `bare_key` → field; the first field that claims a header has it."""
    known: dict[str, str] = {}
    for name, headers in fields.items():
        for header in (name, *headers):
            known.setdefault(header_key(header), name)
    return known


def unit_in(header: str) -> str | None:
    """Return what stands in the last brackets of a header: the unit of its figures.

    >>> unit_in("混凝土/计划（m3）"), unit_in("concrete_used")
    ('m3', None)
    """
    found: Sequence[str] = re.findall(r"\(([^()]+)\)", narrow(header).replace("³", "3").replace("²", "2"))
    return found[-1].strip().removeprefix("单位:").strip() if found else None


def header_row_keys(*tables: Mapping[str, Sequence[str]], more: Collection[str] = ()) -> frozenset[str]:
    """Return the keys by which the header row of a table is found."""
    return frozenset({key for fields in tables for key in known_headers(fields)} | {header_key(name) for name in more})


_RESOURCES = {header_key(word): name for name, words in _DATA["resource_words"].items() for word in (name, *words)}
_RESOURCE_COLUMNS = {
    pair: (resource, measure)
    for resource, words in _DATA["resource_words"].items()
    for measure, measures in _DATA["measure_words"].items()
    for word in (resource, *words)
    for of in (measure, *measures)
    for pair in (header_key(word + of), header_key(of + word))
}
