"""A table as values: what every reader of tables gives, and how large one may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.values.project import CellProblem
from twin.values.sentence import Sentence

MAX_BYTES = 500_000_000  # of a file as it lies on the disk
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000
MAX_TEXT = 32_767  # signs of a cell: what a spreadsheet holds


class Share(float):
    """A number that its cell shows as per cent: 0.45 is 45 %."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header.

    columns : headers, each once, in the order of the file; of a header in two rows "upper/lower"
    rows : (row as a spreadsheet counts from 1, of GeoJSON the number of the feature;
        header → cell: str, int, float, `Share`, bool, date, datetime or None)
    file : name of the file
    places : row → GeoJSON geometry in `lnglat` (GeoJSON only)
    notices : what was left out or decided; problems : cells that cannot be read whatever they should mean
    titles : texts above the header ("单位：万元"); header_row : where the header begins, 0 where it has no row
    """

    columns: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, object]]]
    file: str
    places: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    notices: Sequence[Sentence] = ()
    problems: Sequence[CellProblem] = ()
    titles: Sequence[str] = ()
    header_row: int = 0
