"""From a model file to a `BuildingModel`: every IfcProduct in exactly one state, drawn by the kernels that can.

`read_model` is the room's main street: open the semantics while the fast kernel draws, find what needs the second
kernel, draw that, and write the ledger.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.kernels import Drawing, Limits, Worker, draw_ifcopenshell, finish_lite, start_lite
from ifc_import.representation import StyleReader, body_items, skipped_by
from ifc_import.source import Source
from twin.errors import UnreadableModel
from twin.values.model import BuildingModel, Element, Placed, Shape, State, Storey
from twin.values.sentence import Sentence, say

KERNELS = ("lite", "ifcopenshell")
SPACE_CLASSES = ("IfcSpace", "IfcSpatialZone")
Advance = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read_model` returns: the model, and the open ifcopenshell file for the other readers of this room."""

    model: BuildingModel
    ifc: Any


@contextmanager
def drawing_started(source: Source, kernel: str | None) -> Any:
    """Start the fast kernel on `source` and yield `(path, worker or None)`; the worker is gone at the end.

    Starting it before the slow imports of the caller lets both cores work.
    """
    with tempfile.TemporaryDirectory(prefix="twin-import-") as folder:
        path = source.path
        if source.text is not source.given:
            path = Path(folder) / "model.ifc"
            path.write_bytes(source.text)
        worker = start_lite(path, Limits.from_environment()) if kernel != "ifcopenshell" else None
        try:
            yield path, worker
        finally:
            if worker is not None:
                worker.kill()


def read_model(
    source: Source,
    path: Path,
    worker: Worker | None,
    kernel: str | None = None,
    advance: Advance = lambda stage, done, total: None,
) -> Reading:
    """Read a model.

    path, worker : from `drawing_started`
    kernel : "lite" or "ifcopenshell" forces one; None lets the second draw what the first cannot

    Raises UnreadableModel where the text is no readable model. A failing kernel raises nothing: see the ledger.
    """
    ifc = open_model(source, path)
    products = sorted(_products(ifc), key=lambda p: p.id())
    plan = _plan(products)
    advance("elements", len(products), len(products))
    drawing, notices, kernels = _draw(plan, path, worker, kernel, advance)
    return Reading(_assemble(source, ifc, products, plan, drawing, notices, kernels), ifc)


def open_model(source: Source, path: Path) -> Any:
    """Open a readable STEP text with ifcopenshell; raises UnreadableModel in a sentence."""
    import ifcopenshell

    try:
        ifc = ifcopenshell.open(str(path))
        ifc.by_type("IfcProject")[0].id()
    except Exception as error:
        # the parser raises its own classes, RuntimeError, IndexError…, depending on where the text breaks
        raise UnreadableModel(
            "{file} cannot be parsed as {schema} ({error}): export the model again.",
            file=source.path.name,
            schema=source.schema,
            error=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
        ) from error
    return ifc


