"""`python -m sample_data FOLDER` writes the sample city."""

import sys
from pathlib import Path

from sample_data.build import build


def main(arguments: list[str]) -> int:
    """Write the files, print their paths; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m sample_data FOLDER\n")
        return 2
    city = build(Path(arguments[0]))
    for path in (city.file, *(model.path for model in city.models), *(fact.path for fact in city.facts)):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
