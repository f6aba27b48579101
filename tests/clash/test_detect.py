"""Whole runs: from models and rules to clashes, in this process and in a pool."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.clash.shapes import FACES, bodies, box, model, pose, rule_set
from twin.errors import InvalidInput
from twin.judgement.clash import batches, candidates
from twin.judgement.clash.detect import detect, may_speak_of
from twin.judgement.clash.measure import measure
from twin.judgement.clash.solids import Solid
from twin.values.clash import CheckedModel, ClashType, Detection, Method
from twin.values.clash_rules import ClashRule, RuleSet, Selector

FAR = np.array([4.0e7, 5.0e5, 80.0])  # Gauss-Krueger eastings with the zone's number, and more
PLAIN = (ClashType.HARD, ClashType.CONTAINED, ClashType.DUPLICATE)


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def crowd(count: int, seed: int = 0) -> CheckedModel:
    """Boxes in a crowd, some open, some broken, some twice."""
    random = np.random.default_rng(seed)
    meshes, places = [], []
    for row in range(count):
        vertices, faces = box(random.uniform(0.1, 1.5, 3))
        if row % 17 == 3:
            faces = faces[:-1]
        if row % 41 == 5:
            vertices[2, 1] = np.nan
        if row % 43 == 6:
            faces = faces * 0
        meshes.append((vertices, faces))
        places.append(pose(random.normal(0, 0.3, 3), random.uniform(0, count ** (1 / 3), 3)))
    meshes[1], places[1] = meshes[0], places[0]
    return model(bodies(meshes, places))


def told(found: Detection) -> list[tuple[object, ...]]:
    clashes = [
        (c.rule, c.a, c.b, c.type, c.measured.depth, c.measured.volume, c.measured.distance, *c.measured.point)
        for c in found.clashes
    ]
    return [*clashes, *((u.a, u.b, u.reason.template) for u in found.untestable), (found.examined,)]


def types(found: Detection) -> dict[tuple[str, str], ClashType]:
    return {(c.a.global_id, c.b.global_id): c.type for c in found.clashes}


def row(*lows: float, size: tuple[float, float, float] = (1, 1, 1)) -> CheckedModel:
    return model(bodies([box(size, (low, 0, 0)) for low in lows]))


def test_every_type_in_the_order_of_the_pairs() -> None:
    things = [
        box((4, 0.2, 3)),
        box((4, 0.2, 3), (3.997, 0, 0)),
        box((1, 1, 1), (1, 0.199, 1)),
        box((0.1, 0.1, 0.1), (1, 0.05, 1)),
        box((4, 0.2, 3)),
        box((1, 1, 0.5), (2, 0.24, 2.2)),
        box((1, 1, 1), (90, 0, 0)),
    ]
    found = detect([model(bodies(things))], rule_set(clearance=0.05))
    assert types(found) == {
        ("m-0", "m-1"): ClashType.HARD,
        ("m-0", "m-2"): ClashType.TOUCH,
        ("m-0", "m-3"): ClashType.CONTAINED,
        ("m-0", "m-4"): ClashType.DUPLICATE,
        ("m-0", "m-5"): ClashType.CLEARANCE,
        ("m-1", "m-4"): ClashType.HARD,
        ("m-2", "m-3"): ClashType.CLEARANCE,
        ("m-2", "m-4"): ClashType.TOUCH,
        ("m-3", "m-4"): ClashType.CONTAINED,
        ("m-4", "m-5"): ClashType.CLEARANCE,
    }
    assert [(c.a, c.b) for c in found.clashes] == sorted((c.a, c.b) for c in found.clashes)
    assert found.rules == ["all"]
    assert not found.untestable
    assert not found.rules_without_match


@pytest.mark.parametrize("turn", [(0, 0, 0), (0, 0, 0.7), (0.2, -0.4, 1.1)])
@pytest.mark.parametrize("where", ["matrix", "vertices", "frame", "nowhere"])
def test_a_tenth_of_a_millimetre_far_from_the_origin(turn: tuple[float, ...], where: str) -> None:
    """However a model says that it is 40,000 km away: tolerances mean what they say."""
    rotation = Rotation.from_rotvec(turn)
    meshes, wanted = [], []
    for number, thickness in enumerate((0.001, 0.0019, 0.0021, 0.003, 0.0)):
        low = np.array([20.0 * number, 0, 0])
        meshes += [box((4, 0.2, 3), low), box((4, 0.2, 3), low + np.array([4 - thickness, 0, 0]))]
        wanted.append(ClashType.HARD if thickness > 0.002 else ClashType.TOUCH)
    for number, gap in enumerate((0.0499, 0.0501)):
        low = np.array([20.0 * number, 50, 0])
        meshes += [box((4, 0.2, 3), low), box((1, 1, 1), low + np.array([1, 0.2 + gap, 1]))]
    at = {key: FAR * (key == where) for key in ("matrix", "vertices", "frame")}
    meshes = [(rotation.apply(vertices) + at["vertices"], faces) for vertices, faces in meshes]
    found = detect(
        [model(bodies(meshes, [pose(shift=at["matrix"])] * len(meshes)), frame=pose(shift=at["frame"]))],
        rule_set(clearance=0.05),
    )
    assert [c.type for c in found.clashes] == [*wanted, ClashType.CLEARANCE]
    assert [c.measured.depth for c in found.clashes[:5]] == pytest.approx([0.001, 0.0019, 0.0021, 0.003, 0], abs=1e-7)
    middle = rotation.apply([84, 0.1, 1.5]) + (FAR if where != "nowhere" else 0)
    assert found.clashes[4].measured.point == pytest.approx(middle, abs=1e-6)


def test_a_pool_finds_the_same(pool: Executor) -> None:
    crowded = crowd(120)
    rules = rule_set(clearance=0.1)
    steps: list[tuple[int, int]] = []
    here = detect([crowded], rules, None, lambda done, total: steps.append((done, total)))
    assert told(detect([crowded], rules, pool)) == told(here)
    assert steps[-1] == (here.examined, here.examined)
    assert len(here.clashes) > 100
    assert here.untestable


def test_small_batches_find_the_same(monkeypatch: pytest.MonkeyPatch, pool: Executor) -> None:
    crowded = crowd(60)
    whole = detect([crowded], rule_set())
    monkeypatch.setattr(batches, "_PAIRS", 7)
    few = detect([crowded], rule_set(), pool)
    assert [c[:4] for c in told(few)] == [c[:4] for c in told(whole)]
    assert [c.measured.depth for c in few.clashes] == pytest.approx([c.measured.depth for c in whole.clashes], abs=1e-8)


def test_elements_in_another_order_clash_the_same() -> None:
    crowded = crowd(60, seed=4)
    order = np.random.default_rng(1).permutation(60)
    there = crowded.bodies
    again = replace(
        crowded,
        global_ids=[crowded.global_ids[n] for n in order],
        bodies=replace(there, shapes=there.shapes[order], local_from_shape=there.local_from_shape[order]),
    )

    def unordered(found: Detection) -> dict[frozenset[str], tuple[ClashType, float]]:
        return {frozenset((c.a.global_id, c.b.global_id)): (c.type, round(c.measured.depth, 7)) for c in found.clashes}

    assert unordered(detect([again], rule_set())) == unordered(detect([crowded], rule_set()))


def test_models_are_compared_in_one_frame() -> None:
    one = row(0.0)
    other = replace(model(bodies([box()]), "n", pose((0, 0, 0.3), FAR)), discipline="n")
    shifted = replace(one, frame_from_local=pose((0, 0, 0.3), FAR))
    assert not detect([one, other], rule_set()).clashes
    assert [c.type for c in detect([shifted, other], rule_set()).clashes] == [ClashType.DUPLICATE]
    assert [c.b.model for c in detect([shifted, other], rule_set()).clashes] == ["n"]


def test_the_first_rule_that_tells_the_type_has_the_pair() -> None:
    def rule(name: str, types: tuple[ClashType, ...], tolerance: float = 0.01, clearance: float = 0.0) -> ClashRule:
        return ClashRule(name, Selector(), Selector(), types, tolerance, clearance)

    rules = [
        rule("coarse", PLAIN, 0.5),
        rule("room", (ClashType.CLEARANCE,), clearance=0.5),
        rule("fine", PLAIN, 0.01),
        rule("late", PLAIN, 0.0),
    ]
    found = detect([row(0, 0.4, 1.3, 2.6, 9)], RuleSet("some", rules))
    assert [(c.a.global_id, c.b.global_id, c.rule) for c in found.clashes] == [
        ("m-0", "m-1", "coarse"),
        ("m-0", "m-2", "room"),
        ("m-1", "m-2", "fine"),
        ("m-2", "m-3", "room"),
    ]


def test_boxes_that_rule_everything_out_are_not_measured() -> None:
    flush = row(*range(20))
    assert detect([flush], rule_set(types=PLAIN)).examined == 0
    assert detect([flush], rule_set()).examined == 19
    sunk = row(*(np.arange(20) * 0.985))
    assert detect([sunk], rule_set(0.02, types=PLAIN)).examined == 0
    assert len(detect([sunk], rule_set(0.01, types=PLAIN)).clashes) == 19
    thin = row(0, 0, size=(0.004, 1, 1))  # thinner than the tolerance, and there twice
    assert [c.type for c in detect([thin], rule_set(0.01, types=PLAIN)).clashes] == [ClashType.DUPLICATE]


def test_what_cannot_be_judged_is_said() -> None:
    broken = box()
    broken[0][0, 0] = np.nan
    flat = box()[0], FACES * 0 + 1
    found = detect([model(bodies([box(), broken, flat, box(low=(0.5, 0, 0))]))], rule_set())
    assert types(found) == {("m-0", "m-3"): ClashType.HARD}
    assert [(u.a.global_id, u.b.global_id) for u in found.untestable] == [
        ("m-1", "m-1"),
        ("m-2", "m-2"),  # nobody knows where it should be: it is told though nothing is near
    ]
    assert "no numbers" in found.untestable[0].reason
    assert "lines or points" in found.untestable[1].reason


def test_an_element_that_was_not_drawn_is_spoken_of_as_far_as_is_known() -> None:
    walls = Selector(ifc_classes=["IfcWall"], disciplines=["arch*"], storeys=["L2"])
    named = Selector(either=[Selector(names=["*meter*"]), Selector(ifc_classes=["IfcSpace"], systems=["S1"])])
    rules = RuleSet("some", [ClashRule("one", walls, Selector(ifc_classes=["IfcDoor"]), PLAIN)])
    either = RuleSet("some", [ClashRule("one", Selector(ifc_classes=["IfcDoor"]), named, PLAIN)])
    assert may_speak_of(rules, "architecture", "IfcWallStandardCase", "")  # its storey is not known
    assert not may_speak_of(rules, "structure", "IfcWall", "")
    assert may_speak_of(rules, "structure", "IfcDoor", "")
    assert may_speak_of(either, "", "IfcWall", "Water meter 1")
    assert not may_speak_of(either, "", "IfcWall", "W1")
    assert not may_speak_of(either, "", "IfcSpace", "Room of meters 2")
    assert not may_speak_of(rule_set(), "", "IfcSpace", "R")


def test_a_body_without_area_is_told_though_nothing_is_near() -> None:
    line = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]), np.array([[0, 1, 2]])
    sheet = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1e-6, 0]]), np.array([[0, 1, 2]])
    far = model(bodies([line, sheet, box(low=(50, 0, 0))], [pose((0, 0, 1), (9, 9, 9)), np.eye(4), np.eye(4)]))
    found = detect([far], rule_set())
    assert [(u.a.global_id, u.b.global_id) for u in found.untestable] == [("m-0", "m-0")]
    alone = detect([model(bodies([line, line]))], rule_set())
    assert (alone.examined, len(alone.untestable)) == (0, 2)
    unasked = ClashRule("doors", Selector(ifc_classes=["IfcDoor"]), Selector(ifc_classes=["IfcDoor"]), PLAIN)
    assert detect([far], RuleSet("some", [unasked])).untestable == []


def test_open_bodies_are_labelled() -> None:
    open_box = box()[0], FACES[:-1]
    found = detect([model(bodies([open_box, box(low=(0.5, 0.1, 0)), open_box]))], rule_set())
    assert {c.measured.method for c in found.clashes} == {Method.WINDING_PROBE, Method.SURFACE_ONLY}


def test_a_batch_that_takes_too_long_is_not_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches.Batch, "__init__", _hurried(batches.Batch.__init__))
    found = detect([row(0, 0.5, 1)], rule_set())
    assert len(found.untestable) == found.examined > 0
    assert "not measured" in found.untestable[0].reason


def _hurried(made: Callable[..., None]) -> Callable[..., None]:
    def init(self: batches.Batch, *given: Any, **named: Any) -> None:
        made(self, *given, **(named | {"seconds": -1.0}))

    return init


@pytest.mark.parametrize("length", [float("nan"), float("inf"), -0.001])
def test_lengths_that_are_none_are_refused(length: float) -> None:
    with pytest.raises(InvalidInput, match="is no length"):
        detect([row(0, 0.5)], rule_set(length))
    with pytest.raises(InvalidInput, match="is no length"):
        detect([row(0, 0.5)], rule_set(0.01, length))


def test_rules_without_a_match_and_models_without_bodies() -> None:
    nothing = ClashRule("none", Selector(ifc_classes=["IfcDoor"]), Selector(), PLAIN)
    found = detect([row(0, 0.5)], RuleSet("some", [nothing, *rule_set().rules]))
    assert found.rules_without_match == ["none"]
    assert found.rules == ["none", "all"]
    empty = detect([model(bodies([]))], rule_set())
    assert (empty.examined, empty.clashes, empty.rules_without_match) == (0, [], ["all"])
    assert detect([], rule_set()).rules_without_match == ["all"]


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST_PAIRS", 5)
    with pytest.raises(InvalidInput, match="more than 5 pairs"):
        detect([row(0, 0.1, 0.2, 0.3, 0.4)], rule_set())


def test_few_batches_are_under_way_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_PAIRS", 2)
    waiting: list[Future[batches.Answers]] = []
    most: list[int] = []

    class Lazy(Future[batches.Answers]):
        """Done when it is asked for."""

        def __init__(self, given: batches.Batch) -> None:
            super().__init__()
            self.given = given

        def result(self, timeout: float | None = None) -> batches.Answers:
            waiting.remove(self)
            return batches.measure_batch(self.given)

    class Lazily(Executor):
        def submit(self, fn: object, /, given: batches.Batch) -> Lazy:  # type: ignore[override]
            future = Lazy(given)
            waiting.append(future)
            most.append(len(waiting))
            return future

    crowded = crowd(60)
    assert [c[:4] for c in told(detect([crowded], rule_set(), Lazily()))] == [
        c[:4] for c in told(detect([crowded], rule_set()))
    ]
    assert max(most) == 8
    assert len(most) > 30


def test_only_the_pair_that_kills_its_worker_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes in a row, the fifth of which is the death of whoever measures it against the sixth."""
    lows = np.arange(40) * 0.9
    whole = detect([row(*lows)], rule_set())

    def deadly(a: Solid, b: Solid, reach: float) -> Any:
        if len(a.faces) == len(b.faces) == 14:
            os._exit(1)
        return measure(a, b, reach)

    monkeypatch.setattr(batches, "measure", deadly)
    monkeypatch.setattr(batches, "_PAIRS", 6)
    middle = np.array([[0.5, 0.5, 1.0]])
    meshes = [box((1, 1, 1), (low, 0, 0)) for low in lows]
    for k in (5, 6):  # two more triangles
        vertices, faces = meshes[k]
        more = np.array([(1, 5, 8), (5, 7, 8), (7, 3, 8), (3, 1, 8)])
        meshes[k] = np.concatenate([vertices, vertices[:1] + middle]), np.concatenate([faces[:10], more])
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
        found = detect([model(bodies(meshes))], rule_set(), executor)
    assert [(u.a.global_id, u.b.global_id) for u in found.untestable] == [("m-5", "m-6")]
    assert "died" in found.untestable[0].reason
    wanted = {pair: type for pair, type in types(whole).items() if pair != ("m-5", "m-6")}
    assert types(found) == wanted
    assert found.examined == whole.examined > 30


def test_a_handful_of_pairs_needs_no_worker() -> None:
    class Idle(Executor):
        def submit(self, fn: object, /, *given: object, **named: object) -> Future[batches.Answers]:  # type: ignore[override]
            raise AssertionError

    assert len(detect([row(0, 0.5, 1)], rule_set(), Idle()).clashes) == 3
    with pytest.raises(AssertionError):
        detect([row(*np.arange(40) * 0.9)], rule_set(), Idle())
