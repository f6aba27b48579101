"""The mapping file of a foreign table: which of its columns is which field, and how its cells are written.

encoding = "GB18030"
[columns]
code = "PID"                 # field = header; "" leaves a field out that would be found by its name
[values.stage]
"Construction" = "construction"   # what the table says = what is meant; "" is: nothing is said
[formats]
date = "%m/%d/%Y"            # of all dates, or of one field by its name; of shares "percent" or "fraction"
[factors]
budget = 1000                # the table counts in thousands
[constants]
currency = "USD"             # a field that no column has
"""

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.errors import InvalidInput
from twin.exchange.toml_text import toml_problem

_SECTIONS = ("columns", "values", "formats", "factors", "constants")
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801
    """What a mapping file says.

    columns : field → header; values : field → (text of the table → text that is read instead)
    formats : field, or "date" for all → form of its dates; "percent" or "fraction" for shares
    factors : field → what its numbers are multiplied with; constants : field → text for all rows
    """

    file: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, float] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None

    def check(self, fields: Collection[str]) -> None:
        """Raise InvalidInput for a field that this kind of table does not have."""
        named = {
            "columns": self.columns,
            "values": self.values,
            "formats": [name for name in self.formats if name != "date"],
            "factors": self.factors,
            "constants": self.constants,
        }
        for section, names in named.items():
            for name in names:
                if name not in fields:
                    raise InvalidInput(
                        "The mapping {file} names a field {field} in [{section}], which this table does not have: "
                        "choose among {known}.",
                        file=self.file,
                        field=name[:60],
                        section=section,
                        known=", ".join(fields),
                    )

    def form(self, name: str) -> str | None:
        """Return the form of a field's dates; None: the common ones."""
        return self.formats.get(name, self.formats.get("date"))


def read_mapping(path: Path) -> Mapping_:
    """Return what a mapping file says; raises InvalidInput where it is no mapping."""
    text = ""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput("The mapping {file} is too large: it has a few lines only.", file=path.name)
        text = path.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise InvalidInput(
            "The mapping {file} cannot be read: {reason}. Check path and permissions.",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML
        raise InvalidInput(
            "The mapping {file} is no valid TOML ({reason}): mend that line.",
            file=path.name,
            reason=toml_problem(text, error),
        ) from error
    return _checked(document, path.name)


def _checked(document: Mapping[str, Any], file: str) -> Mapping_:
    """Return a mapping whose sections have the form that they should have."""
    for name in document:
        if name not in (*_SECTIONS, "encoding"):
            raise InvalidInput(
                "The mapping {file} has a section [{section}]: known are {known}.",
                file=file,
                section=name[:60],
                known=", ".join((*_SECTIONS, "encoding")),
            )
    encoding = document.get("encoding")
    if encoding is not None and not isinstance(encoding, str):
        raise _wrong(file, "encoding")
    values = _table(document, "values", file)
    return Mapping_(
        file=file,
        columns=_texts(_table(document, "columns", file), file, "columns"),
        values={name: _texts(section, file, f"values.{name}") for name, section in values.items()},
        formats=_texts(_table(document, "formats", file), file, "formats"),
        factors=_numbers(_table(document, "factors", file), file),
        constants={
            name: str(value) for name, value in _scalars(_table(document, "constants", file), file, "constants").items()
        },
        encoding=encoding,
    )


def _table(document: Mapping[str, Any], name: str, file: str) -> Mapping[str, Any]:
    section = document.get(name, {})
    if not isinstance(section, dict):
        raise _wrong(file, name)
    return section


def _texts(section: object, file: str, name: str) -> Mapping[str, str]:
    if not isinstance(section, dict) or not all(isinstance(value, str) for value in section.values()):
        raise _wrong(file, name)
    return section


def _scalars(section: Mapping[str, Any], file: str, name: str) -> Mapping[str, Any]:
    if any(isinstance(value, (dict, list)) for value in section.values()):
        raise _wrong(file, name)
    return section


def _numbers(section: Mapping[str, Any], file: str) -> Mapping[str, float]:
    for name, value in section.items():
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not fits or not (math.isfinite(float(value)) and value > 0):
            raise InvalidInput(
                "The mapping {file} has a factor of {field} that is no number above 0: write for instance 10000.",
                file=file,
                field=name[:60],
            )
    return {name: float(value) for name, value in section.items()}


def _wrong(file: str, section: str) -> InvalidInput:
    return InvalidInput(
        'The mapping {file} has a section [{section}] of another form: write lines such as name = "text".',
        file=file,
        section=section[:60],
    )