def _products(ifc: Any) -> Iterable[Any]:
    return ifc.by_type("IfcProduct")  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which products are to be drawn: step ids by need."""

    skipped: dict[int, Sentence]
    bodies: set[int]
    several_styles: set[int]


def _plan(products: list[Any]) -> _Plan:
    plan = _Plan({}, set(), set())
    styles = StyleReader()
    for product in products:
        rule = skipped_by(product)
        if rule is not None:
            plan.skipped[product.id()] = rule
            continue
        items = body_items(product)
        if items:
            plan.bodies.add(product.id())
            if styles.has_several(items):
                plan.several_styles.add(product.id())
    return plan


def _draw(
    plan: _Plan, path: Path, worker: Worker | None, kernel: str | None, advance: Advance
) -> tuple[Drawing, list[Sentence], list[str]]:
    """Return the drawing, what to tell, and the kernels that took part."""
    limits = Limits.from_environment()
    notices: list[Sentence] = []
    first = finish_lite(worker) if worker is not None else Drawing()
    if first.death is not None:
        notices.append(say("The fast geometry kernel {death}; the second kernel drew this file.", death=first.death))
    advance("geometry", len(first.placed), len(plan.bodies))
    if kernel == "lite":
        return first, notices, ["lite"]
    wanted = sorted((plan.bodies - first.placed.keys()) | plan.several_styles)
    kernels = ["lite"] if first.placed else []
    if wanted:
        before = len(first.placed)
        second = draw_ifcopenshell(
            path,
            wanted,
            limits,
            lambda done: advance("geometry", min(before + done, len(plan.bodies)), len(plan.bodies)),
        )
        if second.placed:
            kernels.append("ifcopenshell")
        if second.failed:
            notices.append(say("The second geometry kernel could not draw {count} elements.", count=len(second.failed)))
        _merge(first, second)
    advance("geometry", len(plan.bodies), len(plan.bodies))
    return first, notices, kernels or ["ifcopenshell" if kernel == "ifcopenshell" else "lite"]


def _merge(first: Drawing, second: Drawing) -> None:
    """Take over what the second kernel drew; what it could not keeps the first one's triangles."""
    offset = len(first.shapes)
    first.shapes += second.shapes
    first.placed.update({i: Placed(offset + p.shape, p.local_from_shape) for i, p in second.placed.items()})
    first.failed.update({i: reason for i, reason in second.failed.items() if i not in first.placed})


def _assemble(
    source: Source,
    ifc: Any,
    products: list[Any],
    plan: _Plan,
    drawing: Drawing,
    notices: list[Sentence],
    kernels: list[str],
) -> BuildingModel:
    import ifcopenshell.util.unit

    from ifc_import.properties import attributes, read_properties
    from ifc_import.spatial import ground_height, read_parents, read_storeys, storey_of

    unit_scale = float(ifcopenshell.util.unit.calculate_unit_scale(ifc))
    parents = read_parents(ifc)
    properties = read_properties(ifc)
    storeys = read_storeys(ifc, unit_scale)
    identities, identity_notices = _identities(products)
    walked: dict[int, str | None] = {}
    elements = []
    for product in products:
        step_id = product.id()
        state, reason = _state(step_id, product, plan, drawing)
        parent = parents.get(step_id)
        elements.append(
            Element(
                row=-1,
                global_id=identities[step_id],
                ifc_class=product.is_a(),
                name=product.Name or "",
                state=state,
                reason=reason,
                storey=storey_of(product, parents, walked),
                parent=identities.get(parent.id(), parent.GlobalId) if parent is not None else None,
                step_id=step_id,
                placed=drawing.placed[step_id] if state is State.DRAWN else None,
                properties={**properties.get(step_id, {}), **attributes(product)},
            )
        )
    elements, shapes = _in_row_order(elements, drawing.shapes)
    box = drawn_box(elements, shapes)
    return BuildingModel(
        schema=source.schema,
        kernel="+".join(kernels),
        elements=elements,
        shapes=shapes,
        storeys=storeys,
        notices=[*source.notices, *notices, *identity_notices, *_gaps(elements, storeys)],
        ground=ground_height(storeys, box),
    )


def _state(step_id: int, product: Any, plan: _Plan, drawing: Drawing) -> tuple[State, Sentence | None]:
    if step_id in plan.skipped:
        return State.SKIPPED, plan.skipped[step_id]
    if step_id in drawing.placed:
        return State.DRAWN, None
    if step_id in drawing.failed:
        return State.FAILED, drawing.failed[step_id]
    if step_id in plan.bodies:
        return State.FAILED, say("it has a body representation, but no kernel made triangles of it")
    if product.Representation is None:
        return State.EMPTY, say("it has no representation: nothing to draw")
    return State.EMPTY, say("its representations hold no body: nothing to draw")


