"""BCF files (buildingSMART's exchange of issues): read and written."""

from twin.exchange.bcf.build import (
    clash_viewpoint,
    components_of,
    header_file,
    hex_color,
    stable_guid,
    with_opening_comment,
)
from twin.exchange.bcf.reading import read
from twin.exchange.bcf.writing import Written, write, written

__all__ = [
    "Written",
    "clash_viewpoint",
    "components_of",
    "header_file",
    "hex_color",
    "read",
    "stable_guid",
    "with_opening_comment",
    "write",
    "written",
]
