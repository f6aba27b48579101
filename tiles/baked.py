"""A big layer: its tiles are baked once and read from one archive."""

from tiles.archive import BakedLayer, decompressed
from tiles.bake import bake

__all__ = ["BakedLayer", "bake", "decompressed"]
