"""`/3dtiles`: the city's root tileset, each model's tilesets, and their contents, which never change."""

from flask import Response, request

from tiles.tileset import city_document
from twin.judgement.scene import tileset_url
from twin.store import Model
from twin.values.rights import Role
from web.responses import blob_answer, json_answer
from web.routes.asked import store
from web.routes.table import JSON, Routes

routes = Routes()

GLB = "model/gltf-binary"


@routes.get(
    "/3dtiles/tileset.json",
    "The city's root tileset, which refers to the models' own",
    needs=Role.PUBLIC,
    schema="Tileset",
)
def city_tileset() -> Response:
    """Answer with the root tileset."""
    entries = [
        (tileset_url(model.model).removeprefix("/3dtiles/"), model.georeference.ecef_from_local, model.box, error)
        for model, error in _drawn(store().models())
        if model.box is not None
    ]
    return json_answer(city_document(entries))


@routes.get("/3dtiles/<model>/tileset.json", "The tileset of a model's building", needs=Role.PUBLIC, schema="Tileset")
def model_tileset(model: str) -> Response:
    """Answer with a model's tileset."""
    return _file(model, "tileset.json", JSON)


@routes.get(
    "/3dtiles/<model>/spaces/tileset.json", "The tileset of a model's spaces", needs=Role.PUBLIC, schema="Tileset"
)
def spaces_tileset(model: str) -> Response:
    """Answer with the tileset of a model's spaces."""
    return _file(model, "spaces/tileset.json", JSON)


@routes.get(
    "/3dtiles/<model>/<sha256>.glb",
    "A tile: binary glTF with features and their properties",
    needs=Role.PUBLIC,
    media_type=GLB,
)
def tile(model: str, sha256: str) -> Response:
    """Answer with a tile of a model's building."""
    return _file(model, f"{sha256}.glb", GLB)


@routes.get("/3dtiles/<model>/spaces/<sha256>.glb", "A tile of a model's spaces", needs=Role.PUBLIC, media_type=GLB)
def spaces_tile(model: str, sha256: str) -> Response:
    """Answer with a tile of a model's spaces."""
    return _file(model, f"spaces/{sha256}.glb", GLB)


def _drawn(models: list[Model]) -> list[tuple[Model, float]]:
    return [(model, model.geometric_error) for model in models if model.geometric_error is not None]


def _file(model: str, path: str, media_type: str) -> Response:
    sha256 = store().tile(model, path)
    return blob_answer(request, store().blobs, sha256, media_type, immutable=path.endswith(".glb"))
