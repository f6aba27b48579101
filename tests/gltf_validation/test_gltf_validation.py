"""Every glb passes Khronos' gltf-validator without an error."""

from pathlib import Path

import pytest

from sample_data.build import SampleModel
from tests.baking import baked
from tests.conftest import real_data_folder
from tests.gltf_validation import reports_of


def check(folder: Path, models: list[Path]) -> None:
    for path in models:
        for tileset in baked(path).tilesets:
            for file in tileset.contents:
                (folder / file.path).write_bytes(file.content)
    files = sorted(folder.glob("*.glb"))
    assert files
    reports = reports_of(files)
    assert set(reports) == {str(file) for file in files}
    assert {path: report["messages"] for path, report in reports.items() if report["errors"]} == {}


def test_the_samples_are_valid_gltf(sample_models: list[SampleModel], tmp_path: Path) -> None:
    check(tmp_path, [model.path for model in sample_models])


@pytest.mark.real_data
def test_the_real_models_are_valid_gltf(real_data: Path, tmp_path: Path) -> None:
    check(tmp_path, sorted((real_data / "ifc").glob("*.ifc")))


def test_a_broken_glb_is_found(sample_models: list[SampleModel], tmp_path: Path) -> None:
    content = baked(sample_models[0].path).tilesets[0].contents[0].content
    broken = tmp_path / "broken.glb"
    broken.write_bytes(content.replace(b'"SCALAR"', b'"VEC2"  ', 1))
    (report,) = reports_of([broken]).values()
    assert report["errors"] > 0


def test_real_data_is_a_folder_of_models() -> None:
    folder = real_data_folder() / "ifc"
    if not folder.is_dir():
        pytest.skip(f"The real models are not at {folder}.")
    assert len(list(folder.glob("*.ifc"))) > 10
