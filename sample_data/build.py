"""Build the sample city into a folder: `build(folder)`, or `python -m sample_data FOLDER`.

What was built by this very code is left as it is, so that a second run takes no time.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sample_data import (
    city,
    community_centre,
    hospital_architecture,
    hospital_clashes,
    hospital_mep,
    hospital_structure,
    housing,
    metro,
    school,
    viaduct,
    water_plant,
)
from sample_data.facts import FACT_FILES, FACTS, SAMPLE_DATE, write_facts
from sample_data.sites import COMMUNITY, HOSPITAL, HOUSING, METRO, SCHOOL, VIADUCT, WATER, Site

CITY_FILE, CLASHES_FILE, SIDECAR_FILE = "滨江市.gpkg", "已知碰撞.json", "河东水厂.georef.json"
STAMP = "built.sha256"  # of the code that built what lies beside it
Progress = Callable[[int, int, str], None]  # files done, files in all, name of the last one


@dataclass(frozen=True, slots=True)
class Plan:
    """An IFC file to be written: by which function, of which project and discipline."""

    file: str
    write: Callable[[Path], None]
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
class SampleFact:
    """A file of facts, in the order to load them.

    kind : "register", "schedule", "links", "progress" or "resources"
    project : code of the project of a schedule or of links; a table names the projects itself
    recorded_at : the day on which it was recorded, or the header of the column that says so
    """

    path: Path
    kind: str
    project: str | None
    recorded_at: date | str


@dataclass(frozen=True, slots=True)
class SampleCity:
    """All that was built; `date` is the day up to which its facts go."""

    models: Sequence[SampleModel]
    file: Path
    layers: Sequence[SampleLayer]
    facts: Sequence[SampleFact]
    date: date


MODELS = (
    Plan("滨江社区服务中心.ifc", community_centre.write, COMMUNITY, "建筑"),
    Plan("河东小学教学楼.ifc", school.write, SCHOOL, "建筑"),
    Plan("市第三人民医院_建筑.ifc", hospital_architecture.write, HOSPITAL, "建筑"),
    Plan("市第三人民医院_结构.ifc", hospital_structure.write, HOSPITAL, "结构"),
    Plan("市第三人民医院_机电.ifc", hospital_mep.write, HOSPITAL, "机电"),
    Plan("江湾高架桥.ifc", viaduct.write, VIADUCT, "桥梁"),
    Plan("地铁2号线人民广场站.ifc", metro.write, METRO, "土建"),
    Plan("河东水厂.ifc", water_plant.write, WATER, "建筑"),
    Plan("江湾安居小区.ifc", housing.write, HOUSING, "建筑"),
)
_WRITERS = {
    CITY_FILE: city.write_city,
    **{plan.file: plan.write for plan in MODELS},
    CLASHES_FILE: hospital_clashes.write_ground_truth,
}
KEPT = (*_WRITERS, SIDECAR_FILE, *FACT_FILES)
BUILDINGS = MODELS[:2]  # small, and enough for whoever needs just a model

LAYERS = tuple(
    SampleLayer(name, kind, name)
    for name, kind in (
        *((kind, kind) for kind in ("districts", "land_use", "parcels", "water", "green", "roads", "rail")),
        *(("metro_stations", "other"), ("utilities", "utilities"), ("buildings", "buildings")),
    )
)


def build(folder: Path, progress: Progress | None = None) -> SampleCity:
    """Write the city's map file, the models and the facts of its key projects; the same contents on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    files = list(_WRITERS)
    stamp, code = folder / STAMP, _code()
    if not stamp.is_file() or stamp.read_text() != code or not all((folder / name).is_file() for name in KEPT):
        stamp.unlink(missing_ok=True)
        _write(folder, files, progress)
        write_facts(folder, folder / CITY_FILE)
        stamp.write_text(code)
    elif progress is not None:
        progress(len(files), len(files), CITY_FILE)
    facts = [SampleFact(folder / fact.file, fact.kind, fact.project, fact.recorded_at) for fact in FACTS]
    return SampleCity([_model(folder, plan) for plan in MODELS], folder / CITY_FILE, LAYERS, facts, SAMPLE_DATE)


def build_models(folder: Path, plans: Sequence[Plan], progress: Progress | None = None) -> list[SampleModel]:
    """Write some of the models; the same bytes on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, [plan.file for plan in plans], progress)
    return [_model(folder, plan) for plan in plans]


def write_one(folder: Path, file: str) -> str:
    """Write one file whole, and return its name."""
    _WRITERS[file](folder / file)
    return file


def _write(folder: Path, files: Sequence[str], progress: Progress | None) -> None:
    """Write the files, some at once: they need nothing of each other."""
    told = progress or (lambda done, total, name: None)
    told(0, len(files), files[0])
    if len(files) < 4:  # starting processes would take longer
        for done, file in enumerate(files, 1):
            told(done, len(files), write_one(folder, file))
        return
    workers = max(1, min(4, os.cpu_count() or 1))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        written = [pool.submit(write_one, folder, file) for file in files]
        for done, future in enumerate(as_completed(written), 1):
            told(done, len(files), future.result())


def _model(folder: Path, plan: Plan) -> SampleModel:
    return SampleModel(folder / plan.file, plan.site.code, plan.site.name, plan.discipline)


def _code() -> str:
    """Return the sha256 of the code that builds."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
