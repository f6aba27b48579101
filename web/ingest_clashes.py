"""The straight line of clashes: models → bodies → one frame → rules → verdicts → groups → life → store.

It knows no Flask and no command line; both call it.
"""

import itertools
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.errors import InvalidInput, OutOfStep
from twin.values.clash import BodyKey, CheckedModel, Clash, ClashGroup, Detection, Untestable
from twin.values.model import State
from twin.values.sentence import Sentence, say
from web.workers import worker_pool

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from twin.judgement.clash.identity import Rebound
    from twin.judgement.clash.life import Lived
    from twin.store import ClashRunRecord, Model, Store
    from twin.values.bodies import Bodies
    from twin.values.clash_rules import RuleSet

Advance = Callable[[str, int, int], None]  # stage ("read", "pairs", "solids", "store"), done, total
MOST_LOOKS = 3  # at a project whose models go on changing
SAME_PLACE = 1e-6  # metres: models that two georeferences place less apart than this stand in one frame


@dataclass(frozen=True, slots=True)
class ClashRun:
    """What came of a run.

    record : as it is kept
    without_geometry : models of the project that have nothing to compare
    """

    record: "ClashRunRecord"
    rules: "RuleSet"
    detection: Detection
    lived: "Lived"
    without_geometry: Sequence[str]


def run_clashes(
    store: "Store",
    project: str,
    rules: "RuleSet",
    *,
    by: str,
    today: date,
    windows: Callable[["Model"], Any] | None = None,
    advance: Advance = lambda stage, done, total: None,
    executor: Callable[[], "Executor"] = worker_pool,
) -> ClashRun:
    """Check the models of a project against each other, and keep what came of it in one transaction.

    by, today : who asked for the run; the day from which on work that begins soon makes a clash worse
    windows : gives (rows, 2) first and last days of work of a model's elements as ordinals, None without a schedule
    executor : makes where pairs are measured

    A model that changes meanwhile makes what was found void: then it looks again, `MOST_LOOKS` times in all.

    Raises NotFound without the project, InvalidInput where no model has geometry, OutOfStep where models go on
    changing; the store is then as it was before.
    """
    for _ in range(MOST_LOOKS - 1):
        with suppress(OutOfStep):
            return _run_once(store, project, rules, by, today, windows, advance, executor)
    return _run_once(store, project, rules, by, today, windows, advance, executor)


def _run_once(
    store: "Store",
    project: str,
    rules: "RuleSet",
    by: str,
    today: date,
    windows: Callable[["Model"], Any] | None,
    advance: Advance,
    executor: Callable[[], "Executor"],
) -> ClashRun:
    """Run as the models stand now; raises OutOfStep where one of them changes meanwhile."""
    from twin.judgement.clash.detect import detect
    from twin.judgement.clash.grouping import group
    from twin.judgement.clash.life import Evidence
    from twin.judgement.clash.life import advance as live_on
    from twin.judgement.clash.workflow import without_schedule
    from twin.store import ClashRunRecord
    from twin.store.clashes import PLACEMENTS

    started_at, clock = datetime.now(UTC), time.perf_counter()
    placements = store.current_placements(project)  # first: whoever moves a model from here on is noticed
    checked, models = checked_models(store, project, windows, advance)
    empty, undrawn = _others(models, checked), not_drawn(store, models, rules)
    evidence = Evidence(rules=rules, rebound=followed(store, project, checked), regroup=group)
    with executor() as workers:
        detection = detect(checked, rules, workers, partial(advance, "solids"), today.toordinal())
    detection = replace(detection, untestable=[*undrawn, *detection.untestable])
    advance("store", 0, 1)
    untimed = without_schedule(checked, rules)
    record = ClashRunRecord(
        id=str(uuid.uuid4()),
        project=project,
        started_at=started_at,
        seconds=time.perf_counter() - clock,
        by=by,
        rules=rules.name,
        models={model.model: model.revision for model in checked},
        examined=detection.examined,
        untestable_pairs=detection.untestable,
        rules_without_match=[rule for rule in detection.rules_without_match if rule not in untimed],
        found=len(detection.clashes),
        notices=[*map(_no_geometry, empty), *map(_no_schedule, untimed)],
        document=asdict(rules),
        options={PLACEMENTS: placements},
    )

    def live(kept: Sequence[Clash], groups: Sequence[ClashGroup]) -> "Lived":
        return live_on(project, kept, detection, checked, groups, at=started_at, by=by, evidence=evidence)

    lived = store.put_clash_run(record, live)
    advance("store", 1, 1)
    return ClashRun(record, rules, detection, lived, [model.model for model in empty])


