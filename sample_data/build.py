"""Build the sample city into a folder: `build(folder)`, or `python -m sample_data FOLDER`.

What was built by this very code is left as it is, so that a second run takes no time.
"""

import hashlib
import importlib
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sample_data.sites import COMMUNITY, HOSPITAL, HOUSING, METRO, SCHOOL, VIADUCT, WATER, Site

CITY_FILE = "滨江市.gpkg"
STAMP = "built.sha256"  # of the code that built what lies beside it
Progress = Callable[[int, int, str], None]  # files done, files in all, name of the last one


@dataclass(frozen=True, slots=True)
class Plan:
    """A file to be written: by which module's `write`, of which project and discipline."""

    file: str
    module: str
    site: Site
    discipline: str


@dataclass(frozen=True, slots=True)
class SampleModel:
    """A written IFC file, with the project and the discipline it belongs to.

    project : code of the project; name : of the project
    """

    path: Path
    project: str
    name: str
    discipline: str


@dataclass(frozen=True, slots=True)
class SampleLayer:
    """A city layer: its name and kind in the twin, and its name in the city's file."""

    name: str
    kind: str
    source_layer: str


@dataclass(frozen=True, slots=True)
class SampleCity:
    """All that was built."""

    models: Sequence[SampleModel]
    file: Path
    layers: Sequence[SampleLayer]


MODELS = (
    Plan("滨江社区服务中心.ifc", "community_centre", COMMUNITY, "建筑"),
    Plan("河东小学教学楼.ifc", "school", SCHOOL, "建筑"),
    Plan("市第三人民医院_建筑.ifc", "hospital_architecture", HOSPITAL, "建筑"),
    Plan("市第三人民医院_结构.ifc", "hospital_structure", HOSPITAL, "结构"),
    Plan("市第三人民医院_机电.ifc", "hospital_mep", HOSPITAL, "机电"),
    Plan("江湾高架桥.ifc", "viaduct", VIADUCT, "桥梁"),
    Plan("地铁2号线人民广场站.ifc", "metro", METRO, "土建"),
    Plan("河东水厂.ifc", "water_plant", WATER, "建筑"),
    Plan("江湾安居小区.ifc", "housing", HOUSING, "建筑"),
)
BUILDINGS = MODELS[:2]  # small, and enough for whoever needs just a model

LAYERS = tuple(
    SampleLayer(name, kind, name)
    for name, kind in (
        *((kind, kind) for kind in ("districts", "land_use", "parcels", "water", "green", "roads", "rail")),
        *(("metro_stations", "other"), ("utilities", "utilities"), ("buildings", "buildings")),
    )
)


def build(folder: Path, progress: Progress | None = None) -> SampleCity:
    """Write the city's map file and the models of its key projects; the same contents on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(CITY_FILE, "city"), *((plan.file, plan.module) for plan in MODELS), ("已知碰撞.json", "hospital_clashes")]
    stamp, code = folder / STAMP, _code()
    if not stamp.is_file() or stamp.read_text() != code or not all((folder / file).is_file() for file, _ in tasks):
        stamp.unlink(missing_ok=True)
        _write(folder, tasks, progress)
        stamp.write_text(code)
    elif progress is not None:
        progress(len(tasks), len(tasks), CITY_FILE)
    return SampleCity([_model(folder, plan) for plan in MODELS], folder / CITY_FILE, LAYERS)


def build_models(folder: Path, plans: Sequence[Plan], progress: Progress | None = None) -> list[SampleModel]:
    """Write some of the models; the same bytes on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, [(plan.file, plan.module) for plan in plans], progress)
    return [_model(folder, plan) for plan in plans]


def write_one(folder: Path, file: str, module: str) -> str:
    """Write one file by its module, whole or not at all, and return its name."""
    made = importlib.import_module(f"sample_data.{module}")
    write: Callable[[Path], None] = getattr(made, _WRITERS.get(module, "write"))
    write(folder / file)
    return file


_WRITERS = {"city": "write_city", "hospital_clashes": "write_ground_truth"}


def _write(folder: Path, tasks: Sequence[tuple[str, str]], progress: Progress | None) -> None:
    """Write the files, some at once: they need nothing of each other."""
    told = progress or (lambda done, total, name: None)
    told(0, len(tasks), tasks[0][0])
    if len(tasks) < 4:  # starting processes would take longer
        for done, (file, module) in enumerate(tasks, 1):
            told(done, len(tasks), write_one(folder, file, module))
        return
    workers = max(1, min(4, os.cpu_count() or 1))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        written = [pool.submit(write_one, folder, file, module) for file, module in tasks]
        for done, future in enumerate(as_completed(written), 1):
            told(done, len(tasks), future.result())


def _model(folder: Path, plan: Plan) -> SampleModel:
    return SampleModel(folder / plan.file, plan.site.code, plan.site.name, plan.discipline)


def _code() -> str:
    """Return the sha256 of the code that builds."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
