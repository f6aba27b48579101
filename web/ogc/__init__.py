"""OGC API under `/ogc/`: Features (parts 1 to 3) and Tiles, for programs and, as plain pages, for people."""

from web.ogc import api, collections, features, landing, tiles
from web.routes.table import Route

routes: list[Route] = [*landing.routes, *api.routes, *collections.routes, *features.routes, *tiles.routes]
