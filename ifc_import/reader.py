"""From a model file to a `BuildingModel`: every IfcProduct in exactly one state, drawn by the kernels that can.

`read_model` is the room's main street: open the semantics while the fast kernel draws, find what needs the second
kernel, draw that, and write the ledger.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ifc_import.kernels import Drawing, Limits, Workers, draw_ifcopenshell, finish_lite
from ifc_import.representation import StyleReader, body_items, skipped_by
from ifc_import.schema import Damage, Schema, by_type
from ifc_import.source import Source
from twin.errors import UnreadableModel
from twin.values.model import BuildingModel, Element, Placed, Shape, State, Storey
from twin.values.sentence import Sentence, say

KERNELS = ("lite", "ifcopenshell")
# Notices that tell of a loss: an import with one of them is not whole, whatever its ledger counts.
PARSER_FAULTS = "The IFC parser met {count} faults, so something may be missing; the first: {first}."
RECORDS_LEFT_OUT = "{count} records break the rules of IFC and were left out: {examples}."
LOSSES = (PARSER_FAULTS, RECORDS_LEFT_OUT)
SPACE_CLASSES = ("IfcSpace", "IfcSpatialZone")
Advance = Callable[[str, int, int], None]  # stage, done, total


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read_model` returns: the model, and the open ifcopenshell file for the other readers of this room."""

    model: BuildingModel
    ifc: Any


@contextmanager
def text_file(source: Source) -> Iterator[Path]:
    """Yield the path of a file that holds the source's readable text: the given one where nothing was repaired."""
    if source.text is source.given:
        yield source.path
        return
    with tempfile.TemporaryDirectory(prefix="twin-import-") as folder:
        path = Path(folder) / "model.ifc"
        path.write_bytes(source.text)
        yield path


@contextmanager
def drawing_started(source: Source, kernel: str | None) -> Iterator[tuple[Path, Workers]]:
    """Start the kernels on `source` and yield its readable text's path and the workers, which are gone at the end.

    kernel : "lite" or "ifcopenshell" forces one; None lets the second draw what the first cannot

    Starting them before the slow imports of the caller lets both cores work.
    """
    with text_file(source) as path:
        workers = Workers.start(path, kernel)
        try:
            yield path, workers
        finally:
            workers.kill()


def read_model(
    source: Source,
    path: Path,
    workers: Workers,
    advance: Advance = lambda stage, done, total: None,
) -> Reading:
    """Read a model.

    path, workers : from `drawing_started`; without one of the kernels the other draws alone

    Raises UnreadableModel where the text is no readable model. A failing kernel raises nothing: see the ledger.
    """
    ifc = open_model(source, path)
    faults = parser_faults()
    schema = Schema(ifc)
    products = by_type(ifc, "IfcProduct")
    plan = _plan(products, schema, StyleReader(ifc))
    if workers.ifcopenshell is not None:
        workers.ifcopenshell.ask(plan.for_second(workers))
    advance("elements", 0, 1)
    facts = _read_facts(ifc, schema, products)
    advance("elements", 1, 1)
    drawing, notices, kernels = _draw(plan, path, workers, advance)
    told = [*source.notices, *faults, *notices]
    return Reading(_assemble(source.schema, products, plan, drawing, facts, told, "+".join(kernels)), ifc)


def open_model(source: Source, path: Path) -> Any:
    """Open a readable STEP text with ifcopenshell; raises UnreadableModel in a sentence."""
    import ifcopenshell

    ifcopenshell.get_log()  # drops what earlier files left in it
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


