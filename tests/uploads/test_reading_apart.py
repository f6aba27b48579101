"""What is read in a sandbox is what is read here, to the last byte; what cannot be read is refused in a sentence."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ifc_import.reader import ledger_counts
from tests.ifc_import.test_kernels import write
from tests.uploads import hostile
from twin.errors import TwinError, UnreadableModel
from twin.store import Store
from twin.values.georeference import PlacementOptions
from twin.values.sentence import Sentence, say
from web import read_file as reading
from web.ingest import ingest_ifc
from web.read_values import ReadFile
from web.sandbox import sandboxed
from web.wire import Foreign, packer, taker

HERE = PlacementOptions(longitude=121.5, latitude=31.2)


def as_sent(value: Any, hint: Any) -> Any:
    """Return a value as it arrives."""
    buffers: list[Any] = []
    packed = json.loads(json.dumps(packer(hint)(value, buffers)))
    return taker(hint)(packed, [bytes(buffer) for buffer in buffers])


def rows(store: Store) -> Any:
    """Return all that a twin has of its models, times left out."""
    models = [replace(model, imported_at=None, placed_at=None, georeference=None) for model in store.models()]  # type: ignore[arg-type]
    georeferences = [model.georeference.ecef_from_local.tolist() for model in store.models()]
    ledgers = [store.ledger(model.model) for model in store.models()]
    return str(models), georeferences, str(ledgers), sorted(store.blobs.names())


def imported_twice(tmp_path: Path, path: Path) -> tuple[Any, Any]:
    found = []
    for apart in (False, True):
        with Store.open(tmp_path / f"apart{apart}") as store:
            ingest_ifc(lambda store=store: store, path, "P1", options=HERE, apart=apart)  # type: ignore[misc]
            found.append(rows(store))
    return found[0], found[1]


def test_a_model_read_apart_is_the_same(tmp_path: Path, sample_models: Any) -> None:
    here, apart = imported_twice(tmp_path, sample_models[0].path)
    assert here == apart


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["duplex_arch.ifc", "bsi_georef_utm.ifc"])
def test_a_real_model_read_apart_is_the_same(tmp_path: Path, real_data: Path, name: str) -> None:
    here, apart = imported_twice(tmp_path, real_data / "ifc" / name)
    assert here == apart


def test_what_was_read_survives_the_wire(sample_models: Any) -> None:
    path = sample_models[1].path
    found = reading.read_file(path, None, True, advance=lambda *_: None)
    sent = as_sent(found, ReadFile)
    plain = [replace(c, crs_hints=list(c.crs_hints), notices=list(c.notices)) for c in found.claims]
    assert sent.claims == plain
    assert sent.footprint == found.footprint
    assert [e.properties for e in sent.model.elements] == [e.properties for e in found.model.elements]
    assert [s.packed() for s in sent.model.notices] == [s.packed() for s in found.model.notices]
    assert all((a.vertices == b.vertices).all() for a, b in zip(sent.model.shapes, found.model.shapes, strict=True))
    assert found.bake is not None
    assert found.bake.building is not None
    assert sent.bake.building.contents == found.bake.building.contents


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: replace(f, box=np.zeros((3, 3))),
        lambda f: replace(f, box=np.full((2, 3), np.nan)),
        lambda f: _with_shape(f, faces=np.array([[0, 1, 4_000_000]], np.uint32)),
        lambda f: _with_shape(f, vertices=np.zeros((3, 2))),
        lambda f: _with_shape(f, face_materials=np.zeros(0, np.uint16)),
        lambda f: replace(f, model=replace(f.model, shapes=[])),
        lambda f: replace(f, model=replace(f.model, elements=f.model.elements[1:])),
        lambda f: _with_tile(f, path="../../twin.sqlite"),
        lambda f: _with_tile(f, content=b"<script>"),
    ],
)
def test_numbers_that_do_not_fit_each_other_are_refused(sample_models: Any, spoil: Any) -> None:
    found = reading.read_file(sample_models[1].path, None, True, advance=lambda *_: None)
    assert reading._sound(found, Path("a.ifc")) is found
    with pytest.raises(UnreadableModel, match="what no reader answers"):
        reading._sound(spoil(found), Path("a.ifc"))


def _with_shape(found: Any, **values: Any) -> Any:
    shapes = list(found.model.shapes)
    return replace(found, model=replace(found.model, shapes=[replace(shapes[0], **values), *shapes[1:]]))


def _with_tile(found: Any, **values: Any) -> Any:
    building = found.bake.building
    contents = [replace(building.contents[0], **values), *building.contents[1:]]
    return replace(found, bake=replace(found.bake, building=replace(building, contents=contents)))


def test_a_zip_bomb_a_torn_file_and_noise_are_refused_in_a_sentence(tmp_path: Path, sample_models: Any) -> None:
    text = sample_models[0].path.read_bytes()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ifc", b"ISO-10303-21;" + b" " * 400_000_000)
    for name, content, words in (
        ("bomb.ifczip", bomb.getvalue(), "zip bomb"),
        ("torn.ifc", text[: len(text) // 2], "truncated"),
        ("noise.ifc", bytes(range(256)) * 100, "not an IFC file"),
        ("empty.ifc", b"", "empty"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(TwinError) as caught:
            reading.read_apart(path, None, tiles=False, advance=lambda *_: None)
        assert words in str(getattr(caught.value, "sentence", caught.value))


@pytest.mark.parametrize("death", [pytest.param("hang", marks=pytest.mark.long), "crash", "memory"])
def test_a_kernel_that_dies_inside_costs_what_it_costs_outside(
    death: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a", death, "b")
    monkeypatch.setenv("TWIN_KERNEL_TIMEOUT", "4")
    found = sandboxed(hostile.reads_with_deadly_kernels, path, file=path)
    counts = ledger_counts(found.model.elements)
    assert (counts["drawn"], counts["failed"], found.model.kernel) == (2, 1, "ifcopenshell")


def test_a_kernel_that_hangs_longer_than_the_patience_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a", "hang", "b")
    monkeypatch.setenv("TWIN_KERNEL_TIMEOUT", "600")
    monkeypatch.setenv("TWIN_PATIENCE", "5")
    with pytest.raises(TwinError, match="given up after 5 s"):
        sandboxed(hostile.reads_with_deadly_kernels, path, file=path)


def test_sentences_are_taken_with_their_values() -> None:
    inner = say("{count} elements failed.", count=3)
    told = say("{file}: {problem} {far:,.1f}", file="a.ifc", problem=inner, far=1234.56)
    sent = as_sent(told, Sentence)
    assert (sent, sent.packed()) == (told, told.packed())
    for template in ("{a!r}", "{a.b}", "{a[0]}", "{a:>999999999}", "{}", "{0}", "{a:{b}}", "{a"):
        with pytest.raises(Foreign):
            taker(Sentence)([template, {"a": 1, "b": 2}], [])
