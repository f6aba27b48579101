"""BCF files (buildingSMART's exchange of issues): read and written."""

from twin.exchange.bcf.reading import read
from twin.exchange.bcf.writing import Written, write, written

__all__ = ["Written", "read", "write", "written"]