def followed(store: "Store", project: str, checked: Sequence[CheckedModel]) -> "Mapping[str, Rebound]":
    """Return model → how the elements that clashes speak of are found again, where it has another revision by now."""
    from twin.judgement.clash.identity import describe, rebind_models

    looked_at = store.checked_revisions(project)
    before = {}
    for model in checked:
        if looked_at.get(model.model, model.revision) == model.revision:
            continue
        old = store.revision_elements(model.model, looked_at[model.model])
        if old is not None:
            before[model.model] = describe(old.global_ids, old.ifc_classes, old.names, old.tags, old.bodies)
    return rebind_models(before, checked)


def _others(models: Sequence["Model"], checked: Sequence[CheckedModel]) -> list["Model"]:
    """Return the models that are not among those that were checked."""
    looked_at = {model.model for model in checked}
    return [model for model in models if model.model not in looked_at]


def _no_geometry(model: "Model") -> Sentence:
    return say("Model {model} has no geometry: nothing of it was compared.", model=model.model)


def _no_schedule(rule: str) -> Sentence:
    return say(
        "Rule {rule} asks for work at the same time, and no schedule says when anything is built, so it proves "
        "nothing: load one with `twin schedule load`.",
        rule=rule,
    )


def not_drawn(store: "Store", models: "Sequence[Model]", rules: "RuleSet") -> list[Untestable]:
    """Return the elements that should have a body, have none, and that a rule may speak of: each with itself."""
    from twin.judgement.clash.detect import may_speak_of

    found = []
    for model in models:
        if not model.ledger.failed:
            continue
        for text in store.element_texts(model.model):
            if text.state == State.FAILED and may_speak_of(
                rules, model.discipline or model.stem, text.ifc_class, text.name
            ):
                key = BodyKey(model.model, text.global_id)
                found.append(Untestable(key, key, _no_body(model, text.ifc_class, text.name)))
    return found


def _no_body(model: "Model", ifc_class: str, name: str) -> Sentence:
    return say(
        "{element} could not be drawn at import, so nothing was compared with it: mend it and import {file} again.",
        element=f"{ifc_class} {name}".strip(),
        file=model.file,
    )


def chosen_rules(
    file: Path | None, tolerance: float | None, clearance: float | None, models: Sequence["Model"]
) -> "RuleSet":
    """Return the rules of a run: a file's, else one rule made of the options, else the built-in set.

    tolerance, clearance : metres; with a rule file they take the place of what its rules say
    models : of the project; those of one discipline only are compared element by element
    """
    from twin.exchange.clash_rules import default_rules, read_clash_rules, rules_from_options

    if file is not None:
        return with_lengths(read_clash_rules(file), tolerance, clearance)
    if tolerance is None and clearance is None:
        return default_rules()
    disciplines = sorted({model.discipline or model.stem for model in models})
    return rules_from_options(disciplines, tolerance, clearance)


def with_lengths(rules: "RuleSet", tolerance: float | None, clearance: float | None) -> "RuleSet":
    """Return rules whose lengths are those of the options, where these are given; rules without room get none."""
    changed = [
        replace(
            rule,
            tolerance=rule.tolerance if tolerance is None else tolerance,
            clearance=rule.clearance if clearance is None or not rule.clearance else clearance,
        )
        for rule in rules.rules
    ]
    return replace(rules, rules=changed)


def without_bodies(store: "Store", project: str) -> list["Model"]:
    """Return the models of a project that were imported before bodies were kept."""
    _, models = store.project(project)
    return [model for model in models if store.bodies(model.model) is None]


