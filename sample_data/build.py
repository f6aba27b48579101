"""Build the sample buildings into a folder: `build(folder)`, or `python -m sample_data FOLDER`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sample_data import community_centre, school


@dataclass(frozen=True, slots=True)
class SampleModel:
    """A written IFC file, with the project and the discipline it belongs to.

    project : code and name of the project
    """

    path: Path
    project: str
    name: str
    discipline: str


MODELS = (
    ("滨江社区服务中心.ifc", "BJ-001", "滨江社区服务中心", "建筑", community_centre.write),
    ("河东小学教学楼.ifc", "BJ-002", "河东小学教学楼", "建筑", school.write),
)


def build(folder: Path, progress: Callable[[int, int, str], None] | None = None) -> list[SampleModel]:
    """Write the sample buildings into `folder`; the same bytes on every run.

    progress : called with (models done, models in all, name of the next or last one)
    """
    folder.mkdir(parents=True, exist_ok=True)
    models = []
    for done, (file, project, name, discipline, write) in enumerate(MODELS):
        if progress is not None:
            progress(done, len(MODELS), name)
        write(folder / file)
        models.append(SampleModel(folder / file, project, name, discipline))
    if progress is not None:
        progress(len(MODELS), len(MODELS), MODELS[-1][2])
    return models
