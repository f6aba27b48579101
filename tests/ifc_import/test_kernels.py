"""Kernels die; the import goes on, draws all the rest, and names the culprit."""

from pathlib import Path

import pytest

from ifc_import import kernels
from ifc_import.kernels import Limits, Worker, draw_ifcopenshell, finish_lite
from ifc_import.reader import drawing_started, ledger_counts, read_model
from ifc_import.source import open_source
from tests.ifc_import.text_model import box, model


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "WORKER", "tests.ifc_import.deadly_worker")
    monkeypatch.setenv("TWIN_KERNEL_TIMEOUT", "3")
    monkeypatch.setenv("TWIN_KERNEL_MEMORY_MB", "4096")


def write(folder: Path, *names: str) -> Path:
    path = folder / "model.ifc"
    boxes = [
        box(100 + 20 * i, f"'0box0000000000000000{i:02}'", f"'{name}'", at=5.0 * i) for i, name in enumerate(names)
    ]
    path.write_bytes(model(*boxes))
    return path


@pytest.mark.parametrize("death", ["crash", "hang", "memory"])
@pytest.mark.usefixtures("deadly")
def test_the_culprit_fails_and_its_neighbours_are_drawn(death: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a", f"{death} 1", "b", "c", f"{death} 2", "d")
    drawing = draw_ifcopenshell(path, [100, 120, 140, 160, 180, 200], Limits.from_environment())
    assert sorted(drawing.placed) == [100, 140, 160, 200]
    assert sorted(drawing.failed) == [120, 180]
    expected = {"crash": "signal 6", "hang": "no sign of life for 3 s", "memory": "refused|out of memory"}[death]
    assert all(any(part in reason for part in expected.split("|")) for reason in drawing.failed.values())


@pytest.mark.parametrize("death", ["crash", "hang", "memory"])
@pytest.mark.usefixtures("deadly")
def test_a_file_that_kills_the_fast_kernel_is_drawn_by_the_second(death: str, tmp_path: Path) -> None:
    source = open_source(write(tmp_path, "a", death, "b"))
    with drawing_started(source, None) as (path, worker):
        read = read_model(source, path, worker).model
    counts = ledger_counts(read.elements)
    assert (counts["drawn"], counts["failed"]) == (2, 1)
    assert read.kernel == "ifcopenshell"
    assert any("fast geometry kernel" in notice for notice in read.notices)


def test_both_kernels_agree_on_a_box(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "b", "c")
    fast = finish_lite(Worker("lite", path, Limits()))
    second = draw_ifcopenshell(path, [100, 120, 140], Limits())
    for step_id, at in ((100, 0.0), (120, 5.0), (140, 10.0)):
        for drawing in (fast, second):
            placed = drawing.placed[step_id]
            points = (
                drawing.shapes[placed.shape].vertices @ placed.local_from_shape[:3, :3].T
                + placed.local_from_shape[:3, 3]
            )
            assert points.min(axis=0).round(6).tolist() == [at - 0.5, -1.0, 0.0]
            assert points.max(axis=0).round(6).tolist() == [at + 0.5, 1.0, 3.0]
    assert len(fast.shapes) == len(second.shapes) == 1  # three times the same box


def test_a_forced_kernel_draws_alone(tmp_path: Path) -> None:
    for kernel in ("lite", "ifcopenshell"):
        source = open_source(write(tmp_path, "a"))
        with drawing_started(source, kernel) as (path, worker):
            assert read_model(source, path, worker).model.kernel == kernel
