"""What a kernel draws of a file does not depend on how busy the machine is."""

import itertools
import json
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from ifc_import import worker
from ifc_import.frames import read_frame
from ifc_import.reader import open_model
from ifc_import.source import open_source
from sample_data.build import SampleModel


def drawn(path: Path, seconds_a_look: float, monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], int]:
    """Return the frames with shapes of a worker whose clock runs so fast, and how many signs of life there were."""
    ids = [product.id() for product in open_model(open_source(path), path).by_type("IfcBuildingElement")]
    ticks = itertools.count()
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(ticks) * seconds_a_look))
    asked = json.dumps({"ids": ids, "one_by_one": False}).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(asked)))
    out = BytesIO()
    worker.draw_ifcopenshell(out, str(path))
    out.seek(0)
    frames = list(iter(lambda: read_frame(out), None))
    shapes = [
        [(name, array.tobytes()) for name, array in arrays.items()] for kind, _, arrays in frames if kind == "shapes"
    ]
    return list(shapes), sum(kind == "alive" for kind, _, _ in frames)


def test_a_slow_machine_draws_the_same(sample_models: list[SampleModel], monkeypatch: pytest.MonkeyPatch) -> None:
    path = min((model.path for model in sample_models), key=lambda path: path.stat().st_size)
    fast, none = drawn(path, 0.0, monkeypatch)
    slow, some = drawn(path, 10.0, monkeypatch)
    assert none == 0
    assert some > 10
    assert slow == fast
