"""A kernel worker that dies on elements named for it: `python -m tests.ifc_import.deadly_worker KERNEL`.

It is the real worker; only drawing an element whose name says "crash", "hang" or "memory" does just that.
"""

import os
import sys
import time
from typing import Any

import ifclite_geom
import ifcopenshell.geom

from ifc_import import worker

_create_shape = ifcopenshell.geom.create_shape
_lite = ifclite_geom.geometry_data_buffers


def die(name: str) -> None:
    """Do what the name says."""
    if "crash" in name:
        os.abort()
    if "hang" in name:
        time.sleep(600)
    if "memory" in name:
        sys.stderr.write(str(len(bytearray(1 << 40))))


def create_shape(settings: Any, product: Any, **options: Any) -> Any:
    die(product.Name or "")
    return _create_shape(settings, product, **options)


def iterate(settings: Any, ifc: Any, products: list[Any]) -> Any:
    for product in products:
        yield create_shape(settings, product, geometry_library="hybrid-cgal-simple-opencascade")


def lite(content: bytes, **options: Any) -> Any:
    die(content.decode("latin-1"))
    return _lite(content, **options)


if __name__ == "__main__":  # whoever only imports this keeps the real kernels
    ifcopenshell.geom.create_shape = create_shape
    worker._iterate = iterate
    setattr(ifclite_geom, "geometry_data_buffers", lite)  # noqa: B010  (its type is overloaded)
    worker.main()