def parser_faults() -> list[Sentence]:
    """Return what the parser complained of while it opened the last file: what it could not read is missing."""
    import ifcopenshell

    lines = [line.split("] ")[-1].strip() for line in ifcopenshell.get_log().splitlines() if line.strip()]
    return [say(PARSER_FAULTS, count=len(lines), first=lines[0][:200])] if lines else []


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which products are to be drawn: step ids by need."""

    skipped: dict[int, Sentence]
    bodies: set[int]
    several_styles: set[int]
    colours: dict[int, NDArray[np.uint8]]

    def for_second(self, workers: Workers) -> list[int]:
        """Return what the second kernel is to draw in any case: what has several styles, all without the first."""
        return sorted(self.bodies if workers.lite is None else self.several_styles)


def _plan(products: list[Any], schema: Schema, styles: StyleReader) -> _Plan:
    plan = _Plan({}, set(), set(), {})
    for product in products:
        rule = skipped_by(product, schema)
        if rule is not None:
            plan.skipped[product.id()] = rule
            continue
        items = body_items(product)
        if items:
            plan.bodies.add(product.id())
            if styles.has_several(items):
                plan.several_styles.add(product.id())
            elif (colour := styles.operand_colour(items)) is not None:
                plan.colours[product.id()] = colour
    return plan


def _draw(plan: _Plan, path: Path, workers: Workers, advance: Advance) -> tuple[Drawing, list[Sentence], list[str]]:
    """Return the drawing, what to tell, and the kernels that took part."""
    total = len(plan.bodies)
    notices: list[Sentence] = []
    drawing = finish_lite(workers.lite) if workers.lite is not None else Drawing()
    if drawing.death is not None:
        notices.append(say("The fast geometry kernel {death}; the second kernel drew this file.", death=drawing.death))
    drawing.recolour(plan.colours)
    advance("geometry", len(drawing.placed), total)
    kernels = ["lite"] if drawing.placed else []
    if workers.ifcopenshell is not None:
        limits = Limits.from_environment()
        before = len(drawing.placed)

        def drawn(count: int) -> None:
            advance("geometry", min(before + count, total), total)

        asked = plan.for_second(workers)
        second = draw_ifcopenshell(path, asked, limits, drawn, workers.ifcopenshell)
        _merge(drawing, second)
        left = sorted(plan.bodies - drawing.placed.keys() - second.failed.keys())
        rest = draw_ifcopenshell(path, left, limits, drawn)
        _merge(drawing, rest)
        if second.placed or rest.placed:
            kernels.append("ifcopenshell")
        failed = len(second.failed) + len(rest.failed)
        if failed:
            notices.append(say("The second geometry kernel could not draw {count} elements.", count=failed))
    advance("geometry", total, total)
    return drawing, notices, kernels or ["lite" if workers.lite is not None else "ifcopenshell"]


def _merge(first: Drawing, second: Drawing) -> None:
    """Take over what the second kernel drew; what it could not keeps the first one's triangles."""
    offset = len(first.shapes)
    first.shapes += second.shapes
    first.placed.update({i: Placed(offset + p.shape, p.local_from_shape) for i, p in second.placed.items()})
    first.failed.update({i: reason for i, reason in second.failed.items() if i not in first.placed})


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the file says of its products besides their geometry; keys are step ids."""

    parents: Mapping[int, Any]
    properties: Mapping[int, dict[str, Any]]
    storeys: list[Storey]
    storey: Mapping[int, str | None]
    connections: list[tuple[str, int, int]]
    notices: list[Sentence]


def _read_facts(ifc: Any, schema: Schema, products: list[Any]) -> _Facts:
    from ifc_import.connections import read_connections
    from ifc_import.georeference_units import project_unit
    from ifc_import.groups import read_groups
    from ifc_import.properties import attributes, read_properties
    from ifc_import.spatial import read_parents, read_storeys, storey_of

    damage = Damage()
    unit = project_unit(ifc, "LENGTHUNIT")
    parents = read_parents(ifc, damage)
    properties = read_properties(ifc, damage)
    for step_id, found in read_groups(ifc, products, parents, damage).items():
        properties.setdefault(step_id, {})["groups"] = found
    connections = read_connections(ifc, parents, damage)
    walked: dict[int, str | None] = {}
    return _Facts(
        parents,
        {p.id(): {**properties.get(p.id(), {}), **attributes(p, schema)} for p in products},
        read_storeys(ifc, unit or 1.0),
        {p.id(): storey_of(p, parents, walked) for p in products},
        connections,
        _damage_told(damage, unit),
    )


def _damage_told(damage: Damage, unit: float | None) -> list[Sentence]:
    """Tell which records were left out, and a length unit that is none."""
    notices = []
    if damage.records:
        records = sorted(set(damage.records))
        examples = ", ".join(f"#{number}" for number in records[:5]) + ("…" if len(records) > 5 else "")
        notices.append(say(RECORDS_LEFT_OUT, count=len(records), examples=examples))
    if unit is None:
        notices.append(say("The file states no length unit: lengths are taken as metres."))
    elif unit <= 0:
        notices.append(say("The file's length unit is {unit} m, which is none: check the model's size.", unit=unit))
    return notices


def _assemble(
    schema: str,
    products: list[Any],
    plan: _Plan,
    drawing: Drawing,
    facts: _Facts,
    notices: list[Sentence],
    kernel: str,
) -> BuildingModel:
    from ifc_import.spatial import ground_height

    identities, identity_notices = _identities(products)
    elements = []
    for product in products:
        step_id = product.id()
        state, reason = _state(step_id, product, plan, drawing)
        parent = facts.parents.get(step_id)
        elements.append(
            Element(
                row=-1,
                global_id=identities[step_id],
                ifc_class=product.is_a(),
                name=product[2] or "",
                state=state,
                reason=reason,
                storey=facts.storey[step_id],
                parent=identities.get(parent.id(), parent[0]) if parent is not None else None,
                step_id=step_id,
                placed=drawing.placed[step_id] if state is State.DRAWN else None,
                properties=facts.properties[step_id],
            )
        )
    elements, shapes = _in_row_order(elements, drawing.shapes)
    return BuildingModel(
        schema=schema,
        kernel=kernel,
        elements=elements,
        shapes=shapes,
        storeys=facts.storeys,
        notices=[*notices, *facts.notices, *identity_notices, *_gaps(elements, facts.storeys)],
        ground=ground_height(facts.storeys, drawn_box(elements, shapes)),
        connections=[(name, identities[a], identities[b]) for name, a, b in facts.connections],
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
    if product[6] is None:
        return State.EMPTY, say("it has no representation: nothing to draw")
    return State.EMPTY, say("its representations hold no body: nothing to draw")


def _identities(products: list[Any]) -> tuple[dict[int, str], list[Sentence]]:
    """Return step id → GlobalId, unique: a repeated or missing one gets a suffix and is told."""
    seen: dict[str, int] = {}
    identities: dict[int, str] = {}
    repeated: list[str] = []
    missing = 0
    for product in products:
        global_id = (product[0] or "").strip()
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