def _identities(products: list[Any]) -> tuple[dict[int, str], list[Sentence]]:
    """Return step id → GlobalId, unique: a repeated or missing one gets a suffix and is told."""
    seen: dict[str, int] = {}
    identities: dict[int, str] = {}
    repeated: list[str] = []
    missing = 0
    for product in products:
        global_id = (product.GlobalId or "").strip()
        if not global_id:
            missing += 1
            global_id = "missing"
        elif global_id in seen:
            repeated.append(f"{global_id} (#{seen[global_id]}, #{product.id()})")
        unique, number = global_id, 1
        while unique in seen or unique == "missing":
            number += 1
            unique = f"{global_id}~{number}"
        seen[unique] = product.id()
        identities[product.id()] = unique
    notices = []
    if repeated:
        notices.append(
            say(
                "{count} GlobalIds are used more than once, the later ones got a suffix: {examples}.",
                count=len(repeated),
                examples=", ".join(repeated[:5]),
            )
        )
    if missing:
        notices.append(
            say("{count} products have no GlobalId; facts cannot follow them to the next revision.", count=missing)
        )
    return identities, notices


def _gaps(elements: list[Element], storeys: list[Storey]) -> list[Sentence]:
    """Tell what the file leaves out: products, storeys, names."""
    if not elements:
        return [say("The file holds no IfcProduct: there is nothing to draw.")]
    notices = []
    drawn = [e for e in elements if e.state is State.DRAWN]
    homeless = sum(e.storey is None and e.ifc_class not in ("IfcSite", "IfcBuilding") for e in drawn)
    if not storeys:
        notices.append(say("The file has no storeys; elements are grouped by their place only."))
    elif homeless:
        notices.append(say("{count} drawn elements belong to no storey.", count=homeless))
    nameless = sum(not e.name for e in drawn)
    if nameless:
        notices.append(say("{count} drawn elements have no name.", count=nameless))
    return notices


def _in_row_order(elements: list[Element], shapes: list[Shape]) -> tuple[list[Element], list[Shape]]:
    """Return the elements with drawn ones first and numbered (spaces last of them), and only the shapes in use."""
    from dataclasses import replace

    def rank(element: Element) -> int:
        return 2 if element.state is not State.DRAWN else int(element.ifc_class in SPACE_CLASSES)

    ordered = sorted(elements, key=rank)
    used = sorted({e.placed.shape for e in ordered if e.placed})
    number = {shape: index for index, shape in enumerate(used)}
    numbered = [
        replace(e, row=row, placed=Placed(number[e.placed.shape], e.placed.local_from_shape)) if e.placed else e
        for row, e in enumerate(ordered)
    ]
    return numbered, [shapes[i] for i in used]


def drawn_box(elements: Iterable[Element], shapes: Sequence[Shape]) -> NDArray[np.float64] | None:
    """Return (2, 3) float64, least and greatest corner of the drawn elements in the local frame, None without any.

    Boxes of turned shapes are taken by their eight corners, so the box may be larger than the vertices'.
    """
    placed = [e.placed for e in elements if e.placed is not None]
    if not placed:
        return None
    low = np.array([s.vertices.min(axis=0) for s in shapes])
    high = np.array([s.vertices.max(axis=0) for s in shapes])
    use = np.array([p.shape for p in placed])
    matrices = np.stack([p.local_from_shape for p in placed])
    centre = np.einsum("kij,kj->ki", matrices[:, :3, :3], (low[use] + high[use]) / 2) + matrices[:, :3, 3]
    half = np.einsum("kij,kj->ki", np.abs(matrices[:, :3, :3]), (high[use] - low[use]) / 2)
    return np.stack([(centre - half).min(axis=0), (centre + half).max(axis=0)])


def ledger_counts(elements: Iterable[Element]) -> dict[str, int]:
    """Return {products, drawn, empty, skipped, failed}; the last four add up to the first."""
    counts = Counter(e.state for e in elements)
    return {"products": sum(counts.values()), **{state.value: counts[state] for state in State}}