def checked_models(
    store: "Store", project: str, windows: Callable[["Model"], Any] | None, advance: Advance
) -> tuple[list[CheckedModel], list["Model"]]:
    """Return a project's models with geometry as a run looks at them, in the frame of the first one, and all of them.

    Raises NotFound without the project, InvalidInput where there is nothing to compare.
    """
    models = sorted(store.project(project)[1], key=lambda model: model.model)
    if not models:
        raise InvalidInput("Project {code} has no models: `twin import FILE --project {code}` adds one.", code=project)
    found: list[CheckedModel] = []
    first: Model | None = None
    for number, model in enumerate(models):
        advance("read", number, len(models))
        bodies = bodies_of_model(store, model)
        if not len(bodies):
            continue
        first = first or model
        frame = frame_from_local(first, model)
        found.append(_checked(store, model, bodies, frame, None if windows is None else windows(model)))
    advance("read", len(models), len(models))
    if not found:
        raise InvalidInput(
            "No model of project {code} has geometry, so nothing can clash: import models with bodies.", code=project
        )
    return found, models


def frame_from_local(first: "Model", model: "Model") -> Any:
    """Return (4, 4) float64: the local frame of a model seen from the local frame of the first, metres.

    Both frames carry the map's point scale, which cancels: lengths stay those of the models.  Where the two differ by
    no more than rounding over the model's box, the identity is returned: models of one frame are compared as drawn.
    """
    assert model.box is not None  # it has bodies
    matrix = np.linalg.solve(first.georeference.ecef_from_local, model.georeference.ecef_from_local)
    corners = np.array([[x, y, z, 1.0] for x, y, z in itertools.product(*np.transpose(model.box))])
    moved = np.abs(corners @ matrix.T - corners).max()
    return np.eye(4) if moved < SAME_PLACE else matrix


def bodies_of_model(store: "Store", model: "Model") -> "Bodies":
    """Return a model's bodies; those of a revision that was imported before they were kept are drawn again."""
    found = store.bodies(model.model)
    if found is None:
        found, connections = draw_again(store, model)
        store.put_bodies(model.model, found, connections, revision=model.revision)
    return found


def draw_again(store: "Store", model: "Model") -> tuple["Bodies", Sequence[tuple[str, str, str]]]:
    """Draw a kept file once more, as its import did; return bodies by feature row, and connections."""
    import tempfile

    from ifc_import.reader import drawing_started, read_model
    from ifc_import.source import open_source
    from twin.values.bodies import bodies_of

    with tempfile.TemporaryDirectory(prefix="twin-clash-") as folder:
        path = Path(folder) / model.file
        path.write_bytes(store.blobs.get(model.sha256))
        source = open_source(path)
        kernel = model.kernel if "+" not in model.kernel else None
        with drawing_started(source, kernel) as (text_path, workers):
            drawn = read_model(source, text_path, workers).model
    ids = [element.global_id for element in drawn.drawn()]
    if ids != list(store.element_columns(model.model).global_id):
        raise InvalidInput(
            "Model {model} is drawn otherwise today than when it was imported: import {file} again.",
            model=model.model,
            file=model.file,
        )
    return bodies_of(drawn.drawn(), drawn.shapes), drawn.connections


def _checked(store: "Store", model: "Model", bodies: "Bodies", frame: Any, windows: Any) -> CheckedModel:
    columns = store.element_columns(model.model)
    texts = store.element_texts(model.model)
    tags = {text.global_id: text.tag or "" for text in texts}
    systems: dict[str, list[str]] = {}
    for group in store.element_groups(model.model):
        if group.ifc_class in SYSTEM_CLASSES:
            for row in group.rows:
                systems.setdefault(columns.global_id[row], []).append(group.name or group.global_id)
    return CheckedModel(
        model=model.model,
        project=model.project,
        discipline=model.discipline or model.stem,
        revision=model.revision,
        global_ids=columns.global_id,
        ifc_classes=[columns.classes[number] for number in columns.ifc_class],
        names=columns.name,
        tags=[tags.get(global_id, "") for global_id in columns.global_id],
        storeys=[columns.storeys[number].name if number >= 0 else "" for number in columns.storey],
        parents=store.element_parents(model.model),
        connections=store.connections(model.model),
        systems=systems,
        properties=lambda rows: store.element_properties(model.model, rows),
        windows=windows,
        bodies=bodies,
        frame_from_local=frame,
        classes={text.global_id: text.ifc_class for text in texts if text.state != State.DRAWN},
    )


SYSTEM_CLASSES = ("IfcSystem", "IfcDistributionSystem", "IfcDistributionCircuit", "IfcBuildingSystem")
