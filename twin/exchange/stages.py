"""The stages of a project's life and of its approval, as `stages.toml` has them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from twin.exchange.table_header import header_key
from twin.values.sentence import Sentence, say

LIFECYCLE, APPROVAL = "lifecycle", "approval"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: `id` is what values and the API call it; `source`: who set it down."""

    id: str
    zh: str
    en: str
    order: int
    source: str
    also: Sequence[str] = ()


def lifecycle_stages() -> Sequence[Stage]:
    """Return the stages of a project's life, in their order."""
    return _read()[LIFECYCLE]


def approval_stages() -> Sequence[Stage]:
    """Return the national stages of approval, in their order."""
    return _read()[APPROVAL]


def stage(name: str) -> str | None:
    """Return the id of the lifecycle stage that a text names in Chinese, English or by its id; None: of none.

    >>> stage("建设实施"), stage("Construction"), stage("施工许可")
    ('construction', 'construction', None)
    """
    return _names(LIFECYCLE).get(header_key(name).removesuffix("阶段"))


def approval_stage(name: str) -> str | None:
    """Return the id of the approval stage that a text names; None: of none.

    >>> approval_stage("施工许可阶段"), approval_stage("建设实施")
    ('construction_permit', None)
    """
    return _names(APPROVAL).get(header_key(name).removesuffix("阶段"))


def unknown_stage(kind: str) -> Sentence:
    """Return what is said of a text that names no stage of a kind."""
    known = ", ".join(f"{stage.zh} ({stage.id})" for stage in _read()[kind])
    return say("this is no known stage: {known}", known=known)


@cache
def _read() -> Mapping[str, Sequence[Stage]]:
    document = tomllib.loads((files("twin.exchange") / "stages.toml").read_text(encoding="utf-8"))
    return {kind: sorted((Stage(**row) for row in rows), key=lambda s: s.order) for kind, rows in document.items()}


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Return name as names are compared → id."""
    return {
        header_key(name).removesuffix("阶段"): stage.id
        for stage in _read()[kind]
        for name in (*stage.also, stage.en, stage.zh, stage.id)
    }
