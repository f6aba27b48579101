"""City layers as a server holds them: which are current, what of them is in memory, their tiles and features.

What a layer holds is named by its data version, so nothing here is ever changed in place: a replaced layer is another
version.  Asking whether something changed costs microseconds (`Store.changes`), so every request asks.
"""

import gzip
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from twin.errors import NotFound
from twin.judged import Judged
from twin.store import Layer, Store
from web.project_layer import NAME as PROJECTS
from web.project_layer import project_layer

if TYPE_CHECKING:
    from gis_layers.geoparquet import LayerFile
    from twin.values.layer import Features

LIVE_FEATURES = 400_000  # in memory at once, all live layers together; a million take about a gigabyte
_LEVEL = 4  # of gzip: a live tile is compressed once per version and process


@dataclass(frozen=True, slots=True)
class Tile:
    """A vector tile of a data version: gzip-compressed MVT, empty bytes where the layer has nothing."""

    content: bytes
    version: str


class _Drawer(Protocol):
    """What makes or finds the tiles of one data version, as gzip streams."""

    def __call__(self, z: int, x: int, y: int) -> bytes: ...


class _Held:
    """One data version of a layer, opened when it is first asked for."""

    def __init__(self, layer: Layer, store: Store, features: "Features | None" = None) -> None:
        self.layer = layer
        self._store = store
        self._features = features  # of a layer that is in no file
        self._lock = threading.Lock()
        self._drawer: _Drawer | None = None
        self._file: LayerFile | None = None

    @property
    def in_memory(self) -> int:
        """Features that are held in memory."""
        return self.layer.features if self._drawer is not None and self.layer.tiles_sha256 is None else 0

    def features(self) -> "LayerFile":
        """Return the layer's features, to be read by parts."""
        from gis_layers.geoparquet import LayerFile, write_geoparquet

        with self._lock:
            if self._file is None and self._features is not None:
                written = BytesIO()
                write_geoparquet(self._features, written)
                self._file = LayerFile(written)
            elif self._file is None:
                file = self._store.blobs.open(self.layer.features_sha256)
                self._file = LayerFile(file)
                weakref.finalize(self._file, file.close)  # whoever still reads a replaced layer goes on
            return self._file

    def drawer(self) -> _Drawer:
        """Return what makes the tiles."""
        found = self._drawer
        if found is not None:
            return found
        features = None if self.layer.tiles_sha256 else self.features().all()
        with self._lock:
            if self._drawer is None:
                if features is None:
                    self._drawer = self._baked()
                else:
                    from tiles.live import LiveLayer
                    from twin.values.layer import TileRange

                    drawn = LiveLayer(self.layer.name, features, TileRange(self.layer.minzoom, self.layer.maxzoom))
                    self._drawer = _compressed(drawn.tile)
            return self._drawer

    def forget(self) -> None:
        """Let go of what is in memory."""
        with self._lock:
            self._drawer = None

    def _baked(self) -> _Drawer:
        from tiles.baked import BakedLayer

        file = self._store.blobs.open(self.layer.tiles_sha256 or "")
        baked = BakedLayer(file)
        weakref.finalize(baked, file.close)
        return baked.tile


def _compressed(draw: Callable[[int, int, int], bytes]) -> _Drawer:
    def tile(z: int, x: int, y: int) -> bytes:
        content = draw(z, x, y)
        return gzip.compress(content, _LEVEL, mtime=0) if content else b""

    return tile


