"""Figures that long suites measure: kept in the file that $TWIN_FIGURES names, for `tests.robustness`."""

import fcntl
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def put(name: str, figures: Mapping[str, Any]) -> None:
    """Keep figures under a name, where somebody wants them."""
    if not (target := os.environ.get("TWIN_FIGURES")):
        return
    with open(target, "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests may run in several processes
        file.seek(0)
        kept = json.loads(file.read() or "{}")
        kept[name] = {**figures, "measured": f"{datetime.now(UTC):%Y-%m-%d}"}
        file.truncate(0)
        file.write(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")
