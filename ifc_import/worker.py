"""A kernel worker: `python -m ifc_import.worker KERNEL`, a process that may crash without taking the import along.

stdin: a JSON line `{"path", "memory_mb"}`, then a JSON line `{"ids", "one_by_one"}`; stdout: frames
(`ifc_import.frames`).  The file is opened between the two, while the importer still finds out what to ask for.  The
kernels are native code that also prints, so the real stdout is kept aside and everything else goes to stderr.
"""

import json
import os
import sys
import time
from collections.abc import Iterable
from functools import cache
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ifc_import.frames import write_frame

# Shapes are written so many at a time, whatever the clock says: what is a repeat of what depends on the portion.
BATCH_PRODUCTS, BATCH_FACES = 500, 200_000
LIFE_SECONDS = 1.0  # between two signs of life

Columns = dict[str, NDArray[Any]]  # vertices, faces, face_materials, materials of one shape
Use = tuple[int, int, NDArray[np.float64]]  # step id, index of the shape, local_from_shape (4, 4)


def main() -> None:
    """Run one request and leave."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)
    start = json.loads(sys.stdin.buffer.readline())
    limit_memory(start["memory_mb"])
    run = draw_lite if sys.argv[1] == "lite" else draw_ifcopenshell
    run(out, start["path"])
    write_frame(out, "end")
    out.close()
    os._exit(0)  # the kernels' static destructors have nothing to say and take their time


def limit_memory(megabytes: int) -> None:
    """Bound the address space of this process (Windows has no such call: there the timeout is what holds)."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]  # of a sandbox around this one
    most = megabytes * 2**20 if hard == resource.RLIM_INFINITY else min(megabytes * 2**20, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def write_shapes(out: BinaryIO, shapes: list[Columns], drawn: list[Use]) -> None:
    """Write shapes and their uses as one frame of columns, each shape about its own centre, repeats written once."""
    from ifc_import.repeats import find_repeats

    of, moved = find_repeats(
        [s["vertices"] for s in shapes],
        [s["faces"] for s in shapes],
        [s["materials"].tobytes() + s["face_materials"].tobytes() for s in shapes],
    )
    firsts = np.flatnonzero(of == np.arange(len(of)))
    new_index = np.searchsorted(firsts, of)
    centres = np.array([shapes[i]["vertices"].mean(axis=0) for i in firsts]).reshape(-1, 3)
    kept = [{**shapes[i], "vertices": shapes[i]["vertices"] - c} for i, c in zip(firsts, centres, strict=True)]
    moved[:, :3, 3] += np.einsum("kij,kj->ki", moved[:, :3, :3], centres[new_index])

    def column(name: str, dtype: str, *width: int) -> NDArray[Any]:
        return np.concatenate([s[name] for s in kept]) if kept else np.zeros((0, *width), dtype)

    uses = np.array([d[1] for d in drawn], "<i8")
    matrices = np.array([d[2] for d in drawn], "<f8").reshape(-1, 4, 4)
    write_frame(
        out,
        "shapes",
        {
            "vertex_counts": np.array([len(s["vertices"]) for s in kept], "<u4"),
            "face_counts": np.array([len(s["faces"]) for s in kept], "<u4"),
            "material_counts": np.array([len(s["materials"]) for s in kept], "<u4"),
            "vertices": column("vertices", "<f8", 3),
            "faces": column("faces", "<u4", 3),
            "face_materials": column("face_materials", "<u2"),
            "materials": column("materials", "u1", 4),
            "ids": np.array([d[0] for d in drawn], "<i8"),
            "shape": new_index[uses],
            "local_from_shape": matrices @ moved[uses],
        },
    )


def draw_lite(out: BinaryIO, path: str) -> None:
    """Draw the whole file with ifclite-geom: world metres, one colour per element."""
    import ifclite_geom

    with open(path, "rb") as file:
        drawing = ifclite_geom.geometry_data_buffers(file.read())
    shapes: list[Columns] = []
    drawn: list[Use] = []
    where_it_is = np.eye(4)
    for step_id, element in drawing["elements"].items():
        if not element["faces"]:
            continue
        faces = np.frombuffer(element["faces"], "<u4").reshape(-1, 3)
        drawn.append((step_id, len(shapes), where_it_is))
        shapes.append(
            {
                "vertices": np.frombuffer(element["vertices"], "<f8").reshape(-1, 3),
                "faces": faces,
                "face_materials": np.zeros(len(faces), "<u2"),
                "materials": rgba8(tuple(element["color"]))[None],
            }
        )
    write_shapes(out, shapes, drawn)


@cache
def rgba8(colour: tuple[float, ...]) -> NDArray[np.uint8]:
    """Return (4,) uint8 of red, green, blue, opacity in 0 to 1."""
    clipped = np.clip(np.nan_to_num(np.array(colour, float)), 0, 1)
    rgba: NDArray[np.uint8] = np.round(clipped * 255).astype(np.uint8)
    return rgba


def draw_ifcopenshell(out: BinaryIO, path: str) -> None:
    """Draw the products that are asked for with ifcopenshell's hybrid kernel: local shapes, a material per face."""
    import ifcopenshell
    import ifcopenshell.geom

    ifc = ifcopenshell.open(path)
    request = json.loads(sys.stdin.buffer.readline())
    products = [ifc.by_id(i) for i in request["ids"]]
    settings = ifcopenshell.geom.settings()
    shapes: list[Columns] = []
    drawn: list[Use] = []
    known: dict[str, int] = {}
    faces, last = 0, time.monotonic()
    for drawing in _one_by_one(out, settings, products) if request["one_by_one"] else _iterate(settings, ifc, products):
        geometry = drawing.geometry
        if len(geometry.faces_buffer) == 0:
            continue
        if geometry.id not in known:
            known[geometry.id] = len(shapes)
            shapes.append(_shape(geometry, ifc.by_id(drawing.id)))
            faces += len(shapes[-1]["faces"])
        matrix = np.array(drawing.transformation.matrix, float).reshape(4, 4, order="F")
        drawn.append((drawing.id, known[geometry.id], matrix))
        if request["one_by_one"] or len(drawn) >= BATCH_PRODUCTS or faces >= BATCH_FACES:
            write_shapes(out, shapes, drawn)
            shapes, drawn, known, faces, last = [], [], {}, 0, time.monotonic()
        elif time.monotonic() - last > LIFE_SECONDS:
            write_frame(out, "alive", drawn=len(drawn))
            last = time.monotonic()
    write_shapes(out, shapes, drawn)


def _iterate(settings: Any, ifc: Any, products: list[Any]) -> Iterable[Any]:
    import ifcopenshell.geom

    if not products:
        return
    # one thread: the other core has work, and the small share of elements that comes here is quick
    iterator = ifcopenshell.geom.iterator(
        settings, ifc, 1, include=products, geometry_library="hybrid-cgal-simple-opencascade"
    )
    if iterator.initialize():
        while True:
            yield iterator.get()
            if not iterator.next():
                break


def _one_by_one(out: BinaryIO, settings: Any, products: list[Any]) -> Iterable[Any]:
    """Announce each element before it is drawn, so that a death names its culprit."""
    import ifcopenshell.geom

    for product in products:
        write_frame(out, "start", id=product.id())
        try:
            drawing = ifcopenshell.geom.create_shape(
                settings, product, geometry_library="hybrid-cgal-simple-opencascade"
            )
        except Exception as error:  # noqa: BLE001  (the kernel raises RuntimeError and its own; the ledger takes any)
            write_frame(out, "failed", id=product.id(), error=f"{type(error).__name__}: {error}"[:200])
            continue
        yield drawing


def _shape(geometry: Any, product: Any) -> Columns:
    from ifc_import.face_colours import indexed_colours

    faces = np.frombuffer(geometry.faces_buffer, "<i4").reshape(-1, 3).astype("<u4")
    material_ids = np.frombuffer(geometry.material_ids_buffer, "<i4").astype(np.int64)
    materials = [_material(m) for m in geometry.materials]
    if len(material_ids) != len(faces):
        material_ids = np.full(len(faces), -1)
    if not materials or (material_ids < 0).any():
        materials.append(np.array([204, 204, 204, 255], np.uint8))
        material_ids = np.where(material_ids < 0, len(materials) - 1, material_ids)
    item_ids = np.frombuffer(geometry.item_ids_buffer, "<i4").astype(np.int64)
    face_materials, palette = indexed_colours(product, item_ids, material_ids.astype("<u2"), np.stack(materials))
    return {
        "vertices": np.frombuffer(geometry.verts_buffer, "<f8").reshape(-1, 3).copy(),
        "faces": faces,
        "face_materials": face_materials,
        "materials": palette,
    }


def _material(material: Any) -> NDArray[np.uint8]:
    diffuse = material.diffuse
    transparency = material.transparency
    opacity = 1.0 if transparency is None or np.isnan(transparency) else 1.0 - transparency
    return rgba8((diffuse.r(), diffuse.g(), diffuse.b(), opacity))


if __name__ == "__main__":
    main()