class Layers:
    """The current layers of a twin; safe to share between threads.

    whole : that of the whole twin, where this is of those who see a part of it: what is in memory is shared, but for
        the layer of the projects
    """

    def __init__(self, store: Store, judged: Judged, whole: "Layers | None" = None) -> None:
        self._store, self._judged, self._whole = store, judged, whole
        self._lock, self._projects_lock = threading.Lock(), threading.Lock()
        self._city: tuple[int, dict[str, _Held]] = -1, {}
        self._projects: tuple[tuple[int, date], _Held] | None = None

    def version(self, name: str) -> str | None:
        """Return what names the data of a layer as it is now; None where there is no such layer.

        A change of one layer is no change of another: only who asks for the projects waits for their lights.
        """
        held = self._held(name)
        return held.layer.version if held else None

    def current(self) -> Mapping[str, Layer]:
        """Return the layers by their names, the projects' one last."""
        return {held.layer.name: held.layer for held in (*self._city_held().values(), self._projects_held())}

    def city(self) -> list[Layer]:
        """Return the layers that were added to the city, in the order of their names."""
        return [held.layer for held in self._city_held().values()]

    def layer(self, name: str) -> Layer:
        """Return one layer, as it is now."""
        return self._holding(name).layer

    def features(self, name: str) -> "tuple[Layer, LayerFile]":
        """Return a layer and its features, to be read by parts."""
        held = self._holding(name)
        return held.layer, held.features()

    def tile(self, name: str, z: int, x: int, y: int) -> Tile:
        """Return a tile of the layer as it is now.

        Raises NotFound for a layer that is not there and for a tile outside of the grid or the layer's zoom levels.
        """
        from tiles.grid import tile_exists

        held = self._holding(name)
        layer = held.layer
        if not tile_exists(z, x, y):
            raise NotFound("There is no tile {z}/{x}/{y}: columns and rows of zoom {z} end below 2^{z}.", z=z, x=x, y=y)
        if not layer.minzoom <= z <= layer.maxzoom:
            raise NotFound(
                "The layer {layer} has no tile {z}/{x}/{y}: its zoom levels are {minzoom} to {maxzoom}.",
                layer=name,
                z=z,
                x=x,
                y=y,
                minzoom=layer.minzoom,
                maxzoom=layer.maxzoom,
            )
        draw = held.drawer()
        self._make_room(held)
        return Tile(draw(z, x, y), layer.version)

    def _holding(self, name: str) -> _Held:
        held = self._held(name)
        if held is None:
            raise NotFound("There is no layer {layer}: `twin layers list` shows those that are there.", layer=name)
        return held

    def _held(self, name: str) -> _Held | None:
        return self._projects_held() if name == PROJECTS else self._city_held().get(name)

    def _city_held(self) -> dict[str, _Held]:
        """Return the layers of the city as the store has them now; versions that stay keep what is in memory."""
        changes, found = self._store.changes(), self._city
        if found[0] == changes:
            return found[1]
        with self._lock:
            if self._city[0] != changes:  # nobody else was faster
                self._city = changes, self._taken_over(self._city[1])
            return self._city[1]

    def _taken_over(self, before: Mapping[str, _Held]) -> dict[str, _Held]:
        known = dict(before) if self._whole is None else self._whole._city_held()
        found = {}
        for layer in self._store.layers():
            held = known.get(layer.name)
            found[layer.name] = held if held and held.layer.version == layer.version else _Held(layer, self._store)
        return found

    def _projects_held(self) -> _Held:
        """Return the layer of the projects as they are judged now."""
        mark = self._store.changes(), datetime.now(UTC).date()  # lights change with the day, too
        found = self._projects
        if found is not None and found[0] == mark:
            return found[1]
        with self._projects_lock:
            found = self._projects
            if found is None or found[0] != mark:
                layer, features = project_layer(self._judged)
                same = found is not None and found[1].layer.version == layer.version
                held = found[1] if found and same else _Held(layer, self._store, features)
                self._projects = found = mark, held
            return found[1]

    def _make_room(self, used: _Held) -> None:
        """Forget other live layers while more features than allowed are in memory."""
        if self._whole is not None:
            self._whole._make_room(used)
            return
        if used.in_memory == 0:
            return
        city = list(self._city[1].values())
        total = sum(held.in_memory for held in city)
        for held in city:
            if total <= LIVE_FEATURES:
                break
            if held is not used and held.in_memory:
                total -= held.in_memory
                held.forget()
